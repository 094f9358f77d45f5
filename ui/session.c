/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-private.h"

#include "event-text.h"
#include "when.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (UiSession, ui_session, G_TYPE_OBJECT)

enum { PROP_LIVE = 1, PROP_STATE, N_PROPS };
enum { CONFIGURED, UPDATED, TICK, RIGHTS, EVENTS, NOTICE, N_SIGNALS };
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* ---- time and state ---------------------------------------------------------------------- */

gint64
ui_session_now (UiSession *self)
{
  return ui_pulse_now (&self->pulse, g_get_monotonic_time (), g_get_real_time () + self->ahead);
}

gint64
ui_session_clock (UiSession *self)
{
  return self->ahead == 0 ? g_get_real_time () : ui_session_now (self);
}

gint64
ui_session_clock_slow (UiSession *self)
{
  return self->ahead;
}

gint64
ui_session_heartbeat_age (UiSession *self)
{
  return self->pulse.heartbeat == 0 ? -1 : MAX (ui_session_now (self) - self->pulse.heartbeat, 0);
}

static UiState
judge (UiSession *self)
{
  GdpNetwork *network = ui_picture_network (self->picture);

  if (self->trouble != NULL)
    return UI_STATE_STORE_LOST;
  if (!self->loaded)
    return UI_STATE_STARTING;
  if (self->pulse.heartbeat == 0)
    return UI_STATE_NO_SERVER;
  if (!ui_pulse_alive (&self->pulse, g_get_monotonic_time ()))
    return UI_STATE_SERVER_SILENT;
  return network == NULL || network->n_sites == 0 ? UI_STATE_NO_SITES : UI_STATE_LIVE;
}

void
ui_session_update_state (UiSession *self)
{
  UiState state = judge (self);
  gboolean was_live = ui_session_is_live (self);

  if (state == self->state)
    return;
  self->state = state;
  if (was_live || ui_session_is_live (self))
    self->state_since = ui_session_clock (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (was_live != ui_session_is_live (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIVE]);
  g_signal_emit (self, signals[TICK], 0);
}

static gboolean
on_silence (gpointer data)
{
  UiSession *self = data;

  self->silence = 0;
  ui_session_update_state (self);
  return G_SOURCE_REMOVE;
}

/* Exactly when the next heartbeat is overdue, not at the next tick after it. */
static void
watch_for_silence (UiSession *self)
{
  g_clear_handle_id (&self->silence, g_source_remove);
  self->silence = g_timeout_add (UI_SILENT_AFTER / 1000 + 1, on_silence, self);
}

/* Of several servers the one whose heart beat last speaks for the store. */
static void
take_heartbeat (UiSession *self, const DataServer *server)
{
  gboolean other = self->server != NULL && !g_str_equal (self->server->name, server->name);

  if ((other && server->heartbeat <= self->pulse.heartbeat)
      || !ui_pulse_beat (&self->pulse, server->heartbeat, g_get_monotonic_time (), g_get_real_time () + self->ahead))
    return;
  g_clear_pointer (&self->server, data_server_free);
  self->server = data_server_copy (server);
  watch_for_silence (self);
}

void
ui_session_take_server (UiSession *self, const DataServer *server)
{
  if (server->spooled > 0)
    g_hash_table_replace (self->late, g_strdup (server->name), data_server_copy (server));
  else
    g_hash_table_remove (self->late, server->name);
  take_heartbeat (self, server);
}

/* The server that is farthest behind of those that live; NULL = none. */
static const DataServer *
latest_server (UiSession *self)
{
  GHashTableIter iter;
  gpointer value;
  const DataServer *latest = NULL;

  g_hash_table_iter_init (&iter, self->late);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const DataServer *server = value;
    if (server->pid != 0 && ui_session_now (self) - server->heartbeat < DATA_SERVER_DEAD
        && (latest == NULL || server->spooled_since < latest->spooled_since))
      latest = server;
  }
  return latest;
}

static char *
late_text (UiSession *self)
{
  const DataServer *server = latest_server (self);
  g_autofree char *since = server != NULL ? ui_when_text (server->spooled_since, ui_session_clock (self), NULL) : NULL;

  if (server == NULL)
    return g_strdup ("");
  return g_strdup_printf (_("“%s” is catching up: what it kept in its spool since %s is being brought to the store"), server->name,
                          since);
}

