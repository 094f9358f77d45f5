/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm-list.h"

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

static void
insert (UiAlarmList *self, UiAlarm *row)
{
  guint position = place_of (self, row);

  g_ptr_array_insert (self->rows, position, g_object_ref (row));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static void
take_out (UiAlarmList *self, guint position)
{
  g_ptr_array_remove_index (self->rows, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
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

static void
apply_one (UiAlarmList *self, const GdpAlarm *alarm, GdpNetwork *network, UiAlarmFunc touched,
           gpointer user_data)
{
  UiAlarm *known = ui_alarm_list_find (self, alarm->id);
  g_autoptr (UiAlarm) row = known != NULL ? g_object_ref (known) : NULL;
  gboolean moves;

  if (row == NULL && is_gone (alarm))
    return;
  moves = row == NULL || is_gone (alarm) || must_move (row, alarm);
  if (row != NULL && moves)
    take_out (self, place_of (self, row));
  if (row == NULL) {
    row = ui_alarm_new (alarm);
    ui_alarm_locate (row, network);
    g_hash_table_insert (self->by_id, g_strdup (alarm->id), row);
  } else
    ui_alarm_set (row, alarm);
  if (is_gone (alarm))
    g_hash_table_remove (self->by_id, alarm->id);
  else if (moves)
    insert (self, row);
  if (touched != NULL)
    touched (row, user_data);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  return ui_alarm_compare (*(UiAlarm **) a, *(UiAlarm **) b);
}

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
    UiAlarm *row = ui_alarm_list_find (self, alarm->id);

    if (row == NULL && is_gone (alarm))
      continue;
    if (row == NULL) {
      row = ui_alarm_new (alarm);
      ui_alarm_locate (row, network);
      g_ptr_array_add (before, row);
      g_hash_table_insert (self->by_id, g_strdup (alarm->id), row);
    } else
      ui_alarm_set (row, alarm);
    g_ptr_array_add (others, g_object_ref (row));
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
    for (guint i = 0; i < alarms->len; i++)
      apply_one (self, alarms->pdata[i], network, touched, user_data);
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
