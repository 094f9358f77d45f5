/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may do what. */
#include "gdp/role.h"

/* One row a role, one column an act, as people were told it is. */
static void
test_table (void)
{
  static const char *const may[GDP_N_ROLES] = {
    [GDP_ROLE_VIEWER] = "............", [GDP_ROLE_DISPATCHER] = "xxxx..x.....", [GDP_ROLE_SENIOR_DISPATCHER] = "xxxxxxxx....",
    [GDP_ROLE_ENGINEER] = "xxxxxxxxxx..", [GDP_ROLE_ADMINISTRATOR] = "xxxxxxxxxxxx",
  };

  for (guint role = 0; role < GDP_N_ROLES; role++)
    for (guint act = 0; act < GDP_N_ACTS; act++)
      g_assert_cmpint (gdp_role_may (role, act), ==, may[role][act] == 'x');
}

static void
test_nonsense (void)
{
  g_assert_false (gdp_role_may (GDP_N_ROLES, GDP_ACT_ACKNOWLEDGE));
  g_assert_false (gdp_role_may (GDP_ROLE_ADMINISTRATOR, GDP_N_ACTS));
}

static void
test_words (void)
{
  GdpRole role;

  for (guint i = 0; i < GDP_N_ROLES; i++) {
    g_assert_true (gdp_role_parse (gdp_role_word (i), &role));
    g_assert_cmpint (role, ==, i);
  }
  g_assert_false (gdp_role_parse ("king", &role));
  g_assert_false (gdp_role_parse (NULL, &role));
  for (guint i = 0; i < GDP_N_ACTS; i++)
    g_assert_nonnull (gdp_act_words (i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/role/who-may-do-what", test_table);
  g_test_add_func ("/role/what-is-not-in-the-table-nobody-may", test_nonsense);
  g_test_add_func ("/role/words-round-trip", test_words);
  return g_test_run ();
}
