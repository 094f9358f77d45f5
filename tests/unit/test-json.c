/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "data/json-writer.h"
#include "data/json.h"

static void
test_bad_documents (void)
{
  static const struct { const char *text; gssize length; guint line; const char *says; } bad[] = {
    { "", -1, 1, "empty" },
    { " \n\n ", -1, 3, "empty" },
    { "{", -1, 1, "ends" },
    { "[1,\n2", -1, 2, "ends" },
    { "[1 2]", -1, 1, "“2”" },
    { "[1,]", -1, 1, "“]”" },
    { "{\"a\" 1}", -1, 1, "“:”" },
    { "{a: 1}", -1, 1, "double quotes" },
    { "{'a': 1}", -1, 1, "double quotes" },
    { "[1] x", -1, 1, "end of the document" },
    { "// note\n[]", -1, 1, "“/”" },
    { "[01]", -1, 1, "“01”" },
    { "[1.]", -1, 1, "“1.”" },
    { "[.5]", -1, 1, "“.5”" },
    { "[+1]", -1, 1, "“+1”" },
    { "[0x10]", -1, 1, "“0x10”" },
    { "[1e]", -1, 1, "“1e”" },
    { "[NaN]", -1, 1, "“NaN”" },
    { "[Infinity]", -1, 1, "“Infinity”" },
    { "[True]", -1, 1, "“True”" },
    { "\n[1e400]", -1, 2, "too large" },
    { "[\"a\nb\"]", -1, 1, "not closed" },
    { "[\"a", -1, 1, "inside a text" },
    { "[\"\\x\"]", -1, 1, "escape" },
    { "[\"\\u12g4\"]", -1, 1, "hexadecimal" },
    { "[\"\\u0000\"]", -1, 1, "NUL" },
    { "[\"\\ud800\"]", -1, 1, "surrogate" },
    { "[\"\\ud800\\u0041\"]", -1, 1, "surrogate" },
    { "[\"\\udc00\"]", -1, 1, "surrogate" },
    { "{\"a\": 1,\n\"b\": 2,\n\"a\": 3}", -1, 3, "twice in one object (first in line 1)" },
    { "[\"\xff\"]", -1, 1, "UTF-8" },
    { "[1,\n\"\xd0\"]", -1, 2, "UTF-8" },
    { "[1]\0[2]", 7, 1, "NUL" },
    { "\x1f\x8b\x08", -1, 1, "UTF-8" },
    { "\x01", -1, 1, "control character" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    guint line = 99;
    g_assert_null (data_json_parse (bad[i].text, bad[i].length, &line, &error));
    g_assert_nonnull (error);
    if (line != bad[i].line || !strstr (error->message, bad[i].says))
      g_error ("%s: line %u: %s", bad[i].text, line, error->message);
  }
}

/* Every beginning of a document is an error, and none reads beyond its end (under a sanitizer). */
static void
test_every_truncation (void)
{
  static const char text[] = "{\"a\": [1.5e-3, \"\\u00e9\\ud83d\\ude00ж\", true, null], \"b\": {\"c\": -0}}";
  for (gsize n = 0; n < sizeof text - 1; n++) {
    g_autofree char *part = g_memdup2 (text, n ? n : 1);
    g_autoptr (GError) error = NULL;
    g_assert_null (data_json_parse (part, (gssize) n, NULL, &error));
    g_assert_nonnull (error);
  }
  g_autoptr (DataJson) json = data_json_parse (text, -1, NULL, NULL);
  g_assert_nonnull (json);
}

static void
test_deep_nesting (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = g_strnfill (4 << 20, '[');
  g_assert_null (data_json_parse (deep, -1, NULL, &error));
  g_assert_error (error, DATA_JSON_ERROR, DATA_JSON_ERROR_BOUND);
}

static void
test_too_many_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("[0");
  for (guint i = 0; i < DATA_JSON_MAX_VALUES; i++)
    g_string_append (text, ",0");
  g_string_append_c (text, ']');
  g_assert_null (data_json_parse (text->str, (gssize) text->len, NULL, &error));
  g_assert_error (error, DATA_JSON_ERROR, DATA_JSON_ERROR_BOUND);
}

