/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the Figures page is made of: a row a figure, and a row an alarm of those that called most. */
#pragma once

#include "data/alarm-report.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* In place of what is in @grid. */
void ui_figures_grid_fill (GtkGrid *grid, const GdpAlarmFigures *figures);

/* Likewise. What can be done about an alarm are actions of the window; those that it does not have are not offered. */
void ui_figures_top_fill  (GtkGrid *grid, const GdpAlarmFigures *figures, const GdpNetwork *network, GActionGroup *window);

G_END_DECLS
