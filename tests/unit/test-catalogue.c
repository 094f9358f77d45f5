/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "data/catalogue.h"
#include "data/passport.h"

static DataCatalogue *
load (void)
{
  g_autoptr (GError) error = NULL;
  DataCatalogue *catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  return catalogue;
}

static GdpNetwork *
propose (DataCatalogue *catalogue, const DataVariant *variant, DataOutlet outlet)
{
  g_autoptr (GError) error = NULL;
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  GdpLink link = { .id = "line", .kind = GDP_LINK_MODBUS_TCP, .host = "10.0.0.1", .port = 502 };
  GdpSite site = { .id = "GDP-1", .name = "GDP-1", .variant = variant->id, .battery = variant->battery,
                   .mimic = variant->mimic, .latitude = 55, .longitude = 37 };
  GdpUnit unit = { .id = "GDP-1/upmp", .address = 1, .period = 1,
                   .profile = data_catalogue_profile (catalogue, "upmp-12.4-a8-8") };
  unit.link = gdp_network_builder_add_link (builder, &link, &error);
  g_assert_no_error (error);
  unit.site = gdp_network_builder_add_site (builder, &site, &error);
  g_assert_no_error (error);
  guint index = gdp_network_builder_add_unit (builder, &unit, &error);
  g_assert_no_error (error);
  gboolean ok = data_catalogue_propose_points (catalogue, variant, outlet, builder, "GDP-1", unit.site, index, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return gdp_network_builder_finish (builder);
}

static void
test_twelve_variants (void)
{
  static const struct { const char *id, *chemistry; guint lines; double volts, amp_hours; } brochure[] = {
    { "agdp-1.31", "AGM", 1, 24, 40 },            { "agdp-1.60", "AGM", 1, 24, 100 },
    { "agdp-2.31", "AGM", 2, 24, 40 },            { "agdp-2.60", "AGM", 2, 24, 100 },
    { "agdp-1.60-lfp", "LiFePO4", 1, 24, 100 },   { "agdp-2.60-lfp", "LiFePO4", 2, 24, 100 },
    { "agdp-1.sb-lfp", "LiFePO4", 1, 24, 100 },   { "agdp-2.sb-lfp", "LiFePO4", 2, 24, 100 },
    { "agdp-2.120-lfp", "LiFePO4", 2, 24, 200 },  { "agdp-2.120-lfp-dp", "LiFePO4", 2, 24, 200 },
    { "agdp-2.90-lto", "LTO", 2, 24, 65 },        { "agdp-2.180-lto", "LTO", 2, 48, 65 },
  };
  g_autoptr (DataCatalogue) catalogue = load ();
  g_assert_cmpuint (data_catalogue_n_variants (catalogue), ==, G_N_ELEMENTS (brochure));
  for (guint i = 0; i < G_N_ELEMENTS (brochure); i++) {
    const DataVariant *variant = data_catalogue_variant (catalogue, i);
    g_assert_cmpstr (variant->id, ==, brochure[i].id);
    g_assert_cmpstr (variant->battery.chemistry, ==, brochure[i].chemistry);
    g_assert_cmpuint (variant->lines, ==, brochure[i].lines);
    g_assert_cmpfloat (variant->battery.voltage, ==, brochure[i].volts);
    g_assert_cmpfloat (variant->battery.capacity, ==, brochure[i].amp_hours);
    g_assert_cmpuint (variant->pressure_sensors, ==, variant->lines + 1);
    g_assert_true (data_catalogue_find_variant (catalogue, variant->id) == variant);
  }
  g_assert_null (data_catalogue_find_variant (catalogue, "agdp-9"));
}

/* Every proposal must be something that a passport may say: written and read back, nothing is wrong. */
static void
test_proposals_are_valid_passports (void)
{
  g_autoptr (DataCatalogue) catalogue = load ();
  for (guint i = 0; i < data_catalogue_n_variants (catalogue); i++)
    for (DataOutlet outlet = DATA_OUTLET_MEDIUM; outlet <= DATA_OUTLET_LOW; outlet++) {
      g_autoptr (GdpNetwork) network = propose (catalogue, data_catalogue_variant (catalogue, i), outlet);
      g_autofree char *text = data_passport_write (network, NULL, 0);
      g_autoptr (GPtrArray) problems = NULL;
      guint n;
      g_autoptr (GdpNetwork) back = data_passport_parse ("proposal", text, -1, catalogue, &problems, &n);
      for (guint p = 0; p < problems->len; p++)
        g_test_message ("%s", data_problem_text (problems->pdata[p]));
      g_assert_cmpuint (n, ==, 0);
      g_assert_cmpuint (back->n_points, ==, network->n_points);
    }
}

static void
test_full_cabinet (void)
{
  static const char *const tags[] = { "inlet", "outlet1", "outlet2", "tgas", "troom", "ch4", "dp1", "battery",
                                      "slam1", "slam2", "door1", "door2", "mains", "tamper" };
  g_autoptr (DataCatalogue) catalogue = load ();
  g_autoptr (GdpNetwork) full = propose (catalogue, data_catalogue_find_variant (catalogue, "agdp-2.120-lfp-dp"),
                                         DATA_OUTLET_MEDIUM);
  g_assert_cmpuint (full->n_points, ==, G_N_ELEMENTS (tags));
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++) {
    g_autofree char *id = g_strconcat ("GDP-1/", tags[i], NULL);
    g_assert_cmpuint (gdp_network_find_point (full, id), !=, G_MAXUINT);
  }
  const GdpPoint *outlet = &full->points[gdp_network_find_point (full, "GDP-1/outlet1")];
  g_assert_cmpstr (outlet->channel, ==, "ai2");
  g_assert_cmpfloat (outlet->limits.level[GDP_LEVEL_HH].value, ==, 0.345);

  g_autoptr (GdpNetwork) small = propose (catalogue, data_catalogue_find_variant (catalogue, "agdp-1.31"),
                                          DATA_OUTLET_LOW);
  g_assert_cmpuint (gdp_network_find_point (small, "GDP-1/outlet2"), ==, G_MAXUINT);
  g_assert_cmpuint (gdp_network_find_point (small, "GDP-1/slam2"), ==, G_MAXUINT);
  g_assert_cmpuint (gdp_network_find_point (small, "GDP-1/dp1"), ==, G_MAXUINT);
  outlet = &small->points[gdp_network_find_point (small, "GDP-1/outlet1")];
  g_assert_cmpstr (outlet->engineering_unit, ==, "kPa");
  g_assert_cmpfloat (outlet->limits.level[GDP_LEVEL_H].value, ==, 2.75);
}

