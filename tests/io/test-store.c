/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one program sees of a store: configuration, commits, changes, history, journal. */
#include "stage.h"

#include <math.h>
#include <string.h>

#define DAY (86400 * GDP_SECOND)
#define T0 (G_GINT64_CONSTANT (1700000000) * GDP_SECOND)

static void
import (DataStore *store, const GdpNetwork *network)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = data_store_import (store, network, "engineer", T0, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static GdpNetwork *
load (DataStore *store)
{
  g_autoptr (GError) error = NULL;
  GdpNetwork *network = data_store_network (store, &error);
  g_assert_no_error (error);
  return network;
}

/* ---- configuration ---------------------------------------------------------------------- */

static void
test_network_comes_back (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = stage_network (3, 4);
  import (store, network);
  g_autoptr (GdpNetwork) back = load (store);

  g_assert_cmpuint (back->n_sites, ==, 3);
  g_assert_cmpuint (back->n_units, ==, 3);
  g_assert_cmpuint (back->n_points, ==, 12);
  g_assert_cmpint (back->revision, ==, 1);
  g_assert_cmpint (data_store_revision (store, NULL), ==, 1);
  const GdpSite *site = &back->sites[2];
  g_assert_cmpstr (site->name, ==, "Заречная");
  g_assert_cmpfloat (site->latitude, ==, network->sites[2].latitude);
  g_assert_true (isnan (site->longitude));
  g_assert_cmpstr (site->contacts[0].phone, ==, "+7 900 000-00-00");
  g_assert_cmpstr (site->battery.chemistry, ==, "AGM");
  const GdpPoint *point = &back->points[gdp_network_find_point (back, "GDP-002/p3")];
  g_assert_cmpstr (back->units[point->unit].id, ==, "GDP-002/upmp");
  g_assert_cmpstr (back->links[back->units[point->unit].link].host, ==, "127.0.0.1");
  g_assert_cmpfloat (point->limits.level[GDP_LEVEL_H].off_delay, ==, 2.5f);
  g_assert_cmpuint (point->limits.level[GDP_LEVEL_HH].priority, ==, 1);
  g_assert_cmpuint (point->limits.level[GDP_LEVEL_L].priority, ==, 0);
  g_assert_cmpint (point->key, >, 0);
  const GdpProfile *profile = back->units[0].profile;
  g_assert_cmpuint (profile->n_registers, ==, 4);
  g_assert_cmpuint (profile->max_read, ==, network->units[0].profile->max_read);
  g_assert_nonnull (gdp_profile_find (profile, "ai3"));
}

static void
test_same_import_changes_nothing (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = stage_network (3, 4);
  import (store, network);
  g_autoptr (DataChanges) before = stage_changes (store, 0);
  import (store, network);
  g_autoptr (GdpNetwork) back = load (store);
  import (store, back);
  g_autoptr (DataChanges) after = stage_changes (store, 0);

  g_assert_cmpint (after->seq, ==, before->seq);
  g_assert_cmpint (after->revision, ==, 1);
}

static void
test_retired_point_comes_back_with_its_key (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) whole = stage_network (2, 4);
  g_autoptr (GdpNetwork) fewer = stage_network (2, 3);
  import (store, whole);
  g_autoptr (GdpNetwork) first = load (store);
  import (store, fewer);
  g_autoptr (GdpNetwork) second = load (store);
  import (store, whole);
  g_autoptr (GdpNetwork) third = load (store);

  g_assert_cmpuint (gdp_network_find_point (second, "GDP-001/p3"), ==, G_MAXUINT);
  g_assert_cmpuint (second->n_points, ==, 6);
  g_assert_cmpint (third->revision, ==, 3);
  for (guint i = 0; i < first->n_points; i++) {
    guint again = gdp_network_find_point (third, first->points[i].id);
    g_assert_cmpint (third->points[again].key, ==, first->points[i].key);
  }
}

static void
rename_link (GdpNetwork *network, const char *id)
{
  gpointer object = g_hash_table_lookup (network->by_id, network->links[0].id);
  g_hash_table_remove (network->by_id, network->links[0].id);
  g_hash_table_insert (network->by_id, (gpointer) id, object);
  network->links[0].id = id;
}

