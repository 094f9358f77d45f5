/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports that later ones are told against: which of them a unit keeps. */
#include "comms/bbt-unit.h"

enum { WAITING_MAX = 8, REPORTS = 4000 };

static CommsBbtReport
report_of (guint32 number)
{
  static const guint32 masks[] = { 0x1, 0x16FFF, 0xFFFFFFFF, 0x100, 0x80000401 };
  CommsBbtReport report = { .number = number, .mask = masks[number % G_N_ELEMENTS (masks)] };

  for (guint i = 0; i < COMMS_BBT_CHANNELS; i++)
    if (report.mask >> i & 1)
      report.values[i] = (gint32) ((number + i) % 100);
  return report;
}

/* An INCREMENT in which nothing changed. */
static gboolean
completes (CommsBbtUnit *unit, guint32 base)
{
  CommsBbtReport told = { .number = G_MAXUINT32, .base = base }, whole = report_of (base);

  if (!comms_bbt_unit_complete (unit, &told))
    return FALSE;
  g_assert_cmphex (told.mask, ==, whole.mask);
  g_assert_cmpmem (told.values, sizeof told.values, whole.values, sizeof whole.values);
  return TRUE;
}

/* The unit may know of none of the ACKs that are under way: it names a report that is up to eight behind. */
static void
test_what_may_be_named_is_kept (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  CommsBbtUnit unit = { 0 };
  guint32 acknowledged = 0, named = 0;

  for (guint32 sent = 1; sent <= REPORTS; sent++) {
    CommsBbtReport report = report_of (sent);
    guint32 before = acknowledged;

    comms_bbt_unit_add_base (&unit, &report);
    if (sent - acknowledged == WAITING_MAX || g_rand_boolean (rand))
      acknowledged = g_rand_int_range (rand, acknowledged, sent) + 1;
    if (acknowledged != before)
      comms_bbt_unit_acknowledge_base (&unit, acknowledged);
    if (sent > acknowledged)
      g_assert_false (completes (&unit, sent));
    if (acknowledged > 0 && g_rand_int_range (rand, 0, 5) == 0) {
      named = g_rand_int_range (rand, MAX (named, MAX ((gint64) acknowledged - WAITING_MAX, 1)), acknowledged + 1);
      g_assert_true (completes (&unit, named));
      g_assert_true (completes (&unit, named));
      g_assert_false (named > 1 && completes (&unit, named - 1));   /* it does not go back */
    }
  }
  g_assert_cmpuint (unit.bases_room, <, 3000);
  g_free (unit.bases);
}

static void
test_whole_reports_alone_do_not_pile_up (void)
{
  CommsBbtUnit unit = { 0 };

  for (guint32 i = 1; i <= REPORTS; i++) {
    CommsBbtReport report = report_of (2);

    report.number = i;
    comms_bbt_unit_add_base (&unit, &report);
    comms_bbt_unit_acknowledge_base (&unit, i);
  }
  g_assert_cmpuint (unit.bases_room, <, 16 * 100);
  g_free (unit.bases);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-base/what-may-be-named-is-kept", test_what_may_be_named_is_kept);
  g_test_add_func ("/bbt-base/whole-reports-alone-do-not-pile-up", test_whole_reports_alone_do_not_pile_up);
  return g_test_run ();
}
