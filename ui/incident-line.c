/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "incident-line.h"

#include "columns.h"
#include "gdp/incident.h"
#include "when.h"

#include <glib/gi18n.h>

struct _UiIncidentLine {
  GtkWidget  parent_instance;

  GtkWidget *label;
  UiSession *session;
  guint      site;
};

G_DEFINE_FINAL_TYPE (UiIncidentLine, ui_incident_line, GTK_TYPE_WIDGET)

/* ---- what it says -------------------------------------------------------------------------- */

/* UiAlarm of @site, and beside each the alarm dated by when it began. */
static GPtrArray *
alarms_at (UiSession *session, guint site, GArray *dated)
{
  UiAlarmList *list = ui_session_get_alarms (session);
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; i < ui_alarm_list_get_size (list); i++) {
    UiAlarm *row = ui_alarm_list_peek (list, i);
    if (ui_alarm_get_site (row) != site || gdp_alarm_state (ui_alarm_get (row)) == GDP_ALARM_NORMAL)
      continue;
    GdpAlarm alarm = ui_session_date_alarm (session, ui_alarm_get (row));
    g_array_append_val (dated, alarm);
    g_ptr_array_add (rows, row);
  }
  return rows;
}

static GPtrArray *
incidents_of (UiSession *session, const GArray *dated)
{
  g_autofree const GdpAlarm **alarms = g_new (const GdpAlarm *, dated->len);

  for (guint i = 0; i < dated->len; i++)
    alarms[i] = &g_array_index (dated, GdpAlarm, i);
  return gdp_incidents (ui_session_get_network (session), alarms, dated->len);
}

/* How an alarm is joined to those told before it: brought about by the one before, by an earlier one, or by none. */
static const char *
joint (const GdpIncident *incident, guint at)
{
  guint cause = g_array_index (incident->causes, guint, at);

  if (cause == G_MAXUINT)
    return _("; also ");
  return cause == g_array_index (incident->alarms, guint, at - 1) ? " → " : ", ";
}

char *
ui_incident_text (UiSession *session, guint site)
{
  g_autoptr (GArray) dated = g_array_new (FALSE, FALSE, sizeof (GdpAlarm));
  g_autoptr (GPtrArray) rows = NULL, incidents = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (site == G_MAXUINT || ui_session_get_network (session) == NULL)
    return NULL;
  rows = alarms_at (session, site, dated);
  incidents = incidents_of (session, dated);
  if (incidents->len == 0)
    return NULL;
  GdpIncident *incident = incidents->pdata[0];
  gdp_incident_tell_in_order (incident);
  for (guint i = 0; i < incident->alarms->len; i++) {
    UiAlarm *row = rows->pdata[g_array_index (incident->alarms, guint, i)];
    g_autofree char *object = ui_alarm_object_text (row);
    g_string_append_printf (text, "%s%s %s", i > 0 ? joint (incident, i) : "", object, ui_alarm_condition_text (row));
    if (!ui_alarm_get (row)->active)
      g_string_append_printf (text, " (%s)", C_("alarm", "returned"));
  }
  g_autofree char *when = ui_when_text (incident->begin, ui_session_now (session), NULL);
  return g_strdup_printf (_("Since %s, first: %s"), when, text->str);
}

/* ---- widget -------------------------------------------------------------------------------- */

static void
show (UiIncidentLine *self)
{
  g_autofree char *text = self->session != NULL ? ui_incident_text (self->session, self->site) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), text != NULL);
  if (text != NULL)
    ui_cell_set_long (self->label, text, NULL);
}

void
ui_incident_line_set_site (UiIncidentLine *self, guint site)
{
  self->site = site;
  show (self);
}

void
ui_incident_line_set_session (UiIncidentLine *self, UiSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "updated", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
}

static void
ui_incident_line_dispose (GObject *object)
{
  UiIncidentLine *self = UI_INCIDENT_LINE (object);

  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_incident_line_parent_class)->dispose (object);
}

static void
ui_incident_line_class_init (UiIncidentLineClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_incident_line_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "incident");
}

static void
ui_incident_line_init (UiIncidentLine *self)
{
  self->site = G_MAXUINT;
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
