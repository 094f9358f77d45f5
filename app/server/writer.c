/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "writer.h"

#include "clock.h"
#include "pacing.h"

#define RETRY_FIRST   (100 * G_TIME_SPAN_MILLISECOND)
#define RETRY_LONGEST (2 * G_TIME_SPAN_SECOND)
#define STOP_PATIENCE (5 * G_TIME_SPAN_SECOND)
#define STRANGERS_KEPT (4 * DATA_STRANGERS_MOST)   /* while the store refuses them: the latest */

struct ServerWriter {
  GThread       *thread;
  DataStore     *store;      /* the thread's */
  DataServer    *server;     /* the thread's */
  ServerQueue   *queue;      /* borrowed */
  ServerTrouble *trouble;    /* borrowed */
  ServerSpooler *spooler;    /* or NULL */
  gboolean       numbered;   /* batches are: they may come twice */
  gint64         run, number;  /* of the batches; the last that was given */
  gint64         next_heartbeat, last_heartbeat, give_up;   /* monotonic µs */
  guint          beats_seen;
  GPtrArray     *unwritten;  /* strangers that the store has not taken yet, the latest last; or NULL */
  GError        *failure;    /* why the last batch could not be committed before the end */

  gint           registered;     /* atomic */
  guint          beats, turns;   /* atomic: of the engine, of the writer */
  guint          sound_beats;    /* atomic */
  gint           lapsed;         /* atomic: others may have links of ours, and it is not settled yet */
  int            concern;        /* atomic ServerConcern */

  guint          told_beats, told_turns;   /* of whoever asks server_writer_lives() */

  GMutex         lock;       /* for all below */
  GCond          wanted;
  ServerBatch   *given;      /* to be committed */
  ServerBatch   *empty;      /* ready for the engine; NULL while the writer is busy */
  ServerPacing   pacing;
  GArray        *traffic;
  GPtrArray     *strangers;
  gboolean       stopping;
};

/* ---- the thread ------------------------------------------------------------------------------ */

/* Stands still between two tries, at the end only for a short while; FALSE: it is time to end. */
static gboolean
rest (ServerWriter *writer, gint64 span)
{
  g_mutex_lock (&writer->lock);
  gboolean stopping = writer->stopping;
  gint64 until = g_get_monotonic_time () + (stopping ? RETRY_FIRST : span);
  while (writer->stopping == stopping && g_cond_wait_until (&writer->wanted, &writer->lock, until))
    ;
  if (writer->stopping && writer->give_up == 0)
    writer->give_up = g_get_monotonic_time () + STOP_PATIENCE;
  g_mutex_unlock (&writer->lock);
  g_atomic_int_inc (&writer->turns);
  return writer->give_up == 0 || g_get_monotonic_time () < writer->give_up;
}

static DataBatch
data_of (ServerWriter *writer, const ServerBatch *batch)
{
  return (DataBatch) {
    .changes = batch->changes,
    .results = batch->results->len > 0 ? batch->results : NULL,
    .marks = batch->marks->len > 0 ? batch->marks : NULL,
    .forgotten = batch->forgotten->len > 0 ? batch->forgotten : NULL,
    .devices = batch->devices->len > 0 ? batch->devices : NULL,
    .sessions = batch->sessions->len > 0 ? batch->sessions : NULL,
    .wishes = batch->wishes->len > 0 ? batch->wishes : NULL,
    .now = server_clock_now (),
    /* Reports count as good after this, so they must be on disk; pacing keeps the syncs few. */
    .durable = TRUE,
    .server = writer->numbered ? writer->server->name : NULL,
    .run = writer->run,
    .number = writer->number,
  };
}

/* Whether others may have taken links of ours: then what is true of those is theirs to say, not ours. */
static gboolean
in_doubt (ServerWriter *writer)
{
  return g_atomic_int_get (&writer->lapsed)
         || (writer->last_heartbeat != 0 && g_get_monotonic_time () - writer->last_heartbeat > DATA_SERVER_DEAD);
}

/* To the store; or, while that is away, to the spool. */
static gboolean
commit_once (ServerWriter *writer, const ServerBatch *batch, GError **error)
{
  DataBatch data = data_of (writer, batch);
  g_autoptr (GError) reason = NULL;

  if (writer->spooler != NULL && server_spooler_takes (writer->spooler))
    return server_spooler_keep (writer->spooler, &data, error);
  gint64 began = g_get_monotonic_time ();
  gboolean done = in_doubt (writer) ? data_store_commit_late (writer->store, (DataBatch *[]) { &data }, 1, &reason)
                                    : data_store_commit (writer->store, &data, NULL, &reason);
  if (done && writer->spooler != NULL)
    server_spooler_committed (writer->spooler, &data);
  if (!done && writer->spooler != NULL)
    server_spooler_failed (writer->spooler, began, reason);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&reason));
  return done;
}

