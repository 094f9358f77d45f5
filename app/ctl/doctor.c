/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line doctor: answers by time, errors by kind, a verdict; and the log of sessions. */
#include <math.h>

#include "command.h"
#include "data/doctor.h"
#include "moment.h"

/* ---- the histogram ----------------------------------------------------------------------- */

enum { CELLS = (GDP_HISTOGRAM_BUCKETS + 1) / 2 };

/* One character an octave, 1 ms to 64 s and what is beyond: how many answers of all took so long. */
static char *
bars (const GdpHistogram *histogram)
{
  static const char *const heights[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
  guint64 cells[CELLS] = { 0 }, most = 0;
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++)
    cells[(i + 1) / 2] += histogram->count[i];
  for (guint i = 0; i < CELLS; i++)
    most = MAX (most, cells[i]);
  for (guint i = 0; i < CELLS && most > 0; i++)
    g_string_append (text, cells[i] > 0 ? heights[cells[i] * (G_N_ELEMENTS (heights) - 1) / most] : "·");
  return g_string_free (text, FALSE);
}

/* ---- a row of the doctor ----------------------------------------------------------------- */

static void
put_time_within (CtlRows *rows, const char *key, const char *label, const GdpHistogram *histogram, double share)
{
  double ms = gdp_histogram_within (histogram, share) * 1000;

  ctl_number (rows, key, label, ms, ms < 10 ? 1 : 0);
}

/* A first poll may come before its time. */
static double
rate_kept (const GdpTraffic *traffic)
{
  return traffic->due > 0 ? MIN (1, (double) traffic->polls / traffic->due) : NAN;
}

/* All of it, for programs. @prefix: "" or "lately_". */
static void
put_counters (CtlRows *rows, const char *prefix, const GdpTraffic *traffic)
{
  guint32 refused[GDP_TRAFFIC_CODES];
#define PUT(name)                                                                                            \
  {                                                                                                          \
    g_autofree char *key = g_strconcat (prefix, #name, NULL);                                                \
    ctl_integer (rows, key, NULL, (gint64) traffic->name);                                                   \
  }
  GDP_TRAFFIC_COUNTERS (PUT)
#undef PUT
  for (guint i = 0; i < GDP_TRAFFIC_CODES; i++)
    refused[i] = (guint32) MIN (traffic->refused[i], G_MAXUINT32);
  g_autofree char *codes = g_strconcat (prefix, "refused", NULL), *answers = g_strconcat (prefix, "answers", NULL);
  g_autofree char *since = g_strconcat (prefix, "since", NULL), *most = g_strconcat (prefix, "longest_us", NULL);
  ctl_integers (rows, codes, refused, GDP_TRAFFIC_CODES);
  ctl_integers (rows, answers, traffic->answers.count, GDP_HISTOGRAM_BUCKETS);
  ctl_integer (rows, most, NULL, traffic->answers.most);
  ctl_time (rows, since, NULL, traffic->since);
}

/* Nothing is shown as nothing, so that what is there stands out. */
static void
put_faults (CtlRows *rows, const char *label, guint64 n)
{
  ctl_number (rows, NULL, label, n > 0 ? (double) n : NAN, 0);
}

static void
put_lately (CtlRows *rows, const GdpTraffic *lately)
{
  g_autofree char *histogram = bars (&lately->answers);
  ctl_text (rows, NULL, _("1 ms … 64 s"), histogram);
  put_time_within (rows, "lately_p50_ms", _("Half, ms"), &lately->answers, 0.5);
  put_time_within (rows, "lately_p95_ms", _("95 %, ms"), &lately->answers, 0.95);
  put_time_within (rows, "lately_p99_ms", _("99 %, ms"), &lately->answers, 0.99);
  put_time_within (rows, "lately_max_ms", _("All, ms"), &lately->answers, 1);
  ctl_integer (rows, NULL, _("Requests"), (gint64) lately->requests);
  put_faults (rows, _("Timeouts"), lately->timeouts);
  put_faults (rows, _("CRC"), lately->crc_errors);
  put_faults (rows, _("Exceptions"), lately->exceptions);
  put_faults (rows, _("Wrong"), lately->wrong);
  put_faults (rows, _("Noise"), lately->noise);
  put_faults (rows, _("Reconnects"), lately->reconnects);
  put_faults (rows, _("Retries"), lately->retries);
  ctl_number (rows, "lately_rate_kept", NULL, rate_kept (lately), 3);
  ctl_number (rows, NULL, _("Rate, %"), 100 * rate_kept (lately), 0);
}

static void
put_advice (CtlRows *rows, GPtrArray *advice)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new (), findings = g_ptr_array_new (), words = g_ptr_array_new ();
  const GdpAdvice *worst = advice->pdata[0];

  for (guint i = 0; i < advice->len; i++) {
    const GdpAdvice *its = advice->pdata[i];
    g_ptr_array_add (names, (gpointer) its->rule);
    g_ptr_array_add (findings, its->finding);
    g_ptr_array_add (words, its->advice);
  }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (findings, NULL);
  g_ptr_array_add (words, NULL);
  ctl_text (rows, "verdict", NULL, gdp_advice_grade_word (worst->grade));
  ctl_texts (rows, "rules", (const char *const *) names->pdata);
  ctl_texts (rows, "findings", (const char *const *) findings->pdata);
  ctl_texts (rows, "advice", (const char *const *) words->pdata);
  ctl_text (rows, NULL, _("Verdict"), worst->finding);
}

