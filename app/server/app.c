/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app.h"

#include "claims.h"
#include "clock.h"
#include "feed.h"
#include "field.h"
#include "notify.h"
#include "part.h"
#include "pipeline.h"
#include "sealer.h"

#include <glib-unix.h>
#include <unistd.h>

#define QUEUE_REPORTS 4096
#define QUEUE_BYTES   (4 * 1024 * 1024)
#define RETRY_SECONDS 5     /* links held by others, address in use */
#define STRANGERS_SECONDS 5
#define RESERVE_SECONDS 15  /* after the start: from then on what others leave is taken */
#define TRAFFIC_SECONDS 5   /* each counter that has changed is told so often, unless there are very many: */
#define TRAFFIC_MOST 1000   /* … in a second: about 10 ms for which commits wait */

struct ServerApp {
  ServerOptions   options;
  GSourceFunc     quit;
  gpointer        user_data;

  ServerConfig   *config;
  DataStore      *store;      /* the main thread's; the writer has its own */
  DataServer     *self;
  GdpNetwork     *whole;      /* as in the store, with the configuration's lines */
  GdpNetwork     *part;       /* of whole: what this server answers for */
  gboolean       *held;       /* by link of whole */

  ServerTrouble  *trouble;
  ServerQueue    *queue;
  CommsSink       sink;
  ServerField    *field;
  ServerWriter   *writer;
  ServerPipeline *pipeline;
  ServerRefill   *refill;
  ServerFeed     *feed;
  ServerSealer   *sealer;
  guint           timer;
  guint           seconds;    /* of the timer */
  gboolean        outdated;   /* a newer configuration could not be read yet */
};

/* ---- sink and callbacks ------------------------------------------------------------------------ */

static gboolean
take (CommsReport *report, gpointer user_data)
{
  return server_queue_take (user_data, report);
}

static gint64
now (gpointer user_data)
{
  return server_clock_now ();
}

static void
room (gpointer user_data)
{
  server_field_resume (user_data);
}

static void
note (ServerApp *app, GdpEventKind kind, const char *text)
{
  GdpEvent *event = g_new0 (GdpEvent, 1);

  event->kind = kind;
  event->occurred = event->learned = server_clock_now ();
  event->object = g_strdup (app->self->name);
  event->who = g_strdup (app->self->name);
  event->text = g_strdup (text);
  server_pipeline_note (app->pipeline, event);
}

static void
note_trouble (const char *subject, const char *text, gpointer user_data)
{
  g_autofree char *whole = g_strdup_printf ("%s: %s", subject, text != NULL ? text : "works again");
  note (user_data, GDP_EVENT_NOTE, whole);
}

/* ---- the network and who serves which part of it --------------------------------------------------- */

static void
tell_warnings (ServerApp *app, GPtrArray *warnings)
{
  g_ptr_array_add (warnings, NULL);
  g_autofree char *text = g_strjoinv ("; ", (char **) warnings->pdata);
  server_trouble_set (app->trouble, "configuration", *text != '\0' ? text : NULL);
}

static GdpNetwork *
load_network (ServerApp *app, GError **error)
{
  GdpNetwork *network = data_store_network (app->store, error);

  if (network == NULL)
    return NULL;
  g_autoptr (GPtrArray) warnings = server_config_apply (app->config, network);
  tell_warnings (app, warnings);
  if (network->n_sites == 0)
    g_message ("no sites yet; import passports: gdpctl import FILE");
  return network;
}

/* Takes what can be had of @network and makes it the app's. @memory is read after the claims, so that
 * it holds the last that an earlier holder of a link wrote. On an error the app is as it was. */
