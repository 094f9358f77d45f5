/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A long outage: two million readings wait in a spool and are forwarded. How fast they are kept and forwarded, against
 * committing the same at once, and how much memory it takes. */
#include "data/spool.h"
#include "../io/stage.h"

#include <stdio.h>
#include <string.h>

#define BATCHES  1000
#define READINGS 2000

static void
fill (GdpChanges *changes, guint number)
{
  gdp_changes_clear (changes);
  for (guint i = 0; i < READINGS; i++)
    stage_add_reading (changes, 1 + i, number * GDP_SECOND, 0.3 + i * 1e-6);
}

static DataBatch
batch_of (GdpChanges *changes, const char *server, guint number)
{
  return (DataBatch) { .changes = changes, .now = number * GDP_SECOND, .durable = TRUE, .server = server, .run = 1,
                       .number = number };
}

/* kB, of this process so far. */
static guint64
most_memory (void)
{
  g_autofree char *status = NULL;
  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  const char *line = strstr (status, "VmHWM:");
  return line != NULL ? g_ascii_strtoull (line + 6, NULL, 10) : 0;
}

static double
rate (gint64 start)
{
  return (double) BATCHES * READINGS * GDP_SECOND / (double) (g_get_monotonic_time () - start);
}

int
main (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (stage->folder, "spool.db", NULL);
  DataSpool *spool = data_spool_open (path, &error);
  g_assert_no_error (error);

  gint64 start = g_get_monotonic_time ();
  for (guint i = 1; i <= BATCHES; i++) {
    fill (changes, i);
    DataBatch batch = batch_of (changes, "direct", i);
    if (!data_store_commit (store, &batch, NULL, &error))
      g_error ("%s", error->message);
  }
  double direct = rate (start);
  start = g_get_monotonic_time ();
  for (guint i = 1; i <= BATCHES; i++) {
    fill (changes, i);
    DataBatch batch = batch_of (changes, "spooled", i);
    if (!data_spool_keep (spool, &batch, 0, &error))
      g_error ("%s", error->message);
  }
  double kept = rate (start);
  guint64 before = most_memory ();
  guint done = 0;
  start = g_get_monotonic_time ();
  if (!data_spool_forward (spool, store, G_MAXUINT, &done, &error) || done != BATCHES)
    g_error ("%u forwarded: %s", done, error != NULL ? error->message : "too few");
  printf ("%-44s ours %8.0f/s  committed at once %8.0f/s  ratio %.2f\n", "two million readings forwarded", rate (start), direct,
          rate (start) / direct);
  printf ("%-44s ours %8.0f/s  memory for forwarding: %" G_GUINT64_FORMAT " kB more\n", "… and kept before", kept,
          most_memory () - before);
  data_spool_close (spool);
  return 0;
}
