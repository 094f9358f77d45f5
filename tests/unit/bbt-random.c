/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-random.h"

#include <math.h>
#include <string.h>

#include "comms/bbt-archive.h"
#include "comms/bbt-layout.h"

static void random_fields (GRand *rand, const CommsBbtField *fields, guint n, guint8 *body, BbtRandomBytes *bytes);

static guint64
random_bits (GRand *rand)
{
  guint64 bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);

  return g_rand_boolean (rand) ? bits : bits >> g_rand_int_range (rand, 0, 64);
}

static void
random_number (GRand *rand, const CommsBbtField *field, guint8 *member)
{
  guint64 number = random_bits (rand);

  if (field->allowed != NULL)
    number = field->allowed[number % strlen (field->allowed)];
  else if (field->most != 0)
    number = field->least + number % (field->most - field->least + 1);
  memcpy (member, &number, field->bytes);   /* little-endian, as every machine that this is built on */
}

static void
random_time (GRand *rand, const CommsBbtField *field, guint8 *member)
{
  gint64 ms = field->bytes == 6 ? g_rand_int_range (rand, 0, 1000) : 0;

  *(gint64 *) member = (gint64) g_rand_int (rand) * G_USEC_PER_SEC + ms * 1000;
}

/* Digits are printable, a serial and a telephone number; a serial has one at least. */
static void
random_text (GRand *rand, char *member, guint most)
{
  guint length = g_rand_int_range (rand, 1, most + 1);

  for (guint i = 0; i < length; i++)
    member[i] = '0' + g_rand_int_range (rand, 0, 10);
  member[length] = '\0';
}

static void
random_list (GRand *rand, const CommsBbtField *field, guint8 *member, BbtRandomBytes *bytes)
{
  const CommsBbtList *list = field->list;
  guint count = g_rand_int_range (rand, field->least, field->most + 1);

  *(member - field->offset + list->count) = count;
  for (guint i = 0; i < count; i++)
    random_fields (rand, list->fields, list->n_fields, member + i * list->stride, bytes);
}

static void
random_values (GRand *rand, CommsBbtReport *report)
{
  for (guint i = 0; i < COMMS_BBT_CHANNELS; i++) {
    gint32 raw = g_rand_int (rand);

    while (!comms_bbt_value_fits (i + 1, raw))
      raw /= 2;
    report->values[i] = report->mask >> i & 1 ? raw : 0;
  }
}

static void
random_field (GRand *rand, const CommsBbtField *field, guint8 *member, BbtRandomBytes *bytes)
{
  CommsBbtBytes *rest = (CommsBbtBytes *) member;

  switch (field->wire) {
  case COMMS_BBT_UNSIGNED: case COMMS_BBT_SIGNED:
    random_number (rand, field, member);
    break;
  case COMMS_BBT_SECONDS: case COMMS_BBT_MOMENT:
    random_time (rand, field, member);
    break;
  case COMMS_BBT_TEXT:
    random_text (rand, (char *) member, field->bytes);
    break;
  case COMMS_BBT_DIGITS:
    random_text (rand, (char *) member, 2 * field->bytes);
    break;
  case COMMS_BBT_STRING:
    random_text (rand, (char *) member, field->most);
    break;
  case COMMS_BBT_OCTETS:
    for (guint i = 0; i < field->bytes; i++)
      member[i] = g_rand_int (rand) & 0xFF;
    break;
  case COMMS_BBT_REST:
    rest->length = g_rand_int_range (rand, field->least, field->most + 1);
    rest->bytes = bytes->bytes;
    for (gsize i = 0; i < rest->length; i++)
      bytes->bytes[i] = g_rand_int_range (rand, 0, 256);
    for (gsize i = 0; i < rest->length && field->show == COMMS_BBT_SHOW_TEXT; i++)
      bytes->bytes[i] = ' ' + bytes->bytes[i] % 95;
    break;
  case COMMS_BBT_VALUES:
    random_values (rand, (CommsBbtReport *) member);
    break;
  default:
    random_list (rand, field, member, bytes);
  }
}

