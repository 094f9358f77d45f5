/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commit-and-seal URI FIRST SERVER — commits batches, numbered from FIRST on, as a server's writer does: each again and again
 * until it is in; says the number of each that is. At the same time it seals all the time, like a sealer. Runs until killed.
 * commit-and-seal URI follow — says what a reader is told that goes on from number to number: a line "NUMBER TEXT" for each
 * record, "whole NUMBER" when it is to begin anew.
 * commit-and-seal URI check LAST — whether batches 1 to LAST, and perhaps one more, are in history once each; says how many. */
#include <stdio.h>
#include <string.h>

#include "stage.h"

#include "data/trend.h"

#define POINTS 60
#define STEP (40 * GDP_SECOND)   /* of simulated time between batches: 90 an hour */

typedef struct { const char *uri; gint now; } Sealer;

static DataStore *
open_store (const char *uri, DataAccess access)
{
  for (;;) {
    g_autoptr (GError) error = NULL;
    DataStore *store = data_store_open (uri, access, &error);
    if (store != NULL)
      return store;
    g_printerr ("%s\n", error->message);
    g_usleep (20000);
  }
}

static gpointer
seal (gpointer data)
{
  Sealer *sealer = data;
  g_autoptr (GdpNetwork) network = stage_network (1, POINTS);
  g_autoptr (DataStore) store = open_store (sealer->uri, DATA_ACCESS_POST);

  for (;;) {
    DataSealing how = DATA_SEALING_USUAL;
    g_autoptr (GError) error = NULL;
    guint64 sealed;
    how.now = g_atomic_int_get (&sealer->now) * STEP;
    how.hot_most = 2000;
    how.quiet = 0;
    if (!data_store_seal (store, network, &how, &sealed, &error)) {
      g_printerr ("sealing: %s\n", error->message);
      g_usleep (20000);
    }
  }
  return NULL;
}

/* How many readings of a point are in a batch: now and then so many that they are sent another way. */
static guint
readings_of (gint64 batch)
{
  return batch % 25 == 0 ? 100 : 1;
}

/* The number tells value and time; every third point's is late every other time. */
static void
fill (GdpChanges *changes, gint64 batch)
{
  gdp_changes_clear (changes);
  for (int point = 1; point <= POINTS; point++)
    for (guint i = 0; i < readings_of (batch); i++)
      stage_add_reading (changes, point, (batch - (point % 3 == 0 ? 97 * (batch % 2) : 0)) * STEP + i * 1000, (double) batch);
  stage_add_event (changes, batch, batch);
}

static G_NORETURN void
commit_all (const char *uri, gint64 first, const char *server)
{
  Sealer sealer = { .uri = uri, .now = (gint) first };
  g_autoptr (DataStore) store = open_store (uri, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  g_thread_new ("sealer", seal, &sealer);
  for (gint64 number = first;; number++) {
    DataBatch batch = { .changes = changes, .now = number, .durable = TRUE, .server = server, .run = 1, .number = number };
    g_autoptr (GError) error = NULL;
    fill (changes, number);
    g_atomic_int_set (&sealer.now, (gint) number);
    while (!data_store_commit (store, &batch, NULL, &error)) {
      g_printerr ("%s\n", error->message);
      g_clear_error (&error);
      g_usleep (10000);
    }
    printf ("%" G_GINT64_FORMAT "\n", number);
    fflush (stdout);
  }
}

static G_NORETURN void
follow (const char *uri)
{
  g_autoptr (DataStore) store = open_store (uri, DATA_ACCESS_POST);

  for (gint64 seq = 0;;) {
    g_autoptr (DataChanges) changes = data_store_changes (store, seq, NULL);
    if (changes != NULL && changes->whole)
      printf ("whole %" G_GINT64_FORMAT "\n", changes->seq);
    for (guint i = 0; changes != NULL && i < changes->events->len; i++) {
      const GdpEvent *event = changes->events->pdata[i];
      printf ("%" G_GINT64_FORMAT " %s\n", event->seq, event->text);
    }
    fflush (stdout);
    seq = changes != NULL ? changes->seq : seq;
    data_store_wait (store, GDP_SECOND / 10);
  }
}

/* ---- afterwards ----------------------------------------------------------------------------- */

static gboolean
mark (const GdpReading *reading, gpointer data)
{
  GByteArray *seen = data;
  guint batch = (guint) reading->value;

  if (batch >= seen->len) {
    guint old = seen->len;
    g_byte_array_set_size (seen, batch + 1000);
    memset (seen->data + old, 0, seen->len - old);
  }
  seen->data[batch]++;
  return TRUE;
}

static gboolean
check_point (DataStore *store, gint64 point, guint n)
{
  g_autoptr (GByteArray) seen = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  if (!data_store_history (store, point, -G_MAXINT32 * GDP_SECOND, G_MAXINT64, mark, seen, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  for (guint batch = 0; batch < MAX (seen->len, n + 1); batch++) {
    guint times = batch < seen->len ? seen->data[batch] : 0, wanted = batch >= 1 && batch <= n ? readings_of (batch) : 0;
    if (times != wanted) {
      g_printerr ("batch %u of %u is %u times in the history of point %d\n", batch, n, times, (int) point);
      return FALSE;
    }
  }
  return TRUE;
}

/* The journal has a record of each batch. */
static gint64
count_batches (DataStore *store)
{
  DataJournalFilter filter = { .limit = G_MAXINT32 };
  g_autoptr (GPtrArray) events = data_store_journal (store, &filter, NULL, NULL);

  for (guint i = 0; events != NULL && i < events->len; i++)
    if (g_ascii_strtoll (((GdpEvent *) events->pdata[i])->text, NULL, 10) != events->len - i) {
      g_printerr ("journal: record %u from the end of %u is of batch %s\n", i + 1, events->len,
                  ((GdpEvent *) events->pdata[i])->text);
      return -1;
    }
  return events != NULL ? (gint64) events->len : -1;
}

static int
check (const char *uri, gint64 last)
{
  g_autoptr (DataStore) store = open_store (uri, DATA_ACCESS_READ);
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 n = count_batches (store);
  gboolean sound = data_store_verify (store, report, &error);

  g_printerr ("%s", report->str);
  if (!sound || (n != last && n != last + 1)) {   /* the last may be in though nobody was told */
    g_printerr ("%s; %" G_GINT64_FORMAT " batches, told were %" G_GINT64_FORMAT "\n", sound ? "sound" : error->message, n, last);
    return 1;
  }
  for (int point = 1; point <= POINTS; point++)
    if (!check_point (store, point, (guint) n))
      return 1;
  printf ("%" G_GINT64_FORMAT "\n", n);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[2], "check"))
    return check (argv[1], g_ascii_strtoll (argv[3], NULL, 10));
  if (argc == 3 && g_str_equal (argv[2], "follow"))
    follow (argv[1]);
  if (argc == 4)
    commit_all (argv[1], g_ascii_strtoll (argv[2], NULL, 10), argv[3]);
  return 2;
}
