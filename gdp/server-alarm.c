/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ails the servers themselves. */
#include <math.h>

#include "engine-private.h"

static const guint8 priorities[GDP_N_CONDITIONS] = {
  [GDP_CONDITION_STORE] = 2,   /* nobody's screen is told what happens */
  [GDP_CONDITION_DISK]  = 2,   /* soon nothing can be kept */
  [GDP_CONDITION_TIME]  = 3,
  [GDP_CONDITION_DOWN]  = 2,
};

void
gdp_engine_server_alarm (GdpEngine *engine, const char *server, GdpCondition condition, gboolean active, const char *text,
                         gint64 since, gint64 now, GdpChanges *changes)
{
  g_return_if_fail (gdp_condition_is_of_server (condition));
  g_autofree char *id = g_strconcat (server, ".", gdp_condition_word (condition), NULL);
  GdpHeldAlarm *held = gdp_annunciator_find (engine->annunciator, id);

  now = gdp_engine_enter (engine, now);
  if (active == (held != NULL && held->alarm.active))
    return;
  if (held == NULL)
    held = gdp_annunciator_get (engine->annunciator, server, condition);
  gdp_annunciator_move (engine->annunciator, held, active ? GDP_ALARM_OCCUR : GDP_ALARM_CLEAR,
                        &(GdpNews) { .occurred = MIN (since, now), .learned = now, .value = NAN, .limit = NAN,
                                     .priority = priorities[condition], .text = text }, changes);
}

static void
note_down (GdpHeldAlarm *held, gpointer found)
{
  if (held->alarm.condition == GDP_CONDITION_DOWN)
    g_ptr_array_add (found, held);
}

void
gdp_engine_set_down (GdpEngine *engine, const GPtrArray *alarms)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  gdp_annunciator_foreach (engine->annunciator, note_down, found);
  for (guint i = 0; i < found->len; i++)
    gdp_annunciator_forget (engine->annunciator, found->pdata[i]);
  for (guint i = 0; i < alarms->len; i++)
    if (((const GdpAlarm *) alarms->pdata[i])->condition == GDP_CONDITION_DOWN)
      gdp_engine_restore_alarm (engine, alarms->pdata[i]);
}
