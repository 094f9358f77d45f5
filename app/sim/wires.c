/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wires.h"

#include "chance.h"
#include "modem.h"
#include "phones.h"
#include "tcp.h"

#define DIALS_A_SECOND 400   /* at start: modems dial one after another */

struct SimWires {
  GPtrArray *buses;      /* SimBus* */
  GPtrArray *ports;      /* SimTcp* */
  SimSerial *serial;     /* or NULL */
  GPtrArray *modems;     /* SimModem* */
  SimPhones *phones;     /* or NULL: no BBTs */
};

/* All units of one link, by their addresses. */
static SimBus *
bus_of (SimWires *wires, const GdpNetwork *network, GPtrArray *units, guint link, double faults)
{
  SimBus *bus = g_new0 (SimBus, 1);
  bus->faults = faults;
  for (guint i = 0; i < network->n_units; i++)
    if (network->units[i].link == link)
      bus->units[network->units[i].address] = units->pdata[i];
  g_ptr_array_add (wires->buses, bus);
  return bus;
}

static void
start_modem (SimWires *wires, uv_loop_t *loop, const SimWiring *wiring, GPtrArray *units,
             const GdpNetwork *network, guint link)
{
  guint64 seed = sim_chance_seed (wiring->seed, 1000000 + link);
  for (guint i = 0; i < network->n_units; i++)
    if (network->units[i].link == link) {
      guint first = wires->modems->len * 1000 / DIALS_A_SECOND;
      g_ptr_array_add (wires->modems, sim_modem_start (loop, wiring->server, units->pdata[i],
                                                       wiring->heartbeat, first, wiring->faults, seed));
      return;
    }
}

/* The unit with address 0 reports, the others are slaves behind it. */
static void
start_bbt (SimWires *wires, uv_loop_t *loop, const SimWiring *wiring, GPtrArray *units, const GdpNetwork *network,
           const guint *link_units, guint n)
{
  SimPhoning phoning = { wiring->server, wiring->udp, wiring->hurry, wiring->faults, wiring->seed };
  SimBbt *bbt = NULL;
  if (!wires->phones)
    wires->phones = sim_phones_new (loop, &phoning);
  for (guint i = 0; i < n && !bbt; i++)
    if (network->units[link_units[i]].address == 0)
      bbt = sim_bbt_new (units->pdata[link_units[i]], wiring->seed, wiring->hurry, g_get_real_time ());
  for (guint i = 0; bbt && i < n; i++)
    if (network->units[link_units[i]].address != 0) {
      if (!bbt->slaves)
        bbt->slaves = g_ptr_array_new ();
      g_ptr_array_add (bbt->slaves, units->pdata[link_units[i]]);
    }
  if (bbt)
    sim_phones_add (wires->phones, bbt);
}

/* A link's units stand together, as the town adds them; so ten thousands of links are gone through once. */
static void
start_bbts (SimWires *wires, uv_loop_t *loop, const SimWiring *wiring, GPtrArray *units, const GdpNetwork *network)
{
  for (guint i = 0, n; i < network->n_units; i += n) {
    guint link = network->units[i].link, members[SIM_BUS_UNITS + 1];
    for (n = 0; i + n < network->n_units && network->units[i + n].link == link && n < G_N_ELEMENTS (members); n++)
      members[n] = i + n;
    if (network->links[link].kind == GDP_LINK_BBT)
      start_bbt (wires, loop, wiring, units, network, members, n);
  }
}

static gboolean
open_link (SimWires *wires, uv_loop_t *loop, const SimWiring *wiring, GPtrArray *units,
           const GdpNetwork *network, guint index, GError **error)
{
  const GdpLink *link = &network->links[index];
  if (link->kind == GDP_LINK_BBT)
    return TRUE;   /* start_bbts() */
  if (link->kind == GDP_LINK_MODEM) {
    start_modem (wires, loop, wiring, units, network, index);
    return TRUE;
  }
  SimBus *bus = bus_of (wires, network, units, index, wiring->faults);
  guint64 chance = sim_chance_seed (wiring->seed, 2000000 + index);
  if (link->kind == GDP_LINK_MODBUS_RTU) {
    wires->serial = sim_serial_open (loop, &wiring->serial, bus, chance, error);
    return wires->serial != NULL;
  }
  SimTcp *port = sim_tcp_listen (loop, link->host, link->port, bus, chance, error);
  if (port)
    g_ptr_array_add (wires->ports, port);
  return port != NULL;
}

SimWires *
sim_wires_open (uv_loop_t *loop, const GdpNetwork *network, GPtrArray *units,
                const SimWiring *wiring, GError **error)
{
  SimWires *wires = g_new0 (SimWires, 1);
  wires->buses = g_ptr_array_new_with_free_func (g_free);
  wires->ports = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_tcp_close);
  wires->modems = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_modem_stop);
  for (guint i = 0; i < network->n_links; i++)
    if (!open_link (wires, loop, wiring, units, network, i, error)) {
      sim_wires_close (wires);
      return NULL;
    }
  start_bbts (wires, loop, wiring, units, network);
  return wires;
}

void
sim_wires_check (SimWires *wires)
{
  for (guint i = 0; i < wires->modems->len; i++)
    sim_modem_check (wires->modems->pdata[i]);
  for (guint i = 0; i < wires->ports->len; i++)
    sim_tcp_tick (wires->ports->pdata[i]);
  if (wires->phones)
    sim_phones_tick (wires->phones);
}

char *
sim_wires_describe (const SimWires *wires)
{
  guint online = 0;
  for (guint i = 0; i < wires->modems->len; i++)
    online += sim_modem_online (wires->modems->pdata[i]);
  return g_strdup_printf ("%u TCP ports, %u serial lines, %u modems of which %u online, %u BBTs of which %u",
                          wires->ports->len, wires->serial != NULL, wires->modems->len, online,
                          wires->phones ? sim_phones_count (wires->phones) : 0,
                          wires->phones ? sim_phones_online (wires->phones) : 0);
}

char *
sim_wires_counts (const SimWires *wires)
{
  return wires->phones ? sim_phones_counts (wires->phones) : NULL;
}

void
sim_wires_close (SimWires *wires)
{
  g_clear_pointer (&wires->serial, sim_serial_close);
  g_clear_pointer (&wires->phones, sim_phones_free);
  g_ptr_array_unref (wires->ports);
  g_ptr_array_unref (wires->modems);
  g_ptr_array_unref (wires->buses);
  g_free (wires);
}
