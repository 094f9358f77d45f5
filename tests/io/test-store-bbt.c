/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BBT units in the store: configuration with settings and schedules, stream marks, devices. */
#include "stage-sql.h"

#include <locale.h>
#include <math.h>
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
  g_assert_cmpstr (schedule->before, ==, "daily 06:30 +03:00 window=600s");
  g_assert_cmpstr (schedule->after, ==, "daily 07:30 +03:00 window=600s");
  g_assert_cmpuint (changes->events->len, ==, 2);   /* that says it all */
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

/* ---- marks and devices ------------------------------------------------------------------ */

static void
commit (DataStore *store, const GdpStreamMark *marks, guint n_marks, const GdpDevice *device)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_autoptr (GPtrArray) devices = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_array_append_vals (array, marks, n_marks);
  if (device != NULL)
    g_ptr_array_add (devices, (gpointer) device);
  DataBatch batch = { .marks = array, .devices = devices, .now = T0, .durable = TRUE };
  g_assert_true (data_store_commit (store, &batch, NULL, &error));
  g_assert_no_error (error);
}

static void
expect_marks (DataStore *store, const GdpStreamMark *marks, guint n_marks)
{
  g_autoptr (GArray) found = data_store_marks (store, NULL);
  g_assert_cmpuint (found->len, ==, n_marks);
  for (guint i = 0; i < n_marks; i++) {
    const GdpStreamMark *mark = &g_array_index (found, GdpStreamMark, i);
    g_assert_cmpint (mark->link, ==, marks[i].link);
    g_assert_cmpuint (mark->stream, ==, marks[i].stream);
    g_assert_cmpuint (mark->boot, ==, marks[i].boot);
    g_assert_cmpuint (mark->through, ==, marks[i].through);
  }
}

static void
test_marks_go_forward_only (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  const GdpStreamMark first[] = { { 2, 1, 1, 5 }, { 1, 2, 1, 9 }, { 1, 1, 1, 4 }, { 1, 1, 1, 7 }, { 1, 1, 1, 6 } };
  const GdpStreamMark held[] = { { 1, 1, 1, 7 }, { 1, 2, 1, 9 }, { 2, 1, 1, 5 } };
  commit (store, first, G_N_ELEMENTS (first), NULL);
  expect_marks (store, held, G_N_ELEMENTS (held));
  const GdpStreamMark back[] = { { 1, 1, 1, 3 }, { 2, 1, 0, G_MAXUINT32 } };
  commit (store, back, G_N_ELEMENTS (back), NULL);
  expect_marks (store, held, G_N_ELEMENTS (held));
  const GdpStreamMark forth[] = { { 1, 1, 2, 1 }, { 2, 1, G_MAXUINT32, G_MAXUINT32 } };
  const GdpStreamMark then[] = { { 1, 1, 2, 1 }, { 1, 2, 1, 9 }, { 2, 1, G_MAXUINT32, G_MAXUINT32 } };
  commit (store, forth, G_N_ELEMENTS (forth), NULL);
  expect_marks (store, then, G_N_ELEMENTS (then));
}

/* A result that comes too late throws its batch away as a whole. */
static void
test_marks_are_of_the_commit (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  g_array_append_vals (marks, &(GdpStreamMark) { 1, 1, 1, 1 }, 1);
  g_array_append_vals (results, &(DataCommandResult) { .id = 77 }, 1);
  DataBatch batch = { .marks = marks, .results = results, .now = T0, .durable = TRUE };
  g_assert_false (data_store_commit (store, &batch, NULL, NULL));
  expect_marks (store, NULL, 0);
}

static const GdpDevice example = {
  .link = 1, .model = (char *) "BBT-1", .firmware = (char *) "1.4.0", .hardware = 3, .imei = (char *) "867322045678901",
  .boot = 12, .clock = GDP_CLOCK_SET_LATELY, .clock_offset = -1500000, .supply = GDP_SUPPLY_MAINS | GDP_SUPPLY_SOLAR,
  .battery = 12.61, .mains = NAN, .signal = -87, .temperature = -12, .waiting = 40000, .flags = GDP_DEVICE_TAMPERED,
  .cause = 3, .settings_revision = 0xdeadbeef, .schedule_revision = 7, .settings_result = 2, .authenticated = TRUE,
  .peer = (char *) "tcp 10.1.2.3:40112", .connected = T0, .seen = T0 + 1, .next_call = T0 + 2, .sessions = 4,
  .firmware_wanted = (char *) "1.5.0", .firmware_done = 900, .firmware_size = 120000,
};

