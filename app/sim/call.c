/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call-private.h"

#include <string.h>

#include "chance.h"

#define SECOND        GDP_SECOND
#define PATIENCE      (10 * SECOND)   /* PROTOCOL.md 10 */
#define ACK_PATIENCE  (30 * SECOND)
#define LINGER        (3 * SECOND)    /* before BYE, when the server has something for the unit */
#define UDP_TRIES     4               /* after 5, 10, 20, 40 s; 40 s later it gives up */

/* ---- sending ------------------------------------------------------------------------------------ */

/* Whose answer ends the waiting over UDP. */
static gboolean
wants_answer (guint8 type)
{
  const CommsBbtTypeInfo *info = comms_bbt_type_info (type);
  return type == COMMS_BBT_IDENT || type == COMMS_BBT_PROOF || type == COMMS_BBT_PING || (info && info->record);
}

static void
remember (SimCall *call, guint8 type, const guint8 *payload, gsize length)
{
  SimUnanswered *unanswered = &call->unanswered;
  if (payload != unanswered->payload) {
    g_free (unanswered->payload);
    *unanswered = (SimUnanswered) { .type = type, .payload = g_memdup2 (payload, length), .length = length };
  }
  gint64 pause = 5 * SECOND << MIN (unanswered->tries, UDP_TRIES - 1);
  unanswered->again = call->now + pause;
}

void
sim_call_say (SimCall *call, const CommsBbtMessage *message)
{
  guint8 frame[COMMS_BBT_FRAME_MAX];
  g_autoptr (GError) error = NULL;
  if (call->state == SIM_CALL_OVER)
    return;
  gsize size = comms_bbt_end_write (&call->end, message, frame, &error);
  if (size == 0) {
    g_warning ("%s: %s", call->bbt->link->serial, error->message);
    sim_call_over (call, SIM_END_LOST, "a frame could not be made");
    return;
  }
  gsize length = size - COMMS_BBT_HEADER - 2 - (call->end.has_mac ? COMMS_BBT_MAC_SIZE : 0);
  if (call->datagrams && (wants_answer (message->type) || (message->type == COMMS_BBT_BYE
                                                           && call->state != SIM_CALL_LEAVING)))
    remember (call, message->type, frame + COMMS_BBT_HEADER, length);
  if (message->type == COMMS_BBT_IDENT) {
    call->payload_length = length;
    memcpy (call->payload, frame + COMMS_BBT_HEADER, length);
  }
  call->send (call->user_data, frame, size);
}

void
sim_call_answered (SimCall *call, guint8 type)
{
  if (call->unanswered.type == type)
    call->unanswered.type = 0;
}

/* The same content in a new frame. */
static void
say_again (SimCall *call)
{
  SimUnanswered *unanswered = &call->unanswered;
  CommsBbtFrame frame = { .type = unanswered->type, .payload = unanswered->payload, .length = unanswered->length };
  CommsBbtMessage message;
  if (unanswered->tries == UDP_TRIES) {
    SimCallEnd how = unanswered->type == COMMS_BBT_IDENT ? SIM_END_LOST
                   : call->state == SIM_CALL_LEAVING ? SIM_END_DONE : SIM_END_AGAIN;
    sim_call_over (call, how, "no answer");
    return;
  }
  unanswered->tries++;
  if (comms_bbt_decode (&frame, &message, NULL)) {
    guint8 bytes[COMMS_BBT_FRAME_MAX];
    gsize size = comms_bbt_end_write (&call->end, &message, bytes, NULL);
    remember (call, unanswered->type, unanswered->payload, unanswered->length);
    call->send (call->user_data, bytes, size);
  }
}

void
sim_call_over (SimCall *call, SimCallEnd how, const char *why)
{
  if (call->state == SIM_CALL_OVER)
    return;
  call->state = SIM_CALL_OVER;
  call->how = how;
  call->why = why;
}

