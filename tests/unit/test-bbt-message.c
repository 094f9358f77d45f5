/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/bbt-end.h"
#include "comms/bbt-layout.h"

#include <string.h>

#include "bbt-random.h"

enum { ROUNDS = 200 };

static guint32 seed = 20261122;

/* A good frame around @payload. */
static void
frame_of (const CommsBbtMessage *message, guint8 *bytes, CommsBbtFrame *frame)
{
  g_autoptr (GError) error = NULL;
  gsize length = comms_bbt_encode (message, bytes + COMMS_BBT_HEADER, &error);

  g_assert_no_error (error);
  comms_bbt_frame_open (bytes, message->type, message->sequence, length, FALSE);
  g_assert_cmpint (comms_bbt_frame_parse (bytes, comms_bbt_frame_close (bytes), frame, NULL), ==, COMMS_BBT_WHOLE);
}

static char *
describe (const CommsBbtMessage *message)
{
  GString *text = g_string_new (NULL);

  comms_bbt_describe (message, text);
  return g_string_free (text, FALSE);
}

static void
test_round_trip (gconstpointer data)
{
  const CommsBbtTypeInfo *info = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed ^ info->type);

  for (guint i = 0; i < ROUNDS; i++) {
    g_autoptr (GError) error = NULL;
    guint8 bytes[COMMS_BBT_FRAME_MAX], again[COMMS_BBT_PAYLOAD_MAX];
    CommsBbtMessage sent, got;
    BbtRandomBytes borrowed;
    CommsBbtFrame frame;

    bbt_random_message (rand, info->type, &sent, &borrowed);
    frame_of (&sent, bytes, &frame);
    memset (&got, 0xA5, sizeof got);   /* nothing that the decoder forgets is right by chance */
    g_assert_true (comms_bbt_decode (&frame, &got, &error));
    g_assert_no_error (error);

    g_autofree char *said = describe (&sent), *heard = describe (&got);
    g_assert_cmpstr (said, ==, heard);
    g_assert_cmpuint (comms_bbt_encode (&got, again, NULL), ==, frame.length);
    g_assert_cmpmem (again, frame.length, frame.payload, frame.length);
  }
}

/* A good frame around @length bytes that stand at bytes + COMMS_BBT_HEADER. */
static void
frame_around (guint8 *bytes, guint8 type, gsize length, CommsBbtFrame *frame)
{
  comms_bbt_frame_open (bytes, type, 1, length, FALSE);
  g_assert_cmpint (comms_bbt_frame_parse (bytes, comms_bbt_frame_close (bytes), frame, NULL), ==, COMMS_BBT_WHOLE);
}

/* The error's code, 0 when the frame was read: then it must say the very same bytes. */
static int
decode (const CommsBbtFrame *frame, CommsBbtMessage *message)
{
  g_autoptr (GError) error = NULL;
  guint8 again[COMMS_BBT_PAYLOAD_MAX];

  memset (message, 0xA5, sizeof *message);
  if (!comms_bbt_decode (frame, message, &error)) {
    g_assert_true (error != NULL && error->domain == COMMS_BBT_ERROR);
    g_assert_nonnull (strstr (error->message, comms_bbt_type_info (frame->type)->name));
    return error->code;
  }
  gsize length = comms_bbt_encode (message, again, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (length, <=, frame->length);
  g_assert_cmpmem (again, length, frame->payload, length);
  return 0;
}

/* Its last field runs to the payload's end: what is missing or added is data. */
static gboolean
is_open (guint8 type)
{
  const CommsBbtLayout *layout = comms_bbt_layout (type, NULL);
  CommsBbtWire last = layout->fields[layout->n_fields - 1].wire;

  return last == COMMS_BBT_REST || last == COMMS_BBT_LISTED;
}

/* With a CRC that is good again, as only a faulty sender could make it. */
static void
test_truncated (gconstpointer data)
{
  const CommsBbtTypeInfo *info = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed ^ info->type);

  for (guint i = 0; i < ROUNDS / 10; i++) {
    guint8 bytes[COMMS_BBT_FRAME_MAX];
    CommsBbtMessage sent, got;
    BbtRandomBytes borrowed;
    CommsBbtFrame frame;

    bbt_random_message (rand, info->type, &sent, &borrowed);
    frame_of (&sent, bytes, &frame);
    for (gsize length = 0, whole = frame.length; length < whole; length++) {
      guint8 cut[COMMS_BBT_FRAME_MAX];

      memcpy (cut, bytes, COMMS_BBT_HEADER + length);
      frame_around (cut, info->type, length, &frame);
      int code = decode (&frame, &got);
      g_assert_true (code != 0 || is_open (info->type));
    }
  }
}