static void
test_device_comes_by_the_feed (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (DataStore) reader = stage_open (stage, DATA_ACCESS_READ);
  commit (store, NULL, 0, &(GdpDevice) { .link = 2, .battery = NAN, .mains = NAN });
  gint64 before = stage_last_number (reader);
  commit (store, NULL, 0, &example);
  g_autoptr (DataChanges) news = stage_changes (reader, before), whole = stage_changes (reader, 0);
  g_assert_cmpuint (news->devices->len, ==, 1);
  g_assert_cmpuint (whole->devices->len, ==, 2);
  const GdpDevice *device = news->devices->pdata[0];
  g_assert_cmpstr (device->firmware, ==, "1.4.0");
  g_assert_null (device->iccid);
  g_assert_cmpint (device->clock, ==, GDP_CLOCK_SET_LATELY);
  g_assert_cmpint (device->clock_offset, ==, -1500000);
  g_assert_cmpfloat (device->battery, ==, 12.61);
  g_assert_true (isnan (device->mains));
  g_assert_cmpuint (device->settings_revision, ==, 0xdeadbeef);
  g_assert_cmpuint (device->settings_result, ==, 2);
  g_assert_cmpstr (device->peer, ==, "tcp 10.1.2.3:40112");
  g_assert_cmpint (device->next_call, ==, T0 + 2);
  g_assert_cmpuint (device->firmware_size, ==, 120000);
}

/* Another server that takes the link over has no session with the unit; nor has one that stopped. */
static void
test_taken_link_is_not_connected (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  DataServer server = { .name = (char *) "s", .version = (char *) "1", .host = (char *) "h", .pid = 1, .heartbeat = T0 };
  g_assert_true (data_store_start_server (store, &server, NULL));
  for (guint i = 0; i < 2; i++) {
    commit (store, NULL, 0, &example);
    g_assert_true (i == 0 ? data_store_claim_link (store, 1, &server, T0, NULL)
                          : data_store_stop_server (store, &server, NULL));
    g_autoptr (DataChanges) whole = stage_changes (store, 0);
    g_assert_cmpint (((GdpDevice *) whole->devices->pdata[0])->connected, ==, 0);
    g_assert_cmpint (((GdpDevice *) whole->devices->pdata[0])->seen, ==, T0 + 1);
  }
}

/* Each new configuration claims all links again: a session that goes on must not look closed for that. */
static void
test_own_link_stays_connected_until_it_is_left (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  DataServer server = { .name = (char *) "s", .version = (char *) "1", .host = (char *) "h", .pid = 1, .heartbeat = T0 };
  g_assert_true (data_store_start_server (store, &server, NULL));
  g_assert_true (data_store_claim_link (store, 1, &server, T0, NULL));
  commit (store, NULL, 0, &example);
  g_assert_true (data_store_claim_link (store, 1, &server, T0, NULL));
  g_autoptr (DataChanges) whole = stage_changes (store, 0);
  g_assert_cmpint (((GdpDevice *) whole->devices->pdata[0])->connected, !=, 0);
  g_assert_true (data_store_leave_links (store, (gint64[]) { 1 }, 1, &server, TRUE, NULL));
  g_autoptr (DataChanges) left = stage_changes (store, 0);
  g_assert_cmpint (((GdpDevice *) left->devices->pdata[0])->connected, ==, 0);
}

static gboolean
want (DataStore *store, const char *version, const char *image, guint n, const char *who, GError **error)
{
  const GdpWish wish = { .version = (char *) version, .model = (char *) "BBT-1", .hardware = 2 };
  g_autoptr (GBytes) bytes = g_bytes_new (image, strlen (image));
  const gint64 links[] = { 1, 2 };
  return data_store_want_firmware (store, &wish, bytes, links, n, who, T0, error);
}

