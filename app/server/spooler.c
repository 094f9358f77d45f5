/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spooler.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define LOOK_EVERY    (2 * G_TIME_SPAN_SECOND)
#define REFRESH_EVERY (60 * G_TIME_SPAN_SECOND)   /* what changes all the time of the copy to start from */
#define AT_ONCE       64   /* batches forwarded between two looks at whether it is time to end */

struct ServerSpooler {
  ServerTrouble *trouble;    /* borrowed */
  char          *path, *uri;
  gint64         most;
  /* the writer's */
  DataSpool     *spool;
  gint64         failing;    /* monotonic µs since when commits fail; 0 = they do not */
  /* the thread's */
  GThread       *thread;
  DataSpool     *source;     /* its own connection to the spool */
  DataStore     *store;      /* NULL = not connected */
  gint64         revision;   /* of the configuration that the spool has a copy of; -1 = none */
  gint64         refreshed;  /* monotonic µs: the rest of the copy */

  gint64         through;    /* atomic: place up to which what was kept is in the store */
  gint64         since;      /* atomic: when the oldest that waits was to be committed; 0 = none waits */
  gint           away;       /* atomic: batches are to be kept */
  gint           answers;    /* atomic: the store does */
  gint           missed;     /* atomic: something could not be noted in the copy, so that it is to be made anew */
  gint           stop;       /* atomic */
  GMutex         lock;
  GCond          wanted;
};

/* ---- the thread ------------------------------------------------------------------------------ */

static gboolean
reach_store (ServerSpooler *spooler, gint64 *revision, GError **error)
{
  if (spooler->store == NULL && (spooler->store = data_store_open (spooler->uri, DATA_ACCESS_SERVE, error)) == NULL)
    return FALSE;
  *revision = data_store_revision (spooler->store, error);
  return *revision >= 0;
}

/* Keeps the copy that a server could start from. */
static gboolean
renew_copy (ServerSpooler *spooler, gint64 revision, GError **error)
{
  gint64 mono = g_get_monotonic_time ();
  gboolean done;

  if (g_atomic_int_compare_and_exchange (&spooler->missed, TRUE, FALSE))
    spooler->revision = -1;
  if (spooler->revision == revision && mono - spooler->refreshed < REFRESH_EVERY)
    return TRUE;
  if (!(spooler->revision == revision ? data_spool_refresh (spooler->source, spooler->store, &done, error)
                                      : data_spool_copy (spooler->source, spooler->store, &done, error)))
    return FALSE;
  if (done) {   /* else something has come to wait: it is tried again when that is forwarded */
    spooler->revision = revision;
    spooler->refreshed = mono;
  }
  return TRUE;
}

static gboolean
read_state (ServerSpooler *spooler, DataSpoolState *state, GError **error)
{
  gboolean read = data_spool_state (spooler->source, state, error);

  __atomic_store_n (&spooler->since, read ? state->since : 0, __ATOMIC_RELAXED);
  __atomic_store_n (&spooler->through, data_spool_through (spooler->source), __ATOMIC_RELEASE);
  return read;
}

static gboolean
forward_all (ServerSpooler *spooler, GError **error)
{
  DataSpoolState state;
  guint done = 1;

  while (done > 0 && !g_atomic_int_get (&spooler->stop))
    if (!data_spool_forward (spooler->source, spooler->store, AT_ONCE, &done, error)
        || !read_state (spooler, &state, error))
      return FALSE;
  return TRUE;
}

/* What waits and why; else what could not be stored at all; else nothing. How many stands in the heartbeat: this is
 * logged whenever it changes. */
static char *
describe (ServerSpooler *spooler, const GError *why)
{
  g_autoptr (GError) error = NULL;
  DataSpoolState state;

  if (!read_state (spooler, &state, &error))
    return g_strdup (error->message);
  if (state.waiting > 0) {
    g_autoptr (GDateTime) since = g_date_time_new_from_unix_utc (state.since / GDP_SECOND);
    g_autofree char *when = g_date_time_format_iso8601 (since);
    return why != NULL ? g_strdup_printf ("what came since %s waits in %s: %s", when, spooler->path, why->message)
                       : g_strdup_printf ("what came since %s is brought to the store", when);
  }
  return state.set_aside > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT " commits could not be stored and are kept in %s",
                                                state.set_aside, spooler->path) : NULL;
}

