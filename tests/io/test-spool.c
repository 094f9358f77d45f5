/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits in a server's spool while its store is away: it comes into the store in order, once, and as it was, whatever
 * is killed when. */
#include "data/spool.h"
#include "stage-sql.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN 42
#define READINGS 20   /* in a batch, of as many points */
#define POINT 100     /* the first of them */

typedef struct { Stage *stage; char *path; } Case;

static Case *
case_new (void)
{
  Case *self = g_new0 (Case, 1);
  self->stage = stage_new ();
  self->path = g_build_filename (self->stage->folder, "spool.db", NULL);
  return self;
}

static void
case_free (Case *self)
{
  stage_free (self->stage);   /* with all that is in its folder */
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Case, case_free)

static DataSpool *
open_spool (const char *path)
{
  g_autoptr (GError) error = NULL;
  DataSpool *spool = data_spool_open (path, &error);
  g_assert_no_error (error);
  return spool;
}

/* Batch @number: a reading of every point, a record of the journal, an alarm and a mark, all of which carry it. */
static DataBatch
make_batch (gint64 number, GdpChanges *changes, GArray *marks)
{
  g_autofree char *comment = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  GdpAlarm alarm = { .id = "GDP-000/p0.high", .active = TRUE, .value = NAN, .limit = NAN, .priority = 2,
                     .occurrence = (guint32) number, .comment = comment };
  gdp_changes_clear (changes);
  for (int i = 0; i < READINGS; i++)
    stage_add_reading (changes, POINT + i, number * GDP_SECOND, (double) number);
  stage_add_event (changes, number, number);
  gdp_changes_set_alarm (changes, &alarm);
  g_array_set_size (marks, 0);
  g_array_append_vals (marks, &(GdpStreamMark) { 7, 1, 3, (guint32) number }, 1);
  return (DataBatch) { .changes = changes, .marks = marks, .now = number * GDP_SECOND, .durable = TRUE, .server = "gdp-1",
                       .run = RUN, .number = number };
}

static void
keep (DataSpool *spool, gint64 first, gint64 last)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_autoptr (GError) error = NULL;
  for (gint64 number = first; number <= last; number++) {
    DataBatch batch = make_batch (number, changes, marks);
    g_assert_true (data_spool_keep (spool, &batch, 0, &error));
    g_assert_no_error (error);
  }
}

static void
commit_batch (DataStore *store, gint64 number)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_autoptr (GError) error = NULL;
  DataBatch batch = make_batch (number, changes, marks);
  g_assert_true (data_store_commit (store, &batch, NULL, &error));
  g_assert_no_error (error);
}

static guint
forward (DataSpool *spool, DataStore *store)
{
  g_autoptr (GError) error = NULL;
  guint done;
  g_assert_true (data_spool_forward (spool, store, G_MAXUINT, &done, &error));
  g_assert_no_error (error);
  return done;
}

static DataSpoolState
state_of (DataSpool *spool)
{
  g_autoptr (GError) error = NULL;
  DataSpoolState state;
  g_assert_true (data_spool_state (spool, &state, &error));
  g_assert_no_error (error);
  return state;
}

static gboolean
follows (const GdpReading *reading, gpointer user_data)
{
  gint64 *next = user_data;
  g_assert_cmpfloat (reading->value, ==, (double) *next);
  g_assert_cmpint (reading->time, ==, *next * GDP_SECOND);
  g_assert_cmpint (reading->received, ==, *next * GDP_SECOND + 1000);
  (*next)++;
  return TRUE;
}

/* Batches 1 … n are there, each once, whole, in order, and nothing else. */
static void
check (const Stage *stage, gint64 n)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_assert_true (data_store_verify (store, report, &error));
  g_assert_no_error (error);

  g_autoptr (GPtrArray) events = data_store_journal (store, &(DataJournalFilter) { .limit = G_MAXUINT }, NULL, NULL);
  g_assert_cmpint (events->len, ==, n);
  for (gint64 i = 0; i < n; i++)
    g_assert_cmpint (g_ascii_strtoll (((GdpEvent *) events->pdata[i])->text, NULL, 10), ==, n - i);
  for (int i = 0; i < READINGS; i++) {
    gint64 next = 1;
    g_assert_true (data_store_history (store, POINT + i, 0, G_MAXINT64, follows, &next, NULL));
    g_assert_cmpint (next, ==, n + 1);
  }
  g_autoptr (DataChanges) changes = stage_changes (store, 0);
  g_assert_cmpuint (changes->alarms->len, ==, 1);
  g_assert_cmpuint (((GdpAlarm *) changes->alarms->pdata[0])->occurrence, ==, n);
  g_autoptr (GArray) marks = data_store_marks (store, NULL);
  g_assert_cmpuint (marks->len, ==, 1);
  g_assert_cmpuint (g_array_index (marks, GdpStreamMark, 0).through, ==, n);
}

