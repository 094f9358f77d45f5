/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few numbers as bars, all at a glance: how many answers took how long, how strong the signal was. In the
 * colours of the text, never in those of alarms; drawn once and kept until the numbers change. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_BARS (ui_bars_get_type ())
G_DECLARE_FINAL_TYPE (UiBars, ui_bars, UI, BARS, GtkWidget)

#define UI_BARS_MOST 64

GtkWidget *ui_bars_new (guint n, int width, int height);   /* room for @n bars; px */
/* @values: 0 to 1 each, NaN = none; missing ones on the left. What is not 0 is seen, however small. @text: the same
 * in words, for the tooltip and the screen reader. */
void       ui_bars_set (UiBars *self, const float *values, guint n, const char *text);

G_END_DECLS
