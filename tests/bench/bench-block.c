/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of sealed hours: bytes a sample and samples a second of CPU, beside zlib at its quickest and memcpy over the same
 * GdpReading structs.
 *
 * Values are of a 12-bit converter: 4096 steps over the range, the resolution is one, white noise of 1.5 steps
 * (standard deviation) on a signal that wanders by 0.3 a minute. Only what differs from the last one by a step is
 * kept, or what is a minute old, as the engine does. Times as the server dates them:
 *   polled     µs of our clock: the answer 3 ms after a fixed beat, ± 0.3 ms, one in fifty up to 20 ms late;
 *              received in the same microsecond or the next one
 *   reported   ms of the unit's clock, 5 ms around its minute; received over GSM 400 ms later, ± 60 ms, one in
 *              twenty up to 2 s late
 *   archived   whole minutes, all received at once
 *   contact    a door: polled every second, a change every five minutes */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "data/block.h"
#include "gdp/scaling.h"
#include "quantile.h"

enum { ROUNDS = 7, HOURS = 48, ENOUGH = 200000 };

typedef enum { POLLED, REPORTED, ARCHIVED, N_WAYS } Way;

typedef struct {
  const char *name;
  double      period;     /* s */
  Way         way;
  double      noise;      /* steps; 0 = a contact */
} Model;

static const Model models[] = {
  { "polled every second",     1, POLLED,   1.5 },
  { "polled every 5 s",        5, POLLED,   1.5 },
  { "polled every minute",    60, POLLED,   1.5 },
  { "reported every minute",  60, REPORTED, 1.5 },
  { "archived every minute",  60, ARCHIVED, 1.5 },
  { "polled every second, quiet (0.3 steps)", 1, POLLED, 0.3 },
  { "contact polled every second", 1, POLLED, 0 },
};

static const double resolution = 0.0004;   /* 1.6 MPa / 4096, as a passport would say it */

static double
normal (GRand *rand, double deviation)
{
  double sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum * deviation;
}

static void
date (GRand *rand, Way way, gint64 beat, GdpReading *reading)
{
  gboolean late = g_rand_int_range (rand, 0, way == POLLED ? 50 : 20) == 0;

  switch (way) {
  case POLLED:
    reading->time = beat + 3000 + (gint64) normal (rand, 300) + (late ? g_rand_int_range (rand, 0, 20000) : 0);
    reading->received = reading->time + g_rand_int_range (rand, 0, 2);
    break;
  case REPORTED:
    reading->time = (beat + (gint64) normal (rand, 5000)) / 1000 * 1000;
    reading->received = reading->time + 400000 + (gint64) normal (rand, 60000)
                        + (late ? g_rand_int_range (rand, 0, 2000000) : 0);
    break;
  default:
    reading->time = beat / GDP_SECOND * GDP_SECOND;
    reading->received = (beat / (3600 * GDP_SECOND) + 1) * 3600 * GDP_SECOND + 12345678;
  }
}

static GArray *
hour_of (GRand *rand, const Model *model, gint64 begin, double *signal)
{
  GArray *readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  gint64 period = (gint64) (model->period * GDP_SECOND), kept = 0;
  double step = G_MAXDOUBLE;

  for (gint64 beat = begin; beat < begin + 3600 * GDP_SECOND; beat += period) {
    GdpReading reading = { .point = 1 };
    double now;
    if (model->noise > 0) {
      *signal += normal (rand, 0.3 * sqrt (model->period / 60));
      now = round (*signal + normal (rand, model->noise));
    } else {
      *signal = g_rand_int_range (rand, 0, 300) == 0 ? *signal == 0 : *signal;
      now = *signal;
    }
    if (model->way == POLLED && now == step && beat - kept < 60 * GDP_SECOND)
      continue;
    step = now;
    kept = beat;
    date (rand, model->way, beat, &reading);
    reading.value = model->noise > 0 ? step * 4 / 10000 : step;
    g_array_append_val (readings, reading);
  }
  return readings;
}

/* ---- three ways to keep them; samples a second ------------------------------------------------- */

typedef struct {
  GPtrArray *hours;      /* GArray* */
  GPtrArray *blocks;     /* GByteArray* */
  gsize      samples, block_bytes, zlib_bytes;
  double     step;
  guint      again;      /* so often, so that it takes long enough to be measured */
} Work;

