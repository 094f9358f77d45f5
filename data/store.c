/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store.h"

#include "sql-private.h"

#include "gdp/flood.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

G_DEFINE_QUARK (data-error-quark, data_error)

static const struct { const char *scheme; const DataBackend *backend; } schemes[] = {
  { "sqlite", &data_sqlite_backend },
  { "postgresql", &data_postgres_backend },
  { "postgres", &data_postgres_backend },
};

char *
data_default_uri (void)
{
  return g_strdup_printf ("sqlite:%s/gdp/store.db", g_get_user_data_dir ());
}

static const DataBackend *
find_backend (const char *uri, GError **error)
{
  const char *colon = strchr (uri, ':');
  g_autofree char *scheme = g_strndup (uri, colon != NULL ? (gsize) (colon - uri) : 0);

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (strcmp (scheme, schemes[i].scheme) == 0)
      return schemes[i].backend;
  g_set_error (error, DATA_ERROR, DATA_ERROR_URI, "%s: not a store; write sqlite:PATH or postgresql://HOST/DATABASE", uri);
  return NULL;
}

static DataStore *
open_store (const char *uri, DataAccess access, gboolean later, GError **error)
{
  g_autofree char *proposed = uri == NULL ? data_default_uri () : NULL;
  if (uri == NULL) {
    g_autofree char *folder = g_path_get_dirname (strchr (proposed, ':') + 1);
    if (access != DATA_ACCESS_READ)
      g_mkdir_with_parents (folder, 0700);   /* opening reports what went wrong, with the path */
    uri = proposed;
  }

  const DataBackend *backend = find_backend (uri, error);
  if (backend == NULL)
    return NULL;
  DataStore *store = backend->open (uri, access, later, error);
  if (store == NULL)
    return NULL;
  store->access = access;
  store->uri = g_strdup (uri);
  if (access == DATA_ACCESS_SERVE)
    ((SqlStore *) store)->live = sql_live_new ();
  return store;
}

DataStore *
data_store_open (const char *uri, DataAccess access, GError **error)
{
  return open_store (uri, access, FALSE, error);
}

DataStore *
data_store_open_later (const char *uri, DataAccess access, GError **error)
{
  return open_store (uri, access, TRUE, error);
}

void
data_store_close (DataStore *store)
{
  if (store == NULL)
    return;
  g_autofree char *uri = store->uri, *person = store->person, *proof = store->proof, *desk = store->desk;
  store->backend->close (store);
}

gboolean
data_store_is_remote (const DataStore *store)
{
  return store->backend != &data_sqlite_backend;
}

static gboolean
may (const DataStore *store, DataAccess needed, GError **error)
{
  if (store->access >= needed)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_PERMISSION, "%s: opened for %s only", store->uri,
               store->access == DATA_ACCESS_READ ? "reading" : "reading and posting");
  return FALSE;
}

GdpNetwork *
data_store_network (DataStore *store, GError **error)
{
  return sql_network (store, error);
}

gint64
data_store_revision (DataStore *store, GError **error)
{
  return sql_revision (store, error);
}

gboolean
data_store_import (DataStore *store, const GdpNetwork *network, const char *who, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_import (store, network, who, now, error);
}

GPtrArray *
data_store_operators (DataStore *store, GError **error)
{
  return sql_operators (store, error);
}

gboolean
data_store_appoint (DataStore *store, const char *name, GdpRole role, const char *who, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_appoint (store, name, role, who, now, error);
}

gboolean
data_store_may (DataStore *store, const char *who, GdpAct act, GError **error)
{
  return sql_may (store, who, act, error);
}

gboolean
data_store_role (DataStore *store, const char *who, GdpRole *role, GError **error)
{
  return sql_role (store, who, role, error);
}

gboolean
data_store_sign_in (DataStore *store, const char *name, const char *password, const char *where, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_sign_in (store, name, password, where, now, error);
}

void
data_store_sign_out (DataStore *store, const char *why, gint64 now)
{
  sql_sign_out (store, why, now);
}

const char *
data_store_user (DataStore *store)
{
  return ((SqlStore *) store)->user;
}

const char *
data_store_person (DataStore *store)
{
  return sql_person (store);
}

gboolean
data_store_set_password (DataStore *store, const char *name, const char *password, const char *who, gint64 now,
                         GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_set_password (store, name, password, who, now, error);
}

gboolean
data_store_post (DataStore *store, DataCommand *command, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_post (store, command, now, error);
}

GPtrArray *
data_store_posted_commands (DataStore *store, GError **error)
{
  return sql_posted (store, error);
}

gboolean
data_store_take_command (DataStore *store, gint64 id, const char *server, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_take (store, id, server, now, error);
}

gboolean
data_store_change_limits (DataStore *store, const DataCommand *command, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_change_limits (store, command, now, error);
}

gboolean
data_store_expire_commands (DataStore *store, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_expire (store, now, error);
}

gboolean
data_store_end_lost (DataStore *store, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_end_lost (store, now, error);
}