static gboolean
on_tick (gpointer data)
{
  UiSession *self = data;

  ui_session_update_state (self);
  g_signal_emit (self, signals[TICK], 0);
  return G_SOURCE_CONTINUE;
}

UiState
ui_session_get_state (UiSession *self)
{
  return self->state;
}

gboolean
ui_session_is_live (UiSession *self)
{
  return self->state == UI_STATE_LIVE || self->state == UI_STATE_NO_SITES;
}

gboolean
ui_session_is_loaded (UiSession *self)
{
  return self->loaded;
}

char *
ui_session_state_text (UiSession *self)
{
  g_autofree char *since = ui_when_text (self->state_since, ui_session_clock (self), NULL);
  g_autofree char *beat = ui_when_text (self->pulse.heartbeat, ui_session_clock (self), NULL);

  switch (self->state) {
    case UI_STATE_STARTING:
      return g_strdup (_("Reading the store…"));
    case UI_STATE_STORE_LOST:
      if (!self->loaded)
        return g_strdup_printf (_("NO STORE: %s"), self->trouble);
      return g_strdup_printf (_("STORE LOST since %s, nothing shown is live: %s"), since, self->trouble);
    case UI_STATE_SERVER_SILENT:
      return g_strdup_printf (_("SERVER SILENT, nothing shown is live. Last sign of life of “%s”: %s"),
                              self->server->name, beat);
    case UI_STATE_NO_SERVER:
      return g_strdup (_("NO SERVER works on this store, nothing shown is live. Start gdp-server."));
    case UI_STATE_NO_SITES:
      return g_strdup (_("No sites are configured. Import passports with “gdpctl import FILE”."));
    case UI_STATE_LIVE:
      return late_text (self);
  }
  return g_strdup ("");
}

/* ---- commands and the journal ------------------------------------------------------------ */

static void
on_posted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSession) self = data;
  g_autoptr (GError) error = NULL;
  gint64 id = ui_feed_post_finish (result, &error), now = g_get_monotonic_time ();

  if (id >= 0)
    g_hash_table_replace (self->pending, g_memdup2 (&id, sizeof id), g_memdup2 (&now, sizeof now));
  else {
    g_autofree char *why = ui_detail_text (error->message);
    g_autofree char *text = g_strdup_printf (g_error_matches (error, DATA_ERROR, DATA_ERROR_UNSURE)
                                             ? _("It is not known whether it was acknowledged, look at the alarm and the journal: %s")
                                             : _("Not acknowledged: %s"), why);
    g_signal_emit (self, signals[NOTICE], 0, text, TRUE);
  }
}

void
ui_session_acknowledge (UiSession *self, const char *alarm, guint32 occurrence, const char *comment)
{
  DataCommand *command = g_new0 (DataCommand, 1);

  g_return_if_fail (self->feed != NULL);
  command->kind = g_strdup ("ack");
  command->object = g_strdup (alarm);
  command->argument = occurrence;
  command->who = g_strdup (self->person);
  command->where = g_strdup (self->where);
  command->comment = comment != NULL && *comment != '\0' ? g_strdup (comment) : NULL;
  ui_feed_post_async (self->feed, command, on_posted, g_object_ref (self));
}

void
ui_session_journal_async (UiSession *self, const DataJournalFilter *filter, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->feed != NULL);
  ui_feed_journal_async (self->feed, filter, cancellable, callback, user_data);
}

UiJournalPart *
ui_session_journal_finish (GAsyncResult *result, GError **error)
{
  return ui_feed_journal_finish (result, error);
}

void
ui_session_examine_async (UiSession *self, guint site, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GdpNetwork *network = ui_session_get_network (self);
  g_autoptr (GArray) links = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_if_fail (self->feed != NULL && network != NULL && site < network->n_sites);
  for (guint i = 0; i < network->sites[site].n_units; i++) {
    guint link = network->units[network->sites[site].first_unit + i].link, known = 0;
    while (known < links->len && g_array_index (links, guint, known) != link)
      known++;
    if (known == links->len)
      g_array_append_val (links, link);
  }
  ui_feed_examine_async (self->feed, network, (const guint *) (gpointer) links->data, links->len, ui_session_now (self),
                         cancellable, callback, user_data);
}

