/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: what the samples mean. A function of (state, input, now) and nothing else:
 * no clock, no I/O, no thread. Same inputs, same transitions: live, in a test, in a replay.
 *
 * Bad quality never raises a process alarm and never clears one: the alarm keeps its state and
 * its `reason` says that it cannot be judged. Lost communication is one alarm on the lowest
 * common cause (link, else unit); what hangs below becomes unknown without alarms of its own,
 * and comes back by itself. A unit that answers every request with an exception is one alarm, too: when it
 * goes on for as long as silence would have to, of priority 2; its points say so without alarms of their own,
 * as long as none of them can be read. */
#pragma once

#include "changes.h"
#include "network.h"
#include "projection.h"
#include "role.h"

G_BEGIN_DECLS

/* One raw reading, as comms/ decoded it from the registers. */
typedef struct {
  guint32   point;     /* index into the network's points */
  GdpReason reason;    /* NONE; FORCED, CLOCK, AVERAGED: what is to be said of the raw value; DEVICE_EXCEPTION …:
                        * there is no raw value */
  gint64    time;      /* source time, µs */
  double    raw;       /* mA, number or 0/1 */
} GdpSample;

typedef struct GdpEngine GdpEngine;

/**
 * gdp_engine_new:
 * @network: referenced
 * @name: the server's name, the `who` of events that no person caused
 * @now: server time, µs; the start of every unit's and link's grace
 */
GdpEngine *gdp_engine_new  (GdpNetwork *network, const char *name, gint64 now);
void       gdp_engine_free (GdpEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpEngine, gdp_engine_free)

/* Before the first input, and after gdp_engine_set_network() for objects that are new: what the store
 * remembered. An alarm that the engine holds already stays as it is. Alarms of objects that are no longer
 * configured are cleared with an event (and wait for their acknowledgement like any other). Active
 * ones stay active and WAITING until they are judged. Readings give last usable values; where no
 * answer comes within 2 s of the start, they are emitted once more as WAITING. */
void gdp_engine_restore_alarm   (GdpEngine *engine, const GdpAlarm *alarm);
void gdp_engine_restore_reading (GdpEngine *engine, const GdpReading *reading);
/* After the readings: a BBT that was there or asleep sleeps now: whatever became of its session, it will
 * call. Other contacts are of no use: whether a unit answers is seen at once. */
void gdp_engine_restore_contacts (GdpEngine *engine, const GPtrArray *contacts);   /* GdpContactInfo* */

/* µs since when the battery (index of a point) runs down as far as the store remembers, 0 = it does not. What was measured of
 * it since then may be given back, so that the hours that it lasts are told as if nothing had been: means do well. */
gint64 gdp_engine_runs_down    (const GdpEngine *engine, guint point);
void   gdp_engine_restore_past (GdpEngine *engine, guint point, const GdpPast *past, gsize n);

/* A new configuration: states are carried over by key and id. Indexes in later samples are @network's. */
void gdp_engine_set_network (GdpEngine *engine, GdpNetwork *network, gint64 now, GdpChanges *changes);

/* A unit answered: all its samples of one poll. An empty @samples still says "it answered".
 *
 * Readings are reported by exception: the first, a change by the point's resolution or more, another
 * reason, or keep_every since the last one. They are rounded to the resolution (grid.h) as they become
 * readings, so that they are stored, sealed and shown the same; alarms are judged by the value as measured,
 * for a limit need not stand on the grid. A sample older than the point's last one is history (see below);
 * samples of other units' points are ignored.
 * @now may step back a little between inputs (it is held); more than 2 s is the clock being set, and
 * all that is being waited for moves with it. */
void gdp_engine_samples (GdpEngine *engine, guint unit, gint64 now,
                         const GdpSample *samples, gsize n_samples, GdpChanges *changes);

/**
 * gdp_engine_history:
 * @samples: in order of their times, point by point; any mixture of points
 *
 * Late records of a unit: archive rows, means (reason AVERAGED), events that had to wait. Each becomes a
 * reading at its source time; nothing is left out. What momentary ones say of limits and states is found
 * out as late.c tells: an excursion that was not known "occurred 03:12, learned 03:55", and when it is over
 * its alarm is `quiet`. Means are only stored. The newest momentary sample of a point that is newer than
 * what is known becomes what is known. Splitting a run into several calls changes nothing; a row at or
 * before the last one judged is stored, not judged again.
 */
