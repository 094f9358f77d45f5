/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "phones.h"

#include <string.h>

#include "call.h"
#include "chance.h"
#include "path.h"

#define DIALS_A_TICK   500              /* connections under way at once stay below the listener's queue */
#define FIRST_DIALS    1000             /* units a second at the start */
#define LEAST_PAUSE    10.0             /* s after a failed call, doubled up to … (PROTOCOL.md 10) */
#define LONGEST_PAUSE  1800.0

typedef struct {
  SimPhones *phones;
  SimBbt    *bbt;
  SimPath   *path;        /* NULL = RESTING */
  SimCall   *call;        /* NULL with a path = DIALING */
  guint64    chance;      /* of the seed: the same story every time */
  guint64    nonces;      /* which must not repeat, so that real time is in them */
  gint64     next_dial;   /* not before */
  guint      failures;    /* in a row */
  const char *broken;     /* why the path is no more; put away at the next tick */
  CommsBbtCause cause;    /* of the call under way, and its boot */
  guint32    boot;
} SimPhone;

struct SimPhones {
  uv_loop_t *loop;
  struct sockaddr_storage server;
  SimPhoning phoning;
  GPtrArray *phones;      /* SimPhone* */
  gint64     real, began; /* µs UTC, and of the monotonic clock, at the start */
  guint      dials;       /* left in this tick */
  guint64    calls, opened, broken;
};

/* Real time that never steps. */
static gint64
now_of (const SimPhones *phones)
{
  return phones->real + ((gint64) (uv_hrtime () / 1000) - phones->began);
}

/* ---- the end of a call ------------------------------------------------------------------------------ */

static double
pause_after (SimPhone *phone)
{
  double pause = MIN (LEAST_PAUSE * (1u << MIN (phone->failures - 1, 16)), LONGEST_PAUSE);
  return pause * (0.5 + sim_chance_uniform (&phone->chance)) / phone->phones->phoning.hurry;
}

/* The one place where calls end: hangs up and settles when to call again. */
static void
rest (SimPhone *phone, SimCallEnd how, const char *why, guint wait)
{
  SimPhones *phones = phone->phones;
  gint64 now = now_of (phones);
  gboolean open = phone->call && sim_call_was_open (phone->call);
  g_info ("%s: hangs up: %s", phone->bbt->link->serial, why);
  g_clear_pointer (&phone->call, sim_call_free);
  g_clear_pointer (&phone->path, sim_path_close);
  phones->broken += how == SIM_END_LOST;
  phone->failures = how == SIM_END_LOST ? (open ? 1 : phone->failures + 1) : 0;
  phone->next_dial = now + wait * GDP_SECOND;
  if (how == SIM_END_LOST)
    phone->next_dial = MAX (phone->next_dial, now + (gint64) (pause_after (phone) * GDP_SECOND));
  sim_bbt_plan (phone->bbt, now);
  if (how != SIM_END_DONE)
    sim_bbt_want_call (phone->bbt, COMMS_BBT_CAUSE_AGAIN);
  else if (phone->bbt->stays && !phone->bbt->restarting)
    sim_bbt_want_call (phone->bbt, COMMS_BBT_CAUSE_SCHEDULE);
}

static void
check_over (SimPhone *phone)
{
  const char *why;
  guint wait;
  if (!phone->call || sim_call_state (phone->call) != SIM_CALL_OVER)
    return;
  SimCallEnd how = sim_call_end (phone->call, &why, &wait);
  rest (phone, how, why, wait);
}

/* ---- the path's events ------------------------------------------------------------------------------- */

static void
send_frame (gpointer user_data, const guint8 *frame, gsize length)
{
  SimPhone *phone = user_data;
  if (phone->path)
    sim_path_send (phone->path, frame, length, sim_unit_spoils (phone->bbt->unit, phone->phones->phoning.faults, TRUE));
}

static void
connected (gpointer user_data)
{
  SimPhone *phone = user_data;
  SimCallOpening opening = { .cause = phone->cause, .datagrams = phone->phones->phoning.udp,
                             .chance = sim_chance_next (&phone->nonces) };
  phone->call = sim_call_new (phone->bbt, &opening, now_of (phone->phones), send_frame, phone);
}

static void
heard (gpointer user_data, const guint8 *bytes, gsize length)
{
  SimPhone *phone = user_data;
  if (!phone->call)
    return;
  gboolean open = sim_call_was_open (phone->call);
  sim_call_hear (phone->call, bytes, length, now_of (phone->phones));
  phone->phones->opened += !open && sim_call_was_open (phone->call);
}

/* Told from within the path, and perhaps the call: they are put away at the next tick. */
static void
broken (gpointer user_data, const char *why)
{
  SimPhone *phone = user_data;
  phone->broken = why;
}

static const SimPathEvents events = { connected, heard, broken };

/* ---- the course of things ------------------------------------------------------------------------------ */

static void
dial (SimPhone *phone, gint64 now)
{
  SimPhones *phones = phone->phones;
  phones->dials--;
  phones->calls++;
  phone->cause = phone->bbt->call < 0 ? COMMS_BBT_CAUSE_CONFIRMATION : phone->bbt->call;
  phone->bbt->call = -1;
  phone->boot = phone->bbt->memory.boot;
  phone->broken = NULL;
  phone->path = sim_path_dial (phones->loop, (const struct sockaddr *) &phones->server, phones->phoning.udp,
                               sim_chance_next (&phone->chance), &events, phone);
  if (!phone->path)
    rest (phone, SIM_END_LOST, "cannot dial", 0);
  else if (phones->phoning.udp)
    connected (phone);
}

