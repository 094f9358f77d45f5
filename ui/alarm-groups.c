/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm-groups.h"

#include "gdp/grouping.h"
#include "splice.h"

/* Groups are not made anew more often than that, ms, nor for more than a twentieth of the time: whoever reads a list in a
 * flood reads it slower than it comes. */
#define REST  200
#define SHARE 20

struct _UiAlarmGroups {
  GObject     parent_instance;

  UiSession  *session;
  GListModel *source;
  GListStore *groups;    /* in groups; empty while they are not wanted */
  gboolean    grouped;
  guint       soon;      /* source: the groups are out of date */
  gint64      made, took;   /* when, and how long that took; monotonic µs */
};

static GListModel *
current (UiAlarmGroups *self)
{
  return self->grouped ? G_LIST_MODEL (self->groups) : self->source;
}

static GType
get_item_type (GListModel *model)
{
  return UI_TYPE_ALARM;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (current (UI_ALARM_GROUPS (model)));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (current (UI_ALARM_GROUPS (model)), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UiAlarmGroups, ui_alarm_groups, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- making the groups --------------------------------------------------------------------- */

static GPtrArray *
rows_of (UiAlarmGroups *self)
{
  guint n = g_list_model_get_n_items (self->source);
  GPtrArray *rows = g_ptr_array_new_full (n, g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, g_list_model_get_item (self->source, i));
  return rows;
}

/* As they are now, but dated by when they began. */
static GArray *
group (UiAlarmGroups *self, GPtrArray *rows)
{
  g_autofree GdpAlarm *dated = g_new (GdpAlarm, rows->len);
  g_autofree const GdpAlarm **alarms = g_new (const GdpAlarm *, rows->len);

  for (guint i = 0; i < rows->len; i++) {
    dated[i] = ui_session_date_alarm (self->session, ui_alarm_get (rows->pdata[i]));
    alarms[i] = &dated[i];
  }
  return gdp_group_alarms (ui_session_get_network (self->session), alarms, rows->len);
}

static void
make (UiAlarmGroups *self)
{
  gint64 begun = g_get_monotonic_time ();
  g_autoptr (GPtrArray) rows = rows_of (self);
  g_autoptr (GArray) grouped = group (self, rows);
  g_autofree gpointer *items = g_new (gpointer, rows->len);

  for (guint i = 0; i < grouped->len; i++) {
    const GdpGrouped *place = &g_array_index (grouped, GdpGrouped, i);
    items[i] = rows->pdata[place->alarm];
    ui_alarm_set_group (items[i], place->size < 2 ? UI_GROUP_NONE : place->head == place->alarm ? UI_GROUP_HEAD : UI_GROUP_MEMBER,
                        place->size, place->cause != G_MAXUINT ? rows->pdata[place->cause] : NULL);
  }
  ui_splice (self->groups, items, rows->len);
  self->made = g_get_monotonic_time ();
  self->took = self->made - begun;
}

static gboolean
on_soon (gpointer data)
{
  UiAlarmGroups *self = data;

  self->soon = 0;
  make (self);
  return G_SOURCE_REMOVE;
}

static void
make_soon (UiAlarmGroups *self)
{
  gint64 rest = MAX (REST * G_TIME_SPAN_MILLISECOND, self->took * SHARE) - (g_get_monotonic_time () - self->made);

  if (self->soon == 0)
    self->soon = g_timeout_add (rest > 0 ? (guint) (rest / G_TIME_SPAN_MILLISECOND) : 0, on_soon, self);
}

static void
on_source_changed (UiAlarmGroups *self, guint position, guint removed, guint added)
{
  if (self->grouped)
    make_soon (self);
  else
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
on_groups_changed (UiAlarmGroups *self, guint position, guint removed, guint added)
{
  if (self->grouped)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* ---- object -------------------------------------------------------------------------------- */

static void
forget_places (UiAlarmGroups *self)
{
  g_autoptr (GPtrArray) rows = rows_of (self);

  for (guint i = 0; i < rows->len; i++)
    ui_alarm_set_group (rows->pdata[i], UI_GROUP_NONE, 0, NULL);
}

void
ui_alarm_groups_set_grouped (UiAlarmGroups *self, gboolean grouped)
{
  guint before = get_n_items (G_LIST_MODEL (self));

  if (self->grouped == grouped || (grouped && ui_session_get_network (self->session) == NULL))
    return;
  g_clear_handle_id (&self->soon, g_source_remove);
  if (grouped)
    make (self);
  else
    forget_places (self);
  self->grouped = grouped;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, get_n_items (G_LIST_MODEL (self)));
  if (!grouped)
    g_list_store_remove_all (self->groups);
}

gboolean
ui_alarm_groups_get_grouped (UiAlarmGroups *self)
{
  return self->grouped;
}

static void
ui_alarm_groups_finalize (GObject *object)
{
  UiAlarmGroups *self = UI_ALARM_GROUPS (object);

  g_clear_handle_id (&self->soon, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->groups);
  g_clear_object (&self->source);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_alarm_groups_parent_class)->finalize (object);
}

static void
ui_alarm_groups_class_init (UiAlarmGroupsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_alarm_groups_finalize;
}

static void
ui_alarm_groups_init (UiAlarmGroups *self)
{
  self->groups = g_list_store_new (UI_TYPE_ALARM);
  g_signal_connect_swapped (self->groups, "items-changed", G_CALLBACK (on_groups_changed), self);
}

UiAlarmGroups *
ui_alarm_groups_new (UiSession *session, GListModel *source)
{
  UiAlarmGroups *self = g_object_new (UI_TYPE_ALARM_GROUPS, NULL);

  self->session = g_object_ref (session);
  self->source = g_object_ref (source);
  g_signal_connect_swapped (source, "items-changed", G_CALLBACK (on_source_changed), self);
  return self;
}