static void
tell (ServerSpooler *spooler, const GError *why)
{
  g_autofree char *text = describe (spooler, why);
  server_trouble_set (spooler->trouble, "spool", text);
}

static void
look (ServerSpooler *spooler)
{
  g_autoptr (GError) error = NULL;
  gint64 revision;
  gboolean reached = reach_store (spooler, &revision, &error);

  g_atomic_int_set (&spooler->answers, reached);
  if (reached && server_spooler_is_away (spooler))
    tell (spooler, NULL);
  if (reached && forward_all (spooler, &error))
    reached = renew_copy (spooler, revision, &error);
  server_trouble_heed (spooler->trouble, error);
  tell (spooler, error);
}

static gpointer
run (gpointer data)
{
  ServerSpooler *spooler = data;

  while (!g_atomic_int_get (&spooler->stop)) {
    look (spooler);
    gint64 next = g_get_monotonic_time () + LOOK_EVERY;
    g_mutex_lock (&spooler->lock);
    while (!g_atomic_int_get (&spooler->stop) && g_cond_wait_until (&spooler->wanted, &spooler->lock, next))
      ;
    g_mutex_unlock (&spooler->lock);
  }
  g_clear_pointer (&spooler->store, data_store_close);
  return NULL;
}

/* ---- start and end ---------------------------------------------------------------------------- */

static void
spooler_free (ServerSpooler *spooler)
{
  g_clear_pointer (&spooler->source, data_spool_close);
  g_clear_pointer (&spooler->spool, data_spool_close);
  g_mutex_clear (&spooler->lock);
  g_cond_clear (&spooler->wanted);
  g_free (spooler->path);
  g_free (spooler->uri);
  g_free (spooler);
}

/* Two servers that began from one spool while the store is away would serve the same links, and neither could know. */
int
server_spooler_own (const char *path, GError **error)
{
  int own = open (path, O_RDONLY | O_CLOEXEC);

  if (own >= 0 && flock (own, LOCK_EX | LOCK_NB) == 0)
    return own;
  if (own >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, DATA_ERROR, DATA_ERROR_CONFLICT, "another server goes on with the spool %s; stop it, or give this one another",
                 path);
  else
    g_set_error (error, DATA_ERROR, DATA_ERROR_IO, "%s: %s", path, g_strerror (errno));
  if (own >= 0)
    close (own);
  return -1;
}

ServerSpooler *
server_spooler_start (const char *path, gint64 most, const char *store, gboolean away, ServerTrouble *trouble, GError **error)
{
  ServerSpooler *spooler = g_new0 (ServerSpooler, 1);

  g_mutex_init (&spooler->lock);
  g_cond_init (&spooler->wanted);
  spooler->trouble = trouble;
  spooler->path = g_strdup (path);
  spooler->most = most;
  spooler->uri = g_strdup (store);
  spooler->revision = -1;
  spooler->spool = data_spool_open (path, error);
  spooler->source = spooler->spool != NULL ? data_spool_open (path, error) : NULL;
  if (spooler->source == NULL) {
    spooler_free (spooler);
    return NULL;
  }
  spooler->through = data_spool_through (spooler->source);
  spooler->away = away || data_spool_last (spooler->spool) > spooler->through;
  spooler->thread = g_thread_new ("spooler", run, spooler);
  return spooler;
}

/* What it does not tell looks like a run that was killed: better than nothing. */
static void
tell_end (ServerSpooler *spooler, const DataServer *ended)
{
  g_autoptr (GError) error = NULL;

  if (!data_spool_end (spooler->spool, ended, &error))
    g_warning ("%s", error->message);
}

