/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sql-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* ---- opening and closing ---------------------------------------------------------------- */

void
sql_store_init (SqlStore *self, const DataBackend *backend, char *place)
{
  self->parent.backend = backend;
  self->place = place;
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) backend->finalize);
  self->inserts = g_hash_table_new (NULL, NULL);
  self->away = data_away_new ();
  self->meta = g_strconcat ("SELECT seq, live_seq, span_seq, trimmed_seq, revision, journal_count, journal_head, ",
                            backend->schema, ", ", backend->clock != NULL ? backend->clock : "0", ", ",
                            backend->identity != NULL ? backend->identity : "0", " FROM meta", NULL);
}

/* Only to spare the next start; what is not brought forward is still in `sample`. */
static void
finish_live (SqlStore *self)
{
  g_autoptr (GError) error = NULL;
  SqlMeta meta;
  if (!sql_begin (self, FALSE, &meta, &error)
      || !sql_end (self, &meta, sql_live_forward (self, &meta, TRUE, &error), &error))
    g_debug ("%s", error->message);
}

void
sql_store_finish (SqlStore *self)
{
  if (self->live != NULL)
    finish_live (self);
  g_clear_pointer (&self->live, sql_live_free);
  g_clear_pointer (&self->away, data_away_free);
  g_clear_pointer (&self->inserts, g_hash_table_unref);
  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_pointer (&self->meta, g_free);
  g_clear_pointer (&self->place, g_free);
  g_clear_pointer (&self->user, g_free);
}

/* ---- statements ------------------------------------------------------------------------- */

static const DataBackend *
engine (const SqlStore *self)
{
  return self->parent.backend;
}

void
sql_query_done (SqlQuery query)
{
  engine (query->store)->reset (query);
}

static SqlQuery
prepare (SqlStore *self, const char *sql, const char *types, GError **error)
{
  SqlQuery query = g_hash_table_lookup (self->statements, sql);
  if (query != NULL)
    return query;
  if ((query = engine (self)->prepare (self, sql, types, error)) == NULL)
    return NULL;
  query->store = self;
  g_hash_table_insert (self->statements, g_strdup (sql), query);
  return query;
}

/* Modems send what they like; a store holds text only. */
static void
bind (SqlQuery query, guint place, const DataValue *value)
{
  if (value->type != DATA_VALUE_TEXT || g_utf8_validate (value->text, -1, NULL)) {
    engine (query->store)->bind (query, place, value);
    return;
  }
  g_autofree char *valid = g_utf8_make_valid (value->text, -1);
  engine (query->store)->bind (query, place, &(DataValue) { DATA_VALUE_TEXT, .text = valid });
}

static DataValue
next_value (char type, va_list *values)
{
  DataValue value = { .type = DATA_VALUE_ABSENT };
  switch (type) {
  case 'i':
    value.type = DATA_VALUE_INTEGER;
    value.integer = va_arg (*values, gint64);
    break;
  case 'd':
    value.real = va_arg (*values, double);
    value.type = isnan (value.real) ? DATA_VALUE_ABSENT : DATA_VALUE_REAL;
    break;
  case 't':
    value.text = va_arg (*values, const char *);
    value.type = value.text == NULL ? DATA_VALUE_ABSENT : DATA_VALUE_TEXT;
    break;
  case 'h':
    value = (DataValue) { DATA_VALUE_BYTES, .bytes = va_arg (*values, gconstpointer), .size = DATA_HASH_SIZE };
    break;
  case 'b': case 'I': case 'D': case 'B':
    value.type = DATA_VALUE_BYTES;
    value.bytes = g_bytes_get_data (va_arg (*values, GBytes *), &value.size);
    break;
  default:
    g_assert_not_reached ();
  }
  return value;
}

static SqlQuery
query_valist (SqlStore *self, GError **error, const char *sql, const char *types, va_list *values)
{
  SqlQuery query = prepare (self, sql, types, error);
  for (guint i = 0; query != NULL && types[i] != '\0'; i++) {
    DataValue value = next_value (types[i], values);
    bind (query, i + 1, &value);
  }
  return query;
}

SqlQuery
sql_query (SqlStore *self, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start (values, types);
  SqlQuery query = query_valist (self, error, sql, types, &values);
  va_end (values);
  return query;
}

SqlQuery
sql_query_among (SqlStore *self, GError **error, const char *head, const gint64 *numbers, guint n, const char *tail)
{
  guint places = 1;
  while (places < n)
    places *= 2;
  g_autoptr (GString) sql = g_string_new (head), types = g_string_new (NULL);
  for (guint i = 0; i < places; i++) {
    g_string_append (sql, i == 0 ? " IN (?" : ", ?");
    g_string_append_c (types, 'i');
  }
  g_string_append_printf (sql, ") %s", tail);
  SqlQuery query = prepare (self, sql->str, types->str, error);
  for (guint i = 0; query != NULL && i < places; i++)
    bind (query, i + 1, &(DataValue) { DATA_VALUE_INTEGER, .integer = numbers[MIN (i, n - 1)] });
  return query;
}

