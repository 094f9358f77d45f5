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
#include "run-down.h"
#include "swing.h"

/* Quicker reconnects than this stay quiet. */
#define GDP_LEAST_HOLD (2 * GDP_SECOND)

/* What is owed to the journal of a contact that flaps (flaps.c). */
typedef struct GdpFlaps GdpFlaps;

/* The judgement of late records (late.c); only points that had some have it. */
typedef struct GdpLate GdpLate;

/* The hours that a battery lasts (hours.c); only one that runs down has it, or one whose alarm outlasted a server. */
typedef enum { GDP_HOURS_SHIFT, GDP_HOURS_DAY, GDP_N_HOURS } GdpHoursLevel;
typedef struct {
  GdpHold    hold[GDP_N_HOURS];
  GdpRunDown run_down;             /* since 0: whether it runs down is not known yet */
  gint64     next;                 /* look not before */
  gboolean   fresh;                /* something came that was not judged */
} GdpHours;

/* What is judged beside the limits (motion.c); only points that have such an alarm have it. */
typedef enum { GDP_MOTION_DEVIATION, GDP_MOTION_RATE, GDP_MOTION_FROZEN, GDP_N_MOTIONS } GdpMotionKind;
typedef struct {
  GdpHold  hold[GDP_N_MOTIONS];
  GdpSwing swing;
  double   change;                 /* within the window, at the last look */
  double   raw;                    /* read last, NaN = nothing yet */
  GdpHours *hours;                 /* or NULL */
} GdpMotion;

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
  GdpMotion      *motion;          /* or NULL */
  guint8          reason;          /* GdpReason */
  guint8          touched;         /* by the late records at hand */
  guint8          restored;        /* GdpReason that the store remembered */
  guint8          forced;          /* its value is its forced alarm's … */
  guint8          beneath;         /* … and what GdpReason would say without it */
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
  GdpHeldAlarm   *clock;
  gint64          mistimed;        /* its times are not to be trusted since then, 0 = they are */
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
  GHashTable     *flaps;           /* guint, index of the point → GdpFlaps: of those whose contact changed in the last minute */
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
/* What is known of it beneath is @reason: draws the conclusions of that, or of the value that is forced. */
void gdp_engine_conclude (GdpEngine *engine, guint point, GdpReason reason, double before, double raw, gint64 time, gint64 now,
                          GdpChanges *changes);
/* What still is as it was while nobody was to be told of it: the visit is over. */
void   gdp_engine_judge_again (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes);

/* Its limits are others now: what was known of it is judged by them at once. */
void     gdp_engine_judge_limits (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes);

/* … and what late.c shares with it */
void          gdp_engine_emit         (GdpEngine *engine, guint point, gint64 time, gint64 now, GdpChanges *changes);
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
double        gdp_engine_value        (const GdpEngine *engine, guint point);   /* that is judged and shown */
GdpReason     gdp_engine_measured     (const GdpPointState *state);   /* its reason, whether it is forced or not */
double        gdp_engine_rounded      (const GdpPoint *point, double value);

/* flaps.c */
/* Of a contact whose state is no alarm: told, or counted. */
void   gdp_engine_note_state_change (GdpEngine *engine, guint point, double before, double after, gint64 time, gint64 now,
                                     GdpChanges *changes);
gint64 gdp_engine_flaps_due   (const GdpEngine *engine, guint point);   /* 0 = nothing is */
void   gdp_engine_wake_flaps  (GdpEngine *engine, guint point, gint64 now, GdpChanges *changes);
/* There will be no later, or other points: all that is owed is told. */
void   gdp_engine_close_flaps (GdpEngine *engine, gint64 now, GdpChanges *changes);
void   gdp_engine_move_flaps  (GdpEngine *engine, gint64 by);   /* the clock was set */

/* What happens to an alarm of two levels, when @level (or -1) is in force now; FALSE: nothing. @named: whose it is. */
gboolean      gdp_engine_level_event  (GdpPointState *state, GdpCondition condition, int level, int severe,
                                       GdpAlarmEvent *event, GdpLevel *named);

