/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/server/config.h"

static ServerConfig *
parse (const char *text, GError **error)
{
  return server_config_parse ("server.conf", text, strlen (text), error);
}

static void
test_defaults (void)
{
  g_autoptr (ServerConfig) empty = parse ("# nothing\n", NULL), none = server_config_load (NULL, NULL);

  g_assert_null (empty->name);
  g_assert_null (empty->store);
  g_assert_cmpstr (empty->listen, ==, "0.0.0.0:7010");
  g_assert_cmpuint (empty->lines->len, ==, 0);
  g_assert_cmpstr (none->listen, ==, "0.0.0.0:7010");
}

static void
test_everything (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ServerConfig) config = parse ("[server]\nname= east \nstore=sqlite:/tmp/x.db\n"
                                           "[store]\nspool=/tmp/spool.db\nspool-most=300\ndisk-least=500\n"
                                           "[sessions]\nlisten=[::]:7011\nmax-sessions=50\nmax-per-address=2\nshare=2/3\n"
                                           "registration-time=2.5\n"
                                           "[line rs485-1]\ndevice=/dev/ttyUSB3\nbaud=9600\nparity=odd\nstop-bits=2\n"
                                           "[line tcp 2]\ntcp=gateway.local:1502\n", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (config->name, ==, "east");
  g_assert_cmpstr (config->store, ==, "sqlite:/tmp/x.db");
  g_assert_cmpstr (config->spool, ==, "/tmp/spool.db");
  g_assert_cmpuint (config->spool_most, ==, 300);
  g_assert_cmpuint (config->disk_least, ==, 500);
  g_assert_cmpstr (config->listen, ==, "[::]:7011");
  g_assert_cmpuint (config->max_sessions, ==, 50);
  g_assert_cmpuint (config->share.part, ==, 2);
  g_assert_cmpuint (config->share.parts, ==, 3);
  g_assert_cmpuint (config->max_per_address, ==, 2);
  g_assert_cmpfloat (config->registration_time, ==, 2.5);
  g_assert_cmpuint (config->lines->len, ==, 2);
  const ServerLine *serial = g_ptr_array_index (config->lines, 0), *tcp = g_ptr_array_index (config->lines, 1);
  g_assert_cmpstr (serial->id, ==, "rs485-1");
  g_assert_cmpstr (serial->device, ==, "/dev/ttyUSB3");
  g_assert_cmpuint (serial->baud, ==, 9600);
  g_assert_cmpint (serial->parity, ==, 'O');
  g_assert_cmpuint (serial->stop_bits, ==, 2);
  g_assert_cmpstr (tcp->id, ==, "tcp 2");
  g_assert_cmpstr (tcp->host, ==, "gateway.local");
  g_assert_cmpuint (tcp->port, ==, 1502);
}

static void
test_sessions_off (void)
{
  g_autoptr (ServerConfig) config = parse ("[sessions]\nlisten=off\n", NULL);
  g_assert_null (config->listen);
}

