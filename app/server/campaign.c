/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "campaign.h"

#include "clock.h"

#include <string.h>

#define RETRY G_USEC_PER_SEC   /* µs between attempts to order what the field did not take */

typedef struct {
  GdpWish *wish;
  GBytes  *image;     /* NULL unless it is WANTED */
  char    *site, *object;   /* for the journal */
  guint32  boot;      /* of the unit, as it said last */
  gboolean ordered;   /* a result will come */
} Entry;

struct ServerCampaign {
  ServerOrderFunc send;
  gpointer        user_data;
  GHashTable     *entries;    /* id of a wish → Entry: those open */
  GHashTable     *of_link;    /* link key → Entry, borrowed: the last of it */
  const GdpNetwork *network;  /* owner's */
  GHashTable     *links;      /* key → index in network + 1 */
  gboolean        waiting;    /* some are not ordered */
  gint64          retry;      /* monotonic µs */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  gdp_wish_free (entry->wish);
  g_clear_pointer (&entry->image, g_bytes_unref);
  g_free (entry->site);
  g_free (entry->object);
  g_free (entry);
}

/* ---- telling ------------------------------------------------------------------------------- */

static void
journal (ServerBatch *batch, const Entry *entry, GdpEventKind kind, const char *text)
{
  const GdpWish *wish = entry->wish;
  GdpEvent *event = g_new0 (GdpEvent, 1);

  event->kind = kind;
  event->occurred = event->learned = server_clock_now ();
  event->site = g_strdup (entry->site);
  event->object = g_strdup (entry->object);
  event->who = g_strdup (wish->who);
  event->before = g_strdup (wish->before);
  event->after = g_strdup (wish->version);
  event->text = g_strdup (text);
  g_ptr_array_add (batch->changes->events, event);
}

/* Frees @entry when nothing more can come of it. @reason: or NULL. */
static void
enter (ServerCampaign *campaign, Entry *entry, GdpWishState state, const char *reason, ServerBatch *batch)
{
  static const GdpEventKind kinds[GDP_N_WISH_STATES] = {
    [GDP_WISH_DONE] = GDP_EVENT_FIRMWARE_INSTALLED, [GDP_WISH_FAILED] = GDP_EVENT_FIRMWARE_FAILED,
  };
  GdpWish *wish = entry->wish;

  wish->state = state;
  wish->changed = server_clock_now ();
  wish->boot = entry->boot;
  g_free (wish->reason);
  wish->reason = g_strdup (reason);
  g_ptr_array_add (batch->wishes, gdp_wish_copy (wish));
  if (kinds[state] != 0)
    journal (batch, entry, kinds[state], reason);
  if (state != GDP_WISH_WANTED)
    g_clear_pointer (&entry->image, g_bytes_unref);
  if (gdp_wish_open (state))
    return;
  if (g_hash_table_lookup (campaign->of_link, &wish->link) == entry)
    g_hash_table_remove (campaign->of_link, &wish->link);
  g_hash_table_remove (campaign->entries, &wish->id);
}

/* ---- orders -------------------------------------------------------------------------------- */

/* Ids of people's commands are positive. */
static gint64
command_of (const GdpWish *wish, gboolean gives_up)
{
  return -(wish->id * 2 + gives_up);
}

static CommsOrder
order_of (const Entry *entry)
{
  const GdpWish *wish = entry->wish;
  CommsOrder order = { .kind = COMMS_ORDER_GIVE_UP, .command = command_of (wish, TRUE),
                       .give_up = { command_of (wish, FALSE) } };

  if (wish->state != GDP_WISH_WANTED)
    return order;
  order = (CommsOrder) { .kind = COMMS_ORDER_FIRMWARE, .command = command_of (wish, FALSE),
                         .firmware = { .hardware = wish->hardware, .image = entry->image } };
  gdp_version_parse (wish->version, order.firmware.version);
  g_strlcpy (order.firmware.model, wish->model, sizeof order.firmware.model);
  return order;
}

/* Of what a unit installs nothing is left to order: its next call tells. */
static void
order (ServerCampaign *campaign, Entry *entry)
{
  g_autoptr (GError) error = NULL;
  CommsOrder wanted = order_of (entry);

  entry->ordered = entry->wish->state == GDP_WISH_INSTALLING
                   || campaign->send (&wanted, entry->wish->link, 0, campaign->user_data, &error);
  campaign->waiting = campaign->waiting || !entry->ordered;
  if (error != NULL)
    g_debug ("firmware for %s: %s", entry->object, error->message);
}

void
server_campaign_tick (ServerCampaign *campaign)
{
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer value;

  if (!campaign->waiting || now < campaign->retry)
    return;
  campaign->waiting = FALSE;
  campaign->retry = now + RETRY;
  g_hash_table_iter_init (&iter, campaign->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!((Entry *) value)->ordered)
      order (campaign, value);
}

/* ---- what comes in ------------------------------------------------------------------------- */

static guint
find_link (ServerCampaign *campaign, gint64 key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (campaign->links, &key)) - 1;
}

