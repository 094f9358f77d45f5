/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "picture.h"

struct UiPicture {
  GdpNetwork      *network;
  GdpReading      *readings;          /* by point's index; `point` 0 = none */
  GdpContactInfo **units, **links;    /* by index; NULL = none */
  GHashTable      *point_of, *unit_of, *link_of;   /* key (gint64, that of `keyed`) → index */
  GdpNetwork      *keyed;             /* what is where in `network` was so in this one already */
  guint            untold;
};

UiPicture *
ui_picture_new (void)
{
  UiPicture *picture = g_new0 (UiPicture, 1);

  picture->point_of = g_hash_table_new (g_int64_hash, g_int64_equal);
  picture->unit_of = g_hash_table_new (g_int64_hash, g_int64_equal);
  picture->link_of = g_hash_table_new (g_int64_hash, g_int64_equal);
  return picture;
}

static void
free_contacts (GdpContactInfo **contacts, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&contacts[i], gdp_contact_info_free);
}

/* Nobody is told about a point whose value is not a measured one of just now. */
static gboolean
is_untold (const GdpReading *reading)
{
  return reading->point == 0 || reading->reason == GDP_REASON_FORCED || reading->reason == GDP_REASON_STALE
         || reading->reason == GDP_REASON_SUBSTITUTED || gdp_reason_quality (reading->reason) == GDP_QUALITY_BAD;
}

void
ui_picture_forget (UiPicture *picture)
{
  GdpNetwork *network = picture->network;

  if (network == NULL)
    return;
  memset (picture->readings, 0, sizeof *picture->readings * network->n_points);
  free_contacts (picture->units, network->n_units);
  free_contacts (picture->links, network->n_links);
  picture->untold = network->n_points;
}

static void
clear (UiPicture *picture)
{
  if (picture->network == NULL)
    return;
  ui_picture_forget (picture);
  g_clear_pointer (&picture->readings, g_free);
  g_clear_pointer (&picture->units, g_free);
  g_clear_pointer (&picture->links, g_free);
  g_hash_table_remove_all (picture->point_of);
  g_hash_table_remove_all (picture->unit_of);
  g_hash_table_remove_all (picture->link_of);
  g_clear_pointer (&picture->network, gdp_network_unref);
  g_clear_pointer (&picture->keyed, gdp_network_unref);
}

void
ui_picture_free (UiPicture *picture)
{
  clear (picture);
  g_hash_table_unref (picture->point_of);
  g_hash_table_unref (picture->unit_of);
  g_hash_table_unref (picture->link_of);
  g_free (picture);
}

static void
take_network (UiPicture *picture, GdpNetwork *network)
{
  picture->network = gdp_network_ref (network);
  picture->keyed = gdp_network_ref (network);
  picture->readings = g_new0 (GdpReading, network->n_points + 1);
  picture->units = g_new0 (GdpContactInfo *, network->n_units + 1);
  picture->links = g_new0 (GdpContactInfo *, network->n_links + 1);
  picture->untold = network->n_points;
  for (guint i = 0; i < network->n_points; i++)
    g_hash_table_insert (picture->point_of, &network->points[i].key, GUINT_TO_POINTER (i));
  for (guint i = 0; i < network->n_units; i++)
    g_hash_table_insert (picture->unit_of, &network->units[i].key, GUINT_TO_POINTER (i));
  for (guint i = 0; i < network->n_links; i++)
    g_hash_table_insert (picture->link_of, &network->links[i].key, GUINT_TO_POINTER (i));
}

#define SAME_KEYS(a, b, objects, n) G_STMT_START {                      \
    if ((a)->n != (b)->n)                                               \
      return FALSE;                                                     \
    for (guint i_ = 0; i_ < (a)->n; i_++)                               \
      if ((a)->objects[i_].key != (b)->objects[i_].key)                 \
        return FALSE;                                                   \
  } G_STMT_END

