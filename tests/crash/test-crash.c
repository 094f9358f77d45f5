/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill -9 of the server, of a console that shows its data, and of whoever acknowledges its alarms: fifty
 * times each, together, during traffic.
 *
 * What this process was shown by the feed counts as acknowledged. Afterwards every such sample,
 * journal record and command result must be there exactly once, and everything must fit together. */
#include "stage.h"
#include "tcp-slave.h"
#include "watch.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <unistd.h>

#define KILLS (stage_on_postgres () ? 15u : 50u)   /* a database in the way makes it no other test */
#define SITES 8
#define NAME  "crash"

typedef struct {
  Stage       *stage;
  TcpSlave    *slave;
  GThread     *weather;
  int          calm;             /* atomic: the weather ends */
  Watch       *watch;
  GSubprocess *server, *acknowledger;
  GSubprocess *consoles[2];      /* one comes up while the other is killed */
  guint        acknowledgers;    /* started so far */
  GArray      *readings;         /* GdpReading: all that was shown */
} Crash;

/* ---- the field: something changes all the time ----------------------------------------------------- */

static gpointer
weather (gpointer data)
{
  Crash *crash = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int_range (0, G_MAXINT32));
  guint16 counter = 0;

  while (!g_atomic_int_get (&crash->calm)) {
    guint site = (guint) g_rand_int_range (rand, 0, SITES);
    tcp_slave_set_register (crash->slave, site, 0, (guint16) (4000 + counter++ % 12000));
    if (g_rand_int_range (rand, 0, 8) == 0) {
      static const double levels[] = { 1, 8.5, 9.5 };
      tcp_slave_set_register (crash->slave, site, 1, watch_raw (levels[g_rand_int_range (rand, 0, 3)]));
    }
    tcp_slave_set_bit (crash->slave, site, (guint) g_rand_int_range (rand, 0, 8), g_rand_boolean (rand));
    g_usleep (10 * 1000);
  }
  return NULL;
}

/* ---- the one who acknowledges: this program again, as another process ------------------------------------ */

static gboolean
never (Watch *watch, gconstpointer data)
{
  return FALSE;
}

static void
acknowledge_one (Watch *watch, const GdpAlarm *alarm)
{
  static guint number;
  g_autoptr (GError) error = NULL;
  g_autofree char *comment = g_strdup_printf ("by %d, number %u", getpid (), ++number);
  DataCommand command = { .kind = (char *) "ack", .object = (char *) alarm->id, .argument = alarm->occurrence,
                          .who = (char *) "petrov", .where = (char *) "crash", .comment = comment };

  if (!data_store_post (watch->store, &command, g_get_real_time (), &error))
    return;   /* busy: nothing was promised */
  /* From here on it is promised: one line, one write. */
  g_autofree char *line = g_strdup_printf ("%" G_GINT64_FORMAT " %s\n", command.id, comment);
  g_assert_cmpint (write (STDOUT_FILENO, line, strlen (line)), ==, (gssize) strlen (line));
}

static G_NORETURN void
acknowledge_all (const char *uri)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  g_autoptr (Watch) watch = watch_new (uri, DATA_ACCESS_POST);
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (;;) {
    GHashTableIter iter;
    gpointer value;
    watch_until (watch, never, NULL, 0.02);
    g_hash_table_iter_init (&iter, watch->alarms);
    while (g_hash_table_iter_next (&iter, NULL, &value)) {
      const GdpAlarm *alarm = value;
      GdpAlarmState state = gdp_alarm_state (alarm);
      if ((state == GDP_ALARM_UNACKED || state == GDP_ALARM_RTN_UNACKED)
          && g_hash_table_add (done, g_strdup_printf ("%s %u", alarm->id, alarm->occurrence)))
        acknowledge_one (watch, alarm);
    }
  }
}

static char *
promises_path (Crash *crash, guint number)
{
  g_autofree char *name = g_strdup_printf ("promised-%u", number);
  return g_build_filename (crash->stage->folder, name, NULL);
}

static void
start_acknowledger (Crash *crash)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *path = promises_path (crash, crash->acknowledgers++);

  g_subprocess_launcher_set_stdout_file_path (launcher, path);
  crash->acknowledger = g_subprocess_launcher_spawn (launcher, &error, "/proc/self/exe", "--acknowledge",
                                                     crash->stage->uri, NULL);
  g_assert_no_error (error);
}