void
server_spooler_stop (ServerSpooler *spooler, const DataServer *ended)
{
  if (spooler == NULL)
    return;
  g_mutex_lock (&spooler->lock);
  g_atomic_int_set (&spooler->stop, TRUE);
  g_cond_signal (&spooler->wanted);
  g_mutex_unlock (&spooler->lock);
  g_thread_join (spooler->thread);
  if (ended != NULL)
    tell_end (spooler, ended);
  spooler_free (spooler);
}

/* ---- any thread -------------------------------------------------------------------------------- */

const char *
server_spooler_path (const ServerSpooler *spooler)
{
  return spooler->path;
}

gboolean
server_spooler_is_away (ServerSpooler *spooler)
{
  return g_atomic_int_get (&spooler->away);
}

gboolean
server_spooler_store_answers (ServerSpooler *spooler)
{
  return !g_atomic_int_get (&spooler->away) || g_atomic_int_get (&spooler->answers);
}

/* ---- the writer's thread ---------------------------------------------------------------------- */

/* Places, those that were set aside between them among them. */
static gint64
waiting (ServerSpooler *spooler)
{
  return data_spool_last (spooler->spool) - __atomic_load_n (&spooler->through, __ATOMIC_ACQUIRE);
}

guint
server_spooler_waiting (ServerSpooler *spooler, gint64 *since)
{
  gint64 n = g_atomic_int_get (&spooler->away) ? MAX (waiting (spooler), 0) : 0;

  *since = n > 0 ? __atomic_load_n (&spooler->since, __ATOMIC_RELAXED) : 0;
  return (guint) MIN (n, G_MAXUINT);
}

gboolean
server_spooler_takes (ServerSpooler *spooler)
{
  if (!g_atomic_int_get (&spooler->away))
    return FALSE;
  /* Nobody but the caller puts anything in. */
  if (g_atomic_int_get (&spooler->answers) && waiting (spooler) <= 0) {
    g_atomic_int_set (&spooler->away, FALSE);
    spooler->failing = 0;
    return FALSE;
  }
  return TRUE;
}

gboolean
server_spooler_keep (ServerSpooler *spooler, const DataBatch *batch, GError **error)
{
  return data_spool_keep (spooler->spool, batch, spooler->most, error);
}

/* Readings and the journal alone change nothing of what a server starts from. */
static gboolean
has_state (const DataBatch *batch)
{
  return batch->marks != NULL || batch->forgotten != NULL || batch->devices != NULL
         || (batch->changes != NULL && (batch->changes->alarms->len > 0 || batch->changes->contacts->len > 0));
}

void
server_spooler_committed (ServerSpooler *spooler, const DataBatch *batch)
{
  g_autoptr (GError) error = NULL;

  spooler->failing = 0;
  if (!has_state (batch))
    return;
  gboolean noted = data_spool_note (spooler->spool, batch, &error);
  if (!noted)
    g_atomic_int_set (&spooler->missed, TRUE);
  server_trouble_set (spooler->trouble, "spool's copy of the state", noted ? NULL : error->message);
}

/* The store itself is well, it will not have this batch: nor would it have it later. */
static gboolean
is_about_the_batch (const GError *why)
{
  return g_error_matches (why, DATA_ERROR, DATA_ERROR_CONFLICT) || g_error_matches (why, DATA_ERROR, DATA_ERROR_REFUSED);
}

void
server_spooler_failed (ServerSpooler *spooler, gint64 began, const GError *why)
{
  if (is_about_the_batch (why)) {
    spooler->failing = 0;
    return;
  }
  if (spooler->failing == 0)
    spooler->failing = began;
  if (server_trouble_heed (spooler->trouble, why) || g_get_monotonic_time () - spooler->failing >= SERVER_SPOOL_AFTER) {
    g_atomic_int_set (&spooler->answers, FALSE);   /* until the thread has seen it answer */
    g_atomic_int_set (&spooler->away, TRUE);
  }
}
