/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenario files: what is understood, and what every kind of mistake says. */
#include <string.h>

#include "app/sim/scenario.h"
#include "sim-network.h"

static SimScenario *
parse (const char *text, GError **error)
{
  return sim_scenario_parse ("x.txt", text, strlen (text), error);
}

static void
durations (void)
{
  static const struct { const char *word; gint64 us; } good[] = {
    { "30s", 30 * GDP_SECOND }, { "1m30s", 90 * GDP_SECOND }, { "2h", 7200 * GDP_SECOND },
    { "500ms", GDP_SECOND / 2 }, { "0.5s", GDP_SECOND / 2 }, { "1h1m1s", 3661 * GDP_SECOND },
  };
  static const char *const bad[] = { "", "s", "30", "30x", "-5s", "+5s", "0s", "1e99s", "nan", "infs", "30s ",
                                     "5s-3s",                                    "99999h" };
  gint64 us;
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_true (sim_duration_parse (good[i].word, &us));
    g_assert_cmpint (us, ==, good[i].us);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sim_duration_parse (bad[i], &us));
}

static void
good_lines_in_any_order (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SimScenario) scenario = parse (
    "# a comment\n\n"
    "at +1m  GDP-002 mains lost   # why\r\n"
    "at +30s site GDP-001 slam-shut line 1 trips\n"
    "\tat +30s every site door opens\n"
    "at +0s GDP-001 sensor outlet1 fails high", &error);
  g_assert_no_error (error);
  const guint lines[] = { 6, 4, 5, 3 };
  g_assert_cmpuint (scenario->happenings->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (((SimHappening *) scenario->happenings->pdata[i])->line, ==, lines[i]);
  const SimHappening *trip = scenario->happenings->pdata[1], *door = scenario->happenings->pdata[2];
  g_assert_cmpstr (trip->site, ==, "GDP-001");
  g_assert_cmpstr (trip->words, ==, "slam-shut line 1 trips");
  g_assert_cmpint (trip->at, ==, 30 * GDP_SECOND);
  g_assert_cmpuint (trip->deed.line, ==, 1);
  g_assert_null (door->site);
}

static void
nothing_is_a_scenario_too (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SimScenario) scenario = parse ("# quiet\n", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scenario->happenings->len, ==, 0);
}

/* What is wrong, and all that the message must say. */
static const struct { const char *text, *says[4]; } mistakes[] = {
  { "at 30s GDP-001 mains lost", { "x.txt:1: ", "\"30s\"", "at +30s" } },
  { "\nwhen +30s GDP-001 mains lost", { "x.txt:2: ", "\"when\"", "at +30s" } },
  { "at", { "x.txt:1: ", "\"at\"", "at +30s" } },
  { "at +3x GDP-001 mains lost", { "x.txt:1: ", "\"+3x\"" } },
  { "at +30s", { "x.txt:1: ", "comes a site" } },
  { "at +30s site", { "x.txt:1: ", "comes a site" } },
  { "at +30s every GDP-001 mains lost", { "x.txt:1: ", "every site" } },
  { "at +30s GDP-001", { "x.txt:1: ", "ends too early", "slam-shut", "modem" } },
  { "at +30s GDP-001 slam-shut trpis",
    { "x.txt:1: ", "\"trpis\" is not known after \"slam-shut\"", "trips", "resets" } },
  { "at +30s GDP-001 explodes", { "x.txt:1: ", "\"explodes\" is not known", "mains", "door" } },
  { "at +30s GDP-001 mains lost forever",
    { "x.txt:1: ", "\"forever\" is not known after \"lost\"", "end of the line" } },
  { "at +30s GDP-001 slam-shut line 3 trips", { "x.txt:1: ", "\"3\" is not known after \"line\"", "1, 2" } },
  { "at +30s GDP-001 inlet falls to -1 kPa", { "x.txt:1: ", "\"-1\"", "a number" } },
  { "at +30s GDP-001 inlet falls to nan kPa", { "x.txt:1: ", "\"nan\"", "a number" } },
  { "at +30s GDP-001 inlet falls to 5 atm", { "x.txt:1: ", "\"atm\"", "kPa", "MPa" } },
  { "at +30s GDP-001 modem is silent for ever", { "x.txt:1: ", "\"ever\"", "a duration" } },
  { "at +30s GDP-001 sensor", { "x.txt:1: ", "ends too early after \"sensor\"", "tag" } },
  { "# ok\nat +30s GDP-001 mains lost\nat +1m GDP-001 gas leak starts 5 \xff", { "x.txt:3: ", "UTF-8" } },
};

