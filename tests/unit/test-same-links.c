/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/same-links.h"
#include "plant.h"

static gboolean *
compare (GdpNetwork *before, PlantSetup setup, void (*change) (GdpNetwork *after))
{
  g_autoptr (GdpNetwork) after = plant_network (setup);

  if (change != NULL)
    change (after);
  return comms_same_links (before, after);
}

static void
expect (void (*change) (GdpNetwork *after), gboolean bus, gboolean tcp, gboolean modem)
{
  g_autoptr (GdpNetwork) before = plant_network (usual ());
  g_autofree gboolean *same = compare (before, usual (), change);

  g_assert_cmpint (same[BUS], ==, bus);
  g_assert_cmpint (same[TCP], ==, tcp);
  g_assert_cmpint (same[MODEM], ==, modem);
}

static void rename_sites (GdpNetwork *after) { after->sites[0].name = "other"; after->points[0].limits.level[0].value = 1; }
static void change_port (GdpNetwork *after) { after->links[TCP].port = 503; }
static void change_address (GdpNetwork *after) { after->units[U2].address = 77; }
static void change_channel (GdpNetwork *after) { after->points[P (U4, DOOR)].channel = "d1"; }
static void move_unit (GdpNetwork *after) { after->units[U1].link = TCP; }
static void change_scale (GdpNetwork *after) { ((GdpProfile *) after->units[U1].profile)->registers[0].scale = 2; }

static void
test_changes (void)
{
  expect (NULL, TRUE, TRUE, TRUE);
  expect (rename_sites, TRUE, TRUE, TRUE);
  expect (change_port, TRUE, FALSE, TRUE);
  expect (change_address, FALSE, TRUE, TRUE);
  expect (change_channel, TRUE, TRUE, FALSE);
  expect (move_unit, FALSE, FALSE, TRUE);
  expect (change_scale, FALSE, FALSE, FALSE);   /* all have that profile */
}

static void
test_unit_taken_away_or_put_in (void)
{
  PlantSetup fewer = usual ();
  fewer.skip_unit = U4;   /* the modem's */
  g_autoptr (GdpNetwork) four = plant_network (usual ()), three = plant_network (fewer);
  g_autofree gboolean *less = comms_same_links (four, three), *more = comms_same_links (three, four);

  g_assert_true (less[BUS] && less[TCP] && !less[MODEM]);
  g_assert_true (more[BUS] && more[TCP] && !more[MODEM]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/same-links/only-what-is-asked-counts", test_changes);
  g_test_add_func ("/same-links/a-unit-taken-away-or-put-in-concerns-its-link", test_unit_taken_away_or_put_in);
  return g_test_run ();
}