static gboolean
adopt (ServerApp *app, GdpNetwork *network, DataChanges **memory, GError **error)
{
  g_autofree gboolean *held = g_new0 (gboolean, network->n_links);

  server_claims_take (app->store, network, app->config, app->self, app->seconds >= RESERVE_SECONDS, app->trouble, held);
  g_autoptr (GdpNetwork) part = server_part_new (network, held, error);
  if (part == NULL || (*memory = data_store_changes (app->store, 0, error)) == NULL)
    return FALSE;
  g_autoptr (GArray) marks = data_store_marks (app->store, error);
  if (marks == NULL)
    return FALSE;
  server_field_remember (app->field, marks, (*memory)->devices);
  if (app->whole != NULL)
    server_claims_forget (app->whole, network, app->trouble);
  g_clear_pointer (&app->whole, gdp_network_unref);
  g_clear_pointer (&app->part, gdp_network_unref);
  g_free (app->held);
  app->whole = gdp_network_ref (network);
  app->part = g_steal_pointer (&part);
  app->held = g_steal_pointer (&held);
  return TRUE;
}

/* What the store remembers of objects that the engine is to take over: those in the part that were
 * not in @before, and at the start also those that nobody knows any more. */
static gboolean
is_new_here (ServerApp *app, const GdpNetwork *before, const char *object)
{
  return before == NULL ? server_part_answers (app->whole, app->part, object)
                        : server_part_holds (app->part, object) && !server_part_holds (before, object);
}

static void
keep_new (ServerApp *app, const GdpNetwork *before, DataChanges *memory)
{
  for (guint i = memory->alarms->len; i-- > 0;)
    if (!is_new_here (app, before, ((GdpAlarm *) g_ptr_array_index (memory->alarms, i))->id))
      g_ptr_array_remove_index (memory->alarms, i);
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  for (guint i = 0; i < memory->readings->len; i++) {
    const GdpReading *reading = &g_array_index (memory->readings, GdpReading, i);
    if (gdp_network_point_by_key (app->part, reading->point) != G_MAXUINT
        && (before == NULL || gdp_network_point_by_key (before, reading->point) == G_MAXUINT))
      g_array_append_val (kept, *reading);
  }
  g_array_unref (memory->readings);
  memory->readings = kept;
}

/* Tells the store of what has ended in the field, and leaves the links that are not in the part any more to others. */
static void
leave_links (ServerApp *app, const GdpNetwork *before)
{
  for (guint keep = FALSE; keep <= TRUE; keep++) {
    g_autoptr (GArray) ended = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GError) error = NULL;

    for (guint i = 0; i < before->n_links; i++)
      if (!server_field_keeps (app->field, i)
          && keep == (gdp_network_find_link (app->part, before->links[i].id) != G_MAXUINT))
        g_array_append_val (ended, before->links[i].key);
    if (ended->len > 0 && !data_store_leave_links (app->store, (const gint64 *) (gpointer) ended->data, ended->len,
                                                   app->self, keep, &error))
      g_warning ("links cannot be left: %s", error->message);
  }
}

static gboolean
lives (const DataChanges *memory, const char *name)
{
  for (guint i = 0; i < memory->servers->len; i++) {
    const DataServer *server = memory->servers->pdata[i];
    if (g_strcmp0 (server->name, name) == 0)
      return server->pid != 0 && server_clock_now () - server->heartbeat < DATA_SERVER_DEAD;
  }
  return FALSE;
}

/* Of an output's command that its taker will not finish: it was the run before this one, or it is lost and the output's
 * link is served here now. */
static gboolean
is_left (ServerApp *app, const GdpNetwork *before, const DataChanges *memory, const DataCommand *command)
{
  if (command->state != DATA_COMMAND_TAKEN)
    return FALSE;
  if (g_strcmp0 (command->taker, app->self->name) == 0)
    return before == NULL;
  return g_str_equal (command->kind, "output") && command->object != NULL && is_new_here (app, before, command->object)
         && !lives (memory, command->taker);
}

/* Copies, for the pipeline. */
static GPtrArray *
left_commands (ServerApp *app, const GdpNetwork *before, const DataChanges *memory)
{
  GPtrArray *left = g_ptr_array_new ();

  for (guint i = 0; i < memory->commands->len; i++)
    if (is_left (app, before, memory, memory->commands->pdata[i]))
      g_ptr_array_add (left, data_command_copy (memory->commands->pdata[i]));
  return left;
}

