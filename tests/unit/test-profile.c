/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gdp/profile.h"

static GdpRegister
input (const char *channel, guint16 address, GdpRegisterType type)
{
  return (GdpRegister) { .channel = channel, .table = GDP_TABLE_INPUT_REGISTERS, .address = address,
                         .type = type, .scale = 1.0 };
}

static void
assert_refused (const GdpRegister *registers, guint n, GdpProfileError code, const char *a, const char *b)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, n, &error);

  g_assert_null (profile);
  g_assert_error (error, GDP_PROFILE_ERROR, (int) code);
  g_assert_nonnull (g_strstr_len (error->message, -1, a));
  g_assert_nonnull (g_strstr_len (error->message, -1, b));
}

static void
test_sorts_and_finds (void)
{
  GdpRegister registers[] = { input ("b", 4, GDP_REGISTER_U16), input ("a", 0, GDP_REGISTER_FLOAT),
                              { "d", GDP_TABLE_COILS, 0, GDP_REGISTER_BIT, GDP_WORDS_HIGH_FIRST, 1, 0, TRUE } };
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, 3, &error);
  g_assert_no_error (error);
  g_autoptr (GdpProfile) copy = gdp_profile_copy (profile);

  g_assert_cmpstr (copy->registers[0].channel, ==, "d");
  g_assert_cmpstr (copy->registers[1].channel, ==, "a");
  g_assert_cmpuint (gdp_profile_find (copy, "b")->address, ==, 4);
  g_assert_null (gdp_profile_find (copy, "z"));
  g_assert_cmpuint (copy->max_read, ==, 125);
}

static void
test_overlap (void)
{
  GdpRegister registers[] = { input ("late", 1, GDP_REGISTER_U16), input ("wide", 0, GDP_REGISTER_U32) };
  assert_refused (registers, 2, GDP_PROFILE_ERROR_OVERLAP, "late", "wide");
  registers[0].address = 0;
  assert_refused (registers, 2, GDP_PROFILE_ERROR_OVERLAP, "late", "wide");
  /* the same address in another table is another register */
  g_autoptr (GError) error = NULL;
  registers[0].table = GDP_TABLE_HOLDING_REGISTERS;
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, 2, &error);
  g_assert_no_error (error);
}

static void
test_duplicate (void)
{
  GdpRegister registers[] = { input ("ai1", 0, GDP_REGISTER_U16), input ("ai1", 9, GDP_REGISTER_U16) };
  assert_refused (registers, 2, GDP_PROFILE_ERROR_DUPLICATE, "ai1", "twice");
}