/* A link's id is in the passport, so it can be changed there: the device is not in use by the old name. */
static void
test_renamed_link (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = stage_network (2, 2);
  network->links[0].kind = GDP_LINK_MODBUS_RTU;
  network->links[0].device = "/dev/ttyUSB0";
  import (store, network);
  rename_link (network, "rs485-east");
  import (store, network);
  g_autoptr (GdpNetwork) renamed = load (store);
  g_assert_cmpuint (renamed->n_links, ==, 1);
  g_assert_cmpstr (renamed->links[0].id, ==, "rs485-east");
  import (store, network);
  g_assert_cmpint (data_store_revision (store, NULL), ==, 2);

  rename_link (network, "tcp-0");   /* and back: it is the link of before */
  import (store, network);
  g_autoptr (GdpNetwork) back = load (store);
  g_assert_cmpuint (back->n_links, ==, 1);
  g_assert_cmpint (back->links[0].key, !=, renamed->links[0].key);

  DataJournalFilter filter = { .object = "rs485-east" };
  g_autoptr (GPtrArray) events = data_store_journal (store, &filter, NULL, NULL);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpstr (((GdpEvent *) events->pdata[0])->text, ==, "0 added, 0 changed, 1 retired");
}

static void
test_import_is_journaled_by_site (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = stage_network (2, 2);
  import (store, network);
  network->points[gdp_network_find_point (network, "GDP-001/p0")].limits.level[GDP_LEVEL_H].value = 7;
  import (store, network);

  DataJournalFilter filter = { .site = "GDP-001" };
  guint64 hidden = 0;
  g_autoptr (GPtrArray) found = data_store_journal (store, &filter, &hidden, NULL);
  g_assert_cmpuint (found->len, ==, 3);
  const GdpEvent *changed = found->pdata[0], *limits = found->pdata[1], *added = found->pdata[2];
  g_assert_cmpint (limits->kind, ==, GDP_EVENT_LIMITS_CHANGED);
  g_assert_cmpstr (limits->object, ==, "GDP-001/p0");
  g_assert_cmpstr (limits->who, ==, "engineer");
  g_assert_cmpstr (limits->after, ==, "H=7");
  g_assert_cmpstr (added->after, ==, "added");
  g_assert_cmpstr (changed->after, ==, "changed");
  g_assert_cmpstr (changed->text, ==, "0 added, 1 changed, 0 retired");
  g_assert_cmpstr (changed->who, ==, "engineer");
  g_assert_cmpuint (hidden, ==, 3);   /* link, profile, the other site */
}

static void
test_clash_is_refused_as_a_whole (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);
  g_autoptr (GdpNetwork) network = stage_network (3, 1);
  g_autoptr (GError) error = NULL;
  network->units[2].address = network->units[0].address;

  g_assert_false (data_store_import (store, network, "engineer", T0, &error));
  g_assert_error (error, DATA_ERROR, DATA_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "GDP-002/upmp"));
  g_autoptr (GdpNetwork) back = load (store);
  g_assert_cmpuint (back->n_sites, ==, 0);
  g_assert_cmpint (back->revision, ==, 0);
}

/* ---- commits and changes ---------------------------------------------------------------- */

