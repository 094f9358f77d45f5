/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill -9 of a server that commits and seals at the same time, at any moment: every batch that was reported as committed
 * is in history once, before sealing goes on and after. */
#include "stage.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/trend.h"

#define ROUNDS 25
#define POINTS 150
#define STEP (40 * GDP_SECOND)   /* of simulated time between batches: 90 an hour */

typedef struct {
  int         pipe[2];
  gint64      first;
  gint        now;      /* the batch being written; atomic */
  GdpNetwork *network;
  const Stage *stage;
} Writer;

static DataSealing
always (gint64 batch)
{
  DataSealing how = DATA_SEALING_USUAL;
  how.now = batch * STEP;
  how.hot_most = 2000;
  how.quiet = 0;
  return how;
}

static gpointer
seal_all_the_time (gpointer data)
{
  Writer *writer = data;
  g_autoptr (DataStore) store = stage_open (writer->stage, DATA_ACCESS_POST);
  for (;;) {
    DataSealing how = always (g_atomic_int_get (&writer->now));
    guint64 sealed;
    g_autoptr (GError) error = NULL;
    if (!data_store_seal (store, writer->network, &how, &sealed, &error))
      g_error ("%s", error->message);
  }
  return NULL;
}

/* One reading a point, and one that is an hour or so late; the number tells value and time. */
static void
write_until_killed (const Stage *stage, gpointer data)
{
  Writer *writer = data;
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  writer->stage = stage;
  g_thread_new ("sealer", seal_all_the_time, writer);
  for (gint64 batch = writer->first;; batch++) {
    g_atomic_int_set (&writer->now, (gint) batch);
    for (int point = 1; point <= POINTS; point++)
      stage_add_reading (changes, point, (batch - (point % 3 == 0 ? 97 * (batch % 2) : 0)) * STEP, (double) batch);
    stage_commit (store, changes, batch % 3 == 0);
    if (write (writer->pipe[1], &batch, sizeof batch) != sizeof batch)
      _exit (1);
  }
}

static gint64
write_and_kill (const Stage *stage, Writer *writer, gint64 first, guint patience_us)
{
  gint64 last = first - 1, batch;
  writer->first = first;
  g_assert_cmpint (pipe (writer->pipe), ==, 0);
  pid_t child = stage_fork (stage, write_until_killed, writer);
  close (writer->pipe[1]);
  g_assert_cmpint (read (writer->pipe[0], &batch, sizeof batch), ==, sizeof batch);   /* it works */
  gint64 end = g_get_monotonic_time () + patience_us;
  for (last = batch; g_get_monotonic_time () < end && read (writer->pipe[0], &batch, sizeof batch) == sizeof batch;)
    last = batch;
  kill (child, SIGKILL);
  while (read (writer->pipe[0], &batch, sizeof batch) == sizeof batch)
    last = batch;
  close (writer->pipe[0]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  return last;
}

static gboolean
mark (const GdpReading *reading, gpointer data)
{
  GByteArray *seen = data;
  guint batch = (guint) reading->value;
  if (seen->len <= batch) {
    guint old = seen->len;
    g_byte_array_set_size (seen, batch + 1000);
    memset (seen->data + old, 0, seen->len - old);
  }
  seen->data[batch]++;
  return TRUE;
}

/* Each point has batches 1 … n once; returns n, which is what was reported or one more. */
static gint64
check (const Stage *stage, gint64 confirmed)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  gint64 n = confirmed;
  for (int point = 1; point <= POINTS; point += point < 10 ? 1 : 29) {
    g_autoptr (GByteArray) seen = g_byte_array_new ();
    g_autoptr (GError) error = NULL;
    g_byte_array_set_size (seen, (guint) confirmed + 3);
    memset (seen->data, 0, seen->len);
    gboolean ok = data_store_history (store, point, -G_MAXINT32 * GDP_SECOND, G_MAXINT64, mark, seen, &error);
    g_assert_no_error (error);
    g_assert_true (ok);
    if (point == 1)
      n += seen->data[confirmed + 1];   /* it may have died before it could report */
    for (guint batch = 0; batch < seen->len; batch++)
      g_assert_cmpuint (seen->data[batch], ==, batch >= 1 && batch <= n);
  }
  return n;
}

static void
test_kill (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpNetwork) network = stage_network (1, POINTS);
  Writer writer = { .network = network };
  gint64 n = 0;
  for (int round = 0; round < ROUNDS; round++) {
    gint64 confirmed = write_and_kill (stage, &writer, n + 1, (guint) g_random_int_range (1000, 200000));
    n = check (stage, confirmed);
    if (round % 5 == 4) {
      g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
      DataSealing how = always (n + 100000);
      guint64 sealed;
      g_assert_true (data_store_seal (store, network, &how, &sealed, NULL));
      g_assert_cmpint (check (stage, n), ==, n);
    }
  }
  g_test_message ("%d kills, %" G_GINT64_FORMAT " batches", ROUNDS, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-seal-kill/every-reading-once", test_kill);
  return g_test_run ();
}
