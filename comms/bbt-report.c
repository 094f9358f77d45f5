/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-report.h"

#include <string.h>

#define CURRENT(n)  { .name = "ai" #n, .bytes = 2, .has_missing = TRUE, .missing = 0xFFFF }
#define BITS(s)     { .name = s, .bytes = 1 }
#define WORD(s)     { .name = s, .bytes = 2, .has_missing = TRUE, .missing = 0xFFFF }
#define EXTERNAL(n) { .name = "ext" #n, .bytes = 4, .is_float = TRUE, .has_missing = TRUE }

/* PROTOCOL.md 7. A float is missing when it is any NaN. */
static const CommsBbtChannelInfo channels[COMMS_BBT_CHANNELS] = {
  CURRENT (1), CURRENT (2), CURRENT (3), CURRENT (4), CURRENT (5), CURRENT (6), CURRENT (7), CURRENT (8),
  BITS ("di"), BITS ("do"), WORD ("mains"), WORD ("battery"),
  { .name = "signal", .bytes = 1, .is_signed = TRUE, .has_missing = TRUE, .missing = 0x7F },
  { .name = "temperature", .bytes = 2, .is_signed = TRUE, .has_missing = TRUE, .missing = 0x7FFF },
  WORD ("solar"), WORD ("consumption"),
  EXTERNAL (1), EXTERNAL (2), EXTERNAL (3), EXTERNAL (4), EXTERNAL (5), EXTERNAL (6), EXTERNAL (7), EXTERNAL (8),
  EXTERNAL (9), EXTERNAL (10), EXTERNAL (11), EXTERNAL (12), EXTERNAL (13), EXTERNAL (14), EXTERNAL (15),
  EXTERNAL (16),
};

const CommsBbtChannelInfo *
comms_bbt_channel (guint channel)
{
  g_return_val_if_fail (channel >= 1 && channel <= COMMS_BBT_CHANNELS, NULL);
  return &channels[channel - 1];
}

static gboolean
reports (const CommsBbtReport *report, guint channel)
{
  return channel >= 1 && channel <= COMMS_BBT_CHANNELS && report->mask >> (channel - 1) & 1;
}

/* IEEE 754: all bits of the exponent, and any of the fraction. */
static gboolean
is_missing (const CommsBbtChannelInfo *info, gint32 raw)
{
  if (info->is_float)
    return (raw & 0x7F800000) == 0x7F800000 && (raw & 0x007FFFFF) != 0;
  return info->has_missing && raw == info->missing;
}

gboolean
comms_bbt_report_has (const CommsBbtReport *report, guint channel)
{
  return reports (report, channel) && !is_missing (&channels[channel - 1], report->values[channel - 1]);
}

gint32
comms_bbt_report_value (const CommsBbtReport *report, guint channel)
{
  return reports (report, channel) ? report->values[channel - 1] : 0;
}

guint
comms_bbt_report_words (const CommsBbtReport *report, guint channel, guint16 words[2])
{
  if (!comms_bbt_report_has (report, channel))
    return 0;
  guint32 raw = report->values[channel - 1];
  if (channels[channel - 1].is_float) {
    words[0] = raw >> 16;
    words[1] = raw & 0xFFFF;
    return 2;
  }
  words[0] = raw & 0xFFFF;
  return 1;
}

gboolean
comms_bbt_report_bit (const CommsBbtReport *report, guint bit, guint16 *word)
{
  guint channel = bit < 8 ? COMMS_BBT_DI : COMMS_BBT_DO;

  if (bit >= 16 || !reports (report, channel))
    return FALSE;
  *word = report->values[channel - 1] >> bit % 8 & 1;
  return TRUE;
}

void
comms_bbt_report_add (CommsBbtReport *newer, const CommsBbtReport *base)
{
  for (guint i = 0; i < COMMS_BBT_CHANNELS; i++)
    if (!(newer->mask >> i & 1))
      newer->values[i] = base->values[i];
  newer->mask |= base->mask;
}

guint32
comms_bbt_report_changes (const CommsBbtReport *newer, const CommsBbtReport *base)
{
  guint32 changes = newer->mask & ~base->mask;

  for (guint i = 0; i < COMMS_BBT_CHANNELS; i++)
    if (newer->mask >> i & 1 && newer->values[i] != base->values[i])
      changes |= 1u << i;
  return changes;
}

gsize
comms_bbt_values_size (guint32 mask)
{
  gsize size = 0;

  for (; mask != 0; mask &= mask - 1)
    size += channels[__builtin_ctz (mask)].bytes;
  return size;
}

static gint32
get_value (const CommsBbtChannelInfo *info, const guint8 *bytes)
{
  guint32 raw = 0;
  guint unused = 32 - 8 * info->bytes;

  for (guint i = 0; i < info->bytes; i++)
    raw = raw << 8 | bytes[i];
  return info->is_signed ? (gint32) (raw << unused) >> unused : (gint32) raw;
}

gboolean
comms_bbt_values_get (guint32 mask, const guint8 *bytes, gsize length, gint32 values[COMMS_BBT_CHANNELS])
{
  memset (values, 0, COMMS_BBT_CHANNELS * sizeof values[0]);
  if (length < comms_bbt_values_size (mask))
    return FALSE;
  for (; mask != 0; mask &= mask - 1) {
    guint i = __builtin_ctz (mask);

    values[i] = get_value (&channels[i], bytes);
    bytes += channels[i].bytes;
  }
  return TRUE;
}

gsize
comms_bbt_values_put (guint32 mask, const gint32 values[COMMS_BBT_CHANNELS], guint8 *bytes)
{
  guint8 *at = bytes;

  for (; mask != 0; mask &= mask - 1) {
    guint i = __builtin_ctz (mask);

    for (guint b = channels[i].bytes; b-- > 0;)
      *at++ = (guint32) values[i] >> 8 * b & 0xFF;
  }
  return at - bytes;
}

gboolean
comms_bbt_value_fits (guint channel, gint32 raw)
{
  const CommsBbtChannelInfo *info = comms_bbt_channel (channel);
  gint64 steps = G_GINT64_CONSTANT (1) << 8 * info->bytes;

  if (info->bytes == sizeof raw)
    return TRUE;
  return info->is_signed ? raw >= -steps / 2 && raw < steps / 2 : raw >= 0 && raw < steps;
}
