/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal-chain.h"

#include <string.h>

static void
add_text (GString *bytes, const char *text)
{
  if (text == NULL)
    g_string_append (bytes, "-,");
  else
    g_string_append_printf (bytes, "%" G_GSIZE_FORMAT ":%s,", strlen (text), text);
}

static void
add_number (GString *bytes, gint64 number)
{
  char text[24];
  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, number);
  add_text (bytes, text);
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
