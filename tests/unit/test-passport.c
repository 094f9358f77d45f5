/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "passport-reading.h"

/* One site with everything that a passport can say; tests bend one place of it. */
static const char full[] =
  "{\n"
  "  \"format\": \"gdp-passport\",\n"
  "  \"version\": 1,\n"
  "  \"links\": [\n"
  "    {\"id\": \"rs485-1\", \"kind\": \"modbus-rtu\", \"device\": \"/dev/ttyUSB0\", \"baud\": 9600, \"parity\": \"odd\", \"stop_bits\": 2},\n"
  "    {\"id\": \"tcp\", \"kind\": \"modbus-tcp\", \"host\": \"10.1.0.4\", \"port\": 1502},\n"
  "    {\"id\": \"gsm\", \"kind\": \"modem\", \"registration\": \"GDP-005\", \"heartbeat\": \"ping\\r\"}\n"
  "  ],\n"
  "  \"sites\": [\n"
  "    {\n"
  "      \"id\": \"GDP-003\",\n"
  "      \"name\": \"Заречье \\u00ab3\\u00bb\",\n"
  "      \"address\": \"Речная ул., 7\",\n"
  "      \"region\": \"Север\",\n"
  "      \"variant\": \"agdp-2.120-lfp-dp\",\n"
  "      \"mimic\": \"two-lines\",\n"
  "      \"notes\": \"ключ\\nу сторожа\",\n"
  "      \"latitude\": 55.1,\n"
  "      \"longitude\": 37.2,\n"
  "      \"contacts\": [{\"name\": \"Иванов\", \"role\": \"мастер\", \"phone\": \"+7 900 000-00-00\"}, {\"name\": \"ЕДДС\"}], "
  "\"cards\": [{\"point\": \"outlet1\", \"condition\": \"low\", \"causes\": [\"пилот\"], \"steps\": [\"звонить\", \"ехать\"], "
  "\"minutes\": 7}, {\"condition\": \"silent\", \"consequence\": \"не видно\", \"whom\": [\"связь\"]}],\n"
  "      \"battery\": {\"chemistry\": \"LiFePO4\", \"voltage\": 24, \"capacity\": 200},\n"
  "      \"units\": [\n"
  "        {\"id\": \"upmp\", \"link\": \"rs485-1\", \"address\": 3, \"profile\": \"upmp-12.4-a8-8\", \"period\": 0.5, \"silent_after\": 5},\n"
  "        {\"id\": \"upmp2\", \"link\": \"gsm\", \"address\": 3, \"profile\": \"upmp-12.4-a8-8\"}\n"
  "      ],\n"
  "      \"points\": [\n"
  "        {\n"
  "          \"id\": \"outlet1\",\n"
  "          \"kind\": \"outlet-pressure\",\n"
  "          \"name\": \"Выход 1\",\n"
  "          \"source\": \"upmp:ai2\",\n"
  "          \"unit\": \"MPa\",\n"
  "          \"range\": [0, 0.6],\n"
  "          \"resolution\": 0.0001,\n"
  "          \"damping\": 1.5,\n"
  "          \"keep_every\": 30,\n"
  "          \"limits\": {\n"
  "            \"HH\": {\"value\": 0.345, \"deadband\": 0.003, \"on_delay\": 2, \"off_delay\": 2.1, \"priority\": 1},\n"
  "            \"H\": {\"value\": 0.33, \"priority\": 2},\n"
  "            \"L\": {\"value\": 0.1, \"deadband\": 0.1, \"priority\": 2},\n"
  "            \"LL\": {\"value\": 0.05, \"priority\": 1}\n"
  "          },\n"
  "          \"fault\": {\"priority\": 0},\n"
  "          \"stale\": {\"priority\": 2, \"after\": 10}, \"remind_after\": 1800, \"latches\": true, "
  "\"deviation\": {\"from\": 0.3, \"value\": 0.02, \"deadband\": 0.005, \"on_delay\": 5, \"priority\": 2}, "
  "\"rate\": {\"value\": 0.01, \"within\": 60}, \"frozen\": {\"after\": 7200},\n"
  "          \"guidance\": \"звонить \\\"104\\\"\"\n"
  "        },\n"
  "        {\"id\": \"door1\", \"kind\": \"door\", \"source\": \"upmp:di3\", \"contact\": \"normally-closed\", \"debounce\": 0.1,\n"
  "         \"states\": [\"закрыта\", \"открыта\"], \"alarm\": {\"state\": 1, \"on_delay\": 0.3, \"priority\": 2}},\n"
  "        {\"id\": \"siren\", \"kind\": \"output\", \"source\": \"upmp2:do1\"},\n"
  "        {\"id\": \"count\", \"kind\": \"analog\", \"source\": \"upmp2:direction\", \"signal\": \"number\", \"resolution\": 1}\n"
  "      ]\n"
  "    }\n"
  "  ]\n"
  "}\n";

