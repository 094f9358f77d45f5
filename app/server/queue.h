/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the engine thread: one queue in order of arrival, filled by any thread.
 *
 * Reports of the field are bounded in number and bytes and refused when the queue is full, which
 * stops the reading of the field. Jobs (commands, a new configuration) are few and always taken. */
#pragma once

#include "comms/sink.h"

G_BEGIN_DECLS

typedef void (*ServerJob) (gpointer data);

typedef struct {
  CommsReport *report;   /* owned; NULL for a job */
  ServerJob    job;
  gpointer     data;     /* for job */
} ServerItem;

typedef struct ServerQueue ServerQueue;

/* Bounds of reports; jobs do not count. */
ServerQueue *server_queue_new  (guint max_reports, gsize max_bytes);
void         server_queue_free (ServerQueue *queue);   /* reports still inside are freed, not counted as good */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerQueue, server_queue_free)

/* FALSE: full; the report stays the caller's, and server_queue_drain will say that there is room again. */
gboolean server_queue_take (ServerQueue *queue, CommsReport *report);
/* @data: the job's own; it is called in the thread that drains, in its turn among the reports. */
void     server_queue_push (ServerQueue *queue, ServerJob job, gpointer data);
guint    server_queue_length (ServerQueue *queue);     /* reports */

/* Ends the present or the next wait at once. */
void     server_queue_wake (ServerQueue *queue);
/* Waits until something is in the queue (when @items), the queue is woken, or @until (monotonic µs). */
void     server_queue_wait (ServerQueue *queue, gboolean items, gint64 until);

/**
 * server_queue_drain:
 * @items: (out) (element-type ServerItem): an empty array, exchanged for what was waiting, in order
 *
 * Returns TRUE when a report was refused since the last drain: whoever was turned away may come again.
 */
gboolean server_queue_drain (ServerQueue *queue, GArray **items);

G_END_DECLS
