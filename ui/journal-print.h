/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journal records on paper: a table, and on every page what was filtered, by whom and when it was printed, which page of
 * how many it is, and the last hash of the journal's chain, by which anybody can tell what was the journal then. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct {
  GPtrArray       *events;    /* GdpEvent, newest first */
  char            *what;      /* which of all the records they are, a sentence or more */
  char            *person;
  gint64           now;       /* when it is printed, µs */
  DataJournalHead  head;
  GdpNetwork      *network;
} UiJournalSheet;
void ui_journal_sheet_free (UiJournalSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiJournalSheet, ui_journal_sheet_free)

/* @sheet: (transfer full). @path: a PDF file that is written; NULL = the person is asked which printer. Goes on while the
 * window lives; a failure is a notice of @session. */
void ui_journal_print (UiJournalSheet *sheet, GtkWindow *window, UiSession *session, const char *path);

G_END_DECLS
