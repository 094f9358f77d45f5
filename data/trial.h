/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits tried on what is stored of a point: the alarms that there would have been with those it has, and with others. */
#pragma once

#include "gdp/what-if.h"
#include "store.h"

G_BEGIN_DECLS

typedef struct {
  GArray *now, *tried;       /* GdpWouldBe, in order of their occurrence: with the point's limits, with the others */
  guint64 samples;           /* looked at */
  gint64  first, last;       /* µs; of those, 0 = there are none */
} DataTrial;

/**
 * data_trial_run:
 * @point: of the store's configuration
 * @limits: to be tried
 * @since, @until: µs, as of data_store_history ()
 * @damage: (out) (optional): what of the history could not be read; the rest counts
 *
 * What is stored is rounded to the point's resolution and spares what does not change, so that an alarm can begin or end a
 * sample later than it did. What holds at @since begins there. NULL: nothing could be read.
 */
DataTrial *data_trial_run  (DataStore *store, const GdpPoint *point, const GdpLimits *limits, gint64 since, gint64 until,
                            GError **damage, GError **error);
void       data_trial_free (DataTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataTrial, data_trial_free)

G_END_DECLS
