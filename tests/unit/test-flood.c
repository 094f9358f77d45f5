/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/flood.h"

#define START  (1000000 * GDP_SECOND)

static GPtrArray *journal;
static const GPtrArray nothing;

static void
add (GdpEventKind kind, const char *object, double seconds, const char *before, const char *text)
{
  gint64 time = START + (gint64) (seconds * GDP_SECOND);
  GdpEvent event = { .seq = (gint64) journal->len + 1, .kind = kind, .occurred = time, .learned = time, .object = (char *) object,
                     .before = (char *) before, .text = (char *) text, .priority = 2 };
  g_ptr_array_add (journal, gdp_event_copy (&event));
}

static void
alarms (guint n, double seconds, double every)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("S%u/p.low", i);
    add (GDP_EVENT_ALARM_OCCURRED, id, seconds + i * every, "normal", NULL);
  }
}

/* As whoever follows it from the first record; what is owed is journaled at once. @seconds: up to when time passes. */
static GdpFlood *
follow (double seconds)
{
  GdpFlood *flood = gdp_flood_new (&nothing, &nothing, NULL);
  GdpEvent event;

  for (guint i = 0; i < journal->len; i++)
    gdp_flood_take (flood, journal->pdata[i]);
  while (gdp_flood_owes (flood, START + (gint64) (seconds * GDP_SECOND), &event)) {
    add (event.kind, NULL, (double) (event.occurred - START) / GDP_SECOND, event.before, event.text);
    gdp_flood_take (flood, journal->pdata[journal->len - 1]);
  }
  return flood;
}

/* As whoever reads it at @seconds for the first time. */
static GdpFlood *
recall (double seconds, const GPtrArray *known)
{
  gint64 now = START + (gint64) (seconds * GDP_SECOND);
  g_autoptr (GPtrArray) lately = g_ptr_array_new ();
  const GdpEvent *last = NULL;

  for (guint i = 0; i < journal->len; i++) {
    const GdpEvent *event = journal->pdata[i];
    if (event->learned > now - GDP_FLOOD_SPAN)
      g_ptr_array_add (lately, (gpointer) event);
    if (gdp_flood_is_word (event))
      last = event;
  }
  return gdp_flood_new (known, lately, last);
}

static void
begin (void)
{
  journal = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_event_free);
}

static void
end (void)
{
  g_ptr_array_unref (journal);
}

static guint
count (GdpEventKind kind)
{
  guint n = 0;

  for (guint i = 0; i < journal->len; i++)
    n += ((GdpEvent *) journal->pdata[i])->kind == kind;
  return n;
}

static void
test_beginning_and_end_are_journaled_once (void)
{
  begin ();
  alarms (30, 0, 1);
  g_autoptr (GdpFlood) flood = follow (30);
  g_assert_cmpint (gdp_flood_since (flood), ==, START + 10 * GDP_SECOND);   /* the eleventh */
  g_assert_cmpuint (gdp_flood_count (flood, START + 30 * GDP_SECOND), ==, 30);
  g_assert_cmpuint (count (GDP_EVENT_FLOOD_BEGAN), ==, 1);
  g_assert_cmpstr (((GdpEvent *) journal->pdata[journal->len - 1])->text, ==, "11");

  GdpEvent event;
  g_assert_false (gdp_flood_owes (flood, START + 624 * GDP_SECOND, &event));
  g_assert_true (gdp_flood_owes (flood, START + 625 * GDP_SECOND, &event));   /* the fifth from the end came at 25 s */
  g_assert_cmpint (event.kind, ==, GDP_EVENT_FLOOD_ENDED);
  g_assert_cmpint (event.occurred, ==, START + 625 * GDP_SECOND);
  g_assert_cmpstr (event.before, ==, "1970-01-12T13:46:50Z");
  event.seq = journal->len + 1;
  gdp_flood_take (flood, &event);
  g_assert_cmpint (gdp_flood_since (flood), ==, 0);
  g_assert_false (gdp_flood_owes (flood, START + 626 * GDP_SECOND, &event));
  end ();
}

