/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that fails under a store, at every sync and every write in turn: the power goes and what was not synced is
 * lost, torn or garbled; there is no space; writes and syncs fail.
 *
 * A child does what a server and a desk do, and tells by a pipe what it was told to be durable. Afterwards all of
 * that must be there exactly once, nothing half, and the store must go on. */
#include "stage.h"
#include "fault-vfs.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPENINGS 3       /* the child opens and closes the store so often */
#define BATCHES  3       /* … and commits so many each time */
#define POINTS   7
#define LINK     5
#define NAME     "faulty"
#define MOST     1000    /* places where a fault is put at most: more than there are */
#define HAPPENED 1       /* exit code: the fault came, and the child got over it */

/* What the child says through the pipe, each when it has become durable. */
typedef struct { gint64 posted, committed; } Promise;

typedef struct {
  FaultPlan plan;
  int       pipe[2];
} Child;

/* ---- the child: a server and a desk ----------------------------------------------------------------- */

typedef struct {
  DataStore  *server, *desk;
  DataServer  self;
  Promise     promised;
  int         pipe;
} Work;

/* As the server does: what cannot be stored now is kept and tried again. Faults that pass are fewer. */
#define UNTIL_IT_WORKS(expression)                                                   \
  G_STMT_START {                                                                     \
    for (guint tries = 0;; tries++) {                                                \
      g_autoptr (GError) error = NULL;                                               \
      if (expression)                                                                \
        break;                                                                       \
      if (tries > 20)                                                                \
        g_error ("%s: still fails: %s", #expression, error->message);                \
    }                                                                                \
  } G_STMT_END

static void
promise (Work *work)
{
  if (work->pipe >= 0 && write (work->pipe, &work->promised, sizeof (Promise)) != sizeof (Promise))
    g_error ("nobody listens");
}

/* Batch @n: readings, an alarm, an event, marks, a device, a session, the result of command @id. */
static void
commit (Work *work, gint64 n, gint64 id)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_autoptr (GPtrArray) devices = g_ptr_array_new (), sessions = g_ptr_array_new ();
  GdpAlarm alarm = { .id = "GDP-000/p0.high", .active = TRUE, .priority = 2, .value = (double) n, .limit = NAN,
                     .occurrence = (guint32) n, .occurred = n * GDP_SECOND, .learned = n * GDP_SECOND };
  GdpDevice device = { .link = LINK, .battery = NAN, .mains = NAN, .signal = NAN, .temperature = NAN, .sessions = (guint32) n };
  GdpSession session = { .link = LINK, .opened = n * GDP_SECOND, .signal = NAN, .records = (guint32) n };

  for (gint64 point = 1; point <= POINTS; point++)
    stage_add_reading (changes, point, n * GDP_SECOND, (double) n);
  stage_add_event (changes, n, n);
  gdp_changes_set_alarm (changes, &alarm);
  g_array_append_vals (marks, &(GdpStreamMark) { LINK, 1, 1, (guint32) n }, 1);
  g_array_append_vals (results, &(DataCommandResult) { .id = id, .ok = TRUE }, 1);
  g_ptr_array_add (devices, &device);
  g_ptr_array_add (sessions, &session);
  DataBatch batch = { .changes = changes, .results = results, .marks = marks, .devices = devices, .sessions = sessions,
                      .now = n, .durable = TRUE };
  UNTIL_IT_WORKS (data_store_commit (work->server, &batch, NULL, &error));
}

static void
work_once (Work *work)
{
  gint64 n = work->promised.committed + 1;
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, n);
  DataCommand command = { .kind = (char *) "ack", .object = (char *) "GDP-000/p0.high", .argument = n,
                          .who = (char *) "petrov", .where = (char *) "desk", .comment = number };

  UNTIL_IT_WORKS (data_store_post (work->desk, &command, n, &error));
  work->promised.posted = n;
  promise (work);
  UNTIL_IT_WORKS (data_store_take_command (work->server, command.id, NAME, n, &error));
  UNTIL_IT_WORKS (data_store_heartbeat (work->server, &work->self, &error));   /* not durable by itself */
  commit (work, n, command.id);
  work->promised.committed = n;
  promise (work);
}

