/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the field's news goes. comms/ makes reports; the program that owns it queues them for the
 * engine, and says "committed" after the commit that holds them. Only then does a report count as
 * good, and only then is a unit's own data acknowledged to the unit. */
#pragma once

#include "gdp/device.h"
#include "gdp/engine.h"
#include "gdp/session.h"
#include "gdp/stream-mark.h"
#include "gdp/traffic.h"

G_BEGIN_DECLS

typedef enum {
  COMMS_REPORT_SAMPLES,        /* a unit answered */
  COMMS_REPORT_HISTORY,        /* what a unit measured while nobody listened, in order of time */
  COMMS_REPORT_UNIT_FAILED,    /* a unit did not */
  COMMS_REPORT_LINK_FAILED,
  COMMS_REPORT_LINK_WORKING,
  COMMS_REPORT_LINK_EXPECTED,  /* a BBT has hung up, and will call again */
  COMMS_REPORT_EVENT,          /* something for the journal: session opened, closed, refused; of a BBT with
                                  history beside it, then `unit` is set */
  COMMS_REPORT_DEVICE,         /* a BBT: what it said of itself, what became of it */
  COMMS_REPORT_RESULT,         /* a command to the field has ended */
  COMMS_REPORT_SESSION,        /* a session has begun or ended: for the log of sessions */
  COMMS_N_REPORT_KINDS
} CommsReportKind;

typedef struct CommsReport CommsReport;
struct CommsReport {
  CommsReportKind kind;
  guint           unit, link;      /* indexes into the network; G_MAXUINT = does not apply */
  gint64          received;        /* server time, µs */
  char           *detail;          /* owned: why it failed, English, or NULL */
  GdpEvent       *event;           /* owned, for EVENT */
  GdpDevice      *device;          /* owned, for DEVICE */
  gint64          next_call;       /* for LINK_EXPECTED: µs, by the server's clock; 0 = nobody knows */
  GdpSession     *session;         /* owned, for SESSION */
  gint64          command;         /* for RESULT: its id; how it went: */
  gboolean        ok;              /* … and `detail` says why not, or what more there is to say */
  gboolean        dropped;         /* not ok, because its link is not served any more or anew: it may be given again */
  gboolean        again;           /* HISTORY: rows that were asked for once more; what is stored of them counts not */
  gboolean        has_mark;        /* a BBT's records, in order of their stream up to this one: */
  GdpStreamMark   mark;            /* … to be committed with what they say */
  void          (*committed) (CommsReport *report);  /* called from any thread after the commit, or NULL */
  gpointer        owner;           /* for `committed` */
  void          (*release) (CommsReport *report);    /* lets go of `owner` when the report is freed; or NULL */
  guint64         before, through; /* streams.c's: what had been taken, what is with it */
  guint8          generation;      /* likewise: of whom */
  guint           n_answers;       /* transactions with the unit that this report stands for */
  guint           n_samples;
  GdpSample       samples[];
};

CommsReport *comms_report_new  (CommsReportKind kind, guint unit, guint link, gint64 received,
                                guint n_samples);
void         comms_report_free (CommsReport *report);
/* Calls `committed`, if any, and frees. */
void         comms_report_committed (CommsReport *report);

typedef struct {
  /* Takes the report. FALSE: the queue is full, the report is still the caller's; a line thread
   * tries again (back-pressure), a session stops reading until `comms_…_resume`. Any thread. */
  gboolean (*take) (CommsReport *report, gpointer user_data);
  gint64   (*now)  (gpointer user_data);     /* server time, µs */
  gpointer user_data;
} CommsSink;

/* Counters of one slave or one link. */
typedef GdpTraffic CommsTraffic;
/* µs that half of the answers took at most; 0 = none came. */
guint comms_traffic_median_us (const CommsTraffic *traffic);

G_END_DECLS