static void
test_everything_is_read (void)
{
  g_auto (Reading) reading = parse (full, -1);
  g_assert_cmpuint (reading.n, ==, 0);
  const GdpNetwork *network = reading.network;
  g_assert_cmpuint (network->n_links, ==, 3);
  g_assert_cmpint (network->links[0].parity, ==, 'O');
  g_assert_cmpuint (network->links[0].stop_bits, ==, 2);
  g_assert_cmpuint (network->links[1].port, ==, 1502);
  g_assert_cmpstr (network->links[2].heartbeat, ==, "ping\r");
  const GdpSite *site = &network->sites[0];
  g_assert_cmpstr (site->name, ==, "Заречье «3»");
  g_assert_cmpuint (site->n_contacts, ==, 2);
  g_assert_cmpstr (site->contacts[0].phone, ==, "+7 900 000-00-00");
  g_assert_null (site->contacts[1].phone);
  g_assert_cmpfloat (site->battery.capacity, ==, 200);
  g_assert_cmpfloat (site->latitude, ==, 55.1);
  const GdpUnit *unit = &network->units[gdp_network_find_unit (network, "GDP-003/upmp")];
  g_assert_cmpfloat (unit->period, ==, 0.5);
  g_assert_cmpfloat (unit->silent_after, ==, 5);
  const GdpPoint *outlet = &network->points[gdp_network_find_point (network, "GDP-003/outlet1")];
  g_assert_cmpint (outlet->scaling.signal, ==, GDP_SIGNAL_CURRENT);
  g_assert_cmpfloat (outlet->scaling.high, ==, 0.6);
  g_assert_cmpfloat (outlet->scaling.damping, ==, 1.5);
  g_assert_cmpfloat (outlet->keep_every, ==, 30);
  g_assert_cmpfloat (outlet->limits.level[GDP_LEVEL_HH].value, ==, 0.345);
  g_assert_cmpfloat (outlet->limits.level[GDP_LEVEL_HH].off_delay, ==, 2.1f);
  g_assert_cmpuint (outlet->limits.level[GDP_LEVEL_LL].priority, ==, 1);
  g_assert_cmpuint (outlet->limits.fault_priority, ==, 0);
  g_assert_cmpuint (outlet->limits.stale_priority, ==, 2);
  g_assert_cmpfloat (outlet->limits.stale_after, ==, 10);
  g_assert_cmpfloat (outlet->limits.remind_after, ==, 1800);
  g_assert_true (outlet->limits.latches);
  g_assert_cmpfloat (outlet->limits.set_point, ==, 0.3);
  g_assert_cmpfloat (outlet->limits.deviation.deadband, ==, 0.005);
  g_assert_cmpuint (outlet->limits.deviation.priority, ==, 2);
  g_assert_cmpfloat (outlet->limits.rate_window, ==, 60);
  g_assert_cmpuint (outlet->limits.rate.priority, ==, 3);
  g_assert_cmpfloat (outlet->limits.frozen_after, ==, 7200);
  g_assert_cmpuint (outlet->limits.frozen_priority, ==, 4);
  const GdpPoint *door = &network->points[gdp_network_find_point (network, "GDP-003/door1")];
  g_assert_true (door->scaling.invert);
  g_assert_cmpstr (door->states[1], ==, "открыта");
  g_assert_cmpuint (door->limits.state.priority, ==, 2);
  g_assert_cmpuint (door->limits.fault_priority, ==, 3);
  g_assert_false (door->limits.latches);
  const GdpPoint *count = &network->points[gdp_network_find_point (network, "GDP-003/count")];
  g_assert_cmpint (count->scaling.signal, ==, GDP_SIGNAL_NUMBER);
  g_assert_cmpstr (network->units[count->unit].id, ==, "GDP-003/upmp2");
}

