/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#include <math.h>
#include <netdb.h>
#include <string.h>

#include "gdp/baud.h"

#define DEFAULT_SITES 12
#define DEFAULT_HOST  "127.0.0.1"
#define DEFAULT_PORT  5020      /* in passports that are written with no way given */
#define MOST_SPEED    10000.0

/* As they come from the command line, before they are looked at. */
typedef struct {
  int    sites, baud, heartbeat;
  double speed, faults;
  gint64 seed;
  gboolean bbt, modems, stay, udp, by_hand;
  char  *connect, *tcp, *rtu, *parity, *start;
} Raw;

static gboolean
refuse (GError **error, const char *option, const char *value, const char *wanted)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s %s: %s", option, value, wanted);
  return FALSE;
}

static const char *
keep (SimOptions *options, char *text)
{
  g_ptr_array_add (options->text, text);
  return text;
}

/* "[HOST:]PORT", with [::1]:PORT for IPv6; @host stays when none is given. */
static gboolean
split_address (const char *text, char **host, guint16 *port)
{
  const char *colon = strrchr (text, ':');
  guint64 number;
  if (!g_ascii_string_to_unsigned (colon ? colon + 1 : text, 10, 1, 65535, &number, NULL))
    return FALSE;
  *port = number;
  if (colon) {
    gboolean brackets = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    *host = g_strndup (text + brackets, colon - text - 2 * brackets);
  }
  return !colon || **host != '\0';
}

static gboolean
resolve (const char *host, guint16 port, struct sockaddr_storage *address, GError **error)
{
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
  g_autofree char *service = g_strdup_printf ("%u", port);
  int failed = getaddrinfo (host, service, &hints, &found);
  if (failed) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, "--connect: %s: %s",
                 host, gai_strerror (failed));
    return FALSE;
  }
  memcpy (address, found->ai_addr, found->ai_addrlen);
  freeaddrinfo (found);
  return TRUE;
}

static gboolean
take_ways (SimOptions *options, const Raw *raw, GError **error)
{
  static const struct { const char *word; char letter; } parities[] = {
    { "none", 'N' }, { "even", 'E' }, { "odd", 'O' },
  };
  SimWays *ways = &options->ways;
  char *host = NULL;
  guint16 port = DEFAULT_PORT;

  ways->rtu_device = raw->rtu ? keep (options, g_strdup (raw->rtu)) : NULL;
  ways->rtu_baud = raw->baud;
  for (guint i = 0; i < G_N_ELEMENTS (parities); i++)
    if (g_strcmp0 (raw->parity ? raw->parity : "even", parities[i].word) == 0)
      ways->rtu_parity = parities[i].letter;
  if (!ways->rtu_parity)
    return refuse (error, "--parity", raw->parity, "wanted is none, even or odd");

  if (raw->connect) {
    gboolean good = split_address (raw->connect, &host, &port);
    g_autofree char *server = g_steal_pointer (&host);
    if (!good || !server)
      return refuse (error, "--connect", raw->connect, "wanted is HOST:PORT");
    if (!resolve (server, port, &options->server, error))
      return FALSE;
    ways->bbts = raw->bbt;
    ways->modems = raw->modems || !raw->bbt;
    ways->all_stay = raw->stay;
  }
  if (!raw->connect && (raw->bbt || raw->modems || raw->udp))
    return refuse (error, "--connect", "(none)", "--bbt, --modems and --udp want the server's HOST:PORT there");
  options->any_way = raw->tcp || raw->rtu || raw->connect;
  if (raw->tcp || !options->any_way) {
    port = DEFAULT_PORT;
    gboolean good = !raw->tcp || split_address (raw->tcp, &host, &port);
    ways->tcp_host = keep (options, host ? host : g_strdup (DEFAULT_HOST));
    ways->tcp_port = port;
    if (!good || !g_hostname_is_ip_address (ways->tcp_host) || strchr (ways->tcp_host, ':'))
      return refuse (error, "--modbus-tcp", raw->tcp, "wanted is PORT or IPv4-ADDRESS:PORT");
  }
  return TRUE;
}

static gboolean
take_start (SimOptions *options, const char *text, GError **error)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) start = text ? g_date_time_new_from_iso8601 (text, utc) : g_date_time_new_now_utc ();
  if (!start)
    return refuse (error, "--start", text, "wanted is a time such as 2026-01-15T07:00:00Z");
  options->start = g_date_time_to_unix (start) * GDP_SECOND;
  return TRUE;
}

static gboolean
take (SimOptions *options, const Raw *raw, GError **error)
{
  g_autofree char *baud = g_strdup_printf ("%d", raw->baud), *sites = g_strdup_printf ("%d", raw->sites);
  g_autofree char *speed = g_strdup_printf ("%g", raw->speed);
  if (!gdp_baud_exists (raw->baud))
    return refuse (error, "--baud", baud, "wanted is one of" GDP_BAUD_WORDS);
  if (!(raw->faults >= 0 && raw->faults <= 1)) {
    g_autofree char *faults = g_strdup_printf ("%g", raw->faults);
    return refuse (error, "--wire-faults", faults, "wanted is a share of the frames, 0 to 1");
  }
  if (raw->sites < 1 || raw->sites > SIM_TOWN_MOST)
    return refuse (error, "--sites", sites, "wanted is 1 to " G_STRINGIFY (SIM_TOWN_MOST));
  if (!(raw->speed >= 0.01 && raw->speed <= MOST_SPEED))
    return refuse (error, "--speed", speed, "wanted is 0.01 to 10000");
  if (raw->heartbeat < 1 || raw->heartbeat > 3600) {
    g_autofree char *heartbeat = g_strdup_printf ("%d", raw->heartbeat);
    return refuse (error, "--heartbeat", heartbeat, "wanted is 1 to 3600 seconds");
  }
  options->heartbeat = raw->heartbeat;
  if (raw->by_hand && !options->scenario)
    return refuse (error, "--by-hand", "(nothing)", "give a --scenario");
  options->n_sites = raw->sites;
  options->speed = raw->speed;
  options->udp = raw->udp;
  options->by_hand = raw->by_hand;
  options->faults = raw->faults;
  options->seed = raw->seed;
  return take_ways (options, raw, error) && take_start (options, raw->start, error);
}

