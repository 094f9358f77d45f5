/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "order.h"

#include "gdp/firmware.h"

#include <string.h>

G_DEFINE_QUARK (comms-order-error-quark, comms_order_error)

CommsOrder *
comms_order_new (const CommsOrder *template)
{
  CommsOrder *order = g_memdup2 (template, sizeof *template);

  order->tries = 0;
  if (order->kind == COMMS_ORDER_FIRMWARE)
    g_bytes_ref (order->firmware.image);
  return order;
}

void
comms_order_free (CommsOrder *order)
{
  if (order == NULL)
    return;
  if (order->kind == COMMS_ORDER_FIRMWARE)
    g_bytes_unref (order->firmware.image);
  g_free (order);
}

/* ---- each kind: what is wrong with it (NULL = nothing), and its words ------------------------- */

static const char *
check_nothing (const CommsOrder *order)
{
  return NULL;
}

static const char *
check_archive (const CommsOrder *order)
{
  if (order->archive.stream != 1 && order->archive.stream != 3 && order->archive.stream != 4)
    return "the stream must be 1 (archive), 3 (hourly) or 4 (daily)";
  return order->archive.from >= 0 && order->archive.from <= order->archive.to
         ? NULL : "the time must run from the earlier to the later";
}

static const char *
check_interface (const CommsOrder *order)
{
  if (order->interface.port > 2)
    return "the port must be 0 (RS-485), 1 (RS-232) or 2 (CAN)";
  if (order->interface.baud < 300 || order->interface.baud > 1000000)
    return "the baud rate must be 300 to 1000000";
  if (order->interface.parity == '\0' || strchr ("NEO", order->interface.parity) == NULL)
    return "the parity must be N, E or O";
  return order->interface.stop_bits == 1 || order->interface.stop_bits == 2 ? NULL : "stop bits must be 1 or 2";
}

static const char *
check_output (const CommsOrder *order)
{
  if (order->output.step > COMMS_OUTPUT_CANCEL)
    return "no such step";
  if (order->output.output < 1 || order->output.output > 8)
    return "the output must be 1 to 8";
  return order->expires > 0 ? NULL : "an output command must have a time after which it is not done";
}

static const char *
check_write (const CommsOrder *order)
{
  gboolean coil = order->write.table == GDP_TABLE_COILS;

  if (order->write.address < 1 || order->write.address > 247)
    return "the slave's address must be 1 to 247";
  if (!coil && order->write.table != GDP_TABLE_HOLDING_REGISTERS)
    return "only coils and holding registers can be written";
  if (coil && order->write.value > 1)
    return "a coil is 0 or 1";
  return order->expires > 0 ? NULL : "a write must have a time after which it is not done";
}

static const char *
check_firmware (const CommsOrder *order)
{
  gsize size = order->firmware.image != NULL ? g_bytes_get_size (order->firmware.image) : 0;

  return size > 0 && size <= GDP_FIRMWARE_MOST ? NULL : "a firmware image must have 1 byte to 16 MiB";
}

static char *
describe_live (const CommsOrder *order)
{
  return g_strdup ("report now");
}

static char *
moment (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);

  return utc != NULL ? g_date_time_format (utc, "%Y-%m-%d %H:%M:%S") : g_strdup ("?");
}

static char *
describe_archive (const CommsOrder *order)
{
  static const char *const streams[] = { [1] = "archive", [3] = "hourly", [4] = "daily" };
  g_autofree char *from = moment (order->archive.from), *to = moment (order->archive.to);

  return g_strdup_printf ("%s rows again from %s to %s UTC", streams[order->archive.stream], from, to);
}

static char *
describe_interface (const CommsOrder *order)
{
  return g_strdup_printf ("interface %u: %u baud, %c, %u stop", order->interface.port, order->interface.baud,
                          order->interface.parity, order->interface.stop_bits);
}

static char *
describe_output (const CommsOrder *order)
{
  static const char *const steps[] = { "switch", "select", "operate", "cancel" };

  return g_strdup_printf ("%s output %u %s", steps[order->output.step], order->output.output,
                          order->output.on ? "on" : "off");
}

static char *
describe_firmware (const CommsOrder *order)
{
  g_autofree char *version = gdp_version_text (order->firmware.version);

  return g_strdup_printf ("firmware %s, %" G_GSIZE_FORMAT " bytes", version, g_bytes_get_size (order->firmware.image));
}

static char *
describe_write (const CommsOrder *order)
{
  return g_strdup_printf ("write %u to %s %u of slave %u", order->write.value, gdp_table_word (order->write.table),
                          order->write.start, order->write.address);
}

static char *
describe_forget (const CommsOrder *order)
{
  return g_strdup ("forget the old board");
}

static char *
describe_give_up (const CommsOrder *order)
{
  return g_strdup ("give the firmware up");
}

static const struct {
  const char *(*check)    (const CommsOrder *order);
  char       *(*describe) (const CommsOrder *order);
} kinds[COMMS_N_ORDER_KINDS] = {
  [COMMS_ORDER_LIVE]      = { check_nothing, describe_live },
  [COMMS_ORDER_ARCHIVE]   = { check_archive, describe_archive },
  [COMMS_ORDER_INTERFACE] = { check_interface, describe_interface },
  [COMMS_ORDER_OUTPUT]    = { check_output, describe_output },
  [COMMS_ORDER_FIRMWARE]  = { check_firmware, describe_firmware },
  [COMMS_ORDER_GIVE_UP]   = { check_nothing, describe_give_up },
  [COMMS_ORDER_FORGET]    = { check_nothing, describe_forget },
  [COMMS_ORDER_WRITE]     = { check_write, describe_write },
};

gboolean
comms_order_check (const CommsOrder *order, GError **error)
{
  const char *wrong = order->kind < COMMS_N_ORDER_KINDS ? kinds[order->kind].check (order) : "no such order";

  if (wrong == NULL)
    return TRUE;
  g_set_error_literal (error, COMMS_ORDER_ERROR, COMMS_ORDER_ERROR_INVALID, wrong);
  return FALSE;
}

char *
comms_order_describe (const CommsOrder *order)
{
  return kinds[order->kind].describe (order);
}
