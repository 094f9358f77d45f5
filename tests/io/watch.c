/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch.h"

#include <math.h>

#include "../patience.h"

static GPtrArray *logs;   /* char*: where the servers that were started write */

Watch *
watch_new (const char *uri, DataAccess access)
{
  g_autoptr (GError) error = NULL;
  Watch *watch = g_new0 (Watch, 1);

  watch->store = data_store_open (uri, access, &error);
  g_assert_no_error (error);
  watch->readings = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  watch->alarms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) gdp_alarm_free);
  watch->commands = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) data_command_free);
  watch->servers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) data_server_free);
  watch->events = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_event_free);
  return watch;
}

void
watch_free (Watch *watch)
{
  g_hash_table_unref (watch->readings);
  g_hash_table_unref (watch->alarms);
  g_hash_table_unref (watch->commands);
  g_hash_table_unref (watch->servers);
  g_ptr_array_unref (watch->events);
  data_store_close (watch->store);
  g_free (watch);
}

static void
take_readings (Watch *watch, const GArray *readings)
{
  for (guint i = 0; i < readings->len; i++) {
    GdpReading *reading = g_memdup2 (&g_array_index (readings, GdpReading, i), sizeof *reading);
    g_hash_table_replace (watch->readings, &reading->point, reading);
  }
  watch->n_readings += readings->len;
}

void
watch_look (Watch *watch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataChanges) changes = data_store_changes (watch->store, watch->seq, &error);

  g_assert_no_error (error);
  watch->seq = changes->seq;
  if (watch->note != NULL)
    watch->note (changes, watch->note_data);
  watch->wholes += changes->whole ? 1 : 0;
  take_readings (watch, changes->readings);
  for (guint i = 0; i < changes->alarms->len; i++) {
    GdpAlarm *alarm = gdp_alarm_copy (changes->alarms->pdata[i]);
    g_hash_table_replace (watch->alarms, (gpointer) alarm->id, alarm);
  }
  for (guint i = 0; i < changes->commands->len; i++) {
    DataCommand *command = data_command_copy (changes->commands->pdata[i]);
    g_hash_table_replace (watch->commands, &command->id, command);
  }
  for (guint i = 0; i < changes->servers->len; i++) {
    DataServer *server = data_server_copy (changes->servers->pdata[i]);
    g_hash_table_replace (watch->servers, server->name, server);
  }
  for (guint i = 0; i < changes->events->len; i++)
    g_ptr_array_add (watch->events, gdp_event_copy (changes->events->pdata[i]));
}

gboolean
watch_until (Watch *watch, WatchFunc met, gconstpointer data, double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  for (;;) {
    watch_look (watch);
    if (met (watch, data))
      return TRUE;
    gint64 left = end - g_get_monotonic_time ();
    if (left <= 0)
      return FALSE;
    data_store_wait (watch->store, MIN (left, G_USEC_PER_SEC / 4));
  }
}

const GdpReading *
watch_reading (Watch *watch, gint64 point)
{
  return g_hash_table_lookup (watch->readings, &point);
}

const GdpAlarm *
watch_alarm (Watch *watch, const char *id)
{
  return g_hash_table_lookup (watch->alarms, id);
}

const DataServer *
watch_server (Watch *watch, const char *name)
{
  return g_hash_table_lookup (watch->servers, name);
}

static gboolean
is_event (const GdpEvent *event, GdpEventKind kind, const char *object, const char *text)
{
  return event->kind == kind && (object == NULL || g_strcmp0 (event->object, object) == 0)
         && (text == NULL || (event->text != NULL && strstr (event->text, text) != NULL));
}

guint
watch_n_events (Watch *watch, GdpEventKind kind, const char *object)
{
  guint n = 0;
  for (guint i = 0; i < watch->events->len; i++)
    n += is_event (watch->events->pdata[i], kind, object, NULL) ? 1 : 0;
  return n;
}

/* ---- expectations ---------------------------------------------------------------------------- */

void
watch_remember_log (const char *path)
{
  if (logs == NULL)
    logs = g_ptr_array_new ();
  g_ptr_array_add (logs, (gpointer) g_intern_string (path));
}

static void
print_log (gpointer path, gpointer user_data)
{
  g_autofree char *text = NULL;

  if (g_file_get_contents (path, &text, NULL, NULL))
    g_printerr ("# ---- %s\n%s", (char *) path, text);
}

/* Ends the test with what came, and what the servers said of it. */
static void G_GNUC_NORETURN G_GNUC_PRINTF (2, 3)
give_up (Watch *watch, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  for (guint i = 0; i < watch->events->len; i++) {
    const GdpEvent *event = watch->events->pdata[i];
    g_printerr ("# there is: %s %s %s\n", gdp_event_word (event->kind), event->object, event->text);
  }
  if (logs != NULL)
    g_ptr_array_foreach (logs, print_log, NULL);
  g_error ("%s", what);
}