/* µs; others share the machine. */
static gint64
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static double
per_second (const Work *work, gint64 begun)
{
  return work->samples * work->again * 1e6 / (double) MAX (cpu_time () - begun, 1);
}

static double
encode (Work *work)
{
  gint64 begun = cpu_time ();

  for (guint again = 0; again < work->again; again++) {
    work->block_bytes = 0;
    g_ptr_array_set_size (work->blocks, 0);
    for (guint i = 0; i < work->hours->len; i++) {
      GByteArray *block = data_block_encode (work->hours->pdata[i], work->step, NULL);
      g_assert_nonnull (block);
      work->block_bytes += block->len;
      g_ptr_array_add (work->blocks, block);
    }
  }
  return per_second (work, begun);
}

static double
decode (Work *work)
{
  g_autoptr (GArray) readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  gint64 begun = cpu_time ();

  for (guint again = 0; again < work->again; again++)
    for (guint i = 0; i < work->blocks->len; i++) {
      GByteArray *block = work->blocks->pdata[i];
      GArray *hour = work->hours->pdata[i];
      g_array_set_size (readings, 0);
      g_assert_true (data_block_decode (block->data, block->len, 1, readings, NULL));
      g_assert_cmpuint (readings->len, ==, hour->len);
    }
  return per_second (work, begun);
}

static double
deflated (Work *work)
{
  gint64 begun = cpu_time ();

  work->zlib_bytes = 0;
  for (guint i = 0; i < work->hours->len; i++) {
    GArray *hour = work->hours->pdata[i];
    uLongf size = compressBound (hour->len * sizeof (GdpReading));
    g_autofree guint8 *out = g_malloc (size);
    g_assert_cmpint (compress2 (out, &size, (guint8 *) hour->data, hour->len * sizeof (GdpReading), 1), ==, Z_OK);
    work->zlib_bytes += size;
  }
  return per_second (work, begun) / work->again;
}

static double
copied (Work *work)
{
  static GdpReading copy[3600];
  gint64 begun = cpu_time ();

  for (guint again = 0; again < work->again; again++)
    for (guint i = 0; i < work->hours->len; i++) {
      GArray *hour = work->hours->pdata[i];
      memcpy (copy, hour->data, hour->len * sizeof (GdpReading));
      __asm__ volatile ("" :: "r" (copy) : "memory");   /* somebody could look at it */
    }
  return per_second (work, begun);
}

static void
measure (const Model *model, Work *work)
{
  double rates[4][ROUNDS];
  static double (*const ways[4]) (Work *) = { encode, decode, deflated, copied };

  for (guint round = 0; round < ROUNDS; round++)
    for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
      rates[i][round] = ways[i] (work) / 1e6;
  printf ("%s: %.2f bytes a sample (zlib -1 %.2f, struct %zu), %.0f samples a block\n", model->name,
          (double) work->block_bytes / work->samples, (double) work->zlib_bytes / work->samples, sizeof (GdpReading),
          (double) work->samples / HOURS);
  printf ("%s: encoded %.1f M/s (%.1f-%.1f), decoded %.1f M/s (%.1f-%.1f), zlib -1 %.2f M/s, memcpy %.0f M/s\n",
          model->name, quantile (rates[0], ROUNDS, 0.5), quantile (rates[0], ROUNDS, 0), quantile (rates[0], ROUNDS, 1),
          quantile (rates[1], ROUNDS, 0.5), quantile (rates[1], ROUNDS, 0), quantile (rates[1], ROUNDS, 1),
          quantile (rates[2], ROUNDS, 0.5), quantile (rates[3], ROUNDS, 0.5));
}

int
main (void)
{
  for (guint m = 0; m < G_N_ELEMENTS (models); m++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (20261123);
    g_autoptr (GPtrArray) hours = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
    g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
    Work work = { hours, blocks, .step = models[m].noise > 0 ? resolution : 1 };
    double signal = models[m].noise > 0 ? 1500 : 0;

    for (guint i = 0; i < HOURS; i++) {
      g_ptr_array_add (hours, hour_of (rand, &models[m], (480000 + i) * 3600 * GDP_SECOND, &signal));
      work.samples += ((GArray *) hours->pdata[i])->len;
    }
    work.again = ENOUGH / work.samples + 1;
    measure (&models[m], &work);
  }
  return 0;
}