static void
test_one_wrong_bit (gconstpointer data)
{
  const CommsBbtTypeInfo *info = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed ^ info->type);

  for (guint i = 0; i < ROUNDS / 20; i++) {
    guint8 bytes[COMMS_BBT_FRAME_MAX], whole[COMMS_BBT_PAYLOAD_MAX];
    CommsBbtMessage sent, got;
    BbtRandomBytes borrowed;
    CommsBbtFrame frame;

    bbt_random_message (rand, info->type, &sent, &borrowed);
    frame_of (&sent, bytes, &frame);
    gsize length = frame.length;
    memcpy (whole, frame.payload, length);
    for (gsize bit = 0; bit < 8 * length; bit++) {
      memcpy (bytes + COMMS_BBT_HEADER, whole, length);
      bytes[COMMS_BBT_HEADER + bit / 8] ^= 1 << bit % 8;
      frame_around (bytes, info->type, length, &frame);
      decode (&frame, &got);
    }
  }
}

static void
test_grows (gconstpointer data)
{
  const CommsBbtTypeInfo *info = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed ^ info->type);

  for (guint i = 0; i < ROUNDS / 10 && !is_open (info->type); i++) {
    guint8 bytes[COMMS_BBT_FRAME_MAX];
    CommsBbtMessage sent, got;
    BbtRandomBytes borrowed;
    CommsBbtFrame frame;

    bbt_random_message (rand, info->type, &sent, &borrowed);
    frame_of (&sent, bytes, &frame);
    gsize length = frame.length, tail = g_rand_int_range (rand, 1, 50);
    memset (bytes + COMMS_BBT_HEADER + length, 0xB7, tail);
    frame_around (bytes, info->type, length + tail, &frame);
    g_assert_cmpint (decode (&frame, &got), ==, 0);

    g_autofree char *said = describe (&sent);
    got.sequence = sent.sequence;
    g_autofree char *heard = describe (&got);
    g_assert_cmpstr (said, ==, heard);
  }
}

#define NONE 0
#define BAD COMMS_BBT_ERROR_MALFORMED
#define OUT COMMS_BBT_ERROR_RANGE

