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

static void
test_what_moves_together_is_told_as_one (void)
{
  g_autoptr (UiAlarmList) list = ui_alarm_list_new ();
  Heard heard = { 0 };
  g_autofree char *text = NULL;

  apply (list, FALSE, alarm_new ("old", TRUE, FALSE, 2, 1), alarm_new ("low", TRUE, FALSE, 3, 1), NULL);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_changed), &heard);
  apply (list, FALSE, alarm_new ("b", TRUE, FALSE, 2, 20), alarm_new ("c", TRUE, FALSE, 2, 30),
         alarm_new ("a", TRUE, FALSE, 2, 10), NULL);
  g_assert_cmpuint (heard.calls, ==, 1);
  apply (list, FALSE, alarm_new ("b", TRUE, TRUE, 2, 20), alarm_new ("old", TRUE, TRUE, 2, 1),
         alarm_new ("a", TRUE, TRUE, 2, 10), NULL);
  text = order (list);
  g_assert_cmpstr (text, ==, "c low b a old ");
  g_assert_cmpuint (heard.calls, ==, 3);
  g_assert_cmpuint (heard.removed, ==, 3);
  g_assert_cmpuint (heard.added, ==, 6);
}

/* Does what a model above does: believes what it is told. */
static void
follow (GListModel *model, guint position, guint removed, guint added, GPtrArray *heard)
{
  if (removed > 0)
    g_ptr_array_remove_range (heard, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (heard, (gint) (position + i), g_list_model_get_item (model, position + i));
}

/* One by one, some, and many at once: other ways through the code, which must lead to the same place. */
static void
test_many_at_once_equal_one_by_one (void)
{
  g_autoptr (UiAlarmList) bulk = ui_alarm_list_new (), some = ui_alarm_list_new (), single = ui_alarm_list_new ();
  g_autoptr (GPtrArray) heard = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GRand) chance = g_rand_new_with_seed (11);

  g_signal_connect (some, "items-changed", G_CALLBACK (follow), heard);
  for (guint round = 0; round < 4; round++) {
    g_autoptr (GPtrArray) alarms = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_alarm_free);
    g_autoptr (GPtrArray) slice = g_ptr_array_new ();
    g_autofree char *a = NULL, *b = NULL, *c = NULL;

    for (guint i = 0; i < 500; i++) {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_ptr_array_add (alarms, alarm_new (id, g_rand_boolean (chance), g_rand_boolean (chance),
                                          g_rand_int_range (chance, 1, 5), g_rand_int_range (chance, 1, 50)));
    }
    ui_alarm_list_apply (bulk, alarms, FALSE, NULL, NULL, NULL);
    for (guint i = 0; i < alarms->len; i++) {
      apply (single, FALSE, gdp_alarm_copy (alarms->pdata[i]), NULL);
      g_ptr_array_add (slice, alarms->pdata[i]);
      if (slice->len < 50)
        continue;
      ui_alarm_list_apply (some, slice, FALSE, NULL, NULL, NULL);
      g_ptr_array_set_size (slice, 0);
    }
    a = order (bulk);
    b = order (single);
    c = order (some);
    g_assert_cmpstr (a, ==, b);
    g_assert_cmpstr (c, ==, b);
    g_assert_cmpuint (heard->len, ==, ui_alarm_list_get_size (some));
    for (guint i = 0; i < heard->len; i++)
      g_assert_true (heard->pdata[i] == ui_alarm_list_peek (some, i));
  }
}

static UiAlarm *
alarm_of (GdpNetwork *network, const char *id, GdpCondition condition, GdpSuppression suppression)
{
  UiAlarm *row = ui_alarm_new (&(GdpAlarm) { .id = id, .condition = condition, .acked = TRUE, .suppression = suppression,
                                             .suppressed_by = "anna", .suppressed_why = "calibration",
                                             .value = 0.3, .limit = NAN, .priority = 4 });

  ui_alarm_locate (row, network);
  return row;
}

/* A forced value shows its number, and is counted with its point; an alarm of a server names it. */
static void
test_forced_and_servers (void)
{
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  guint site = gdp_network_builder_add_site (builder, &(GdpSite) { .key = 1, .id = "S" }, NULL);
  gdp_network_builder_add_point (builder, &(GdpPoint) { .key = 1, .id = "S/p", .site = site, .unit = G_MAXUINT,
    .kind = GDP_POINT_OUTLET_PRESSURE, .engineering_unit = "MPa", .resolution = 0.001 }, NULL);
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (builder);
  g_autoptr (UiAlarm) forced = alarm_of (network, "S/p.forced", GDP_CONDITION_FORCED, GDP_SUPPRESSION_SHELVED);
  g_autoptr (UiAlarm) shelved = alarm_of (network, "S/p.high", GDP_CONDITION_HIGH, GDP_SUPPRESSION_SHELVED);
  g_autoptr (UiAlarm) disk = alarm_of (network, "post-1.disk", GDP_CONDITION_DISK, GDP_SUPPRESSION_NONE);
  g_autofree char *object = ui_alarm_object_text (disk), *why = ui_alarm_suppression_text (forced);

  g_assert_true (ui_alarm_has_number (forced));
  g_assert_false (ui_alarm_is_untold (forced));
  g_assert_true (ui_alarm_is_untold (shelved));
  g_assert_false (ui_alarm_has_number (disk));
  g_assert_cmpstr (object, ==, "Server post-1");
  g_assert_true (g_str_has_prefix (why, "Forced until") && g_str_has_suffix (why, "by anna: calibration"));
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
  g_test_add_func ("/alarm-list/what-moves-together-is-told-as-one", test_what_moves_together_is_told_as_one);
  g_test_add_func ("/alarm-list/many-at-once-equal-one-by-one", test_many_at_once_equal_one_by_one);
  g_test_add_func ("/alarm-list/forced-values-and-servers", test_forced_and_servers);
  return g_test_run ();
}
