/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm.h"

#include "value.h"

#include <glib/gi18n.h>

struct _UiAlarm {
  GObject     parent_instance;

  GdpAlarm   *alarm;
  GdpNetwork *network;
  guint       site, point;
};

G_DEFINE_FINAL_TYPE (UiAlarm, ui_alarm, G_TYPE_OBJECT)

static guint changed;

static void
ui_alarm_finalize (GObject *object)
{
  UiAlarm *self = UI_ALARM (object);

  g_clear_pointer (&self->alarm, gdp_alarm_free);
  g_clear_pointer (&self->network, gdp_network_unref);
  G_OBJECT_CLASS (ui_alarm_parent_class)->finalize (object);
}

static void
ui_alarm_class_init (UiAlarmClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_alarm_finalize;
  changed = g_signal_new ("changed", UI_TYPE_ALARM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_alarm_init (UiAlarm *self)
{
  self->site = self->point = G_MAXUINT;
}

UiAlarm *
ui_alarm_new (const GdpAlarm *alarm)
{
  UiAlarm *self = g_object_new (UI_TYPE_ALARM, NULL);

  self->alarm = gdp_alarm_copy (alarm);
  return self;
}

void
ui_alarm_set (UiAlarm *self, const GdpAlarm *alarm)
{
  g_clear_pointer (&self->alarm, gdp_alarm_free);
  self->alarm = gdp_alarm_copy (alarm);
  g_signal_emit (self, changed, 0);
}

const GdpAlarm *
ui_alarm_get (UiAlarm *self)
{
  return self->alarm;
}

GdpAlarmState
ui_alarm_get_state (UiAlarm *self)
{
  return gdp_alarm_state (self->alarm);
}

gboolean
ui_alarm_is_unacked (UiAlarm *self)
{
  return !self->alarm->acked && self->alarm->suppression == GDP_SUPPRESSION_NONE;
}

/* An alarm's id is "<object id>.<condition word>". */
static char *
object_id (UiAlarm *self)
{
  const char *dot = strrchr (self->alarm->id, '.');

  return dot != NULL ? g_strndup (self->alarm->id, dot - self->alarm->id) : g_strdup (self->alarm->id);
}

void
ui_alarm_locate (UiAlarm *self, GdpNetwork *network)
{
  g_autofree char *id = object_id (self);
  guint unit;

  if (self->network != network) {
    g_clear_pointer (&self->network, gdp_network_unref);
    self->network = network != NULL ? gdp_network_ref (network) : NULL;
  }
  self->site = self->point = G_MAXUINT;
  if (network == NULL)
    return;
  self->point = gdp_network_find_point (network, id);
  unit = self->point == G_MAXUINT ? gdp_network_find_unit (network, id) : G_MAXUINT;
  if (self->point != G_MAXUINT)
    self->site = network->points[self->point].site;
  else if (unit != G_MAXUINT)
    self->site = network->units[unit].site;
}

guint
ui_alarm_get_site (UiAlarm *self)
{
  return self->site;
}

guint
ui_alarm_get_point (UiAlarm *self)
{
  return self->point;
}

GdpNetwork *
ui_alarm_get_network (UiAlarm *self)
{
  return self->network;
}

char *
ui_alarm_object_text (UiAlarm *self)
{
  g_autofree char *id = object_id (self);

  if (self->point != G_MAXUINT)
    return g_strdup (ui_point_name (&self->network->points[self->point]));
  if (self->site != G_MAXUINT)
    return g_strdup_printf (_("Unit %s"), strchr (id, '/') != NULL ? strchr (id, '/') + 1 : id);
  if (self->network != NULL && gdp_network_find_link (self->network, id) != G_MAXUINT)
    return g_strdup_printf (_("Link %s"), id);
  return g_steal_pointer (&id);
}

const char *
ui_alarm_condition_text (UiAlarm *self)
{
  const GdpPoint *point = self->point != G_MAXUINT ? &self->network->points[self->point] : NULL;

  if (self->alarm->condition == GDP_CONDITION_STATE && point != NULL)
    return ui_point_state (point, point->limits.state.state);
  return _(gdp_condition_label (self->alarm->condition, self->alarm->level));
}

gboolean
ui_alarm_has_number (UiAlarm *self)
{
  return self->point != G_MAXUINT
         && (self->alarm->condition == GDP_CONDITION_HIGH || self->alarm->condition == GDP_CONDITION_LOW);
}

int
ui_alarm_compare (UiAlarm *a, UiAlarm *b)
{
  gboolean a_unacked = ui_alarm_is_unacked (a), b_unacked = ui_alarm_is_unacked (b);

  if (a_unacked != b_unacked)
    return a_unacked ? -1 : 1;
  if (a->alarm->priority != b->alarm->priority)
    return a->alarm->priority < b->alarm->priority ? -1 : 1;
  if (a->alarm->occurred != b->alarm->occurred)
    return a->alarm->occurred > b->alarm->occurred ? -1 : 1;
  return strcmp (a->alarm->id, b->alarm->id);
}
