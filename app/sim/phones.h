/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All BBTs of a simulation with their modems: who rests, dials, talks; over TCP or UDP, over lines as bad as they
 * are told to be. One libuv loop, no timer a unit. */
#pragma once

#include <uv.h>

#include "bbt.h"

G_BEGIN_DECLS

typedef struct SimPhones SimPhones;

typedef struct {
  const struct sockaddr *server;
  gboolean udp;
  double   hurry;       /* simulated seconds a second: so fast pass the periods of settings and redialling */
  double   faults;      /* share of frames that the line spoils, both ways */
  guint64  seed;
} SimPhoning;

SimPhones *sim_phones_new   (uv_loop_t *loop, const SimPhoning *phoning);
/* @bbt: taken. It will call as soon as its turn comes: not all dial at once. */
void       sim_phones_add   (SimPhones *phones, SimBbt *bbt);
/* To be called after every step of the stations. */
void       sim_phones_tick  (SimPhones *phones);
guint      sim_phones_count (const SimPhones *phones);
guint      sim_phones_online (const SimPhones *phones);   /* accepted by the server */
/* JSON: what was recorded and what the server said that it has: {"units": …, "made": …, "acknowledged": …, "each":
 * {SERIAL: {"boot": …, "acknowledged": [archive rows, events, hours, days]}, …}}. (transfer full) */
char      *sim_phones_counts (const SimPhones *phones);
/* Hangs up everywhere; the loop must still run to let go of the handles. */
void       sim_phones_free  (SimPhones *phones);

G_END_DECLS
