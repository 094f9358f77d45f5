/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal-words.h"

#include <glib/gi18n.h>

static const struct { const char *hides, *on_paper; } filters[UI_N_JOURNAL_FILTERS] = {
  [UI_JOURNAL_BY_TOPIC] = { N_("Hidden: all but “%s”"),                                        N_("“%s”") },
  [UI_JOURNAL_BY_TIME]  = { N_("Hidden: records outside the time “%s”"),                       N_("time: %s") },
  [UI_JOURNAL_BY_SITE]  = { N_("Hidden: records of other sites than “%s”, and of none"),       N_("site “%s”") },
  [UI_JOURNAL_BY_TEXT]  = { N_("Hidden: records without “%s”"),                                N_("with “%s”") },
};

gboolean
ui_journal_words_filtered (const UiJournalWords *words)
{
  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++)
    if (words->by[i] != NULL)
      return TRUE;
  return FALSE;
}

char *
ui_journal_words_count (const UiJournalWords *words)
{
  gboolean filtered = ui_journal_words_filtered (words);
  guint shown = words->shown;
  guint total = (guint) MIN (words->total, G_MAXUINT);
  guint rest = total > shown ? total - shown : 0;

  if (rest == 0)
    return g_strdup_printf (ngettext ("%u record", "%u records", shown), shown);
  if (filtered && words->complete)
    return g_strdup_printf (ngettext ("%u record; hidden are %u of %u", "%u records; hidden are %u of %u", shown), shown, rest, total);
  if (filtered)
    return g_strdup_printf (ngettext ("%u record of %u; the others are older or hidden",
                                      "%u records of %u; the others are older or hidden", shown), shown, total);
  return g_strdup_printf (ngettext ("%u record; %u older ones follow on scrolling",
                                    "%u records; %u older ones follow on scrolling", shown), shown, rest);
}

char *
ui_journal_words_hides (const UiJournalWords *words, UiJournalFilter filter)
{
  return words->by[filter] != NULL ? g_strdup_printf (_(filters[filter].hides), words->by[filter]) : NULL;
}

static char *
which (const UiJournalWords *words)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < UI_N_JOURNAL_FILTERS; i++)
    if (words->by[i] != NULL) {
      g_autofree char *part = g_strdup_printf (_(filters[i].on_paper), words->by[i]);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", part);
    }
  return text->len > 0 ? g_strdup_printf (_("Records: %s"), text->str) : g_strdup (_("All records"));
}

char *
ui_journal_words_sheet (const UiJournalWords *words)
{
  g_autofree char *records = which (words);
  g_autofree char *total = g_strdup_printf ("%" G_GUINT64_FORMAT, words->total);

  return words->complete
         ? g_strdup_printf (_("%s, newest first: %u. The journal has %s."), records, words->shown, total)
         : g_strdup_printf (_("%s, newest first: the newest %u. Older ones are not on these pages; the journal has %s."), records,
                            words->shown, total);
}
