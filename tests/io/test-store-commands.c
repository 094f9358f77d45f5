/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands from post to result, and servers that come, beat, die and follow one another. */
#include "stage.h"

#include <string.h>
#include <unistd.h>

#define T0 (G_GINT64_CONSTANT (1700000000) * GDP_SECOND)
#define NO_PROCESS 4194305   /* above the kernel's highest process id */

/* Opens a store that has given its first number: changes after 0 would be the whole state. */
static DataStore *
open_used (const Stage *stage)
{
  DataStore *store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  stage_add_reading (changes, 1, T0, 1);
  stage_commit (store, changes, TRUE);
  return store;
}

static DataCommand *
command_now (DataStore *store, gint64 id)
{
  g_autoptr (DataChanges) changes = data_store_changes (store, id - 1, NULL);
  for (guint i = 0; i < changes->commands->len; i++)
    if (((DataCommand *) changes->commands->pdata[i])->id == id)
      return data_command_copy (changes->commands->pdata[i]);
  return NULL;
}

static void
assert_state (DataStore *store, gint64 id, DataCommandState state, const char *result)
{
  g_autoptr (DataCommand) command = command_now (store, id);
  g_assert_nonnull (command);
  g_assert_cmpint (command->state, ==, state);
  g_assert_cmpstr (command->result, ==, result);
}

static gint64
post (DataStore *store, gint64 now)
{
  DataCommand command = { .kind = (char *) "ack", .object = (char *) "GDP-000/p0.high", .argument = 7,
                          .who = (char *) "Ольга", .where = (char *) "gdpctl@desk-2", .comment = (char *) "seen" };
  g_assert_true (data_store_post (store, &command, now, NULL));
  g_assert_cmpint (command.expires, ==, now + DATA_COMMAND_LIFE);
  return command.id;
}

/* Commits a result together with one event; returns what data_store_commit did. */
static gboolean
finish (DataStore *store, gint64 id, gboolean ok, const char *why, gint64 now, GError **error)
{
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  DataCommandResult result = { id, (char *) why, ok };
  DataBatch batch = { .changes = changes, .results = results, .now = now, .durable = TRUE };
  g_array_append_val (results, result);
  stage_add_event (changes, now, id);
  return data_store_commit (store, &batch, NULL, error);
}

static guint
n_events (DataStore *store, GdpEventKind kind)
{
  g_autoptr (GPtrArray) events = data_store_journal (store, NULL, NULL, NULL);
  guint n = 0;
  for (guint i = 0; i < events->len; i++)
    n += ((GdpEvent *) events->pdata[i])->kind == kind;
  return n;
}

static void
test_posted_taken_done (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = open_used (stage);
  gint64 id = post (store, T0), failing = post (store, T0);
  g_autoptr (DataCommand) posted = command_now (store, id);
  g_assert_cmpint (posted->state, ==, DATA_COMMAND_POSTED);
  g_assert_cmpstr (posted->kind, ==, "ack");
  g_assert_cmpstr (posted->who, ==, "Ольга");
  g_assert_cmpstr (posted->where, ==, "gdpctl@desk-2");
  g_assert_cmpint (posted->argument, ==, 7);
  g_autoptr (DataChanges) whole = data_store_changes (store, 0, NULL);
  g_assert_cmpuint (whole->commands->len, ==, 2);   /* a server that starts finds them */

  g_assert_true (data_store_take_command (store, id, "a", T0, NULL));
  assert_state (store, id, DATA_COMMAND_TAKEN, NULL);
  g_assert_true (finish (store, id, TRUE, NULL, T0, NULL));
  assert_state (store, id, DATA_COMMAND_DONE, NULL);
  g_assert_true (finish (store, failing, FALSE, "no such alarm", T0, NULL));
  assert_state (store, failing, DATA_COMMAND_FAILED, "no such alarm");
}