int
sql_step (SqlStore *self, SqlQuery query, GError **error)
{
  return engine (self)->step (query, error);
}

gboolean
sql_run (SqlStore *self, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start (values, types);
  g_auto (SqlQuery) query = query_valist (self, error, sql, types, &values);
  va_end (values);
  return query != NULL && sql_step (self, query, error) >= 0;
}

gint64
sql_number (SqlStore *self, const char *sql, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, sql, "");
  return query != NULL && sql_step (self, query, error) > 0 ? sql_integer (query, 0) : -1;
}

/* ---- columns ---------------------------------------------------------------------------- */

static DataValue
column_value (SqlQuery query, guint column)
{
  DataValue value = { .type = DATA_VALUE_ABSENT };
  engine (query->store)->column (query, column, &value);
  return value;
}

gint64
sql_integer (SqlQuery query, guint column)
{
  DataValue value = column_value (query, column);
  return value.type == DATA_VALUE_INTEGER ? value.integer : 0;
}

double
sql_real (SqlQuery query, guint column)
{
  DataValue value = column_value (query, column);
  return value.type == DATA_VALUE_REAL ? value.real : value.type == DATA_VALUE_INTEGER ? (double) value.integer : NAN;
}

const char *
sql_text (SqlQuery query, guint column)
{
  DataValue value = column_value (query, column);
  return value.type == DATA_VALUE_TEXT ? value.text : NULL;
}

gconstpointer
sql_bytes (SqlQuery query, guint column, gsize *size)
{
  DataValue value = column_value (query, column);
  *size = value.type == DATA_VALUE_BYTES ? value.size : 0;
  return value.type == DATA_VALUE_BYTES ? value.bytes : NULL;
}

/* ---- rows and structs ------------------------------------------------------------------- */

gboolean
sql_read_columns (SqlStore *self, SqlQuery query, guint first, const DataTable *table, gpointer object, GError **error)
{
  for (guint i = 0; i < table->n_columns; i++) {
    DataValue value = column_value (query, first + i);
    if (!data_column_set (&table->columns[i], object, &value)) {
      g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE,
                   "%s: table %s, column %s holds \"%s\", which this program does not know; use a newer one",
                   self->place, table->name, table->columns[i].name,
                   value.type == DATA_VALUE_TEXT ? value.text : "");
      return FALSE;
    }
  }
  return TRUE;
}

void
sql_read_reading (SqlQuery query, GdpReading *reading)
{
  reading->seq = sql_integer (query, 0);
  reading->point = sql_integer (query, 1);
  reading->time = sql_integer (query, 2);
  reading->received = reading->time + sql_integer (query, 3);
  reading->value = sql_real (query, 4);
  reading->reason = (GdpReason) sql_integer (query, 5);
}

void
sql_reading_row (const GdpReading *reading, gint64 seq, SqlNumber row[6])
{
  row[0].integer = seq;
  row[1].integer = reading->point;
  row[2].integer = reading->time;
  row[3].integer = reading->received - reading->time;
  row[4].real = isfinite (reading->value) ? reading->value : NAN;
  row[5].integer = reading->reason;
}

SqlQuery
sql_insert (SqlStore *self, const DataTable *table, gconstpointer object, GError **error)
{
  SqlQuery query = g_hash_table_lookup (self->inserts, table);
  if (query == NULL) {
    g_autofree char *sql = data_table_insert (table), *types = data_table_types (table);
    if ((query = prepare (self, sql, types, error)) == NULL)
      return NULL;
    g_hash_table_insert (self->inserts, (gpointer) table, query);
  }
  guint first = data_table_n_extras (table) + 1;
  for (guint i = 0; i < table->n_columns; i++) {
    DataValue value;
    data_column_get (&table->columns[i], object, &value);
    bind (query, first + i, &value);
  }
  return query;
}

static SqlQuery
insert_with_extras (SqlStore *self, const DataTable *table, const gint64 *extras, gconstpointer object, GError **error)
{
  SqlQuery query = sql_insert (self, table, object, error);
  guint n_extras = query != NULL ? data_table_n_extras (table) : 0;
  for (guint i = 0; i < n_extras; i++)
    if (extras[i] >= 0)
      engine (self)->bind (query, i + 1, &(DataValue) { DATA_VALUE_INTEGER, .integer = extras[i] });
  return query;
}

gboolean
sql_put (SqlStore *self, const DataTable *table, const gint64 *extras, gconstpointer object, GError **error)
{
  g_auto (SqlQuery) query = insert_with_extras (self, table, extras, object, error);
  return query != NULL && sql_step (self, query, error) == 0;
}

gint64
sql_put_keyed (SqlStore *self, const DataTable *table, const gint64 *extras, gconstpointer object, GError **error)
{
  g_auto (SqlQuery) query = insert_with_extras (self, table, extras, object, error);
  if (query == NULL || sql_step (self, query, error) <= 0)
    return -1;
  gint64 key = sql_integer (query, 0);
  return sql_step (self, query, error) == 0 ? key : -1;
}