static void
test_export_then_import_changes_nothing (void)
{
  g_auto (Reading) one = parse (full, -1);
  g_assert_nonnull (one.network);
  g_autofree char *first = data_passport_write (one.network, NULL, 0);
  g_auto (Reading) other = parse (first, -1);
  g_assert_nonnull (other.network);
  g_autofree char *second = data_passport_write (other.network, NULL, 0);
  g_assert_cmpstr (first, ==, second);
  /* Nothing was lost on the way: every text and number of the original is in the export. */
  static const char *const said[] = {
    "\"baud\": 9600", "\"parity\": \"odd\"", "\"stop_bits\": 2", "\"port\": 1502", "\"heartbeat\": \"ping\\u000d\"",
    "\"notes\": \"ключ\\nу сторожа\"", "\"longitude\": 37.2", "{\"name\": \"ЕДДС\"}", "\"silent_after\": 5",
    "\"range\": [0, 0.6]", "\"resolution\": 0.0001", "\"damping\": 1.5", "\"keep_every\": 30",
    "\"HH\": {\"value\": 0.345, \"deadband\": 0.003, \"on_delay\": 2, \"off_delay\": 2.1, \"priority\": 1}",
    "\"fault\": {\"priority\": 0}", "\"stale\": {\"priority\": 2, \"after\": 10}", "звонить \\\"104\\\"",
    "\"remind_after\": 1800", "\"latches\": true",
    "\"deviation\": {\"from\": 0.3, \"value\": 0.02, \"deadband\": 0.005, \"on_delay\": 5, \"priority\": 2}",
    "\"rate\": {\"within\": 60, \"value\": 0.01, \"priority\": 3}", "\"frozen\": {\"after\": 7200, \"priority\": 4}",
    "\"contact\": \"normally-closed\"", "\"debounce\": 0.1", "\"alarm\": {\"state\": 1, \"on_delay\": 0.3, \"priority\": 2}",
    "\"signal\": \"number\"",
  };
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    if (!strstr (first, said[i]))
      g_error ("the export lost %s", said[i]);
}

static void
test_export_of_a_site_has_only_its_links (void)
{
  g_autofree char *two = bent (full, "\"sites\": [\n", "\"sites\": [\n{\"id\": \"GDP-004\", \"units\": [{\"id\": \"u\", "
                               "\"link\": \"tcp\", \"address\": 1, \"profile\": \"upmp-12.4-a8-8\"}]},\n");
  g_auto (Reading) reading = parse (two, -1);
  const guint site = gdp_network_find_site (reading.network, "GDP-004");
  g_autofree char *text = data_passport_write (reading.network, &site, 1);
  g_assert_nonnull (strstr (text, "\"id\": \"tcp\""));
  g_assert_null (strstr (text, "rs485-1"));
  g_assert_null (strstr (text, "GDP-003"));
  g_auto (Reading) back = parse (text, -1);
  g_assert_cmpuint (back.n, ==, 0);
}