static void
test_values_and_lines (void)
{
  static const char text[] = "\xEF\xBB\xBF{\r\n \"a/b~\": [true, null,\n  -12.5e1, \"\\u0416\\ud83d\\ude00\\t\"],\n\"n\": 7}";
  g_autoptr (GError) error = NULL;
  g_autoptr (DataJson) json = data_json_parse (text, -1, NULL, &error);
  g_assert_no_error (error);
  DataJsonNode *root = data_json_root (json), *list = data_json_member (root, "a/b~");
  g_assert_cmpuint (list->n, ==, 4);
  g_assert_cmpfloat (data_json_item (list, 2)->number, ==, -125);
  g_assert_cmpuint (data_json_item (list, 2)->line, ==, 3);
  g_assert_cmpstr (data_json_item (list, 3)->string, ==, "Ж😀\t");
  g_autofree char *pointer = data_json_pointer (data_json_item (list, 3));
  g_assert_cmpstr (pointer, ==, "/a~1b~0/3");
  g_assert_true (data_json_find (root, pointer) == data_json_item (list, 3));
  g_assert_null (data_json_find (root, "/a~1b~0/9"));
  g_assert_cmpfloat (data_json_number (root, "n", 0), ==, 7);
  g_assert_cmpfloat (data_json_number (root, "m", 5), ==, 5);
  g_assert_null (data_json_string (root, "n"));
}

static double
read_back (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataJson) json = data_json_parse (text, -1, NULL, &error);
  g_assert_no_error (error);
  return data_json_item (data_json_root (json), 0)->number;
}

static void
test_numbers_come_back_exactly (void)
{
  for (guint i = 0; i < 20000; i++) {
    union { guint64 bits; double number; } any = { (guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int () };
    if (!isfinite (any.number))
      continue;
    DataJsonWriter *writer = data_json_writer_new (FALSE);
    data_json_open_array (writer, NULL, TRUE);
    data_json_put_number (writer, NULL, any.number);
    data_json_close (writer);
    g_autofree char *text = data_json_writer_end (writer);
    double back = read_back (text);
    g_assert_true (memcmp (&back, &any.number, sizeof back) == 0);

    float part = (float) g_test_rand_double_range (-3600, 3600);
    writer = data_json_writer_new (FALSE);
    data_json_open_array (writer, NULL, TRUE);
    data_json_put_float (writer, NULL, part);
    data_json_close (writer);
    g_autofree char *short_text = data_json_writer_end (writer);
    g_assert_true ((float) read_back (short_text) == part);
    g_assert_cmpuint (strlen (short_text), <=, 16);
  }
}

static void
test_written_form (void)
{
  DataJsonWriter *writer = data_json_writer_new (TRUE);
  data_json_open_object (writer, NULL, FALSE);
  data_json_put_number (writer, "a", 0.1);
  data_json_put_number (writer, "b", NAN);
  data_json_put_string (writer, "c", "\"\\\n\x01ж\xff");
  data_json_open_array (writer, "d", TRUE);
  data_json_put_integer (writer, NULL, -5);
  data_json_put_boolean (writer, NULL, TRUE);
  data_json_put_string (writer, NULL, NULL);
  data_json_close (writer);
  data_json_open_array (writer, "e", FALSE);
  data_json_close (writer);
  data_json_open_object (writer, "f", FALSE);
  data_json_put_float (writer, "g", 0.1f);
  data_json_close (writer);
  data_json_close (writer);
  g_autofree char *text = data_json_writer_end (writer);
  g_assert_cmpstr (text, ==,
                   "{\n  \"a\": 0.1,\n  \"b\": null,\n  \"c\": \"\\\"\\\\\\n\\u0001ж\357\277\275\",\n"
                   "  \"d\": [-5, true, null],\n  \"e\": [],\n  \"f\": {\n    \"g\": 0.1\n  }\n}\n");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");   /* messages hold “ ” */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/bad-document-is-refused-with-its-line", test_bad_documents);
  g_test_add_func ("/json/every-truncation-is-refused", test_every_truncation);
  g_test_add_func ("/json/four-million-brackets-are-refused", test_deep_nesting);
  g_test_add_func ("/json/too-many-values-are-refused", test_too_many_values);
  g_test_add_func ("/json/values-know-their-lines", test_values_and_lines);
  g_test_add_func ("/json/numbers-come-back-exactly", test_numbers_come_back_exactly);
  g_test_add_func ("/json/written-form", test_written_form);
  return g_test_run ();
}