static void
every_mistake_names_file_line_word_and_what_is_known (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (parse (mistakes[i].text, &error));
    g_assert_nonnull (error);
    for (guint n = 0; n < 4 && mistakes[i].says[n]; n++)
      if (!strstr (error->message, mistakes[i].says[n]))
        g_error ("\"%s\" gives \"%s\", which lacks \"%s\"",
                 mistakes[i].text, error->message, mistakes[i].says[n]);
  }
}

static void
absurd_files_are_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *huge = g_strnfill (2 * 1024 * 1024, '#');
  g_assert_null (parse (huge, &error));
  g_assert_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_FILE);
  g_clear_error (&error);
  g_assert_null (sim_scenario_parse ("x.txt", "a\0b", 3, &error));
  g_assert_error (error, SIM_SCENARIO_ERROR, SIM_SCENARIO_ERROR_FILE);
  g_clear_error (&error);
  g_assert_null (sim_scenario_load ("no-such-scenario", &error));
  g_assert_nonnull (strstr (error->message, "incident"));
}

static GPtrArray *
units_of (GdpNetwork *network)
{
  GPtrArray *units = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_unit_free);
  for (guint i = 0; i < network->n_units; i++)
    g_ptr_array_add (units, sim_unit_new (network, i, FALSE, 1, TEST_START));
  return units;
}

static void
what_is_not_there_is_named (void)
{
  static const struct { const char *text, *says; } cases[] = {
    { "at +1s GDP-001 slam-shut line 1 trips", NULL },
    { "at +1s every site slam-shut line 2 trips", NULL },
    { "\nat +1s GDP-009 mains lost", "x.txt:2: there is no site \"GDP-009\" among the 2 played" },
    { "at +1s GDP-001 slam-shut line 2 trips", "x.txt:1: GDP-001 has no line 2" },
    { "at +1s GDP-001 sensor outlet9 sticks",
      "x.txt:1: GDP-001 has no sensor \"outlet9\"; it has: inlet, outlet1," },
  };
  g_autoptr (GdpNetwork) network = test_network_new (TEST_ONE_LINE, 2);
  g_autoptr (GPtrArray) units = units_of (network);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SimScenario) scenario = parse (cases[i].text, &error);
    g_assert_no_error (error);
    g_assert_cmpint (sim_scenario_check (scenario, units, &error), ==, cases[i].says == NULL);
    if (cases[i].says)
      g_assert_true (g_str_has_prefix (error->message, cases[i].says));
  }
}

static void
those_that_ship_parse (void)
{
  static const char *const names[] = { "incident", "quiet", "leak", "calls", "line-lost", "slam-shut", "leak-door", "door-bangs" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SimScenario) scenario = sim_scenario_load (names[i], &error);
    g_assert_no_error (error);
    g_assert_nonnull (scenario);
  }
  g_autofree char *list = sim_scenario_list (NULL);
  g_assert_nonnull (strstr (list, "incident"));
  g_assert_null (strstr (list, "#"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* The tree's own files, not what an earlier installation left. */
  g_setenv ("GDP_CATALOGUE", GDP_SOURCE_CATALOGUE, TRUE);
#define TEST(function, name) g_test_add_func ("/sim-scenario/" name, function)
  TEST (durations, "durations");
  TEST (good_lines_in_any_order, "good-lines-in-any-order");
  TEST (nothing_is_a_scenario_too, "nothing-is-a-scenario-too");
  TEST (every_mistake_names_file_line_word_and_what_is_known, "every-mistake-names-file-line-and-word");
  TEST (absurd_files_are_refused, "absurd-files-are-refused");
  TEST (what_is_not_there_is_named, "what-is-not-there-is-named");
  TEST (those_that_ship_parse, "those-that-ship-parse");
  return g_test_run ();
}
