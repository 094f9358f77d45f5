/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of alarms when there are too many to read them one by one: by what stands for them. */
#pragma once

#include "incident.h"

G_BEGIN_DECLS

/* One row of the list. */
typedef struct {
  guint alarm;    /* index into what was given, as all of these */
  guint head;     /* the alarm that its group stands under: itself, when it is the first or alone */
  guint cause;    /* what brought it about, G_MAXUINT = that is not known */
  guint size;     /* alarms of the group */
} GdpGrouped;

/**
 * gdp_group_alarms:
 *
 * Every alarm is in one group and is there once: those suppressed by design with the alarm that stands for them, those
 * of an incident with its first-out, others alone. Groups with the most urgent unacknowledged alarm come first, then by
 * the most urgent, then the latest. In a group its head is first, then they come by time.
 *
 * Returns: (transfer full): GdpGrouped
 */
GArray *gdp_group_alarms (const GdpNetwork *network, const GdpAlarm *const *alarms, guint n_alarms);

G_END_DECLS