void
sim_call_fail (SimCall *call, CommsBbtFaultCode code, const char *why)
{
  CommsBbtMessage fault = { .type = COMMS_BBT_FAULT };
  fault.fault = (CommsBbtFault) { .code = code, .about = code >= COMMS_BBT_FAULT_MAC ? call->end.taken : 0 };
  sim_call_say (call, &fault);
  sim_call_over (call, SIM_END_LOST, why);
}

void
sim_call_leave (SimCall *call, CommsBbtByeReason reason)
{
  CommsBbtMessage bye = { .type = COMMS_BBT_BYE };
  sim_bbt_plan (call->bbt, call->now);
  /* By the server's clock, which ours is since ACCEPT. */
  gint64 ahead = call->bbt->next_call - call->now;
  bye.bye = (CommsBbtBye) { .next_call = (sim_rtc_read (&call->bbt->clock, call->now) + ahead) / SECOND * SECOND,
                            .reason = reason };
  sim_call_say (call, &bye);
  if (call->state != SIM_CALL_OVER)
    call->state = SIM_CALL_LEAVING;
  call->heard = call->now;
}

/* ---- frames that come ------------------------------------------------------------------------------ */

typedef void (*Handler) (SimCall *call, const CommsBbtMessage *message);

static void
challenged (SimCall *call, const CommsBbtMessage *message)
{
  CommsBbtMessage proof = { .type = COMMS_BBT_PROOF };
  SimBbt *bbt = call->bbt;
  if (bbt->link->keyless) {
    sim_call_fail (call, COMMS_BBT_FAULT_UNEXPECTED, "a challenge for a unit without key");
    return;
  }
  sim_call_answered (call, COMMS_BBT_IDENT);
  comms_bbt_proof_make (bbt->key, call->payload, call->payload_length, message->challenge.nonce,
                        proof.proof.proof);
  comms_bbt_session_mac (bbt->key, &call->ident, message->challenge.nonce, &call->mac);
  sim_call_say (call, &proof);
  call->heard = call->now;
  if (call->state != SIM_CALL_OVER)
    call->state = SIM_CALL_PROVING;
}

static void
accepted (SimCall *call, const CommsBbtMessage *message)
{
  const CommsBbtAccept *accept = &message->accept;
  if (call->state == SIM_CALL_IDENTIFYING && !call->bbt->link->keyless) {
    sim_call_fail (call, COMMS_BBT_FAULT_UNEXPECTED, "accepted without proof");
    return;
  }
  sim_call_answered (call, COMMS_BBT_IDENT);
  sim_call_answered (call, COMMS_BBT_PROOF);
  sim_bbt_set_clock (call->bbt, accept->time, call->now);
  call->idle = accept->idle;
  call->wanted = accept->wanted;
  call->more = accept->flags & COMMS_BBT_ACCEPT_MORE;
  call->stays = call->bbt->stays || accept->flags & COMMS_BBT_ACCEPT_STAY;
  call->state = SIM_CALL_OPEN;
  call->was_open = TRUE;
  call->asked = call->pinged = call->now;
  sim_recorder_rewind (&call->bbt->memory);
  sim_call_want_live (call);
}

static void
faulted (SimCall *call, const CommsBbtMessage *message)
{
  const char *word = comms_bbt_code_word (COMMS_BBT_FAULTS, message->fault.code);
  call->wait = message->fault.wait;
  gboolean unknown = call->datagrams && message->fault.code == COMMS_BBT_FAULT_NO_SESSION;
  SimCallEnd again = call->state == SIM_CALL_LEAVING ? SIM_END_DONE : SIM_END_AGAIN;
  sim_call_over (call, unknown ? again : SIM_END_LOST, word ? word : "a fault of another version");
}

static void
acknowledged (SimCall *call, const CommsBbtMessage *message)
{
  for (guint i = 0; i < message->ack.n_entries; i++)
    sim_call_acknowledged (call, &message->ack.entries[i]);
}

