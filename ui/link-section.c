/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link-section.h"

#include "bars.h"
#include "columns.h"
#include "link-text.h"
#include "when.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define SESSIONS_SHOWN 8
#define SIGNALS_SHOWN  48
#define NO_SIGNAL      -113.0   /* dBm: the least that GSM measures (3GPP TS 27.007, +CSQ) … */
#define FULL_SIGNAL    -51.0    /* … and the most */

struct _UiLinkSection {
  GtkWidget  parent_instance;

  /* in the widget, borrowed */
  GtkWidget *box, *name, *state, *counted, *advice, *figures, *sessions, *sessions_title, *signals;

  /* owned */
  UiSession *session;
  guint      link, site;
};

G_DEFINE_FINAL_TYPE (UiLinkSection, ui_link_section, GTK_TYPE_WIDGET)

/* ---- figures: a row for the link, one for each unit ------------------------------------------ */

typedef struct {
  const char *title;     /* English, marked for translation */
  char     *(*text) (const DataPatient *patient, const GdpNetwork *network);
} Figure;

static char *
patient_name (const DataPatient *patient, const GdpNetwork *network)
{
  const char *id = patient->unit != G_MAXUINT ? network->units[patient->unit].id : NULL;

  if (id == NULL)
    return g_strdup (_("whole link"));
  return g_strdup (strchr (id, '/') != NULL ? strchr (id, '/') + 1 : id);
}

static char *
within (const DataPatient *patient, double share)
{
  return ui_link_time_text (gdp_histogram_within (&patient->lately.answers, share));
}

static char *
half (const DataPatient *patient, const GdpNetwork *network)
{
  return within (patient, 0.5);
}

static char *
most (const DataPatient *patient, const GdpNetwork *network)
{
  return within (patient, 0.95);
}

static char *
longest (const DataPatient *patient, const GdpNetwork *network)
{
  return within (patient, 1);
}

static char *
count_text (guint64 count)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, count);
}

static char *
requests (const DataPatient *patient, const GdpNetwork *network)
{
  return count_text (patient->lately.requests);
}

static char *
retries (const DataPatient *patient, const GdpNetwork *network)
{
  return patient->lately.retries > 0 ? count_text (patient->lately.retries) : g_strdup ("");
}

static char *
per_cent (double part, double whole)
{
  g_autofree char *number = whole > 0 ? ui_number_text (MIN (100, 100 * part / whole), 0) : NULL;

  return number != NULL ? g_strdup_printf ("%s %%", number) : g_strdup ("");
}

static char *
rate (const DataPatient *patient, const GdpNetwork *network)
{
  return per_cent (patient->lately.polls, patient->lately.due);
}

static char *
traffic (const DataPatient *patient, const GdpNetwork *network)
{
  return ui_link_bytes_text (patient->lately.bytes_in, patient->lately.bytes_out);
}

enum { BARS = 1 };   /* column of the histogram */

static const Figure figures[] = {
  { NULL, patient_name },
  { N_("1 ms … 64 s"), NULL },
  { N_("Half"), half },
  { N_("95 of 100"), most },
  { N_("Longest"), longest },
  { N_("Requests"), requests },
  { N_("Repeated"), retries },
  { N_("Polls kept"), rate },
  { N_("Traffic"), traffic },
};

/* Each count against the largest; the root, so that the rare slow ones are seen. */
static void
show_histogram (GtkWidget *bars, const GdpHistogram *answers)
{
  float values[GDP_HISTOGRAM_BUCKETS];
  guint32 largest = 1;
  g_autofree char *text = ui_link_answers_text (answers);

  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++)
    largest = MAX (largest, answers->count[i]);
  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++)
    values[i] = sqrtf ((float) answers->count[i] / largest);
  ui_bars_set (UI_BARS (bars), values, GDP_HISTOGRAM_BUCKETS, text);
}

/* Cells come into being when they are first needed; @words: at the left. */
static GtkWidget *
cell_at (GtkWidget *grid, guint column, guint row, gboolean words)
{
  GtkWidget *cell = gtk_grid_get_child_at (GTK_GRID (grid), column, row);

  if (cell != NULL)
    return cell;
  cell = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (cell), words || column == 0 ? 0 : 1);
  gtk_grid_attach (GTK_GRID (grid), cell, column, row, 1, 1);
  return cell;
}

