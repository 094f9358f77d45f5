/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pdu.h"

#include <string.h>

G_DEFINE_QUARK (comms-rtu-error-quark, comms_rtu_error)

typedef enum { READ, WRITE_ONE, WRITE_MANY } Shape;

typedef struct {
  guint8   function;
  Shape    shape;
  GdpTable table;
  guint16  most;       /* registers or bits in one request */
} Function;

/* A function more is a row more (and a shape more, where the bytes lie otherwise). */
static const Function functions[] = {
  { 1,  READ,       GDP_TABLE_COILS,             2000 },
  { 2,  READ,       GDP_TABLE_DISCRETE_INPUTS,   2000 },
  { 3,  READ,       GDP_TABLE_HOLDING_REGISTERS, 125 },
  { 4,  READ,       GDP_TABLE_INPUT_REGISTERS,   125 },
  { 5,  WRITE_ONE,  GDP_TABLE_COILS,             1 },
  { 6,  WRITE_ONE,  GDP_TABLE_HOLDING_REGISTERS, 1 },
  { 15, WRITE_MANY, GDP_TABLE_COILS,             1968 },
  { 16, WRITE_MANY, GDP_TABLE_HOLDING_REGISTERS, 123 },
};

/* Modbus Application Protocol V1.1b3, chapter 7. */
static const char *const exceptions[] = {
  [1] = "illegal function", [2] = "illegal data address", [3] = "illegal data value",
  [4] = "device failure", [5] = "acknowledged, still working", [6] = "device busy",
  [8] = "memory parity error", [10] = "gateway path unavailable", [11] = "gateway target does not respond",
};

static const guint8 exception_bit = 0x80;

static gboolean
fail (GError **error, CommsRtuError code, const char *format, guint a, guint b)
{
  g_set_error (error, COMMS_RTU_ERROR, code, format, a, b);
  return FALSE;
}

static const Function *
find_function (guint8 function, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (functions[i].function == function)
      return &functions[i];
  fail (error, COMMS_RTU_ERROR_FUNCTION, "function %u is not one of 1–6, 15, 16", function, 0);
  return NULL;
}

static guint
get16 (const guint8 *bytes)
{
  return bytes[0] << 8 | bytes[1];
}

static guint8 *
put16 (guint8 *bytes, guint value)
{
  bytes[0] = value >> 8;
  bytes[1] = value & 0xFF;
  return bytes + 2;
}

static gboolean
is_bits (GdpTable table)
{
  return table == GDP_TABLE_COILS || table == GDP_TABLE_DISCRETE_INPUTS;
}

gsize
comms_pdu_packed_size (GdpTable table, guint count)
{
  return is_bits (table) ? (count + 7) / 8 : count * 2;
}

void
comms_pdu_unpack (GdpTable table, guint count, const guint8 *packed, guint16 *values)
{
  for (guint i = 0; i < count; i++)
    values[i] = is_bits (table) ? packed[i / 8] >> i % 8 & 1 : get16 (packed + 2 * i);
}

static void
pack (GdpTable table, guint count, const guint16 *values, guint8 *packed)
{
  memset (packed, 0, comms_pdu_packed_size (table, count));
  for (guint i = 0; i < count; i++)
    if (!is_bits (table))
      put16 (packed + 2 * i, values[i]);
    else if (values[i] != 0)
      packed[i / 8] |= 1 << i % 8;
}

/* A table's number is its read function. */
static guint8
function_of (const CommsQuery *read)
{
  return !read->write ? read->table : is_bits (read->table) ? 5 : 6;
}

/* What follows the address: how many, or for a write what. */
static guint
word_of (const CommsQuery *read)
{
  return !read->write ? read->count : !is_bits (read->table) ? read->value : read->value != 0 ? 0xFF00 : 0;
}

gsize
comms_pdu_request (const CommsQuery *read, guint8 *pdu)
{
  pdu[0] = function_of (read);
  return put16 (put16 (pdu + 1, read->start), word_of (read)) - pdu;
}

gsize
comms_pdu_answer_size (const CommsQuery *read)
{
  return read->write ? 5 : 2 + comms_pdu_packed_size (read->table, read->count);
}

gboolean
comms_pdu_response_length (const CommsQuery *read, const guint8 *pdu, gsize length,
                           gsize *whole, GError **error)
{
  gsize size = comms_pdu_answer_size (read);

  if (length >= 1 && (pdu[0] & ~exception_bit) != function_of (read))
    return fail (error, COMMS_RTU_ERROR_FUNCTION, "answer has function %u, asked was %u",
                 pdu[0], function_of (read));
  if (length < 2)
    return fail (error, COMMS_RTU_ERROR_SHORT, "answer is not all there", 0, 0);
  if (!(pdu[0] & exception_bit) && !read->write && pdu[1] != size - 2)
    return fail (error, COMMS_RTU_ERROR_LENGTH, "answer announces %u bytes, asked were %u", pdu[1], size - 2);
  *whole = pdu[0] & exception_bit ? 2 : size;
  return TRUE;
}

