/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "modem.h"

#include <string.h>

#include "bad-line.h"
#include "chance.h"

#define LEAST_WAIT    1000     /* ms */
#define LONGEST_WAIT  60000
#define STALE_BYTES   500      /* ms after which a half frame is forgotten: the modem's packing time */
#define STEADY        10000    /* ms online after which a loss is not the server's refusal */

/* One mover, go(): WAITING → DIALLING → ONLINE → HANGING_UP → WAITING; STOPPED ends it. */
typedef enum { WAITING, DIALLING, ONLINE, HANGING_UP, STOPPED } State;

struct SimModem {
  uv_loop_t              *loop;
  struct sockaddr_storage server;
  SimUnit                *unit;      /* borrowed */
  State                   state;
  guint64                 chance;
  double                  faults;    /* share of what it sends that the line spoils */
  SimBadLine              line;
  guint                   every;     /* ms between heartbeats */
  guint                   wait;      /* ms before the next dialling, without jitter */
  uv_tcp_t                tcp;       /* in use in DIALLING, ONLINE, HANGING_UP */
  uv_connect_t            connecting;
  uv_timer_t              timer;     /* redialling, or heartbeat */
  guint64                 since;     /* loop ms: online since, then last bytes */
  guint64                 heard;
  gsize                   length;
  guint8                  bytes[2 * COMMS_RTU_MAX];
};

static void dial      (uv_timer_t *timer);
static void heartbeat (uv_timer_t *timer);
static void hung_up   (uv_handle_t *handle);

static const GdpLink *
link_of (const SimModem *modem)
{
  const GdpNetwork *network = modem->unit->network;
  return &network->links[network->units[modem->unit->unit].link];
}

static gboolean
may_be_online (const SimModem *modem)
{
  const SimStation *station = &modem->unit->station;
  return station->powered && station->time >= modem->unit->offline_until && modem->unit->signal > SIM_DEAF_SIGNAL;
}

static guint
jittered (SimModem *modem)
{
  return modem->wait * (0.5 + sim_chance_uniform (&modem->chance));
}

static void
go (SimModem *modem, State state)
{
  modem->state = state;
  uv_timer_stop (&modem->timer);
  if (state == WAITING)
    uv_timer_start (&modem->timer, dial, jittered (modem), 0);
  if (state == ONLINE) {
    modem->since = uv_now (modem->loop);
    modem->length = 0;
    uv_timer_start (&modem->timer, heartbeat, modem->every, modem->every);
  }
  if (state == HANGING_UP)
    uv_close ((uv_handle_t *) &modem->tcp, hung_up);
  if (state != ONLINE)
    sim_bad_line_clear (&modem->line);
}

/* The one end of every call, whatever ended it. */
static void
hang_up (SimModem *modem, const char *why)
{
  gboolean steady = modem->state == ONLINE && uv_now (modem->loop) - modem->since > STEADY;
  modem->wait = steady ? LEAST_WAIT : MIN (modem->wait * 2, LONGEST_WAIT);
  g_info ("%s: modem hangs up: %s", sim_unit_site_id (modem->unit), why);
  go (modem, HANGING_UP);
}

static void
free_modem (uv_handle_t *handle)
{
  g_free (handle->data);
}

static void
hung_up (uv_handle_t *handle)
{
  SimModem *modem = handle->data;
  if (modem->state == STOPPED)
    uv_close ((uv_handle_t *) &modem->timer, free_modem);
  else
    go (modem, WAITING);
}

/* ---- online ------------------------------------------------------------------------------------ */

/* @checked: a turned bit would be noticed. FALSE: it has hung up. */
static gboolean
say (SimModem *modem, const void *bytes, gsize length, gboolean checked)
{
  modem->line.bare = !checked;
  double rate = sim_unit_spoils (modem->unit, modem->faults, TRUE);
  const char *why = sim_bad_line_send (&modem->line, (uv_stream_t *) &modem->tcp, bytes, length, rate);
  if (why)
    hang_up (modem, why);
  return why == NULL;
}

static void
heartbeat (uv_timer_t *timer)
{
  SimModem *modem = timer->data;
  const char *text = link_of (modem)->heartbeat;
  /* Never into the middle of a request: the modem waits for the line to be quiet. */
  if (text && modem->length == 0 && sim_unit_answers (modem->unit))
    say (modem, text, strlen (text), FALSE);
}

