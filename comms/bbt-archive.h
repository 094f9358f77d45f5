/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packed rows of an ARCHIVE frame (PROTOCOL.md 8, 12 ARCHIVE): rows of equal distance, each told as its
 * changes against the one before. Pure, no allocation. */
#pragma once

#include "bbt-message.h"

G_BEGIN_DECLS

#define COMMS_BBT_ROWS_HEADER 23   /* bytes of the payload before the rows */
#define COMMS_BBT_ROWS_MAX    255
#define COMMS_BBT_ROWS_BYTES  (COMMS_BBT_PAYLOAD_MAX - COMMS_BBT_ROWS_HEADER)

/* Rows one after another. Fill with comms_bbt_rows_begin(). */
typedef struct {
  const CommsBbtArchive *archive;   /* borrowed */
  gsize                  at;        /* bytes used */
  guint                  row;       /* rows given */
} CommsBbtRows;

void     comms_bbt_rows_begin (CommsBbtRows *rows, const CommsBbtArchive *archive);
/* @report: (inout): the row before it, and then the next one: number, time, status, mask, values.
 * FALSE without error: that was the last row. FALSE with MALFORMED cannot be when the message was decoded
 * by comms_bbt_decode(), which has tried them all. */
gboolean comms_bbt_rows_next  (CommsBbtRows *rows, CommsBbtReport *report, GError **error);

/* Makes an ARCHIVE frame row by row. */
typedef struct {
  CommsBbtArchive archive;     /* ready to be sent after each row; packed points into @bytes */
  CommsBbtReport  last;
  guint8          bytes[COMMS_BBT_ROWS_BYTES];
} CommsBbtPacker;

/* @step: s between rows. */
void     comms_bbt_packer_begin (CommsBbtPacker *packer, CommsBbtStream stream, guint32 boot, guint32 step);
/* FALSE: the row does not fit this frame (a gap, another step, mask or status, 255 rows, no room): send it and
 * begin another. The first row always fits. */
gboolean comms_bbt_packer_add   (CommsBbtPacker *packer, const CommsBbtReport *row);

/* TRUE when rows and bytes agree exactly, stream and step are what they may be. */
gboolean comms_bbt_archive_check (const CommsBbtArchive *archive, GError **error);

G_END_DECLS
