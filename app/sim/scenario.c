/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <string.h>

#define MAX_BYTES (1024 * 1024)
#define SUFFIX    ".txt"

static void
happening_free (gpointer data)
{
  SimHappening *happening = data;
  sim_deed_clear (&happening->deed);
  g_free (happening->site);
  g_free (happening->words);
  g_free (happening);
}

void
sim_scenario_free (SimScenario *scenario)
{
  g_ptr_array_unref (scenario->happenings);
  g_free (scenario->name);
  g_free (scenario);
}

/* ---- one line ---------------------------------------------------------------------------------- */

/* The words of @line up to a "#", without the empty ones between doubled spaces. */
static GStrv
words_of (const char *line)
{
  g_autofree char *text = g_strndup (line, strcspn (line, "#\r"));
  g_auto (GStrv) pieces = g_strsplit_set (text, " \t", -1);
  GStrvBuilder *builder = g_strv_builder_new ();
  for (char **piece = pieces; *piece; piece++)
    if (**piece)
      g_strv_builder_add (builder, *piece);
  GStrv words = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return words;
}

/* "at +30s": takes two words, or says what it wants. */
static gboolean
take_time (char ***words, gint64 *at, GError **error)
{
  char **w = *words;
  if (strcmp (w[0], "at") != 0 || !w[1] || w[1][0] != '+'
      || (strcmp (w[1], "+0s") != 0 && !sim_duration_parse (w[1] + 1, at))) {
    const char *wrong = strcmp (w[0], "at") != 0 || !w[1] ? w[0] : w[1];
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_TIME,
                 "\"%s\": a line starts with a time such as \"at +30s\" or \"at +1m30s\"", wrong);
    return FALSE;
  }
  *words += 2;
  return TRUE;
}

/* "site GDP-003", "GDP-003" or "every site". */
static gboolean
take_site (char ***words, char **site, GError **error)
{
  char **w = *words;
  gboolean every = g_strcmp0 (w[0], "every") == 0;
  if (every ? g_strcmp0 (w[1], "site") == 0 : w[0] && (strcmp (w[0], "site") != 0 || w[1])) {
    gboolean word = !every && strcmp (w[0], "site") == 0;
    *site = every ? NULL : g_strdup (w[word]);
    *words += every || word ? 2 : 1;
    return TRUE;
  }
  g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_SITE,
               "after the time comes a site such as \"site GDP-003\" or \"every site\"");
  return FALSE;
}

static SimHappening *
parse_line (char **words, GError **error)
{
  SimHappening *happening = g_new0 (SimHappening, 1);
  if (!take_time (&words, &happening->at, error) || !take_site (&words, &happening->site, error)
      || !sim_deed_parse ((const char *const *) words, &happening->deed, error)) {
    happening_free (happening);
    return NULL;
  }
  happening->words = g_strjoinv (" ", words);
  return happening;
}

/* ---- the file ------------------------------------------------------------------------------------ */

static int
by_time (gconstpointer a, gconstpointer b)
{
  const SimHappening *one = *(SimHappening *const *) a, *other = *(SimHappening *const *) b;
  if (one->at != other->at)
    return one->at < other->at ? -1 : 1;
  return one->line < other->line ? -1 : one->line > other->line;
}

static gboolean
check_text (const char *name, const char *text, gsize length, GError **error)
{
  const char *end;
  if (length > MAX_BYTES) {
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_FILE,
                 "%s: longer than %d bytes, this is no scenario", name, MAX_BYTES);
    return FALSE;
  }
  if (!g_utf8_validate_len (text, length, &end)) {
    guint line = 1;
    for (const char *c = text; c < end; c++)
      line += *c == '\n';
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_FILE, "%s:%u: not UTF-8 text", name, line);
    return FALSE;
  }
  return TRUE;
}

