/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes of one coil or register: what is sent, and which answers confirm it. */
#include "comms/mbap.h"
#include "comms/rtu.h"

#include <string.h>

static const CommsQuery coil_on = { 0x11, GDP_TABLE_COILS, 0xAC, 1, TRUE, 1 };
static const CommsQuery coil_off = { 0x11, GDP_TABLE_COILS, 0xAC, 1, TRUE, 0 };
static const CommsQuery holding = { 0x11, GDP_TABLE_HOLDING_REGISTERS, 1, 1, TRUE, 3 };
static const CommsQuery *const writes[] = { &coil_on, &coil_off, &holding };

/* Modbus Application Protocol V1.1b3, 6.5 and 6.6. */
static void
test_known (void)
{
  guint8 pdu[COMMS_PDU_MAX];

  g_assert_cmpmem (pdu, comms_pdu_request (&coil_on, pdu), "\x05\x00\xAC\xFF\x00", 5);
  g_assert_cmpmem (pdu, comms_pdu_request (&coil_off, pdu), "\x05\x00\xAC\x00\x00", 5);
  g_assert_cmpmem (pdu, comms_pdu_request (&holding, pdu), "\x06\x00\x01\x00\x03", 5);
}

/* Our slave's side reads what our master's side wrote, and answers what that understands; over RTU and TCP. */
static void
test_round_trip (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
    guint8 frame[COMMS_MBAP_MAX], answer[COMMS_MBAP_MAX];
    guint16 value = 99, written, transaction;
    CommsRequest request;
    gsize length = comms_rtu_request (writes[i], frame), consumed;

    g_assert_true (comms_rtu_parse_request (frame, length, &request, &consumed, NULL));
    g_assert_cmpint (request.query.table, ==, writes[i]->table);
    g_assert_cmpint (request.query.start, ==, writes[i]->start);
    comms_pdu_unpack (request.query.table, 1, request.written, &written);
    g_assert_cmpint (written, ==, writes[i]->value);
    length = comms_rtu_respond (&request, NULL, answer);
    g_assert_true (comms_rtu_response (writes[i], answer, length, &value, &consumed, NULL, NULL));
    g_assert_cmpuint (consumed, ==, 8);
    g_assert_cmpint (value, ==, writes[i]->value);

    length = comms_mbap_request (7, writes[i], frame);
    g_assert_true (comms_mbap_parse_request (frame, length, &transaction, &request, &consumed, NULL));
    length = comms_mbap_respond (7, &request, NULL, answer);
    g_assert_true (comms_mbap_response (writes[i], answer, length, &value, NULL, NULL));
    g_assert_cmpint (value, ==, writes[i]->value);
  }
}

/* No single changed byte of the answer passes for a confirmation. */
static void
test_wrong_echo (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    for (guint at = 0; at < 5; at++) {
      guint8 pdu[COMMS_PDU_MAX];
      guint16 value;
      gsize whole;
      gsize length = comms_pdu_request (writes[i], pdu);

      pdu[at] ^= 0x01;
      g_assert_false (comms_pdu_response_length (writes[i], pdu, length, &whole, NULL)
                      && comms_pdu_response (writes[i], pdu, &value, NULL, NULL));
    }
}

static void
test_exception (void)
{
  guint8 frame[COMMS_RTU_MAX], exception = 0;
  gsize length = comms_rtu_exception (0x11, 5, COMMS_EXCEPTION_ADDRESS, frame), consumed;
  guint16 value;
  g_autoptr (GError) error = NULL;

  g_assert_false (comms_rtu_response (&coil_on, frame, length, &value, &consumed, &exception, &error));
  g_assert_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_EXCEPTION);
  g_assert_cmpint (exception, ==, COMMS_EXCEPTION_ADDRESS);
  g_assert_cmpuint (consumed, ==, 5);
}

/* Until all of it is there nothing is decided, and the answer to a read is none. */
static void
test_parts (void)
{
  guint8 frame[COMMS_RTU_MAX];
  gsize length = comms_rtu_request (&coil_on, frame), consumed;
  const CommsQuery read = { 0x11, GDP_TABLE_COILS, 0xAC, 1 };
  guint16 value;

  for (gsize n = 1; n < length; n++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (comms_rtu_response (&coil_on, frame, n, &value, &consumed, NULL, &error));
    g_assert_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT);
  }
  g_autoptr (GError) error = NULL;
  g_assert_false (comms_rtu_response (&read, frame, length, &value, &consumed, NULL, &error));
  g_assert_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_FUNCTION);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pdu-write/requests-are-those-of-the-standard", test_known);
  g_test_add_func ("/pdu-write/a-slave-reads-what-the-master-wrote-and-back", test_round_trip);
  g_test_add_func ("/pdu-write/another-echo-confirms-nothing", test_wrong_echo);
  g_test_add_func ("/pdu-write/a-refusal-is-a-refusal", test_exception);
  g_test_add_func ("/pdu-write/parts-decide-nothing", test_parts);
  return g_test_run ();
}
