/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/plan.h"

#include <math.h>

static const GdpRegister registers[] = {
  { "di1", GDP_TABLE_DISCRETE_INPUTS, 0, GDP_REGISTER_BIT, .scale = 1 },
  { "di8", GDP_TABLE_DISCRETE_INPUTS, 7, GDP_REGISTER_BIT, .scale = 1 },
  { "di500", GDP_TABLE_DISCRETE_INPUTS, 500, GDP_REGISTER_BIT, .scale = 1 },
  { "do1", GDP_TABLE_COILS, 0, GDP_REGISTER_BIT, .scale = 1 },
  { "ai1", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, .scale = 0.001 },
  { "ai2", GDP_TABLE_INPUT_REGISTERS, 1, GDP_REGISTER_U16, .scale = 0.001 },
  { "near", GDP_TABLE_INPUT_REGISTERS, 10, GDP_REGISTER_S16, .scale = 1 },      /* 8 unused before it */
  { "far", GDP_TABLE_INPUT_REGISTERS, 20, GDP_REGISTER_U32, .scale = 1 },       /* 9 unused before it */
  { "real", GDP_TABLE_INPUT_REGISTERS, 22, GDP_REGISTER_FLOAT, .scale = 1 },
  { "held", GDP_TABLE_HOLDING_REGISTERS, 0, GDP_REGISTER_U16, .scale = 1 },
};

static GdpNetwork *
make_network (const char *const *channels, guint max_read)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, G_N_ELEMENTS (registers), &error);

  g_assert_no_error (error);
  profile->max_read = max_read;
  guint link = gdp_network_builder_add_link (builder, &(GdpLink) { .id = "m", .kind = GDP_LINK_MODEM,
                                                                   .registration = "M" }, &error);
  guint site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = "S" }, &error);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *id = g_strdup_printf ("S/u%u", i);
    GdpUnit unit
        = { .id = id, .site = site, .link = link, .address = 17 + i, .profile = profile, .period = 1 };
    gdp_network_builder_add_unit (builder, &unit, &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; channels[i] != NULL; i++) {
    g_autofree char *id = g_strdup_printf ("S/p%u", i);
    GdpPoint point = { .id = id,
                       .site = site,
                       .unit = 0,
                       .kind = GDP_POINT_ANALOG,
                       .channel = channels[i],
                       .engineering_unit = "",
                       .scaling = { GDP_SIGNAL_NUMBER },
                       .resolution = 1,
                       .keep_every = 60 };
    gdp_network_builder_add_point (builder, &point, &error);
    g_assert_no_error (error);
  }
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

static void
assert_block (const CommsPlan *plan, guint block, GdpTable table, guint start, guint count, guint n_items)
{
  const CommsPlanBlock *its = &plan->blocks[block];

  g_assert_cmpuint (block, <, plan->n_blocks);
  g_assert_cmpuint (its->read.address, ==, 17);
  g_assert_cmpint (its->read.table, ==, table);
  g_assert_cmpuint (its->read.start, ==, start);
  g_assert_cmpuint (its->read.count, ==, count);
  g_assert_cmpuint (its->n_items, ==, n_items);
}

static void
test_merge (void)
{
  const char *channels[]
      = { "far", "ai2", "near", "do1", "ai1", "di8", "held", "di1", "ai1", "nowhere", NULL };
  g_autoptr (GdpNetwork) network = make_network (channels, 125);
  g_autoptr (CommsPlan) plan = comms_plan_new (network, 0);

  g_assert_cmpuint (plan->n_items, ==, 9);
  g_assert_cmpuint (plan->n_blocks, ==, 5);
  assert_block (plan, 0, GDP_TABLE_COILS, 0, 1, 1);
  assert_block (plan, 1, GDP_TABLE_DISCRETE_INPUTS, 0, 8, 2);
  assert_block (plan, 2, GDP_TABLE_HOLDING_REGISTERS, 0, 1, 1);
  assert_block (plan, 3, GDP_TABLE_INPUT_REGISTERS, 0, 11, 4);
  assert_block (plan, 4, GDP_TABLE_INPUT_REGISTERS, 20, 2, 1);
  for (guint i = 0, next = 0; i < plan->n_blocks; next += plan->blocks[i++].n_items)
    g_assert_cmpuint (plan->blocks[i].first, ==, next);
}

static void
test_max_read (void)
{
  const char *channels[] = { "ai1", "ai2", "near", "far", "real", "di1", "di500", NULL };
  g_autoptr (GdpNetwork) network = make_network (channels, 3);
  g_autoptr (CommsPlan) plan = comms_plan_new (network, 0);

  g_assert_cmpuint (plan->n_blocks, ==, 6);
  assert_block (plan, 0, GDP_TABLE_DISCRETE_INPUTS, 0, 1, 1);
  assert_block (plan, 1, GDP_TABLE_DISCRETE_INPUTS, 500, 1, 1);
  assert_block (plan, 2, GDP_TABLE_INPUT_REGISTERS, 0, 2, 2);
  assert_block (plan, 3, GDP_TABLE_INPUT_REGISTERS, 10, 1, 1);
  assert_block (plan, 4, GDP_TABLE_INPUT_REGISTERS, 20, 2, 1);   /* a wide one is never cut */
  assert_block (plan, 5, GDP_TABLE_INPUT_REGISTERS, 22, 2, 1);
}