/* Offsets and ranges as PROTOCOL.md 8 has them: bytes put at an offset of an otherwise good payload. */
static const struct { guint8 type; guint offset; const char *bytes; guint n; int code; } ranges[] = {
  { COMMS_BBT_IDENT, 0, "A\0B", 3, BAD },
  { COMMS_BBT_IDENT, 0, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, OUT },
  { COMMS_BBT_IDENT, 0, "BBT 1\0\0\0\0\0\0\0\0\0\0", 16, OUT },
  { COMMS_BBT_IDENT, 0, "BBT1\0\0\0\0\0\0\0\0\0\0\0", 16, NONE },
  { COMMS_BBT_IDENT, 36, "\xA1", 1, BAD },            { COMMS_BBT_IDENT, 36, "\xF1", 1, BAD },
  { COMMS_BBT_IDENT, 54, "\3\350", 2, OUT },          { COMMS_BBT_IDENT, 54, "\3\347", 2, NONE },
  { COMMS_BBT_IDENT, 81, "\377", 1, NONE },           { COMMS_BBT_IDENT, 82, "\377", 1, NONE },
  { COMMS_BBT_ACCEPT, 4, "\3\350", 2, OUT },          { COMMS_BBT_FAULT, 0, "\377", 1, NONE },
  { COMMS_BBT_FAULT, 7, "\n", 1, OUT },              { COMMS_BBT_FAULT, 7, "\251", 1, OUT },
  { COMMS_BBT_LIVE, 8, "\3\350", 2, OUT },            { COMMS_BBT_INCREMENT, 12, "\3\350", 2, OUT },
  { COMMS_BBT_ARCHIVE, 0, "\2", 1, OUT },             { COMMS_BBT_ARCHIVE, 13, "\0\0\0\0", 4, OUT },
  { COMMS_BBT_ARCHIVE, 13, "\0\1\x51\x81", 4, OUT }, { COMMS_BBT_ARCHIVE, 22, "\0", 1, OUT },
  { COMMS_BBT_EVENT, 15, "\377", 1, NONE },           { COMMS_BBT_EVENT, 16, "\41", 1, OUT },
  { COMMS_BBT_EVENT, 17, "\10", 1, OUT },             { COMMS_BBT_PULSE, 15, "\0", 1, BAD },
  { COMMS_BBT_PULSE, 15, "\11", 1, BAD },             { COMMS_BBT_PULSE, 16, "\0", 1, OUT },
  { COMMS_BBT_PULSE, 16, "\21", 1, OUT },             { COMMS_BBT_SABOTAGE, 15, "\7\7\7", 3, NONE },
  { COMMS_BBT_ACK, 0, "\5", 1, OUT },                 { COMMS_BBT_REQUEST, 0, "\377", 1, NONE },
  { COMMS_BBT_SETTINGS, 4, "\0\4", 2, OUT },          { COMMS_BBT_SETTINGS, 4, "\0\5", 2, NONE },
  { COMMS_BBT_SETTINGS, 4, "\2\x59", 2, OUT },        { COMMS_BBT_SETTINGS, 6, "\0\35", 2, OUT },
  { COMMS_BBT_SETTINGS, 6, "\5\xA1", 2, OUT },        { COMMS_BBT_SETTINGS, 8, "\4", 1, OUT },
  { COMMS_BBT_SETTINGS, 8, "\75", 1, OUT },           { COMMS_BBT_SETTINGS, 9, "\0", 1, OUT },
  { COMMS_BBT_SETTINGS, 9, "\75", 1, OUT },           { COMMS_BBT_SETTINGS, 10, "\20", 1, BAD },
  { COMMS_BBT_SCHEDULE, 6, "\101", 1, BAD },          { COMMS_BBT_SCHEDULE, 6, "\1\0\0\0\0\0\0\0\0", 9, OUT },
  { COMMS_BBT_SCHEDULE, 6, "\1\5\0\0\0\0\0\0\0", 9, OUT }, { COMMS_BBT_SCHEDULE, 6, "\1\2\0\5\xA0\0\0\0\0", 9, OUT },
  { COMMS_BBT_SCHEDULE, 6, "\1\2\0\5\x9F\0\0\0\0", 9, NONE },
  { COMMS_BBT_INTERFACE, 0, "\3", 1, OUT },           { COMMS_BBT_INTERFACE, 1, "\0\0\1\x2B", 4, OUT },
  { COMMS_BBT_INTERFACE, 1, "\0\17\102\101", 4, OUT }, { COMMS_BBT_INTERFACE, 5, "M", 1, OUT },
  { COMMS_BBT_INTERFACE, 5, "\0", 1, OUT },           { COMMS_BBT_INTERFACE, 6, "\3", 1, OUT },
  { COMMS_BBT_OUTPUT, 0, "\0", 1, OUT },              { COMMS_BBT_OUTPUT, 0, "\4", 1, OUT },
  { COMMS_BBT_OUTPUT, 1, "\0", 1, OUT },              { COMMS_BBT_OUTPUT, 1, "\11", 1, OUT },
  { COMMS_BBT_OUTPUT, 2, "\2", 1, OUT },              { COMMS_BBT_INSTALL, 0, "\0", 1, OUT },
  { COMMS_BBT_INSTALL, 0, "\4", 1, OUT },             { COMMS_BBT_RESULT, 4, "\377", 1, NONE },
  { COMMS_BBT_OPEN, 0, "\3", 1, OUT },                { COMMS_BBT_OPEN, 1, "\0\0", 2, OUT },
  { COMMS_BBT_OPEN, 1, "\16\x11", 2, OUT },           { COMMS_BBT_CLOSE, 0, "\377", 1, NONE },
  { COMMS_BBT_BYE, 4, "\377", 1, NONE },
};
static void
test_ranges (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++) {
    guint8 bytes[COMMS_BBT_FRAME_MAX];
    CommsBbtMessage sent, got;
    BbtRandomBytes borrowed;
    CommsBbtFrame frame;

    g_test_message ("%s, offset %u", comms_bbt_type_info (ranges[i].type)->name, ranges[i].offset);
    bbt_random_message (rand, ranges[i].type, &sent, &borrowed);
    frame_of (&sent, bytes, &frame);
    memcpy (bytes + COMMS_BBT_HEADER + ranges[i].offset, ranges[i].bytes, ranges[i].n);
    frame_around (bytes, ranges[i].type, MAX (frame.length, ranges[i].offset + ranges[i].n), &frame);
    g_assert_cmpint (decode (&frame, &got), ==, ranges[i].code);
    if (ranges[i].code == COMMS_BBT_ERROR_RANGE)   /* what is not read is not said either */
      g_assert_true (comms_bbt_encode (&got, borrowed.bytes, NULL) == 0
                     || memcmp (borrowed.bytes, frame.payload, frame.length) != 0);
  }
}

