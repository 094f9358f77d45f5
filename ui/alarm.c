/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm.h"

#include "event-text.h"
#include "value.h"
#include "when.h"

#include <glib/gi18n.h>

struct _UiAlarm {
  GObject     parent_instance;

  GdpAlarm   *alarm;
  GdpNetwork *network;
  guint       site, point, link, below;
  guint       sites;     /* that a lost line cuts off */
  UiGroupPlace place;
  guint       group_size;
  gint64      arrived;   /* monotonic µs */
  UiAlarm    *cause;     /* or NULL */
};

G_DEFINE_FINAL_TYPE (UiAlarm, ui_alarm, G_TYPE_OBJECT)

static guint changed;

static void
ui_alarm_finalize (GObject *object)
{
  UiAlarm *self = UI_ALARM (object);

  g_clear_pointer (&self->alarm, gdp_alarm_free);
  g_clear_pointer (&self->network, gdp_network_unref);
  g_clear_object (&self->cause);
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
  self->site = self->point = self->link = G_MAXUINT;
}

UiAlarm *
ui_alarm_new (const GdpAlarm *alarm)
{
  UiAlarm *self = g_object_new (UI_TYPE_ALARM, NULL);

  self->alarm = gdp_alarm_copy (alarm);
  self->arrived = g_get_monotonic_time ();
  return self;
}

void
ui_alarm_set (UiAlarm *self, const GdpAlarm *alarm)
{
  if (alarm->learned != self->alarm->learned || (gdp_alarm_calls (alarm) && !gdp_alarm_calls (self->alarm)))
    self->arrived = g_get_monotonic_time ();
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

gint64
ui_alarm_get_arrived (UiAlarm *self)
{
  return self->arrived;
}

gboolean
ui_alarm_is_untold (UiAlarm *self)
{
  return self->alarm->suppression != GDP_SUPPRESSION_NONE && self->alarm->condition != GDP_CONDITION_FORCED;
}

/* An alarm's id is "<object id>.<condition word>". */
static char *
object_id (UiAlarm *self)
{
  const char *dot = strrchr (self->alarm->id, '.');

  return dot != NULL ? g_strndup (self->alarm->id, dot - self->alarm->id) : g_strdup (self->alarm->id);
}

/* A site's units stand together. */
static guint
sites_on (const GdpNetwork *network, guint link)
{
  guint sites = 0, last = G_MAXUINT;

  for (guint i = 0; i < network->n_units; i++)
    if (network->units[i].link == link && network->units[i].site != last) {
      last = network->units[i].site;
      sites++;
    }
  return sites;
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
  self->site = self->point = self->link = G_MAXUINT;
  self->sites = 0;
  if (network == NULL)
    return;
  if (self->alarm->condition == GDP_CONDITION_LOST)
    self->link = gdp_network_find_link (network, id);
  if (self->link != G_MAXUINT)
    self->sites = sites_on (network, self->link);
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

char *
ui_alarm_reach_text (UiAlarm *self)
{
  return self->sites > 0 ? g_strdup_printf (ngettext ("%u site", "%u sites", self->sites), self->sites) : NULL;
}

guint
ui_alarm_get_point (UiAlarm *self)
{
  return self->point;
}

guint
ui_alarm_get_link (UiAlarm *self)
{
  return self->link;
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
  if (gdp_condition_is_of_server (self->alarm->condition))
    return g_strdup_printf (_("Server %s"), id);
  if (self->link != G_MAXUINT)
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
  GdpCondition condition = self->alarm->condition;

  return self->point != G_MAXUINT && (condition < GDP_CONDITION_STATE   /* a limit of the process */
                                      || condition == GDP_CONDITION_FORCED);   /* of a contact, its state's */
}

char *
ui_alarm_status_text (UiAlarm *self, gint64 now)
{
  const char *label = _(gdp_alarm_status_label (self->alarm));
  g_autofree char *left = ui_age_text (self->alarm->suppressed_until - now);

  if (self->alarm->suppression != GDP_SUPPRESSION_SHELVED)
    return g_strdup (label);
  /* Translators: "Shelved", a length */
  return g_strdup_printf (_("%s, %s left"), label, left);
}

char *
ui_alarm_suppression_text (UiAlarm *self)
{
  const GdpAlarm *alarm = self->alarm;
  g_autofree char *until = ui_when_full_text (alarm->suppressed_until, NULL), *why = ui_detail_text (alarm->suppressed_why);

  switch (alarm->suppression) {
  case GDP_SUPPRESSION_SHELVED:
    if (alarm->condition == GDP_CONDITION_FORCED)
      /* Translators: a time, a person, a reason */
      return g_strdup_printf (_("Forced until %s by %s: %s"), until, alarm->suppressed_by, why);
    /* Translators: a time, a person, a reason */
    return g_strdup_printf (_("Shelved until %s by %s: %s"), until, alarm->suppressed_by, why);
  case GDP_SUPPRESSION_OUT_OF_SERVICE:
    return g_strdup_printf (_("Out of service, by %s: %s"), alarm->suppressed_by, why);
  case GDP_SUPPRESSION_BY_DESIGN:
    /* Translators: an alarm's id */
    return g_strdup_printf (_("Suppressed by design: %s stands for it"), why);
  default:
    return NULL;
  }
}

guint
ui_alarm_get_below (UiAlarm *self)
{
  return self->below;
}

void
ui_alarm_set_below (UiAlarm *self, guint below)
{
  if (self->below == below)
    return;
  self->below = below;
  g_signal_emit (self, changed, 0);
}

void
ui_alarm_set_group (UiAlarm *self, UiGroupPlace place, guint size, UiAlarm *cause)
{
  if (self->place == place && self->group_size == size && self->cause == cause)
    return;
  self->place = place;
  self->group_size = size;
  g_set_object (&self->cause, cause);
  g_signal_emit (self, changed, 0);
}

UiGroupPlace
ui_alarm_get_group (UiAlarm *self, guint *size, UiAlarm **cause)
{
  *size = self->group_size;
  *cause = self->cause;
  return self->place;
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
