/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements: prepared once a connection, parameters and rows in binary.
 *
 * Inside a transaction that writes, a statement that gives no rows is sent and not waited for: its outcome is asked
 * for with the next statement that gives rows, or at the commit. A transaction of a thousand rows is then a few
 * round trips; if one of them fails, so does whatever asks next, and with it the transaction. */
#include "postgres-private.h"

#include <endian.h>
#include <string.h>

#define QUEUED_MOST 1000   /* answers that nobody reads would fill the socket, and then both ends wait */

typedef struct {
  SqlStatement parent;
  char        *sql;          /* with $1 for ?1 */
  char         name[16];
  guint        connection;   /* on which it was prepared; 0 = on none */
  gboolean     gives_rows;
  guint        n;            /* parameters, of each: */
  Oid         *types;
  const char **values;
  int         *sizes, *formats;
  guint64     *numbers;      /* what `values` points to, for a number */
  char       **texts;        /* likewise */
  PGresult    *result;
  int          row;
} PostgresStatement;

/* ---- preparing ---------------------------------------------------------------------------- */

/* `?` becomes the next number, `?2` becomes `$2`. No text of ours holds a question mark. */
static char *
number_places (const char *sql)
{
  GString *numbered = g_string_new (NULL);
  guint next = 1;
  for (; *sql != '\0'; sql++)
    if (*sql != '?')
      g_string_append_c (numbered, *sql);
    else if (g_ascii_isdigit (sql[1]))
      g_string_append_c (numbered, '$');
    else
      g_string_append_printf (numbered, "$%u", next++);
  return g_string_free (numbered, FALSE);
}

static Oid
type_of (char letter)
{
  switch (letter) {
  case 'i': return OID_INT8;
  case 'd': return OID_FLOAT8;
  case 't': return OID_TEXT;
  case 'I': return OID_INT8_ARRAY;
  case 'D': return OID_FLOAT8_ARRAY;
  case 'B': return OID_BYTEA_ARRAY;
  default:  return OID_BYTEA;
  }
}

SqlStatement *
postgres_prepare (SqlStore *store, const char *sql, const char *types, GError **error G_GNUC_UNUSED)
{
  PostgresStore *self = (PostgresStore *) store;
  PostgresStatement *query = g_new0 (PostgresStatement, 1);
  query->parent.store = store;
  query->sql = number_places (sql);
  g_snprintf (query->name, sizeof query->name, "s%u", ++self->names);
  query->n = (guint) strlen (types);
  query->types = g_new (Oid, query->n);
  query->values = g_new0 (const char *, query->n);
  query->sizes = g_new0 (int, query->n);
  query->formats = g_new (int, query->n);
  query->numbers = g_new (guint64, query->n);
  query->texts = g_new0 (char *, query->n);
  for (guint i = 0; i < query->n; i++) {
    query->types[i] = type_of (types[i]);
    query->formats[i] = 1;
  }
  return &query->parent;
}

void
postgres_reset (SqlStatement *statement)
{
  PostgresStatement *query = (PostgresStatement *) statement;
  for (guint i = 0; i < query->n; i++) {
    query->values[i] = NULL;
    g_clear_pointer (&query->texts[i], g_free);
  }
  g_clear_pointer (&query->result, PQclear);
}

void
postgres_finalize (SqlStatement *statement)
{
  PostgresStatement *query = (PostgresStatement *) statement;
  postgres_reset (statement);
  g_free (query->sql);
  g_free (query->types);
  g_free (query->values);
  g_free (query->sizes);
  g_free (query->formats);
  g_free (query->numbers);
  g_free (query->texts);
  g_free (query);
}

static guint64
real_bits (double real)
{
  guint64 bits;
  memcpy (&bits, &real, sizeof bits);
  return bits;
}

void
postgres_bind (SqlStatement *statement, guint place, const DataValue *value)
{
  PostgresStatement *query = (PostgresStatement *) statement;
  guint i = place - 1;
  g_assert (i < query->n);
  g_clear_pointer (&query->texts[i], g_free);
  query->sizes[i] = sizeof query->numbers[i];
  query->values[i] = (const char *) &query->numbers[i];
  switch (value->type) {
  case DATA_VALUE_INTEGER:
    query->numbers[i] = htobe64 ((guint64) value->integer);
    break;
  case DATA_VALUE_REAL:
    query->numbers[i] = htobe64 (real_bits (value->real));
    break;
  case DATA_VALUE_TEXT:
    query->values[i] = query->texts[i] = g_strdup (value->text);
    query->sizes[i] = (int) strlen (value->text);
    break;
  case DATA_VALUE_BYTES:
    query->values[i] = value->bytes != NULL ? value->bytes : "";
    query->sizes[i] = (int) value->size;
    break;
  case DATA_VALUE_ABSENT:
  default:
    query->values[i] = NULL;
    break;
  }
}

/* ---- running ------------------------------------------------------------------------------ */