/* A unit answers a request that is out of range by its sequence: it has been read to its end. */
static void
test_out_of_range_is_read_to_the_end (void)
{
  CommsBbtMessage sent = { .type = COMMS_BBT_SETTINGS, .settings = {
    .revision = 0x01020304, .polling = 60, .confirmation = 60, .accident = 5, .archive = 10, .sms = "+79991234567",
    .n_thresholds = 1, .thresholds = { { 2, 3, -5, 5 } } } }, got;
  guint8 bytes[COMMS_BBT_FRAME_MAX];
  CommsBbtFrame frame;

  frame_of (&sent, bytes, &frame);
  bytes[COMMS_BBT_HEADER + 5] = 1;   /* polling */
  frame_around (bytes, COMMS_BBT_SETTINGS, frame.length, &frame);
  g_assert_cmpint (decode (&frame, &got), ==, COMMS_BBT_ERROR_RANGE);
  g_assert_cmphex (got.settings.revision, ==, 0x01020304);
  g_assert_cmpstr (got.settings.sms, ==, "+79991234567");
  g_assert_cmpuint (got.settings.n_thresholds, ==, 1);
  g_assert_cmpint (got.settings.thresholds[0].min, ==, -5);
  g_assert_cmpint (got.settings.thresholds[0].max, ==, 5);
}

static const struct { const char *number; gboolean fits; } phones[] = {
  { "", TRUE }, { "112", TRUE }, { "+79991234567", TRUE }, { "+1234567890123", TRUE }, { "123456789012345", TRUE },
  { "+", FALSE }, { "7 999", FALSE }, { "++7", FALSE }, { "7+9", FALSE }, { "x", FALSE },
};

static void
test_phone (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (phones); i++) {
    CommsBbtMessage message = { .type = COMMS_BBT_SETTINGS, .settings = {
      .polling = 60, .confirmation = 60, .accident = 5, .archive = 10 } };
    guint8 bytes[COMMS_BBT_PAYLOAD_MAX];

    g_strlcpy (message.settings.sms, phones[i].number, sizeof message.settings.sms);
    g_assert_cmpint (comms_bbt_encode (&message, bytes, NULL) > 0, ==, phones[i].fits);
  }
}

