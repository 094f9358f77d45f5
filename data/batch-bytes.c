/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch-bytes.h"

#include <math.h>
#include <string.h>

#include "columns.h"
#include "crc32c.h"

#define VERSION   2   /* 1 had fewer words for conditions and events; it is read like this one */
#define CRC_SIZE  4
#define MOST_COLUMNS 64

/* ---- the parts ------------------------------------------------------------------------------ */

#define MARK(type, field) { #field, DATA_COLUMN_##type, G_STRUCT_OFFSET (GdpStreamMark, field), NULL }
static const DataColumn mark_columns[] = { MARK (INT64, link), MARK (UINT8, stream), MARK (UINT, boot),
                                           MARK (UINT, through) };
static const DataTable mark_table = { .name = "mark", .columns = mark_columns, .n_columns = G_N_ELEMENTS (mark_columns) };

#define RESULT(type, field) { #field, DATA_COLUMN_##type, G_STRUCT_OFFSET (DataCommandResult, field), NULL }
static const DataColumn result_columns[] = { RESULT (INT64, id), RESULT (TEXT, result), RESULT (UINT, ok) };
static const DataTable result_table = { .name = "result", .columns = result_columns,
                                        .n_columns = G_N_ELEMENTS (result_columns) };

static const DataColumn forgotten_columns[] = { { "link", DATA_COLUMN_INT64, 0, NULL } };
static const DataTable forgotten_table = { .name = "forgotten", .columns = forgotten_columns, .n_columns = 1 };

/* Room for one row of any part. */
typedef union {
  GdpAlarm alarm;
  GdpEvent event;
  GdpContactInfo contact;
  GdpDevice device;
  GdpSession session;
  GdpWish wish;
  DataCommandResult result;
  GdpStreamMark mark;
  gint64 link;
} Row;

/* Where in a batch a part is: exactly one of both. `take` puts a copy of the row, whose texts are borrowed, there. */
typedef struct {
  const DataTable *table;
  const GPtrArray *(*objects) (const DataBatch *batch);
  const GArray    *(*structs) (const DataBatch *batch);
  void             (*take)    (DataBatch *batch, const Row *row);
} Part;

static const GPtrArray *
alarms_of (const DataBatch *batch)
{
  return batch->changes != NULL ? batch->changes->alarms : NULL;
}

static const GPtrArray *
contacts_of (const DataBatch *batch)
{
  return batch->changes != NULL ? batch->changes->contacts : NULL;
}

static const GPtrArray *
events_of (const DataBatch *batch)
{
  return batch->changes != NULL ? batch->changes->events : NULL;
}

static const GPtrArray *devices_of  (const DataBatch *batch) { return batch->devices; }
static const GPtrArray *sessions_of (const DataBatch *batch) { return batch->sessions; }
static const GPtrArray *wishes_of   (const DataBatch *batch) { return batch->wishes; }
static const GArray    *results_of  (const DataBatch *batch) { return batch->results; }
static const GArray    *marks_of    (const DataBatch *batch) { return batch->marks; }
static const GArray    *forgotten_of (const DataBatch *batch) { return batch->forgotten; }

static void
take_alarm (DataBatch *batch, const Row *row)
{
  if (row->alarm.id != NULL)
    gdp_changes_set_alarm ((GdpChanges *) batch->changes, &row->alarm);
}

static void
take_contact (DataBatch *batch, const Row *row)
{
  GdpContactInfo *contact = gdp_contact_info_copy (&row->contact);
  contact->seq = 0;
  g_ptr_array_add (batch->changes->contacts, contact);
}

static void
take_event (DataBatch *batch, const Row *row)
{
  GdpEvent *event = gdp_event_copy (&row->event);
  event->seq = 0;
  g_ptr_array_add (batch->changes->events, event);
}

static void
take_device (DataBatch *batch, const Row *row)
{
  GdpDevice *device = gdp_device_copy (&row->device);
  device->seq = 0;
  g_ptr_array_add ((GPtrArray *) batch->devices, device);
}

static void
take_session (DataBatch *batch, const Row *row)
{
  g_ptr_array_add ((GPtrArray *) batch->sessions, gdp_session_copy (&row->session));
}

static void
take_wish (DataBatch *batch, const Row *row)
{
  GdpWish *wish = gdp_wish_copy (&row->wish);
  wish->seq = 0;
  g_ptr_array_add ((GPtrArray *) batch->wishes, wish);
}

