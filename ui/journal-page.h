/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal, newest first: read page by page while scrolling, new records come in on top.
 * At most 1,000 records are held, 20,000 where somebody has scrolled that far.
 * Actions: "journal.print"; "journal.show-all" ("text" or "site"): that filter hides nothing any more. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_JOURNAL_PAGE (ui_journal_page_get_type ())
G_DECLARE_FINAL_TYPE (UiJournalPage, ui_journal_page, UI, JOURNAL_PAGE, GtkWidget)

void ui_journal_page_set_session (UiJournalPage *self, UiSession *session);
/* What the filters leave, on paper: see journal-print.h. @path: of a PDF file; NULL = the person chooses a printer. */
void ui_journal_page_print       (UiJournalPage *self, const char *path);

G_END_DECLS
