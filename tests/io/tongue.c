/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tongue.h"

#include <stdio.h>
#include <string.h>

enum { ASKED_BYTES = 64 };

/* ---- bytes to an echo ------------------------------------------------------------------------ */

static gsize
say_bytes (Dialer *dialer, guint8 *out)
{
  memset (out, 'x', ASKED_BYTES);
  return ASKED_BYTES;
}

static gsize
hear_bytes (Dialer *dialer, const guint8 *bytes, gsize n, guint8 *out, gsize *n_out)
{
  if (n < ASKED_BYTES)
    return 0;
  dialer->in = TRUE;
  dialer->asking = FALSE;
  return ASKED_BYTES;
}

const Tongue tongue_echo = { "echo", say_bytes, say_bytes, hear_bytes };

/* ---- BBT ------------------------------------------------------------------------------------- */

static guint faults;
static char first_fault[80];

void
tongue_serial (guint number, char serial[17])
{
  snprintf (serial, 17, "U%05u", number);
}

void
tongue_key (guint number, guint8 key[COMMS_BBT_KEY_SIZE])
{
  memset (key, 'k', COMMS_BBT_KEY_SIZE);
  memcpy (key, &number, sizeof number);
}

guint
tongue_faults (char *first, gsize size)
{
  guint n = faults;

  g_strlcpy (first, first_fault, size);
  faults = 0;
  return n;
}

static gsize
write_message (Dialer *dialer, const CommsBbtMessage *message, guint8 *out)
{
  gsize size = comms_bbt_end_write (&dialer->end, message, out, NULL);

  g_assert (size > 0);
  return size;
}

static CommsBbtMessage
ident_of (const Dialer *dialer, gboolean keyless)
{
  CommsBbtMessage message = {
    .type = COMMS_BBT_IDENT,
    .ident = { .model = "BBT-1", .firmware = { 1, 0, 3 }, .boot = 1, .time = dialer->began, .clock = 1, .supply = 3,
               .battery = 13560, .mains = 2304, .signal = -81, .temperature = 12, .flags = COMMS_BBT_UNIT_STAYS,
               .cause = COMMS_BBT_CAUSE_AGAIN, .authentication = !keyless },
  };

  tongue_serial (dialer->number, message.ident.serial);
  memcpy (message.ident.nonce, dialer->nonce, sizeof dialer->nonce);
  return message;
}

static gsize
identify (Dialer *dialer, guint8 *out, gboolean keyless)
{
  guint32 nonce[2] = { g_random_int (), g_random_int () };

  comms_bbt_end_init (&dialer->end, COMMS_BBT_OF_UNIT);
  memcpy (dialer->nonce, nonce, sizeof nonce);
  dialer->began = g_get_real_time () / 1000 * 1000;
  CommsBbtMessage ident = ident_of (dialer, keyless);
  return write_message (dialer, &ident, out);
}

static gsize
greet_with_key (Dialer *dialer, guint8 *out)
{
  return identify (dialer, out, FALSE);
}

static gsize
greet_keyless (Dialer *dialer, guint8 *out)
{
  return identify (dialer, out, TRUE);
}

static gsize
prove (Dialer *dialer, const guint8 nonce[16], guint8 *out)
{
  CommsBbtMessage ident = ident_of (dialer, FALSE), proof = { .type = COMMS_BBT_PROOF };
  guint8 key[COMMS_BBT_KEY_SIZE], payload[COMMS_BBT_PAYLOAD_MAX];
  gsize length = comms_bbt_encode (&ident, payload, NULL), size;
  CommsBbtMac mac;

  tongue_key (dialer->number, key);
  comms_bbt_proof_make (key, payload, length, nonce, proof.proof.proof);
  size = write_message (dialer, &proof, out);
  comms_bbt_session_mac (key, &ident.ident, nonce, &mac);
  comms_bbt_end_start_mac (&dialer->end, &mac);
  return size;
}

