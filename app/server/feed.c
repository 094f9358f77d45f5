/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feed.h"

#include "part.h"

#include <glib-unix.h>

struct ServerFeed {
  /* borrowed */
  DataStore      *store;
  const char     *server;
  ServerPipeline *pipeline;
  void          (*revision_changed) (gint64 revision, gpointer user_data);
  gpointer        user_data;
  /* owned */
  GdpNetwork     *whole, *part;
  gint64          told;      /* the revision that was told last */
  guint           source;    /* 0 = no waking; then once a second must do */
};

/* Why its person may not; NULL = may. */
static char *
refusal_of (ServerFeed *feed, const DataCommand *command)
{
  g_autoptr (GError) error = NULL;
  GdpAct act;

  if (!server_pipeline_act (command->kind, &act) || data_store_may (feed->store, command->who, act, &error))
    return NULL;
  return g_strdup (error->message);
}

/* One command goes one way: taken (durably, so that nobody else takes it and it cannot expire),
 * then executed. */
static void
take_command (ServerFeed *feed, const DataCommand *command)
{
  g_autoptr (GError) error = NULL;

  if (command->object != NULL && !server_part_answers (feed->whole, feed->part, command->object))
    return;   /* another server's */
  if (data_store_take_command (feed->store, command->id, feed->server, g_get_real_time (), &error))
    server_pipeline_execute (feed->pipeline, data_command_copy (command), refusal_of (feed, command));
  else if (!g_error_matches (error, DATA_ERROR, DATA_ERROR_CONFLICT))
    g_warning ("command %" G_GINT64_FORMAT " of %s: %s", command->id, command->who, error->message);
}

static void
look_for_commands (ServerFeed *feed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) commands = data_store_posted_commands (feed->store, &error);
  gint64 now = g_get_real_time ();
  gboolean late = FALSE;

  if (commands == NULL) {
    g_warning ("cannot read the commands: %s", error->message);
    return;
  }
  for (guint i = 0; i < commands->len; i++) {
    const DataCommand *command = g_ptr_array_index (commands, i);
    if (command->expires <= now)
      late = TRUE;
    else
      take_command (feed, command);
  }
  if (late && !data_store_expire_commands (feed->store, now, &error))
    g_warning ("cannot expire late commands: %s", error->message);
}

void
server_feed_look (ServerFeed *feed)
{
  g_autoptr (GError) error = NULL;
  gint64 revision = data_store_revision (feed->store, &error);

  if (revision < 0)
    g_warning ("cannot read the configuration's revision: %s", error->message);
  else if (revision != feed->told) {
    feed->told = revision;
    feed->revision_changed (revision, feed->user_data);
  }
  look_for_commands (feed);
}

static gboolean
woken (int fd, GIOCondition condition, gpointer user_data)
{
  ServerFeed *feed = user_data;

  data_store_woken (feed->store);
  server_feed_look (feed);
  return G_SOURCE_CONTINUE;
}

ServerFeed *
server_feed_new (DataStore *store, const char *server, ServerPipeline *pipeline,
                 void (*revision_changed) (gint64 revision, gpointer user_data), gpointer user_data)
{
  ServerFeed *feed = g_new0 (ServerFeed, 1);
  g_autoptr (GError) error = NULL;

  feed->store = store;
  feed->server = server;
  feed->pipeline = pipeline;
  feed->revision_changed = revision_changed;
  feed->user_data = user_data;
  int fd = data_store_wake_fd (store, &error);
  if (fd >= 0)
    feed->source = g_unix_fd_add (fd, G_IO_IN, woken, feed);
  else
    g_warning ("%s; looking for commands once a second", error->message);
  return feed;
}

void
server_feed_free (ServerFeed *feed)
{
  if (feed->source != 0)
    g_source_remove (feed->source);
  g_clear_pointer (&feed->whole, gdp_network_unref);
  g_clear_pointer (&feed->part, gdp_network_unref);
  g_free (feed);
}

void
server_feed_set_network (ServerFeed *feed, GdpNetwork *whole, GdpNetwork *part)
{
  g_clear_pointer (&feed->whole, gdp_network_unref);
  g_clear_pointer (&feed->part, gdp_network_unref);
  feed->whole = gdp_network_ref (whole);
  feed->part = gdp_network_ref (part);
  feed->told = whole->revision;
}