gboolean
data_store_commit (DataStore *store, const DataBatch *batch, gint64 *seq, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_commit (store, batch, seq, error);
}

gboolean
data_store_commit_late (DataStore *store, DataBatch *const *batches, guint n, GError **error)
{
  g_return_val_if_fail (n > 0, FALSE);
  return may (store, DATA_ACCESS_SERVE, error) && sql_commit_late (store, batches, n, error);
}

gboolean
data_store_start_server (DataStore *store, const DataServer *server, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_start_server (store, server, error);
}

gboolean
data_store_heartbeat (DataStore *store, const DataServer *server, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_heartbeat (store, server, error);
}

gboolean
data_store_stop_server (DataStore *store, const DataServer *server, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_stop_server (store, server, error);
}

gboolean
data_store_claim_links (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gint64 now,
                        char **refusals, GError **error)
{
  memset (refusals, 0, n * sizeof *refusals);
  return may (store, DATA_ACCESS_SERVE, error)
         && sql_claim_links (store, links, n, server, now, refusals, error);
}

gboolean
data_store_claim_link (DataStore *store, gint64 link, const DataServer *server, gint64 now, GError **error)
{
  g_autofree char *refusal = NULL;

  if (!data_store_claim_links (store, &link, 1, server, now, &refusal, error))
    return FALSE;
  if (refusal != NULL)
    g_set_error_literal (error, DATA_ERROR, DATA_ERROR_CONFLICT, refusal);
  return refusal == NULL;
}

gboolean
data_store_leave_links (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gboolean keep,
                        GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_leave_links (store, links, n, server, keep, error);
}

gboolean
data_store_put_traffic (DataStore *store, const DataTraffic *traffic, gsize n, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_put_traffic (store, traffic, n, error);
}

gboolean
data_store_put_strangers (DataStore *store, const char *server, const GPtrArray *strangers, GError **error)
{
  return may (store, DATA_ACCESS_SERVE, error) && sql_put_strangers (store, server, strangers, error);
}

GPtrArray *
data_store_servers (DataStore *store, GError **error)
{
  return sql_servers (store, error);
}

GArray *
data_store_traffic (DataStore *store, GError **error)
{
  return sql_traffic (store, error);
}

gboolean
data_store_traffic_of (DataStore *store, gboolean link, gint64 key, DataTraffic *traffic, GError **error)
{
  return sql_traffic_of (store, link, key, traffic, error);
}

gboolean
data_store_contact_of (DataStore *store, gboolean link, gint64 key, GdpContactInfo **contact, GError **error)
{
  return sql_contact_of (store, link, key, contact, error);
}

GPtrArray *
data_store_sessions (DataStore *store, const DataSessionFilter *filter, GError **error)
{
  return sql_sessions (store, filter, error);
}

GArray *
data_store_marks (DataStore *store, GError **error)
{
  return sql_marks (store, error);
}

gboolean
data_store_want_firmware (DataStore *store, const GdpWish *wish, GBytes *image, const gint64 *links, guint n, const char *who,
                          gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_POST, error)
         && sql_want_firmware (store, wish, image, links, n, who, now, error);
}

gboolean
data_store_give_up_firmware (DataStore *store, const gint64 *links, guint n, const char *who, gint64 now, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_give_up_firmware (store, links, n, who, now, error);
}

GPtrArray *
data_store_wishes (DataStore *store, gint64 since, GError **error)
{
  return sql_wishes (store, since, error);
}

GBytes *
data_store_firmware (DataStore *store, const char *digest, GError **error)
{
  return sql_firmware (store, digest, error);
}

DataChanges *
data_store_changes (DataStore *store, gint64 since, GError **error)
{
  return sql_changes (store, since, error);
}

int
data_store_wake_fd (DataStore *store, GError **error)
{
  return store->backend->wake_fd (store, error);
}

gint64
data_store_now (DataStore *store)
{
  return store->clock == 0 ? g_get_real_time () : store->clock + g_get_monotonic_time ();
}

gboolean
data_store_clock (DataStore *store, gint64 *ahead)
{
  *ahead = store->ahead;
  return store->backend->clock != NULL;
}

void
data_store_woken (DataStore *store)
{
  store->backend->woken (store);
}

gboolean
data_store_wait (DataStore *store, gint64 timeout)
{
  struct pollfd wait = { .fd = data_store_wake_fd (store, NULL), .events = POLLIN };
  /* Without a descriptor this still is a pause, so that a loop around it looks now and then. */
  struct timespec time = { .tv_sec = timeout / GDP_SECOND, .tv_nsec = timeout % GDP_SECOND * 1000 };

  if (ppoll (&wait, wait.fd >= 0, &time, NULL) <= 0)
    return FALSE;
  data_store_woken (store);
  return TRUE;
}

GPtrArray *
data_store_journal (DataStore *store, const DataJournalFilter *filter, guint64 *hidden, GError **error)
{
  return sql_journal (store, filter, hidden, error);
}

GPtrArray *
data_store_alarms (DataStore *store, GError **error)
{
  return sql_alarms (store, error);
}