static void
test_commit_is_seen_in_order (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (DataStore) reader = stage_open (stage, DATA_ACCESS_READ);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  gint64 start = stage_last_number (reader);

  stage_add_reading (changes, 7, T0, 1.5);
  stage_add_reading (changes, 8, T0 + 1, INFINITY);
  stage_add_event (changes, T0, 1);
  GdpAlarm alarm = { .id = "GDP-000/p0.high", .condition = GDP_CONDITION_HIGH, .active = TRUE, .priority = 2,
                     .value = 8.5, .limit = NAN, .occurrence = 3, .times = 2, .acked_by = "Ольга", .latched = TRUE,
                     .suppression = GDP_SUPPRESSION_SHELVED, .suppressed_until = T0 + 5, .suppressed_by = "Иван",
                     .suppressed_why = "ремонт", .suppressed_priority = 2 };
  g_ptr_array_add (changes->alarms, gdp_alarm_copy (&alarm));
  GdpContactInfo contact = { .link = TRUE, .key = 1, .state = GDP_CONTACT_SILENT,
                             .detail = (char *) "no answer" };
  g_ptr_array_add (changes->contacts, gdp_contact_info_copy (&contact));
  gint64 seq = stage_commit (store, changes, TRUE);
  g_assert_cmpint (seq, ==, start + 5);

  /* A number before the first change is the whole state; this one is not. */
  stage_add_reading (changes, 7, T0 + 2, 2.5);
  gint64 next = stage_commit (store, changes, FALSE);
  g_autoptr (DataChanges) news = stage_changes (reader, seq);
  g_assert_false (news->whole);
  g_assert_cmpint (news->seq, ==, next);
  g_assert_cmpuint (news->readings->len, ==, 1);
  g_assert_cmpuint (news->alarms->len + news->events->len + news->contacts->len, ==, 0);

  g_autoptr (DataChanges) since = stage_changes (reader, 1);
  g_assert_cmpuint (since->readings->len, ==, 2);
  g_assert_cmpuint (since->events->len, ==, 1);
  const GdpAlarm *back = since->alarms->pdata[0];
  g_assert_cmpstr (back->id, ==, "GDP-000/p0.high");
  g_assert_cmpint (back->condition, ==, GDP_CONDITION_HIGH);
  g_assert_cmpuint (back->occurrence, ==, 3);
  g_assert_cmpuint (back->times, ==, 2);
  g_assert_true (back->active && !back->acked && isnan (back->limit));
  g_assert_cmpstr (back->acked_by, ==, "Ольга");
  g_assert_true (back->latched && back->suppression == GDP_SUPPRESSION_SHELVED && back->suppressed_priority == 2);
  g_assert_cmpint (back->suppressed_until, ==, T0 + 5);
  g_assert_cmpstr (back->suppressed_by, ==, "Иван");
  g_assert_cmpstr (back->suppressed_why, ==, "ремонт");
  const GdpContactInfo *line = since->contacts->pdata[0];
  g_assert_true (line->link && line->state == GDP_CONTACT_SILENT);
  g_assert_true (isnan (g_array_index (since->readings, GdpReading, 0).value));
}

/* An engine may take few rows and many in different ways: each is as it was given, numbered one after the other. */
static void
test_readings_come_back_however_many (void)
{
  static const guint sizes[] = { 1, 100, 2999, 3000, 12000 };
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  stage_add_event (changes, T0, 0);
  gint64 seq = stage_commit (store, changes, TRUE);

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    for (guint i = 0; i < sizes[s]; i++) {
      GdpReading reading = { .point = 1 + i, .time = T0 + s * DAY + i, .received = T0 + s * DAY + 2 * i,
                             .value = i % 3 == 0 ? NAN : -1.5 * i, .reason = i % 3 == 0 ? GDP_REASON_NO_COMMUNICATION : GDP_REASON_NONE };
      g_array_append_val (changes->readings, reading);
    }
    stage_add_event (changes, T0, s);   /* what comes behind them in the same commit */
    stage_commit (store, changes, TRUE);
    g_autoptr (DataChanges) news = stage_changes (store, seq);
    g_assert_cmpuint (news->readings->len, ==, sizes[s]);
    g_assert_cmpuint (news->events->len, ==, 1);
    for (guint i = 0; i < sizes[s]; i++) {
      const GdpReading *reading = &g_array_index (news->readings, GdpReading, i);
      g_assert_cmpint (reading->seq, ==, seq + 1 + i);
      g_assert_cmpint (reading->point, ==, 1 + i);
      g_assert_cmpint (reading->time, ==, T0 + s * DAY + i);
      g_assert_cmpint (reading->received, ==, T0 + s * DAY + 2 * i);
      g_assert_true (i % 3 == 0 ? isnan (reading->value) : reading->value == -1.5 * i);
      g_assert_cmpint (reading->reason, ==, i % 3 == 0 ? GDP_REASON_NO_COMMUNICATION : GDP_REASON_NONE);
    }
    seq = news->seq;
  }
}

