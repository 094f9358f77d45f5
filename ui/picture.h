/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The newest reading of every point and the newest contact of every unit and link, found by index.
 * A plain structure without signals; the session owns it. */
#pragma once

#include "gdp/engine.h"

G_BEGIN_DECLS

typedef struct UiPicture UiPicture;

UiPicture  *ui_picture_new       (void);
void        ui_picture_free      (UiPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiPicture, ui_picture_free)

/* Another configuration: readings and contacts stay with the keys that are still there. */
void        ui_picture_configure (UiPicture *picture, GdpNetwork *network);
/* Before a whole new state. */
void        ui_picture_forget    (UiPicture *picture);
GdpNetwork *ui_picture_network   (const UiPicture *picture);  /* borrowed, may be NULL */

guint       ui_picture_link_index (const UiPicture *picture, gint64 key);   /* G_MAXUINT = none */
/* The point's index, G_MAXUINT when it is no longer configured, or when what came is history: older than what is
 * known, or a mean. */
guint       ui_picture_take_reading (UiPicture *picture, const GdpReading *reading);

typedef struct {
  guint    index;         /* unit's or link's; G_MAXUINT: not configured */
  gboolean state_changed; /* not only seen again */
} UiContactTaken;
UiContactTaken ui_picture_take_contact (UiPicture *picture, const GdpContactInfo *info);

const GdpReading     *ui_picture_reading (const UiPicture *picture, guint point);  /* NULL = none yet */
const GdpContactInfo *ui_picture_unit    (const UiPicture *picture, guint unit);
const GdpContactInfo *ui_picture_link    (const UiPicture *picture, guint link);

/* µs since @point's value was last proven true: received, or its unit seen answering since (what
 * does not change is not sent again). -1 = never. */
gint64      ui_picture_age    (const UiPicture *picture, guint point, gint64 now);
/* TRUE: the point says nothing, or something other than a measured value of now. */
gboolean    ui_picture_is_untold (const UiPicture *picture, guint point);
/* How many points say nothing, or something other than a measured value. */
guint       ui_picture_untold (const UiPicture *picture);

G_END_DECLS
