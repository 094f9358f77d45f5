/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms as the journal tells them: one for each time that an alarm began out of normal, however often it recurred and
 * escalated until it was normal again. So incidents of the past are found as those of now, which are dated likewise
 * (gdp_courses_date()). */
#pragma once

#include "alarm.h"
#include "event.h"

G_BEGIN_DECLS

typedef struct GdpPastAlarms GdpPastAlarms;

GdpPastAlarms *gdp_past_alarms_new  (void);
void           gdp_past_alarms_free (GdpPastAlarms *past);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpPastAlarms, gdp_past_alarms_free)

/* In the journal's order. One that is no alarm's means nothing. What began before the first that is taken began, as far as is
 * known, with the first that is told of it. One that began again within GDP_INCIDENT_GAP of its beginning is the same once more. */
void gdp_past_alarms_take (GdpPastAlarms *past, const GdpEvent *event);

/* GdpAlarm, by when they were told of first, each as it was at the end: state, level, suppression; `occurred` is when it
 * began, `times` how often it occurred. Belongs to @past. */
const GPtrArray *gdp_past_alarms_look (const GdpPastAlarms *past);

G_END_DECLS
