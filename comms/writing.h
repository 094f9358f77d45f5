/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One register or coil of a slave written, and read back to see whether it was: which question is next, and how
 * it ended. Pure; the caller asks.
 *
 * The write is asked once, never again: a slave that did not answer may have done it. What counts is what is read
 * back, which is tried twice. */
#pragma once

#include "order.h"
#include "pdu.h"
#include "sink.h"

G_BEGIN_DECLS

typedef struct {
  CommsOrder *order;     /* owned; NULL = nothing is being written */
  CommsQuery  ask;       /* what is to be asked now */
  /* private */
  guint       n_reads, n_answers;
  char       *doubt;     /* owned: why the write was not confirmed, NULL = it was */
} CommsWriting;

/* Each gives how the order ended (transfer full), a COMMS_REPORT_RESULT, and then nothing is being written any
 * more; or NULL, and `ask` is to be asked. @now: server time, µs. */

/* @order: (transfer full), a WRITE. It ends at once when it is too late for it. */
CommsReport *comms_writing_begin    (CommsWriting *writing, CommsOrder *order, gint64 now);
CommsReport *comms_writing_answered (CommsWriting *writing, guint16 value, gint64 now);
/* The slave said no. */
CommsReport *comms_writing_refused  (CommsWriting *writing, const char *why, gint64 now);
/* No answer, or none that could be understood. */
CommsReport *comms_writing_failed   (CommsWriting *writing, const char *why, gint64 now);

/* For an order of which nothing was asked. Does not take it; NULL where nobody asked for the result. */
CommsReport *comms_order_not_done   (const CommsOrder *order, const char *why, gint64 now);
/* Nothing more can be asked. NULL when nothing was being written. */
CommsReport *comms_writing_lost     (CommsWriting *writing, const char *why, gint64 now);

G_END_DECLS