/* Answers the requests that are whole. What cannot be one is forgotten, as a slave forgets it. */
static void
serve (SimModem *modem)
{
  SimUnit *unit = modem->unit;
  SimBus bus = { 0 };   /* the one slave behind this modem */
  bus.units[unit->network->units[unit->unit].address] = unit;
  guint8 answer[COMMS_RTU_MAX];
  CommsRequest request;
  gsize consumed;
  while (modem->length > 0) {
    g_autoptr (GError) wrong = NULL;
    gboolean good = comms_rtu_parse_request (modem->bytes, modem->length, &request, &consumed, &wrong);
    if (!good && g_error_matches (wrong, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT))
      return;
    if (consumed == 0)
      consumed = modem->length;
    gsize n = sim_bus_hear_rtu (&bus, modem->bytes, consumed, answer);
    modem->length -= consumed;
    memmove (modem->bytes, modem->bytes + consumed, modem->length);
    if (n > 0 && !say (modem, answer, n, TRUE))
      return;
  }
}

static void
give_room (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  SimModem *modem = handle->data;
  guint64 now = uv_now (modem->loop);
  if (now - modem->heard > STALE_BYTES || modem->length == sizeof modem->bytes)
    modem->length = 0;
  modem->heard = now;
  *buffer = uv_buf_init ((char *) modem->bytes + modem->length, sizeof modem->bytes - modem->length);
}

static void
take_bytes (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
  SimModem *modem = stream->data;
  if (n < 0) {
    hang_up (modem, uv_strerror (n));
    return;
  }
  modem->length += n;
  serve (modem);
}

/* ---- dialling ----------------------------------------------------------------------------------- */

static void
connected (uv_connect_t *request, int status)
{
  SimModem *modem = request->data;
  const char *registration = link_of (modem)->registration;
  if (modem->state != DIALLING)
    return;   /* hung up meanwhile */
  if (status < 0) {
    hang_up (modem, uv_strerror (status));
    return;
  }
  uv_tcp_nodelay (&modem->tcp, 1);
  go (modem, ONLINE);
  g_info ("%s: modem is online", sim_unit_site_id (modem->unit));
  uv_read_start ((uv_stream_t *) &modem->tcp, give_room, take_bytes);
  say (modem, registration, strlen (registration), FALSE);
}

static void
dial (uv_timer_t *timer)
{
  SimModem *modem = timer->data;
  if (!may_be_online (modem)) {
    modem->wait = LEAST_WAIT;
    go (modem, WAITING);
    return;
  }
  uv_tcp_init (modem->loop, &modem->tcp);
  modem->tcp.data = modem->connecting.data = modem;
  go (modem, DIALLING);
  const struct sockaddr *server = (const struct sockaddr *) &modem->server;
  int failed = uv_tcp_connect (&modem->connecting, &modem->tcp, server, connected);
  if (failed)
    hang_up (modem, uv_strerror (failed));
}

SimModem *
sim_modem_start (uv_loop_t *loop, const struct sockaddr *server, SimUnit *unit, guint every,
                 guint first, double faults, guint64 seed)
{
  SimModem *modem = g_new0 (SimModem, 1);
  modem->loop = loop;
  memcpy (&modem->server, server,
          server->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in));
  modem->unit = unit;
  modem->chance = seed;
  modem->line.chance = sim_chance_next (&modem->chance);
  modem->faults = faults;
  modem->every = every * 1000;
  modem->wait = LEAST_WAIT;
  uv_timer_init (loop, &modem->timer);
  modem->timer.data = modem;
  modem->state = WAITING;
  uv_timer_start (&modem->timer, dial, first, 0);
  return modem;
}

gboolean
sim_modem_online (const SimModem *modem)
{
  return modem->state == ONLINE;
}

void
sim_modem_check (SimModem *modem)
{
  if (modem->state == ONLINE && !may_be_online (modem))
    hang_up (modem, modem->unit->station.powered ? "dropped" : "no power");
  else if (modem->state == ONLINE && sim_unit_fades (modem->unit, &modem->chance))
    hang_up (modem, "the signal is lost");
  const char *why = modem->state == ONLINE ? sim_bad_line_tick (&modem->line, (uv_stream_t *) &modem->tcp) : NULL;
  if (why)
    hang_up (modem, why);
}

void
sim_modem_stop (SimModem *modem)
{
  State before = modem->state;
  modem->state = STOPPED;
  sim_bad_line_clear (&modem->line);
  if (before == DIALLING || before == ONLINE)
    uv_close ((uv_handle_t *) &modem->tcp, hung_up);
  else if (before == WAITING)
    uv_close ((uv_handle_t *) &modem->timer, free_modem);
  /* HANGING_UP: hung_up() finds STOPPED. */
}
