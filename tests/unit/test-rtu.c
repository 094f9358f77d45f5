/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/mbap.h"
#include "comms/rtu.h"

#include <string.h>

static const CommsQuery reads[] = {
  { 1, GDP_TABLE_COILS, 19, 37 },          { 17, GDP_TABLE_DISCRETE_INPUTS, 0, 8 },
  { 1, GDP_TABLE_DISCRETE_INPUTS, 0, 2000 }, { 247, GDP_TABLE_HOLDING_REGISTERS, 107, 3 },
  { 1, GDP_TABLE_INPUT_REGISTERS, 0, 1 },  { 32, GDP_TABLE_INPUT_REGISTERS, 65411, 125 },
};

static void
make_values (const CommsQuery *read, guint16 *values)
{
  gboolean bits = read->table <= GDP_TABLE_DISCRETE_INPUTS;

  for (guint i = 0; i < read->count; i++)
    values[i] = bits ? (i * i / 3) % 2 : (guint16) (i * 40503u + 258);
}

static gsize
make_response (const CommsQuery *read, guint16 *values, guint8 *frame)
{
  CommsRequest request = { .query = *read, .function = read->table };

  make_values (read, values);
  return comms_rtu_respond (&request, values, frame);
}

static void
test_crc (void)
{
  /* The catalogue of CRC algorithms' check value of CRC-16/MODBUS; Modbus over Serial Line V1.02, 6.2.2. */
  g_assert_cmphex (comms_crc16 ((const guint8 *) "123456789", 9), ==, 0x4B37);
  g_assert_cmphex (comms_crc16 ((const guint8 *) "\x02\x07", 2), ==, 0x1241);
  g_assert_cmphex (comms_crc16 (NULL, 0), ==, 0xFFFF);
}

static void
test_known_frames (void)
{
  guint8 frame[COMMS_RTU_MAX];
  guint16 values[3];
  gsize consumed;
  CommsQuery read = { 0x11, GDP_TABLE_HOLDING_REGISTERS, 0x6B, 3 };
  const guint8 answer[] = { 0x11, 0x03, 0x06, 0xAE, 0x41, 0x56, 0x52, 0x43, 0x40, 0x49, 0xAD };

  g_assert_cmpuint (comms_rtu_request (&read, frame), ==, 8);
  g_assert_cmpmem (frame, 8, "\x11\x03\x00\x6B\x00\x03\x76\x87", 8);
  g_assert_true (comms_rtu_response (&read, answer, sizeof answer, values, &consumed, NULL, NULL));
  g_assert_cmpuint (consumed, ==, sizeof answer);
  g_assert_cmphex (values[0], ==, 0xAE41);
  g_assert_cmphex (values[1], ==, 0x5652);
  g_assert_cmphex (values[2], ==, 0x4340);
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++) {
    guint8 frame[COMMS_RTU_MAX];
    guint16 sent[2000], got[2000];
    CommsRequest request;
    gsize consumed, length = comms_rtu_request (&reads[i], frame);

    g_assert_true (comms_rtu_parse_request (frame, length, &request, &consumed, NULL));
    g_assert_cmpuint (consumed, ==, length);
    g_assert_cmpuint (request.function, ==, reads[i].table);
    g_assert_null (request.written);
    g_assert_cmpuint (request.query.address, ==, reads[i].address);
    g_assert_cmpuint (request.query.table, ==, reads[i].table);
    g_assert_cmpuint (request.query.start, ==, reads[i].start);
    g_assert_cmpuint (request.query.count, ==, reads[i].count);

    length = make_response (&reads[i], sent, frame);
    g_assert_true (comms_rtu_response (&reads[i], frame, length, got, &consumed, NULL, NULL));
    g_assert_cmpuint (consumed, ==, length);
    g_assert_cmpmem (got, reads[i].count * sizeof got[0], sent, reads[i].count * sizeof sent[0]);
  }
}

/* The bytes in a block of their own, so that a sanitizer sees any look behind the end. */
static CommsRtuError
response_error (const CommsQuery *read, const guint8 *bytes, gsize length, gsize *consumed)
{
  g_autofree guint8 *exact = g_memdup2 (bytes, length);
  g_autoptr (GError) error = NULL;
  guint16 values[2000];

  g_assert_false (comms_rtu_response (read, exact, length, values, consumed, NULL, &error));
  g_assert_true (error->domain == COMMS_RTU_ERROR);
  return error->code;
}

