/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which frame may come when: every type in every state of a session, and how a session begins. */
#include "bbt-stage.h"

#include "comms/bbt-archive.h"

typedef enum { STRANGER, CHALLENGED, OPEN, THROUGH, LEAVING, N_STATES } State;
static const char *const names[] = { "stranger", "challenged", "open", "through", "leaving" };

/* A peer in that state. */
static Peer *
peer_in (Field *field, State state)
{
  CommsBbtMessage message = { .type = COMMS_BBT_BYE };
  Peer *peer = state >= OPEN ? peer_open (field, state == THROUGH ? PEER_SLAVE : 0)
                             : peer_call (field, 0);

  if (state == CHALLENGED) {
    peer_identify (peer);
    peer_challenged (peer);
  } else if (state == THROUGH) {
    peer_wait (peer, COMMS_BBT_OPEN, &message);
    message = (CommsBbtMessage) { .type = COMMS_BBT_RESULT, .result = { message.sequence, 0, 0 } };
    peer_tell (peer, message);
    peer_wait (peer, COMMS_BBT_DATA, &message);   /* the first poll */
  } else if (state == LEAVING) {
    CommsBbtMessage live = peer_live (1, 8000);   /* which nobody commits */
    peer_tell (peer, live);
    peer_tell (peer, message);
  }
  return peer;
}

/* What PROTOCOL.md 3 lets come: '.' is taken, 'e' ends the session without FAULT, 'b' BYE answers and ends it,
 * 'c' CHALLENGE answers. All else is FAULT 7. */
static const struct { guint8 type; const char *by_state; } allowed[] = {
  { COMMS_BBT_IDENT,     "c----" },
  { COMMS_BBT_PROOF,     "-e---" },   /* a wrong one: FAULT 4 */
  { COMMS_BBT_BYE,       "--bb-" },
  { COMMS_BBT_FAULT,     "eeeee" },
  { COMMS_BBT_PING,      "--..." },
  { COMMS_BBT_PONG,      "--..." },
  { COMMS_BBT_LIVE,      "--..." },
  { COMMS_BBT_INCREMENT, "--..." },
  { COMMS_BBT_ARCHIVE,   "--..." },
  { COMMS_BBT_EVENT,     "--..." },
  { COMMS_BBT_PULSE,     "--..." },
  { COMMS_BBT_SABOTAGE,  "--..." },
  { COMMS_BBT_RESULT,    "--..." },
  { COMMS_BBT_DATA,      "--..." },
  { COMMS_BBT_CLOSE,     "--..." },
};

/* Types that PROTOCOL.md 8 does not have: they may be a later version's, and are not for us. */
static gboolean
is_unknown (guint8 type)
{
  return type == 0 || (type > 0x08 && type < 0x10) || (type > 0x15 && type < 0x1F) || (type > 0x24 && type < 0x28)
         || (type > 0x2A && type < 0x2F) || type > 0x32;
}

static char
expected (guint8 type, State state)
{
  for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
    if (allowed[i].type == type)
      return allowed[i].by_state[state];
  return is_unknown (type) && state >= OPEN ? '.' : '-';
}

/* The payload does not matter where the type may not come; where it may, it is a good one. */
static void
say_type (Peer *peer, guint8 type)
{
  static CommsBbtPacker packer;
  guint8 frame[COMMS_BBT_FRAME_MAX] = { 0 };
  CommsBbtMessage message = { .type = type };
  guint32 boot = peer->ident.boot, number = 1000 + type;

  if (type == COMMS_BBT_IDENT) {
    peer_identify (peer);
    return;
  }
  if (type == COMMS_BBT_LIVE || type == COMMS_BBT_INCREMENT) {
    message = peer_live (number, 8000);
    message.type = type;
  } else if (type == COMMS_BBT_ARCHIVE)
    message = peer_archive (boot, number, 2, &packer);
  else if (type == COMMS_BBT_EVENT)
    message = peer_event (boot, number, COMMS_BBT_EVENT_BUTTON);
  else if (type == COMMS_BBT_PULSE)
    message.pulse = (CommsBbtPulse) { boot, number, .n_counters = 1, .counters = { { 1, 5 } } };
  else if (type == COMMS_BBT_SABOTAGE)
    message.sabotage = (CommsBbtSabotage) { boot, number, .wire = 1 };
  else if (type == COMMS_BBT_DATA)
    message.data.bytes = (CommsBbtBytes) { (const guint8 *) "x", 1 };
  else if (comms_bbt_type_info (type) == NULL || !comms_bbt_type_info (type)->of_unit) {
    comms_bbt_frame_open (frame, type, ++peer->end.sent, 16, peer->end.has_mac);
    if (peer->end.has_mac)
      comms_bbt_mac_make (&peer->end.mac, COMMS_BBT_OF_UNIT, frame, COMMS_BBT_HEADER + 16, frame + COMMS_BBT_HEADER + 16);
    peer_send (peer, frame, comms_bbt_frame_close (frame));
    return;
  }
  peer_tell (peer, message);
}

