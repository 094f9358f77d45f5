/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the journal records: who did or what happened, when it occurred, when it was learned. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Stored by word, so order is free. */
typedef enum {
  GDP_EVENT_ALARM_OCCURRED, GDP_EVENT_ALARM_RECURRED, GDP_EVENT_ALARM_ESCALATED,
  GDP_EVENT_ALARM_EASED, GDP_EVENT_ALARM_CLEARED, GDP_EVENT_ALARM_ACKNOWLEDGED,
  GDP_EVENT_ALARM_RESET,
  GDP_EVENT_ALARM_HANDLED,        /* a person did something about it: card.h */
  GDP_EVENT_ALARM_CHATTERED,      /* so many occurrences (text), too many to be told one by one: annunciator.h */
  GDP_EVENT_FLOOD_BEGAN, GDP_EVENT_FLOOD_ENDED,   /* of alarms; text: how many there were */
  GDP_EVENT_ALARM_REMINDED,       /* acknowledged long ago, and still active: to be acknowledged again */
  GDP_EVENT_ALARM_SUPPRESSED, GDP_EVENT_ALARM_RESTORED,
  GDP_EVENT_ALARM_SHELVED, GDP_EVENT_ALARM_UNSHELVED,
  GDP_EVENT_ALARM_SHELVING_OVER,  /* its end has come */
  GDP_EVENT_ALARM_TAKEN_OUT, GDP_EVENT_ALARM_PUT_BACK,   /* of service */
  GDP_EVENT_VISIT_BEGAN, GDP_EVENT_VISIT_ENDED,   /* somebody works at a unit: its doors are no alarms */
  GDP_EVENT_POINT_FORCED, GDP_EVENT_POINT_RELEASED,   /* a person set its value by hand; it is measured again */
  GDP_EVENT_ALARM_BACKDATED,      /* late records tell that it began earlier than was known */
  GDP_EVENT_STATE_CHANGED,        /* a discrete point changed without being an alarm */
  GDP_EVENT_STATE_FLAPPED,        /* … so many times more (text, and when it was the last time), too many to be told one by one */
  GDP_EVENT_UNIT_SILENT, GDP_EVENT_UNIT_BACK, GDP_EVENT_LINK_LOST, GDP_EVENT_LINK_BACK,
  GDP_EVENT_SESSION_OPENED, GDP_EVENT_SESSION_CLOSED, GDP_EVENT_SESSION_REFUSED,
  GDP_EVENT_COMMAND_REFUSED, GDP_EVENT_CONFIGURATION_CHANGED,
  GDP_EVENT_LIMITS_CHANGED,       /* of a point: before and after as limit-words.h has them; text: why */
  GDP_EVENT_COMMAND_DONE,         /* what a person asked of a unit, and it did */
  GDP_EVENT_OUTPUT_SELECTED, GDP_EVENT_OUTPUT_OPERATED, GDP_EVENT_OUTPUT_RELEASED, GDP_EVENT_OUTPUT_FAILED,
  GDP_EVENT_FIRMWARE_ORDERED, GDP_EVENT_FIRMWARE_INSTALLED, GDP_EVENT_FIRMWARE_FAILED, GDP_EVENT_FIRMWARE_GIVEN_UP,
  GDP_EVENT_SERVER_STARTED, GDP_EVENT_SERVER_STOPPED, GDP_EVENT_SERVER_LOST,
  GDP_EVENT_UNIT_SAID,            /* a BBT of itself: see remark.h */
  GDP_EVENT_SIGNED_IN, GDP_EVENT_SIGNED_OUT,   /* who: the person; object: the desk */
  GDP_EVENT_NOTE,
  GDP_N_EVENT_KINDS
} GdpEventKind;

/* What records are about, for who looks for some: one may be about several things. */
typedef enum {
  GDP_TOPIC_ANY,
  GDP_TOPIC_ALARMS,       /* from their beginning to their end, and what was decided about them */
  GDP_TOPIC_ACTIONS,      /* what persons did, or asked for */
  GDP_TOPIC_STATES,       /* discrete points that changed without being alarms */
  GDP_TOPIC_LINKS,        /* units, lines, sessions */
  GDP_TOPIC_SYSTEM,       /* servers, configuration, firmware */
  GDP_N_TOPICS
} GdpTopic;

typedef struct {
  gint64       seq;        /* the store's; 0 until committed */
  GdpEventKind kind;
  gint64       occurred;   /* source time, µs */
  gint64       learned;    /* server time, µs */
  char        *site;       /* id or NULL */
  char        *object;     /* id of alarm, point, unit, link, server … or NULL */
  char        *who;        /* person, or the server's name */
  char        *before, *after;  /* words, or NULL */
  char        *text;       /* comment or detail, or NULL */
  guint8       priority;   /* 0 = not an alarm */
} GdpEvent;

GdpEvent *gdp_event_copy (const GdpEvent *event);
void      gdp_event_free (GdpEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpEvent, gdp_event_free)

const char *gdp_event_word  (GdpEventKind kind);   /* "alarm-acknowledged" */
const char *gdp_event_label (GdpEventKind kind);   /* English, marked for translation */
gboolean    gdp_event_parse (const char *word, GdpEventKind *kind);

gboolean    gdp_event_is_about (GdpEventKind kind, GdpTopic topic);
const char *gdp_topic_word     (GdpTopic topic);   /* "links" */
const char *gdp_topic_label    (GdpTopic topic);   /* English, marked for translation */
gboolean    gdp_topic_parse    (const char *word, GdpTopic *topic);

G_END_DECLS
