/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "data/batch-bytes.h"
#include "data/crc32c.h"

#define NOW (G_GINT64_CONSTANT (1763841600) * GDP_SECOND)

/* A batch with something in every part; to be freed with data_batch_free (). */
static DataBatch *
full_batch (void)
{
  /* An empty one, owned like what is decoded. */
  g_autoptr (GByteArray) nothing = data_batch_encode (&(DataBatch) { .now = NOW });
  DataBatch *batch = data_batch_decode (nothing->data, nothing->len, NULL);
  const GdpChanges *changes = batch->changes;
  GdpReading readings[] = {
    { .point = 7, .time = NOW - 5, .received = NOW, .value = 0.1 + 0.2 },
    { .point = 3, .time = G_MININT64 / 4, .received = G_MAXINT64 / 4, .value = -0.0, .reason = GDP_REASON_CLOCK },
    { .point = G_MAXINT64, .time = NOW, .received = NOW - 1, .value = NAN, .reason = GDP_REASON_NO_COMMUNICATION },
  };
  g_array_append_vals (changes->readings, readings, G_N_ELEMENTS (readings));
  GdpAlarm alarm = { .id = "GDP-1/p.high", .condition = GDP_CONDITION_HIGH, .active = TRUE, .priority = 2, .level = 3,
                     .value = 9.25, .limit = NAN, .occurrence = 4000000000u, .occurred = NOW, .comment = "Заречная" };
  gdp_changes_set_alarm ((GdpChanges *) changes, &alarm);
  GdpContactInfo contact = { .key = 12, .state = GDP_CONTACT_SILENT, .seen = NOW, .detail = (char *) "\xff, no text" };
  g_ptr_array_add (changes->contacts, gdp_contact_info_copy (&contact));
  GdpEvent event = { .kind = GDP_EVENT_NOTE, .occurred = NOW, .learned = NOW + 1, .text = (char *) "" };
  g_ptr_array_add (changes->events, gdp_event_copy (&event));
  DataCommandResult result = { 99, g_strdup ("a1b2c3d4"), TRUE };
  g_array_append_val (batch->results, result);
  GdpStreamMark mark = { 5, 255, G_MAXUINT32, 17 };
  g_array_append_val ((GArray *) batch->marks, mark);
  gint64 link = -1;
  g_array_append_val ((GArray *) batch->forgotten, link);
  GdpDevice device = { .link = 5, .model = (char *) "BBT-1", .clock = GDP_CLOCK_SET, .battery = 12.5, .mains = NAN,
                       .signal = -71, .temperature = NAN, .clock_offset = -3, .firmware_size = 77 };
  g_ptr_array_add ((GPtrArray *) batch->devices, gdp_device_copy (&device));
  GdpSession session = { .link = 5, .opened = NOW, .cause = -1, .signal = NAN, .bytes_in = 1u << 31 };
  g_ptr_array_add ((GPtrArray *) batch->sessions, gdp_session_copy (&session));
  GdpWish wish = { .link = 5, .id = 2, .state = GDP_WISH_FAILED, .version = (char *) "1.5.0", .digest = (char *) "00",
                   .model = (char *) "BBT-1", .reason = (char *) "refused" };
  g_ptr_array_add ((GPtrArray *) batch->wishes, gdp_wish_copy (&wish));
  return batch;
}

static void
test_round_trip (void)
{
  g_autoptr (DataBatch) batch = full_batch ();
  g_autoptr (GByteArray) bytes = data_batch_encode (batch);
  g_autoptr (GError) error = NULL;
  g_autoptr (DataBatch) back = data_batch_decode (bytes->data, bytes->len, &error);
  g_assert_no_error (error);

  g_assert_cmpint (back->now, ==, NOW);
  g_assert_true (back->durable);
  g_assert_cmpuint (back->changes->readings->len, ==, 3);
  for (guint i = 0; i < 3; i++) {
    const GdpReading *x = &g_array_index (batch->changes->readings, GdpReading, i);
    const GdpReading *y = &g_array_index (back->changes->readings, GdpReading, i);
    g_assert_true (x->point == y->point && x->time == y->time && x->received == y->received && x->reason == y->reason);
    g_assert_true (memcmp (&x->value, &y->value, sizeof x->value) == 0 || (isnan (x->value) && isnan (y->value)));
  }
  const GdpAlarm *alarm = back->changes->alarms->pdata[0];
  g_assert_cmpstr (alarm->id, ==, "GDP-1/p.high");
  g_assert_cmpstr (alarm->comment, ==, "Заречная");
  g_assert_true (alarm->active && !alarm->acked && alarm->acked_by == NULL && isnan (alarm->limit));
  g_assert_cmpuint (alarm->occurrence, ==, 4000000000u);
  g_assert_cmpstr (((GdpContactInfo *) back->changes->contacts->pdata[0])->detail, ==, "\xff, no text");
  g_assert_cmpstr (((GdpEvent *) back->changes->events->pdata[0])->text, ==, "");
  const DataCommandResult *result = &g_array_index (back->results, DataCommandResult, 0);
  g_assert_true (result->id == 99 && result->ok && g_str_equal (result->result, "a1b2c3d4"));
  const GdpStreamMark *mark = &g_array_index (back->marks, GdpStreamMark, 0);
  g_assert_true (mark->link == 5 && mark->stream == 255 && mark->boot == G_MAXUINT32 && mark->through == 17);
  g_assert_cmpint (g_array_index (back->forgotten, gint64, 0), ==, -1);
  const GdpDevice *device = back->devices->pdata[0];
  g_assert_true (device->battery == 12.5 && isnan (device->mains) && device->clock_offset == -3 && device->clock == GDP_CLOCK_SET);
  g_assert_cmpint (((GdpSession *) back->sessions->pdata[0])->cause, ==, -1);
  g_assert_cmpint (((GdpWish *) back->wishes->pdata[0])->state, ==, GDP_WISH_FAILED);

  g_autoptr (GByteArray) again = data_batch_encode (back);
  g_assert_cmpmem (bytes->data, bytes->len, again->data, again->len);
}

