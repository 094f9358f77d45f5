/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counters of one slave or one link, shared by the thread that polls, whoever shows them, and the
 * reports under way: a report may be committed after its line is gone, so the meter is refcounted.
 * No locks: relaxed atomics, a reader may see one counter a moment before another. What only those need that
 * answer requests is allocated with the first answer: most of many thousand units never have one. */
#pragma once

#include "sink.h"

G_BEGIN_DECLS

typedef struct {
  guint32      refused[GDP_TRAFFIC_CODES];
  GdpHistogram times;
} CommsAnswers;

/* Only through the functions below; the counters are those of GdpTraffic. */
typedef struct {
  gatomicrefcount refs;
  guint8          fault, code;      /* the last */
  gint64          since, last_good, last_fault;
  CommsAnswers   *answers;          /* NULL before the first */
#define COMMS_METER_FIELD(name) guint64 name;
  GDP_TRAFFIC_COUNTERS (COMMS_METER_FIELD)
#undef COMMS_METER_FIELD
} CommsMeter;

CommsMeter *comms_meter_new   (void);
CommsMeter *comms_meter_ref   (CommsMeter *meter);
void        comms_meter_unref (CommsMeter *meter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsMeter, comms_meter_unref)

/* comms_meter_count (meter, requests, 1); any thread. */
#define comms_meter_count(meter, counter, n) \
  ((void) __atomic_fetch_add (&(meter)->counter, (n), __ATOMIC_RELAXED))

/* Something went wrong: counts it, and remembers it as the last. @code: of an exception, else 0. Like
 * comms_meter_response() only for the thread that polls. */
void comms_meter_fault    (CommsMeter *meter, GdpTrafficFault fault, guint8 code);
/* The slave took @us µs from request to the end of its answer. */
void comms_meter_response (CommsMeter *meter, guint us);
/* @report stands for @n_answers good transactions: they count as good when it is committed. */
void comms_meter_attach   (CommsMeter *meter, CommsReport *report, guint n_answers);
/* Adds all of it to @sum. Any thread. */
void comms_meter_sum      (CommsMeter *meter, CommsTraffic *sum);

G_END_DECLS
