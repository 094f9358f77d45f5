/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-private.h"

#include "event-text.h"
#include "splice.h"

#include <glib/gi18n.h>

static int
compare_sites (gconstpointer a, gconstpointer b)
{
  return ui_site_compare (*(UiSite **) a, *(UiSite **) b);
}

/* Most changes are of one link's settings, or add a site: the others' objects and rows stay. */
static void
rebuild_sites (UiSession *self, GdpNetwork *network)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (network->n_sites), renamed = g_ptr_array_new ();
  g_autoptr (GHashTable) site_of = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);

  g_ptr_array_set_size (self->by_index, 0);
  for (guint i = 0; i < network->n_sites; i++) {
    UiSite *known = g_hash_table_lookup (self->site_of, network->sites[i].id);
    UiSite *site = known != NULL ? g_object_ref (known) : ui_site_new (network->sites[i].id);

    if (ui_site_configure (site, network, i) && known != NULL)
      g_ptr_array_add (renamed, site);
    g_hash_table_insert (site_of, (char *) ui_site_get_id (site), site);
    g_ptr_array_add (self->by_index, site);
    g_ptr_array_add (sorted, site);
  }
  ui_put_in_order (sorted, compare_sites);
  g_hash_table_unref (self->site_of);
  self->site_of = g_steal_pointer (&site_of);
  ui_splice (self->sites, sorted->pdata, sorted->len);
  for (guint i = 0; i < renamed->len; i++)
    ui_site_changed (renamed->pdata[i]);
}

static void
place_alarms (UiSession *self)
{
  GdpNetwork *network = ui_picture_network (self->picture);

  ui_alarm_list_locate (self->alarms, network);
  for (guint i = 0; i < ui_alarm_list_get_size (self->alarms); i++) {
    UiAlarm *alarm = ui_alarm_list_peek (self->alarms, i);
    UiSite *site = ui_session_site_at (self, ui_alarm_get_site (alarm));
    if (site != NULL)
      ui_site_add_alarm (site, alarm);
  }
}

static GdpContactState
worst_contact (UiSession *self, const GdpSite *site)
{
  GdpContactState worst = GDP_CONTACT_OK;

  for (guint i = site->first_unit; i < site->first_unit + site->n_units; i++) {
    const GdpContactInfo *info = ui_picture_unit (self->picture, i);
    GdpContactState state = info != NULL ? info->state : GDP_CONTACT_UNKNOWN;

    if (state == GDP_CONTACT_SILENT)
      return state;
    if (state == GDP_CONTACT_UNKNOWN)
      worst = state;
  }
  return worst;
}

void
ui_session_point_gone (gpointer data, GObject *where)
{
  UiSession *self = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->points);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (value == where) {
      g_hash_table_iter_remove (&iter);
      return;
    }
}

void
ui_session_forget_points (UiSession *self)
{
  GHashTableIter iter;
  gpointer point;

  g_hash_table_iter_init (&iter, self->points);
  while (g_hash_table_iter_next (&iter, NULL, &point))
    g_object_weak_unref (point, ui_session_point_gone, self);
  g_hash_table_remove_all (self->points);
}

static void
configure (UiSession *self, GdpNetwork *network)
{
  ui_picture_configure (self->picture, network);
  ui_session_forget_points (self);  /* indexes are new; pages ask for new ones */
  rebuild_sites (self, network);
  place_alarms (self);
  ui_session_configure_field (self, network);
  for (guint i = 0; i < network->n_sites; i++)
    ui_site_set_contact (self->by_index->pdata[i], worst_contact (self, &network->sites[i]));
}

static void
point_changed (UiSession *self, guint index)
{
  UiPoint *point = g_hash_table_lookup (self->points, GUINT_TO_POINTER (index));

  if (point != NULL)
    ui_point_changed (point);
}

