/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person can decide about alarms beside acknowledging them. A point stands for all its alarms, a site for the
 * visits of its units; an alarm that is a visit stands for its site, one that is a forced value for its point. The server says
 * whether it may be. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef enum {
  UI_DECISION_RESET, UI_DECISION_SHELVE, UI_DECISION_UNSHELVE, UI_DECISION_TAKE_OUT, UI_DECISION_PUT_BACK, UI_DECISION_VISIT,
  UI_DECISION_END_VISIT, UI_DECISION_FORCE, UI_DECISION_UNFORCE,
  UI_N_DECISIONS
} UiDecision;

/* Texts are English, marked for translation. */
typedef struct {
  const char *word;       /* "shelve": the target of the action "win.decide" */
  const char *kind;       /* of the command */
  GdpAct      act;        /* what its person must be allowed to */
  gboolean    reason;     /* it must have one */
  gint64      usual;      /* the length that is proposed, µs; 0 = it has none */
  int         event;      /* GdpSuppressEvent, or -1: a reset */
  GdpCondition of;        /* the one condition that it is about: visits, forced values; GDP_N_CONDITIONS = all others */
  gboolean    value;      /* it takes one */
  const char *label;      /* "Shelve" */
  const char *item;       /* of a menu, "Shelve…" */
  const char *not_done;   /* "It was not shelved: %s" */
} UiDecisionInfo;

const UiDecisionInfo *ui_decision_info  (UiDecision decision);
gboolean              ui_decision_parse (const char *word, UiDecision *decision);

/* An alarm as it was seen, for whoever decides means that and nothing newer. */
typedef struct {
  char   *alarm;
  guint32 occurrence;    /* 0 = never */
  gint64  until;         /* of its shelving, µs; 0 = it was not shelved */
  guint8  priority;
} UiSeen;

/* The alarms that @object, the id of an alarm, a point or a site, stands for and about which @decision is possible now:
 * UiSeen; empty = none. @object: NULL = nothing is chosen. (transfer full) */
GPtrArray  *ui_decision_look    (UiDecision decision, UiSession *session, const char *object);
/* Why nothing can be decided here and now, a sentence for people; NULL = it can. @object: as above. (transfer full) */
char       *ui_decision_refusal_text (UiDecision decision, UiSession *session, const char *object);
/* For how long all of them may be decided so by whoever sits here, µs; 0 = not at all. */
gint64      ui_decision_longest (UiDecision decision, UiSession *session, const GPtrArray *seen);
/* What @object is, "Outlet pressure 1, High". (transfer full) */
char       *ui_decision_object_text (UiSession *session, const char *object);
/* Of an alarm or a point: the point's index; G_MAXUINT = it is of none. */
guint       ui_decision_point   (UiSession *session, const char *object);
/* The site's index, G_MAXUINT = of no single one. */
guint       ui_decision_site    (UiSession *session, const char *object);

/* @length: µs from now. @value: a number as the store writes it, where the decision takes one, else NULL. @why: reason or
 * comment, or NULL. */
void        ui_decision_post    (UiDecision decision, UiSession *session, const UiSeen *seen, gint64 length, const char *value,
                                 const char *why, GAsyncReadyCallback callback, gpointer user_data);
/* A sentence for people; NULL = it is done. (transfer full) */
char       *ui_decision_finish  (UiDecision decision, GAsyncResult *result);

G_END_DECLS