static void
resume_commands (ServerApp *app, GPtrArray *left)
{
  for (guint i = 0; i < left->len; i++)
    server_pipeline_interrupted (app->pipeline, left->pdata[i]);
}

/* Reads the network again, ends what has changed in the field, and starts what is new. On an error the old
 * one stays in force. */
static void
reconfigure (ServerApp *app, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = load_network (app, &error);
  g_autoptr (GdpNetwork) before = gdp_network_ref (app->part);
  DataChanges *memory = NULL;

  if (network != NULL && adopt (app, network, &memory, &error)) {
    server_field_release (app->field, app->part, app->config);
    leave_links (app, before);
    keep_new (app, before, memory);
    g_autoptr (GPtrArray) left = left_commands (app, before, memory);
    server_pipeline_set_network (app->pipeline, app->part, memory);
    resume_commands (app, left);
    server_field_start (app->field, app->part, app->config);
    server_feed_set_network (app->feed, app->whole, app->part);
    server_writer_settled (app->writer);
    note (app, GDP_EVENT_CONFIGURATION_CHANGED, why);
    g_message ("%s: %u sites, %u of %u links are served here", why, app->whole->n_sites, app->part->n_links,
               app->whole->n_links);
  }
  app->outdated = error != NULL;   /* then a lapse is not settled either, until it is read at last */
  server_trouble_set (app->trouble, "reading the configuration from the store", error != NULL ? error->message : NULL);
}

static void
revision_changed (gint64 revision, gpointer user_data)
{
  g_autofree char *why = g_strdup_printf ("configuration revision %" G_GINT64_FORMAT, revision);
  reconfigure (user_data, why);
}

/* ---- once a second ---------------------------------------------------------------------------------- */

static void
heed_writer (ServerApp *app)
{
  switch (server_writer_concern (app->writer)) {
  case SERVER_CONCERN_OUSTED:
    app->quit (app->user_data);
    break;
  case SERVER_CONCERN_LAPSED:
    reconfigure (app, "links claimed again after a silence");
    break;
  case SERVER_CONCERN_NONE:
    break;
  }
}

/* What servers took that are gone: each that is there may say so. */
static void
end_lost (ServerApp *app)
{
  g_autoptr (GError) error = NULL;

  if (!data_store_end_lost (app->store, server_clock_now (), &error))
    g_debug ("%s", error->message);   /* others say it */
}

static void
retry (ServerApp *app)
{
  server_field_retry (app->field);
  end_lost (app);
  if (server_claims_take (app->store, app->whole, app->config, app->self, app->seconds >= RESERVE_SECONDS, app->trouble, app->held))
    reconfigure (app, "links taken over");
  else if (app->outdated)
    reconfigure (app, "configuration read at last");
}

static void
put_traffic (ServerApp *app)
{
  GArray *traffic = NULL;

  if (server_writer_wants_traffic (app->writer))
    traffic = server_field_traffic (app->field, app->self->name, TRAFFIC_SECONDS, TRAFFIC_MOST);
  if (traffic != NULL)
    server_writer_put_traffic (app->writer, traffic);
}

static void
put_strangers (ServerApp *app)
{
  GPtrArray *strangers = server_field_strangers (app->field);

  if (strangers != NULL)
    server_writer_put_strangers (app->writer, strangers);
}

static gboolean
every_second (gpointer user_data)
{
  ServerApp *app = user_data;

  app->seconds++;
  heed_writer (app);
  server_feed_look (app->feed);
  /* A store that refuses is no reason for a restart; a writer or an engine that stands still is. */
  if (server_writer_lives (app->writer))
    server_notify ("WATCHDOG=1");
  if (app->seconds % RETRY_SECONDS == 0)
    retry (app);
  put_traffic (app);
  if (app->seconds % STRANGERS_SECONDS == 0)
    put_strangers (app);
  return G_SOURCE_CONTINUE;
}

/* ---- start and end ------------------------------------------------------------------------------------ */