gboolean
sim_options_parse (SimOptions *options, int *argc, char ***argv, GError **error)
{
  Raw raw = { .sites = DEFAULT_SITES, .baud = 19200, .heartbeat = 60, .speed = 1, .seed = 1 };
  const GOptionEntry entries[] = {
    { "sites", 0, 0, G_OPTION_ARG_INT, &raw.sites, "How many sites to play (12)", "N" },
    { "modbus-tcp", 0, 0, G_OPTION_ARG_STRING, &raw.tcp,
      "Answer Modbus TCP; each 247 sites take one port more", "[ADDRESS:]PORT" },
    { "modbus-rtu", 0, 0, G_OPTION_ARG_FILENAME, &raw.rtu,
      "Answer Modbus RTU on a serial line, at most 247 sites", "DEVICE" },
    { "baud", 0, 0, G_OPTION_ARG_INT, &raw.baud, "Of the serial line (19200)", "RATE" },
    { "parity", 0, 0, G_OPTION_ARG_STRING, &raw.parity,
      "Of the serial line: none, even (default), odd", "WORD" },
    { "connect", 0, 0, G_OPTION_ARG_STRING, &raw.connect,
      "Dial this session server as GSM modems, or with --bbt as BBT-1 units", "HOST:PORT" },
    { "bbt", 0, 0, G_OPTION_ARG_NONE, &raw.bbt, "Sites that dial in are BBT-1 units", NULL },
    { "modems", 0, 0, G_OPTION_ARG_NONE, &raw.modems, "… and GSM modems in turn, besides --bbt", NULL },
    { "udp", 0, 0, G_OPTION_ARG_NONE, &raw.udp, "BBT-1 units call over UDP", NULL },
    { "stay", 0, 0, G_OPTION_ARG_NONE, &raw.stay, "Every BBT-1 stays connected, not two of three", NULL },
    { "keys", 0, 0, G_OPTION_ARG_FILENAME, &options->keys, "Write the BBT-1 units' keys, for the server", "FILE" },
    { "wire-faults", 0, 0, G_OPTION_ARG_DOUBLE, &raw.faults,
      "Share of the frames that the lines spoil: of BBT-1 units, modems, slaves (0)", "RATE" },
    { "counts", 0, 0, G_OPTION_ARG_FILENAME, &options->counts,
      "Write at the end what BBT-1 units have recorded and delivered, as JSON", "FILE" },
    { "heartbeat", 0, 0, G_OPTION_ARG_INT, &raw.heartbeat,
      "Between two heartbeats of a modem (60)", "SECONDS" },
    { "scenario", 0, 0, G_OPTION_ARG_FILENAME, &options->scenario,
      "What happens: a file, or the name of one that ships", "FILE" },
    { "by-hand", 0, 0, G_OPTION_ARG_NONE, &raw.by_hand,
      "Each happening of the scenario waits for Enter (a line of standard input), not for its time", NULL },
    { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &raw.speed, "Simulated seconds a second (1)", "X" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &raw.seed, "Same seed, same start: same values (1)", "S" },
    { "start", 0, 0, G_OPTION_ARG_STRING, &raw.start, "Simulated time to start at (now)", "TIME" },
    { "passports", 0, 0, G_OPTION_ARG_FILENAME, &options->passports,
      "Write the network's passports, - = standard output", "FILE" },
    { "list-scenarios", 0, 0, G_OPTION_ARG_NONE, &options->list_scenarios,
      "Name the scenarios that ship", NULL },
    { "help-scenario", 0, 0, G_OPTION_ARG_NONE, &options->help_scenario,
      "List all that can happen in a scenario", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose,
      "Say more: every modem's coming and going", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("— play gas distribution points");
  g_option_context_set_description (context,
    "Sites take turns over the ways that are given: --modbus-rtu, --modbus-tcp, --connect. With none,\n"
    "--passports is written as for --modbus-tcp 5020, and nothing is played.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  options->text = g_ptr_array_new_with_free_func (g_free);
  gboolean good = g_option_context_parse (context, argc, argv, error);
  if (good && *argc > 1)
    good = refuse (error, "argument", (*argv)[1], "not understood; see --help");
  good = good && take (options, &raw, error);
  g_free (raw.connect);
  g_free (raw.tcp);
  g_free (raw.rtu);
  g_free (raw.parity);
  g_free (raw.start);
  return good;
}

void
sim_options_clear (SimOptions *options)
{
  g_clear_pointer (&options->text, g_ptr_array_unref);
  g_clear_pointer (&options->scenario, g_free);
  g_clear_pointer (&options->passports, g_free);
  g_clear_pointer (&options->keys, g_free);
  g_clear_pointer (&options->counts, g_free);
}
