/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "field.h"

#include <string.h>

#define STEP         (GDP_SECOND / 4)
#define LONGEST_STEP (2 * GDP_SECOND)   /* beyond it relief and regulator would fight in the arithmetic */
#define SPEED_OF_STEP 8.0               /* up to this speed steps keep their size */

/* What people near a station would notice by itself. */
enum { SIGN_LINE_1, SIGN_LINE_2, SIGN_RELIEF, SIGN_DEAD, N_SIGNS };

static const struct { const char *comes, *goes; } signs[N_SIGNS] = {
  [SIGN_LINE_1] = { "slam-shut line 1 is closed", "slam-shut line 1 is open" },
  [SIGN_LINE_2] = { "slam-shut line 2 is closed", "slam-shut line 2 is open" },
  [SIGN_RELIEF] = { "relief valve lifts",         "relief valve is seated" },
  [SIGN_DEAD]   = { "cabinet has no power left",  "cabinet has power" },
};

struct SimField {
  GPtrArray   *units;
  SimScenario *scenario;
  guint        next;       /* happening */
  guint        allowed;    /* happenings that may happen, whatever their time; G_MAXUINT = each at its time */
  guint8      *seen;       /* signs by unit */
  gint64       start, now; /* simulated */
  gint64       step;
  double       speed;
  SimSay       say;
  gpointer     user_data;
};

SimField *
sim_field_new (GPtrArray *units, SimScenario *scenario, gint64 start, double speed,
               SimSay say, gpointer user_data)
{
  SimField *field = g_new0 (SimField, 1);
  field->units = g_ptr_array_ref (units);
  field->scenario = scenario;
  field->seen = g_new0 (guint8, units->len + 1);
  field->start = field->now = start;
  field->speed = speed;
  field->allowed = G_MAXUINT;
  field->step = CLAMP ((gint64) (STEP * speed / SPEED_OF_STEP), STEP, LONGEST_STEP);
  field->say = say;
  field->user_data = user_data;
  return field;
}

void
sim_field_free (SimField *field)
{
  g_clear_pointer (&field->scenario, sim_scenario_free);
  g_ptr_array_unref (field->units);
  g_free (field->seen);
  g_free (field);
}

static void
happen (SimField *field, const SimHappening *happening)
{
  field->say (field->allowed == G_MAXUINT ? happening->at : field->now - field->start, happening->site, happening->words, field->user_data);
  for (guint i = 0; i < field->units->len; i++) {
    SimUnit *unit = field->units->pdata[i];
    gboolean meant = !happening->site || strcmp (happening->site, sim_unit_site_id (unit)) == 0;
    if (meant && sim_deed_fits (&happening->deed, unit, NULL))
      sim_deed_do (&happening->deed, unit);
  }
}

static void
play_scenario (SimField *field)
{
  GPtrArray *list = field->scenario ? field->scenario->happenings : NULL;
  while (list && field->next < list->len) {
    const SimHappening *happening = list->pdata[field->next];
    if (field->allowed == G_MAXUINT ? field->start + happening->at > field->now : field->next >= field->allowed)
      return;
    happen (field, happening);
    field->next++;
  }
}

void
sim_field_by_hand (SimField *field)
{
  field->allowed = 0;
}

void
sim_field_next (SimField *field)
{
  if (field->scenario && field->allowed < field->scenario->happenings->len)
    field->allowed++;
}

static guint8
signs_of (const SimStation *station)
{
  return station->line[0].slammed << SIGN_LINE_1 | station->line[1].slammed << SIGN_LINE_2
       | (station->relief > 0.01) << SIGN_RELIEF | !station->powered << SIGN_DEAD;
}

static void
notice (SimField *field, guint i)
{
  const SimUnit *unit = field->units->pdata[i], *before = i ? field->units->pdata[i - 1] : NULL;
  /* A site's units see one station; it is told once. */
  if (before && strcmp (sim_unit_site_id (before), sim_unit_site_id (unit)) == 0)
    return;
  guint8 now = signs_of (&unit->station), changed = now ^ field->seen[i];
  field->seen[i] = now;
  for (guint sign = 0; changed >> sign; sign++)
    if (changed >> sign & 1)
      field->say (field->now - field->start, sim_unit_site_id (unit),
                  now >> sign & 1 ? signs[sign].comes : signs[sign].goes, field->user_data);
}

void
sim_field_advance (SimField *field, gint64 passed)
{
  gint64 target = field->start + (gint64) (passed * field->speed);
  for (guint n = 0; n < SIM_FIELD_BURST && field->now + field->step <= target; n++) {
    play_scenario (field);
    field->now += field->step;
    for (guint i = 0; i < field->units->len; i++) {
      sim_unit_step (field->units->pdata[i], field->now);
      notice (field, i);
    }
  }
  play_scenario (field);
}

gint64
sim_field_pace (const SimField *field)
{
  return (gint64) (field->step / field->speed);
}
