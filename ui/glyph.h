/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An alarm's symbol: shape, colour and digit of its priority; nothing when there is no alarm.
 *
 * Filled: the condition is there. Outlined: it returned, unacknowledged. Dashed: held back. Unacknowledged ones
 * flash, see flash.h. A unit that cannot be heard is an outlined badge without colour. */
#pragma once

#include "alarm.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_GLYPH (ui_glyph_get_type ())
G_DECLARE_FINAL_TYPE (UiGlyph, ui_glyph, UI, GLYPH, GtkWidget)

GtkWidget *ui_glyph_new         (void);
/* @alarm NULL = none. Follows the alarm's changes by itself. */
void       ui_glyph_set_alarm   (UiGlyph *self, UiAlarm *alarm);
/* Shown when there is no alarm. */
void       ui_glyph_set_contact (UiGlyph *self, GdpContactState contact);
/* A steady symbol for a heading: of alarms of @priority in general, 0 = none. */
void       ui_glyph_set_priority (UiGlyph *self, guint priority);

G_END_DECLS
