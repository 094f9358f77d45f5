/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a store is sound. What the engine says of its files comes first: when they are damaged the rest would only
 * stumble over that. Then everything is looked at, whatever is found on the way: the report has it all, the error is
 * the first of it. Rows are read in pages, for an engine that gives all rows of an answer at once. */
#include "sql-sealed.h"

#include <string.h>

#include "block.h"

#define PAGE       "1000"   /* rows */
#define TOLD_MOST  100      /* of damaged blocks, by name */

/* ---- the journal ------------------------------------------------------------------------- */

typedef struct {
  guint8 hash[DATA_HASH_SIZE];   /* of the last record */
  gint64 count, last, broken;    /* the last number, and that at which the chain breaks; 0 = none */
} Chain;

static gboolean
broken (SqlStore *self, GString *report, GError **error, const char *what, gint64 seq)
{
  g_string_append_printf (report, "journal: broken: %s %" G_GINT64_FORMAT "\n", what, seq);
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: the journal was tampered with or damaged: %s %"
               G_GINT64_FORMAT, self->place, what, seq);
  return FALSE;
}

/* A record that was changed, put in or taken out before the end breaks the chain at it or at the one after it. The kind
 * is hashed as it is stored: it may be a word of a newer program, or not a word at all. */
static void
follow (Chain *chain, SqlQuery query)
{
  GdpEvent event = {
    .seq = sql_integer (query, 0), .occurred = sql_integer (query, 1),
    .learned = sql_integer (query, 2), .priority = (guint8) sql_integer (query, 3),
    .site = (char *) sql_text (query, 5), .object = (char *) sql_text (query, 6),
    .who = (char *) sql_text (query, 7), .before = (char *) sql_text (query, 8),
    .after = (char *) sql_text (query, 9), .text = (char *) sql_text (query, 10),
  };
  gsize size;
  gconstpointer stored = sql_bytes (query, 11, &size);

  data_journal_hash (chain->hash, sql_text (query, 4), &event, chain->hash);
  if (size != DATA_HASH_SIZE || memcmp (chain->hash, stored, size) != 0) {
    chain->broken = event.seq;
    return;
  }
  chain->last = event.seq;
  chain->count++;
}

/* The records after number @after; 1: there were some, and there may be more. */
static int
follow_page (SqlStore *self, Chain *chain, gint64 after, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error,
    "SELECT seq, occurred, learned, priority, kind, site, object, who, before, after, text, hash FROM journal "
    "WHERE seq > ? ORDER BY seq LIMIT " PAGE, "i", after);
  gint64 before = chain->count;
  int more = query != NULL ? 1 : -1;

  while (more > 0 && chain->broken == 0 && (more = sql_step (self, query, error)) > 0)
    follow (chain, query);
  return more < 0 ? -1 : chain->count > before;
}

/* Records cut off the end show in the head kept in meta. */
static gboolean
verify_journal (SqlStore *self, GString *report, GError **error)
{
  Chain chain = { 0 };
  SqlMeta meta;

  if (!sql_meta (self, &meta, error))
    return FALSE;
  int more = follow_page (self, &chain, G_MININT64, error);
  while (more > 0 && chain.broken == 0)
    more = follow_page (self, &chain, chain.last, error);
  if (more < 0)
    return FALSE;
  if (chain.broken != 0)
    return broken (self, report, error, "the chain breaks at record", chain.broken);
  if (chain.count != meta.journal_count || memcmp (chain.hash, meta.journal_head, DATA_HASH_SIZE) != 0)
    return broken (self, report, error, "records are missing after record", chain.last);
  g_string_append_printf (report, "journal: %" G_GINT64_FORMAT " records, chain ok, head ", chain.count);
  for (guint i = 0; i < DATA_HASH_SIZE; i++)
    g_string_append_printf (report, "%02x", chain.hash[i]);
  g_string_append_c (report, '\n');
  return TRUE;
}

/* ---- numbers and hot readings -------------------------------------------------------------- */

static gboolean
unfit (SqlStore *self, GError **error, const char *what)
{
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: %s; restore it from a backup", self->place, what);
  return FALSE;
}

/* No row may carry a number that was never given: a commit that is half there. Nor may anything be further than what
 * it comes from. */
