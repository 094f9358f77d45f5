/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "loop.h"

#include <pthread.h>
#include <signal.h>

enum { RETRY_MS = 200 };

static int n_left;   /* atomic: loops that were left behind */

/* ---- reports ----------------------------------------------------------------------------------- */

gint64
comms_loop_server_time (CommsLoop *loop)
{
  return loop->sink.now (loop->sink.user_data);
}

void
comms_loop_give (CommsLoop *loop, CommsReport *report)
{
  g_ptr_array_add (loop->outbox, report);
}

gboolean
comms_loop_has_room (const CommsLoop *loop)
{
  return !loop->full;
}

static void on_retry (uv_timer_t *timer);

/* As much as the queue takes. */
static void
pass_on (CommsLoop *loop)
{
  guint n = 0;

  while (n < loop->outbox->len && loop->sink.take (loop->outbox->pdata[n], loop->sink.user_data))
    n++;
  if (n > 0)
    g_ptr_array_remove_range (loop->outbox, 0, n);
}

static void
empty_outbox (CommsLoop *loop)
{
  gboolean was_full = loop->full;

  pass_on (loop);
  loop->full = loop->outbox->len > 0;
  if (loop->full && !was_full) {
    uv_timer_start (&loop->retry, on_retry, RETRY_MS, RETRY_MS);
    if (loop->calls.full != NULL)
      loop->calls.full (loop->owner);
  } else if (was_full && !loop->full) {
    uv_timer_stop (&loop->retry);
    loop->calls.room (loop->owner);
  }
}

void
comms_loop_forget (CommsLoop *loop, const gboolean *keep)
{
  empty_outbox (loop);
  for (guint i = loop->outbox->len; i-- > 0;) {
    CommsReport *report = loop->outbox->pdata[i];
    if (report->kind == COMMS_REPORT_EVENT || report->kind == COMMS_REPORT_SESSION || report->link == G_MAXUINT
        || keep[report->link])
      continue;
    g_ptr_array_remove_index (loop->outbox, i);
    comms_report_free (report);
  }
}

static void
on_retry (uv_timer_t *timer)
{
  empty_outbox (timer->data);
}

/* ---- time -------------------------------------------------------------------------------------- */

static void
on_alarm (uv_timer_t *timer)
{
  CommsLoop *loop = timer->data;
  gint64 now = g_get_monotonic_time ();
  CommsDeadline *first;

  while ((first = comms_deadlines_first (&loop->deadlines)) != NULL && first->at <= now) {
    comms_deadlines_remove (&loop->deadlines, first);
    loop->calls.due (first);
  }
}

/* Late by up to a millisecond, never early: early would turn the loop for nothing. */
static void
set_alarm (CommsLoop *loop)
{
  CommsDeadline *first = comms_deadlines_first (&loop->deadlines);
  gint64 left;

  if (first == NULL) {
    uv_timer_stop (&loop->alarm);
    return;
  }
  uv_update_time (&loop->uv);
  left = MAX (0, first->at - g_get_monotonic_time ());
  uv_timer_start (&loop->alarm, on_alarm, (left + 999) / 1000, 0);
}

/* Once a turn of the loop, however many answers came and deadlines moved in it. */
static void
on_before_sleep (uv_prepare_t *prepare)
{
  CommsLoop *loop = prepare->data;

  if (!loop->full)
    empty_outbox (loop);
  set_alarm (loop);
}

/* ---- the thread -------------------------------------------------------------------------------- */

static void
stop (CommsLoop *loop)
{
  uv_handle_t *own[] = { (uv_handle_t *) &loop->wake, (uv_handle_t *) &loop->before_sleep,
                         (uv_handle_t *) &loop->alarm, (uv_handle_t *) &loop->retry };

  loop->calls.stop (loop->owner);
  pass_on (loop);   /* what the queue does not take now nobody learns any more */
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    uv_close (own[i], NULL);
}

/* Lives on the stack of whoever waits for it. */
typedef struct {
  void   (*func) (gpointer owner, gpointer data);
  gpointer data;
  GMutex   lock;
  GCond    ended;
  gboolean over;
} Call;

static void
answer_call (CommsLoop *loop)
{
  Call *call = g_atomic_pointer_exchange (&loop->call, NULL);

  if (call == NULL)
    return;
  call->func (loop->owner, call->data);
  g_mutex_lock (&call->lock);
  call->over = TRUE;
  g_cond_signal (&call->ended);
  g_mutex_unlock (&call->lock);
}

static void
tell (CommsLoop *loop, gboolean *what)
{
  g_mutex_lock (&loop->lock);
  *what = TRUE;
  g_cond_signal (&loop->changed);
  g_mutex_unlock (&loop->lock);
}

