/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sql-journal-index.h"

#include <string.h>

#include "crc32c.h"
#include "grams.h"
#include "packing.h"

#define CRC_SIZE 4
#define PLACES   64    /* shelves asked for at once */

/* ---- making it ---------------------------------------------------------------------------- */

typedef struct {
  SqlRun      at;
  gint64      earliest, latest;       /* learned */
  gint64      numbers[DATA_RUN];
  guint       n;
  DataGrams  *grams;
} NewRun;

static void
add_record (NewRun *run, SqlQuery row)
{
  GdpEvent event = {
    .seq = sql_integer (row, 0), .learned = sql_integer (row, 1), .site = (char *) sql_text (row, 3),
    .object = (char *) sql_text (row, 4), .who = (char *) sql_text (row, 5), .before = (char *) sql_text (row, 6),
    .after = (char *) sql_text (row, 7), .text = (char *) sql_text (row, 8),
  };
  g_autofree char *text = data_needles_text (sql_text (row, 2), &event);

  data_grams_add_text (run->grams, run->n, text);
  if (event.site != NULL)
    data_grams_add (run->grams, run->n, data_gram_of_word (event.site));
  run->earliest = run->n > 0 ? MIN (run->earliest, event.learned) : event.learned;
  run->latest = run->n > 0 ? MAX (run->latest, event.learned) : event.learned;
  run->numbers[run->n++] = run->at.last = event.seq;
}

static gboolean
read_records (SqlStore *self, NewRun *run, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT seq, learned, kind, site, object, who, before, after, text FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
    "ii", run->at.after, (gint64) DATA_RUN);
  int more = query != NULL ? 1 : -1;
  while (more > 0 && run->n < DATA_RUN && (more = sql_step (self, query, error)) > 0)
    add_record (run, query);
  return more >= 0;
}

static GBytes *
packed_numbers (const NewRun *run)
{
  GByteArray *bytes = g_byte_array_new ();

  data_pack_numbers (bytes, run->numbers, run->n);
  guint32 crc = GUINT32_TO_BE (data_crc32c (bytes->data, bytes->len));
  g_byte_array_append (bytes, (const guint8 *) &crc, CRC_SIZE);
  return g_byte_array_free_to_bytes (bytes);
}

/* Where the next run begins. */
static gboolean
find_end (SqlStore *self, SqlRun *next, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT run, last FROM journal_run ORDER BY run DESC LIMIT 1", "");
  int more = query != NULL ? sql_step (self, query, error) : -1;

  *next = (SqlRun) { 0 };
  if (more > 0)
    *next = (SqlRun) { sql_integer (query, 0) + 1, sql_integer (query, 1), 0 };
  return more >= 0;
}

static gboolean
put_run (SqlStore *self, const NewRun *run, GError **error)
{
  g_autoptr (GPtrArray) shelves = data_grams_shelves (run->grams);
  g_autoptr (GBytes) numbers = packed_numbers (run);
  SqlMeta meta;
  SqlRun next;

  if (!sql_begin (self, FALSE, &meta, error))
    return FALSE;
  gboolean ok = find_end (self, &next, error);
  if (ok && next.run == run->at.run) {   /* else another server was faster */
    ok = sql_run (self, error, "INSERT INTO journal_run (run, last, earliest, latest, numbers) VALUES (?, ?, ?, ?, ?)",
                  "iiiib", run->at.run, run->at.last, run->earliest, run->latest, numbers);
    for (guint i = 0; ok && i < shelves->len; i++)
      ok = sql_run (self, error, "INSERT INTO journal_shelf (place, grams) VALUES (?, ?)", "ib",
                    run->at.run * DATA_SHELVES + i, shelves->pdata[i]);
  }
  return sql_end (self, &meta, ok, error);
}

/* @more: whether there may be another. */
static gboolean
index_run (SqlStore *self, gboolean *more, GError **error)
{
  g_autofree NewRun *run = g_new0 (NewRun, 1);
  g_autoptr (DataGrams) grams = run->grams = data_grams_new ();
  SqlMeta meta;

  *more = FALSE;
  if (!find_end (self, &run->at, error) || !sql_meta (self, &meta, error))
    return FALSE;
  if (meta.journal_count < (run->at.run + 1) * DATA_RUN)
    return TRUE;
  if (!read_records (self, run, error))
    return FALSE;
  *more = run->n == DATA_RUN;
  return !*more || put_run (self, run, error);
}

gboolean
sql_index_journal (SqlStore *self, const gint *stop, GError **error)
{
  gboolean more = TRUE;

  while (more && (stop == NULL || g_atomic_int_get (stop) == 0))
    if (!index_run (self, &more, error))
      return FALSE;
  return TRUE;
}

/* ---- asking it ---------------------------------------------------------------------------- */

GArray *
sql_journal_runs (SqlStore *self, const DataJournalFilter *filter, gint64 *indexed, GError **error)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (SqlRun));
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT run, (SELECT p.last FROM journal_run p WHERE p.run = r.run - 1), last, latest, earliest "
    "FROM journal_run r ORDER BY run DESC", "");
  int more = query != NULL ? 1 : -1;

  *indexed = 0;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    SqlRun run = { sql_integer (query, 0), sql_integer (query, 1), sql_integer (query, 2) };
    *indexed = MAX (*indexed, run.last);
    if (sql_integer (query, 3) >= filter->since && (filter->until == 0 || sql_integer (query, 4) < filter->until)
        && (filter->before_seq == 0 || run.after + 1 < filter->before_seq) && run.last > filter->after_seq)
      g_array_append_val (runs, run);
  }
  return more == 0 ? g_steal_pointer (&runs) : NULL;
}