static gboolean
verify_numbers (SqlStore *self, GString *report, GError **error)
{
  SqlMeta meta;
  gint64 beyond = sql_number (self,
    "SELECT count (*) FROM (SELECT max (seq) AS last FROM sample UNION ALL SELECT max (seq) FROM journal"
    "  UNION ALL SELECT max (seq) FROM alarm UNION ALL SELECT max (seq) FROM command"
    "  UNION ALL SELECT max (seq) FROM contact UNION ALL SELECT max (seq) FROM server) AS lasts"
    " WHERE last > (SELECT seq FROM meta)", error);
  if (beyond < 0 || !sql_meta (self, &meta, error))
    return FALSE;
  gint64 sealed = sql_number (self, "SELECT max (CASE WHEN seal_seq > sealed_seq THEN seal_seq ELSE sealed_seq END) FROM sealing", error);
  if (sealed < 0)
    return FALSE;
  const char *fault = beyond > 0 ? "holds rows beyond the last number given"
                      : MAX (meta.live_seq, meta.span_seq) > meta.seq ? "the last values are ahead of the readings"
                      : MAX (meta.trimmed_seq, sealed) > meta.live_seq ? "more is sealed than may be" : NULL;
  g_string_append_printf (report, "numbers: %s\n", fault != NULL ? fault : "ok");
  return fault == NULL || unfit (self, error, fault);
}

/* History finds a hot reading by the span of numbers that its time lies in: what is outside of its own is not found. */
static gboolean
verify_hot (SqlStore *self, GString *report, GError **error)
{
  gint64 hot = sql_number (self, "SELECT count (*) FROM sample WHERE seq > (SELECT trimmed_seq FROM meta)", error);
  gint64 later = hot < 0 ? -1 : sql_number (self,
    "SELECT count (*) FROM sample, meta WHERE sample.seq > trimmed_seq AND sample.seq > span_seq", error);
  gint64 found = later < 0 ? -1 : sql_number (self,
    "SELECT count (*) FROM sample_span CROSS JOIN sample s WHERE s.seq BETWEEN first_seq AND last_seq"
    "  AND s.seq > (SELECT trimmed_seq FROM meta) AND s.seq <= (SELECT span_seq FROM meta)"
    "  AND s.time BETWEEN min_time AND max_time", error);
  if (found < 0)
    return FALSE;
  g_string_append_printf (report, "hot readings: %" G_GINT64_FORMAT ", not to be found by their time: %" G_GINT64_FORMAT "\n",
                          hot, hot - later - found);
  return hot == later + found || unfit (self, error, "readings are not to be found by their time");
}

/* ---- sealed history -------------------------------------------------------------------------- */

/* What is damaged of the blocks that a walk comes by. */
typedef struct {
  SqlStore *store;
  guint64   n, n_readings, n_damaged;
  GString  *lines;              /* the first TOLD_MOST, one each */
  GError   *first;
  gint64    point, number;      /* of the last block */
  GArray   *packs;              /* SqlDamage: those packs; NULL = nobody wants them */
} Blocks;

typedef void (*BlockFunc) (Blocks *blocks, SqlQuery query);

static void
note (Blocks *blocks, GError *why)
{
  if (blocks->n_damaged++ < TOLD_MOST)
    g_string_append_printf (blocks->lines, "damaged: %s\n", why->message);
  if (blocks->first == NULL)
    blocks->first = why;
  else
    g_error_free (why);
}

/* Points from one key on, before another. */
typedef struct { gint64 first, end; } Keys;

/* Rows after ?1 and ?2, @number's, of keys from ?3 on, before ?4. A row of values finds the place in an index; what it says
 * is said twice, because another database is not asked by it. */
#define PAGE_OF(number) \
  " WHERE (point, " number ") > (?1, ?2) AND (point > ?1 OR " number " > ?2) AND point >= ?3 AND point < ?4 " \
  "ORDER BY point, " number " LIMIT " PAGE

/* All blocks that @sql gives, of @keys. */
static gboolean
walk (Blocks *blocks, const char *sql, BlockFunc look, const Keys *keys, GError **error)
{
  guint64 before;
  int more;

  blocks->point = blocks->number = G_MININT64;
  do {
    g_auto (SqlQuery) query = sql_query (blocks->store, error, sql, "iiii", blocks->point, blocks->number,
                                         MAX (blocks->point, keys->first), keys->end);
    before = blocks->n;
    more = query != NULL ? 1 : -1;
    while (more > 0 && (more = sql_step (blocks->store, query, error)) > 0) {
      look (blocks, query);
      blocks->n++;
    }
  } while (more == 0 && blocks->n > before);
  return more == 0;
}

static gboolean
tell (Blocks *blocks, GString *report, const char *what, GError **error)
{
  g_autofree char *readings = blocks->n_readings > 0 ? g_strdup_printf (", with %" G_GUINT64_FORMAT " readings",
                                                                        blocks->n_readings) : g_strdup ("");
  g_string_append_printf (report, "%s: %" G_GUINT64_FORMAT "%s; damaged: %" G_GUINT64_FORMAT "\n%s", what, blocks->n, readings,
                          blocks->n_damaged, blocks->lines->str);
  if (blocks->n_damaged > TOLD_MOST)
    g_string_append_printf (report, "damaged: %" G_GUINT64_FORMAT " more\n", blocks->n_damaged - TOLD_MOST);
  if (blocks->n_damaged > 0)
    g_set_error (error, DATA_ERROR, DATA_ERROR_DAMAGED, "%s: %s (%" G_GUINT64_FORMAT " damaged); all else can be read",
                 blocks->store->place, blocks->first->message, blocks->n_damaged);
  return blocks->n_damaged == 0;
}

