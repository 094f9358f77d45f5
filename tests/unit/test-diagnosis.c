/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each row: what was counted, and the rules that must hold, in order. */
#include "gdp/diagnosis.h"

#include <math.h>
#include <string.h>

#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)
#define NOW    (1000 * MINUTE)

static const char *
as_it_is (const char *english)
{
  return english;
}

static GdpTraffic
well (guint n, guint us)
{
  GdpTraffic traffic = { .requests = n, .good = n, .due = n, .polls = n, .since = NOW - 50 * MINUTE };
  traffic.answers.count[gdp_histogram_bucket (us)] = n;
  traffic.answers.most = us;
  return traffic;
}

/* Names of the rules that hold, with spaces between. */
static char *
rules_of (const GdpCase *its)
{
  g_autoptr (GPtrArray) found = gdp_diagnose (its, as_it_is);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++) {
    const GdpAdvice *advice = found->pdata[i];
    g_assert_null (strchr (advice->finding, '{'));   /* every place is filled */
    g_assert_null (strchr (advice->advice, '{'));
    g_assert_true (*advice->advice != '\0' || advice->grade == GDP_ADVICE_WELL);
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", advice->rule);
  }
  return g_string_free (names, FALSE);
}

static void
expect (const GdpCase *its, const char *rules)
{
  g_autofree char *found = rules_of (its);
  g_assert_cmpstr (found, ==, rules);
}

static GdpCase
unit_with (GdpTraffic traffic)
{
  return (GdpCase) { .unit = "upmp", .serial = TRUE, .total = traffic, .lately = traffic, .now = NOW };
}

static void
test_well (void)
{
  GdpCase its = unit_with (well (1000, 20000));
  expect (&its, "well");
  its = unit_with ((GdpTraffic) { 0 });
  expect (&its, "nothing-counted");
}

static void
test_crc_of_one_or_all (void)
{
  GdpTraffic bad = well (1000, 20000), good = well (1000, 20000), others[3] = { good, good, good };
  bad.crc_errors = 30;
  GdpCase its = unit_with (bad);
  expect (&its, "crc");
  its.others = others;
  its.n_others = 3;
  expect (&its, "crc-of-one");
  g_autoptr (GPtrArray) found = gdp_diagnose (&its, as_it_is);
  g_assert_cmpstr (((GdpAdvice *) found->pdata[0])->finding, ==, "CRC errors on 3.0 % of the requests, from this unit only");

  for (guint i = 0; i < 3; i++)
    others[i].crc_errors = 25;
  expect (&its, "well");   /* not this unit's fault: the line's, which says so */
  GdpTraffic sum = { 0 };
  for (guint i = 0; i < 3; i++)
    gdp_traffic_add (&sum, &others[i]);
  GdpCase line = { .serial = TRUE, .total = sum, .lately = sum, .others = others, .n_others = 3, .now = NOW };
  expect (&line, "crc-of-all");
  others[1].crc_errors = others[2].crc_errors = 0;
  sum.crc_errors = 40;
  line.lately = sum;
  expect (&line, "well");
  GdpTraffic many[5] = { bad, good, good, good, good };
  its.others = many;
  its.n_others = 5;
  expect (&its, "crc-of-some");
  bad.crc_errors = 2;      /* too few to mean anything */
  its = unit_with (bad);
  expect (&its, "well");
}

static void
test_silence (void)
{
  GdpTraffic dead = { .requests = 40, .timeouts = 40, .due = 20, .since = NOW - 50 * MINUTE }, others[2] = { dead, dead };
  GdpCase its = unit_with (dead);
  expect (&its, "never-answered");
  its.total = well (1000, 20000);
  gdp_traffic_add (&its.total, &dead);
  expect (&its, "silent");
  GdpCase line = { .serial = TRUE, .total = dead, .lately = dead, .others = others, .n_others = 2, .now = NOW };
  expect (&line, "line-silent");
  line.lost = "no answer in 1.2 s";
  expect (&line, "line-silent");   /* which says more */
  GdpTraffic some = well (960, 20000);
  gdp_traffic_add (&some, &dead);
  its = unit_with (some);
  its.lately.polls = its.lately.due;
  expect (&its, "unanswered");
}

/* Where nobody can be asked there is nothing to count, and what was counted before was well. */
static void
test_lost (void)
{
  GdpTraffic before = well (1000, 20000);
  GdpCase its = unit_with (before), line = { .total = before, .lately = before, .now = NOW, .lost = "Connection refused" };

  its.lost = line.lost;
  its.lately.due = 2 * its.lately.polls;   /* polls that could not be made */
  expect (&line, "line-lost");
  expect (&its, "line-lost");
  g_autoptr (GPtrArray) found = gdp_diagnose (&line, as_it_is);
  g_assert_cmpstr (((GdpAdvice *) found->pdata[0])->finding, ==, "The line is lost: Connection refused");
}

