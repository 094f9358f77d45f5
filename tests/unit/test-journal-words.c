/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/journal-words.h"

static void
says (char *(*words) (const UiJournalWords *), UiJournalWords about, const char *expected)
{
  g_autofree char *text = words (&about);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_count (void)
{
  says (ui_journal_words_count, (UiJournalWords) { .shown = 5, .complete = TRUE, .total = 5 }, "5 records");
  says (ui_journal_words_count, (UiJournalWords) { .shown = 1, .total = 9 }, "1 record; 8 older ones follow on scrolling");
  says (ui_journal_words_count, (UiJournalWords) { .by[UI_JOURNAL_BY_TEXT] = "x", .shown = 712, .complete = TRUE, .total = 1024 },
        "712 records; hidden are 312 of 1024");
  says (ui_journal_words_count, (UiJournalWords) { .by[UI_JOURNAL_BY_SITE] = "x", .shown = 0, .complete = TRUE, .total = 7 },
        "0 records; hidden are 7 of 7");
  says (ui_journal_words_count, (UiJournalWords) { .by[UI_JOURNAL_BY_TEXT] = "x", .shown = 7, .complete = TRUE, .total = 7 }, "7 records");
}

/* How many of the older ones pass is not known before somebody has scrolled there. */
static void
test_not_counted (void)
{
  says (ui_journal_words_count, (UiJournalWords) { .by[UI_JOURNAL_BY_TEXT] = "x", .shown = 50, .total = 1024 },
        "50 records of 1024; the others are older or hidden");
}

static void
test_sheet (void)
{
  says (ui_journal_words_sheet, (UiJournalWords) { .shown = 50, .complete = TRUE, .total = 50 },
        "All records, newest first: 50. The journal has 50.");
  says (ui_journal_words_sheet, (UiJournalWords) { .by[UI_JOURNAL_BY_SITE] = "GDP-003", .shown = 50, .complete = TRUE, .total = 1024 },
        "Records: site “GDP-003”, newest first: 50. The journal has 1024.");
  says (ui_journal_words_sheet, (UiJournalWords) { .by[UI_JOURNAL_BY_SITE] = "GDP-003", .by[UI_JOURNAL_BY_TEXT] = "door", .shown = 1000, .total = 5000000 },
        "Records: site “GDP-003”, with “door”, newest first: the newest 1000. Older ones are not on these pages; the "
        "journal has 5000000.");
}

static void
hides (UiJournalWords about, UiJournalFilter filter, const char *expected)
{
  g_autofree char *text = ui_journal_words_hides (&about, filter);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_hides (void)
{
  hides ((UiJournalWords) { .by[UI_JOURNAL_BY_TOPIC] = "Alarms" }, UI_JOURNAL_BY_TOPIC, "Hidden: all but “Alarms”");
  hides ((UiJournalWords) { .by[UI_JOURNAL_BY_TIME] = "22.11.2026" }, UI_JOURNAL_BY_TIME,
         "Hidden: records outside the time “22.11.2026”");
  hides ((UiJournalWords) { .by[UI_JOURNAL_BY_SITE] = "GDP-003" }, UI_JOURNAL_BY_TEXT, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-words/hidden-records-are-counted", test_count);
  g_test_add_func ("/journal-words/what-is-not-counted-is-no-number", test_not_counted);
  g_test_add_func ("/journal-words/paper-tells-which-and-of-how-many", test_sheet);
  g_test_add_func ("/journal-words/each-filter-says-what-it-hides", test_hides);
  return g_test_run ();
}