static void
put_patient (CtlRows *rows, const GdpNetwork *network, const DataPatient *patient, gint64 now)
{
  const GdpTraffic *total = &patient->total;
  const char *link = network->links[patient->link].id, *unit = patient->unit != G_MAXUINT
                                                                  ? network->units[patient->unit].id : NULL;
  double time = (now - patient->lately.since);

  ctl_text (rows, "link", _("Link"), link);
  ctl_text (rows, "unit", _("Unit"), unit);
  ctl_text (rows, "server", NULL, patient->owner);
  put_lately (rows, &patient->lately);
  ctl_number (rows, "lately_bus_use", NULL, patient->lately.busy > 0 ? patient->lately.busy / time : NAN, 3);
  ctl_number (rows, NULL, _("Bus, %"), patient->lately.busy > 0 ? 100 * patient->lately.busy / time : NAN, 0);
  put_counters (rows, "", total);
  put_counters (rows, "lately_", &patient->lately);
  ctl_time (rows, "last_good", NULL, total->last_good);
  ctl_time (rows, "last_fault", NULL, total->last_fault);
  ctl_text (rows, "last_fault_kind", NULL, total->last_fault ? gdp_traffic_fault_word (total->fault) : NULL);
  ctl_integer (rows, "last_fault_code", NULL, total->code);
  put_advice (rows, patient->advice);
  ctl_row_end (rows);
}

/* ---- all of them ------------------------------------------------------------------------- */

/* The first word names a link or a unit, or there is none. */
static gboolean
chosen (const CtlCall *call, const GdpNetwork *network, guint *link, guint *unit, GError **error)
{
  *link = *unit = G_MAXUINT;
  if (call->words[0] == NULL)
    return TRUE;
  if (call->words[1] != NULL)
    return ctl_fail (error, CTL_ERROR_USAGE, _("one link or unit at a time; without a name all are shown"));
  *link = gdp_network_find_link (network, call->words[0]);
  if (*link == G_MAXUINT)
    *unit = gdp_network_find_unit (network, call->words[0]);
  if (*unit != G_MAXUINT)
    *link = network->units[*unit].link;
  return *link != G_MAXUINT
         || ctl_fail (error, CTL_ERROR_FAILED, _("there is no link or unit “%s”; “gdpctl links” and “gdpctl units” list them"),
                      call->words[0]);
}

static const char *
translate (const char *english)
{
  return _(english);
}