static void
override (char **field, const char *option)
{
  if (option != NULL) {
    g_free (*field);
    *field = g_strdup (option);
  }
}

static ServerConfig *
read_config (const ServerOptions *options, GError **error)
{
  ServerConfig *config = server_config_load (options->config, error);

  if (config != NULL) {
    override (&config->name, options->name);
    override (&config->store, options->store);
    override (&config->listen, options->listen);
    if (g_strcmp0 (config->listen, "off") == 0)
      g_clear_pointer (&config->listen, g_free);
  }
  return config;
}

/* Whose process ids ours is one of: this run of the kernel's, or of the container we are in. */
static char *
own_machine (void)
{
  g_autofree char *boot = NULL, *space = g_file_read_link ("/proc/self/ns/pid", NULL);

  g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL);
  return g_strdup_printf ("%s %s", boot != NULL ? g_strchomp (boot) : "", space != NULL ? space : "");
}

static DataServer *
identity (const ServerConfig *config)
{
  DataServer *self = g_new0 (DataServer, 1);

  self->name = g_strdup (config->name != NULL ? config->name : g_get_host_name ());
  self->version = g_strdup (GDP_VERSION);
  self->host = g_strdup (g_get_host_name ());
  self->machine = own_machine ();
  self->pid = getpid ();
  return self;
}

static const DataServer *
earlier_run (const DataChanges *past, const char *name)
{
  for (guint i = 0; i < past->servers->len; i++) {
    const DataServer *server = g_ptr_array_index (past->servers, i);
    if (g_str_equal (server->name, name) && server->pid != 0)
      return server;
  }
  return NULL;
}

static GdpEngine *
restored_engine (ServerApp *app, DataChanges *memory)
{
  GdpEngine *engine = gdp_engine_new (app->part, app->self->name, server_clock_now ());

  keep_new (app, NULL, memory);
  for (guint i = 0; i < memory->alarms->len; i++)
    gdp_engine_restore_alarm (engine, g_ptr_array_index (memory->alarms, i));
  for (guint i = 0; i < memory->readings->len; i++)
    gdp_engine_restore_reading (engine, &g_array_index (memory->readings, GdpReading, i));
  gdp_engine_restore_contacts (engine, memory->contacts);
  return engine;
}

static void
note_start (ServerApp *app, const DataServer *lost)
{
  if (lost != NULL) {
    g_autoptr (GDateTime) last = g_date_time_new_from_unix_utc (lost->heartbeat / GDP_SECOND);
    g_autofree char *when = g_date_time_format_iso8601 (last);
    g_autofree char *text = g_strdup_printf ("process %" G_GINT64_FORMAT " ended without a word; last sign of life %s",
                                             lost->pid, when);
    note (app, GDP_EVENT_SERVER_LOST, text);
  }
  note (app, GDP_EVENT_SERVER_STARTED, "version " GDP_VERSION);
}

static gboolean
send_order (const CommsOrder *order, gint64 link, gint64 unit, gpointer user_data, GError **error)
{
  return server_field_order (user_data, order, link, unit, error);
}

static ServerOrders *
new_orders (ServerApp *app)
{
  ServerOrders *orders = server_orders_new (app->self->name, send_order, app->field);

  server_orders_set_network (orders, app->part);
  return orders;
}


static void
start_threads (ServerApp *app, DataStore *store, DataChanges *memory)
{
  app->writer = server_writer_start (store, data_server_copy (app->self), app->queue, app->trouble);
  app->pipeline = server_pipeline_start (restored_engine (app, memory), new_orders (app), app->self->name, app->queue, app->writer,
                                         room, app->field);
  app->refill = server_refill_new (app->config->store);
  server_pipeline_refill (app->pipeline, app->refill);
  app->feed = server_feed_new (app->store, app->self->name, app->pipeline, app->trouble, revision_changed, app);
  server_feed_set_network (app->feed, app->whole, app->part);
  g_autoptr (GPtrArray) left = left_commands (app, NULL, memory);
  resume_commands (app, left);
}

static gint64
days (guint n)
{
  return n * G_GINT64_CONSTANT (86400) * GDP_SECOND;
}

