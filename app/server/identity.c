/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "identity.h"

#include <unistd.h>

#include "clock.h"

/* Whose process ids ours is one of: this run of the kernel's, or of the container we are in. */
static char *
own_machine (void)
{
  g_autofree char *boot = NULL, *space = g_file_read_link ("/proc/self/ns/pid", NULL);

  g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL);
  return g_strdup_printf ("%s %s", boot != NULL ? g_strchomp (boot) : "", space != NULL ? space : "");
}

DataServer *
server_identity_new (const ServerConfig *config)
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
find (const DataChanges *memory, const char *name)
{
  for (guint i = 0; i < memory->servers->len; i++) {
    const DataServer *server = memory->servers->pdata[i];
    if (g_strcmp0 (server->name, name) == 0)
      return server;
  }
  return NULL;
}

const DataServer *
server_identity_lost (const DataChanges *past, const DataServer *spool, const char *name)
{
  const DataServer *store = past != NULL ? find (past, name) : NULL, *last = store != NULL ? store : spool;

  if (store != NULL && spool != NULL && store->started == spool->started)
    last = store->pid == 0 || (spool->pid != 0 && store->heartbeat > spool->heartbeat) ? store : spool;
  else if (store != NULL && spool != NULL && spool->started > store->started)
    last = spool;
  return last != NULL && last->pid != 0 ? last : NULL;
}

gboolean
server_identity_lives (const DataChanges *memory, const char *name)
{
  const DataServer *server = find (memory, name);

  return server != NULL && server->pid != 0 && server_clock_now () - server->heartbeat < DATA_SERVER_DEAD;
}
