/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-key.h"

#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <string.h>

/* RFC 2104. */
enum { INNER_PAD = 0x36, OUTER_PAD = 0x5C };

G_STATIC_ASSERT (sizeof (CommsBbtMac) == 64);
G_STATIC_ASSERT (sizeof (((struct sha256_ctx *) NULL)->state) == sizeof (((CommsBbtMac *) NULL)->inner));

gboolean
comms_bbt_key_parse (const char *hex, guint8 key[COMMS_BBT_KEY_SIZE], GError **error)
{
  gsize length = strlen (hex);

  for (gsize i = 0; i < length && length == 2 * COMMS_BBT_KEY_SIZE; i++) {
    int digit = g_ascii_xdigit_value (hex[i]);

    if (digit < 0) {
      g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_KEY,
                   "character %zu of the key is no hexadecimal digit", i + 1);
      return FALSE;
    }
    key[i / 2] = i % 2 == 0 ? digit << 4 : key[i / 2] | digit;
  }
  if (length != 2 * COMMS_BBT_KEY_SIZE)
    g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_KEY,
                 "a key has %u hexadecimal digits, this has %zu", 2 * COMMS_BBT_KEY_SIZE, length);
  return length == 2 * COMMS_BBT_KEY_SIZE;
}

/* SHA-256's state after the one block that the padded key is. */
static void
start (guint32 state[8], const guint8 key[COMMS_BBT_KEY_SIZE], guint8 pad)
{
  guint8 block[SHA256_BLOCK_SIZE];
  struct sha256_ctx sha;

  memset (block, pad, sizeof block);
  for (guint i = 0; i < COMMS_BBT_KEY_SIZE; i++)
    block[i] ^= key[i];
  sha256_init (&sha);
  sha256_update (&sha, sizeof block, block);
  memcpy (state, sha.state, sizeof sha.state);
}

void
comms_bbt_mac_init (CommsBbtMac *mac, const guint8 key[COMMS_BBT_KEY_SIZE])
{
  start (mac->inner, key, INNER_PAD);
  start (mac->outer, key, OUTER_PAD);
}

static void
resume (struct sha256_ctx *sha, const guint32 state[8])
{
  memcpy (sha->state, state, sizeof sha->state);
  sha->count = 1;
  sha->index = 0;
}

static void
finish (const CommsBbtMac *mac, struct sha256_ctx *inner, guint8 *out, gsize length)
{
  guint8 digest[SHA256_DIGEST_SIZE];
  struct sha256_ctx outer;

  sha256_digest (inner, sizeof digest, digest);
  resume (&outer, mac->outer);
  sha256_update (&outer, sizeof digest, digest);
  sha256_digest (&outer, length, out);
}

void
comms_bbt_mac_make (const CommsBbtMac *mac, CommsBbtDirection direction, const guint8 *bytes, gsize length,
                    guint8 out[COMMS_BBT_MAC_SIZE])
{
  const guint8 first = direction;
  struct sha256_ctx sha;

  resume (&sha, mac->inner);
  sha256_update (&sha, 1, &first);
  sha256_update (&sha, length, bytes);
  finish (mac, &sha, out, COMMS_BBT_MAC_SIZE);
}

gboolean
comms_bbt_same (const guint8 *a, const guint8 *b, gsize length)
{
  return memeql_sec (a, b, length);
}

void
comms_bbt_proof_make (const guint8 key[COMMS_BBT_KEY_SIZE], const guint8 *ident, gsize length,
                      const guint8 server_nonce[16], guint8 proof[COMMS_BBT_PROOF_SIZE])
{
  static const char label[] = "BBT1 proof";
  struct sha256_ctx sha;
  CommsBbtMac mac;

  comms_bbt_mac_init (&mac, key);
  resume (&sha, mac.inner);
  sha256_update (&sha, sizeof label - 1, (const guint8 *) label);
  sha256_update (&sha, length, ident);
  sha256_update (&sha, 16, server_nonce);
  finish (&mac, &sha, proof, COMMS_BBT_PROOF_SIZE);
}

void
comms_bbt_session_mac (const guint8 key[COMMS_BBT_KEY_SIZE], const CommsBbtIdent *ident,
                       const guint8 server_nonce[16], CommsBbtMac *mac)
{
  static const char label[] = "BBT1 session";
  guint8 serial[16] = { 0 }, session[COMMS_BBT_KEY_SIZE];
  struct sha256_ctx sha;
  CommsBbtMac own;

  memcpy (serial, ident->serial, strlen (ident->serial));
  comms_bbt_mac_init (&own, key);
  resume (&sha, own.inner);
  sha256_update (&sha, sizeof label - 1, (const guint8 *) label);
  sha256_update (&sha, sizeof serial, serial);
  sha256_update (&sha, 16, server_nonce);
  sha256_update (&sha, sizeof ident->nonce, ident->nonce);
  finish (&own, &sha, session, sizeof session);
  comms_bbt_mac_init (mac, session);
}
