/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stores that are not there, not ours, not whole, not to be written: a clear error, nothing else. */
#include "stage.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_refused (const char *uri, DataAccess access, DataError code, const char *mentions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = data_store_open (uri, access, &error);
  g_assert_null (store);
  g_assert_error (error, DATA_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, mentions));
}

/* As another program would. */
static void
change (const char *path, const char *sql, int expected)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, expected);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static void
fill (const Stage *stage, int n_events)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (int i = 1; i <= n_events; i++) {
    stage_add_event (changes, i, i);
    for (int j = 0; j < 50; j++)
      stage_add_reading (changes, 1 + j, i, i);
  }
  stage_commit (store, changes, TRUE);
}

/* ---- opening ---------------------------------------------------------------------------- */

static void
test_uri (void)
{
  static const char *const uris[] = { "", "store.db", "sqlite:", "mysql:x", ":", "/tmp/x" };
  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    assert_refused (uris[i], DATA_ACCESS_READ, DATA_ERROR_URI, "sqlite:PATH");
}

static void
test_missing (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autofree char *nowhere = g_strconcat (stage->uri, "/no/folder/store.db", NULL);
  assert_refused (stage->uri, DATA_ACCESS_READ, DATA_ERROR_MISSING, stage->path);
  g_assert_false (g_file_test (stage->path, G_FILE_TEST_EXISTS));
  assert_refused (nowhere, DATA_ACCESS_SERVE, DATA_ERROR_MISSING, "/no/folder");
}

static void
test_mode (void)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-feed" };
  g_autoptr (Stage) stage = stage_new ();
  mode_t mask = umask (0);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  stage_add_event (changes, 1, 1);
  stage_commit (store, changes, TRUE);
  umask (mask);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = g_strconcat (stage->path, suffixes[i], NULL);
    GStatBuf status;
    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  }
}

static void
test_newer (void)
{
  g_autoptr (Stage) stage = stage_new ();
  fill (stage, 1);
  change (stage->path, "PRAGMA user_version = 99", SQLITE_OK);
  for (DataAccess access = DATA_ACCESS_READ; access <= DATA_ACCESS_SERVE; access++)
    assert_refused (stage->uri, access, DATA_ERROR_NEWER, "newer program");
}

/* Brought up to date by another program while this one works with it. */
static void
test_becomes_newer (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  DataBatch batch = { .changes = changes, .now = 1, .durable = TRUE };
  fill (stage, 1);
  g_autoptr (DataStore) server = stage_open (stage, DATA_ACCESS_SERVE), reader = stage_open (stage, DATA_ACCESS_READ);
  gint64 seq = stage_last_number (reader);
  change (stage->path, "PRAGMA user_version = 99", SQLITE_OK);

  g_autoptr (GError) not_written = NULL, not_read = NULL, not_asked = NULL;
  stage_add_event (changes, 1, 2);
  g_assert_false (data_store_commit (server, &batch, NULL, &not_written));
  g_assert_error (not_written, DATA_ERROR, DATA_ERROR_NEWER);
  g_assert_nonnull (strstr (not_written->message, "newer program (schema 99, "));
  g_assert_null (data_store_changes (reader, seq, &not_read));
  g_assert_error (not_read, DATA_ERROR, DATA_ERROR_NEWER);
  g_assert_cmpint (data_store_revision (reader, &not_asked), ==, -1);
  g_assert_error (not_asked, DATA_ERROR, DATA_ERROR_NEWER);
}

