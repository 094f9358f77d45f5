/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crc32c.h"

#include <string.h>

#define POLYNOMIAL 0x82F63B78u

/* Slice k is for a byte with k bytes after it, so that eight bytes go at once. */
static guint32 slices[8][256];

static void
fill_slices (void)
{
  for (guint b = 0; b < 256; b++) {
    guint32 crc = b;
    for (guint bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
    slices[0][b] = crc;
  }
  for (guint b = 0; b < 256; b++)
    for (guint k = 1; k < 8; k++)
      slices[k][b] = slices[k - 1][b] >> 8 ^ slices[0][slices[k - 1][b] & 0xFF];
}

guint32
data_crc32c_plain (const guint8 *bytes, gsize length)
{
  static gsize filled;
  guint32 crc = G_MAXUINT32;

  if (g_once_init_enter (&filled)) {
    fill_slices ();
    g_once_init_leave (&filled, 1);
  }
  for (; length >= 8; bytes += 8, length -= 8) {
    guint64 eight;
    memcpy (&eight, bytes, sizeof eight);
    eight = GUINT64_FROM_LE (eight) ^ crc;
    crc = 0;
    for (guint k = 0; k < 8; k++)
      crc ^= slices[7 - k][eight >> 8 * k & 0xFF];
  }
  for (; length > 0; bytes++, length--)
    crc = crc >> 8 ^ slices[0][(crc ^ *bytes) & 0xFF];
  return ~crc;
}

#ifdef __x86_64__

__attribute__ ((target ("sse4.2"))) static guint32
by_instruction (const guint8 *bytes, gsize length)
{
  guint64 crc = G_MAXUINT32;

  for (; length >= 8; bytes += 8, length -= 8) {
    guint64 eight;
    memcpy (&eight, bytes, sizeof eight);
    crc = __builtin_ia32_crc32di (crc, eight);
  }
  for (; length > 0; bytes++, length--)
    crc = __builtin_ia32_crc32qi ((guint32) crc, *bytes);
  return ~(guint32) crc;
}

guint32
data_crc32c (const guint8 *bytes, gsize length)
{
  return __builtin_cpu_supports ("sse4.2") ? by_instruction (bytes, length) : data_crc32c_plain (bytes, length);
}

#else

guint32
data_crc32c (const guint8 *bytes, gsize length)
{
  return data_crc32c_plain (bytes, length);
}

#endif
