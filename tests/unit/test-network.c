/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gdp/network.h"

static GdpProfile *
one_channel (void)
{
  GdpRegister reg = { "ai1", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, GDP_WORDS_HIGH_FIRST, 0.001 };
  return gdp_profile_new ("p", NULL, &reg, 1, NULL);
}

typedef struct {
  GdpNetworkBuilder *builder;
  GdpProfile        *profile;
  guint              link, a, b, unit_b, unit_a;
} Fixture;

static GdpUnit
unit_of (Fixture *f, const char *id, guint site)
{
  return (GdpUnit) { .key = 0, .id = id, .site = site, .link = f->link, .address = 1,
                     .profile = f->profile, .period = 1.0 };
}

static GdpPoint
point_of (const char *id, gint64 key, guint site, guint unit)
{
  return (GdpPoint) { .key = key, .id = id, .site = site, .unit = unit, .kind = GDP_POINT_ANALOG, .channel = "ai1",
                      .engineering_unit = "MPa", .resolution = 0.01 };
}

static void
set_up (Fixture *f, gconstpointer data)
{
  GdpContact contact = { "Ivanov", "engineer", "+7 900" };

  f->builder = gdp_network_builder_new ();
  f->profile = one_channel ();
  f->link = gdp_network_builder_add_link (f->builder, &(GdpLink) { .id = "bus" }, NULL);
  GdpSite a = { .id = "A", .contacts = &contact, .n_contacts = 1 };
  f->a = gdp_network_builder_add_site (f->builder, &a, NULL);
  f->b = gdp_network_builder_add_site (f->builder, &(GdpSite) { .id = "B" }, NULL);
  GdpUnit first = unit_of (f, "B/u", f->b), second = unit_of (f, "A/u", f->a);
  f->unit_b = gdp_network_builder_add_unit (f->builder, &first, NULL);
  f->unit_a = gdp_network_builder_add_unit (f->builder, &second, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gdp_network_builder_free (f->builder);
  gdp_profile_free (f->profile);
}

static void
add (Fixture *f, GdpPoint point)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpuint (gdp_network_builder_add_point (f->builder, &point, &error), !=, G_MAXUINT);
  g_assert_no_error (error);
}

static void
test_grouped (Fixture *f, gconstpointer data)
{
  add (f, point_of ("B/x", 30, f->b, f->unit_b));
  add (f, point_of ("A/y", 10, f->a, f->unit_a));
  add (f, point_of ("B/z", 20, f->b, f->unit_b));
  add (f, point_of ("A/x", 40, f->a, G_MAXUINT));
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (g_steal_pointer (&f->builder));

  static const char *const order[] = { "A/y", "A/x", "B/x", "B/z" };
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    const GdpPoint *point = &network->points[i];
    g_assert_cmpstr (point->id, ==, order[i]);
    g_assert_cmpuint (gdp_network_find_point (network, order[i]), ==, i);
    g_assert_cmpuint (gdp_network_point_by_key (network, point->key), ==, i);
    if (point->unit != G_MAXUINT)
      g_assert_cmpuint (network->units[point->unit].site, ==, point->site);
  }
  g_assert_cmpuint (network->sites[1].first_point, ==, 2);
  g_assert_cmpuint (network->sites[1].n_points, ==, 2);
  g_assert_cmpuint (network->sites[0].n_units, ==, 1);
  g_assert_cmpstr (network->units[network->sites[0].first_unit].id, ==, "A/u");
  g_assert_cmpstr (network->sites[0].contacts[0].name, ==, "Ivanov");
  g_assert_cmpuint (gdp_network_find_link (network, "bus"), ==, 0);
  g_assert_cmpuint (gdp_network_find_site (network, "bus"), ==, G_MAXUINT);
  g_assert_cmpuint (gdp_network_find_unit (network, NULL), ==, G_MAXUINT);
  g_assert_cmpuint (gdp_network_point_by_key (network, 11), ==, G_MAXUINT);
  g_assert_cmpuint (gdp_network_point_by_key (network, 0), ==, G_MAXUINT);
}

static void
assert_error (GError *error, GdpNetworkError code, const char *text)
{
  g_assert_error (error, GDP_NETWORK_ERROR, (int) code);
  g_assert_nonnull (g_strstr_len (error->message, -1, text));
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) doubled = NULL, missing = NULL, foreign = NULL, slave = NULL, period = NULL, nameless = NULL;
  GdpUnit unit = unit_of (f, "A", f->a);
  GdpPoint point = point_of ("A/p", 1, f->a, f->unit_b);

  g_assert_cmpuint (gdp_network_builder_add_unit (f->builder, &unit, &doubled), ==, G_MAXUINT);
  assert_error (doubled, GDP_NETWORK_ERROR_DUPLICATE, "“A”");
  unit = unit_of (f, "A/v", 77);
  g_assert_cmpuint (gdp_network_builder_add_unit (f->builder, &unit, &missing), ==, G_MAXUINT);
  assert_error (missing, GDP_NETWORK_ERROR_MISSING, "A/v");
  g_assert_cmpuint (gdp_network_builder_add_point (f->builder, &point, &foreign), ==, G_MAXUINT);
  assert_error (foreign, GDP_NETWORK_ERROR_INVALID, "B/u");
  unit = unit_of (f, "A/v", f->a);
  unit.address = 248;
  g_assert_cmpuint (gdp_network_builder_add_unit (f->builder, &unit, &slave), ==, G_MAXUINT);
  assert_error (slave, GDP_NETWORK_ERROR_INVALID, "1 to 247");
  unit.address = 247;
  unit.period = NAN;
  g_assert_cmpuint (gdp_network_builder_add_unit (f->builder, &unit, &period), ==, G_MAXUINT);
  assert_error (period, GDP_NETWORK_ERROR_INVALID, "period");
  g_assert_cmpuint (gdp_network_builder_add_link (f->builder, &(GdpLink) { .id = "" }, &nameless), ==, G_MAXUINT);
  assert_error (nameless, GDP_NETWORK_ERROR_INVALID, "link");
}

