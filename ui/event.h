/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One record of the journal as a list item. */
#pragma once

#include "gdp/event.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define UI_TYPE_EVENT (ui_event_get_type ())
G_DECLARE_FINAL_TYPE (UiEvent, ui_event, UI, EVENT, GObject)

UiEvent        *ui_event_new      (const GdpEvent *event);
/* Another record takes the row: "changed". */
void            ui_event_set      (UiEvent *self, const GdpEvent *event);
const GdpEvent *ui_event_get      (UiEvent *self);   /* borrowed */

G_END_DECLS
