/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of sessions in the store, and what a server that dies leaves in it. */
#include "stage.h"

#include <math.h>

#define T0   (G_GINT64_CONSTANT (1700000000) * GDP_SECOND)
#define HERE 1

static void
put (DataStore *store, const GdpSession *sessions, guint n)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (list, (gpointer) &sessions[i]);
  gboolean done = data_store_commit (store, &(DataBatch) { .sessions = list, .now = T0, .durable = TRUE }, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (done);
}

static GPtrArray *
all (DataStore *store, DataSessionFilter filter)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *sessions = data_store_sessions (store, &filter, &error);

  g_assert_no_error (error);
  return sessions;
}

static const GdpSession *
at (GPtrArray *sessions, guint i)
{
  g_assert_cmpuint (i, <, sessions->len);
  return sessions->pdata[i];
}

static void
test_opened_then_closed (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  GdpSession session = { .link = HERE, .opened = T0, .cause = 1, .signal = -77, .peer = (char *) "tcp 10.0.0.1:9" };

  put (store, &session, 1);
  g_autoptr (GPtrArray) open = all (store, (DataSessionFilter) { .link = HERE });
  g_assert_cmpint (at (open, 0)->closed, ==, 0);
  g_assert_null (at (open, 0)->why);
  session.closed = T0 + 60 * GDP_SECOND;
  session.why = (char *) "all delivered";
  session.well = TRUE;
  session.records = 12;
  session.bytes_in = G_MAXUINT32 + G_GUINT64_CONSTANT (5);
  session.signal = NAN;
  put (store, &session, 1);
  g_autoptr (GPtrArray) closed = all (store, (DataSessionFilter) { 0 });
  g_assert_cmpuint (closed->len, ==, 1);
  g_assert_cmpint (at (closed, 0)->closed, ==, session.closed);
  g_assert_cmpstr (at (closed, 0)->why, ==, "all delivered");
  g_assert_cmpstr (at (closed, 0)->peer, ==, "tcp 10.0.0.1:9");
  g_assert_true (at (closed, 0)->well);
  g_assert_cmpuint (at (closed, 0)->bytes_in, ==, session.bytes_in);
  g_assert_true (isnan (at (closed, 0)->signal));
}

static void
test_filters (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);

  for (guint i = 0; i < 10; i++)
    put (store, &(GdpSession) { .link = 1 + i % 2, .opened = T0 + i * GDP_SECOND, .closed = T0 + (i + 1) * GDP_SECOND }, 1);
  put (store, &(GdpSession) { .link = 1, .opened = T0 - GDP_SECOND }, 1);   /* still open */
  g_autoptr (GPtrArray) of_2 = all (store, (DataSessionFilter) { .link = 2 });
  g_assert_cmpuint (of_2->len, ==, 5);
  g_assert_cmpint (at (of_2, 0)->opened, ==, T0 + 9 * GDP_SECOND);   /* newest first */
  g_autoptr (GPtrArray) late = all (store, (DataSessionFilter) { .since = T0 + 9 * GDP_SECOND });
  g_assert_cmpuint (late->len, ==, 3);   /* the last two were open then, and the one that still is */
  g_autoptr (GPtrArray) few = all (store, (DataSessionFilter) { .limit = 4 });
  g_assert_cmpuint (few->len, ==, 4);
}

static void
test_retention (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autofree GdpSession *many = g_new0 (GdpSession, DATA_SESSIONS_MOST + 500);

  put (store, &(GdpSession) { .link = 1, .opened = T0 - DATA_SESSIONS_KEPT - 1, .closed = T0 - DATA_SESSIONS_KEPT }, 1);
  put (store, &(GdpSession) { .link = 2, .opened = T0 - DATA_SESSIONS_KEPT - 1, .closed = T0 - DATA_SESSIONS_KEPT }, 1);
  for (guint i = 0; i < DATA_SESSIONS_MOST + 500; i++)
    many[i] = (GdpSession) { .link = 1, .opened = T0 + i, .closed = T0 + i };
  put (store, many, DATA_SESSIONS_MOST + 500);
  g_autoptr (GPtrArray) left = all (store, (DataSessionFilter) { .link = 1, .limit = G_MAXINT });
  g_assert_cmpuint (left->len, >=, DATA_SESSIONS_MOST);
  g_assert_cmpuint (left->len, <, DATA_SESSIONS_MOST + 64);
  g_assert_cmpint (at (left, 0)->opened, ==, T0 + DATA_SESSIONS_MOST + 499);   /* the oldest go */
  g_autoptr (GPtrArray) other = all (store, (DataSessionFilter) { .link = 2 });
  g_assert_cmpuint (other->len, ==, 1);
}

static void
test_claim_ends_what_is_open (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  DataServer server = { .name = (char *) "a", .host = (char *) "h", .pid = 5, .heartbeat = T0 };
  GdpContactInfo *contact = g_new0 (GdpContactInfo, 1);

  *contact = (GdpContactInfo) { .link = TRUE, .key = 1, .seen = T0 + 7 * GDP_SECOND };
  g_ptr_array_add (changes->contacts, contact);
  stage_commit (store, changes, TRUE);
  for (gint64 link = 1; link <= 2; link++)
    put (store, &(GdpSession) { .link = link, .opened = T0 }, 1);
  g_assert_true (data_store_start_server (store, &server, NULL));
  g_assert_true (data_store_claim_link (store, 1, &server, T0, NULL));
  g_autoptr (GPtrArray) ended = all (store, (DataSessionFilter) { .link = 1 });
  g_assert_cmpint (at (ended, 0)->closed, ==, T0 + 7 * GDP_SECOND);   /* its last sign of life */
  g_assert_cmpstr (at (ended, 0)->why, ==, "the server was gone");
  g_autoptr (GPtrArray) open = all (store, (DataSessionFilter) { .link = 2 });
  g_assert_cmpint (at (open, 0)->closed, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-sessions/opened-then-closed-is-one", test_opened_then_closed);
  g_test_add_func ("/store-sessions/by-link-by-time-newest-first", test_filters);
  g_test_add_func ("/store-sessions/so-long-and-so-many-are-kept", test_retention);
  g_test_add_func ("/store-sessions/who-claims-the-link-ends-what-was-open", test_claim_ends_what_is_open);
  return g_test_run ();
}
