/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counters of one slave or one link, shared by the thread that polls, whoever shows them, and the
 * reports under way: a report may be committed after its line is gone, so the meter is refcounted.
 * No locks: relaxed atomics, a reader may see one counter a moment before another. */
#pragma once

#include "sink.h"

G_BEGIN_DECLS

typedef struct {
  gatomicrefcount refs;
  CommsTraffic    traffic;   /* only through the functions below */
} CommsMeter;

CommsMeter *comms_meter_new   (void);
CommsMeter *comms_meter_ref   (CommsMeter *meter);
void        comms_meter_unref (CommsMeter *meter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsMeter, comms_meter_unref)

/* comms_meter_count (meter, timeouts, 1); any thread. */
#define comms_meter_count(meter, counter, n) \
  ((void) __atomic_fetch_add (&(meter)->traffic.counter, (n), __ATOMIC_RELAXED))

/* The slave took @us µs from request to the end of its answer. Only the thread that polls. */
void comms_meter_response (CommsMeter *meter, guint us);
/* @report stands for @n_answers good transactions: they count as good when it is committed. */
void comms_meter_attach   (CommsMeter *meter, CommsReport *report, guint n_answers);
/* Adds the counters to @sum, and the ring of response times unless @sum has one. Any thread. */
void comms_meter_sum      (CommsMeter *meter, CommsTraffic *sum);

G_END_DECLS