/* CONFLICT: another process goes under this server's name, and has ended the commands it had taken. */
static void
heed_conflict (ServerWriter *writer, const GError *error)
{
  if (g_error_matches (error, DATA_ERROR, DATA_ERROR_CONFLICT))
    g_atomic_int_set (&writer->concern, SERVER_CONCERN_OUSTED);
}

/* To commit was possible again: where? */
static void
tell_where (ServerWriter *writer)
{
  g_autofree char *text = writer->spooler != NULL && server_spooler_is_away (writer->spooler)
                          ? g_strdup_printf ("goes on in the spool %s", server_spooler_path (writer->spooler)) : NULL;
  server_trouble_turn (writer->trouble, "store", text);
}

/* Until it succeeds or the server must end. However often it is tried, it is one batch: what came through though nobody
 * heard of it is known by its number. */
static gboolean
commit (ServerWriter *writer, const ServerBatch *batch)
{
  writer->number++;
  for (gint64 wait = RETRY_FIRST;; wait = MIN (wait * 2, RETRY_LONGEST)) {
    g_autoptr (GError) error = NULL;
    if (commit_once (writer, batch, &error)) {
      tell_where (writer);
      writer->server->samples += batch->changes->readings->len;
      return TRUE;
    }
    server_trouble_set (writer->trouble, "store", error->message);
    server_trouble_heed (writer->trouble, error);
    heed_conflict (writer, error);
    if (!rest (writer, wait)) {
      writer->failure = g_steal_pointer (&error);
      return FALSE;
    }
  }
}

static void
write_batch (ServerWriter *writer, ServerBatch *batch)
{
  gint64 began = g_get_monotonic_time ();
  gboolean done = commit (writer, batch);
  gint64 ended = g_get_monotonic_time ();

  if (done)
    server_batch_committed (batch);
  g_mutex_lock (&writer->lock);
  server_pacing_committed (&writer->pacing, began, ended);
  writer->empty = batch;
  g_mutex_unlock (&writer->lock);
  server_queue_wake (writer->queue);
}

static void
lapse (ServerWriter *writer)
{
  g_atomic_int_set (&writer->lapsed, TRUE);
  g_atomic_int_set (&writer->concern, SERVER_CONCERN_LAPSED);
}

static void
judge_standing (ServerWriter *writer, const GError *error)
{
  gint64 mono = g_get_monotonic_time ();

  heed_conflict (writer, error);
  if (error == NULL && writer->last_heartbeat != 0 && mono - writer->last_heartbeat > DATA_SERVER_DEAD)
    lapse (writer);
  else if (error == NULL && !g_atomic_int_get (&writer->lapsed))
    g_atomic_int_inc (&writer->sound_beats);
  if (error == NULL)
    writer->last_heartbeat = mono;
}

/* Told again only when it is another second that it is off by, not for every microsecond. */
static void
watch_clock (ServerWriter *writer)
{
  gint64 ahead;

  server_clock_heed (writer->store);
  if (!data_store_clock (writer->store, &ahead) || ABS (ahead + writer->server->clock) <= DATA_CLOCKS_AGREE)
    return;
  g_autofree char *text = server_clock_trouble (ahead);
  writer->server->clock = text != NULL ? -ahead : 0;
  server_trouble_set (writer->trouble, "clock", text);
}

/* To be registered ends what an earlier run has not finished. What of that waits in the spool comes first. */
static gboolean
tell_standing (ServerWriter *writer, GError **error)
{
  if (g_atomic_int_get (&writer->registered))
    return data_store_heartbeat (writer->store, writer->server, error);
  if (!data_store_start_server (writer->store, writer->server, error))
    return FALSE;
  g_atomic_int_set (&writer->registered, TRUE);
  lapse (writer);
  return TRUE;
}

