/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators in a real store: who may do what, who names roles, and what the journal keeps of it. */
#include "stage.h"

#include <glib/gstdio.h>
#include <string.h>

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
  assert_refusal (low, "Ivanova has the role dispatcher and may not switch outputs; it takes the role senior-dispatcher");
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

/* ---- passwords ------------------------------------------------------------------------------ */

#define HERS "Ivanova's secret"
#define HIS  "Sidorov's secret"

static void
give_password (Fixture *f, const char *name, const char *password, const char *who)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = data_store_set_password (f->store, name, password, who, T0, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
sign_in (DataStore *store, const char *name, const char *password)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = data_store_sign_in (store, name, password, "test@desk-1", T0, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpstr (data_store_person (store), ==, name);
}

static void
assert_no_entry (DataStore *store, const char *name, const char *password, gint64 now, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = g_strdup (data_store_person (store));
  g_assert_false (data_store_sign_in (store, name, password, "test@desk-1", now, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_SIGN_IN);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” does not say “%s”", error->message, part);
  g_assert_cmpstr (data_store_person (store), ==, before);
}

/* An administrator and a dispatcher with passwords; nobody is signed in. */
static void
name_two (Fixture *f)
{
  appoint (f, "Sidorov", GDP_ROLE_ADMINISTRATOR, "laptop");
  appoint (f, "Ivanova", GDP_ROLE_DISPATCHER, "Sidorov");
  give_password (f, "Sidorov", HIS, "Sidorov");
  sign_in (f->store, "Sidorov", HIS);
  give_password (f, "Ivanova", HERS, "Sidorov");
  data_store_sign_out (f->store, NULL, T0);
  g_assert_null (data_store_person (f->store));
}

static gboolean
post_as (DataStore *store, const char *who, GError **error)
{
  DataCommand command = { .kind = (char *) "ack", .object = (char *) "GDP-000/p0.high", .who = (char *) who,
                          .where = (char *) "test@desk-1" };
  return data_store_post (store, &command, T0, error);
}

static void
assert_not_signed_in (GError *error)
{
  g_assert_error (error, DATA_ERROR, DATA_ERROR_SIGN_IN);
  g_assert_nonnull (strstr (error->message, "is not signed in"));
}

static void
test_trusted (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) nameless = NULL, empty = NULL;
  g_assert_true (post_as (f->store, "anybody", NULL));
  g_assert_false (post_as (f->store, NULL, &nameless));
  assert_refusal (nameless, "does not say who");
  g_assert_false (post_as (f->store, "", &empty));
  assert_refusal (empty, "does not say who");
}

/* Every way to change something in a person's name. */
static void
test_everything_signed (Fixture *f, gconstpointer data)
{
  g_autoptr (GdpNetwork) network = stage_network (1, 1);
  g_autoptr (GBytes) image = g_bytes_new_static ("image", 5);
  const gint64 link = 1;
  const GdpWish wish = { .version = (char *) "1.5.0", .model = (char *) "BBT-1", .hardware = 2 };
  GError *errors[6] = { NULL };

  name_two (f);
  sign_in (f->store, "Ivanova", HERS);
  g_assert_false (post_as (f->store, "Sidorov", &errors[0]));
  g_assert_false (data_store_import (f->store, network, "Sidorov", T0, &errors[1]));
  g_assert_false (data_store_want_firmware (f->store, &wish, image, &link, 1, "Sidorov", T0, &errors[2]));
  g_assert_false (data_store_give_up_firmware (f->store, &link, 1, "Sidorov", T0, &errors[3]));
  g_assert_false (data_store_appoint (f->store, "Ivanova", GDP_ROLE_ADMINISTRATOR, "Sidorov", T0, &errors[4]));
  g_assert_false (data_store_set_password (f->store, "Ivanova", "another one", "Sidorov", T0, &errors[5]));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    assert_not_signed_in (errors[i]);
    g_error_free (errors[i]);
  }
  assert_last_event (f, GDP_EVENT_COMMAND_REFUSED, "Sidorov", "operator", "refused");
  g_assert_true (post_as (f->store, "Ivanova", NULL));
  sign_in (f->store, "Sidorov", HIS);
  g_assert_true (data_store_import (f->store, network, "Sidorov", T0, NULL));
}

