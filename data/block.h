/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block: the readings of one point in few bytes, as a sealed hour holds them. Pure.
 *
 * Lossless bit by bit, but for which NaN it is; in the order given; the same readings give the same bytes.
 * A block needs nothing beside it: it carries its own resolution, so that a later change of the point's
 * alters nothing that is stored.
 *
 * Layout (numbers and columns as packing.h has them):
 *   byte      version, 1
 *   varint    n, how many readings
 *   byte      e + 16u + 64d
 *             e 0–12: the resolution is a folded varint / 10^e; 15: it is a double, 8 bytes, highest first
 *             u 0–2: times are counted in 1 µs, 1 ms or 1 s from the first one on
 *             d: what the column of delays holds: 0 received − time, 1 received − first time (µs both)
 *   ….        the resolution
 *   number    first time, µs UTC
 *   varint    period p, in units of time
 *   column    n − 1 beats b: how many periods after the one before each reading came
 *   column    n − 1 jitters j: time = first time + unit × (p × (sum of b so far) + j)
 *   column    n delays
 *   column    n × (4 × reason + kind); kind 0: value on the grid, 1: no value (NaN), 2: exact
 *   column    of those on the grid which n of it they are (gdp/grid.h)
 *   doubles   of those that are exact, 8 bytes each, highest first
 *   4 bytes   CRC-32C of all before, highest first; so it will be in every version
 * (When n is 0 there is nothing between resolution and CRC.) */
#pragma once

#include "gdp/changes.h"

G_BEGIN_DECLS

/* Readings in a block at most: an hour at 277 a second, from one point. The quickest poll is 5 a second;
 * whoever seals must still expect that an hour is refused, or one unit that babbles stops all sealing. */
#define DATA_BLOCK_MOST 1000000
/* Times of a block are within so many µs of 1970: until the year 2255. */
#define DATA_BLOCK_FARTHEST (G_GINT64_CONSTANT (1) << 53)

/**
 * data_block_encode:
 * @readings: GdpReading, best in order of time; their points and numbers are left out
 * @resolution: the point's, finite, > 0; what is not on its grid takes 8 bytes
 *
 * Returns: (transfer full): the block, or NULL with DATA_ERROR_REFUSED: too many, a time too far off, or a
 * reason beyond 255
 */
GByteArray *data_block_encode (const GArray *readings, double resolution, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * data_block_decode:
 * @point: the point's key, for the readings
 * @readings: GdpReading are appended, their `seq` 0; on error it is as it was
 *
 * FALSE: NEWER (another version), or NOT_A_STORE: damaged; says what of it and where. The caller says of which
 * point and hour. Bounded in memory and time whatever the bytes are.
 */
gboolean data_block_decode (const guint8 *bytes, gsize size, gint64 point, GArray *readings, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