/* Each: bend one place; exactly one problem, at this path and line, that says this. */
static void
test_one_wrong_thing_is_named (void)
{
  static const struct { const char *old, *new, *path, *says; guint line; } cases[] = {
    { "\"kind\": \"outlet-pressure\"", "\"kind\": \"pressure\"", "/sites/0/points/0/kind", "outlet-pressure", 29 },
    { "\"id\": \"door1\"", "\"id\": \"outlet1\"", "/sites/0/points/1/id", "first in line 28", 47 },
    { "\"id\": \"siren\"", "\"id\": \"upmp\"", "/sites/0/points/2/id", "first in line 23", 49 },
    { "\"id\": \"tcp\"", "\"id\": \"rs485-1\"", "/links/1/id", "first in line 5", 6 },
    { "\"id\": \"GDP-003\"", "\"id\": \"gsm\"", "/sites/0/id", "first in line 7", 11 },
    { "\"link\": \"gsm\"", "\"link\": \"gms\"", "/sites/0/units/1/link", "gsm, rs485-1, tcp", 24 },
    { "\"link\": \"gsm\"", "\"link\": \"rs485-1\"", "/sites/0/units/1/address", "first in line 23", 24 },
    { "\"upmp-12.4-a8-8\", \"period\"", "\"upmp\", \"period\"", "/sites/0/units/0/profile", "there are: bbt-1, gas-corrector, upmp-12.4-a8-8", 23 },
    { "\"period\": 0.5", "\"period\": 0.1", "/sites/0/units/0/period", "at least 0.2", 23 },
    { "\"address\": 3", "\"address\": 248", "/sites/0/units/0/address", "at most 247", 23 },
    { "\"address\": 3", "\"address\": 3.5", "/sites/0/units/0/address", "integer", 23 },
    { "upmp:ai2", "upmp:ai9", "/sites/0/points/0/source", "ai8", 31 },
    { "upmp:ai2", "upnp:ai2", "/sites/0/points/0/source", "there are: upmp, upmp2", 31 },
    { "upmp:ai2", "upmp:di2", "/sites/0/points/0/source", "discrete", 31 },
    { "upmp:di3", "upmp:ai3", "/sites/0/points/1/source", "a number", 47 },
    { "upmp2:do1", "upmp2:di1", "/sites/0/points/2/source", "written", 49 },
    { "upmp2:direction", "upmp:ai2", "/sites/0/points/3/source", "first in line 31", 50 },
    { "\"range\": [0, 0.6]", "\"range\": [0.6, 0]", "/sites/0/points/0/range", "reversed", 33 },
    { "\"range\": [0, 0.6]", "\"range\": [0.6]", "/sites/0/points/0/range", "at least 2", 33 },
    { "          \"range\": [0, 0.6],\n", "", "/sites/0/points/0", "lacks “range”", 27 },
    { "\"resolution\": 0.0001", "\"resolution\": 1", "/sites/0/points/0/resolution", "not smaller", 34 },
    { "\"resolution\": 0.0001", "\"resolution\": 1e-12", "/sites/0/points/0/resolution", "steps", 34 },
    { "\"H\": {\"value\": 0.33", "\"H\": {\"value\": 0.09", "/sites/0/points/0/limits", "H 0.09 must be above L 0.1", 37 },
    { "\"H\": {\"value\": 0.33", "\"H\": {\"value\": 0.35", "/sites/0/points/0/limits", "HH 0.345 must be above H 0.35", 37 },
    { "\"value\": 0.345", "\"value\": 0.7", "/sites/0/points/0/limits", "range", 37 },
    { "\"deadband\": 0.003", "\"deadband\": 0.5", "/sites/0/points/0/limits", "deadband", 37 },
    { "\"deadband\": 0.003", "\"deadband\": -1", "/sites/0/points/0/limits/HH/deadband", "at least 0", 38 },
    { "\"priority\": 1}", "\"priority\": 5}", "/sites/0/points/0/limits/HH/priority", "at most 4", 38 },
    { "\"value\": 0.345", "\"value\": \"0.345\"", "/sites/0/points/0/limits/HH/value", "must be a number", 38 },
    { "\"source\": \"upmp:di3\"", "\"source\": \"upmp:di3\", \"limits\": {}", "/sites/0/points/1/limits", "kind", 47 },
    { "\"damping\": 1.5", "\"debounce\": 1.5", "/sites/0/points/0/debounce", "kind", 35 },
    { "\"guidance\"", "\"guidence\"", "/sites/0/points/0/guidence", "misspelt", 45 },
    { "\"registration\": \"GDP-005\", ", "", "/links/2", "lacks “registration”", 7 },
    { "\"host\": \"10.1.0.4\"", "\"host\": \"10.1.0.4\", \"baud\": 9600", "/links/1/baud", "kind", 6 },
    { "\"baud\": 9600", "\"baud\": 9601", "/links/0/baud", "115200", 5 },
    { "agdp-2.120-lfp-dp", "agdp-2.120", "/sites/0/variant", "agdp-1.31", 15 },
    { "      \"latitude\": 55.1,\n", "", "/sites/0", "latitude", 10 },
    { "\"longitude\": 37.2", "\"longitude\": 237.2", "/sites/0/longitude", "at most 180", 19 },
    { "\"id\": \"GDP-003\"", "\"id\": \"GDP/003\"", "/sites/0/id", "form", 11 },
    { "\"id\": \"GDP-003\"", "\"id\": \"GDP-003\\n\"", "/sites/0/id", "form", 11 },
    { "Речная ул., 7", "Речная ул.\\n7", "/sites/0/address", "One line", 13 },
    { "ключ\\nу сторожа", "ключ\\u001b[2Jу сторожа", "/sites/0/notes", "control characters", 17 },
    { "\"point\": \"outlet1\", \"condition\"", "\"point\": \"outlet9\", \"condition\"", "/sites/0/cards/0/point", "no point or unit “outlet9”", 20 },
    { "\"point\": \"outlet1\", \"condition\": \"low\"", "\"condition\": \"silent\"", "/sites/0/cards/1", "used twice", 20 },
    { "{\"condition\": \"silent\", ", "{", "/sites/0/cards/1", "what the card is for", 20 },
    { ", \"consequence\": \"не видно\", \"whom\": [\"связь\"]", "", "/sites/0/cards/1", "says nothing", 20 },
    { "\"condition\": \"low\"", "\"condition\": \"visit\"", "/sites/0/cards/0/condition", "none of", 20 },
    { "\"minutes\": 7", "\"minutes\": 0", "/sites/0/cards/0/minutes", "at least 1", 20 },
    { "[\"звонить\", \"ехать\"]", "[]", "/sites/0/cards/0/steps", "at least 1", 20 },
    { "\"звонить\", ", "\"зво\\nнить\", ", "/sites/0/cards/0/steps/0", "", 20 },
    { "\"version\": 1", "\"version\": 2", "/version", "must be 1", 3 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    refuses (full, cases[i].old, cases[i].new, cases[i].path, cases[i].says, cases[i].line);
}

static void
test_doubled_registration_and_device (void)
{
  g_autofree char *text = bent (full, "\"links\": [\n", "\"links\": [\n"
    "{\"id\": \"a\", \"kind\": \"modem\", \"registration\": \"GDP-005\"},\n"
    "{\"id\": \"b\", \"kind\": \"modbus-rtu\", \"device\": \"/dev/ttyUSB0\"},\n");
  g_auto (Reading) reading = parse (text, -1);
  g_assert_cmpuint (reading.n, ==, 2);
  const DataProblem *device = reading.problems->pdata[0], *registration = reading.problems->pdata[1];
  g_assert_cmpstr (device->path, ==, "/links/2/device");
  g_assert_nonnull (strstr (device->message, "first in line 6"));
  g_assert_cmpstr (registration->path, ==, "/links/4/registration");
}

/* Shape and sense are told at once, in document order. */
static void
test_problems_of_all_sorts_together (void)
{
  g_autofree char *one = bent (full, "\"range\": [0, 0.6]", "\"range\": [0.6, 0]");
  g_autoptr (GString) text = g_string_new (one);
  g_string_replace (text, "\"kind\": \"door\"", "\"kind\": \"window\"", 1);
  g_string_replace (text, "\"host\": \"10.1.0.4\"", "\"host\": 4", 1);
  g_auto (Reading) reading = parse (text->str, (gssize) text->len);
  g_assert_cmpuint (reading.n, ==, 3);
  const char *const paths[] = { "/links/1/host", "/sites/0/points/0/range", "/sites/0/points/1/kind" };
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (((DataProblem *) reading.problems->pdata[i])->path, ==, paths[i]);
}

static void
test_a_thousand_errors (void)
{
  g_autoptr (GString) text = g_string_new ("{\"format\": \"gdp-passport\", \"version\": 1, \"sites\": [");
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "%s\n{\"id\": \"same\"}", i ? "," : "");
  g_string_append (text, "]}");
  g_auto (Reading) reading = parse (text->str, (gssize) text->len);
  g_assert_cmpuint (reading.n, ==, 999);
  g_assert_cmpuint (reading.problems->len, ==, DATA_PROBLEMS_MAX);
}

static void
test_a_huge_text_makes_a_short_message (void)
{
  g_autofree char *megabyte = g_strnfill (1 << 20, 'x');
  g_autofree char *replacement = g_strdup_printf ("\"link\": \"%s\"", megabyte);
  g_autofree char *text = bent (full, "\"link\": \"gsm\"", replacement);
  g_auto (Reading) reading = parse (text, -1);
  g_assert_cmpuint (reading.n, >=, 1);
  for (guint i = 0; i < reading.problems->len; i++) {
    g_autofree char *line = data_problem_text (reading.problems->pdata[i]);
    g_assert_cmpuint (strlen (line), <, 2000);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  setlocale (LC_ALL, "C.UTF-8");   /* messages hold “ ” */
  g_test_init (&argc, &argv, NULL);
  catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  g_test_add_func ("/passport/everything-in-it-is-read", test_everything_is_read);
  g_test_add_func ("/passport/export-then-import-changes-nothing", test_export_then_import_changes_nothing);
  g_test_add_func ("/passport/export-of-a-site-has-only-its-links", test_export_of_a_site_has_only_its_links);
  g_test_add_func ("/passport/one-wrong-thing-is-named-with-path-and-line", test_one_wrong_thing_is_named);
  g_test_add_func ("/passport/doubled-registration-and-device", test_doubled_registration_and_device);
  g_test_add_func ("/passport/shape-and-sense-are-told-at-once", test_problems_of_all_sorts_together);
  g_test_add_func ("/passport/a-thousand-errors-are-counted-a-hundred-kept", test_a_thousand_errors);
  g_test_add_func ("/passport/a-megabyte-of-text-makes-a-short-message", test_a_huge_text_makes_a_short_message);
  int result = g_test_run ();
  data_catalogue_free (catalogue);
  return result;
}
