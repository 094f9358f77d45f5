/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session.h"

#include "picture.h"
#include "when.h"

#include <glib/gi18n.h>

struct _UiSession {
  GObject      parent_instance;

  /* owned */
  char        *uri, *person, *where;
  UiFeed      *feed;
  UiPicture   *picture;
  GListStore  *sites;       /* UiSite, sorted */
  GHashTable  *site_of;     /* id → UiSite */
  GPtrArray   *by_index;    /* UiSite, borrowed from sites, by network index */
  UiAlarmList *alarms;
  GHashTable  *points;      /* index → UiPoint on the screen, borrowed (weak) */
  GHashTable  *pending;     /* id of a command of ours → its object */
  DataServer  *server;      /* whose heartbeat is followed */
  char        *trouble;     /* why the store cannot be read, NULL = it can */

  UiState      state;
  gint64       state_since; /* wall clock, for people */
  gboolean     loaded;
  UiPulse      pulse;
  guint        tick, silence;  /* sources */
  guint        unacked[UI_N_PRIORITIES + 1], active[UI_N_PRIORITIES + 1], suppressed;
};

G_DEFINE_FINAL_TYPE (UiSession, ui_session, G_TYPE_OBJECT)

enum { PROP_LIVE = 1, PROP_STATE, N_PROPS };
enum { CONFIGURED, UPDATED, TICK, EVENTS, NOTICE, N_SIGNALS };
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* ---- time and state ---------------------------------------------------------------------- */

gint64
ui_session_now (UiSession *self)
{
  return ui_pulse_now (&self->pulse, g_get_monotonic_time (), g_get_real_time ());
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

static void
update_state (UiSession *self)
{
  UiState state = judge (self);
  gboolean was_live = ui_session_is_live (self);

  if (state == self->state)
    return;
  self->state = state;
  if (was_live || ui_session_is_live (self))
    self->state_since = g_get_real_time ();
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
  update_state (self);
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
      || !ui_pulse_beat (&self->pulse, server->heartbeat, g_get_monotonic_time (), g_get_real_time ()))
    return;
  g_clear_pointer (&self->server, data_server_free);
  self->server = data_server_copy (server);
  watch_for_silence (self);
}

static gboolean
on_tick (gpointer data)
{
  UiSession *self = data;

  update_state (self);
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
  g_autofree char *since = ui_when_text (self->state_since, g_get_real_time (), NULL);
  g_autofree char *beat = ui_when_text (self->pulse.heartbeat, g_get_real_time (), NULL);

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
      break;
  }
  return g_strdup ("");
}

/* ---- applying what the feed brings ------------------------------------------------------- */

static int
compare_sites (gconstpointer a, gconstpointer b)
{
  return ui_site_compare (*(UiSite **) a, *(UiSite **) b);
}

static void
rebuild_sites (UiSession *self, GdpNetwork *network)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (network->n_sites);
  g_autoptr (GHashTable) site_of = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);

  g_ptr_array_set_size (self->by_index, 0);
  for (guint i = 0; i < network->n_sites; i++) {
    UiSite *known = g_hash_table_lookup (self->site_of, network->sites[i].id);
    UiSite *site = known != NULL ? g_object_ref (known) : ui_site_new (network->sites[i].id);

    ui_site_configure (site, network, i);
    g_hash_table_insert (site_of, (char *) ui_site_get_id (site), site);
    g_ptr_array_add (self->by_index, site);
    g_ptr_array_add (sorted, site);
  }
  g_ptr_array_sort (sorted, compare_sites);
  g_list_store_splice (self->sites, 0, g_list_model_get_n_items (G_LIST_MODEL (self->sites)),
                       sorted->pdata, sorted->len);
  g_hash_table_unref (self->site_of);
  self->site_of = g_steal_pointer (&site_of);
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

static void
point_gone (gpointer data, GObject *where)
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

static void
forget_points (UiSession *self)
{
  GHashTableIter iter;
  gpointer point;

  g_hash_table_iter_init (&iter, self->points);
  while (g_hash_table_iter_next (&iter, NULL, &point))
    g_object_weak_unref (point, point_gone, self);
  g_hash_table_remove_all (self->points);
}

static void
configure (UiSession *self, GdpNetwork *network)
{
  ui_picture_configure (self->picture, network);
  forget_points (self);  /* indexes are new; pages ask for new ones */
  rebuild_sites (self, network);
  place_alarms (self);
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

    if (taken.index == G_MAXUINT || info->link || !taken.state_changed)
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
    self->suppressed += alarm->suppression != GDP_SUPPRESSION_NONE;
  }
}