/* LIVE of 64 bytes with a MAC: ai1…8 (samples), di, do, mains, battery, temperature, solar, ext1. */
static gsize
report (Dialer *dialer, guint8 *out)
{
  CommsBbtMessage message = { .type = COMMS_BBT_LIVE, .report = { .number = ++dialer->record, .mask = 0x16FFF } };

  dialer->told = MAX (g_get_real_time () / 1000 * 1000, dialer->told + 1000);
  message.report.time = dialer->told;
  for (guint i = 0; i < 8; i++)
    message.report.values[i] = 6000 + (dialer->record * 8 + i) % 4000;
  return write_message (dialer, &message, out);
}

static void
hear_ack (Dialer *dialer, const CommsBbtAck *ack)
{
  for (guint i = 0; i < ack->n_entries; i++)
    if (ack->entries[i].stream == COMMS_BBT_STREAM_LIVE)
      dialer->acknowledged = MAX (dialer->acknowledged, ack->entries[i].through);
  if (dialer->acknowledged == dialer->record)
    dialer->asking = FALSE;
}

static void
hear_fault (const CommsBbtFault *fault)
{
  if (faults++ == 0)
    snprintf (first_fault, sizeof first_fault, "%u %.*s", fault->code, (int) fault->text.length,
              (const char *) fault->text.bytes);
}

/* What is not checked here is what only costs the generator: MACs of the server's frames (the CRC is). */
static gsize
hear_frame (Dialer *dialer, const guint8 *bytes, gsize n, guint8 *out, gsize *n_out)
{
  CommsBbtFrame frame;
  CommsBbtMessage message;
  CommsBbtParse parsed = comms_bbt_frame_parse (bytes, n, &frame, NULL);

  if (parsed == COMMS_BBT_MORE)
    return 0;
  g_assert (parsed == COMMS_BBT_WHOLE && comms_bbt_decode (&frame, &message, NULL));
  if (frame.type == COMMS_BBT_CHALLENGE)
    *n_out = prove (dialer, message.challenge.nonce, out);
  else if (frame.type == COMMS_BBT_ACCEPT)
    dialer->in = TRUE;
  else if (frame.type == COMMS_BBT_ACK)
    hear_ack (dialer, &message.ack);
  else if (frame.type == COMMS_BBT_FAULT)
    hear_fault (&message.fault);
  return frame.size;
}

const Tongue tongue_bbt = { "BBT", greet_with_key, report, hear_frame };
const Tongue tongue_bbt_keyless = { "BBT without key", greet_keyless, report, hear_frame };

/* ---- MQTT 3.1.1: CONNECT, PUBLISH with QoS 1 (64 bytes in all), what answers them ---------------- */

static gsize
mqtt_connect (Dialer *dialer, guint8 *out)
{
  static const guint8 head[] = { 0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2 /* clean session */, 2, 88, 0, 6 };
  char id[17];

  tongue_serial (dialer->number, id);
  memcpy (out, head, sizeof head);
  memcpy (out + sizeof head, id, 6);
  out[1] = sizeof head + 6 - 2;
  return sizeof head + 6;
}

static gsize
mqtt_publish (Dialer *dialer, guint8 *out)
{
  char id[17];

  tongue_serial (dialer->number, id);
  memset (out, 'x', ASKED_BYTES);
  out[0] = 0x32;
  out[1] = ASKED_BYTES - 2;
  out[2] = 0;
  out[3] = 10;
  memcpy (out + 4, "gdp/", 4);
  memcpy (out + 8, id, 6);
  out[14] = 0;
  out[15] = 1;
  return ASKED_BYTES;
}

static gsize
mqtt_hear (Dialer *dialer, const guint8 *bytes, gsize n, guint8 *out, gsize *n_out)
{
  if (n < 4)
    return 0;
  if (bytes[0] == 0x20)
    dialer->in = bytes[3] == 0;
  else if (bytes[0] == 0x40)
    dialer->asking = FALSE;
  return 4;
}

const Tongue tongue_mqtt = { "MQTT", mqtt_connect, mqtt_publish, mqtt_hear };