static void
test_truncated (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++) {
    guint8 frame[COMMS_RTU_MAX];
    guint16 values[2000];
    CommsRequest request;
    gsize consumed, length = make_response (&reads[i], values, frame);

    for (gsize n = 0; n < length; n++) {
      g_assert_cmpint (response_error (&reads[i], frame, n, &consumed), ==, COMMS_RTU_ERROR_SHORT);
      g_assert_cmpuint (consumed, ==, 0);
    }
    length = comms_rtu_request (&reads[i], frame);
    for (gsize n = 0; n < length; n++) {
      g_autofree guint8 *exact = g_memdup2 (frame, n);
      g_autoptr (GError) error = NULL;
      g_assert_false (comms_rtu_parse_request (exact, n, &request, &consumed, &error));
      g_assert_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT);
      g_assert_cmpuint (consumed, ==, 0);
    }
  }
}

static void
test_bit_flips (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++) {
    guint8 frame[COMMS_RTU_MAX];
    guint16 values[2000];
    CommsRequest request;
    gsize consumed, length = make_response (&reads[i], values, frame);

    for (gsize bit = 0; bit < length * 8; bit++) {
      frame[bit / 8] ^= 1 << bit % 8;
      g_assert_cmpint (response_error (&reads[i], frame, length, &consumed), !=, COMMS_RTU_ERROR_EXCEPTION);
      frame[bit / 8] ^= 1 << bit % 8;
    }
    length = comms_rtu_request (&reads[i], frame);
    for (gsize bit = 0; bit < length * 8; bit++) {
      frame[bit / 8] ^= 1 << bit % 8;
      g_assert_false (comms_rtu_parse_request (frame, length, &request, &consumed, NULL));
      frame[bit / 8] ^= 1 << bit % 8;
    }
  }
}

static void
test_what_is_wrong_is_named (void)
{
  static const struct { guint at; guint8 is; CommsRtuError error; } rows[] = {
    { 0, 18,   COMMS_RTU_ERROR_ADDRESS },
    { 1, 3,    COMMS_RTU_ERROR_FUNCTION },
    { 1, 0x83, COMMS_RTU_ERROR_FUNCTION },
    { 2, 4,    COMMS_RTU_ERROR_LENGTH },
    { 3, 0xAA, COMMS_RTU_ERROR_CRC },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 frame[COMMS_RTU_MAX];
    guint16 values[8];
    gsize consumed, length = make_response (&reads[1], values, frame);

    frame[rows[i].at] = rows[i].is;
    g_assert_cmpint (response_error (&reads[1], frame, length, &consumed), ==, rows[i].error);
  }
}

static void
test_exception (void)
{
  guint8 frame[COMMS_RTU_MAX], code = 0;
  guint16 values[3];
  gsize consumed, length = comms_rtu_exception (247, 3, 2, frame);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (length, ==, 5);
  g_assert_false (comms_rtu_response (&reads[3], frame, length, values, &consumed, &code, &error));
  g_assert_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_EXCEPTION);
  g_assert_cmpuint (code, ==, 2);
  g_assert_cmpuint (consumed, ==, 5);
  g_assert_nonnull (strstr (error->message, "illegal data address"));
  for (gsize n = 0; n < length; n++)
    g_assert_cmpint (response_error (&reads[3], frame, n, &consumed), ==, COMMS_RTU_ERROR_SHORT);
}

static void
test_more_follows (void)
{
  guint8 frame[COMMS_RTU_MAX + 4];
  guint16 values[3], got[3];
  gsize consumed, length = make_response (&reads[3], values, frame);

  memcpy (frame + length, "PING", 4);
  g_assert_true (comms_rtu_response (&reads[3], frame, length + 4, got, &consumed, NULL, NULL));
  g_assert_cmpuint (consumed, ==, length);
}

/* Request PDUs that write, what they mean, and the answer, as in the standard's examples
 * (6.5, 6.6, 6.11, 6.12). */
