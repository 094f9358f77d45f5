/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A unit as the store keeps it: what IDENT said and what became of the session. */
#include "bbt-private.h"

#include "gdp/firmware.h"

#include <math.h>

enum { NOT_MEASURED = 0xFFFF, NOT_KNOWN = 0x7F };

double
comms_bbt_signal (const CommsBbtIdent *ident)
{
  return ident->signal != NOT_KNOWN ? ident->signal : NAN;
}

static char *
imei_text (guint64 imei)
{
  return imei != 0 ? g_strdup_printf ("%015" G_GUINT64_FORMAT, imei) : NULL;
}

static void
put_ident (GdpDevice *device, const CommsBbtIdent *ident)
{
  device->model = g_strdup (ident->model);
  device->firmware = gdp_version_text (ident->firmware);
  device->hardware = ident->hardware;
  device->imei = imei_text (ident->imei);
  device->iccid = *ident->iccid != '\0' ? g_strdup (ident->iccid) : NULL;
  device->boot = ident->boot;
  device->clock = MIN (ident->clock & 15, GDP_N_CLOCKS - 1);
  device->supply = ident->supply;
  device->battery = ident->battery != NOT_MEASURED ? ident->battery / 1000.0 : NAN;
  device->mains = ident->mains != NOT_MEASURED ? ident->mains / 10.0 : NAN;
  device->signal = comms_bbt_signal (ident);
  device->temperature = ident->temperature != NOT_KNOWN ? ident->temperature : NAN;
  device->waiting = ident->waiting;
  device->flags = ident->flags;
  device->cause = ident->cause;
  device->settings_revision = ident->settings_revision;
  device->schedule_revision = ident->schedule_revision;
}

static char *
peer_text (const CommsSession *session)
{
  g_autofree char *address = comms_session_address ((const struct sockaddr *) &session->peer, TRUE);

  return g_strdup_printf ("%s %s", session->is_udp ? "udp" : "tcp", address);
}

static const CommsOrder *
firmware_order (const CommsBbtUnit *unit)
{
  for (const GList *l = unit->orders.head; l != NULL; l = l->next)
    if (((CommsOrder *) l->data)->kind == COMMS_ORDER_FIRMWARE)
      return l->data;
  return NULL;
}

static void
put_session (GdpDevice *device, const CommsBbtUnit *unit)
{
  const CommsOrder *order = firmware_order (unit);

  device->clock_offset = unit->ident.time - unit->connected;
  device->settings_result = unit->settings_result;
  device->schedule_result = unit->schedule_result;
  device->authenticated = unit->authenticated;
  device->connected = unit->session != NULL ? unit->connected : 0;
  device->peer = g_strdup (unit->peer);
  device->seen = unit->seen;
  device->next_call = unit->next_call;
  device->sessions = unit->streams->n_sessions;
  if (order != NULL) {
    device->firmware_wanted = gdp_version_text (order->firmware.version);
    device->firmware_done = unit->sent;
    device->firmware_size = g_bytes_get_size (order->firmware.image);
  }
}

void
comms_bbt_tell_forgotten (CommsSessionServer *server, const CommsBbtUnit *unit)
{
  CommsReport *report = comms_report_new (COMMS_REPORT_DEVICE, G_MAXUINT, unit->link,
                                          comms_session_server_now (server), 0);

  report->device = g_new0 (GdpDevice, 1);
  *report->device = (GdpDevice) {
    .link = server->network->links[unit->link].key, .sessions = unit->streams->n_sessions, .seen = unit->seen,
    .battery = NAN, .mains = NAN, .signal = NAN, .temperature = NAN,
  };
  comms_session_server_give (server, report);
}

void
comms_bbt_tell_device (CommsSessionServer *server, CommsBbtUnit *unit)
{
  CommsReport *report = comms_report_new (COMMS_REPORT_DEVICE, G_MAXUINT, unit->link,
                                          comms_session_server_now (server), 0);

  report->device = g_new0 (GdpDevice, 1);
  report->device->link = server->network->links[unit->link].key;
  if (unit->session != NULL) {
    g_free (unit->peer);
    unit->peer = peer_text (unit->session);
  }
  put_ident (report->device, &unit->ident);
  put_session (report->device, unit);
  comms_session_server_give (server, report);
}
