/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of alarms as a GListModel: its order, and what it says of a change. */
#include "ui/alarm-list.h"

#include <math.h>

typedef struct { guint calls, removed, added; } Heard;

static void
on_changed (GListModel *model, guint position, guint removed, guint added, Heard *heard)
{
  heard->calls++;
  heard->removed += removed;
  heard->added += added;
}

static GdpAlarm *
alarm_new (const char *id, gboolean active, gboolean acked, guint8 priority, gint64 occurred)
{
  GdpAlarm alarm = { .id = id, .condition = GDP_CONDITION_HIGH, .active = active, .acked = acked, .priority = priority,
                     .value = 1, .limit = NAN, .occurrence = 1, .occurred = occurred, .learned = occurred };

  return gdp_alarm_copy (&alarm);
}

static void
apply (UiAlarmList *list, gboolean whole, GdpAlarm *alarm, ...)
{
  g_autoptr (GPtrArray) alarms = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_alarm_free);
  va_list rest;

  va_start (rest, alarm);
  for (; alarm != NULL; alarm = va_arg (rest, GdpAlarm *))
    g_ptr_array_add (alarms, alarm);
  va_end (rest);
  ui_alarm_list_apply (list, alarms, whole, NULL, NULL, NULL);
}

static char *
order (UiAlarmList *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ui_alarm_list_get_size (list); i++)
    g_string_append_printf (text, "%s ", ui_alarm_get (ui_alarm_list_peek (list, i))->id);
  return g_string_free (text, FALSE);
}

static void
test_unacked_then_priority_then_newest (void)
{
  g_autoptr (UiAlarmList) list = ui_alarm_list_new ();
  g_autofree char *text = NULL;

  apply (list, FALSE, alarm_new ("acked1", TRUE, TRUE, 1, 50), alarm_new ("old2", TRUE, FALSE, 2, 10),
         alarm_new ("new2", TRUE, FALSE, 2, 20), alarm_new ("p3", TRUE, FALSE, 3, 90),
         alarm_new ("p1", FALSE, FALSE, 1, 5), NULL);
  text = order (list);
  g_assert_cmpstr (text, ==, "p1 new2 old2 p3 acked1 ");
}

static void
test_value_change_moves_nothing (void)
{
  g_autoptr (UiAlarmList) list = ui_alarm_list_new ();
  Heard heard = { 0 };
  UiAlarm *row;
  GdpAlarm *same = alarm_new ("a", TRUE, FALSE, 2, 10);

  apply (list, FALSE, alarm_new ("a", TRUE, FALSE, 2, 10), alarm_new ("b", TRUE, FALSE, 2, 20), NULL);
  row = ui_alarm_list_find (list, "a");
  g_signal_connect (list, "items-changed", G_CALLBACK (on_changed), &heard);
  same->value = 7;
  apply (list, FALSE, same, NULL);
  g_assert_cmpuint (heard.calls, ==, 0);
  g_assert_true (ui_alarm_list_find (list, "a") == row);
  g_assert_cmpfloat (ui_alarm_get (row)->value, ==, 7);
}

static void
test_acknowledged_row_moves_alone (void)
{
  g_autoptr (UiAlarmList) list = ui_alarm_list_new ();
  Heard heard = { 0 };
  UiAlarm *row;
  g_autofree char *text = NULL;

  apply (list, FALSE, alarm_new ("a", TRUE, FALSE, 1, 10), alarm_new ("b", TRUE, FALSE, 2, 20),
         alarm_new ("c", TRUE, TRUE, 3, 5), NULL);
  row = ui_alarm_list_find (list, "a");
  g_signal_connect (list, "items-changed", G_CALLBACK (on_changed), &heard);
  apply (list, FALSE, alarm_new ("a", TRUE, TRUE, 1, 10), NULL);
  text = order (list);
  g_assert_cmpstr (text, ==, "b a c ");
  g_assert_cmpuint (heard.removed, ==, 1);
  g_assert_cmpuint (heard.added, ==, 1);
  g_assert_true (ui_alarm_list_find (list, "a") == row);
}

static void
test_normal_row_leaves (void)
{
  g_autoptr (UiAlarmList) list = ui_alarm_list_new ();

  apply (list, FALSE, alarm_new ("a", TRUE, FALSE, 1, 10), NULL);
  apply (list, FALSE, alarm_new ("a", FALSE, TRUE, 1, 10), NULL);
  g_assert_cmpuint (ui_alarm_list_get_size (list), ==, 0);
  g_assert_null (ui_alarm_list_find (list, "a"));
}

static void
test_whole_state_drops_what_it_does_not_name (void)
{
  g_autoptr (UiAlarmList) list = ui_alarm_list_new ();
  UiAlarm *kept;
  g_autofree char *text = NULL;

  apply (list, FALSE, alarm_new ("a", TRUE, FALSE, 1, 10), alarm_new ("b", TRUE, FALSE, 2, 20), NULL);
  kept = ui_alarm_list_find (list, "b");
  apply (list, TRUE, alarm_new ("b", TRUE, FALSE, 2, 20), alarm_new ("n", FALSE, TRUE, 2, 20),
         alarm_new ("c", TRUE, FALSE, 1, 1), NULL);
  text = order (list);
  g_assert_cmpstr (text, ==, "c b ");
  g_assert_true (ui_alarm_list_find (list, "b") == kept);
  g_assert_null (ui_alarm_list_find (list, "a"));
}

/* Many at once take another way through the code; it must lead to the same place. */
static void
test_many_at_once_equal_one_by_one (void)
{
  g_autoptr (UiAlarmList) bulk = ui_alarm_list_new (), single = ui_alarm_list_new ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (11);

  for (guint round = 0; round < 4; round++) {
    g_autoptr (GPtrArray) alarms = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_alarm_free);
    g_autofree char *a = NULL, *b = NULL;

    for (guint i = 0; i < 500; i++) {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_ptr_array_add (alarms, alarm_new (id, g_rand_boolean (chance), g_rand_boolean (chance),
                                          g_rand_int_range (chance, 1, 5), g_rand_int_range (chance, 1, 50)));
    }
    ui_alarm_list_apply (bulk, alarms, FALSE, NULL, NULL, NULL);
    for (guint i = 0; i < alarms->len; i++)
      apply (single, FALSE, gdp_alarm_copy (alarms->pdata[i]), NULL);
    a = order (bulk);
    b = order (single);
    g_assert_cmpstr (a, ==, b);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alarm-list/unacked-then-priority-then-newest", test_unacked_then_priority_then_newest);
  g_test_add_func ("/alarm-list/value-change-moves-nothing", test_value_change_moves_nothing);
  g_test_add_func ("/alarm-list/acknowledged-row-moves-alone", test_acknowledged_row_moves_alone);
  g_test_add_func ("/alarm-list/normal-row-leaves", test_normal_row_leaves);
  g_test_add_func ("/alarm-list/whole-state-drops-what-it-does-not-name",
                   test_whole_state_drops_what_it_does_not_name);
  g_test_add_func ("/alarm-list/many-at-once-equal-one-by-one", test_many_at_once_equal_one_by_one);
  return g_test_run ();
}