static void
test_wrong_password (Fixture *f, gconstpointer data)
{
  g_autoptr (DataStore) other = stage_open (f->stage, DATA_ACCESS_POST);
  name_two (f);
  assert_no_entry (f->store, "Sidorov", HERS, T0, "wrong password");
  assert_last_event (f, GDP_EVENT_COMMAND_REFUSED, "Sidorov", "sign-in", "refused");
  assert_no_entry (f->store, "Sidorov", "", T0, "wrong password");
  assert_no_entry (f->store, "Petrov", HERS, T0, "not among the operators");
  sign_in (f->store, "Ivanova", HERS);
  assert_no_entry (f->store, "Sidorov", HERS, T0, "wrong password");   /* and Ivanova keeps the desk */
  assert_no_entry (other, "Sidorov", HERS, T0, "wrong password");
  assert_no_entry (other, "Sidorov", HIS, T0, "try again in 2 s");     /* the fifth, from whatever program */
  assert_no_entry (other, "Sidorov", HIS, T0 + 1900000, "try again in 1 s");
  g_assert_true (data_store_sign_in (other, "Sidorov", HIS, NULL, T0 + 2 * GDP_SECOND, NULL));
  assert_no_entry (other, "Sidorov", HERS, T0, "wrong password");      /* counted anew */
  sign_in (other, "Sidorov", HIS);
}

static void
test_no_password_yet (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  name_two (f);
  sign_in (f->store, "Sidorov", HIS);
  appoint (f, "Petrov", GDP_ROLE_ENGINEER, "Sidorov");
  assert_no_entry (f->store, "Petrov", "", T0, "has no password yet");
  g_assert_false (post_as (f->store, "Petrov", &error));
  assert_not_signed_in (error);
}

static void
test_administrator_first (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) first = NULL, gone = NULL, demoted = NULL;
  appoint (f, "Sidorov", GDP_ROLE_ADMINISTRATOR, "laptop");
  appoint (f, "Ivanova", GDP_ROLE_DISPATCHER, "Sidorov");
  g_assert_false (data_store_set_password (f->store, "Ivanova", HERS, "Ivanova", T0, &first));
  assert_refusal (first, "give an administrator a password first");
  give_password (f, "Sidorov", HIS, "Sidorov");
  sign_in (f->store, "Sidorov", HIS);
  give_password (f, "Ivanova", HERS, "Sidorov");
  appoint (f, "Petrov", GDP_ROLE_ADMINISTRATOR, "Sidorov");   /* cannot sign in yet, so he does not count */
  g_assert_false (data_store_appoint (f->store, "Sidorov", GDP_ROLE_VIEWER, "Sidorov", T0, &demoted));
  assert_refusal (demoted, "no administrator with a password");
  g_assert_false (data_store_appoint (f->store, "Sidorov", GDP_N_ROLES, "Sidorov", T0, &gone));
  assert_refusal (gone, "no administrator with a password");
  give_password (f, "Petrov", HIS, "Sidorov");
  appoint (f, "Sidorov", GDP_N_ROLES, "Sidorov");
}

static void
test_bad_password (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) low = NULL, another = NULL, stranger = NULL;
  name_two (f);
  sign_in (f->store, "Ivanova", HERS);
  g_assert_false (data_store_set_password (f->store, "Ivanova", "short", "Ivanova", T0, &low));
  assert_refusal (low, "at least 8");
  g_assert_false (data_store_set_password (f->store, "Sidorov", HERS, "Ivanova", T0, &another));
  assert_refusal (another, "may not give operators their roles");
  sign_in (f->store, "Sidorov", HIS);
  g_assert_false (data_store_set_password (f->store, "Petrov", HERS, "Sidorov", T0, &stranger));
  assert_refusal (stranger, "not among the operators");
}

static void
test_revoked (Fixture *f, gconstpointer data)
{
  g_autoptr (DataStore) boss = stage_open (f->stage, DATA_ACCESS_POST);
  g_autoptr (GError) changed = NULL, gone = NULL;
  name_two (f);
  sign_in (f->store, "Ivanova", HERS);
  sign_in (boss, "Sidorov", HIS);
  g_assert_true (data_store_appoint (boss, "Ivanova", GDP_ROLE_ENGINEER, "Sidorov", T0, NULL));   /* another role is no reason */
  g_assert_cmpstr (data_store_person (f->store), ==, "Ivanova");
  g_assert_true (data_store_set_password (f->store, "Ivanova", "her own choice", "Ivanova", T0, NULL));
  g_assert_true (post_as (f->store, "Ivanova", NULL));                                            /* nor is her own change */
  g_assert_true (data_store_set_password (boss, "Ivanova", "not her choice", "Sidorov", T0, NULL));
  g_assert_null (data_store_person (f->store));
  g_assert_false (post_as (f->store, "Ivanova", &changed));
  assert_not_signed_in (changed);
  sign_in (f->store, "Ivanova", "not her choice");
  g_assert_true (data_store_appoint (boss, "Ivanova", GDP_N_ROLES, "Sidorov", T0, NULL));
  g_assert_false (post_as (f->store, "Ivanova", &gone));
  assert_not_signed_in (gone);
}

