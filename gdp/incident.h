/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms of one site that belong together, and which of them came first (first-out).
 *
 * Alarms of a site that each began within GDP_INCIDENT_GAP of the one before form an incident. The first is not always
 * the earliest: values that are polled, or come in one report, are dated by when they were read, and clocks of units are
 * off. So within the doubt of two times the table of causes decides: what by the way a gas distribution point works
 * brings the other about came first. */
#pragma once

#include "alarm.h"
#include "network.h"

G_BEGIN_DECLS

#define GDP_INCIDENT_GAP (600 * GDP_SECOND)

typedef struct {
  guint           site;       /* index into the network */
  gint64          begin, end; /* of the occurrences, µs */
  guint           first;      /* index into `alarms`: first-out */
  GArray         *alarms;     /* guint: indexes into what was given, by time of occurrence */
  GArray         *causes;     /* guint, beside each of `alarms`: which of them brought it about, as far as the table of
                               * causes tells; G_MAXUINT = it does not */
} GdpIncident;

/**
 * gdp_incidents:
 * @alarms: in any order; those without a site (of links), those that never occurred and those suppressed by design,
 * which another alarm stands for, belong to none
 *
 * Returns: (transfer full): GdpIncident*, those of two or more alarms only, the latest first
 */
GPtrArray *gdp_incidents (const GdpNetwork *network, const GdpAlarm *const *alarms, guint n_alarms);

/* Turns the alarms of @incident into the order in which they are told: the first-out, behind each what it brought about,
 * at last what the table of causes does not connect with it. `causes` follow. */
void       gdp_incident_tell_in_order (GdpIncident *incident);

/* How far the time of an alarm may be off, µs: of its unit's polling, or its clock. */
gint64     gdp_incident_doubt (const GdpNetwork *network, const GdpAlarm *alarm);

/* Whether an alarm of the one can bring about one of the other, straight or by others between; the table is in
 * incident.c. @level: of HIGH and LOW alarms nothing is asked. */
gboolean   gdp_kind_causes (GdpPointKind cause, GdpCondition how, GdpPointKind effect, GdpCondition what);

G_END_DECLS
