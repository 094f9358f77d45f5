/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units that dial in, as the Field page judges, edits and approves them. */
#include "dial-in.h"
#include "gdp/device.h"
#include "gdp/newcomer.h"
#include "ui/field-draft.h"
#include "ui/field-state.h"
#include "ui/settings-editor.h"

#include <locale.h>
#include <math.h>

#define NOW (G_GINT64_CONSTANT (1764000000) * GDP_SECOND)

static DataCatalogue *catalogue;

/* ---- state ------------------------------------------------------------------------------- */

static void
test_state (void)
{
  const GdpDevice sleeping = { .seen = NOW - GDP_SECOND, .next_call = NOW + GDP_SECOND };
  const GdpDevice late = { .seen = NOW - GDP_SECOND, .next_call = NOW - UI_FIELD_GRACE - 1 };
  const GdpDevice dialing = { .seen = NOW - GDP_SECOND, .next_call = NOW - UI_FIELD_GRACE };
  const GdpDevice there = { .seen = NOW, .connected = NOW, .next_call = NOW - 10 * UI_FIELD_GRACE };
  const GdpDevice away = { .seen = NOW };
  const GdpContactInfo silent = { .state = GDP_CONTACT_SILENT }, ok = { .state = GDP_CONTACT_OK };

  g_assert_cmpint (ui_field_state (NULL, NULL, NOW), ==, UI_FIELD_NEVER);
  g_assert_cmpint (ui_field_state (&sleeping, NULL, NOW), ==, UI_FIELD_SLEEPING);
  g_assert_cmpint (ui_field_state (&dialing, NULL, NOW), ==, UI_FIELD_SLEEPING);
  g_assert_cmpint (ui_field_state (&late, NULL, NOW), ==, UI_FIELD_OVERDUE);
  g_assert_cmpint (ui_field_state (&late, &silent, NOW), ==, UI_FIELD_SILENT);
  g_assert_cmpint (ui_field_state (&there, &silent, NOW), ==, UI_FIELD_IN_SESSION);
  g_assert_cmpint (ui_field_state (&away, &ok, NOW), ==, UI_FIELD_AWAY);
  g_assert_cmpint (ui_field_state (NULL, &ok, NOW), ==, UI_FIELD_IN_SESSION);   /* a modem */
}

static void
test_fate (void)
{
  const GdpDevice device = { 0 };

  g_assert_cmpint (gdp_device_fate (NULL, 0, 0, 0), ==, GDP_FATE_NOT_SET);
  g_assert_cmpint (gdp_device_fate (NULL, 7, 0, 0), ==, GDP_FATE_NEVER_CALLED);
  g_assert_cmpint (gdp_device_fate (&device, 7, 7, 0), ==, GDP_FATE_TAKEN);
  g_assert_cmpint (gdp_device_fate (&device, 7, 5, 0), ==, GDP_FATE_NOT_YET);
  g_assert_cmpint (gdp_device_fate (&device, 7, 5, 2), ==, GDP_FATE_REFUSED);
  g_assert_cmpint (gdp_device_fate (&device, 0, 5, 0), ==, GDP_FATE_OTHERS);
  g_assert_cmpint (gdp_device_fate (&device, 0, 0, 0), ==, GDP_FATE_NOT_SET);
}

/* ---- draft ------------------------------------------------------------------------------- */

static void
test_draft_without_a_change (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 2);

  for (guint link = 0; link < 2; link++) {
    g_autoptr (UiFieldDraft) draft = ui_field_draft_new (network, link);
    g_assert_false (ui_field_draft_differs (draft, network));
  }
}

