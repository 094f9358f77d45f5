/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many alarms called in each 10 minutes, over days, with the line above which it is a flood: of the periods that
 * share a pixel the worst is drawn. Drawn once and kept until the numbers change. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_PERIOD_CHART (ui_period_chart_get_type ())
G_DECLARE_FINAL_TYPE (UiPeriodChart, ui_period_chart, UI, PERIOD_CHART, GtkWidget)

/* @periods: copied; @since: when the first began, @until: when the last ends, µs; @now: for how times are said. @text: the
 * same in words. */
void ui_period_chart_set (UiPeriodChart *self, const guint *periods, gsize n, gint64 since, gint64 until, gint64 now,
                          const char *text);

G_END_DECLS