static void
heartbeat (ServerWriter *writer)
{
  guint beats = (guint) g_atomic_int_get (&writer->beats);
  gboolean spools = writer->spooler != NULL && server_spooler_takes (writer->spooler);
  g_autoptr (GError) error = NULL;

  if (beats == writer->beats_seen)
    return;   /* the engine has not answered: the server must not look alive */
  if (spools && !g_atomic_int_get (&writer->registered))
    return;
  writer->beats_seen = beats;
  writer->server->heartbeat = server_clock_now ();
  writer->server->queue = server_queue_length (writer->queue);
  if (writer->spooler != NULL)
    writer->server->spooled = server_spooler_waiting (writer->spooler, &writer->server->spooled_since);
  g_free (writer->server->trouble);
  writer->server->trouble = server_trouble_text (writer->trouble);
  gboolean written = tell_standing (writer, &error);
  server_trouble_set (writer->trouble, "heartbeat", written ? NULL : error->message);
  server_trouble_heed (writer->trouble, error);
  if (written)
    watch_clock (writer);
  judge_standing (writer, error);
}

static void
write_traffic (ServerWriter *writer, GArray *traffic)
{
  g_autoptr (GError) error = NULL;

  gboolean written = data_store_put_traffic (writer->store, (DataTraffic *) (gpointer) traffic->data, traffic->len,
                                             &error);
  server_trouble_set (writer->trouble, "statistics", written ? NULL : error->message);
}

/* @more: (transfer full, nullable), behind those that are kept. They are told once only, so they are kept until the
 * store has taken them. */
static void
keep_strangers (ServerWriter *writer, GPtrArray *more)
{
  if (writer->unwritten == NULL)
    writer->unwritten = more;
  else if (more != NULL)
    g_ptr_array_extend_and_steal (writer->unwritten, more);
  if (writer->unwritten != NULL && writer->unwritten->len > STRANGERS_KEPT)
    g_ptr_array_remove_range (writer->unwritten, 0, writer->unwritten->len - STRANGERS_KEPT);
}

static void
write_strangers (ServerWriter *writer)
{
  g_autoptr (GError) error = NULL;

  gboolean written = data_store_put_strangers (writer->store, writer->server->name, writer->unwritten, &error);
  server_trouble_set (writer->trouble, "callers turned away", written ? NULL : error->message);
  if (written)
    g_clear_pointer (&writer->unwritten, g_ptr_array_unref);
}

/* Waits for work; FALSE: there is none and the end has come. */
static gboolean
next_work (ServerWriter *writer, ServerBatch **batch, GArray **traffic, GPtrArray **strangers)
{
  g_mutex_lock (&writer->lock);
  while (writer->given == NULL && writer->traffic == NULL && writer->strangers == NULL && !writer->stopping)
    if (!g_cond_wait_until (&writer->wanted, &writer->lock, writer->next_heartbeat))
      break;
  *batch = g_steal_pointer (&writer->given);
  *traffic = g_steal_pointer (&writer->traffic);
  *strangers = g_steal_pointer (&writer->strangers);
  gboolean more = *batch != NULL || *traffic != NULL || *strangers != NULL || !writer->stopping;
  g_mutex_unlock (&writer->lock);
  return more;
}

static gpointer
run (gpointer data)
{
  ServerWriter *writer = data;
  ServerBatch *batch;
  GArray *traffic;
  GPtrArray *strangers;

  while (next_work (writer, &batch, &traffic, &strangers)) {
    g_atomic_int_inc (&writer->turns);
    if (batch != NULL)
      write_batch (writer, batch);
    gboolean answers = server_writer_store_answers (writer);   /* else each try may take as long as connecting may */
    if (traffic != NULL && answers)
      write_traffic (writer, traffic);
    g_clear_pointer (&traffic, g_array_unref);
    gboolean beat = g_get_monotonic_time () >= writer->next_heartbeat, called = strangers != NULL;
    keep_strangers (writer, strangers);
    if (writer->unwritten != NULL && answers && (called || beat))
      write_strangers (writer);
    if (beat) {
      if (answers)
        heartbeat (writer);
      writer->next_heartbeat = g_get_monotonic_time () + SERVER_HEARTBEAT;
    }
  }
  return NULL;
}

/* ---- the other threads ------------------------------------------------------------------------ */

ServerWriter *
server_writer_start (DataStore *store, DataServer *server, ServerQueue *queue, ServerTrouble *trouble,
                     ServerSpooler *spooler, gboolean registered)
{
  ServerWriter *writer = g_new0 (ServerWriter, 1);

  g_mutex_init (&writer->lock);
  g_cond_init (&writer->wanted);
  writer->store = store;
  writer->server = server;
  writer->queue = queue;
  writer->trouble = trouble;
  writer->spooler = spooler;
  writer->registered = registered;
  writer->numbered = spooler != NULL || data_store_is_remote (store);
  writer->run = (gint64) g_random_int () << 31 ^ g_random_int ();
  writer->empty = server_batch_new ();
  writer->thread = g_thread_new ("writer", run, writer);
  return writer;
}