static void
apply_readings (UiSession *self, GArray *readings)
{
  GdpNetwork *network = ui_picture_network (self->picture);

  for (guint i = 0; i < readings->len; i++) {
    guint index = ui_picture_take_reading (self->picture, &g_array_index (readings, GdpReading, i));
    UiSite *site;

    if (index == G_MAXUINT)
      continue;
    point_changed (self, index);
    site = ui_session_site_at (self, network->points[index].site);
    if (site != NULL && ui_site_get_main (site) == index)
      ui_site_changed (site);
  }
}

static void
apply_contacts (UiSession *self, GPtrArray *contacts)
{
  GdpNetwork *network = ui_picture_network (self->picture);

  for (guint i = 0; i < contacts->len; i++) {
    const GdpContactInfo *info = contacts->pdata[i];
    UiContactTaken taken = ui_picture_take_contact (self->picture, info);
    UiSite *site;

    if (taken.index == G_MAXUINT || info->link)
      continue;
    ui_session_touch_field (self, network->units[taken.index].link);
    if (!taken.state_changed)
      continue;
    site = ui_session_site_at (self, network->units[taken.index].site);
    ui_site_set_contact (site, worst_contact (self, &network->sites[network->units[taken.index].site]));
    ui_site_changed (site);
  }
}

static void
alarm_touched (UiAlarm *alarm, gpointer data)
{
  UiSession *self = data;
  UiSite *site = ui_session_site_at (self, ui_alarm_get_site (alarm));

  if (ui_alarm_get_point (alarm) != G_MAXUINT)
    point_changed (self, ui_alarm_get_point (alarm));
  if (site == NULL)
    return;
  if (ui_alarm_list_find (self->alarms, ui_alarm_get (alarm)->id) == alarm)
    ui_site_add_alarm (site, alarm);
  else
    ui_site_remove_alarm (site, alarm);
  ui_site_changed (site);
}

/* What is normal by now leaves the list, but a decision about it names its last occurrence, too. */
static void
note_occurrences (UiSession *self, const GPtrArray *alarms, gboolean whole)
{
  if (whole)
    g_hash_table_remove_all (self->occurrences);
  for (guint i = 0; i < alarms->len; i++) {
    const GdpAlarm *alarm = alarms->pdata[i];
    if (alarm->occurrence > 0)
      g_hash_table_replace (self->occurrences, g_strdup (alarm->id), GUINT_TO_POINTER (alarm->occurrence));
  }
}

/* How many alarms are suppressed because of each, by its id. */
static GHashTable *
find_below (UiSession *self)
{
  GHashTable *below = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < ui_alarm_list_get_size (self->alarms); i++) {
    const GdpAlarm *alarm = ui_alarm_get (ui_alarm_list_peek (self->alarms, i));
    if (alarm->suppression == GDP_SUPPRESSION_BY_DESIGN && alarm->suppressed_why != NULL)
      g_hash_table_replace (below, g_strdup (alarm->suppressed_why),
                            GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (below, alarm->suppressed_why)) + 1));
  }
  return below;
}

/* A lost line is one row that says how much it stands for. */
static void
show_below (UiSession *self)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&self->below);
  GHashTable *const both[] = { before, self->below = find_below (self) };
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    g_hash_table_iter_init (&iter, both[i]);
    while (g_hash_table_iter_next (&iter, &id, NULL)) {
      UiAlarm *row = ui_alarm_list_find (self->alarms, id);
      if (row != NULL)
        ui_alarm_set_below (row, GPOINTER_TO_UINT (g_hash_table_lookup (self->below, id)));
    }
  }
}

static void
count_alarms (UiSession *self)
{
  memset (self->unacked, 0, sizeof self->unacked);
  memset (self->active, 0, sizeof self->active);
  self->suppressed = 0;
  for (guint i = 0; i < ui_alarm_list_get_size (self->alarms); i++) {
    UiAlarm *row = ui_alarm_list_peek (self->alarms, i);
    const GdpAlarm *alarm = ui_alarm_get (row);
    guint priority = CLAMP (alarm->priority, 1, UI_N_PRIORITIES);

    self->unacked[priority] += ui_alarm_is_unacked (row);
    self->active[priority] += alarm->active;
    self->suppressed += ui_alarm_is_untold (row);
  }
}

