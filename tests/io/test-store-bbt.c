/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBT units in the store: configuration with settings and schedules. */
#include "stage.h"

#include <locale.h>
#include <string.h>

#include "data/passport.h"

#define T0 (G_GINT64_CONSTANT (1700000000) * GDP_SECOND)

static DataCatalogue *catalogue;

static const char site_with[] =
  "{\"format\": \"gdp-passport\", \"version\": 1,"
  " \"schedules\": [{\"name\": \"households\", \"zone\": \"+03:00\", \"window\": 600, \"entries\": [%s]}],"
  " \"links\": [{\"id\": \"bbt-%u\", \"kind\": \"bbt\", \"serial\": \"%s\", \"keyless\": true, \"guaranteed_sessions\": 5000,"
  "   \"category\": \"households\", \"schedule\": [\"weekly fri 08:00\"], \"settings\": {%s}}],"
  " \"sites\": [{\"id\": \"GDP-%u\","
  "   \"units\": [{\"id\": \"bbt\", \"link\": \"bbt-%u\", \"address\": 0, \"profile\": \"bbt-1\"}],"
  "   \"points\": [{\"id\": \"outlet\", \"kind\": \"outlet-pressure\", \"source\": \"bbt:ai1\", \"range\": [0, 0.6]}]}]}";

static GdpNetwork *
network_of (guint number, const char *serial, const char *settings, const char *calls)
{
  g_autofree char *text = g_strdup_printf (site_with, calls, number, serial, settings, number, number);
  g_autoptr (GPtrArray) problems = NULL;
  guint n;
  GdpNetwork *network = data_passport_parse ("test.json", text, -1, catalogue, &problems, &n);
  if (network == NULL)
    g_error ("%s", data_problem_text (problems->pdata[0]));
  return network;
}

static gboolean
import (DataStore *store, const GdpNetwork *network, GError **error)
{
  return data_store_import (store, network, "engineer", T0, error);
}

static char *
exported (DataStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = data_store_network (store, &error);
  g_assert_no_error (error);
  return data_passport_write (network, NULL, 0);
}

static void
test_comes_back (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network
    = network_of (1, "BBT-1", "\"polling\": 30, \"sms\": \"+7900\", \"thresholds\": [{\"channel\": \"ai1\", \"max\": 0.3}]",
                  "\"daily 06:30\", \"monthly 31 00:10\", \"once 2026-12-01T06:00:00Z\"");
  g_assert_true (import (store, network, NULL));
  g_autofree char *before = data_passport_write (network, NULL, 0), *after = exported (store);
  g_assert_cmpstr (before, ==, after);

  g_autoptr (GdpNetwork) back = data_store_network (store, NULL);
  g_assert_cmpint (back->schedules[0].key, >, 0);
  g_assert_true (import (store, back, NULL));
  g_assert_cmpint (data_store_revision (store, NULL), ==, 1);
}

static const GdpEvent *
event_of (GPtrArray *events, const char *object, const char *text)
{
  for (guint i = 0; i < events->len; i++) {
    const GdpEvent *event = events->pdata[i];
    if (g_strcmp0 (event->object, object) == 0 && g_strcmp0 (event->text, text) == 0)
      return event;
  }
  return NULL;
}

static void
test_change_is_journaled (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) one = network_of (1, "BBT-1", "\"polling\": 30", "\"daily 06:30\"");
  g_autoptr (GdpNetwork) other
    = network_of (1, "BBT-1", "\"polling\": 45, \"thresholds\": [{\"channel\": \"ai1\", \"max\": 0.3}]", "\"daily 07:30\"");
  g_assert_true (import (store, one, NULL));
  g_autoptr (DataChanges) start = stage_changes (store, 0);
  g_assert_true (import (store, other, NULL));
  g_autoptr (DataChanges) changes = stage_changes (store, start->seq);
  g_assert_cmpint (changes->revision, ==, 2);

  const GdpEvent *settings = event_of (changes->events, "bbt-1", "settings");
  g_assert_nonnull (settings);
  g_assert_cmpstr (settings->who, ==, "engineer");
  g_assert_cmpint (settings->kind, ==, GDP_EVENT_CONFIGURATION_CHANGED);
  g_assert_cmpstr (settings->before, ==, "polling=30s");
  g_assert_cmpstr (settings->after, ==, "polling=45s ai1=..0.3");
  const GdpEvent *schedule = event_of (changes->events, "households", "schedule");
  g_assert_nonnull (schedule);
  g_assert_cmpstr (schedule->before, ==, "daily 06:30");
  g_assert_cmpstr (schedule->after, ==, "daily 07:30");
  g_assert_null (event_of (changes->events, "bbt-1", "schedule"));   /* its own did not change */
}

/* Two documents may each be right and still not go together. */
static void
test_doubled_serial (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) one = network_of (1, "BBT-1", "", "\"daily 06:30\"");
  g_autoptr (GdpNetwork) other = network_of (2, "BBT-1", "", "\"daily 06:30\"");
  g_autoptr (GError) error = NULL;
  g_assert_true (import (store, one, NULL));
  g_assert_false (import (store, other, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "the same serial"));
  g_assert_cmpint (data_store_revision (store, NULL), ==, 1);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  catalogue = data_catalogue_load (GDP_SOURCE_CATALOGUE, &error);
  g_assert_no_error (error);
  g_test_add_func ("/store-bbt/export-after-import-is-the-same", test_comes_back);
  g_test_add_func ("/store-bbt/a-change-is-journaled-with-before-and-after", test_change_is_journaled);
  g_test_add_func ("/store-bbt/doubled-serial-is-refused", test_doubled_serial);
  int result = g_test_run ();
  data_catalogue_free (catalogue);
  return result;
}
