/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-archive.h"

#include <string.h>

/* A varint of 32 bits, seven a byte. */
enum { VARINT_MAX = 5 };

/* Returns its bytes, 0 when it is cut off, too large, or longer than it need be. */
static gsize
get_varint (const guint8 *bytes, gsize length, guint32 *number)
{
  guint64 sum = 0;

  for (gsize i = 0; i < MIN (length, VARINT_MAX); i++) {
    sum |= (guint64) (bytes[i] & 0x7F) << 7 * i;
    if (bytes[i] & 0x80)
      continue;
    *number = sum;
    return sum > G_MAXUINT32 || (i > 0 && bytes[i] == 0) ? 0 : i + 1;
  }
  return 0;
}

static gsize
put_varint (guint8 *bytes, guint32 number)
{
  gsize n = 0;

  for (; number > 0x7F; number >>= 7)
    bytes[n++] = 0x80 | (number & 0x7F);
  bytes[n++] = number;
  return n;
}

/* Changes are told so that small ones, up and down, are small numbers. */
static guint32
change_of (guint channel, gint32 old, gint32 new)
{
  gint32 difference = (gint32) ((guint32) new - (guint32) old);

  return comms_bbt_channel (channel)->is_float ? (guint32) old ^ (guint32) new
                                               : (guint32) difference << 1 ^ (guint32) (difference >> 31);
}

static gboolean
apply (guint channel, guint32 change, gint32 *value)
{
  gint64 difference = change & 1 ? -(gint64) (change >> 1) - 1 : change >> 1, new = *value + difference;

  if (comms_bbt_channel (channel)->is_float) {
    *value = (gint32) ((guint32) *value ^ change);
    return TRUE;
  }
  if (new < G_MININT32 || new > G_MAXINT32 || !comms_bbt_value_fits (channel, new))
    return FALSE;
  *value = new;
  return TRUE;
}

static gboolean
bad (GError **error, guint row, const char *what)
{
  g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_MALFORMED, "ARCHIVE: row %u %s", row + 1, what);
  return FALSE;
}

void
comms_bbt_rows_begin (CommsBbtRows *rows, const CommsBbtArchive *archive)
{
  *rows = (CommsBbtRows) { .archive = archive };
}

static gboolean
unpack (CommsBbtRows *rows, CommsBbtReport *report, GError **error)
{
  const CommsBbtArchive *archive = rows->archive;
  guint32 changed, change, mask = archive->mask;
  gsize n = get_varint (archive->packed.bytes + rows->at, archive->packed.length - rows->at, &changed);

  if (n == 0)
    return bad (error, rows->row, "does not say well which channels changed");
  rows->at += n;
  for (; mask != 0 && changed != 0; mask &= mask - 1, changed >>= 1) {
    guint i = __builtin_ctz (mask);

    if (!(changed & 1))
      continue;
    n = get_varint (archive->packed.bytes + rows->at, archive->packed.length - rows->at, &change);
    if (n == 0 || change == 0 || !apply (i + 1, change, &report->values[i]))
      return bad (error, rows->row, "has a change that cannot be");
    rows->at += n;
  }
  return changed == 0 || bad (error, rows->row, "changes more channels than the mask has");
}

gboolean
comms_bbt_rows_next (CommsBbtRows *rows, CommsBbtReport *report, GError **error)
{
  const CommsBbtArchive *archive = rows->archive;

  if (rows->row == archive->rows)
    return FALSE;
  if (rows->row > 0) {
    if (!unpack (rows, report, error))
      return FALSE;
  } else if (!comms_bbt_values_get (archive->mask, archive->packed.bytes, archive->packed.length, report->values)) {
    return bad (error, 0, "is cut off");
  } else {
    rows->at = comms_bbt_values_size (archive->mask);
  }
  report->time = archive->time + (gint64) rows->row * archive->step * G_USEC_PER_SEC;
  report->number = archive->first + rows->row;
  report->base = 0;
  report->status = archive->status;
  report->mask = archive->mask;
  rows->row++;
  return TRUE;
}