static void
work_open (Work *work, const char *uri)
{
  work->self = (DataServer) { .name = (char *) NAME, .host = (char *) "here", .pid = getpid () };
  UNTIL_IT_WORKS ((work->server = data_store_open (uri, DATA_ACCESS_SERVE, &error)) != NULL);
  UNTIL_IT_WORKS ((work->desk = data_store_open (uri, DATA_ACCESS_POST, &error)) != NULL);
  UNTIL_IT_WORKS (data_store_start_server (work->server, &work->self, &error));
}

static void
work_close (Work *work)
{
  data_store_close (work->desk);
  data_store_close (work->server);
}

/* What the server's own thread does when the log has grown to megabytes. */
static void
checkpoint (const char *path)
{
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK) {
    sqlite3_exec (db, "PRAGMA schema_version", NULL, NULL, NULL);
    sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  }
  sqlite3_close (db);
}

static void
work_on_a_bad_disk (const Stage *stage, gpointer data)
{
  Child *child = data;
  Work work = { .pipe = child->pipe[1] };

  fault_disk_install (&child->plan);
  for (guint i = 0; i < OPENINGS; i++) {
    work_open (&work, stage->uri);
    for (guint j = 0; j < BATCHES; j++) {
      work_once (&work);
      if (j == BATCHES / 2)
        checkpoint (stage->path);
    }
    work_close (&work);
  }
  _exit (fault_disk_happened () ? HAPPENED : 0);
}

/* ---- what must be so afterwards --------------------------------------------------------------------------- */

/* What another boot finds in the -shm is anything: it is never synced. */
static void
spoil_shm (const Stage *stage, GRand *rand)
{
  g_autofree char *path = g_strconcat (stage->path, "-shm", NULL), *bytes = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &bytes, &length, NULL))
    return;
  gsize start = length > 0 ? (gsize) g_rand_int_range (rand, 0, (gint32) length) : 0;
  for (gsize i = start; i < length; i++)
    bytes[i] = (char) g_rand_int (rand);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
}

static gboolean
follows (const GdpReading *reading, gpointer next)
{
  gint64 *n = next;

  g_assert_cmpfloat (reading->value, ==, (double) *n);
  g_assert_cmpint (reading->time, ==, *n * GDP_SECOND);
  ++*n;
  return TRUE;
}

/* Every point has batches 1 … @n. */
static void
check_readings (DataStore *store, const DataChanges *state, gint64 n)
{
  for (gint64 point = 1; point <= POINTS; point++) {
    gint64 next = 1;
    g_assert_true (data_store_history (store, point, 0, G_MAXINT64, follows, &next, NULL));
    g_assert_cmpint (next, ==, n + 1);
  }
  g_assert_cmpuint (state->readings->len, ==, n > 0 ? POINTS : 0);
  for (guint i = 0; i < state->readings->len; i++)
    g_assert_cmpfloat (g_array_index (state->readings, GdpReading, i).value, ==, (double) n);
}

/* What there is one of, or one a batch. */
static void
check_rest (DataStore *store, const DataChanges *state, gint64 n)
{
  static const DataSessionFilter all = { 0 };
  g_autoptr (GArray) marks = data_store_marks (store, NULL);
  g_autoptr (GPtrArray) sessions = data_store_sessions (store, &all, NULL);

  g_assert_cmpuint (state->alarms->len, ==, n > 0);
  g_assert_cmpuint (state->devices->len, ==, n > 0);
  g_assert_cmpuint (marks->len, ==, n > 0);
  g_assert_cmpuint (sessions->len, ==, n);
  if (n == 0)
    return;
  g_assert_cmpuint (((GdpAlarm *) state->alarms->pdata[0])->occurrence, ==, n);
  g_assert_cmpuint (((GdpDevice *) state->devices->pdata[0])->sessions, ==, n);
  g_assert_cmpuint (g_array_index (marks, GdpStreamMark, 0).through, ==, n);
}

