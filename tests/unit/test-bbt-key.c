/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/bbt-key.h"

#include <string.h>

/* Computed with Python's hmac and hashlib: first 8 bytes of HMAC-SHA-256 (key, first ‖ (i × 31 + n) mod 256 …).
 * The lengths stand around SHA-256's blocks. */
static const struct { gsize n; guint8 first; const char *key, *mac; } macs[] = {
  { 0, 0x55, "fc39b4f98030d991eac8428130afea3c19115fa0da557662aedf13ab9b36fb9d",
    "6060b8ce36ae7b4e" },
  { 1, 0x53, "51bbf90f4e15c5a0fcbb0163518ddecd87837a04e6a1d82b1dd1ce6ff595767f",
    "bedcc5086d8ee8b8" },
  { 54, 0x53, "644c123adebca6a1a30bbd5ce2d8964c170f0866d09b3f8705dcf242cfe9bbf0",
    "b7846d32249d4a6e" },
  { 55, 0x53, "2c0627e8778d6648b8e42a56f1fc30239d36cbddb3f96be30a55246490c9acc1",
    "b4f2f0a11edf38d0" },
  { 56, 0x53, "a2b9d99aed9e2eb1b730a7f662f6ba6f9765359954a67739afc2c2c580a12ea2",
    "da8edd07d7812670" },
  { 63, 0x53, "6e462c95e7531e383b4a19f34567007f383afada5e244836e7b698c48dba589b",
    "3edcd6074cd0089f" },
  { 64, 0x55, "dac3324385f957abd0a4690fefcbf9191b6923731a7fb8c1904a2958145e3675",
    "c8acf1fd9f9038f3" },
  { 119, 0x55, "2837b72e8ef6ab8d03261e4c097791c25b0b3eac3ce55eeaf9dccc64c78bc443",
    "3c990d590918b254" },
  { 120, 0x55, "a236bf8970c4279152d1c520d19bfebab587a36cc7fea3fbdfba1393724301fe",
    "c0401219c17f7355" },
  { 1009, 0x53, "b2715773fd5334152eba8092e23f8fda604cec56a65d7f527ee6006845204322",
    "6502c82cee8d6b49" },
};

/* Likewise: key 40 41 … 5f, server nonce a0 … af, unit nonce 01 … 08, serial BBT1-00417, IDENT's payload
 * (i × 3 + 1) mod 256. */
static const char proof[] = "5d4e36d0a18335a335def388ecf90333";
static const char proof_of_grown[] = "2406cbf1507eb3871e14c0801b2d6ddc";   /* IDENT with "grown" after its fields */
static const char session_mac[] = "3279f9e590f95f34";       /* 53 ‖ "frame" under the session's key */

static void
assert_hex (const guint8 *bytes, gsize length, const char *hex)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  g_assert_cmpstr (text->str, ==, hex);
}

static void
fill (guint8 *bytes, gsize length, guint first, guint step)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = first + i * step;
}

static void
test_mac (void)
{
  guint8 bytes[1024], key[COMMS_BBT_KEY_SIZE], out[COMMS_BBT_MAC_SIZE];
  CommsBbtMac mac;

  for (guint i = 0; i < G_N_ELEMENTS (macs); i++) {
    g_assert_true (comms_bbt_key_parse (macs[i].key, key, NULL));
    comms_bbt_mac_init (&mac, key);
    fill (bytes, macs[i].n, macs[i].n, 31);
    comms_bbt_mac_make (&mac, macs[i].first, bytes, macs[i].n, out);
    assert_hex (out, sizeof out, macs[i].mac);
    comms_bbt_mac_make (&mac, macs[i].first, bytes, macs[i].n, out);   /* nothing is used up */
    assert_hex (out, sizeof out, macs[i].mac);
  }
}

static void
test_proof_and_session (void)
{
  CommsBbtIdent ident = { .serial = "BBT1-00417" };
  guint8 key[COMMS_BBT_KEY_SIZE], server_nonce[16], payload[96], out[COMMS_BBT_PROOF_SIZE];
  CommsBbtMac mac;

  fill (key, sizeof key, 0x40, 1);
  fill (server_nonce, sizeof server_nonce, 0xA0, 1);
  fill (ident.nonce, sizeof ident.nonce, 1, 1);
  fill (payload, 91, 1, 3);
  comms_bbt_proof_make (key, payload, 91, server_nonce, out);
  assert_hex (out, sizeof out, proof);
  memcpy (payload + 91, "grown", 5);
  comms_bbt_proof_make (key, payload, 96, server_nonce, out);
  assert_hex (out, sizeof out, proof_of_grown);

  comms_bbt_session_mac (key, &ident, server_nonce, &mac);
  comms_bbt_mac_make (&mac, COMMS_BBT_OF_SERVER, (const guint8 *) "frame", 5, out);
  assert_hex (out, COMMS_BBT_MAC_SIZE, session_mac);
}

static void
test_key_parse (void)
{
  static const char *const bad[] = {
    "", "00", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g",
    " 00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
  };
  guint8 key[COMMS_BBT_KEY_SIZE];

  g_assert_true (comms_bbt_key_parse ("000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f", key, NULL));
  for (guint i = 0; i < sizeof key; i++)
    g_assert_cmpuint (key[i], ==, i);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (comms_bbt_key_parse (bad[i], key, &error));
    g_assert_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_KEY);
    g_assert_true (bad[i][0] == '\0' || strstr (error->message, bad[i]) == NULL);   /* no key in a log */
  }
}

static void
test_same (void)
{
  g_assert_true (comms_bbt_same ((const guint8 *) "12345678", (const guint8 *) "12345678", 8));
  g_assert_false (comms_bbt_same ((const guint8 *) "12345678", (const guint8 *) "12345679", 8));
  g_assert_false (comms_bbt_same ((const guint8 *) "02345678", (const guint8 *) "12345678", 8));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bbt-key/mac-agrees-with-python-around-every-block", test_mac);
  g_test_add_func ("/bbt-key/proof-and-session-key-agree-with-python", test_proof_and_session);
  g_test_add_func ("/bbt-key/text-that-is-no-key-is-refused-and-not-repeated", test_key_parse);
  g_test_add_func ("/bbt-key/same-looks-at-every-byte", test_same);
  return g_test_run ();
}
