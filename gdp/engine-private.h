/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine's files know of each other: engine.c lets inputs and time in, judge.c looks after
 * points, contact.c after units and links, carry.c brings state over from the store and from an
 * earlier configuration. */
#pragma once

#include "annunciator.h"
#include "condition.h"
#include "deadlines.h"
#include "engine.h"
#include "network-private.h"

/* Of a priority that a passport cannot set: a site that cannot be seen needs a person soon. */
#define GDP_CONTACT_PRIORITY 2
/* It says how long a visit may last. */
#define GDP_VISIT_PRIORITY 4
/* Quicker reconnects than this stay quiet. */
#define GDP_LEAST_HOLD (2 * GDP_SECOND)

/* The judgement of late records (late.c); only points that had some have it. */
typedef struct GdpLate GdpLate;

/* A level's hold; a discrete point uses the first. Kept small: there may be millions. */
typedef struct {
  GdpScalingState scaling;         /* its value is the last usable one, NaN if there never was one */
  GdpHold         hold[GDP_N_LEVELS];
  double          shown;           /* last emitted */
  gint64          shown_at;        /* server time of that, 0 = never */
  gint64          seen;            /* server time of the last sample */
  gint64          settle_due;      /* server time at which what scaling waits for comes true, 0 = nothing */
  gint64          queued;          /* earliest entry in the deadlines, 0 = none */
  GdpHeldAlarm   *alarms;          /* list */
  GdpLate        *late;            /* or NULL */
  guint8          reason;          /* GdpReason */
  guint8          touched;         /* by the late records at hand */
  guint8          restored;        /* GdpReason that the store remembered */
  guint8          dated_here;      /* by_event: what was shown last has our time, not the unit's */
} GdpPointState;

typedef struct {
  gint64          seen;            /* last good answer, 0 = never */
  gint64          grace;           /* silence counts from here at the earliest: start, the link's return */
  gint64          since;           /* of `state` */
  gint64          shown;           /* contact info last emitted */
  gint64          queued;
  gint64          alarm_due;       /* silent, alarm held back until then: it may be the whole link. 0 = not */
  gint64          stale_due;       /* when the next point may be stale, 0 = none will be */
  gint64          next_call;       /* asleep: when it said it will call, 0 = it did not say */
  char           *detail;
  GdpHeldAlarm   *alarms;          /* silent */
  GdpHeldAlarm   *refusal;
  GdpHeldAlarm   *visit;           /* shelved: somebody works there */
  gint64          refused;         /* every sample of each poll since then was an exception, 0 = no */
  GdpContactState state;
  gboolean        untold;          /* `detail` is newer than what was shown */
  gboolean        overdue;         /* no answer for silent_after since `seen` and `grace` */
  gboolean        waited;          /* its points were said to be waiting */
  gboolean        asleep;          /* it has hung up */
} GdpUnitState;

typedef enum { GDP_LINK_IN_USE, GDP_LINK_LOST_BY_REPORT, GDP_LINK_LOST_BY_SILENCE } GdpLinkLoss;

typedef struct {
  gint64          seen;            /* last good answer of any unit */
  gint64          since;
  gint64          queued;
  gint64          failed;          /* reported at that time and not yet recovered, 0 = no */
  gint64          hold;            /* how long a failure must last */
  guint           first, n_units;  /* in units_by_link */
  guint           n_overdue;
  char           *detail;
  GdpHeldAlarm   *alarms;
  GdpContactState state;
  GdpLinkLoss     loss;
  gboolean        works;           /* reported since the last look */
} GdpLinkState;

struct GdpEngine {
  GdpNetwork     *network;
  GdpAnnunciator *annunciator;
  GArray         *deadlines;
  GdpPointState  *points;
  GdpUnitState   *units;
  GdpLinkState   *links;
  guint          *units_by_link;   /* indexes of units, link by link */
  GPtrArray      *homeless;        /* GdpHeldAlarm*: active, their object is gone; cleared at the next tick */
  gint64          now;             /* of the last input */
};

/* engine.c */
gint64 gdp_engine_enter (GdpEngine *engine, gint64 now);
void gdp_engine_queue (GdpEngine *engine, GdpObjectType type, guint index, gint64 *queued, gint64 due);
void gdp_engine_each_point (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes,
                            void (*visit) (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes));

