/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several programs at one store: a server that writes at load, readers that follow, people who post. */
#include "stage.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../patience.h"


/* ---- following a writer ----------------------------------------------------------------- */

#define COMMITS 600

static void
write_at_load (const Stage *stage, gpointer data)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (int i = 0; i < COMMITS; i++) {
    for (int j = 0; j <= i % 97; j++)
      stage_add_reading (changes, 1 + j, g_get_real_time (), i);
    stage_add_event (changes, g_get_real_time (), i);
    stage_commit (store, changes, i % 5 == 0);
  }
}

/* Readings and events of one answer, merged, must follow what came before without a gap. */
static gint64
follow (const DataChanges *news, gint64 last)
{
  guint reading = 0, event = 0;
  while (reading < news->readings->len || event < news->events->len) {
    const GdpReading *r = reading < news->readings->len ? &g_array_index (news->readings, GdpReading,
                                                                          reading) : NULL;
    const GdpEvent *e = event < news->events->len ? news->events->pdata[event] : NULL;
    gboolean r_first = r != NULL && (e == NULL || r->seq < e->seq);
    g_assert_cmpint (r_first ? r->seq : e->seq, ==, last + 1);
    last++;
    *(r_first ? &reading : &event) += 1;
  }
  return last;
}

static void
test_reader_sees_everything_once (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  stage_add_event (changes, 1, 0);
  gint64 last = stage_commit (store, changes, TRUE), deadline = g_get_monotonic_time () + PATIENCE * GDP_SECOND;
  data_store_close (g_steal_pointer (&store));

  store = stage_open (stage, DATA_ACCESS_READ);
  g_assert_cmpint (data_store_wake_fd (store, NULL), >=, 0);
  pid_t writer = stage_fork (stage, write_at_load, NULL);
  guint n_events = 0, n_answers = 0;
  while (n_events < COMMITS) {
    data_store_wait (store, GDP_SECOND);
    g_autoptr (DataChanges) news = stage_changes (store, last);
    g_assert_false (news->whole);
    last = follow (news, last);
    g_assert_cmpint (last, ==, news->seq);
    n_events += news->events->len;
    n_answers += news->events->len > 0;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  }
  stage_join (writer);
  g_test_message ("%u commits came in %u answers", n_events, n_answers);
  g_assert_cmpuint (n_answers, >, 5);   /* it followed, it did not just read the end */
}

static void
answer_wakes (const Stage *stage, gpointer data)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  gint64 deadline = g_get_monotonic_time () + PATIENCE * GDP_SECOND, last = stage_last_number (store);
  g_assert_cmpint (data_store_wake_fd (store, NULL), >=, 0);
  DataCommand ready = { .kind = (char *) "ready", .who = (char *) "child" };
  g_assert_true (data_store_post (store, &ready, 1, NULL));
  for (int events = 0; events < 20 && g_get_monotonic_time () < deadline;) {
    g_assert_true (data_store_wait (store, 20 * GDP_SECOND));   /* never by the time limit */
    g_autoptr (DataChanges) news = stage_changes (store, last);
    last = news->seq;
    events += (int) news->events->len;
  }
}

static void
test_every_commit_wakes (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  stage_add_event (changes, 1, 0);   /* from number 0 the reader would get the whole state, without events */
  gint64 since = stage_commit (store, changes, TRUE);
  pid_t reader = stage_fork (stage, answer_wakes, NULL);
  gint64 deadline = g_get_monotonic_time () + PATIENCE * GDP_SECOND;
  for (guint seen = 0; seen == 0;) {   /* until the reader is ready */
    data_store_wait (store, GDP_SECOND / 10);
    g_autoptr (DataChanges) news = stage_changes (store, since);
    seen = news->commands->len;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  }
  for (int i = 0; i < 20; i++) {
    stage_add_event (changes, 1, i);
    stage_commit (store, changes, FALSE);
  }
  stage_join (reader);
}

/* ---- commands --------------------------------------------------------------------------- */

