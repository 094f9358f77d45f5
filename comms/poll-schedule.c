/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "poll-schedule.h"

#define AT_ONCE 0   /* a due time before every other */

typedef struct {
  gint64  period;     /* µs */
  gint64  due;
  guint64 turn;       /* when it was last chosen, counted in choices; settles ties */
  gint64  phase;      /* µs of its beats after a multiple of the period */
  guint   failures;   /* in a row */
  gboolean broke;     /* the last of them: the line fell */
  gint64  counted;    /* its periods are counted up to here; 0 = not since the line is there */
} Slave;

struct CommsPollSchedule {
  guint64 turn;
  gboolean on_beat;   /* set_phase () was called */
  guint   n;
  Slave   slaves[];
};

CommsPollSchedule *
comms_poll_schedule_new (const double *periods, guint n, gint64 now)
{
  CommsPollSchedule *schedule = g_malloc0 (sizeof *schedule + n * sizeof schedule->slaves[0]);

  schedule->n = n;
  for (guint i = 0; i < n; i++)
    schedule->slaves[i].period = MAX (1, (gint64) (periods[i] * G_USEC_PER_SEC));
  comms_poll_schedule_restart (schedule, now);
  return schedule;
}

void
comms_poll_schedule_free (CommsPollSchedule *schedule)
{
  g_free (schedule);
}

static guint
count_breakers (const CommsPollSchedule *schedule)
{
  guint n = 0;

  for (guint i = 0; i < schedule->n; i++)
    n += schedule->slaves[i].broke;
  return n;
}

void
comms_poll_schedule_restart (CommsPollSchedule *schedule, gint64 now)
{
  gboolean all = count_breakers (schedule) == schedule->n;   /* then it was the line */

  for (guint i = 0; i < schedule->n; i++) {
    Slave *slave = &schedule->slaves[i];

    slave->counted = 0;
    if (slave->broke && !all) {
      slave->due = MAX (slave->due, now + 1);   /* behind all others */
      continue;
    }
    slave->due = now;
    slave->failures = 0;
    slave->broke = FALSE;
  }
}

static gboolean
goes_before (const Slave *a, const Slave *b)
{
  return a->due != b->due ? a->due < b->due : a->turn < b->turn;
}

guint
comms_poll_schedule_next (CommsPollSchedule *schedule, gint64 now, gint64 *due)
{
  Slave *first = NULL;

  for (guint i = 0; i < schedule->n; i++)
    if (first == NULL || goes_before (&schedule->slaves[i], first))
      first = &schedule->slaves[i];

  if (first == NULL || first->due > now) {
    *due = first != NULL ? first->due : G_MAXINT64;
    return G_MAXUINT;
  }
  first->turn = ++schedule->turn;
  *due = now;
  return first - schedule->slaves;
}

void
comms_poll_schedule_set_phase (CommsPollSchedule *schedule, double phase, guint lines)
{
  schedule->on_beat = TRUE;
  for (guint i = 0; i < schedule->n; i++) {
    Slave *slave = &schedule->slaves[i];
    gint64 grid = CLAMP (slave->period * COMMS_POLL_GRID_LINES / MAX (lines, 1), COMMS_POLL_GRID_LEAST, COMMS_POLL_GRID);
    gint64 exact = (gint64) (CLAMP (phase, 0, 1) * slave->period) % slave->period;
    slave->phase = exact / grid * grid;
  }
}

/* The first beat after @now, of those a period apart that go through @beat. */
static gint64
next_beat (const Slave *slave, gint64 beat, gint64 now)
{
  if (beat > now)
    return beat;
  return beat + ((now - beat) / slave->period + 1) * slave->period;
}

/* In the slave's own rhythm a late poll does not shift those that follow. */
void
comms_poll_schedule_answered (CommsPollSchedule *schedule, guint number, gint64 now)
{
  Slave *slave = &schedule->slaves[number];

  if (schedule->on_beat)
    slave->due = next_beat (slave, slave->phase, now);
  else
    slave->due = slave->failures > 0 ? now + slave->period : next_beat (slave, slave->due, now);
  slave->failures = 0;
  slave->broke = FALSE;
}

/* Dividing first: period << doublings would overflow for a slave that was dead for a day. */
static gint64
distance (const Slave *slave, guint doublings)
{
  gint64 longest = MAX (COMMS_POLL_LONGEST, slave->period);

  return doublings < 40 && slave->period < (longest >> doublings) ? slave->period << doublings : longest;
}

guint
comms_poll_schedule_failed (CommsPollSchedule *schedule, guint number, gint64 now)
{
  Slave *slave = &schedule->slaves[number];

  slave->failures++;
  slave->broke = FALSE;
  slave->due = slave->failures == 1 ? AT_ONCE : now + distance (slave, slave->failures - 2);
  return slave->failures;
}

guint
comms_poll_schedule_elapsed (CommsPollSchedule *schedule, guint number, gint64 now)
{
  Slave *slave = &schedule->slaves[number];

  if (slave->counted == 0) {
    slave->counted = now;
    return 1;
  }
  guint n = (guint) MIN ((now - slave->counted) / slave->period, G_MAXINT);
  slave->counted += n * slave->period;
  return n;
}

static Slave *
first_healthy (CommsPollSchedule *schedule)
{
  Slave *first = NULL;

  for (guint i = 0; i < schedule->n; i++)
    if (schedule->slaves[i].failures == 0 && (first == NULL || goes_before (&schedule->slaves[i], first)))
      first = &schedule->slaves[i];
  return first;
}

guint
comms_poll_schedule_broke (CommsPollSchedule *schedule, guint number, gint64 now)
{
  Slave *slave = &schedule->slaves[number], *witness;

  slave->failures++;
  slave->broke = TRUE;
  slave->due = now + distance (slave, slave->failures - 1);
  witness = first_healthy (schedule);
  if (witness != NULL)
    witness->due = AT_ONCE;
  return slave->failures;
}