void
watch_expect (Watch *watch, WatchFunc met, gconstpointer data, const char *what)
{
  if (!watch_until (watch, met, data, PATIENCE))
    give_up (watch, "not within %d s: %s", PATIENCE, what);
}

typedef struct { gint64 key; double value; GdpReason reason; const char *object, *text; int what; } Expected;

static gboolean
has_value (Watch *watch, gconstpointer data)
{
  const Expected *e = data;
  const GdpReading *reading = watch_reading (watch, e->key);
  return reading != NULL && reading->reason == e->reason
         && (isnan (e->value) || fabs (reading->value - e->value) < 0.0051);
}

void
watch_expect_value (Watch *watch, gint64 point, double value, GdpReason reason)
{
  Expected e = { .key = point, .value = value, .reason = reason };
  if (watch_until (watch, has_value, &e, PATIENCE))
    return;
  const GdpReading *reading = watch_reading (watch, point);
  give_up (watch, "point %" G_GINT64_FORMAT " should be %g (%s), is %g (%s)", point, value, gdp_reason_word (reason),
           reading != NULL ? reading->value : NAN, reading != NULL ? gdp_reason_word (reading->reason) : "never read");
}

static gboolean
has_alarm (Watch *watch, gconstpointer data)
{
  const Expected *e = data;
  const GdpAlarm *alarm = watch_alarm (watch, e->object);
  return (alarm != NULL ? gdp_alarm_state (alarm) : GDP_ALARM_NORMAL) == (GdpAlarmState) e->what;
}

void
watch_expect_alarm (Watch *watch, const char *id, GdpAlarmState state)
{
  Expected e = { .object = id, .what = (int) state };
  if (watch_until (watch, has_alarm, &e, PATIENCE))
    return;
  const GdpAlarm *alarm = watch_alarm (watch, id);
  give_up (watch, "alarm %s should be %s, is %s", id, gdp_alarm_state_word (state),
           alarm != NULL ? gdp_alarm_state_word (gdp_alarm_state (alarm)) : "unknown");
}

static gboolean
has_event (Watch *watch, gconstpointer data)
{
  const Expected *e = data;
  for (guint i = 0; i < watch->events->len; i++)
    if (is_event (watch->events->pdata[i], (GdpEventKind) e->what, e->object, e->text))
      return TRUE;
  return FALSE;
}

void
watch_expect_event (Watch *watch, GdpEventKind kind, const char *object, const char *text)
{
  Expected e = { .object = object, .text = text, .what = (int) kind };
  if (watch_until (watch, has_event, &e, PATIENCE))
    return;
  give_up (watch, "no event %s %s %s", gdp_event_word (kind), object, text);
}

static gboolean
has_trouble (Watch *watch, gconstpointer data)
{
  const Expected *e = data;
  const DataServer *server = watch_server (watch, e->object);
  if (server == NULL)
    return FALSE;
  return e->text == NULL ? server->trouble == NULL
                         : server->trouble != NULL && strstr (server->trouble, e->text) != NULL;
}

void
watch_expect_trouble (Watch *watch, const char *server, const char *text)
{
  Expected e = { .object = server, .text = text };
  if (watch_until (watch, has_trouble, &e, PATIENCE))
    return;
  const DataServer *row = watch_server (watch, server);
  give_up (watch, "trouble of %s should be \"%s\", is \"%s\"", server, text != NULL ? text : "none",
           row == NULL ? "(no such server)" : row->trouble);
}

static gboolean
has_ended (Watch *watch, gconstpointer data)
{
  const DataCommand *command = g_hash_table_lookup (watch->commands, data);
  return command != NULL && command->state != DATA_COMMAND_POSTED && command->state != DATA_COMMAND_TAKEN;
}

DataCommandState
watch_command (Watch *watch, const char *kind, const char *object, gint64 argument, char **result)
{
  g_autoptr (GError) error = NULL;
  DataCommand command = { .kind = (char *) kind, .object = (char *) object, .argument = argument,
                          .who = (char *) "petrov", .where = (char *) "test@here", .comment = (char *) "seen" };
  gboolean posted = data_store_post (watch->store, &command, g_get_real_time (), &error);

  g_assert_no_error (error);
  g_assert_true (posted);
  if (!watch_until (watch, has_ended, &command.id, PATIENCE))
    give_up (watch, "command %s %s did not end", kind, object);
  const DataCommand *end = g_hash_table_lookup (watch->commands, &command.id);
  if (result != NULL)
    *result = g_strdup (end->result);
  return end->state;
}

