/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ailments.h"

#include <math.h>
#include <string.h>
#include <sys/statvfs.h>

#include "clock.h"

#define LASTS        5             /* seconds: shorter troubles are told in the journal alone */
#define DISK_SECONDS 10
#define MIB          (1024.0 * 1024)
#define ROOM         1.25          /* so much more than the least: a disk at the edge does not chatter */

static const struct { const char *subject; GdpCondition condition; } known[] = {
  { "store", GDP_CONDITION_STORE },
  { "disk",  GDP_CONDITION_DISK },
  { "clock", GDP_CONDITION_TIME },
};

struct ServerAilments {
  /* borrowed */
  const char     *server;
  ServerTrouble  *trouble;
  ServerPipeline *pipeline;
  /* owned */
  GStrv           folders;       /* of what this server writes on its machine; NULL-terminated */
  guint           least;         /* MiB free, 0 = is not looked at */
  guint           seconds;
  gint64          heard, looked; /* monotonic µs: since when the store hears this server; at others */
  gboolean        tells;         /* of others that are down */
  gint64          since[G_N_ELEMENTS (known)];   /* µs, 0 = it is well */
  guint           lasted[G_N_ELEMENTS (known)];  /* seconds */
  enum { NOTHING, WELL, AILS } told[G_N_ELEMENTS (known)];
};

static void
add_folder (GStrvBuilder *folders, const char *path)
{
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

  if (folder != NULL)
    g_strv_builder_add (folders, folder);
}

void
server_ailments_configure (ServerAilments *ailments, const ServerConfig *config)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  g_autofree char *store = config->store != NULL ? g_strdup (config->store) : data_default_uri ();

  add_folder (folders, g_str_has_prefix (store, "sqlite:") ? store + strlen ("sqlite:") : NULL);
  add_folder (folders, config->spool);
  g_strfreev (ailments->folders);
  ailments->folders = g_strv_builder_end (folders);
  ailments->least = config->disk_least;
  ailments->seconds = 0;
}

ServerAilments *
server_ailments_new (const char *server, const ServerConfig *config, ServerTrouble *trouble, ServerPipeline *pipeline)
{
  ServerAilments *ailments = g_new0 (ServerAilments, 1);

  ailments->server = server;
  ailments->trouble = trouble;
  ailments->pipeline = pipeline;
  ailments->heard = ailments->looked = g_get_monotonic_time ();
  server_ailments_configure (ailments, config);
  return ailments;
}

void
server_ailments_free (ServerAilments *ailments)
{
  g_strfreev (ailments->folders);
  g_free (ailments);
}

/* Of all that it writes to, the first that lacks room; NULL = none. @least: MiB. (transfer full) */
static char *
lacking (const ServerAilments *ailments, double least)
{
  for (char **folder = ailments->folders; *folder != NULL; folder++) {
    struct statvfs disk;
    double room = statvfs (*folder, &disk) == 0 ? (double) disk.f_bavail * (double) disk.f_frsize / MIB : INFINITY;
    if (room < least)
      return g_strdup_printf ("%s: only %.0f MiB are left; make room there", *folder, room);
  }
  return NULL;
}

/* What is left changes all the time: it is told once. */
static void
look_at_disks (ServerAilments *ailments)
{
  g_autofree char *was = server_trouble_of (ailments->trouble, "disk");
  g_autofree char *is = lacking (ailments, was != NULL ? ROOM * ailments->least : ailments->least);

  if ((was == NULL) != (is == NULL))
    server_trouble_set (ailments->trouble, "disk", is);
}

/* Once: while the engine stands still because nothing can be written, what it is told would pile up. */
static void
tell (ServerAilments *ailments, guint which)
{
  g_autofree char *text = server_trouble_of (ailments->trouble, known[which].subject);
  gboolean is = text != NULL && ++ailments->lasted[which] > LASTS;
  guint told = is ? AILS : WELL;

  if (text == NULL)
    ailments->lasted[which] = 0;
  else if (ailments->lasted[which] == 1)
    ailments->since[which] = server_clock_now ();
  if (ailments->told[which] == told || (text != NULL && !is))
    return;
  ailments->told[which] = told;
  server_pipeline_ail (ailments->pipeline, ailments->server, known[which].condition, is, text,
                       is ? ailments->since[which] : server_clock_now ());
}

void
server_ailments_look (ServerAilments *ailments)
{
  if (ailments->seconds++ % DISK_SECONDS == 0)
    look_at_disks (ailments);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    tell (ailments, i);
}

/* ---- others -------------------------------------------------------------------------------- */

static gboolean
is_silent (const DataServer *server, gint64 now)
{
  return server->pid != 0 && now - server->heartbeat > DATA_SERVER_LOST;
}

/* Who has been there longest tells: so it does not change while that one lives. */
static gboolean
is_before (const DataServer *other, const DataServer *self)
{
  return other->started != self->started ? other->started < self->started : strcmp (other->name, self->name) < 0;
}

static gboolean
is_teller (const DataServer *self, const GPtrArray *servers, gint64 now)
{
  for (guint i = 0; i < servers->len; i++) {
    const DataServer *other = servers->pdata[i];
    if (other->pid != 0 && !is_silent (other, now) && is_before (other, self))
      return FALSE;
  }
  return TRUE;
}

static const DataServer *
find_self (const ServerAilments *ailments, const GPtrArray *servers)
{
  for (guint i = 0; i < servers->len; i++)
    if (g_strcmp0 (((const DataServer *) servers->pdata[i])->name, ailments->server) == 0)
      return servers->pdata[i];
  return NULL;
}

/* Not before this server has been heard for as long as makes another one silent: where nobody could write, nobody was heard. */
static gboolean
may_judge (ServerAilments *ailments, const DataServer *self, gint64 now)
{
  gint64 mono = g_get_monotonic_time ();

  if (self == NULL || is_silent (self, now) || mono - ailments->looked > DATA_SERVER_LOST)
    ailments->heard = mono;
  ailments->looked = mono;
  return mono - ailments->heard > DATA_SERVER_LOST;
}

/* Whoever tells goes on with what the store has of it; nobody else keeps any of it. */
static void
set_teller (ServerAilments *ailments, DataStore *store, gboolean tells)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *alarms = tells ? data_store_alarms (store, &error) : g_ptr_array_new ();

  if (alarms == NULL) {
    g_debug ("%s", error->message);   /* others say it */
    return;
  }
  server_pipeline_set_down (ailments->pipeline, alarms);
  ailments->tells = tells;
}

void
server_ailments_look_at_others (ServerAilments *ailments, DataStore *store)
{
  gint64 now = server_clock_now ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = data_store_servers (store, &error);
  const DataServer *self = servers != NULL ? find_self (ailments, servers) : NULL;
  gboolean tells = may_judge (ailments, self, now) && is_teller (self, servers, now);

  if (servers == NULL)
    g_debug ("%s", error->message);   /* others say it */
  if (tells != ailments->tells)
    set_teller (ailments, store, tells);
  for (guint i = 0; tells && ailments->tells && i < servers->len; i++) {
    const DataServer *one = servers->pdata[i];
    gboolean silent = is_silent (one, now);
    server_pipeline_ail (ailments->pipeline, one->name, GDP_CONDITION_DOWN, silent, NULL, silent ? one->heartbeat : now);
  }
}

gboolean
server_ailments_tells_of_others (const ServerAilments *ailments)
{
  return ailments->tells && g_get_monotonic_time () - ailments->looked <= DATA_SERVER_LOST;   /* else another one may by now */
}