/* Each command once, and done exactly when its batch is there. The feed tells only of those that are open. */
static gint64
check_commands (const Stage *stage, gint64 n)
{
  sqlite3 *db;
  sqlite3_stmt *rows;
  gint64 posted = 0;

  g_assert_cmpint (sqlite3_open_v2 (stage->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT comment, state FROM command ORDER BY id", -1, &rows, NULL), ==, SQLITE_OK);
  while (sqlite3_step (rows) == SQLITE_ROW) {
    posted++;
    g_assert_cmpint (g_ascii_strtoll ((const char *) sqlite3_column_text (rows, 0), NULL, 10), ==, posted);
    g_assert_cmpint (g_str_equal (sqlite3_column_text (rows, 1), "done"), ==, posted <= n);
  }
  sqlite3_finalize (rows);
  sqlite3_close (db);
  return posted;
}

static void
check_whole (DataStore *store)
{
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean whole = data_store_verify (store, report, &error);

  g_assert_no_error (error);
  g_assert_true (whole);
}

/* Everything that was promised, and of what came after it one step at most, whole. Returns how many batches. */
static Promise
check (const Stage *stage, DataStore *store, Promise promised)
{
  DataJournalFilter all = { .limit = G_MAXUINT };
  g_autoptr (DataChanges) state = stage_changes (store, 0);
  g_autoptr (GPtrArray) events = data_store_journal (store, &all, NULL, NULL);
  Promise there = { .committed = events->len };

  for (guint i = 0; i < events->len; i++)
    g_assert_cmpint (g_ascii_strtoll (((GdpEvent *) events->pdata[i])->text, NULL, 10), ==, events->len - i);
  g_assert_cmpint (there.committed, >=, promised.committed);
  g_assert_cmpint (there.committed, <=, promised.committed + 1);
  check_readings (store, state, there.committed);
  check_rest (store, state, there.committed);
  there.posted = check_commands (stage, there.committed);
  g_assert_cmpint (there.posted, >=, promised.posted);
  g_assert_cmpint (there.posted, <=, promised.posted + 1);
  check_whole (store);
  return there;
}

/* The power is back: a server starts on what is left, and goes on. */
static void
prove (const Stage *stage, const FaultPlan *plan, Promise promised)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (plan->seed);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GError) error = NULL;
  DataServer self = { .name = (char *) NAME, .host = (char *) "here", .pid = getpid () };

  spoil_shm (stage, rand);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  check (stage, store, promised);
  g_assert_true (data_store_start_server (store, &self, &error));
  stage_add_reading (changes, 1, 1000 * GDP_SECOND, 1);
  stage_add_event (changes, 1, 1);
  stage_commit (store, changes, TRUE);
  check_whole (store);
}

/* ---- a fault at every place in turn ------------------------------------------------------------------------- */

