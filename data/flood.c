/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flood.h"

/* Oldest first. */
static GPtrArray *
read_lately (DataStore *store, gint64 since, guint most, GError **error)
{
  GPtrArray *events = data_store_journal (store, &(DataJournalFilter) { .since = since, .limit = most }, NULL, error);

  for (guint i = 0; events != NULL && i < events->len / 2; i++) {
    gpointer event = events->pdata[i];
    events->pdata[i] = events->pdata[events->len - 1 - i];
    events->pdata[events->len - 1 - i] = event;
  }
  return events;
}

/* The newest record that has @text, a line of it, or @other; NULL = any. */
static GPtrArray *
read_last (DataStore *store, const char *text, const char *const *other, GError **error)
{
  return data_store_journal (store, &(DataJournalFilter) { .text = text, .also = other, .limit = 1 }, NULL, error);
}

static gboolean
read_courses (DataStore *store, gint64 now, GdpCourses *courses, GError **error)
{
  g_autoptr (GPtrArray) day = read_lately (store, now - DATA_COURSE_SPAN, DATA_COURSE_MOST, error);

  for (guint i = 0; day != NULL && i < day->len; i++)
    gdp_courses_take (courses, day->pdata[i]);
  return day != NULL;
}

GdpFlood *
data_flood_read (DataStore *store, gint64 now, GdpCourses *courses, GError **error)
{
  static const char *const over[] = { "\nflood-ended\n", NULL };
  g_autoptr (GPtrArray) end = read_last (store, NULL, NULL, error);
  g_autoptr (GPtrArray) lately = end != NULL ? read_lately (store, now - GDP_FLOOD_SPAN, G_MAXUINT, error) : NULL;
  g_autoptr (GPtrArray) alarms = lately != NULL ? data_store_alarms (store, error) : NULL;
  g_autoptr (GPtrArray) word = alarms != NULL ? read_last (store, "\nflood-began\n", over, error) : NULL;

  if (word == NULL || (courses != NULL && !read_courses (store, now, courses, error)))
    return NULL;
  return gdp_flood_new (alarms, lately->len > 0 ? lately : end, word->len > 0 ? word->pdata[0] : NULL);   /* it knows how far it is */
}

gboolean
data_flood_follow (DataStore *store, GdpFlood *flood, guint most, guint *events, GError **error)
{
  g_autoptr (GPtrArray) found = data_store_journal (store, &(DataJournalFilter) { .after_seq = gdp_flood_seq (flood),
                                                    .onwards = TRUE, .limit = most }, NULL, error);

  for (guint i = 0; found != NULL && i < found->len; i++)
    gdp_flood_take (flood, found->pdata[i]);
  *events = found != NULL ? found->len : 0;
  return found != NULL;
}
