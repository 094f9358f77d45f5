/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "splice.h"

static gboolean
stands_at (GListStore *store, guint position, gpointer item)
{
  g_autoptr (GObject) at = g_list_model_get_item (G_LIST_MODEL (store), position);

  return at == item;
}

gboolean
ui_splice (GListStore *store, gpointer *items, guint n)
{
  guint before = g_list_model_get_n_items (G_LIST_MODEL (store)), head = 0, tail = 0;

  while (head < MIN (n, before) && stands_at (store, head, items[head]))
    head++;
  if (head == n && head == before)
    return FALSE;
  while (tail < MIN (n, before) - head && stands_at (store, before - 1 - tail, items[n - 1 - tail]))
    tail++;
  g_list_store_splice (store, head, before - head - tail, items + head, n - head - tail);
  return TRUE;
}

void
ui_put_in_order (GPtrArray *items, GCompareFunc compare)
{
  for (guint i = 1; i < items->len; i++)
    if (compare (&items->pdata[i - 1], &items->pdata[i]) > 0) {
      g_ptr_array_sort (items, compare);
      return;
    }
}