static void
test_no_points (void)
{
  const char *channels[] = { NULL };
  g_autoptr (GdpNetwork) network = make_network (channels, 125);
  g_autoptr (CommsPlan) plan = comms_plan_new (network, 0);

  g_assert_cmpuint (plan->n_items, ==, 0);
  g_assert_cmpuint (plan->n_blocks, ==, 1);
  assert_block (plan, 0, GDP_TABLE_COILS, 0, 1, 0);
}

static void
test_other_units_points (void)
{
  const char *channels[] = { "ai1", "ai2", NULL };
  g_autoptr (GdpNetwork) network = make_network (channels, 125);
  g_autoptr (CommsPlan) plan = comms_plan_new (network, 1);

  g_assert_cmpuint (plan->unit, ==, 1);
  g_assert_cmpuint (plan->n_items, ==, 0);
  g_assert_cmpuint (plan->blocks[0].read.address, ==, 18);
}

/* What a BBT reports comes when it calls. */
static void
test_report_unit (void)
{
  GdpRegister ai1 = { "ai1", GDP_TABLE_REPORT_VALUES, 1, GDP_REGISTER_U16, .scale = 0.001 };
  g_autoptr (GdpProfile) profile = gdp_profile_new ("bbt", NULL, &ai1, 1, NULL);
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  guint link = gdp_network_builder_add_link (builder, &(GdpLink) { .id = "b", .kind = GDP_LINK_BBT, .serial = "1" }, NULL);
  guint site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = "S" }, NULL);
  GdpUnit unit = { .id = "S/u", .site = site, .link = link, .profile = profile, .period = 1 };
  g_assert_cmpuint (gdp_network_builder_add_unit (builder, &unit, NULL), ==, 0);
  GdpPoint point = { .id = "S/p", .site = site, .kind = GDP_POINT_ANALOG, .channel = "ai1", .resolution = 1 };
  g_assert_cmpuint (gdp_network_builder_add_point (builder, &point, NULL), ==, 0);
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (g_steal_pointer (&builder));
  g_autoptr (CommsPlan) plan = comms_plan_new (network, 0);

  g_assert_cmpuint (plan->n_blocks, ==, 0);
  g_assert_cmpuint (plan->n_items, ==, 0);
}

static void
test_decode (void)
{
  const char *channels[] = { "ai2", "near", "real", "far", NULL };
  g_autoptr (GdpNetwork) network = make_network (channels, 125);
  g_autoptr (CommsPlan) plan = comms_plan_new (network, 0);
  guint16 low[10] = { [0] = 12345, [9] = 0xFFFE };
  guint16 high[4] = { 0x0001, 0x0002, 0x4048, 0xF5C3 };   /* 65538; 3.14 */
  GdpSample samples[4];

  g_assert_cmpuint (plan->n_blocks, ==, 2);
  assert_block (plan, 0, GDP_TABLE_INPUT_REGISTERS, 1, 10, 2);
  assert_block (plan, 1, GDP_TABLE_INPUT_REGISTERS, 20, 4, 2);
  comms_plan_decode (plan, 0, low, GDP_REASON_NONE, 777, samples);
  comms_plan_decode (plan, 1, high, GDP_REASON_NONE, 778, samples + 2);

  g_assert_cmpuint (samples[0].point, ==, 0);
  g_assert_cmpfloat_with_epsilon (samples[0].raw, 12.345, 1e-9);
  g_assert_cmpint (samples[0].time, ==, 777);
  g_assert_cmpint (samples[0].reason, ==, GDP_REASON_NONE);
  g_assert_cmpfloat (samples[1].raw, ==, -2);
  g_assert_cmpuint (samples[2].point, ==, 3);
  g_assert_cmpfloat (samples[2].raw, ==, 65538);
  g_assert_cmpuint (samples[3].point, ==, 2);
  g_assert_cmpfloat_with_epsilon (samples[3].raw, 3.14, 1e-6);
  g_assert_cmpint (samples[3].time, ==, 778);
}

static void
test_decode_nothing (void)
{
  const char *channels[] = { "ai1", "ai2", NULL };
  g_autoptr (GdpNetwork) network = make_network (channels, 125);
  g_autoptr (CommsPlan) plan = comms_plan_new (network, 0);
  GdpSample samples[2];

  comms_plan_decode (plan, 0, NULL, GDP_REASON_DEVICE_EXCEPTION, 5, samples);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (samples[i].point, ==, i);
    g_assert_cmpint (samples[i].reason, ==, GDP_REASON_DEVICE_EXCEPTION);
    g_assert_true (isnan (samples[i].raw));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/channels-near-each-other-are-read-at-once", test_merge);
  g_test_add_func ("/plan/never-more-than-the-slave-gives-at-once", test_max_read);
  g_test_add_func ("/plan/a-unit-without-points-is-still-asked", test_no_points);
  g_test_add_func ("/plan/points-of-another-unit-are-not-its-own", test_other_units_points);
  g_test_add_func ("/plan/reports-of-a-bbt-are-not-asked-for", test_report_unit);
  g_test_add_func ("/plan/values-go-to-their-points", test_decode);
  g_test_add_func ("/plan/an-exception-marks-every-point-of-its-block", test_decode_nothing);
  return g_test_run ();
}
