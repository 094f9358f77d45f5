/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A point that can be switched: where its register is, and what order switches it. Pure. */
#pragma once

#include "comms/order.h"
#include "gdp/network.h"

G_BEGIN_DECLS

typedef struct {
  guint              point;        /* index */
  const GdpPoint    *config;       /* these two borrowed from the network */
  const GdpRegister *reg;
  gint64             link, unit;   /* keys */
  guint8             address;      /* of the slave; 0 = a BBT's own outputs */
} ServerOutput;

/* FALSE: there is no such point, or nothing can be switched there; the error (DATA_ERROR_REFUSED) says why. */
gboolean server_output_find  (const GdpNetwork *network, const char *id, ServerOutput *output, GError **error);
/* Completes @order, which has its command and expiry. @on: the point's state 1. FALSE: units of this kind know no such
 * step, nothing is to be sent. */
gboolean server_output_order (const ServerOutput *output, gboolean on, CommsOutputStep step, guint32 token,
                              CommsOrder *order);

G_END_DECLS
