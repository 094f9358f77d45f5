/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One configured modem, or a BBT as far as it is a way to slaves: what outlives its sessions. Its units'
 * plans, turns and counters, how long its answers take, and which session it has now. Belongs to the session
 * thread; the meters to everyone. */
#pragma once

#include "meter.h"
#include "order.h"
#include "plan.h"
#include "poll-schedule.h"
#include "round-trip.h"

G_BEGIN_DECLS

typedef struct CommsSession CommsSession;

typedef struct {
  guint       unit;         /* index into the network */
  CommsPlan  *plan;         /* NULL until the modem first calls */
  CommsMeter *meter;
} CommsModemUnit;

typedef struct {
  guint              link;
  CommsSession      *session;    /* borrowed: the one it has now, or NULL */
  gboolean           called;     /* had a session before */
  CommsPollSchedule *schedule;   /* NULL until it first calls */
  CommsRoundTrip     round_trip;
  guint              silent;     /* polls in a row that nobody answered */
  GdpSession         log;        /* of the session, see session-log.h; its texts are not kept */
  guint              taken;      /* answers with values, since the start */
  GQueue             orders;     /* CommsOrder, owned: WRITEs not begun */
  CommsMeter        *meter;      /* what is no unit's: noise, reconnects */
  guint              n_units;
  CommsModemUnit     units[];
} CommsModem;

/* One a link of @network that dials in, NULL elsewhere. @n_links entries. A BBT's own unit, at address 0, is
 * none of its slaves. (transfer full) */
CommsModem **comms_modems_new  (const GdpNetwork *network);
void         comms_modems_free (CommsModem **modems, guint n_links);

/* @modems are of an earlier network than @fresh (both as by comms_modems_new(); @network is @fresh's own): those
 * that @same names move over with all they know, in place of the new ones. Frees what is left. */
void         comms_modems_adopt (CommsModem **modems, guint n_modems, CommsModem **fresh, const GdpNetwork *network,
                                 const gboolean *same);

/* NULL: it is not one of its slaves. */
CommsModemUnit *comms_modem_unit (CommsModem *modem, guint unit);
/* A session begins: everyone is due at @now (monotonic µs). */
void comms_modem_begin (CommsModem *modem, const GdpNetwork *network, gint64 now);
/* Counters of the whole modem (@unit G_MAXUINT) or one unit; FALSE when it is not there. Any thread. */
gboolean comms_modem_traffic (const CommsModem *modem, guint unit, CommsTraffic *traffic);

G_END_DECLS
