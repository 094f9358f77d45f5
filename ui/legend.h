/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the symbols mean: of alarms, of values, of the mimic. A window of its own, one key away (F2). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Not shown yet; belongs to @parent and goes with it. */
GtkWindow *ui_legend_new (GtkWindow *parent);

G_END_DECLS