static void
show_figures (UiLinkSection *self, const DataPatient *patient, guint row)
{
  const GdpNetwork *network = ui_session_get_network (self->session);

  for (guint i = 0; i < G_N_ELEMENTS (figures); i++) {
    if (i == BARS) {
      GtkWidget *bars = gtk_grid_get_child_at (GTK_GRID (self->figures), i, row);
      if (bars == NULL) {
        bars = ui_bars_new (GDP_HISTOGRAM_BUCKETS, GDP_HISTOGRAM_BUCKETS * 4, 22);
        gtk_grid_attach (GTK_GRID (self->figures), bars, i, row, 1, 1);
      }
      show_histogram (bars, &patient->lately.answers);
      continue;
    }
    g_autofree char *text = figures[i].text (patient, network);
    ui_cell_set (cell_at (self->figures, i, row, FALSE), text, i == 0 ? "dim-label" : "figure");
  }
}

/* Under its figures, as wide as they are: what went wrong, by kind. */
static void
show_faults (UiLinkSection *self, const DataPatient *patient, guint row)
{
  g_autofree char *text = ui_link_faults_text (&patient->lately);
  GtkWidget *cell = gtk_grid_get_child_at (GTK_GRID (self->figures), 1, row);

  if (cell == NULL) {
    cell = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (cell), 0);
    gtk_label_set_wrap (GTK_LABEL (cell), TRUE);
    gtk_grid_attach (GTK_GRID (self->figures), cell, 1, row, G_N_ELEMENTS (figures) - 1, 1);
  }
  ui_cell_set (cell, text, NULL);
  gtk_widget_set_visible (cell, *text != '\0');
}

static void
add_titles (GtkWidget *grid, const char *const *titles, guint n, guint words)
{
  for (guint i = 0; i < n; i++)
    if (titles[i] != NULL)
      ui_cell_set (cell_at (grid, i, 0, i == words), _(titles[i]), "dim-label");
}

/* ---- verdict ------------------------------------------------------------------------------------- */

static gboolean
is_ours (const UiLinkSection *self, const DataPatient *patient, const GdpNetwork *network)
{
  return patient->unit == G_MAXUINT || network->units[patient->unit].site == self->site;
}

/* The link's, and the units' by name; one line when there is nothing to say. */
static void
show_verdict (UiLinkSection *self, const GPtrArray *patients, const GdpNetwork *network)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GdpAdviceGrade worst = GDP_ADVICE_WELL;

  if (!ui_session_is_live (self->session)) {
    ui_cell_set (self->advice, _("Nobody counts just now: these figures are old"), "heading");
    return;
  }
  for (guint i = 0; i < patients->len; i++) {
    const DataPatient *patient = patients->pdata[i];
    const GdpAdvice *first = patient->advice->pdata[0];
    if (!is_ours (self, patient, network) || (first->grade == GDP_ADVICE_WELL && i > 0))
      continue;
    g_autofree char *advice = ui_link_advice_text (patient->advice), *name = patient_name (patient, network);
    worst = MAX (worst, first->grade);
    if (first->grade != GDP_ADVICE_WELL)
      g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", name, advice);
  }
  if (text->len == 0)
    g_string_assign (text, _(patients->len > 0 && ((const DataPatient *) patients->pdata[0])->total.requests > 0
                               ? N_("All well") : N_("Nothing was counted yet")));
  ui_cell_set (self->advice, text->str, worst == GDP_ADVICE_FAULT ? "heading" : worst == GDP_ADVICE_NOTE ? "note"
                                                                                                          : "dim-label");
}

/* ---- sessions ------------------------------------------------------------------------------------ */

static const char *const session_titles[] = {
  N_("Opened"), N_("Length"), N_("Signal, dBm"), N_("Records"), N_("Twice"), N_("Traffic"), N_("Called because of"),
  N_("Ended"),
};
enum { ENDED = G_N_ELEMENTS (session_titles) - 1 };

