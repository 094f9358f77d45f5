/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "packing.h"

#include <string.h>

enum {
  CONSTANT,
  RUNS,
  FIXED,
  PREDICTED = 16,
};

#define PART       6     /* a level is in 64ths */
#define SMOOTHEST  7
#define ZEROS      16    /* so many begin what is far from expected */
#define WIDTH_BITS 6
#define MOST_K     57
#define WIDEST     56    /* of two numbers the difference */
#define PIECES     4
#define PIECE      128
#define MOST_BITS  (ZEROS + WIDTH_BITS + 64)

/* ---- single numbers ------------------------------------------------------------------------- */

static inline guint64
fold (gint64 number)
{
  return (guint64) number << 1 ^ (guint64) (number >> 63);
}

static inline gint64
unfold (guint64 folded)
{
  return (gint64) (folded >> 1 ^ -(folded & 1));
}

void
data_pack_size (GByteArray *bytes, guint64 number)
{
  guint8 packed[10];
  guint n = 0;

  for (; number >= 0x80; number >>= 7)
    packed[n++] = number | 0x80;
  packed[n++] = number;
  g_byte_array_append (bytes, packed, n);
}

void
data_pack_number (GByteArray *bytes, gint64 number)
{
  data_pack_size (bytes, fold (number));
}

gboolean
data_unpack_size (DataPacked *packed, guint64 *number)
{
  *number = 0;
  for (guint shift = 0; packed->at < packed->end && shift < 64; shift += 7) {
    guint8 byte = *packed->at++;
    *number |= (guint64) (byte & 0x7F) << shift;
    if (byte < 0x80)
      return TRUE;
  }
  return FALSE;
}

gboolean
data_unpack_number (DataPacked *packed, gint64 *number)
{
  guint64 folded;
  gboolean ok = data_unpack_size (packed, &folded);

  *number = unfold (folded);
  return ok;
}

/* ---- what is expected ----------------------------------------------------------------------- */

/* Unsigned, so that bytes that nobody wrote overflow without harm. */
typedef struct {
  guint64 last, level;
  guint8  differences, smooth;
} Forecast;

static inline Forecast
forecast_from (guint form, gint64 first)
{
  guint8 differences = (form - PREDICTED) >> 3 & 1;

  return (Forecast) { (guint64) first, differences ? 0 : (guint64) first << PART, differences, form & SMOOTHEST };
}

static inline guint64
expected (const Forecast *forecast)
{
  gint64 next = (gint64) (forecast->level + (1 << (PART - 1))) >> PART;

  return (guint64) next + (forecast->differences ? forecast->last : 0);
}

static inline void
learn (Forecast *forecast, guint64 number)
{
  guint64 x = forecast->differences ? number - forecast->last : number;

  forecast->level += (guint64) ((gint64) ((x << PART) - forecast->level) >> forecast->smooth);
  forecast->last = number;
}

/* ---- bits ----------------------------------------------------------------------------------- */

typedef struct {
  guint8 *at;
  guint64 held;     /* the lowest `n` bits are still to be written */
  guint   n;        /* < 8 between calls */
} Writer;

/* @n <= 56 */
static inline void
put (Writer *writer, guint64 bits, guint n)
{
  writer->held = writer->held << n | bits;
  writer->n += n;
  while (writer->n >= 8) {
    writer->n -= 8;
    *writer->at++ = writer->held >> writer->n;
  }
}

static inline void
put_wide (Writer *writer, guint64 bits, guint n)
{
  if (n > 32) {
    put (writer, bits >> 32 & ((G_GUINT64_CONSTANT (1) << (n - 32)) - 1), n - 32);
    n = 32;
  }
  put (writer, bits & ((G_GUINT64_CONSTANT (1) << n) - 1), n);
}

static inline guint
width_of (guint64 z)
{
  return z > 1 ? 64 - (guint) __builtin_clzll (z) : 1;
}

static inline void
put_code (Writer *writer, guint64 z, guint k)
{
  if (z >> k < ZEROS) {
    put (writer, 1, (guint) (z >> k) + 1);
    put_wide (writer, z, k);
    return;
  }
  put (writer, width_of (z) - 1, ZEROS + WIDTH_BITS);
  put_wide (writer, z, width_of (z));
}