static void
test_damage (void)
{
  g_autoptr (DataBatch) batch = full_batch ();
  g_autoptr (GByteArray) bytes = data_batch_encode (batch);

  for (guint i = 0; i < bytes->len * 8; i++) {
    g_autoptr (GError) error = NULL;
    bytes->data[i / 8] ^= (guint8) (1 << i % 8);
    g_assert_null (data_batch_decode (bytes->data, bytes->len, &error));
    g_assert_error (error, DATA_ERROR, DATA_ERROR_DAMAGED);
    bytes->data[i / 8] ^= (guint8) (1 << i % 8);
  }
  for (guint length = 0; length < bytes->len; length++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (data_batch_decode (bytes->data, length, &error));
    g_assert_error (error, DATA_ERROR, DATA_ERROR_DAMAGED);
  }
}

static void
seal (GByteArray *bytes)
{
  guint32 crc = GUINT32_TO_BE (data_crc32c (bytes->data, bytes->len - 4));
  memcpy (bytes->data + bytes->len - 4, &crc, 4);
}

static void
test_newer (void)
{
  g_autoptr (GByteArray) bytes = data_batch_encode (&(DataBatch) { .now = NOW });
  g_autoptr (GError) error = NULL;

  bytes->data[0]++;
  seal (bytes);
  g_assert_null (data_batch_decode (bytes->data, bytes->len, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_NEWER);
}

/* It had fewer words, and nothing else was otherwise. */
static void
test_first_version (void)
{
  g_autoptr (DataBatch) batch = full_batch ();
  g_autoptr (GByteArray) bytes = data_batch_encode (batch);

  bytes->data[0] = 1;
  seal (bytes);
  g_autoptr (DataBatch) back = data_batch_decode (bytes->data, bytes->len, NULL);
  g_assert_nonnull (back);
  g_assert_cmpuint (back->changes->alarms->len, ==, batch->changes->alarms->len);
}

/* Puts @to in the place of @from, of the same length. */
static void
rename_column (GByteArray *bytes, const char *from, const char *to)
{
  gsize length = strlen (from);
  guint at = 0;

  while (memcmp (bytes->data + at, from, length) != 0)
    g_assert_cmpuint (++at, <, bytes->len - length);
  memcpy (bytes->data + at, to, length);
  seal (bytes);
}

static void
test_other_columns (void)
{
  g_autoptr (DataBatch) batch = full_batch ();
  g_autoptr (GByteArray) bytes = data_batch_encode (batch);
  g_autoptr (GError) error = NULL;

  rename_column (bytes, "occurrence", "of-a-later");
  rename_column (bytes, "limit", "xyzzy");
  g_autoptr (DataBatch) back = data_batch_decode (bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  const GdpAlarm *alarm = back->changes->alarms->pdata[0];
  g_assert_cmpuint (alarm->occurrence, ==, 0);
  g_assert_true (isnan (alarm->limit) && alarm->value == 9.25 && alarm->level == 3);
  g_assert_cmpuint (back->wishes->len, ==, 1);
}

static void
test_size (void)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  for (gint64 i = 0; i < 4096; i++) {
    GdpReading reading = { .point = 1000 + i, .time = NOW + i * 100, .received = NOW + 1000000, .value = (double) i / 1000 };
    g_array_append_val (changes->readings, reading);
  }
  g_autoptr (GByteArray) bytes = data_batch_encode (&(DataBatch) { .changes = changes, .now = NOW });
  g_test_message ("%.1f bytes a reading", bytes->len / 4096.0);
  g_assert_cmpuint (bytes->len, <, 4096 * 16);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batch-bytes/what-is-spooled-comes-back", test_round_trip);
  g_test_add_func ("/batch-bytes/every-wrong-bit-and-every-cut-is-found", test_damage);
  g_test_add_func ("/batch-bytes/a-newer-version-is-told-from-damage", test_newer);
  g_test_add_func ("/batch-bytes/the-first-version-is-read", test_first_version);
  g_test_add_func ("/batch-bytes/columns-of-another-program-go-by-name", test_other_columns);
  g_test_add_func ("/batch-bytes/a-reading-takes-less-than-16-bytes", test_size);
  return g_test_run ();
}
