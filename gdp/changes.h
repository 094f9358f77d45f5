/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine has to say: readings, alarms, events and contacts, to be committed and shown. */
#pragma once

#include "alarm.h"
#include "event.h"

G_BEGIN_DECLS

/* A value as stored and shown. */
typedef struct {
  gint64    seq;       /* the store's; 0 until committed */
  gint64    point;     /* the point's key */
  gint64    time;      /* source time, µs */
  gint64    received;  /* server time, µs */
  double    value;     /* point's unit, on the grid of its resolution (grid.h); last usable (or
                        * NaN) when the reason is a bad one */
  GdpReason reason;
} GdpReading;

/* Whether @reading is what is shown of its point rather than @other, which came before or after it: the one with the
 * newer source time, so that a late record does not pass for news, and of equal ones the later. Unless the earlier one is
 * of a time that had not come when the later one was received: then a clock was set back, and the later one is shown.
 * A mean never is. */
gboolean gdp_reading_is_newer (const GdpReading *reading, const GdpReading *other);

typedef enum {
  GDP_CONTACT_UNKNOWN, GDP_CONTACT_OK, GDP_CONTACT_SILENT,
  GDP_CONTACT_SLEEPING,       /* has hung up and will call again: not silent, and not there */
  GDP_N_CONTACT_STATES
} GdpContactState;
/* As stored and printed: "unknown", "ok", "silent", "sleeping". FALSE: @word is none of them. */
const char *gdp_contact_state_word  (GdpContactState state);
/* English, marked for translation: "Answers", "Sleeping" … */
const char *gdp_contact_state_label (GdpContactState state);
gboolean    gdp_contact_state_parse (const char *word, GdpContactState *state);

/* Communication state of a unit (or of a link, when `link` is TRUE). */
typedef struct {
  gint64          seq;
  gboolean        link;
  gint64          key;        /* unit's or link's key */
  GdpContactState state;
  gint64          seen;       /* last good answer, server time, 0 = never */
  gint64          since;      /* when `state` began */
  gint64          next_call;  /* when it said it would call again, 0 = it did not */
  char           *detail;     /* why it is silent, in English: "no answer in 1.2 s", or NULL */
} GdpContactInfo;

/* What one or more inputs led to; the caller owns it, commits it, clears it. Reading arrays of
 * structs; alarms and events are owned copies. */
typedef struct {
  GArray    *readings;   /* GdpReading */
  GPtrArray *alarms;     /* GdpAlarm*, each id at most once: its latest state */
  GPtrArray *events;     /* GdpEvent*, in order */
  GPtrArray *contacts;   /* GdpContactInfo* */
  GHashTable *places;    /* private: id → where its alarm stands */
} GdpChanges;

GdpChanges *gdp_changes_new   (void);
void        gdp_changes_clear (GdpChanges *changes);
void        gdp_changes_free  (GdpChanges *changes);
gboolean    gdp_changes_empty (const GdpChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpChanges, gdp_changes_free)
void        gdp_contact_info_free (GdpContactInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpContactInfo, gdp_contact_info_free)
GdpContactInfo *gdp_contact_info_copy (const GdpContactInfo *info);

/* Puts a copy of @alarm in, in the place of an earlier state of the same id. */
void        gdp_changes_set_alarm (GdpChanges *changes, const GdpAlarm *alarm);

G_END_DECLS
