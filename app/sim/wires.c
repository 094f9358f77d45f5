/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wires.h"

#include "chance.h"
#include "modem.h"
#include "tcp.h"

#define DIALS_A_SECOND 400   /* at start: modems dial one after another */

struct SimWires {
  GPtrArray *buses;      /* SimBus* */
  GPtrArray *ports;      /* SimTcp* */
  SimSerial *serial;     /* or NULL */
  GPtrArray *modems;     /* SimModem* */
};

/* All units of one link, by their addresses. */
static SimBus *
bus_of (SimWires *wires, const GdpNetwork *network, GPtrArray *units, guint link)
{
  SimBus *bus = g_new0 (SimBus, 1);
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
                                                       wiring->heartbeat, first, seed));
      return;
    }
}

static gboolean
open_link (SimWires *wires, uv_loop_t *loop, const SimWiring *wiring, GPtrArray *units,
           const GdpNetwork *network, guint index, GError **error)
{
  const GdpLink *link = &network->links[index];
  if (link->kind == GDP_LINK_MODEM) {
    start_modem (wires, loop, wiring, units, network, index);
    return TRUE;
  }
  if (link->kind == GDP_LINK_BBT) {
    g_set_error (error, GDP_NETWORK_ERROR, GDP_NETWORK_ERROR_INVALID, "link \"%s\": BBT units are not played yet",
                 link->id);
    return FALSE;
  }
  SimBus *bus = bus_of (wires, network, units, index);
  if (link->kind == GDP_LINK_MODBUS_RTU) {
    wires->serial = sim_serial_open (loop, &wiring->serial, bus, error);
    return wires->serial != NULL;
  }
  SimTcp *port = sim_tcp_listen (loop, link->host, link->port, bus, error);
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
  return wires;
}

void
sim_wires_check (SimWires *wires)
{
  for (guint i = 0; i < wires->modems->len; i++)
    sim_modem_check (wires->modems->pdata[i]);
}

char *
sim_wires_describe (const SimWires *wires)
{
  guint online = 0;
  for (guint i = 0; i < wires->modems->len; i++)
    online += sim_modem_online (wires->modems->pdata[i]);
  return g_strdup_printf ("%u TCP ports, %u serial lines, %u modems of which %u online",
                          wires->ports->len, wires->serial != NULL, wires->modems->len, online);
}

void
sim_wires_close (SimWires *wires)
{
  g_clear_pointer (&wires->serial, sim_serial_close);
  g_ptr_array_unref (wires->ports);
  g_ptr_array_unref (wires->modems);
  g_ptr_array_unref (wires->buses);
  g_free (wires);
}
