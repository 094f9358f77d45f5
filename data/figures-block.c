/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures-block.h"

#include "crc32c.h"
#include "packing.h"
#include "store.h"

#include <math.h>
#include <string.h>

enum { PACKED = 1, PLAIN, QUICK };   /* versions */
#define MOST_DECIMALS 9
#define DOUBLES 15
#define CRC_SIZE 4

enum { CELL, COUNT, START, LENGTH, VALUELESS, NOT_GOOD, KIND, N_COLUMNS };
#define HAS_EXTREMES 2
#define HAS_LAST 1

gint64
data_cell_of (gint64 time, gint64 step)
{
  return time / step - (time % step < 0);
}

/* ---- values ------------------------------------------------------------------------------ */

static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
G_STATIC_ASSERT (G_N_ELEMENTS (powers) == MOST_DECIMALS + 1);

static gboolean
is_exact (double value, guint decimals)
{
  double scaled = value * powers[decimals];

  return isnan (value) || (fabs (scaled) < 1e15 && rint (scaled) / powers[decimals] == value
                           && !(value == 0 && signbit (value)));
}

/* The fewest that show all values exactly; DOUBLES when none do. */
static guint
decimals_of (const GArray *figures)
{
  guint decimals = 0;

  for (guint i = 0; i < figures->len; i++) {
    const DataFigures *its = &g_array_index (figures, DataFigures, i);
    while (!is_exact (its->min, decimals) || !is_exact (its->max, decimals) || !is_exact (its->last_value, decimals))
      if (decimals++ == MOST_DECIMALS)
        return DOUBLES;
  }
  return decimals;
}

static void
put_double (GByteArray *bytes, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_BE (bits);
  g_byte_array_append (bytes, (const guint8 *) &bits, sizeof bits);
}

static inline gboolean
get_double (DataPacked *packed, double *value)
{
  guint64 bits;

  if ((gsize) (packed->end - packed->at) < sizeof bits)
    return FALSE;
  memcpy (&bits, packed->at, sizeof bits);
  bits = GUINT64_FROM_BE (bits);
  memcpy (value, &bits, sizeof bits);
  packed->at += sizeof bits;
  return TRUE;
}

static gboolean
is_within (gint64 number, gint64 least, gint64 most)
{
  return number >= least && number <= most;
}

/* The three that are stored of each cell, of those that have them: `base` is what it is counted from. */
typedef struct { gsize offset, base; int flag; } Value;
static const Value values[] = {
  { G_STRUCT_OFFSET (DataFigures, min), 0, HAS_EXTREMES },
  { G_STRUCT_OFFSET (DataFigures, max), G_STRUCT_OFFSET (DataFigures, min), HAS_EXTREMES },
  { G_STRUCT_OFFSET (DataFigures, last_value), G_STRUCT_OFFSET (DataFigures, min), HAS_LAST },
};

static double *
member (DataFigures *figures, gsize offset)
{
  return G_STRUCT_MEMBER_P (figures, offset);
}

static gint64
scaled (const DataFigures *figures, gsize offset, guint decimals)
{
  double value = offset == 0 ? 0 : G_STRUCT_MEMBER (double, figures, offset);

  return isnan (value) ? 0 : (gint64) rint (value * powers[decimals]);
}

static int
kind_of (const DataFigures *its)
{
  return (isnan (its->min) ? 0 : HAS_EXTREMES) | (isnan (its->last_value) ? 0 : HAS_LAST);
}

static void
put_numbers (GByteArray *bytes, const gint64 *numbers, gsize n, guint version)
{
  (version == QUICK ? data_pack_quick : data_pack_numbers) (bytes, numbers, n);
}

static void
put_values (GByteArray *bytes, const GArray *figures, const Value *value, guint decimals, guint version)
{
  g_autofree gint64 *numbers = g_new (gint64, figures->len);
  gsize n = 0;

  for (guint i = 0; i < figures->len; i++) {
    const DataFigures *its = &g_array_index (figures, DataFigures, i);
    if (!(kind_of (its) & value->flag))
      continue;
    if (decimals == DOUBLES)
      put_double (bytes, G_STRUCT_MEMBER (double, its, value->offset));
    else
      numbers[n++] = scaled (its, value->offset, decimals) - scaled (its, value->base, decimals);
  }
  if (decimals != DOUBLES)
    put_numbers (bytes, numbers, n, version);
}

static gboolean
get_doubles (DataPacked *packed, DataFigures *cells, gsize n, const gint64 *kinds, const Value *value)
{
  for (gsize i = 0; i < n; i++)
    if ((kinds[i] & value->flag)
        && (!get_double (packed, member (&cells[i], value->offset)) || isnan (*member (&cells[i], value->offset))))
      return FALSE;
  return TRUE;
}

