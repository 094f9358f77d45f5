/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Databases of regions that are away and take long to say so, as where packets vanish: each is left alone for a while, which
 * grows, so that it costs the others little. One that refuses at once costs nothing, and is asked every time. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DATA_AWAY_QUICK (1 * G_TIME_SPAN_SECOND)
#define DATA_AWAY_FIRST (60 * G_TIME_SPAN_SECOND)    /* that it is left alone after the first time, at most; then twice as long … */
#define DATA_AWAY_MOST  (300 * G_TIME_SPAN_SECOND)   /* … each time, up to this */

typedef struct DataAway DataAway;
DataAway     *data_away_new  (void);
void          data_away_free (DataAway *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataAway, data_away_free)

/* Why region @number was away last, if it is to be left alone at @now (monotonic µs); NULL: it is to be asked. Borrowed. */
const GError *data_away_why  (DataAway *self, gint64 number, gint64 now);
/* It was asked, for @took µs until @now, and is away because of @why; NULL: it is there. */
void          data_away_note (DataAway *self, gint64 number, const GError *why, gint64 took, gint64 now);

G_END_DECLS
