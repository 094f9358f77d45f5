/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bus.h"

#define GATEWAY_TARGET_SILENT 0x0B
#define MOST_VALUES 2000

static SimUnit *
unit_at (const SimBus *bus, guint8 address)
{
  return address >= 1 && address <= SIM_BUS_UNITS ? bus->units[address] : NULL;
}

double
sim_bus_spoils (const SimBus *bus, guint8 address)
{
  const SimUnit *unit = unit_at (bus, address);
  return unit ? sim_unit_spoils (unit, bus->faults, FALSE) : bus->faults;
}

/* The exception code for a request that is framed well but says nonsense; 0 = cannot be answered. */
static guint8
code_of (const GError *wrong)
{
  if (g_error_matches (wrong, COMMS_RTU_ERROR, COMMS_RTU_ERROR_FUNCTION))
    return COMMS_EXCEPTION_FUNCTION;
  if (g_error_matches (wrong, COMMS_RTU_ERROR, COMMS_RTU_ERROR_LENGTH))
    return COMMS_EXCEPTION_VALUE;
  return 0;
}

/* Reads into @values, or writes what the request brings. */
static guint8
serve (SimUnit *unit, const CommsRequest *request, guint16 *values)
{
  const CommsQuery *read = &request->query;
  if (!request->written)
    return sim_unit_read (unit, read->table, read->start, read->count, values);
  comms_pdu_unpack (read->table, read->count, request->written, values);
  return sim_unit_write (unit, read->table, read->start, read->count, values);
}

/* Functions that the codec does not know have no length of their own: silence has ended the frame,
 * so its CRC tells whether it is whole. */
static gsize
refuse_function (const SimBus *bus, const guint8 *bytes, gsize length, guint8 *answer)
{
  if (length < 4 || comms_crc16 (bytes, length - 2) != (bytes[length - 2] | bytes[length - 1] << 8))
    return 0;
  const SimUnit *unit = unit_at (bus, bytes[0]);
  if (!unit || !sim_unit_answers (unit))
    return 0;
  return comms_rtu_exception (bytes[0], bytes[1], COMMS_EXCEPTION_FUNCTION, answer);
}

static void
broadcast (SimBus *bus, const CommsRequest *request)
{
  guint16 values[MOST_VALUES];
  if (request->written)
    for (guint i = 1; i <= SIM_BUS_UNITS; i++)
      if (bus->units[i] && sim_unit_answers (bus->units[i]))
        serve (bus->units[i], request, values);
}

gsize
sim_bus_hear_rtu (SimBus *bus, const guint8 *bytes, gsize length, guint8 *answer)
{
  g_autoptr (GError) wrong = NULL;
  CommsRequest request = { 0 };
  guint16 values[MOST_VALUES];
  gsize consumed;
  gboolean good = comms_rtu_parse_request (bytes, length, &request, &consumed, &wrong);
  if (!good && consumed == 0)
    return g_error_matches (wrong, COMMS_RTU_ERROR, COMMS_RTU_ERROR_FUNCTION)
           ? refuse_function (bus, bytes, length, answer) : 0;
  if (consumed != length)
    return 0;
  if (good && request.query.address == 0)
    broadcast (bus, &request);
  SimUnit *unit = unit_at (bus, request.query.address);
  if (!unit || !sim_unit_answers (unit))
    return 0;

  guint8 code = good ? serve (unit, &request, values) : code_of (wrong);
  return code ? comms_rtu_exception (request.query.address, request.function, code, answer)
              : comms_rtu_respond (&request, values, answer);
}

gboolean
sim_bus_hear_mbap (SimBus *bus, const guint8 *bytes, gsize n_bytes, gsize *consumed,
                   guint8 *answer, gsize *length)
{
  g_autoptr (GError) wrong = NULL;
  CommsRequest request = { 0 };
  guint16 values[MOST_VALUES], transaction = 0;
  *length = 0;
  gboolean good = comms_mbap_parse_request (bytes, n_bytes, &transaction, &request, consumed, &wrong);
  if (*consumed == 0)
    return g_error_matches (wrong, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT);

  SimUnit *unit = unit_at (bus, request.query.address);
  if (unit && !sim_unit_answers (unit))
    return TRUE;
  guint8 code = !unit ? GATEWAY_TARGET_SILENT : good ? serve (unit, &request, values) : code_of (wrong);
  *length = code ? comms_mbap_exception (transaction, request.query.address, request.function, code, answer)
                 : comms_mbap_respond (transaction, &request, values, answer);
  return TRUE;
}
