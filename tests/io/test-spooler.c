/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The copy in a spool that a server could start from: it is as the store is, also when something could not be noted in it. */
#include "app/server/spooler.h"
#include "stage.h"

#include <math.h>
#include <sqlite3.h>

#include "../patience.h"

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *file = NULL;
  g_assert_cmpint (sqlite3_open (path, &file), ==, SQLITE_OK);
  sqlite3_busy_timeout (file, PATIENCE * 1000);
  g_assert_cmpint (sqlite3_exec (file, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (file);
}

/* -1: there is no copy yet. */
static int
n_alarms (DataSpool *spool)
{
  DataStore *copy = data_spool_store (spool);
  g_autoptr (DataChanges) state = copy != NULL ? stage_changes (copy, 0) : NULL;
  return state != NULL ? (int) state->alarms->len : -1;
}

static void
wait_alarms (DataSpool *spool, int n)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE * G_TIME_SPAN_SECOND;
  while (n_alarms (spool) != n && g_get_monotonic_time () < deadline)
    g_usleep (20 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (n_alarms (spool), ==, n);
}

static void
test_missed (void)
{
  Stage *stage = stage_new ();
  g_autofree char *path = g_build_filename (stage->folder, "spool.db", NULL);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) network = stage_network (1, 1);
  g_autoptr (ServerTrouble) trouble = server_trouble_new ();
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GError) error = NULL;
  GdpAlarm alarm = { .id = "GDP-000/p0.high", .active = TRUE, .value = NAN, .limit = NAN, .priority = 2, .occurrence = 1 };
  DataBatch batch = { .changes = changes, .now = GDP_SECOND, .durable = TRUE, .server = "gdp-1", .run = 1, .number = 1 };

  g_assert_true (data_store_import (store, network, "test", 1, &error));
  ServerSpooler *spooler = server_spooler_start (path, 0, stage->uri, FALSE, trouble, &error);
  g_assert_no_error (error);
  g_autoptr (DataSpool) spool = data_spool_open (path, &error);
  wait_alarms (spool, 0);
  run_sql (path, "CREATE TRIGGER full BEFORE INSERT ON alarm BEGIN SELECT raise (ABORT, 'no space'); END");
  gdp_changes_set_alarm (changes, &alarm);
  g_assert_true (data_store_commit (store, &batch, NULL, &error));
  server_spooler_committed (spooler, &batch);
  g_autofree char *ails = server_trouble_of (trouble, "spool's copy of the state");
  g_assert_nonnull (ails);
  run_sql (path, "DROP TRIGGER full");
  wait_alarms (spool, 1);
  server_spooler_stop (spooler, NULL);
  stage_free (stage);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);   /* what ails it is logged as a warning */
  g_test_add_func ("/spooler/what-could-not-be-noted-in-the-copy-is-copied", test_missed);
  return g_test_run ();
}
