/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem.h"

static CommsModem *
modem_new (guint link, guint n_units)
{
  CommsModem *modem = g_malloc0 (sizeof *modem + n_units * sizeof modem->units[0]);

  modem->link = link;
  modem->meter = comms_meter_new ();
  return modem;
}

static gboolean
is_slave (const GdpUnit *unit)
{
  return unit->address > 0;
}

CommsModem **
comms_modems_new (const GdpNetwork *network)
{
  CommsModem **modems = g_new0 (CommsModem *, network->n_links);
  g_autofree guint *n_units = g_new0 (guint, network->n_links);

  for (guint i = 0; i < network->n_units; i++)
    n_units[network->units[i].link] += is_slave (&network->units[i]);
  for (guint i = 0; i < network->n_links; i++)
    if (gdp_link_kind_dials_in (network->links[i].kind))
      modems[i] = modem_new (i, n_units[i]);
  for (guint i = 0; i < network->n_units; i++) {
    CommsModem *modem = modems[network->units[i].link];
    if (modem != NULL && is_slave (&network->units[i]))
      modem->units[modem->n_units++] = (CommsModemUnit) { .unit = i, .meter = comms_meter_new () };
  }
  return modems;
}

static void
modem_free (CommsModem *modem)
{
  g_queue_clear_full (&modem->orders, (GDestroyNotify) comms_order_free);
  for (guint i = 0; i < modem->n_units; i++) {
    comms_plan_free (modem->units[i].plan);
    comms_meter_unref (modem->units[i].meter);
  }
  comms_poll_schedule_free (modem->schedule);
  comms_meter_unref (modem->meter);
  g_free (modem);
}

void
comms_modems_free (CommsModem **modems, guint n_links)
{
  for (guint i = 0; i < n_links; i++)
    if (modems[i] != NULL)
      modem_free (modems[i]);
  g_free (modems);
}

static void
adopt (CommsModem *modem, const GdpNetwork *network)
{
  for (guint i = 0; i < modem->n_units; i++)
    if (modem->units[i].plan != NULL)
      comms_plan_adopt (modem->units[i].plan, network);
}

void
comms_modems_adopt (CommsModem **modems, guint n_modems, CommsModem **fresh, const GdpNetwork *network,
                    const gboolean *same)
{
  for (guint i = 0; i < n_modems; i++)
    if (modems[i] != NULL && same[i]) {
      modem_free (fresh[i]);
      fresh[i] = g_steal_pointer (&modems[i]);
      adopt (fresh[i], network);
    }
  comms_modems_free (modems, n_modems);
}

static void
first_call (CommsModem *modem, const GdpNetwork *network, gint64 now)
{
  g_autofree double *periods = g_new (double, modem->n_units);

  for (guint i = 0; i < modem->n_units; i++) {
    modem->units[i].plan = comms_plan_new (network, modem->units[i].unit);
    periods[i] = network->units[modem->units[i].unit].period;
  }
  modem->schedule = comms_poll_schedule_new (periods, modem->n_units, now);
}

void
comms_modem_begin (CommsModem *modem, const GdpNetwork *network, gint64 now)
{
  if (modem->schedule == NULL)
    first_call (modem, network, now);
  else
    comms_poll_schedule_restart (modem->schedule, now);
  modem->round_trip.silences = 0;
  modem->silent = 0;
  if (modem->called)
    comms_meter_fault (modem->meter, GDP_TRAFFIC_RECONNECT, 0);
  modem->called = TRUE;
}

CommsModemUnit *
comms_modem_unit (CommsModem *modem, guint unit)
{
  for (guint i = 0; i < modem->n_units; i++)
    if (modem->units[i].unit == unit)
      return &modem->units[i];
  return NULL;
}

gboolean
comms_modem_traffic (const CommsModem *modem, guint unit, CommsTraffic *traffic)
{
  gboolean found = unit == G_MAXUINT;

  *traffic = (CommsTraffic) { 0 };
  for (guint i = 0; i < modem->n_units; i++)
    if (unit == G_MAXUINT || modem->units[i].unit == unit) {
      comms_meter_sum (modem->units[i].meter, traffic);
      found = TRUE;
    }
  if (unit == G_MAXUINT)
    comms_meter_sum (modem->meter, traffic);
  return found;
}
