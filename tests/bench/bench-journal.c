/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-journal [THOUSANDS] — looking into a journal of so many thousand records (5,000) of 1,000 sites: the first page
 * of 200, ours against the same question put to the engine plainly (LIKE, in PostgreSQL ILIKE), in turn; and what the
 * index costs. On SQLite, or with GDP_TEST_ENGINE=postgresql on the cluster of tests/with-postgres. */
#include "../io/stage.h"
#include "data/alarm-report.h"
#include "quantile.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 5
#define SITES  1000
#define PAGE   200
#define START  (G_GINT64_CONSTANT (1600000000) * GDP_SECOND)
#define STEP   (30 * GDP_SECOND)     /* between two records: 5 million are five years */
#define RARE   250000                /* one of so many has the rare word */
#define LONG   500.0                 /* ms: what takes longer is asked once */

static gint64 total = 5000000;

/* ---- records -------------------------------------------------------------------------------- */

typedef struct { GdpEventKind kind; char site[16], object[48], text[128]; const char *who, *before, *after; int priority; } Record;

static const char *const people[] = { "petrov", "Иванова А. П.", "sidorov", "server-1" };
static const char *const comments[] = { "бригада выехала", "проверил по телефону, норма", "плановые работы, допуск 14",
                                        "ложная, датчик", "сообщил мастеру" };

/* A number that is always the same for @n and @salt. */
static guint
chance (gint64 n, guint salt, guint below)
{
  guint64 x = ((guint64) n + 1) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) + salt * G_GUINT64_CONSTANT (0xD1B54A32D192ED03);

  x = (x ^ x >> 31) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  return (guint) ((x ^ x >> 29) % below);
}

static void
alarm_record (Record *r, gint64 n)
{
  static const char *const points[] = { "outlet1.low", "outlet1.high", "inlet.low", "outlet2.low", "filter.high" };

  r->kind = chance (n, 2, 2) ? GDP_EVENT_ALARM_OCCURRED : GDP_EVENT_ALARM_CLEARED;
  r->priority = 1 + (int) chance (n, 3, 4);
  r->who = people[3];
  g_snprintf (r->object, sizeof r->object, "%s/%s", r->site, points[chance (n, 4, 5)]);
  g_snprintf (r->text, sizeof r->text, "0.%04u MPa, LL 0.%04u MPa", chance (n, 5, 9000), chance (n, 6, 40) * 10);
}

static void
session_record (Record *r, gint64 n)
{
  static const char *const ends[] = { "the modem hung up", "all is told", "silent for 90 s", "restarted" };

  r->kind = GDP_EVENT_SESSION_CLOSED;
  r->who = people[3];
  g_snprintf (r->object, sizeof r->object, "bbt-%s", r->site + 4);
  g_snprintf (r->text, sizeof r->text, "10.%u.%u.%u:%u: %s", chance (n, 7, 4), chance (n, 8, 250), chance (n, 9, 250),
              30000 + chance (n, 10, 30000), ends[chance (n, 11, 4)]);
}

static void
person_record (Record *r, gint64 n)
{
  r->kind = GDP_EVENT_ALARM_ACKNOWLEDGED;
  r->who = people[chance (n, 12, 3)];
  g_snprintf (r->object, sizeof r->object, "%s/outlet1.low", r->site);
  g_strlcpy (r->text, comments[chance (n, 13, G_N_ELEMENTS (comments))], sizeof r->text);
}

static void
state_record (Record *r, gint64 n)
{
  r->kind = GDP_EVENT_STATE_CHANGED;
  r->who = people[3];
  r->before = chance (n, 14, 2) ? "closed" : "open";
  r->after = strcmp (r->before, "open") == 0 ? "closed" : "open";
  g_snprintf (r->object, sizeof r->object, "%s/door%u", r->site, 1 + chance (n, 15, 2));
}

static void
make_record (Record *r, gint64 n)
{
  static void (*const makers[]) (Record *r, gint64 n) = { alarm_record, alarm_record, alarm_record, session_record,
                                                          session_record, state_record, person_record };

  *r = (Record) { 0 };
  g_snprintf (r->site, sizeof r->site, "GDP-%04u", chance (n, 1, SITES));
  makers[chance (n, 0, G_N_ELEMENTS (makers))] (r, n);
  if (n % RARE == RARE / 2) {
    r->kind = GDP_EVENT_NOTE;
    g_strlcpy (r->text, "Утечка на Задвижке №7, смена сальника", sizeof r->text);
  }
}

