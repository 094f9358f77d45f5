/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal-chain.h"

#include <string.h>

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
add_text (GString *bytes, const char *text)
{
  char room[DIGITS];

  if (text == NULL) {
    g_string_append (bytes, "-,");
    return;
  }
  gsize length = strlen (text);
  g_string_append (bytes, decimal ((gint64) length, room));
  g_string_append_c (bytes, ':');
  g_string_append_len (bytes, text, (gssize) length);
  g_string_append_c (bytes, ',');
}

static void
add_number (GString *bytes, gint64 number)
{
  char room[DIGITS];

  add_text (bytes, decimal (number, room));
}

void
data_journal_hash (const guint8 previous[DATA_HASH_SIZE], const char *kind, const GdpEvent *event,
                   guint8 hash[DATA_HASH_SIZE])
{
  g_autoptr (GString) bytes = g_string_sized_new (256);
  g_string_append_len (bytes, (const char *) previous, DATA_HASH_SIZE);
  add_number (bytes, event->seq);
  add_text (bytes, kind);
  add_number (bytes, event->occurred);
  add_number (bytes, event->learned);
  add_text (bytes, event->site);
  add_text (bytes, event->object);
  add_text (bytes, event->who);
  add_text (bytes, event->before);
  add_text (bytes, event->after);
  add_text (bytes, event->text);
  add_number (bytes, event->priority);

  gsize size = DATA_HASH_SIZE;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, (const guchar *) bytes->str, bytes->len);
  g_checksum_get_digest (sum, hash, &size);
}
