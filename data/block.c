/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block.h"

#include <math.h>
#include <string.h>

#include "beats.h"
#include "crc32c.h"
#include "gdp/grid.h"
#include "packing.h"
#include "store.h"

#define VERSION      1
#define CRC_SIZE     4
#define SMALLEST     (1 + 1 + 1 + 1 + CRC_SIZE)   /* nothing read */
#define MOST_DECIMAL 12
#define AS_DOUBLE    15

enum { ON_GRID, NO_VALUE, EXACT, KIND = 3, REASON_SHIFT = 2 };

static const gint64 units[] = { 1, 1000, 1000000 };

/* ---- what is the same both ways ------------------------------------------------------------- */

/* Columns of a block, in room for `n` each. */
typedef struct {
  gsize   n;
  gint64  first;        /* time */
  gint64  unit, period; /* µs, units */
  gint64 *beats, *jitters, *delays, *kinds, *steps;
  gsize   n_steps;
  gint64 *times;        /* encoding: units since the first */
  gint64 *room;
} Columns;

static Columns
columns_new (gsize n)
{
  gint64 *room = g_new (gint64, 6 * n + 1);   /* not NULL */

  return (Columns) { .n = n, .unit = 1, .period = 1, .beats = room, .jitters = room + n, .delays = room + 2 * n,
                     .kinds = room + 3 * n, .steps = room + 4 * n, .times = room + 5 * n, .room = room };
}

static void
columns_clear (Columns *columns)
{
  g_free (columns->room);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Columns, columns_clear)

static void
append_big_endian (GByteArray *block, guint64 number, guint size)
{
  guint64 bytes = GUINT64_TO_BE (number);

  g_byte_array_append (block, (const guint8 *) &bytes + 8 - size, size);
}

static gboolean
is_date (gint64 time)
{
  return time >= -DATA_BLOCK_FARTHEST && time <= DATA_BLOCK_FARTHEST;
}

static double
power_of_ten (guint n)
{
  double power = 1;

  while (n-- > 0)
    power *= 10;
  return power;
}

static guint64
bits_of (double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* ---- encoding ------------------------------------------------------------------------------- */

static gboolean
check (const GArray *readings, double resolution, GError **error)
{
  if (!isfinite (resolution) || resolution <= 0) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "a resolution of %g: it has to be greater than 0", resolution);
    return FALSE;
  }
  if (readings->len > DATA_BLOCK_MOST) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%u readings in one block: %u at most", readings->len,
                 DATA_BLOCK_MOST);
    return FALSE;
  }
  for (guint i = 0; i < readings->len; i++) {
    const GdpReading *reading = &g_array_index (readings, GdpReading, i);
    if ((int) reading->reason < 0 || reading->reason > G_MAXUINT8) {
      g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "reading %u of %u: there is no reason %d", i + 1, readings->len,
                   (int) reading->reason);
      return FALSE;
    }
    if (!is_date (reading->time) || !is_date (reading->received)) {
      g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "reading %u of %u: time %" G_GINT64_FORMAT ", received %"
                   G_GINT64_FORMAT ": no date before the year 2255", i + 1, readings->len, reading->time,
                   reading->received);
      return FALSE;
    }
  }
  return TRUE;
}

/* The coarsest unit that all times are counted in without a rest. */
static guint
unit_of (const GdpReading *readings, gsize n)
{
  guint unit = G_N_ELEMENTS (units) - 1;

  for (gsize i = 1; i < n && unit > 0; i++)
    while ((readings[i].time - readings[0].time) % units[unit] != 0)
      unit--;
  return unit;
}

static void
find_times (const GdpReading *readings, Columns *columns)
{
  columns->first = readings[0].time;
  for (gsize i = 0; i < columns->n; i++)
    columns->times[i] = (readings[i].time - columns->first) / columns->unit;
  columns->period = data_beats_guess (columns->times, columns->n, GDP_SECOND / columns->unit);
  data_beats_split (columns->times, columns->n, columns->period, columns->beats, columns->jitters);
}

/* Records that came together have one time of receipt, others one delay or nearly so. */
static guint
find_delays (const GdpReading *readings, Columns *columns)
{
  gsize receipts = 0, delays = 0;

  for (gsize i = 1; i < columns->n; i++) {
    receipts += readings[i].received != readings[i - 1].received;
    delays += readings[i].received - readings[i].time != readings[i - 1].received - readings[i - 1].time;
  }
  for (gsize i = 0; i < columns->n; i++)
    columns->delays[i] = readings[i].received - (receipts < delays ? columns->first : readings[i].time);
  return receipts < delays;
}

