/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event-columns.h"

#include "event-text.h"
#include "event.h"
#include "glyph.h"
#include "tip.h"
#include "when.h"

#include <glib/gi18n.h>

guint
ui_event_priority (const GdpEvent *event)
{
  return event->kind == GDP_EVENT_ALARM_OCCURRED || event->kind == GDP_EVENT_ALARM_RECURRED
         || event->kind == GDP_EVENT_ALARM_ESCALATED ? event->priority : 0;
}

static void
show_glyph (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpEvent *event = ui_event_get (item);

  ui_glyph_set_priority (UI_GLYPH (cell), ui_event_priority (event));
}

static void
show_learned (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpEvent *event = ui_event_get (item);
  g_autofree char *text = ui_when_text (event->learned, ui_session_now (session), NULL);
  g_autofree char *occurred = ui_when_full_text (event->occurred, NULL);
  g_autofree char *learned = ui_when_full_text (event->learned, NULL);
  g_autofree char *said = g_strdup_printf (_("Occurred %s\nLearned %s"), occurred, learned);

  ui_cell_set (cell, text, NULL);
  ui_tip_set (cell, said);
}

static void
show_site (GtkWidget *cell, gpointer item, UiSession *session)
{
  const char *site = ui_event_get (item)->site;

  ui_cell_set (cell, site != NULL ? site : "", NULL);
}

static void
show_kind (GtkWidget *cell, gpointer item, UiSession *session)
{
  ui_cell_set_long (cell, _(gdp_event_label (ui_event_get (item)->kind)), NULL);
}

/* The point that an alarm's or a point's id means; NULL = none that is configured now. */
static const GdpPoint *
point_of (const char *id, GdpNetwork *network)
{
  const char *dot = id != NULL ? strrchr (id, '.') : NULL;
  g_autofree char *object = dot != NULL ? g_strndup (id, dot - id) : g_strdup (id);
  guint point = network != NULL && object != NULL ? gdp_network_find_point (network, object) : G_MAXUINT;

  return point != G_MAXUINT ? &network->points[point] : NULL;
}

/* "Outlet pressure", "Unit upmp" or "Link rs485-1"; NULL when the configuration does not know it. */
static char *
name_of (const char *object, GdpNetwork *network)
{
  guint point = network != NULL ? gdp_network_find_point (network, object) : G_MAXUINT;

  if (point != G_MAXUINT)
    return g_strdup (ui_point_name (&network->points[point]));
  if (network != NULL && gdp_network_find_link (network, object) != G_MAXUINT)
    return g_strdup_printf (_("Link %s"), object);
  if (network == NULL || gdp_network_find_unit (network, object) == G_MAXUINT)
    return NULL;
  return g_strdup_printf (_("Unit %s"), strchr (object, '/') != NULL ? strchr (object, '/') + 1 : object);
}

/* "Outlet pressure, Low-low" instead of "GDP-003/outlet1.low" when the configuration still knows it. */
static char *
object_text (const GdpEvent *event, GdpNetwork *network)
{
  const char *id = event->object, *dot = strrchr (id, '.');
  g_autofree char *object = dot != NULL ? g_strndup (id, dot - id) : g_strdup (id);
  GdpCondition condition = GDP_CONDITION_STATE;
  gboolean alarm = dot != NULL && gdp_condition_parse (dot + 1, &condition);
  g_autofree char *name = alarm && gdp_condition_is_of_server (condition) ? g_strdup_printf (_("Server %s"), object)
                          : name_of (object, network);

  if (name == NULL)
    return g_strdup (id);
  /* Of a state the event says which, of a unit's silence that it is one. */
  if (!alarm || condition == GDP_CONDITION_STATE || condition == GDP_CONDITION_SILENT)
    return g_steal_pointer (&name);
  return g_strdup_printf ("%s, %s", name,
                          _(gdp_condition_label (condition, ui_event_level (event, condition, point_of (id, network)))));
}

static void
show_object (GtkWidget *cell, gpointer item, UiSession *session)
{
  const char *id = ui_event_get (item)->object;
  g_autofree char *text = id != NULL ? object_text (ui_event_get (item), ui_session_get_network (session))
                              : g_strdup ("");

  ui_cell_set (cell, text, NULL);
  ui_tip_set (cell, id);
}

/* What a suppressed alarm is suppressed by is named as it is in its own record. */
static char *
details_text (const GdpEvent *event, GdpNetwork *network)
{
  if (event->kind == GDP_EVENT_ALARM_SUPPRESSED && event->text != NULL)
    return object_text (&(GdpEvent) { .object = event->text }, network);
  return ui_event_text (event, point_of (event->object, network));
}

static void
show_details (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = details_text (ui_event_get (item), ui_session_get_network (session));

  ui_cell_set_long (cell, text, NULL);
}

char *
ui_event_whole_text (const GdpEvent *event, GdpNetwork *network)
{
  g_autofree char *object = event->object != NULL ? object_text (event, network) : g_strdup ("");
  g_autofree char *details = details_text (event, network);

  return g_strjoin (*object != '\0' && *details != '\0' ? ": " : "", object, details, NULL);
}

static void
show_whole (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_event_whole_text (ui_event_get (item), ui_session_get_network (session));

  ui_cell_set_long (cell, text, NULL);
}

static void
show_who (GtkWidget *cell, gpointer item, UiSession *session)
{
  const char *who = ui_event_get (item)->who;

  ui_cell_set_long (cell, who != NULL ? who : "", NULL);
}

const UiColumn ui_event_columns[] = {
  { .width = 0, .xalign = 0.5, .show = show_glyph, .make = ui_glyph_new },
  { N_("Time"),     8,  0, .show = show_learned },
  { N_("Site"),     8,  0, .show = show_site },
  { N_("Event"),    18, 0, .share = 1, .show = show_kind },
  { N_("Object"),   18, 0, .share = 3, .show = show_object },
  { N_("Details"),  18, 0, .share = 4, .show = show_details },
  { N_("Who"),      10, 0, .share = 1, .show = show_who },
};
const guint ui_n_event_columns = G_N_ELEMENTS (ui_event_columns);

const UiColumn ui_site_event_columns[] = {
  { N_("Time"),     8,  0, .show = show_learned },
  { N_("Event"),    10, 0, .share = 1, .show = show_kind },
  { N_("Details"),  22, 0, .share = 5, .show = show_whole },
  { N_("Who"),      4,  0, .share = 1, .yields = 1, .show = show_who },
};
const guint ui_n_site_event_columns = G_N_ELEMENTS (ui_site_event_columns);