static void
apply_commands (UiSession *self, GPtrArray *commands)
{
  for (guint i = 0; i < commands->len; i++) {
    const DataCommand *command = commands->pdata[i];
    g_autofree char *text = NULL;

    if (command->state == DATA_COMMAND_POSTED || command->state == DATA_COMMAND_TAKEN
        || !g_hash_table_remove (self->pending, &command->id))
      continue;
    if (command->state == DATA_COMMAND_DONE)
      continue;  /* the alarm itself shows it */
    text = command->state == DATA_COMMAND_EXPIRED
             ? g_strdup_printf (_("%s was not acknowledged: no server took the command within %d s"),
                                command->object, (int) (DATA_COMMAND_LIFE / GDP_SECOND))
             : g_strdup_printf (_("%s was not acknowledged: %s"), command->object,
                                command->result != NULL ? command->result : _("the server gave no reason"));
    g_signal_emit (self, signals[NOTICE], 0, text, TRUE);
  }
}

static void
apply_changes (UiSession *self, DataChanges *changes)
{
  for (guint i = 0; i < changes->servers->len; i++)
    take_heartbeat (self, changes->servers->pdata[i]);
  if (changes->whole)
    ui_picture_forget (self->picture);
  if (ui_picture_network (self->picture) == NULL)
    return;
  if (changes->contacts->len > 0)
    apply_contacts (self, changes->contacts);
  if (changes->readings->len > 0)
    apply_readings (self, changes->readings);
  if (changes->whole || changes->alarms->len > 0) {
    ui_alarm_list_apply (self->alarms, changes->alarms, changes->whole, ui_picture_network (self->picture),
                         alarm_touched, self);
    count_alarms (self);
  }
  apply_commands (self, changes->commands);
  if (changes->events->len > 0)
    g_signal_emit (self, signals[EVENTS], 0, changes->events);
}

static void
on_delta (UiDelta *delta, gpointer data)
{
  UiSession *self = data;

  g_free (self->trouble);
  self->trouble = delta->error != NULL ? g_strdup (delta->error->message) : NULL;
  if (delta->network != NULL)
    configure (self, delta->network);
  if (delta->changes != NULL) {
    apply_changes (self, delta->changes);
    self->loaded = TRUE;
  }
  update_state (self);
  if (delta->network != NULL)
    g_signal_emit (self, signals[CONFIGURED], 0);
  g_signal_emit (self, signals[UPDATED], 0);
}

/* ---- commands and the journal ------------------------------------------------------------ */

static void
on_posted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSession) self = data;
  g_autoptr (GError) error = NULL;
  gint64 id = ui_feed_post_finish (result, &error);

  if (id >= 0)
    g_hash_table_add (self->pending, g_memdup2 (&id, sizeof id));
  else {
    g_autofree char *text = g_strdup_printf (_("Not acknowledged: %s"), error->message);
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

/* ---- the picture ------------------------------------------------------------------------- */

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

UiPoint *
ui_session_ref_point (UiSession *self, guint index)
{
  UiPoint *point = g_hash_table_lookup (self->points, GUINT_TO_POINTER (index));

  if (point != NULL)
    return g_object_ref (point);
  point = ui_point_new (ui_picture_network (self->picture), index);
  g_hash_table_insert (self->points, GUINT_TO_POINTER (index), point);
  g_object_weak_ref (G_OBJECT (point), point_gone, self);
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
    UiAlarm *alarm = ui_alarm_list_find (self->alarms, name);

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
}

static void
ui_session_finalize (GObject *object)
{
  UiSession *self = UI_SESSION (object);

  ui_session_close (self);
  forget_points (self);
  g_hash_table_unref (self->points);
  g_hash_table_unref (self->pending);
  g_ptr_array_unref (self->by_index);
  g_hash_table_unref (self->site_of);
  g_object_unref (self->sites);
  g_object_unref (self->alarms);
  g_clear_pointer (&self->server, data_server_free);
  ui_picture_free (self->picture);
  g_free (self->trouble);
  g_free (self->uri);
  g_free (self->person);
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
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, UI_STATE_NO_SITES, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    signals[table[i].id] = g_signal_new (table[i].name, UI_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
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
  self->points = g_hash_table_new (NULL, NULL);
  self->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

UiSession *
ui_session_new (const char *uri, const char *person)
{
  UiSession *self = g_object_new (UI_TYPE_SESSION, NULL);

  self->uri = g_strdup (uri);
  self->person = g_strdup (person);
  self->where = g_strdup_printf ("gdp-console@%s", g_get_host_name ());
  self->state_since = g_get_real_time ();
  self->feed = ui_feed_new (uri, on_delta, self);
  self->tick = g_timeout_add_seconds (1, on_tick, self);
  return self;
}
