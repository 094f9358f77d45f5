/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "untold.h"

#include "event-text.h"

#include <glib/gi18n.h>
#include <string.h>

struct _UiUntold {
  GObject parent_instance;

  UiSite *site;       /* owned */
  char   *name, *kind, *alarm, *by, *reason;
  gint64  since, until;
  GdpSuppression suppression;
};

G_DEFINE_FINAL_TYPE (UiUntold, ui_untold, G_TYPE_OBJECT)

static void
ui_untold_finalize (GObject *object)
{
  UiUntold *self = UI_UNTOLD (object);

  g_clear_object (&self->site);
  g_free (self->name);
  g_free (self->kind);
  g_free (self->alarm);
  g_free (self->by);
  g_free (self->reason);
  G_OBJECT_CLASS (ui_untold_parent_class)->finalize (object);
}

static void
ui_untold_class_init (UiUntoldClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_untold_finalize;
}

static void
ui_untold_init (UiUntold *self)
{
}

static UiUntold *
untold_new (UiSite *site, const char *name, const char *kind, gint64 since)
{
  UiUntold *self = g_object_new (UI_TYPE_UNTOLD, NULL);

  g_set_object (&self->site, site);
  self->name = g_strdup (name);
  self->kind = g_strdup (kind);
  self->since = since;
  return self;
}

/* When it began, as well as anybody knows: the alarm about it, the unit's silence, the reading. */
static gint64
begin_of (UiSession *session, guint point, const GdpReading *reading)
{
  GdpNetwork *network = ui_session_get_network (session);
  UiAlarm *alarm = ui_session_point_alarm (session, point);
  guint unit = network->points[point].unit;
  const GdpContactInfo *contact = unit != G_MAXUINT ? ui_session_get_unit_contact (session, unit) : NULL;

  if (alarm != NULL && ui_alarm_get (alarm)->active
      && (ui_alarm_get (alarm)->condition == GDP_CONDITION_FAULT || ui_alarm_get (alarm)->condition == GDP_CONDITION_STALE))
    return ui_alarm_get (alarm)->occurred;
  if (reading != NULL && reading->reason == GDP_REASON_NO_COMMUNICATION && contact != NULL)
    return contact->since;
  return reading != NULL ? reading->time : 0;
}

/* Who decided it, until when and why. */
static void
tell_decision (UiUntold *self, const GdpAlarm *alarm)
{
  self->until = alarm->suppressed_until;
  self->reason = ui_detail_text (alarm->suppressed_why);
  if (alarm->suppression != GDP_SUPPRESSION_BY_DESIGN)
    self->by = g_strdup (alarm->suppressed_by);
}

/* By a person; NULL: the unit said so itself. */
static UiAlarm *
find_forcing (UiSession *session, guint point)
{
  const char *id = ui_session_get_network (session)->points[point].id;
  g_autofree char *name = g_strdup_printf ("%s.%s", id, gdp_condition_word (GDP_CONDITION_FORCED));
  UiAlarm *alarm = ui_alarm_list_find (ui_session_get_alarms (session), name);

  return alarm != NULL && ui_alarm_get (alarm)->suppression != GDP_SUPPRESSION_NONE ? alarm : NULL;
}

static UiUntold *
of_point (UiSession *session, UiSite *site, guint point)
{
  const GdpReading *reading = ui_session_get_reading (session, point);
  GdpReason reason = reading != NULL ? reading->reason : GDP_REASON_WAITING;
  const char *name = ui_point_name (&ui_session_get_network (session)->points[point]);

  if (!ui_session_is_live (session) && gdp_reason_quality (reason) == GDP_QUALITY_GOOD)
    return untold_new (site, name, _("Nothing is live"), reading->received);
  UiUntold *self = untold_new (site, name, _(gdp_reason_label (reason)), begin_of (session, point, reading));
  UiAlarm *forcing = reason == GDP_REASON_FORCED ? find_forcing (session, point) : NULL;
  if (forcing != NULL) {
    self->alarm = g_strdup (ui_alarm_get (forcing)->id);
    self->suppression = ui_alarm_get (forcing)->suppression;
    tell_decision (self, ui_alarm_get (forcing));
  }
  return self;
}