static void
test_draft_becomes_the_link (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 2), result = NULL;
  g_autoptr (UiFieldDraft) draft = ui_field_draft_new (network, 0);
  const GdpScheduleEntry noon = { .kind = GDP_SCHEDULE_DAILY, .minute = 720 };
  g_autoptr (GError) error = NULL;

  draft->settings->confirmation = 720;
  ui_field_draft_set_threshold (draft, "ai2", NAN, NAN);
  ui_field_draft_set_threshold (draft, "ai1", 0.5, NAN);
  g_array_append_val (draft->calls, noon);
  draft->window = 600;
  g_assert_true (ui_field_draft_differs (draft, network));
  result = ui_field_draft_network (draft, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_links, ==, 1);
  g_assert_cmpuint (result->n_sites, ==, 0);   /* nothing of the site is touched */
  g_assert_cmpuint (result->links[0].settings->confirmation, ==, 720);
  g_assert_cmpuint (result->links[0].settings->n_thresholds, ==, 1);
  g_assert_cmpstr (result->links[0].settings->thresholds[0].channel, ==, "ai1");
  g_assert_cmpuint (result->links[0].n_schedule, ==, 2);
  g_assert_cmpuint (gdp_network_schedule (result, "households")->window, ==, 600);
}

static void
test_draft_takes_all_away (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 1), result = NULL;
  g_autoptr (UiFieldDraft) draft = ui_field_draft_new (network, 0);

  draft->told = FALSE;
  ui_field_draft_set_category (draft, NULL);
  g_array_set_size (draft->calls, 0);
  result = ui_field_draft_network (draft, NULL);
  g_assert_null (result->links[0].settings);
  g_assert_null (result->links[0].category);
  g_assert_cmpuint (result->links[0].n_schedule, ==, 0);
}

static void
test_draft_out_of_range (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 1), result = NULL;
  g_autoptr (UiFieldDraft) draft = ui_field_draft_new (network, 0);
  g_autoptr (GError) error = NULL;

  draft->settings->polling = 4;
  result = ui_field_draft_network (draft, &error);
  g_assert_null (result);
  g_assert_nonnull (error);
}

static void
test_draft_budget_follows (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 2);
  g_autoptr (UiFieldDraft) draft = ui_field_draft_new (network, 1);
  GdpSessionBudget often, seldom;

  draft->told = TRUE;
  draft->settings->confirmation = 30;
  g_assert_true (ui_field_draft_budget (draft, 100, NOW, &often));
  draft->settings->confirmation = 1440;
  g_assert_true (ui_field_draft_budget (draft, 100, NOW, &seldom));
  g_assert_cmpint (often.left, ==, 4900);
  g_assert_cmpint (often.until, <, seldom.until);
  g_assert_cmpfloat (fabs (seldom.a_year - 365), <, 2);
}

static void
test_draft_next_calls (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 2);
  g_autoptr (UiFieldDraft) draft = ui_field_draft_new (network, 0), none = ui_field_draft_new (network, 1);
  gint64 times[5];

  g_assert_cmpuint (ui_field_draft_next (draft, NOW, times, 5), ==, 5);
  for (guint i = 1; i < 5; i++)
    g_assert_cmpint (times[i - 1], <, times[i]);
  g_assert_cmpuint (ui_field_draft_next (none, NOW, times, 5), ==, 0);
}

static void
test_typed_numbers (void)
{
  static const struct { const char *text; gboolean good; double number; } cases[] = {
    { "0.5", TRUE, 0.5 }, { " 0,345 ", TRUE, 0.345 }, { "−12", TRUE, -12 }, { "-1e2", TRUE, -100 },
    { "", FALSE, 0 }, { " ", FALSE, 0 }, { "1 2", FALSE, 0 }, { "nan", FALSE, 0 }, { "6 h", FALSE, 0 }, { "−", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    double number;
    g_assert_cmpint (ui_typed_number (cases[i].text, &number), ==, cases[i].good);
    if (cases[i].good)
      g_assert_cmpfloat (number, ==, cases[i].number);
  }
}

/* ---- newcomers --------------------------------------------------------------------------- */

static void
test_newcomer_beside_what_the_site_has (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 2), result = NULL;
  g_autoptr (GError) error = NULL;
  GdpNewcomer newcomer = { .kind = GDP_LINK_BBT, .name = "00917", .site = 0, .replaces = G_MAXUINT, .keyless = TRUE,
                           .profile = data_catalogue_profile (catalogue, "bbt-1") };
  guint link, unit;

  result = gdp_newcomer_network (network, &newcomer, &error);
  g_assert_no_error (error);
  link = gdp_network_find_link (result, "bbt-00917");
  unit = gdp_network_find_unit (result, "GDP-901/bbt-2");   /* "…/bbt" is in use */
  g_assert_cmpuint (link, !=, G_MAXUINT);
  g_assert_cmpstr (result->links[link].serial, ==, "00917");
  g_assert_true (result->links[link].keyless);
  g_assert_cmpuint (unit, !=, G_MAXUINT);
  g_assert_cmpuint (result->units[unit].link, ==, link);
  g_assert_cmpuint (result->n_sites, ==, 1);
  g_assert_cmpuint (result->n_points, ==, network->sites[0].n_points);   /* or they would be retired */
  g_assert_nonnull (result->links[gdp_network_find_link (result, "bbt-1")].settings);
}

