/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "samples.h"

#include <libpq-fe.h>
#include <math.h>

static void
keep_notice (void *user_data, const char *message)
{
  g_string_append (user_data, message);
}

/* In one order, whatever the function's is. */
static PGresult *
ask (const Stage *stage, const char *which, gint64 since, gint64 until, GString *said)
{
  g_autofree char *end = until == G_MAXINT64 ? g_strdup ("'infinity'")
    : g_strdup_printf ("timestamptz 'epoch' + interval '%" G_GINT64_FORMAT " microseconds'", until);
  g_autofree char *sql = g_strdup_printf (
    "SELECT (extract (epoch FROM \"time\") * 1000000)::bigint AS t, (extract (epoch FROM received) * 1000000)::bigint AS c,"
    " reason, value, quality FROM gdp_samples (%s, timestamptz 'epoch' + interval '%" G_GINT64_FORMAT " microseconds', %s)"
    " ORDER BY t, c, reason, value NULLS LAST", which, since, end);
  PGconn *server = PQconnectdb (stage->uri);
  PQclear (PQexec (server, "SET TimeZone = 'UTC'"));   /* what is said is in the session's time */
  PQsetNoticeProcessor (server, keep_notice, said);
  PGresult *result = PQexec (server, sql);
  if (PQresultStatus (result) != PGRES_TUPLES_OK)
    g_string_append (said, PQerrorMessage (server));
  PQfinish (server);
  return result;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const GdpReading *left = a, *right = b;
  if (left->time != right->time)
    return left->time < right->time ? -1 : 1;
  if (left->received != right->received)
    return left->received < right->received ? -1 : 1;
  if (left->reason != right->reason)
    return left->reason < right->reason ? -1 : 1;
  return isnan (left->value) || isnan (right->value) ? isnan (left->value) - isnan (right->value)
         : (left->value > right->value) - (left->value < right->value);
}

static void
assert_row (PGresult *result, int row, const GdpReading *its)
{
  static const char *const qualities[] = { "good", "uncertain", "bad" };
  g_assert_cmpint (g_ascii_strtoll (PQgetvalue (result, row, 0), NULL, 10), ==, its->time);
  g_assert_cmpint (g_ascii_strtoll (PQgetvalue (result, row, 1), NULL, 10), ==, its->received);
  g_assert_cmpint (g_ascii_strtoll (PQgetvalue (result, row, 2), NULL, 10), ==, its->reason);
  g_assert_cmpint (PQgetisnull (result, row, 3), ==, isnan (its->value) != 0);
  if (!isnan (its->value))
    g_assert_true (g_ascii_strtod (PQgetvalue (result, row, 3), NULL) == its->value);
  g_assert_cmpstr (PQgetvalue (result, row, 4), ==, qualities[gdp_reason_quality (its->reason)]);
}

void
samples_assert (const Stage *stage, const char *which, gint64 since, gint64 until, const GArray *wanted)
{
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GArray) sorted = g_array_copy ((GArray *) wanted);
  PGresult *result = ask (stage, which, since, until, said);
  g_assert_cmpstr (said->str, ==, "");
  g_assert_cmpint (PQntuples (result), ==, (int) wanted->len);
  g_array_sort (sorted, compare);
  for (guint i = 0; i < sorted->len; i++)
    assert_row (result, (int) i, &g_array_index (sorted, GdpReading, i));
  PQclear (result);
}

char *
samples_trouble (const Stage *stage, const char *which)
{
  GString *said = g_string_new (NULL);
  PQclear (ask (stage, which, 0, G_MAXINT64, said));
  return g_string_free (said, FALSE);
}
