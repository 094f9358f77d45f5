/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "floods.h"

#include "clock.h"

#include "data/flood.h"

#define AT_ONCE 4000   /* records: what is behind waits for the next second */

struct ServerFloods {
  /* borrowed */
  DataStore     *store;
  const char    *server;
  ServerTrouble *trouble;
  /* owned */
  GdpFlood      *flood;   /* NULL = not read yet */
};

static gboolean
journal (ServerFloods *floods, GdpEvent *event, GError **error)
{
  gboolean noted;

  event->who = (char *) floods->server;
  if (!data_store_note_flood (floods->store, event, gdp_flood_seq (floods->flood), &noted, error))
    return FALSE;
  if (noted)
    g_message ("%s", event->kind == GDP_EVENT_FLOOD_BEGAN ? "a flood of alarms begins" : "the flood of alarms is over");
  return TRUE;
}

/* What is owed is so only for who has read everything: it is journaled when there is nothing more to read. */
static gboolean
look (ServerFloods *floods, GError **error)
{
  GdpEvent owed;
  guint n;

  if (floods->flood == NULL)
    return (floods->flood = data_flood_read (floods->store, server_clock_now (), NULL, error)) != NULL;
  if (!data_flood_follow (floods->store, floods->flood, AT_ONCE, &n, error))
    return FALSE;
  return n == AT_ONCE || !gdp_flood_owes (floods->flood, server_clock_now (), &owed) || journal (floods, &owed, error);
}

void
server_floods_look (ServerFloods *floods)
{
  g_autoptr (GError) error = NULL;

  server_trouble_set (floods->trouble, "watching for floods of alarms", look (floods, &error) ? NULL : error->message);
}

ServerFloods *
server_floods_new (DataStore *store, const char *server, ServerTrouble *trouble)
{
  ServerFloods *floods = g_new0 (ServerFloods, 1);

  *floods = (ServerFloods) { store, server, trouble, NULL };
  return floods;
}

void
server_floods_free (ServerFloods *floods)
{
  g_clear_pointer (&floods->flood, gdp_flood_free);
  g_free (floods);
}