static gboolean
count_by_value (const GdpReading *reading, gpointer user_data)
{
  ((gint64 *) user_data)[(int) reading->value - 1]++;
  return TRUE;
}

/* ---- cases ---------------------------------------------------------------------------------- */

static void
test_forward (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);

  commit_batch (store, 1);
  keep (spool, 2, 30);
  DataSpoolState state = state_of (spool);
  g_assert_cmpint (state.waiting, ==, 29);
  g_assert_cmpint (state.since, ==, 2 * GDP_SECOND);
  g_clear_pointer (&spool, data_spool_close);
  spool = open_spool (it->path);   /* as after a restart */
  g_assert_cmpuint (forward (spool, store), ==, 29);
  state = state_of (spool);
  g_assert_true (state.waiting == 0 && state.since == 0 && state.set_aside == 0);
  g_assert_cmpuint (forward (spool, store), ==, 0);
  commit_batch (store, 31);
  check (it->stage, 31);
}

/* The server cannot know whether the commit that the connection was lost in came through. */
static void
test_in_doubt (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);

  commit_batch (store, 1);
  commit_batch (store, 2);
  commit_batch (store, 2);   /* once more */
  keep (spool, 2, 4);        /* … and as it is spooled */
  g_assert_cmpuint (forward (spool, store), ==, 3);
  check (it->stage, 4);
}

static void
test_runs (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_autoptr (GError) error = NULL;

  commit_batch (store, 1);
  commit_batch (store, 2);
  DataBatch batch = make_batch (3, changes, marks);
  batch.run = RUN + 1;
  batch.number = 1;
  g_assert_true (data_store_commit (store, &batch, NULL, &error));
  batch = make_batch (4, changes, marks);
  batch.server = "gdp-2";
  batch.number = 1;
  g_assert_true (data_store_commit (store, &batch, NULL, &error));
  g_assert_no_error (error);
  check (it->stage, 4);
}

static void
test_store_away (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);
  g_autoptr (DataStore) reader = stage_open (it->stage, DATA_ACCESS_READ);
  g_autoptr (GError) error = NULL;
  guint done;

  keep (spool, 1, 3);
  g_assert_false (data_spool_forward (spool, reader, G_MAXUINT, &done, &error));   /* will not have it */
  g_assert_nonnull (error);
  g_assert_cmpuint (done, ==, 0);
  g_assert_cmpint (state_of (spool).waiting, ==, 3);
  g_clear_error (&error);
  g_assert_true (data_spool_forward (spool, store, 2, &done, &error));
  g_assert_cmpuint (done, ==, 2);
  g_assert_cmpuint (forward (spool, store), ==, 1);
  check (it->stage, 3);
}

static void
change (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_set_aside (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);

  keep (spool, 1, 2);
  keep (spool, 100, 100);
  keep (spool, 3, 4);
  g_clear_pointer (&spool, data_spool_close);
  change (it->path, "UPDATE spool SET batch = zeroblob (40) WHERE number = 100");
  spool = open_spool (it->path);
  g_assert_cmpuint (forward (spool, store), ==, 5);
  g_assert_cmpint (state_of (spool).waiting, ==, 0);
  g_assert_cmpint (state_of (spool).set_aside, ==, 1);
  check (it->stage, 4);
}

/* Its server died, or another has ended the command: what really came of it is in the journal. */
static void
test_late_result (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  g_autoptr (GError) error = NULL;
  DataCommandResult result = { 4711, (char *) "contact open", TRUE };

  g_array_append_val (results, result);
  DataBatch batch = { .results = results, .now = 5, .durable = TRUE, .server = "gdp-1", .run = RUN, .number = 1 };
  g_assert_true (data_spool_keep (spool, &batch, 0, &error));
  g_assert_cmpuint (forward (spool, store), ==, 1);
  g_autoptr (GPtrArray) events = data_store_journal (store, NULL, NULL, NULL);
  g_assert_cmpuint (events->len, ==, 1);
  g_assert_nonnull (strstr (((GdpEvent *) events->pdata[0])->text, "4711 was done while the store was away: contact open"));
}