SimScenario *
sim_scenario_parse (const char *name, const char *text, gsize length, GError **error)
{
  if (!check_text (name, text, length, error))
    return NULL;
  g_autoptr (SimScenario) scenario = g_new0 (SimScenario, 1);
  scenario->name = g_strdup (name);
  scenario->happenings = g_ptr_array_new_with_free_func (happening_free);

  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_auto (GStrv) words = words_of (lines[i]);
    if (!words[0])
      continue;
    SimHappening *happening = parse_line (words, error);
    if (!happening) {
      g_prefix_error (error, "%s:%u: ", name, i + 1);
      return NULL;
    }
    happening->line = i + 1;
    g_ptr_array_add (scenario->happenings, happening);
  }
  g_ptr_array_sort (scenario->happenings, by_time);
  return g_steal_pointer (&scenario);
}

/* Where those that ship are: as the catalogue, beside which they are installed. */
static char *
shipped_folder (void)
{
  const char *given = g_getenv ("GDP_CATALOGUE");
  if (given)
    return g_build_filename (given, "scenarios", NULL);
  char *installed = g_build_filename (GDP_PKGDATADIR, "catalogue", "scenarios", NULL);
  if (g_file_test (installed, G_FILE_TEST_IS_DIR))
    return installed;
  g_free (installed);
  return g_build_filename (GDP_SOURCE_CATALOGUE, "scenarios", NULL);
}

SimScenario *
sim_scenario_load (const char *name, GError **error)
{
  g_autofree char *folder = shipped_folder ();
  g_autofree char *file = g_strconcat (name, SUFFIX, NULL);
  g_autofree char *shipped = g_build_filename (folder, file, NULL);
  gboolean plain = !strchr (name, '/') && g_file_test (shipped, G_FILE_TEST_EXISTS);
  if (!plain && !g_file_test (name, G_FILE_TEST_EXISTS)) {
    g_autofree char *list = sim_scenario_list (NULL);
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_FILE,
                 "%s: no such file, and no scenario of that name ships; these do:\n%s",
                 name, list ? list : "none");
    return NULL;
  }

  const char *path = plain ? shipped : name;
  g_autofree char *text = NULL, *base = g_path_get_basename (path);
  gsize length;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  return sim_scenario_parse (plain ? base : name, text, length, error);
}

/* The deed must fit one unit of its site; "every site" means: every site that has such a thing. */
static gboolean
check_happening (const SimHappening *happening, GPtrArray *units, GError **error)
{
  gboolean found = FALSE, fits = FALSE;
  g_autoptr (GError) misfit = NULL;
  for (guint i = 0; i < units->len && !fits; i++) {
    const SimUnit *unit = units->pdata[i];
    if (happening->site && strcmp (happening->site, sim_unit_site_id (unit)) != 0)
      continue;
    found = TRUE;
    fits = !happening->site || sim_deed_fits (&happening->deed, unit, misfit ? NULL : &misfit);
  }
  if (!found)
    g_set_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_SITE,
                 "there is no site \"%s\" among the %u played", happening->site, units->len);
  else if (!fits)
    g_propagate_error (error, g_steal_pointer (&misfit));
  return fits;
}

gboolean
sim_scenario_check (const SimScenario *scenario, GPtrArray *units, GError **error)
{
  for (guint i = 0; i < scenario->happenings->len; i++) {
    const SimHappening *happening = scenario->happenings->pdata[i];
    if (!check_happening (happening, units, error)) {
      g_prefix_error (error, "%s:%u: ", scenario->name, happening->line);
      return FALSE;
    }
  }
  return TRUE;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
sim_scenario_list (GError **error)
{
  g_autofree char *folder = shipped_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  if (!dir)
    return NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  for (const char *file; (file = g_dir_read_name (dir));)
    if (g_str_has_suffix (file, SUFFIX))
      g_ptr_array_add (files, g_strdup (file));
  g_ptr_array_sort (files, by_name);

  GString *list = g_string_new (NULL);
  for (guint i = 0; i < files->len; i++) {
    const char *file = files->pdata[i];
    g_autofree char *path = g_build_filename (folder, file, NULL), *text = NULL;
    if (!g_file_get_contents (path, &text, NULL, NULL))
      continue;
    /* The first line is a comment that says what it is about. */
    const char *about = text + strspn (text, "# ");
    g_string_append_printf (list, "  %-12.*s %.*s\n", (int) (strlen (file) - strlen (SUFFIX)), file,
                            (int) strcspn (about, "\n"), about);
  }
  return g_string_free (list, FALSE);
}
