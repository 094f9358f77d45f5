/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One configured BBT: what outlives its sessions, and what its session of the moment needs beside its
 * connection. Belongs to the session thread. */
#pragma once

#include "bbt-clock.h"
#include "bbt-keys.h"
#include "modem.h"
#include "order.h"
#include "streams.h"

G_BEGIN_DECLS

typedef struct CommsBbtThrough CommsBbtThrough;

/* A LIVE or INCREMENT as a whole: what later ones may be told against. */
typedef struct {
  guint32 number, mask;
  guint32 size;          /* of all of it */
  guint8  values[];      /* as on the wire */
} CommsBbtBase;

/* What the server has asked and not been answered; PROTOCOL.md: one at a time. */
typedef struct {
  guint8   task;               /* which of bbt-ask.c's tasks; 0 = none */
  guint8   asked;              /* how often */
  guint32  first, last;        /* sequences of our frames */
  gint64   until;              /* monotonic µs: then again (UDP) or given up */
} CommsBbtAsked;

typedef struct CommsBbtUnit CommsBbtUnit;
struct CommsBbtUnit {
  /* for good */
  guint             link, unit;      /* indexes; unit: what the reports feed, G_MAXUINT = none */
  const char       *serial;          /* borrowed from the network */
  const guint8     *key;             /* borrowed from the keys, NULL = none */
  CommsUnitStreams *streams;         /* borrowed */
  CommsPlanItem    *items;           /* points that its reports feed, in order of channels */
  guint             n_items;
  CommsModem       *modem;           /* borrowed: the slaves behind it, and what is no unit's own */
  CommsMeter       *meter;           /* of `unit` */
  guint32           settings_wanted, schedule_wanted;   /* revisions, 0 = none is set */
  /* across sessions */
  GQueue            orders;          /* CommsOrder, owned */
  gint64            minute;          /* monotonic minute in which `traffic` counts */
  guint32           traffic;         /* bytes */
  guint             n_callers;       /* sessions whose proof is out */
  gboolean          called;          /* had a session before: `ident` is of the last */
  gint64            flaps_since;     /* monotonic µs: since then it was replaced so often */
  guint             flaps;
  CommsBbtIdent     ident;
  gint64            connected, seen, next_call;   /* server time, µs; 0 = never, not known */
  guint32           sent;            /* bytes of the firmware image under way that the unit has */
  guint             stalls;          /* blocks in a row that it did not take */
  char             *peer;            /* owned: "tcp 10.1.2.3:40112", of the last session */
  guint8            settings_result, schedule_result;   /* RESULT of the last transfer */
  /* of the session */
  CommsSession     *session;         /* proven, borrowed; or NULL */
  gboolean          authenticated;   /* stays true of the last one */
  CommsBbtClock     clock;
  guint8           *bases;           /* owned: CommsBbtBase after CommsBbtBase, the oldest first */
  guint16           bases_size, bases_room;   /* bytes used, allocated */
  guint32           acknowledged;    /* number up to which they are */
  CommsBbtAsked     asked;
  guint8            done;            /* bits: tasks that are not tried again in this session */
  gboolean          live_wanted;     /* an INCREMENT could not be understood */
  guint8            again_stream;    /* rows that an order asked for once more: */
  guint32           again;           /* … so many are to come */
  CommsOrder       *promised_live;   /* owned: answered, its LIVE is to come; or NULL */
  CommsOrder       *promised_rows;   /* owned: likewise, `again` rows */
  CommsBbtThrough  *through;         /* owned; NULL without slaves */
};

/* One a BBT link of @network, NULL elsewhere; n_links entries. @modems: of all links; @keys: NULL = none; all
 * are borrowed for good. (transfer full) */
CommsBbtUnit **comms_bbt_units_new  (const GdpNetwork *network, CommsModem **modems, const CommsBbtKeys *keys,
                                     CommsStreams *streams);
void           comms_bbt_units_free (CommsBbtUnit **units, guint n_links);

/* What of @units is at links that go on (@same) moves into @fresh, which becomes what is configured now; the
 * rest, which has no session any more, is freed. */
void           comms_bbt_units_adopt (CommsBbtUnit **units, guint n_units, CommsBbtUnit **fresh, const gboolean *same);

/* A session has begun or ended: nothing of another one is left. */
void comms_bbt_unit_reset (CommsBbtUnit *unit);
/* Counters: of the whole link (@unit G_MAXUINT) or one of its units; FALSE when it is not there. Any thread. */
gboolean comms_bbt_unit_traffic (const CommsBbtUnit *bbt, guint unit, CommsTraffic *traffic);

/* ---- reports that later ones are told against ---- */

/* @report is whole. Taken note of, not yet acknowledged. */
void                comms_bbt_unit_add_base         (CommsBbtUnit *unit, const CommsBbtReport *report);
/* All up to @through are; of them those are kept that the unit may still name. */
void                comms_bbt_unit_acknowledge_base (CommsBbtUnit *unit, guint32 through);
/* Makes an INCREMENT whole; what is older than its base is forgotten. FALSE: its base is not known. */
gboolean            comms_bbt_unit_complete         (CommsBbtUnit *unit, CommsBbtReport *increment);

/* ---- values ---- */

/* One sample for each of the unit's points whose channel @report has; returns how many. @samples: room for
 * n_items. @time: source time; @reason: what is to be said of every value, unless something worse is. */
guint comms_bbt_unit_samples (const CommsBbtUnit *unit, const CommsBbtReport *report, gint64 time,
                              GdpReason reason, GdpSample *samples);
/* What feeds a point from this place of the unit's profile, or NULL. */
const CommsPlanItem *comms_bbt_unit_item (const CommsBbtUnit *unit, GdpTable table, guint address);
/* What @report says there, scaled as the profile has it; FALSE: nothing that could be used. */
gboolean comms_bbt_report_item (const CommsBbtReport *report, const GdpRegister *reg, double *value);

G_END_DECLS