static void
take_result (DataBatch *batch, const Row *row)
{
  DataCommandResult result = row->result;
  result.result = g_strdup (result.result);
  result.ok = result.ok != FALSE;
  g_array_append_val (batch->results, result);
}

static void
take_mark (DataBatch *batch, const Row *row)
{
  g_array_append_val ((GArray *) batch->marks, row->mark);
}

static void
take_forgotten (DataBatch *batch, const Row *row)
{
  g_array_append_val ((GArray *) batch->forgotten, row->link);
}

/* In the order of the bytes: a new part is a new version. */
static const Part parts[] = {
  { &data_alarm_table, alarms_of, NULL, take_alarm },
  { &data_contact_table, contacts_of, NULL, take_contact },
  { &data_journal_table, events_of, NULL, take_event },
  { &result_table, NULL, results_of, take_result },
  { &mark_table, NULL, marks_of, take_mark },
  { &forgotten_table, NULL, forgotten_of, take_forgotten },
  { &data_device_table, devices_of, NULL, take_device },
  { &data_session_table, sessions_of, NULL, take_session },
  { &data_wish_table, wishes_of, NULL, take_wish },
};

/* ---- encoding ------------------------------------------------------------------------------- */

static void
put_number (GByteArray *bytes, guint64 number)
{
  guint8 packed[10];
  guint n = 0;

  for (; number >= 0x80; number >>= 7)
    packed[n++] = (guint8) (number | 0x80);
  packed[n++] = (guint8) number;
  g_byte_array_append (bytes, packed, n);
}

static void
put_signed (GByteArray *bytes, guint64 number)
{
  put_number (bytes, number << 1 ^ (number >> 63 != 0 ? G_MAXUINT64 : 0));
}

static void
put_byte (GByteArray *bytes, guint8 byte)
{
  g_byte_array_append (bytes, &byte, 1);
}

static void
put_real (GByteArray *bytes, double real)
{
  double value = isfinite (real) ? real : NAN;
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_BE (bits);
  g_byte_array_append (bytes, (const guint8 *) &bits, sizeof bits);
}

static void
put_text (GByteArray *bytes, const char *text)
{
  gsize length = strlen (text);

  put_number (bytes, length);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) length + 1);
}

static void
put_value (GByteArray *bytes, const DataColumn *column, gconstpointer object)
{
  DataValue value;

  data_column_get (column, object, &value);
  put_byte (bytes, (guint8) value.type);
  if (value.type == DATA_VALUE_TEXT)
    put_text (bytes, value.text);
  else if (value.type == DATA_VALUE_REAL)
    put_real (bytes, value.real);
  else if (value.type == DATA_VALUE_INTEGER)
    put_signed (bytes, (guint64) value.integer);
}

static void
put_part (GByteArray *bytes, const Part *part, const DataBatch *batch)
{
  const GPtrArray *objects = part->objects != NULL ? part->objects (batch) : NULL;
  const GArray *structs = part->structs != NULL ? part->structs (batch) : NULL;
  guint n = objects != NULL ? objects->len : structs != NULL ? structs->len : 0;
  gsize size = structs != NULL ? g_array_get_element_size ((GArray *) structs) : 0;

  put_number (bytes, n);
  if (n == 0)
    return;
  put_number (bytes, part->table->n_columns);
  for (guint i = 0; i < part->table->n_columns; i++)
    put_text (bytes, part->table->columns[i].name);
  for (guint row = 0; row < n; row++) {
    gconstpointer object = objects != NULL ? objects->pdata[row] : structs->data + row * size;
    for (guint i = 0; i < part->table->n_columns; i++)
      put_value (bytes, &part->table->columns[i], object);
  }
}

/* Points and times are near those of the reading before. */
static void
put_readings (GByteArray *bytes, const GArray *readings)
{
  GdpReading before = { 0 };

  put_number (bytes, readings != NULL ? readings->len : 0);
  for (guint i = 0; readings != NULL && i < readings->len; i++) {
    const GdpReading *reading = &g_array_index (readings, GdpReading, i);
    put_signed (bytes, (guint64) reading->point - (guint64) before.point);
    put_signed (bytes, (guint64) reading->time - (guint64) before.time);
    put_signed (bytes, (guint64) reading->received - (guint64) reading->time);
    put_real (bytes, reading->value);
    put_byte (bytes, (guint8) reading->reason);
    before = *reading;
  }
}