/* ---- starting and killing --------------------------------------------------------------------------------- */

static void
start_server (Crash *crash)
{
  g_autofree char *log = g_build_filename (crash->stage->folder, "server.log", NULL);
  crash->server = watch_start_server (crash->stage->uri, log, "--name", NAME, NULL);
}

static char *
picture_log (Crash *crash, guint which)
{
  g_autofree char *name = g_strdup_printf ("console-%u.log", which);
  return g_build_filename (crash->stage->folder, name, NULL);
}

/* The real console (app/on-screen gives it a screen); with -v it says when living data is on the screen. */
static void
start_console (Crash *crash, guint which)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char *log = picture_log (crash, which);

  g_remove (log);
  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_setenv (launcher, "GTK_A11Y", "none", TRUE);   /* its bus would write into the test's output */
  crash->consoles[which] = g_subprocess_launcher_spawn (launcher, &error, GDP_CONSOLE, "--store", crash->stage->uri,
                                                        "--page", "alarms", "-v", NULL);
  g_assert_no_error (error);
}

static gboolean
is_shown (Watch *watch, gconstpointer log)
{
  g_autofree char *text = NULL;
  return g_file_get_contents (log, &text, NULL, NULL) && strstr (text, "live picture") != NULL;
}

static void
kill_9 (GSubprocess **process)
{
  g_subprocess_send_signal (*process, SIGKILL);
  g_subprocess_wait (*process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (*process));   /* it ran until now */
  g_clear_object (process);
}

static gboolean
has_more_readings (Watch *watch, gconstpointer than)
{
  return watch->n_readings > *(const guint64 *) than;
}

/* @server: a GSubprocess. */
static gboolean
is_serving (Watch *watch, gconstpointer server)
{
  const DataServer *found = watch_server (watch, NAME);

  return found != NULL
         && found->pid == g_ascii_strtoll (g_subprocess_get_identifier ((GSubprocess *) server), NULL, 10);
}

static void
kill_loop (Crash *crash)
{
  start_console (crash, 0);
  for (guint i = 0; i < KILLS; i++) {
    g_autofree char *log = picture_log (crash, i % 2);
    guint64 before = crash->watch->n_readings;
    start_server (crash);
    start_acknowledger (crash);
    start_console (crash, (i + 1) % 2);
    /* All are at work; and then any moment. */
    watch_expect (crash->watch, has_more_readings, &before, "readings after the start");
    watch_expect (crash->watch, is_shown, log, "the console shows them");
    watch_until (crash->watch, never, NULL, g_test_rand_double_range (0, 0.5));
    kill_9 (&crash->server);
    kill_9 (&crash->acknowledger);
    kill_9 (&crash->consoles[i % 2]);
  }
}

static void
note (const DataChanges *changes, gpointer user_data)
{
  Crash *crash = user_data;
  g_assert_true (!changes->whole || crash->readings->len == 0);   /* or something shown might be skipped */
  g_array_append_vals (crash->readings, changes->readings->data, changes->readings->len);
}

/* ---- what must be so afterwards ------------------------------------------------------------------------------ */

static gboolean
all_ended (Watch *watch, gconstpointer data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, watch->commands);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    DataCommandState state = ((DataCommand *) value)->state;
    if (state == DATA_COMMAND_POSTED || state == DATA_COMMAND_TAKEN)
      return FALSE;
  }
  return TRUE;
}

static char *
reading_key (const GdpReading *r)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " at %" G_GINT64_FORMAT " got %" G_GINT64_FORMAT " is %.17g (%d)", r->point,
                          r->time, r->received, r->value, (int) r->reason);
}

static gboolean
add_reading (const GdpReading *reading, gpointer stored)
{
  /* Neither a number nor a sample twice. */
  g_assert_true (g_hash_table_insert (stored, g_memdup2 (&reading->seq, sizeof reading->seq), reading_key (reading)));
  return TRUE;
}