static void
find_steps (const GdpReading *readings, const GdpGrid *grid, Columns *columns, GByteArray *exact)
{
  for (gsize i = 0; i < columns->n; i++) {
    gint64 kind = ON_GRID;
    if (isnan (readings[i].value)) {
      kind = NO_VALUE;
    } else if (gdp_grid_find (grid, readings[i].value, &columns->steps[columns->n_steps])) {
      columns->n_steps++;
    } else {
      kind = EXACT;
      append_big_endian (exact, bits_of (readings[i].value), 8);
    }
    columns->kinds[i] = (gint64) readings[i].reason << REASON_SHIFT | kind;
  }
}

/* The decimals of its resolution, or AS_DOUBLE. */
static guint
places_of (const GdpGrid *grid)
{
  for (guint places = 0; places <= MOST_DECIMAL; places++)
    if (grid->parts == power_of_ten (places) && grid->step < (double) DATA_PACKED_MOST && grid->step == floor (grid->step))
      return places;
  return AS_DOUBLE;
}

static void
append_head (GByteArray *block, gsize n, double resolution, const GdpGrid *grid, guint unit, guint delays)
{
  guint places = places_of (grid);

  g_byte_array_append (block, &(guint8) { VERSION }, 1);
  data_pack_size (block, n);
  g_byte_array_append (block, &(guint8) { places | unit << 4 | delays << 6 }, 1);
  if (places == AS_DOUBLE)
    append_big_endian (block, bits_of (resolution), 8);
  else
    data_pack_number (block, (gint64) grid->step);
}

static void
append_columns (GByteArray *block, const Columns *columns, const GByteArray *exact)
{
  data_pack_number (block, columns->first);
  data_pack_size (block, (guint64) columns->period);
  data_pack_numbers (block, columns->beats, columns->n - 1);
  data_pack_numbers (block, columns->jitters, columns->n - 1);
  data_pack_numbers (block, columns->delays, columns->n);
  data_pack_numbers (block, columns->kinds, columns->n);
  data_pack_numbers (block, columns->steps, columns->n_steps);
  g_byte_array_append (block, exact->data, exact->len);
}

GByteArray *
data_block_encode (const GArray *all, double resolution, GError **error)
{
  if (!check (all, resolution, error))
    return NULL;
  const GdpReading *readings = (const GdpReading *) (gpointer) all->data;
  GdpGrid grid = gdp_grid (resolution);
  guint unit = unit_of (readings, all->len), delays = 0;
  g_auto (Columns) columns = columns_new (all->len);
  g_autoptr (GByteArray) exact = g_byte_array_new ();
  GByteArray *block = g_byte_array_new ();

  columns.unit = units[unit];
  if (columns.n > 0) {
    find_times (readings, &columns);
    delays = find_delays (readings, &columns);
    find_steps (readings, &grid, &columns, exact);
  }
  append_head (block, columns.n, resolution, &grid, unit, delays);
  if (columns.n > 0)
    append_columns (block, &columns, exact);
  append_big_endian (block, data_crc32c (block->data, block->len), CRC_SIZE);
  return block;
}

/* ---- decoding ------------------------------------------------------------------------------- */

typedef struct {
  const guint8 *bytes;
  gsize         size;
  DataPacked    packed;
  GError      **error;
} Block;

static gboolean
damaged (const Block *block, const char *what)
{
  g_set_error (block->error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "the block of %zu bytes is damaged: %s, near byte %zu",
               block->size, what, (gsize) (block->packed.at - block->bytes));
  return FALSE;
}

static gboolean
take_big_endian (DataPacked *packed, guint64 *number, guint size)
{
  *number = 0;
  if (packed->end - packed->at < (gssize) size)
    return FALSE;
  for (guint i = 0; i < size; i++)
    *number = *number << 8 | *packed->at++;
  return TRUE;
}

static gboolean
check_whole (Block *block)
{
  guint64 crc, found;

  if (block->size < SMALLEST)
    return damaged (block, "too short");
  block->packed.end = block->bytes + block->size;
  DataPacked end = { block->packed.end - CRC_SIZE, block->packed.end };
  found = data_crc32c (block->bytes, block->size - CRC_SIZE);
  if (!take_big_endian (&end, &crc, CRC_SIZE) || crc != found) {
    g_set_error (block->error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "the block of %zu bytes is damaged: its checksum is "
                 "%08x, of its bytes it is %08x", block->size, (guint) crc, (guint) found);
    return FALSE;
  }
  if (block->bytes[0] != VERSION) {
    g_set_error (block->error, DATA_ERROR, DATA_ERROR_NEWER, "the block is of version %u, this program reads version %u",
                 block->bytes[0], VERSION);
    return FALSE;
  }
  block->packed.at++;
  block->packed.end -= CRC_SIZE;
  return TRUE;
}