static void
test_senseless (void)
{
  GdpRegister bad[] = {
    input ("", 0, GDP_REGISTER_U16),
    input (NULL, 0, GDP_REGISTER_U16),
    input ("edge", 65535, GDP_REGISTER_U32),
    input ("bit", 0, GDP_REGISTER_BIT),
    { "zero", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, GDP_WORDS_HIGH_FIRST, 0.0 },
    { "nan", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, GDP_WORDS_HIGH_FIRST, NAN },
    { "table", 7, 0, GDP_REGISTER_U16, GDP_WORDS_HIGH_FIRST, 1.0 },
    { "type", GDP_TABLE_INPUT_REGISTERS, 0, 99, GDP_WORDS_HIGH_FIRST, 1.0 },
    { "rw", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, GDP_WORDS_HIGH_FIRST, 1.0, 0.0, TRUE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (&bad[i], 1, GDP_PROFILE_ERROR_INVALID, "“p”", bad[i].channel ? bad[i].channel : "");
}

#define SAYS(where, type) ((GdpRegister) { "x", GDP_TABLE_REPORT_VALUES, where, type, GDP_WORDS_HIGH_FIRST, 0.5 })
#define BIT(where, out)   ((GdpRegister) { "x", GDP_TABLE_REPORT_BITS, where, GDP_REGISTER_BIT, GDP_WORDS_HIGH_FIRST, 1, 0, out })

static void
test_reports (void)
{
  GdpRegister bad[] = { SAYS (0, GDP_REGISTER_U16), SAYS (9, GDP_REGISTER_U16), SAYS (32, GDP_REGISTER_U32),
                        SAYS (33, GDP_REGISTER_U16), SAYS (49, GDP_REGISTER_U32), BIT (19, FALSE), BIT (16, TRUE), BIT (7, TRUE) };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (&bad[i], 1, GDP_PROFILE_ERROR_INVALID, "“p”", "x");
  GdpRegister good[] = { SAYS (32, GDP_REGISTER_FLOAT), BIT (15, TRUE), SAYS (33, GDP_REGISTER_U32), SAYS (48, GDP_REGISTER_U32),
                         BIT (16, FALSE), BIT (18, FALSE) };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", &good[i], 1, &error);
    g_assert_no_error (error);
    g_assert_cmpint (gdp_register_is_event (&good[i]), ==, i >= 2);
    g_assert_cmpfloat (gdp_register_wrap (&good[i]), ==, i == 2 || i == 3 ? 2147483648.0 : 0);
    g_assert_cmpint (gdp_register_is_output (&good[i]), ==, i == 1);
  }
}

static void
test_decode (void)
{
  static const struct { GdpRegisterType type; GdpWordOrder order; guint16 words[2]; double value; } rows[] = {
    { GDP_REGISTER_BIT,   GDP_WORDS_HIGH_FIRST, { 1 },              1 },
    { GDP_REGISTER_U16,   GDP_WORDS_HIGH_FIRST, { 0xFFFF },         65535 },
    { GDP_REGISTER_S16,   GDP_WORDS_HIGH_FIRST, { 0xFFFF },         -1 },
    { GDP_REGISTER_U32,   GDP_WORDS_HIGH_FIRST, { 0x8000, 0x0001 }, 2147483649.0 },
    { GDP_REGISTER_U32,   GDP_WORDS_LOW_FIRST,  { 0x0001, 0x8000 }, 2147483649.0 },
    { GDP_REGISTER_S32,   GDP_WORDS_HIGH_FIRST, { 0xFFFF, 0xFFFE }, -2 },
    { GDP_REGISTER_FLOAT, GDP_WORDS_HIGH_FIRST, { 0x3FC0, 0x0000 }, 1.5 },
    { GDP_REGISTER_FLOAT, GDP_WORDS_LOW_FIRST,  { 0x0000, 0xBFC0 }, -1.5 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GdpRegister reg = { .type = rows[i].type, .words = rows[i].order, .scale = 2.0, .offset = 10.0 };
    g_assert_cmpfloat (gdp_register_decode (&reg, rows[i].words), ==, rows[i].value * 2 + 10);
  }
  GdpRegister real = { .type = GDP_REGISTER_FLOAT, .scale = 1.0 };
  g_assert_true (isnan (gdp_register_decode (&real, (guint16[]) { 0x7FC0, 0 })));
  g_assert_true (isinf (gdp_register_decode (&real, (guint16[]) { 0x7F80, 0 })));
}

static void
test_words (void)
{
  for (guint i = GDP_TABLE_COILS; i <= GDP_TABLE_INPUT_REGISTERS; i++) {
    GdpTable back;
    g_assert_true (gdp_table_parse (gdp_table_word (i), &back));
    g_assert_cmpuint (back, ==, i);
  }
  for (guint i = GDP_REGISTER_BIT; i <= GDP_REGISTER_FLOAT; i++) {
    GdpRegisterType back;
    g_assert_true (gdp_register_type_parse (gdp_register_type_word (i), &back));
    g_assert_cmpuint (back, ==, i);
  }
  g_assert_false (gdp_table_parse ("table", &(GdpTable) { 0 }));
  g_assert_false (gdp_register_type_parse (NULL, &(GdpRegisterType) { 0 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile/registers-are-sorted-and-found-by-channel", test_sorts_and_finds);
  g_test_add_func ("/profile/overlap-names-both-channels", test_overlap);
  g_test_add_func ("/profile/doubled-channel-is-refused", test_duplicate);
  g_test_add_func ("/profile/senseless-register-is-refused-by-name", test_senseless);
  g_test_add_func ("/profile/reports-have-counters-and-tampering", test_reports);
  g_test_add_func ("/profile/decodes-every-type-and-word-order", test_decode);
  g_test_add_func ("/profile/words-parse-back", test_words);
  return g_test_run ();
}