static gboolean
is_laid_out_alike (const GdpNetwork *a, const GdpNetwork *b)
{
  SAME_KEYS (a, b, points, n_points);
  SAME_KEYS (a, b, units, n_units);
  SAME_KEYS (a, b, links, n_links);
  return TRUE;
}

void
ui_picture_configure (UiPicture *picture, GdpNetwork *network)
{
  UiPicture before = *picture;
  UiPicture *fresh;

  if (picture->network != NULL && is_laid_out_alike (picture->network, network)) {   /* mostly: limits, settings, names */
    gdp_network_unref (picture->network);
    picture->network = gdp_network_ref (network);
    return;
  }
  fresh = ui_picture_new ();
  take_network (fresh, network);
  *picture = *fresh;
  *fresh = before;
  for (guint i = 0; before.network != NULL && i < before.network->n_points; i++)
    if (before.readings[i].point != 0)
      ui_picture_take_reading (picture, &before.readings[i]);
  for (guint i = 0; before.network != NULL && i < before.network->n_units; i++)
    if (before.units[i] != NULL)
      ui_picture_take_contact (picture, before.units[i]);
  for (guint i = 0; before.network != NULL && i < before.network->n_links; i++)
    if (before.links[i] != NULL)
      ui_picture_take_contact (picture, before.links[i]);
  ui_picture_free (fresh);
}

GdpNetwork *
ui_picture_network (const UiPicture *picture)
{
  return picture->network;
}

static guint
index_of (GHashTable *table, gint64 key)
{
  gpointer index;

  return g_hash_table_lookup_extended (table, &key, NULL, &index) ? GPOINTER_TO_UINT (index) : G_MAXUINT;
}

guint
ui_picture_link_index (const UiPicture *picture, gint64 key)
{
  return index_of (picture->link_of, key);
}

guint
ui_picture_take_reading (UiPicture *picture, const GdpReading *reading)
{
  guint index = index_of (picture->point_of, reading->point);

  if (index == G_MAXUINT || !gdp_reading_is_newer (reading, &picture->readings[index]))
    return G_MAXUINT;
  picture->untold -= is_untold (&picture->readings[index]);
  picture->readings[index] = *reading;
  picture->untold += is_untold (reading);
  return index;
}

UiContactTaken
ui_picture_take_contact (UiPicture *picture, const GdpContactInfo *info)
{
  UiContactTaken taken = { index_of (info->link ? picture->link_of : picture->unit_of, info->key), FALSE };
  GdpContactInfo **place;

  if (taken.index == G_MAXUINT)
    return taken;
  place = &(info->link ? picture->links : picture->units)[taken.index];
  taken.state_changed = *place == NULL || (*place)->state != info->state;
  g_clear_pointer (place, gdp_contact_info_free);
  *place = gdp_contact_info_copy (info);
  return taken;
}

const GdpReading *
ui_picture_reading (const UiPicture *picture, guint point)
{
  return picture->readings[point].point != 0 ? &picture->readings[point] : NULL;
}

const GdpContactInfo *
ui_picture_unit (const UiPicture *picture, guint unit)
{
  return picture->units[unit];
}

const GdpContactInfo *
ui_picture_link (const UiPicture *picture, guint link)
{
  return picture->links[link];
}

gint64
ui_picture_age (const UiPicture *picture, guint point, gint64 now)
{
  const GdpReading *reading = ui_picture_reading (picture, point);
  guint unit = picture->network->points[point].unit;
  const GdpContactInfo *contact = unit != G_MAXUINT ? picture->units[unit] : NULL;
  gint64 proven;

  if (reading == NULL)
    return -1;
  proven = reading->received;
  /* A stale point's unit answers, but not with this point: contact proves nothing about it. */
  if (contact != NULL && contact->state == GDP_CONTACT_OK && reading->reason != GDP_REASON_STALE)
    proven = MAX (proven, contact->seen);
  return MAX (now - proven, 0);
}

gboolean
ui_picture_is_untold (const UiPicture *picture, guint point)
{
  return is_untold (&picture->readings[point]);
}

guint
ui_picture_untold (const UiPicture *picture)
{
  return picture->untold;
}