GByteArray *
data_batch_encode (const DataBatch *batch)
{
  GByteArray *bytes = g_byte_array_new ();

  put_byte (bytes, VERSION);
  put_signed (bytes, (guint64) batch->now);
  put_readings (bytes, batch->changes != NULL ? batch->changes->readings : NULL);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    put_part (bytes, &parts[i], batch);
  guint32 crc = GUINT32_TO_BE (data_crc32c (bytes->data, bytes->len));
  g_byte_array_append (bytes, (const guint8 *) &crc, sizeof crc);
  return bytes;
}

/* ---- decoding ------------------------------------------------------------------------------- */

/* Once something is wrong, all that is read is zero. */
typedef struct {
  const guint8 *at, *end;
  const char   *wrong;       /* what; NULL = nothing so far */
} Reader;

static void
fail (Reader *reader, const char *wrong)
{
  if (reader->wrong == NULL)
    reader->wrong = wrong;
  reader->at = reader->end;
}

static const guint8 *
take_bytes (Reader *reader, gsize n)
{
  const guint8 *bytes = reader->at;

  if (n > (gsize) (reader->end - reader->at)) {
    fail (reader, "it is cut off");
    return NULL;
  }
  reader->at += n;
  return bytes;
}

static guint8
get_byte (Reader *reader)
{
  const guint8 *byte = take_bytes (reader, 1);
  return byte != NULL ? *byte : 0;
}

static guint64
get_number (Reader *reader)
{
  guint64 number = 0;

  for (guint shift = 0; shift < 64; shift += 7) {
    guint8 byte = get_byte (reader);
    if (shift == 63 && byte > 1)
      break;
    number |= (guint64) (byte & 0x7f) << shift;
    if (byte < 0x80)
      return number;
  }
  fail (reader, "a number without an end");
  return 0;
}

static guint64
get_signed (Reader *reader)
{
  guint64 number = get_number (reader);
  return number >> 1 ^ ((number & 1) != 0 ? G_MAXUINT64 : 0);
}

static double
get_real (Reader *reader)
{
  const guint8 *bytes = take_bytes (reader, sizeof (guint64));
  guint64 bits;
  double real;

  if (bytes == NULL)
    return NAN;
  memcpy (&bits, bytes, sizeof bits);
  bits = GUINT64_FROM_BE (bits);
  memcpy (&real, &bits, sizeof real);
  return isfinite (real) ? real : NAN;
}

/* Borrowed from the bytes. */
static const char *
get_text (Reader *reader)
{
  guint64 length = get_number (reader);
  const guint8 *text = length < G_MAXINT32 ? take_bytes (reader, length + 1) : NULL;

  if (text != NULL && text[length] == '\0' && memchr (text, '\0', length) == NULL)
    return (const char *) text;
  fail (reader, "a text without an end");
  return "";
}

/* How many follow, each of a byte at least. */
static guint
get_count (Reader *reader)
{
  guint64 n = get_number (reader);

  if (n <= (guint64) (reader->end - reader->at))
    return (guint) n;
  fail (reader, "it is cut off");
  return 0;
}

static DataValue
get_value (Reader *reader)
{
  DataValue value = { .type = DATA_VALUE_ABSENT };

  switch (get_byte (reader)) {
  case DATA_VALUE_ABSENT:
    break;
  case DATA_VALUE_TEXT:
    value.text = get_text (reader);
    value.type = DATA_VALUE_TEXT;
    break;
  case DATA_VALUE_REAL:
    value.real = get_real (reader);
    value.type = DATA_VALUE_REAL;
    break;
  case DATA_VALUE_INTEGER:
    value.integer = (gint64) get_signed (reader);
    value.type = DATA_VALUE_INTEGER;
    break;
  default:
    fail (reader, "a value of no type");
  }
  return value;
}

/* NULL: this program has no column of that name. */
static const DataColumn *
find_column (const DataTable *table, const char *name)
{
  for (guint i = 0; i < table->n_columns; i++)
    if (strcmp (table->columns[i].name, name) == 0)
      return &table->columns[i];
  return NULL;
}