static void
random_fields (GRand *rand, const CommsBbtField *fields, guint n, guint8 *body, BbtRandomBytes *bytes)
{
  for (guint i = 0; i < n; i++)
    random_field (rand, &fields[i], body + fields[i].offset, bytes);
}

/* Rows that a unit could have stored; their bytes come from the packer. */
static void
random_archive (GRand *rand, CommsBbtArchive *archive, BbtRandomBytes *bytes)
{
  static const CommsBbtStream streams[] = { COMMS_BBT_STREAM_ARCHIVE, COMMS_BBT_STREAM_HOURLY, COMMS_BBT_STREAM_DAILY };
  CommsBbtReport row = { .mask = random_bits (rand), .status = g_rand_int (rand) };
  guint rows = g_rand_int_range (rand, 1, COMMS_BBT_ROWS_MAX + 1);
  CommsBbtPacker packer;

  row.number = random_bits (rand) >> 33;
  row.time = (gint64) (g_rand_int (rand) / 2) * G_USEC_PER_SEC;
  comms_bbt_packer_begin (&packer, streams[g_rand_int_range (rand, 0, 3)], g_rand_int (rand),
                          g_rand_int_range (rand, 1, 86401));
  random_values (rand, &row);
  while (rows-- > 0 && comms_bbt_packer_add (&packer, &row)) {
    CommsBbtReport next = row;

    next.mask = row.mask & (guint32) random_bits (rand);
    random_values (rand, &next);
    next.mask |= row.mask;
    row = next;
    row.number++;
    row.time += packer.archive.step * G_USEC_PER_SEC;
  }
  *archive = packer.archive;
  memcpy (bytes->bytes, packer.bytes, archive->packed.length);
  archive->packed.bytes = bytes->bytes;
}

void
bbt_random_message (GRand *rand, guint8 type, CommsBbtMessage *message, BbtRandomBytes *bytes)
{
  const CommsBbtLayout *layout = comms_bbt_layout (type, NULL);

  memset (message, 0, sizeof *message);
  message->type = type;
  message->sequence = g_rand_int (rand);
  if (type == COMMS_BBT_ARCHIVE)
    random_archive (rand, &message->archive, bytes);
  else
    random_fields (rand, layout->fields, layout->n_fields, COMMS_BBT_BODY (message), bytes);
}

/* Sum of twelve uniform numbers: near enough to a normal one. */
static double
noise (GRand *rand, double deviation)
{
  double sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum * deviation;
}

CommsBbtReport
bbt_random_minute (GRand *rand, guint number, double rough)
{
  CommsBbtReport row = { .number = number, .mask = 0xFFFF,
                         .time = (1700000000 + number * 60) * (gint64) G_USEC_PER_SEC };

  for (guint i = 0; i < 8; i++)
    row.values[i] = 8000 + i * 1000 + 50 * sin (number / 20.0 + i) + noise (rand, 3.2 * rough);
  row.values[COMMS_BBT_DI - 1] = 0x05;
  row.values[COMMS_BBT_DO - 1] = 0x01;
  row.values[COMMS_BBT_MAINS - 1] = 2290 + noise (rand, 8 * rough);
  row.values[COMMS_BBT_BATTERY - 1] = 13560 + noise (rand, 4 * rough);
  row.values[COMMS_BBT_SIGNAL - 1] = -81 + noise (rand, 2 * rough);
  row.values[COMMS_BBT_TEMPERATURE - 1] = 123 + number / 10 + noise (rand, 0.5 * rough);
  row.values[COMMS_BBT_SOLAR - 1] = 350 + noise (rand, 10 * rough);
  row.values[COMMS_BBT_CONSUMPTION - 1] = 640 + noise (rand, 5 * rough);
  return row;
}