static void
test_upmp_profile (void)
{
  g_autoptr (DataCatalogue) catalogue = load ();
  const GdpProfile *upmp = data_catalogue_profile (catalogue, "upmp-12.4-a8-8");
  const guint16 words[] = { 12345 };
  g_assert_nonnull (upmp);
  const GdpRegister *ai2 = gdp_profile_find (upmp, "ai2");
  g_assert_cmpint (ai2->table, ==, GDP_TABLE_INPUT_REGISTERS);
  g_assert_cmpuint (ai2->address, ==, 1);
  g_assert_cmpfloat_with_epsilon (gdp_register_decode (ai2, words), 12.345, 1e-9);
  g_assert_cmpint (gdp_profile_find (upmp, "di8")->table, ==, GDP_TABLE_DISCRETE_INPUTS);
  g_assert_true (gdp_profile_find (upmp, "do1")->writable);
  g_assert_cmpint (gdp_profile_find (upmp, "direction")->table, ==, GDP_TABLE_HOLDING_REGISTERS);
  g_assert_null (data_catalogue_profile (catalogue, "no-such"));
}

static void
test_mimics (void)
{
  g_autoptr (DataCatalogue) catalogue = load ();
  for (guint i = 0; i < data_catalogue_n_variants (catalogue); i++) {
    g_autofree char *path = data_catalogue_mimic (catalogue, data_catalogue_variant (catalogue, i)->mimic);
    g_assert_nonnull (path);
  }
  g_assert_null (data_catalogue_mimic (catalogue, "../mimic/one-line"));
  g_assert_null (data_catalogue_mimic (catalogue, "/no/such/file.svg"));
  g_assert_null (data_catalogue_mimic (catalogue, NULL));
}

