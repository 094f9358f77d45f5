/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of very many waiting things is due first: a binary heap of deadlines that live inside their owners.
 * 16 bytes and a slot each, where a libuv timer takes 152. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64 at;      /* µs of any clock that never steps back */
  guint  place;   /* private: 1-based in the heap, 0 = not waiting; zeroed at first */
} CommsDeadline;

typedef struct {
  GPtrArray *heap;   /* private: borrowed CommsDeadline */
} CommsDeadlines;

void           comms_deadlines_init   (CommsDeadlines *deadlines);
void           comms_deadlines_clear  (CommsDeadlines *deadlines);
/* Puts @deadline (borrowed until it is removed) in, or moves it; O(log n). Removing one that is not in is nothing. */
void           comms_deadlines_set    (CommsDeadlines *deadlines, CommsDeadline *deadline, gint64 at);
void           comms_deadlines_remove (CommsDeadlines *deadlines, CommsDeadline *deadline);
/* The earliest (borrowed, still in), or NULL. */
CommsDeadline *comms_deadlines_first  (const CommsDeadlines *deadlines);

G_END_DECLS
