/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the journal's filters hide, in words. No number is told that was not counted. Pure; texts are (transfer full). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *text, *site;    /* the filters; NULL = none */
  guint       shown;          /* records that pass and are here */
  gboolean    complete;       /* there are no others that pass */
  guint64     total;          /* records in the journal */
} UiJournalWords;

char *ui_journal_words_count (const UiJournalWords *words);    /* "12 records; 1,012 of 1,024 are hidden" */
char *ui_journal_words_text  (const UiJournalWords *words);    /* what the filter by text hides */
char *ui_journal_words_site  (const UiJournalWords *words);    /* likewise by site */
char *ui_journal_words_sheet (const UiJournalWords *words);    /* for paper: which records these are of how many */

G_END_DECLS