static void
test_wrong (void)
{
  /* What is wrong, and the three words that must be in the message: group, key, remedy. */
  static const struct { const char *text, *group, *key, *remedy; } cases[] = {
    { "[server]\nnane=x\n", "[server]", "nane", "name, store" },
    { "[serfer]\nname=x\n", "[serfer]", "no such group", "[line NAME]" },
    { "[line ]\nbaud=9600\n", "[line ]", "no such group", "[sessions]" },
    { "[server]\nname=\n", "[server]", "name", "a name" },
    { "[server]\nstore=/var/x.db\n", "[server]", "store", "sqlite:" },
    { "[sessions]\nlisten=7010\n", "[sessions]", "listen", "ADDRESS:PORT" },
    { "[sessions]\nlisten=::1:7010\n", "[sessions]", "listen", "[V6 ADDRESS]" },
    { "[sessions]\nlisten=0.0.0.0:70100\n", "[sessions]", "listen", "ADDRESS:PORT" },
    { "[sessions]\nmax-sessions=0\n", "[sessions]", "max-sessions", "from 1" },
    { "[sessions]\nshare=3/2\n", "[sessions]", "share", "such as 1/2" },
    { "[sessions]\nshare=0/2\n", "[sessions]", "share", "such as 1/2" },
    { "[sessions]\nshare=half\n", "[sessions]", "share", "such as 1/2" },
    { "[sessions]\nregistration-time=nan\n", "[sessions]", "registration-time", "from 1" },
    { "[sessions]\nregistration-time=10s\n", "[sessions]", "registration-time", "seconds" },
    { "[history]\nkeep-readings=3y\n", "[history]", "keep-readings", "0 (for ever)" },
    { "[history]\nkeep=3\n", "[history]", "keep", "keep-days" },
    { "[line a]\ndevice=ttyUSB0\n", "[line a]", "device", "absolute" },
    { "[line a]\nbaud=fast\n", "[line a]", "baud", "300" },
    { "[line a]\nbaud=-9600\n", "[line a]", "baud", "300" },
    { "[line a]\nbaud=14400\n", "[line a]", "baud", "9600 19200" },
    { "[line a]\nparity=E\n", "[line a]", "parity", "even" },
    { "[line a]\nstop-bits=3\n", "[line a]", "stop-bits", "1 or 2" },
    { "[line a]\ntcp=host\n", "[line a]", "tcp", "HOST:PORT" },
    { "[line a]\ntcp=host:0\n", "[line a]", "tcp", "HOST:PORT" },
    { "[line a]\ntcp=h:502\nbaud=9600\n", "[line a]", "tcp", "keep one" },
    { "name=x\n", "server.conf", "", "group" },
    { "[server\n", "server.conf", "", "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ServerConfig) config = parse (cases[i].text, &error);
    g_test_message ("%s → %s", cases[i].text, error != NULL ? error->message : "taken!");
    g_assert_null (config);
    g_assert_nonnull (error);
    g_assert_true (g_str_has_prefix (error->message, "server.conf: "));
    g_assert_nonnull (strstr (error->message, cases[i].group));
    g_assert_nonnull (strstr (error->message, cases[i].key));
    g_assert_nonnull (strstr (error->message, cases[i].remedy));
  }
}

static void
test_no_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ServerConfig) config = server_config_load ("/nonexistent/server.conf", &error);
  g_assert_null (config);
  g_assert_nonnull (strstr (error->message, "/nonexistent/server.conf"));
}

static void
test_duty (void)
{
  g_autoptr (ServerConfig) all = parse ("", NULL);
  g_autoptr (ServerConfig) some = parse ("[server]\nlinks= north-*, gsm\nreserve=*\n", NULL);
  g_autoptr (ServerConfig) few = parse ("[server]\nlinks=north-?\n", NULL);
  g_autoptr (ServerConfig) rest = parse ("[server]\nreserve=south-*\n", NULL);

  g_assert_cmpint (server_config_duty (all, "gsm"), ==, SERVER_DUTY_OWN);
  g_assert_cmpint (server_config_duty (some, "north-12"), ==, SERVER_DUTY_OWN);
  g_assert_cmpint (server_config_duty (some, "gsm"), ==, SERVER_DUTY_OWN);
  g_assert_cmpint (server_config_duty (some, "south-1"), ==, SERVER_DUTY_RESERVE);
  g_assert_cmpint (server_config_duty (few, "north-1"), ==, SERVER_DUTY_OWN);
  g_assert_cmpint (server_config_duty (few, "north-12"), ==, SERVER_DUTY_NONE);
  g_assert_cmpint (server_config_duty (rest, "north-1"), ==, SERVER_DUTY_OWN);
  g_assert_cmpint (server_config_duty (rest, "south-1"), ==, SERVER_DUTY_RESERVE);
  g_assert_null (parse ("[server]\nlinks=a,,b\n", NULL));
}

