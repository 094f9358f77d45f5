/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies ahead, from a real store. */
#include "stage.h"

#include "data/outlook.h"
#include "data/trend.h"

#define NOW (20000 * DATA_DAY)

typedef struct { Stage *stage; DataStore *store; GdpNetwork *network; } Fixture;

/* One site: battery with L and LL, filter with H, a pressure and a temperature. */
static void
set_up (Fixture *f, gconstpointer data)
{
  static const GdpPointKind kinds[] = { GDP_POINT_BATTERY_VOLTAGE, GDP_POINT_FILTER_DP, GDP_POINT_OUTLET_PRESSURE,
                                        GDP_POINT_GAS_TEMPERATURE };
  g_autoptr (GError) error = NULL;

  f->stage = stage_new ();
  g_autoptr (DataStore) poster = stage_open (f->stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) plan = stage_network (1, G_N_ELEMENTS (kinds));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    plan->points[i].kind = kinds[i];
    plan->points[i].limits = (GdpLimits) { .level = { [GDP_LEVEL_LL] = { 21, 0, 0, 0, 1 }, [GDP_LEVEL_L] = { 22, 0, 0, 0, 2 },
                                                      [GDP_LEVEL_H] = { 30, 0, 0, 0, 2 } } };
  }
  gboolean ok = data_store_import (poster, plan, "engineer", 1, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  f->network = data_store_network (poster, NULL);
  f->store = stage_open (f->stage, DATA_ACCESS_SERVE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gdp_network_unref (f->network);
  data_store_close (f->store);
  stage_free (f->stage);
}

/* From @from at NOW - @days to @to at NOW, a value every minute. */
static void
fill (Fixture *f, guint point, guint days, double from, double to)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 since = NOW - days * DATA_DAY;

  for (gint64 time = since; time < NOW; time += 60 * GDP_SECOND) {
    double swing = (double) (time / (60 * GDP_SECOND) % 3 - 1) * 0.02;
    stage_add_reading (changes, f->network->points[point].key, time,
                       from + (to - from) * (double) (time - since) / (double) (NOW - since) + swing);
  }
  stage_commit (f->store, changes, TRUE);
}

static GArray *
ask (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  GArray *found = data_outlook (f->store, f->network, 0, NOW, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
  return found;
}

static void
test_ahead (Fixture *f, gconstpointer data)
{
  fill (f, 0, 7, 25.5, 23);      /* 0.357 V a day: L in 2.8 days */
  fill (f, 1, 7, 10, 20);        /* a filter: H in 7 days */
  fill (f, 3, 7, 29, 29.9);      /* a temperature is not slow */
  g_autoptr (GArray) found = ask (f);
  g_assert_cmpuint (found->len, ==, 2);
  const DataOutlook *battery = &g_array_index (found, DataOutlook, 0), *filter = &g_array_index (found, DataOutlook, 1);
  g_assert_cmpuint (battery->point, ==, 0);
  g_assert_cmpint (battery->level, ==, GDP_LEVEL_L);
  g_assert_cmpfloat_with_epsilon (battery->value, 23, 0.1);
  g_assert_cmpfloat_with_epsilon ((double) (battery->projection.at - NOW) / DATA_DAY, 2.8, 0.2);
  g_assert_cmpint (battery->projection.earliest, <=, battery->projection.at);
  g_assert_cmpint (battery->projection.latest, >=, battery->projection.at);
  g_assert_cmpint (filter->level, ==, GDP_LEVEL_H);
  g_assert_cmpfloat_with_epsilon ((double) (filter->projection.at - NOW) / DATA_DAY, 7, 0.3);
}

static void
test_next_level (Fixture *f, gconstpointer data)
{
  fill (f, 0, 7, 23.5, 21.5);    /* below L already: LL is what comes */
  g_autoptr (GArray) found = ask (f);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpint (g_array_index (found, DataOutlook, 0).level, ==, GDP_LEVEL_LL);
  g_assert_cmpfloat (g_array_index (found, DataOutlook, 0).limit, ==, 21);
}

static void
test_nothing (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) empty = ask (f);
  g_assert_cmpuint (empty->len, ==, 0);
  fill (f, 0, 7, 25, 25);        /* steady */
  fill (f, 1, 7, 10, 10.5);      /* in most of a year: who knows */
  fill (f, 2, 7, 21, 20);        /* beyond all its levels */
  g_autoptr (GArray) found = ask (f);
  g_assert_cmpuint (found->len, ==, 0);
}

static void
test_too_little (Fixture *f, gconstpointer data)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (guint i = 0; i < 5; i++)
    stage_add_reading (changes, f->network->points[0].key, NOW - (6 - i) * DATA_HOUR, 25 - 0.5 * i);
  stage_commit (f->store, changes, TRUE);
  g_autoptr (GArray) found = ask (f);
  g_assert_cmpuint (found->len, ==, 0);
}