static void
show_session (UiLinkSection *self, const GdpSession *session, guint row)
{
  gint64 now = ui_session_now (self->session);
  const char *cause = session->cause >= 0 ? gdp_call_cause_label (session->cause) : NULL;
  g_autofree char *opened = ui_when_text (session->opened, now, NULL);
  g_autofree char *length = ui_age_text ((session->closed != 0 ? session->closed : now) - session->opened);
  g_autofree char *signal = ui_number_text (session->signal, 0), *records = count_text (session->records);
  g_autofree char *twice = session->resends > 0 ? count_text (session->resends) : NULL;
  g_autofree char *bytes = ui_link_bytes_text (session->bytes_in, session->bytes_out);
  g_autofree char *why = session->closed != 0 ? ui_link_why_text (session->why) : g_strdup (_("goes on"));
  const char *texts[] = { opened, length, signal, session->closed != 0 ? records : "", twice,
                          session->closed != 0 ? bytes : "", cause != NULL ? _(cause) : "", why };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ui_cell_set (cell_at (self->sessions, i, row, i == ENDED), texts[i] != NULL ? texts[i] : "",
                 session->closed == 0 ? "heading" : NULL);
}

static void
show_signals (UiLinkSection *self, const GPtrArray *sessions)
{
  float values[SIGNALS_SHOWN];
  guint n = MIN (sessions->len, SIGNALS_SHOWN);
  double least = G_MAXDOUBLE, best = -G_MAXDOUBLE;
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++) {
    double signal = ((const GdpSession *) sessions->pdata[n - 1 - i])->signal;
    values[i] = (float) ((signal - NO_SIGNAL) / (FULL_SIGNAL - NO_SIGNAL));
    if (!isnan (signal)) {
      least = MIN (least, signal);
      best = MAX (best, signal);
    }
  }
  gtk_widget_set_visible (self->signals, least <= best);
  if (least <= best) {
    g_autofree char *from = ui_number_text (least, 0), *to = ui_quantity_text (best, 0, "dBm");
    text = g_strdup_printf (ngettext ("Signal at the last %u session: %s to %s", "Signal at the last %u sessions: %s to %s", n),
                            n, from, to);
  }
  ui_bars_set (UI_BARS (self->signals), values, n, text);
}

static void
show_sessions (UiLinkSection *self, const GPtrArray *sessions)
{
  gboolean any = sessions != NULL && sessions->len > 0;

  gtk_widget_set_visible (self->sessions, any);
  gtk_widget_set_visible (gtk_widget_get_parent (self->sessions_title), any);
  if (!any)
    return;
  for (guint i = 0; i < MIN (sessions->len, SESSIONS_SHOWN); i++)
    show_session (self, sessions->pdata[i], i + 1);
  show_signals (self, sessions);
}

/* ---- what it was counted from ---------------------------------------------------------------------- */

static void
show_counted (UiLinkSection *self, const GdpTraffic *lately)
{
  gint64 now = ui_session_now (self->session);
  g_autofree char *since = ui_when_text (lately->since, now, NULL), *text = NULL;

  if (lately->since == 0)
    text = g_strdup ("");
  else if (lately->busy > 0 && now > lately->since) {
    g_autofree char *share = per_cent (lately->busy, now - lately->since);
    text = g_strdup_printf (_("counted since %s, bus in use %s of the time"), since, share);
  } else
    text = g_strdup_printf (_("counted since %s"), since);
  ui_cell_set (self->counted, text, "dim-label");
}

/* ---- state --------------------------------------------------------------------------------------- */

/* By the site's units on it, too: the link itself is told of when that changes. */
static gint64
last_heard (UiLinkSection *self)
{
  const GdpContactInfo *contact = ui_session_get_link_contact (self->session, self->link);
  const GdpNetwork *network = ui_session_get_network (self->session);
  const GdpSite *site = &network->sites[self->site];
  gint64 seen = contact != NULL ? contact->seen : 0;

  for (guint i = site->first_unit; i < site->first_unit + site->n_units; i++) {
    const GdpContactInfo *unit = ui_session_get_unit_contact (self->session, i);
    if (network->units[i].link == self->link && unit != NULL)
      seen = MAX (seen, unit->seen);
  }
  return seen;
}

