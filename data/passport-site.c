/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "passport-site.h"

#include <math.h>
#include <string.h>

#include "cards.h"
#include "passport-bbt.h"

#define DEFAULT_BAUD   19200
#define DEFAULT_PARITY 'E'
#define DEFAULT_PORT   502
#define DEFAULT_PERIOD 1.0

static const struct { char letter; const char *word; } parities[] = {
  { 'E', "even" }, { 'N', "none" }, { 'O', "odd" },
};

static const struct { const char *key; gsize offset; } site_texts[] = {
  { "name",    G_STRUCT_OFFSET (GdpSite, name) },
  { "address", G_STRUCT_OFFSET (GdpSite, address) },
  { "region",  G_STRUCT_OFFSET (GdpSite, region) },
  { "variant", G_STRUCT_OFFSET (GdpSite, variant) },
  { "mimic",   G_STRUCT_OFFSET (GdpSite, mimic) },
  { "notes",   G_STRUCT_OFFSET (GdpSite, notes) },
};

static void
put_text (DataJsonWriter *writer, const char *key, const char *text)
{
  if (text)
    data_json_put_string (writer, key, text);
}

/* ---- links ------------------------------------------------------------------------------- */

static char
parity_of (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (parities); i++)
    if (g_strcmp0 (parities[i].word, word) == 0)
      return parities[i].letter;
  return DEFAULT_PARITY;
}

static const char *
parity_word (char letter)
{
  for (guint i = 0; i < G_N_ELEMENTS (parities); i++)
    if (parities[i].letter == letter)
      return parities[i].word;
  return parities[0].word;
}

static guint
count_of (const DataJsonNode *object, const char *key, guint fallback, guint most)
{
  return (guint) CLAMP (data_json_number (object, key, fallback), 0, most);
}

void
data_link_read (DataJsonNode *node, GdpLink *link, DataProblems *problems)
{
  *link = (GdpLink) { .id = data_json_string (node, "id") };
  gdp_link_kind_parse (data_json_string (node, "kind"), &link->kind);
  switch (link->kind) {
  case GDP_LINK_MODBUS_RTU:
    link->device = data_json_string (node, "device");
    link->baud = count_of (node, "baud", DEFAULT_BAUD, G_MAXINT);
    link->parity = parity_of (data_json_string (node, "parity"));
    link->stop_bits = (guint8) count_of (node, "stop_bits", 1, 2);
    break;
  case GDP_LINK_MODBUS_TCP:
    link->host = data_json_string (node, "host");
    link->port = (guint16) count_of (node, "port", DEFAULT_PORT, G_MAXUINT16);
    break;
  case GDP_LINK_BBT:
    data_bbt_read (node, link, problems);
    break;
  default:
    link->registration = data_json_string (node, "registration");
    link->heartbeat = data_json_string (node, "heartbeat");
  }
}

static void
write_rtu (DataJsonWriter *writer, const GdpLink *link)
{
  put_text (writer, "device", link->device);
  if (link->baud != DEFAULT_BAUD)
    data_json_put_integer (writer, "baud", link->baud);
  if (link->parity != DEFAULT_PARITY)
    data_json_put_string (writer, "parity", parity_word (link->parity));
  if (link->stop_bits != 1)
    data_json_put_integer (writer, "stop_bits", link->stop_bits);
}

void
data_link_write (DataJsonWriter *writer, const GdpLink *link)
{
  data_json_open_object (writer, NULL, TRUE);
  data_json_put_string (writer, "id", link->id);
  data_json_put_string (writer, "kind", gdp_link_kind_word (link->kind));
  if (link->kind == GDP_LINK_MODBUS_RTU)
    write_rtu (writer, link);
  put_text (writer, "host", link->host);
  if (link->kind == GDP_LINK_MODBUS_TCP && link->port != DEFAULT_PORT)
    data_json_put_integer (writer, "port", link->port);
  put_text (writer, "registration", link->registration);
  put_text (writer, "heartbeat", link->heartbeat);
  if (link->kind == GDP_LINK_BBT)
    data_bbt_write (writer, link);
  data_json_close (writer);
}

/* ---- sites ------------------------------------------------------------------------------- */

static GArray *
read_contacts (const DataJsonNode *site)
{
  GArray *contacts = g_array_new (FALSE, TRUE, sizeof (GdpContact));
  for (const DataJsonNode *node = data_json_first (site, "contacts"); node; node = node->next) {
    GdpContact contact = { data_json_string (node, "name"), data_json_string (node, "role"),
                           data_json_string (node, "phone") };
    g_array_append_val (contacts, contact);
  }
  return contacts;
}