GPtrArray *
ui_session_examine_finish (GAsyncResult *result, GError **error)
{
  return ui_feed_examine_finish (result, error);
}

void
ui_session_outlook_async (UiSession *self, guint site, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GdpNetwork *network = ui_session_get_network (self);

  g_return_if_fail (self->feed != NULL && network != NULL && site < network->n_sites);
  ui_feed_outlook_async (self->feed, network, site, cancellable, callback, user_data);
}

GArray *
ui_session_outlook_finish (GAsyncResult *result, GError **error)
{
  return ui_feed_outlook_finish (result, error);
}

void
ui_session_trial_async (UiSession *self, guint point, const GdpLimits *limits, gint64 length, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  GdpNetwork *network = ui_session_get_network (self);

  g_return_if_fail (self->feed != NULL && network != NULL && point < network->n_points);
  ui_feed_trial_async (self->feed, network, point, limits, length, cancellable, callback, user_data);
}

DataTrial *
ui_session_trial_finish (GAsyncResult *result, GError **error)
{
  return ui_feed_trial_finish (result, error);
}

/* ---- the picture ------------------------------------------------------------------------- */

void
ui_session_set_catalogue (UiSession *self, DataCatalogue *catalogue)
{
  self->catalogue = catalogue;
}

DataCatalogue *
ui_session_get_catalogue (UiSession *self)
{
  return self->catalogue;
}

const char *
ui_session_get_uri (UiSession *self)
{
  return self->uri;
}

const char *
ui_session_get_person (UiSession *self)
{
  return self->person;
}

GdpNetwork *
ui_session_get_network (UiSession *self)
{
  return ui_picture_network (self->picture);
}

GListModel *
ui_session_get_sites (UiSession *self)
{
  return G_LIST_MODEL (self->sites);
}

UiSite *
ui_session_find_site (UiSession *self, const char *id)
{
  return g_hash_table_lookup (self->site_of, id);
}

UiSite *
ui_session_site_at (UiSession *self, guint index)
{
  return index < self->by_index->len ? self->by_index->pdata[index] : NULL;
}

UiAlarmList *
ui_session_get_alarms (UiSession *self)
{
  return self->alarms;
}

guint32
ui_session_get_occurrence (UiSession *self, const char *alarm)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->occurrences, alarm));
}

guint
ui_session_count_unacked (UiSession *self, guint priority)
{
  return self->unacked[priority];
}

guint
ui_session_count_active (UiSession *self, guint priority)
{
  return self->active[priority];
}

guint
ui_session_count_untold (UiSession *self)
{
  GdpNetwork *network = ui_picture_network (self->picture);

  if (network == NULL)
    return 0;
  return self->suppressed + (ui_session_is_live (self) ? ui_picture_untold (self->picture) : network->n_points);
}

gboolean
ui_session_is_untold (UiSession *self, guint point)
{
  return !ui_session_is_live (self) || ui_picture_is_untold (self->picture, point);
}

UiPoint *
ui_session_ref_point (UiSession *self, guint index)
{
  UiPoint *point = g_hash_table_lookup (self->points, GUINT_TO_POINTER (index));

  if (point != NULL)
    return g_object_ref (point);
  point = ui_point_new (ui_picture_network (self->picture), index);
  g_hash_table_insert (self->points, GUINT_TO_POINTER (index), point);
  g_object_weak_ref (G_OBJECT (point), ui_session_point_gone, self);
  return point;
}

const GdpReading *
ui_session_get_reading (UiSession *self, guint point)
{
  return ui_picture_reading (self->picture, point);
}

const GdpContactInfo *
ui_session_get_unit_contact (UiSession *self, guint unit)
{
  return ui_picture_unit (self->picture, unit);
}

const GdpContactInfo *
ui_session_get_link_contact (UiSession *self, guint link)
{
  return ui_picture_link (self->picture, link);
}

