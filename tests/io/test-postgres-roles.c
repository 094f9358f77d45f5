/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data/postgres/roles.sql and grants.sql: what a role may not, its connection cannot, whatever is run on it. */
#include "stage-sql.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct { const char *name, *role; } people[] = {
  { "Viktor", "gdp_viewer" }, { "Ivanova", "gdp_dispatcher" }, { "Petrov", "gdp_dispatcher" }, { "Orlov", "gdp_engineer" },
  { "west", "gdp_server" }, { "nobody else", NULL },
};
#define MARK 4503599627370496   /* numbers of gdp_post () are beyond it */

typedef struct {
  Stage     *stage;
  DataStore *owner;
} Room;

/* ---- connections -------------------------------------------------------------------------- */

static char *
uri_of (const Room *room, const char *name)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  return g_strconcat ("postgresql://", escaped, strchr (room->stage->uri, '@'), NULL);
}

static PGconn *
connect_as (const Room *room, const char *name)
{
  g_autofree char *uri = uri_of (room, name);
  PGconn *server = PQconnectdb (uri);
  g_assert_cmpint (PQstatus (server), ==, CONNECTION_OK);
  return server;
}

/* SQLSTATE, "" = it went well. */
static char *
try (const Room *room, const char *name, const char *sql)
{
  PGconn *server = connect_as (room, name);
  PGresult *result = PQexec (server, sql);
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  char *copy = g_strdup (state != NULL ? state : "");
  PQclear (result);
  PQfinish (server);
  return copy;
}

static void
assert_may (const Room *room, const char *name, const char *sql)
{
  g_autofree char *state = try (room, name, sql);
  if (*state != '\0')
    g_error ("%s: %s: SQLSTATE %s", name, sql, state);
}

static void
assert_may_not (const Room *room, const char *name, const char *sql)
{
  g_autofree char *state = try (room, name, sql);
  if (strcmp (state, "42501") != 0)
    g_error ("%s may: %s: SQLSTATE \"%s\"", name, sql, state);
}

static char *
tell (const Room *room, const char *sql)
{
  PGconn *server = PQconnectdb (room->stage->uri);
  PGresult *result = PQexec (server, sql);
  g_assert_cmpint (PQresultStatus (result), ==, PGRES_TUPLES_OK);
  char *text = g_strdup (PQgetvalue (result, 0, 0));
  PQclear (result);
  PQfinish (server);
  return text;
}

static DataStore *
open_as (const Room *room, const char *name, DataAccess access)
{
  g_autofree char *uri = uri_of (room, name);
  g_autoptr (GError) error = NULL;
  DataStore *store = data_store_open (uri, access, &error);
  g_assert_no_error (error);
  return store;
}

/* ---- a control room ----------------------------------------------------------------------- */

static void
run_file (const Room *room)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "data", "postgres", "roles.sql", NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &sql, NULL, &error);
  g_assert_no_error (error);
  assert_may (room, "postgres", sql);
}

static void
room_begin (Room *room)
{
  room->stage = stage_new ();
  g_autofree char *own = g_strdup_printf ("CREATE ROLE gdp LOGIN; DO $$ BEGIN"
    " EXECUTE format ('ALTER DATABASE %%I OWNER TO gdp', current_database ()); END $$");
  assert_may (room, "postgres", own);
  room->owner = open_as (room, "gdp", DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) network = stage_network (1, 2);
  g_assert_true (data_store_import (room->owner, network, "before", 1, NULL));
  run_file (room);
  run_file (room);                                      /* again, as after a migration */
  for (guint i = 0; i < G_N_ELEMENTS (people); i++) {
    g_autofree char *sql = g_strdup_printf ("CREATE ROLE \"%s\" LOGIN", people[i].name);
    g_autofree char *grant = g_strdup_printf ("GRANT %s TO \"%s\"", people[i].role, people[i].name);
    assert_may (room, "postgres", sql);
    if (people[i].role != NULL)
      assert_may (room, "postgres", grant);
  }
}