static void
test_desk (Fixture *f, gconstpointer data)
{
  static const struct { GdpEventKind kind; const char *who, *text; } told[] = {
    { GDP_EVENT_SIGNED_OUT, "Sidorov", "locked" }, { GDP_EVENT_SIGNED_IN, "Sidorov", NULL },
    { GDP_EVENT_SIGNED_OUT, "Ivanova", NULL }, { GDP_EVENT_SIGNED_IN, "Ivanova", NULL },
  };
  name_two (f);
  sign_in (f->store, "Ivanova", HERS);
  sign_in (f->store, "Sidorov", HIS);
  data_store_sign_out (f->store, "locked", T0);
  data_store_sign_out (f->store, "locked", T0);
  g_autoptr (GPtrArray) events = data_store_journal (f->store, &(DataJournalFilter) { .limit = G_N_ELEMENTS (told) }, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (told); i++) {
    const GdpEvent *event = events->pdata[i];
    g_assert_cmpint (event->kind, ==, told[i].kind);
    g_assert_cmpstr (event->who, ==, told[i].who);
    g_assert_cmpstr (event->object, ==, "test@desk-1");
    g_assert_cmpstr (event->text, ==, told[i].text);
  }
}

static gboolean
file_holds (const char *path, const char *part)
{
  g_autofree char *contents = NULL;
  gsize length = 0;
  return g_file_get_contents (path, &contents, &length, NULL) && memmem (contents, length, part, strlen (part)) != NULL;
}

/* The hash stands in one place, and no password anywhere; nobody else may read either. */
static void
test_secret (Fixture *f, gconstpointer data)
{
  static const char *const parts[] = { HIS, HERS, "its new secret" };
  static const char *const ends[] = { "", "-wal", "-shm", "-feed" };
  name_two (f);
  sign_in (f->store, "Ivanova", HERS);
  assert_no_entry (f->store, "Sidorov", "its new secret", T0, "wrong password");
  g_autoptr (DataChanges) changes = stage_changes (f->store, 0);
  g_autoptr (GPtrArray) events = data_store_journal (f->store, &(DataJournalFilter) { 0 }, NULL, NULL);
  g_assert_cmpuint (events->len, >, 5);
  for (guint i = 0; i < events->len; i++) {
    const GdpEvent *event = events->pdata[i];
    const char *texts[] = { event->text, event->before, event->after, event->object, event->who };
    for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
      g_assert_true (texts[k] == NULL || (strstr (texts[k], "$y$") == NULL && strstr (texts[k], "secret") == NULL));
  }
  if (stage_on_postgres ())
    return;
  g_assert_true (file_holds (f->stage->path, "$y$") || ({ g_autofree char *wal = g_strconcat (f->stage->path, "-wal", NULL);
                                                         file_holds (wal, "$y$"); }));
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *path = g_strconcat (f->stage->path, ends[i], NULL);
    GStatBuf about;
    g_assert_cmpint (g_stat (path, &about), ==, 0);
    g_assert_cmpint (about.st_mode & 0777, ==, 0600);
    for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
      g_assert_false (file_holds (path, parts[k]));
  }
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
  TEST ("without-passwords-a-name-is-enough-but-there-must-be-one", test_trusted);
  TEST ("nothing-is-done-in-the-name-of-somebody-else", test_everything_signed);
  TEST ("wrong-passwords-are-journaled-and-make-everybody-wait", test_wrong_password);
  TEST ("who-has-no-password-yet-cannot-act", test_no_password_yet);
  TEST ("one-administrator-who-can-sign-in-is-always-left", test_administrator_first);
  TEST ("a-password-is-refused-for-what-it-is-and-for-who-gives-it", test_bad_password);
  TEST ("a-changed-password-and-a-lost-role-end-it-at-once", test_revoked);
  TEST ("who-leaves-and-who-takes-a-desk-is-journaled", test_desk);
  TEST ("the-hash-is-in-the-file-alone-and-the-file-is-nobody-elses", test_secret);
  return g_test_run ();
}
