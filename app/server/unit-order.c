/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit-order.h"

#include "data/store.h"

static gboolean
read_live (char **words, CommsOrder *order)
{
  order->kind = COMMS_ORDER_LIVE;
  return TRUE;
}

static gboolean
read_forget (char **words, CommsOrder *order)
{
  order->kind = COMMS_ORDER_FORGET;
  return TRUE;
}

/* Its place in @list, which ends with NULL. */
static gboolean
read_word (const char *word, const char *const *list, guint8 *place)
{
  for (*place = 0; list[*place] != NULL; ++*place)
    if (g_str_equal (list[*place], word))
      return TRUE;
  return FALSE;
}

static gboolean
read_seconds (const char *word, gint64 *time)
{
  guint64 seconds;

  if (!g_ascii_string_to_unsigned (word, 10, 0, G_MAXUINT32, &seconds, NULL))
    return FALSE;
  *time = (gint64) seconds * GDP_SECOND;
  return TRUE;
}

static gboolean
read_archive (char **words, CommsOrder *order)
{
  static const char *const streams[] = { "archive", "hourly", "daily", NULL };
  static const guint8 numbers[] = { 1, 3, 4 };   /* comms/PROTOCOL.md 5 */
  guint8 place;

  order->kind = COMMS_ORDER_ARCHIVE;
  if (!read_word (words[0], streams, &place))
    return FALSE;
  order->archive.stream = numbers[place];
  return read_seconds (words[1], &order->archive.from) && read_seconds (words[2], &order->archive.to);
}

static gboolean
read_interface (char **words, CommsOrder *order)
{
  static const char *const ports[] = { "rs-485", "rs-232", "can", NULL };
  guint64 baud, stop_bits;

  order->kind = COMMS_ORDER_INTERFACE;
  if (!read_word (words[0], ports, &order->interface.port) || words[2][1] != '\0'
      || !g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXUINT32, &baud, NULL)
      || !g_ascii_string_to_unsigned (words[3], 10, 0, G_MAXUINT8, &stop_bits, NULL))
    return FALSE;
  order->interface.baud = (guint32) baud;
  order->interface.parity = *words[2];
  order->interface.stop_bits = (guint8) stop_bits;
  return TRUE;
}

static const struct {
  const char *kind;
  guint       n_words;   /* of the detail */
  gboolean  (*read) (char **words, CommsOrder *order);
  const char *usage;
} kinds[] = {
  { "live",      0, read_live,      "nothing" },
  { "archive",   3, read_archive,   "archive, hourly or daily, and two times in Unix seconds" },
  { "interface", 4, read_interface, "rs-485, rs-232 or can, a baud rate, a parity and 1 or 2" },
  { "forget",    0, read_forget,    "nothing" },
};

gboolean
server_unit_order (const char *kind, const char *detail, CommsOrder *order, GError **error)
{
  g_auto (GStrv) words = g_strsplit (detail != NULL ? detail : "", " ", -1);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (!g_str_equal (kinds[i].kind, kind))
      continue;
    if (g_strv_length (words) == kinds[i].n_words && kinds[i].read (words, order))
      return TRUE;
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "“%s” is not what “%s” takes: %s", detail != NULL ? detail : "",
                 kind, kinds[i].usage);
    return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

gboolean
server_unit_find (const GdpNetwork *network, const char *id, gint64 *link, GError **error)
{
  guint index = gdp_network_find_link (network, id);

  if (index != G_MAXUINT && network->links[index].kind == GDP_LINK_BBT) {
    *link = network->links[index].key;
    return TRUE;
  }
  if (index != G_MAXUINT)
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s is no BBT: it is a link of kind %s", id,
                 gdp_link_kind_word (network->links[index].kind));
  else
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s is not a link of this server", id);
  return FALSE;
}

const char *
server_unit_site (const GdpNetwork *network, const char *link)
{
  guint index = gdp_network_find_link (network, link);

  for (guint i = 0; index != G_MAXUINT && i < network->n_units; i++)
    if (network->units[i].link == index)
      return network->sites[network->units[i].site].id;
  return NULL;
}