static const struct {
  const char *request; gsize length;
  GdpTable table; guint start, count;
  guint16 values[10];
  const char *answer;
} writes[] = {
  { "\x05\x00\xAC\xFF\x00", 5, GDP_TABLE_COILS, 0xAC, 1, { 1 }, "\x05\x00\xAC\xFF\x00" },
  { "\x05\x00\xAC\x00\x00", 5, GDP_TABLE_COILS, 0xAC, 1, { 0 }, "\x05\x00\xAC\x00\x00" },
  { "\x06\x00\x01\x00\x03", 5, GDP_TABLE_HOLDING_REGISTERS, 1, 1, { 3 }, "\x06\x00\x01\x00\x03" },
  { "\x0F\x00\x13\x00\x0A\x02\xCD\x01", 8, GDP_TABLE_COILS, 0x13, 10, { 1, 0, 1, 1, 0, 0, 1, 1, 1, 0 },
    "\x0F\x00\x13\x00\x0A" },
  { "\x10\x00\x01\x00\x02\x04\x00\x0A\x01\x02", 10, GDP_TABLE_HOLDING_REGISTERS, 1, 2, { 0x0A, 0x102 },
    "\x10\x00\x01\x00\x02" },
};

static void
test_writes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
    guint8 pdu[COMMS_PDU_MAX];
    guint16 values[10] = { 0 };
    CommsRequest request;
    g_autofree guint8 *exact = g_memdup2 (writes[i].request, writes[i].length);

    g_assert_true (comms_pdu_parse_request (exact, writes[i].length, &request, NULL));
    g_assert_cmpuint (request.query.table, ==, writes[i].table);
    g_assert_cmpuint (request.query.start, ==, writes[i].start);
    g_assert_cmpuint (request.query.count, ==, writes[i].count);
    comms_pdu_unpack (request.query.table, request.query.count, request.written, values);
    g_assert_cmpmem (values, sizeof values, writes[i].values, sizeof writes[i].values);
    g_assert_cmpuint (comms_pdu_respond (&request, NULL, pdu), ==, 5);
    g_assert_cmpmem (pdu, 5, writes[i].answer, 5);
  }
}

static void
test_bad_requests (void)
{
  static const struct { const char *request; gsize length; int error; } rows[] = {
    { "\x03\x00\x00\x00\x00", 5, COMMS_RTU_ERROR_LENGTH },               /* nothing */
    { "\x03\x00\x00\x00\x7E", 5, COMMS_RTU_ERROR_LENGTH },               /* 126 registers */
    { "\x01\x00\x00\x07\xD1", 5, COMMS_RTU_ERROR_LENGTH },               /* 2001 bits */
    { "\x05\x00\xAC\x12\x00", 5, COMMS_RTU_ERROR_LENGTH },               /* neither on nor off */
    { "\x10\x00\x01\x00\x02\x02\x00\x0A", 8, COMMS_RTU_ERROR_LENGTH },   /* two registers in two bytes */
    { "\x2B\x0E\x01\x00", 4, COMMS_RTU_ERROR_FUNCTION },
    { "\x00\x00\x00\x00\x01", 5, COMMS_RTU_ERROR_FUNCTION },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree guint8 *exact = g_memdup2 (rows[i].request, rows[i].length);
    g_autoptr (GError) error = NULL;
    CommsRequest request;

    g_assert_false (comms_pdu_parse_request (exact, rows[i].length, &request, &error));
    g_assert_error (error, COMMS_RTU_ERROR, rows[i].error);
    g_assert_cmphex (request.function, ==, (guint8) rows[i].request[0]);
  }
}

static void
test_mbap (void)
{
  /* Modbus Messaging on TCP/IP V1.0b: read input registers 0..1 of unit 255, transaction 0x1501. */
  const guint8 frame[] = { 0x15, 0x01, 0, 0, 0, 6, 0xFF, 4, 0, 0, 0, 2 };
  guint8 answer[COMMS_MBAP_MAX];
  const guint16 values[] = { 5, 0x1234 };
  CommsRequest request;
  guint16 transaction;
  gsize consumed;

  for (gsize n = 0; n < sizeof frame; n++) {
    g_autofree guint8 *exact = g_memdup2 (frame, n);
    g_autoptr (GError) error = NULL;
    g_assert_false (comms_mbap_parse_request (exact, n, &transaction, &request, &consumed, &error));
    g_assert_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT);
  }
  g_assert_true (comms_mbap_parse_request (frame, sizeof frame, &transaction, &request, &consumed, NULL));
  g_assert_cmpuint (consumed, ==, sizeof frame);
  g_assert_cmpuint (request.query.address, ==, 255);
  g_assert_cmpuint (comms_mbap_respond (transaction, &request, values, answer), ==, 13);
  g_assert_cmpmem (answer, 13, "\x15\x01\0\0\0\7\xFF\4\4\0\5\x12\x34", 13);
  g_assert_cmpuint (comms_mbap_exception (transaction, 255, 4, 2, answer), ==, 9);
  g_assert_cmpmem (answer, 9, "\x15\x01\0\0\0\3\xFF\x84\2", 9);
}

