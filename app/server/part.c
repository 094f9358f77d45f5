/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "part.h"

#include <string.h>

static gboolean
knows (const GdpNetwork *network, const char *id)
{
  return gdp_network_find_point (network, id) != G_MAXUINT || gdp_network_find_unit (network, id) != G_MAXUINT
         || gdp_network_find_link (network, id) != G_MAXUINT;
}

gboolean
server_part_holds (const GdpNetwork *part, const char *object)
{
  const char *dot = strrchr (object, '.');

  if (knows (part, object))
    return TRUE;
  /* An alarm's id is its object's with ".condition" behind. */
  g_autofree char *bearer = dot != NULL ? g_strndup (object, (gsize) (dot - object)) : NULL;
  return bearer != NULL && knows (part, bearer);
}

gboolean
server_part_answers (const GdpNetwork *whole, const GdpNetwork *part, const char *object)
{
  return server_part_holds (part, object) || !server_part_holds (whole, object);
}

gboolean
server_part_is_anothers (const char *server, gboolean tells, const char *object)
{
  const char *dot = strrchr (object, '.');
  GdpCondition condition;

  if (dot == NULL || !gdp_condition_parse (dot + 1, &condition) || !gdp_condition_is_of_server (condition))
    return FALSE;
  if (condition == GDP_CONDITION_DOWN)
    return !tells;
  return strlen (server) != (gsize) (dot - object) || !g_str_has_prefix (object, server);
}

/* New indexes by old; G_MAXUINT = left out. */
typedef struct { guint *links, *sites, *units; } Moved;

static gboolean
add_links_and_sites (GdpNetworkBuilder *builder, const GdpNetwork *whole, const gboolean *held, Moved *moved,
                     GError **error)
{
  for (guint i = 0; i < whole->n_schedules; i++)   /* by which links know them: before those */
    if (!gdp_network_builder_add_schedule (builder, &whole->schedules[i], error))
      return FALSE;
  for (guint i = 0; i < whole->n_links; i++) {
    moved->links[i] = held[i] ? gdp_network_builder_add_link (builder, &whole->links[i], error) : G_MAXUINT;
    if (held[i] && moved->links[i] == G_MAXUINT)
      return FALSE;
  }
  for (guint i = 0; i < whole->n_sites; i++)
    if ((moved->sites[i] = gdp_network_builder_add_site (builder, &whole->sites[i], error)) == G_MAXUINT)
      return FALSE;
  return TRUE;
}

static gboolean
add_unit (GdpNetworkBuilder *builder, const GdpNetwork *whole, guint index, Moved *moved, GError **error)
{
  GdpUnit unit = whole->units[index];

  moved->units[index] = G_MAXUINT;
  if (moved->links[unit.link] == G_MAXUINT)
    return TRUE;
  unit.link = moved->links[unit.link];
  unit.site = moved->sites[unit.site];
  moved->units[index] = gdp_network_builder_add_unit (builder, &unit, error);
  return moved->units[index] != G_MAXUINT;
}

static gboolean
add_point (GdpNetworkBuilder *builder, const GdpNetwork *whole, guint index, const Moved *moved, GError **error)
{
  GdpPoint point = whole->points[index];

  if (point.unit != G_MAXUINT && (point.unit = moved->units[point.unit]) == G_MAXUINT)
    return TRUE;
  point.site = moved->sites[point.site];
  return gdp_network_builder_add_point (builder, &point, error) != G_MAXUINT;
}

/* Who calls here all the same must be told from who is in the part, though they begin alike. */
static void
note_elsewhere (GdpNetwork *part, const GdpNetwork *whole, const gboolean *held)
{
  part->elsewhere = g_ptr_array_new ();
  part->serials_elsewhere = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < whole->n_links; i++) {
    const GdpLink *link = &whole->links[i];
    if (!held[i] && link->kind == GDP_LINK_MODEM && link->registration != NULL)
      g_ptr_array_add (part->elsewhere, g_string_chunk_insert (part->strings, link->registration));
    if (!held[i] && link->kind == GDP_LINK_BBT && link->serial != NULL)
      g_hash_table_add (part->serials_elsewhere, g_string_chunk_insert (part->strings, link->serial));
  }
}

GdpNetwork *
server_part_new (GdpNetwork *whole, const gboolean *held, GError **error)
{
  gboolean all = TRUE;
  for (guint i = 0; i < whole->n_links; i++)
    all = all && held[i];
  if (all)
    return gdp_network_ref (whole);

  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autofree guint *links = g_new (guint, whole->n_links), *sites = g_new (guint, whole->n_sites),
                   *units = g_new (guint, whole->n_units);
  Moved moved = { links, sites, units };

  if (!add_links_and_sites (builder, whole, held, &moved, error))
    return NULL;
  for (guint i = 0; i < whole->n_units; i++)
    if (!add_unit (builder, whole, i, &moved, error))
      return NULL;
  for (guint i = 0; i < whole->n_points; i++)
    if (!add_point (builder, whole, i, &moved, error))
      return NULL;
  GdpNetwork *part = gdp_network_builder_finish (g_steal_pointer (&builder));
  part->revision = whole->revision;
  part->whole = gdp_network_ref (whole);
  note_elsewhere (part, whole, held);
  return part;
}