/* @some of @n cells have it. @bases: what the numbers of each cell are counted from: 0, then its min. @numbers: room for @n. */
static gboolean
get_numbers (DataPacked *packed, DataFigures *cells, gsize n, const gint64 *kinds, const Value *value, gsize some, guint decimals,
             gint64 *bases, gint64 *numbers)
{
  gboolean is_base = value->base == 0;

  if (!data_unpack_numbers (packed, numbers, some))
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    if (!(kinds[i] & value->flag))
      continue;
    if (!is_within (*numbers, -DATA_PACKED_MOST, DATA_PACKED_MOST))
      return FALSE;
    gint64 number = bases[i] + *numbers++;
    *member (&cells[i], value->offset) = (double) number / powers[decimals];
    if (is_base)
      bases[i] = number;
  }
  return TRUE;
}

/* Of @n @cells whose `kinds` are known. */
static gboolean
get_values (DataPacked *packed, DataFigures *cells, gsize n, const gint64 *kinds, guint decimals)
{
  g_autofree gint64 *bases = g_new0 (gint64, n), *numbers = g_new (gint64, n);
  gsize some[HAS_EXTREMES + 1] = { 0 };

  for (gsize i = 0; i < n; i++) {
    some[HAS_EXTREMES] += (kinds[i] & HAS_EXTREMES) != 0;
    some[HAS_LAST] += kinds[i] & HAS_LAST;
  }
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (!(decimals == DOUBLES ? get_doubles (packed, cells, n, kinds, &values[i])
          : get_numbers (packed, cells, n, kinds, &values[i], some[values[i].flag], decimals, bases, numbers)))
      return FALSE;
  for (gsize i = 0; i < n; i++)
    if (cells[i].held > 0 && !get_double (packed, &cells[i].sum))
      return FALSE;
  return TRUE;
}

/* ---- cells ------------------------------------------------------------------------------- */

static void
put_columns (GByteArray *bytes, const GArray *figures, gint64 step, gint64 first, guint version)
{
  gint64 base = first;   /* what a cell's number is counted from */
  g_autofree gint64 *columns = g_new (gint64, (gsize) N_COLUMNS * figures->len);

  for (guint i = 0; i < figures->len; i++) {
    const DataFigures *its = &g_array_index (figures, DataFigures, i);
    gint64 cell = data_cell_of (its->first, step);
    const gint64 row[N_COLUMNS] = {
      cell - base, its->count - 1, its->first - cell * step, its->last - its->first,
      its->last - its->first - its->held, its->held - its->good,
      1024 * (gint64) its->worst + 4 * (gint64) its->last_reason + kind_of (its)
    };
    for (guint column = 0; column < N_COLUMNS; column++)
      columns[column * figures->len + i] = row[column];
    if (version == QUICK)
      base = cell + 1;
  }
  for (guint column = 0; column < N_COLUMNS; column++)
    put_numbers (bytes, columns + column * figures->len, figures->len, version);
}

static void
put_cells (GByteArray *bytes, const GArray *figures, gint64 step, guint version)
{
  guint decimals = decimals_of (figures);

  g_byte_array_append (bytes, &(guint8) { (guint8) decimals }, 1);
  if (figures->len == 0)
    return;
  gint64 first = data_cell_of (g_array_index (figures, DataFigures, 0).first, step);
  data_pack_number (bytes, first);
  put_columns (bytes, figures, step, first, version);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    put_values (bytes, figures, &values[i], decimals, version);
  for (guint i = 0; i < figures->len; i++)
    if (g_array_index (figures, DataFigures, i).held > 0)
      put_double (bytes, g_array_index (figures, DataFigures, i).sum);
}

/* Of every cell; FALSE: what no figures are. */
static gboolean
set_columns (DataFigures *cells, const gint64 *columns, gsize n, gint64 step, gint64 first, guint version)
{
  gint64 base = first, least = first, most = first;

  for (gsize i = 0; i < n; i++) {
    const gint64 *row = columns + i;
    gint64 length = row[LENGTH * n], valueless = row[VALUELESS * n];
    if (!is_within (row[CELL * n], 0, DATA_PACKED_MOST / step) || !is_within (base + row[CELL * n], least, most)
        || !is_within (row[COUNT * n], 0, G_MAXUINT32 - 1) || !is_within (row[START * n], 0, step - 1)
        || !is_within (length, 0, step - 1) || !is_within (valueless, 0, length)
        || !is_within (row[NOT_GOOD * n], 0, length - valueless) || row[KIND * n] >> 18 != 0)
      return FALSE;
    gint64 cell = base + row[CELL * n], start = cell * step + row[START * n];
    cells[i] = (DataFigures) {
      .count = (guint32) (row[COUNT * n] + 1), .first = start, .last = start + length,
      .worst = (GdpReason) (row[KIND * n] >> 10), .last_reason = (GdpReason) (row[KIND * n] >> 2 & 255),
      .last_value = NAN, .min = NAN, .max = NAN, .held = length - valueless,
      .good = length - valueless - row[NOT_GOOD * n],
    };
    least = cell + 1;
    most = first + DATA_PACKED_MOST / step;
    base = version == QUICK ? least : first;
  }
  return TRUE;
}