/* A reader may not; the first who may write does it. */
static void
test_older (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (GdpNetwork) network = stage_network (1, 1);
  g_autoptr (GError) error = NULL;
  fill (stage, 1);
  change (stage->path, "DROP TABLE sample_hour; DROP TABLE sample_month; DROP TABLE sample_year; DROP TABLE sample_damaged;"
          "DROP TABLE sample_aside; DROP TABLE commit_mark; ALTER TABLE server DROP COLUMN spooled; ALTER TABLE server DROP COLUMN spooled_since;"
          "ALTER TABLE server DROP COLUMN machine; ALTER TABLE server DROP COLUMN clock;"
          "DROP TABLE sealing; DROP TABLE journal_run; DROP TABLE journal_shelf; DROP TABLE session; DROP TABLE site_card;"
          " ALTER TABLE traffic DROP COLUMN total; ALTER TABLE traffic DROP COLUMN lately;"
          "DROP TABLE stranger; DROP TABLE operator; DROP TABLE firmware_wish; DROP TABLE firmware;"
          "ALTER TABLE contact DROP COLUMN next_call; ALTER TABLE alarm DROP COLUMN quiet;"
          "DROP TABLE stream_mark; DROP TABLE device; ALTER TABLE command DROP COLUMN detail;"
          "DROP TABLE schedule; ALTER TABLE link DROP COLUMN serial;"
          "ALTER TABLE link DROP COLUMN keyless; ALTER TABLE link DROP COLUMN stays_connected;"
          "ALTER TABLE link DROP COLUMN guaranteed_sessions; ALTER TABLE link DROP COLUMN category;"
          "ALTER TABLE link DROP COLUMN zone; ALTER TABLE link DROP COLUMN settings;"
          "ALTER TABLE link DROP COLUMN schedule; DROP INDEX unit_link; ALTER TABLE link DROP COLUMN retired;"
          "ALTER TABLE point DROP COLUMN remind_after; ALTER TABLE point DROP COLUMN latches;"
          "ALTER TABLE alarm DROP COLUMN suppressed_priority; ALTER TABLE alarm DROP COLUMN times;"
          "ALTER TABLE point DROP COLUMN deviation_priority; ALTER TABLE point DROP COLUMN deviation_value;"
          "ALTER TABLE point DROP COLUMN deviation_deadband; ALTER TABLE point DROP COLUMN deviation_on_delay;"
          "ALTER TABLE point DROP COLUMN deviation_off_delay; ALTER TABLE point DROP COLUMN rate_priority;"
          "ALTER TABLE point DROP COLUMN rate_value; ALTER TABLE point DROP COLUMN rate_deadband;"
          "ALTER TABLE point DROP COLUMN rate_on_delay; ALTER TABLE point DROP COLUMN rate_off_delay;"
          "ALTER TABLE point DROP COLUMN set_point; ALTER TABLE point DROP COLUMN rate_window;"
          "ALTER TABLE point DROP COLUMN frozen_priority; ALTER TABLE point DROP COLUMN frozen_after;"
          "ALTER TABLE point DROP COLUMN factor; PRAGMA user_version = 1", SQLITE_OK);
  assert_refused (stage->uri, DATA_ACCESS_READ, DATA_ERROR_PERMISSION, "start gdp-server once");
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_assert_true (data_store_import (store, network, "engineer", 1, &error));
  g_autoptr (DataStore) reader = stage_open (stage, DATA_ACCESS_READ);
  g_autoptr (DataChanges) changes = data_store_changes (reader, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changes->readings->len, ==, 50);
}

static void
test_foreign (void)
{
  g_autoptr (Stage) stage = stage_new ();
  change (stage->path, "CREATE TABLE bookmark (url TEXT)", SQLITE_OK);
  for (DataAccess access = DATA_ACCESS_READ; access <= DATA_ACCESS_SERVE; access++)
    assert_refused (stage->uri, access, DATA_ERROR_NOT_A_STORE, "another program");
}

static void
assert_untouched (const Stage *stage, const char *bytes, gsize length)
{
  g_autofree char *now = NULL;
  gsize n = 0;
  g_assert_true (g_file_get_contents (stage->path, &now, &n, NULL));
  g_assert_cmpmem (now, n, bytes, length);
}

static void
test_garbage (void)
{
  g_autoptr (Stage) stage = stage_new ();
  char bytes[10000];
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (char) g_rand_int (rand);
  g_assert_true (g_file_set_contents (stage->path, bytes, sizeof bytes, NULL));
  for (DataAccess access = DATA_ACCESS_READ; access <= DATA_ACCESS_SERVE; access++)
    assert_refused (stage->uri, access, DATA_ERROR_NOT_A_STORE, stage->path);
  assert_untouched (stage, bytes, sizeof bytes);
  assert_refused ("sqlite:/", DATA_ACCESS_SERVE, DATA_ERROR_NOT_A_STORE, "/");
}