static void
apply_commands (UiSession *self, GPtrArray *commands)
{
  for (guint i = 0; i < commands->len; i++) {
    const DataCommand *command = commands->pdata[i];
    g_autofree char *text = NULL, *why = ui_detail_text (command->result);

    if (command->state == DATA_COMMAND_POSTED || command->state == DATA_COMMAND_TAKEN
        || ui_session_command_ended (self, command) || !g_hash_table_remove (self->pending, &command->id))
      continue;
    if (command->state == DATA_COMMAND_DONE)
      continue;  /* the alarm itself shows it */
    text = data_command_is_unsure (command)
             ? g_strdup_printf (_("It is not known whether %s was acknowledged, look at the alarm and the journal: %s"),
                                command->object, why)
             : command->state == DATA_COMMAND_EXPIRED
             ? g_strdup_printf (_("%s was not acknowledged: no server took the command within %d s"),
                                command->object, (int) (DATA_COMMAND_LIFE / GDP_SECOND))
             : g_strdup_printf (_("%s was not acknowledged: %s"), command->object,
                                *why != '\0' ? why : _("the server gave no reason"));
    g_signal_emit_by_name (self, "notice", text, TRUE);
  }
}

static void
apply_changes (UiSession *self, DataChanges *changes)
{
  if (changes->whole)
    g_hash_table_remove_all (self->late);
  for (guint i = 0; i < changes->servers->len; i++)
    ui_session_take_server (self, changes->servers->pdata[i]);
  if (changes->whole)
    ui_picture_forget (self->picture);
  if (ui_picture_network (self->picture) == NULL)
    return;
  if (changes->contacts->len > 0)
    apply_contacts (self, changes->contacts);
  if (changes->whole || changes->wishes->len > 0)
    ui_session_apply_wishes (self, changes->wishes, changes->whole);
  if (changes->whole || changes->devices->len > 0)
    ui_session_apply_devices (self, changes->devices, changes->whole);
  if (changes->whole || changes->strangers->len > 0)
    ui_session_apply_strangers (self, changes->strangers, changes->whole);
  if (changes->readings->len > 0)
    apply_readings (self, changes->readings);
  if (changes->whole || changes->alarms->len > 0) {
    ui_alarm_list_apply (self->alarms, changes->alarms, changes->whole, ui_picture_network (self->picture),
                         alarm_touched, self);
    note_occurrences (self, changes->alarms, changes->whole);
    count_alarms (self);
    show_below (self);
  }
  apply_commands (self, changes->commands);
  if (changes->events->len > 0)
    g_signal_emit_by_name (self, "events", changes->events);
}

void
ui_session_take_delta (UiDelta *delta, gpointer data)
{
  UiSession *self = data;

  g_free (self->trouble);
  self->trouble = delta->error != NULL ? g_strdup (delta->error->message) : NULL;
  if (delta->network != NULL)
    configure (self, delta->network);
  if (delta->operators != NULL)
    ui_session_apply_operators (self, delta);
  if (delta->changes != NULL) {
    self->ahead = ABS (delta->ahead) > DATA_CLOCKS_AGREE ? delta->ahead : 0;
    ui_session_apply_flood (self, delta);
    apply_changes (self, delta->changes);
    if (delta->changes->whole)
      ui_session_miss_commands (self, delta->changes->commands, delta->read);
    self->loaded = TRUE;
  }
  if (g_error_matches (delta->error, DATA_ERROR, DATA_ERROR_REPLACED))   /* it is read anew */
    g_signal_emit_by_name (self, "notice", _("The store was replaced: a copy was put back in its place. What is shown is of the "
                                             "copy, and what was done since it was made is not in it."), TRUE);
  ui_session_update_state (self);
  if (delta->network != NULL)
    g_signal_emit_by_name (self, "configured");
  g_signal_emit_by_name (self, "updated");
}