static void
pinged (SimCall *call, const CommsBbtMessage *message)
{
  CommsBbtMessage pong = { .type = COMMS_BBT_PONG };
  pong.pong = (CommsBbtPong) { .token = message->ping.token,
                               .time = sim_rtc_read (&call->bbt->clock, call->now) / 1000 * 1000 };
  sim_call_say (call, &pong);
}

static void
ponged (SimCall *call, const CommsBbtMessage *message)
{
  sim_call_answered (call, COMMS_BBT_PING);
}

static void
sent_away (SimCall *call, const CommsBbtMessage *message)
{
  if (call->state != SIM_CALL_LEAVING)
    sim_call_leave (call, COMMS_BBT_BYE_ASKED);
  sim_call_over (call, SIM_END_DONE, "good-bye");
}

static void
passed_through (SimCall *call, const CommsBbtMessage *message)
{
  sim_call_through (call, &message->data);
}

static void
closed (SimCall *call, const CommsBbtMessage *message)
{
  call->state = SIM_CALL_OPEN;
}

static void
dropped (SimCall *call, const CommsBbtMessage *message)
{
}

#define TALKING (1 << SIM_CALL_OPEN | 1 << SIM_CALL_THROUGH | 1 << SIM_CALL_LEAVING)
#define ANY     (1 << SIM_CALL_IDENTIFYING | 1 << SIM_CALL_PROVING | TALKING)

/* Frame type × states → what is done. Requests are sim_call_answer()'s, in TALKING. */
static const struct {
  guint8  type;
  guint   states;
  Handler handle;
} table[] = {
  { COMMS_BBT_CHALLENGE, 1 << SIM_CALL_IDENTIFYING,                         challenged },
  { COMMS_BBT_ACCEPT,    1 << SIM_CALL_IDENTIFYING | 1 << SIM_CALL_PROVING, accepted },
  { COMMS_BBT_ACCEPT,    TALKING,                                           dropped },   /* UDP: once more */
  { COMMS_BBT_FAULT,     ANY,                                               faulted },
  { COMMS_BBT_ACK,       TALKING,                                           acknowledged },
  { COMMS_BBT_PING,      TALKING,                                           pinged },
  { COMMS_BBT_PONG,      TALKING,                                           ponged },
  { COMMS_BBT_BYE,       TALKING,                                           sent_away },
  { COMMS_BBT_DATA,      1 << SIM_CALL_THROUGH,                             passed_through },
  { COMMS_BBT_DATA,      1 << SIM_CALL_OPEN | 1 << SIM_CALL_LEAVING,        dropped },
  { COMMS_BBT_CLOSE,     1 << SIM_CALL_THROUGH,                             closed },
  { COMMS_BBT_CLOSE,     1 << SIM_CALL_OPEN | 1 << SIM_CALL_LEAVING,        dropped },
};

static gboolean
is_request (guint8 type)
{
  return (type >= COMMS_BBT_REQUEST && type < COMMS_BBT_RESULT) || type == COMMS_BBT_OPEN;
}

static void
dispatch (SimCall *call, const CommsBbtFrame *frame, const CommsBbtMessage *message)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].type == frame->type && table[i].states >> call->state & 1) {
      table[i].handle (call, message);
      return;
    }
  /* What this version does not know is no fault once the session stands. */
  if (comms_bbt_type_info (frame->type) || !(TALKING >> call->state & 1))
    sim_call_fail (call, COMMS_BBT_FAULT_UNEXPECTED, "a frame that does not belong here");
}

/* A FAULT from outside the session counts over UDP when it means our last frame. */
static gboolean
take_bare_fault (SimCall *call, const CommsBbtFrame *frame)
{
  CommsBbtMessage message;
  if (!call->datagrams || frame->type != COMMS_BBT_FAULT || frame->has_mac
      || !comms_bbt_decode (frame, &message, NULL) || message.fault.code != COMMS_BBT_FAULT_NO_SESSION)
    return FALSE;
  if (message.fault.about == call->end.sent && call->state != SIM_CALL_IDENTIFYING)
    faulted (call, &message);
  return TRUE;
}