static void
test_truncated (void)
{
  g_autoptr (Stage) stage = stage_new ();
  fill (stage, 200);
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_assert_true (g_file_get_contents (stage->path, &bytes, &length, NULL));
  const gsize lengths[] = { 1, 99, 100, 512, 4095, 4096, 8192, length / 2, length - 5000, length - 4096 };
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (DataAccess access = DATA_ACCESS_READ; access <= DATA_ACCESS_SERVE; access++) {
      g_assert_true (g_file_set_contents (stage->path, bytes, (gssize) lengths[i], NULL));
      assert_refused (stage->uri, access, DATA_ERROR_NOT_A_STORE, stage->path);
      assert_untouched (stage, bytes, lengths[i]);
    }
}

/* What an interrupted creation leaves behind is no hindrance to the next one. */
static void
test_empty_file_becomes_a_store (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_assert_true (g_file_set_contents (stage->path, "", 0, NULL));
  assert_refused (stage->uri, DATA_ACCESS_READ, DATA_ERROR_NOT_A_STORE, "not yet a store");
  fill (stage, 1);
  data_store_close (stage_open (stage, DATA_ACCESS_READ));
}

/* ---- rights ----------------------------------------------------------------------------- */

#define NOBODY 65534

/* Rights do not bind root. */
static void
become_nobody (void)
{
  if (getuid () == 0)
    g_assert_cmpint (setresuid (NOBODY, NOBODY, NOBODY), ==, 0);
}

static void
open_without_rights (const Stage *stage, gpointer data)
{
  become_nobody ();
  assert_refused (stage->uri, DATA_ACCESS_SERVE, DATA_ERROR_PERMISSION, stage->path);
  assert_refused (stage->uri, DATA_ACCESS_POST, DATA_ERROR_PERMISSION, stage->path);
}

/* SQLite cannot read a log that it may not map for writing. */
static void
read_without_rights (const Stage *stage, gpointer data)
{
  become_nobody ();
  assert_refused (stage->uri, DATA_ACCESS_READ, DATA_ERROR_PERMISSION, "rights of the file and its folder");
}

static void
give_to_nobody (const Stage *stage)
{
  g_autoptr (GDir) dir = g_dir_open (stage->folder, 0, NULL);
  const char *name;
  while (getuid () == 0 && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (stage->folder, name, NULL);
    g_assert_cmpint (chown (path, NOBODY, NOBODY), ==, 0);
  }
  if (getuid () == 0)
    g_assert_cmpint (chown (stage->folder, NOBODY, NOBODY), ==, 0);
}

static void
test_read_only_file (void)
{
  g_autoptr (Stage) stage = stage_new ();
  fill (stage, 1);
  give_to_nobody (stage);
  g_assert_cmpint (g_chmod (stage->path, 0400), ==, 0);
  stage_join (stage_fork (stage, open_without_rights, NULL));
}

static void
test_read_only_folder (void)
{
  g_autoptr (Stage) stage = stage_new ();
  give_to_nobody (stage);
  g_assert_cmpint (g_chmod (stage->folder, 0500), ==, 0);
  stage_join (stage_fork (stage, open_without_rights, NULL));
  g_assert_cmpint (g_chmod (stage->folder, 0700), ==, 0);
  fill (stage, 1);
  give_to_nobody (stage);
  g_assert_cmpint (g_chmod (stage->folder, 0500), ==, 0);
  stage_join (stage_fork (stage, read_without_rights, NULL));
  g_assert_cmpint (g_chmod (stage->folder, 0700), ==, 0);
}

