/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-archive.h"

#include <string.h>

#include "bbt-layout.h"

/* Bytes of data and rows shown; who wants more reads the dump. */
enum { SHOWN = 32, SHOWN_ROWS = 8 };

typedef void (*Show) (GString *text, const CommsBbtField *field, const guint8 *member);

/* In two's complement, when the field is signed. */
static guint64
load (const CommsBbtField *field, const guint8 *member)
{
  gboolean is_signed = field->wire == COMMS_BBT_SIGNED;

  switch (field->bytes) {
  case 1: return is_signed ? (guint64) *(const gint8 *) member : *member;
  case 2: return is_signed ? (guint64) *(const gint16 *) member : *(const guint16 *) member;
  case 4: return is_signed ? (guint64) *(const gint32 *) member : *(const guint32 *) member;
  default: return *(const guint64 *) member;
  }
}

static void
show_hex (GString *text, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < MIN (length, SHOWN); i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  if (length > SHOWN)
    g_string_append_printf (text, "...(%" G_GSIZE_FORMAT " bytes)", length);
}

/* ASCII on one line, whatever a stranger sent. */
static void
show_text (GString *text, const guint8 *bytes, gsize length)
{
  g_string_append_c (text, '"');
  for (gsize i = 0; i < length; i++)
    if (g_ascii_isprint (bytes[i]) && bytes[i] != '"' && bytes[i] != '\\')
      g_string_append_c (text, bytes[i]);
    else
      g_string_append_printf (text, "\\x%02x", bytes[i]);
  g_string_append_c (text, '"');
}

static void
show_number (GString *text, const CommsBbtField *field, const guint8 *member)
{
  guint64 number = load (field, member);
  const char *word = field->show == COMMS_BBT_SHOW_WORD ? comms_bbt_code_word (field->set, number) : NULL;

  if (word != NULL)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT "(%s)", number, word);
  else if (field->show == COMMS_BBT_SHOW_HEX)
    g_string_append_printf (text, "%0*" G_GINT64_MODIFIER "x", 2 * field->bytes, number);
  else if (field->show == COMMS_BBT_SHOW_CHAR && g_ascii_isprint (number))
    g_string_append_c (text, number);
  else if (field->wire == COMMS_BBT_SIGNED)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, (gint64) number);
  else
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, number);
}

static void
show_time (GString *text, const CommsBbtField *field, const guint8 *member)
{
  gint64 time = *(const gint64 *) member;
  g_autoptr (GDateTime) utc = time != 0 ? g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC) : NULL;
  g_autofree char *day = utc != NULL ? g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S") : g_strdup ("0");

  g_string_append (text, day);
  if (utc != NULL && field->bytes == 6)
    g_string_append_printf (text, ".%03d", (int) (time / 1000 % 1000));
  if (utc != NULL)
    g_string_append_c (text, 'Z');
}

static void
show_string (GString *text, const CommsBbtField *field, const guint8 *member)
{
  show_text (text, member, strlen ((const char *) member));
}

static void
show_octets (GString *text, const CommsBbtField *field, const guint8 *member)
{
  if (field->show == COMMS_BBT_SHOW_VERSION)
    g_string_append_printf (text, "%u.%u.%u", member[0], member[1], member[2]);
  else
    show_hex (text, member, field->bytes);
}

static void
show_value (GString *text, const CommsBbtReport *report, guint channel)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  gint32 raw = comms_bbt_report_value (report, channel);
  float real;

  if (!comms_bbt_report_has (report, channel)) {
    g_string_append_c (text, '-');
  } else if (comms_bbt_channel (channel)->is_float) {
    memcpy (&real, &raw, sizeof real);
    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.9g", real));
  } else {
    g_string_append_printf (text, channel == COMMS_BBT_DI || channel == COMMS_BBT_DO ? "%02x" : "%d", raw);
  }
}

static void
show_values (GString *text, const CommsBbtField *field, const guint8 *member)
{
  const CommsBbtReport *report = (const CommsBbtReport *) member;

  for (guint channel = 1; channel <= COMMS_BBT_CHANNELS; channel++) {
    if (!(report->mask >> (channel - 1) & 1))
      continue;
    g_string_append_printf (text, " %s=", comms_bbt_channel (channel)->name);
    show_value (text, report, channel);
  }
}

/* The number and the values of each of the first rows. */
static void
show_rows (GString *text, const CommsBbtArchive *archive)
{
  CommsBbtReport row;
  CommsBbtRows rows;

  comms_bbt_rows_begin (&rows, archive);
  for (guint i = 0; i < SHOWN_ROWS && comms_bbt_rows_next (&rows, &row, NULL); i++) {
    g_string_append_printf (text, " [%u", row.number);
    show_values (text, NULL, (const guint8 *) &row);
    g_string_append_c (text, ']');
  }
  if (archive->rows > SHOWN_ROWS)
    g_string_append (text, " ...");
}

static void
show_rest (GString *text, const CommsBbtField *field, const guint8 *member)
{
  const CommsBbtBytes *rest = (const CommsBbtBytes *) member;

  if (field->show == COMMS_BBT_SHOW_TEXT)
    show_text (text, rest->bytes, rest->length);
  else
    show_hex (text, rest->bytes, rest->length);
  if (field->show == COMMS_BBT_SHOW_ROWS)
    show_rows (text, (const CommsBbtArchive *) (member - field->offset));
}

static void show_fields (GString *text, const CommsBbtField *fields, guint n, const guint8 *body);

static void
show_list (GString *text, const CommsBbtField *field, const guint8 *member)
{
  const CommsBbtList *list = field->list;
  guint count = *(member - field->offset + list->count);

  g_string_append_printf (text, "%u", count);
  for (guint i = 0; i < count; i++) {
    g_string_append (text, " [");
    show_fields (text, list->fields, list->n_fields, member + i * list->stride);
    g_string_append_c (text, ']');
  }
}

static const Show shows[COMMS_BBT_N_WIRES] = {
  [COMMS_BBT_UNSIGNED] = show_number, [COMMS_BBT_SIGNED] = show_number,
  [COMMS_BBT_SECONDS] = show_time,    [COMMS_BBT_MOMENT] = show_time,
  [COMMS_BBT_TEXT] = show_string,     [COMMS_BBT_DIGITS] = show_string,
  [COMMS_BBT_STRING] = show_string,   [COMMS_BBT_OCTETS] = show_octets,
  [COMMS_BBT_REST] = show_rest,       [COMMS_BBT_VALUES] = show_values,
  [COMMS_BBT_COUNTED] = show_list,    [COMMS_BBT_LISTED] = show_list,
};

/* "name=value name=value"; values bring names of their own. */
static void
show_fields (GString *text, const CommsBbtField *fields, guint n, const guint8 *body)
{
  for (guint i = 0; i < n; i++) {
    if (fields[i].wire != COMMS_BBT_VALUES)
      g_string_append_printf (text, "%s%s=", i > 0 ? " " : "", fields[i].name);
    shows[fields[i].wire] (text, &fields[i], body + fields[i].offset);
  }
}

void
comms_bbt_describe (const CommsBbtMessage *message, GString *text)
{
  const CommsBbtLayout *layout = comms_bbt_layout (message->type, NULL);

  if (layout == NULL) {
    g_string_append_printf (text, "type %02x #%u", message->type, message->sequence);
    return;
  }
  g_string_append_printf (text, "%s #%u ", comms_bbt_type_info (message->type)->name, message->sequence);
  show_fields (text, layout->fields, layout->n_fields, COMMS_BBT_BODY (message));
}
