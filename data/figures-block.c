/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures-block.h"

#include "crc32c.h"
#include "packing.h"
#include "store.h"

#include <math.h>
#include <string.h>

#define PACKED 1     /* versions */
#define PLAIN  2
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

static gboolean
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
put_values (GByteArray *bytes, const GArray *figures, const Value *value, guint decimals)
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
    data_pack_numbers (bytes, numbers, n);
}

/* What was put of @figures from @first on, whose `kinds` are known. */
static gboolean
get_values (DataPacked *packed, GArray *figures, guint first, const gint64 *kinds, const Value *value, guint decimals)
{
  guint n_cells = figures->len - first;
  g_autofree gint64 *numbers = g_new (gint64, n_cells);
  gsize n = 0, at = 0;

  for (guint i = 0; i < n_cells; i++)
    n += (kinds[i] & value->flag) != 0;
  if (decimals != DOUBLES && !data_unpack_numbers (packed, numbers, n))
    return FALSE;
  for (gsize i = 0; i < n && decimals != DOUBLES; i++)
    if (!is_within (numbers[i], -DATA_PACKED_MOST, DATA_PACKED_MOST))
      return FALSE;
  for (guint i = 0; i < n_cells; i++) {
    DataFigures *its = &g_array_index (figures, DataFigures, first + i);
    if (!(kinds[i] & value->flag))
      *member (its, value->offset) = NAN;
    else if (decimals != DOUBLES)
      *member (its, value->offset) = (double) (numbers[at++] + scaled (its, value->base, decimals)) / powers[decimals];
    else if (!get_double (packed, member (its, value->offset)) || isnan (*member (its, value->offset)))
      return FALSE;
  }
  return TRUE;
}

/* ---- cells ------------------------------------------------------------------------------- */

static void
put_columns (GByteArray *bytes, const GArray *figures, gint64 step, gint64 first)
{
  g_autofree gint64 *columns = g_new (gint64, (gsize) N_COLUMNS * figures->len);

  for (guint i = 0; i < figures->len; i++) {
    const DataFigures *its = &g_array_index (figures, DataFigures, i);
    gint64 cell = data_cell_of (its->first, step);
    const gint64 row[N_COLUMNS] = {
      cell - first, its->count - 1, its->first - cell * step, its->last - its->first,
      its->last - its->first - its->held, its->held - its->good,
      1024 * (gint64) its->worst + 4 * (gint64) its->last_reason + kind_of (its)
    };
    for (guint column = 0; column < N_COLUMNS; column++)
      columns[column * figures->len + i] = row[column];
  }
  for (guint column = 0; column < N_COLUMNS; column++)
    data_pack_numbers (bytes, columns + column * figures->len, figures->len);
}

static void
put_packed (GByteArray *bytes, const GArray *figures, gint64 step)
{
  guint decimals = decimals_of (figures);

  g_byte_array_append (bytes, &(guint8) { (guint8) decimals }, 1);
  if (figures->len == 0)
    return;
  gint64 first = data_cell_of (g_array_index (figures, DataFigures, 0).first, step);
  data_pack_number (bytes, first);
  put_columns (bytes, figures, step, first);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    put_values (bytes, figures, &values[i], decimals);
  for (guint i = 0; i < figures->len; i++)
    if (g_array_index (figures, DataFigures, i).held > 0)
      put_double (bytes, g_array_index (figures, DataFigures, i).sum);
}

/* ---- plain cells ------------------------------------------------------------------------- */

/* Words of a cell: both times, count with reasons, the doubles, both lengths. */
#define N_WORDS 9

static void
put_plain (GByteArray *bytes, const GArray *figures)
{
  for (guint i = 0; i < figures->len; i++) {
    const DataFigures *its = &g_array_index (figures, DataFigures, i);
    guint64 words[N_WORDS] = { (guint64) its->first, (guint64) its->last,
                               (guint64) its->count << 32 | (guint64) its->worst << 8 | (guint64) its->last_reason };
    memcpy (&words[3], (const double[]) { its->min, its->max, its->sum, its->last_value }, 4 * sizeof (double));
    words[7] = (guint64) its->held;
    words[8] = (guint64) its->good;
    for (guint k = 0; k < N_WORDS; k++)
      words[k] = GUINT64_TO_LE (words[k]);
    g_byte_array_append (bytes, (const guint8 *) words, sizeof words);
  }
}

