/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm-list.h"

#include <string.h>

/* With more changes than this in one delta, sorting everything once is cheaper than moving rows. */
#define MANY 200

struct _UiAlarmList {
  GObject     parent_instance;

  GPtrArray  *rows;    /* UiAlarm, sorted */
  GHashTable *by_id;   /* id (the row's) → row */
};

static GType
get_item_type (GListModel *model)
{
  return UI_TYPE_ALARM;
}

static guint
get_n_items (GListModel *model)
{
  return UI_ALARM_LIST (model)->rows->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  UiAlarm *row = ui_alarm_list_peek (UI_ALARM_LIST (model), position);

  return row != NULL ? g_object_ref (row) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UiAlarmList, ui_alarm_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
ui_alarm_list_finalize (GObject *object)
{
  UiAlarmList *self = UI_ALARM_LIST (object);

  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (ui_alarm_list_parent_class)->finalize (object);
}

static void
ui_alarm_list_class_init (UiAlarmListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_alarm_list_finalize;
}

static void
ui_alarm_list_init (UiAlarmList *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

UiAlarmList *
ui_alarm_list_new (void)
{
  return g_object_new (UI_TYPE_ALARM_LIST, NULL);
}

/* Where @row stands, or would stand (rows sorted, @row not necessarily among them). */
static guint
place_of (UiAlarmList *self, UiAlarm *row)
{
  guint low = 0, high = self->rows->len;

  while (low < high) {
    guint middle = (low + high) / 2;
    if (ui_alarm_compare (self->rows->pdata[middle], row) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static gboolean
is_gone (const GdpAlarm *alarm)
{
  return gdp_alarm_state (alarm) == GDP_ALARM_NORMAL && alarm->suppression == GDP_SUPPRESSION_NONE;
}

/* A filter looks at these, so a change of them must look like a new row to the models above. */
static gboolean
must_move (UiAlarm *row, const GdpAlarm *to)
{
  const GdpAlarm *from = ui_alarm_get (row);

  return from->active != to->active || from->acked != to->acked || from->suppression != to->suppression
         || from->priority != to->priority || from->occurred != to->occurred;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  return ui_alarm_compare (*(UiAlarm **) a, *(UiAlarm **) b);
}

/* ---- a few of many ------------------------------------------------------------------------- */

static int
compare_places (gconstpointer a, gconstpointer b)
{
  guint left = *(const guint *) a, right = *(const guint *) b;

  return left < right ? -1 : left > right;
}

/* Rows that stand together leave, and come, as one: the models above do as much for one as for a hundred, and with each
 * go over all that the list holds. */
static void
take_out (UiAlarmList *self, GArray *places)
{
  guint left = places->len, n;

  g_array_sort (places, compare_places);
  for (; left > 0; left -= n) {
    guint last = g_array_index (places, guint, left - 1);

    for (n = 1; n < left && g_array_index (places, guint, left - 1 - n) == last - n; n++)
      ;
    g_ptr_array_remove_range (self->rows, last + 1 - n, n);
    g_list_model_items_changed (G_LIST_MODEL (self), last + 1 - n, n, 0);
  }
}

static void
insert (UiAlarmList *self, guint place, gpointer *rows, guint n)
{
  guint behind = self->rows->len - place;

  g_ptr_array_set_size (self->rows, (gint) (self->rows->len + n));
  memmove (&self->rows->pdata[place + n], &self->rows->pdata[place], behind * sizeof (gpointer));
  for (guint i = 0; i < n; i++)
    self->rows->pdata[place + i] = g_object_ref (rows[i]);
  g_list_model_items_changed (G_LIST_MODEL (self), place, 0, n);
}

static void
put_in (UiAlarmList *self, GPtrArray *rows)
{
  guint n;

  g_ptr_array_sort (rows, compare_rows);
  for (guint first = 0; first < rows->len; first += n) {
    guint place = place_of (self, rows->pdata[first]);

    for (n = 1; first + n < rows->len && place_of (self, rows->pdata[first + n]) == place; n++)
      ;
    insert (self, place, &rows->pdata[first], n);
  }
}

/* The row of @alarm as it is now, not yet where it belongs. (transfer full) */
static UiAlarm *
bring (UiAlarmList *self, const GdpAlarm *alarm, GdpNetwork *network)
{
  UiAlarm *row = ui_alarm_list_find (self, alarm->id);

  if (row != NULL) {
    ui_alarm_set (row, alarm);
    return g_object_ref (row);
  }
  row = ui_alarm_new (alarm);
  ui_alarm_locate (row, network);
  g_hash_table_insert (self->by_id, g_strdup (alarm->id), row);
  return row;
}

static void
apply_few (UiAlarmList *self, GPtrArray *alarms, GdpNetwork *network, UiAlarmFunc touched, gpointer user_data)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GPtrArray) leaving = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);   /* than before */
  g_autoptr (GPtrArray) coming = g_ptr_array_new ();                                /* of them */

  for (guint i = 0; i < alarms->len; i++) {
    const GdpAlarm *alarm = alarms->pdata[i];
    UiAlarm *row = ui_alarm_list_find (self, alarm->id);

    if (row == NULL || (!is_gone (alarm) && !must_move (row, alarm)))
      continue;
    g_ptr_array_add (leaving, g_object_ref (row));
    g_array_append_vals (places, (guint[]) { place_of (self, row) }, 1);
  }
  take_out (self, places);
  for (guint i = 0; i < alarms->len; i++) {
    const GdpAlarm *alarm = alarms->pdata[i];
    UiAlarm *known = ui_alarm_list_find (self, alarm->id), *row;
    gboolean comes = !is_gone (alarm) && (known == NULL || must_move (known, alarm));

    if (known == NULL && !comes)
      continue;
    g_ptr_array_add (others, row = bring (self, alarm, network));
    if (comes)
      g_ptr_array_add (coming, row);
    else if (is_gone (alarm))
      g_hash_table_remove (self->by_id, alarm->id);
  }
  put_in (self, coming);
  for (guint i = 0; touched != NULL && i < others->len; i++)
    touched (others->pdata[i], user_data);
}

/* ---- many -------------------------------------------------------------------------------- */

/* Everything at once: keeps the objects, so that a selection can be found again. */
static void
apply_many (UiAlarmList *self, GPtrArray *alarms, gboolean whole, GdpNetwork *network,
            UiAlarmFunc touched, gpointer user_data)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->rows);
  g_autoptr (GHashTable) rows = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);   /* than before */
  guint n_before = before->len;

  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; !whole && i < before->len; i++)
    g_hash_table_add (rows, before->pdata[i]);
  for (guint i = 0; i < alarms->len; i++) {
    const GdpAlarm *alarm = alarms->pdata[i];
    UiAlarm *known = ui_alarm_list_find (self, alarm->id), *row;

    if (known == NULL && is_gone (alarm))
      continue;
    g_ptr_array_add (others, row = bring (self, alarm, network));
    if (known == NULL)
      g_ptr_array_add (before, g_object_ref (row));
    if (is_gone (alarm))
      g_hash_table_remove (rows, row);
    else
      g_hash_table_add (rows, row);
  }
  for (guint i = 0; i < before->len; i++)
    if (g_hash_table_contains (rows, before->pdata[i]))
      g_ptr_array_add (self->rows, g_object_ref (before->pdata[i]));
    else {
      g_hash_table_remove (self->by_id, ui_alarm_get (before->pdata[i])->id);
      if (whole)
        g_ptr_array_add (others, g_object_ref (before->pdata[i]));
    }
  g_ptr_array_sort (self->rows, compare_rows);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->rows->len);
  for (guint i = 0; touched != NULL && i < others->len; i++)
    touched (others->pdata[i], user_data);
}

void
ui_alarm_list_apply (UiAlarmList *self, GPtrArray *alarms, gboolean whole, GdpNetwork *network,
                     UiAlarmFunc touched, gpointer user_data)
{
  if (whole || alarms->len > MANY)
    apply_many (self, alarms, whole, network, touched, user_data);
  else
    apply_few (self, alarms, network, touched, user_data);
}

void
ui_alarm_list_locate (UiAlarmList *self, GdpNetwork *network)
{
  for (guint i = 0; i < self->rows->len; i++)
    ui_alarm_locate (self->rows->pdata[i], network);
}

UiAlarm *
ui_alarm_list_find (UiAlarmList *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

UiAlarm *
ui_alarm_list_peek (UiAlarmList *self, guint position)
{
  return position < self->rows->len ? self->rows->pdata[position] : NULL;
}

guint
ui_alarm_list_get_size (UiAlarmList *self)
{
  return self->rows->len;
}
