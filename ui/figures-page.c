/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures-page.h"

#include "columns.h"
#include "figures-grid.h"
#include "figures-read.h"
#include "period-chart.h"
#include "when.h"

#include <glib/gi18n.h>

#define DAY (24. * 3600 * GDP_SECOND)
#define FRESH (60 * G_TIME_SPAN_SECOND)   /* who comes back sooner sees what was read last */

struct _UiFiguresPage {
  GtkWidget             parent_instance;

  /* template */
  GtkWidget            *busy, *span, *body, *figures, *peak, *periods, *top;

  /* owned */
  UiSession            *session;
  DataAlarmReport      *report;    /* shown; NULL = none yet */
  GCancellable         *reading;   /* NULL = not reading now */
  GtkFileChooserNative *chooser;   /* while it is open */

  int                   days;
  gint64                read_at;   /* monotonic µs; 0 = not yet, or of other days */
};

G_DEFINE_FINAL_TYPE (UiFiguresPage, ui_figures_page, GTK_TYPE_WIDGET)

enum { PROP_DAYS = 1 };

static void
set_busy (UiFiguresPage *self, gboolean busy)
{
  gtk_spinner_set_spinning (GTK_SPINNER (self->busy), busy);
  gtk_widget_set_visible (self->busy, busy);
}

/* ---- what is shown --------------------------------------------------------------------------- */

static void
say_span (UiFiguresPage *self)
{
  const GdpAlarmFigures *figures = &self->report->figures;
  gint64 now = ui_session_now (self->session);
  double days = (double) (figures->until - figures->since) / DAY;
  g_autofree char *since = ui_when_minute_text (figures->since, now, NULL);
  g_autofree char *until = ui_when_minute_text (figures->until, now, NULL);
  g_autofree char *text = figures->sufficient
    ? g_strdup_printf (_("From %s until %s, %.1f days"), since, until, days)
    : g_strdup_printf (_("From %s until %s, %.1f days: insufficient data, averages and shares are not judged in fewer than %d"),
                       since, until, days, GDP_FIGURES_DAYS);

  ui_cell_set (self->span, text, figures->sufficient ? "dim-label" : "heading");
}

static void
show_periods (UiFiguresPage *self)
{
  const GdpAlarmFigures *figures = &self->report->figures;
  gint64 now = ui_session_now (self->session);
  gsize n;
  const guint *periods = gdp_figure_counter_periods (self->report->counter, &n);
  g_autofree char *when = ui_when_minute_text (figures->peak_at, now, NULL);
  g_autofree char *text = figures->peak > 0 ? g_strdup_printf (_("At most %u in 10 minutes, from %s on"), figures->peak, when)
                                            : g_strdup (_("No alarm called"));

  ui_cell_set (self->peak, text, NULL);
  ui_period_chart_set (UI_PERIOD_CHART (self->periods), periods, n, figures->since, figures->until, now, text);
}

static void
show (UiFiguresPage *self)
{
  const GdpAlarmFigures *figures = &self->report->figures;

  say_span (self);
  ui_figures_grid_fill (GTK_GRID (self->figures), figures);
  show_periods (self);
  ui_figures_top_fill (GTK_GRID (self->top), figures, ui_session_get_network (self->session),
                       G_ACTION_GROUP (gtk_widget_get_root (GTK_WIDGET (self))));
  gtk_widget_set_visible (self->body, TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "figures.export", TRUE);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiFiguresPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (DataAlarmReport) report = ui_figures_read_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return;   /* other days were chosen, or nobody looks any more */
  g_clear_object (&self->reading);
  set_busy (self, FALSE);
  if (report == NULL) {
    ui_cell_set (self->span, error->message, "lost");
    return;
  }
  g_clear_pointer (&self->report, data_alarm_report_unref);
  self->report = g_steal_pointer (&report);
  self->read_at = g_get_monotonic_time ();
  show (self);
}

static void
stop_reading (UiFiguresPage *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  set_busy (self, FALSE);
}