static void
test_conflict_commits_nothing (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = open_used (stage);
  gint64 id = post (store, T0);
  g_autoptr (GError) error = NULL;
  g_assert_true (data_store_take_command (store, id, "a", T0, NULL));
  g_assert_false (data_store_take_command (store, id, "b", T0, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_CONFLICT);
  g_clear_error (&error);

  g_assert_true (finish (store, id, TRUE, NULL, T0, NULL));
  g_assert_false (finish (store, id, TRUE, NULL, T0, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (finish (store, 12345, TRUE, NULL, T0, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_CONFLICT);
  g_assert_cmpuint (n_events (store, GDP_EVENT_NOTE), ==, 1);
}

static void
test_late_command_expires (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = open_used (stage);
  gint64 id = post (store, T0), taken = post (store, T0), late = T0 + DATA_COMMAND_LIFE;
  g_assert_true (data_store_take_command (store, taken, "a", T0, NULL));
  g_assert_true (data_store_expire_commands (store, late - 1, NULL));
  assert_state (store, id, DATA_COMMAND_POSTED, NULL);
  g_assert_false (data_store_take_command (store, id, "a", late,
                                           NULL));   /* late, though nobody has said so */
  g_assert_false (finish (store, id, TRUE, NULL, late, NULL));

  g_assert_true (data_store_expire_commands (store, late, NULL));
  assert_state (store, id, DATA_COMMAND_EXPIRED, "no server took it in time");
  g_assert_cmpuint (n_events (store, GDP_EVENT_COMMAND_REFUSED), ==, 1);
  assert_state (store, taken, DATA_COMMAND_TAKEN, NULL);   /* does not expire any more */
  g_assert_true (finish (store, taken, TRUE, NULL, late, NULL));
  g_assert_true (data_store_expire_commands (store, late, NULL));
  g_assert_cmpuint (n_events (store, GDP_EVENT_COMMAND_REFUSED), ==, 1);
}

/* ---- servers ---------------------------------------------------------------------------- */

static DataServer
server (const char *name, gint64 pid, gint64 now)
{
  return (DataServer) { .name = (char *) name, .version = (char *) "1", .host = (char *) "here", .pid = pid,
                        .started = now, .heartbeat = now };
}

static void
test_restart_fails_what_was_taken (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = open_used (stage);
  DataServer before = server ("a", NO_PROCESS, T0), after = server ("a", getpid (), T0 + 1);
  g_assert_true (data_store_start_server (store, &before, NULL));
  gint64 taken = post (store, T0), done = post (store, T0), posted = post (store, T0), other = post (store,
                                                                                                     T0);
  g_assert_true (data_store_take_command (store, taken, "a", T0, NULL));
  g_assert_true (data_store_take_command (store, done, "a", T0, NULL));
  g_assert_true (data_store_take_command (store, other, "b", T0, NULL));
  g_assert_true (finish (store, done, TRUE, NULL, T0, NULL));

  g_assert_true (data_store_start_server (store, &after, NULL));   /* the process of before is gone */
  assert_state (store, taken, DATA_COMMAND_FAILED, "server restarted");
  assert_state (store, done, DATA_COMMAND_DONE, NULL);
  assert_state (store, posted, DATA_COMMAND_POSTED, NULL);
  assert_state (store, other, DATA_COMMAND_TAKEN, NULL);
}

static void
test_one_server_a_name (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = open_used (stage);
  g_autoptr (GError) error = NULL;
  DataServer first = server ("a", getppid (), T0), second = server ("a", getpid (), T0 + GDP_SECOND);
  g_assert_true (data_store_start_server (store, &first, NULL));
  g_assert_false (data_store_start_server (store, &second, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_CONFLICT);
  g_autofree char *pid = g_strdup_printf ("%d", getppid ());
  g_assert_nonnull (strstr (error->message, pid));
  g_assert_nonnull (strstr (error->message, "here"));
  g_clear_error (&error);

  second.heartbeat = T0 + DATA_SERVER_DEAD;   /* the first one has been still for so long */
  g_assert_true (data_store_start_server (store, &second, NULL));
  g_assert_false (data_store_heartbeat (store, &first, &error));   /* and learns it when it wakes */
  g_assert_error (error, DATA_ERROR, DATA_ERROR_CONFLICT);
  g_assert_true (data_store_heartbeat (store, &second, NULL));
}

static void
test_heartbeat_is_in_the_feed (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = open_used (stage);
  DataServer self = server ("a", getpid (), T0);
  g_assert_true (data_store_start_server (store, &self, NULL));
  g_autoptr (DataChanges) before = data_store_changes (store, 0, NULL);
  g_assert_cmpuint (before->servers->len, ==, 1);
  self.heartbeat += GDP_SECOND;
  self.queue = 5;
  self.trouble = (char *) "disk nearly full";
  g_assert_cmpint (data_store_wake_fd (store, NULL), >=, 0);
  g_assert_true (data_store_heartbeat (store, &self, NULL));
  g_assert_true (data_store_wait (store, 10 * GDP_SECOND));
  g_autoptr (DataChanges) after = data_store_changes (store, before->seq, NULL);
  const DataServer *row = after->servers->pdata[0];
  g_assert_cmpint (row->heartbeat, ==, T0 + GDP_SECOND);
  g_assert_cmpuint (row->queue, ==, 5);
  g_assert_cmpstr (row->trouble, ==, "disk nearly full");
  g_assert_cmpint (row->pid, ==, getpid ());

  g_assert_true (data_store_stop_server (store, &self, NULL));
  g_autoptr (DataChanges) stopped = data_store_changes (store, after->seq, NULL);
  g_assert_cmpint (((DataServer *) stopped->servers->pdata[0])->pid, ==, 0);
}

static void
test_link_has_one_owner (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = open_used (stage);
  g_autoptr (GError) error = NULL;
  DataServer a = server ("a", getpid (), T0), b = server ("b", getpid (), T0);
  g_assert_true (data_store_start_server (store, &a, NULL));
  g_assert_true (data_store_start_server (store, &b, NULL));
  g_assert_true (data_store_claim_link (store, 1, &a, T0, NULL));
  g_assert_true (data_store_claim_link (store, 1, &a, T0, NULL));
  g_assert_true (data_store_claim_link (store, 2, &b, T0, NULL));
  g_assert_false (data_store_claim_link (store, 1, &b, T0, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "\"a\""));

  const gint64 links[] = { 3, 1, 4 };   /* together: what another has is told, the rest is had */
  char *refusals[G_N_ELEMENTS (links)];
  g_assert_true (data_store_claim_links (store, links, G_N_ELEMENTS (links), &b, T0, refusals, NULL));
  g_assert_null (refusals[0]);
  g_assert_nonnull (strstr (refusals[1], "\"a\""));
  g_assert_null (refusals[2]);
  g_free (refusals[1]);
  g_assert_false (data_store_claim_link (store, 3, &a, T0, NULL));
  g_assert_false (data_store_claim_link (store, 4, &a, T0, NULL));
  g_assert_true (data_store_leave_links (store, links, G_N_ELEMENTS (links), &b, FALSE, NULL));
  g_assert_true (data_store_claim_link (store, 4, &a, T0, NULL));

  g_assert_true (data_store_leave_links (store, (gint64[]) { 1 }, 1, &b, FALSE, NULL));   /* not b's to leave */
  g_assert_true (data_store_leave_links (store, (gint64[]) { 1 }, 1, &a, TRUE, NULL));
  g_assert_false (data_store_claim_link (store, 1, &b, T0, NULL));
  g_assert_true (data_store_leave_links (store, (gint64[]) { 1 }, 1, &a, FALSE, NULL));
  g_assert_true (data_store_claim_link (store, 1, &b, T0, NULL));
  g_assert_true (data_store_leave_links (store, (gint64[]) { 1 }, 1, &b, FALSE, NULL));
  g_assert_true (data_store_claim_link (store, 1, &a, T0, NULL));

  g_assert_true (data_store_claim_link (store, 2, &a, T0 + DATA_SERVER_DEAD, NULL));   /* b is still */
  g_assert_true (data_store_stop_server (store, &a, NULL));
  g_assert_true (data_store_claim_link (store, 1, &b, T0, NULL));
}

static void
test_traffic (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = open_used (stage);
  DataTraffic traffic[] = { { .link = TRUE, .key = 1, .owner = (char *) "a", .requests = 10,
                              .response_us = 700 },
                            { .key = 1, .owner = (char *) "a",
                              .timeouts = G_MAXUINT32 + G_GUINT64_CONSTANT (1) } };
  g_assert_true (data_store_put_traffic (store, traffic, 2, NULL));
  traffic[0].requests = 20;
  g_assert_true (data_store_put_traffic (store, traffic, 1, NULL));
  g_autoptr (GArray) back = data_store_traffic (store, NULL);
  g_assert_cmpuint (back->len, ==, 2);
  const DataTraffic *link = &g_array_index (back, DataTraffic, 0), *unit = &g_array_index (back, DataTraffic,
                                                                                           1);
  g_assert_true (link->link && !unit->link);
  g_assert_cmpuint (link->requests, ==, 20);
  g_assert_cmpuint (unit->timeouts, ==, G_MAXUINT32 + G_GUINT64_CONSTANT (1));
  g_assert_cmpstr (unit->owner, ==, "a");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-commands/posted-taken-done", test_posted_taken_done);
  g_test_add_func ("/store-commands/second-result-commits-nothing", test_conflict_commits_nothing);
  g_test_add_func ("/store-commands/late-command-expires-and-is-not-executed", test_late_command_expires);
  g_test_add_func ("/store-commands/restart-fails-what-was-taken", test_restart_fails_what_was_taken);
  g_test_add_func ("/store-commands/one-server-a-name", test_one_server_a_name);
  g_test_add_func ("/store-commands/heartbeat-is-in-the-feed", test_heartbeat_is_in_the_feed);
  g_test_add_func ("/store-commands/link-has-one-owner", test_link_has_one_owner);
  g_test_add_func ("/store-commands/traffic-comes-back", test_traffic);
  return g_test_run ();
}