/* Whoever starts amidst it, be it hours after it began, says the same as who was there. */
static void
test_a_restart_changes_nothing (void)
{
  begin ();
  alarms (900, 0, 20);   /* five hours */
  g_autoptr (GdpFlood) all = follow (18000);
  g_autoptr (GdpFlood) late = recall (18000, &nothing);
  GdpEvent first, second;

  g_assert_cmpint (gdp_flood_since (all), ==, START + 200 * GDP_SECOND);
  g_assert_cmpint (gdp_flood_since (late), ==, gdp_flood_since (all));
  for (guint i = 0; i < 700; i++) {
    gint64 now = START + (18000 + i) * GDP_SECOND;
    g_assert_cmpuint (gdp_flood_count (late, now), ==, gdp_flood_count (all, now));
    gboolean owes = gdp_flood_owes (all, now, &first);
    g_assert_true (gdp_flood_owes (late, now, &second) == owes);
    if (owes)
      g_assert_cmpint (first.occurred, ==, second.occurred);
  }
  g_assert_cmpuint (count (GDP_EVENT_FLOOD_ENDED), ==, 0);
  end ();
}

/* One that nobody read for long: it is over by then. */
static void
test_an_old_one_is_over (void)
{
  GdpEvent event;

  begin ();
  alarms (30, 0, 1);
  add (GDP_EVENT_FLOOD_BEGAN, NULL, 10, NULL, "11");
  g_autoptr (GdpFlood) flood = recall (90000, &nothing);
  g_assert_cmpint (gdp_flood_since (flood), ==, START + 10 * GDP_SECOND);
  g_assert_true (gdp_flood_owes (flood, START + 90000 * GDP_SECOND, &event));
  g_assert_cmpint (event.kind, ==, GDP_EVENT_FLOOD_ENDED);
  end ();
}

static void
test_what_is_suppressed_does_not_call (void)
{
  GdpAlarm shelved = { .id = "S1/door.state", .suppression = GDP_SUPPRESSION_SHELVED };
  GdpEvent event;

  begin ();
  add (GDP_EVENT_ALARM_SHELVED, "S1/door.state", 0, "none", "loose");
  for (guint i = 0; i < 50; i++)
    add (GDP_EVENT_ALARM_RECURRED, "S1/door.state", 1 + i, "rtn-unacked", NULL);
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  g_ptr_array_add (known, &shelved);
  g_autoptr (GdpFlood) flood = follow (60), after = recall (600, known);
  g_assert_cmpuint (gdp_flood_count (flood, START + 60 * GDP_SECOND), ==, 0);
  g_assert_cmpuint (gdp_flood_count (after, START + 600 * GDP_SECOND), ==, 0);   /* the shelving is not among what it read */
  g_assert_false (gdp_flood_owes (flood, START + 60 * GDP_SECOND, &event));
  end ();
}

/* What called before it was shelved did call, also for who learns only now that it is shelved. */
static void
test_what_was_shelved_later_did_call (void)
{
  GdpAlarm shelved = { .id = "S1/door.state", .suppression = GDP_SUPPRESSION_SHELVED };

  begin ();
  for (guint i = 0; i < 8; i++)
    add (GDP_EVENT_ALARM_RECURRED, "S1/door.state", i, "rtn-unacked", NULL);
  add (GDP_EVENT_ALARM_SHELVED, "S1/door.state", 20, "none", "loose");
  add (GDP_EVENT_ALARM_RECURRED, "S1/door.state", 21, "rtn-unacked", NULL);
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  g_ptr_array_add (known, &shelved);
  g_autoptr (GdpFlood) flood = recall (60, known);
  g_assert_cmpuint (gdp_flood_count (flood, START + 606 * GDP_SECOND), ==, 1);
  g_assert_cmpuint (gdp_flood_count (flood, START + 607 * GDP_SECOND), ==, 0);   /* what it called at 21 s does not count */
  end ();
}