/* A server: commits measurements all the time, executes what is posted, until "stop" is. */
static void
serve (const Stage *stage, gpointer data)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 last = 0;
  for (gboolean stop = FALSE; !stop;) {
    g_autoptr (DataChanges) news = stage_changes (store, last);
    last = news->seq;
    for (guint i = 0; i < news->commands->len; i++) {
      const DataCommand *command = news->commands->pdata[i];
      if (command->state != DATA_COMMAND_POSTED
          || !data_store_take_command (store, command->id, "s", command->posted, NULL))
        continue;
      g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
      DataCommandResult result = { command->id, NULL, TRUE };
      g_array_append_val (results, result);
      stage_add_event (changes, 1, command->id);   /* its effect */
      DataBatch batch = { .changes = changes, .results = results, .now = command->posted, .durable = TRUE };
      g_autoptr (GError) error = NULL;
      gboolean ok = data_store_commit (store, &batch, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (ok);
      gdp_changes_clear (changes);
      stop = stop || strcmp (command->kind, "stop") == 0;
    }
    for (int j = 0; j < 200; j++)
      stage_add_reading (changes, 1 + j, g_get_real_time (), j);
    stage_commit (store, changes, FALSE);
  }
}

static void
expire_all (const Stage *stage, gpointer data)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  for (;;) {   /* until killed */
    g_autoptr (GError) error = NULL;
    gboolean ok = data_store_expire_commands (store, G_MAXINT64, &error);
    g_assert_no_error (error);
    g_assert_true (ok);
    g_usleep (2000);
  }
}

static gint64
post (DataStore *store, const char *kind)
{
  g_autoptr (GError) error = NULL;
  DataCommand command = { .kind = (char *) kind, .object = (char *) "GDP-000/p0.high", .who = (char *) "Olga",
                          .where = (char *) "test", .argument = 3 };
  gboolean ok = data_store_post (store, &command, g_get_real_time (), &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return command.id;
}

/* Waits until the command has ended; @last is moved on. */
static DataCommandState
outcome (DataStore *store, gint64 id, gint64 *last)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE * GDP_SECOND;
  for (;;) {
    g_autoptr (DataChanges) news = stage_changes (store, *last);
    *last = news->seq;
    for (guint i = 0; i < news->commands->len; i++) {
      const DataCommand *command = news->commands->pdata[i];
      if (command->id == id && command->state > DATA_COMMAND_TAKEN)
        return command->state;
    }
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    data_store_wait (store, GDP_SECOND / 10);
  }
}

/* How many events say that the command's effect happened. */
static guint
effects (DataStore *store, gint64 id)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  DataJournalFilter filter = { .limit = G_MAXUINT };
  g_autoptr (GPtrArray) events = data_store_journal (store, &filter, NULL, NULL);
  guint n = 0;
  for (guint i = 0; i < events->len; i++) {
    const GdpEvent *event = events->pdata[i];
    n += event->kind == GDP_EVENT_NOTE && g_strcmp0 (event->text, text) == 0;
  }
  return n;
}

/* Where to follow from once the server has begun: from number 0 one gets the whole state, and that names
 * no command that has ended already. */
static gint64
first_number (DataStore *store)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE * GDP_SECOND, last;
  while ((last = stage_last_number (store)) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    data_store_wait (store, GDP_SECOND / 100);
  }
  return last;
}

static void
test_posting_while_writing (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  pid_t server = stage_fork (stage, serve, NULL);
  gint64 last = first_number (store);
  for (int i = 0; i < 40; i++) {
    gint64 id = post (store, i < 39 ? "ack" : "stop");
    g_assert_cmpint (outcome (store, id, &last), ==, DATA_COMMAND_DONE);
    g_assert_cmpuint (effects (store, id), ==, 1);
  }
  stage_join (server);
}

/* A server takes and somebody expires, again and again at the same moment: each command is either
 * done and had its effect once, or expired and had none. */