static void
test_reader_does_not_write (void)
{
  g_autoptr (Stage) stage = stage_new ();
  fill (stage, 1);
  g_autoptr (DataStore) reader = stage_open (stage, DATA_ACCESS_READ), poster = stage_open (stage,
                                                                                            DATA_ACCESS_POST);
  g_autoptr (GError) error = NULL;
  DataCommand command = { .kind = (char *) "ack", .who = (char *) "Ivanova" };
  DataBatch batch = { .now = 1 };
  g_assert_false (data_store_post (reader, &command, 1, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_PERMISSION);
  g_clear_error (&error);
  g_assert_false (data_store_commit (poster, &batch, NULL, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_PERMISSION);
}

/* ---- locked, full ----------------------------------------------------------------------- */

static void
test_locked (void)
{
  g_autoptr (Stage) stage = stage_new ();
  fill (stage, 1);
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (DataStore) reader = stage_open (stage, DATA_ACCESS_READ);
  sqlite3 *other = NULL;
  g_assert_cmpint (sqlite3_open (stage->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), ==, SQLITE_OK);

  g_autoptr (GError) error = NULL;
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  stage_add_event (changes, 1, 2);
  DataBatch batch = { .changes = changes, .now = 1, .durable = TRUE };
  gint64 start = g_get_monotonic_time ();
  g_assert_false (data_store_commit (store, &batch, NULL, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_BUSY);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * GDP_SECOND);
  g_autoptr (DataChanges) state = data_store_changes (reader, 0, NULL);   /* readers are not disturbed */
  g_assert_nonnull (state);

  sqlite3_close (other);
  stage_commit (store, changes, TRUE);
  g_autoptr (DataChanges) after = data_store_changes (reader, state->seq, NULL);
  g_assert_cmpuint (after->events->len, ==, 1);
}

static void
fill_the_disk (const Stage *stage, gpointer data)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GError) error = NULL;
  struct rlimit limit = { .rlim_max = RLIM_INFINITY };
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  limit.rlim_cur = 500000;   /* no file may grow beyond */
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);

  int committed = 0;
  for (gboolean ok = TRUE; ok; committed += ok) {
    stage_add_event (changes, 1, committed + 1);
    for (int j = 0; j < 500; j++)
      stage_add_reading (changes, 1 + j, committed, committed);
    DataBatch batch = { .changes = changes, .now = 1, .durable = TRUE };
    ok = data_store_commit (store, &batch, NULL, &error);
    if (ok)
      gdp_changes_clear (changes);
  }
  g_assert_true (g_error_matches (error, DATA_ERROR, DATA_ERROR_IO) || g_error_matches (error, DATA_ERROR,
                                                                                        DATA_ERROR_FULL));
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  stage_commit (store, changes, TRUE);   /* the same batch, once there is room */
  DataJournalFilter filter = { .limit = G_MAXUINT };
  g_autoptr (GPtrArray) events = data_store_journal (store, &filter, NULL, NULL);
  g_assert_cmpuint (events->len, ==, (guint) committed + 1);
  g_autoptr (DataChanges) state = data_store_changes (store, 0, NULL);
  g_assert_cmpuint (state->readings->len, ==, 500);
  for (guint i = 0; i < 500; i++)
    g_assert_cmpfloat (g_array_index (state->readings, GdpReading, i).value, ==, committed);
  g_autoptr (GString) report = g_string_new (NULL);
  g_assert_true (data_store_verify (store, report, NULL));
}

static void
test_disk_full_and_back (void)
{
  g_autoptr (Stage) stage = stage_new ();
  stage_join (stage_fork (stage, fill_the_disk, NULL));
}

/* ---- verify ----------------------------------------------------------------------------- */

static void
assert_verify_names (const Stage *stage, const char *what)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_READ);
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok = data_store_verify (store, report, &error);
  if (what == NULL) {
    g_assert_no_error (error);
    g_assert_true (ok);
    return;
  }
  g_assert_false (ok);
  g_assert_error (error, DATA_ERROR, DATA_ERROR_NOT_A_STORE);
  g_assert_nonnull (strstr (error->message, what));
}

#define UNLOCK "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete; "