static void
test_new_serial_forgets (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) one = network_of (1, "BBT-1", "", "\"daily 06:30\"");
  g_autoptr (GdpNetwork) same = network_of (1, "BBT-1", "\"polling\": 30", "\"daily 06:30\"");
  g_autoptr (GdpNetwork) other = network_of (1, "BBT-2", "", "\"daily 06:30\"");
  g_assert_true (import (store, one, NULL));
  g_autoptr (GdpNetwork) stored = data_store_network (store, NULL);
  const GdpStreamMark mark = { stored->links[0].key, 1, 3, 9 };
  GdpDevice device = example;
  device.link = mark.link;
  commit (store, &mark, 1, &device);
  g_assert_true (want (store, "1.5.0", "image", 1, "engineer", NULL));
  g_assert_true (import (store, same, NULL));
  expect_marks (store, &mark, 1);
  g_assert_true (import (store, other, NULL));
  expect_marks (store, NULL, 0);
  g_autoptr (DataChanges) whole = stage_changes (store, 0);
  g_assert_cmpuint (whole->devices->len, ==, 0);
  g_assert_cmpuint (whole->wishes->len, ==, 0);   /* it was for the unit that was there */
}

/* Away with the link and back again, with another unit at its end. */
static void
test_retired_link_forgets (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpNetwork) one = network_of (1, "BBT-1", "", "\"daily 06:30\"");
  g_autoptr (GdpNetwork) other = network_of (1, "BBT-2", "", "\"daily 06:30\"");
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  gdp_network_builder_add_site (builder, &(GdpSite) { .id = "GDP-1", .latitude = NAN, .longitude = NAN }, NULL);
  g_autoptr (GdpNetwork) bare = gdp_network_builder_finish (g_steal_pointer (&builder));
  g_assert_true (import (store, one, NULL));
  g_autoptr (GdpNetwork) stored = data_store_network (store, NULL);
  const GdpStreamMark mark = { stored->links[0].key, 1, 3, 9 };
  commit (store, &mark, 1, NULL);
  g_assert_true (import (store, bare, NULL));
  g_assert_true (import (store, other, NULL));
  g_autoptr (GdpNetwork) back = data_store_network (store, NULL);
  g_assert_cmpint (back->links[0].key, ==, mark.link);
  expect_marks (store, NULL, 0);
}

static void
test_command_has_its_text (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  DataCommand command = { .kind = (char *) "firmware", .object = (char *) "bbt-1", .detail = (char *) "bbt-1.5.0.bin",
                          .who = (char *) "engineer" };
  g_assert_true (data_store_post (store, &command, T0, NULL));
  g_autoptr (GPtrArray) posted = data_store_posted_commands (store, NULL);
  g_assert_cmpuint (posted->len, ==, 1);
  g_assert_cmpstr (((DataCommand *) posted->pdata[0])->detail, ==, "bbt-1.5.0.bin");
}

/* ---- callers turned away ------------------------------------------------------------------ */

static void
put_strangers (DataStore *store, guint first, guint n, gint64 last)
{
  g_autoptr (GPtrArray) strangers = g_ptr_array_new_with_free_func ((GDestroyNotify) data_stranger_free);
  g_autoptr (GError) error = NULL;
  for (guint i = first; i < first + n; i++) {
    g_autofree char *text = g_strdup_printf ("BBT %u", i);
    const DataStranger one = { .address = (char *) "10.0.0.1", .text = text, .serial = text + 4,
                               .why = (char *) "unknown serial", .first = T0, .last = last, .count = 1 };
    g_ptr_array_add (strangers, data_stranger_copy (&one));
  }
  g_assert_true (data_store_put_strangers (store, "s1", strangers, &error));
  g_assert_no_error (error);
}