/* Only the way from this server to the store was cut: another one has taken over what hangs on "tcp-0". */
static void
test_taken_over (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) described = stage_network (1, 2);
  g_autoptr (GError) error = NULL;

  g_assert_true (data_store_import (store, described, "test", 1, &error));
  g_autoptr (GdpNetwork) network = data_store_network (store, &error);
  DataServer other = { .name = (char *) "gdp-2", .host = (char *) "there", .pid = 7, .heartbeat = GDP_SECOND };
  g_assert_true (data_store_start_server (store, &other, &error));
  g_assert_true (data_store_claim_link (store, network->links[0].key, &other, GDP_SECOND, &error));
  g_assert_no_error (error);
  gint64 point = network->points[0].key, unit = network->units[0].key;

  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autofree char *id = g_strconcat (network->points[0].id, ".high", NULL);
  GdpAlarm alarm = { .id = id, .active = TRUE, .acked = TRUE, .value = NAN, .limit = NAN, .priority = 2, .occurrence = 9 };
  GdpContactInfo contact = { .link = FALSE, .key = unit, .state = GDP_CONTACT_OK, .seen = 900 * GDP_SECOND };
  stage_add_reading (changes, point, 900 * GDP_SECOND, 2);
  gdp_changes_set_alarm (changes, &alarm);
  g_ptr_array_add (changes->contacts, gdp_contact_info_copy (&contact));
  stage_commit (store, changes, TRUE);

  alarm.acked = FALSE;
  alarm.occurrence = 8;
  contact.seen = 100 * GDP_SECOND;
  stage_add_reading (changes, point, 100 * GDP_SECOND, 1);
  stage_add_event (changes, 100 * GDP_SECOND, 1);
  gdp_changes_set_alarm (changes, &alarm);
  alarm.id = (char *) "link-of-nobody.lost";   /* not the other's to say */
  gdp_changes_set_alarm (changes, &alarm);
  g_ptr_array_add (changes->contacts, gdp_contact_info_copy (&contact));
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_array_append_vals (marks, &(GdpStreamMark) { network->links[0].key, 1, 3, 17 }, 1);
  DataBatch batch = { .changes = changes, .marks = marks, .now = 100 * GDP_SECOND, .server = "gdp-1", .run = RUN, .number = 1 };
  g_assert_true (data_spool_keep (spool, &batch, 0, &error));
  g_assert_cmpuint (forward (spool, store), ==, 1);
  g_assert_cmpint (state_of (spool).set_aside, ==, 0);

  g_autoptr (DataChanges) state = stage_changes (store, 0);
  g_assert_cmpuint (state->readings->len, ==, 1);
  g_assert_cmpfloat (g_array_index (state->readings, GdpReading, 0).value, ==, 2);
  g_assert_cmpuint (state->alarms->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const GdpAlarm *its = state->alarms->pdata[i];
    g_assert_cmpuint (its->occurrence, ==, g_str_equal (its->id, id) ? 9 : 8);
  }
  g_assert_cmpuint (state->contacts->len, ==, 1);
  g_assert_cmpint (((GdpContactInfo *) state->contacts->pdata[0])->seen, ==, 900 * GDP_SECOND);

  g_autoptr (GPtrArray) events = data_store_journal (store, &(DataJournalFilter) { .text = "1" }, NULL, NULL);
  guint found = 0;
  for (guint i = 0; i < events->len; i++)
    found += g_strcmp0 (((GdpEvent *) events->pdata[i])->text, "1") == 0;
  g_assert_cmpuint (found, ==, 1);
  g_autoptr (GArray) known = data_store_marks (store, NULL);
  g_assert_cmpuint (known->len, ==, 1);
  g_assert_cmpuint (g_array_index (known, GdpStreamMark, 0).through, ==, 17);
  gint64 history[2] = { 0 };
  g_assert_true (data_store_history (store, point, 0, G_MAXINT64, count_by_value, history, NULL));
  g_assert_true (history[0] == 1 && history[1] == 1);
}