static void
test_newcomer_replaces (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 2), result = NULL;
  g_autoptr (GError) error = NULL;
  GdpNewcomer newcomer = { .kind = GDP_LINK_BBT, .name = "00917", .site = 0, .replaces = 0 };

  result = gdp_newcomer_network (network, &newcomer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_links, ==, 1);
  g_assert_cmpuint (result->n_sites, ==, 0);
  g_assert_cmpstr (result->links[0].id, ==, "bbt-1");
  g_assert_cmpstr (result->links[0].serial, ==, "00917");
  g_assert_nonnull (result->links[0].settings);
}

static void
test_newcomer_modem (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 1), result = NULL;
  g_autoptr (GError) error = NULL;
  GdpNewcomer newcomer = { .kind = GDP_LINK_MODEM, .name = "355000111222333", .site = 0, .replaces = G_MAXUINT,
                           .profile = data_catalogue_profile (catalogue, "upmp-12.4-a8-8") };
  guint link;

  result = gdp_newcomer_network (network, &newcomer, &error);
  g_assert_no_error (error);
  link = gdp_network_find_link (result, "modem-355000111222333");
  g_assert_cmpuint (link, !=, G_MAXUINT);
  g_assert_cmpstr (result->links[link].registration, ==, "355000111222333");
}

static void
test_newcomer_known_already (void)
{
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, 2), result = NULL;
  g_autoptr (GError) error = NULL;
  GdpNewcomer newcomer = { .kind = GDP_LINK_BBT, .name = "00002", .site = 0, .replaces = 0 };

  result = gdp_newcomer_network (network, &newcomer, &error);
  g_assert_null (result);
  g_assert_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_DUPLICATE);
  g_assert_nonnull (strstr (error->message, "bbt-2"));
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  g_test_add_func ("/field/a-sleeping-unit-is-not-overdue-before-its-time", test_state);
  g_test_add_func ("/field/what-is-wanted-is-taken-when-revisions-agree", test_fate);
  g_test_add_func ("/field/a-draft-without-a-change-differs-in-nothing", test_draft_without_a_change);
  g_test_add_func ("/field/a-draft-becomes-the-link-and-its-category", test_draft_becomes_the_link);
  g_test_add_func ("/field/a-draft-takes-settings-and-schedule-away", test_draft_takes_all_away);
  g_test_add_func ("/field/a-draft-out-of-range-is-no-network", test_draft_out_of_range);
  g_test_add_func ("/field/the-budget-follows-the-draft", test_draft_budget_follows);
  g_test_add_func ("/field/the-next-calls-follow-the-draft", test_draft_next_calls);
  g_test_add_func ("/field/numbers-as-people-type-them", test_typed_numbers);
  g_test_add_func ("/field/a-newcomer-stands-beside-what-the-site-has", test_newcomer_beside_what_the_site_has);
  g_test_add_func ("/field/a-newcomer-takes-over-the-link-it-replaces", test_newcomer_replaces);
  g_test_add_func ("/field/a-modem-is-approved-by-its-registration", test_newcomer_modem);
  g_test_add_func ("/field/a-known-serial-is-not-approved-again", test_newcomer_known_already);
  result = g_test_run ();
  data_catalogue_free (catalogue);
  return result;
}