/* hours.c */
gboolean  gdp_hours_are_judged  (const GdpPoint *point);
GdpHours *gdp_hours_of          (GdpPointState *state);   /* made, if it is not there */
/* What was held when the alarm was active at that level. */
void      gdp_hours_hold        (GdpHours *hours, guint8 level);
void      gdp_hours_move_time   (GdpHours *hours, gint64 by);
/* A record of the past; what it means is judged with the next value. */
void      gdp_hours_take_late   (GdpPointState *state, double value, GdpReason reason, gint64 time);
/* @raw: as gdp_engine_judge_motion() has it. The point's motion has hours. */
void      gdp_engine_judge_hours (GdpEngine *engine, guint point, double raw, gint64 time, gint64 now, GdpChanges *changes);
gboolean  gdp_point_kind_is_mains (GdpPointKind kind);
gboolean  gdp_mains_are_lost    (const GdpPoint *mains, double value);
/* What @mains says may be another: its site's batteries begin to run down, or are fed again. */
void      gdp_engine_follow_mains (GdpEngine *engine, guint mains, gint64 time, gint64 now, GdpChanges *changes);
/* Batteries of sites that have no mains, or lost them, run down from now on if they did not before. */
void      gdp_engine_begin_hours (GdpEngine *engine, gint64 now);

/* motion.c */
GdpMotion *gdp_motion_new       (const GdpPoint *point);   /* NULL: nothing is judged */
GdpMotion *gdp_motion_of        (GdpPointState *state);    /* made, if it is not there */
void       gdp_motion_free      (GdpMotion *motion);
/* From an earlier configuration; @same: of the same limits. */
void       gdp_motion_carry     (GdpPointState *to, const GdpPoint *point, GdpMotion *from, gboolean same);
/* The hold of the condition's alarm; NULL: none of them, or no @motion. */
GdpHold   *gdp_motion_hold      (GdpMotion *motion, GdpCondition condition);
/* What the point says cannot be judged now: what is waited for begins anew. */
void       gdp_motion_rest      (GdpMotion *motion);
void       gdp_motion_move_time (GdpMotion *motion, gint64 by);
/* When to look again though nothing new comes; 0 = not. */
gint64     gdp_motion_due       (const GdpMotion *motion, const GdpPoint *point);
/* @raw: NaN: nothing was read, only time has passed. */
void       gdp_engine_judge_motion (GdpEngine *engine, guint point, double raw, gint64 time, gint64 now, GdpChanges *changes);

/* late.c: a record into the store and the judgement, then the end of those that came at once */
void   gdp_engine_take_late (GdpEngine *engine, const GdpSample *sample, gint64 now, GdpChanges *changes);
void   gdp_engine_end_late  (GdpEngine *engine, const GdpSample *last, gint64 now, GdpChanges *changes);

/* forced.c */
/* "<point>.forced" is held again: from the store, or by a new configuration. */
void gdp_engine_hold_forced   (GdpEngine *engine, guint point, const GdpAlarm *alarm);
/* It begins, is another one, or ends. */
void gdp_engine_force_changed (GdpEngine *engine, guint point, const GdpAlarm *alarm, gint64 now, GdpChanges *changes);

/* contact.c: reports are only noted; time draws the conclusions */
void gdp_engine_note_unit_failed  (GdpEngine *engine, guint unit, gint64 now, const char *detail);
void gdp_engine_note_link_failed  (GdpEngine *engine, guint link, gint64 now, const char *detail);
void gdp_engine_note_link_working (GdpEngine *engine, guint link, gint64 now);
void gdp_engine_note_link_expected (GdpEngine *engine, guint link, gint64 now, gint64 next_call);
void gdp_engine_note_asleep   (GdpEngine *engine, guint unit, gint64 now, gint64 next_call);
void gdp_engine_unit_answered (GdpEngine *engine, guint unit, gint64 now, GdpChanges *changes);
/* What it answered: nothing but exceptions, or not; before the samples are taken. */
void gdp_engine_unit_refused  (GdpEngine *engine, guint unit, gboolean refused, gint64 now, GdpChanges *changes);
/* Of units and links, which a passport cannot set: a site that cannot be seen needs a person soon. A visit's says how long it
 * may last. */
/* Whether the times of what it sent were to be trusted. */
void gdp_engine_unit_timed    (GdpEngine *engine, guint unit, gboolean trusted, gint64 now, GdpChanges *changes);
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