static void
start_sealer (ServerApp *app)
{
  DataSealing how = DATA_SEALING_USUAL;

  how.keep_hours = days (app->config->keep_readings);
  how.keep_days = days (app->config->keep_days);
  app->sealer = server_sealer_start (app->config->store, &how, app->trouble);
}

static void
app_free (ServerApp *app)
{
  g_clear_pointer (&app->whole, gdp_network_unref);
  g_clear_pointer (&app->part, gdp_network_unref);
  g_free (app->held);
  g_clear_pointer (&app->refill, server_refill_free);
  g_clear_pointer (&app->field, server_field_free);
  g_clear_pointer (&app->queue, server_queue_free);
  g_clear_pointer (&app->trouble, server_trouble_free);
  g_clear_pointer (&app->store, data_store_close);
  g_clear_pointer (&app->self, data_server_free);
  g_clear_pointer (&app->config, server_config_free);
  g_free (app);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerApp, app_free)

ServerApp *
server_app_start (const ServerOptions *options, GSourceFunc quit, gpointer user_data, GError **error)
{
  g_autoptr (ServerApp) app = g_new0 (ServerApp, 1);
  g_autoptr (DataChanges) memory = NULL;

  app->options = *options;
  app->quit = quit;
  app->user_data = user_data;
  app->config = read_config (options, error);
  if (app->config == NULL)
    return NULL;
  app->self = identity (app->config);
  app->trouble = server_trouble_new ();
  app->queue = server_queue_new (QUEUE_REPORTS, QUEUE_BYTES);
  app->sink = (CommsSink) { take, now, app->queue };
  app->field = server_field_new (&app->sink, app->trouble);

  app->store = data_store_open (app->config->store, DATA_ACCESS_SERVE, error);
  if (app->store == NULL)
    return NULL;
  g_autoptr (DataChanges) past = data_store_changes (app->store, 0, error);
  server_clock_heed (app->store);
  app->self->started = app->self->heartbeat = server_clock_now ();
  if (past == NULL || !data_store_start_server (app->store, app->self, error))
    return NULL;
  g_autoptr (GdpNetwork) network = load_network (app, error);
  if (network == NULL || !adopt (app, network, &memory, error))
    return NULL;
  DataStore *writers = data_store_open (app->config->store, DATA_ACCESS_SERVE, error);
  if (writers == NULL)
    return NULL;

  start_threads (app, writers, memory);
  note_start (app, earlier_run (past, app->self->name));
  server_trouble_listen (app->trouble, note_trouble, app);
  server_field_start (app->field, app->part, app->config);
  start_sealer (app);
  app->timer = g_timeout_add_seconds (1, every_second, app);
  return g_steal_pointer (&app);
}

void
server_app_reload (ServerApp *app)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ServerConfig) config = read_config (&app->options, &error);

  server_trouble_set (app->trouble, "configuration file", error != NULL ? error->message : NULL);
  if (config == NULL)
    return;
  if (g_strcmp0 (config->name, app->config->name) != 0 || g_strcmp0 (config->store, app->config->store) != 0)
    g_warning ("%s: name and store change with a restart only", app->options.config);
  server_config_free (app->config);
  app->config = g_steal_pointer (&config);
  server_sealer_keep (app->sealer, days (app->config->keep_readings), days (app->config->keep_days));
  reconfigure (app, "configuration file read again");
}

gboolean
server_app_stop (ServerApp *app, GError **error)
{
  g_source_remove (app->timer);
  server_sealer_stop (app->sealer);
  server_feed_free (app->feed);
  server_field_stop (app->field);
  server_trouble_listen (app->trouble, NULL, NULL);
  note (app, GDP_EVENT_SERVER_STOPPED, NULL);
  gboolean all = server_pipeline_stop (app->pipeline);
  gboolean good = server_writer_stop (app->writer, error);
  if (good && !all)
    g_warning ("the store did not take the last readings in time; they were never acknowledged");
  app_free (app);
  return good && all;
}
