/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an import would make of a configuration. */
#include "data/merge.h"

#include "data/store.h"

#include <math.h>

typedef struct { const char *site, *link, *device, *unit; guint8 address; } Row;

/* A site a row, with one unit on its link; those of one link stand behind each other. */
static GdpNetwork *
network_of (const Row *rows, guint n)
{
  static const GdpRegister reg = { .channel = "ai1", .table = GDP_TABLE_INPUT_REGISTERS, .type = GDP_REGISTER_U16, .scale = 1 };
  g_autoptr (GdpProfile) profile = gdp_profile_new ("test", "Test", &reg, 1, NULL);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  guint link = G_MAXUINT;

  for (guint i = 0; i < n; i++) {
    if (i == 0 || g_strcmp0 (rows[i].link, rows[i - 1].link) != 0)
      link = gdp_network_builder_add_link (builder, &(GdpLink) { .id = rows[i].link, .kind = GDP_LINK_MODBUS_RTU,
                                                                 .device = rows[i].device, .baud = 9600 }, NULL);
    guint site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = rows[i].site }, NULL);
    GdpUnit unit = { .id = rows[i].unit, .site = site, .link = link, .address = rows[i].address, .profile = profile,
                     .period = 1, .silent_after = 0 };
    g_assert_cmpuint (gdp_network_builder_add_unit (builder, &unit, NULL), !=, G_MAXUINT);
  }
  return gdp_network_builder_finish (builder);
}

/* @reason NULL = nothing is wrong with it. */
static void
check (const Row *before, guint n_before, const Row *news, guint n_news, const char *reason)
{
  g_autoptr (GdpNetwork) old = network_of (before, n_before), new = network_of (news, n_news);
  g_autoptr (GError) error = NULL;
  gboolean good = data_merge_check (old, new, &error);

  g_assert_cmpint (good, ==, reason == NULL);
  if (reason == NULL)
    g_assert_no_error (error);
  else {
    g_assert_error (error, DATA_ERROR, DATA_ERROR_REFUSED);
    g_assert_cmpstr (error->message, ==, reason);
  }
}

static const Row before[] = {
  { "GDP-1", "rs-1", "/dev/ttyS1", "GDP-1/upmp", 1 },
  { "GDP-2", "rs-1", "/dev/ttyS1", "GDP-2/upmp", 2 },
  { "GDP-3", "rs-3", "/dev/ttyS3", "GDP-3/upmp", 3 },
};
#define CHECK(reason, ...)                                                                            \
  do {                                                                                                \
    static const Row news[] = { __VA_ARGS__ };                                                        \
    check (before, G_N_ELEMENTS (before), news, G_N_ELEMENTS (news), reason);                         \
  } while (0)

static void
test_what_is_replaced_is_in_nobodys_way (void)
{
  CHECK (NULL, { "GDP-1", "rs-1", "/dev/ttyS1", "GDP-1/upmp", 1 });
  CHECK (NULL, { "GDP-1", "rs-1", "/dev/ttyS9", "GDP-1/upmp", 9 });
  CHECK (NULL, { "GDP-4", "rs-1", "/dev/ttyS1", "GDP-4/upmp", 4 });
  /* the last unit leaves rs-3, whose device is free for another name */
  CHECK (NULL, { "GDP-3", "rs-new", "/dev/ttyS3", "GDP-3/upmp", 3 });
  /* two change their addresses */
  CHECK (NULL, { "GDP-1", "rs-1", "/dev/ttyS1", "GDP-1/upmp", 2 }, { "GDP-2", "rs-1", "/dev/ttyS1", "GDP-2/upmp", 1 });
}

static void
test_what_two_claim_is_refused (void)
{
  CHECK ("GDP-2/upmp, GDP-4/upmp have the same address on the same link; nothing was imported",
         { "GDP-4", "rs-1", "/dev/ttyS1", "GDP-4/upmp", 2 });
  CHECK ("rs-1, rs-4 use the same device; nothing was imported", { "GDP-4", "rs-4", "/dev/ttyS1", "GDP-4/upmp", 4 });
  /* GDP-2 stays on it */
  CHECK ("rs-1, rs-new use the same device; nothing was imported", { "GDP-1", "rs-new", "/dev/ttyS1", "GDP-1/upmp", 1 });
}

static void
test_ids_of_different_kinds_clash (void)
{
  CHECK ("Id “rs-3” of a site is already taken by a link; every id must be unique; nothing was imported",
         { "rs-3", "rs-4", "/dev/ttyS4", "GDP-4/upmp", 4 });
  CHECK ("Id “GDP-2/upmp” of a unit is already taken by a unit; every id must be unique; nothing was imported",
         { "GDP-4", "rs-4", "/dev/ttyS4", "GDP-2/upmp", 4 });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/what-is-replaced-is-in-nobodys-way", test_what_is_replaced_is_in_nobodys_way);
  g_test_add_func ("/merge/what-two-claim-is-refused", test_what_two_claim_is_refused);
  g_test_add_func ("/merge/ids-of-different-kinds-clash", test_ids_of_different_kinds_clash);
  return g_test_run ();
}
