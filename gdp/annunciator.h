/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarms that ever left normal. The only place where an alarm moves, and every move leaves an
 * event and the alarm's new state in the changes. */
#pragma once

#include "changes.h"

G_BEGIN_DECLS

/* So many moves of an alarm that nobody acknowledged are journaled one by one in a minute; the rest of them are one record at
 * its end. More say no more, and a loose contact must not fill the journal; eleven occurrences, which are a flood, fit in. */
#define GDP_MOVES_TOLD   24
#define GDP_MOVES_SPAN   (60 * GDP_SECOND)

/* How one alarm moved in the minute that began at `since`. */
typedef struct {
  gint64        since;            /* server time, µs */
  guint         told;             /* moves that the journal has */
  guint32       moves, occurrences;   /* … and has not got yet */
  gint64        occurred;         /* of the first of those */
  GdpAlarmState before;
} GdpMoves;

typedef struct GdpHeldAlarm GdpHeldAlarm;
struct GdpHeldAlarm {
  GdpAlarm      alarm;     /* owns its strings */
  const char   *site;      /* borrowed from the network; NULL for a link's */
  GdpHeldAlarm *next;      /* of the same object */
  guint         number;    /* the annunciator's */
  gint64        due;       /* when its shelving ends or it calls again, 0 = never */
  gint64        remind_after;   /* µs, 0 = never */
  gboolean      latches;
  GdpMoves      moves;
  char         *reset_by, *restored_by;   /* the person who did it last, or ended its suppression; NULL = none since the start */
};

typedef struct GdpAnnunciator GdpAnnunciator;

/* What a move knows beside the alarm. */
typedef struct {
  gint64      occurred, learned;
  double      value, limit;
  guint8      level, priority;
  gboolean    quiet;
  const char *text;
} GdpNews;

GdpAnnunciator *gdp_annunciator_new  (const char *who);
void            gdp_annunciator_free (GdpAnnunciator *annunciator);

GdpHeldAlarm *gdp_annunciator_find (GdpAnnunciator *annunciator, const char *id);
/* A copy of @alarm as it was remembered; the earlier one of the same id is returned if there is one. */
GdpHeldAlarm *gdp_annunciator_add  (GdpAnnunciator *annunciator, const GdpAlarm *alarm);
/* The alarm of @object and @condition, in normal when it is new. */
GdpHeldAlarm *gdp_annunciator_get  (GdpAnnunciator *annunciator, const char *object, GdpCondition condition);
/* Somebody else looks after it now: it is as if it had never been here. */
void          gdp_annunciator_forget (GdpAnnunciator *annunciator, GdpHeldAlarm *held);
void          gdp_annunciator_foreach (GdpAnnunciator *annunciator, void (*visit) (GdpHeldAlarm *, gpointer),
                                       gpointer user_data);

/* FALSE: impossible in its state, nothing changed. What clears, and latches, latches. */
gboolean gdp_annunciator_move (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpAlarmEvent event,
                               const GdpNews *news, GdpChanges *changes);
/* The occurrence that is active began at @news' time already. It stays what it is: not heard and not to be
 * acknowledged once more. */
void     gdp_annunciator_backdate (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const GdpNews *news,
                                   GdpChanges *changes);
/* @comment may be NULL. */
gboolean gdp_annunciator_acknowledge (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const char *who,
                                      const char *comment, gint64 now, GdpChanges *changes);
/* Why it cannot be judged; NONE = it can. An alarm in normal has nothing to doubt. */
void     gdp_annunciator_doubt (GdpHeldAlarm *held, GdpReason reason, GdpChanges *changes);
gboolean gdp_annunciator_reset       (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const char *who,
                                      const char *comment, gint64 now, GdpChanges *changes);
/* FALSE: impossible as it is suppressed now. @until: of a shelving, else 0; @who: the person, NULL = the server;
 * @why: the reason, or what it is suppressed for. */
gboolean gdp_annunciator_suppress (GdpAnnunciator *annunciator, GdpHeldAlarm *held, GdpSuppressEvent event, gint64 until,
                                   const char *who, const char *why, gint64 now, GdpChanges *changes);
/* Likewise of a forced value (GDP_CONDITION_FORCED): until then it is @value, which reads as @text. */
gboolean gdp_annunciator_force   (GdpAnnunciator *annunciator, GdpHeldAlarm *held, double value, const char *text, gint64 until,
                                  const char *who, const char *why, gint64 now, GdpChanges *changes);
/* By design, because of the alarm @why, which may take another's place; NULL restores it. What a person decided stays. */
void     gdp_annunciator_design   (GdpAnnunciator *annunciator, GdpHeldAlarm *held, const char *why,
                                   gint64 now, GdpChanges *changes);
/* How the alarm is configured, from now on. */
void     gdp_annunciator_configure (GdpAnnunciator *annunciator, GdpHeldAlarm *held, gboolean latches, double remind_after);
/* The next alarm whose time has come, NULL = none; and what that means: its shelving is over, it calls again, or moves of it
 * are owed to the journal. */
GdpHeldAlarm *gdp_annunciator_next_due (GdpAnnunciator *annunciator, gint64 now);
void     gdp_annunciator_fall_due (GdpAnnunciator *annunciator, GdpHeldAlarm *held, gint64 now, GdpChanges *changes);
/* There will be no later: what is owed to the journal is told. */
void     gdp_annunciator_close (GdpAnnunciator *annunciator, gint64 now, GdpChanges *changes);
/* When the next one can be due; G_MAXINT64 = none. */
gint64   gdp_annunciator_deadline (GdpAnnunciator *annunciator);
/* Puts the priority of a changed configuration in force. */
void     gdp_annunciator_rank (GdpAnnunciator *annunciator, GdpHeldAlarm *held, guint8 priority,
                               gint64 now, GdpChanges *changes);
/* An event of anything, by the server itself. */
void     gdp_annunciator_note (GdpAnnunciator *annunciator, GdpEvent event, GdpChanges *changes);

G_END_DECLS
