/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers on one real store that journal when floods of alarms begin and end: each once, whoever saw it, whoever was restarted. */
#include "app/server/floods.h"
#include "data/flood.h"
#include "stage.h"

#define MINUTE (60 * GDP_SECOND)

typedef struct { DataStore *store; ServerFloods *floods; ServerTrouble *trouble; } Server;

typedef struct {
  Stage     *stage;
  DataStore *store;     /* this test's view */
  Server     east, west;
  gint64     now;
  guint      alarms;    /* so many were journaled */
} Fixture;

static void
start (Fixture *f, Server *server, const char *name)
{
  server->store = stage_open (f->stage, DATA_ACCESS_SERVE);
  server->trouble = server_trouble_new ();
  server->floods = server_floods_new (server->store, name, server->trouble);
  server_floods_look (server->floods);   /* reads what there is */
}

static void
stop (Server *server)
{
  g_autofree char *trouble = server_trouble_text (server->trouble);

  g_assert_cmpstr (trouble, ==, NULL);
  server_floods_free (server->floods);
  server_trouble_free (server->trouble);
  data_store_close (server->store);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->stage = stage_new ();
  f->store = stage_open (f->stage, DATA_ACCESS_SERVE);
  f->now = g_get_real_time ();
  start (f, &f->east, "east");
  start (f, &f->west, "west");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  stop (&f->east);
  stop (&f->west);
  data_store_close (f->store);
  stage_free (f->stage);
}

/* @n alarms, each of an object of its own, one a second from @time on. */
static void
journal_alarms (Fixture *f, guint n, gint64 time)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("GDP-%03u/outlet1.low", f->alarms++);
    GdpEvent event = { .kind = GDP_EVENT_ALARM_OCCURRED, .occurred = time + i * GDP_SECOND, .learned = time + i * GDP_SECOND,
                       .object = id, .priority = 2 };
    g_ptr_array_add (changes->events, gdp_event_copy (&event));
  }
  stage_commit (f->store, changes, TRUE);
}

/* "flood-began east flood-ended west ", oldest first. */
static char *
told (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = data_store_journal (f->store, &(DataJournalFilter) { .onwards = TRUE, .limit = 1000000 }, NULL,
                                                     &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < events->len; i++) {
    const GdpEvent *event = events->pdata[i];
    if (gdp_flood_is_word (event))
      g_string_append_printf (text, "%s %s ", gdp_event_word (event->kind), event->who);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
both_look (Fixture *f, guint times)
{
  for (guint i = 0; i < times; i++) {
    server_floods_look (f->east.floods);
    server_floods_look (f->west.floods);
  }
}

static void
test_once (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;

  journal_alarms (f, 10, f->now - 9 * MINUTE);
  both_look (f, 3);
  before = told (f);
  g_assert_cmpstr (before, ==, "");
  journal_alarms (f, 1, f->now - 8 * MINUTE);
  both_look (f, 3);
  after = told (f);
  g_assert_cmpstr (after, ==, "flood-began east ");
}

/* Two that saw the same at the same moment: who comes second has not read what the first one said. */
static void
test_a_race (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GdpEvent began = { .kind = GDP_EVENT_FLOOD_BEGAN, .occurred = f->now, .learned = f->now, .who = (char *) "east" };
  gint64 seq = stage_last_number (f->store);
  gboolean noted;

  g_assert_true (data_store_note_flood (f->east.store, &began, seq, &noted, &error));
  g_assert_true (noted);
  began.who = (char *) "west";
  g_assert_true (data_store_note_flood (f->west.store, &began, seq, &noted, &error));
  g_assert_false (noted);
  g_assert_no_error (error);
  g_autofree char *all = told (f);
  g_assert_cmpstr (all, ==, "flood-began east ");
}

/* A flood of a while ago, of which nobody knew: it began, and is over. */
static void
test_its_end (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *all = NULL;

  journal_alarms (f, 30, f->now - 20 * MINUTE);
  both_look (f, 4);
  all = told (f);
  g_assert_cmpstr (all, ==, "flood-began east flood-ended west ");
  g_autoptr (GPtrArray) end = data_store_journal (f->store, &(DataJournalFilter) { .limit = 1 }, NULL, &error);
  const GdpEvent *event = end->pdata[0];
  g_assert_cmpint (event->kind, ==, GDP_EVENT_FLOOD_ENDED);
  g_assert_cmpint (event->occurred, ==, f->now - 20 * MINUTE + 25 * GDP_SECOND + GDP_FLOOD_SPAN);   /* the fifth from the end is too old */
  g_assert_cmpint (event->learned, >=, f->now);
}

/* Both are restarted amidst it, when all that they read of it is that it goes on: its beginning was long before. */
static void
test_a_restart_amidst_it (Fixture *f, gconstpointer data)
{
  g_autofree char *all = NULL;
  g_autoptr (GError) error = NULL;

  journal_alarms (f, 12, f->now - 30 * MINUTE);
  for (guint i = 0; i < 29; i++)
    journal_alarms (f, 1, f->now - (29 - i) * MINUTE + 30 * GDP_SECOND);
  server_floods_look (f->east.floods);
  stop (&f->east);
  stop (&f->west);
  start (f, &f->east, "east");
  start (f, &f->west, "west");
  both_look (f, 3);
  all = told (f);
  g_assert_cmpstr (all, ==, "flood-began east ");
  g_autoptr (GdpFlood) flood = data_flood_read (f->store, f->now, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdp_flood_since (flood), ==, f->now - 30 * MINUTE + 10 * GDP_SECOND);
  g_assert_cmpuint (gdp_flood_count (flood, f->now), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/server-floods/the-eleventh-begins-one-and-one-server-tells", test_once);
  ADD ("/server-floods/who-saw-the-same-later-tells-nothing", test_a_race);
  ADD ("/server-floods/one-that-nobody-saw-began-and-is-over", test_its_end);
  ADD ("/server-floods/a-restart-amidst-it-tells-nothing-twice", test_a_restart_amidst_it);
  return g_test_run ();
}