UiAlarm *
ui_session_point_alarm (UiSession *self, guint point)
{
  const char *id = ui_picture_network (self->picture)->points[point].id;
  UiAlarm *worst = NULL;

  for (guint condition = 0; condition < GDP_N_CONDITIONS; condition++) {
    g_autofree char *name = g_strdup_printf ("%s.%s", id, gdp_condition_word (condition));
    UiAlarm *alarm = gdp_condition_is_decision (condition) ? NULL : ui_alarm_list_find (self->alarms, name);

    if (alarm != NULL && (worst == NULL || ui_alarm_compare (alarm, worst) < 0))
      worst = alarm;
  }
  return worst;
}

gint64
ui_session_point_age (UiSession *self, guint point)
{
  return ui_picture_age (self->picture, point, ui_session_now (self));
}

void
ui_session_describe (UiSession *self, guint point, UiValue *value)
{
  GdpNetwork *network = ui_picture_network (self->picture);

  ui_value_describe (&network->points[point], ui_picture_reading (self->picture, point),
                     ui_session_point_age (self, point), gdp_point_stale_after (network, point),
                     ui_session_is_live (self), value);
}

/* ---- object ------------------------------------------------------------------------------ */

static void
ui_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiSession *self = UI_SESSION (object);

  switch (id) {
    case PROP_LIVE:
      g_value_set_boolean (value, ui_session_is_live (self));
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

void
ui_session_close (UiSession *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_handle_id (&self->silence, g_source_remove);
  g_clear_pointer (&self->feed, ui_feed_stop);
  ui_session_forget_commands (self);
}

static void
ui_session_finalize (GObject *object)
{
  UiSession *self = UI_SESSION (object);

  ui_session_close (self);
  ui_session_forget_points (self);
  ui_session_finalize_field (self);
  g_hash_table_unref (self->occurrences);
  ui_session_finalize_flood (self);
  g_hash_table_unref (self->below);
  g_hash_table_unref (self->points);
  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->tasks);
  g_ptr_array_unref (self->by_index);
  g_hash_table_unref (self->site_of);
  g_object_unref (self->sites);
  g_object_unref (self->alarms);
  g_clear_pointer (&self->server, data_server_free);
  g_hash_table_unref (self->late);
  g_ptr_array_unref (self->operators);
  ui_picture_free (self->picture);
  g_free (self->trouble);
  g_free (self->uri);
  g_free (self->person);
  g_free (self->meant);
  g_free (self->where);
  G_OBJECT_CLASS (ui_session_parent_class)->finalize (object);
}

static void
ui_session_class_init (UiSessionClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  static const struct { guint id; const char *name; } table[] = {
    { CONFIGURED, "configured" }, { UPDATED, "updated" }, { TICK, "tick" },
  };

  object_class->finalize = ui_session_finalize;
  object_class->get_property = ui_session_get_property;
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, UI_STATE_NO_SITES, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    signals[table[i].id] = g_signal_new (table[i].name, UI_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL,
                                         G_TYPE_NONE, 0);
  signals[RIGHTS] = g_signal_new ("rights", UI_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[EVENTS] = g_signal_new ("events", UI_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[NOTICE] = g_signal_new ("notice", UI_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
ui_session_init (UiSession *self)
{
  self->picture = ui_picture_new ();
  self->sites = g_list_store_new (UI_TYPE_SITE);
  self->site_of = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->by_index = g_ptr_array_new ();
  self->alarms = ui_alarm_list_new ();
  self->occurrences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->below = g_hash_table_new (g_str_hash, g_str_equal);
  self->points = g_hash_table_new (NULL, NULL);
  self->operators = g_ptr_array_new ();
  ui_session_init_field (self);
  self->tasks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->late = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) data_server_free);
}

UiSession *
ui_session_new (const char *uri, const char *person)
{
  UiSession *self = g_object_new (UI_TYPE_SESSION, NULL);

  self->uri = g_strdup (uri);
  self->person = g_strdup (person);
  self->meant = g_strdup (person);
  self->role = GDP_N_ROLES;
  self->where = g_strdup_printf ("gdp-console@%s", g_get_host_name ());
  self->state_since = g_get_real_time ();
  self->feed = ui_feed_new (uri, ui_session_take_delta, self);
  self->tick = g_timeout_add_seconds (1, on_tick, self);
  return self;
}
