/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-sim: the field. Plays gas distribution points on the public wire protocols. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "data/passport.h"
#include "field.h"
#include "options.h"
#include "wires.h"

typedef struct {
  GPtrArray *units;       /* SimUnit* */
  SimField  *field;
  SimWires  *wires;
  uv_timer_t tick;
  uv_signal_t stop[2];    /* SIGTERM, SIGINT */
  gboolean   by_hand;
  uv_poll_t  hand;        /* standard input, then */
  uint64_t   began;       /* uv_hrtime(), ns */
  const char *counts;     /* file, or NULL */
} Play;

/* @file: - is standard output. */
static gboolean
write_text (const char *file, const char *text, int mode, GError **error)
{
  if (strcmp (file, "-") != 0)
    return g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode, error);
  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "standard output: %s", g_strerror (errno));
  return FALSE;
}

static void
say (gint64 after, const char *site, const char *words, gpointer user_data)
{
  g_message ("+%.1fs %s %s", after / 1e6, site ? site : "every site", words);
}

static void
tick (uv_timer_t *timer)
{
  Play *play = timer->data;
  sim_field_advance (play->field, (uv_hrtime () - play->began) / 1000);
  sim_wires_check (play->wires);
}

/* Each line lets one thing happen; with the input's end, nothing more does. */
static void
on_hand (uv_poll_t *hand, int status, int events)
{
  Play *play = hand->data;
  char text[256];
  ssize_t n = status == 0 ? read (STDIN_FILENO, text, sizeof text) : 0;
  if (n <= 0)
    uv_poll_stop (hand);
  for (ssize_t i = 0; i < n; i++)
    if (text[i] == '\n')
      sim_field_next (play->field);
}

static gboolean
take_in_hand (Play *play, uv_loop_t *loop, GError **error)
{
  int code = uv_poll_init (loop, &play->hand, STDIN_FILENO);
  if (code != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "--by-hand: standard input is to be a terminal or a pipe: %s",
                 uv_strerror (code));
    return FALSE;
  }
  play->by_hand = TRUE;
  play->hand.data = play;
  sim_field_by_hand (play->field);
  uv_poll_start (&play->hand, UV_READABLE, on_hand);
  return TRUE;
}

static void
write_counts (const Play *play)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *counts = play->counts ? sim_wires_counts (play->wires) : NULL;
  if (counts && !write_text (play->counts, counts, 0644, &error))
    g_warning ("%s", error->message);
}

static void
stop (uv_signal_t *handle, int number)
{
  Play *play = handle->data;
  g_autofree char *wires = sim_wires_describe (play->wires);
  g_message ("stopping; there were %s", wires);
  write_counts (play);
  sim_wires_close (play->wires);
  uv_close ((uv_handle_t *) &play->tick, NULL);
  if (play->by_hand)
    uv_close ((uv_handle_t *) &play->hand, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (play->stop); i++)
    uv_close ((uv_handle_t *) &play->stop[i], NULL);
}

static void
start_clock (Play *play, uv_loop_t *loop)
{
  static const int signals[] = { SIGTERM, SIGINT };
  guint64 pace = CLAMP (sim_field_pace (play->field) / 1000, 5, 1000);
  play->began = uv_hrtime ();
  play->tick.data = play;
  uv_timer_init (loop, &play->tick);
  uv_timer_start (&play->tick, tick, pace, pace);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++) {
    uv_signal_init (loop, &play->stop[i]);
    play->stop[i].data = play;
    uv_signal_start (&play->stop[i], stop, signals[i]);
  }
}

/* Twenty thousand units are as many descriptors. Beyond the limit that is set for us only who may goes. */
static void
raise_descriptors (guint wanted)
{
  struct rlimit limit;
  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  struct rlimit higher = { .rlim_cur = MAX (wanted, limit.rlim_max), .rlim_max = MAX (wanted, limit.rlim_max) };
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &higher) != 0)
    setrlimit (RLIMIT_NOFILE, &limit);
}

static GPtrArray *
make_units (GdpNetwork *network, DataCatalogue *catalogue, const SimOptions *options)
{
  GPtrArray *units = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_unit_free);
  for (guint i = 0; i < network->n_units; i++) {
    const GdpSite *site = &network->sites[network->units[i].site];
    const DataVariant *variant = data_catalogue_find_variant (catalogue, site->variant);
    g_ptr_array_add (units, sim_unit_new (network, i, variant && variant->solar,
                                          options->seed, options->start));
  }
  return units;
}

static gboolean
write_files (const GdpNetwork *network, const SimOptions *options, GError **error)
{
  g_autofree char *passports = options->passports ? data_passport_write (network, NULL, 0) : NULL;
  g_autofree char *keys = options->keys ? sim_town_keys (network, options->seed) : NULL;
  return (!keys || write_text (options->keys, keys, 0600, error))
         && (!passports || write_text (options->passports, passports, 0644, error));
}

