/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's engine and writer threads on a real store that refuses, and an engine that stands still. */
#include "../patience.h"
#include "app/server/pipeline.h"
#include "stage-sql.h"


#define REPORTS 12000   /* more than two batches and the queue hold */

typedef struct {
  Stage          *stage;
  DataStore      *store;      /* this test's view */
  ServerTrouble  *trouble;
  ServerQueue    *queue;
  ServerWriter   *writer;
  ServerPipeline *pipeline;
  int             n_room;     /* atomic */
} Fixture;

static int n_committed, n_freed;   /* atomic */

static void
room (gpointer data)
{
  g_atomic_int_inc (&((Fixture *) data)->n_room);
}

static DataServer *
server_row (void)
{
  DataServer row = { .name = (char *) "east", .version = (char *) "0", .host = (char *) "here", .pid = 1,
                     .started = g_get_real_time (), .heartbeat = g_get_real_time () };
  return data_server_copy (&row);
}

static GLogWriterOutput
quiet (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
  return G_LOG_WRITER_HANDLED;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = stage_network (1, 4);
  g_autoptr (DataServer) row = server_row ();

  n_committed = n_freed = 0;
  f->stage = stage_new ();
  f->store = stage_open (f->stage, DATA_ACCESS_SERVE);
  g_assert_true (data_store_import (f->store, network, "engineer", g_get_real_time (), &error));
  g_assert_true (data_store_start_server (f->store, row, &error));
  f->trouble = server_trouble_new ();
  f->queue = server_queue_new (1000, 1 << 20);
  f->writer = server_writer_start (stage_open (f->stage, DATA_ACCESS_SERVE), g_steal_pointer (&row), f->queue,
                                   f->trouble, NULL, TRUE);
}

static gboolean
no_field (const CommsOrder *order, gint64 link, gint64 unit, gpointer user_data, GError **error)
{
  g_assert_not_reached ();
}

