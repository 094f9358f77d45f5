/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One alarm: independent fields, and the two tables that move them (ISA-18.2 / IEC 62682, OPC UA Part 9).
 *
 * Nothing here is ever acknowledged by the system: only GDP_ALARM_ACK sets `acked`
 * on an alarm that was shown. Suppression does not acknowledge either: an alarm goes through its states while it is
 * shelved, by design or out of service, and only is not sounded. */
#pragma once

#include "point.h"
#include "quality.h"

G_BEGIN_DECLS

/* What is judged. An alarm's id is "<object id>.<condition word>": "GDP-003/outlet1.high". */
typedef enum {
  GDP_CONDITION_HIGH,      /* point: H and HH are one alarm that escalates */
  GDP_CONDITION_LOW,       /* point: L and LL likewise */
  GDP_CONDITION_DEVIATION, /* point: too far from its set-point */
  GDP_CONDITION_RATE,      /* point: changed too much within a window */
  GDP_CONDITION_HOURS,     /* point: a battery will be empty soon; a day and a shift are one alarm that escalates */
  GDP_CONDITION_STATE,     /* point: discrete state; what the process does ends here */
  GDP_CONDITION_FAULT,     /* point: sensor fault by NE 43, exception, not a number */
  GDP_CONDITION_FROZEN,    /* point: is read again and again, and does not move by the last digit */
  GDP_CONDITION_STALE,     /* point: not refreshed though its unit answers */
  GDP_CONDITION_SILENT,    /* unit: does not answer though its link works */
  GDP_CONDITION_REFUSES,   /* unit: answers every request with an exception */
  GDP_CONDITION_CLOCK,     /* unit: its clock cannot be trusted */
  GDP_CONDITION_LOST,      /* link: the line is dead, or every unit on it */
  GDP_CONDITION_FORCED,    /* point: never active; while it is shelved, the point shows its `value`, that a person set */
  GDP_CONDITION_VISIT,     /* unit: never active; while it is shelved, its doors and tamper contacts are no alarms */
  /* … and of servers, which are of no site: */
  GDP_CONDITION_STORE,     /* server: it cannot write to the store */
  GDP_CONDITION_DISK,      /* server: its disk is nearly full */
  GDP_CONDITION_TIME,      /* server: its machine's clock is not the store's */
  GDP_CONDITION_DOWN,      /* server: no sign of life; another one tells */
  GDP_N_CONDITIONS
} GdpCondition;

/* Derived from `active`, `acked` and `latched`. */
typedef enum {
  GDP_ALARM_NORMAL,        /* inactive, nothing to acknowledge */
  GDP_ALARM_UNACKED,       /* active, unacknowledged */
  GDP_ALARM_ACKED,         /* active, acknowledged */
  GDP_ALARM_RTN_UNACKED,   /* returned to normal, unacknowledged */
  GDP_ALARM_LATCHED_UNACKED, /* returned, unacknowledged, and to be reset after that */
  GDP_ALARM_LATCHED,       /* returned and acknowledged; a person has to reset it */
  GDP_N_ALARM_STATES
} GdpAlarmState;

typedef enum {
  GDP_ALARM_OCCUR,         /* condition became true (a recurrence when it had returned) */
  GDP_ALARM_CLEAR,         /* condition became false */
  GDP_ALARM_LATCH,         /* condition became false, and the alarm is one that latches */
  GDP_ALARM_ACK,           /* a person acknowledged what was shown */
  GDP_ALARM_RESET,         /* a person reset what had latched */
  GDP_ALARM_REMIND,        /* acknowledged long ago and still active: the re-alarm time is over */
  GDP_ALARM_ESCALATE,      /* still active, more severe level */
  GDP_ALARM_EASE,          /* still active, less severe level; never sounds */
  GDP_N_ALARM_EVENTS
} GdpAlarmEvent;

typedef enum {
  GDP_SUPPRESSION_NONE,
  GDP_SUPPRESSION_SHELVED,         /* by a person, with a reason and an end */
  GDP_SUPPRESSION_BY_DESIGN,       /* its cause is an alarm of its own */
  GDP_SUPPRESSION_OUT_OF_SERVICE,  /* by a person, with a reason, until one ends it */
  GDP_N_SUPPRESSIONS
} GdpSuppression;

typedef enum {
  GDP_SUPPRESS_SHELVE,     /* a person; once more: another end */
  GDP_SUPPRESS_UNSHELVE,   /* a person, before the end */
  GDP_SUPPRESS_EXPIRE,     /* the end has come */
  GDP_SUPPRESS_DESIGN,     /* the cause occurred, or another one took its place … */
  GDP_SUPPRESS_RESTORE,    /* … and is over */
  GDP_SUPPRESS_TAKE_OUT,   /* a person takes it out of service … */
  GDP_SUPPRESS_PUT_BACK,   /* … and back */
  GDP_N_SUPPRESS_EVENTS
} GdpSuppressEvent;

