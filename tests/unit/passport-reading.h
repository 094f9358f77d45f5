/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of passports: a text read with the catalogue that ships, and what was wrong with it. */
#pragma once

#include <string.h>

#include "data/passport.h"

static DataCatalogue *catalogue;   /* main() loads it */

typedef struct {
  GdpNetwork *network;
  GPtrArray  *problems;
  guint       n;
} Reading;

/* What is wrong is told, as far as it is listed. */
static Reading
parse (const char *text, gssize length)
{
  Reading reading;
  reading.network = data_passport_parse ("test.json", text, length, catalogue, &reading.problems, &reading.n);
  g_assert_true ((reading.network != NULL) == (reading.n == 0));
  g_assert_cmpuint (reading.problems->len, ==, MIN (reading.n, DATA_PROBLEMS_MAX));
  for (guint i = 0; i < reading.problems->len; i++) {
    g_autofree char *said = data_problem_text (reading.problems->pdata[i]);
    g_test_message ("%s", said);
  }
  return reading;
}

static void
clear (Reading *reading)
{
  g_clear_pointer (&reading->network, gdp_network_unref);
  g_clear_pointer (&reading->problems, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, clear)

/* @text with @old, which must be there, replaced by @new. */
static char *
bent (const char *text, const char *old, const char *new)
{
  GString *result = g_string_new (text);
  g_assert_cmpuint (g_string_replace (result, old, new, 1), ==, 1);
  return g_string_free (result, FALSE);
}

/* A passport of which @new in the place of @old is the one thing wrong is refused: at @path, line @line, in words
 * with @says (or NULL). */
static void
refuses (const char *text, const char *old, const char *new, const char *path, const char *says, guint line)
{
  g_autofree char *wrong = bent (text, old, new);
  g_auto (Reading) reading = parse (wrong, -1);

  if (reading.n != 1)
    g_error ("“%s”: %u problems", new, reading.n);
  const DataProblem *problem = reading.problems->pdata[0];
  g_assert_cmpstr (problem->path, ==, path);
  g_assert_cmpuint (problem->line, ==, line);
  if (says != NULL && strstr (problem->message, says) == NULL)
    g_error ("“%s” does not say “%s”", problem->message, says);
}