/* A copy of the catalogue in a folder of its own, with one more profile in it. */
static char *
catalogue_with_profile (const char *text)
{
  g_autofree char *folder = g_dir_make_tmp ("catalogue-XXXXXX", NULL);
  g_autofree char *command = g_strdup_printf ("cp -r '%s/.' '%s'", GDP_SOURCE_CATALOGUE, folder);
  g_autofree char *path = g_build_filename (folder, "profiles", "mine.json", NULL);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return g_steal_pointer (&folder);
}

static void
remove_folder (const char *folder)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", folder);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
}

static void
test_bad_profile_costs_only_itself (void)
{
  static const struct { const char *text, *says; } bad[] = {
    { "{\"title\":\"x\",\"registers\":[{\"channel\":\"a\",\"table\":\"input-register\",\"address\":0,\"type\":\"u32\"},"
      "{\"channel\":\"b\",\"table\":\"input-register\",\"address\":1}]}", "overlap" },
    { "{\"title\":\"x\",\"registers\":[{\"channel\":\"a\",\"table\":\"input-register\",\"address\":0},"
      "{\"channel\":\"a\",\"table\":\"input-register\",\"address\":1}]}", "twice" },
    { "{\"title\":\"x\",\"registers\":[{\"channel\":\"a\",\"table\":\"inputs\",\"address\":0}]}",
      "/registers/0/table" },
    { "{\"title\":\"x\",\n\"registers\":[{\"channel\":\"a\",\"table\":\"coil\",\"address\":70000}]}", ":2:" },
    { "{\"title\":\"x\"", "mine.json:1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = catalogue_with_profile (bad[i].text);
    g_autoptr (DataCatalogue) catalogue = data_catalogue_load (folder, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (data_catalogue_n_faults (catalogue), ==, 1);
    const char *fault = data_catalogue_profile_fault (catalogue, "mine");
    g_assert_true (fault == data_catalogue_fault_at (catalogue, 0));
    g_assert_nonnull (strstr (fault, bad[i].says));
    g_assert_nonnull (strstr (fault, "mine.json"));
    g_assert_null (data_catalogue_profile (catalogue, "mine"));
    g_assert_nonnull (data_catalogue_profile (catalogue, "upmp-12.4-a8-8"));
    g_assert_null (data_catalogue_profile_fault (catalogue, "upmp-12.4-a8-8"));
    g_assert_cmpuint (data_catalogue_n_variants (catalogue), ==, 12);
    remove_folder (folder);
  }
}

/* A site that names it is refused for the reason it is broken, not as if it was misspelt. */
static void
test_site_of_a_bad_profile_says_why (void)
{
  g_autofree char *folder = catalogue_with_profile ("{\"title\":\"x\"");
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (folder, NULL);
  g_autoptr (GPtrArray) problems = NULL;
  static const char passport[] =
    "{\"format\":\"gdp-passport\",\"version\":1,\"links\":[{\"id\":\"l\",\"kind\":\"modbus-tcp\",\"host\":\"h\"}],"
    "\"sites\":[{\"id\":\"S\",\"name\":\"S\",\n\"units\":[{\"id\":\"u\",\"link\":\"l\",\"address\":1,\"profile\":\"mine\"}]}]}";
  guint n;

  g_assert_null (data_passport_parse ("p", passport, -1, catalogue, &problems, &n));
  g_assert_cmpuint (n, ==, 1);
  g_autofree char *text = data_problem_text (problems->pdata[0]);
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, "p:2: /sites/0/units/0/profile"));
  g_assert_nonnull (strstr (text, "“mine” is broken"));
  g_assert_nonnull (strstr (text, "mine.json:1"));
  remove_folder (folder);
}