typedef struct {
  const char    *id;          /* owned by whoever owns the alarm */
  GdpCondition   condition;
  gboolean       quiet;       /* found in late records and over by then: shown, never sounded */
  gboolean       active, acked, latched;  /* normal is inactive and acked: nothing is owed */
  GdpSuppression suppression;
  gint64         suppressed_until;     /* µs, 0 = no end */
  const char    *suppressed_by, *suppressed_why;   /* the person, or the server; the reason, or the cause's id */
  guint8         suppressed_priority;  /* shelved: what is more urgent than that calls all the same; else 0 */
  guint8         priority;    /* 1 (highest) .. 4, of the level in force */
  guint8         level;       /* GdpLevel in force (HIGH, LOW, HOURS), else 0 */
  GdpReason      reason;      /* NONE, or why the condition cannot be judged now ("unknown") */
  double         value;       /* at the last transition, point's unit; NaN if none */
  double         limit;       /* crossed; NaN if none */
  guint32        occurrence;  /* 1 for the first; an acknowledgement names the one it saw. Escalations and reminders are such */
  guint32        times;       /* how often it occurred: escalations and reminders do not count */
  gint64         first;       /* first occurrence ever kept, µs */
  gint64         occurred;    /* source time of the last occurrence or escalation */
  gint64         learned;     /* server time of the same */
  gint64         cleared;     /* source time of the last return, 0 = never */
  gint64         acked_at;    /* 0 = never */
  const char    *acked_by, *comment;
} GdpAlarm;

/* One row of the transition table. */
typedef struct {
  gboolean      possible;       /* FALSE: the event means nothing in this state and changes nothing */
  GdpAlarmState next;
  gboolean      new_occurrence; /* count it: an older acknowledgement no longer fits */
  gboolean      annunciate;     /* sound and notify */
} GdpAlarmMove;

/* One row of the other table. */
typedef struct {
  gboolean       possible;
  GdpSuppression next;
  gboolean       renew;     /* who acknowledged it may have forgotten it: active, it is to be acknowledged again */
} GdpSuppressMove;

/* The table's row (static), and the state that `active`, `acked` and `latched` of @alarm mean. */
const GdpAlarmMove *gdp_alarm_move  (GdpAlarmState state, GdpAlarmEvent event);
GdpAlarmState       gdp_alarm_state (const GdpAlarm *alarm);
/* The one mover: applies the table's row to @alarm's active, acked, latched, occurrence and times. FALSE: nothing changed. */
gboolean            gdp_alarm_apply (GdpAlarm *alarm, GdpAlarmEvent event);
/* Likewise of its suppression. A move that renews is followed by GDP_ALARM_REMIND, which the caller applies. */
const GdpSuppressMove *gdp_suppress_move (GdpSuppression suppression, GdpSuppressEvent event);
gboolean               gdp_alarm_suppress (GdpAlarm *alarm, GdpSuppressEvent event);
/* Whether it is to be heard until somebody acknowledges it. */
gboolean               gdp_alarm_calls (const GdpAlarm *alarm);

/* Owns copies of its strings. */
GdpAlarm *gdp_alarm_copy (const GdpAlarm *alarm);
void      gdp_alarm_free (GdpAlarm *alarm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpAlarm, gdp_alarm_free)

const char *gdp_condition_word   (GdpCondition condition);   /* "high", "silent", … */
gboolean    gdp_condition_parse  (const char *word, GdpCondition *condition);
/* Whether the point can have such an alarm. */
gboolean    gdp_condition_is_configured (GdpCondition condition, const GdpPoint *point);
/* The level with which HIGH, LOW or HOURS begins, else 0. @limits: of the point, NULL = it has the milder one. */
guint8      gdp_condition_level  (GdpCondition condition, const GdpLimits *limits);
/* Of HOURS: as urgent as L and LL of the battery's voltage are. */
guint8      gdp_hours_priority   (const GdpLimits *limits, guint8 level);
/* Of a priority that a passport cannot set: a site that cannot be seen needs a person soon. */
#define GDP_CONTACT_PRIORITY 2
/* What a unit tells stands at a wrong time, but it is told. */
#define GDP_CLOCK_PRIORITY 3
/* It says how long a visit may last, and how long a value may be forced. */
#define GDP_LENGTH_PRIORITY 4
/* What it begins with; @limits: of the point, NULL = the condition is a unit's or a link's. */
guint8      gdp_condition_priority (GdpCondition condition, const GdpLimits *limits);
/* English, marked for translation: "High-high", "Low", "Sensor fault", "Unit silent" … */
const char *gdp_condition_label  (GdpCondition condition, guint8 level);
const char *gdp_alarm_state_word (GdpAlarmState state);      /* "unacked", "acked", "rtn-unacked", "normal" */
const char *gdp_alarm_state_label (GdpAlarmState state);
const char *gdp_suppression_word  (GdpSuppression suppression);   /* "none", "shelved", "by-design", "out-of-service" */
const char *gdp_suppression_label (GdpSuppression suppression);
/* It stands for what a person decided, not for something that happens: it is never active. */
gboolean    gdp_condition_is_decision (GdpCondition condition);
gboolean    gdp_condition_is_of_server (GdpCondition condition);
/* What is shown of it in one word: how it is suppressed, else its state. English, marked for translation. */
const char *gdp_alarm_status_label (const GdpAlarm *alarm);

G_END_DECLS
