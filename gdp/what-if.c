/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "what-if.h"

#include "engine-private.h"

struct GdpWhatIf {
  const GdpPoint *point;
  GdpHold         hold[GDP_N_LEVELS];
  GArray         *alarms;                     /* GdpWouldBe */
  guint           active[GDP_N_CONDITIONS];   /* its place in `alarms` + 1, 0 = it is not */
};

GdpWhatIf *
gdp_what_if_new (const GdpPoint *point)
{
  GdpWhatIf *what_if = g_new0 (GdpWhatIf, 1);

  what_if->point = point;
  what_if->alarms = g_array_new (FALSE, FALSE, sizeof (GdpWouldBe));
  return what_if;
}

void
gdp_what_if_free (GdpWhatIf *what_if)
{
  g_array_unref (what_if->alarms);
  g_free (what_if);
}

static gboolean
is_worse (GdpCondition condition, int level, guint8 than)
{
  return condition == GDP_CONDITION_LOW ? level < than : level > than;
}

/* Brings the alarm of @condition in line with the holds. */
static void
follow (GdpWhatIf *what_if, GdpCondition condition, gint64 time)
{
  int level = gdp_engine_level_held (what_if->point, what_if->hold, condition);
  guint *active = &what_if->active[condition];

  if (level < 0 && *active != 0) {
    g_array_index (what_if->alarms, GdpWouldBe, *active - 1).cleared = time;
    *active = 0;
  } else if (level >= 0 && *active == 0) {
    g_array_append_vals (what_if->alarms, &(GdpWouldBe) { condition, (guint8) level, time, 0 }, 1);
    *active = what_if->alarms->len;
  } else if (level >= 0) {
    GdpWouldBe *alarm = &g_array_index (what_if->alarms, GdpWouldBe, *active - 1);
    if (is_worse (condition, level, alarm->level))
      alarm->level = (guint8) level;
  }
}

static void
follow_all (GdpWhatIf *what_if, gint64 time)
{
  if (gdp_point_is_discrete (what_if->point)) {
    follow (what_if, GDP_CONDITION_STATE, time);
    return;
  }
  follow (what_if, GDP_CONDITION_HIGH, time);
  follow (what_if, GDP_CONDITION_LOW, time);
}

/* The delays that end by @time, in their order. */
static void
expire (GdpWhatIf *what_if, gint64 time)
{
  for (;;) {
    gint64 due = G_MAXINT64;
    for (guint i = 0; i < GDP_N_LEVELS; i++)
      if (what_if->hold[i].due != 0)
        due = MIN (due, what_if->hold[i].due);
    if (due > time)
      return;
    for (guint i = 0; i < GDP_N_LEVELS; i++)
      gdp_hold_expire (&what_if->hold[i], due);
    follow_all (what_if, due);
  }
}

void
gdp_what_if_take (GdpWhatIf *what_if, const GdpReading *reading)
{
  if (reading->reason == GDP_REASON_AVERAGED)
    return;
  expire (what_if, reading->time);
  if (!gdp_engine_is_judgeable (reading->reason)) {
    for (guint i = 0; i < GDP_N_LEVELS; i++)
      what_if->hold[i].due = 0;
    return;
  }
  if (gdp_engine_judge_holds (what_if->point, what_if->hold, reading->value, reading->time))
    follow_all (what_if, reading->time);
}

const GArray *
gdp_what_if_finish (GdpWhatIf *what_if, gint64 until)
{
  expire (what_if, until);
  return what_if->alarms;
}