typedef struct {
  const guint8 *bytes;
  gsize         at, end;   /* bits */
} Reader;

/* 57 bits at least from `at` on; zeros behind the end. */
static inline guint64
window (const Reader *reader)
{
  gsize byte = MIN (reader->at, reader->end) >> 3, left = (reader->end >> 3) - byte;
  guint64 eight = 0;

  if (G_LIKELY (left >= sizeof eight))
    memcpy (&eight, reader->bytes + byte, sizeof eight);
  else
    memcpy (&eight, reader->bytes + byte, left);
  return GUINT64_FROM_BE (eight) << (reader->at & 7);
}

static inline guint64
get (Reader *reader, guint n)
{
  guint64 bits = n > 0 ? window (reader) >> (64 - n) : 0;

  reader->at += n;
  return bits;
}

static inline guint64
get_wide (Reader *reader, guint n)
{
  guint64 high = n > 32 ? get (reader, n - 32) << 32 : 0;

  return high | get (reader, MIN (n, 32));
}

static inline guint64
get_code (Reader *reader, guint k)
{
  guint64 bits = window (reader);
  guint zeros = bits != 0 ? (guint) __builtin_clzll (bits) : 64;

  if (zeros < ZEROS) {
    reader->at += zeros + 1;
    return (guint64) zeros << k | get_wide (reader, k);
  }
  reader->at += ZEROS;
  guint width = (guint) get (reader, WIDTH_BITS) + 1;
  return get_wide (reader, width);
}

/* ---- columns: writing ----------------------------------------------------------------------- */

static gsize
count_runs (const gint64 *numbers, gsize n)
{
  gsize runs = 1;

  for (gsize i = 1; i < n; i++)
    runs += numbers[i] != numbers[i - 1];
  return runs;
}

static void
measure (guint form, const gint64 *numbers, gsize n, guint32 widths[65])
{
  Forecast forecast = forecast_from (form, numbers[0]);

  for (gsize i = 1; i < n; i++) {
    widths[width_of (fold (numbers[i] - (gint64) expected (&forecast)))]++;
    learn (&forecast, (guint64) numbers[i]);
  }
}

/* Of how many deviations are how wide; of a long column a few pieces tell. Returns of how many it was told. */
static gsize
measure_pieces (guint form, const gint64 *numbers, gsize n, guint32 widths[65])
{
  memset (widths, 0, 65 * sizeof *widths);
  if (n <= PIECES * PIECE) {
    measure (form, numbers, n, widths);
    return n - 1;
  }
  for (gsize i = 0; i < PIECES; i++)
    measure (form, numbers + i * (n - PIECE) / (PIECES - 1), PIECE, widths);
  return PIECES * (PIECE - 1);
}

/* Half bits that they take with @k, if those of one width are spread evenly. */
static guint64
estimate (const guint32 widths[65], guint widest, gsize n, guint k)
{
  static const guint8 zeros[] = { 0, 2, 5, 11, 23 };   /* before the one, in the mean, by how much wider than k */
  guint64 halves = n * 2 * (k + 1);

  for (guint w = k + 1; w <= widest; w++)
    halves += widths[w] * (guint64) (w - k < G_N_ELEMENTS (zeros) ? zeros[w - k] : 2 * (ZEROS + WIDTH_BITS + w - k - 1));
  return halves;
}

static guint64
choose_k (guint form, const gint64 *numbers, gsize n, guint8 *best)
{
  guint32 widths[65];
  gsize all = measure_pieces (form, numbers, n, widths);
  guint widest = 64;
  guint64 least = G_MAXUINT64;

  while (widest > 1 && widths[widest] == 0)
    widest--;
  for (guint k = 0; k < MIN (widest, MOST_K + 1); k++) {
    guint64 halves = estimate (widths, widest, all, k);
    if (halves < least) {
      least = halves;
      *best = k;
    }
  }
  return least;
}