static void
test_own_profile_without_rebuild (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = catalogue_with_profile (
    "{\"title\":\"x\",\"max_gap\":0,\"registers\":[{\"channel\":\"p\",\"table\":\"holding-register\",\"address\":40,"
    "\"type\":\"float\",\"words\":\"low-first\",\"scale\":2,\"offset\":1}]}");
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (folder, &error);
  g_assert_no_error (error);
  const GdpProfile *mine = data_catalogue_profile (catalogue, "mine");
  const guint16 words[] = { 0x0000, 0x3FC0 };   /* 1.5 */
  g_assert_cmpuint (mine->max_gap, ==, 0);
  g_assert_cmpuint (mine->max_read, ==, 125);
  g_assert_cmpfloat (gdp_register_decode (gdp_profile_find (mine, "p"), words), ==, 4.0);
  remove_folder (folder);
}

/* ---- response cards ------------------------------------------------------------------------ */

static gboolean
has_condition (GdpPointKind kind, GdpCondition condition)
{
  gboolean discrete = kind < GDP_N_POINT_KINDS && gdp_point_kind_info (kind)->discrete;
  if (kind == GDP_N_POINT_KINDS)
    return condition > GDP_CONDITION_STALE;
  if (condition == GDP_CONDITION_HOURS)
    return kind == GDP_POINT_BATTERY_VOLTAGE;
  return condition == GDP_CONDITION_FAULT || condition == GDP_CONDITION_STALE || (condition == GDP_CONDITION_STATE) == discrete;
}

static guint
count_lines (const char *lines)
{
  g_auto (GStrv) texts = gdp_card_lines (lines);
  for (char **text = texts; *text; text++)
    g_assert_cmpstr (*text, !=, "");
  return g_strv_length (texts);
}

/* No alarm that a passport can configure, and none of a unit, link or server, is without what to do. */
static void
test_every_alarm_has_its_card (void)
{
  static const char *const languages[] = { "en", "ru" };
  g_autoptr (DataCatalogue) catalogue = load ();
  guint n = 0;
  for (guint kind = 0; kind <= GDP_N_POINT_KINDS; kind++)
    for (GdpCondition condition = 0; condition < GDP_N_CONDITIONS; condition++)
      for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
        if (gdp_condition_is_decision (condition) || !has_condition (kind, condition)
            || (kind < GDP_N_POINT_KINDS && condition > GDP_CONDITION_STALE))
          continue;
        const GdpCard *card = data_catalogue_card (catalogue, kind, condition, languages[i]);
        const GdpCard *other = data_catalogue_card (catalogue, kind, condition, languages[1 - i]);
        g_test_message ("%s.%s %s", kind < GDP_N_POINT_KINDS ? gdp_point_kind_info (kind)->word : "", gdp_condition_word (condition),
                        languages[i]);
        g_assert_nonnull (card);
        g_assert_cmpuint (count_lines (card->causes), >=, 1);
        g_assert_cmpuint (count_lines (card->steps), >=, 2);
        g_assert_cmpuint (count_lines (card->whom), >=, 1);
        g_assert_cmpuint (strlen (card->consequence), >=, 20);
        g_assert_cmpuint (card->minutes, >, 0);
        g_assert_cmpuint (count_lines (card->steps), ==, count_lines (other->steps));
        g_assert_cmpuint (card->minutes, ==, other->minutes);
        g_assert_cmpstr (card->steps, !=, other->steps);
        n++;
      }
  g_assert_cmpuint (n, ==, 2 * (11 * 7 + 1 + 8 * 3 + 8));
}

static void
test_particular_card_comes_first (void)
{
  g_autoptr (DataCatalogue) catalogue = load ();
  const GdpCard *gas = data_catalogue_card (catalogue, GDP_POINT_GAS_CONCENTRATION, GDP_CONDITION_FAULT, "en");
  const GdpCard *room = data_catalogue_card (catalogue, GDP_POINT_ROOM_TEMPERATURE, GDP_CONDITION_FAULT, "en");
  g_assert_nonnull (strstr (gas->steps, "gas analyser"));
  g_assert_null (strstr (room->steps, "gas analyser"));
  g_assert_null (data_catalogue_card (catalogue, GDP_POINT_ROOM_TEMPERATURE, GDP_CONDITION_FAULT, "xx"));
}

/* Without a catalogue, or in a language that it lacks. */
static void
test_card_without_catalogue_is_the_passports (void)
{
  GdpSiteCard own = { NULL, "high", { .steps = "here" } };
  GdpSite site = { .cards = &own, .n_cards = 1 };
  GdpAlarmPlace place = { .site = &site, .condition = GDP_CONDITION_HIGH };
  GdpCard card = data_catalogue_card_of (NULL, &place);
  g_assert_cmpstr (card.steps, ==, "here");
  g_assert_null (card.causes);
}

