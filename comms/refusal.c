/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "refusal.h"

struct CommsRefusals {
  gint64  interval;
  gint64  window;      /* when the interval that `told` counts in began */
  guint   told;
  guint64 untold;
  GQueue  latest;      /* CommsRefusal, the latest first */
};

static void
refusal_free (gpointer data)
{
  CommsRefusal *refusal = data;

  g_free (refusal->address);
  g_free (refusal->serial);
  g_free (refusal->text);
  g_free (refusal->why);
  g_free (refusal);
}

CommsRefusals *
comms_refusals_new (gint64 interval)
{
  CommsRefusals *refusals = g_new0 (CommsRefusals, 1);

  refusals->interval = interval;
  g_queue_init (&refusals->latest);
  return refusals;
}

void
comms_refusals_free (CommsRefusals *refusals)
{
  if (refusals == NULL)
    return;
  g_queue_clear_full (&refusals->latest, refusal_free);
  g_free (refusals);
}

/* The row of this caller, moved to the front. */
static CommsRefusal *
find_or_add (CommsRefusals *refusals, const char *address, const char *text, gint64 now)
{
  for (GList *l = refusals->latest.head; l != NULL; l = l->next) {
    CommsRefusal *refusal = l->data;
    if (g_str_equal (refusal->address, address) && g_str_equal (refusal->text, text)) {
      g_queue_unlink (&refusals->latest, l);
      g_queue_push_head_link (&refusals->latest, l);
      return refusal;
    }
  }
  CommsRefusal *refusal = g_new0 (CommsRefusal, 1);
  refusal->address = g_strdup (address);
  refusal->text = g_strdup (text);
  refusal->first = now;
  g_queue_push_head (&refusals->latest, refusal);
  if (refusals->latest.length > COMMS_REFUSALS_MAX)
    refusal_free (g_queue_pop_tail (&refusals->latest));
  return refusal;
}

gboolean
comms_refusals_add (CommsRefusals *refusals, const char *address, const char *serial, const char *text,
                    const char *why, gint64 now, guint64 *untold)
{
  CommsRefusal *refusal = find_or_add (refusals, address, text, now);
  gboolean again = refusal->count++ > 0 && now - refusal->told < refusals->interval;

  refusal->last = now;
  if (g_strcmp0 (refusal->why, why) != 0) {
    g_free (refusal->why);
    refusal->why = g_strdup (why);
  }
  if (refusal->serial == NULL)
    refusal->serial = g_strdup (serial);
  if (now - refusals->window >= refusals->interval) {
    refusals->window = now;
    refusals->told = 0;
  }
  if (again || refusals->told >= COMMS_REFUSALS_MAX) {
    refusals->untold++;
    return FALSE;
  }
  refusals->told++;
  refusal->told = now;
  *untold = refusals->untold;
  refusals->untold = 0;
  return TRUE;
}

GPtrArray *
comms_refusals_list (const CommsRefusals *refusals)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (refusal_free);

  for (const GList *l = refusals->latest.head; l != NULL; l = l->next) {
    CommsRefusal *copy = g_memdup2 (l->data, sizeof *copy);
    copy->address = g_strdup (copy->address);
    copy->serial = g_strdup (copy->serial);
    copy->text = g_strdup (copy->text);
    copy->why = g_strdup (copy->why);
    g_ptr_array_add (list, copy);
  }
  return list;
}