typedef GBytes *Shelves[DATA_SHELVES];   /* of one run; NULL = not needed, or not there */

static void
need_shelves (const GArray *grams, gboolean needed[DATA_SHELVES])
{
  for (guint i = 0; i < grams->len; i++)
    needed[data_gram_shelf (g_array_index (grams, guint64, i))] = TRUE;
}

static gboolean
read_places (SqlStore *self, const gint64 *places, guint n, const SqlRun *runs, guint n_runs, Shelves *shelves,
             GError **error)
{
  g_auto (SqlQuery) query = sql_query_among (self, error, "SELECT place, grams FROM journal_shelf WHERE place", places, n,
                                             "");
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    gint64 place = sql_integer (query, 0);
    gsize size;
    gconstpointer bytes = sql_bytes (query, 1, &size);
    for (guint i = 0; i < n_runs; i++)
      if (runs[i].run == place / DATA_SHELVES)
        shelves[i][place % DATA_SHELVES] = g_bytes_new (bytes, size);
  }
  return more == 0;
}

static gboolean
read_shelves (SqlStore *self, const DataNeedles *needles, const SqlRun *runs, guint n, Shelves *shelves, GError **error)
{
  gboolean needed[DATA_SHELVES] = { FALSE };
  gint64 places[PLACES];
  guint waiting = 0;

  need_shelves (data_needles_words (needles), needed);
  for (guint i = 0; i < data_needles_n_texts (needles); i++)
    need_shelves (data_needles_grams (needles, i), needed);
  for (guint i = 0; i < n; i++)
    for (guint shelf = 0; shelf < DATA_SHELVES; shelf++) {
      if (needed[shelf])
        places[waiting++] = runs[i].run * DATA_SHELVES + shelf;
      if (waiting == PLACES && !read_places (self, places, waiting, runs, n, shelves, error))
        return FALSE;
      waiting %= PLACES;
    }
  return waiting == 0 || read_places (self, places, waiting, runs, n, shelves, error);
}

/* Leaves of @numbers those that hold all of @grams, as far as the shelves tell. */
static void
narrow (const Shelves shelves, const GArray *grams, guint64 *numbers)
{
  for (guint i = 0; i < grams->len; i++) {
    guint64 gram = g_array_index (grams, guint64, i);
    GBytes *shelf = shelves[data_gram_shelf (gram)];
    gsize size = 0;
    const guint8 *bytes = shelf != NULL ? g_bytes_get_data (shelf, &size) : NULL;
    if (!data_shelf_find (data_gram_shelf (gram), bytes, size, gram, numbers))
      continue;   /* damaged: whoever it might hold is compared itself */
  }
}

static gboolean
ask_shelves (const Shelves shelves, const DataNeedles *needles, guint64 *numbers)
{
  guint64 any[DATA_RUN_BITS] = { 0 }, left = 0;
  guint n = data_needles_n_texts (needles);

  memset (numbers, 0xFF, DATA_RUN_BITS * sizeof *numbers);
  narrow (shelves, data_needles_words (needles), numbers);
  for (guint i = 0; i < n; i++) {
    guint64 one[DATA_RUN_BITS];
    memcpy (one, numbers, sizeof one);
    narrow (shelves, data_needles_grams (needles, i), one);
    for (guint k = 0; k < DATA_RUN_BITS; k++)
      any[k] |= one[k];
  }
  for (guint k = 0; k < DATA_RUN_BITS; k++)
    left |= numbers[k] &= n > 0 ? any[k] : G_MAXUINT64;
  return left != 0;
}

/* The numbers of the run's records, newest first, whose bits are set; NULL = they are damaged. */
static gboolean
name_records (SqlStore *self, gint64 run, const guint64 *bits, GArray **candidates, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT numbers FROM journal_run WHERE run = ?", "i", run);
  if (query == NULL || sql_step (self, query, error) < 0)
    return FALSE;
  gsize size;
  const guint8 *bytes = sql_bytes (query, 0, &size);
  g_autofree gint64 *numbers = g_new (gint64, DATA_RUN);
  guint32 crc = 0;
  if (size >= CRC_SIZE)
    memcpy (&crc, bytes + size - CRC_SIZE, CRC_SIZE);
  DataPacked packed = { bytes, size >= CRC_SIZE ? bytes + size - CRC_SIZE : bytes };
  if (size < CRC_SIZE || GUINT32_FROM_BE (crc) != data_crc32c (bytes, size - CRC_SIZE)
      || !data_unpack_numbers (&packed, numbers, DATA_RUN))
    return TRUE;
  *candidates = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = DATA_RUN; i-- > 0;)
    if (bits[i / 64] >> i % 64 & 1)
      g_array_append_val (*candidates, numbers[i]);
  return TRUE;
}

static void
free_shelves (Shelves *shelves, guint n)
{
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < DATA_SHELVES; k++)
      g_clear_pointer (&shelves[i][k], g_bytes_unref);
  g_free (shelves);
}

gboolean
sql_runs_ask (SqlStore *self, const DataNeedles *needles, const SqlRun *runs, guint n, GArray **candidates, GError **error)
{
  guint64 bits[DATA_RUN_BITS];
  Shelves *shelves = g_new0 (Shelves, n);
  gboolean helps = data_needles_words (needles)->len > 0 || data_needles_n_texts (needles) > 0;
  gboolean ok = !helps || read_shelves (self, needles, runs, n, shelves, error);

  for (guint i = 0; i < n; i++) {
    candidates[i] = NULL;
    if (ok && helps && !ask_shelves (shelves[i], needles, bits))
      candidates[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
    else if (ok && helps)
      ok = name_records (self, runs[i].run, bits, &candidates[i], error);
  }
  free_shelves (shelves, n);
  return ok;
}
