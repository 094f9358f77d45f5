/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app.h"

#include "ailments.h"
#include "claims.h"
#include "clock.h"
#include "feed.h"
#include "field.h"
#include "floods.h"
#include "identity.h"
#include "notify.h"
#include "part.h"
#include "pipeline.h"
#include "run-downs.h"
#include "sealer.h"
#include "takeover.h"

#include <glib-unix.h>
#include <unistd.h>

#define QUEUE_REPORTS 4096
#define QUEUE_BYTES   (4 * 1024 * 1024)
#define RETRY_SECONDS 5     /* links held by others, address in use */
#define STRANGERS_SECONDS 5
#define RESERVE_SECONDS 15  /* after the start, or a silence */
#define SPOOL_AT_ONCE 64
#define SPOOL_PATIENCE (10 * G_TIME_SPAN_SECOND)   /* that is waited at the start for what waits there */
#define TRAFFIC_SECONDS 5   /* each counter that has changed is told so often, unless there are very many: */
#define TRAFFIC_MOST 1000   /* … in a second: about 10 ms for which commits wait */

struct ServerApp {
  ServerOptions   options;
  ServerQuitFunc  quit;
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
  ServerFloods   *floods;
  ServerAilments *ailments;
  guint           timer;
  guint           seconds;    /* of the timer */
  guint           ripe;       /* of those, from when on what others leave is taken */
  gboolean        outdated;   /* a newer configuration could not be read yet */
  int             own;        /* the spool's file, locked; -1 = there is none */
  gboolean        apart;      /* began from the copy in the spool, and has not yet gone by the store itself */
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
load_network (ServerApp *app, DataStore *from, GError **error)
{
  GdpNetwork *network = data_store_network (from, error);

  if (network == NULL)
    return NULL;
  g_autoptr (GPtrArray) warnings = server_config_apply (app->config, network);
  tell_warnings (app, warnings);
  if (network->n_sites == 0)
    g_message ("no sites yet; import passports: gdpctl import FILE");
  return network;
}

/* Makes @network, of which the @held links are served here, the app's. @memory is read after the claims, so that
 * it holds the last that an earlier holder of a link wrote. On an error the app is as it was. */
static gboolean
adopt (ServerApp *app, GdpNetwork *network, const gboolean *held, DataStore *from, DataChanges **memory, GError **error)
{
  g_autoptr (GdpNetwork) part = server_part_new (network, held, error);
  if (part == NULL || (*memory = data_store_changes (from, 0, error)) == NULL)
    return FALSE;
  g_autoptr (GArray) marks = data_store_marks (from, error);
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
  app->held = g_memdup2 (held, network->n_links * sizeof *held);
  return TRUE;
}

/* Takes what can be had of @network first. */
static gboolean
claim (ServerApp *app, GdpNetwork *network, DataChanges **memory, GError **error)
{
  g_autofree gboolean *held = g_new0 (gboolean, network->n_links);

  server_claims_take (app->store, network, app->config, app->self, app->part, app->seconds >= app->ripe, app->trouble,
                      held);
  return adopt (app, network, held, app->store, memory, error);
}

static ServerTakeover
takeover (ServerApp *app, const GdpNetwork *before)
{
  return (ServerTakeover) { app->whole, app->part, before, app->self->name };
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

static void
resume_commands (ServerApp *app, GPtrArray *left)
{
  for (guint i = 0; i < left->len; i++)
    server_pipeline_interrupted (app->pipeline, left->pdata[i]);
}

/* Reads the network again, ends what has changed in the field, and starts what is new. On an error the old
 * one stays in force, and so it does while the store has not yet all that was seen here. */
static void
reconfigure (ServerApp *app, const char *why)
{
  if (server_writer_spools (app->writer)) {
    app->outdated = TRUE;
    return;
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = load_network (app, app->store, &error);
  g_autoptr (GdpNetwork) before = gdp_network_ref (app->part);
  DataChanges *memory = NULL;

  if (network != NULL && claim (app, network, &memory, &error)) {
    server_field_release (app->field, app->part, app->config);
    leave_links (app, before);
    ServerTakeover more = takeover (app, before), afresh = takeover (app, app->apart ? NULL : before);
    server_takeover_keep (&more, memory);
    g_autoptr (GPtrArray) left = server_takeover_commands (&afresh, memory);
    server_pipeline_set_network (app->pipeline, app->part, memory);
    resume_commands (app, left);
    app->apart = FALSE;
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
  g_autofree char *ending = server_trouble_ending (app->trouble);

  if (ending != NULL)
    app->quit (ending, app->user_data);
  switch (server_writer_concern (app->writer)) {
  case SERVER_CONCERN_OUSTED:
    app->quit ("another process has taken over this server's name; give one of them another --name", app->user_data);
    break;
  case SERVER_CONCERN_LAPSED:
    app->ripe = app->seconds + RESERVE_SECONDS;   /* the database was away: for the others, too, who may be coming back */
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
  if (server_writer_spools (app->writer))
    return;
  end_lost (app);
  server_ailments_look_at_others (app->ailments, app->store);
  if (server_claims_take (app->store, app->whole, app->config, app->self, app->part, app->seconds >= app->ripe,
                          app->trouble, app->held))
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
  if (!app->apart && server_writer_store_answers (app->writer)) {
    server_feed_set_tells (app->feed, server_ailments_tells_of_others (app->ailments));
    server_feed_look (app->feed);
    server_floods_look (app->floods);
  }
  /* A store that refuses is no reason for a restart; a writer or an engine that stands still is. */
  if (server_writer_lives (app->writer))
    server_notify ("WATCHDOG=1");
  if (app->seconds % RETRY_SECONDS == 0)
    retry (app);
  server_ailments_look (app->ailments);
  put_traffic (app);
  if (app->seconds % STRANGERS_SECONDS == 0)
    put_strangers (app);
  return G_SOURCE_CONTINUE;
}

/* ---- start and end ------------------------------------------------------------------------------------ */

static GdpEngine *
restored_engine (ServerApp *app, DataChanges *memory)
{
  GdpEngine *engine = gdp_engine_new (app->part, app->self->name, server_clock_now ());
  ServerTakeover all = takeover (app, NULL);

  server_takeover_keep (&all, memory);
  for (guint i = 0; i < memory->alarms->len; i++)
    gdp_engine_restore_alarm (engine, g_ptr_array_index (memory->alarms, i));
  for (guint i = 0; i < memory->readings->len; i++)
    gdp_engine_restore_reading (engine, &g_array_index (memory->readings, GdpReading, i));
  gdp_engine_restore_contacts (engine, memory->contacts);
  if (!app->apart)
    server_run_downs_restore (app->store, engine, app->part, server_clock_now ());
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

/* What an earlier run could not bring to the store comes first: from what it says of alarms and marks this one starts,
 * and a command that it has executed is done, before what it did not finish counts as failed. TRUE: nothing waits. */
static gboolean
empty_spool (ServerApp *app, DataSpool *spool, GError **error)
{
  gboolean copied = data_spool_store (spool) != NULL;   /* else it cannot be begun without all that waits */
  gint64 deadline = g_get_monotonic_time () + SPOOL_PATIENCE;
  guint done = 0, all = 0;

  do {
    if (!data_spool_forward (spool, app->store, SPOOL_AT_ONCE, &done, error))
      return FALSE;
    all += done;
  } while (done > 0 && (!copied || g_get_monotonic_time () < deadline));
  if (all > 0)
    g_message ("%u batches of an earlier run brought from the spool to the store", all);
  return done == 0;
}

/* Opens the store. With a spool, when it cannot be reached, or has not all that waits there within a while: it will be
 * opened later, and the app is to begin apart, from the copy in the spool. */
static gboolean
find_store (ServerApp *app, DataSpool *spool, GError **error)
{
  g_autoptr (GError) reason = NULL;

  app->store = data_store_open (app->config->store, DATA_ACCESS_SERVE, &reason);
  if (app->store != NULL && (spool == NULL || empty_spool (app, spool, &reason)))
    return TRUE;
  if (reason != NULL && spool != NULL && server_trouble_passes (reason) && data_spool_store (spool) == NULL)
    g_prefix_error (&reason, "there is no copy of the configuration in %s yet to begin from, and ", app->config->spool);
  else if (reason == NULL || (spool != NULL && server_trouble_passes (reason))) {
    g_message ("begun from the copy of the configuration in %s: %s", app->config->spool,
               reason != NULL ? reason->message : "it holds more than can be brought to the store before");
    app->apart = TRUE;
    g_clear_pointer (&app->store, data_store_close);
    return (app->store = data_store_open_later (app->config->store, DATA_ACCESS_SERVE, error)) != NULL;
  }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* Registers the server and takes its links. */
static gboolean
begin (ServerApp *app, DataChanges **past, DataChanges **memory, GError **error)
{
  *past = data_store_changes (app->store, 0, error);
  server_clock_heed (app->store);
  app->self->started = app->self->heartbeat = server_clock_now ();
  if (*past == NULL || !data_store_start_server (app->store, app->self, error))
    return FALSE;
  g_autoptr (GdpNetwork) network = load_network (app, app->store, error);
  return network != NULL && claim (app, network, memory, error);
}

/* The same from the copy in @spool: the links that were this server's last. */
static gboolean
begin_apart (ServerApp *app, DataSpool *spool, DataChanges **memory, GError **error)
{
  g_autoptr (GdpNetwork) network = load_network (app, data_spool_store (spool), error);
  g_autoptr (GArray) keys = data_spool_links (spool, app->self->name, error);
  if (network == NULL || keys == NULL)
    return FALSE;
  app->self->started = app->self->heartbeat = server_clock_now ();
  g_autofree gboolean *held = g_new (gboolean, network->n_links);
  g_autoptr (GHashTable) ours = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < keys->len; i++)
    g_hash_table_add (ours, &g_array_index (keys, gint64, i));
  for (guint i = 0; i < network->n_links; i++)
    held[i] = g_hash_table_contains (ours, &network->links[i].key)
              && server_field_missing (app->config, &network->links[i]) == NULL;
  return adopt (app, network, held, data_spool_store (spool), memory, error);
}

static void
start_threads (ServerApp *app, DataStore *store, ServerSpooler *spooler, DataChanges *memory)
{
  app->writer = server_writer_start (store, data_server_copy (app->self), app->queue, app->trouble, spooler, !app->apart);
  app->pipeline = server_pipeline_start (restored_engine (app, memory), new_orders (app), app->self->name, app->queue, app->writer,
                                         room, app->field);
  app->refill = server_refill_new (app->config->store);
  server_pipeline_refill (app->pipeline, app->refill);
  app->feed = server_feed_new (app->store, app->self->name, app->pipeline, app->trouble, revision_changed, app);
  server_feed_set_network (app->feed, app->whole, app->part);
  app->floods = server_floods_new (app->store, app->self->name, app->trouble);
  ServerTakeover all = takeover (app, NULL);
  g_autoptr (GPtrArray) left = server_takeover_commands (&all, memory);
  resume_commands (app, left);
}

/* Of the run before this one, as the spool knows it. (transfer full, nullable) */
static DataServer *
begin_spool (ServerApp *app, DataSpool *spool)
{
  g_autoptr (GError) error = NULL;
  DataServer *before = NULL;

  if (spool != NULL && !data_spool_begin (spool, app->self, &before, &error))
    g_warning ("%s", error->message);
  return before;
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
  if (app->own >= 0)
    close (app->own);
  g_free (app);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerApp, app_free)

ServerApp *
server_app_start (const ServerOptions *options, ServerQuitFunc quit, gpointer user_data, GError **error)
{
  g_autoptr (ServerApp) app = g_new0 (ServerApp, 1);
  g_autoptr (DataChanges) memory = NULL;

  app->options = *options;
  app->own = -1;
  app->quit = quit;
  app->ripe = RESERVE_SECONDS;
  app->user_data = user_data;
  app->config = server_config_read (options, error);
  if (app->config == NULL)
    return NULL;
  app->self = server_identity_new (app->config);
  app->trouble = server_trouble_new ();
  app->queue = server_queue_new (QUEUE_REPORTS, QUEUE_BYTES);
  app->sink = (CommsSink) { take, now, app->queue };
  app->field = server_field_new (&app->sink, app->trouble);

  g_autoptr (DataSpool) spool = app->config->spool != NULL ? data_spool_open (app->config->spool, error) : NULL;
  if (app->config->spool != NULL && (spool == NULL || (app->own = server_spooler_own (app->config->spool, error)) < 0))
    return NULL;
  g_autoptr (DataChanges) past = NULL;
  if (!find_store (app, spool, error)
      || !(app->apart ? begin_apart (app, spool, &memory, error) : begin (app, &past, &memory, error)))
    return NULL;
  DataStore *writers = data_store_open_later (app->config->store, DATA_ACCESS_SERVE, error);
  if (writers == NULL)
    return NULL;
  ServerSpooler *spooler = NULL;
  if (app->config->spool != NULL
      && (spooler = server_spooler_start (app->config->spool, (gint64) app->config->spool_most << 20, app->config->store,
                                          app->apart, app->trouble, error)) == NULL) {
    data_store_close (writers);
    return NULL;
  }
  g_autoptr (DataServer) spooled = begin_spool (app, spool);
  g_clear_pointer (&spool, data_spool_close);

  start_threads (app, writers, spooler, memory);
  note_start (app, server_identity_lost (past, spooled, app->self->name));
  server_trouble_listen (app->trouble, note_trouble, app);
  server_field_start (app->field, app->part, app->config);
  start_sealer (app);
  app->ailments = server_ailments_new (app->self->name, app->config, app->trouble, app->pipeline);
  app->timer = g_timeout_add_seconds (1, every_second, app);
  return g_steal_pointer (&app);
}

void
server_app_reload (ServerApp *app)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ServerConfig) config = server_config_read (&app->options, &error);

  server_trouble_set (app->trouble, "configuration file", error != NULL ? error->message : NULL);
  if (config == NULL)
    return;
  if (g_strcmp0 (config->name, app->config->name) != 0 || g_strcmp0 (config->store, app->config->store) != 0)
    g_warning ("%s: name and store change with a restart only", app->options.config);
  server_config_free (app->config);
  app->config = g_steal_pointer (&config);
  server_sealer_keep (app->sealer, days (app->config->keep_readings), days (app->config->keep_days));
  server_ailments_configure (app->ailments, app->config);
  reconfigure (app, "configuration file read again");
}

gboolean
server_app_stop (ServerApp *app, GError **error)
{
  g_source_remove (app->timer);
  g_clear_pointer (&app->ailments, server_ailments_free);
  server_sealer_stop (app->sealer);
  server_feed_free (app->feed);
  server_floods_free (app->floods);
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