static void
test_whole_state_is_the_newest_by_source_time (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  /* Enough commits for rows to be moved into `live` several times, a late record in each. */
  for (int i = 1; i <= 3000; i++) {
    for (int point = 1; point <= 5; point++)
      stage_add_reading (changes, point, T0 + i * GDP_SECOND, i + point * 10000);
    stage_add_late (changes, 1 + i % 5, T0 - i * GDP_SECOND, T0 + i * GDP_SECOND, -1);
    stage_add_reading (changes, 1 + i % 5, T0 + 4000 * GDP_SECOND, -2);   /* a mean of what ended later */
    g_array_index (changes->readings, GdpReading, changes->readings->len - 1).reason = GDP_REASON_AVERAGED;
    stage_commit (store, changes, FALSE);
  }
  for (int again = 0; again < 3; again++) {   /* before and after a clean stop */
    g_autoptr (DataChanges) state = stage_changes (store, 0);
    g_assert_true (state->whole);
    g_assert_cmpuint (state->readings->len, ==, 5);
    for (guint i = 0; i < 5; i++) {
      const GdpReading *reading = &g_array_index (state->readings, GdpReading, i);
      g_assert_cmpint (reading->point, ==, i + 1);
      g_assert_cmpfloat (reading->value, ==, 3000 + 10000 * (i + 1));
      g_assert_cmpint (reading->received - reading->time, ==, 1000);
    }
    data_store_close (g_steal_pointer (&store));
    store = stage_open (stage, DATA_ACCESS_SERVE);
    for (int point = 1; point <= 5; point++)   /* late ones alone, of another run */
      stage_add_late (changes, point, T0, T0 + 5000 * GDP_SECOND, -1);
    stage_commit (store, changes, FALSE);
  }
}

/* What was received before lies in the future then; it must not stand on the screen until that has come. */
static void
test_clock_set_back (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (int hour = 3; hour >= 1; hour--) {   /* at each by an hour */
    for (int point = 1; point <= 5; point++) {
      stage_add_reading (changes, point, T0 + hour * 3600 * GDP_SECOND, hour);
      stage_add_late (changes, point, T0, T0 + hour * 3600 * GDP_SECOND, -1);
    }
    stage_commit (store, changes, FALSE);
    for (int again = 0; again < 2; again++) {   /* before and after a clean stop, that moves it into `live` */
      g_autoptr (DataChanges) state = stage_changes (store, 0);
      g_assert_cmpuint (state->readings->len, ==, 5);
      for (guint i = 0; i < 5; i++)
        g_assert_cmpfloat (g_array_index (state->readings, GdpReading, i).value, ==, hour);
      data_store_close (g_steal_pointer (&store));
      store = stage_open (stage, DATA_ACCESS_SERVE);
    }
  }
}

/* 5,000 rows move to `live` in three commits; what comes meanwhile must not be passed over. */
static void
test_state_is_whole_while_rows_move (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (int i = 0; i < 9; i++) {
    for (int point = 1; point <= 5000; point++)
      stage_add_reading (changes, point, T0 + i, i);
    stage_commit (store, changes, FALSE);
  }
  for (int i = 1; i <= 8; i++) {
    stage_add_reading (changes, 5000 + i, T0, i);
    stage_add_reading (changes, i, T0 + 100, -i);
    stage_commit (store, changes, FALSE);
    g_autoptr (DataChanges) state = stage_changes (store, 0);
    g_assert_cmpuint (state->readings->len, ==, 5000 + i);
    double sum = 0;
    for (guint j = 0; j < state->readings->len; j++)
      sum += g_array_index (state->readings, GdpReading, j).value;
    g_assert_cmpfloat (sum, ==, (5000 - i) * 8);   /* i new ones, as many moved to their negative */
  }
}

static void
test_number_of_another_store_gives_the_whole (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (DataChanges) changes = stage_changes (store, 12345);
  g_assert_true (changes->whole);
}

typedef struct { gint64 last; guint n, most; } Walk;

static gboolean
walk (const GdpReading *reading, gpointer user_data)
{
  Walk *self = user_data;
  g_assert_cmpint (reading->time, >=, self->last);
  g_assert_cmpint (reading->point, ==, 2);
  self->last = reading->time;
  return ++self->n < self->most;
}

static void
test_history_is_by_time_and_bounded (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  /* 30,000 samples: three spans and a rest, one late record in each hundred. */
  for (int i = 0; i < 100; i++) {
    for (int j = 0; j < 100; j++)
      for (int point = 1; point <= 3; point++)
        stage_add_reading (changes, point, T0 + (i * 100 + j) * GDP_SECOND, j);
    stage_add_reading (changes, 2, T0 + i * GDP_SECOND + 5, -1);
    stage_commit (store, changes, FALSE);
  }
  Walk all = { .most = G_MAXUINT }, part = { .most = G_MAXUINT }, few = { .most = 3 };
  g_assert_true (data_store_history (store, 2, 0, G_MAXINT64, walk, &all, NULL));
  g_assert_cmpuint (all.n, ==, 10100);
  g_assert_true (data_store_history (store, 2, T0 + 200 * GDP_SECOND, T0 + 300 * GDP_SECOND, walk, &part,
                                     NULL));
  g_assert_cmpuint (part.n, ==, 100);
  g_assert_true (data_store_history (store, 2, 0, G_MAXINT64, walk, &few, NULL));
  g_assert_cmpuint (few.n, ==, 3);
}

