/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "problem.h"

#define LONGEST_PATH    160   /* characters */
#define LONGEST_MESSAGE 400
#define LONGEST_QUOTE   60

void
data_problem_free (DataProblem *problem)
{
  g_free (problem->path);
  g_free (problem->message);
  g_free (problem->file);
  g_free (problem);
}

void
data_problems_init (DataProblems *problems)
{
  *problems = (DataProblems) { .kept = g_ptr_array_new_with_free_func ((GDestroyNotify) data_problem_free) };
}

void
data_problems_clear (DataProblems *problems)
{
  g_clear_pointer (&problems->kept, g_ptr_array_unref);
}

/* What a document says may be megabytes long or hold terminal controls: neither reaches a person. */
static char *
readable (const char *text, glong longest)
{
  const char *end = text;
  glong n = 0;
  for (; *end && n < longest; n++)
    end = g_utf8_next_char (end);
  char *copy = g_strdup_printf ("%.*s%s", (int) (end - text), text, *end ? "…" : "");
  for (char *c = copy; *c; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return copy;
}

char *
data_problem_quote (const char *text)
{
  g_autofree char *cut = readable (text, LONGEST_QUOTE);
  return g_strdup_printf ("“%s”", cut);
}

static void
add (DataProblems *problems, const char *path, guint line, const char *message)
{
  if (problems->n++ >= DATA_PROBLEMS_MAX)
    return;
  DataProblem *problem = g_new0 (DataProblem, 1);
  problem->path = readable (path, LONGEST_PATH);
  problem->line = line;
  problem->message = readable (message, LONGEST_MESSAGE);
  problem->file = g_strdup (problems->file);
  g_ptr_array_add (problems->kept, problem);
}

void
data_problems_add (DataProblems *problems, DataJsonNode *node, const char *format, ...)
{
  for (DataJsonNode *flawed = node; flawed; flawed = flawed->parent)
    flawed->flawed = TRUE;
  if (problems->n >= DATA_PROBLEMS_MAX) {   /* counted only: spare the text */
    problems->n++;
    return;
  }
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *path = data_json_pointer (node);
  add (problems, path, node->line, message);
}

void
data_problems_add_at (DataProblems *problems, guint line, const char *message)
{
  add (problems, "", line, message);
}

void
data_problems_begin (DataProblems *problems, const char *file)
{
  problems->file = file;
  problems->first = problems->kept->len;
}

static int
by_line (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const DataProblem *one = *(DataProblem *const *) a, *other = *(DataProblem *const *) b;
  return (one->line > other->line) - (one->line < other->line);
}

void
data_problems_end (DataProblems *problems)
{
  guint n = problems->kept->len - problems->first;
  if (n > 1)
    g_qsort_with_data (problems->kept->pdata + problems->first, (int) n, sizeof (gpointer), by_line, NULL);
  problems->file = NULL;
}

GPtrArray *
data_problems_steal (DataProblems *problems)
{
  GPtrArray *kept = problems->kept;
  data_problems_init (problems);
  return kept;
}

char *
data_problem_text (const DataProblem *problem)
{
  GString *text = g_string_new (problem->file);
  if (problem->line)
    g_string_append_printf (text, ":%u", problem->line);
  if (*problem->path)
    g_string_append_printf (text, ": %s", problem->path);
  g_string_append_printf (text, ": %s", problem->message);
  return g_string_free (text, FALSE);
}
