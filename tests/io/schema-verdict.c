/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema-verdict SCHEMA DOCUMENT…: one line a document, "good" or "bad" and what the first problem is. */
#include <stdio.h>

#include "data/json-schema.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  if (argc < 2 || !g_file_get_contents (argv[1], &text, NULL, &error))
    return 2;
  g_autoptr (DataJsonSchema) schema = data_json_schema_new (text, &error);
  g_assert_no_error (error);
  for (int i = 2; i < argc; i++) {
    g_autoptr (DataJson) json = data_json_load (argv[i], NULL, &error);
    g_assert_no_error (error);
    g_auto (DataProblems) problems;
    data_problems_init (&problems);
    gboolean ok = data_json_schema_check (schema, data_json_root (json), &problems);
    g_autofree char *first = ok ? NULL : data_problem_text (problems.kept->pdata[0]);
    printf ("%s%s%s\n", ok ? "good" : "bad", first ? " " : "", first ? first : "");
  }
  return 0;
}