/* judge.c */
void   gdp_engine_take_sample (GdpEngine *engine, const GdpSample *sample, gint64 now, GdpChanges *changes);
/* A late record that is newer than what is known: it becomes that. It is among the readings already. */
void   gdp_engine_advance_point (GdpEngine *engine, const GdpSample *sample, gint64 now, GdpChanges *changes);
/* No sample, but @reason is true of the point now: stale, waiting, no communication. */
void   gdp_engine_mark_point  (GdpEngine *engine, guint point, GdpReason reason, gint64 now, GdpChanges *changes);
/* Whose fault an exception is has changed. */
void   gdp_engine_judge_exception (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes);
void   gdp_engine_wake_point  (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes);
void   gdp_engine_queue_point (GdpEngine *engine, guint point);
/* What the store remembered is still the last that was heard, as from a unit that sleeps. */
void   gdp_engine_trust_point (GdpEngine *engine, guint point, GdpChanges *changes);
/* by_event, and its unit is there again: what was told last still is so, or another event would have told. */
void   gdp_engine_believe_point (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes);
gint64 gdp_engine_stale_due   (const GdpEngine *engine, guint point);
/* How a point's alarm is configured; only what the process does latches. */
void   gdp_engine_configure_alarm (GdpEngine *engine, GdpHeldAlarm *held, const GdpLimits *limits);
/* TRUE: a door or a tamper contact of a unit that is visited; that it opens is an event, no alarm. */
gboolean gdp_engine_is_visited (const GdpEngine *engine, guint point);
/* What still is as it was while nobody was to be told of it: the visit is over. */
void   gdp_engine_judge_again (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes);

/* … and what late.c shares with it */
gboolean      gdp_engine_is_judgeable (GdpReason reason);
GdpHeldAlarm *gdp_engine_point_alarm  (GdpPointState *state, GdpCondition condition);
void          gdp_engine_move_alarm   (GdpEngine *engine, guint point, GdpCondition condition, GdpAlarmEvent event,
                                       const GdpNews *news, GdpChanges *changes);
/* TRUE: some hold changed. */
gboolean      gdp_engine_judge_holds  (const GdpPoint *point, GdpHold hold[GDP_N_LEVELS], double value, gint64 now);
/* The level of the condition's alarm in force, -1 = none; 0 for a state's. */
int           gdp_engine_level_held   (const GdpPoint *point, GdpHold hold[GDP_N_LEVELS], GdpCondition condition);
char         *gdp_engine_level_text   (const GdpPoint *point, double value, GdpLevel level);
/* As it is stored: on the grid of the point's resolution. NaN stays NaN. */
double        gdp_engine_rounded      (const GdpPoint *point, double value);
void          gdp_engine_note_state_change (GdpEngine *engine, guint point, double before, double after, gint64 time,
                                            gint64 now, GdpChanges *changes);

/* late.c: a record into the store and the judgement, then the end of those that came at once */
void   gdp_engine_take_late (GdpEngine *engine, const GdpSample *sample, gint64 now, GdpChanges *changes);
void   gdp_engine_end_late  (GdpEngine *engine, const GdpSample *last, gint64 now, GdpChanges *changes);

/* contact.c: reports are only noted; time draws the conclusions */
void gdp_engine_note_unit_failed  (GdpEngine *engine, guint unit, gint64 now, const char *detail);
void gdp_engine_note_link_failed  (GdpEngine *engine, guint link, gint64 now, const char *detail);
void gdp_engine_note_link_working (GdpEngine *engine, guint link, gint64 now);
void gdp_engine_note_link_expected (GdpEngine *engine, guint link, gint64 now, gint64 next_call);
void gdp_engine_note_asleep   (GdpEngine *engine, guint unit, gint64 now, gint64 next_call);
void gdp_engine_unit_answered (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes);
/* What it answered: nothing but exceptions, or not; before the samples are taken. */
void gdp_engine_unit_refused  (GdpEngine *engine, guint unit, gboolean refused, gint64 now, GdpChanges *changes);
void gdp_engine_wake_unit     (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes);
void gdp_engine_wake_link     (GdpEngine *engine, guint link, gint64 now, GdpChanges *changes);
/* A configuration put @unit where it is: brings what hangs below in line with its state. */
void gdp_engine_settle_unit   (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes);

/* by-design.c */
/* The line of @unit or the unit itself was lost, or is there again: its points' alarms that are owed something are
 * suppressed by design while nothing is known of them, and are then as they were. */
void gdp_engine_design_below  (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes);
/* The suppression of an alarm has changed: it may be so by design, or hold back others no more. */
void gdp_engine_suppression_changed (GdpEngine *engine, GdpHeldAlarm *held, gint64 now, GdpChanges *changes);

/* carry.c */
/* The alarm of this id, held from now on if it is configured and was not; NULL: it is neither. */
GdpHeldAlarm *gdp_engine_hold_alarm (GdpEngine *engine, const char *id);
/* What the alarm is of; NULL when that, or the condition, is not configured. */
gpointer      gdp_engine_alarm_home (const GdpEngine *engine, const GdpAlarm *alarm);
void gdp_engine_allocate (GdpEngine *engine, GdpNetwork *network, gint64 now);
void gdp_engine_release  (GdpEngine *engine);
void gdp_engine_clear_homeless (GdpEngine *engine, gint64 now, GdpChanges *changes);
