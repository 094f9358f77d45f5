/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registration.h"

#include <string.h>

typedef struct {
  char *text;
  gsize length;
  guint link;
} Entry;

struct CommsRegistrations {
  GArray *entries;   /* Entry, in byte order: those that begin alike stand together */
};

static const guint shown = 64;

static gboolean
is_line_end (guint8 byte)
{
  return byte == '\r' || byte == '\n';
}

static int
compare (const Entry *entry, const guint8 *bytes, gsize length)
{
  int order = memcmp (entry->text, bytes, MIN (entry->length, length));

  return order != 0 ? order : (entry->length > length) - (entry->length < length);
}

static int
by_text (const void *a, const void *b)
{
  const Entry *other = b;

  return compare (a, (const guint8 *) other->text, other->length);
}

static void
clear_entry (gpointer entry)
{
  g_free (((Entry *) entry)->text);
}

static void
add (CommsRegistrations *registrations, const char *text, guint link)
{
  gsize length;

  text += strspn (text, "\r\n");
  for (length = strlen (text); length > 0 && is_line_end (text[length - 1]);)
    length--;
  if (length > 0)
    g_array_append_vals (registrations->entries, &(Entry) { g_strndup (text, length), length, link }, 1);
}

CommsRegistrations *
comms_registrations_new (const GdpNetwork *network)
{
  CommsRegistrations *registrations = g_new0 (CommsRegistrations, 1);

  registrations->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (registrations->entries, clear_entry);
  for (guint i = 0; i < network->n_links; i++)
    if (network->links[i].kind == GDP_LINK_MODEM && network->links[i].registration != NULL)
      add (registrations, network->links[i].registration, i);
  for (guint i = 0; network->elsewhere != NULL && i < network->elsewhere->len; i++)
    add (registrations, network->elsewhere->pdata[i], G_MAXUINT);
  g_array_sort (registrations->entries, by_text);
  return registrations;
}

void
comms_registrations_free (CommsRegistrations *registrations)
{
  if (registrations == NULL)
    return;
  g_array_unref (registrations->entries);
  g_free (registrations);
}

/* The first entry that does not stand before @bytes, or NULL. */
static const Entry *
find (const GArray *entries, const guint8 *bytes, gsize length)
{
  guint low = 0, high = entries->len;

  while (low < high) {
    guint middle = (low + high) / 2;
    if (compare (&g_array_index (entries, Entry, middle), bytes, length) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low < entries->len ? &g_array_index (entries, Entry, low) : NULL;
}

static const Entry *
longest_within (const GArray *entries, const guint8 *bytes, gsize length)
{
  for (gsize n = MIN (length, COMMS_REGISTRATION_MAX); n > 0; n--) {
    const Entry *entry = find (entries, bytes, n);
    if (entry != NULL && compare (entry, bytes, n) == 0)
      return entry;
  }
  return NULL;
}

static gboolean
longer_exists (const GArray *entries, const guint8 *bytes, gsize length)
{
  const Entry *entry = find (entries, bytes, length);

  if (entry != NULL && entry->length == length)   /* itself: a longer one would be the next */
    entry = entry < &g_array_index (entries, Entry, entries->len - 1) ? entry + 1 : NULL;
  return entry != NULL && entry->length > length && memcmp (entry->text, bytes, length) == 0;
}

CommsRegistrationMatch
comms_registrations_match (const CommsRegistrations *registrations, const guint8 *bytes, gsize length,
                           guint *link, gsize *used)
{
  const GArray *entries = registrations->entries;
  gsize before = 0;

  while (before < length && is_line_end (bytes[before]))
    before++;
  if (before == length)
    return COMMS_REGISTRATION_PART;

  const Entry *entry = longest_within (entries, bytes + before, length - before);
  gboolean longer = longer_exists (entries, bytes + before, length - before);
  if (entry == NULL)
    return longer ? COMMS_REGISTRATION_PART : COMMS_REGISTRATION_UNKNOWN;

  *link = entry->link;
  for (*used = before + entry->length; *used < length && is_line_end (bytes[*used]);)
    ++*used;
  return longer ? COMMS_REGISTRATION_PERHAPS : COMMS_REGISTRATION_KNOWN;
}

char *
comms_registration_printable (const guint8 *bytes, gsize length)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < MIN (length, shown); i++)
    if (g_ascii_isprint (bytes[i]) && bytes[i] != '\\')
      g_string_append_c (text, bytes[i]);
    else
      g_string_append_printf (text, "\\x%02x", bytes[i]);
  if (length > shown)
    g_string_append_printf (text, "... (%" G_GSIZE_FORMAT " bytes)", length);
  return g_string_free (text, FALSE);
}
