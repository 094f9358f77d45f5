/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-peer.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../patience.h"
#include "comms/bbt-archive.h"

/* ---- calling ----------------------------------------------------------------------------------------- */

static Peer *
peer_new (Field *field, guint link, int fd)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->field = field;
  peer->fd = fd;
  peer->link = link;
  peer_key (link, peer->key);
  g_snprintf (peer->ident.serial, sizeof peer->ident.serial, "U%u", link);
  strcpy (peer->ident.model, "BBT-1");
  peer->ident.boot = 7;
  peer->ident.clock = 1;
  peer->ident.time = g_get_real_time () / 1000 * 1000;
  peer->ident.battery = peer->ident.mains = 0xFFFF;
  peer->ident.signal = peer->ident.temperature = 0x7F;
  peer->ident.authentication = link == PEER_KEYLESS ? 0 : 1;
  memcpy (peer->ident.nonce, "12345678", 8);
  comms_bbt_end_init (&peer->end, COMMS_BBT_OF_UNIT);
  return peer;
}

Peer *
peer_call (Field *field, guint link)
{
  return peer_new (field, link, modem_call (field));
}

Peer *
peer_call_udp (Field *field, guint link)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = g_htons (comms_session_server_udp_port (field->server)),
                                 .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  Peer *peer = peer_new (field, link, fd);
  peer->udp = TRUE;
  return peer;
}

void
peer_free (Peer *peer)
{
  close (peer->fd);
  g_free (peer);
}

/* ---- talking ----------------------------------------------------------------------------------------- */

void
peer_send (Peer *peer, const void *bytes, gsize length)
{
  modem_send (peer->fd, bytes, length);
}

gsize
peer_say (Peer *peer, const CommsBbtMessage *message, guint8 *copy)
{
  g_autoptr (GError) error = NULL;
  guint8 frame[COMMS_BBT_FRAME_MAX];
  gsize size = comms_bbt_end_write (&peer->end, message, frame, &error);

  g_assert_no_error (error);
  if (copy != NULL)
    memcpy (copy, frame, size);
  peer_send (peer, frame, size);
  return size;
}

void
peer_tell (Peer *peer, CommsBbtMessage message)
{
  peer_say (peer, &message, NULL);
}

void
peer_data (Peer *peer, const guint8 *bytes, gsize length)
{
  peer_tell (peer, (CommsBbtMessage) { .type = COMMS_BBT_DATA, .data = { { bytes, length } } });
}

void
peer_answer (Peer *peer, const CommsBbtMessage *request, guint8 code, guint32 value)
{
  peer_tell (peer, (CommsBbtMessage) { .type = COMMS_BBT_RESULT, .result = { request->sequence, code, value } });
}

gboolean
peer_hears (Peer *peer, double seconds)
{
  return peer->n_bytes > 0 || modem_hears (peer->fd, seconds);
}

/* The first frame in what was heard, removed from it. Its payload stands at the end of the buffer. */
static gboolean
take_frame (Peer *peer, CommsBbtFrame *frame)
{
  guint8 *copy = peer->bytes + sizeof peer->bytes - COMMS_BBT_FRAME_MAX;
  CommsBbtParse parse = comms_bbt_frame_parse (peer->bytes, peer->n_bytes, frame, NULL);

  g_assert_cmpint (parse, !=, COMMS_BBT_BAD);
  if (parse != COMMS_BBT_WHOLE)
    return FALSE;
  memcpy (copy, frame->start, frame->size);
  memmove (peer->bytes, peer->bytes + frame->size, peer->n_bytes - frame->size);
  peer->n_bytes -= frame->size;
  frame->start = copy;
  frame->payload = copy + COMMS_BBT_HEADER;
  return TRUE;
}

void
peer_hear (Peer *peer, CommsBbtMessage *message)
{
  g_autoptr (GError) error = NULL;
  CommsBbtFrame frame;

  while (!take_frame (peer, &frame)) {
    if (!modem_hears (peer->fd, PATIENCE))
      g_error ("the server says nothing");
    ssize_t n = recv (peer->fd, peer->bytes + peer->n_bytes, 8192, 0);
    if (n <= 0)
      g_error ("the server hung up instead of saying something");
    peer->n_bytes += n;
  }
  if (frame.type == COMMS_BBT_ACCEPT && peer->ident.authentication == 1) {
    CommsBbtMac mac;
    comms_bbt_session_mac (peer->key, &peer->ident, peer->nonce, &mac);
    comms_bbt_end_start_mac (&peer->end, &mac);
  }
  comms_bbt_end_read (&peer->end, &frame, message, &error);
  g_assert_no_error (error);
}

void
peer_wait (Peer *peer, CommsBbtType type, CommsBbtMessage *message)
{
  do
    peer_hear (peer, message);
  while (message->type != type
         && (message->type == COMMS_BBT_ACK || message->type == COMMS_BBT_PONG || message->type == COMMS_BBT_DATA
             || message->type == COMMS_BBT_CLOSE));
  g_assert_cmphex (message->type, ==, type);
}