static void
test_exceptions (void)
{
  static const struct { guint code; const char *rule; } codes[] = {
    { 1, "exception-1" }, { 2, "exception-2" }, { 3, "exception-3" }, { 4, "exception-4" }, { 6, "exception-6" },
    { 10, "exception-10" }, { 11, "exception-11" }, { 0, "exception" }, { 8, "exception" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    GdpTraffic traffic = well (100, 20000);
    traffic.exceptions = traffic.refused[codes[i].code] = 20;
    GdpCase its = unit_with (traffic);
    expect (&its, codes[i].rule);
  }
}

static void
test_slower (void)
{
  GdpCase its = unit_with (well (100, 900000));
  its.total = well (5000, 200000);
  gdp_traffic_add (&its.total, &its.lately);
  expect (&its, "slower");
  its.lately = well (100, 300000);
  its.total = well (5000, 200000);
  gdp_traffic_add (&its.total, &its.lately);
  expect (&its, "well");
  its.lately = well (10, 900000);   /* too few */
  its.total = well (5000, 200000);
  gdp_traffic_add (&its.total, &its.lately);
  expect (&its, "well");
}

static void
test_rate_and_others (void)
{
  GdpTraffic traffic = well (1000, 20000);
  traffic.due = 2000;
  GdpCase its = unit_with (traffic);
  expect (&its, "too-few-polls");
  traffic = well (1000, 20000);
  traffic.wrong = 15;
  its = unit_with (traffic);
  expect (&its, "wrong-answers");

  GdpCase line = { .serial = TRUE, .total = well (1000, 20000), .lately = well (1000, 20000), .now = NOW };
  line.lately.noise = 4;
  expect (&line, "noise");
  line.serial = FALSE;
  expect (&line, "noise-network");
  line.lately.noise = 0;
  line.lately.reconnects = 5;
  expect (&line, "reopened");
  line.dials_in = TRUE;
  line.lately.noise = 5;
  expect (&line, "noise-modem");
  line = (GdpCase) { .serial = TRUE, .total = well (9, 9), .lately = well (9, 9), .now = NOW };
  line.lately.busy = 48 * MINUTE;
  expect (&line, "bus-full");
}

static void
add_sessions (GPtrArray *sessions, guint n, gint64 length, gboolean is_well, double signal)
{
  for (guint i = 0; i < n; i++) {
    GdpSession *session = g_new0 (GdpSession, 1);
    *session = (GdpSession) { .opened = NOW - (10 * i + 20) * MINUTE, .well = is_well, .signal = signal, .records = 10 };
    session->closed = session->opened + length;
    g_ptr_array_add (sessions, session);
  }
}

static void
test_sessions (void)
{
  static const struct { guint n; gint64 seconds; gboolean well; double signal; const char *rules; } cases[] = {
    { 14, 42, FALSE, -109, "short-sessions weak-signal" },
    { 14, 42, FALSE, NAN, "short-sessions" },
    { 14, 42, TRUE, -80, "well" },          /* a sleeping unit that delivers and hangs up */
    { 14, 420, FALSE, -80, "well" },
    { 2, 42, FALSE, -80, "well" },
    { 3, 42, TRUE, -107, "weak-signal" },
    { 0, 0, TRUE, NAN, "never-called" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_session_free);
    add_sessions (sessions, cases[i].n, cases[i].seconds * G_USEC_PER_SEC, cases[i].well, cases[i].signal);
    GdpCase its = { .dials_in = TRUE, .sessions = sessions, .now = NOW };
    expect (&its, cases[i].rules);
  }
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_session_free);
  add_sessions (sessions, 5, 100, TRUE, -80);
  for (guint i = 0; i < 5; i++)
    ((GdpSession *) sessions->pdata[i])->resends = 4;
  GdpCase its = { .dials_in = TRUE, .sessions = sessions, .now = NOW };
  expect (&its, "sent-twice");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diagnosis/nothing-wrong-is-said-so", test_well);
  g_test_add_func ("/diagnosis/crc-errors-of-one-unit-or-of-the-line", test_crc_of_one_or_all);
  g_test_add_func ("/diagnosis/never-answered-silent-or-now-and-then", test_silence);
  g_test_add_func ("/diagnosis/a-line-that-is-lost-is-not-well", test_lost);
  g_test_add_func ("/diagnosis/every-exception-has-its-advice", test_exceptions);
  g_test_add_func ("/diagnosis/slower-than-usual", test_slower);
  g_test_add_func ("/diagnosis/rate-noise-reconnects", test_rate_and_others);
  g_test_add_func ("/diagnosis/sessions-and-signal", test_sessions);
  return g_test_run ();
}