static gboolean
get_plain (DataPacked *packed, GArray *figures, guint first_cell, gint64 step)
{
  guint n = figures->len - first_cell;

  if ((gsize) (packed->end - packed->at) != n * N_WORDS * sizeof (guint64))
    return FALSE;
  for (guint i = 0; i < n; i++, packed->at += N_WORDS * sizeof (guint64)) {
    DataFigures *its = &g_array_index (figures, DataFigures, first_cell + i);
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
    if (its->count == 0 || its->last < its->first || data_cell_of (its->last, step) != data_cell_of (its->first, step)
        || its->good < 0 || its->held < its->good
        || (i > 0 && data_cell_of (its->first, step) <= data_cell_of (its[-1].first, step)))
      return FALSE;
  }
  return TRUE;
}

/* ---- blocks ------------------------------------------------------------------------------ */

GByteArray *
data_figures_pack (const GArray *figures, gint64 step)
{
  GByteArray *bytes = g_byte_array_new ();
  gboolean plain = step >= DATA_PLAIN_FROM;

  g_assert (figures->len <= DATA_FIGURES_MOST);
  g_byte_array_append (bytes, &(guint8) { plain ? PLAIN : PACKED }, 1);
  data_pack_size (bytes, figures->len);
  if (plain)
    put_plain (bytes, figures);
  else
    put_packed (bytes, figures, step);
  guint32 crc = GUINT32_TO_BE (data_crc32c (bytes->data, bytes->len));
  g_byte_array_append (bytes, (const guint8 *) &crc, CRC_SIZE);
  return bytes;
}

/* Of every cell; FALSE: what no figures are. */
static gboolean
set_columns (GArray *figures, guint first_cell, const gint64 *columns, gsize n, gint64 step, gint64 first)
{
  for (gsize i = 0; i < n; i++) {
    const gint64 *row = columns + i;   /* CELL is the first column: row[-1] is that of the cell before */
    gint64 length = row[LENGTH * n], valueless = row[VALUELESS * n];
    if (!is_within (row[CELL * n], i > 0 ? row[-1] + 1 : 0, i > 0 ? DATA_PACKED_MOST / step : 0)
        || !is_within (row[COUNT * n], 0, G_MAXUINT32 - 1) || !is_within (row[START * n], 0, step - 1)
        || !is_within (length, 0, step - 1) || !is_within (valueless, 0, length)
        || !is_within (row[NOT_GOOD * n], 0, length - valueless) || row[KIND * n] >> 18 != 0)
      return FALSE;
    DataFigures its = {
      .count = (guint32) (row[COUNT * n] + 1), .first = (first + row[CELL * n]) * step + row[START * n],
      .worst = (GdpReason) (row[KIND * n] >> 10), .last_reason = (GdpReason) (row[KIND * n] >> 2 & 255),
      .held = length - valueless,
    };
    its.last = its.first + length;
    its.good = its.held - row[NOT_GOOD * n];
    g_array_index (figures, DataFigures, first_cell + i) = its;
  }
  return TRUE;
}

/* After version and number of cells. */
static gboolean
get_packed (DataPacked *packed, GArray *figures, guint first_cell, gint64 step)
{
  gsize n = figures->len - first_cell;
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
  if (!set_columns (figures, first_cell, columns, n, step, first))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (!get_values (packed, figures, first_cell, columns + KIND * n, &values[i], decimals))
      return FALSE;
  for (gsize i = first_cell; i < figures->len; i++) {
    DataFigures *its = &g_array_index (figures, DataFigures, i);
    if (its->held > 0 && !get_double (packed, &its->sum))
      return FALSE;
  }
  return TRUE;
}

static gboolean
unpack (DataPacked *packed, gint64 step, GArray *figures)
{
  guint before = figures->len;
  guint8 version = *packed->at++;
  guint64 n;

  if ((version == PLAIN) != (step >= DATA_PLAIN_FROM) || !data_unpack_size (packed, &n) || n > DATA_FIGURES_MOST)
    return FALSE;
  g_array_set_size (figures, before + (guint) n);
  if ((version == PLAIN ? get_plain (packed, figures, before, step) : get_packed (packed, figures, before, step))
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
  if (bytes[0] != PACKED && bytes[0] != PLAIN) {
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
