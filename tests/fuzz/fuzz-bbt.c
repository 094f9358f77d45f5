/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of the BBT protocol from a stranger: nothing is read past their end, what was understood is said
 * again with the same bytes, and a serial line's reader finds its way. */
#include <stdlib.h>
#include <string.h>

#include "comms/bbt-archive.h"
#include "comms/bbt-end.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_rows (const CommsBbtArchive *archive)
{
  g_autoptr (GError) error = NULL;
  CommsBbtPacker packer;
  CommsBbtReport row;
  CommsBbtRows rows;

  comms_bbt_packer_begin (&packer, archive->stream, archive->boot, archive->step);
  comms_bbt_rows_begin (&rows, archive);
  while (comms_bbt_rows_next (&rows, &row, &error))
    g_assert_true (comms_bbt_packer_add (&packer, &row));
  g_assert_no_error (error);
  g_assert_cmpmem (packer.archive.packed.bytes, packer.archive.packed.length,
                   archive->packed.bytes, archive->packed.length);
}

static void
check_message (const CommsBbtFrame *frame)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint8 again[COMMS_BBT_PAYLOAD_MAX];
  CommsBbtMessage message;
  guint16 words[2];

  if (!comms_bbt_decode (frame, &message, NULL))
    return;
  gsize length = comms_bbt_encode (&message, again, NULL);

  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, <=, frame->length);   /* the rest is growth */
  g_assert_cmpmem (again, length, frame->payload, length);
  comms_bbt_describe (&message, text);
  for (gsize i = 0; i < text->len; i++)
    g_assert_true (g_ascii_isprint (text->str[i]));
  if (message.type == COMMS_BBT_ARCHIVE)
    check_rows (&message.archive);
  for (guint channel = 1; message.type == COMMS_BBT_LIVE && channel <= COMMS_BBT_CHANNELS; channel++)
    comms_bbt_report_words (&message.report, channel, words);
}

/* The bytes in a block of their own size, so that a read past them is seen. */
static void
check_stream (const guint8 *data, gsize size)
{
  g_autofree guint8 *bytes = malloc (size);   /* also of none: g_memdup2() gives NULL then */
  CommsBbtFrame frame;
  gsize at = 0, skip;

  memcpy (bytes, data, size);
  while (comms_bbt_frame_seek (bytes + at, size - at, TRUE, &frame, &skip)) {
    g_assert_true (frame.start == bytes + at + skip);
    at += skip + frame.size;
    g_assert_cmpuint (at, <=, size);
    check_message (&frame);
  }
  g_assert_cmpuint (at + skip, ==, size);
}

/* As a payload of any type: a fuzzer does not guess a CRC. */
static void
check_payload (guint8 type, const guint8 *data, gsize size)
{
  gsize length = MIN (size, COMMS_BBT_PAYLOAD_MAX);
  g_autofree guint8 *bytes = g_malloc (COMMS_BBT_HEADER + length + 2);
  CommsBbtFrame frame;

  if (length > 0)
    memcpy (bytes + COMMS_BBT_HEADER, data, length);
  comms_bbt_frame_open (bytes, type, 1, length, FALSE);
  gsize whole = comms_bbt_frame_close (bytes);
  g_assert_cmpint (comms_bbt_frame_parse (bytes, whole, &frame, NULL), ==, COMMS_BBT_WHOLE);
  check_message (&frame);
}

/* The first byte is the type, 0 for a stream of frames. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  if (size < 1)
    return 0;
  if (data[0] == 0)
    check_stream (data + 1, size - 1);
  else
    check_payload (data[0], data + 1, size - 1);
  return 0;
}
