/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/server/part.h"
#include "gdp/engine.h"

static const GdpRegister registers[] = { { .channel = "ai1", .table = GDP_TABLE_INPUT_REGISTERS,
                                           .type = GDP_REGISTER_U16, .scale = 0.001 } };

/* Two sites; A hangs on link "one", B on link "t.wo". */
static GdpNetwork *
network (void)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, 1, NULL);
  const char *const links[] = { "one", "t.wo" }, *const sites[] = { "A", "B" };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *unit_id = g_strconcat (sites[i], "/upmp", NULL);
    g_autofree char *point_id = g_strconcat (sites[i], "/outlet1", NULL);
    GdpLink link = { .key = 10 + i, .id = links[i], .kind = GDP_LINK_MODBUS_TCP, .host = "h", .port = 502 };
    GdpSite site = { .key = 20 + i, .id = sites[i], .name = sites[i] };
    guint l = gdp_network_builder_add_link (builder, &link, &error);
    guint s = gdp_network_builder_add_site (builder, &site, &error);
    GdpUnit unit = { .key = 30 + i, .id = unit_id, .site = s, .link = l, .address = 1, .profile = profile,
                     .period = 1 };
    guint u = gdp_network_builder_add_unit (builder, &unit, &error);
    GdpPoint point = { .key = 40 + i, .id = point_id, .site = s, .unit = u, .kind = GDP_POINT_OUTLET_PRESSURE,
                       .channel = "ai1", .engineering_unit = "kPa", .resolution = 0.1, .keep_every = 60,
                       .scaling = { .signal = GDP_SIGNAL_CURRENT, .low = 0, .high = 10 } };
    gdp_network_builder_add_point (builder, &point, &error);
    g_assert_no_error (error);
  }
  GdpNetwork *whole = gdp_network_builder_finish (g_steal_pointer (&builder));
  whole->revision = 7;
  return whole;
}

static void
test_all (void)
{
  g_autoptr (GdpNetwork) whole = network ();
  g_autoptr (GdpNetwork) part = server_part_new (whole, (gboolean[]) { TRUE, TRUE }, NULL);
  g_assert_true (part == whole);
}

static void
test_some (void)
{
  g_autoptr (GdpNetwork) whole = network ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) part = server_part_new (whole, (gboolean[]) { FALSE, TRUE }, &error);

  g_assert_no_error (error);
  g_assert_cmpint (part->revision, ==, 7);
  g_assert_cmpuint (part->n_sites, ==, 2);
  g_assert_cmpuint (part->n_links, ==, 1);
  g_assert_cmpuint (part->n_units, ==, 1);
  g_assert_cmpuint (part->n_points, ==, 1);
  g_assert_cmpint (part->links[0].key, ==, 11);
  g_assert_cmpint (part->units[0].key, ==, 31);
  g_assert_cmpuint (part->units[0].link, ==, 0);
  g_assert_cmpstr (part->sites[part->units[0].site].id, ==, "B");
  g_assert_cmpint (part->points[0].key, ==, 41);
  g_assert_cmpstr (part->units[part->points[0].unit].id, ==, "B/upmp");
  g_assert_cmpstr (part->sites[part->points[0].site].id, ==, "B");
}

/* BBTs: what their category's schedule says is theirs, and who is served elsewhere is no stranger. */
static void
test_bbts (void)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autoptr (GError) error = NULL;
  GdpScheduleEntry daily = { .kind = GDP_SCHEDULE_DAILY, .minute = 390 };
  GdpSchedule schedule = { .name = "households", .entries = &daily, .n_entries = 1 };

  g_assert_true (gdp_network_builder_add_schedule (builder, &schedule, &error));
  for (guint i = 0; i < 2; i++)
    gdp_network_builder_add_link (builder, &(GdpLink) { .id = i ? "b" : "a", .kind = GDP_LINK_BBT, .serial = i ? "2" : "1",
                                                        .category = "households" }, &error);
  g_assert_no_error (error);
  g_autoptr (GdpNetwork) whole = gdp_network_builder_finish (g_steal_pointer (&builder));
  g_autoptr (GdpNetwork) part = server_part_new (whole, (gboolean[]) { TRUE, FALSE }, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (part->n_links, ==, 1);
  g_assert_nonnull (gdp_network_schedule (part, "households"));
  g_assert_false (g_hash_table_contains (part->serials_elsewhere, "1"));
  g_assert_true (g_hash_table_contains (part->serials_elsewhere, "2"));
}

static void
test_none (void)
{
  g_autoptr (GdpNetwork) whole = network ();
  g_autoptr (GdpNetwork) part = server_part_new (whole, (gboolean[]) { FALSE, FALSE }, NULL);
  g_assert_cmpuint (part->n_sites, ==, 2);
  g_assert_cmpuint (part->n_links + part->n_units + part->n_points, ==, 0);
}