static void
test_unknown_type (void)
{
  CommsBbtMessage message = { .type = 0x2B, .sequence = 5 };
  g_autofree char *text = describe (&message);
  guint8 bytes[COMMS_BBT_FRAME_MAX];
  g_autoptr (GError) error = NULL;
  CommsBbtFrame frame;

  frame_around (bytes, 0x2B, 0, &frame);
  g_assert_false (comms_bbt_decode (&frame, &message, &error));
  g_assert_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_TYPE);
  g_assert_cmpuint (comms_bbt_encode (&message, bytes, NULL), ==, 0);
  g_assert_cmpstr (text, ==, "type 2b #5");
  g_assert_null (comms_bbt_type_info (0x00));
  g_assert_null (comms_bbt_type_info (0xFF));
}

/* PROTOCOL.md 8: what the examples there say of sizes; header, MAC and CRC are 19 bytes. */
static void
test_sizes (void)
{
  CommsBbtMessage message = { .type = COMMS_BBT_LIVE, .report.mask = 0x3FFF };
  guint8 bytes[COMMS_BBT_PAYLOAD_MAX];

  g_assert_cmpuint (19 + comms_bbt_encode (&message, bytes, NULL), ==, 59);
  message.report.mask = 0xFFFF;
  g_assert_cmpuint (19 + comms_bbt_encode (&message, bytes, NULL), <=, 64);
  message.type = COMMS_BBT_INCREMENT;
  message.report.mask = 1;
  g_assert_cmpuint (19 + comms_bbt_encode (&message, bytes, NULL), ==, 40);
  message.report.mask = 0;
  g_assert_cmpuint (19 + comms_bbt_encode (&message, bytes, NULL), ==, 38);
  message = (CommsBbtMessage) { .type = COMMS_BBT_IDENT, .ident.serial = "1" };
  g_assert_cmpuint (comms_bbt_encode (&message, bytes, NULL), ==, 91);
}

static void
test_revision (void)
{
  CommsBbtMessage message = { .type = COMMS_BBT_SETTINGS, .settings = {
    .revision = 0xFFFFFFFF, .polling = 60, .confirmation = 720, .accident = 10, .archive = 30, .sms = "+79991234567",
    .n_thresholds = 2, .thresholds = { { 2, 3, 5600, 13600 }, { 14, 1, -300, 0 } } } };
  guint32 revision = comms_bbt_message_revision (&message);
  guint8 bytes[COMMS_BBT_PAYLOAD_MAX];
  gsize length;

  g_assert_cmphex (revision, ==, 0xECFFD09D);   /* by Python's hashlib from the document's words */
  message.settings.revision = revision;
  length = comms_bbt_encode (&message, bytes, NULL);
  g_assert_cmphex (comms_bbt_revision (bytes, length), ==, revision);
  message.settings.thresholds[1].min--;
  g_assert_cmphex (comms_bbt_message_revision (&message), !=, revision);

  message = (CommsBbtMessage) { .type = COMMS_BBT_SCHEDULE, .schedule = {
    .zone = 180, .n_entries = 2, .entries = { { COMMS_BBT_DAILY, 0, 365, 17 }, { COMMS_BBT_MONTHLY, 31, 0, 5 } } } };
  g_assert_cmphex (comms_bbt_message_revision (&message), ==, 0xB65F2ADC);
}