static void
check_readings (Crash *crash)
{
  g_autoptr (GHashTable) stored = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GHashTable) distinct = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = data_store_network (crash->watch->store, &error);
  GHashTableIter iter;
  gpointer key;

  for (guint i = 0; i < network->n_points; i++)
    g_assert_true (data_store_history (crash->watch->store, network->points[i].key, 0, G_MAXINT64, add_reading, stored,
                                       &error));
  g_hash_table_iter_init (&iter, stored);
  while (g_hash_table_iter_next (&iter, NULL, &key))
    g_assert_true (g_hash_table_add (distinct, g_strdup (key)));
  for (guint i = 0; i < crash->readings->len; i++) {
    const GdpReading *shown = &g_array_index (crash->readings, GdpReading, i);
    g_autofree char *is = reading_key (shown);
    g_assert_cmpstr (g_hash_table_lookup (stored, &shown->seq), ==, is);
  }
  g_test_message ("%u samples shown, %u stored", crash->readings->len, g_hash_table_size (stored));
  g_assert_cmpuint (crash->readings->len, >, KILLS * 10);
}

static GPtrArray *
journal (Crash *crash)
{
  g_autoptr (GError) error = NULL;
  DataJournalFilter all = { .limit = G_MAXINT32 };
  GPtrArray *events = data_store_journal (crash->watch->store, &all, NULL, &error);
  g_assert_no_error (error);
  return events;
}

static void
check_journal (Crash *crash, GPtrArray *events)
{
  g_autoptr (GHashTable) by_seq = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < events->len; i++) {
    GdpEvent *event = events->pdata[i];
    g_assert_true (g_hash_table_insert (by_seq, &event->seq, event));
  }
  for (guint i = 0; i < crash->watch->events->len; i++) {
    const GdpEvent *shown = crash->watch->events->pdata[i], *stored = g_hash_table_lookup (by_seq, &shown->seq);
    g_assert_nonnull (stored);
    g_assert_cmpint (stored->kind, ==, shown->kind);
    g_assert_cmpstr (stored->object, ==, shown->object);
    g_assert_cmpstr (stored->who, ==, shown->who);
    g_assert_cmpstr (stored->text, ==, shown->text);
  }
  g_test_message ("%u journal records shown, %u stored", crash->watch->events->len, events->len);
}

static const struct { GdpEventKind kind; GdpAlarmEvent event; } alarm_events[] = {
  { GDP_EVENT_ALARM_OCCURRED, GDP_ALARM_OCCUR },     { GDP_EVENT_ALARM_RECURRED, GDP_ALARM_OCCUR },
  { GDP_EVENT_ALARM_ESCALATED, GDP_ALARM_ESCALATE }, { GDP_EVENT_ALARM_EASED, GDP_ALARM_EASE },
  { GDP_EVENT_ALARM_CLEARED, GDP_ALARM_CLEAR },      { GDP_EVENT_ALARM_ACKNOWLEDGED, GDP_ALARM_ACK },
};

/* The journal, played through the transition table from the beginning, must be possible at every
 * step and end where the alarm is: a record lost or doubled would not. */
static guint
play (GPtrArray *events, const GdpAlarm *alarm)
{
  GdpAlarm played = { .id = alarm->id };
  guint n = 0;

  for (guint i = events->len; i-- > 0;) {   /* newest first */
    const GdpEvent *event = events->pdata[i];
    for (guint a = 0; g_strcmp0 (event->object, alarm->id) == 0 && a < G_N_ELEMENTS (alarm_events); a++)
      if (alarm_events[a].kind == event->kind) {
        g_assert_true (gdp_alarm_apply (&played, alarm_events[a].event));
        n++;
      }
  }
  g_assert_cmpint (gdp_alarm_state (&played), ==, gdp_alarm_state (alarm));
  g_assert_cmpuint (played.occurrence, ==, alarm->occurrence);
  return n;
}

static void
check_alarms (Crash *crash, GPtrArray *events)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataChanges) now = data_store_changes (crash->watch->store, 0, &error);
  guint transitions = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < now->alarms->len; i++)
    transitions += play (events, now->alarms->pdata[i]);
  g_test_message ("%u alarms, %u transitions", now->alarms->len, transitions);
  g_assert_cmpuint (transitions, >, KILLS);
}

static guint
n_acknowledgements (GPtrArray *events, const char *comment)
{
  guint n = 0;
  for (guint i = 0; i < events->len; i++) {
    const GdpEvent *event = events->pdata[i];
    n += event->kind == GDP_EVENT_ALARM_ACKNOWLEDGED && g_strcmp0 (event->text, comment) == 0 ? 1 : 0;
  }
  return n;
}

