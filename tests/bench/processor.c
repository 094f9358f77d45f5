/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "processor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

double
processor_time (const char *pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%s/task", pid);
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, NULL);
  guint64 sum = 0;

  for (const char *task; tasks != NULL && (task = g_dir_read_name (tasks)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, task, "schedstat", NULL), *text = NULL;
    if (g_file_get_contents (path, &text, NULL, NULL))
      sum += g_ascii_strtoull (text, NULL, 10);
  }
  return (double) sum / 1e9;
}

double
processor_megabytes (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/statm", pid), *statm = NULL;
  guint64 pages = 0;

  g_assert_true (g_file_get_contents (path, &statm, NULL, NULL));
  g_assert_cmpint (sscanf (statm, "%*u %" G_GUINT64_FORMAT, &pages), ==, 1);
  return (double) pages * (double) sysconf (_SC_PAGESIZE) / 1e6;
}

/* Of the server's first process and its children, whose numbers it keeps in its folder (tests/postgres-keeper). */
double
processor_cluster_time (void)
{
  const char *uri = g_getenv ("GDP_TEST_POSTGRES"), *host = uri != NULL ? strstr (uri, "host=") : NULL;

  if (host == NULL)
    return 0;
  g_autofree char *folder = g_strndup (host + 5, strcspn (host + 5, "&"));
  g_autofree char *file = g_build_filename (folder, "primary", "postmaster.pid", NULL), *text = NULL;
  if (!g_file_get_contents (file, &text, NULL, NULL))
    return 0;
  g_autofree char *first = g_strndup (text, strcspn (text, "\n"));
  g_autofree char *path = g_strdup_printf ("/proc/%s/task/%s/children", first, first), *children = NULL;
  double sum = processor_time (first);
  if (!g_file_get_contents (path, &children, NULL, NULL))
    return sum;
  g_auto (GStrv) pids = g_strsplit (g_strstrip (children), " ", -1);
  for (guint i = 0; pids[i] != NULL; i++)
    sum += processor_time (pids[i]);
  return sum;
}