static gboolean
same_value (double a, double b)
{
  return a == b || (a != a && b != b);
}

/* What does not depend on how long a value stands, which the configuration tells. */
static gboolean
same_figures (const DataFigures *stored, const GArray *readings)
{
  DataFigures its = data_figures_of_all ((const GdpReading *) (gpointer) readings->data, readings->len, 1);

  return stored->count == its.count && stored->first == its.first && stored->last == its.last
         && same_value (stored->min, its.min) && same_value (stored->max, its.max)
         && same_value (stored->last_value, its.last_value) && stored->last_reason == its.last_reason
         && stored->worst == its.worst;
}

gboolean
sql_check_hour (SqlStore *self, SqlQuery row, GArray *readings, GError **error)
{
  enum { BLOCK = SQL_N_FIGURES, POINT, HOUR };
  DataFigures stored = sql_read_figures (row);
  gint64 point = sql_integer (row, POINT), hour = sql_integer (row, HOUR);
  gsize size;
  const guint8 *bytes = sql_bytes (row, BLOCK, &size);

  if (!sql_decode_hour (self, point, hour, bytes, size, readings, error))
    return FALSE;
  if (same_figures (&stored, readings))
    return TRUE;
  g_autofree char *name = sql_name_hour (self, point, hour);
  g_set_error (error, DATA_ERROR, DATA_ERROR_DAMAGED, "the figures of the sealed hour of %s are not those of its %u readings",
               name, readings->len);
  return FALSE;
}

static void
look_at_hour (Blocks *blocks, SqlQuery query)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  GError *why = NULL;

  blocks->point = sql_integer (query, SQL_N_FIGURES + 1);
  blocks->number = sql_integer (query, SQL_N_FIGURES + 2);
  sql_check_hour (blocks->store, query, readings, &why);
  blocks->n_readings += readings->len;
  if (why != NULL)
    note (blocks, why);
}

static void
look_at_pack (Blocks *blocks, const SqlPack *pack, SqlQuery query)
{
  g_autoptr (GArray) figures = g_array_new (FALSE, FALSE, sizeof (DataFigures));
  g_autoptr (GError) why = NULL;
  gsize size;
  const guint8 *bytes = sql_bytes (query, 2, &size);

  blocks->point = sql_integer (query, 0);
  blocks->number = sql_integer (query, 1);
  if (data_figures_unpack (bytes, size, pack->step, figures, &why))
    return;
  g_autofree char *name = sql_name_pack (blocks->store, pack, blocks->point, blocks->number);
  note (blocks, g_error_new (DATA_ERROR, DATA_ERROR_DAMAGED, "%s cannot be read: %s", name, why->message));
  if (blocks->packs != NULL)
    g_array_append_vals (blocks->packs, &(SqlDamage) { pack, blocks->point, blocks->number }, 1);
}

static void
look_at_month (Blocks *blocks, SqlQuery query)
{
  look_at_pack (blocks, &sql_months, query);
}

static void
look_at_year (Blocks *blocks, SqlQuery query)
{
  look_at_pack (blocks, &sql_years, query);
}

/* What was found damaged, in a time when such a block was put aside, is lost, though the store is sound. */
static gboolean
tell_lost (SqlStore *self, const Keys *keys, GString *lines, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT point, hour FROM sample_damaged WHERE point >= ? AND point < ? "
                                       "ORDER BY found, point, hour LIMIT " PAGE, "ii", keys->first, keys->end);
  int more = query != NULL ? 1 : -1;

  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    g_autofree char *name = sql_name_hour (self, sql_integer (query, 0), sql_integer (query, 1));
    g_string_append_printf (lines, "found damaged earlier and put aside: %s\n", name);
  }
  return more == 0;
}

typedef struct {
  Blocks   hours, packs;
  GString *lost, *unseen;   /* lines; of shards that could not be looked at */
  GError  *why;             /* of the first of them */
} Sealed;

static gboolean
look_at_packs (Blocks *packs, const Keys *keys, GError **error)
{
  return walk (packs, "SELECT point, month, block FROM sample_month" PAGE_OF ("month"), look_at_month, keys, error)
         && walk (packs, "SELECT point, year, block FROM sample_year" PAGE_OF ("year"), look_at_year, keys, error);
}