/* ---- network and server ------------------------------------------------------------------------ */

static GdpProfile *
new_profile (void)
{
  GdpRegister registers[16];
  for (guint i = 0; i < 8; i++) {
    g_autofree char *analog = g_strdup_printf ("ai%u", i + 1), *discrete = g_strdup_printf ("di%u", i + 1);
    registers[i] = (GdpRegister) { .channel = g_intern_string (analog), .table = GDP_TABLE_INPUT_REGISTERS,
                                   .address = (guint16) i, .type = GDP_REGISTER_U16, .scale = 0.001 };
    registers[8 + i] = (GdpRegister) { .channel = g_intern_string (discrete), .table = GDP_TABLE_DISCRETE_INPUTS,
                                       .address = (guint16) i, .type = GDP_REGISTER_BIT, .scale = 1 };
  }
  return gdp_profile_new ("test-16", "Eight and eight", registers, 16, NULL);
}

static void
add_point (GdpNetworkBuilder *builder, guint site, guint unit, const char *site_id, guint number)
{
  g_autoptr (GError) error = NULL;
  gboolean analog = number < 8;
  g_autofree char *channel = g_strdup_printf ("%s%u", analog ? "ai" : "di", number % 8 + 1);
  g_autofree char *id = g_strdup_printf ("%s/%s", site_id, channel);
  GdpPoint point = { .id = id, .site = site, .unit = unit, .channel = channel, .keep_every = 60,
                     .kind = analog ? GDP_POINT_OUTLET_PRESSURE : GDP_POINT_DISCRETE,
                     .engineering_unit = analog ? "kPa" : "", .resolution = analog ? 0.001 : 1 };
  point.scaling = analog ? (GdpScaling) { .signal = GDP_SIGNAL_CURRENT, .low = 0, .high = 10 }
                         : (GdpScaling) { .signal = GDP_SIGNAL_CONTACT };
  if (analog) {
    point.limits.level[GDP_LEVEL_H] = (GdpLimit) { .value = 8, .deadband = 0.1, .priority = 2 };
    point.limits.level[GDP_LEVEL_HH] = (GdpLimit) { .value = 9, .deadband = 0.1, .priority = 1 };
  }
  gdp_network_builder_add_point (builder, &point, &error);
  g_assert_no_error (error);
}

GdpNetwork *
watch_network (guint n_sites, const guint16 *ports, double period)
{
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  g_autoptr (GdpProfile) profile = new_profile ();

  for (guint i = 0; i < n_sites; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *link_id = g_strdup_printf ("tcp-%u", i), *site_id = g_strdup_printf ("GDP-%03u", i);
    g_autofree char *unit_id = g_strdup_printf ("%s/upmp", site_id);
    GdpLink link = { .id = link_id, .kind = GDP_LINK_MODBUS_TCP, .host = "127.0.0.1", .port = ports[i] };
    guint l = gdp_network_builder_add_link (builder, &link, &error);
    GdpSite site = { .id = site_id, .name = site_id, .latitude = NAN, .longitude = NAN };
    guint s = gdp_network_builder_add_site (builder, &site, &error);
    GdpUnit unit = { .id = unit_id, .site = s, .link = l, .address = 1, .profile = profile, .period = period };
    guint u = gdp_network_builder_add_unit (builder, &unit, &error);
    g_assert_no_error (error);
    for (guint p = 0; p < 16; p++)
      add_point (builder, s, u, site_id, p);
  }
  return gdp_network_builder_finish (builder);
}

guint16
watch_raw (double value)
{
  return (guint16) lround (4000 + value / 10 * 16000);
}

void
watch_import (const char *uri, const GdpNetwork *network)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = data_store_open (uri, DATA_ACCESS_POST, &error);
  g_assert_no_error (error);
  gboolean done = data_store_import (store, network, "engineer", g_get_real_time (), &error);
  g_assert_no_error (error);
  g_assert_true (done);
}

GSubprocess *
watch_start_server (const char *uri, const char *log, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  static const char *const first[] = { GDP_SERVER, "--sessions-listen", "off", "--follow-parent" };
  va_list more;

  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    g_ptr_array_add (arguments, (gpointer) first[i]);
  if (uri != NULL) {
    g_ptr_array_add (arguments, (gpointer) "--store");
    g_ptr_array_add (arguments, (gpointer) uri);
  }
  va_start (more, log);
  for (char *argument; (argument = va_arg (more, char *)) != NULL;)
    g_ptr_array_add (arguments, argument);
  va_end (more);
  g_ptr_array_add (arguments, NULL);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  watch_remember_log (log);
  GSubprocess *server = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments->pdata, &error);
  g_assert_no_error (error);
  return server;
}