void
data_site_read (DataJsonNode *node, GdpSite *site, GArray **contacts, DataProblems *problems)
{
  const DataJsonNode *battery = data_json_member (node, "battery");
  *site = (GdpSite) {
    .id = data_json_string (node, "id"),
    .latitude = data_json_number (node, "latitude", NAN),
    .longitude = data_json_number (node, "longitude", NAN),
    .battery = { data_json_string (battery, "chemistry"), data_json_number (battery, "voltage", 0),
                 data_json_number (battery, "capacity", 0) },
  };
  for (guint i = 0; i < G_N_ELEMENTS (site_texts); i++)
    G_STRUCT_MEMBER (const char *, site, site_texts[i].offset) = data_json_string (node, site_texts[i].key);
  if (site->name == NULL)
    site->name = site->id;
  *contacts = read_contacts (node);
  site->contacts = (GdpContact *) (gpointer) (*contacts)->data;
  site->n_contacts = (*contacts)->len;
  if ((data_json_member (node, "latitude") == NULL) != (data_json_member (node, "longitude") == NULL))
    data_problems_add (problems, node, "latitude and longitude go together: one of them is missing");
}

static void
write_contacts (DataJsonWriter *writer, const GdpSite *site)
{
  if (site->n_contacts == 0)
    return;
  data_json_open_array (writer, "contacts", FALSE);
  for (guint i = 0; i < site->n_contacts; i++) {
    data_json_open_object (writer, NULL, TRUE);
    data_json_put_string (writer, "name", site->contacts[i].name);
    put_text (writer, "role", site->contacts[i].role);
    put_text (writer, "phone", site->contacts[i].phone);
    data_json_close (writer);
  }
  data_json_close (writer);
}

static void
write_battery (DataJsonWriter *writer, const GdpBattery *battery)
{
  if (battery->chemistry == NULL)
    return;
  data_json_open_object (writer, "battery", TRUE);
  data_json_put_string (writer, "chemistry", battery->chemistry);
  data_json_put_number (writer, "voltage", battery->voltage);
  data_json_put_number (writer, "capacity", battery->capacity);
  data_json_close (writer);
}

void
data_site_write (DataJsonWriter *writer, const GdpSite *site)
{
  data_json_put_string (writer, "id", site->id);
  for (guint i = 0; i < G_N_ELEMENTS (site_texts); i++) {
    const char *text = G_STRUCT_MEMBER (const char *, site, site_texts[i].offset);
    gboolean is_name = site_texts[i].offset == G_STRUCT_OFFSET (GdpSite, name);
    if (!is_name || g_strcmp0 (text, site->id) != 0)
      put_text (writer, site_texts[i].key, text);
  }
  if (!isnan (site->latitude) && !isnan (site->longitude)) {
    data_json_put_number (writer, "latitude", site->latitude);
    data_json_put_number (writer, "longitude", site->longitude);
  }
  write_contacts (writer, site);
  data_site_cards_write (writer, site);
  write_battery (writer, &site->battery);
}

/* ---- units ------------------------------------------------------------------------------- */

void
data_unit_read (const DataJsonNode *node, GdpUnit *unit)
{
  *unit = (GdpUnit) {
    .address = (guint8) count_of (node, "address", 0, 255),
    .period = data_json_number (node, "period", DEFAULT_PERIOD),
    .silent_after = data_json_number (node, "silent_after", 0),
  };
}

const char *
data_unit_tag (const GdpUnit *unit)
{
  const char *slash = strrchr (unit->id, '/');
  return slash ? slash + 1 : unit->id;
}

void
data_unit_write (DataJsonWriter *writer, const GdpUnit *unit, const char *link)
{
  data_json_open_object (writer, NULL, TRUE);
  data_json_put_string (writer, "id", data_unit_tag (unit));
  data_json_put_string (writer, "link", link);
  data_json_put_integer (writer, "address", unit->address);
  data_json_put_string (writer, "profile", unit->profile->name);
  if (unit->period != DEFAULT_PERIOD)
    data_json_put_number (writer, "period", unit->period);
  if (unit->silent_after != 0)
    data_json_put_number (writer, "silent_after", unit->silent_after);
  data_json_close (writer);
}
