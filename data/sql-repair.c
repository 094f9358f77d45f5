/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of months and years that cannot be read, made anew from the hours that they are of. Where not all of those are sound
 * nothing is written: whoever reads gets what there is from below the pack in any case. */
#include "sql-sealed.h"

typedef struct {
  SqlStore         *store;
  const GdpNetwork *network;
  const char       *who;
  gint64            now;
  GString          *report;
  GArray           *left;      /* SqlDamage: months that could not be made */
} Repair;

/* One pack, being made. */
typedef struct {
  Repair          *repair;
  const SqlDamage *damage;
  GArray          *ready;      /* SqlReady */
  char            *text;       /* of the journal */
} Making;

/* ---- what is below ------------------------------------------------------------------------- */

static gboolean
cannot (GError **why, const char *what)
{
  g_set_error_literal (why, DATA_ERROR, DATA_ERROR_DAMAGED, what);
  return FALSE;
}

/* Hours from @since on, before @until. FALSE: with DAMAGED in @error, not all are sound. */
static gboolean
load_sound_hours (SqlStore *self, gint64 point, gint64 since, gint64 until, GArray *figures, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT " SQL_FIGURES ", block, point, hour FROM sample_hour "
                                       "WHERE point = ? AND hour >= ? AND hour < ? ORDER BY hour", "iii", point, since, until);
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  int more = query != NULL ? 1 : -1;

  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    g_array_set_size (readings, 0);
    if (!sql_check_hour (self, query, readings, error))
      return FALSE;
    g_array_append_vals (figures, &(DataFigures[]) { sql_read_figures (query) }, 1);
  }
  return more == 0;
}

static gboolean
none_put_aside (SqlStore *self, gint64 point, gint64 since, gint64 until, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT hour FROM sample_damaged WHERE point = ? AND hour >= ? AND hour < ? "
                                       "ORDER BY hour LIMIT 1", "iii", point, since, until);
  int more = query != NULL ? sql_step (self, query, error) : -1;

  if (more <= 0)
    return more == 0;
  g_autofree char *name = sql_name_hour (self, point, sql_integer (query, 0));
  g_set_error (error, DATA_ERROR, DATA_ERROR_DAMAGED, "the hour of %s was found damaged and put aside", name);
  return FALSE;
}

static gboolean
load_hours (Repair *repair, gint64 point, gint64 since, gint64 until, GArray *cells, GError **error)
{
  return none_put_aside (repair->store, point, since, until, error)
         && load_sound_hours (repair->store, point, since, until, cells, error);
}

/* From its months: each of them was sound, or has been made anew. */
static gboolean
load_days (Repair *repair, gint64 point, gint64 first, gint64 end, GArray *cells, GError **error)
{
  gint64 hold = data_hold_of (repair->network, gdp_network_point_by_key (repair->network, point));
  g_autoptr (GArray) hours = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  for (guint i = 0; i < repair->left->len; i++) {
    const SqlDamage *month = &g_array_index (repair->left, SqlDamage, i);
    gint64 day = sql_months.first_day (month->number);
    if (month->point == point && day >= first && day < end)
      return cannot (error, "one of its months cannot be made");
  }
  if (!sql_load_cells (repair->store, &sql_months, &(SqlCells) { point, first * 24, end * 24, hours }, 1, error))
    return FALSE;
  for (gint64 day = first; day < end; day++) {
    DataFigures joined;
    if (sql_join_cells (hours, day, DATA_DAY, hold, &joined))
      g_array_append_val (cells, joined);
  }
  return TRUE;
}

/* ---- one pack ------------------------------------------------------------------------------ */

static gboolean
write_pack (SqlStore *self, SqlMeta *meta, gpointer data, GError **error)
{
  const Making *making = data;
  const Repair *repair = making->repair;
  GdpEvent event = { .kind = GDP_EVENT_NOTE, .occurred = repair->now, .learned = repair->now, .who = (char *) repair->who,
                     .text = making->text };

  return sql_put_ready (self, making->ready, error) && sql_journal_append (self, meta, &event, error);
}

/* @mine: (out): FALSE: a server was at it; its figures may be others now. */
static gboolean
make_pack (Making *making, SqlSealing *sealing, gboolean *mine, GError **error)
{
  Repair *repair = making->repair;
  const SqlDamage *damage = making->damage;
  gint64 first = damage->pack->first_day (damage->number);
  gint64 end = MIN (damage->pack->first_day (damage->number + 1), sql_packed_until (sealing, damage->point));
  g_autoptr (GArray) cells = g_array_new (FALSE, FALSE, sizeof (DataFigures));

  if (!(damage->pack == &sql_months ? load_hours (repair, damage->point, first * 24, end * 24, cells, error)
                                    : load_days (repair, damage->point, first, end, cells, error)))
    return FALSE;
  if (cells->len == 0)
    return cannot (error, "nothing that it is of is kept any more");
  g_autofree char *name = sql_name_pack (repair->store, damage->pack, damage->point, damage->number);
  g_autofree char *since = sql_name_hour (repair->store, damage->point, g_array_index (cells, DataFigures, 0).first / DATA_HOUR);
  g_autofree char *text = g_strdup_printf ("%s could not be read, and are made anew; the first hour in them is that of %s", name, since);
  g_autoptr (GArray) ready = sql_ready_new ();
  sql_ready_pack (ready, damage->pack, damage->point, damage->number, cells);
  making->ready = ready;
  making->text = text;
  if (!sql_sealing_step (repair->store, SQL_WRITE, sealing, write_pack, making, mine, error))
    return FALSE;
  if (*mine)
    g_string_append_printf (repair->report, "repaired: %s\n", text);
  return TRUE;
}

/* As often as servers that seal come between. */
static gboolean
repair_pack (Repair *repair, gint64 shard, const SqlDamage *damage, GError **error)
{
  Making making = { .repair = repair, .damage = damage };
  gboolean mine = FALSE;

  while (!mine) {
    SqlSealing sealing;
    if (!sql_sealing (repair->store, shard, &sealing, error) || !make_pack (&making, &sealing, &mine, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- all of them --------------------------------------------------------------------------- */

static gboolean
repair_shard (Repair *repair, gint64 shard, GError **error)
{
  g_autoptr (GArray) packs = g_array_new (FALSE, FALSE, sizeof (SqlDamage));

  if (!sql_find_damage (repair->store, shard, packs, error))
    return FALSE;
  for (guint i = 0; i < packs->len; i++) {
    const SqlDamage *damage = &g_array_index (packs, SqlDamage, i);
    g_autoptr (GError) why = NULL;
    if (repair_pack (repair, shard, damage, &why))
      continue;
    if (!g_error_matches (why, DATA_ERROR, DATA_ERROR_DAMAGED)) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
    g_autofree char *name = sql_name_pack (repair->store, damage->pack, damage->point, damage->number);
    g_string_append_printf (repair->report, "not repaired: %s: %s\n", name, why->message);
    g_array_append_val (repair->left, *damage);
  }
  return TRUE;
}

/* One whose database is away does not keep the others from being repaired. */
gboolean
sql_repair (DataStore *store, const GdpNetwork *network, const char *who, gint64 now, GString *report, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GArray) shards = sql_shards (self, error), left = g_array_new (FALSE, FALSE, sizeof (SqlDamage));
  Repair repair = { self, network, who, now, report, left };
  gboolean ok = shards != NULL;

  for (guint i = 0; shards != NULL && i < shards->len; i++) {
    const SqlShard *shard = &g_array_index (shards, SqlShard, i);
    ok = repair_shard (&repair, shard->number, ok ? error : NULL) && ok;
  }
  return ok;
}