static void
pack_predicted (GByteArray *bytes, const gint64 *numbers, gsize n)
{
  static const guint8 forms[] = { PREDICTED, PREDICTED + 2, PREDICTED + 4, PREDICTED + 8, PREDICTED + 8 + 3 };
  guint8 best[2] = { 0 };
  guint64 least = G_MAXUINT64;

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    guint8 k = 0;
    guint64 halves = choose_k (forms[i], numbers, n, &k);
    if (halves < least) {
      least = halves;
      best[0] = forms[i];
      best[1] = k;
    }
  }
  g_byte_array_append (bytes, &best[0], 1);
  data_pack_number (bytes, numbers[0]);
  g_byte_array_append (bytes, &best[1], 1);

  guint begun = bytes->len;
  g_byte_array_set_size (bytes, begun + (guint) n * MOST_BITS / 8 + 1);
  Writer writer = { bytes->data + begun, 0, 0 };
  Forecast forecast = forecast_from (best[0], numbers[0]);
  for (gsize i = 1; i < n; i++) {
    put_code (&writer, fold (numbers[i] - (gint64) expected (&forecast)), best[1]);
    learn (&forecast, (guint64) numbers[i]);
  }
  put (&writer, 0, -writer.n & 7);
  g_byte_array_set_size (bytes, (guint) (writer.at - bytes->data));
}

static void
pack_fixed (GByteArray *bytes, const gint64 *numbers, gsize n)
{
  gint64 least = numbers[0], most = numbers[0];

  for (gsize i = 1; i < n; i++) {
    least = MIN (least, numbers[i]);
    most = MAX (most, numbers[i]);
  }
  guint width = width_of ((guint64) (most - least));
  g_byte_array_append (bytes, &(guint8) { FIXED }, 1);
  data_pack_number (bytes, least);
  g_byte_array_append (bytes, &(guint8) { (guint8) width }, 1);

  guint begun = bytes->len;
  g_byte_array_set_size (bytes, begun + (guint) (n * width + 7) / 8);
  Writer writer = { bytes->data + begun, 0, 0 };
  for (gsize i = 0; i < n; i++)
    put (&writer, (guint64) (numbers[i] - least), width);
  put (&writer, 0, -writer.n & 7);
}

/* What a column is when it is neither constant nor shorter as runs. */
typedef void (*PackFunc) (GByteArray *bytes, const gint64 *numbers, gsize n);

static void pack_column (GByteArray *bytes, const gint64 *numbers, gsize n, PackFunc pack, gboolean may_run);

static void
pack_runs (GByteArray *bytes, const gint64 *numbers, gsize n, gsize runs)
{
  g_autofree gint64 *lengths = g_new0 (gint64, runs);
  g_autofree gint64 *values = g_new (gint64, runs);
  gsize run = 0;

  values[0] = numbers[0];
  for (gsize i = 1; i < n; i++)
    if (numbers[i] == numbers[i - 1])
      lengths[run]++;
    else
      values[++run] = numbers[i];
  g_byte_array_append (bytes, &(guint8) { RUNS }, 1);
  data_pack_size (bytes, runs);
  pack_column (bytes, lengths, runs, pack_predicted, FALSE);
  pack_column (bytes, values, runs, pack_predicted, FALSE);
}

static void
pack_column (GByteArray *bytes, const gint64 *numbers, gsize n, PackFunc pack, gboolean may_run)
{
  gsize runs = count_runs (numbers, n);
  guint begun = bytes->len;

  if (runs == 1) {
    g_byte_array_append (bytes, &(guint8) { CONSTANT }, 1);
    data_pack_number (bytes, numbers[0]);
    return;
  }
  pack (bytes, numbers, n);
  if (!may_run || runs > n / 4)
    return;
  guint ended = bytes->len;
  pack_runs (bytes, numbers, n, runs);
  if (bytes->len - ended < ended - begun)
    g_byte_array_remove_range (bytes, begun, ended - begun);
  else
    g_byte_array_set_size (bytes, ended);
}

void
data_pack_numbers (GByteArray *bytes, const gint64 *numbers, gsize n)
{
  if (n > 0)
    pack_column (bytes, numbers, n, pack_predicted, TRUE);
}

