/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/bbt-end.h"
#include "comms/bbt-layout.h"

#include <string.h>

#include "bbt-random.h"

enum { ROUNDS = 200 };

static guint32 seed = 20261122;

/* A good frame around @payload. */
static void
frame_of (const CommsBbtMessage *message, guint8 *bytes, CommsBbtFrame *frame)
{
  g_autoptr (GError) error = NULL;
  gsize length = comms_bbt_encode (message, bytes + COMMS_BBT_HEADER, &error);

  g_assert_no_error (error);
  comms_bbt_frame_open (bytes, message->type, message->sequence, length, FALSE);
  g_assert_cmpint (comms_bbt_frame_parse (bytes, comms_bbt_frame_close (bytes), frame, NULL), ==, COMMS_BBT_WHOLE);
}

static char *
describe (const CommsBbtMessage *message)
{
  GString *text = g_string_new (NULL);

  comms_bbt_describe (message, text);
  return g_string_free (text, FALSE);
}

static void
test_round_trip (gconstpointer data)
{
  const CommsBbtTypeInfo *info = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed ^ info->type);

  for (guint i = 0; i < ROUNDS; i++) {
    g_autoptr (GError) error = NULL;
    guint8 bytes[COMMS_BBT_FRAME_MAX], again[COMMS_BBT_PAYLOAD_MAX];
    CommsBbtMessage sent, got;
    BbtRandomBytes borrowed;
    CommsBbtFrame frame;

    bbt_random_message (rand, info->type, &sent, &borrowed);
    frame_of (&sent, bytes, &frame);
    memset (&got, 0xA5, sizeof got);   /* nothing that the decoder forgets is right by chance */
    g_assert_true (comms_bbt_decode (&frame, &got, &error));
    g_assert_no_error (error);

    g_autofree char *said = describe (&sent), *heard = describe (&got);
    g_assert_cmpstr (said, ==, heard);
    g_assert_cmpuint (comms_bbt_encode (&got, again, NULL), ==, frame.length);
    g_assert_cmpmem (again, frame.length, frame.payload, frame.length);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint type = 0; type < 256; type++) {
    const CommsBbtTypeInfo *info = comms_bbt_type_info (type);

    if (info == NULL)
      continue;
    g_autofree char *path = g_strdup_printf ("/bbt-message/%s/round-trips", info->name);
    g_test_add_data_func (path, info, test_round_trip);
  }
  return g_test_run ();
}