/* For people: what each needs, in full, under the table. */
static void
print_advice (const GdpNetwork *network, const GPtrArray *patients)
{
  for (guint i = 0; i < patients->len; i++) {
    const DataPatient *patient = patients->pdata[i];
    const char *name = patient->unit != G_MAXUINT ? network->units[patient->unit].id : network->links[patient->link].id;
    for (guint j = 0; j < patient->advice->len; j++) {
      const GdpAdvice *advice = patient->advice->pdata[j];
      if (advice->grade != GDP_ADVICE_WELL)
        g_print ("%s: %s. %s.\n", name, advice->finding, advice->advice);
    }
  }
}

/* Adds to @all; those that are not @unit are left out when that is one. */
static gboolean
examine (CtlView *view, guint link, guint unit, GPtrArray *all, GError **error)
{
  g_autoptr (GPtrArray) patients = data_examine_link (view->store, view->network, link, data_store_now (view->store), translate,
                                                      error);
  if (patients == NULL)
    return FALSE;
  while (patients->len > 0) {
    DataPatient *patient = g_ptr_array_steal_index (patients, 0);
    if (unit == G_MAXUINT || patient->unit == unit)
      g_ptr_array_add (all, patient);
    else
      data_patient_free (patient);
  }
  return TRUE;
}

gboolean
ctl_doctor (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  guint link, unit;
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error) || !chosen (call, view.network, &link, &unit, error))
    return FALSE;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) data_patient_free);
  for (guint i = 0; i < view.network->n_links; i++)
    if ((link == G_MAXUINT || link == i) && !examine (&view, i, unit, all, error))
      return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < all->len; i++)
    put_patient (rows, view.network, all->pdata[i], data_store_now (view.store));
  ctl_view_warn_without_server (&view);
  if (!ctl_rows_end (rows, error))
    return FALSE;
  if (!call->json)
    print_advice (view.network, all);
  return TRUE;
}

/* ---- sessions ---------------------------------------------------------------------------- */

static void
put_session (CtlRows *rows, const GdpNetwork *network, const GdpSession *session, gint64 now)
{
  guint link = gdp_network_link_by_key (network, session->link);
  const char *cause = session->cause >= 0 ? gdp_call_cause_label (session->cause) : NULL;
  ctl_text (rows, "link", _("Link"), link != G_MAXUINT ? network->links[link].id : NULL);
  ctl_time (rows, "opened", _("Opened"), session->opened);
  ctl_time (rows, "closed", _("Closed"), session->closed);
  ctl_number (rows, "seconds", _("Length, s"), ((session->closed ? session->closed : now) - session->opened) / 1e6, 0);
  ctl_text (rows, NULL, _("Called because of"), cause ? _(cause) : NULL);
  ctl_integer (rows, "cause", NULL, session->cause);
  ctl_number (rows, "signal", _("Signal, dBm"), session->signal, 0);
  ctl_integer (rows, "records", _("Records"), session->records);
  ctl_integer (rows, "resends", _("Twice"), session->resends);
  ctl_integer (rows, "frames_in", NULL, session->frames_in);
  ctl_integer (rows, "frames_out", NULL, session->frames_out);
  ctl_integer (rows, "bytes_in", _("Bytes in"), (gint64) session->bytes_in);
  ctl_integer (rows, "bytes_out", _("Bytes out"), (gint64) session->bytes_out);
  ctl_text (rows, "peer", _("From where"), session->peer);
  ctl_text (rows, "why", _("Ended"), session->why);
  ctl_boolean (rows, "well", NULL, session->well);
  ctl_row_end (rows);
}

gboolean
ctl_sessions (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  DataSessionFilter filter = { .limit = MAX (call->limit, 0) };
  guint link, unit;
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  gint64 now = data_store_now (view.store);
  if ((call->since != NULL && !ctl_moment_parse (call->since, now, &filter.since, error)) || !chosen (call, view.network, &link, &unit, error))
    return FALSE;
  filter.link = link != G_MAXUINT ? view.network->links[link].key : 0;
  g_autoptr (GPtrArray) sessions = data_store_sessions (view.store, &filter, error);
  if (sessions == NULL)
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < sessions->len; i++)
    put_session (rows, view.network, sessions->pdata[i], now);
  ctl_view_warn_without_server (&view);
  return ctl_rows_end (rows, error);
}