/* NULL: the link is not ours. */
static Entry *
entry_new (ServerCampaign *campaign, const GdpWish *wish, GBytes *image)
{
  const GdpNetwork *network = campaign->network;
  guint link = find_link (campaign, wish->link), unit = link != G_MAXUINT ? network->links[link].report_unit : G_MAXUINT;
  Entry *entry;

  if (link == G_MAXUINT)
    return NULL;
  entry = g_new0 (Entry, 1);
  entry->wish = gdp_wish_copy (wish);
  entry->image = image != NULL ? g_bytes_ref (image) : NULL;
  entry->object = g_strdup (network->links[link].id);
  if (unit != G_MAXUINT)
    entry->site = g_strdup (network->sites[network->units[unit].site].id);
  g_hash_table_replace (campaign->entries, &entry->wish->id, entry);
  g_hash_table_replace (campaign->of_link, &entry->wish->link, entry);
  return entry;
}

/* A person has given it up. Too late, when the unit installs it. */
static void
give_up (ServerCampaign *campaign, Entry *entry)
{
  if (entry->wish->state != GDP_WISH_WANTED)
    return;
  entry->wish->state = GDP_WISH_GIVING_UP;
  g_clear_pointer (&entry->image, g_bytes_unref);
  order (campaign, entry);
}

void
server_campaign_wish (ServerCampaign *campaign, const GdpWish *wish, GBytes *image, const char *trouble,
                      ServerBatch *batch)
{
  Entry *entry = g_hash_table_lookup (campaign->entries, &wish->id);

  if (entry != NULL && wish->state == GDP_WISH_GIVING_UP)
    give_up (campaign, entry);
  if (entry != NULL || !gdp_wish_open (wish->state) || (entry = entry_new (campaign, wish, image)) == NULL)
    return;
  if (wish->state == GDP_WISH_WANTED && image == NULL)
    enter (campaign, entry, GDP_WISH_FAILED, trouble, batch);
  else
    order (campaign, entry);
}

void
server_campaign_device (ServerCampaign *campaign, const GdpDevice *device, ServerBatch *batch)
{
  Entry *entry = g_hash_table_lookup (campaign->of_link, &device->link);
  g_autofree char *why = NULL;

  if (entry == NULL)
    return;
  entry->boot = device->boot;
  if (g_strcmp0 (device->firmware, entry->wish->version) == 0) {
    enter (campaign, entry, GDP_WISH_DONE, NULL, batch);
    return;
  }
  if (entry->wish->state != GDP_WISH_INSTALLING || device->boot == entry->wish->boot)
    return;
  why = g_strdup_printf ("the new firmware did not run: the unit has started again with %s", device->firmware);
  enter (campaign, entry, GDP_WISH_FAILED, why, batch);
}

gboolean
server_campaign_result (ServerCampaign *campaign, const CommsReport *report, ServerBatch *batch)
{
  gint64 id = -report->command / 2;
  gboolean gave_up = -report->command % 2 != 0;
  Entry *entry;

  if (report->command >= 0)
    return FALSE;
  entry = g_hash_table_lookup (campaign->entries, &id);
  if (entry == NULL)   /* it has ended already */
    return TRUE;
  if (report->dropped) {
    entry->ordered = FALSE;
    campaign->waiting = TRUE;
  } else if (gave_up && entry->wish->state == GDP_WISH_GIVING_UP)
    enter (campaign, entry, GDP_WISH_GIVEN_UP, report->ok ? NULL : report->detail, batch);
  else if (!gave_up && report->ok)   /* also when it was given up a moment too late */
    enter (campaign, entry, GDP_WISH_INSTALLING, NULL, batch);
  else if (!gave_up && entry->wish->state == GDP_WISH_WANTED)
    enter (campaign, entry, GDP_WISH_FAILED, report->detail, batch);
  return TRUE;
}

/* ---- object -------------------------------------------------------------------------------- */

void
server_campaign_set_network (ServerCampaign *campaign, const GdpNetwork *network)
{
  GHashTableIter iter;
  gpointer value;

  campaign->network = network;
  g_hash_table_remove_all (campaign->links);
  for (guint i = 0; i < network->n_links; i++)
    g_hash_table_insert (campaign->links, (gpointer) &network->links[i].key, GUINT_TO_POINTER (i + 1));
  g_hash_table_iter_init (&iter, campaign->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;
    entry->ordered = FALSE;
    campaign->waiting = TRUE;
    if (find_link (campaign, entry->wish->link) != G_MAXUINT)
      continue;
    g_hash_table_remove (campaign->of_link, &entry->wish->link);
    g_hash_table_iter_remove (&iter);
  }
}

ServerCampaign *
server_campaign_new (ServerOrderFunc send, gpointer user_data)
{
  ServerCampaign *campaign = g_new0 (ServerCampaign, 1);

  campaign->send = send;
  campaign->user_data = user_data;
  campaign->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, entry_free);
  campaign->of_link = g_hash_table_new (g_int64_hash, g_int64_equal);
  campaign->links = g_hash_table_new (g_int64_hash, g_int64_equal);
  return campaign;
}

void
server_campaign_free (ServerCampaign *campaign)
{
  g_hash_table_unref (campaign->links);
  g_hash_table_unref (campaign->of_link);
  g_hash_table_unref (campaign->entries);
  g_free (campaign);
}