void gdp_engine_history (GdpEngine *engine, guint unit, gint64 now,
                         const GdpSample *samples, gsize n_samples, GdpChanges *changes);

/* What the reading says that becomes of @sample there: of a mean that no sensor stood behind, that. */
GdpReason gdp_late_reason    (const GdpPoint *point, const GdpSample *sample);

/* A unit did not answer, or a link fell or came up. @detail: why, in English, or NULL. Only noted:
 * the next tick (gdp_engine_deadline() says when) or sample draws the conclusions.
 *
 * A unit is silent after gdp_unit_silent_after() without an answer, whatever was reported. A link is
 * lost when a reported failure lasts as long as the least silent_after of its units (2 s or more), or
 * when all of its two or more units are silent; an answer always proves that it works. Links that
 * dial in have no failure of their own: there a report only lends its @detail to the unit's silence. Repeated
 * reports of the same change nothing. Both alarms have priority 2. Changes of contact are journaled
 * per unit and link (unit-silent, link-back, …) besides the alarms. */
void gdp_engine_unit_failed  (GdpEngine *engine, guint unit, gint64 now, const char *detail);
void gdp_engine_link_failed  (GdpEngine *engine, guint link, gint64 now, const char *detail);
void gdp_engine_link_working (GdpEngine *engine, guint link, gint64 now);

/**
 * gdp_engine_link_expected:
 * @next_call: when the unit said that it will call again, by the server's clock; 0 = it did not say, or
 *   its session was lost
 *
 * The BBT at the end of the link has hung up: it, and what is behind it, sleeps. Its points keep their last
 * values until they are stale (gdp_point_stale_after()). It is silent GDP_CALL_GRACE after @next_call; with
 * none, or one farther off than GDP_FARTHEST_CALL, when gdp_unit_silent_after() has passed since it was
 * heard. Any samples of a unit wake it. Only noted, as the reports above.
 */
#define GDP_CALL_GRACE    (600 * GDP_SECOND)        /* six tries to call again, comms/PROTOCOL.md 10 */
#define GDP_FARTHEST_CALL (36 * 3600 * GDP_SECOND)  /* 1.5 of the longest confirmation period */
void gdp_engine_link_expected (GdpEngine *engine, guint link, gint64 now, gint64 next_call);

/**
 * gdp_engine_acknowledge:
 * @occurrence: the occurrence that the person saw
 * @who: the person
 *
 * Errors: no such alarm; nothing to acknowledge; the alarm recurred since (names both occurrences).
 */
gboolean gdp_engine_acknowledge (GdpEngine *engine, const char *alarm, guint32 occurrence,
                                 const char *who, const char *comment, gint64 now,
                                 GdpChanges *changes, GError **error);

/* What a person decides of an alarm, by what the person saw of it. */
typedef struct {
  const char *alarm;
  guint32     occurrence;   /* that was seen; 0 = it never occurred. Not asked where it is to call again */
  gint64      seen_until;   /* shelving: the end that was seen, µs; 0 = it was not shelved */
  gint64      until;        /* shelving: when it calls again by itself, µs */
  const char *who, *why;    /* the person; reason or comment, or NULL */
  const char *steps;        /* handling: see gdp_card_read_done() */
  double      value;        /* forcing: point's unit, 0 or 1 */
  GdpRole     role;         /* of the person */
  gint64      now;
} GdpDecision;

/* A latched alarm, acknowledged before, is to be forgotten. Errors: no such alarm; nothing to reset; the alarm recurred since;
 * another person was first. */
gboolean gdp_engine_reset    (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error);

/* What the person did about the occurrence that was seen, by the steps of its card and in own words (`why`), goes into the
 * journal, see card.h; also of an alarm that is over. Errors: no such alarm or occurrence; nothing was done. */
gboolean gdp_engine_handle   (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error);

/* How long whoever is of @role may shelve an alarm of @priority (1 to 4) at a time, µs; 0 = not at all. */
gint64   gdp_shelving_longest (GdpRole role, guint8 priority);