/* Returns how the child ended. */
static int
run_child (const Stage *stage, Child *child, Promise *promised)
{
  int status = 0;

  *promised = (Promise) { 0, 0 };
  g_assert_cmpint (pipe (child->pipe), ==, 0);
  pid_t pid = stage_fork (stage, work_on_a_bad_disk, child);
  close (child->pipe[1]);
  while (read (child->pipe[0], promised, sizeof *promised) == sizeof *promised)
    ;
  close (child->pipe[0]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* FALSE: the child came to its end before the fault. */
static gboolean
run_one (const FaultPlan *plan)
{
  g_autoptr (Stage) stage = stage_new ();
  Child child = { .plan = *plan };
  Promise promised;
  int how = run_child (stage, &child, &promised);

  if (how != 0)
    g_assert_true (how == FAULT_POWER_EXIT || (how == HAPPENED && plan->kind != FAULT_POWER));
  if (how != FAULT_POWER_EXIT)
    g_assert_cmpint (promised.committed, ==, OPENINGS * BATCHES);
  g_test_message ("kind %d, at %u, fate %d, seed %u: promised %" G_GINT64_FORMAT " batches", plan->kind, plan->at, plan->fate,
                  plan->seed, promised.committed);
  prove (stage, plan, promised);
  return how != 0;
}

/* step: at how many places on average one is tried */
typedef struct { const char *name; guint step; FaultPlan plan; } Fault;

static void
test_everywhere (gconstpointer data)
{
  const Fault *fault = data;
  FaultPlan plan = fault->plan;

  do {
    plan.at += (guint) g_test_rand_int_range (1, 2 * (gint32) fault->step);
    plan.seed = (guint32) g_test_rand_int ();
    g_assert_cmpuint (plan.at, <, MOST);
  } while (run_one (&plan));
  g_assert_cmpuint (plan.at, >, OPENINGS * BATCHES);
}

/* What this test is worth: a disk that only says that it synced loses what was promised, and that is seen. */
static void
test_lies (void)
{
  g_autoptr (Stage) stage = stage_new ();
  Child child = { .plan = { .kind = FAULT_POWER, .at = 20, .fate = FATE_LOST, .lies = TRUE } };
  Promise promised;

  g_assert_cmpint (run_child (stage, &child, &promised), ==, FAULT_POWER_EXIT);
  g_assert_cmpint (promised.committed, >, 1);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GPtrArray) events = data_store_journal (store, NULL, NULL, NULL);
  g_assert_cmpint (events->len, <, promised.committed);
}

static const Fault faults[] = {
  { "power-cut-and-unsynced-lost", 1, { .kind = FAULT_POWER, .fate = FATE_LOST } },
  { "power-cut-and-unsynced-kept", 3, { .kind = FAULT_POWER, .fate = FATE_KEPT } },
  { "power-cut-and-unsynced-torn", 2, { .kind = FAULT_POWER, .fate = FATE_TORN } },
  { "power-cut-and-unsynced-garbled", 2, { .kind = FAULT_POWER, .fate = FATE_GARBLED } },
  { "power-cut-and-unsynced-mixed", 1, { .kind = FAULT_POWER, .fate = FATE_MIXED } },
  { "no-space-at-a-write", 20, { .kind = FAULT_FULL, .lasts = 3 } },
  { "no-space-in-the-middle-of-a-write", 20, { .kind = FAULT_SHORT, .lasts = 1 } },
  { "a-write-fails", 20, { .kind = FAULT_ERROR, .lasts = 1 } },
  { "a-write-fails-and-soon-the-power", 20, { .kind = FAULT_ERROR, .lasts = 1, .cut = 3, .fate = FATE_MIXED } },
  { "syncs-fail", 2, { .kind = FAULT_SYNC, .lasts = 2 } },
  { "syncs-fail-and-soon-the-power", 2, { .kind = FAULT_SYNC, .lasts = 1, .cut = 3, .fate = FATE_LOST } },
  { "syncs-fail-and-later-the-power", 2, { .kind = FAULT_SYNC, .lasts = 2, .cut = 12, .fate = FATE_MIXED } },
};

int
main (int argc, char **argv)
{
  g_setenv ("TMPDIR", "/dev/shm", g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR));   /* the disk is played: a real one is only slow */
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree char *path = g_strdup_printf ("/disk-faults/%s/everything-promised-is-there-once", faults[i].name);
    g_test_add_data_func (path, &faults[i], test_everywhere);
  }
  g_test_add_func ("/disk-faults/a-disk-that-lies-is-found-out", test_lies);
  return g_test_run ();
}