void
data_pack_quick (GByteArray *bytes, const gint64 *numbers, gsize n)
{
  if (n > 0)
    pack_column (bytes, numbers, n, pack_fixed, TRUE);
}

/* ---- columns: reading ----------------------------------------------------------------------- */

static gboolean
unpack_constant (DataPacked *packed, gint64 *numbers, gsize n)
{
  gint64 number;

  if (!data_unpack_number (packed, &number))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    numbers[i] = number;
  return TRUE;
}

static gboolean
unpack_predicted (DataPacked *packed, guint form, gint64 *numbers, gsize n)
{
  if (!data_unpack_number (packed, &numbers[0]) || packed->at == packed->end || *packed->at > MOST_K)
    return FALSE;
  guint k = *packed->at++;
  Reader reader = { packed->at, 0, (gsize) (packed->end - packed->at) * 8 };
  Forecast forecast = forecast_from (form, numbers[0]);

  for (gsize i = 1; i < n; i++) {
    numbers[i] = (gint64) (expected (&forecast) + (guint64) unfold (get_code (&reader, k)));
    learn (&forecast, (guint64) numbers[i]);
    if (reader.at > reader.end)
      return FALSE;
  }
  packed->at += (reader.at + 7) / 8;
  return TRUE;
}

static gboolean
unpack_fixed (DataPacked *packed, gint64 *numbers, gsize n)
{
  gint64 least;

  if (!data_unpack_number (packed, &least) || packed->at == packed->end || *packed->at > WIDEST)
    return FALSE;
  const guint8 *bytes = packed->at + 1;
  gsize width = *packed->at, size = (gsize) (packed->end - bytes), at = 0, i = 0;
  if (width == 0 || n * width > 8 * size)
    return FALSE;
  for (; i < n && (at >> 3) + 8 <= size; at += width) {   /* get () as long as it need not look out for the end */
    guint64 eight;
    memcpy (&eight, bytes + (at >> 3), sizeof eight);
    numbers[i++] = (gint64) ((guint64) least + (GUINT64_FROM_BE (eight) << (at & 7) >> (64 - width)));
  }
  for (Reader reader = { bytes, at, 8 * size }; i < n; i++)
    numbers[i] = (gint64) ((guint64) least + get (&reader, (guint) width));
  packed->at = bytes + (n * width + 7) / 8;
  return TRUE;
}

static gboolean unpack_column (DataPacked *packed, gint64 *numbers, gsize n, gboolean may_run);

static gboolean
unpack_runs (DataPacked *packed, gint64 *numbers, gsize n)
{
  guint64 runs;

  if (!data_unpack_size (packed, &runs) || runs == 0 || runs > n)
    return FALSE;
  g_autofree gint64 *lengths = g_new (gint64, runs);
  g_autofree gint64 *values = g_new (gint64, runs);
  if (!unpack_column (packed, lengths, runs, FALSE) || !unpack_column (packed, values, runs, FALSE))
    return FALSE;
  for (gsize run = 0; run < runs; run++) {
    if (lengths[run] < 0 || (guint64) lengths[run] >= n)
      return FALSE;
    for (gint64 i = 0; i <= lengths[run]; i++)
      *numbers++ = values[run];
    n -= (gsize) lengths[run] + 1;
  }
  return n == 0;
}

static gboolean
unpack_column (DataPacked *packed, gint64 *numbers, gsize n, gboolean may_run)
{
  if (packed->at == packed->end)
    return FALSE;
  guint form = *packed->at++;

  if (form == CONSTANT)
    return unpack_constant (packed, numbers, n);
  if (form == RUNS)
    return may_run && unpack_runs (packed, numbers, n);
  if (form == FIXED)
    return unpack_fixed (packed, numbers, n);
  return form >= PREDICTED && form < 2 * PREDICTED && unpack_predicted (packed, form, numbers, n);
}

gboolean
data_unpack_numbers (DataPacked *packed, gint64 *numbers, gsize n)
{
  return n == 0 || unpack_column (packed, numbers, n, TRUE);
}