/* The site of the battery has a contact of its mains, in the place of the temperature. */
static void
give_mains (Fixture *f, const char *chemistry)
{
  g_autoptr (DataStore) poster = stage_open (f->stage, DATA_ACCESS_POST);
  g_autoptr (GError) error = NULL;

  f->network->points[3].kind = GDP_POINT_MAINS;
  f->network->points[3].scaling.signal = GDP_SIGNAL_CONTACT;
  f->network->points[3].limits = (GdpLimits) { 0 };
  f->network->sites[0].battery = (GdpBattery) { chemistry, 24, 40 };
  gboolean ok = data_store_import (poster, f->network, "engineer", 2, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

/* Its mains were there until NOW - @hours, and are @state now. */
static void
fill_mains (Fixture *f, double hours, gboolean state)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  for (gint64 time = NOW - 7 * DATA_DAY; time < NOW; time += 60 * GDP_SECOND)
    stage_add_reading (changes, f->network->points[3].key, time, time < NOW - (gint64) (hours * DATA_HOUR) || (state && time > NOW - DATA_HOUR / 4));
  stage_commit (f->store, changes, TRUE);
}

static const DataOutlook *
ask_battery (Fixture *f, GArray **found)
{
  *found = ask (f);
  g_assert_cmpuint ((*found)->len, ==, 1);
  return &g_array_index (*found, DataOutlook, 0);
}

/* The mains are lost: until LL, from when they were. */
static void
test_battery (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) found = NULL;

  give_mains (f, "AGM");
  fill (f, 0, 3, 25, 22);        /* 1 V a day: 21 V in a day */
  fill_mains (f, 60, FALSE);
  const DataOutlook *battery = ask_battery (f, &found);
  g_assert_true (battery->on_battery);
  g_assert_cmpint (battery->level, ==, GDP_LEVEL_LL);
  g_assert_cmpint (battery->projection.kind, ==, GDP_PROJECTION_AHEAD);
  g_assert_cmpfloat_with_epsilon ((double) (battery->projection.at - NOW) / DATA_HOUR, 24, 2);
  g_assert_cmpint (ABS (battery->since - (NOW - 60 * DATA_HOUR)), <=, DATA_HOUR);
}

/* … they are there: it is charged, however it fell before. */
static void
test_fed (Fixture *f, gconstpointer data)
{
  give_mains (f, "AGM");
  fill (f, 0, 3, 25, 22);
  fill_mains (f, 60, TRUE);
  g_autoptr (GArray) found = ask (f);
  g_assert_cmpuint (found->len, ==, 0);
}

/* … they never were there, as far as anybody knows: since it is known. */
static void
test_never_fed (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) found = NULL;

  give_mains (f, "AGM");
  fill (f, 0, 3, 25, 24);
  fill_mains (f, 24 * 8, FALSE);
  g_assert_cmpint (ABS (ask_battery (f, &found)->since - (NOW - 7 * DATA_DAY)), <=, DATA_HOUR);
}

/* … what cannot be told is told, too. */
static void
test_battery_unknown (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) flat = NULL, young = NULL;

  give_mains (f, "LiFePO4");
  fill (f, 0, 3, 26, 25.5);
  fill_mains (f, 60, FALSE);
  g_assert_cmpint (ask_battery (f, &flat)->projection.kind, ==, GDP_PROJECTION_FLAT);
  give_mains (f, "AGM");
  fill_mains (f, 0.5, FALSE);
  const DataOutlook *battery = ask_battery (f, &young);
  g_assert_cmpint (battery->projection.kind, ==, GDP_PROJECTION_TOO_LITTLE);
  g_assert_cmpint (ABS (battery->since - (NOW - DATA_HOUR / 2)), <=, 60 * GDP_SECOND);
}

/* It ran out, and its unit is silent: that is told, and when it was. */
static void
test_dead (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) alive = NULL, dead = NULL;
  g_autoptr (GError) error = NULL;

  give_mains (f, "AGM");
  fill (f, 0, 3, 23, 20.9);
  fill_mains (f, 60, FALSE);
  g_assert_cmpint (ask_battery (f, &alive)->projection.kind, ==, GDP_PROJECTION_REACHED);
  dead = data_outlook (f->store, f->network, 0, NOW + 12 * DATA_HOUR, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dead->len, ==, 1);
  const DataOutlook *battery = &g_array_index (dead, DataOutlook, 0);
  g_assert_cmpint (battery->projection.kind, ==, GDP_PROJECTION_AHEAD);
  g_assert_cmpint (ABS (battery->projection.at - NOW), <=, 2 * DATA_HOUR);
  g_assert_cmpint (ABS (battery->since - (NOW - 60 * DATA_HOUR)), <=, DATA_HOUR);
}

/* By its course it would last hours yet, by what it shows it does not. */
static void
test_sudden (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) calm = NULL, empty = NULL;
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  give_mains (f, "AGM");
  fill (f, 0, 3, 24, 21.6);
  fill_mains (f, 60, FALSE);
  g_assert_cmpint (ask_battery (f, &calm)->projection.kind, ==, GDP_PROJECTION_AHEAD);
  stage_add_reading (changes, f->network->points[0].key, NOW - 30 * GDP_SECOND, 20.8);
  stage_add_reading (changes, f->network->points[0].key, NOW, 20.8);
  stage_commit (f->store, changes, TRUE);
  g_assert_cmpint (ask_battery (f, &empty)->projection.kind, ==, GDP_PROJECTION_REACHED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/outlook/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("what-comes-is-told-soonest-first", test_ahead);
  ADD ("of-what-is-reached-the-next-level", test_next_level);
  ADD ("steady-far-or-beyond-is-not-told", test_nothing);
  ADD ("a-few-values-tell-nothing", test_too_little);
  ADD ("a-battery-ends-where-the-site-does", test_battery);
  ADD ("mains-that-never-were-are-lost-since-that-is-known", test_never_fed);
  ADD ("a-battery-that-is-fed-has-no-end", test_fed);
  ADD ("of-a-silent-site-when-its-battery-was-empty", test_dead);
  ADD ("a-battery-is-empty-when-it-shows-it", test_sudden);
  ADD ("of-a-battery-it-is-told-that-nobody-knows", test_battery_unknown);
  return g_test_run ();
}
