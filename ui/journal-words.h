/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the journal's filters hide, in words. No number is told that was not counted. Pure; texts are (transfer full). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { UI_JOURNAL_BY_TOPIC, UI_JOURNAL_BY_TIME, UI_JOURNAL_BY_SITE, UI_JOURNAL_BY_TEXT, UI_N_JOURNAL_FILTERS } UiJournalFilter;

typedef struct {
  const char *by[UI_N_JOURNAL_FILTERS];   /* what each filter lets through, as a person reads it; NULL = everything */
  guint       shown;          /* records that pass and are here */
  gboolean    complete;       /* there are no others that pass */
  guint64     total;          /* records in the journal */
} UiJournalWords;

gboolean ui_journal_words_filtered (const UiJournalWords *words);
char    *ui_journal_words_count    (const UiJournalWords *words);   /* "12 records; hidden are 1012 of 1024" */
char    *ui_journal_words_hides    (const UiJournalWords *words, UiJournalFilter filter);   /* NULL = nothing */
char    *ui_journal_words_sheet    (const UiJournalWords *words);   /* for paper: which records these are of how many */

G_END_DECLS
