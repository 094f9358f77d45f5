/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a unit measured at one moment: up to 32 channels behind a mask (PROTOCOL.md 7). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define COMMS_BBT_CHANNELS 32

/* Channels have the protocol's numbers, from 1. */
typedef enum {
  COMMS_BBT_AI1 = 1, COMMS_BBT_AI8 = 8, COMMS_BBT_DI = 9, COMMS_BBT_DO = 10, COMMS_BBT_MAINS = 11,
  COMMS_BBT_BATTERY = 12, COMMS_BBT_SIGNAL = 13, COMMS_BBT_TEMPERATURE = 14, COMMS_BBT_SOLAR = 15,
  COMMS_BBT_CONSUMPTION = 16, COMMS_BBT_EXT1 = 17, COMMS_BBT_EXT16 = 32,
} CommsBbtChannel;

typedef struct {
  const char *name;       /* "ai1" */
  guint8      bytes;      /* on the wire */
  gboolean    is_signed;
  gboolean    is_float;
  gboolean    has_missing;
  gint32      missing;    /* the raw value that says "not available" */
} CommsBbtChannelInfo;

/* Also the head of an event. Raw values are as on the wire, signed ones sign-extended, floats as their bits. */
typedef struct {
  gint64  time;           /* µs UTC by the unit's clock, whole ms */
  guint32 number, base;   /* base: of an INCREMENT, else 0 */
  guint8  status;
  guint32 mask;           /* bit 0 = channel 1 */
  gint32  values[COMMS_BBT_CHANNELS];   /* by channel − 1; 0 where the mask has no bit */
} CommsBbtReport;

/* @channel: 1–32. */
const CommsBbtChannelInfo *comms_bbt_channel (guint channel);

/* FALSE: the report has no such channel, or says that it is not available. Status bit 0 is not looked at. */
gboolean comms_bbt_report_has   (const CommsBbtReport *report, guint channel);
/* The raw value; 0 when the mask has no bit. */
gint32   comms_bbt_report_value (const CommsBbtReport *report, guint channel);
/* As words that gdp_register_decode() takes (u16, s16, or float with high word first). Returns how many, 1 or
 * 2; 0 when the report has no such channel or it is not available. */
guint    comms_bbt_report_words (const CommsBbtReport *report, guint channel, guint16 words[2]);
/* @bit: 0–7 di1..8, 8–15 do1..8. FALSE: the report has no such channel. */
gboolean comms_bbt_report_bit   (const CommsBbtReport *report, guint bit, guint16 *word);

/* What @newer reports stands, what it does not is @base's: an INCREMENT becomes a whole report (in @newer). */
void     comms_bbt_report_add   (CommsBbtReport *newer, const CommsBbtReport *base);
/* Mask of the channels that @newer has and that @base has not or has with another value. */
guint32  comms_bbt_report_changes (const CommsBbtReport *newer, const CommsBbtReport *base);

/* Bytes that the values of @mask take. */
gsize    comms_bbt_values_size  (guint32 mask);
/* Takes comms_bbt_values_size() bytes; FALSE when @length is less. Sets all of @values. */
gboolean comms_bbt_values_get   (guint32 mask, const guint8 *bytes, gsize length,
                                 gint32 values[COMMS_BBT_CHANNELS]);
/* Returns comms_bbt_values_size(). */
gsize    comms_bbt_values_put   (guint32 mask, const gint32 values[COMMS_BBT_CHANNELS], guint8 *bytes);
/* TRUE: @raw can stand on the wire in this channel's width. */
gboolean comms_bbt_value_fits   (guint channel, gint32 raw);

G_END_DECLS