/* PROVING: ACCEPT is the first frame with a MAC, and a refusal the last without one. */
static void
expect_mac (SimCall *call, const CommsBbtFrame *frame)
{
  if (call->state == SIM_CALL_PROVING && frame->type == COMMS_BBT_ACCEPT)
    comms_bbt_end_start_mac (&call->end, &call->mac);
}

static void
take (SimCall *call, const CommsBbtFrame *frame)
{
  g_autoptr (GError) error = NULL;
  CommsBbtMessage message;
  CommsBbtEnd before = call->end;
  if (take_bare_fault (call, frame))
    return;
  expect_mac (call, frame);
  if (!comms_bbt_end_check (&call->end, frame, &error)) {
    if (call->datagrams)
      call->end = before;
    else
      sim_call_fail (call, comms_bbt_error_fault (error), "a frame that is not genuine");
    return;
  }
  call->heard = call->now;
  gboolean good = comms_bbt_decode (frame, &message, &error);
  gboolean ranged = good || g_error_matches (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_RANGE);
  gboolean unknown = !good && g_error_matches (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_TYPE);
  if (is_request (frame->type) && TALKING >> call->state & 1 && (ranged || unknown)) {
    call->asked = call->now;
    sim_call_answer (call, frame, unknown ? NULL : &message, good);
  } else if (good || unknown) {
    dispatch (call, frame, &message);
  } else {
    sim_call_fail (call, comms_bbt_error_fault (error), "a frame that cannot be read");
  }
}

/* Takes the whole frames of @bytes; returns how many bytes that were. */
static gsize
take_frames (SimCall *call, const guint8 *bytes, gsize length)
{
  gsize at = 0;
  while (at < length && call->state != SIM_CALL_OVER) {
    g_autoptr (GError) error = NULL;
    CommsBbtFrame frame;
    CommsBbtParse parse = comms_bbt_frame_parse (bytes + at, length - at, &frame, &error);
    if (parse == COMMS_BBT_MORE)
      break;
    if (parse == COMMS_BBT_BAD) {
      sim_call_fail (call, comms_bbt_error_fault (error), "bytes that are no frame");
      break;
    }
    take (call, &frame);
    at += frame.size;
  }
  return at;
}

/* Only the beginning of a frame is kept, and only while it is one: calls are many. */
static void
hear_stream (SimCall *call, const guint8 *bytes, gsize length)
{
  if (!call->bytes) {
    gsize used = take_frames (call, bytes, length);
    bytes += used;
    length -= used;
  }
  while (length > 0 && call->state != SIM_CALL_OVER) {
    if (!call->bytes)
      call->bytes = g_malloc (COMMS_BBT_FRAME_MAX);
    gsize n = MIN (length, COMMS_BBT_FRAME_MAX - call->n_bytes);
    memcpy (call->bytes + call->n_bytes, bytes, n);
    call->n_bytes += n;
    bytes += n;
    length -= n;
    gsize used = take_frames (call, call->bytes, call->n_bytes);
    call->n_bytes -= used;
    memmove (call->bytes, call->bytes + used, call->n_bytes);
  }
  if (call->n_bytes == 0)
    g_clear_pointer (&call->bytes, g_free);
}

void
sim_call_hear (SimCall *call, const guint8 *bytes, gsize length, gint64 now)
{
  CommsBbtFrame frame;
  call->now = now;
  if (!call->datagrams)
    hear_stream (call, bytes, length);
  else if (call->state != SIM_CALL_OVER
           && comms_bbt_frame_parse (bytes, length, &frame, NULL) == COMMS_BBT_WHOLE && frame.size == length)
    take (call, &frame);
  sim_call_deliver (call);
}