gboolean
data_store_note_flood (DataStore *store, const GdpEvent *event, gint64 seq, gboolean *noted, GError **error)
{
  g_return_val_if_fail (gdp_flood_is_word (event), FALSE);
  return sql_note_flood (store, event, seq, noted, error);
}

gboolean
data_store_alarm_events (DataStore *store, DataEventFunc func, gpointer user_data, GCancellable *cancellable, GError **error)
{
  return sql_alarm_events (store, func, user_data, cancellable, error);
}

gboolean
data_store_journal_head (DataStore *store, DataJournalHead *head, GError **error)
{
  return sql_journal_head (store, head, error);
}

GPtrArray *
data_store_limit_changes (DataStore *store, const char *point, guint limit, GError **error)
{
  const char *slash = strchr (point, '/');
  g_autofree char *site = slash != NULL ? g_strndup (point, (gsize) (slash - point)) : NULL;
  DataJournalFilter filter = { .site = site, .object = point, .text = gdp_event_word (GDP_EVENT_LIMITS_CHANGED), .limit = limit };
  GPtrArray *events = data_store_journal (store, &filter, NULL, error);

  for (guint i = events != NULL ? events->len : 0; i-- > 0;)
    if (((GdpEvent *) events->pdata[i])->kind != GDP_EVENT_LIMITS_CHANGED)   /* somebody wrote the word */
      g_ptr_array_remove_index (events, i);
  return events;
}

gboolean
data_store_history (DataStore *store, gint64 point, gint64 since, gint64 until,
                    DataReadingFunc func, gpointer user_data, GError **error)
{
  return sql_history (store, point, since, until, func, user_data, error);
}

GPtrArray *
data_store_trends (DataStore *store, const DataTrendQuery *queries, guint n, GError **damage, GError **error)
{
  for (const DataTrendQuery *query = queries; query < queries + n; query++)
    g_return_val_if_fail (query->width > 0 && query->hold > 0 && query->n > 0 && query->n <= DATA_BARS_MOST, NULL);
  return sql_trends (store, queries, n, damage, error);
}

GArray *
data_store_trend (DataStore *store, const DataTrendQuery *query, GError **damage, GError **error)
{
  g_autoptr (GPtrArray) trends = data_store_trends (store, query, 1, damage, error);

  return trends != NULL ? g_array_ref (trends->pdata[0]) : NULL;
}

gboolean
data_store_seal (DataStore *store, const GdpNetwork *network, const DataSealing *how, guint64 *sealed, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_seal (store, network, how, sealed, error);
}

gboolean
data_store_verify (DataStore *store, GString *report, GError **error)
{
  return sql_verify (store, report, error);
}

gboolean
data_store_repair (DataStore *store, const GdpNetwork *network, const char *who, gint64 now, GString *report, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_may_restore (store, who, error)
         && sql_repair (store, network, who, now, report, error);
}

/* ---- copies ------------------------------------------------------------------------------ */

gboolean
data_store_backup (const char *uri, const char *path, GError **error)
{
  g_autofree char *proposed = uri == NULL ? data_default_uri () : g_strdup (uri);
  const DataBackend *backend = find_backend (proposed, error);
  return backend != NULL && backend->backup (proposed, path, error);
}

/* What was stored between the copy and now is gone from it: whoever reads the journal must be told. */
static gboolean
note_restore (const char *uri, const char *copy, const char *who, gint64 now, GError **error)
{
  g_autoptr (DataStore) store = data_store_open (uri, DATA_ACCESS_SERVE, error);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  GdpEvent event = { .kind = GDP_EVENT_NOTE, .occurred = now, .learned = now };
  DataBatch batch = { .changes = changes, .now = now, .durable = TRUE };

  if (store == NULL)
    return FALSE;
  const char *account = store->backend->account != NULL ? store->backend->account (store) : NULL;
  g_autofree char *text = NULL;
  if (account == NULL)
    text = g_strdup_printf ("restored from %s by the user %s of the computer %s", copy, g_get_user_name (), g_get_host_name ());
  else
    text = g_strdup_printf ("restored from %s by the user %s of the computer %s, as %s in the database", copy, g_get_user_name (),
                            g_get_host_name (), account);
  if (who == NULL || ((SqlStore *) store)->roles)
    who = account != NULL ? account : g_get_user_name ();
  event.who = (char *) who;
  event.text = text;
  g_ptr_array_add (changes->events, gdp_event_copy (&event));
  return data_store_commit (store, &batch, NULL, error);
}

gboolean
data_store_may_restore (DataStore *store, const char *who, GError **error)
{
  return may (store, DATA_ACCESS_POST, error) && sql_may_restore (store, who, error);
}

gboolean
data_store_restore (const char *uri, const char *copy, const char *who, gint64 now, char **kept, GError **error)
{
  g_autofree char *proposed = uri == NULL ? data_default_uri () : g_strdup (uri);
  const DataBackend *backend = find_backend (proposed, error);
  return backend != NULL && backend->restore (proposed, copy, kept, error)
         && note_restore (proposed, copy, who, now, error);
}