static void
start_pipeline (Fixture *f)
{
  ServerOrders *orders = server_orders_new ("east", no_field, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = data_store_network (f->store, &error);
  g_assert_no_error (error);
  server_orders_set_network (orders, network);
  f->pipeline = server_pipeline_start (gdp_engine_new (network, "east", g_get_real_time ()), orders, "east", f->queue,
                                       f->writer, room, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (f->pipeline != NULL)
    g_assert_true (server_pipeline_stop (f->pipeline));
  g_assert_true (server_writer_stop (f->writer, &error));
  g_assert_no_error (error);
  server_queue_free (f->queue);
  server_trouble_free (f->trouble);
  data_store_close (f->store);
  stage_free (f->stage);
}

static void
committed (CommsReport *report)
{
  g_atomic_int_inc (&n_committed);
}

static void
freed (CommsReport *report)
{
  g_atomic_int_inc (&n_freed);
}

/* A report that changes something: a record for the journal with a number. */
static CommsReport *
numbered_report (guint number)
{
  CommsReport *report = comms_report_new (COMMS_REPORT_EVENT, G_MAXUINT, G_MAXUINT, g_get_real_time (), 0);

  report->event = g_new0 (GdpEvent, 1);
  report->event->kind = GDP_EVENT_NOTE;
  report->event->occurred = report->event->learned = report->received;
  report->event->who = g_strdup ("field");
  report->event->text = g_strdup_printf ("%u", number);
  report->committed = committed;
  report->release = freed;
  report->owner = report;
  return report;
}

static GPtrArray *
field_records (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  DataJournalFilter filter = { .text = "field", .limit = G_MAXINT32 };
  GPtrArray *events = data_store_journal (f->store, &filter, NULL, &error);
  g_assert_no_error (error);
  return events;
}

/* The store is locked; the field goes on until it is stopped by a full queue; then the lock goes. */
static void
test_back_pressure (Fixture *f, gconstpointer data)
{
  StageSql *other = stage_sql_new (f->stage);
  guint refused_at = 0;
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  stage_sql_lock (other);
  start_pipeline (f);
  for (guint i = 0; i < REPORTS && g_get_monotonic_time () < end;) {
    CommsReport *report = numbered_report (i);
    while (!server_queue_take (f->queue, report) && g_get_monotonic_time () < end) {
      /* Full, and held there for longer than a slow engine would take: the store is what stops it. */
      if (refused_at == 0) {
        g_usleep (300 * 1000);
        if (server_queue_length (f->queue) < 1000)
          continue;
        refused_at = i;
        g_assert_cmpint (g_atomic_int_get (&n_committed), ==, 0);
        stage_sql_free (other);
      }
      g_usleep (1000);
    }
    i++;
  }
  /* Two batches and the queue, each within its bound (a batch may pass it by one queue's content). */
  g_assert_cmpuint (refused_at, >, 1000);
  g_assert_cmpuint (refused_at, <=, 2 * (SERVER_BATCH_REPORTS + 1000) + 1000);
  while (g_atomic_int_get (&n_committed) < REPORTS && g_get_monotonic_time () < end)
    g_usleep (1000);
  g_assert_cmpint (g_atomic_int_get (&n_committed), ==, REPORTS);
  g_assert_cmpint (g_atomic_int_get (&n_freed), ==, REPORTS);
  g_assert_cmpint (g_atomic_int_get (&f->n_room), >, 0);   /* whoever was turned away is told */

  g_autoptr (GPtrArray) events = field_records (f);
  g_assert_cmpuint (events->len, ==, REPORTS);
  for (guint i = 0; i < events->len; i++) {   /* newest first: in order, each once */
    g_autofree char *number = g_strdup_printf ("%u", REPORTS - 1 - i);
    g_assert_cmpstr (((GdpEvent *) events->pdata[i])->text, ==, number);
  }
}

/* A report counts as good after the commit that holds it, not before. */
static void
test_committed (Fixture *f, gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  start_pipeline (f);
  g_assert_true (server_queue_take (f->queue, numbered_report (7)));
  while (g_atomic_int_get (&n_committed) == 0 && g_get_monotonic_time () < end)
    g_usleep (100);
  g_autoptr (GPtrArray) events = field_records (f);
  g_assert_cmpuint (events->len, ==, 1);
}

/* What is queued when the server ends is committed before it ends. */
static void
test_stop (Fixture *f, gconstpointer data)
{
  start_pipeline (f);
  for (guint i = 0; i < 500; i++)
    g_assert_true (server_queue_take (f->queue, numbered_report (i)));
  g_assert_true (server_pipeline_stop (g_steal_pointer (&f->pipeline)));
  tear_down (f, data);
  g_assert_cmpint (n_committed, ==, 500);
  set_up (f, data);   /* for the fixture's own end */
}

/* ---- the clock -------------------------------------------------------------------------------------- */

static gint64 clock_set_by;   /* atomic, µs */

/* This program's instead of GLib's: a clock that can be set. */
gint64
g_get_real_time (void)
{
  struct timespec t;
  clock_gettime (CLOCK_REALTIME, &t);
  return t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000 + __atomic_load_n (&clock_set_by, __ATOMIC_RELAXED);
}

static void
answer (Fixture *f, guint unit)
{
  g_assert_true (server_queue_take (f->queue, comms_report_new (COMMS_REPORT_SAMPLES, unit, 0, g_get_real_time (), 0)));
}

static guint
n_events (Fixture *f, GdpEventKind kind, const char *text)
{
  g_autoptr (GError) error = NULL;
  DataJournalFilter filter = { .text = text, .limit = G_MAXINT32 };
  g_autoptr (GPtrArray) events = data_store_journal (f->store, &filter, NULL, &error);
  guint n = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < events->len; i++)
    n += ((GdpEvent *) events->pdata[i])->kind == kind;
  return n;
}

static void
wait_for_event (Fixture *f, GdpEventKind kind, const char *text)
{
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (n_events (f, kind, text) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (10 * 1000);
  }
}

/* The first answer after a laptop's sleep does not make the other units silent, nor does it make them deaf
 * to silence. */
static void
test_clock_set_forward (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) more = stage_network (3, 4);

  g_assert_true (data_store_import (f->store, more, "engineer", g_get_real_time (), &error));
  start_pipeline (f);
  for (guint i = 0; i < 3; i++)
    answer (f, i);
  gint64 set = g_get_monotonic_time ();
  __atomic_store_n (&clock_set_by, 8 * 3600 * GDP_SECOND, __ATOMIC_RELAXED);
  answer (f, 0);
  wait_for_event (f, GDP_EVENT_NOTE, "clock was set");
  wait_for_event (f, GDP_EVENT_UNIT_SILENT, NULL);
  g_assert_cmpint (g_get_monotonic_time () - set, >, 2 * G_USEC_PER_SEC);   /* of their 3 s */
  __atomic_store_n (&clock_set_by, 0, __ATOMIC_RELAXED);
}