static gboolean
confirmed (const CommsQuery *read, const guint8 *pdu, guint16 *values, GError **error)
{
  if (get16 (pdu + 1) != read->start || get16 (pdu + 3) != word_of (read))
    return fail (error, COMMS_RTU_ERROR_LENGTH, "answer confirms %u at %u, which was not asked", get16 (pdu + 3),
                 get16 (pdu + 1));
  *values = read->value;
  return TRUE;
}

gboolean
comms_pdu_response (const CommsQuery *read, const guint8 *pdu, guint16 *values, guint8 *exception,
                    GError **error)
{
  if (!(pdu[0] & exception_bit) && read->write)
    return confirmed (read, pdu, values, error);
  if (!(pdu[0] & exception_bit)) {
    comms_pdu_unpack (read->table, read->count, pdu + 2, values);
    return TRUE;
  }
  const char *name = pdu[1] < G_N_ELEMENTS (exceptions) ? exceptions[pdu[1]] : NULL;

  if (exception != NULL)
    *exception = pdu[1];
  g_set_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_EXCEPTION, "slave %u answers with exception %u (%s)",
               read->address, pdu[1], name != NULL ? name : "not in the standard");
  return FALSE;
}

gboolean
comms_pdu_request_length (const guint8 *pdu, gsize length, gsize *whole, GError **error)
{
  const Function *function = length < 1 ? NULL : find_function (pdu[0], error);

  if (length >= 1 && function == NULL)
    return FALSE;
  if (length < 1 || (function->shape == WRITE_MANY && length < 6))
    return fail (error, COMMS_RTU_ERROR_SHORT, "request is not all there", 0, 0);
  *whole = function->shape == WRITE_MANY ? 6 + (gsize) pdu[5] : 5;
  return TRUE;
}

/* For function 5 the word is 0xFF00 or 0: its first byte is the packed bit as it stands. */
static gboolean
parse_written (const Function *function, const guint8 *pdu, CommsRequest *request, GError **error)
{
  gboolean many = function->shape == WRITE_MANY;
  guint value = get16 (pdu + 3);

  request->written = many ? pdu + 6 : pdu + 3;
  if (many && pdu[5] != comms_pdu_packed_size (function->table, request->query.count))
    return fail (error, COMMS_RTU_ERROR_LENGTH, "request brings %u bytes for %u values",
                 pdu[5], request->query.count);
  if (!many && is_bits (function->table) && value != 0 && value != 0xFF00)
    return fail (error, COMMS_RTU_ERROR_LENGTH, "a coil is written with 0x%04x, not with 0 or 0xFF00",
                 value, 0);
  return TRUE;
}

gboolean
comms_pdu_parse_request (const guint8 *pdu, gsize length, CommsRequest *request, GError **error)
{
  const Function *function;
  gsize whole;

  request->function = length > 0 ? pdu[0] : 0;
  request->written = NULL;
  request->query.write = FALSE;   /* the master's mark; a slave has `written` */
  request->query.value = 0;
  if (!comms_pdu_request_length (pdu, length, &whole, error))
    return FALSE;
  if (length != whole)
    return fail (error, COMMS_RTU_ERROR_LENGTH, "request has %u bytes, its function needs %u", length, whole);

  function = find_function (pdu[0], NULL);
  request->query.table = function->table;
  request->query.start = get16 (pdu + 1);
  request->query.count = function->shape == WRITE_ONE ? 1 : get16 (pdu + 3);
  if (request->query.count < 1 || request->query.count > function->most)
    return fail (error, COMMS_RTU_ERROR_LENGTH, "count %u is not 1 to %u",
                 request->query.count, function->most);
  return function->shape == READ || parse_written (function, pdu, request, error);
}

gsize
comms_pdu_respond (const CommsRequest *request, const guint16 *values, guint8 *pdu)
{
  const Function *function = find_function (request->function, NULL);
  const CommsQuery *read = &request->query;

  g_return_val_if_fail (function != NULL && read->count <= function->most, 0);
  pdu[0] = request->function;
  if (function->shape != READ)   /* the answer is the request's first five bytes */
    return put16 (put16 (pdu + 1, read->start),
                  function->shape == WRITE_ONE ? get16 (request->written) : read->count) - pdu;
  pdu[1] = comms_pdu_packed_size (read->table, read->count);
  pack (read->table, read->count, values, pdu + 2);
  return 2 + (gsize) pdu[1];
}

gsize
comms_pdu_exception (guint8 function, guint8 code, guint8 *pdu)
{
  pdu[0] = function | exception_bit;
  pdu[1] = code;
  return 2;
}