static void
test_mbap_bad (void)
{
  static const struct { guint8 frame[12]; gboolean framed; int error; } rows[] = {
    { { 0, 1, 0, 7, 0, 6, 1, 4, 0, 0, 0, 2 }, FALSE, COMMS_RTU_ERROR_LENGTH },   /* protocol 7 */
    { { 0, 1, 0, 0, 0, 1, 1, 4, 0, 0, 0, 2 }, FALSE, COMMS_RTU_ERROR_LENGTH },   /* no PDU */
    { { 0, 1, 0, 0, 1, 0, 1, 4, 0, 0, 0, 2 }, FALSE, COMMS_RTU_ERROR_LENGTH },   /* 256 bytes */
    { { 0, 1, 0, 0, 0, 5, 1, 4, 0, 0, 0, 2 }, TRUE,  COMMS_RTU_ERROR_LENGTH },   /* a byte missing */
    { { 0, 1, 0, 0, 0, 3, 1, 16, 0, 0, 0, 2 }, TRUE, COMMS_RTU_ERROR_LENGTH },   /* no byte count */
    { { 0, 1, 0, 0, 0, 6, 1, 43, 0, 0, 0, 2 }, TRUE, COMMS_RTU_ERROR_FUNCTION },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    CommsRequest request;
    guint16 transaction;
    gsize consumed;

    g_assert_false (comms_mbap_parse_request (rows[i].frame, 12, &transaction, &request, &consumed, &error));
    g_assert_error (error, COMMS_RTU_ERROR, rows[i].error);
    g_assert_cmpint (consumed > 0, ==, rows[i].framed);
  }
}

static void
test_mbap_master (void)
{
  const CommsQuery read = { 17, GDP_TABLE_INPUT_REGISTERS, 0x0108, 2 };
  guint8 frame[COMMS_MBAP_MAX], exception = 0;
  guint16 transaction, values[2];
  gsize whole;

  g_assert_cmpuint (comms_mbap_request (0x1501, &read, frame), ==, 12);
  g_assert_cmpmem (frame, 12, "\x15\x01\0\0\0\6\x11\4\x01\x08\0\2", 12);

  const guint8 answer[] = { 0x15, 0x01, 0, 0, 0, 7, 17, 4, 4, 0, 5, 0x12, 0x34 };
  for (gsize n = 0; n < sizeof answer; n++) {
    g_autofree guint8 *exact = g_memdup2 (answer, n);
    g_autoptr (GError) error = NULL;
    g_assert_false (comms_mbap_frame (exact, n, &transaction, &whole, &error));
    g_assert_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT);
  }
  g_assert_true (comms_mbap_frame (answer, sizeof answer, &transaction, &whole, NULL));
  g_assert_cmphex (transaction, ==, 0x1501);
  g_assert_cmpuint (whole, ==, sizeof answer);
  g_assert_true (comms_mbap_response (&read, answer, sizeof answer, values, &exception, NULL));
  g_assert_cmpuint (values[0], ==, 5);
  g_assert_cmpuint (values[1], ==, 0x1234);
}

