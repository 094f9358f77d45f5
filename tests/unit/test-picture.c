/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known now, of a feed that also brings what happened long ago. */
#include "ui/picture.h"

#include "plant.h"

typedef struct { GdpNetwork *network; UiPicture *picture; } Case;

static Case
case_open (void)
{
  Case self = { plant_network (usual ()), ui_picture_new () };

  ui_picture_configure (self.picture, self.network);
  return self;
}

static void
case_close (Case *self)
{
  ui_picture_free (self->picture);
  gdp_network_unref (self->network);
}

/* What the feed brings of @point (index); the source time in seconds after START. Returns what was made of it. */
static guint
hear (Case *self, guint point, double at, double value, GdpReason reason)
{
  gint64 time = START + (gint64) (at * GDP_SECOND);

  return ui_picture_take_reading (self->picture, &(GdpReading) {
    .seq = 1, .point = self->network->points[point].key, .time = time, .received = START + 1000 * GDP_SECOND,
    .value = value, .reason = reason });
}

static double
shown (Case *self, guint point)
{
  const GdpReading *reading = ui_picture_reading (self->picture, point);

  return reading != NULL ? reading->value : NAN;
}

/* A unit delivers its archive after it was out of reach: those rows are history, however late they come. */
static void
test_older_reading_does_not_take_the_place_of_a_newer_one (void)
{
  Case self = case_open ();

  g_assert_cmpuint (hear (&self, P (U2, LOOP), 100, 7.5, GDP_REASON_NONE), ==, P (U2, LOOP));
  g_assert_cmpuint (hear (&self, P (U2, LOOP), 40, 3.1, GDP_REASON_NONE), ==, G_MAXUINT);
  g_assert_cmpfloat (shown (&self, P (U2, LOOP)), ==, 7.5);
  g_assert_cmpuint (hear (&self, P (U2, LOOP), 100, 7.6, GDP_REASON_NONE), ==, P (U2, LOOP));   /* told again */
  g_assert_cmpuint (hear (&self, P (U2, LOOP), 101, 7.7, GDP_REASON_NONE), ==, P (U2, LOOP));
  g_assert_cmpfloat (shown (&self, P (U2, LOOP)), ==, 7.7);
  case_close (&self);
}

/* Neither does an old one that says the point is bad: what is not told stays counted by what is known now. */
static void
test_older_reading_changes_no_count (void)
{
  Case self = case_open ();
  guint all = self.network->n_points;

  g_assert_cmpuint (ui_picture_untold (self.picture), ==, all);
  hear (&self, P (U1, PRESSURE), 100, 2.3, GDP_REASON_NONE);
  g_assert_cmpuint (ui_picture_untold (self.picture), ==, all - 1);
  hear (&self, P (U1, PRESSURE), 50, NAN, GDP_REASON_NO_COMMUNICATION);
  g_assert_cmpuint (ui_picture_untold (self.picture), ==, all - 1);
  g_assert_false (ui_picture_is_untold (self.picture, P (U1, PRESSURE)));
  hear (&self, P (U1, PRESSURE), 150, NAN, GDP_REASON_NO_COMMUNICATION);
  g_assert_cmpuint (ui_picture_untold (self.picture), ==, all);
  case_close (&self);
}

/* A mean says nothing of the moment when its hour ended, even where nothing else is known. */
static void
test_mean_is_never_shown (void)
{
  Case self = case_open ();

  g_assert_cmpuint (hear (&self, P (U1, LOOP), 100, 5, GDP_REASON_AVERAGED), ==, G_MAXUINT);
  g_assert_null (ui_picture_reading (self.picture, P (U1, LOOP)));
  hear (&self, P (U1, LOOP), 100, 6, GDP_REASON_NONE);
  g_assert_cmpuint (hear (&self, P (U1, LOOP), 200, 5, GDP_REASON_AVERAGED), ==, G_MAXUINT);
  g_assert_cmpfloat (shown (&self, P (U1, LOOP)), ==, 6);
  case_close (&self);
}

/* After a configuration without the last unit, and with it again: what stays configured stays known. */
static void
test_readings_follow_their_keys_to_another_configuration (void)
{
  Case self = case_open ();
  PlantSetup fewer = usual ();
  GdpContactInfo heard = { .key = 2, .state = GDP_CONTACT_SILENT, .seen = START };
  g_autoptr (GdpNetwork) small = NULL;

  hear (&self, P (U1, PRESSURE), 100, 2.3, GDP_REASON_NONE);
  hear (&self, P (U4, PRESSURE), 100, 2.4, GDP_REASON_NONE);
  g_assert_cmpuint (ui_picture_take_contact (self.picture, &heard).index, ==, U2);
  fewer.skip_unit = U4;
  small = plant_network (fewer);
  ui_picture_configure (self.picture, small);
  g_assert_cmpfloat (shown (&self, P (U1, PRESSURE)), ==, 2.3);
  g_assert_cmpuint (ui_picture_untold (self.picture), ==, small->n_points - 1);
  g_assert_cmpint (ui_picture_unit (self.picture, U2)->state, ==, GDP_CONTACT_SILENT);
  g_assert_null (ui_picture_unit (self.picture, U1));
  g_assert_cmpuint (hear (&self, P (U4, PRESSURE), 200, 2.5, GDP_REASON_NONE), ==, G_MAXUINT);   /* nobody knows it */
  ui_picture_configure (self.picture, self.network);
  g_assert_cmpfloat (shown (&self, P (U1, PRESSURE)), ==, 2.3);
  g_assert_null (ui_picture_reading (self.picture, P (U4, PRESSURE)));
  g_assert_cmpuint (ui_picture_untold (self.picture), ==, self.network->n_points - 1);
  case_close (&self);
}

/* Another limit, the same points: nothing moves, and the limit is the new one. */
static void
test_other_limits_leave_readings_where_they_are (void)
{
  Case self = case_open ();
  PlantSetup setup = usual ();
  g_autoptr (GdpNetwork) other = NULL;
  const GdpReading *before;

  setup.pressure.level[GDP_LEVEL_H].value += 1;
  other = plant_network (setup);
  hear (&self, P (U1, PRESSURE), 100, 2.3, GDP_REASON_NONE);
  before = ui_picture_reading (self.picture, P (U1, PRESSURE));
  ui_picture_configure (self.picture, other);
  g_assert_true (ui_picture_network (self.picture) == other);
  g_assert_true (ui_picture_reading (self.picture, P (U1, PRESSURE)) == before);
  g_assert_cmpuint (ui_picture_untold (self.picture), ==, other->n_points - 1);
  hear (&self, P (U1, PRESSURE), 101, 2.4, GDP_REASON_NONE);
  g_assert_cmpfloat (shown (&self, P (U1, PRESSURE)), ==, 2.4);
  case_close (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/older-reading-does-not-take-the-place-of-a-newer-one",
                   test_older_reading_does_not_take_the_place_of_a_newer_one);
  g_test_add_func ("/picture/older-reading-changes-no-count", test_older_reading_changes_no_count);
  g_test_add_func ("/picture/mean-is-never-shown", test_mean_is_never_shown);
  g_test_add_func ("/picture/readings-follow-their-keys-to-another-configuration",
                   test_readings_follow_their_keys_to_another_configuration);
  g_test_add_func ("/picture/other-limits-leave-readings-where-they-are", test_other_limits_leave_readings_where_they_are);
  return g_test_run ();
}
