/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal of several runs: what is found by its index is what looking through it finds, whatever is asked. */
#include "data/grams.h"
#include "stage-sql.h"

#include <string.h>

#define T0    G_GINT64_CONSTANT (1700000000000000)
#define SITES 50
#define TOTAL (2 * DATA_RUN + 1000)   /* two runs, and what is behind them */

typedef struct { Stage *stage; DataStore *store; } Fixture;

static const char *const comments[] = { "Бригада выехала", "ложная, датчик", "cut short: \xd0" };

static void
add_record (GdpChanges *changes, guint i)
{
  g_autofree char *site = g_strdup_printf ("GDP-%03u", i * 7 % SITES), *object = g_strdup_printf ("%s/outlet%u.low", site, i % 3);
  g_autofree char *text = i % 5000 == 77 ? g_strdup ("Утечка на ЗАДВИЖКЕ") : i % 4 != 0 ? g_strdup (comments[i % 4 - 1])
                          : g_strdup_printf ("0.%04u MPa, LL 0.1440 MPa", i % 9000);
  GdpEvent event = { .kind = i % 2 ? GDP_EVENT_NOTE : GDP_EVENT_ALARM_OCCURRED, .occurred = T0, .learned = T0 + i * GDP_SECOND,
                     .site = i % 11 ? site : NULL, .object = object, .who = (char *) "petrov", .after = (char *) "open",
                     .text = text };
  g_ptr_array_add (changes->events, gdp_event_copy (&event));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  f->stage = stage_new ();
  f->store = stage_open (f->stage, DATA_ACCESS_SERVE);
  for (guint i = 0; i < TOTAL; i++) {
    add_record (changes, i);
    if (i % 1000 == 0)
      stage_add_reading (changes, 1, T0 + i * GDP_SECOND, i);   /* takes a number, too */
    if (i % 5000 == 4999 || i == TOTAL - 1)
      stage_commit (f->store, changes, FALSE);
  }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->store, data_store_close);
  g_clear_pointer (&f->stage, stage_free);
}

static void
seal (DataStore *store)
{
  g_autoptr (GdpNetwork) network = stage_network (1, 1);
  g_autoptr (GError) error = NULL;
  DataSealing how = DATA_SEALING_USUAL;
  guint64 sealed;

  how.now = T0;
  g_assert_true (data_store_seal (store, network, &how, &sealed, &error));
  g_assert_no_error (error);
}

/* The numbers of all pages of what @filter asks for, and what each page says it hides. */
static GString *
numbers_of (DataStore *store, DataJournalFilter filter)
{
  GString *numbers = g_string_new (NULL);
  guint n;

  filter.limit = 700;
  do {
    g_autoptr (GError) error = NULL;
    guint64 hidden;
    g_autoptr (GPtrArray) page = data_store_journal (store, &filter, &hidden, &error);
    g_assert_no_error (error);
    n = page->len;
    g_assert_cmpuint (hidden, ==, TOTAL - n);
    for (guint i = 0; i < n; i++)
      g_string_append_printf (numbers, "%" G_GINT64_FORMAT " ", filter.before_seq = ((GdpEvent *) page->pdata[i])->seq);
  } while (n == filter.limit);
  return numbers;
}

static const char *const also[] = { "ложная", "\nalarm-occurred\n", NULL };
static const DataJournalFilter questions[] = {
  { 0 },
  { .site = "GDP-007" },
  { .site = "gdp-007" },                                     /* is another */
  { .object = "GDP-007/outlet1.low" },
  { .text = "задвижке" },
  { .text = "НА ЗАДВ" },
  { .text = "LL" },
  { .text = "ж" },
  { .text = "nowhere" },
  { .text = "petrov\nopen" },                                /* not next to each other */
  { .text = "petrov\n\nopen\n" },
  { .text = "0.0144 mpa" },
  { .text = "nowhere", .also = also },
  { .site = "GDP-039", .text = "задвижке" },
  { .site = "GDP-027", .text = "Бригада" },
  { .text = "бригада", .since = T0 + 3000 * GDP_SECOND, .until = T0 + 20000 * GDP_SECOND },
  { .since = T0 + 16000 * GDP_SECOND, .until = T0 + 17000 * GDP_SECOND },
  { .site = "GDP-007", .before_seq = 20000, .after_seq = 5000 },
  { .topic = GDP_TOPIC_ALARMS },
  { .topic = GDP_TOPIC_ALARMS, .site = "GDP-014", .since = T0 + 3000 * GDP_SECOND },
  { .topic = GDP_TOPIC_SYSTEM, .text = "задвижке" },         /* notes all */
  { .topic = GDP_TOPIC_ALARMS, .text = "задвижке" },
  { .topic = GDP_TOPIC_LINKS },
};