gboolean
sql_find_damage (SqlStore *self, gint64 shard, GArray *packs, GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  Keys keys = { SQL_SHARD_FIRST (shard), SQL_SHARD_FIRST (shard + 1) };
  Blocks blocks = { .store = self, .lines = lines, .packs = packs };
  gboolean ok = look_at_packs (&blocks, &keys, error);

  g_clear_error (&blocks.first);
  return ok;
}

static gboolean
look_at_shard (SqlStore *self, Sealed *sealed, const Keys *keys, GError **error)
{
  return walk (&sealed->hours, "SELECT " SQL_FIGURES ", block, point, hour FROM sample_hour" PAGE_OF ("hour"), look_at_hour, keys,
               error)
         && look_at_packs (&sealed->packs, keys, error)
         && tell_lost (self, keys, sealed->lost, error);
}

/* One that fails, as when its database is away, does not keep the others from being looked at. */
static gboolean
try_shard (SqlStore *self, Sealed *sealed, const SqlShard *shard, const Keys *keys, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (!sql_run (self, error, "SAVEPOINT shard", ""))
    return FALSE;
  if (look_at_shard (self, sealed, keys, &why))
    return sql_run (self, error, "RELEASE shard", "");
  g_autofree char *name = shard->number > 0 ? g_strdup_printf ("region %s", shard->name) : g_strdup ("sealed history");
  g_string_append_printf (sealed->unseen, "%s: not verified: %s\n", name, why->message);
  g_prefix_error (&why, "%s was not verified: ", name);
  if (sealed->why == NULL)
    sealed->why = g_steal_pointer (&why);
  return sql_run (self, error, "ROLLBACK TO shard", "");
}

static gboolean
look_at_shards (SqlStore *self, Sealed *sealed, gboolean elsewhere, GError **error)
{
  g_autoptr (GArray) shards = sql_shards (self, error);

  for (guint i = 0; shards != NULL && i < shards->len; i++) {
    const SqlShard *shard = &g_array_index (shards, SqlShard, i);
    Keys keys = { i > 0 ? SQL_SHARD_FIRST (shard->number) : G_MININT64,
                  i + 1 < shards->len ? SQL_SHARD_FIRST (shard[1].number) : G_MAXINT64 };
    if ((elsewhere || !shard->elsewhere) && !try_shard (self, sealed, shard, &keys, error))
      return FALSE;
  }
  return shards != NULL;
}

/* Damage goes before what could not be looked at. */
static gboolean
tell_sealed (Sealed *sealed, GString *report, GError **error)
{
  gboolean ok = tell (&sealed->hours, report, "sealed hours", error);

  ok = tell (&sealed->packs, report, "months and years of figures", ok ? error : NULL) && ok;
  g_string_append (g_string_append (report, sealed->lost->str), sealed->unseen->str);
  if (ok && sealed->why != NULL)
    g_propagate_error (error, g_steal_pointer (&sealed->why));
  return ok && sealed->unseen->len == 0;
}

static gboolean
verify_sealed (SqlStore *self, gboolean elsewhere, GString *report, GError **error)
{
  g_autoptr (GString) hours = g_string_new (NULL), packs = g_string_new (NULL), lost = g_string_new (NULL),
                      unseen = g_string_new (NULL);
  Sealed sealed = { .hours = { .store = self, .lines = hours }, .packs = { .store = self, .lines = packs }, lost, unseen };
  gboolean ok = look_at_shards (self, &sealed, elsewhere, error) && tell_sealed (&sealed, report, error);

  g_clear_error (&sealed.hours.first);
  g_clear_error (&sealed.packs.first);
  g_clear_error (&sealed.why);
  return ok;
}

/* Readings that no hour takes are there as ever. */
static gboolean
tell_put_aside (SqlStore *self, GString *report, GError **error)
{
  gint64 n = sql_number (self, "SELECT count (*) FROM sample_aside", error);

  if (n > 0)
    g_string_append_printf (report, "readings that no hour takes, kept unpacked: %" G_GINT64_FORMAT "\n", n);
  return n >= 0;
}

/* ---- all of it ----------------------------------------------------------------------------- */

gboolean
sql_verify_here (SqlStore *self, gboolean elsewhere, GString *report, GError **error)
{
  static gboolean (*const checks[]) (SqlStore *, GString *, GError **) = {
    verify_journal, verify_numbers, verify_hot, tell_put_aside };
  gboolean ok = self->parent.backend->verify (self, report, error);

  if (!ok)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    ok = checks[i] (self, report, ok ? error : NULL) && ok;
  return verify_sealed (self, elsewhere, report, ok ? error : NULL) && ok;
}

gboolean
sql_verify (DataStore *store, GString *report, GError **error)
{
  SqlStore *self = (SqlStore *) store;

  if (!sql_begin_read (self, error))
    return FALSE;
  gboolean ok = sql_verify_here (self, TRUE, report, error);
  sql_end_read (self);
  return ok;
}