static gint64
last_heartbeat (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataChanges) changes = data_store_changes (f->store, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changes->servers->len, ==, 1);
  return ((DataServer *) changes->servers->pdata[0])->heartbeat;
}

/* Nobody beats for the engine: the writer lives, and yet the server does not look alive. */
static void
test_hung_engine (Fixture *f, gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC, first = last_heartbeat (f);

  server_writer_beat (f->writer);
  while (last_heartbeat (f) == first && g_get_monotonic_time () < end)
    g_usleep (20 * 1000);
  gint64 answered = last_heartbeat (f);
  g_assert_cmpint (answered, >, first);
  g_usleep (2500 * 1000);   /* two heartbeats long, nothing must happen */
  g_assert_cmpint (last_heartbeat (f), ==, answered);
  g_assert_true (server_writer_lives (f->writer));    /* since it was asked last: never before */
  g_assert_false (server_writer_lives (f->writer));

  start_pipeline (f);   /* a living engine beats by itself */
  while (last_heartbeat (f) == answered && g_get_monotonic_time () < end)
    g_usleep (20 * 1000);
  g_assert_cmpint (last_heartbeat (f), >, answered);
}

/* A server that slept while another started under its name: what it had taken was ended without it,
 * and its commit can never succeed. */
static void
test_ousted (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataCommand) command = g_new0 (DataCommand, 1);
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC, now = g_get_real_time ();
  ServerConcern concern;

  command->kind = g_strdup ("ack");
  command->object = g_strdup ("GDP-000/p0.high");
  command->who = g_strdup ("operator");
  g_assert_true (data_store_post (f->store, command, now, &error));
  g_array_append_vals (results, &(DataCommandResult) { .id = command->id }, 1);
  g_assert_true (data_store_commit (f->store, &(DataBatch) { .results = results, .now = now }, NULL, &error));
  start_pipeline (f);
  server_pipeline_execute (f->pipeline, data_command_copy (command), GDP_ROLE_DISPATCHER, NULL);
  while ((concern = server_writer_concern (f->writer)) == SERVER_CONCERN_NONE && g_get_monotonic_time () < end)
    g_usleep (1000);
  g_assert_cmpint (concern, ==, SERVER_CONCERN_OUSTED);

  /* Lets the commit through, for the fixture's own end. */
  g_autoptr (StageSql) sql = stage_sql_new (f->stage);
  stage_sql_run (sql, "UPDATE command SET state = 'taken'");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (quiet, NULL, NULL);
#define ADD(name, func) g_test_add ("/server-pipeline/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("a-store-that-refuses-stops-the-field-and-loses-nothing", test_back_pressure);
  ADD ("a-report-counts-after-its-commit", test_committed);
  ADD ("what-is-queued-at-the-end-is-committed", test_stop);
  if (!stage_on_postgres ())   /* whose clock it goes by, whatever this machine's does */
    ADD ("a-clock-set-forward-silences-nobody", test_clock_set_forward);
  ADD ("a-hung-engine-does-not-look-alive", test_hung_engine);
  ADD ("a-commit-that-another-server-made-impossible-ends-the-server", test_ousted);
  return g_test_run ();
}
