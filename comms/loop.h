/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One libuv loop in a thread of its own, and what all who live in it share: very many deadlines behind
 * one timer, and the way out for their reports.
 *
 * Reports go to the sink together when a turn of the loop ends, so that whoever takes them is woken once
 * for all the answers that came at once. What a full sink refuses is kept here, in order. */
#pragma once

#include <uv.h>

#include "deadlines.h"
#include "sink.h"

G_BEGIN_DECLS

typedef struct CommsLoop CommsLoop;

/* All are called in the loop's thread. */
typedef struct {
  void (*due)  (CommsDeadline *deadline);   /* it has come, and is not waiting any more */
  void (*full) (gpointer owner);            /* the sink is full: ask nobody, take nobody in; or NULL */
  void (*room) (gpointer owner);            /* … and has room again */
  void (*stop) (gpointer owner);            /* close every handle of yours */
  void (*woken) (gpointer owner);           /* comms_loop_wake() was called since; or NULL */
} CommsLoopCalls;

struct CommsLoop {
  uv_loop_t       uv;
  CommsDeadlines  deadlines;    /* monotonic µs */
  /* private */
  CommsSink       sink;
  CommsLoopCalls  calls;
  gpointer        owner;
  GThread        *thread;
  uv_async_t      wake;
  uv_prepare_t    before_sleep;
  uv_timer_t      alarm;        /* rings at the first deadline */
  uv_timer_t      retry;        /* offers the outbox again, should nobody say that there is room */
  GPtrArray      *outbox;       /* CommsReport, owned */
  gboolean        full;
  GMutex          lock;         /* for the two below */
  GCond           changed;
  gboolean        stopped;      /* `stop` was called, and its reports are gone */
  gboolean        ended;        /* the thread has nothing more to do */
  int             stopping, room, woken;   /* atomic */
  gpointer        call;         /* atomic: of comms_loop_call(), NULL = none */
};

/* @sink and @calls are copied. From here on handles can be put into loop->uv. */
void     comms_loop_init   (CommsLoop *loop, const CommsSink *sink, const CommsLoopCalls *calls, gpointer owner);
/* Runs it in a thread called @name. */
void     comms_loop_start  (CommsLoop *loop, const char *name);
/* Calls `stop` in the thread and joins it, if it was started. */
void     comms_loop_stop   (CommsLoop *loop);
/* The same, but what the system does not let be ended (the look-up of a host name) is waited for @patience µs at most.
 * FALSE: the thread is left behind with it; what it works on, the owner too, must stay as it is, and the program is to
 * end by _exit(), because exit() would wait for it after all. */
gboolean comms_loop_quit   (CommsLoop *loop, gint64 patience) G_GNUC_WARN_UNUSED_RESULT;
/* TRUE: a loop was left behind. Any thread. */
gboolean comms_loop_any_left (void);
/* Stopped, and every handle closed. Reports that nobody took are freed. */
void     comms_loop_clear  (CommsLoop *loop);
/* The sink has room again. Any thread. */
void     comms_loop_resume (CommsLoop *loop);

/* Calls @func in the loop's thread between two turns and returns after it. One thread at a time. */
void     comms_loop_call   (CommsLoop *loop, void (*func) (gpointer owner, gpointer data), gpointer data);
/* `woken` will be called, once for any number of calls that came before it. Any thread, until stopped. */
void     comms_loop_wake   (CommsLoop *loop);

/* The loop's thread only. */

gint64   comms_loop_server_time (CommsLoop *loop);   /* the sink's, µs */
/* (transfer full). Bounded without a limit of its own: while the sink is full nobody asks or is taken in,
 * so what waits is the answers of a turn and under way, and news of what ends: a few reports each. */
void     comms_loop_give     (CommsLoop *loop, CommsReport *report);
/* Reports that still wait, of links that @keep (by index) does not name, are gone after it; events and
 * sessions stay. */
void     comms_loop_forget   (CommsLoop *loop, const gboolean *keep);
/* FALSE: the sink is full; `room` will be called. */
gboolean comms_loop_has_room (const CommsLoop *loop);

G_END_DECLS
