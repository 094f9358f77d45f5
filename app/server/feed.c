/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feed.h"

#include "clock.h"
#include "part.h"

#include <glib-unix.h>

#define REST 10   /* ms between two looks: every commit wakes it, its own server's, too, of which a busy one makes hundreds */

struct ServerFeed {
  /* borrowed */
  DataStore      *store;
  const char     *server;
  ServerPipeline *pipeline;
  ServerTrouble  *trouble;
  void          (*revision_changed) (gint64 revision, gpointer user_data);
  gpointer        user_data;
  /* owned */
  GdpNetwork     *whole, *part;
  gint64          told;      /* the revision that was told last */
  gboolean        tells;     /* of other servers that are down */
  gboolean        changed;   /* the configuration, by a command, since */
  gint64          wishes;    /* number of the last wish that was told */
  char           *digest;    /* of image: most wishes of a campaign are for one */
  GBytes         *image;
  guint           source;    /* 0 = no waking; then once a second must do */
  guint           soon;      /* 0 = nothing to look for at the end of the rest */
  gint64          looked;    /* monotonic µs */
};

/* It changes the configuration in the store, which is read anew then as after any other change. */
static gboolean
is_of_limits (const DataCommand *command)
{
  return g_str_equal (command->kind, "limits");
}

/* Why its person, who is of @role, may not; NULL = may. */
static char *
refusal_of (ServerFeed *feed, const DataCommand *command, GdpRole *role)
{
  g_autoptr (GError) error = NULL;
  GdpAct act = GDP_ACT_CONFIGURE;

  if (!is_of_limits (command) && !server_pipeline_act (command->kind, &act))
    return NULL;
  if (data_store_may (feed->store, command->who, act, &error) && data_store_role (feed->store, command->who, role, &error))
    return NULL;
  return g_strdup (error->message);
}

/* Without being taken: in one transaction it is done, or it is not. @refusal: (out): NULL = there is nothing to refuse;
 * where the store cannot be written just now, it is tried again until the command expires. */
static void
change_limits (ServerFeed *feed, const DataCommand *command, char **refusal)
{
  g_autoptr (GError) error = NULL;
  GdpRole role;

  if ((*refusal = refusal_of (feed, command, &role)) != NULL)
    return;
  if (command->object == NULL)
    *refusal = g_strdup ("the command does not say what it is for");
  else if (command->comment == NULL || *command->comment == '\0')
    *refusal = g_strdup ("a change of limits takes a reason");
  else if (data_store_change_limits (feed->store, command, server_clock_now (), &error))
    feed->changed = TRUE;
  else if (g_error_matches (error, DATA_ERROR, DATA_ERROR_REFUSED))
    *refusal = g_strdup (error->message);
  else if (!g_error_matches (error, DATA_ERROR, DATA_ERROR_CONFLICT))
    g_warning ("limits of %s, wanted by %s: %s", command->object, command->who, error->message);
}

/* One command goes one way: taken (durably, so that nobody else takes it and it cannot expire),
 * then executed. */
static void
take_command (ServerFeed *feed, const DataCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *refusal = NULL;
  GdpRole role = GDP_ROLE_VIEWER;

  if (command->object != NULL && (!server_part_answers (feed->whole, feed->part, command->object)
                                  || server_part_is_anothers (feed->server, feed->tells, command->object)))
    return;   /* another server's */
  if (is_of_limits (command)) {
    change_limits (feed, command, &refusal);
    if (refusal == NULL)
      return;
  }
  if (data_store_take_command (feed->store, command->id, feed->server, server_clock_now (), &error)) {
    if (refusal == NULL)
      refusal = refusal_of (feed, command, &role);
    server_pipeline_execute (feed->pipeline, data_command_copy (command), role, g_steal_pointer (&refusal));
  } else if (!g_error_matches (error, DATA_ERROR, DATA_ERROR_CONFLICT))
    g_warning ("command %" G_GINT64_FORMAT " of %s: %s", command->id, command->who, error->message);
}

static gboolean
look_for_commands (ServerFeed *feed, GError **error)
{
  g_autoptr (GPtrArray) commands = data_store_posted_commands (feed->store, error);
  gint64 now = server_clock_now ();
  gboolean late = FALSE;

  if (commands == NULL)
    return FALSE;
  for (guint i = 0; i < commands->len; i++) {
    const DataCommand *command = g_ptr_array_index (commands, i);
    if (command->expires <= now)
      late = TRUE;
    else
      take_command (feed, command);
  }
  return !late || data_store_expire_commands (feed->store, now, error);
}