static gboolean
wants_to_dial (const SimPhone *phone, gint64 now)
{
  const SimBbt *bbt = phone->bbt;
  return (bbt->call >= 0 || now >= bbt->next_call) && now >= phone->next_dial && bbt->restarting == 0
         && bbt->unit->signal > SIM_DEAF_SIGNAL;
}

static void
tick (SimPhone *phone, gint64 now)
{
  gboolean reachable = sim_bbt_is_reachable (phone->bbt);
  sim_bbt_step (phone->bbt, now);
  if (!phone->path) {
    if (reachable && phone->phones->dials > 0 && wants_to_dial (phone, now))
      dial (phone, now);
    return;
  }
  if (!phone->broken && (!reachable || sim_unit_fades (phone->bbt->unit, &phone->chance)))
    phone->broken = reachable ? "the signal is lost" : "no network";
  if (!phone->broken && phone->boot != phone->bbt->memory.boot)
    phone->broken = "the unit restarts";
  if (phone->call && !phone->broken) {
    sim_path_tick (phone->path);
    sim_call_tick (phone->call, now);
  }
  /* A call that has come to its end does not mind that the server hangs up. */
  check_over (phone);
  if (phone->broken && phone->path)
    rest (phone, SIM_END_LOST, phone->broken, 0);
}

void
sim_phones_tick (SimPhones *phones)
{
  gint64 now = now_of (phones);
  phones->dials = DIALS_A_TICK;
  for (guint i = 0; i < phones->phones->len; i++)
    tick (phones->phones->pdata[i], now);
}

/* ---- all of them ----------------------------------------------------------------------------------------- */

static void
free_phone (gpointer data)
{
  SimPhone *phone = data;
  g_clear_pointer (&phone->call, sim_call_free);
  g_clear_pointer (&phone->path, sim_path_close);
  sim_bbt_free (phone->bbt);
  g_free (phone);
}

SimPhones *
sim_phones_new (uv_loop_t *loop, const SimPhoning *phoning)
{
  SimPhones *phones = g_new0 (SimPhones, 1);
  phones->loop = loop;
  phones->phoning = *phoning;
  memcpy (&phones->server, phoning->server, phoning->server->sa_family == AF_INET6 ? sizeof (struct sockaddr_in6)
                                                                             : sizeof (struct sockaddr_in));
  phones->phones = g_ptr_array_new_with_free_func (free_phone);
  phones->real = g_get_real_time ();
  phones->began = uv_hrtime () / 1000;
  return phones;
}

void
sim_phones_add (SimPhones *phones, SimBbt *bbt)
{
  SimPhone *phone = g_new0 (SimPhone, 1);
  phone->phones = phones;
  phone->bbt = bbt;
  phone->chance = sim_chance_seed (phones->phoning.seed, 3000000 + phones->phones->len);
  phone->nonces = sim_chance_seed (phones->phoning.seed ^ (guint64) phones->real, phones->phones->len);
  phone->next_dial = phones->real + phones->phones->len * GDP_SECOND / FIRST_DIALS;
  g_ptr_array_add (phones->phones, phone);
}

guint
sim_phones_count (const SimPhones *phones)
{
  return phones->phones->len;
}

guint
sim_phones_online (const SimPhones *phones)
{
  guint n = 0;
  for (guint i = 0; i < phones->phones->len; i++) {
    const SimPhone *phone = phones->phones->pdata[i];
    n += phone->call && sim_call_was_open (phone->call);
  }
  return n;
}

/* One unit: [archive rows, events, hours, days] that the server has acknowledged. */
static void
describe_unit (GString *text, const SimBbt *bbt)
{
  const SimStream *streams = bbt->memory.streams;
  g_string_append_printf (text, "%s\n    \"%s\": {\"boot\": %u, \"acknowledged\": [", text->str[text->len - 1] == '{' ? "" : ",",
                          bbt->link->serial, bbt->memory.boot);
  for (guint i = COMMS_BBT_STREAM_ARCHIVE; i < COMMS_BBT_N_STREAMS; i++)
    g_string_append_printf (text, i > COMMS_BBT_STREAM_ARCHIVE ? ", %" G_GUINT64_FORMAT : "%" G_GUINT64_FORMAT,
                            streams[i].acknowledged);
  g_string_append (text, "]}");
}

char *
sim_phones_counts (const SimPhones *phones)
{
  guint64 made = 0, acknowledged = 0, forgotten = 0, waiting = 0;
  g_autoptr (GString) each = g_string_new ("{");
  for (guint i = 0; i < phones->phones->len; i++) {
    const SimBbt *bbt = ((SimPhone *) phones->phones->pdata[i])->bbt;
    made += bbt->memory.made;
    acknowledged += sim_recorder_acknowledged (&bbt->memory);
    forgotten += bbt->memory.forgotten;
    waiting += sim_recorder_waiting (&bbt->memory);
    describe_unit (each, bbt);
  }
#define U64 "%" G_GUINT64_FORMAT
  return g_strdup_printf ("{\n  \"units\": %u, \"online\": %u, \"calls\": " U64 ", \"opened\": " U64 ", \"broken\": "
                          U64 ",\n  \"made\": " U64 ", \"acknowledged\": " U64 ", \"waiting\": " U64
                          ", \"forgotten\": " U64 ",\n  \"each\": %s}\n}\n", phones->phones->len,
                          sim_phones_online (phones), phones->calls, phones->opened, phones->broken, made,
                          acknowledged, waiting, forgotten, each->str);
#undef U64
}

void
sim_phones_free (SimPhones *phones)
{
  g_ptr_array_unref (phones->phones);
  g_free (phones);
}