/* A command that was promised has ended in one way, and did what it says. */
static void
check_promise (Crash *crash, GPtrArray *events, const char *line, guint *ended)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 2);
  gint64 id = g_ascii_strtoll (parts[0], NULL, 10);
  const DataCommand *command = g_hash_table_lookup (crash->watch->commands, &id);

  g_assert_nonnull (command);
  g_assert_cmpstr (command->comment, ==, parts[1]);
  g_assert_cmpuint (n_acknowledgements (events, parts[1]), ==, command->state == DATA_COMMAND_DONE ? 1 : 0);
  ended[command->state]++;
}

static void
check_commands (Crash *crash, GPtrArray *events)
{
  guint ended[DATA_COMMAND_EXPIRED + 1] = { 0 }, promised = 0;

  for (guint n = 0; n < crash->acknowledgers; n++) {
    g_autofree char *path = promises_path (crash, n), *text = NULL;
    g_file_get_contents (path, &text, NULL, NULL);
    g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
    for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++, promised++)
      check_promise (crash, events, lines[i], ended);
  }
  g_test_message ("%u acknowledgements promised: %u done, %u failed, %u expired", promised, ended[DATA_COMMAND_DONE],
                  ended[DATA_COMMAND_FAILED], ended[DATA_COMMAND_EXPIRED]);
  g_assert_cmpuint (ended[DATA_COMMAND_DONE], >, KILLS / 5);
}

static void
check_integrity (Crash *crash)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) report = g_string_new (NULL);
  sqlite3 *db;
  sqlite3_stmt *check;

  gboolean sound = data_store_verify (crash->watch->store, report, &error);
  g_assert_no_error (error);
  g_assert_true (sound);
  if (stage_on_postgres ())
    return;
  g_assert_cmpint (sqlite3_open_v2 (crash->stage->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &check, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (check), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (check, 0), ==, "ok");
  sqlite3_finalize (check);
  sqlite3_close (db);
}

static void
test_kills (void)
{
  Crash crash = { .stage = stage_new (), .slave = tcp_slave_start (SITES) };
  guint16 ports[SITES];

  for (guint i = 0; i < SITES; i++) {
    ports[i] = tcp_slave_port (crash.slave, i);
    for (guint r = 0; r < 8; r++)
      tcp_slave_set_register (crash.slave, i, r, watch_raw (1));
  }
  g_autoptr (GdpNetwork) network = watch_network (SITES, ports, 0.2);
  watch_import (crash.stage->uri, network);
  crash.readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  crash.watch = watch_new (crash.stage->uri, DATA_ACCESS_POST);
  crash.watch->note = note;
  crash.watch->note_data = &crash;
  watch_look (crash.watch);
  crash.weather = g_thread_new ("weather", weather, &crash);

  kill_loop (&crash);

  /* One run to the end, so that every command has its end too. */
  kill_9 (&crash.consoles[KILLS % 2]);
  g_atomic_int_set (&crash.calm, TRUE);
  g_thread_join (crash.weather);
  guint64 before = crash.watch->n_readings;
  start_server (&crash);
  watch_expect (crash.watch, is_serving, crash.server, "a sign of life of the last server");   /* readings may be of the one before */
  watch_expect (crash.watch, has_more_readings, &before, "readings after the last start");
  g_assert_true (watch_until (crash.watch, all_ended, NULL, 2.0 * DATA_COMMAND_LIFE / GDP_SECOND));
  g_subprocess_send_signal (crash.server, SIGTERM);
  g_assert_true (g_subprocess_wait_check (crash.server, NULL, NULL));
  g_clear_object (&crash.server);
  watch_look (crash.watch);

  g_autoptr (GPtrArray) events = journal (&crash);
  check_readings (&crash);
  check_journal (&crash, events);
  check_alarms (&crash, events);
  check_commands (&crash, events);
  check_integrity (&crash);
  g_assert_cmpuint (watch_n_events (crash.watch, GDP_EVENT_SERVER_LOST, NAME), >=, 1);

  watch_free (crash.watch);
  tcp_slave_stop (crash.slave);
  g_array_unref (crash.readings);
  stage_free (crash.stage);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--acknowledge"))
    acknowledge_all (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crash/kills-lose-and-double-nothing", test_kills);
  return g_test_run ();
}