/* What comes when it is full waits with whoever has it, and goes on when there is room. */
static void
test_limit (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_autoptr (GError) error = NULL;
  gint64 n = 1;

  for (;; n++) {
    DataBatch batch = make_batch (n, changes, marks);
    if (!data_spool_keep (spool, &batch, 1 << 20, &error))
      break;
    g_assert_cmpint (n, <, 10000);
  }
  g_assert_error (error, DATA_ERROR, DATA_ERROR_FULL);
  g_clear_error (&error);
  g_assert_cmpint (n, >, 100);
  g_assert_cmpint (state_of (spool).waiting, ==, n - 1);
  g_assert_cmpuint (forward (spool, store), ==, n - 1);
  DataBatch batch = make_batch (n, changes, marks);
  g_assert_true (data_spool_keep (spool, &batch, 1 << 20, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (forward (spool, store), ==, 1);
  check (it->stage, n);
}

/* ---- the copy to start from ------------------------------------------------------------------ */

static void
assert_same_networks (const GdpNetwork *a, const GdpNetwork *b)
{
  g_assert_true (a->revision == b->revision && a->n_links == b->n_links && a->n_sites == b->n_sites
                 && a->n_units == b->n_units && a->n_points == b->n_points);
  for (guint i = 0; i < a->n_points; i++) {
    guint other = gdp_network_find_point (b, a->points[i].id);
    g_assert_cmpuint (other, !=, G_MAXUINT);
    g_assert_cmpint (a->points[i].key, ==, b->points[other].key);
    g_assert_true (memcmp (&a->points[i].limits, &b->points[other].limits, sizeof a->points[i].limits) == 0);
  }
  for (guint i = 0; i < a->n_links; i++)
    g_assert_cmpint (a->links[i].key, ==, b->links[gdp_network_find_link (b, a->links[i].id)].key);
}

/* What went through it before counts no more. */
static void
test_count (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);
  DataSpool *before = open_spool (it->path);
  keep (before, 1, 5);
  g_assert_cmpuint (forward (before, store), ==, 5);
  data_spool_close (before);

  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_assert_cmpint (data_spool_last (spool), ==, data_spool_through (spool));
  keep (spool, 6, 6);
  g_assert_cmpint (data_spool_last (spool) - data_spool_through (spool), ==, 1);
  g_assert_cmpint (state_of (spool).waiting, ==, 1);
}

static void
test_copy (void)
{
  g_autoptr (Case) it = case_new ();
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (it->stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) network = stage_network (3, 4);
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_assert_null (data_spool_store (spool));
  g_assert_true (data_store_import (store, network, "test", 1, &error));
  g_autoptr (GdpNetwork) theirs = data_store_network (store, &error);
  for (guint again = 0; again < 2; again++) {   /* the second in the place of the first */
    g_assert_true (data_spool_copy (spool, store, &done, &error));
    g_assert_no_error (error);
  }
  commit_batch (store, 1);
  g_assert_true (data_spool_copy (spool, store, &done, &error));
  g_assert_true (done);
  keep (spool, 2, 3);
  g_assert_true (data_spool_copy (spool, store, &done, &error));   /* changes nothing: something waits */
  g_assert_false (done);   /* … so that whoever wants a copy tries again */

  DataServer server = { .name = (char *) "gdp-1", .host = (char *) "here", .pid = 7, .heartbeat = GDP_SECOND };
  g_assert_true (data_store_claim_link (store, theirs->links[0].key, &server, GDP_SECOND, &error));
  g_assert_true (data_spool_refresh (spool, store, &done, &error));   /* nor does this */
  g_assert_false (done);
  g_assert_cmpuint (data_spool_last (spool) - data_spool_through (spool), ==, 2);

  DataStore *copy = data_spool_store (spool);
  g_autoptr (GdpNetwork) ours = data_store_network (copy, &error);
  g_assert_no_error (error);
  assert_same_networks (theirs, ours);
  g_autoptr (DataChanges) state = stage_changes (copy, 0);
  g_assert_cmpuint (state->readings->len, ==, READINGS);
  g_assert_cmpuint (state->alarms->len, ==, 1);
  g_assert_cmpuint (((GdpAlarm *) state->alarms->pdata[0])->occurrence, ==, 3);
  g_autoptr (GArray) marks = data_store_marks (copy, &error);
  g_assert_cmpuint (g_array_index (marks, GdpStreamMark, 0).through, ==, 3);

  g_assert_cmpuint (forward (spool, store), ==, 2);
  g_assert_true (data_spool_refresh (spool, store, &done, &error));
  g_assert_no_error (error);
  g_assert_true (done);
  g_autoptr (GArray) links = data_spool_links (spool, "gdp-1", &error);
  g_assert_cmpuint (links->len, ==, 1);
  g_assert_cmpint (g_array_index (links, gint64, 0), ==, theirs->links[0].key);
  g_autoptr (DataChanges) after = stage_changes (copy, 0);
  g_assert_cmpuint (after->readings->len, ==, READINGS);
  g_assert_cmpfloat (g_array_index (after->readings, GdpReading, 0).value, ==, 3);
}

/* ---- killed --------------------------------------------------------------------------------- */

typedef struct { const Case *it; int pipe[2]; gint64 first; } Worker;

static void
keep_until_killed (const Stage *stage G_GNUC_UNUSED, gpointer data)
{
  Worker *worker = data;
  g_autoptr (DataSpool) spool = open_spool (worker->it->path);
  for (gint64 number = worker->first;; number++) {
    keep (spool, number, number);
    if (write (worker->pipe[1], &number, sizeof number) != sizeof number)
      _exit (1);
  }
}

/* The last number that was reported. */
static gint64
keep_and_kill (const Case *it, gint64 first, gint64 last)
{
  Worker worker = { .it = it, .first = first };
  gint64 number = 0, told = 0;
  g_assert_cmpint (pipe (worker.pipe), ==, 0);
  pid_t child = stage_fork (it->stage, keep_until_killed, &worker);
  close (worker.pipe[1]);
  while (told < last && read (worker.pipe[0], &number, sizeof number) == sizeof number)
    told = number;
  kill (child, SIGKILL);
  while (read (worker.pipe[0], &number, sizeof number) == sizeof number)
    told = number;
  close (worker.pipe[0]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_assert_cmpint (told, >=, last);
  return told;
}

static void
forward_until_killed (const Stage *stage, gpointer data)
{
  const Case *it = data;
  g_autoptr (DataSpool) spool = open_spool (it->path);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GError) error = NULL;
  guint done = 1;
  while (done > 0) {   /* few at once, so that there are many commits to be killed in */
    g_assert_true (data_spool_forward (spool, store, 3, &done, &error));
    g_assert_no_error (error);
  }
}

static gint64
waiting (const Case *it)
{
  g_autoptr (DataSpool) spool = open_spool (it->path);
  return state_of (spool).waiting;
}

static void
test_killed (void)
{
  g_autoptr (Case) it = case_new ();
  gint64 told = keep_and_kill (it, 1, 60);
  gint64 n = waiting (it);
  g_assert_true (n == told || n == told + 1);   /* it may have died before it could report */
  told = keep_and_kill (it, n + 1, n + 60);
  n = waiting (it);
  g_assert_true (n == told || n == told + 1);

  guint kills = 0;
  for (gulong patience = 5000; waiting (it) > 0; patience += 1000 + patience / 10) {
    pid_t child = stage_fork (it->stage, forward_until_killed, it);
    g_usleep (patience);   /* some moment or other of its work */
    kill (child, SIGKILL);
    g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
    g_autoptr (StageSql) sql = stage_sql_new (it->stage);
    stage_sql_settle (sql);
    kills++;
  }
  g_test_message ("%" G_GINT64_FORMAT " batches forwarded by %u servers, each killed", n, kills);
  g_assert_cmpuint (kills, >, 1);
  check (it->stage, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spool/what-waited-is-forwarded-in-order-as-it-was", test_forward);
  g_test_add_func ("/spool/a-commit-in-doubt-is-there-once", test_in_doubt);
  g_test_add_func ("/spool/numbers-are-of-one-server-and-run", test_runs);
  g_test_add_func ("/spool/nothing-is-let-go-while-the-store-refuses", test_store_away);
  g_test_add_func ("/spool/what-is-damaged-is-set-aside-and-the-rest-goes-on", test_set_aside);
  g_test_add_func ("/spool/a-result-that-comes-too-late-is-in-the-journal", test_late_result);
  g_test_add_func ("/spool/of-links-that-another-server-took-over-the-state-is-that-server's", test_taken_over);
  g_test_add_func ("/spool/it-takes-no-more-than-it-may", test_limit);
  g_test_add_func ("/spool/what-waits-is-counted-from-what-went-before", test_count);
  g_test_add_func ("/spool/there-is-a-copy-to-start-from", test_copy);
  g_test_add_func ("/spool/killed-at-any-moment-nothing-is-lost-or-doubled", test_killed);
  return g_test_run ();
}
