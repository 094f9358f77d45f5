/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-sim's command line. */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

#include "town.h"

G_BEGIN_DECLS

typedef struct {
  guint    n_sites;
  SimWays  ways;              /* strings owned by this struct's `text` */
  gboolean any_way;           /* FALSE: write passports and leave */
  struct sockaddr_storage server;   /* of --connect, resolved */
  guint    heartbeat;         /* seconds */
  gboolean udp;               /* BBTs call so */
  double   faults;            /* share of the frames that the lines spoil */
  char    *scenario, *passports, *keys, *counts;   /* or NULL */
  double   speed;
  guint64  seed;
  gboolean by_hand;           /* each happening of the scenario waits for a line of standard input */
  gint64   start;             /* µs UTC */
  gboolean verbose, list_scenarios, help_scenario, version;
  GPtrArray *text;
} SimOptions;

/* FALSE with G_OPTION_ERROR for wrong usage, with G_IO_ERROR or G_RESOLVER_ERROR when --connect's
 * host is not known. */
gboolean sim_options_parse (SimOptions *options, int *argc, char ***argv, GError **error);
void     sim_options_clear (SimOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimOptions, sim_options_clear)

G_END_DECLS