static void
on_wake (uv_async_t *async)
{
  CommsLoop *loop = async->data;

  answer_call (loop);
  if (g_atomic_int_get (&loop->stopping)) {
    stop (loop);
    tell (loop, &loop->stopped);
    return;
  }
  if (g_atomic_int_compare_and_exchange (&loop->room, TRUE, FALSE) && loop->full)
    empty_outbox (loop);
  if (g_atomic_int_compare_and_exchange (&loop->woken, TRUE, FALSE) && loop->calls.woken != NULL)
    loop->calls.woken (loop->owner);
}

/* Signals are the main thread's. SIGPIPE among them: writing to a connection that was reset is an error to
 * be read, not the end of the process. */
static gpointer
run (gpointer data)
{
  CommsLoop *loop = data;
  sigset_t all;

  sigfillset (&all);
  pthread_sigmask (SIG_BLOCK, &all, NULL);
  uv_run (&loop->uv, UV_RUN_DEFAULT);   /* until all is closed */
  tell (loop, &loop->ended);
  return NULL;
}

/* ---- from outside ------------------------------------------------------------------------------ */

void
comms_loop_init (CommsLoop *loop, const CommsSink *sink, const CommsLoopCalls *calls, gpointer owner)
{
  int number = uv_loop_init (&loop->uv);

  if (number != 0)
    g_error ("cannot start an event loop: %s", uv_strerror (number));   /* as if memory had run out */
  comms_deadlines_init (&loop->deadlines);
  loop->sink = *sink;
  loop->calls = *calls;
  loop->owner = owner;
  loop->outbox = g_ptr_array_new ();
  g_mutex_init (&loop->lock);
  g_cond_init (&loop->changed);
}

void
comms_loop_start (CommsLoop *loop, const char *name)
{
  uv_async_init (&loop->uv, &loop->wake, on_wake);
  uv_prepare_init (&loop->uv, &loop->before_sleep);
  uv_timer_init (&loop->uv, &loop->alarm);
  uv_timer_init (&loop->uv, &loop->retry);
  loop->wake.data = loop->before_sleep.data = loop->alarm.data = loop->retry.data = loop;
  uv_prepare_start (&loop->before_sleep, on_before_sleep);
  loop->thread = g_thread_new (name, run, loop);
}

void
comms_loop_stop (CommsLoop *loop)
{
  if (loop->thread == NULL)
    return;
  g_atomic_int_set (&loop->stopping, TRUE);
  uv_async_send (&loop->wake);
  g_thread_join (g_steal_pointer (&loop->thread));
}

/* FALSE: it has not within @patience µs from when nothing of ours was left to be done. */
static gboolean
wait_for_end (CommsLoop *loop, gint64 patience)
{
  g_mutex_lock (&loop->lock);
  while (!loop->stopped)
    g_cond_wait (&loop->changed, &loop->lock);
  gint64 until = g_get_monotonic_time () + patience;
  while (!loop->ended && g_cond_wait_until (&loop->changed, &loop->lock, until))
    ;
  gboolean ended = loop->ended;
  g_mutex_unlock (&loop->lock);
  return ended;
}

gboolean
comms_loop_quit (CommsLoop *loop, gint64 patience)
{
  if (loop->thread == NULL)
    return TRUE;
  g_atomic_int_set (&loop->stopping, TRUE);
  uv_async_send (&loop->wake);
  gboolean ended = wait_for_end (loop, patience);
  if (ended)
    g_thread_join (g_steal_pointer (&loop->thread));
  else
    g_atomic_int_inc (&n_left);
  return ended;
}

gboolean
comms_loop_any_left (void)
{
  return g_atomic_int_get (&n_left) > 0;
}

void
comms_loop_clear (CommsLoop *loop)
{
  int closed = uv_loop_close (&loop->uv);

  g_assert (closed == 0);
  comms_deadlines_clear (&loop->deadlines);
  g_ptr_array_set_free_func (loop->outbox, (GDestroyNotify) comms_report_free);
  g_ptr_array_unref (loop->outbox);
  g_cond_clear (&loop->changed);
  g_mutex_clear (&loop->lock);
}

void
comms_loop_call (CommsLoop *loop, void (*func) (gpointer owner, gpointer data), gpointer data)
{
  Call call = { .func = func, .data = data };

  g_mutex_init (&call.lock);
  g_cond_init (&call.ended);
  g_atomic_pointer_set (&loop->call, &call);
  uv_async_send (&loop->wake);
  g_mutex_lock (&call.lock);
  while (!call.over)
    g_cond_wait (&call.ended, &call.lock);
  g_mutex_unlock (&call.lock);
  g_cond_clear (&call.ended);
  g_mutex_clear (&call.lock);
}

void
comms_loop_resume (CommsLoop *loop)
{
  g_atomic_int_set (&loop->room, TRUE);
  uv_async_send (&loop->wake);
}

void
comms_loop_wake (CommsLoop *loop)
{
  g_atomic_int_set (&loop->woken, TRUE);
  uv_async_send (&loop->wake);
}