static void
ask_all (DataStore *store, GString **answers)
{
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    answers[i] = numbers_of (store, questions[i]);
}

static void
compare (GString **before, GString **after)
{
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++) {
    if (!g_string_equal (before[i], after[i]))
      g_test_message ("question %u", i);
    g_assert_cmpuint (before[i]->len, ==, after[i]->len);
    g_assert_true (g_string_equal (before[i], after[i]));
  }
}

static void
free_all (GString **answers)
{
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    g_string_free (answers[i], TRUE);
}

static void
test_same_as_looking_through (Fixture *f, gconstpointer data)
{
  static const gboolean empty[G_N_ELEMENTS (questions)] = { [2] = TRUE, [8] = TRUE, [9] = TRUE, [21] = TRUE, [22] = TRUE };
  GString *before[G_N_ELEMENTS (questions)], *after[G_N_ELEMENTS (questions)];

  ask_all (f->store, before);
  seal (f->store);
  ask_all (f->store, after);
  compare (before, after);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++) {
    g_test_message ("question %u: %u bytes of numbers", i, (guint) after[i]->len);
    g_assert_cmpint (after[i]->len == 0, ==, empty[i]);
  }
  free_all (before);
  free_all (after);
}

/* Only full runs are indexed, each once, and what is damaged or missing of the index costs time alone. */
static void
test_damaged_index_hides_nothing (Fixture *f, gconstpointer data)
{
  static const char *const harm[] = {
    "UPDATE journal_shelf SET grams = numbers FROM journal_run WHERE run = 1 AND place > 100 AND place < 300",
    "DELETE FROM journal_shelf WHERE place > 400",
    "UPDATE journal_run SET numbers = grams FROM journal_shelf WHERE place = 7 AND run = 0",
  };
  GString *before[G_N_ELEMENTS (questions)], *after[G_N_ELEMENTS (questions)];

  ask_all (f->store, before);
  seal (f->store);
  seal (f->store);
  for (guint i = 0; i < G_N_ELEMENTS (harm); i++) {
    g_autoptr (StageSql) sql = stage_sql_new (f->stage);
    stage_sql_run (sql, harm[i]);
    ask_all (f->store, after);
    compare (before, after);
    free_all (after);
  }
  free_all (before);
}

/* Two servers index one journal, one after the other and both at once. */
static void
seal_twice (const Stage *stage, gpointer data)
{
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_POST);

  seal (store);
  seal (store);
}

static void
test_servers_index_it_once (Fixture *f, gconstpointer data)
{
  GString *before[G_N_ELEMENTS (questions)], *after[G_N_ELEMENTS (questions)];

  ask_all (f->store, before);
  pid_t one = stage_fork (f->stage, seal_twice, NULL), other = stage_fork (f->stage, seal_twice, NULL);
  stage_join (one);
  stage_join (other);
  ask_all (f->store, after);
  compare (before, after);
  free_all (before);
  free_all (after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store-journal/same-as-looking-through", Fixture, NULL, set_up, test_same_as_looking_through, tear_down);
  g_test_add ("/store-journal/damaged-index-hides-nothing", Fixture, NULL, set_up, test_damaged_index_hides_nothing, tear_down);
  g_test_add ("/store-journal/servers-index-it-once", Fixture, NULL, set_up, test_servers_index_it_once, tear_down);
  return g_test_run ();
}
