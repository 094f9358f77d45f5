/* SPDX-License-Identifier: GPL-3.0-or-later */
/* say-bbt SEED COUNT — so many random messages of each type, one a line: type, payload in hex, and what the
 * codec says of it. For the second implementation to read. */
#include <stdlib.h>

#include "bbt-random.h"

static void
say (GRand *rand, guint8 type)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint8 payload[COMMS_BBT_PAYLOAD_MAX];
  CommsBbtMessage message;
  BbtRandomBytes bytes;

  bbt_random_message (rand, type, &message, &bytes);
  gsize length = comms_bbt_encode (&message, payload, NULL);
  g_string_printf (line, "%02x ", type);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (line, "%02x", payload[i]);
  g_string_append_c (line, ' ');
  comms_bbt_describe (&message, line);
  g_print ("%s\n", line->str);
}

int
main (int argc, char **argv)
{
  g_return_val_if_fail (argc == 3, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (atoi (argv[1]));

  for (guint type = 0; type < 256; type++)
    for (int i = 0; comms_bbt_type_info (type) != NULL && i < atoi (argv[2]); i++)
      say (rand, type);
  return 0;
}