static gboolean
check_head (const CommsBbtArchive *archive, GError **error)
{
  gint64 last = archive->time / G_USEC_PER_SEC + (gint64) (archive->rows - 1) * archive->step;
  const char *wrong = NULL;

  if (archive->stream != COMMS_BBT_STREAM_ARCHIVE && archive->stream != COMMS_BBT_STREAM_HOURLY
      && archive->stream != COMMS_BBT_STREAM_DAILY)
    wrong = "stream has no rows";
  else if (last > G_MAXUINT32)
    wrong = "rows end after 2106";
  else if (archive->first > G_MAXUINT32 - (archive->rows - 1))
    wrong = "numbers of the rows wrap";
  if (wrong != NULL)
    g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_RANGE, "ARCHIVE: %s", wrong);
  return wrong == NULL;
}

gboolean
comms_bbt_archive_check (const CommsBbtArchive *archive, GError **error)
{
  g_autoptr (GError) failure = NULL;
  CommsBbtReport report;
  CommsBbtRows rows;

  if (!check_head (archive, error))
    return FALSE;
  comms_bbt_rows_begin (&rows, archive);
  while (comms_bbt_rows_next (&rows, &report, &failure))
    ;
  if (failure == NULL && rows.at != archive->packed.length)
    bad (&failure, archive->rows, "is not announced, yet there are bytes for it");
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

void
comms_bbt_packer_begin (CommsBbtPacker *packer, CommsBbtStream stream, guint32 boot, guint32 step)
{
  packer->archive = (CommsBbtArchive) { .stream = stream, .boot = boot, .step = step,
                                        .packed = { packer->bytes, 0 } };
}

static gboolean
follows (const CommsBbtPacker *packer, const CommsBbtReport *row)
{
  const CommsBbtArchive *archive = &packer->archive;

  return archive->rows < COMMS_BBT_ROWS_MAX
         && row->number == packer->last.number + 1
         && row->time == packer->last.time + (gint64) archive->step * G_USEC_PER_SEC
         && row->mask == archive->mask
         && row->status == archive->status;
}

/* The row against the last one: at most VARINT_MAX bytes a channel, and as many for which changed. */
static gsize
pack (const CommsBbtReport *last, const CommsBbtReport *row, guint8 *bytes)
{
  guint8 changes[COMMS_BBT_CHANNELS * VARINT_MAX];
  guint32 changed = 0, bit = 1;
  gsize length = 0;

  for (guint32 mask = row->mask; mask != 0; mask &= mask - 1, bit <<= 1) {
    guint i = __builtin_ctz (mask);

    if (row->values[i] == last->values[i])
      continue;
    changed |= bit;
    length += put_varint (changes + length, change_of (i + 1, last->values[i], row->values[i]));
  }
  gsize head = put_varint (bytes, changed);
  memcpy (bytes + head, changes, length);
  return head + length;
}

gboolean
comms_bbt_packer_add (CommsBbtPacker *packer, const CommsBbtReport *row)
{
  CommsBbtArchive *archive = &packer->archive;
  guint8 bytes[(COMMS_BBT_CHANNELS + 1) * VARINT_MAX];
  gsize length;

  if (archive->rows > 0 && !follows (packer, row))
    return FALSE;
  if (archive->rows == 0) {
    archive->first = row->number;
    archive->time = row->time;
    archive->status = row->status;
    archive->mask = row->mask;
    length = comms_bbt_values_put (row->mask, row->values, bytes);
  } else {
    length = pack (&packer->last, row, bytes);
  }
  if (archive->packed.length + length > COMMS_BBT_ROWS_BYTES)
    return FALSE;
  memcpy (packer->bytes + archive->packed.length, bytes, length);
  archive->packed.length += length;
  archive->rows++;
  packer->last = *row;
  return TRUE;
}
