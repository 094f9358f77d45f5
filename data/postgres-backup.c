/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of a store in PostgreSQL, made and put back by PostgreSQL's own programs.
 *
 * A copy is of the very moment that was verified: pg_dump is given this program's snapshot. It is put back in one
 * transaction of psql's, which ends when all of the copy has come and nobody uses the store; whatever happens until
 * then, the store is as it was. What was there is kept beside it, in a schema of another name.
 *
 * A password that stands in the URI goes by the environment: other users see the arguments of processes. */
#include "postgres-private.h"
#include "sql-sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "copy.h"

#define LEAVE_PATIENCE (2 * GDP_SECOND)   /* until the database has noticed that a program has gone */
#define BEAT_PATIENCE  (DATA_SERVER_DEAD + GDP_SECOND)   /* … that a server has */

/* SQL: sessions of others with this database, ours is one of. Of what belongs to another role only a superuser and its
 * members see more than who it is: the kind is NULL then, and what is none of a user has no name. */
#define OTHERS "pg_stat_activity WHERE datname = current_database () AND pid <> pg_backend_pid ()" \
  " AND usename IS NOT NULL AND coalesce (backend_type, 'client backend') = 'client backend'"

/* ---- PostgreSQL's programs ----------------------------------------------------------------- */

typedef struct {
  const char *name;      /* NULL = it does not run */
  GPid        pid;
  int         said;      /* what it writes to stderr */
} Child;

static void
close_file (int *file)
{
  if (*file >= 0)
    close (*file);
  *file = -1;
}