static void
test_descriptions (void)
{
  static const guint8 request[] = { 1, 4, 0, 0, 0, 8 };
  const struct { CommsBbtMessage message; const char *text; } said[] = {
    { { .type = COMMS_BBT_LIVE, .sequence = 3, .report = {
          .time = 1763841033123000, .number = 9, .status = 0x11, .mask = 0x13101,
          .values = { 4012, [8] = 5, [12] = 0x7F, [13] = -15, [16] = 0x3FC00000 } } },
      "LIVE #3 number=9 time=2025-11-22T19:50:33.123Z status=11 mask=00013101 ai1=4012 di=05 signal=- temperature=-15 "
      "ext1=1.5" },
    { { .type = COMMS_BBT_ACK, .sequence = 4, .ack = { 2, { { 1, 7, 120 }, { 9, 7, 1 } } } },
      "ACK #4 entries=2 [stream=1(archive) boot=7 through=120] [stream=9 boot=7 through=1]" },
    { { .type = COMMS_BBT_DATA, .sequence = 5, .data.bytes = { request, sizeof request } },
      "DATA #5 bytes=010400000008" },
    { { .type = COMMS_BBT_FAULT, .sequence = 6, .fault = { 5, 12, 0, { (const guint8 *) "a\"\n", 3 } } },
      "FAULT #6 code=5(MAC missing or wrong) about=12 wait=0 text=\"a\\x22\\x0a\"" },
    { { .type = COMMS_BBT_BYE, .sequence = 7, .bye = { 0, 200 } }, "BYE #7 next_call=0 reason=200" },
    { { .type = COMMS_BBT_INTERFACE, .sequence = 8, .interface = { 0, 19200, 'E', 1 } },
      "INTERFACE #8 port=0(RS-485) baud=19200 parity=E stop_bits=1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (said); i++) {
    g_autofree char *text = describe (&said[i].message);
    g_assert_cmpstr (text, ==, said[i].text);
  }
}

/* An error says which frame, which field, where, and what would have been right. */
static void
test_errors_tell (void)
{
  CommsBbtMessage message = { .type = COMMS_BBT_SETTINGS, .settings = {
    .polling = 700, .confirmation = 60, .accident = 5, .archive = 10 } };
  guint8 bytes[COMMS_BBT_FRAME_MAX] = { 0 };
  g_autoptr (GError) range = NULL, cut = NULL;
  CommsBbtFrame frame;

  g_assert_cmpuint (comms_bbt_encode (&message, bytes, &range), ==, 0);
  g_assert_cmpstr (range->message, ==, "SETTINGS: polling 700 is not 5 to 600");
  frame_around (bytes, COMMS_BBT_LIVE, 13, &frame);
  g_assert_false (comms_bbt_decode (&frame, &message, &cut));
  g_assert_cmpstr (cut->message, ==, "LIVE: mask at byte 11 of the payload is cut off by its end");
}

typedef struct { const char *name; GTestDataFunc run; } EachType;

static const EachType each_type[] = {
  { "round-trips", test_round_trip },
  { "cut-short-anywhere-is-no-other-message", test_truncated },
  { "one-wrong-bit-is-refused-or-another-message", test_one_wrong_bit },
  { "fields-of-the-future-are-ignored", test_grows },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint type = 0; type < 256; type++)
    for (guint i = 0; comms_bbt_type_info (type) != NULL && i < G_N_ELEMENTS (each_type); i++) {
      const CommsBbtTypeInfo *info = comms_bbt_type_info (type);
      g_autofree char *path = g_strdup_printf ("/bbt-message/%s/%s", info->name, each_type[i].name);
      g_test_add_data_func (path, info, each_type[i].run);
    }
  g_test_add_func ("/bbt-message/ranges-are-those-of-the-document", test_ranges);
  g_test_add_func ("/bbt-message/out-of-range-is-read-to-the-end", test_out_of_range_is_read_to_the_end);
  g_test_add_func ("/bbt-message/telephone-numbers", test_phone);
  g_test_add_func ("/bbt-message/unknown-type-is-told", test_unknown_type);
  g_test_add_func ("/bbt-message/sizes-are-those-of-the-document", test_sizes);
  g_test_add_func ("/bbt-message/revision-is-a-digest", test_revision);
  g_test_add_func ("/bbt-message/errors-tell-what-and-where", test_errors_tell);
  g_test_add_func ("/bbt-message/descriptions", test_descriptions);
  return g_test_run ();
}
