/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/streams.h"

static guint n_wakes;

static void
wake (gpointer user_data)
{
  n_wakes++;
}

static CommsReport *
take (CommsUnitStreams *unit, guint stream, guint32 boot, guint32 through)
{
  CommsReport *report = comms_report_new (COMMS_REPORT_SAMPLES, 0, 0, 0, 0);

  comms_unit_streams_take (unit, stream, (CommsPlace) { boot, through }, report);
  return report;
}

static guint
known (CommsUnitStreams *unit, guint32 boot, guint32 first, guint count, guint32 expected_lost)
{
  guint32 lost;
  guint n = comms_unit_streams_known (unit, 1, (CommsPlace) { boot, first }, count, &lost);

  g_assert_cmpuint (lost, ==, expected_lost);
  return n;
}

static void
test_numbers (void)
{
  g_autoptr (CommsStreams) streams = comms_streams_new ();
  CommsUnitStreams *unit = comms_streams_of (streams, 5, 0, "U");

  g_assert_cmpuint (known (unit, 3, 40, 5, 0), ==, 0);     /* the first that was ever heard */
  comms_streams_load (streams, 5, 1, 3, 44);
  g_assert_cmpuint (known (unit, 3, 40, 5, 0), ==, 5);
  g_assert_cmpuint (known (unit, 3, 44, 5, 0), ==, 1);
  g_assert_cmpuint (known (unit, 3, 45, 5, 0), ==, 0);
  g_assert_cmpuint (known (unit, 3, 48, 5, 3), ==, 0);
  g_assert_cmpuint (known (unit, 2, 99, 5, 0), ==, 5);     /* of an earlier start */
  g_assert_cmpuint (known (unit, 4, 1, 5, 0), ==, 0);
  g_assert_cmpuint (known (unit, 4, 3, 5, 2), ==, 0);
  comms_streams_load (streams, 5, 1, 3, 40);               /* never backwards */
  g_assert_cmpuint (comms_unit_streams_stored (unit, 1).number, ==, 44);
  g_assert_cmpuint (comms_unit_streams_boot (unit), ==, 3);
}

static void
test_commit (void)
{
  g_autoptr (CommsStreams) streams = comms_streams_new ();
  CommsUnitStreams *unit = comms_streams_of (streams, 5, 0, "U");
  guint changed;

  n_wakes = 0;
  comms_streams_listen (streams, wake, NULL);
  CommsReport *a = take (unit, 1, 3, 5), *b = take (unit, 1, 3, 9), *c = take (unit, 2, 3, 1);
  g_assert_cmpuint (comms_unit_streams_waiting (unit), ==, 3);
  g_assert_cmpuint (known (unit, 3, 6, 4, 0), ==, 4);      /* taken, and not to be taken again */
  g_assert_cmpuint (comms_unit_streams_stored (unit, 1).number, ==, 0);
  comms_report_committed (a);
  comms_report_committed (b);
  comms_report_committed (c);
  g_assert_cmpuint (n_wakes, ==, 1);                       /* once for all that came together */
  g_assert_true (comms_streams_next (streams, &changed) == unit);
  g_assert_cmpuint (changed, ==, 1 << 1 | 1 << 2);
  g_assert_null (comms_streams_next (streams, &changed));
  g_assert_cmpuint (comms_unit_streams_stored (unit, 1).number, ==, 9);
  g_assert_cmpuint (comms_unit_streams_waiting (unit), ==, 0);
}

/* The queue ended with reports in it: their records come again, and must be taken then. */
static void
test_dropped (void)
{
  g_autoptr (CommsStreams) streams = comms_streams_new ();
  CommsUnitStreams *unit = comms_streams_of (streams, 5, 0, "U");
  CommsReport *a = take (unit, 1, 3, 5), *b = take (unit, 1, 3, 9), *c = take (unit, 1, 3, 12);

  comms_report_committed (a);
  comms_report_free (b);
  comms_report_free (c);
  g_assert_cmpuint (known (unit, 3, 1, 12, 0), ==, 5);
  g_assert_cmpuint (comms_unit_streams_waiting (unit), ==, 0);
}

static void
test_another_unit (void)
{
  g_autoptr (CommsStreams) streams = comms_streams_new ();
  CommsUnitStreams *unit = comms_streams_of (streams, 5, 0, "U");

  comms_report_committed (take (unit, 1, 3, 5));
  g_assert_true (comms_streams_of (streams, 5, 7, "U") == unit);
  g_assert_cmpuint (known (unit, 3, 1, 5, 0), ==, 5);
  g_assert_true (comms_streams_of (streams, 5, 7, "V") == unit);
  g_assert_cmpuint (known (unit, 3, 1, 5, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/streams/what-is-known-and-what-is-lost", test_numbers);
  g_test_add_func ("/streams/stored-after-the-commit", test_commit);
  g_test_add_func ("/streams/dropped-reports-were-never-taken", test_dropped);
  g_test_add_func ("/streams/another-serial-is-another-unit", test_another_unit);
  return g_test_run ();
}
