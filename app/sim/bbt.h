/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A BBT: what outlives its calls. It measures through its UPMP, keeps records, watches thresholds, contacts and its
 * supply, and does what the server asks of it. Pure: @now is real time, µs UTC; the periods of its settings pass
 * `hurry` times faster, with the simulated time, while records are dated in real time, which is the server's. */
#pragma once

#include "recorder.h"
#include "rtc.h"
#include "unit.h"

G_BEGIN_DECLS

#define SIM_BBT_HARDWARE 2

typedef struct {
  guint8     version[3], hardware;
  guint32    size;
  guint8     digest[32];
  GByteArray *data;              /* what has come of it; NULL = none is awaited */
} SimImage;

typedef struct { guint8 output, state; guint32 token; gint64 until; } SimSelection;

/* By channel; `begin`: of this hour or day, µs by the unit's clock. */
typedef struct { double sum[COMMS_BBT_CONSUMPTION]; guint n; gint64 begin; } SimMeans;

typedef struct {
  SimUnit      *unit;            /* borrowed */
  GPtrArray    *slaves;          /* SimUnit*, borrowed: behind its RS-485 interface; or NULL */
  const GdpLink *link;           /* borrowed from the unit's network */
  guint8        key[32];
  double        hurry;
  SimRtc        clock;
  SimRecorder   memory;
  guint32       live;            /* number of the last LIVE or INCREMENT of this boot */
  gboolean      stays;           /* connected after delivering */
  guint8        firmware[3];

  CommsBbtSettings *settings;    /* NULL = never set: as gdp_settings_default(), no thresholds */
  CommsBbtSchedule *schedule;    /* NULL = never set */

  CommsBbtReport now;            /* as measured last */
  guint32       mask;            /* channels that are fitted */
  gint64        next_measure, last_row, next_call;   /* last_row by the unit's clock */
  SimMeans      hour, day;

  guint8        crossed[COMMS_BBT_THRESHOLDS];   /* 1 above, 2 below */
  guint8        loops;           /* inputs whose current is at fault */
  guint8        outputs;         /* as read back last */
  guint8        wire, cover, magnet;
  gboolean      silent, battery_low, mains, had_power;
  guint         button, restarts;   /* seen */
  int           call;            /* CommsBbtCause that it wants to call for, -1 = none */

  SimSelection  selected, operated;
  CommsBbtResult operation;      /* of `operated` */
  SimImage      image;
  guint8        installing[3];   /* at the next restart; major 0 = none */
  gint64        restarting;      /* real µs until which it is down for it; 0 = it runs */
} SimBbt;

/**
 * sim_bbt_new:
 * @unit: address 0 of a link of kind bbt; borrowed
 * @seed: of the simulation
 */
SimBbt *sim_bbt_new  (SimUnit *unit, guint64 seed, double hurry, gint64 now);
void    sim_bbt_free (SimBbt *bbt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimBbt, sim_bbt_free)

/* To be called after every step of its station: what is due now is measured, recorded, noticed. */
void    sim_bbt_step (SimBbt *bbt, gint64 now);
/* Its cabinet has power and its modem a network. */
gboolean sim_bbt_is_reachable (const SimBbt *bbt);
/* A period of its settings, s, as long as it really is. */
gint64  sim_bbt_period (const SimBbt *bbt, double seconds);
/* Seconds between reports: polling; for one that calls, while a threshold is crossed, the accident period. */
double  sim_bbt_polling (const SimBbt *bbt);
/* Puts `next_call` where schedule, confirmation and accident period have it. */
void    sim_bbt_plan (SimBbt *bbt, gint64 now);
void    sim_bbt_want_call (SimBbt *bbt, CommsBbtCause cause);

/* What IDENT says now; nonce and authentication are the caller's. */
void    sim_bbt_ident (const SimBbt *bbt, CommsBbtCause cause, gint64 now, CommsBbtIdent *ident);
/* A report of what is fitted, as measured last. */
void    sim_bbt_report (const SimBbt *bbt, CommsBbtReport *report);
/* An event happened now; @mask: the channels that it shows. */
void    sim_bbt_event (SimBbt *bbt, CommsBbtEventCode code, guint8 channel, guint8 bit, guint32 detail,
                       guint32 mask, gint64 now);
/* ACCEPT's time. */
void    sim_bbt_set_clock (SimBbt *bbt, gint64 right, gint64 now);
/* Power comes back, or another firmware starts. @cause: as in event 11. */
void    sim_bbt_restart (SimBbt *bbt, guint cause, gint64 now);

/* SETTINGS, SCHEDULE, INTERFACE, OUTPUT, FIRMWARE, BLOCK, INSTALL: what the RESULT says (bbt-request.c).
 * @payload: as it came, for the revision. NOT_KNOWN for any other. */
CommsBbtResult sim_bbt_request (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload,
                                gsize length, gint64 now);

/* The key of the unit with this serial in the simulation with this seed. */
void    sim_bbt_key (guint64 seed, const char *serial, guint8 key[32]);

G_END_DECLS
