/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A point that is on the screen now. Only such points have an object; the session tells it when
 * its value or its alarms changed, and it says so with the signal "changed". */
#pragma once

#include "gdp/network.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define UI_TYPE_POINT (ui_point_get_type ())
G_DECLARE_FINAL_TYPE (UiPoint, ui_point, UI, POINT, GObject)

UiPoint        *ui_point_new        (GdpNetwork *network, guint index);
guint           ui_point_get_index  (UiPoint *self);   /* into the network's points */
const GdpPoint *ui_point_get_config (UiPoint *self);   /* borrowed */
void            ui_point_changed    (UiPoint *self);

G_END_DECLS
