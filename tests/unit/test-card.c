/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Response cards: which one is an alarm's, what a passport says in its place, and what was done about it. */
#include <string.h>

#include "gdp/card.h"
#include "plant.h"

#define HIGH "S1/p.high"
#define PT   P (U1, PRESSURE)

/* ---- whose card --------------------------------------------------------------------------------- */

static void
test_place (Plant *plant, gconstpointer data)
{
  static const struct { const char *alarm, *site, *tag, *point; GdpCondition condition; gboolean is; } cases[] = {
    { "S1/p.high", "S1", "p", "S1/p", GDP_CONDITION_HIGH, TRUE },
    { "S2/u.silent", "S2", "u", NULL, GDP_CONDITION_SILENT, TRUE },
    { "bus.lost", NULL, NULL, NULL, GDP_CONDITION_LOST, TRUE },
    { "gdp-1.store", NULL, NULL, NULL, GDP_CONDITION_STORE, TRUE },
    { "S1/p.hihg", NULL, NULL, NULL, GDP_CONDITION_HIGH, FALSE },
    { "S1/q.high", NULL, NULL, NULL, GDP_CONDITION_HIGH, FALSE },
    { "S1/p", NULL, NULL, NULL, GDP_CONDITION_HIGH, FALSE },
    { ".store", NULL, NULL, NULL, GDP_CONDITION_STORE, FALSE },
    { "", NULL, NULL, NULL, GDP_CONDITION_HIGH, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GdpAlarmPlace place;
    g_test_message ("%s", cases[i].alarm);
    g_assert_cmpint (gdp_alarm_place (plant->network, cases[i].alarm, &place), ==, cases[i].is);
    if (!cases[i].is)
      continue;
    g_assert_cmpstr (place.site != NULL ? place.site->id : NULL, ==, cases[i].site);
    g_assert_cmpstr (place.tag, ==, cases[i].tag);
    g_assert_cmpstr (place.point != NULL ? place.point->id : NULL, ==, cases[i].point);
    g_assert_cmpint (place.condition, ==, cases[i].condition);
  }
}

static GdpCard
card_at (const char *tag, GdpCondition condition)
{
  GdpSiteCard cards[] = {   /* in no order: what is more particular wins all the same */
    { "p", "high", { .steps = "of p.high", .minutes = 7 } },
    { NULL, "high", { .steps = "of high", .whom = "of high" } },
    { "p", NULL, { .steps = "of p", .whom = "of p", .consequence = "of p" } },
  };
  GdpSite site = { .cards = cards, .n_cards = G_N_ELEMENTS (cards) };
  GdpAlarmPlace place = { .site = &site, .tag = tag, .condition = condition };
  GdpCard catalogue = { "causes", "consequence", "steps", "whom", 30 };

  return gdp_card_of_site (catalogue, &place);
}

static void
test_passport_over_catalogue (void)
{
  GdpCard all = card_at ("p", GDP_CONDITION_HIGH), point = card_at ("p", GDP_CONDITION_LOW);
  GdpCard condition = card_at ("q", GDP_CONDITION_HIGH), none = card_at ("q", GDP_CONDITION_LOW);
  GdpCard unit = card_at (NULL, GDP_CONDITION_SILENT);

  g_assert_cmpstr (all.steps, ==, "of p.high");
  g_assert_cmpuint (all.minutes, ==, 7);
  g_assert_cmpstr (all.whom, ==, "of p");
  g_assert_cmpstr (all.consequence, ==, "of p");
  g_assert_cmpstr (all.causes, ==, "causes");
  g_assert_cmpstr (point.steps, ==, "of p");
  g_assert_cmpuint (point.minutes, ==, 30);
  g_assert_cmpstr (condition.steps, ==, "of high");
  g_assert_cmpstr (condition.consequence, ==, "consequence");
  g_assert_cmpstr (none.steps, ==, "steps");
  g_assert_cmpstr (unit.whom, ==, "whom");
}

/* ---- what was done ------------------------------------------------------------------------------ */

static void
set_pressure (Plant *plant, double value)
{
  plant->now += GDP_SECOND;
  sample (plant, PT, value);
}

static gboolean
handle (Plant *plant, const char *alarm, guint32 occurrence, const char *steps, const char *remark, GError **error)
{
  GdpDecision decision = { .alarm = alarm, .occurrence = occurrence, .who = "Ivanova", .why = remark, .steps = steps,
                           .now = plant->now };

  forget (plant);
  return gdp_engine_handle (plant->engine, &decision, plant->changes, error);
}

static void
test_done_is_journaled (Plant *plant, gconstpointer data)
{
  static const struct { guint step; const char *text; } said[] = { { 2, "Send a crew" }, { 5, "Warn them" }, { 0, "they know" } };

  set_pressure (plant, 2.8);
  set_pressure (plant, 2.0);   /* it is over: what was done about it can be logged all the same */
  g_assert_true (handle (plant, HIGH, 1, "2 Send a crew\n5 Warn them", "they know", NULL));
  g_assert_cmpuint (plant->changes->events->len, ==, G_N_ELEMENTS (said));
  g_assert_cmpuint (plant->changes->alarms->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (said); i++) {
    const GdpEvent *event = plant->changes->events->pdata[i];
    guint step = G_MAXUINT;
    g_assert_true (gdp_card_is_done (event, HIGH, 1, &step));
    g_assert_cmpuint (step, ==, said[i].step);
    g_assert_cmpstr (event->text, ==, said[i].text);
    g_assert_cmpstr (event->who, ==, "Ivanova");
    g_assert_cmpstr (event->site, ==, "S1");
    g_assert_cmpint (event->occurred, ==, plant->now);
    g_assert_false (gdp_card_is_done (event, HIGH, 2, NULL));
    g_assert_false (gdp_card_is_done (event, "S2/p.high", 1, NULL));
  }
  /* Nothing is acknowledged by it. */
  g_assert_false (gdp_engine_alarm (plant->engine, HIGH)->acked);
  /* About what was seen, though it recurred since. */
  set_pressure (plant, 2.8);
  g_assert_true (handle (plant, HIGH, 1, NULL, "late", NULL));
  g_assert_true (gdp_card_is_done (plant->changes->events->pdata[0], HIGH, 1, NULL));
}

static void
test_nothing_is_refused (Plant *plant, gconstpointer data)
{
  g_autofree char *endless = g_strnfill (GDP_CARD_TEXT + 1, 'x');
  g_autofree char *long_step = g_strconcat ("1 ", endless, NULL);
  const struct { const char *alarm; guint32 occurrence; const char *steps, *remark, *says; } cases[] = {
    { HIGH, 1, NULL, NULL, "Say what was done" },        { HIGH, 1, NULL, " \n", "Say what was done" },
    { HIGH, 2, "1 a", NULL, "has not occurred 2 times" }, { HIGH, 0, "1 a", NULL, "has not occurred 0 times" },
    { "S1/p.low", 1, "1 a", NULL, "no alarm" },
    { HIGH, 1, "", NULL, "Say what was done" },          { HIGH, 1, "a", NULL, "which steps" },
    { HIGH, 1, "1", NULL, "which steps" },               { HIGH, 1, "0 a", NULL, "which steps" },
    { HIGH, 1, "1 a\n", NULL, "which steps" },           { HIGH, 1, "51 a", NULL, "which steps" },
    { HIGH, 1, "-1 a", NULL, "which steps" },            { HIGH, 1, "4294967297 a", NULL, "which steps" },
    { HIGH, 1, long_step, NULL, "which steps" },         { HIGH, 1, "1 a", endless, "too long" },
  };

  set_pressure (plant, 2.8);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (handle (plant, cases[i].alarm, cases[i].occurrence, cases[i].steps, cases[i].remark, &error));
    if (strstr (error->message, cases[i].says) == NULL)
      g_error ("“%s” does not say “%s”", error->message, cases[i].says);
    g_assert_cmpuint (plant->changes->events->len, ==, 0);
  }
}

static void
sit (Plant *plant, gconstpointer data)
{
  plant_open (plant, usual ());
}

static void
leave (Plant *plant, gconstpointer data)
{
  plant_close (plant);
}

#define ADD(path, test) g_test_add (path, Plant, NULL, sit, test, leave)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/card/an-alarm-is-of-a-point-a-unit-a-link-or-a-server", test_place);
  g_test_add_func ("/card/what-is-more-particular-in-a-passport-comes-before-the-catalogue", test_passport_over_catalogue);
  ADD ("/card/each-step-that-was-done-is-a-record", test_done_is_journaled);
  ADD ("/card/what-says-nothing-or-is-of-nothing-is-refused", test_nothing_is_refused);
  return g_test_run ();
}
