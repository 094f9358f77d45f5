/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "columns.h"

#include <math.h>
#include <string.h>

#include "json-writer.h"

#define FIELD(type_, offset_) (*(type_ *) ((char *) object + (offset_)))
#define CONST_FIELD(type_, offset_) (*(const type_ *) ((const char *) object + (offset_)))

guint
data_table_n_extras (const DataTable *table)
{
  guint n = 0;
  while (n < DATA_TABLE_EXTRAS && table->extras[n] != NULL)
    n++;
  return n;
}

char *
data_table_select (const DataTable *table, const char *first, const char *tail)
{
  GString *sql = g_string_new ("SELECT ");
  g_string_append (sql, first);
  for (guint i = 0; i < table->n_columns; i++)
    g_string_append_printf (sql, "%s\"%s\"", i > 0 || *first != '\0' ? ", " : "", table->columns[i].name);
  g_string_append_printf (sql, " FROM %s %s", table->name, tail);
  return g_string_free (sql, FALSE);
}

/* The @i-th column as it is written: extras first. */
static const char *
written_name (const DataTable *table, guint n_extras, guint i)
{
  return i < n_extras ? table->extras[i] : table->columns[i - n_extras].name;
}

char *
data_table_insert (const DataTable *table)
{
  guint n_extras = data_table_n_extras (table), n = n_extras + table->n_columns;
  GString *sql = g_string_new (NULL);
  g_autoptr (GString) places = g_string_new (NULL);
  g_autoptr (GString) replacing = g_string_new (NULL);

  g_string_printf (sql, "INSERT INTO %s (", table->name);
  for (guint i = 0; i < n; i++) {
    const char *name = written_name (table, n_extras, i), *comma = i > 0 ? ", " : "";
    g_string_append_printf (sql, "%s\"%s\"", comma, name);
    g_string_append_printf (places, "%s?%u", comma, i + 1);
    g_string_append_printf (replacing, "%s\"%s\" = excluded.\"%s\"", comma, name, name);
  }
  g_string_append_printf (sql, ") VALUES (%s)", places->str);
  if (table->key != NULL)
    g_string_append_printf (sql, " ON CONFLICT (%s) DO UPDATE SET %s", table->key, replacing->str);
  if (table->returning != NULL)
    g_string_append_printf (sql, " RETURNING %s", table->returning);
  return g_string_free (sql, FALSE);
}

static char
column_letter (DataColumnType type)
{
  static const char letters[] = {
    [DATA_COLUMN_TEXT] = 't', [DATA_COLUMN_DOUBLE] = 'd', [DATA_COLUMN_FLOAT] = 'd', [DATA_COLUMN_CHAR] = 't',
    [DATA_COLUMN_WORD] = 't', [DATA_COLUMN_INT64] = 'i', [DATA_COLUMN_INT] = 'i', [DATA_COLUMN_UINT] = 'i',
    [DATA_COLUMN_UINT16] = 'i', [DATA_COLUMN_UINT8] = 'i',
  };
  return letters[type];
}

char *
data_table_types (const DataTable *table)
{
  GString *types = g_string_new (table->extra_types);
  for (guint i = data_table_n_extras (table); table->extra_types == NULL && i > 0; i--)
    g_string_append_c (types, 'i');
  for (guint i = 0; i < table->n_columns; i++)
    g_string_append_c (types, column_letter (table->columns[i].type));
  return g_string_free (types, FALSE);
}

static void
set_text (DataValue *value, const char *text)
{
  value->type = text != NULL ? DATA_VALUE_TEXT : DATA_VALUE_ABSENT;
  value->text = text;
}

static void
set_real (DataValue *value, double real)
{
  value->type = isfinite (real) ? DATA_VALUE_REAL : DATA_VALUE_ABSENT;
  value->real = real;
}

static void
set_integer (DataValue *value, gint64 integer)
{
  value->type = DATA_VALUE_INTEGER;
  value->integer = integer;
}

void
data_column_get (const DataColumn *column, gconstpointer object, DataValue *value)
{
  switch (column->type) {
  case DATA_COLUMN_TEXT:   set_text (value, CONST_FIELD (char *, column->offset)); break;
  case DATA_COLUMN_DOUBLE: set_real (value, CONST_FIELD (double, column->offset)); break;
  case DATA_COLUMN_FLOAT:  set_real (value, (double) CONST_FIELD (float, column->offset)); break;
  case DATA_COLUMN_INT64:  set_integer (value, CONST_FIELD (gint64, column->offset)); break;
  case DATA_COLUMN_INT:    set_integer (value, CONST_FIELD (gint32, column->offset)); break;
  case DATA_COLUMN_UINT:   set_integer (value, CONST_FIELD (guint32, column->offset)); break;
  case DATA_COLUMN_UINT16: set_integer (value, CONST_FIELD (guint16, column->offset)); break;
  case DATA_COLUMN_UINT8:  set_integer (value, CONST_FIELD (guint8, column->offset)); break;
  case DATA_COLUMN_WORD:   set_text (value, column->words->word (CONST_FIELD (int, column->offset))); break;
  case DATA_COLUMN_CHAR:
    value->letter[0] = CONST_FIELD (char, column->offset);
    value->letter[1] = '\0';
    set_text (value, value->letter[0] != '\0' ? value->letter : NULL);
    break;
  }
}