void
ui_link_section_tick (UiLinkSection *self)
{
  const GdpContactInfo *contact = ui_session_get_link_contact (self->session, self->link);
  gint64 now = ui_session_now (self->session), seen = last_heard (self);
  gint64 age = seen != 0 ? MAX (0, now - seen) : -1;
  g_autofree char *ago = ui_age_text (age), *text = NULL;
  gboolean silent = contact != NULL && contact->state == GDP_CONTACT_SILENT;

  if (age < 0)
    text = g_strdup (_("not heard yet"));
  else if (silent)
    text = g_strdup_printf (_("silent for %s"), ago);
  else
    text = g_strdup_printf (_("last heard %s ago"), ago);
  if (contact != NULL && contact->next_call != 0) {
    g_autofree char *call = ui_when_text (contact->next_call, now, NULL), *all = g_steal_pointer (&text);
    text = g_strdup_printf (_("%s, calls again at %s"), all, call);
  }
  ui_cell_set (self->state, text, silent ? "heading" : "dim-label");
}

void
ui_link_section_show (UiLinkSection *self, const GPtrArray *patients)
{
  const GdpNetwork *network = ui_session_get_network (self->session);
  const DataPatient *whole = patients->pdata[0];
  guint row = 1;

  show_verdict (self, patients, network);
  show_counted (self, &whole->lately);
  for (guint i = 0; i < patients->len; i++)
    if (is_ours (self, patients->pdata[i], network)) {
      show_figures (self, patients->pdata[i], row++);
      show_faults (self, patients->pdata[i], row++);
    }
  show_sessions (self, whole->sessions);
  ui_link_section_tick (self);
}

guint
ui_link_section_link (UiLinkSection *self)
{
  return self->link;
}

/* ---- object -------------------------------------------------------------------------------------- */

static GtkWidget *
new_grid (UiLinkSection *self)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 14);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  gtk_widget_add_css_class (grid, "figures");
  gtk_box_append (GTK_BOX (self->box), grid);
  return grid;
}

static GtkWidget *
new_label (GtkWidget *box, const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
build_sessions (UiLinkSection *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14);

  gtk_box_append (GTK_BOX (self->box), head);
  self->sessions_title = new_label (head, "subsection");
  gtk_label_set_label (GTK_LABEL (self->sessions_title), _("Last sessions and their signal"));
  self->signals = ui_bars_new (SIGNALS_SHOWN, SIGNALS_SHOWN * 5, 22);
  gtk_box_append (GTK_BOX (head), self->signals);
  self->sessions = new_grid (self);
  add_titles (self->sessions, session_titles, G_N_ELEMENTS (session_titles), ENDED);
  gtk_widget_set_visible (head, FALSE);
  gtk_widget_set_visible (self->sessions, FALSE);
}

static void
build (UiLinkSection *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14);
  const char *titles[G_N_ELEMENTS (figures)];

  gtk_widget_add_css_class (head, "linkhead");
  gtk_box_append (GTK_BOX (self->box), head);
  self->name = new_label (head, "heading");
  self->state = new_label (head, NULL);
  self->counted = new_label (head, NULL);
  gtk_widget_set_hexpand (self->counted, TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->counted), 1);
  self->advice = new_label (self->box, NULL);
  gtk_label_set_wrap (GTK_LABEL (self->advice), TRUE);
  gtk_label_set_selectable (GTK_LABEL (self->advice), TRUE);
  self->figures = new_grid (self);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    titles[i] = figures[i].title;
  add_titles (self->figures, titles, G_N_ELEMENTS (figures), BARS);
  build_sessions (self);
}

GtkWidget *
ui_link_section_new (UiSession *session, guint link, guint site)
{
  UiLinkSection *self = g_object_new (UI_TYPE_LINK_SECTION, NULL);

  self->session = g_object_ref (session);
  self->link = link;
  self->site = site;
  gtk_label_set_label (GTK_LABEL (self->name), ui_session_get_network (session)->links[link].id);
  return GTK_WIDGET (self);
}

static void
ui_link_section_dispose (GObject *object)
{
  UiLinkSection *self = UI_LINK_SECTION (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_link_section_parent_class)->dispose (object);
}

static void
ui_link_section_class_init (UiLinkSectionClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_link_section_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "linksection");
}

static void
ui_link_section_init (UiLinkSection *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  build (self);
}
