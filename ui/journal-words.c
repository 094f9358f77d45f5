/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal-words.h"

#include <glib/gi18n.h>

char *
ui_journal_words_count (const UiJournalWords *words)
{
  gboolean filtered = words->text != NULL || words->site != NULL;
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
ui_journal_words_text (const UiJournalWords *words)
{
  return g_strdup_printf (_("Hidden: records without “%s”"), words->text);
}

char *
ui_journal_words_site (const UiJournalWords *words)
{
  return g_strdup_printf (_("Hidden: records of other sites than “%s”, and of none"), words->site);
}

static char *
which (const UiJournalWords *words)
{
  if (words->text != NULL && words->site != NULL)
    return g_strdup_printf (_("Records of the site “%s” with “%s”"), words->site, words->text);
  if (words->text != NULL)
    return g_strdup_printf (_("Records with “%s”"), words->text);
  if (words->site != NULL)
    return g_strdup_printf (_("Records of the site “%s”"), words->site);
  return g_strdup (_("All records"));
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
