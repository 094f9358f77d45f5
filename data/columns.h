/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which field of a struct stands in which column of which table.
 *
 * Rows and structs are matched by these tables alone: reading, writing, comparing and describing a
 * change are one loop each, the same for every kind of object and every backend. A new field is one
 * line in columns.c and one column in a new step of the schema. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DATA_COLUMN_TEXT,     /* const char *; NULL = absent */
  DATA_COLUMN_DOUBLE,   /* NaN = absent; infinity is stored as absent too */
  DATA_COLUMN_FLOAT,
  DATA_COLUMN_INT64,
  DATA_COLUMN_INT,
  DATA_COLUMN_UINT,     /* guint, guint32, gboolean */
  DATA_COLUMN_UINT16,
  DATA_COLUMN_UINT8,
  DATA_COLUMN_CHAR,     /* one ASCII letter; 0 = absent */
  DATA_COLUMN_WORD,     /* an enum, stored by its word */
} DataColumnType;

typedef struct {
  const char *(*word) (int value);
  gboolean (*parse) (const char *word, int *value);
} DataWords;

typedef struct {
  const char      *name;
  DataColumnType   type;
  guint16          offset;      /* in the struct */
  const DataWords *words;
} DataColumn;

#define DATA_TABLE_EXTRAS 5

typedef struct {
  const char       *name;
  const char       *key;        /* column(s) by which a row is replaced; NULL = rows are only added */
  const char       *returning;  /* column that writing a row gives back, or NULL */
  const char       *extras[DATA_TABLE_EXTRAS];  /* columns that the struct does not hold; written first */
  const DataColumn *columns;
  guint             n_columns;
  const char       *extra_types; /* a letter each, as of sql_query (); NULL = all are numbers */
} DataTable;

extern const DataTable data_site_table, data_person_table, data_card_table, data_schedule_table, data_link_table, data_profile_table,
  data_register_table, data_unit_table, data_point_table;
extern const DataTable data_alarm_table, data_contact_table, data_journal_table, data_command_table,
  data_server_table, data_traffic_table, data_device_table, data_operator_table,
  data_stranger_table, data_session_table, data_wish_table;

guint data_table_n_extras (const DataTable *table);

/* SELECT @first, every column FROM table @tail; @first may be "". */
char *data_table_select (const DataTable *table, const char *first, const char *tail);
/* INSERT of extras, then columns; a row with the same key is replaced. */
char *data_table_insert (const DataTable *table);
/* The types of its parameters, a letter each: 'i', 'd', 't' as of sql_query (). */
char *data_table_types  (const DataTable *table);

/* A column's value, whatever its type: exactly one of the four. */
typedef struct {
  enum { DATA_VALUE_ABSENT, DATA_VALUE_TEXT, DATA_VALUE_REAL, DATA_VALUE_INTEGER, DATA_VALUE_BYTES } type;
  union { const char *text; double real; gint64 integer; gconstpointer bytes; };
  gsize size;            /* of the bytes */
  char letter[2];        /* room for what `text` of a CHAR points to */
} DataValue;

void     data_column_get (const DataColumn *column, gconstpointer object, DataValue *value);
/* Texts are borrowed. FALSE: a word that this program does not know; the field is left alone. */
gboolean data_column_set (const DataColumn *column, gpointer object, const DataValue *value);

gboolean data_table_same (const DataTable *table, gconstpointer a, gconstpointer b);
/* What differs, as two JSON objects of the columns concerned. @old NULL: only what is not absent of
 * @object, into @after. */
void     data_table_differences (const DataTable *table, gconstpointer old, gconstpointer object,
                                 char **before, char **after);

G_END_DECLS
