/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "data/catalogue.h"
#include "data/json-schema.h"
#include "gdp/point.h"

static void
test_keywords (void)
{
  static const struct { const char *schema, *good, *bad; } cases[] = {
    { "{\"type\": \"integer\"}",                        "1.0",              "1.5" },
    { "{\"type\": \"object\"}",                         "{}",               "[]" },
    { "{\"type\": \"null\"}",                           "null",             "false" },
    { "{\"enum\": [1, \"1\", null, true]}",             "true",             "false" },
    { "{\"const\": 1}",                                 "1.0",              "true" },
    { "{\"minimum\": 1}",                               "1",                "0.999" },
    { "{\"maximum\": 1}",                               "1",                "1.001" },
    { "{\"exclusiveMinimum\": 1}",                      "1.001",            "1" },
    { "{\"exclusiveMaximum\": 1}",                      "0.999",            "1" },
    { "{\"minLength\": 2}",                             "\"жж\"",           "\"ж\"" },
    { "{\"maxLength\": 2}",                             "\"жж\"",           "\"жжж\"" },
    { "{\"minItems\": 1}",                              "[0]",              "[]" },
    { "{\"maxItems\": 1}",                              "[0]",              "[0, 0]" },
    { "{\"minProperties\": 1}",                         "{\"a\": 1}",       "{}" },
    { "{\"pattern\": \"^a+$\"}",                        "\"aa\"",           "\"aa\\n\"" },
    { "{\"pattern\": \"b\"}",                           "\"abc\"",          "\"ac\"" },
    { "{\"items\": {\"type\": \"number\"}}",            "[1, 2]",           "[1, \"2\"]" },
    { "{\"required\": [\"a\", \"b\"]}",                 "{\"a\": 1, \"b\": 2}", "{\"a\": 1}" },
    { "{\"properties\": {\"a\": {\"type\": \"null\"}}}", "{\"b\": 1}",      "{\"a\": 1}" },
    { "{\"properties\": {\"a\": {}}, \"additionalProperties\": false}", "{\"a\": 1}", "{\"b\": 1}" },
    { "{\"propertyNames\": {\"pattern\": \"^a\"}}",     "{\"ab\": 1}",      "{\"ba\": 1}" },
    { "{\"allOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}", "1.5",           "3" },
    { "{\"if\": {\"type\": \"number\"}, \"then\": {\"minimum\": 1}, \"else\": {\"type\": \"string\"}}", "\"a\"", "0" },
    { "{\"if\": {\"type\": \"number\"}, \"then\": {\"minimum\": 1}, \"else\": {\"type\": \"string\"}}", "1", "null" },
    { "{\"definitions\": {\"p\": {\"minimum\": 1}}, \"items\": {\"$ref\": \"#/definitions/p\"}}", "[1]", "[1, 0]" },
    { "{\"minimum\": 1, \"maxLength\": 1, \"maxItems\": 0, \"required\": [\"a\"]}", "true", "0" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (DataJsonSchema) schema = data_json_schema_new (cases[i].schema, &error);
    g_assert_no_error (error);
    const char *const documents[] = { cases[i].good, cases[i].bad };
    for (guint k = 0; k < 2; k++) {
      g_autoptr (DataJson) json = data_json_parse (documents[k], -1, NULL, &error);
      g_assert_no_error (error);
      g_auto (DataProblems) problems;
      data_problems_init (&problems);
      gboolean ok = data_json_schema_check (schema, data_json_root (json), &problems);
      g_assert_true (ok == (problems.n == 0));
      if (ok != (k == 0))
        g_error ("%s says %s of %s", cases[i].schema, ok ? "good" : "bad", documents[k]);
    }
  }
}

static void
test_bad_schemas (void)
{
  static const struct { const char *schema, *says; } bad[] = {
    { "{\"oneOf\": []}", "line 1: /oneOf: this keyword is not supported" },
    { "{\"items\": {\n\"format\": \"uri\"}}", "line 2: /items/format" },
    { "{\"type\": \"nubmer\"}", "no type" },
    { "{\"type\": [\"number\"]}", "one type" },
    { "{\"minimum\": \"1\"}", "number" },
    { "{\"pattern\": \"(\"}", "(" },
    { "{\"required\": \"a\"}", "array of names" },
    { "{\"enum\": [[]]}", "scalars" },
    { "{\"additionalProperties\": true}", "false" },
    { "{\"$ref\": \"#/definitions/none\"}", "names no schema" },
    { "{\"$ref\": \"other.json\"}", "names no schema" },
    { "{\"definitions\": {\"a\": {}}, \"items\": {\"$ref\": \"#/definitions/a\", \"type\": \"null\"}}", "ignores" },
    { "[]", "must be a schema" },
    { "{\"properties\": {\"a\": true}}", "schemas" },
    { "{", "line 1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (data_json_schema_new (bad[i].schema, &error));
    g_assert_nonnull (error);
    if (!strstr (error->message, bad[i].says))
      g_error ("%s: %s", bad[i].schema, error->message);
  }
}

static void
test_a_member_is_blamed_once (void)
{
  static const char text[] = "{\"properties\": {\"a\": {}}, \"additionalProperties\": false,"
                             " \"allOf\": [{\"propertyNames\": {\"enum\": [\"a\"]}}]}";
  g_autoptr (DataJsonSchema) schema = data_json_schema_new (text, NULL);
  g_autoptr (DataJson) json = data_json_parse ("{\"b\": 1}", -1, NULL, NULL);
  g_auto (DataProblems) problems;
  data_problems_init (&problems);
  g_assert_false (data_json_schema_check (schema, data_json_root (json), &problems));
  g_assert_cmpuint (problems.n, ==, 1);
}

/* The kinds stand in gdp/point.c and in the schema, and nowhere may one be forgotten. */
static void
test_schema_knows_every_kind (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  g_autoptr (DataJson) json = data_json_parse (data_catalogue_schema (catalogue), -1, NULL, &error);
  g_assert_no_error (error);
  DataJsonNode *point = data_json_find (data_json_root (json), "/definitions/point");
  DataJsonNode *kinds = data_json_find (point, "/properties/kind/enum");
  g_assert_cmpuint (kinds->n, ==, GDP_N_POINT_KINDS);
  for (DataJsonNode *word = kinds->first; word; word = word->next) {
    GdpPointKind kind;
    g_assert_true (gdp_point_kind_parse (word->string, &kind));
    const char *list = gdp_point_kind_info (kind)->discrete ? "/allOf/0/if/properties/kind/enum"
                                                            : "/allOf/1/if/properties/kind/enum";
    guint found = 0;
    for (DataJsonNode *other = data_json_find (point, list)->first; other; other = other->next)
      found += strcmp (other->string, word->string) == 0;
    g_assert_cmpuint (found, ==, 1);
  }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-schema/every-keyword-accepts-and-refuses", test_keywords);
  g_test_add_func ("/json-schema/what-is-not-supported-is-an-error-at-load", test_bad_schemas);
  g_test_add_func ("/json-schema/a-member-is-blamed-once", test_a_member_is_blamed_once);
  g_test_add_func ("/json-schema/passport-schema-knows-every-kind-of-point", test_schema_knows_every_kind);
  return g_test_run ();
}