/* What has to do with a program that is killed ends, too. */
static void
end_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static gboolean
start (Child *child, const char *const *arguments, char **environment, int in, int out, GError **error)
{
  g_autoptr (GError) why = NULL;

  *child = (Child) { .said = memfd_create ("said", MFD_CLOEXEC) };
  if (g_spawn_async_with_pipes_and_fds (NULL, arguments, (const char *const *) environment,
                                        G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, end_with_parent, NULL, in, out,
                                        child->said, NULL, NULL, 0, &child->pid, NULL, NULL, NULL, &why)) {
    child->name = arguments[0];
    return TRUE;
  }
  close_file (&child->said);
  if (g_error_matches (why, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
    g_set_error (error, DATA_ERROR, DATA_ERROR_MISSING, "%s is not installed here: apt install postgresql-client",
                 arguments[0]);
  else
    g_set_error (error, DATA_ERROR, DATA_ERROR_IO, "cannot run %s: %s", arguments[0], why->message);
  return FALSE;
}

/* All that is in a memory file. (transfer full) */
static char *
read_all (int file)
{
  GString *text = g_string_new (NULL);
  char part[4096];
  ssize_t n;

  for (off_t at = 0; (n = pread (file, part, sizeof part, at)) > 0; at += n)
    g_string_append_len (text, part, n);
  return g_string_free (text, FALSE);
}

/* One line, whatever bytes of a damaged copy it quotes. */
static const char *
as_line (char *text)
{
  for (char *at = text; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return g_strstrip (text);
}

/* Always FALSE. */
static gboolean
tell_failure (const Child *child, GError **error)
{
  g_autofree char *said = read_all (child->said), *valid = g_utf8_make_valid (said, -1);
  const char *why = *as_line (valid) != '\0' ? valid : "it was ended";
  DataError code = strstr (why, "No space left") != NULL ? DATA_ERROR_FULL
                   : strstr (why, "ermission denied") != NULL ? DATA_ERROR_PERMISSION : DATA_ERROR_IO;

  if (g_str_has_prefix (why, child->name))   /* it says who it is */
    g_set_error_literal (error, DATA_ERROR, (int) code, why);
  else
    g_set_error (error, DATA_ERROR, (int) code, "%s: %s", child->name, why);
  return FALSE;
}

/* Waits for its end. */
static gboolean
finish (Child *child, GError **error)
{
  int status = 0;

  if (child->name == NULL)
    return FALSE;
  while (waitpid (child->pid, &status, 0) < 0 && errno == EINTR)
    ;
  gboolean good = status == 0 || tell_failure (child, error);
  close_file (&child->said);
  child->name = NULL;
  return good;
}

static gboolean
run (const char *const *arguments, char **environment, int in, int out, GError **error)
{
  Child child;
  return start (&child, arguments, environment, in, out, error) && finish (&child, error);
}

/* ---- where it is ----------------------------------------------------------------------------- */

static void
add_setting (GString *settings, const char *name, const char *value)
{
  g_string_append_printf (settings, "%s%s='", settings->len > 0 ? " " : "", name);
  for (; *value != '\0'; value++) {
    if (*value == '\'' || *value == '\\')
      g_string_append_c (settings, '\\');
    g_string_append_c (settings, *value);
  }
  g_string_append_c (settings, '\'');
}

/* How another program reaches the very server that @self is connected to: for --dbname, and what goes by the environment.
 * (transfer full) both */
static char *
name_database (PostgresStore *self, char ***environment)
{
  static const struct { const char *option, *variable; } secrets[] = { { "password", "PGPASSWORD" },
                                                                       { "sslpassword", "PGSSLPASSWORD" } };
  PQconninfoOption *options = PQconninfoParse (self->parent.parent.uri, NULL);   /* it was connected by it */
  GString *settings = g_string_new (NULL);

  *environment = g_environ_setenv (g_get_environ (), "PGAPPNAME", "gdpctl", TRUE);
  *environment = g_environ_setenv (*environment, "LC_MESSAGES", "C", TRUE);
  for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
    const char *variable = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
      if (strcmp (option->keyword, secrets[i].option) == 0)
        variable = secrets[i].variable;
    if (option->val == NULL || strcmp (option->keyword, "host") == 0 || strcmp (option->keyword, "hostaddr") == 0
        || strcmp (option->keyword, "port") == 0)
      continue;
    if (variable != NULL)
      *environment = g_environ_setenv (*environment, variable, option->val, TRUE);
    else
      add_setting (settings, option->keyword, option->val);
  }
  add_setting (settings, "host", PQhost (self->db));
  add_setting (settings, "port", PQport (self->db));
  PQconninfoFree (options);
  return g_string_free (settings, FALSE);
}

/* ---- looking at a copy ------------------------------------------------------------------------ */

/* The list of what is in it, in a memory file; -1 on error. */
static int
list_copy (const char *copy, char **environment, GError **error)
{
  const char *const arguments[] = { "pg_restore", "--list", copy, NULL };
  int list = memfd_create ("list", MFD_CLOEXEC);

  if (g_access (copy, R_OK) != 0)
    data_copy_fail (error, copy, "read it");
  else if (run (arguments, environment, -1, list, error)) {
    g_autofree char *text = read_all (list);
    if (strstr (text, " TABLE DATA public store_version ") != NULL)
      return list;
    g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: it holds no store, but another program's tables", copy);
  }
  close_file (&list);
  return -1;
}

/* All of it is unpacked, so that what is cut short or damaged is found. */
static gboolean
check_copy (const char *copy, char **environment, GError **error)
{
  const char *const arguments[] = { "pg_restore", "--file=/dev/null", copy, NULL };
  int list = list_copy (copy, environment, error);
  gboolean good = list >= 0 && run (arguments, environment, -1, -1, error);

  close_file (&list);
  return good;
}

/* ---- copying ------------------------------------------------------------------------------------ */

/* Whoever relies on the copy is to know what it has none of. (A store of an older program has no shards.) */
static void
tell_elsewhere (PostgresStore *self)
{
  g_autoptr (GArray) shards = sql_shards (&self->parent, NULL);

  for (guint i = 0; shards != NULL && i < shards->len; i++) {
    const SqlShard *shard = &g_array_index (shards, SqlShard, i);
    if (shard->elsewhere)
      g_message ("%s: not copied: the sealed history of region %s; it is in a database of its own, to be copied there",
                 self->parent.place, shard->name);
  }
}

/* Of a store of an older program only that it is one. */
static gboolean
look_before (PostgresStore *self, GError **error)
{
  gint64 version = postgres_schema_version (self, error);
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) why = NULL;

  if (version == 0)
    g_set_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE, "%s: it is empty, there is nothing to copy", self->parent.place);
  if (version <= 0 || version < (gint64) sql_schema_version)
    return version > 0;
  return sql_verify_here (&self->parent, FALSE, report, &why)
         || data_copy_as_it_is (self->parent.place, g_steal_pointer (&why), error);
}