static void
room_end (Room *room)
{
  data_store_close (room->owner);
  for (guint i = 0; i < G_N_ELEMENTS (people); i++) {
    g_autofree char *sql = g_strdup_printf ("DROP ROLE \"%s\"", people[i].name);
    assert_may (room, "postgres", sql);
  }
  assert_may (room, "postgres", "DO $$ BEGIN EXECUTE format ('ALTER DATABASE %I OWNER TO postgres', current_database ()); END $$;"
              "REASSIGN OWNED BY gdp TO postgres; DROP OWNED BY gdp; DROP ROLE gdp");
  stage_free (room->stage);
}

static DataCommand
command_of (const char *who)
{
  return (DataCommand) { .kind = (char *) "ack", .object = (char *) "GDP-000/p0/hh", .argument = 1, .who = (char *) who,
                         .where = (char *) "test" };
}

static void
commit_readings (DataStore *server, gint64 time, guint n)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (guint i = 0; i < n; i++)
    stage_add_reading (changes, 1, time + i * 60 * GDP_SECOND, i);
  stage_commit (server, changes, TRUE);
}

static guint
n_posted (DataStore *server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) commands = data_store_posted_commands (server, &error);
  g_assert_no_error (error);
  return commands->len;
}

/* ---- tests -------------------------------------------------------------------------------- */

/* Every table there is, those that come later too. */
static void
test_tables (void)
{
  Room room;
  room_begin (&room);
  g_autofree char *names = tell (&room, "SELECT string_agg (oid::regclass::text, ' ') FROM pg_class WHERE relnamespace = "
                                     "'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition");
  g_auto (GStrv) tables = g_strsplit (names, " ", -1);
  g_assert_cmpuint (g_strv_length (tables), >, 20);
  static const char *const orders[] = { "DELETE FROM %s", "INSERT INTO %s DEFAULT VALUES", "TRUNCATE %s", "DROP TABLE %s",
                                        "BEGIN; LOCK TABLE %s IN EXCLUSIVE MODE" };
  for (guint t = 0; tables[t] != NULL; t++) {
    g_autofree char *read = g_strdup_printf ("SELECT * FROM %s", tables[t]);
    assert_may (&room, "Viktor", read);
    assert_may_not (&room, "nobody else", read);
    for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
      g_autofree char *write = g_strdup_printf (orders[i], tables[t]);
      assert_may_not (&room, "Viktor", write);
      assert_may_not (&room, "Ivanova", write);
    }
  }
  assert_may_not (&room, "Viktor", "SELECT 1 FROM meta FOR UPDATE");    /* or it could keep everybody from writing */
  assert_may_not (&room, "Ivanova", "SELECT 1 FROM meta FOR UPDATE");
  assert_may_not (&room, "Viktor", "SELECT gdp_post ('ack', 'x', 1, NULL, 'psql', NULL)");
  assert_may_not (&room, "Viktor", "CREATE TABLE mine (n bigint)");
  assert_may_not (&room, "Ivanova", "SET ROLE gdp");
  assert_may (&room, "Viktor", "SELECT * FROM gdp_samples ('GDP-000/p0', '-infinity', 'infinity')");
  room_end (&room);
}