static void
test_expired_is_never_executed (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  pid_t server = stage_fork (stage, serve, NULL), clock = stage_fork (stage, expire_all, NULL);
  gint64 last = first_number (store);
  guint done = 0, expired = 0;
  for (int i = 0; i < 2000 && (done < 10 || expired < 10); i++) {
    gint64 id = post (store, "ack");
    DataCommandState state = outcome (store, id, &last);
    g_assert_true (state == DATA_COMMAND_DONE || state == DATA_COMMAND_EXPIRED);
    g_assert_cmpuint (effects (store, id), ==, state == DATA_COMMAND_DONE);
    *(state == DATA_COMMAND_DONE ? &done : &expired) += 1;
  }
  g_test_message ("%u done, %u expired", done, expired);
  kill (clock, SIGKILL);
  while (outcome (store, post (store, "stop"), &last) != DATA_COMMAND_DONE)
    ;
  stage_join (server);
}

/* ---- opening at once -------------------------------------------------------------------- */

static void
open_and_commit (const Stage *stage, gpointer data)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (int i = 0; i < 20; i++) {
    stage_add_reading (changes, GPOINTER_TO_INT (data), i, i);
    stage_add_event (changes, i, i);
    stage_commit (store, changes, FALSE);
  }
}

static void
test_many_create_at_once (void)
{
  g_autoptr (Stage) stage = stage_new ();
  pid_t children[8];
  for (int i = 0; i < 8; i++)
    children[i] = stage_fork (stage, open_and_commit, GINT_TO_POINTER (i + 1));
  for (int i = 0; i < 8; i++)
    stage_join (children[i]);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  g_autoptr (DataChanges) state = stage_changes (store, 0), all = stage_changes (store, 1);
  g_assert_cmpint (state->seq, ==, 8 * 20 * 2);
  g_assert_cmpuint (state->readings->len, ==, 8);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpfloat (g_array_index (state->readings, GdpReading, i).value, ==, 19);
  g_assert_cmpuint (all->readings->len + all->events->len, ==, 8 * 20 * 2 - 1);
  g_autoptr (GString) report = g_string_new (NULL);
  g_assert_true (data_store_verify (store, report, NULL));
}

static void
create (const Stage *stage, gpointer data)
{
  data_store_close (stage_open (stage, DATA_ACCESS_POST));
}

/* Whoever looks in at any moment of the creation sees no store yet or a whole one, never half of one. */
static void
test_watched_creation (void)
{
  for (guint round = 0; round < (stage_on_postgres () ? 10 : 50); round++) {   /* making a database takes its time */
    g_autoptr (Stage) stage = stage_new ();
    g_autoptr (DataStore) store = NULL;
    gint64 deadline = g_get_monotonic_time () + PATIENCE * GDP_SECOND;
    pid_t creator = stage_fork (stage, create, NULL);
    while (store == NULL) {
      g_autoptr (GError) error = NULL;
      store = data_store_open (stage->uri, DATA_ACCESS_READ, &error);
      if (error != NULL && strstr (error->message, "another program's") != NULL)
        g_error ("round %u: %s", round, error->message);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
    stage_join (creator);
  }
}

/* ---- one process with several connections, as the server has ---------------------------- */

/* A process that does its part on cue. Forked before this one opens the store: SQLite's locks are not
 * to be carried into another process. */
typedef struct {
  int   cue[2];
  pid_t process;
  void (*part) (const Stage *stage);
} Actor;

static void
wait_for_cue (const Stage *stage, gpointer data)
{
  const Actor *actor = data;
  char byte;
  g_assert_cmpint (read (actor->cue[0], &byte, 1), ==, 1);
  actor->part (stage);
}

static void
actor_start (Actor *actor, const Stage *stage, void (*part) (const Stage *stage))
{
  g_assert_cmpint (pipe (actor->cue), ==, 0);
  actor->part = part;
  actor->process = stage_fork (stage, wait_for_cue, actor);
}

static void
actor_act (Actor *actor)
{
  g_assert_cmpint (write (actor->cue[1], "!", 1), ==, 1);
  stage_join (actor->process);
  close (actor->cue[0]);
  close (actor->cue[1]);
}

static void
post_and_close (const Stage *stage)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  post (store, "ack");
}

