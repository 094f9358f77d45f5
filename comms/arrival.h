/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the next answer on a line will be there, learned from those before. Pure.
 *
 * A thread that waits for bytes wakes some 100 µs after they came when its processor sleeps, which on a fast
 * line is 2 % of a transaction. One that is awake a moment before them has them within 20 µs. So the thread
 * sleeps until the aim and looks for COMMS_ARRIVAL_LOOK at most; the aim follows in small steps, to where
 * little is waited awake. It pays only where all slaves begin to answer after the same time; where they do
 * not, it is soon given up. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define COMMS_ARRIVAL_LOOK   (50 * 1000)    /* ns that are spent awake at most */
#define COMMS_ARRIVAL_SPREAD (100 * 1000)   /* ns that answers in time differ */

/* All zero: nothing learned. */
typedef struct {
  gint64 aim;          /* ns after an answer could be there at the soonest */
  guint8 trust;
  guint8 overslept;    /* times in a row that the answer was there before us */
} CommsArrival;

/* Whether to sleep until the aim, rather than to wait for the bytes. */
gboolean comms_arrival_known  (const CommsArrival *arrival);
/* The answer was met awake, after a look of @ns; 0: it was there already, nobody knows since when. */
void     comms_arrival_met    (CommsArrival *arrival, gint64 ns);
/* The thread was woken by the answer, @ns after it could be there at the soonest. */
void     comms_arrival_waited (CommsArrival *arrival, gint64 ns);

G_END_DECLS