gboolean
data_column_set (const DataColumn *column, gpointer object, const DataValue *value)
{
  const char *text = value->type == DATA_VALUE_TEXT ? value->text : NULL;
  double real = value->type == DATA_VALUE_REAL ? value->real
                : value->type == DATA_VALUE_INTEGER ? (double) value->integer : NAN;
  gint64 integer = value->type == DATA_VALUE_INTEGER ? value->integer : 0;

  switch (column->type) {
  case DATA_COLUMN_TEXT:   FIELD (const char *, column->offset) = text; break;
  case DATA_COLUMN_DOUBLE: FIELD (double, column->offset) = real; break;
  case DATA_COLUMN_FLOAT:  FIELD (float, column->offset) = (float) real; break;
  case DATA_COLUMN_INT64:  FIELD (gint64, column->offset) = integer; break;
  case DATA_COLUMN_INT:    FIELD (gint32, column->offset) = (gint32) integer; break;
  case DATA_COLUMN_UINT:   FIELD (guint32, column->offset) = (guint32) integer; break;
  case DATA_COLUMN_UINT16: FIELD (guint16, column->offset) = (guint16) integer; break;
  case DATA_COLUMN_UINT8:  FIELD (guint8, column->offset) = (guint8) integer; break;
  case DATA_COLUMN_CHAR:   FIELD (char, column->offset) = text != NULL ? text[0] : '\0'; break;
  case DATA_COLUMN_WORD:   return text != NULL && column->words->parse (text, &FIELD (int, column->offset));
  }
  return TRUE;
}

static gboolean
same_value (const DataValue *a, const DataValue *b)
{
  if (a->type != b->type)
    return FALSE;
  switch (a->type) {
  case DATA_VALUE_TEXT:    return strcmp (a->text, b->text) == 0;
  case DATA_VALUE_REAL:    return a->real == b->real;
  case DATA_VALUE_INTEGER: return a->integer == b->integer;
  case DATA_VALUE_BYTES:   return a->size == b->size && memcmp (a->bytes, b->bytes, a->size) == 0;
  case DATA_VALUE_ABSENT:
  default:                 return TRUE;
  }
}

static gboolean
same_column (const DataColumn *column, gconstpointer a, gconstpointer b)
{
  DataValue left, right;
  data_column_get (column, a, &left);
  data_column_get (column, b, &right);
  return same_value (&left, &right);
}

gboolean
data_table_same (const DataTable *table, gconstpointer a, gconstpointer b)
{
  for (guint i = 0; i < table->n_columns; i++)
    if (!same_column (&table->columns[i], a, b))
      return FALSE;
  return TRUE;
}

static void
put_column (DataJsonWriter *json, const DataColumn *column, gconstpointer object)
{
  DataValue value;
  data_column_get (column, object, &value);
  switch (value.type) {
  case DATA_VALUE_REAL:    data_json_put_number (json, column->name, value.real); break;
  case DATA_VALUE_INTEGER: data_json_put_integer (json, column->name, value.integer); break;
  case DATA_VALUE_TEXT:
  case DATA_VALUE_BYTES:
  case DATA_VALUE_ABSENT:
  default:                 data_json_put_string (json, column->name,
                                                 value.type == DATA_VALUE_TEXT ? value.text : NULL); break;
  }
}

void
data_table_differences (const DataTable *table, gconstpointer old, gconstpointer object,
                        char **before, char **after)
{
  DataJsonWriter *left = data_json_writer_new (FALSE), *right = data_json_writer_new (FALSE);

  data_json_open_object (left, NULL, TRUE);
  data_json_open_object (right, NULL, TRUE);
  for (guint i = 0; i < table->n_columns; i++) {
    const DataColumn *column = &table->columns[i];
    DataValue value;
    data_column_get (column, object, &value);
    if (old != NULL ? same_column (column, old, object) : value.type == DATA_VALUE_ABSENT)
      continue;
    if (old != NULL)
      put_column (left, column, old);
    put_column (right, column, object);
  }
  data_json_close (left);
  data_json_close (right);
  *before = data_json_writer_end (left);
  *after = data_json_writer_end (right);
  if (old == NULL)
    g_clear_pointer (before, g_free);
}