static void
test_stranger_comes_by_the_feed (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  put_strangers (store, 1, 2, T0 + 1);
  g_autoptr (DataChanges) whole = stage_changes (store, 0);
  g_assert_cmpuint (whole->strangers->len, ==, 2);
  put_strangers (store, 2, 1, T0 + 9);
  g_autoptr (DataChanges) changes = stage_changes (store, whole->seq);
  g_assert_cmpuint (changes->strangers->len, ==, 1);
  const DataStranger *one = changes->strangers->pdata[0];
  g_assert_cmpstr (one->serial, ==, "2");
  g_assert_cmpstr (one->server, ==, "s1");
  g_assert_cmpstr (one->why, ==, "unknown serial");
  g_assert_cmpint (one->last, ==, T0 + 9);
}

static void
test_strangers_are_bounded (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  put_strangers (store, 1, 10, T0);
  put_strangers (store, 11, DATA_STRANGERS_MOST, T0 + 1);
  g_autoptr (DataChanges) whole = stage_changes (store, 0);
  g_assert_cmpuint (whole->strangers->len, ==, DATA_STRANGERS_MOST);
  for (guint i = 0; i < whole->strangers->len; i++)
    g_assert_cmpint (((DataStranger *) whole->strangers->pdata[i])->last, ==, T0 + 1);
}

/* ---- firmware ----------------------------------------------------------------------------- */

/* Links 1 and 2, and an image that both are to get. */
static void
stage_firmware (Stage *stage, DataStore *store)
{
  g_autoptr (GdpNetwork) one = network_of (1, "BBT-1", "", "\"daily 06:30\"");
  g_autoptr (GdpNetwork) two = network_of (2, "BBT-2", "", "\"daily 06:30\"");
  g_assert_true (import (store, one, NULL) && import (store, two, NULL));
}

static gboolean
commit_wish (DataStore *store, const GdpWish *wish)
{
  g_autoptr (GPtrArray) wishes = g_ptr_array_new ();
  g_ptr_array_add (wishes, (gpointer) wish);
  return data_store_commit (store, &(DataBatch) { .wishes = wishes, .now = T0, .durable = TRUE }, NULL, NULL);
}

static void
test_firmware_is_kept_and_told (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GError) error = NULL;
  stage_firmware (stage, store);
  g_autoptr (DataChanges) before = stage_changes (store, 0);
  g_assert_true (want (store, "1.5.0", "image", 2, "engineer", &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) wishes = data_store_wishes (store, 0, NULL);
  g_assert_cmpuint (wishes->len, ==, 2);
  const GdpWish *wish = wishes->pdata[0];
  g_assert_cmpint (wish->link, ==, 1);
  g_assert_cmpint (wish->state, ==, GDP_WISH_WANTED);
  g_assert_cmpuint (wish->size, ==, 5);
  g_assert_cmpuint (wish->hardware, ==, 2);
  g_autoptr (GBytes) image = data_store_firmware (store, wish->digest, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (image, NULL), g_bytes_get_size (image), "image", 5);
  g_autoptr (DataChanges) after = stage_changes (store, before->seq);
  g_assert_cmpuint (after->wishes->len, ==, 2);
  g_assert_cmpuint (after->events->len, ==, 2);
  const GdpEvent *event = after->events->pdata[0];
  g_assert_cmpint (event->kind, ==, GDP_EVENT_FIRMWARE_ORDERED);
  g_assert_cmpstr (event->who, ==, "engineer");
  g_assert_cmpstr (event->after, ==, "1.5.0");
}