static void
test_patience (Fixture *f, gconstpointer data)
{
  GdpPoint point = point_of ("A/p", 1, f->a, f->unit_a);
  GdpUnit slow = unit_of (f, "A/slow", f->a), told = unit_of (f, "A/told", f->a);

  slow.period = 60;
  told.silent_after = 7;
  add (f, point);
  point = point_of ("A/q", 2, f->a, gdp_network_builder_add_unit (f->builder, &slow, NULL));
  add (f, point);
  point = point_of ("A/r", 3, f->a, gdp_network_builder_add_unit (f->builder, &told, NULL));
  point.limits.stale_after = 9;
  add (f, point);
  point = point_of ("A/s", 4, f->a, G_MAXUINT);
  add (f, point);
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (g_steal_pointer (&f->builder));

  g_assert_cmpfloat (gdp_unit_silent_after (&network->units[gdp_network_find_unit (network, "A/u")]), ==, 5);
  g_assert_cmpfloat (gdp_unit_silent_after (&network->units[gdp_network_find_unit (network, "A/slow")]), ==, 180);
  g_assert_cmpfloat (gdp_unit_silent_after (&network->units[gdp_network_find_unit (network, "A/told")]), ==, 7);
  g_assert_cmpfloat (gdp_point_stale_after (network, gdp_network_find_point (network, "A/p")), ==, 5);
  g_assert_cmpfloat (gdp_point_stale_after (network, gdp_network_find_point (network, "A/q")), ==, 180);
  g_assert_cmpfloat (gdp_point_stale_after (network, gdp_network_find_point (network, "A/r")), ==, 9);
  g_assert_true (isinf (gdp_point_stale_after (network, gdp_network_find_point (network, "A/s"))));
}

static void
test_empty (void)
{
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (gdp_network_builder_new ());
  g_autoptr (GdpNetwork) again = gdp_network_ref (network);

  g_assert_cmpuint (network->n_points, ==, 0);
  g_assert_cmpuint (gdp_network_find_site (again, "A"), ==, G_MAXUINT);
  g_assert_cmpuint (gdp_network_point_by_key (again, 1), ==, G_MAXUINT);
}

static void
test_kinds (void)
{
  for (guint i = 0; i < GDP_N_POINT_KINDS; i++) {
    const GdpPointKindInfo *info = gdp_point_kind_info (i);
    GdpPointKind back;
    g_assert_true (gdp_point_kind_parse (info->word, &back));
    g_assert_cmpuint (back, ==, i);
    g_assert_cmpfloat (info->resolution, >, 0);
    g_assert_true (info->discrete == (info->states[0] != NULL) && info->discrete == (info->states[1] != NULL));
  }
  g_assert_false (gdp_point_kind_parse ("volcano", &(GdpPointKind) { 0 }));
  for (guint i = 0; i < GDP_N_LINK_KINDS; i++) {
    GdpLinkKind back;
    g_assert_true (gdp_link_kind_parse (gdp_link_kind_word (i), &back));
    g_assert_cmpuint (back, ==, i);
  }
}

static void
test_decimals (void)
{
  static const struct { double resolution; int decimals; } rows[] = {
    { 10, 0 }, { 1, 0 }, { 0.5, 1 }, { 0.25, 2 }, { 0.1, 1 }, { 0.01, 2 }, { 0.001, 3 }, { 1e-6, 6 }, { 2.5, 1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (gdp_resolution_decimals (rows[i].resolution), ==, rows[i].decimals);
  g_assert_cmpstr (gdp_point_tag (&(GdpPoint) { .id = "GDP-003/outlet1" }), ==, "outlet1");
  g_assert_cmpstr (gdp_point_tag (&(GdpPoint) { .id = "alone" }), ==, "alone");
}

static void
test_numbers (Fixture *f, gconstpointer data)
{
  GdpPoint named = point_of ("B/n", 4, f->b, f->unit_b);

  named.name = "Own";
  add (f, point_of ("B/x", 1, f->b, f->unit_b));
  add (f, named);
  add (f, point_of ("B/z", 2, f->b, f->unit_b));
  add (f, point_of ("A/x", 3, f->a, f->unit_a));
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (g_steal_pointer (&f->builder));
  const struct { const char *id; guint ordinal; } rows[] = { { "B/x", 1 }, { "B/n", 0 }, { "B/z", 2 }, { "A/x", 0 } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (network->points[gdp_network_find_point (network, rows[i].id)].ordinal, ==, rows[i].ordinal);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/network/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("objects-added-in-any-order-stand-by-site", test_grouped);
  ADD ("refusals-name-the-object-and-the-reason", test_refusals);
  ADD ("nameless-points-of-one-kind-are-numbered", test_numbers);
  ADD ("silence-and-staleness-follow-the-period", test_patience);
  g_test_add_func ("/network/empty-network-finds-nothing", test_empty);
  g_test_add_func ("/point/every-kind-is-complete-and-parses-back", test_kinds);
  g_test_add_func ("/point/decimals-show-the-resolution", test_decimals);
  return g_test_run ();
}