static gint64
number_of (gint64 n)
{
  return 1 + 7 * n;    /* samples take numbers, too */
}

/* ---- putting them there --------------------------------------------------------------------- */

static void
fill_sqlite (const char *path)
{
  sqlite3 *db;
  sqlite3_stmt *insert;
  Record r;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, "BEGIN", NULL, NULL, NULL);
  sqlite3_prepare_v2 (db, "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, zeroblob (32))", -1, &insert, NULL);
  for (gint64 n = 0; n < total; n++) {
    make_record (&r, n);
    const char *const texts[] = { r.site, r.object, r.who, r.before, r.after, *r.text != '\0' ? r.text : NULL };
    sqlite3_bind_int64 (insert, 1, number_of (n));
    sqlite3_bind_text (insert, 2, gdp_event_word (r.kind), -1, SQLITE_STATIC);
    sqlite3_bind_int64 (insert, 3, START + n * STEP);
    sqlite3_bind_int64 (insert, 4, START + n * STEP);
    for (int i = 0; i < 6; i++)
      sqlite3_bind_text (insert, 5 + i, texts[i], -1, SQLITE_STATIC);
    sqlite3_bind_int (insert, 11, r.priority);
    g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
    sqlite3_reset (insert);
  }
  sqlite3_finalize (insert);
  g_autofree char *end = g_strdup_printf ("UPDATE meta SET seq = %" G_GINT64_FORMAT ", journal_count = %" G_GINT64_FORMAT
                                          "; COMMIT; PRAGMA wal_checkpoint (TRUNCATE)", number_of (total), total);
  g_assert_cmpint (sqlite3_exec (db, end, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
exec (PGconn *db, const char *sql, ExecStatusType expected)
{
  PGresult *result = PQexec (db, sql);
  if (PQresultStatus (result) != expected)
    g_error ("%s: %s", sql, PQerrorMessage (db));
  PQclear (result);
}

static void
fill_postgres (const char *uri)
{
  PGconn *db = PQconnectdb (uri);
  Record r;
  exec (db, "COPY journal FROM STDIN", PGRES_COPY_IN);
  for (gint64 n = 0; n < total; n++) {
    make_record (&r, n);
    char line[512];
    g_snprintf (line, sizeof line, "%" G_GINT64_FORMAT "\t%s\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT
                "\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t\\\\x%064d\n", number_of (n), gdp_event_word (r.kind), START + n * STEP,
                START + n * STEP, r.site, r.object, r.who, r.before != NULL ? r.before : "\\N",
                r.after != NULL ? r.after : "\\N", *r.text != '\0' ? r.text : "\\N", r.priority, 0);
    g_assert_cmpint (PQputCopyData (db, line, (int) strlen (line)), ==, 1);
  }
  g_assert_cmpint (PQputCopyEnd (db, NULL), ==, 1);
  PQclear (PQgetResult (db));
  g_autofree char *end = g_strdup_printf ("UPDATE meta SET seq = %" G_GINT64_FORMAT ", journal_count = %" G_GINT64_FORMAT,
                                          number_of (total), total);
  exec (db, end, PGRES_COMMAND_OK);
  exec (db, "VACUUM ANALYZE journal", PGRES_COMMAND_OK);
  PQfinish (db);
}

/* ---- the same asked plainly ------------------------------------------------------------------ */

static const char *plain_head = "SELECT seq, kind, occurred, learned, site, object, who, before, after, text, priority "
  "FROM journal WHERE ";

/* What an engine's own words for it are; "" = any. */
static char *
plain_sql (const DataJournalFilter *filter)
{
  const char *like = stage_on_postgres () ? "ILIKE" : "LIKE";
  GString *sql = g_string_new (plain_head);

  g_string_append_printf (sql, "learned >= %" G_GINT64_FORMAT, filter->since);
  if (filter->until != 0)
    g_string_append_printf (sql, " AND learned < %" G_GINT64_FORMAT, filter->until);
  if (filter->site != NULL)
    g_string_append_printf (sql, " AND site = '%s'", filter->site);
  if (filter->text != NULL) {
    g_string_append_printf (sql, " AND (text %s '%%%s%%'", like, filter->text);
    for (guint i = 0; filter->also != NULL && filter->also[i] != NULL; i++)
      g_string_append_printf (sql, " OR text %s '%%%s%%'", like, filter->also[i]);
    g_string_append_printf (sql, " OR object %s '%%%s%%' OR who %s '%%%s%%')", like, filter->text, like, filter->text);
  }
  g_string_append_printf (sql, " ORDER BY seq DESC LIMIT %u", filter->limit);
  return g_string_free (sql, FALSE);
}

static sqlite3 *plain_sqlite;
static PGconn *plain_postgres;

static guint
plain_rows (const char *sql)
{
  guint n = 0;

  if (plain_postgres != NULL) {
    PGresult *result = PQexec (plain_postgres, sql);
    n = (guint) PQntuples (result);
    PQclear (result);
    return n;
  }
  sqlite3_stmt *query;
  g_assert_cmpint (sqlite3_prepare_v2 (plain_sqlite, sql, -1, &query, NULL), ==, SQLITE_OK);
  while (sqlite3_step (query) == SQLITE_ROW)
    n++;
  sqlite3_finalize (query);
  return n;
}

/* ---- figures ---------------------------------------------------------------------------------- */

static double
ms_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static void
ask (DataStore *store, const char *what, DataJournalFilter filter)
{
  double ours[ROUNDS], plain[ROUNDS];
  guint rows = 0, n_plain = 0;

  filter.limit = PAGE;
  g_autofree char *sql = plain_sql (&filter);
  for (guint i = 0; i < ROUNDS; i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) page = data_store_journal (store, &filter, NULL, &error);
    g_assert_no_error (error);
    ours[i] = ms_since (start);
    rows = page->len;
    if (i > 0 && plain[n_plain - 1] > LONG)
      continue;
    start = g_get_monotonic_time ();
    guint got = plain_rows (sql);
    plain[n_plain++] = ms_since (start);
    if (stage_on_postgres ())       /* SQLite's LIKE knows no case of Russian letters; and kinds are looked in, too */
      g_assert_cmpuint (got, <=, rows);
  }
  double own = quantile (ours, ROUNDS, 0.5), bare = quantile (plain, n_plain, 0.5);
  printf ("%-34s %3u rows  ours %7.1f ms (%.1f–%.1f)  plain %8.1f ms  ratio %.4f\n", what, rows, own, ours[0],
          ours[ROUNDS - 1], bare, own / bare);
  fflush (stdout);
}

static void
ask_all (DataStore *store)
{
  static const char *const also[] = { "no answer in", "refused", "the modem hung up", "crc error", "too late", "given up",
                                      "wire-cut", "cover-open", "power", "battery", NULL };
  gint64 middle = START + total / 2 * STEP, month = 30 * 86400 * GDP_SECOND;

  ask (store, "no filter", (DataJournalFilter) { 0 });
  ask (store, "a site", (DataJournalFilter) { .site = "GDP-0123" });
  ask (store, "a site that there is not", (DataJournalFilter) { .site = "GDP-9999" });
  ask (store, "text, one in three", (DataJournalFilter) { .text = "outlet1" });
  ask (store, "text, one in 35 (Russian)", (DataJournalFilter) { .text = "ЛОЖНАЯ" });
  ask (store, "text, a kind of record", (DataJournalFilter) { .text = "session-closed" });
  ask (store, "text, one in 250,000 (Russian)", (DataJournalFilter) { .text = "задвижке" });
  ask (store, "text, a number", (DataJournalFilter) { .text = "10.3.77.123" });
  ask (store, "text, nowhere", (DataJournalFilter) { .text = "zzyzx" });
  ask (store, "text, nowhere, of usual letters", (DataJournalFilter) { .text = "бригада на телефоне" });
  ask (store, "two letters, in half", (DataJournalFilter) { .text = "LL" });
  ask (store, "two letters, nowhere", (DataJournalFilter) { .text = "ъъ" });
  ask (store, "one of eleven texts", (DataJournalFilter) { .text = "ответа", .also = also });
  ask (store, "site and text", (DataJournalFilter) { .site = "GDP-0123", .text = "outlet1.low" });
  ask (store, "site and rare text", (DataJournalFilter) { .site = "GDP-0123", .text = "задвижке" });
  ask (store, "a month, years ago", (DataJournalFilter) { .since = middle, .until = middle + month });
  ask (store, "the same and rare text", (DataJournalFilter) { .since = middle, .until = middle + month, .text = "задвижке" });
  ask (store, "an older page of a site", (DataJournalFilter) { .site = "GDP-0123", .before_seq = number_of (total / 2) });
}

/* The alarms' figures of the last 30 days, which takes all alarms from the first on, against fetching the same rows plainly. */
static void
count_figures (DataStore *store)
{
  const char *sql = "SELECT seq, kind, occurred, learned, site, object, who, before, after, text, priority FROM journal "
                    "WHERE kind LIKE 'alarm-%' ORDER BY seq";
  gint64 until = START + total * STEP;
  double ours[3], plain[3];
  guint rows = 0;

  for (guint i = 0; i < 3; i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (DataAlarmReport) report = data_alarm_report_read (store, until - 30 * 86400 * GDP_SECOND, until, NULL, NULL);
    ours[i] = ms_since (start);
    g_assert_cmpuint (report->figures.n, >, 0);
    start = g_get_monotonic_time ();
    rows = plain_rows (sql);
    plain[i] = ms_since (start);
  }
  double own = quantile (ours, 3, 0.5), bare = quantile (plain, 3, 0.5);
  printf ("%-34s %u alarms' records  ours %7.1f ms (%.1f–%.1f)  plain %8.1f ms  ratio %.4f\n", "figures of 30 days", rows, own,
          ours[0], ours[2], bare, own / bare);
  fflush (stdout);
}

/* The one number that @sql gives. */
static double
number (const char *sql)
{
  double value;

  if (plain_postgres != NULL) {
    PGresult *result = PQexec (plain_postgres, sql);
    value = g_ascii_strtod (PQgetvalue (result, 0, 0), NULL);
    PQclear (result);
    return value;
  }
  sqlite3_stmt *query;
  g_assert_cmpint (sqlite3_prepare_v2 (plain_sqlite, sql, -1, &query, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (query), ==, SQLITE_ROW);
  value = sqlite3_column_double (query, 0);
  sqlite3_finalize (query);
  return value;
}

static void
build_index (DataStore *store)
{
  const char *size = stage_on_postgres () ? "SELECT sum (pg_total_relation_size (c.oid)) FROM pg_class c WHERE relname LIKE 'journal%'"
                       " AND relkind = 'r'"
                     : "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
  DataSealing how = DATA_SEALING_USUAL;
  g_autoptr (GdpNetwork) network = stage_network (1, 1);
  guint64 sealed;

  how.now = g_get_real_time ();
  double before = number (size);
  gint64 start = g_get_monotonic_time ();
  g_assert_true (data_store_seal (store, network, &how, &sealed, NULL));
  double took = ms_since (start);
  printf ("%-34s journal %.0f bytes a record, index %.1f; indexed at %.1f µs a record; a commit pays nothing\n", "cost",
          before / (double) total, (number (size) - before) / (double) total, took * 1000 / (double) total);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  if (argc > 1)
    total = strtoll (argv[1], NULL, 10) * 1000;
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  gint64 start = g_get_monotonic_time ();

  if (stage_on_postgres ()) {
    fill_postgres (stage->uri);
    plain_postgres = PQconnectdb (stage->uri);
  } else {
    fill_sqlite (stage->path);
    g_assert_cmpint (sqlite3_open (stage->path, &plain_sqlite), ==, SQLITE_OK);
  }
  printf ("%s, %" G_GINT64_FORMAT " records, written in %.0f s\n", stage_on_postgres () ? "PostgreSQL" : "SQLite", total,
          ms_since (start) / 1000);
  build_index (store);
  count_figures (store);
  ask_all (store);
  if (plain_postgres != NULL)
    PQfinish (plain_postgres);
  sqlite3_close (plain_sqlite);
  return 0;
}