static void
expect_two_events (const Stage *stage)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  DataJournalFilter all = { 0 };
  g_autoptr (GPtrArray) events = data_store_journal (store, &all, NULL, NULL);
  g_assert_cmpuint (events->len, ==, 2);
}

/* Whoever closes last takes the write-ahead log away; a server with two connections must count. */
static void
test_second_connection_keeps_the_locks (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  Actor poster, reader;
  actor_start (&poster, stage, post_and_close);
  actor_start (&reader, stage, expect_two_events);
  g_autoptr (DataStore) first = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (DataStore) second = stage_open (stage, DATA_ACCESS_SERVE);
  stage_add_event (changes, 1, 1);
  stage_commit (first, changes, TRUE);
  actor_act (&poster);
  stage_add_event (changes, 1, 2);
  stage_commit (second, changes, TRUE);
  actor_act (&reader);
}

/* At 64 MB of log a commit would have to copy it all itself, and keep every unit waiting for its ACK meanwhile. */
static void
test_log_is_copied (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autofree char *path = g_strconcat (stage->path, "-wal", NULL);
  GStatBuf file, log;

  do {
    for (guint i = 0; i < 1000; i++)
      stage_add_reading (changes, 1 + i % 50, g_get_real_time (), i);
    stage_commit (store, changes, TRUE);
    g_assert_no_errno (g_stat (stage->path, &file));
    g_assert_no_errno (g_stat (path, &log));
  } while (file.st_size < (8 << 20) && log.st_size < (48 << 20));
  g_assert_cmpint (file.st_size, >=, 8 << 20);
}

/* ---- importing --------------------------------------------------------------------------- */

static void
import_often (const Stage *stage, gpointer points)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);

  for (guint i = 0; i < 20; i++) {
    g_autoptr (GdpNetwork) network = stage_network (5 + i % 3, GPOINTER_TO_UINT (points) + i % 2);
    g_autoptr (GError) error = NULL;
    gboolean good = data_store_import (store, network, "Petrov", 1 + i, &error);
    g_assert_no_error (error);
    g_assert_true (good);
  }
}

/* What one compared with may be another's by the time it writes. */
static void
test_two_import_at_once (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  pid_t one = stage_fork (stage, import_often, GUINT_TO_POINTER (4)), other = stage_fork (stage, import_often, GUINT_TO_POINTER (8));

  stage_join (one);
  stage_join (other);
  g_autoptr (GdpNetwork) network = data_store_network (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (network->n_sites, ==, 7);
  for (guint i = 0; i < 5; i++)   /* as one of them had it, whole */
    g_assert_cmpuint (network->sites[i].n_points, ==, network->sites[0].n_points);
  g_assert_true (network->sites[0].n_points == 5 || network->sites[0].n_points == 9);
  g_assert_true (data_store_verify (store, report, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-processes/reader-sees-every-number-once-and-in-order",
                   test_reader_sees_everything_once);
  g_test_add_func ("/store-processes/commit-wakes-another-process", test_every_commit_wakes);
  g_test_add_func ("/store-processes/posting-while-a-server-writes", test_posting_while_writing);
  g_test_add_func ("/store-processes/expired-command-is-never-executed", test_expired_is_never_executed);
  g_test_add_func ("/store-processes/eight-create-the-store-at-once", test_many_create_at_once);
  g_test_add_func ("/store-processes/one-that-is-being-created-is-not-another-program's", test_watched_creation);
  g_test_add_func ("/store-processes/second-connection-keeps-the-locks", test_second_connection_keeps_the_locks);
  if (!stage_on_postgres ())
    g_test_add_func ("/store-processes/the-log-is-copied-while-commits-follow", test_log_is_copied);
  g_test_add_func ("/store-processes/two-import-at-once", test_two_import_at_once);
  return g_test_run ();
}