/* ---- journal ---------------------------------------------------------------------------- */

static void
test_journal_filters_and_pages (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  for (int i = 0; i < 50; i++)
    stage_add_event (changes, T0 + i * GDP_SECOND, i);
  GdpEvent event = { .kind = GDP_EVENT_NOTE, .occurred = T0, .learned = T0,
                     .text = (char *) "Проверка КРАНА" };
  g_ptr_array_add (changes->events, gdp_event_copy (&event));
  event.text = (char *) "cut short: \xd0";   /* as a modem may send it */
  g_ptr_array_add (changes->events, gdp_event_copy (&event));
  stage_commit (store, changes, TRUE);

  DataJournalFilter newest = { .limit = 10 }, text = { .text = "крана" }, time = { .since = T0 + 10 * GDP_SECOND,
                                                                                  .until = T0 + 20 * GDP_SECOND };
  guint64 hidden = 0;
  g_autoptr (GPtrArray) page = data_store_journal (store, &newest, &hidden, NULL);
  g_assert_cmpuint (page->len, ==, 10);
  g_assert_cmpuint (hidden, ==, 42);
  newest.before_seq = ((GdpEvent *) page->pdata[9])->seq;
  g_autoptr (GPtrArray) older = data_store_journal (store, &newest, NULL, NULL);
  g_assert_cmpint (((GdpEvent *) older->pdata[0])->seq, ==, newest.before_seq - 1);
  g_autoptr (GPtrArray) found = data_store_journal (store, &text, &hidden, NULL);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpuint (hidden, ==, 51);
  g_autoptr (GPtrArray) between = data_store_journal (store, &time, NULL, NULL);
  g_assert_cmpuint (between->len, ==, 10);
}

static void
test_journal_pages_onwards (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  DataJournalFilter next = { .onwards = TRUE, .limit = 7 };

  for (int i = 0; i < 50; i++)
    stage_add_event (changes, T0, i);
  stage_commit (store, changes, TRUE);
  for (guint n = 0; n < 50;) {
    g_autoptr (GPtrArray) page = data_store_journal (store, &next, NULL, NULL);
    g_assert_cmpuint (page->len, ==, MIN (7, 50 - n));
    for (guint i = 0; i < page->len; i++) {
      const GdpEvent *event = page->pdata[i];
      g_assert_cmpint (g_ascii_strtoll (event->text, NULL, 10), ==, n++);
      next.after_seq = event->seq;
    }
  }
  g_autoptr (GPtrArray) none = data_store_journal (store, &next, NULL, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/network-comes-back-as-it-was-imported", test_network_comes_back);
  g_test_add_func ("/store/importing-the-same-again-changes-nothing", test_same_import_changes_nothing);
  g_test_add_func ("/store/retired-point-comes-back-with-its-key",
                   test_retired_point_comes_back_with_its_key);
  g_test_add_func ("/store/renamed-link-leaves-no-other-behind", test_renamed_link);
  g_test_add_func ("/store/import-is-journaled-by-site", test_import_is_journaled_by_site);
  g_test_add_func ("/store/two-units-at-one-address-are-refused-as-a-whole",
                   test_clash_is_refused_as_a_whole);
  g_test_add_func ("/store/commit-is-seen-in-order", test_commit_is_seen_in_order);
  g_test_add_func ("/store/readings-come-back-however-many", test_readings_come_back_however_many);
  g_test_add_func ("/store/whole-state-is-the-newest-by-source-time",
                   test_whole_state_is_the_newest_by_source_time);
  g_test_add_func ("/store/clock-set-back-freezes-nothing", test_clock_set_back);
  g_test_add_func ("/store/state-is-whole-while-rows-move", test_state_is_whole_while_rows_move);
  g_test_add_func ("/store/number-of-another-store-gives-the-whole-state",
                   test_number_of_another_store_gives_the_whole);
  g_test_add_func ("/store/history-is-by-time-and-bounded", test_history_is_by_time_and_bounded);
  g_test_add_func ("/store/journal-filters-and-pages", test_journal_filters_and_pages);
  g_test_add_func ("/store/journal-pages-onwards", test_journal_pages_onwards);
  return g_test_run ();
}