/* As what is absent of a row of the store. */
static void
clear_row (const DataTable *table, Row *row)
{
  memset (row, 0, sizeof *row);
  for (guint i = 0; i < table->n_columns; i++)
    if (table->columns[i].type != DATA_COLUMN_WORD)
      data_column_set (&table->columns[i], row, &(DataValue) { .type = DATA_VALUE_ABSENT });
}

static void
get_part (Reader *reader, const Part *part, DataBatch *batch)
{
  const DataColumn *columns[MOST_COLUMNS];
  guint n = get_count (reader), n_columns = n > 0 ? get_count (reader) : 0;
  Row row;

  if (n > 0 && (n_columns == 0 || n_columns > MOST_COLUMNS))
    fail (reader, "rows of no columns, or of too many");
  for (guint i = 0; i < n_columns && reader->wrong == NULL; i++)
    columns[i] = find_column (part->table, get_text (reader));
  for (; n > 0 && reader->wrong == NULL; n--) {
    clear_row (part->table, &row);
    for (guint i = 0; i < n_columns; i++) {
      DataValue value = get_value (reader);
      if (columns[i] != NULL && !data_column_set (columns[i], &row, &value))
        fail (reader, "a word that this program does not know");
    }
    if (reader->wrong == NULL)
      part->take (batch, &row);
  }
}

static void
get_readings (Reader *reader, GArray *readings)
{
  GdpReading reading = { 0 };

  for (guint n = get_count (reader); n > 0 && reader->wrong == NULL; n--) {
    reading.point = (gint64) ((guint64) reading.point + get_signed (reader));
    reading.time = (gint64) ((guint64) reading.time + get_signed (reader));
    reading.received = (gint64) ((guint64) reading.time + get_signed (reader));
    reading.value = get_real (reader);
    reading.reason = (GdpReason) get_byte (reader);
    if (reader->wrong == NULL)
      g_array_append_val (readings, reading);
  }
}

static void
clear_result (gpointer result)
{
  g_free (((DataCommandResult *) result)->result);
}

static DataBatch *
batch_new (void)
{
  DataBatch *batch = g_new0 (DataBatch, 1);

  batch->changes = gdp_changes_new ();
  batch->results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  g_array_set_clear_func (batch->results, clear_result);
  batch->marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  batch->forgotten = g_array_new (FALSE, FALSE, sizeof (gint64));
  batch->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_device_free);
  batch->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_session_free);
  batch->wishes = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_wish_free);
  batch->durable = TRUE;
  return batch;
}

void
data_batch_free (DataBatch *batch)
{
  if (batch == NULL)
    return;
  gdp_changes_free ((GdpChanges *) batch->changes);
  g_array_unref (batch->results);
  g_array_unref ((GArray *) batch->marks);
  g_array_unref ((GArray *) batch->forgotten);
  g_ptr_array_unref ((GPtrArray *) batch->devices);
  g_ptr_array_unref ((GPtrArray *) batch->sessions);
  g_ptr_array_unref ((GPtrArray *) batch->wishes);
  g_free (batch);
}

static gboolean
is_whole (const guint8 *bytes, gsize size)
{
  guint32 crc;

  if (size <= CRC_SIZE)
    return FALSE;
  memcpy (&crc, bytes + size - CRC_SIZE, CRC_SIZE);
  return GUINT32_FROM_BE (crc) == data_crc32c (bytes, size - CRC_SIZE);
}

DataBatch *
data_batch_decode (const guint8 *bytes, gsize size, GError **error)
{
  gboolean whole = is_whole (bytes, size);
  Reader reader = { bytes, whole ? bytes + size - CRC_SIZE : bytes, whole ? NULL : "its checksum is wrong" };
  guint8 version = get_byte (&reader);

  if (whole && (version == 0 || version > VERSION)) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_NEWER, "a spooled batch of version %u: this program knows %d; let the "
                 "program that spooled it forward it", version, VERSION);
    return NULL;
  }
  g_autoptr (DataBatch) batch = batch_new ();
  batch->now = (gint64) get_signed (&reader);
  get_readings (&reader, batch->changes->readings);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    get_part (&reader, &parts[i], batch);
  if (reader.wrong == NULL && reader.at == reader.end)
    return g_steal_pointer (&batch);
  g_set_error (error, DATA_ERROR, DATA_ERROR_DAMAGED, "a spooled batch is damaged: %s",
               reader.wrong != NULL ? reader.wrong : "something behind its end");
  return NULL;
}