static void
test_answers (void)
{
  g_autoptr (GdpNetwork) whole = network ();
  g_autoptr (GdpNetwork) part = server_part_new (whole, (gboolean[]) { FALSE, TRUE }, NULL);
  static const struct { const char *object; gboolean mine; } cases[] = {
    { "B/outlet1", TRUE }, { "B/outlet1.high", TRUE }, { "B/upmp.silent", TRUE }, { "t.wo", TRUE },
    { "t.wo.lost", TRUE },
    { "A/outlet1", FALSE }, { "A/outlet1.high", FALSE }, { "A/upmp.silent", FALSE }, { "one", FALSE },
    { "one.lost", FALSE },
    { "C/outlet1.high", TRUE }, { "nonsense", TRUE }, { "", TRUE },   /* nobody's: any server may refuse it */
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].object);
    g_assert_cmpint (server_part_answers (whole, part, cases[i].object), ==, cases[i].mine);
    g_assert_true (server_part_answers (whole, whole, cases[i].object));
  }
  g_assert_false (server_part_holds (part, "C/outlet1.high"));
}

/* Another server has the link now, and its own idea of the alarm. */
static void
test_alarms_elsewhere (void)
{
  g_autoptr (GdpNetwork) whole = network ();
  g_autoptr (GdpNetwork) part = server_part_new (whole, (gboolean[]) { FALSE, TRUE }, NULL);
  g_autoptr (GdpEngine) engine = gdp_engine_new (whole, "east", 1000 * GDP_SECOND);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  GdpAlarm alarm = { .id = "A/upmp.silent", .condition = GDP_CONDITION_SILENT, .active = TRUE, .priority = 2, .occurrence = 1,
                     .suppression = GDP_SUPPRESSION_SHELVED, .suppressed_until = 2000 * GDP_SECOND, .suppressed_by = "anna",
                     .suppressed_why = "known" };

  gdp_engine_restore_alarm (engine, &alarm);
  alarm.id = "B/upmp.silent";
  gdp_engine_restore_alarm (engine, &alarm);
  gdp_engine_set_network (engine, part, 1001 * GDP_SECOND, changes);
  g_assert_null (gdp_engine_alarm (engine, "A/upmp.silent"));
  g_assert_nonnull (gdp_engine_alarm (engine, "B/upmp.silent"));
  gdp_engine_tick (engine, 2001 * GDP_SECOND, changes);
  for (guint i = 0; i < changes->events->len; i++) {
    const GdpEvent *event = changes->events->pdata[i];
    g_assert_false (g_str_has_prefix (event->object, "A/"));
  }
  for (guint i = 0; i < changes->alarms->len; i++)
    g_assert_cmpstr (((GdpAlarm *) changes->alarms->pdata[i])->id, ==, "B/upmp.silent");
  /* It is back: what the store has of it is true. */
  gdp_engine_set_network (engine, whole, 2002 * GDP_SECOND, changes);
  alarm.id = "A/upmp.silent";
  alarm.occurrence = 5;
  gdp_engine_restore_alarm (engine, &alarm);
  g_assert_cmpuint (gdp_engine_alarm (engine, "A/upmp.silent")->occurrence, ==, 5);
}

/* Each for its own; of all that are down the one that tells. */
static void
test_alarms_of_servers (void)
{
  static const char *const not_of_a[] = { "b.disk", "b.store", "ab.time", "x.y.disk" };
  static const char *const of_teller[] = { "a.down", "b.down", "x.y.down" };
  static const char *const of_a[] = { "a.disk", "a.store", "S1/p.high", "bus.lost", "disk", "a.nonsense" };

  for (gboolean tells = FALSE; tells <= TRUE; tells++) {
    for (guint i = 0; i < G_N_ELEMENTS (not_of_a); i++)
      g_assert_true (server_part_is_anothers ("a", tells, not_of_a[i]));
    for (guint i = 0; i < G_N_ELEMENTS (of_a); i++)
      g_assert_false (server_part_is_anothers ("a", tells, of_a[i]));
    for (guint i = 0; i < G_N_ELEMENTS (of_teller); i++)
      g_assert_true (server_part_is_anothers ("a", tells, of_teller[i]) == !tells);
    g_assert_false (server_part_is_anothers ("x.y", tells, "x.y.disk"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-part/all-links-are-the-whole-network", test_all);
  g_test_add_func ("/server-part/one-link-brings-its-units-and-points", test_some);
  g_test_add_func ("/server-part/no-link-leaves-the-sites", test_none);
  g_test_add_func ("/server-part/answers-for-what-hangs-on-its-links", test_answers);
  g_test_add_func ("/server-part/schedules-stay-and-serials-elsewhere-are-known", test_bbts);
  g_test_add_func ("/server-part/each-server-answers-for-its-own-alarms", test_alarms_of_servers);
  g_test_add_func ("/server-part/alarms-of-another-server-are-forgotten-not-cleared", test_alarms_elsewhere);
  return g_test_run ();
}
