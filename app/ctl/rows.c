/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rows.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gio/gio.h>

#include "data/json-writer.h"
#include "moment.h"

struct CtlRows {
  CtlRowsForm     form;
  GPtrArray      *labels;   /* of the first row; borrowed */
  GPtrArray      *rows;     /* GPtrArray of cells */
  GPtrArray      *row;      /* cells of the row under way */
  DataJsonWriter *json;
};

static void
begin_row (CtlRows *rows)
{
  if (rows->form == CTL_ROWS_JSON) {
    rows->json = data_json_writer_new (FALSE);
    data_json_open_object (rows->json, NULL, TRUE);
  } else
    rows->row = g_ptr_array_new_with_free_func (g_free);
}

CtlRows *
ctl_rows_new (CtlRowsForm form)
{
  CtlRows *rows = g_new0 (CtlRows, 1);
  rows->form = form;
  rows->labels = g_ptr_array_new ();
  rows->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  begin_row (rows);
  return rows;
}

void
ctl_rows_free (CtlRows *rows)
{
  g_ptr_array_unref (rows->labels);
  g_ptr_array_unref (rows->rows);
  g_clear_pointer (&rows->row, g_ptr_array_unref);
  g_clear_pointer (&rows->json, data_json_writer_free);
  g_free (rows);
}

/* ---- cells ------------------------------------------------------------------------------- */

/* @text: (transfer full) (nullable) */
static void
add_cell (CtlRows *rows, const char *label, char *text)
{
  if (rows->rows->len == 0)
    g_ptr_array_add (rows->labels, (gpointer) label);
  /* A line is a row: what is inside a text must neither break it nor command the terminal. */
  for (char *c = text; c != NULL && *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_ptr_array_add (rows->row, text ? text : g_strdup (""));
}

static gboolean
in_json (const CtlRows *rows, const char *key)
{
  return rows->form == CTL_ROWS_JSON && key != NULL;
}

static gboolean
in_table (const CtlRows *rows, const char *label)
{
  return rows->form != CTL_ROWS_JSON && label != NULL;
}

void
ctl_text (CtlRows *rows, const char *key, const char *label, const char *text)
{
  if (in_json (rows, key))
    data_json_put_string (rows->json, key, text);
  else if (in_table (rows, label))
    add_cell (rows, label, g_strdup (text));
}

void
ctl_number (CtlRows *rows, const char *key, const char *label, double number, int decimals)
{
  if (in_json (rows, key))
    data_json_put_number (rows->json, key, number);
  else if (in_table (rows, label))
    add_cell (rows, label, isnan (number) ? NULL : g_strdup_printf ("%.*f", decimals, number));
}

void
ctl_integer (CtlRows *rows, const char *key, const char *label, gint64 number)
{
  if (in_json (rows, key))
    data_json_put_integer (rows->json, key, number);
  else if (in_table (rows, label))
    add_cell (rows, label, g_strdup_printf ("%" G_GINT64_FORMAT, number));
}

void
ctl_boolean (CtlRows *rows, const char *key, const char *label, gboolean value)
{
  if (in_json (rows, key))
    data_json_put_boolean (rows->json, key, value);
  else if (in_table (rows, label))
    add_cell (rows, label, g_strdup (value ? "●" : ""));
}

void
ctl_time (CtlRows *rows, const char *key, const char *label, gint64 time)
{
  if (in_json (rows, key)) {
    g_autofree char *text = time ? ctl_moment_rfc3339 (time) : NULL;
    data_json_put_string (rows->json, key, text);
  } else if (in_table (rows, label))
    add_cell (rows, label, time ? ctl_moment_local (time) : NULL);
}

void
ctl_texts (CtlRows *rows, const char *key, const char *const *texts)
{
  if (!in_json (rows, key))
    return;
  data_json_open_array (rows->json, key, TRUE);
  for (guint i = 0; texts[i] != NULL; i++)
    data_json_put_string (rows->json, NULL, texts[i]);
  data_json_close (rows->json);
}

void
ctl_integers (CtlRows *rows, const char *key, const guint32 *numbers, guint n)
{
  if (!in_json (rows, key))
    return;
  data_json_open_array (rows->json, key, TRUE);
  for (guint i = 0; i < n; i++)
    data_json_put_integer (rows->json, NULL, numbers[i]);
  data_json_close (rows->json);
}

/* ---- printing ---------------------------------------------------------------------------- */

/* Columns that @text takes on a terminal: East Asian wide characters two, combining marks none. */
static guint
width_of (const char *text)
{
  guint width = 0;
  for (; *text; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);
    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static void
widen (GArray *widths, const GPtrArray *cells)
{
  for (guint i = 0; i < cells->len; i++) {
    guint width = width_of (cells->pdata[i]);
    if (i >= widths->len)
      g_array_append_val (widths, width);
    else
      g_array_index (widths, guint, i) = MAX (g_array_index (widths, guint, i), width);
  }
}

static void
print_cells (const GPtrArray *cells, const GArray *widths)
{
  g_autoptr (GString) line = g_string_new (NULL);
  for (guint i = 0; i < cells->len; i++) {
    const char *cell = cells->pdata[i];
    guint width = widths ? g_array_index (widths, guint, i) : 0, own = width_of (cell);
    g_string_append_printf (line, "%s%s%*s", i ? "  " : "", cell, width > own ? (int) (width - own) : 0, "");
  }
  puts (g_strchomp (line->str));
}

void
ctl_row_end (CtlRows *rows)
{
  if (rows->form == CTL_ROWS_JSON) {
    data_json_close (rows->json);
    g_autofree char *line = data_json_writer_end (g_steal_pointer (&rows->json));
    puts (line);
  } else if (rows->form == CTL_ROWS_STREAM) {
    print_cells (rows->row, NULL);
    g_clear_pointer (&rows->row, g_ptr_array_unref);
  } else
    g_ptr_array_add (rows->rows, g_steal_pointer (&rows->row));
  if (rows->form != CTL_ROWS_TABLE)
    fflush (stdout);
  begin_row (rows);
}

gboolean
ctl_rows_end (CtlRows *rows, GError **error)
{
  g_autoptr (GArray) widths = g_array_new (FALSE, FALSE, sizeof (guint));
  if (rows->rows->len > 0) {
    widen (widths, rows->labels);
    for (guint i = 0; i < rows->rows->len; i++)
      widen (widths, rows->rows->pdata[i]);
    print_cells (rows->labels, widths);
  }
  for (guint i = 0; i < rows->rows->len; i++)
    print_cells (rows->rows->pdata[i], widths);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (errno), "the output cannot be written: %s",
               g_strerror (errno));
  return FALSE;
}