static void
test_one_firmware_at_a_time (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GError) error = NULL;
  const gint64 link = 1;
  stage_firmware (stage, store);
  g_assert_false (data_store_give_up_firmware (store, &link, 1, "engineer", T0, NULL));
  g_assert_true (want (store, "1.5.0", "image", 1, "engineer", NULL));
  g_assert_false (want (store, "1.6.0", "other", 2, "engineer", &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_REFUSED);
  g_autoptr (GPtrArray) wishes = data_store_wishes (store, 0, NULL);
  g_assert_cmpuint (wishes->len, ==, 1);   /* all or none */
  g_assert_true (data_store_give_up_firmware (store, &link, 1, "engineer", T0, NULL));
  g_assert_true (want (store, "1.6.0", "other", 1, "engineer", NULL));

  /* What is told of the wish that was given up does not touch the next. */
  GdpWish old = *(GdpWish *) wishes->pdata[0];
  old.state = GDP_WISH_GIVEN_UP;
  g_assert_true (commit_wish (store, &old));
  g_autoptr (GPtrArray) now = data_store_wishes (store, 0, NULL);
  g_assert_cmpstr (((GdpWish *) now->pdata[0])->version, ==, "1.6.0");
  g_assert_cmpint (((GdpWish *) now->pdata[0])->state, ==, GDP_WISH_WANTED);
  g_assert_null (data_store_firmware (store, old.digest, NULL));   /* nobody wants it any more */

  /* Being installed it cannot be given up. */
  GdpWish installing = *(GdpWish *) now->pdata[0];
  installing.state = GDP_WISH_INSTALLING;
  installing.boot = 7;
  g_assert_true (commit_wish (store, &installing));
  g_assert_false (data_store_give_up_firmware (store, &link, 1, "engineer", T0, NULL));
}

static void
test_firmware_takes_an_engineer (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GError) error = NULL;
  stage_firmware (stage, store);
  g_assert_true (data_store_appoint (store, "chief", GDP_ROLE_ADMINISTRATOR, "chief", T0, NULL));
  g_assert_true (data_store_appoint (store, "Ivanova", GDP_ROLE_DISPATCHER, "chief", T0, NULL));
  g_assert_false (want (store, "1.5.0", "image", 1, "Ivanova", &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_REFUSED);
  g_autoptr (GPtrArray) events = data_store_journal (store, &(DataJournalFilter) { .text = "change firmware" }, NULL, NULL);
  g_assert_cmpuint (events->len, ==, 1);
}

static void
test_damaged_image (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GError) error = NULL;
  stage_firmware (stage, store);
  g_assert_true (want (store, "1.5.0", "image", 1, "engineer", NULL));
  g_autoptr (StageSql) sql = stage_sql_new (stage);
  stage_sql_run (sql, "UPDATE firmware SET image = substr (image, 1, 1)");
  g_autoptr (GPtrArray) wishes = data_store_wishes (store, 0, NULL);
  g_assert_null (data_store_firmware (store, ((GdpWish *) wishes->pdata[0])->digest, &error));
  g_assert_nonnull (strstr (error->message, "damaged"));
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
  g_test_add_func ("/store-bbt/marks-go-forward-only", test_marks_go_forward_only);
  g_test_add_func ("/store-bbt/marks-are-of-the-commit-or-not-at-all", test_marks_are_of_the_commit);
  g_test_add_func ("/store-bbt/device-comes-by-the-feed", test_device_comes_by_the_feed);
  g_test_add_func ("/store-bbt/a-taken-link-is-not-connected", test_taken_link_is_not_connected);
  g_test_add_func ("/store-bbt/own-link-stays-connected-until-it-is-left",
                   test_own_link_stays_connected_until_it_is_left);
  g_test_add_func ("/store-bbt/a-new-serial-forgets-the-unit", test_new_serial_forgets);
  g_test_add_func ("/store-bbt/a-link-that-comes-back-forgot-its-unit", test_retired_link_forgets);
  g_test_add_func ("/store-bbt/a-command-has-its-text", test_command_has_its_text);
  g_test_add_func ("/store-bbt/a-stranger-comes-by-the-feed", test_stranger_comes_by_the_feed);
  g_test_add_func ("/store-bbt/of-too-many-strangers-the-oldest-are-forgotten", test_strangers_are_bounded);
  g_test_add_func ("/store-bbt/firmware-is-kept-and-told", test_firmware_is_kept_and_told);
  g_test_add_func ("/store-bbt/one-firmware-at-a-time-and-a-later-wish-is-its-own", test_one_firmware_at_a_time);
  g_test_add_func ("/store-bbt/firmware-takes-an-engineer", test_firmware_takes_an_engineer);
  g_test_add_func ("/store-bbt/a-damaged-image-is-not-given-out", test_damaged_image);
  int result = g_test_run ();
  data_catalogue_free (catalogue);
  return result;
}