/* Of a wish that is to be sent. NULL with an error. */
static GBytes *
image_of (ServerFeed *feed, const GdpWish *wish, GError **error)
{
  if (g_strcmp0 (feed->digest, wish->digest) != 0) {
    g_clear_pointer (&feed->image, g_bytes_unref);
    g_free (feed->digest);
    feed->image = data_store_firmware (feed->store, wish->digest, error);
    feed->digest = feed->image != NULL ? g_strdup (wish->digest) : NULL;
  }
  return feed->image != NULL ? g_bytes_ref (feed->image) : NULL;
}

/* FALSE: the store cannot be read just now. An image that is not there or damaged is a reason to end the wish. */
static gboolean
tell_wish (ServerFeed *feed, const GdpWish *wish)
{
  g_autoptr (GError) error = NULL;
  GBytes *image = wish->state == GDP_WISH_WANTED ? image_of (feed, wish, &error) : NULL;

  if (error != NULL) {
    g_warning ("firmware %s: %s", wish->version, error->message);
    if (!g_error_matches (error, DATA_ERROR, DATA_ERROR_MISSING)
        && !g_error_matches (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE))
      return FALSE;
  }
  server_pipeline_wish (feed->pipeline, gdp_wish_copy (wish), image, error != NULL ? g_strdup (error->message) : NULL);
  return TRUE;
}

/* Those for links that are not served here are left alone by the pipeline. */
static gboolean
look_for_wishes (ServerFeed *feed, GError **error)
{
  g_autoptr (GPtrArray) wishes = data_store_wishes (feed->store, feed->wishes, error);

  for (guint i = 0; wishes != NULL && i < wishes->len; i++) {
    const GdpWish *wish = wishes->pdata[i];
    if (gdp_wish_open (wish->state) && !tell_wish (feed, wish))
      break;
    feed->wishes = wish->seq;
  }
  return wishes != NULL;
}

static gboolean
look_for_revision (ServerFeed *feed, GError **error)
{
  gint64 revision = data_store_revision (feed->store, error);

  if (revision >= 0 && revision != feed->told) {
    feed->told = revision;
    feed->revision_changed (revision, feed->user_data);
  }
  return revision >= 0;
}

void
server_feed_set_tells (ServerFeed *feed, gboolean tells)
{
  feed->tells = tells;
}

void
server_feed_look (ServerFeed *feed)
{
  g_autoptr (GError) error = NULL;

  gboolean seen = look_for_revision (feed, &error) && look_for_commands (feed, &error)
                  && (!feed->changed || look_for_revision (feed, &error)) && look_for_wishes (feed, &error);
  feed->changed = FALSE;
  server_trouble_set (feed->trouble, "reading what is wanted", seen ? NULL : error->message);
  feed->looked = g_get_monotonic_time ();
}

static gboolean
rested (gpointer user_data)
{
  ServerFeed *feed = user_data;

  feed->soon = 0;
  server_feed_look (feed);
  return G_SOURCE_REMOVE;
}

static gboolean
woken (int fd, GIOCondition condition, gpointer user_data)
{
  ServerFeed *feed = user_data;

  data_store_woken (feed->store);
  if (g_get_monotonic_time () - feed->looked >= REST * G_TIME_SPAN_MILLISECOND)
    server_feed_look (feed);
  else if (feed->soon == 0)
    feed->soon = g_timeout_add (REST, rested, feed);
  return G_SOURCE_CONTINUE;
}

ServerFeed *
server_feed_new (DataStore *store, const char *server, ServerPipeline *pipeline, ServerTrouble *trouble,
                 void (*revision_changed) (gint64 revision, gpointer user_data), gpointer user_data)
{
  ServerFeed *feed = g_new0 (ServerFeed, 1);
  g_autoptr (GError) error = NULL;

  feed->store = store;
  feed->server = server;
  feed->pipeline = pipeline;
  feed->trouble = trouble;
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
  if (feed->soon != 0)
    g_source_remove (feed->soon);
  g_clear_pointer (&feed->whole, gdp_network_unref);
  g_clear_pointer (&feed->part, gdp_network_unref);
  g_clear_pointer (&feed->image, g_bytes_unref);
  g_free (feed->digest);
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
  feed->wishes = 0;   /* there may be some for links that are new here */
}