gboolean
server_writer_stop (ServerWriter *writer, GError **error)
{
  g_mutex_lock (&writer->lock);
  writer->stopping = TRUE;
  g_cond_signal (&writer->wanted);
  g_mutex_unlock (&writer->lock);
  g_thread_join (writer->thread);
  gboolean known = g_atomic_int_get (&writer->registered) && server_writer_store_answers (writer);
  server_spooler_stop (writer->spooler, writer->failure == NULL ? writer->server : NULL);

  gboolean good = writer->failure == NULL && (!known || data_store_stop_server (writer->store, writer->server, error));
  if (writer->failure != NULL)
    g_propagate_error (error, writer->failure);
  g_clear_pointer (&writer->traffic, g_array_unref);
  g_clear_pointer (&writer->strangers, g_ptr_array_unref);
  g_clear_pointer (&writer->unwritten, g_ptr_array_unref);
  server_batch_free (writer->empty);
  data_store_close (writer->store);
  data_server_free (writer->server);
  g_cond_clear (&writer->wanted);
  g_mutex_clear (&writer->lock);
  g_free (writer);
  return good;
}

gboolean
server_writer_idle (ServerWriter *writer)
{
  g_mutex_lock (&writer->lock);
  gboolean idle = writer->empty != NULL;
  g_mutex_unlock (&writer->lock);
  return idle;
}

ServerBatch *
server_writer_exchange (ServerWriter *writer, ServerBatch *batch)
{
  g_mutex_lock (&writer->lock);
  g_assert (writer->empty != NULL && writer->given == NULL);
  ServerBatch *empty = g_steal_pointer (&writer->empty);
  writer->given = batch;
  server_pacing_given (&writer->pacing, batch->changes->readings->len);
  g_cond_signal (&writer->wanted);
  g_mutex_unlock (&writer->lock);
  return empty;
}

gint64
server_writer_due (ServerWriter *writer, const ServerBatch *batch)
{
  g_mutex_lock (&writer->lock);
  gint64 due = server_pacing_due (&writer->pacing, batch->changes->readings->len, batch->since, server_batch_patience (batch));
  g_mutex_unlock (&writer->lock);
  return due;
}

void
server_writer_beat (ServerWriter *writer)
{
  g_atomic_int_inc (&writer->beats);
}

void
server_writer_settled (ServerWriter *writer)
{
  g_atomic_int_set (&writer->lapsed, FALSE);
}

guint
server_writer_sound_beats (ServerWriter *writer)
{
  return (guint) g_atomic_int_get (&writer->sound_beats);
}

gboolean
server_writer_wants_traffic (ServerWriter *writer)
{
  g_mutex_lock (&writer->lock);
  gboolean wants = writer->traffic == NULL;
  g_mutex_unlock (&writer->lock);
  return wants;
}

void
server_writer_put_traffic (ServerWriter *writer, GArray *traffic)
{
  g_mutex_lock (&writer->lock);
  g_assert (writer->traffic == NULL);
  writer->traffic = traffic;
  g_cond_signal (&writer->wanted);
  g_mutex_unlock (&writer->lock);
}

void
server_writer_put_strangers (ServerWriter *writer, GPtrArray *strangers)
{
  g_mutex_lock (&writer->lock);
  if (writer->strangers != NULL)
    g_ptr_array_extend_and_steal (writer->strangers, strangers);
  else
    writer->strangers = strangers;
  g_cond_signal (&writer->wanted);
  g_mutex_unlock (&writer->lock);
}

gboolean
server_writer_spools (ServerWriter *writer)
{
  return !g_atomic_int_get (&writer->registered) || (writer->spooler != NULL && server_spooler_is_away (writer->spooler));
}

gboolean
server_writer_store_answers (ServerWriter *writer)
{
  return writer->spooler == NULL || server_spooler_store_answers (writer->spooler);
}

gboolean
server_writer_lives (ServerWriter *writer)
{
  guint beats = (guint) g_atomic_int_get (&writer->beats), turns = (guint) g_atomic_int_get (&writer->turns);
  gboolean lives = beats != writer->told_beats && turns != writer->told_turns;

  if (lives) {
    writer->told_beats = beats;
    writer->told_turns = turns;
  }
  return lives;
}

ServerConcern
server_writer_concern (ServerWriter *writer)
{
  return (ServerConcern) __atomic_exchange_n (&writer->concern, SERVER_CONCERN_NONE, __ATOMIC_RELAXED);
}
