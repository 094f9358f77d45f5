/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "postgres-guard.h"

#include <sys/socket.h>

struct PostgresGuard {
  GThread *thread;
  gint64   patience;
  gint64   since;      /* atomic: monotonic µs since when the database is waited for; 0 = it is not */
  GMutex   lock;       /* for all below */
  GCond    ending;
  int      socket;
  gboolean stop;
};

/* Looked at now and then: to be told of every beginning would cost each statement a change of threads. */
static gpointer
run (gpointer data)
{
  PostgresGuard *guard = data;

  g_mutex_lock (&guard->lock);
  while (!guard->stop) {
    gint64 now = g_get_monotonic_time (), since = __atomic_load_n (&guard->since, __ATOMIC_RELAXED);
    if (since != 0 && guard->socket >= 0 && now - since > guard->patience) {
      shutdown (guard->socket, SHUT_RDWR);   /* libpq finds that the connection is lost */
      guard->socket = -1;
    }
    g_cond_wait_until (&guard->ending, &guard->lock, now + guard->patience / 4);
  }
  g_mutex_unlock (&guard->lock);
  return NULL;
}

PostgresGuard *
postgres_guard_new (gint64 patience)
{
  PostgresGuard *guard = g_new0 (PostgresGuard, 1);

  g_mutex_init (&guard->lock);
  g_cond_init (&guard->ending);
  guard->patience = patience;
  guard->socket = -1;
  guard->thread = g_thread_new ("postgres-guard", run, guard);
  return guard;
}

void
postgres_guard_free (PostgresGuard *guard)
{
  if (guard == NULL)
    return;
  g_mutex_lock (&guard->lock);
  guard->stop = TRUE;
  g_cond_signal (&guard->ending);
  g_mutex_unlock (&guard->lock);
  g_thread_join (guard->thread);
  g_mutex_clear (&guard->lock);
  g_cond_clear (&guard->ending);
  g_free (guard);
}

void
postgres_guard_watch (PostgresGuard *guard, int socket)
{
  if (guard == NULL)
    return;
  g_mutex_lock (&guard->lock);
  guard->socket = socket;
  if (__atomic_load_n (&guard->since, __ATOMIC_RELAXED) != 0)   /* connecting took some time of its own */
    __atomic_store_n (&guard->since, g_get_monotonic_time (), __ATOMIC_RELAXED);
  g_mutex_unlock (&guard->lock);
}

gboolean
postgres_guard_begin (PostgresGuard *guard)
{
  if (guard == NULL || __atomic_load_n (&guard->since, __ATOMIC_RELAXED) != 0)
    return FALSE;
  __atomic_store_n (&guard->since, g_get_monotonic_time (), __ATOMIC_RELAXED);
  return TRUE;
}

void
postgres_guard_end (PostgresGuard *guard, gboolean began)
{
  if (began)
    __atomic_store_n (&guard->since, 0, __ATOMIC_RELAXED);
}