/* Within a read transaction, of which the copy is. */
static gboolean
dump_to (PostgresStore *self, const char *part, GError **error)
{
  g_auto (GStrv) environment = NULL;
  g_autofree char *database = name_database (self, &environment);
  g_autofree char *to = g_strconcat ("--dbname=", database, NULL), *file = g_strconcat ("--file=", part, NULL);
  g_auto (SqlQuery) query = sql_query (&self->parent, error, "SELECT pg_export_snapshot ()", "");

  if (query == NULL || sql_step (&self->parent, query, error) <= 0 || !look_before (self, error))
    return FALSE;
  g_autofree char *snapshot = g_strconcat ("--snapshot=", sql_text (query, 0), NULL);
  const char *const arguments[] = { "pg_dump", "--format=custom", "--no-password", "--exclude-schema=gdp_before_*",
                                    "--lock-wait-timeout=60s", snapshot, file, to, NULL };
  if (!run (arguments, environment, -1, -1, error) || !check_copy (part, environment, error))
    return FALSE;
  tell_elsewhere (self);
  return TRUE;
}

gboolean
postgres_backup (const char *uri, const char *path, GError **error)
{
  g_autofree char *part = data_copy_begin (path, error);
  PostgresStore *self = part != NULL ? postgres_connect (uri, DATA_ACCESS_READ, error) : NULL;
  gboolean good = FALSE;

  if (self != NULL) {
    /* Nothing is said on this connection while pg_dump works. */
    good = postgres_schema_owned (self, N_("make a copy"), error) && sql_begin_read (&self->parent, error)
           && postgres_exec (self, "SET LOCAL idle_in_transaction_session_timeout = 0", error) && dump_to (self, part, error);
    sql_end_read (&self->parent);
    postgres_close (&self->parent.parent);
  }
  if (good)
    return data_copy_keep (part, path, error);
  if (part != NULL)
    g_unlink (part);
  return FALSE;
}

/* ---- putting it back ------------------------------------------------------------------------------ */

/* The first other program that works with the database, a server before others; NULL = none. (transfer full) */
static char *
name_user (PostgresStore *self, GError **error)
{
  g_auto (SqlQuery) query = sql_query (&self->parent, error, "SELECT usename, application_name, pid FROM " OTHERS
                                       " ORDER BY application_name <> 'gdp-server', pid LIMIT 1", "");
  int more = query != NULL ? sql_step (&self->parent, query, error) : -1;

  return more <= 0 ? NULL : g_strdup_printf (_("%s of the database's user %s (its process %d)"), sql_text (query, 1),
                                             sql_text (query, 0), (int) sql_integer (query, 2));
}

/* A server that lives, but is not connected just now; NULL = none. (transfer full) */
static char *
name_server (PostgresStore *self, GError **error)
{
  SqlMeta meta;   /* for the clock */
  if (!sql_meta (&self->parent, &meta, error))
    return NULL;
  g_auto (SqlQuery) query = sql_query (&self->parent, error, "SELECT name, pid, host FROM server WHERE pid <> 0 AND heartbeat > ? "
                                       "ORDER BY name LIMIT 1", "i", data_store_now (&self->parent.parent) - DATA_SERVER_DEAD);
  int more = query != NULL ? sql_step (&self->parent, query, error) : -1;

  return more <= 0 ? NULL : g_strdup_printf (_("server “%s” (process %d on %s)"), sql_text (query, 0), (int) sql_integer (query, 1),
                                             sql_text (query, 2));
}