static void
look (UiFiguresPage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || self->reading != NULL || !ui_session_is_loaded (self->session)
      || (self->read_at != 0 && g_get_monotonic_time () - self->read_at < FRESH))
    return;
  if (self->report == NULL)
    ui_cell_set (self->span, _("Reading the journal…"), "dim-label");
  set_busy (self, TRUE);
  self->reading = g_cancellable_new ();
  ui_figures_read_async (self->session, self->days, self->reading, on_read, g_object_ref (self));
}

static void
ui_figures_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ui_figures_page_parent_class)->map (widget);
  look (UI_FIGURES_PAGE (widget));
}

static void
ui_figures_page_unmap (GtkWidget *widget)
{
  stop_reading (UI_FIGURES_PAGE (widget));
  GTK_WIDGET_CLASS (ui_figures_page_parent_class)->unmap (widget);
}

static void
set_days (UiFiguresPage *self, int days)
{
  if (days == self->days)
    return;
  self->days = days;
  self->read_at = 0;
  stop_reading (self);
  look (self);
  g_object_notify (G_OBJECT (self), "days");
}

/* ---- files ----------------------------------------------------------------------------------- */

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiFiguresPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = ui_figures_export_finish (result, &error);

  if (self->session != NULL)
    g_signal_emit_by_name (self->session, "notice", done ? _("The figures are in the file") : error->message, !done);
}

void
ui_figures_page_export (UiFiguresPage *self, const char *path)
{
  g_return_if_fail (self->report != NULL);
  ui_figures_export_async (self->report, ui_session_get_network (self->session), path, on_exported, g_object_ref (self));
}

static void
on_chosen (UiFiguresPage *self, int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                           ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) : NULL;
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;

  if (path != NULL)
    ui_figures_page_export (self, path);
  g_clear_object (&self->chooser);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *target)
{
  UiFiguresPage *self = UI_FIGURES_PAGE (widget);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Figures"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), _("alarm figures.xlsx"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- object ---------------------------------------------------------------------------------- */

void
ui_figures_page_set_session (UiFiguresPage *self, UiSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "configured", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
}

static void
ui_figures_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_int (value, UI_FIGURES_PAGE (object)->days);
}

static void
ui_figures_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  set_days (UI_FIGURES_PAGE (object), g_value_get_int (value));
}

static void
ui_figures_page_dispose (GObject *object)
{
  UiFiguresPage *self = UI_FIGURES_PAGE (object);
  GtkWidget *child;

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->chooser);
  g_clear_object (&self->session);
  g_clear_pointer (&self->report, data_alarm_report_unref);
  G_OBJECT_CLASS (ui_figures_page_parent_class)->dispose (object);
}

static void
ui_figures_page_class_init (UiFiguresPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_figures_page_dispose;
  G_OBJECT_CLASS (class)->get_property = ui_figures_page_get_property;
  G_OBJECT_CLASS (class)->set_property = ui_figures_page_set_property;
  widget_class->map = ui_figures_page_map;
  widget_class->unmap = ui_figures_page_unmap;
  g_object_class_install_property (G_OBJECT_CLASS (class), PROP_DAYS,
    g_param_spec_int ("days", NULL, NULL, 1, 3660, GDP_FIGURES_DAYS,
                      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_install_property_action (widget_class, "figures.days", "days");
  gtk_widget_class_install_action (widget_class, "figures.export", NULL, export_action);
  g_type_ensure (UI_TYPE_PERIOD_CHART);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/figures-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiFiguresPage, busy);
  gtk_widget_class_bind_template_child (widget_class, UiFiguresPage, span);
  gtk_widget_class_bind_template_child (widget_class, UiFiguresPage, body);
  gtk_widget_class_bind_template_child (widget_class, UiFiguresPage, figures);
  gtk_widget_class_bind_template_child (widget_class, UiFiguresPage, peak);
  gtk_widget_class_bind_template_child (widget_class, UiFiguresPage, periods);
  gtk_widget_class_bind_template_child (widget_class, UiFiguresPage, top);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "figurespage");
}

static void
ui_figures_page_init (UiFiguresPage *self)
{
  self->days = GDP_FIGURES_DAYS;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "figures.export", FALSE);
  set_busy (self, FALSE);
}