/* ---- transactions ----------------------------------------------------------------------- */

/* Their clock read @theirs between @asked and now: what the way there and back took is no difference. */
static void
note_clock (SqlStore *self, gint64 theirs, gint64 asked)
{
  DataStore *store = &self->parent;
  gint64 now = g_get_real_time ();
  store->ahead = theirs > now ? theirs - now : theirs < asked ? theirs - asked : 0;
  store->clock = ABS (store->ahead) > DATA_CLOCKS_AGREE ? theirs - g_get_monotonic_time () : 0;
}

gboolean
sql_knows_schema (const SqlStore *self, gint64 version, GError **error)
{
  if (version <= (gint64) sql_schema_version)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_NEWER, _("%s: written by a newer program (schema %d, this one "
               "knows up to %d); use that program or a newer one"), self->place, (int) version, (int) sql_schema_version);
  return FALSE;
}

/* Whoever was about to read while a copy was put in its place finds no row: it reads as of before, what is there came after. */
static gint64
identity_without_row (SqlStore *self)
{
  g_autofree char *sql = g_strconcat ("SELECT ", engine (self)->identity, NULL);
  return engine (self)->identity != NULL ? sql_number (self, sql, NULL) : 0;
}

static gboolean
is_same (SqlStore *self, gint64 identity, GError **error)
{
  if (self->identity == 0)
    self->identity = MAX (identity, 0);
  if (identity == self->identity)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_REPLACED, _("%s: the store was replaced, a copy was put back in its place; start "
               "this program again"), self->place);
  return FALSE;
}

gboolean
sql_meta (SqlStore *self, SqlMeta *meta, GError **error)
{
  gint64 asked = g_get_real_time ();
  g_auto (SqlQuery) query = sql_query (self, error, self->meta, "");
  int more = query != NULL ? sql_step (self, query, error) : -1;
  if (more < 0 || (more > 0 && !sql_knows_schema (self, sql_integer (query, 7), error))
      || !is_same (self, more > 0 ? sql_integer (query, 9) : identity_without_row (self), error))
    return FALSE;
  gsize size = 0;
  gconstpointer head = more > 0 ? sql_bytes (query, 6, &size) : NULL;
  if (size != DATA_HASH_SIZE) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: its meta row is missing or damaged; "
                 "restore it from a backup", self->place);
    return FALSE;
  }
  gint64 *numbers[] = { &meta->seq, &meta->live_seq, &meta->span_seq, &meta->trimmed_seq, &meta->revision,
                        &meta->journal_count };
  memcpy (meta->journal_head, head, DATA_HASH_SIZE);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] = sql_integer (query, i);
  if (engine (self)->clock != NULL)
    note_clock (self, sql_integer (query, 8), asked);
  return TRUE;
}

static gboolean
save_meta (SqlStore *self, const SqlMeta *meta, GError **error)
{
  return sql_run (self, error, "UPDATE meta SET seq = ?, live_seq = ?, span_seq = ?, trimmed_seq = ?, "
                  "revision = ?, journal_count = ?, journal_head = ?", "iiiiiih",
                  meta->seq, meta->live_seq, meta->span_seq, meta->trimmed_seq,
                  meta->revision, meta->journal_count, meta->journal_head);
}

gboolean
sql_begin (SqlStore *self, gboolean durable, SqlMeta *meta, GError **error)
{
  if (!engine (self)->begin (self, durable ? SQL_WRITE_DURABLE : SQL_WRITE, error))
    return FALSE;
  if (sql_meta (self, meta, error)) {
    self->began = meta->seq;
    return TRUE;
  }
  engine (self)->rollback (self);
  return FALSE;
}

gboolean
sql_end (SqlStore *self, const SqlMeta *meta, gboolean ok, GError **error)
{
  gint64 given = meta->seq > self->began ? meta->seq : 0;
  if (ok && save_meta (self, meta, error) && engine (self)->commit (self, given, error))
    return TRUE;
  engine (self)->rollback (self);
  return FALSE;
}

gboolean
sql_begin_aside (SqlStore *self, GError **error)
{
  SqlMeta meta;   /* whether it still is what this program knows */
  if (!engine (self)->begin (self, SQL_WRITE_ASIDE, error))
    return FALSE;
  if (sql_meta (self, &meta, error))
    return TRUE;
  engine (self)->rollback (self);
  return FALSE;
}

gboolean
sql_end_aside (SqlStore *self, gboolean ok, GError **error)
{
  if (ok && engine (self)->commit (self, 0, error))
    return TRUE;
  engine (self)->rollback (self);
  return FALSE;
}

gboolean
sql_begin_read (SqlStore *self, GError **error)
{
  return engine (self)->begin (self, SQL_READ, error);
}

void
sql_end_read (SqlStore *self)
{
  engine (self)->rollback (self);   /* it only read */
}
