/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose turn it is on a line. Pure: time comes in, a slave's number comes out.
 *
 * Every slave is due once a period. Among those that are due, the one that has waited longest goes
 * first, so that a short period cannot starve a long one. A period that a busy line missed is
 * skipped, never made up for. A slave that fails is asked again at once, then one period later,
 * then at twice the distance each time up to COMMS_POLL_LONGEST (or its own period, if longer). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define COMMS_POLL_LONGEST (30 * G_USEC_PER_SEC)   /* µs between attempts at a dead slave */

#define COMMS_POLL_GRID       (50 * 1000)          /* µs */
#define COMMS_POLL_GRID_LINES 50                   /* where more lines would ask in one moment the grid is finer, … */
#define COMMS_POLL_GRID_LEAST (10 * 1000)          /* µs: … as fine as that */

typedef struct CommsPollSchedule CommsPollSchedule;

/* @periods: seconds, > 0. All @n slaves are due at @now (µs of a clock that never steps back). */
CommsPollSchedule *comms_poll_schedule_new  (const double *periods, guint n, gint64 now);
void               comms_poll_schedule_free (CommsPollSchedule *schedule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsPollSchedule, comms_poll_schedule_free)

/* From now on every slave's polls begin on a beat of its own, the same after every break: @phase (0 to 1)
 * of its period after a multiple of it on the clock, brought forward to a multiple of COMMS_POLL_GRID. For
 * very many lines: with phases of their own they do not all ask in the same moment, and those that share
 * a beat share a wake-up and a commit. @lines: how many there are. Of hundreds that answer in one moment the last would
 * wait for all the others, so the more there are, the finer the grid. */
void  comms_poll_schedule_set_phase (CommsPollSchedule *schedule, double phase, guint lines);

/* The slave to ask now; or G_MAXUINT, and then @due (out) says when to come back (G_MAXINT64: never). */
guint comms_poll_schedule_next     (CommsPollSchedule *schedule, gint64 now, gint64 *due);
/* How the poll of @slave that ended at @now went. `failed` returns the failures in a row: after 1 the
 * slave is the very next one. */
void  comms_poll_schedule_answered (CommsPollSchedule *schedule, guint slave, gint64 now);
guint comms_poll_schedule_failed   (CommsPollSchedule *schedule, guint slave, gint64 now);
/* Periods of @slave that have passed since they were counted last, or since the line was there: how many polls
 * should have ended by @now, when one has. */
guint comms_poll_schedule_elapsed  (CommsPollSchedule *schedule, guint slave, gint64 now);
/* The line fell while @slave was asked, which may be its fault: some gateways hang up on an address that
 * they do not serve. So it is asked one period later at the soonest, then at twice the distance each time,
 * and one that has not failed goes first, to show whether the line works. Returns the failures in a row. */
guint comms_poll_schedule_broke    (CommsPollSchedule *schedule, guint slave, gint64 now);
/* The line is back after a break: everyone is due, nobody is held back for what failed before; but those
 * at whom the line fell are, unless that is all of them. */
void  comms_poll_schedule_restart  (CommsPollSchedule *schedule, gint64 now);

G_END_DECLS
