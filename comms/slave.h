/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One unit polled over a line: its plan, its counters, and the poll under way. Belongs to the thread that
 * polls; the meter to everyone.
 *
 * A poll may be interrupted by a failure and go on from the same block; one that is given up starts the
 * next time with the block that failed, so that a dead block is found dead at once and not after the others
 * have been asked. */
#pragma once

#include "meter.h"
#include "plan.h"
#include "poll-schedule.h"

G_BEGIN_DECLS

typedef struct {
  CommsPlan   *plan;
  CommsMeter  *meter;
  /* private: the poll under way */
  CommsReport *report;     /* NULL = none */
  guint        first;      /* block that it starts with */
  guint        n_done;     /* blocks answered so far … */
  guint        n_good;     /* … and of these not with an exception */
  guint        n_failed;   /* n_done when a request failed last */
  guint        refused;    /* block to be split when it ends, G_MAXUINT = none */
} CommsSlave;

/* The units of @link. (element-type CommsSlave) */
GArray *comms_slaves_new  (const GdpNetwork *network, guint link);
void    comms_slaves_free (GArray *slaves);
/* NULL: @unit is not among them. */
CommsSlave *comms_slaves_find (const GArray *slaves, guint unit);
/* Adds up the counters of @unit (G_MAXUINT: of all). FALSE: it is not among them. Any thread. */
gboolean comms_slaves_traffic (const GArray *slaves, guint unit, CommsTraffic *sum);

/* Begins a poll, unless one is under way. */
void                  comms_slave_begin    (CommsSlave *slave, guint link);
/* What to ask next; NULL: everything has been answered, end the poll. */
const CommsPlanBlock *comms_slave_block    (const CommsSlave *slave);
/* That block was answered at @now (server time): with @values, or NULL and the @exception. */
void                  comms_slave_answered (CommsSlave *slave, const guint16 *values, guint8 exception, gint64 now);
/* That block was not answered at @now (monotonic): it is the very next that the @schedule has the slave, its
 * @number there, asked for. TRUE: it failed the second time, with nothing answered between: the poll is given up, and
 * the unit has failed. */
gboolean              comms_slave_failed   (CommsSlave *slave, CommsPollSchedule *schedule, guint number, gint64 now);
/* The poll ended at @now (monotonic). (transfer full): all samples; counts as good answers when it is committed. */
CommsReport          *comms_slave_end      (CommsSlave *slave, CommsPollSchedule *schedule, guint number, gint64 now,
                                            gint64 server_time);
void                  comms_slave_give_up  (CommsSlave *slave);

G_END_DECLS