/* Until @name names nobody any more. */
static gboolean
wait_for_leave (PostgresStore *self, char *(*name) (PostgresStore *, GError **), gint64 patience, GError **error)
{
  gint64 end = g_get_monotonic_time () + patience;
  g_autoptr (GError) why = NULL;
  g_autofree char *user = name (self, &why);

  while (user != NULL && g_get_monotonic_time () < end) {
    g_usleep (20000);
    g_free (user);
    user = name (self, &why);
  }
  if (user != NULL)
    g_set_error (error, DATA_ERROR, DATA_ERROR_BUSY, _("%s: %s uses it; stop gdp-server on all machines and close the consoles "
                 "first"), self->parent.place, user);
  else if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else
    return TRUE;
  return FALSE;
}

static gboolean
refuse_in_use (PostgresStore *self, gint64 version, GError **error)
{
  return wait_for_leave (self, name_user, LEAVE_PATIENCE, error)
         && (version == 0 || wait_for_leave (self, name_server, BEAT_PATIENCE, error));
}

/* Only what lies in the schema, and who may use that: extensions and foreign servers belong to the database and stay as
 * they are. A line of pg_restore's list is "215; 1259 16385 TABLE public journal owner"; one that begins with a semicolon
 * is left out. A memory file; -1 on error. */
static int
choose (const char *copy, char **environment, GError **error)
{
  int list = list_copy (copy, environment, error), chosen = list >= 0 ? memfd_create ("chosen", MFD_CLOEXEC) : -1;
  g_autofree char *text = list >= 0 ? read_all (list) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GRegex) outside = g_regex_new ("^[0-9]+; [0-9]+ [0-9]+ [A-Z ]+ - ", 0, 0, NULL);

  for (char **line = lines; chosen >= 0 && *line != NULL; line++)
    dprintf (chosen, "%s%s\n", g_regex_match (outside, *line, 0, NULL)
             && strstr (*line, " ACL - SCHEMA public ") == NULL ? ";" : "", *line);
  close_file (&list);
  if (chosen >= 0)
    lseek (chosen, 0, SEEK_SET);
  return chosen;
}

/* What goes before the copy. The lock keeps everybody from what is set aside; extensions stay where they were. */
static char *
prologue (const char *aside)
{
  return aside == NULL ? g_strdup ("BEGIN;\n") : g_strdup_printf (
    "BEGIN; SET LOCAL lock_timeout = '10s'; LOCK TABLE public.meta IN ACCESS EXCLUSIVE MODE; ALTER SCHEMA public RENAME TO %s;\n"
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner; COMMENT ON SCHEMA public IS 'standard public schema';\n"
    "GRANT USAGE ON SCHEMA public TO PUBLIC;\n"
    "DO $$ DECLARE name text; BEGIN"
    "  FOR name IN SELECT extname FROM pg_extension WHERE extnamespace = '%s'::regnamespace LOOP"
    "    EXECUTE format ('ALTER EXTENSION %%I SET SCHEMA public', name);"
    "  END LOOP; END $$;\n", aside, aside);
}

