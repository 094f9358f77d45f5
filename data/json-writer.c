/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json-writer.h"

#include <math.h>
#include <stdlib.h>

#define DEEPEST 16

struct DataJsonWriter {
  GString *out;
  gboolean lines;
  guint    depth;
  struct { char close; gboolean flat, filled; } level[DEEPEST + 1];
};

DataJsonWriter *
data_json_writer_new (gboolean lines)
{
  DataJsonWriter *writer = g_new0 (DataJsonWriter, 1);
  writer->out = g_string_new (NULL);
  writer->lines = lines;
  writer->level[0].flat = TRUE;
  return writer;
}

char *
data_json_writer_end (DataJsonWriter *writer)
{
  g_assert (writer->depth == 0);
  if (writer->lines)
    g_string_append_c (writer->out, '\n');
  char *text = g_string_free (g_steal_pointer (&writer->out), FALSE);
  g_free (writer);
  return text;
}

void
data_json_writer_free (DataJsonWriter *writer)
{
  g_string_free (writer->out, TRUE);
  g_free (writer);
}

static void
append_escaped (GString *out, const char *string)
{
  g_string_append_c (out, '"');
  for (; *string; string++)
    if (*string == '"' || *string == '\\')
      g_string_append_printf (out, "\\%c", *string);
    else if (*string == '\n')
      g_string_append (out, "\\n");
    else if ((guchar) *string < 0x20)
      g_string_append_printf (out, "\\u%04x", *string);
    else
      g_string_append_c (out, *string);
  g_string_append_c (out, '"');
}

static void
new_line (DataJsonWriter *writer)
{
  g_string_append_printf (writer->out, "\n%*s", 2 * (int) writer->depth, "");
}

/* What stands before a value: comma, line, name. */
static void
begin_value (DataJsonWriter *writer, const char *key)
{
  gboolean flat = writer->level[writer->depth].flat;
  if (writer->level[writer->depth].filled)
    g_string_append (writer->out, flat ? ", " : ",");
  writer->level[writer->depth].filled = TRUE;
  if (!flat)
    new_line (writer);
  if (key) {
    append_escaped (writer->out, key);
    g_string_append (writer->out, ": ");
  }
}

static void
open_container (DataJsonWriter *writer, const char *key, char open, char close, gboolean flat)
{
  g_assert (writer->depth < DEEPEST);
  begin_value (writer, key);
  gboolean inside_flat = writer->depth > 0 && writer->level[writer->depth].flat;
  writer->depth++;
  writer->level[writer->depth].close = close;
  writer->level[writer->depth].flat = flat || inside_flat || !writer->lines;
  writer->level[writer->depth].filled = FALSE;
  g_string_append_c (writer->out, open);
}

void
data_json_open_object (DataJsonWriter *writer, const char *key, gboolean flat)
{
  open_container (writer, key, '{', '}', flat);
}

void
data_json_open_array (DataJsonWriter *writer, const char *key, gboolean flat)
{
  open_container (writer, key, '[', ']', flat);
}

void
data_json_close (DataJsonWriter *writer)
{
  g_assert (writer->depth > 0);
  guint closed = writer->depth--;
  if (writer->level[closed].filled && !writer->level[closed].flat)
    new_line (writer);
  g_string_append_c (writer->out, writer->level[closed].close);
}

void
data_json_put_string (DataJsonWriter *writer, const char *key, const char *string)
{
  begin_value (writer, key);
  if (string == NULL) {
    g_string_append (writer->out, "null");
    return;
  }
  g_autofree char *valid = g_utf8_make_valid (string, -1);
  append_escaped (writer->out, valid);
}

void
data_json_put_number (DataJsonWriter *writer, const char *key, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE] = "null";
  begin_value (writer, key);
  /* Every double is told apart by 17 digits, most written by people by 15 (C11 5.2.4.2.2). */
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  for (guint i = 0; isfinite (number) && i < G_N_ELEMENTS (formats); i++)
    if (g_ascii_strtod (g_ascii_formatd (text, sizeof text, formats[i], number), NULL) == number)
      break;
  g_string_append (writer->out, text);
}

void
data_json_put_float (DataJsonWriter *writer, const char *key, float number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE] = "null";
  begin_value (writer, key);
  static const char *const formats[] = { "%.6g", "%.7g", "%.8g", "%.9g" };
  for (guint i = 0; isfinite (number) && i < G_N_ELEMENTS (formats); i++)
    if ((float) g_ascii_strtod (g_ascii_formatd (text, sizeof text, formats[i], (double) number), NULL) == number)
      break;
  g_string_append (writer->out, text);
}

void
data_json_put_integer (DataJsonWriter *writer, const char *key, gint64 number)
{
  begin_value (writer, key);
  g_string_append_printf (writer->out, "%" G_GINT64_FORMAT, number);
}

void
data_json_put_boolean (DataJsonWriter *writer, const char *key, gboolean value)
{
  begin_value (writer, key);
  g_string_append (writer->out, value ? "true" : "false");
}