static void
test_mbap_answers (void)
{
  const CommsQuery read = { 17, GDP_TABLE_INPUT_REGISTERS, 0, 1 };
  static const struct { guint8 frame[13]; gsize length; int error; } rows[] = {   /* -1: good */
    { { 0, 1, 0, 0, 0, 5, 17, 4, 2, 0, 5 }, 11, -1 },
    { { 0, 1, 0, 0, 0, 5, 0, 4, 2, 0, 5 }, 11, -1 },      /* "the device itself" */
    { { 0, 1, 0, 0, 0, 5, 255, 4, 2, 0, 5 }, 11, -1 },
    { { 0, 1, 0, 0, 0, 5, 18, 4, 2, 0, 5 }, 11, COMMS_RTU_ERROR_ADDRESS },
    { { 0, 1, 0, 0, 0, 5, 17, 3, 2, 0, 5 }, 11, COMMS_RTU_ERROR_FUNCTION },
    { { 0, 1, 0, 0, 0, 7, 17, 4, 4, 0, 5, 0, 6 }, 13, COMMS_RTU_ERROR_LENGTH },   /* two registers */
    { { 0, 1, 0, 0, 0, 7, 17, 4, 2, 0, 5, 0, 6 }, 13, COMMS_RTU_ERROR_LENGTH },   /* more than it says */
    { { 0, 1, 0, 0, 0, 4, 17, 4, 2, 0 }, 10, COMMS_RTU_ERROR_LENGTH },            /* less than it says */
    { { 0, 1, 0, 0, 0, 2, 17, 4 }, 8, COMMS_RTU_ERROR_LENGTH },                   /* only a function */
    { { 0, 1, 0, 0, 0, 3, 17, 0x84, 2 }, 9, COMMS_RTU_ERROR_EXCEPTION },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree guint8 *exact = g_memdup2 (rows[i].frame, rows[i].length);
    g_autoptr (GError) error = NULL;
    guint16 transaction, value = 0;
    guint8 exception = 0;
    gsize whole;

    g_assert_true (comms_mbap_frame (exact, rows[i].length, &transaction, &whole, NULL));
    g_assert_cmpuint (whole, ==, rows[i].length);
    g_assert_cmpint (comms_mbap_response (&read, exact, whole, &value, &exception, &error), ==, rows[i].error < 0);
    g_assert_cmpuint (value, ==, rows[i].error < 0 ? 5 : 0);
    g_assert_cmpuint (exception, ==, rows[i].error == COMMS_RTU_ERROR_EXCEPTION ? 2 : 0);
    if (rows[i].error >= 0)
      g_assert_error (error, COMMS_RTU_ERROR, rows[i].error);
  }
}

static void
test_gaps (void)
{
  g_assert_cmpint (comms_rtu_gap (9600), ==, 4011);      /* 38.5 bits of 104.17 µs, rounded up */
  g_assert_cmpint (comms_rtu_gap (19200), ==, 2006);
  g_assert_cmpint (comms_rtu_gap (38400), ==, 1750);
  g_assert_cmpint (comms_rtu_gap (115200), ==, 1750);
  g_assert_cmpint (comms_rtu_wire_time (9600, 8), ==, 9167);
  g_assert_cmpint (comms_rtu_wire_time (115200, 256), ==, 24445);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtu/crc-agrees-with-published-vectors", test_crc);
  g_test_add_func ("/rtu/published-frames", test_known_frames);
  g_test_add_func ("/rtu/round-trip-of-every-read-function", test_round_trip);
  g_test_add_func ("/rtu/cut-short-at-every-length-waits-for-more", test_truncated);
  g_test_add_func ("/rtu/one-wrong-bit-anywhere-never-gives-a-value", test_bit_flips);
  g_test_add_func ("/rtu/what-is-wrong-is-named", test_what_is_wrong_is_named);
  g_test_add_func ("/rtu/exception-carries-its-code", test_exception);
  g_test_add_func ("/rtu/bytes-after-the-frame-are-left", test_more_follows);
  g_test_add_func ("/rtu/gaps-are-3.5-characters", test_gaps);
  g_test_add_func ("/pdu/writes-as-in-the-standard", test_writes);
  g_test_add_func ("/pdu/bad-requests-are-told-by-error", test_bad_requests);
  g_test_add_func ("/mbap/request-and-answers", test_mbap);
  g_test_add_func ("/mbap/bad-frames-keep-the-stream-when-their-end-is-known", test_mbap_bad);
  g_test_add_func ("/mbap/master-asks-and-understands", test_mbap_master);
  g_test_add_func ("/mbap/answer-of-another-unit-or-shape-is-refused", test_mbap_answers);
  return g_test_run ();
}
