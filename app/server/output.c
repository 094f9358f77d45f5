/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output.h"

#include "data/store.h"

#include <math.h>

enum { FIRST_OUTPUT_BIT = 8 };   /* of report bits: 0..7 are inputs */

static gboolean
refuse (GError **error, const char *id, const char *why)
{
  g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s %s", id, why);
  return FALSE;
}

gboolean
server_output_find (const GdpNetwork *network, const char *id, ServerOutput *output, GError **error)
{
  guint index = gdp_network_find_point (network, id);

  if (index == G_MAXUINT)
    return refuse (error, id, "is not a point");
  const GdpPoint *point = &network->points[index];
  const GdpRegister *reg = gdp_network_output (network, index);
  if (reg == NULL)
    return refuse (error, id, "is not an output: it has no contact that its register profile calls writable");
  const GdpUnit *unit = &network->units[point->unit];
  *output = (ServerOutput) { index, point, reg, network->links[unit->link].key, unit->key, unit->address };
  return TRUE;
}

/* What the register has to hold for the point's state. */
static guint16
raw_value (const ServerOutput *output, gboolean on)
{
  double raw = gdp_scaling_invert (&output->config->scaling, on);

  if (output->reg->table == GDP_TABLE_COILS)
    return raw != 0;
  return (guint16) (gint16) lround ((raw - output->reg->offset) / output->reg->scale);
}

gboolean
server_output_order (const ServerOutput *output, gboolean on, CommsOutputStep step, guint32 token, CommsOrder *order)
{
  if (output->reg->table == GDP_TABLE_REPORT_BITS) {
    gboolean raw = gdp_scaling_invert (&output->config->scaling, on) != 0;

    order->kind = COMMS_ORDER_OUTPUT;
    order->output.step = step;
    order->output.output = output->reg->address - FIRST_OUTPUT_BIT + 1;
    order->output.on = raw;
    order->output.token = token;
    return TRUE;
  }
  order->kind = COMMS_ORDER_WRITE;
  order->write.address = output->address;
  order->write.table = output->reg->table;
  order->write.start = output->reg->address;
  order->write.value = raw_value (output, on);
  return step == COMMS_OUTPUT_OPERATE;
}
