/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The town that is played: sites with names, places, cabinets and the links that lead to them. */
#pragma once

#include "data/catalogue.h"

G_BEGIN_DECLS

/* How sites are reached. Of the ways that are given, sites take turns: the first site the first way,
 * the second the next … A full RS-485 line is left out from then on. */
typedef struct {
  const char *rtu_device;   /* NULL = none */
  guint       rtu_baud;
  char        rtu_parity;
  const char *tcp_host;     /* NULL = none */
  guint16     tcp_port;     /* of the first 247 sites; the next 247 have the next port … */
  gboolean    modems;
  gboolean    bbts;         /* they dial in, too */
  gboolean    all_stay;     /* every BBT stays connected; else two of three */
} SimWays;

#define SIM_TOWN_MOST 40000   /* sites */

/**
 * sim_town_new:
 * @seed: of places; names, cabinets and links follow from the number of the site alone
 *
 * Deals the catalogue's cabinet variants over the sites in turn. Errors: more sites than the ways
 * can carry; a catalogue without variants or without the register profile.
 */
GdpNetwork *sim_town_new (DataCatalogue *catalogue, guint n_sites, const SimWays *ways,
                          guint64 seed, GError **error);

/* The server's key file for the BBTs of @network: lines "SERIAL HEX". (transfer full) */
char *sim_town_keys (const GdpNetwork *network, guint64 seed);

/* One of so many BBTs has no key, and one of so many a gas volume corrector behind it, in mode T; as many, the first
 * of them the first BBT, have a gas meter on pulse input 1 and points of their sabotage wire and cover. */
#define SIM_TOWN_KEYLESS   10
#define SIM_TOWN_CORRECTOR 4

G_END_DECLS
