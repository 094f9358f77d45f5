/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The units that dial in, and those who were turned away, as the feed tells of them. */
#include "session-private.h"

#include "splice.h"

void
ui_session_init_field (UiSession *self)
{
  self->field = g_list_store_new (UI_TYPE_FIELD_UNIT);
  self->field_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->field_at = g_ptr_array_new ();
  self->strangers = g_list_store_new (UI_TYPE_STRANGER);
}

void
ui_session_finalize_field (UiSession *self)
{
  g_object_unref (self->field);
  g_hash_table_unref (self->field_of);
  g_ptr_array_unref (self->field_at);
  g_object_unref (self->strangers);
}

static int
by_site (gconstpointer a, gconstpointer b)
{
  return ui_field_unit_compare (*(UiFieldUnit **) a, *(UiFieldUnit **) b);
}

/* Of each link: the unit whose reports they are; on a modem's link the first slave. (transfer full) */
static guint *
speakers (const GdpNetwork *network)
{
  guint *units = g_new (guint, network->n_links + 1);

  for (guint i = 0; i < network->n_links; i++)
    units[i] = network->links[i].report_unit;
  for (guint i = 0; i < network->n_units; i++)
    if (units[network->units[i].link] == G_MAXUINT)
      units[network->units[i].link] = i;
  return units;
}

void
ui_session_configure_field (UiSession *self, GdpNetwork *network)
{
  g_autoptr (GHashTable) field_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autofree guint *units = speakers (network);

  g_ptr_array_set_size (self->field_at, 0);
  g_ptr_array_set_size (self->field_at, (int) network->n_links);
  for (guint i = 0; i < network->n_links; i++) {
    const GdpLink *link = &network->links[i];
    UiFieldUnit *known = g_hash_table_lookup (self->field_of, link->id), *unit;

    if (!gdp_link_kind_dials_in (link->kind))
      continue;
    unit = known != NULL ? g_object_ref (known) : ui_field_unit_new ();
    ui_field_unit_configure (unit, network, i, units[i]);
    g_hash_table_insert (field_of, g_strdup (link->id), unit);
    self->field_at->pdata[i] = unit;
    g_ptr_array_add (sorted, unit);
  }
  ui_put_in_order (sorted, by_site);
  ui_splice (self->field, sorted->pdata, sorted->len);
  for (guint i = 0; i < sorted->len; i++)
    ui_field_unit_changed (sorted->pdata[i]);
  g_hash_table_unref (self->field_of);
  self->field_of = g_steal_pointer (&field_of);
  self->field_stamp++;
}

static UiFieldUnit *
unit_of (UiSession *self, gint64 key)
{
  guint link = ui_picture_link_index (self->picture, key);

  return link != G_MAXUINT ? ui_session_field_at (self, link) : NULL;
}

/* Before the devices, which tell the whole picture's rows that they have changed. */
void
ui_session_apply_wishes (UiSession *self, const GPtrArray *wishes, gboolean whole)
{
  for (guint i = 0; whole && i < self->field_at->len; i++)
    if (self->field_at->pdata[i] != NULL)
      ui_field_unit_set_wish (self->field_at->pdata[i], NULL);
  for (guint i = 0; i < wishes->len; i++) {
    const GdpWish *wish = wishes->pdata[i];
    UiFieldUnit *unit = unit_of (self, wish->link);

    if (unit != NULL)
      ui_field_unit_set_wish (unit, wish);
    if (unit != NULL && !whole)
      ui_field_unit_changed (unit);
  }
  self->field_stamp++;
}

void
ui_session_apply_devices (UiSession *self, const GPtrArray *devices, gboolean whole)
{
  for (guint i = 0; whole && i < self->field_at->len; i++)
    if (self->field_at->pdata[i] != NULL)
      ui_field_unit_set_device (self->field_at->pdata[i], NULL);
  for (guint i = 0; i < devices->len; i++) {
    const GdpDevice *device = devices->pdata[i];
    UiFieldUnit *unit = unit_of (self, device->link);

    if (unit != NULL)
      ui_field_unit_set_device (unit, device);
    if (unit != NULL && !whole)
      ui_field_unit_changed (unit);
  }
  for (guint i = 0; whole && i < self->field_at->len; i++)
    if (self->field_at->pdata[i] != NULL)
      ui_field_unit_changed (self->field_at->pdata[i]);
  self->field_stamp++;
}