static void
test_verify (void)
{
  static const struct { const char *sql, *named; } cases[] = {
    { "SELECT 1", NULL },
    { UNLOCK "UPDATE journal SET text = '11' WHERE text = '10'", "at record 1010" },
    { UNLOCK "UPDATE journal SET who = NULL WHERE text = '10'", "at record 1010" },
    { UNLOCK "UPDATE journal SET before = '' WHERE text = '10'", "at record 1010" },
    { UNLOCK "UPDATE journal SET before = who, who = before WHERE text = '10'", "at record 1010" },
    { UNLOCK "UPDATE journal SET hash = zeroblob (32) WHERE text = '10'", "at record 1010" },
    { UNLOCK "DELETE FROM journal WHERE text = '10'", "at record 1011" },
    { UNLOCK "DELETE FROM journal WHERE text = '1'", "at record 1002" },
    { UNLOCK "DELETE FROM journal WHERE text = '20'", "missing after record 1019" },
    { UNLOCK "DELETE FROM journal", "missing after record 0" },
    { "INSERT INTO journal SELECT 999999, kind, occurred, learned, site, object, who, before, after, text, "
      "priority, hash FROM journal WHERE text = '20'", "at record 999999" },
    { "UPDATE meta SET seq = 1000", "beyond the last number" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Stage) stage = stage_new ();
    fill (stage, 20);   /* 1,000 readings, then records 1001 … 1020 */
    change (stage->path, cases[i].sql, SQLITE_OK);
    g_test_message ("%s", cases[i].sql);
    assert_verify_names (stage, cases[i].named);
  }
}

static void
test_journal_is_only_added_to (void)
{
  g_autoptr (Stage) stage = stage_new ();
  fill (stage, 3);
  change (stage->path, "UPDATE journal SET text = ''", SQLITE_CONSTRAINT);
  change (stage->path, "DELETE FROM journal", SQLITE_CONSTRAINT);
  assert_verify_names (stage, NULL);
}

static void
test_verify_sees_a_damaged_page (void)
{
  g_autoptr (Stage) stage = stage_new ();
  fill (stage, 2000);
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_assert_true (g_file_get_contents (stage->path, &bytes, &length, NULL));
  memset (bytes + length / 2 / 4096 * 4096, 0x5a, 4096);
  g_assert_true (g_file_set_contents (stage->path, bytes, (gssize) length, NULL));
  assert_verify_names (stage, stage->path);
}

/* What is written into a file that has no name any more is lost: it must not pass for committed. */
static void
test_moved (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autofree char *elsewhere = g_strconcat (stage->path, ".moved", NULL);
  g_autoptr (GError) error = NULL;
  stage_add_event (changes, 1, 1);
  DataBatch batch = { .changes = changes, .now = 1, .durable = TRUE };
  g_assert_cmpint (rename (stage->path, elsewhere), ==, 0);
  g_assert_false (data_store_commit (store, &batch, NULL, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, stage->path));
  g_assert_cmpint (rename (elsewhere, stage->path), ==, 0);
  g_clear_error (&error);
  g_assert_true (data_store_commit (store, &batch, NULL, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-broken/what-is-no-store-uri-is-explained", test_uri);
  g_test_add_func ("/store-broken/missing-is-not-created-by-a-reader", test_missing);
  g_test_add_func ("/store-broken/files-are-for-their-owner-alone", test_mode);
  g_test_add_func ("/store-broken/newer-schema-is-refused", test_newer);
  g_test_add_func ("/store-broken/newer-schema-is-noticed-while-it-is-open", test_becomes_newer);
  g_test_add_func ("/store-broken/older-schema-is-brought-up-to-date", test_older);
  g_test_add_func ("/store-broken/other-program-s-database-is-refused", test_foreign);
  g_test_add_func ("/store-broken/garbage-is-refused-and-left-alone", test_garbage);
  g_test_add_func ("/store-broken/truncated-is-refused-and-left-alone", test_truncated);
  g_test_add_func ("/store-broken/interrupted-creation-is-finished", test_empty_file_becomes_a_store);
  g_test_add_func ("/store-broken/read-only-file", test_read_only_file);
  g_test_add_func ("/store-broken/read-only-folder", test_read_only_folder);
  g_test_add_func ("/store-broken/access-is-kept-to", test_reader_does_not_write);
  g_test_add_func ("/store-broken/locked-gives-busy-and-recovers", test_locked);
  g_test_add_func ("/store-broken/disk-full-loses-nothing-and-recovers", test_disk_full_and_back);
  g_test_add_func ("/store-broken/verify-names-the-first-broken-record", test_verify);
  g_test_add_func ("/store-broken/journal-refuses-change-and-removal", test_journal_is_only_added_to);
  g_test_add_func ("/store-broken/verify-sees-a-damaged-page", test_verify_sees_a_damaged_page);
  g_test_add_func ("/store-broken/moved-file-takes-no-commit-until-it-is-back", test_moved);
  return g_test_run ();
}
