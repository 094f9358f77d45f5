/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link panel on a real store: its figures, its verdict, its sessions; and nothing is read while it is hidden. */
#include "desk.h"
#include "ui/link-panel.h"

#include <string.h>

static UiLinkPanel *
panel_of (Desk *desk)
{
  return UI_LINK_PANEL (unseen_find_named (GTK_WIDGET (desk->window), "linkpanel"));
}

static gboolean
never (gpointer nothing)
{
  return FALSE;
}

static void
run_for (Desk *desk, double seconds)
{
  field_run (desk->field, never, NULL, seconds);
}

static void
write_traffic (Desk *desk, GdpTraffic traffic)
{
  g_autoptr (GdpNetwork) network = data_store_network (desk->store, NULL);
  g_autofree char *text = gdp_traffic_text (&traffic);
  DataTraffic rows[] = {
    { .link = TRUE, .key = network->links[0].key, .owner = (char *) "s", .total = text, .lately = text },
    { .key = network->units[0].key, .owner = (char *) "s", .total = text, .lately = text },
  };
  g_autoptr (GError) error = NULL;

  if (!data_store_put_traffic (desk->store, rows, 2, &error))
    g_error ("%s", error->message);
}

static GdpTraffic
some_traffic (guint crc)
{
  GdpTraffic traffic = { .requests = 4321, .good = 4321 - crc, .due = 4321, .polls = 4321, .crc_errors = crc,
                         .since = g_get_real_time () - 600 * G_USEC_PER_SEC };

  traffic.answers.count[gdp_histogram_bucket (24000)] = 4321 - crc;
  traffic.answers.most = 27500;
  return traffic;
}

static void
show_panel (Desk *desk, gboolean shown)
{
  g_action_group_change_action_state (G_ACTION_GROUP (desk->window), "link-panel", g_variant_new_boolean (shown));
}

static void
sit_down (Desk *desk)
{
  g_autoptr (GError) error = NULL;

  *desk = (Desk) { .field = field_new (2) };
  field_serve (desk->field);
  field_turn (desk->field);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  desk_wait (desk, desk_says, "live");
  desk_act (desk, "site", "GDP-001");
}

static void
test_figures (void)
{
  Desk desk;

  sit_down (&desk);
  show_panel (&desk, TRUE);
  desk_wait (&desk, desk_says, "Nothing was counted yet");
  write_traffic (&desk, some_traffic (0));
  desk_wait (&desk, desk_says, "4321");
  g_assert_true (screen_says (GTK_WIDGET (panel_of (&desk)), "28 ms"));   /* the longest */
  g_assert_true (screen_says (GTK_WIDGET (panel_of (&desk)), "All well"));
  g_assert_true (screen_says (GTK_WIDGET (panel_of (&desk)), "100 %"));
  write_traffic (&desk, some_traffic (440));
  desk_wait (&desk, desk_says, "CRC errors on 10 %");
  desk_wait (&desk, desk_says, "damaged answer (CRC) 440");
  desk_leave (&desk);
}

static void
test_hidden_costs_nothing (void)
{
  Desk desk;

  sit_down (&desk);
  run_for (&desk, 3);
  g_assert_cmpuint (ui_link_panel_n_readings (panel_of (&desk)), ==, 0);
  show_panel (&desk, TRUE);
  desk_wait (&desk, desk_says, "Nothing was counted yet");
  for (guint i = 0; i < 120 && ui_link_panel_n_readings (panel_of (&desk)) < 2; i++)
    run_for (&desk, 0.5);   /* once a second, where the machine has time for it */
  show_panel (&desk, FALSE);
  guint n = ui_link_panel_n_readings (panel_of (&desk));
  g_assert_cmpuint (n, >=, 2);
  run_for (&desk, 3);
  g_assert_cmpuint (ui_link_panel_n_readings (panel_of (&desk)), ==, n);
  desk_leave (&desk);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  desk_init (&argc, &argv);
  g_test_add_func ("/link-panel/figures-and-verdict-follow-the-store", test_figures);
  g_test_add_func ("/link-panel/hidden-it-reads-nothing", test_hidden_costs_nothing);
  return g_test_run ();
}
