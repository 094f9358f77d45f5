/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of sealed history share:
 *   sql-sealed.c   the rows of sealed hours, of the months and years above them, and how far all that is
 *   sql-seal.c     the pass that moves hot rows into hours
 *   sql-aside.c    what no hour takes
 *   sql-pack.c     the pass that packs days that are over, and lets go what is kept no longer
 *   sql-history.c  reading: readings
 *   sql-trend.c    reading: bars of figures
 *   sql-verify.c   whether all of it can be read
 *   sql-repair.c   making anew what can be made of what is below it
 *
 * Points are in shards, by their keys. SQLite has one; on PostgreSQL a region may have its own, in another database
 * (postgres/shards.sql). Each is sealed and packed by itself, so that one that is away keeps no other waiting, and is not
 * asked for hours from end_hour on, of which it has none but what is hot here as well.
 *
 * A reading is in exactly one place. It is committed as a row of `sample` (hot). A pass moves a shard's rows up to a number,
 * seal_seq, into the blocks of `sample_hour`, point by point in the order of their keys: those of points up to
 * seal_point are there already and count no more, though their rows are deleted later. When all points are done,
 * sealed_seq is what seal_seq was: no row of the shard up to it counts; and none of any shard up to meta's trimmed_seq,
 * the least of all shards. Each step is one transaction that says how far it is.
 *
 * What no block takes (data/block.h says when), or what belongs to an hour whose block is damaged, goes into
 * `sample_aside`, as rows like those of `sample`, for good. There a row counts when in `sample` it counts no more.
 *
 * `sample_month` has the figures of hours, `sample_year` those of days, packed, of days before `packed` (and before
 * `packing` of points up to pack_point): of later ones they are got from the hours. An hour that is opened again in
 * a packed day is mended in both in the same transaction. */
#pragma once

#include "figures-block.h"
#include "sql-private.h"
#include "trend.h"

G_BEGIN_DECLS

/* The shard that the point with this key is in, and the least key that is in a shard. */
#define SQL_SHARD_OF(point)    ((point) >> 32)
#define SQL_SHARD_FIRST(shard) ((shard) << 32)

typedef struct {
  gint64   number;
  char    *name;
  gboolean elsewhere;   /* in another database */
} SqlShard;
GArray  *sql_shards  (SqlStore *self, GError **error);   /* SqlShard, by number */

/* A shard's row of `sealing`. Who makes a step finds `step` as it read it, or another server is at it. */
typedef struct {
  gint64 shard, step;
  gint64 sealed_seq, seal_seq, seal_point;
  gint64 packed, packing, pack_point;   /* days since 1970 */
  gint64 end_hour;                      /* hours that are sealed are before it; G_MAXINT64: nobody knows */
} SqlSealing;

gboolean sql_sealing (SqlStore *self, gint64 shard, SqlSealing *sealing, GError **error);
/* Rows of @point up to this number are in hours. */
gint64   sql_sealed_until (const SqlSealing *sealing, gint64 point);
gboolean sql_is_stopped (const DataSealing *how);
/* The day (since 1970) before which @point's figures are packed. */
gint64   sql_packed_until (const SqlSealing *sealing, gint64 point);

/* One transaction of a pass: whether it is still @sealing's turn, then @write, then @sealing with the next step.
 * @kind: SQL_WRITE_ASIDE: @write has no @meta (NULL), and commits of measurements go on meanwhile where the engine can; or
 * SQL_WRITE. @mine: (out): FALSE: another server was faster; nothing was written. */
typedef gboolean (*SqlStepFunc) (SqlStore *self, SqlMeta *meta, gpointer data, GError **error);
gboolean sql_sealing_step (SqlStore *self, SqlTransaction kind, SqlSealing *sealing, SqlStepFunc write, gpointer data,
                           gboolean *mine, GError **error);

/* ---- hours ------------------------------------------------------------------------------ */

/* The columns of a row's figures, and those read from a row that begins with them. */
#define SQL_FIGURES "count, first, last, min, max, sum, held, good, last_value, last_reason, worst"
#define SQL_N_FIGURES 11
DataFigures sql_read_figures (SqlQuery query);

/* For people: "GDP-003/inlet1 (point 17), 2026-11-23 05:00 UTC". (transfer full) */
char    *sql_name_hour   (SqlStore *self, gint64 point, gint64 hour);
/* Appends the GdpReading of one hour. FALSE with DAMAGED or NEWER: it cannot be read; names point and hour. */
gboolean sql_decode_hour (SqlStore *self, gint64 point, gint64 hour, const guint8 *bytes, gsize size, GArray *readings,
                          GError **error);
/* The same from the store; an hour that is not there has none. */
gboolean sql_load_hour   (SqlStore *self, gint64 point, gint64 hour, GArray *readings, GError **error);
/* Whether they are the same reading: alike in all that a block keeps. */
gboolean sql_same_reading (const GdpReading *a, const GdpReading *b);

/* What is asked of a point: cells (hours or days) from @since to @until (since 1970, exclusive), as DataFigures to be
 * appended to @figures. Several points, each once, are asked together: on a network that is one wait instead of many. */
typedef struct {
  gint64  point, since, until;
  GArray *figures;
} SqlCells;
#define SQL_AT_ONCE 8   /* points at most */
/* In SQL, and in sql_query () with SQL_IIIIIIII before the types of other parameters, which are numbered from 9 on. */
#define SQL_POINTS  "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
#define SQL_IIIIIIII "iiiiiiii"
#define SQL_EACH(points) (points)[0], (points)[1], (points)[2], (points)[3], (points)[4], (points)[5], (points)[6], (points)[7]

/* Of sealed hours. */
gboolean sql_load_hours  (SqlStore *self, const SqlCells *asked, guint n, GError **error);

