/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "same-links.h"

#include <string.h>

static gboolean
same_bbt (const GdpLink *a, const GdpLink *b)
{
  /* New settings and a new schedule are sent to it in the session that it has. */
  return g_strcmp0 (a->serial, b->serial) == 0 && a->keyless == b->keyless && a->report_unit == b->report_unit;
}

static gboolean
same_link (const GdpNetwork *before, const GdpNetwork *after, guint link)
{
  const GdpLink *a = &before->links[link], *b = &after->links[link];

  return a->key == b->key && strcmp (a->id, b->id) == 0 && a->kind == b->kind
         && g_strcmp0 (a->device, b->device) == 0 && a->baud == b->baud && a->parity == b->parity
         && a->stop_bits == b->stop_bits && g_strcmp0 (a->host, b->host) == 0 && a->port == b->port
         && g_strcmp0 (a->registration, b->registration) == 0 && g_strcmp0 (a->heartbeat, b->heartbeat) == 0
         && (a->kind != GDP_LINK_BBT || same_bbt (a, b));
}

static gboolean
same_register (const GdpRegister *a, const GdpRegister *b)
{
  return strcmp (a->channel, b->channel) == 0 && a->table == b->table && a->address == b->address
         && a->type == b->type && a->words == b->words && a->scale == b->scale && a->offset == b->offset
         && a->writable == b->writable;
}

static gboolean
same_profile (const GdpProfile *a, const GdpProfile *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  gboolean same = a->n_registers == b->n_registers && a->max_read == b->max_read && a->max_gap == b->max_gap;
  for (guint i = 0; same && i < a->n_registers; i++)
    same = same_register (&a->registers[i], &b->registers[i]);
  return same;
}

static gboolean
same_unit (const GdpNetwork *before, const GdpNetwork *after, guint index)
{
  if (index >= before->n_units || index >= after->n_units)
    return FALSE;
  const GdpUnit *a = &before->units[index], *b = &after->units[index];
  return a->key == b->key && strcmp (a->id, b->id) == 0 && a->link == b->link && a->site == b->site
         && a->address == b->address && a->period == b->period && same_profile (a->profile, b->profile);
}

static gboolean
same_point (const GdpNetwork *before, const GdpNetwork *after, guint index)
{
  if (index >= before->n_points || index >= after->n_points)
    return FALSE;
  const GdpPoint *a = &before->points[index], *b = &after->points[index];
  return a->key == b->key && a->unit == b->unit && g_strcmp0 (a->channel, b->channel) == 0;
}

static void
note_unit (gboolean *same, const GdpNetwork *network, guint unit)
{
  if (unit < network->n_units)
    same[network->units[unit].link] = FALSE;
}

static void
note_point (gboolean *same, const GdpNetwork *network, guint point)
{
  if (point < network->n_points)
    note_unit (same, network, network->points[point].unit);
}

gboolean *
comms_same_links (const GdpNetwork *before, const GdpNetwork *after)
{
  gboolean *same = g_new0 (gboolean, MAX (before->n_links, after->n_links) + 1);

  for (guint i = 0; i < MIN (before->n_links, after->n_links); i++)
    same[i] = same_link (before, after, i);
  for (guint i = 0; i < MAX (before->n_units, after->n_units); i++)
    if (!same_unit (before, after, i)) {
      note_unit (same, before, i);
      note_unit (same, after, i);
    }
  for (guint i = 0; i < MAX (before->n_points, after->n_points); i++)
    if (!same_point (before, after, i)) {
      note_point (same, before, i);
      note_point (same, after, i);
    }
  return same;
}
