/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus frames from a stranger, RTU and TCP, to master and slave: no byte read past the end, and
 * what a slave understood, a master understands back. */
#include "comms/mbap.h"
#include "comms/rtu.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_answer (const CommsRequest *request)
{
  guint8 frame[COMMS_RTU_MAX];
  guint16 sent[2000], got[2000];
  gsize consumed, length;

  for (guint i = 0; i < request->query.count; i++)
    sent[i] = request->written != NULL || request->query.table > GDP_TABLE_DISCRETE_INPUTS ? i * 257 : i & 1;
  length = comms_rtu_respond (request, sent, frame);
  g_assert_true (length <= COMMS_RTU_MAX);
  if (request->written != NULL) {
    comms_pdu_unpack (request->query.table, request->query.count, request->written, got);
    return;
  }
  g_assert_true (comms_rtu_response (&request->query, frame, length, got, &consumed, NULL, NULL));
  g_assert_cmpmem (got, request->query.count * sizeof got[0], sent, request->query.count * sizeof sent[0]);
}

/* A whole frame in a block of its own, so that reading past it is seen. */
static void
master_over_tcp (const CommsQuery *read, const guint8 *bytes, gsize length, gsize *consumed)
{
  guint16 values[2000], transaction;
  guint8 exception;

  if (!comms_mbap_frame (bytes, length, &transaction, consumed, NULL))
    return;
  g_autofree guint8 *frame = g_memdup2 (bytes, *consumed);
  comms_mbap_response (read, frame, *consumed, values, &exception, NULL);
}

/* The first byte chooses the reader, the next five what a master asked. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  CommsRequest request;
  guint16 values[2000], transaction;
  gsize consumed = 0;

  if (size < 6)
    return 0;
  CommsQuery read = { data[1], 1 + data[2] % 4, data[3], 1 + (data[4] << 8 | data[5]) % 125 };
  const guint8 *bytes = data + 6;
  gsize length = size - 6;

  if (data[0] % 3 == 0 && data[0] % 2 == 1)
    master_over_tcp (&read, bytes, length, &consumed);
  else if (data[0] % 3 == 0)
    comms_rtu_response (&read, bytes, length, values, &consumed, NULL, NULL);
  else if (data[0] % 3 == 1 ? comms_rtu_parse_request (bytes, length, &request, &consumed, NULL)
                            : comms_mbap_parse_request (bytes, length, &transaction, &request, &consumed, NULL))
    check_answer (&request);
  g_assert_true (consumed <= length);
  return 0;
}
