/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill -9 of a writer, again and again, at any moment: every batch that it reported as committed is
 * there once and whole, what it had not reported is there whole or not at all; and the marks, by which
 * resends are known, say exactly how far the readings go. */
#include "stage-sql.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 20
#define READINGS 97    /* in a batch; of as many points */
#define ONCE 1000      /* … and one more, of a point that never speaks again */

typedef struct { int pipe[2]; gint64 first; } Writer;

static void
commit (DataStore *store, GdpChanges *changes, gint64 number)
{
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  for (guint stream = 1; stream <= 2; stream++)
    g_array_append_vals (marks, &(GdpStreamMark) { 7, (guint8) stream, 3, (guint32) number }, 1);
  DataBatch batch = { .changes = changes, .marks = marks, .now = number, .durable = number % 3 == 0 };
  g_assert_true (data_store_commit (store, &batch, NULL, NULL));
  gdp_changes_clear (changes);
}

/* Reports the number of each batch once it is committed. */
static void
write_until_killed (const Stage *stage, gpointer data)
{
  Writer *writer = data;
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (gint64 batch = writer->first;; batch++) {
    for (int i = 0; i < READINGS; i++)
      stage_add_reading (changes, 1 + i, batch * GDP_SECOND, (double) batch);
    stage_add_reading (changes, ONCE + batch, batch * GDP_SECOND, (double) batch);
    stage_add_event (changes, batch, batch);
    commit (store, changes, batch);
    if (write (writer->pipe[1], &batch, sizeof batch) != sizeof batch)
      _exit (1);
  }
}

/* Returns the last batch that was reported, or what was before. */
static gint64
write_and_kill (const Stage *stage, gint64 first, guint patience_us)
{
  Writer writer = { .first = first };
  gint64 last = first - 1, batch;
  g_assert_cmpint (pipe (writer.pipe), ==, 0);
  pid_t child = stage_fork (stage, write_until_killed, &writer);
  close (writer.pipe[1]);
  g_assert_cmpint (read (writer.pipe[0], &batch, sizeof batch), ==, sizeof batch);   /* it works */
  g_assert_cmpint (batch, ==, first);
  last = batch;
  gint64 end = g_get_monotonic_time () + patience_us;
  while (g_get_monotonic_time () < end && read (writer.pipe[0], &batch, sizeof batch) == sizeof batch)
    last = batch;
  kill (child, SIGKILL);
  while (read (writer.pipe[0], &batch, sizeof batch) == sizeof batch)
    last = batch;
  close (writer.pipe[0]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_autoptr (StageSql) sql = stage_sql_new (stage);
  stage_sql_settle (sql);
  return last;
}

typedef struct { gint64 next; } Walk;

static gboolean
follows (const GdpReading *reading, gpointer user_data)
{
  Walk *walk = user_data;
  g_assert_cmpfloat (reading->value, ==, (double) walk->next);
  g_assert_cmpint (reading->time, ==, walk->next * GDP_SECOND);
  walk->next++;
  return TRUE;
}

/* Every point's history and the journal hold batches 1 … n, each once; returns n. */
static gint64
check (const Stage *stage, gint64 confirmed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  g_autoptr (GString) report = g_string_new (NULL);
  gboolean ok = data_store_verify (store, report, &error);
  g_assert_no_error (error);
  g_assert_true (ok);

  DataJournalFilter filter = { .limit = G_MAXUINT };
  g_autoptr (GPtrArray) events = data_store_journal (store, &filter, NULL, NULL);
  gint64 n = events->len;
  g_assert_true (n == confirmed || n == confirmed + 1);   /* it may have died before it could report */
  for (gint64 i = 0; i < n; i++)
    g_assert_cmpint (g_ascii_strtoll (((GdpEvent *) events->pdata[i])->text, NULL, 10), ==, n - i);

  for (int point = 1; point <= READINGS; point += 32) {
    Walk walk = { .next = 1 };
    g_assert_true (data_store_history (store, point, 0, G_MAXINT64, follows, &walk, NULL));
    g_assert_cmpint (walk.next, ==, n + 1);
  }
  g_autoptr (GArray) marks = data_store_marks (store, NULL);
  g_assert_cmpuint (marks->len, ==, 2);
  for (guint i = 0; i < marks->len; i++)
    g_assert_cmpuint (g_array_index (marks, GdpStreamMark, i).through, ==, n);

  g_autoptr (DataChanges) state = data_store_changes (store, 0, NULL);
  g_assert_cmpuint (state->readings->len, ==, READINGS + n);
  for (guint i = 0; i < state->readings->len; i++) {
    const GdpReading *reading = &g_array_index (state->readings, GdpReading, i);
    gint64 batch = reading->point > ONCE ? reading->point - ONCE : n;
    g_assert_cmpfloat (reading->value, ==, (double) batch);
  }
  return n;
}

static void
test_kill (void)
{
  g_autoptr (Stage) stage = stage_new ();
  gint64 n = 0;
  for (int round = 0; round < ROUNDS; round++) {
    gint64 confirmed = write_and_kill (stage, n + 1, (guint) g_random_int_range (1000, 60000));
    n = check (stage, confirmed);
  }
  g_test_message ("%d kills, %" G_GINT64_FORMAT " batches", ROUNDS, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-kill/nothing-committed-is-lost-or-doubled", test_kill);
  return g_test_run ();
}