/* ---- packs ------------------------------------------------------------------------------ */

typedef struct {
  gint64      step;                           /* of a cell, µs */
  gint64    (*of_day)    (gint64 day);        /* the pack that a day is in */
  gint64    (*first_day) (gint64 number);
  const char *select, *put;
} SqlPack;
extern const SqlPack sql_months, sql_years;

/* For people: "the figures of GDP-003/inlet1 (point 17), 2026-11-01 00:00 UTC and a month on". (transfer full) */
char    *sql_name_pack  (SqlStore *self, const SqlPack *pack, gint64 point, gint64 number);

/* Of packed cells, in order of their points and times. A damaged pack is made up for from below. */
gboolean sql_load_cells (SqlStore *self, const SqlPack *pack, const SqlCells *asked, guint n, GError **error);
/* The same, told a pack at a time; nothing is appended. */
typedef void (*SqlCellsFunc) (const SqlCells *asked, const DataFigures *figures, guint n, gpointer user_data);
gboolean sql_walk_cells (SqlStore *self, const SqlPack *pack, const SqlCells *asked, guint n, SqlCellsFunc func,
                         gpointer user_data, GError **error);
/* Puts @cell in its place among @figures, in order of time, or in place of the one for the same time. */
void     sql_set_cell   (GArray *figures, const DataFigures *cell, gint64 step);
/* Joins those of @figures that lie in the cell @number of @step. FALSE: none does. */
gboolean sql_join_cells (const GArray *figures, gint64 number, gint64 step, gint64 hold, DataFigures *joined);

/* ---- what is damaged ---------------------------------------------------------------------- */

typedef struct {
  const SqlPack *pack;
  gint64         point, number;
} SqlDamage;
/* Appends the packs of a shard that cannot be read to @packs: months, then years. */
gboolean sql_find_damage (SqlStore *self, gint64 shard, GArray *packs, GError **error);
/* Of a row of SQL_FIGURES, block, point, hour. FALSE, with DAMAGED: they do not fit together, or it cannot be read. What can be
 * is appended to @readings. */
gboolean sql_check_hour  (SqlStore *self, SqlQuery row, GArray *readings, GError **error);

/* ---- what is ready to be written ---------------------------------------------------------- */

typedef struct {
  const SqlPack *pack;        /* NULL = an hour */
  gint64         point, number;
  DataFigures    figures;     /* of an hour */
  GBytes        *block;
} SqlReady;
GArray  *sql_ready_new  (void);
void     sql_ready_pack (GArray *ready, const SqlPack *pack, gint64 point, gint64 number, const GArray *figures);
/* Within a transaction. */
gboolean sql_put_ready  (SqlStore *self, const GArray *ready, GError **error);

/* Of @point's @hours (DataFigures) in packed days: their months and years, mended, into @ready. */
gboolean sql_mend_packs (SqlStore *self, gint64 point, const GArray *hours, gint64 hold, GArray *ready, GError **error);
/* Of a shard, packs what is due of days that are over, and deletes what is kept no longer. */
gboolean sql_pack_days  (SqlStore *self, gint64 shard, const GdpNetwork *network, const DataSealing *how, GError **error);

/* ---- what no hour takes -------------------------------------------------------------------- */

/* Of one point and hour: @readings are to be put aside, because of @why. */
typedef struct {
  const GdpReading *readings;
  guint             n;
  char             *why;
} SqlAside;
GArray  *sql_aside_new (void);   /* SqlAside */
/* In transactions of its own, each @sealing's next step; the first one of an hour is told in the journal. */
gboolean sql_put_aside (SqlStore *self, const GdpNetwork *network, const DataSealing *how, SqlSealing *sealing,
                        const GArray *aside, gboolean *mine, GError **error);
/* Those of @sealing's shard that are kept no longer; they stay in the figures of their days. */
gboolean sql_drop_aside (SqlStore *self, const GdpNetwork *network, const DataSealing *how, SqlSealing *sealing, gboolean *mine,
                         GError **error);

/* ---- reading ------------------------------------------------------------------------------- */

/* A question, of one moment. */
typedef struct {
  SqlStore  *store;
  SqlSealing sealing;    /* of the shard turned to */
  SqlMeta    meta;
  GError    *damage;     /* the first; what can be read goes on */
} SqlReader;
gboolean sql_reader_begin (SqlReader *reader, GError **error);
/* To the shard that @point is in, before rows of it are loaded. */
gboolean sql_reader_turn  (SqlReader *reader, gint64 point, GError **error);
/* @damage: (out, optional): what could not be read, if @ok. */
void     sql_reader_end   (SqlReader *reader, gboolean ok, GError **damage);

/* Rows of @points, of the shard turned to, from @since to @until (µs, exclusive) that are in no hour: GdpReading by point, time, number. */
GArray  *sql_load_rows    (SqlReader *reader, const gint64 points[SQL_AT_ONCE], gint64 since, gint64 until, GError **error);
/* All readings of @point in order of time. */
gboolean sql_walk_readings (SqlReader *reader, gint64 point, gint64 since, gint64 until, DataReadingFunc func,
                           gpointer user_data, GError **error);
/* The same when @rows, of @point and in order of time, are known. */
gboolean sql_walk_hours   (SqlReader *reader, gint64 point, gint64 since, gint64 until, const GdpReading *rows, guint n,
                           DataReadingFunc func, gpointer user_data, GError **error);

/* Transactions of a pass take about so long; then as long a pause, if that lets commits go on. */
#define SQL_STEP_TIME 5000   /* µs */
#define SQL_STEP_READY 256   /* rows at most, and whatever the last point has */

G_END_DECLS