static void
test_posting (void)
{
  Room room;
  room_begin (&room);
  g_autoptr (GError) error = NULL, other = NULL, viewer = NULL;
  g_autoptr (DataStore) desk = open_as (&room, "Ivanova", DATA_ACCESS_POST);
  DataCommand command = command_of ("Ivanova"), anothers = command_of ("Orlov");
  g_assert_cmpstr (data_store_person (desk), ==, "Ivanova");
  g_assert_true (data_store_post (desk, &command, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (command.expires - command.posted, ==, DATA_COMMAND_LIFE);
  g_assert_false (data_store_post (desk, &anothers, 1, &other));
  g_assert_error (other, DATA_ERROR, DATA_ERROR_SIGN_IN);
  assert_may (&room, "Ivanova", "SELECT gdp_post ('ack', 'x', 1, NULL, 'psql', NULL)");
  g_autofree char *who = tell (&room, "SELECT string_agg (DISTINCT who, ',') FROM command");
  g_assert_cmpstr (who, ==, "Ivanova");

  g_autoptr (DataStore) screen = open_as (&room, "Viktor", DATA_ACCESS_POST);
  DataCommand wish = command_of ("Viktor");
  g_assert_false (data_store_post (screen, &wish, 1, &viewer));
  g_assert_error (viewer, DATA_ERROR, DATA_ERROR_PERMISSION);
  g_assert_true (data_store_expire_commands (screen, G_MAXINT64, NULL));   /* leaves it to servers */
  room_end (&room);
}

/* What a server does, and how it judges by the database's roles who may what. */
static void
test_server (void)
{
  Room room;
  room_begin (&room);
  g_autoptr (DataStore) server = open_as (&room, "west", DATA_ACCESS_SERVE);
  g_autoptr (DataStore) desk = open_as (&room, "Ivanova", DATA_ACCESS_POST);
  g_autoptr (GError) error = NULL, refused = NULL, unknown = NULL;
  g_assert_null (data_store_person (server));
  g_assert_true (data_store_may (server, "Ivanova", GDP_ACT_ACKNOWLEDGE, NULL));
  g_assert_false (data_store_may (server, "Ivanova", GDP_ACT_SWITCH, &refused));
  g_assert_error (refused, DATA_ERROR, DATA_ERROR_REFUSED);
  g_assert_false (data_store_may (server, "nobody else", GDP_ACT_ACKNOWLEDGE, &unknown));
  g_assert_error (unknown, DATA_ERROR, DATA_ERROR_REFUSED);
  g_assert_nonnull (strstr (unknown->message, "GRANT"));   /* gdpctl operator gives no role here */
  g_assert_true (data_store_may (server, "Orlov", GDP_ACT_CONFIGURE, NULL));

  DataCommand command = command_of ("Ivanova");
  g_assert_true (data_store_post (desk, &command, 1, NULL));
  g_assert_true (data_store_take_command (server, command.id, "west", command.posted, &error));
  g_assert_no_error (error);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  stage_add_reading (changes, 1, 1000000, 5);
  stage_add_event (changes, 1000000, 1);
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  DataCommandResult result = { .id = command.id, .ok = TRUE };
  g_array_append_val (results, result);
  DataBatch batch = { .changes = changes, .results = results, .now = command.posted, .durable = TRUE };
  g_assert_true (data_store_commit (server, &batch, NULL, &error));
  g_assert_no_error (error);
  assert_may_not (&room, "west", "DELETE FROM journal");
  assert_may_not (&room, "west", "UPDATE meta SET seq = seq - 1");
  room_end (&room);
}

static void
test_engineer (void)
{
  Room room;
  room_begin (&room);
  g_autoptr (DataStore) laptop = open_as (&room, "Orlov", DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = stage_network (2, 3);
  g_autoptr (GError) error = NULL, other = NULL, appoint = NULL;
  g_assert_true (data_store_import (laptop, network, "Orlov", 2, &error));
  g_assert_no_error (error);
  g_assert_false (data_store_import (laptop, network, "Ivanova", 3, &other));
  g_assert_error (other, DATA_ERROR, DATA_ERROR_SIGN_IN);
  g_assert_false (data_store_appoint (laptop, "Orlov", GDP_ROLE_ADMINISTRATOR, "Orlov", 4, &appoint));
  g_assert_error (appoint, DATA_ERROR, DATA_ERROR_REFUSED);
  assert_may_not (&room, "Orlov", "UPDATE meta SET trimmed_seq = seq");        /* would hide readings */
  assert_may_not (&room, "Orlov", "UPDATE meta SET journal_count = journal_count - 1");
  assert_may_not (&room, "Orlov", "INSERT INTO sample VALUES (1000000, 1, 1, 1, 1, 0)");
  assert_may_not (&room, "Orlov", "INSERT INTO journal SELECT seq + 1000000, kind, occurred, learned, site, object, 'Ivanova',"
                  " before, after, text, priority, hash FROM journal LIMIT 1");
  assert_may_not (&room, "Orlov", "INSERT INTO command SELECT 9, 9, 'posted', 'output', 'x', 1, 'Ivanova'");
  g_autoptr (GString) report = g_string_new (NULL);
  g_assert_true (data_store_verify (room.owner, report, &error));
  g_assert_no_error (error);
  room_end (&room);
}

/* It holds nothing that anybody waits for, and what it posted is carried out when it commits. */
static void
test_left_open (void)
{
  Room room;
  room_begin (&room);
  g_autoptr (DataStore) server = open_as (&room, "west", DATA_ACCESS_SERVE);
  g_autoptr (DataStore) desk = open_as (&room, "Petrov", DATA_ACCESS_POST);
  g_autoptr (GError) error = NULL;
  PGconn *open = connect_as (&room, "Ivanova");
  PGresult *posted = PQexec (open, "BEGIN; SELECT gdp_post ('ack', 'x', 1, NULL, 'psql', NULL)");
  g_assert_cmpint (PQresultStatus (posted), ==, PGRES_TUPLES_OK);
  PQclear (posted);

  DataCommand command = command_of ("Petrov");
  gint64 began = g_get_monotonic_time ();
  g_assert_true (data_store_post (desk, &command, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (command.id, >, MARK);
  commit_readings (server, 1000000, 10);
  g_assert_cmpuint (n_posted (server), ==, 1);
  g_assert_true (data_store_take_command (server, command.id, "west", command.posted, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * GDP_SECOND);      /* lock_timeout */
  g_assert_cmpuint (n_posted (server), ==, 0);
  PQclear (PQexec (open, "COMMIT"));
  g_assert_cmpuint (n_posted (server), ==, 1);
  PQfinish (open);
  room_end (&room);
}

/* No server has numbered it: whoever posted it learns all the same that it is over, once; then a server says so to all. */
static void
test_unheard (void)
{
  Room room;
  room_begin (&room);
  g_autoptr (DataStore) desk = open_as (&room, "Ivanova", DATA_ACCESS_POST);
  DataCommand command = command_of ("Ivanova");
  gint64 before = stage_last_number (desk);
  g_assert_true (data_store_post (desk, &command, 1, NULL));
  g_autoptr (DataChanges) early = stage_changes (desk, before);
  g_assert_cmpuint (early->commands->len, ==, 0);
  assert_may (&room, "gdp", "UPDATE command SET expires = 1");
  g_autoptr (DataChanges) late = stage_changes (desk, before), again = stage_changes (desk, before);
  g_assert_cmpuint (late->commands->len, ==, 1);
  const DataCommand *told = late->commands->pdata[0];
  g_assert_cmpint (told->id, ==, command.id);
  g_assert_cmpint (told->state, ==, DATA_COMMAND_EXPIRED);
  g_assert_cmpuint (again->commands->len, ==, 0);

  g_autoptr (DataStore) server = open_as (&room, "west", DATA_ACCESS_SERVE);
  g_assert_true (data_store_expire_commands (server, g_get_real_time (), NULL));
  g_autoptr (DataChanges) all = stage_changes (server, before);
  g_assert_cmpuint (all->commands->len, ==, 1);
  g_assert_cmpuint (all->events->len, ==, 1);
  room_end (&room);
}

/* Taken in the middle of everything, it costs that person's next step and nothing else; given back, it works again. */
static void
test_revoked (void)
{
  static const struct { const char *revoke, *give; } ways[] = {
    { "REVOKE gdp_dispatcher FROM \"Ivanova\"", "GRANT gdp_dispatcher TO \"Ivanova\"" },
    { "REVOKE EXECUTE ON FUNCTION gdp_post FROM gdp_dispatcher", "GRANT EXECUTE ON FUNCTION gdp_post TO gdp_dispatcher" },
  };
  Room room;
  room_begin (&room);
  g_autoptr (DataStore) server = open_as (&room, "west", DATA_ACCESS_SERVE), desk = open_as (&room, "Ivanova", DATA_ACCESS_POST);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (GError) refused = NULL, error = NULL;
    DataCommand command = command_of ("Ivanova");
    assert_may (&room, "postgres", ways[i].revoke);
    g_assert_false (data_store_post (desk, &command, 1, &refused));
    g_assert_error (refused, DATA_ERROR, DATA_ERROR_PERMISSION);
    g_assert_nonnull (strstr (refused->message, "user Ivanova"));
    g_assert_nonnull (strstr (refused->message, "grants it"));
    commit_readings (server, 1000000 * (1 + i), 10);
    assert_may (&room, "postgres", ways[i].give);
    g_assert_true (data_store_post (desk, &command, 1, &error));
    g_assert_no_error (error);
  }
  g_autoptr (GError) silenced = NULL;
  assert_may (&room, "postgres", "REVOKE gdp_server FROM west");
  DataBatch batch = { .now = 1, .durable = TRUE };
  g_assert_false (data_store_commit (server, &batch, NULL, &silenced));
  g_assert_error (silenced, DATA_ERROR, DATA_ERROR_PERMISSION);
  assert_may (&room, "postgres", "GRANT gdp_server TO west");
  commit_readings (server, 9000000, 10);
  room_end (&room);
}

/* ---- passwords ---------------------------------------------------------------------------- */

/* Over TCP, where passwords are asked. */
static char *
asked_uri (const Room *room, const char *name)
{
  const char *port = strstr (room->stage->uri, "port=") + 5, *base = strchr (room->stage->uri, '@') + 2;
  return g_strdup_printf ("postgresql://%s@127.0.0.1:%s/%.*s", name, port, (int) strcspn (base, "?"), base);
}

static void
test_passwords (void)
{
  Room room;
  room_begin (&room);
  assert_may (&room, "postgres", "ALTER ROLE \"Ivanova\" PASSWORD 'hers'; ALTER ROLE \"Petrov\" PASSWORD 'his'");
  g_autofree char *uri = asked_uri (&room, "Ivanova");
  g_autoptr (GError) wrong = NULL, other = NULL, error = NULL;
  g_setenv ("PGPASSWORD", "guessed", TRUE);
  g_autoptr (DataStore) none = data_store_open (uri, DATA_ACCESS_POST, &wrong);
  g_assert_null (none);
  g_assert_error (wrong, DATA_ERROR, DATA_ERROR_PERMISSION);
  g_assert_nonnull (strstr (wrong->message, "127.0.0.1/"));
  g_assert_nonnull (strstr (wrong->message, "user Ivanova"));
  g_assert_nonnull (strstr (wrong->message, "pg_hba.conf"));
  g_assert_null (strstr (wrong->message, "guessed"));

  g_setenv ("PGPASSWORD", "hers", TRUE);
  g_autoptr (DataStore) desk = data_store_open (uri, DATA_ACCESS_POST, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (data_store_user (desk), ==, "Ivanova");
  g_assert_false (data_store_sign_in (desk, "Petrov", "hers", NULL, 1, &other));
  g_assert_error (other, DATA_ERROR, DATA_ERROR_SIGN_IN);
  g_assert_null (strstr (other->message, "hers"));
  g_clear_error (&other);
  g_assert_false (data_store_sign_in (desk, "Ivanova", "", NULL, 1, &other));   /* not the one that is kept somewhere */
  DataCommand hers = command_of ("Ivanova"), his = command_of ("Petrov");
  g_assert_true (data_store_post (desk, &hers, 1, &error));                     /* the same as before */
  g_assert_true (data_store_sign_in (desk, "Petrov", "his", NULL, 1, &error));
  g_assert_cmpstr (data_store_user (desk), ==, "Petrov");
  g_assert_true (data_store_post (desk, &his, 1, &error));
  g_assert_false (data_store_post (desk, &hers, 1, NULL));
  assert_may (&room, "postgres", "SELECT pg_terminate_backend (pid) FROM pg_stat_activity WHERE usename = 'Petrov'");
  stage_last_number (desk);                                                     /* connects again as the same */
  g_assert_cmpstr (data_store_user (desk), ==, "Petrov");
  data_store_sign_out (desk, NULL, 1);
  g_assert_cmpstr (data_store_user (desk), ==, "Ivanova");
  g_assert_no_error (error);
  g_unsetenv ("PGPASSWORD");
  room_end (&room);
}

/* ---- days go by --------------------------------------------------------------------------- */

/* What is new after a migration is open to those who may it, and others are told who can migrate. */
static void
test_migration (void)
{
  Room room;
  room_begin (&room);
  g_autoptr (GError) error = NULL;
  assert_may (&room, "gdp", "CREATE TABLE later (n bigint); COMMENT ON TABLE store_version IS 'functions: 0'");
  assert_may_not (&room, "Viktor", "SELECT * FROM later");
  data_store_close (open_as (&room, "west", DATA_ACCESS_SERVE));                /* does with what there is */
  data_store_close (open_as (&room, "gdp", DATA_ACCESS_POST));
  assert_may (&room, "Viktor", "SELECT * FROM later");
  assert_may (&room, "west", "INSERT INTO later VALUES (1)");
  assert_may_not (&room, "Ivanova", "INSERT INTO later VALUES (1)");

  assert_may (&room, "gdp", "UPDATE store_version SET version = version - 1");
  g_autofree char *uri = uri_of (&room, "west");
  g_autoptr (DataStore) server = data_store_open (uri, DATA_ACCESS_SERVE, &error);
  g_assert_null (server);
  g_assert_error (error, DATA_ERROR, DATA_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, "only a user in the role gdp may"));
  room_end (&room);
}

static void
test_days (void)
{
  enum { DAYS = 8, IN_NOVEMBER = 3, KEPT = 1 };   /* a month is kept whole until all of it is old */
  const gint64 day = G_GINT64_CONSTANT (24) * 3600 * GDP_SECOND, start = G_GINT64_CONSTANT (20023) * day;
  Room room;
  room_begin (&room);
  g_autoptr (DataStore) server = open_as (&room, "west", DATA_ACCESS_SERVE), sealer = open_as (&room, "west", DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = data_store_network (sealer, NULL);
  g_autoptr (GError) error = NULL;
  DataServer self = { .name = (char *) "west", .version = (char *) "1", .host = (char *) "here", .pid = getpid (), .heartbeat = start };
  g_assert_true (data_store_start_server (server, &self, &error));
  for (guint d = 0; d < DAYS; d++) {
    guint64 sealed = 0;
    DataSealing how = DATA_SEALING_USUAL;
    how.now = start + (d + 1) * day;
    how.keep_hours = KEPT * day;
    commit_readings (server, start + d * day, 24 * 60);
    data_store_close (server);               /* or `live` would be brought forward later */
    server = open_as (&room, "west", DATA_ACCESS_SERVE);
    g_assert_true (data_store_seal (sealer, network, &how, &sealed, &error));
    self.heartbeat = how.now;
    g_assert_true (data_store_heartbeat (server, &self, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (sealed, >, 0);
  }
  g_autofree char *hours = tell (&room, "SELECT count (*) FROM sample_hour"), *hot = tell (&room, "SELECT count (*) FROM sample");
  g_autofree char *days = tell (&room, "SELECT count (*) FROM sample_year");
  for (guint i = 0; i < G_N_ELEMENTS (people) - 1; i++) {   /* whoever reads may look whether all of it is sound */
    g_autoptr (DataStore) reader = open_as (&room, people[i].name, DATA_ACCESS_READ);
    g_autoptr (GString) report = g_string_new (NULL);
    g_assert_true (data_store_verify (reader, report, &error));
    g_assert_no_error (error);
  }
  g_assert_cmpint (atoi (hours), >=, (IN_NOVEMBER - 1) * 24);
  g_assert_cmpint (atoi (hours), <=, IN_NOVEMBER * 24);
  g_assert_cmpint (atoi (hot), <, 120);
  g_assert_cmpint (atoi (days), >, 0);
  g_assert_true (data_store_stop_server (server, &self, &error));
  room_end (&room);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/postgres-roles/only-who-may-write-a-table-can", test_tables);
  g_test_add_func ("/postgres-roles/a-dispatcher-posts-in-its-own-name-alone", test_posting);
  g_test_add_func ("/postgres-roles/a-server-serves-and-judges-by-the-roles", test_server);
  g_test_add_func ("/postgres-roles/an-engineer-configures-and-signs-it", test_engineer);
  g_test_add_func ("/postgres-roles/a-transaction-left-open-after-posting-stops-nobody", test_left_open);
  g_test_add_func ("/postgres-roles/who-posted-learns-that-it-expired-without-a-server", test_unheard);
  g_test_add_func ("/postgres-roles/rights-taken-in-mid-session-disturb-nobody-else", test_revoked);
  g_test_add_func ("/postgres-roles/the-database-asks-for-the-password-of-who-takes-over", test_passwords);
  g_test_add_func ("/postgres-roles/what-a-migration-makes-is-granted-with-it", test_migration);
  g_test_add_func ("/postgres-roles/a-server-seals-keeps-and-beats-for-days", test_days);
  return g_test_run ();
}
