/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well the alarms serve their operator. */
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "data/alarm-report.h"

#define DAY (G_GINT64_CONSTANT (24) * 3600 * GDP_SECOND)

/* As people read it: "4.20", "0.8 %", "35 s". (transfer full); NULL = there is none. */
static char *
value_text (const GdpFigure *figure, double value)
{
  static const char *const formats[] = { [GDP_FIGURE_COUNT] = "%.0f", [GDP_FIGURE_MEAN] = "%.2f",
                                         [GDP_FIGURE_SHARE] = "%.1f %%", [GDP_FIGURE_LENGTH] = "%.0f s" };

  return isnan (value) ? NULL : g_strdup_printf (formats[figure->form], figure->form == GDP_FIGURE_SHARE ? 100 * value : value);
}

static gboolean
print_figures (const CtlCall *call, const GdpAlarmFigures *figures, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);

  for (guint i = 0; i < gdp_n_figures; i++) {
    const GdpFigure *figure = &gdp_figures[i];
    GdpVerdict verdict = gdp_figure_judge (figure, figures);
    g_autofree char *text = value_text (figure, figure->value (figures));
    ctl_text (rows, "figure", NULL, figure->word);
    ctl_text (rows, NULL, _("Figure"), _(figure->label));
    ctl_text (rows, NULL, _("Value"), text);
    ctl_number (rows, "value", NULL, figure->value (figures), 0);
    ctl_text (rows, "unit", NULL, gdp_figure_form_unit (figure->form));
    ctl_text (rows, "reference", _("Reference"), figure->reference != NULL ? _(figure->reference) : NULL);
    ctl_text (rows, "verdict", NULL, gdp_verdict_word (verdict));
    ctl_text (rows, NULL, _("Verdict"), verdict == GDP_VERDICT_NONE ? NULL : _(gdp_verdict_label (verdict)));
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

static gboolean
print_alarms (const CtlCall *call, const GdpAlarmFigures *figures, const GdpNetwork *network, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);

  for (guint i = 0; i < figures->n_top; i++) {
    g_autofree char *name = data_alarm_name (network, figures->top[i].alarm);
    ctl_text (rows, "alarm", _("Alarm"), figures->top[i].alarm);
    ctl_text (rows, "name", _("Name"), name);
    ctl_integer (rows, "times", _("Times"), figures->top[i].count);
    ctl_number (rows, "share", NULL, (double) figures->top[i].count / figures->n, 0);
    ctl_number (rows, NULL, _("Share, %"), 100. * figures->top[i].count / figures->n, 1);
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

/* What it is about goes to the people: programs have it in the figures' verdicts. */
static void
print_span (const GdpAlarmFigures *figures)
{
  g_autofree char *since = ctl_moment_local (figures->since), *until = ctl_moment_local (figures->until);

  printf (_("From %s until %s: %.1f days\n"), since, until, (double) (figures->until - figures->since) / DAY);
  if (!figures->sufficient)
    printf (_("Insufficient data: averages and shares of fewer than %d days say little\n"), GDP_FIGURES_DAYS);
  putchar ('\n');
}

static gboolean
span (const CtlCall *call, gint64 now, gint64 *since, gint64 *until, GError **error)
{
  int days = call->days != 0 ? call->days : GDP_FIGURES_DAYS;

  if (days < 1 || days > 3660)
    return ctl_fail (error, CTL_ERROR_USAGE, _("--days must be from 1 to 3660"));
  if (call->days != 0 && call->since != NULL)
    return ctl_fail (error, CTL_ERROR_USAGE, _("either --days or --since"));
  if (!ctl_range (call, now, 0, now, since, until, error))
    return FALSE;
  *until = MIN (*until, now);
  if (call->since == NULL)
    *since = *until - days * DAY;
  return *since < *until || ctl_fail (error, CTL_ERROR_USAGE, _("--since is later than --until"));
}

gboolean
ctl_figures (const CtlCall *call, GError **error)
{
  gint64 since, until;
  g_autoptr (DataStore) store = ctl_call_store (call, DATA_ACCESS_READ, error);
  if (store == NULL || !span (call, data_store_now (store), &since, &until, error))
    return FALSE;
  g_autoptr (GdpNetwork) network = data_store_network (store, error);
  if (network == NULL)
    return FALSE;
  g_autoptr (DataAlarmReport) report = data_alarm_report_read (store, since, until, NULL, error);
  if (report == NULL)
    return FALSE;
  if (call->export != NULL)
    return data_alarm_report_export (report, network, call->export, error);
  if (!call->json)
    print_span (&report->figures);
  if (!print_figures (call, &report->figures, error))
    return FALSE;
  if (!call->json && report->figures.n_top > 0)
    putchar ('\n');
  return print_alarms (call, &report->figures, network, error);
}