static void
check_type (Field *field, State state, guint8 type)
{
  Peer *peer = peer_in (field, state);
  CommsBbtMessage message;

  g_test_message ("type %02x in state %s", type, names[state]);
  say_type (peer, type);
  switch (expected (type, state)) {
  case '.':
    peer_alive (peer);
    peer_free (peer);
    break;
  case 'c':
    peer_challenged (peer);
    peer_free (peer);
    break;
  case 'e':
    if (type == COMMS_BBT_PROOF)
      peer_faulted (peer, COMMS_BBT_FAULT_PROOF);
    else
      peer_hung_up (peer);
    break;
  case 'b':
    do
      peer_hear (peer, &message);
    while (message.type != COMMS_BBT_BYE && (message.type == COMMS_BBT_DATA || message.type == COMMS_BBT_CLOSE));
    g_assert_cmphex (message.type, ==, COMMS_BBT_BYE);
    peer_hung_up (peer);
    break;
  default:
    peer_faulted (peer, COMMS_BBT_FAULT_UNEXPECTED);
  }
}

static void
test_table (gconstpointer data)
{
  State state = GPOINTER_TO_UINT (data);

  for (guint type = 0; type <= 0x33; type++) {
    Field *field = peer_field (plain);
    Commits *commits = commits_start (field);
    commits_hold (commits, state == LEAVING);
    check_type (field, state, type);
    commits_stop (commits);
    field_stop (field);
  }
}

static void
test_accepts (gconstpointer data)
{
  guint link = GPOINTER_TO_UINT (data);
  Field *field = peer_field (plain);
  Commits *commits = commits_start (field);
  Peer *peer = peer_call (field, link);
  CommsBbtMessage accept;

  peer_identify (peer);
  if (link != PEER_KEYLESS) {
    peer_challenged (peer);
    peer_prove (peer);
  }
  peer_accepted (peer, &accept);
  g_assert_cmpint (ABS (accept.accept.time - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (accept.accept.idle, ==, 600);
  g_assert_cmphex (accept.accept.wanted & 6, ==, 6);
  g_assert_cmpuint (accept.accept.flags & COMMS_BBT_ACCEPT_MORE, ==, link == PEER_SETTINGS ? COMMS_BBT_ACCEPT_MORE : 0);
  commits_wait (commits, commits->events, link == PEER_KEYLESS ? "not authenticated: its link asks for no key" : "called because of: power on");
  commits_wait (commits, commits->devices, "connected");
  g_assert_cmpstr (commits->device->model, ==, "BBT-1");
  g_assert_cmpint (commits->device->authenticated, ==, link != PEER_KEYLESS);
  g_assert_cmpint (commits->device->connected, >, 0);
  g_assert_cmpint (commits->device->link, ==, field->network->links[link].key);
  peer_free (peer);
  commits_wait (commits, commits->events, ": the ");
  commits_stop (commits);
  field_stop (field);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < N_STATES; i++) {
    g_autofree char *path = g_strdup_printf ("/bbt-session/every-frame-type-in-state/%s", names[i]);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_table);
  }
  g_test_add_data_func ("/bbt-session/accepts/with-key", GUINT_TO_POINTER (0), test_accepts);
  g_test_add_data_func ("/bbt-session/accepts/without-key", GUINT_TO_POINTER (PEER_KEYLESS), test_accepts);
  g_test_add_data_func ("/bbt-session/accepts/and-says-that-more-waits", GUINT_TO_POINTER (PEER_SETTINGS), test_accepts);
  return g_test_run ();
}
