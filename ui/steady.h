/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moves away under the pointer takes no clicks for a moment: they were meant for what stood there before. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* ms: longer than a hand that has set out takes to stop, a cycle of seeing, deciding and moving of 105 to 470 ms
 * (Card, Moran, Newell, The Psychology of Human-Computer Interaction, 1983). */
#define UI_STEADY_TIME 600

/* @page moves whenever one of its siblings before it is shown or hidden. Keys go on. */
void ui_steady_guard (GtkWidget *page);

G_END_DECLS