static gboolean
prepare_here (PostgresStore *self, PostgresStatement *query, GError **error)
{
  if (query->connection == self->connection)
    return TRUE;
  if (!postgres_drain (self, error))
    return FALSE;
  PGresult *result = PQprepare (self->db, query->name, query->sql, (int) query->n, query->types);
  gboolean good = PQresultStatus (result) == PGRES_COMMAND_OK || postgres_fail (self, result, error);
  PQclear (result);
  if (!good)
    return FALSE;
  result = PQdescribePrepared (self->db, query->name);
  good = PQresultStatus (result) == PGRES_COMMAND_OK || postgres_fail (self, result, error);
  query->gives_rows = PQnfields (result) > 0;
  PQclear (result);
  query->connection = good ? self->connection : 0;
  return good;
}

gboolean
postgres_drain (PostgresStore *self, GError **error)
{
  gboolean good = TRUE, ended = PQpipelineStatus (self->db) == PQ_PIPELINE_OFF;
  if (ended)
    return TRUE;
  if (!PQpipelineSync (self->db))
    good = postgres_fail (self, NULL, error);
  while (!ended) {
    PGresult *result = PQgetResult (self->db);
    ExecStatusType status = result != NULL ? PQresultStatus (result) : PGRES_COMMAND_OK;   /* NULL: between two */
    ended = status == PGRES_PIPELINE_SYNC || PQstatus (self->db) == CONNECTION_BAD;
    if (good && (status == PGRES_FATAL_ERROR || strcmp (result != NULL ? PQcmdStatus (result) : "", "ROLLBACK") == 0))
      good = postgres_fail (self, result, error);   /* what had failed already cannot be committed */
    PQclear (result);
  }
  if (good && PQstatus (self->db) == CONNECTION_BAD)
    good = postgres_fail (self, NULL, error);
  self->queued = 0;
  PQexitPipelineMode (self->db);
  return good;
}

static gboolean
make_room (PostgresStore *self, GError **error)
{
  if (self->queued >= QUEUED_MOST && !postgres_drain (self, error))
    return FALSE;
  self->queued++;
  return PQenterPipelineMode (self->db) || postgres_fail (self, NULL, error);
}

gboolean
postgres_queue (PostgresStore *self, const char *sql, GError **error)
{
  return make_room (self, error)
         && (PQsendQueryParams (self->db, sql, 0, NULL, NULL, NULL, NULL, 1) || postgres_fail (self, NULL, error));
}

static gboolean
run_queued (PostgresStore *self, PostgresStatement *query, GError **error)
{
  return make_room (self, error)
         && (PQsendQueryPrepared (self->db, query->name, (int) query->n, query->values, query->sizes, query->formats, 1)
             || postgres_fail (self, NULL, error));
}

static gboolean
run_now (PostgresStore *self, PostgresStatement *query, GError **error)
{
  if (!postgres_drain (self, error))
    return FALSE;
  query->result = PQexecPrepared (self->db, query->name, (int) query->n, query->values, query->sizes, query->formats, 1);
  query->row = -1;
  ExecStatusType status = PQresultStatus (query->result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || postgres_fail (self, query->result, error);
}

int
postgres_step (SqlStatement *statement, GError **error)
{
  PostgresStatement *query = (PostgresStatement *) statement;
  PostgresStore *self = (PostgresStore *) statement->store;
  if (query->result == NULL) {
    if ((!self->in_transaction && !postgres_connected (self, error)) || !prepare_here (self, query, error))
      return -1;
    if (!query->gives_rows && self->writing)
      return run_queued (self, query, error) ? 0 : -1;
    if (!run_now (self, query, error))
      return -1;
  }
  return ++query->row < PQntuples (query->result) ? 1 : 0;
}

/* ---- rows --------------------------------------------------------------------------------- */

static gint64
read_integer (const char *bytes, int size)
{
  guint64 bits = 0;
  for (int i = 0; i < size; i++)
    bits = bits << 8 | (guint8) bytes[i];
  return size == 4 ? (gint32) bits : size == 2 ? (gint16) bits : (gint64) bits;
}

static double
read_real (const char *bytes)
{
  guint64 bits;
  double real;
  memcpy (&bits, bytes, sizeof bits);
  bits = be64toh (bits);
  memcpy (&real, &bits, sizeof real);
  return real;
}

void
postgres_column (SqlStatement *statement, guint column, DataValue *value)
{
  PostgresStatement *query = (PostgresStatement *) statement;
  int i = (int) column, size = PQgetlength (query->result, query->row, i);
  const char *bytes = PQgetvalue (query->result, query->row, i);
  value->type = DATA_VALUE_ABSENT;
  if (PQgetisnull (query->result, query->row, i))
    return;
  switch (PQftype (query->result, i)) {
  case OID_INT8: case OID_INT4: case OID_INT2: case OID_BOOL:
    value->type = DATA_VALUE_INTEGER;
    value->integer = read_integer (bytes, size);
    break;
  case OID_FLOAT8:
    value->type = DATA_VALUE_REAL;
    value->real = read_real (bytes);
    break;
  case OID_BYTEA:
    value->type = DATA_VALUE_BYTES;
    value->bytes = bytes;
    value->size = (gsize) size;
    break;
  default:   /* text, name: libpq ends them with a NUL */
    value->type = DATA_VALUE_TEXT;
    value->text = bytes;
    break;
  }
}
