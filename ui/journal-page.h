/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal, newest first: read page by page while scrolling, new records come in on top.
 * At most 1,000 records are held, 20,000 where somebody has scrolled that far. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_JOURNAL_PAGE (ui_journal_page_get_type ())
G_DECLARE_FINAL_TYPE (UiJournalPage, ui_journal_page, UI, JOURNAL_PAGE, GtkWidget)

void ui_journal_page_set_session (UiJournalPage *self, UiSession *session);

G_END_DECLS