/* What ends the transaction: without it nothing has happened. */
static char *
epilogue (void)
{
  return g_strdup_printf (
    "DO $$ BEGIN"
    "  IF (SELECT version FROM public.store_version) > %u THEN"
    "    RAISE EXCEPTION 'the copy was written by a newer program (schema %%, this one knows up to %u)',"
    "      (SELECT version FROM public.store_version);"
    "  END IF;"
    "  IF EXISTS (SELECT FROM " OTHERS ") THEN"
    "    RAISE EXCEPTION 'another program began to use the store meanwhile';"
    "  END IF;"
    /* What was sealed after the copy was made is in databases of regions all the same. */
    "  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass ('public.sealing') AND attname = 'end_hour') THEN"
    "    UPDATE public.sealing SET end_hour = greatest (end_hour, (extract (epoch FROM now ()) / 3600)::bigint + 1);"
    "  END IF; END $$;\nCOMMIT;\n", sql_schema_version, sql_schema_version);
}

static gboolean
say (int to, const char *text)
{
  gsize n = strlen (text);
  return send (to, text, n, MSG_NOSIGNAL) == (ssize_t) n;
}

/* psql reads from a socket what pg_restore writes to its other end. */
static gboolean
pour (const char *copy, int list, const char *database, char **environment, const char *aside, GError **error)
{
  g_autofree char *to = g_strconcat ("--dbname=", database, NULL), *first = prologue (aside), *last = epilogue ();
  const char *const psql[] = { "psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1",
                               "--output=/dev/null", to, NULL };
  const char *const restore[] = { "pg_restore", "--file=-", "--use-list=/dev/stdin", copy, NULL };
  g_autoptr (GError) why = NULL;
  Child reader = { 0 }, writer = { 0 };
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return data_copy_fail (error, copy, "put it back");
  gboolean good = start (&reader, psql, environment, ends[0], -1, error);
  close_file (&ends[0]);
  good = good && say (ends[1], first) && start (&writer, restore, environment, list, ends[1], &why) && finish (&writer, &why)
         && say (ends[1], last);
  close_file (&ends[1]);
  /* When psql ends early, pg_restore only says that nobody listens. */
  if (!finish (&reader, error))
    return FALSE;
  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else if (!good)
    g_set_error (error, DATA_ERROR, DATA_ERROR_IO, "%s: psql ended before all of it was put back", copy);
  return good;
}

/* One transaction: but for its very end, what was said of it is known. Always FALSE. */
static gboolean
fail_to_pour (const char *copy, GError *why, GError **error)
{
  g_autoptr (GError) owned = why;
  gboolean unsure = strstr (why->message, "server closed the connection") != NULL;

  g_set_error (error, why->domain, unsure ? DATA_ERROR_UNSURE : why->code, unsure ? _("%s: %s. It is not known whether it was put "
               "back; gdpctl journal tells") : _("%s: it could not be put back: %s. Nothing was changed"), copy, why->message);
  return FALSE;
}

static char *
name_aside (void)
{
  g_autofree char *moment = data_copy_moment (), *small = g_ascii_strdown (moment, -1);
  return g_strconcat ("gdp_before_", g_strdelimit (small, ".", '_'), NULL);
}

gboolean
postgres_restore (const char *uri, const char *copy, char **kept, GError **error)
{
  g_auto (GStrv) environment = NULL;
  g_autofree char *database = NULL, *aside = NULL;
  g_autoptr (GError) why = NULL;
  PostgresStore *self = postgres_connect (uri, DATA_ACCESS_POST, error);
  int list = -1;

  if (self == NULL)
    return FALSE;
  database = name_database (self, &environment);
  gint64 version = postgres_schema_version (self, error);
  gboolean good = version >= 0 && postgres_schema_owned (self, N_("put a copy back"), error)
                  && (check_copy (copy, environment, &why) || data_copy_unfit (copy, g_steal_pointer (&why), error))
                  && refuse_in_use (self, version, error) && (list = choose (copy, environment, error)) >= 0;
  postgres_close (&self->parent.parent);
  if (good && version > 0)
    aside = name_aside ();
  good = good && (pour (copy, list, database, environment, aside, &why) || fail_to_pour (copy, g_steal_pointer (&why), error));
  close_file (&list);
  if (good && aside != NULL)
    *kept = g_strdup_printf ("schema %s", aside);
  return good;
}