/* ---- time ------------------------------------------------------------------------------------------- */

static void
ping_in_time (SimCall *call)
{
  CommsBbtMessage ping = { .type = COMMS_BBT_PING };
  gint64 every = MAX (call->idle, 3) * SECOND / 3;
  if (call->idle == 0 || call->now - MAX (call->heard, call->pinged) < every
      || (call->datagrams && call->unanswered.type))
    return;
  call->pinged = call->now;
  ping.ping.token = call->end.sent;
  sim_call_say (call, &ping);
}

static gboolean
may_leave (const SimCall *call)
{
  return !call->stays && sim_call_delivered (call) && (!call->more || call->now - call->asked > LINGER);
}

static void
watch_silence (SimCall *call)
{
  gint64 silence = call->now - call->heard;
  if (call->datagrams)
    return;
  if (call->state < SIM_CALL_OPEN && silence > PATIENCE)
    sim_call_over (call, SIM_END_LOST, "the server does not let us in");
  else if (call->state == SIM_CALL_LEAVING && silence > PATIENCE)
    sim_call_over (call, SIM_END_LOST, "the server does not say good-bye");
  else if (call->n_sent > 0 && call->now - call->sent[0].sent > ACK_PATIENCE)
    sim_call_over (call, SIM_END_LOST, "the server does not acknowledge");
  else if (call->state >= SIM_CALL_OPEN && call->idle > 0 && silence > call->idle * SECOND)
    sim_call_over (call, SIM_END_LOST, "the server is silent");
}

void
sim_call_tick (SimCall *call, gint64 now)
{
  call->now = now;
  watch_silence (call);
  if (call->datagrams && call->unanswered.type && now >= call->unanswered.again && call->state != SIM_CALL_OVER)
    say_again (call);
  if (call->state == SIM_CALL_THROUGH)
    sim_call_watch_through (call);
  sim_call_deliver (call);
  if (call->state == SIM_CALL_OPEN && may_leave (call))
    sim_call_leave (call, COMMS_BBT_BYE_DONE);
  else if (call->state == SIM_CALL_OPEN || call->state == SIM_CALL_THROUGH)
    ping_in_time (call);
}

/* ---- the call ------------------------------------------------------------------------------------------ */

SimCall *
sim_call_new (SimBbt *bbt, const SimCallOpening *opening, gint64 now, SimCallSend send, gpointer user_data)
{
  SimCall *call = g_new0 (SimCall, 1);
  CommsBbtMessage ident = { .type = COMMS_BBT_IDENT };
  guint64 chance = opening->chance, nonce = sim_chance_next (&chance);
  call->bbt = bbt;
  call->datagrams = opening->datagrams;
  call->send = send;
  call->user_data = user_data;
  call->now = call->heard = now;
  comms_bbt_end_init (&call->end, COMMS_BBT_OF_UNIT);
  sim_bbt_ident (bbt, opening->cause, now, &ident.ident);
  if (!bbt->link->keyless) {
    ident.ident.authentication = 1;
    memcpy (ident.ident.nonce, &nonce, sizeof nonce);
  }
  call->ident = ident.ident;
  sim_call_say (call, &ident);
  return call;
}

void
sim_call_free (SimCall *call)
{
  g_free (call->unanswered.payload);
  g_free (call->through);
  g_free (call->bytes);
  g_free (call);
}

void
sim_call_lose (SimCall *call, const char *why)
{
  sim_call_over (call, SIM_END_LOST, why);
}

SimCallState
sim_call_state (const SimCall *call)
{
  return call->state;
}

SimCallEnd
sim_call_end (const SimCall *call, const char **why, guint *wait)
{
  *why = call->why;
  *wait = call->wait;
  return call->how;
}

gboolean
sim_call_was_open (const SimCall *call)
{
  return call->was_open;
}
