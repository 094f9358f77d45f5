/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the configuration wants of a BBT, as the wire has it: its settings and its schedule. Functions of the
 * network alone. */
#pragma once

#include "bbt-message.h"
#include "gdp/network.h"

G_BEGIN_DECLS

/* @settings (out) (optional): SETTINGS, its revision filled in. Returns the revision; 0: none are to be sent. */
guint32 comms_bbt_settings_wanted (const GdpNetwork *network, guint link, CommsBbtSettings *settings);
/* The same of SCHEDULE; a unit without calls of its own has none. */
guint32 comms_bbt_schedule_wanted (const GdpNetwork *network, guint link, CommsBbtSchedule *schedule);

G_END_DECLS