/* Plays until a signal stops it. */
static gboolean
play (GdpNetwork *network, GPtrArray *units, SimScenario *scenario, const SimOptions *options, GError **error)
{
  uv_loop_t loop;
  Play the = { .units = units, .counts = options->counts };
  SimWiring wiring = {
    .serial = { options->ways.rtu_device, options->ways.rtu_baud, options->ways.rtu_parity },
    .server = (const struct sockaddr *) &options->server,
    .heartbeat = options->heartbeat, .seed = options->seed,
    .udp = options->udp, .hurry = options->speed, .faults = options->faults,
  };
  raise_descriptors (network->n_links + 100);
  signal (SIGPIPE, SIG_IGN);   /* a line that was cut while we wrote is that line's end, not ours */
  uv_loop_init (&loop);
  the.field = sim_field_new (units, scenario, options->start, options->speed, say, NULL);
  the.wires = sim_wires_open (&loop, network, units, &wiring, error);
  gboolean good = the.wires != NULL && (!options->by_hand || take_in_hand (&the, &loop, error));
  if (the.wires && !good)
    sim_wires_close (the.wires);
  if (good) {
    g_autofree char *wires = sim_wires_describe (the.wires);
    g_message ("playing %u sites at speed %g on %s", network->n_sites, options->speed, wires);
    start_clock (&the, &loop);
  }
  uv_run (&loop, UV_RUN_DEFAULT);
  uv_loop_close (&loop);
  sim_field_free (the.field);
  return good;
}

static gboolean
run (const SimOptions *options, GError **error)
{
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (NULL, error);
  if (!catalogue)
    return FALSE;
  for (guint i = 0; i < data_catalogue_n_faults (catalogue); i++)
    g_warning ("A register profile is broken and not used: %s", data_catalogue_fault_at (catalogue, i));
  g_autoptr (GdpNetwork) network = sim_town_new (catalogue, options->n_sites, &options->ways,
                                                options->seed, error);
  if (!network)
    return FALSE;
  g_autoptr (GPtrArray) units = make_units (network, catalogue, options);
  g_autoptr (SimScenario) scenario = NULL;
  if (options->scenario) {
    scenario = sim_scenario_load (options->scenario, error);
    if (!scenario || !sim_scenario_check (scenario, units, error))
      return FALSE;
  }
  if (!write_files (network, options, error))
    return FALSE;
  return !options->any_way || play (network, units, g_steal_pointer (&scenario), options, error);
}

static char *
help_scenario (void)
{
  g_autofree char *phrases = sim_phrases ();
  return g_strconcat (
    "A scenario is text, one happening a line; # starts a comment:\n\n"
    "  at +TIME [site] ID WHAT         at +TIME every site WHAT\n\n"
    "TIME counts simulated time from the start: 500ms, 30s, 1m30s, 2h. WHAT is one of:\n\n",
    phrases,
    "\nLINE is 1 or 2, TAG a point's (outlet1), a leak's NUMBER % LEL a minute in a closed room, a signal's\n"
    "dBm below zero (from 100 on calls break off, from 113 none comes about). Clock, records, sabotage wire,\n"
    "cover, magnet, button, outputs and firmware are a BBT-1's. The same scenario, --seed, --start and --sites\n"
    "play the same story. With --by-hand each happening waits for Enter: for exercises, and to look at each moment.\n", NULL);
}

/* What only prints. */
static gboolean
tell (const SimOptions *options, gboolean *told, GError **error)
{
  g_autofree char *text = NULL;
  *told = options->version || options->list_scenarios || options->help_scenario;
  if (options->version)
    text = g_strdup ("gdp-sim " GDP_VERSION "\n");
  else if (options->help_scenario)
    text = help_scenario ();
  else if (options->list_scenarios)
    text = sim_scenario_list (error);
  if (text)
    fputs (text, stdout);
  return !*told || text;
}

int
main (int argc, char *argv[])
{
  g_auto (SimOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean told = FALSE;
  g_set_prgname ("gdp-sim");
  g_log_writer_default_set_use_stderr (TRUE);

  gboolean good = sim_options_parse (&options, &argc, &argv, &error);
  gboolean wrong_usage = !good && error->domain == G_OPTION_ERROR;
  if (options.verbose)
    g_log_set_debug_enabled (TRUE);
  good = good && tell (&options, &told, &error);
  if (good && !told && !options.any_way && !options.passports) {
    wrong_usage = TRUE;
    g_set_error_literal (&error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         "nothing to do; give --modbus-tcp, --modbus-rtu, --connect or --passports");
  }
  if (good && !told && !wrong_usage)
    good = run (&options, &error);
  if (!error)
    return 0;
  fprintf (stderr, "gdp-sim: %s\n", error->message);
  return wrong_usage ? 2 : 1;
}
