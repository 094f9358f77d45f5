/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/session-budget.h"

#define DAY (GDP_DAY_SECONDS * G_GINT64_CONSTANT (1000000))
#define NOW (G_GINT64_CONSTANT (1795000000) * 1000000)

static GdpSessionBudget
budget_of (const char *settings, const char *calls, guint guaranteed, guint used)
{
  g_autoptr (GdpSettings) own = gdp_settings_parse (settings, NULL);
  g_autoptr (GArray) entries = gdp_schedule_parse (calls, NULL);
  GdpSessionBudget budget;
  gdp_session_budget (own, (GdpScheduleEntry *) (gpointer) entries->data, entries->len, 0, guaranteed, used, NOW, &budget);
  return budget;
}

static double
days (gint64 until)
{
  return (double) (until - NOW) / DAY;
}

/* What the brochure's figures come to. */
static void
test_brochure (void)
{
  static const struct { guint guaranteed; double half_hour, accident; } facts[] = {
    { 10000, 208.33, 34.72 }, { 7500, 156.25, 26.04 }, { 5000, 104.17, 17.36 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++) {
    GdpSessionBudget budget = budget_of ("confirmation=0.5h accident=5min", "", facts[i].guaranteed, 0);
    g_assert_cmpfloat_with_epsilon (days (budget.until), facts[i].half_hour, 0.02);
    g_assert_cmpfloat_with_epsilon (days (budget.until_in_accident), facts[i].accident, 0.01);
  }
  /* 10,000 in five years are 5.5 a day: a call every 4.4 h. */
  GdpSessionBudget budget = budget_of ("confirmation=264min", "", 10000, 0);
  g_assert_cmpfloat_with_epsilon (days (budget.until) / 365.25, 5, 0.03);
}

static void
test_used_ones_are_gone (void)
{
  GdpSessionBudget fresh = budget_of ("confirmation=24h", "", 5000, 0), half = budget_of ("confirmation=24h", "", 5000, 2500);
  GdpSessionBudget over = budget_of ("confirmation=24h", "", 5000, 6000);
  g_assert_cmpfloat_with_epsilon (days (half.until), days (fresh.until) / 2, 0.01);
  g_assert_cmpuint (half.left, ==, 2500);
  g_assert_cmpuint (over.left, ==, 0);
  g_assert_cmpint (over.until, ==, NOW);
}

static void
test_mains_need_no_budget (void)
{
  GdpSessionBudget budget = budget_of ("confirmation=0.5h", "", 0, 123);
  g_assert_cmpint (budget.until, ==, G_MAXINT64);
  g_assert_cmpfloat_with_epsilon (budget.a_year, 365.25 * 48, 1);
}

/* A scheduled call in time saves the confirmation. */
static void
test_schedule_and_confirmation (void)
{
  static const struct { const char *settings, *calls; double a_day; } cases[] = {
    { "confirmation=24h", "", 1 },
    { "confirmation=24h", "daily 06:30", 1 },
    { "confirmation=24h", "daily 06:30; daily 18:30", 2 },
    { "confirmation=12h", "daily 06:30; daily 08:30", 3 },   /* 22 h between them take one more */
    { "confirmation=6h", "daily 06:30", 4 },
    { "confirmation=24h", "daily 06:30; weekly mon,tue,wed,thu,fri,sat,sun 12:00", 2 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GdpSessionBudget budget = budget_of (cases[i].settings, cases[i].calls, 10000, 0);
    g_test_message ("%s, %s: %g a year", cases[i].settings, cases[i].calls, budget.a_year);
    g_assert_cmpfloat_with_epsilon (budget.a_year / 365.25, cases[i].a_day, 0.01);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-budget/the-brochure's-figures", test_brochure);
  g_test_add_func ("/session-budget/used-ones-are-gone", test_used_ones_are_gone);
  g_test_add_func ("/session-budget/mains-need-none", test_mains_need_no_budget);
  g_test_add_func ("/session-budget/a-scheduled-call-saves-a-confirmation", test_schedule_and_confirmation);
  return g_test_run ();
}
