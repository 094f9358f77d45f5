/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that a person asked for once more. Their numbers say only that the server has met them; what of them it has
 * stored the store knows: of points that were added later, or before another server's backup was brought back, nothing.
 * So each value is looked up by its point and time, in a thread of its own because it reads the store, and those that are
 * missing are handed on. Means and momentary values of one time are told apart, hourly and daily means are not. */
#pragma once

#include "comms/sink.h"
#include "gdp/network.h"

G_BEGIN_DECLS

/* What is missing of a report. */
typedef struct {
  GdpNetwork *network;    /* whose indexes these are */
  guint       unit;
  gint64      received;
  GArray     *samples;    /* GdpSample, as they came */
} ServerMissing;

void server_missing_free (ServerMissing *missing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerMissing, server_missing_free)

typedef struct ServerRefill ServerRefill;

/* Called in the refill's thread, (transfer full); before the next one is looked at server_refill_stored() has to be. */
typedef void (*ServerMissingFunc) (ServerMissing *missing, gpointer user_data);

/* @store: its URI. */
ServerRefill *server_refill_new   (const char *store);
void          server_refill_start (ServerRefill *refill, ServerMissingFunc found, gpointer user_data);
/* Calls nothing any more, and drops what comes. Twice does no harm. */
void          server_refill_quit (ServerRefill *refill);
/* Not before the last report that it awaits is gone. */
void          server_refill_free (ServerRefill *refill);

/* @report, with `again`, is looked at when it counts as committed: then all that came before it is in the store. */
void          server_refill_await  (ServerRefill *refill, CommsReport *report, GdpNetwork *network);
/* What was found last is committed. Any thread. */
void          server_refill_stored (ServerRefill *refill);

G_END_DECLS