void
peer_hung_up (Peer *peer)
{
  modem_wait_end (peer->fd);
  peer->fd = -1;
  g_free (peer);
}

void
peer_faulted (Peer *peer, CommsBbtFaultCode code)
{
  CommsBbtMessage message;

  peer_wait (peer, COMMS_BBT_FAULT, &message);
  g_assert_cmpuint (message.fault.code, ==, code);
  if (peer->udp)
    peer_free (peer);
  else
    peer_hung_up (peer);
}

void
peer_acknowledged (Peer *peer, CommsBbtStream stream, guint32 boot, guint32 through)
{
  CommsBbtMessage message;

  while (TRUE) {
    peer_hear (peer, &message);
    g_assert_cmphex (message.type, ==, COMMS_BBT_ACK);
    for (guint i = 0; i < message.ack.n_entries; i++)
      if (message.ack.entries[i].stream == stream && message.ack.entries[i].boot == boot
          && message.ack.entries[i].through == through)
        return;
  }
}

void
peer_alive (Peer *peer)
{
  CommsBbtMessage message;

  peer_tell (peer, (CommsBbtMessage) { .type = COMMS_BBT_PING, .ping = { 4711 } });
  do
    peer_hear (peer, &message);
  while (message.type != COMMS_BBT_PONG || message.pong.token != 4711);
}

/* ---- identifying ------------------------------------------------------------------------------------- */

void
peer_identify (Peer *peer)
{
  CommsBbtMessage message = { .type = COMMS_BBT_IDENT, .ident = peer->ident };

  peer->length = comms_bbt_encode (&message, peer->payload, NULL);
  peer_say (peer, &message, NULL);
}

void
peer_challenged (Peer *peer)
{
  CommsBbtMessage message;

  peer_wait (peer, COMMS_BBT_CHALLENGE, &message);
  memcpy (peer->nonce, message.challenge.nonce, sizeof peer->nonce);
}

void
peer_prove (Peer *peer)
{
  CommsBbtMessage message = { .type = COMMS_BBT_PROOF };

  comms_bbt_proof_make (peer->key, peer->payload, peer->length, peer->nonce, message.proof.proof);
  peer_say (peer, &message, NULL);
}

void
peer_accepted (Peer *peer, CommsBbtMessage *accept)
{
  CommsBbtMessage message;

  peer_hear (peer, accept != NULL ? accept : &message);
  g_assert_cmphex ((accept != NULL ? accept : &message)->type, ==, COMMS_BBT_ACCEPT);
}

Peer *
peer_open_as (Peer *peer)
{
  peer_identify (peer);
  if (peer->ident.authentication == 1) {
    peer_challenged (peer);
    peer_prove (peer);
  }
  peer_accepted (peer, NULL);
  return peer;
}

Peer *
peer_open (Field *field, guint link)
{
  return peer_open_as (peer_call (field, link));
}

/* ---- messages ---------------------------------------------------------------------------------------- */

CommsBbtMessage
peer_live (guint32 number, gint32 ai2)
{
  CommsBbtMessage message = { .type = COMMS_BBT_LIVE };
  CommsBbtReport *told = &message.report;

  told->number = number;
  told->time = g_get_real_time () / 1000 * 1000;
  told->mask = 1 << (COMMS_BBT_AI1 - 1) | 1 << COMMS_BBT_AI1 | 1 << (COMMS_BBT_BATTERY - 1) | 1 << (COMMS_BBT_DI - 1);
  told->values[COMMS_BBT_AI1 - 1] = 4000;
  told->values[COMMS_BBT_AI1] = ai2;
  told->values[COMMS_BBT_BATTERY - 1] = 12600;
  told->values[COMMS_BBT_DI - 1] = 1;
  return message;
}

CommsBbtMessage
peer_event (guint32 boot, guint32 number, guint8 code)
{
  CommsBbtMessage message = { .type = COMMS_BBT_EVENT, .event = { .boot = boot, .code = code } };

  message.event.report.number = number;
  message.event.report.time = g_get_real_time () / 1000 * 1000;
  return message;
}

CommsBbtMessage
peer_archive (guint32 boot, guint32 first, guint rows, gpointer memory)
{
  CommsBbtPacker *packer = memory;
  gint64 minute = 60 * G_USEC_PER_SEC, now = g_get_real_time () / minute * minute;

  comms_bbt_packer_begin (packer, COMMS_BBT_STREAM_ARCHIVE, boot, 60);
  for (guint i = 0; i < rows; i++) {
    CommsBbtReport row = { .number = first + i, .time = now - (rows - i) * minute, .mask = 1 << COMMS_BBT_AI1 };
    row.values[COMMS_BBT_AI1] = 8000 + first + i;
    g_assert_true (comms_bbt_packer_add (packer, &row));
  }
  return (CommsBbtMessage) { .type = COMMS_BBT_ARCHIVE, .archive = packer->archive };
}