/* After version and number of cells. */
static gboolean
get_cells (DataPacked *packed, DataFigures *cells, gsize n, gint64 step, guint version)
{
  g_autofree gint64 *columns = g_new (gint64, N_COLUMNS * n);
  gint64 first;

  if (packed->at == packed->end || (*packed->at > MOST_DECIMALS && *packed->at != DOUBLES))
    return FALSE;
  guint decimals = *packed->at++;
  if (n == 0)
    return TRUE;
  if (!data_unpack_number (packed, &first) || !is_within (first, -DATA_PACKED_MOST / step, DATA_PACKED_MOST / step))
    return FALSE;
  for (guint column = 0; column < N_COLUMNS; column++)
    if (!data_unpack_numbers (packed, columns + column * n, n))
      return FALSE;
  return set_columns (cells, columns, n, step, first, version) && get_values (packed, cells, n, columns + KIND * n, decimals);
}

/* ---- plain cells, as they were once written ---------------------------------------------------- */

/* Words of a cell: both times, count with reasons, the doubles, both lengths. */
#define N_WORDS 9

/* What readings amount to, in one cell that lies where others can, too. */
static gboolean
is_sound (const DataFigures *its, gint64 step)
{
  return its->count > 0 && is_within (its->first, -DATA_PACKED_MOST / 2, DATA_PACKED_MOST / 2) && its->last >= its->first
         && data_cell_of (its->last, step) == data_cell_of (its->first, step)
         && its->good >= 0 && its->held >= its->good && its->held <= its->last - its->first
         && isnan (its->min) == isnan (its->max) && (its->held > 0 || its->sum == 0);
}

static gboolean
get_plain (DataPacked *packed, DataFigures *cells, gsize n, gint64 step)
{
  if ((gsize) (packed->end - packed->at) != n * N_WORDS * sizeof (guint64))
    return FALSE;
  for (gsize i = 0; i < n; i++, packed->at += N_WORDS * sizeof (guint64)) {
    DataFigures *its = &cells[i];
    guint64 words[N_WORDS];
    double doubles[4];
    memcpy (words, packed->at, sizeof words);
    for (guint k = 0; k < N_WORDS; k++)
      words[k] = GUINT64_FROM_LE (words[k]);
    memcpy (doubles, &words[3], sizeof doubles);
    *its = (DataFigures) { .first = (gint64) words[0], .last = (gint64) words[1], .count = (guint32) (words[2] >> 32),
                           .worst = (GdpReason) (words[2] >> 8 & 255), .last_reason = (GdpReason) (words[2] & 255),
                           .min = doubles[0], .max = doubles[1], .sum = doubles[2], .last_value = doubles[3],
                           .held = (gint64) words[7], .good = (gint64) words[8] };
    if (!is_sound (its, step) || (i > 0 && data_cell_of (its->first, step) <= data_cell_of (its[-1].first, step)))
      return FALSE;
  }
  return TRUE;
}

/* ---- blocks ------------------------------------------------------------------------------ */

GByteArray *
data_figures_pack (const GArray *figures, gint64 step)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 version = step >= DATA_QUICK_FROM ? QUICK : PACKED;

  g_assert (figures->len <= DATA_FIGURES_MOST);
  g_byte_array_append (bytes, &version, 1);
  data_pack_size (bytes, figures->len);
  put_cells (bytes, figures, step, version);
  guint32 crc = GUINT32_TO_BE (data_crc32c (bytes->data, bytes->len));
  g_byte_array_append (bytes, (const guint8 *) &crc, CRC_SIZE);
  return bytes;
}

static gboolean
unpack (DataPacked *packed, gint64 step, GArray *figures)
{
  guint before = figures->len;
  guint8 version = *packed->at++;
  guint64 n;

  if ((version != PACKED) != (step >= DATA_QUICK_FROM) || !data_unpack_size (packed, &n) || n > DATA_FIGURES_MOST)
    return FALSE;
  g_array_set_size (figures, before + (guint) n);
  DataFigures *cells = n > 0 ? &g_array_index (figures, DataFigures, before) : NULL;
  if ((version == PLAIN ? get_plain (packed, cells, n, step) : get_cells (packed, cells, n, step, version))
      && packed->at == packed->end)
    return TRUE;
  g_array_set_size (figures, before);
  return FALSE;
}

gboolean
data_figures_unpack (const guint8 *bytes, gsize size, gint64 step, GArray *figures, GError **error)
{
  guint32 crc = 0;

  if (size > CRC_SIZE)
    memcpy (&crc, bytes + size - CRC_SIZE, CRC_SIZE);
  if (size <= CRC_SIZE || GUINT32_FROM_BE (crc) != data_crc32c (bytes, size - CRC_SIZE)) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "a block of figures is damaged: its checksum does not match");
    return FALSE;
  }
  if (bytes[0] < PACKED || bytes[0] > QUICK) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_NEWER, "a block of figures is of version %u, which this program does not "
                 "know; use a newer one", bytes[0]);
    return FALSE;
  }
  DataPacked packed = { bytes, bytes + size - CRC_SIZE };
  if (unpack (&packed, step, figures))
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "a block of figures is damaged, though its checksum matches");
  return FALSE;
}