/* The example with every "#key=value" and "#[group]" made real: each key of the parser is in it, and is taken. */
static void
test_example (void)
{
  static const char *const keys[] = { "name", "store", "spool", "spool-most", "disk-least", "listen", "max-sessions", "max-per-address",
                                      "registration-time", "device", "baud", "parity", "stop-bits", "tcp", "keep-readings",
                                      "keep-days" };
  const char *path = GDP_SOURCE_CATALOGUE "/../desktop/server.conf.example";
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (ServerConfig) as_is = parse (text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (as_is->lines->len, ==, 0);

  g_autoptr (GRegex) commented = g_regex_new ("^#(\\[line|[a-z-]+=)", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *real = g_regex_replace (commented, text, -1, 0, "\\1", 0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *line = g_strdup_printf ("\n%s=", keys[i]);
    g_test_message ("%s", keys[i]);
    g_assert_nonnull (strstr (real, line));
  }
  g_autoptr (ServerConfig) config = parse (real, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (config->lines->len, ==, 2);
  g_assert_cmpstr (config->listen, ==, SERVER_DEFAULT_LISTEN);
  g_assert_cmpuint (config->keep_readings, ==, SERVER_DEFAULT_KEEP);
  g_assert_cmpuint (config->keep_days, ==, 0);
}

static GdpNetwork *
network (void)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  GdpLink serial = { .key = 1, .id = "rs485-1", .kind = GDP_LINK_MODBUS_RTU, .device = "/dev/ttyS0", .baud = 19200,
                     .parity = 'E', .stop_bits = 1 };
  GdpLink modem = { .key = 2, .id = "modem-1", .kind = GDP_LINK_MODEM, .registration = "GDP-1" };
  g_autoptr (GError) error = NULL;

  gdp_network_builder_add_link (builder, &serial, &error);
  g_assert_no_error (error);
  gdp_network_builder_add_link (builder, &modem, &error);
  g_assert_no_error (error);
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

static void
test_apply (void)
{
  g_autoptr (GdpNetwork) one = network (), other = network ();
  g_autoptr (ServerConfig) serial = parse ("[line rs485-1]\ndevice=/dev/ttyUSB3\nbaud=9600\n", NULL);
  g_autoptr (ServerConfig) tcp = parse ("[line rs485-1]\ntcp=10.0.0.5:1502\n[line modem-1]\nbaud=9600\n"
                                        "[line rs485-9]\nbaud=9600\n", NULL);

  g_autoptr (GPtrArray) none = server_config_apply (serial, one);
  const GdpLink *link = &one->links[gdp_network_find_link (one, "rs485-1")];
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpstr (link->device, ==, "/dev/ttyUSB3");
  g_assert_cmpuint (link->baud, ==, 9600);
  g_assert_cmpint (link->parity, ==, 'E');   /* the passport's */

  g_autoptr (GPtrArray) warnings = server_config_apply (tcp, other);
  link = &other->links[gdp_network_find_link (other, "rs485-1")];
  g_assert_cmpint (link->kind, ==, GDP_LINK_MODBUS_TCP);
  g_assert_cmpstr (link->host, ==, "10.0.0.5");
  g_assert_cmpuint (link->port, ==, 1502);
  g_assert_cmpuint (warnings->len, ==, 2);
  g_assert_nonnull (strstr (g_ptr_array_index (warnings, 0), "modem-1"));
  g_assert_nonnull (strstr (g_ptr_array_index (warnings, 1), "rs485-9"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-config/an-empty-file-gives-the-defaults", test_defaults);
  g_test_add_func ("/server-config/every-key-is-taken", test_everything);
  g_test_add_func ("/server-config/sessions-can-be-off", test_sessions_off);
  g_test_add_func ("/server-config/an-error-names-file-group-key-and-remedy", test_wrong);
  g_test_add_func ("/server-config/a-missing-file-is-named", test_no_file);
  g_test_add_func ("/server-config/the-example-documents-every-key-and-is-valid", test_example);
  g_test_add_func ("/server-config/line-sections-override-the-passport-and-strangers-are-reported", test_apply);
  g_test_add_func ("/server-config/own-links-and-those-in-reserve", test_duty);
  return g_test_run ();
}