#define TEXTS "{\"causes\":[\"a\"],\"consequence\":\"b\",\"steps\":[\"c\"],\"whom\":[\"d\"]}"
#define CARD(kinds, conditions, texts) "{" kinds "\"conditions\":[" conditions "],\"minutes\":5,\"texts\":{" texts "}}"

static void
test_bad_cards_are_named (void)
{
  static const struct { const char *cards, *says; } bad[] = {
    { CARD ("\"kinds\":[\"door\",\"window\"],", "\"state\"", "\"en\":" TEXTS), "“window” is no kind of point" },
    { CARD ("", "\"hihg\"", "\"en\":" TEXTS), "“hihg” is no condition" },
    { CARD ("", "\"visit\"", "\"en\":" TEXTS), "“visit” is no condition" },
    { CARD ("", "\"high\"", "\"ru\":" TEXTS), "lacks “en”" },
    { CARD ("", "\"high\"", "\"en\":" TEXTS ",\"ru\":{\"causes\":[\"a\"],\"consequence\":\"b\",\"steps\":[\"c\",\"d\"],"
            "\"whom\":[\"d\"]}"), "2 steps in “ru”, but 1 in “en”" },
    { CARD ("\"kinds\":[\"door\"],", "\"state\"", "\"en\":" TEXTS) "," CARD ("\"kinds\":[\"mains\",\"door\"],", "\"state\"",
            "\"en\":" TEXTS), "card 1 is for the same kind and condition" },
    { CARD ("", "\"high\"", "\"en\":" TEXTS) "," CARD ("", "\"low\",\"high\"", "\"en\":" TEXTS), "card 1 is for the same" },
    { "{\"conditions\":[\"high\"],\"texts\":{\"en\":" TEXTS "}}", "lacks “minutes”" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = catalogue_with_profile ("{}");
    g_autofree char *path = g_build_filename (folder, "cards.json", NULL);
    g_autofree char *text = g_strdup_printf ("{\"cards\":[%s]}", bad[i].cards);
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    g_assert_null (data_catalogue_load (folder, &error));
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, bad[i].says));
    g_assert_nonnull (strstr (error->message, "cards.json:1: /cards/"));
    remove_folder (folder);
  }
}

static void
test_missing_catalogue (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (data_catalogue_load ("/no/such/folder", &error));
  g_assert_nonnull (strstr (error->message, "/no/such/folder"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/the-twelve-cabinets-of-the-brochure", test_twelve_variants);
  g_test_add_func ("/catalogue/every-proposal-is-a-valid-passport", test_proposals_are_valid_passports);
  g_test_add_func ("/catalogue/a-full-cabinet-uses-every-input", test_full_cabinet);
  g_test_add_func ("/catalogue/upmp-profile-reads-microamperes", test_upmp_profile);
  g_test_add_func ("/catalogue/every-cabinet-has-its-mimic", test_mimics);
  g_test_add_func ("/catalogue/bad-profile-costs-only-itself-and-names-file-and-place",
                   test_bad_profile_costs_only_itself);
  g_test_add_func ("/catalogue/site-of-a-bad-profile-says-why", test_site_of_a_bad_profile_says_why);
  g_test_add_func ("/catalogue/own-profile-needs-no-rebuild", test_own_profile_without_rebuild);
  g_test_add_func ("/catalogue/every-alarm-has-its-card-in-both-languages", test_every_alarm_has_its_card);
  g_test_add_func ("/catalogue/a-card-of-a-kind-comes-before-one-of-all", test_particular_card_comes_first);
  g_test_add_func ("/catalogue/without-a-catalogue-a-card-is-the-passports", test_card_without_catalogue_is_the_passports);
  g_test_add_func ("/catalogue/bad-cards-are-named-with-file-and-place", test_bad_cards_are_named);
  g_test_add_func ("/catalogue/missing-folder-is-named", test_missing_catalogue);
  return g_test_run ();
}
