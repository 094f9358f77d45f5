/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of figures: those of the hours of a month in few bytes, of the days of a year quick to read. Pure.
 *
 * Lossless; the same figures give the same bytes. Hours take about 12 bytes; of days there is a twenty-fourth as much,
 * and ten years of eight points are read at once: they take 12 to 22.
 *
 * Layout (numbers and columns as packing.h has them):
 *   byte      version: 1 of hours, 3 of days
 *   varint    n, how many cells have readings
 *   byte      d: values are counted in 10^-d; 15: they are doubles, 8 bytes each, highest first
 *   number    the first cell: hours or days since 1970
 *   columns   of n: cells since the first; readings less one; µs from the cell's start to its first reading, from
 *             there to the last; µs of that without a value, with one that is not good;
 *             1024 × worst + 4 × last reason + 2 × (has extremes) + (the last has a value)
 *   3 columns (or runs of doubles) of those that have one: min; max − min (max); last − min (last)
 *   doubles   the sums of those with a value for some time
 *   4 bytes   CRC-32C of all before, highest first
 * (When n is 0 there is nothing between d and CRC.) In version 3 columns are quick ones, and the first one is of how many
 * cells were left out before each.
 *
 * Blocks of days that an earlier program wrote:
 *   byte      version, 2
 *   varint    n
 *   words     of n: 9 times 8 bytes, lowest first: first, last, 2^32 × count + 256 × worst + last reason, min, max, sum,
 *             last value, held, good
 *   4 bytes   CRC-32C */
#pragma once

#include "figures.h"

G_BEGIN_DECLS

/* Cells in a block at most: more than the hours of a month, and the days of a year. */
#define DATA_FIGURES_MOST 1000
#define DATA_QUICK_FROM (24 * 3600 * GDP_SECOND)   /* step of those that are quick to read */

/* @figures: DataFigures in order of time, one a cell of @step µs, none of them empty. (transfer full) */
GByteArray *data_figures_pack   (const GArray *figures, gint64 step);
/* Appends to @figures. FALSE, and nothing is appended: NEWER (another version), or NOT_A_STORE: damaged; the caller
 * says of which point and time. */
gboolean    data_figures_unpack (const guint8 *bytes, gsize size, gint64 step, GArray *figures, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The cell of @step µs that @time lies in; rounds down before 1970 too. */
gint64      data_cell_of (gint64 time, gint64 step);

G_END_DECLS