static gboolean
take_head (Block *block, guint64 *n, guint8 *head, GdpGrid *grid)
{
  guint64 bits;
  gint64 step;

  if (!data_unpack_size (&block->packed, n) || *n > DATA_BLOCK_MOST || block->packed.at == block->packed.end)
    return damaged (block, "the number of readings");
  *head = *block->packed.at++;
  if ((*head >> 4 & 3) >= G_N_ELEMENTS (units) || *head >> 7 != 0)
    return damaged (block, "the unit of time");
  if ((*head & 15) == AS_DOUBLE) {
    double resolution;
    if (!take_big_endian (&block->packed, &bits, 8))
      return damaged (block, "the resolution");
    memcpy (&resolution, &bits, sizeof resolution);
    *grid = gdp_grid (resolution);
    return TRUE;
  }
  if ((*head & 15) > MOST_DECIMAL || !data_unpack_number (&block->packed, &step))
    return damaged (block, "the resolution");
  *grid = (GdpGrid) { (double) step, power_of_ten (*head & 15) };
  return TRUE;
}

static gboolean
take_columns (Block *block, Columns *columns)
{
  gsize after_first = columns->n - 1;
  guint64 period;

  if (!data_unpack_number (&block->packed, &columns->first) || !data_unpack_size (&block->packed, &period))
    return damaged (block, "the first time");
  columns->period = (gint64) period;
  if (!data_unpack_numbers (&block->packed, columns->beats, after_first)
      || !data_unpack_numbers (&block->packed, columns->jitters, after_first))
    return damaged (block, "the times");
  if (!data_unpack_numbers (&block->packed, columns->delays, columns->n))
    return damaged (block, "the delays");
  if (!data_unpack_numbers (&block->packed, columns->kinds, columns->n))
    return damaged (block, "the reasons");
  for (gsize i = 0; i < columns->n; i++)
    columns->n_steps += (columns->kinds[i] & KIND) == ON_GRID;
  if (!data_unpack_numbers (&block->packed, columns->steps, columns->n_steps))
    return damaged (block, "the values");
  return TRUE;
}

/* Unsigned: what nobody wrote may overflow. */
static gboolean
give_times (Block *block, const Columns *columns, gboolean from_first, GdpReading *readings)
{
  guint64 beat = 0;

  for (gsize i = 0; i < columns->n; i++) {
    guint64 jitter = i > 0 ? (guint64) columns->jitters[i - 1] : 0;
    beat += i > 0 ? (guint64) columns->beats[i - 1] : 0;
    guint64 time = (guint64) columns->first
                   + (guint64) columns->unit * ((guint64) columns->period * beat + jitter);
    readings[i].time = (gint64) time;
    readings[i].received = (gint64) ((guint64) columns->delays[i] + (from_first ? (guint64) columns->first : time));
    if (!is_date (readings[i].time) || !is_date (readings[i].received))
      return damaged (block, "a time out of all bounds");
  }
  return TRUE;
}

static gboolean
give_values (Block *block, const Columns *columns, const GdpGrid *grid, GdpReading *readings)
{
  const gint64 *step = columns->steps;
  guint64 bits;

  for (gsize i = 0; i < columns->n; i++) {
    gint64 kind = columns->kinds[i] & KIND, reason = columns->kinds[i] >> REASON_SHIFT;
    if (reason < 0 || reason > G_MAXUINT8)
      return damaged (block, "the reason of a value");
    readings[i].value = NAN;
    readings[i].reason = (GdpReason) reason;
    if (kind == ON_GRID) {
      readings[i].value = gdp_grid_value (grid, *step++);
    } else if (kind == EXACT) {
      if (!take_big_endian (&block->packed, &bits, 8))
        return damaged (block, "the exact values");
      memcpy (&readings[i].value, &bits, sizeof bits);
    } else if (kind != NO_VALUE) {
      return damaged (block, "the kind of a value");
    }
  }
  return block->packed.at == block->packed.end || damaged (block, "something behind the end");
}

gboolean
data_block_decode (const guint8 *bytes, gsize size, gint64 point, GArray *readings, GError **error)
{
  Block block = { bytes, size, { bytes, bytes }, error };
  guint before = readings->len;
  guint8 head;
  guint64 n;
  GdpGrid grid;

  if (!check_whole (&block) || !take_head (&block, &n, &head, &grid))
    return FALSE;
  if (n == 0)
    return block.packed.at == block.packed.end || damaged (&block, "something behind the end");
  g_auto (Columns) columns = columns_new (n);
  columns.unit = units[head >> 4 & 3];
  g_array_set_size (readings, before + (guint) n);
  GdpReading *first = &g_array_index (readings, GdpReading, before);
  if (!take_columns (&block, &columns) || !give_times (&block, &columns, head >> 6 & 1, first)
      || !give_values (&block, &columns, &grid, first)) {
    g_array_set_size (readings, before);
    return FALSE;
  }
  for (gsize i = 0; i < n; i++) {
    first[i].seq = 0;
    first[i].point = point;
  }
  return TRUE;
}