/**
 * gdp_engine_shelve:
 *
 * The alarm goes through its states and calls nobody; a shelved one may be given another end. It is not acknowledged:
 * unshelved by hand it is as it was; by its end it is to be acknowledged again if it is active. When it becomes more urgent
 * than it was when it was shelved, the shelving is over at once. Also one that never occurred may be shelved.
 * Out of service is the same without an end, and ends by a person alone.
 *
 * "<unit>.visit" is shelved while somebody works at the unit: that its doors open, and tamper contacts, are events then, no
 * alarms; those that are open at the end occur then.
 *
 * Errors: no such alarm; no reason; the end is past or farther off than gdp_shelving_longest(); out of service, or not
 * suppressed at all; it recurred, was shelved, or is shelved no more since it was seen.
 */
gboolean gdp_engine_shelve   (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error);
gboolean gdp_engine_unshelve (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error);
gboolean gdp_engine_take_out (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error);
gboolean gdp_engine_put_back (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error);

/* How long whoever is of @role may force a value at a time, µs; 0 = not at all. */
gint64   gdp_forcing_longest (GdpRole role);

/**
 * gdp_engine_force:
 * @decision: of the alarm "<point>.forced"
 *
 * Until it ends, by its time or by a person, the point's value is the one that was set by hand: it is stored and shown so
 * (GDP_REASON_FORCED, OPC's “local override”, which is good), and limits are judged by it. ISA-18.2 knows no forced
 * values; that alarms were suppressed by them unseen would be against it, and shelving is there for that. What the sensor
 * says of itself (fault, frozen, stale) is not judged meanwhile: such alarms stay as they are, and are unknown. What is
 * measured meanwhile is not stored, but for archives that come late; at the end what was read last counts again.
 *
 * Errors: no such point, or an output; no reason; a value that it cannot have; the end as with shelving; it was forced
 * since it was seen.
 */
gboolean gdp_engine_force    (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error);
gboolean gdp_engine_unforce  (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error);

/**
 * gdp_engine_server_alarm:
 * @server: its name
 * @condition: one of those of servers
 * @text: what it is, English, or NULL
 * @since: when it became so, µs
 *
 * What ails a server, this one or another: the alarm "<server>.<word>", of no site. Told once more it changes nothing.
 */
void gdp_engine_server_alarm (GdpEngine *engine, const char *server, GdpCondition condition, gboolean active, const char *text,
                              gint64 since, gint64 now, GdpChanges *changes);

/* Of all servers that are down: what is held is forgotten, without a word, and those of @alarms (GdpAlarm) are held instead, as
 * the store has them. Others in it are left alone. */
void gdp_engine_set_down     (GdpEngine *engine, const GPtrArray *alarms);

/* The clock was set forward by @by µs, or the machine slept that long: whoever owns a monotonic clock says
 * so before the first input of the new time. Delays go on where they were, and every unit gets its full time
 * to answer before it counts as silent. When it was last heard stays as it was. (The clock set back shows
 * by itself.) */
void   gdp_engine_clock_set_forward (GdpEngine *engine, gint64 by);

/* Lets time pass: on-/off-delays, stale, silent, NE 43 holds. */
void   gdp_engine_tick     (GdpEngine *engine, gint64 now, GdpChanges *changes);
/* The last input of an orderly end: tells what would have been told later. */
void   gdp_engine_close    (GdpEngine *engine, gint64 now, GdpChanges *changes);
/* When the next tick can matter; G_MAXINT64 = not until something arrives. */
gint64 gdp_engine_deadline (const GdpEngine *engine);

/* The alarm as the engine holds it (borrowed), NULL when it never left normal. */
const GdpAlarm *gdp_engine_alarm (const GdpEngine *engine, const char *id);

/* The point that is configured with this id (borrowed), or NULL. */
const GdpPoint *gdp_engine_point (const GdpEngine *engine, const char *id);
/* TRUE: what the point shows now is beyond a limit, or a fault, and becomes an alarm when a delay is over. */
gboolean gdp_engine_awaits (const GdpEngine *engine, const char *id);

typedef enum {
  GDP_ENGINE_ERROR_NO_ALARM, GDP_ENGINE_ERROR_NOTHING_TO_ACK, GDP_ENGINE_ERROR_NEWER_OCCURRENCE,
  GDP_ENGINE_ERROR_NOTHING_TO_RESET, GDP_ENGINE_ERROR_REASON, GDP_ENGINE_ERROR_LENGTH, GDP_ENGINE_ERROR_SUPPRESSION,
  GDP_ENGINE_ERROR_VALUE,
} GdpEngineError;
#define GDP_ENGINE_ERROR (gdp_engine_error_quark ())
GQuark gdp_engine_error_quark (void);

G_END_DECLS