/* A door in the wind is one alarm, be it acknowledged each time, be it told one by one or by number; eleven doors are a flood. */
static void
test_one_that_chatters_is_one (void)
{
  GdpEvent event;

  begin ();
  add (GDP_EVENT_ALARM_OCCURRED, "S1/door.state", 0, "normal", NULL);
  for (guint i = 1; i < 12; i++)
    add (GDP_EVENT_ALARM_RECURRED, "S1/door.state", i, "rtn-unacked", NULL);
  add (GDP_EVENT_ALARM_CHATTERED, "S1/door.state", 60, "unacked", "29000");
  for (guint i = 0; i < 20; i++) {
    add (GDP_EVENT_ALARM_ACKNOWLEDGED, "S1/door.state", 61 + i, "unacked", NULL);
    add (GDP_EVENT_ALARM_OCCURRED, "S1/door.state", 61 + i, "normal", NULL);
  }
  g_autoptr (GdpFlood) flood = follow (100), late = recall (100, &nothing);
  g_assert_cmpuint (gdp_flood_count (flood, START + 100 * GDP_SECOND), ==, 1);
  g_assert_cmpuint (gdp_flood_count (flood, START + 679 * GDP_SECOND), ==, 1);
  g_assert_cmpuint (gdp_flood_count (flood, START + 680 * GDP_SECOND), ==, 0);
  g_assert_cmpuint (gdp_flood_count (late, START + 100 * GDP_SECOND), ==, 1);
  g_assert_cmpuint (count (GDP_EVENT_FLOOD_BEGAN), ==, 0);
  g_assert_false (gdp_flood_owes (late, START + 100 * GDP_SECOND, &event));

  alarms (10, 100, 1);
  g_autoptr (GdpFlood) more = follow (110);
  g_assert_cmpint (gdp_flood_since (more), ==, START + 109 * GDP_SECOND);
  g_assert_cmpuint (gdp_flood_count (more, START + 110 * GDP_SECOND), ==, 11);
  end ();
}

/* Sites whose line comes and goes are a flood as long as they call, though nobody acknowledges. */
static void
test_those_that_call_again_keep_it_on (void)
{
  begin ();
  for (guint i = 0; i < 10; i++)
    alarms (20, i * 300, 1);
  g_autoptr (GdpFlood) flood = follow (2800);
  g_assert_cmpint (gdp_flood_since (flood), ==, START + 10 * GDP_SECOND);
  g_assert_cmpuint (gdp_flood_count (flood, START + 2800 * GDP_SECOND), ==, 20);
  g_assert_cmpuint (count (GDP_EVENT_FLOOD_ENDED), ==, 0);
  end ();
}

/* The feed may bring what was read at the start once more. */
static void
test_nothing_counts_twice (void)
{
  begin ();
  alarms (8, 0, 1);
  g_autoptr (GdpFlood) flood = recall (10, &nothing);
  for (guint i = 0; i < journal->len; i++)
    gdp_flood_take (flood, journal->pdata[i]);
  g_assert_cmpuint (gdp_flood_count (flood, START + 10 * GDP_SECOND), ==, 8);
  g_assert_cmpint (gdp_flood_seq (flood), ==, 8);
  end ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flood/beginning-and-end-are-journaled-once", test_beginning_and_end_are_journaled_once);
  g_test_add_func ("/flood/a-restart-amidst-it-changes-nothing", test_a_restart_changes_nothing);
  g_test_add_func ("/flood/one-that-nobody-read-for-long-is-over", test_an_old_one_is_over);
  g_test_add_func ("/flood/what-is-suppressed-does-not-call", test_what_is_suppressed_does_not_call);
  g_test_add_func ("/flood/what-was-shelved-later-did-call", test_what_was_shelved_later_did_call);
  g_test_add_func ("/flood/one-that-chatters-is-one", test_one_that_chatters_is_one);
  g_test_add_func ("/flood/those-that-call-again-keep-it-on", test_those_that_call_again_keep_it_on);
  g_test_add_func ("/flood/nothing-counts-twice", test_nothing_counts_twice);
  return g_test_run ();
}
