/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators in a real store: who may do what, who names roles, and what the journal keeps of it. */
#include "stage.h"

#define T0 (G_GINT64_CONSTANT (1700000000) * GDP_SECOND)

typedef struct { Stage *stage; DataStore *store; } Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->stage = stage_new ();
  f->store = stage_open (f->stage, DATA_ACCESS_POST);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  data_store_close (f->store);
  stage_free (f->stage);
}

static void
appoint (Fixture *f, const char *name, GdpRole role, const char *who)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = data_store_appoint (f->store, name, role, who, T0, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
assert_refusal (GError *error, const char *part)
{
  g_assert_error (error, DATA_ERROR, DATA_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, part));
}

static void
assert_last_event (Fixture *f, GdpEventKind kind, const char *who, const char *before, const char *after)
{
  g_autoptr (GPtrArray) events = data_store_journal (f->store, &(DataJournalFilter) { .limit = 1 }, NULL, NULL);
  g_assert_cmpuint (events->len, ==, 1);
  const GdpEvent *event = events->pdata[0];
  g_assert_cmpint (event->kind, ==, kind);
  g_assert_cmpstr (event->who, ==, who);
  g_assert_cmpstr (event->before, ==, before);
  g_assert_cmpstr (event->after, ==, after);
}

static void
test_nobody (Fixture *f, gconstpointer data)
{
  g_assert_true (data_store_may (f->store, "anybody", GDP_ACT_SWITCH, NULL));
  g_assert_true (data_store_may (f->store, NULL, GDP_ACT_APPOINT, NULL));
}

static void
test_roles (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) low = NULL, stranger = NULL;
  appoint (f, "Sidorov", GDP_ROLE_ADMINISTRATOR, "laptop");
  appoint (f, "Ivanova", GDP_ROLE_DISPATCHER, "Sidorov");
  assert_last_event (f, GDP_EVENT_CONFIGURATION_CHANGED, "Sidorov", NULL, "dispatcher");
  g_assert_true (data_store_may (f->store, "Ivanova", GDP_ACT_ACKNOWLEDGE, NULL));
  g_assert_false (data_store_may (f->store, "Ivanova", GDP_ACT_SWITCH, &low));
  assert_refusal (low, "Ivanova is a dispatcher and may not switch outputs; it takes a senior-dispatcher");
  g_assert_false (data_store_may (f->store, "Petrov", GDP_ACT_ACKNOWLEDGE, &stranger));
  assert_refusal (stranger, "Petrov is not among the operators");
  appoint (f, "Ivanova", GDP_ROLE_SENIOR_DISPATCHER, "Sidorov");
  assert_last_event (f, GDP_EVENT_CONFIGURATION_CHANGED, "Sidorov", "dispatcher", "senior-dispatcher");
  g_assert_true (data_store_may (f->store, "Ivanova", GDP_ACT_SWITCH, NULL));
  g_autoptr (GPtrArray) all = data_store_operators (f->store, NULL);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (((DataOperator *) all->pdata[0])->name, ==, "Ivanova");
}

static void
test_usurper (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  appoint (f, "Sidorov", GDP_ROLE_ADMINISTRATOR, "laptop");
  appoint (f, "Ivanova", GDP_ROLE_ENGINEER, "Sidorov");
  g_assert_false (data_store_appoint (f->store, "Ivanova", GDP_ROLE_ADMINISTRATOR, "Ivanova", T0, &error));
  assert_refusal (error, "may not give operators their roles");
  assert_last_event (f, GDP_EVENT_COMMAND_REFUSED, "Ivanova", "operator", "refused");
}

static void
test_last_administrator (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) first = NULL, demoted = NULL, gone = NULL;
  g_assert_false (data_store_appoint (f->store, "Ivanova", GDP_ROLE_VIEWER, "laptop", T0, &first));
  assert_refusal (first, "no administrator");
  appoint (f, "Sidorov", GDP_ROLE_ADMINISTRATOR, "laptop");
  g_assert_false (data_store_appoint (f->store, "Sidorov", GDP_ROLE_VIEWER, "Sidorov", T0, &demoted));
  assert_refusal (demoted, "no administrator");
  appoint (f, "Ivanova", GDP_ROLE_VIEWER, "Sidorov");
  g_assert_false (data_store_appoint (f->store, "Sidorov", GDP_N_ROLES, "Sidorov", T0, &gone));
  assert_refusal (gone, "no administrator");
  appoint (f, "Ivanova", GDP_N_ROLES, "Sidorov");
  appoint (f, "Sidorov", GDP_N_ROLES, "Sidorov");   /* the last one may go */
  g_assert_true (data_store_may (f->store, "anybody", GDP_ACT_APPOINT, NULL));
}

static void
test_import (Fixture *f, gconstpointer data)
{
  g_autoptr (GdpNetwork) network = stage_network (1, 1);
  g_autoptr (GError) error = NULL;
  appoint (f, "Sidorov", GDP_ROLE_ADMINISTRATOR, "laptop");
  appoint (f, "Ivanova", GDP_ROLE_SENIOR_DISPATCHER, "Sidorov");
  g_assert_false (data_store_import (f->store, network, "Ivanova", T0, &error));
  assert_refusal (error, "may not change the configuration");
  assert_last_event (f, GDP_EVENT_COMMAND_REFUSED, "Ivanova", "import", "refused");
  g_assert_cmpint (data_store_revision (f->store, NULL), ==, 0);
  g_assert_true (data_store_import (f->store, network, "Sidorov", T0, NULL));
  g_autoptr (GString) report = g_string_new (NULL);
  g_assert_true (data_store_verify (f->store, report, NULL));
}

#define TEST(name, func) g_test_add ("/store-operators/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("without-any-everybody-may", test_nobody);
  TEST ("a-role-is-what-counts-and-strangers-may-nothing", test_roles);
  TEST ("nobody-makes-himself-an-administrator", test_usurper);
  TEST ("one-administrator-is-always-left", test_last_administrator);
  TEST ("an-import-takes-an-engineer", test_import);
  return g_test_run ();
}
