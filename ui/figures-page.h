/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How well the alarms serve the person at this desk: the figures of the journal beside what is good, and the alarms that
 * called most, each with the ways to mend it. Read when it comes to the screen and when other days are chosen; what was
 * read before stays until the new figures are there.
 * Actions: "figures.days" (int32, state), "figures.export". */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_FIGURES_PAGE (ui_figures_page_get_type ())
G_DECLARE_FINAL_TYPE (UiFiguresPage, ui_figures_page, UI, FIGURES_PAGE, GtkWidget)

void ui_figures_page_set_session (UiFiguresPage *self, UiSession *session);
/* What is shown, into a file: see data_alarm_report_export(). What comes of it is told by a notice. */
void ui_figures_page_export      (UiFiguresPage *self, const char *path);

G_END_DECLS