static UiUntold *
of_alarm (UiSite *site, UiAlarm *row)
{
  const GdpAlarm *alarm = ui_alarm_get (row);
  g_autofree char *object = ui_alarm_object_text (row);
  g_autofree char *name = g_strdup_printf ("%s, %s", object, ui_alarm_condition_text (row));
  UiUntold *self = untold_new (site, name, _(gdp_suppression_label (alarm->suppression)), alarm->occurred);

  self->alarm = g_strdup (alarm->id);
  self->suppression = alarm->suppression;
  tell_decision (self, alarm);
  return self;
}

static void
add_alarms (UiSession *session, UiSite *site, GPtrArray *found)
{
  UiAlarmList *alarms = ui_session_get_alarms (session);

  for (guint i = 0; i < ui_alarm_list_get_size (alarms); i++) {
    UiAlarm *row = ui_alarm_list_peek (alarms, i);

    if (ui_alarm_is_untold (row)
        && ui_session_site_at (session, ui_alarm_get_site (row)) == site)
      g_ptr_array_add (found, of_alarm (site, row));
  }
}

/* Sites that have a suppressed alarm; NULL in it: alarms of no site. */
static GHashTable *
suppressed_sites (UiSession *session)
{
  GHashTable *sites = g_hash_table_new (NULL, NULL);
  UiAlarmList *alarms = ui_session_get_alarms (session);

  for (guint i = 0; i < ui_alarm_list_get_size (alarms); i++) {
    UiAlarm *row = ui_alarm_list_peek (alarms, i);

    if (ui_alarm_is_untold (row))
      g_hash_table_add (sites, ui_session_site_at (session, ui_alarm_get_site (row)));
  }
  return sites;
}

GPtrArray *
ui_untold_collect (UiSession *session)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) suppressed = suppressed_sites (session);
  GdpNetwork *network = ui_session_get_network (session);
  GListModel *sites = ui_session_get_sites (session);
  guint n = g_list_model_get_n_items (sites);

  for (guint s = 0; s < n; s++) {
    g_autoptr (UiSite) site = g_list_model_get_item (sites, s);
    const GdpSite *own = &network->sites[ui_site_get_index (site)];

    for (guint i = own->first_point; i < own->first_point + own->n_points; i++)
      if (ui_session_is_untold (session, i))
        g_ptr_array_add (found, of_point (session, site, i));
    if (g_hash_table_contains (suppressed, site))
      add_alarms (session, site, found);
  }
  if (g_hash_table_contains (suppressed, NULL))
    add_alarms (session, NULL, found);
  return found;
}

gboolean
ui_untold_equal (UiUntold *a, UiUntold *b)
{
  return a->site == b->site && a->since == b->since && a->until == b->until && g_str_equal (a->name, b->name)
         && g_str_equal (a->kind, b->kind) && g_strcmp0 (a->alarm, b->alarm) == 0 && g_strcmp0 (a->by, b->by) == 0
         && g_strcmp0 (a->reason, b->reason) == 0;
}

UiSite *
ui_untold_get_site (UiUntold *self)
{
  return self->site;
}

const char *
ui_untold_get_name (UiUntold *self)
{
  return self->name;
}

const char *
ui_untold_get_kind (UiUntold *self)
{
  return self->kind;
}

const char *
ui_untold_get_by (UiUntold *self)
{
  return self->by;
}

const char *
ui_untold_get_reason (UiUntold *self)
{
  return self->reason;
}

gint64
ui_untold_get_since (UiUntold *self)
{
  return self->since;
}

gint64
ui_untold_get_until (UiUntold *self)
{
  return self->until;
}

/* What is shelved, by what it is, ends by … */
static UiDecision
end_of_shelved (const char *alarm)
{
  static const struct { GdpCondition condition; UiDecision end; } ends[] = {
    { GDP_CONDITION_VISIT, UI_DECISION_END_VISIT }, { GDP_CONDITION_FORCED, UI_DECISION_UNFORCE },
  };
  const char *dot = strrchr (alarm, '.');

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (dot != NULL && g_str_equal (dot + 1, gdp_condition_word (ends[i].condition)))
      return ends[i].end;
  return UI_DECISION_UNSHELVE;
}

const char *
ui_untold_get_end (UiUntold *self, UiDecision *decision)
{
  if (self->suppression == GDP_SUPPRESSION_OUT_OF_SERVICE)
    *decision = UI_DECISION_PUT_BACK;
  else if (self->suppression == GDP_SUPPRESSION_SHELVED)
    *decision = end_of_shelved (self->alarm);
  else
    return NULL;
  return self->alarm;
}