void
ui_session_touch_field (UiSession *self, guint link)
{
  UiFieldUnit *unit = ui_session_field_at (self, link);

  if (unit == NULL)
    return;
  ui_field_unit_changed (unit);
  self->field_stamp++;
}

static void
forget_stranger (UiSession *self, const DataStranger *stranger)
{
  GListModel *model = G_LIST_MODEL (self->strangers);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (UiStranger) at = g_list_model_get_item (model, i);
    if (!ui_stranger_is (at, stranger))
      continue;
    g_list_store_remove (self->strangers, i);
    return;
  }
}

/* The store keeps so many of each server, of which there are few. */
void
ui_session_apply_strangers (UiSession *self, const GPtrArray *strangers, gboolean whole)
{
  if (whole)
    g_list_store_remove_all (self->strangers);
  for (guint i = 0; i < strangers->len; i++) {
    g_autoptr (UiStranger) stranger = ui_stranger_new (strangers->pdata[i]);

    forget_stranger (self, strangers->pdata[i]);
    g_list_store_insert (self->strangers, 0, stranger);
  }
  while (g_list_model_get_n_items (G_LIST_MODEL (self->strangers)) > 4 * DATA_STRANGERS_MOST)
    g_list_store_remove (self->strangers, g_list_model_get_n_items (G_LIST_MODEL (self->strangers)) - 1);
  self->field_stamp++;
}

/* ---- what pages ask ---------------------------------------------------------------------- */

void
ui_session_set_wanted (UiSession *self, UiWantedFunc settings, UiWantedFunc schedule)
{
  self->wanted[UI_WANTED_SETTINGS] = settings;
  self->wanted[UI_WANTED_SCHEDULE] = schedule;
}

GListModel *
ui_session_get_field (UiSession *self)
{
  return G_LIST_MODEL (self->field);
}

UiFieldUnit *
ui_session_field_at (UiSession *self, guint link)
{
  return link < self->field_at->len ? self->field_at->pdata[link] : NULL;
}

guint
ui_session_get_field_stamp (UiSession *self)
{
  return self->field_stamp;
}

GListModel *
ui_session_get_strangers (UiSession *self)
{
  return G_LIST_MODEL (self->strangers);
}

UiFieldState
ui_session_field_state (UiSession *self, UiFieldUnit *unit)
{
  guint speaker = ui_field_unit_get_unit (unit);

  return ui_field_state (ui_field_unit_get_device (unit),
                         speaker != G_MAXUINT ? ui_session_get_unit_contact (self, speaker) : NULL,
                         ui_session_now (self));
}

GdpFate
ui_session_field_fate (UiSession *self, UiFieldUnit *unit, UiWanted what)
{
  const GdpDevice *device = ui_field_unit_get_device (unit);
  guint32 wanted = ui_field_unit_wanted (unit, what, self->wanted[what]);

  if (device == NULL)
    return gdp_device_fate (NULL, wanted, 0, 0);
  return what == UI_WANTED_SETTINGS ? gdp_device_fate (device, wanted, device->settings_revision, device->settings_result)
                                    : gdp_device_fate (device, wanted, device->schedule_revision, device->schedule_result);
}

void
ui_session_configure_async (UiSession *self, GdpNetwork *network, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->feed != NULL);
  ui_feed_import_async (self->feed, network, self->person, callback, user_data);
}

gboolean
ui_session_configure_finish (GAsyncResult *result, GError **error)
{
  return ui_feed_import_finish (result, error);
}

void
ui_session_want_firmware_async (UiSession *self, const GdpWish *wish, const char *file, GArray *links,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->feed != NULL);
  ui_feed_firmware_async (self->feed, wish, file, links, self->person, callback, user_data);
}

void
ui_session_give_up_firmware_async (UiSession *self, GArray *links, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->feed != NULL);
  ui_feed_firmware_async (self->feed, NULL, NULL, links, self->person, callback, user_data);
}

gboolean
ui_session_firmware_finish (GAsyncResult *result, GError **error)
{
  return ui_feed_firmware_finish (result, error);
}
