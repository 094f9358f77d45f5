/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal-chain.h"

#include <nettle/sha2.h>
#include <string.h>

G_STATIC_ASSERT (DATA_HASH_SIZE == SHA256_DIGEST_SIZE);

#define DIGITS 24   /* of any number, with its sign and end */

/* By hand: every record that is stored or verified has seven such numbers and lengths, and printf() took longer than
 * all the rest. */
static const char *
decimal (gint64 number, char room[DIGITS])
{
  guint64 rest = number < 0 ? -(guint64) number : (guint64) number;
  char *at = room + DIGITS - 1;

  *at = '\0';
  do
    *--at = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (number < 0)
    *--at = '-';
  return at;
}

static void
add_bytes (struct sha256_ctx *sum, const char *bytes, gsize size)
{
  sha256_update (sum, size, (const guint8 *) bytes);
}

static void
add_text (struct sha256_ctx *sum, const char *text)
{
  char room[DIGITS];

  if (text == NULL) {
    add_bytes (sum, "-,", 2);
    return;
  }
  gsize length = strlen (text);
  const char *told = decimal ((gint64) length, room);
  add_bytes (sum, told, strlen (told));
  add_bytes (sum, ":", 1);
  add_bytes (sum, text, length);
  add_bytes (sum, ",", 1);
}

static void
add_number (struct sha256_ctx *sum, gint64 number)
{
  char room[DIGITS];

  add_text (sum, decimal (number, room));
}

void
data_journal_hash (const guint8 previous[DATA_HASH_SIZE], const char *kind, const GdpEvent *event,
                   guint8 hash[DATA_HASH_SIZE])
{
  struct sha256_ctx sum;

  sha256_init (&sum);
  sha256_update (&sum, DATA_HASH_SIZE, previous);
  add_number (&sum, event->seq);
  add_text (&sum, kind);
  add_number (&sum, event->occurred);
  add_number (&sum, event->learned);
  add_text (&sum, event->site);
  add_text (&sum, event->object);
  add_text (&sum, event->who);
  add_text (&sum, event->before);
  add_text (&sum, event->after);
  add_text (&sum, event->text);
  add_number (&sum, event->priority);
  sha256_digest (&sum, DATA_HASH_SIZE, hash);
}
