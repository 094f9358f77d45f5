/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of the alarms out of a stored journal, and the files that they go to. */
#include "data/alarm-report.h"
#include "stage.h"

#include <glib/gstdio.h>
#include <string.h>

#define T0    G_GINT64_CONSTANT (1700000000000000)
#define DAY   (G_GINT64_CONSTANT (24) * 3600 * GDP_SECOND)
#define NOTES 20000   /* more than is read at once */

typedef struct { Stage *stage; DataStore *store; } Fixture;

static void
add (GdpChanges *changes, double seconds, GdpEventKind kind, const char *object, const char *text)
{
  gint64 time = T0 + (gint64) (seconds * GDP_SECOND);

  g_ptr_array_add (changes->events, gdp_event_copy (&(GdpEvent) {
    .kind = kind, .occurred = time, .learned = time, .site = (char *) "GDP-000", .object = (char *) object,
    .text = (char *) text, .priority = 1 }));
}

/* Notes for a day, then alarms: twelve of a point in one minute, one that was shelved on the first day. */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  f->stage = stage_new ();
  f->store = stage_open (f->stage, DATA_ACCESS_SERVE);
  add (changes, 0, GDP_EVENT_ALARM_TAKEN_OUT, "GDP-000/p1.high", "being repaired");
  for (guint i = 0; i < NOTES; i++)
    add (changes, 1 + i, GDP_EVENT_NOTE, "GDP-000", "alarm-occurred");
  for (guint i = 0; i < 12; i++) {
    add (changes, 2 * 86400. + 5 * i, i == 0 ? GDP_EVENT_ALARM_OCCURRED : GDP_EVENT_ALARM_RECURRED, "GDP-000/p0.low", NULL);
    add (changes, 2 * 86400. + 5 * i + 2, GDP_EVENT_ALARM_CLEARED, "GDP-000/p0.low", NULL);
  }
  add (changes, 2 * 86400. + 90, GDP_EVENT_ALARM_ACKNOWLEDGED, "GDP-000/p0.low", "=1+1, \"quoted\"");
  add (changes, 2 * 86400. + 91, GDP_EVENT_ALARM_OCCURRED, "GDP-000/p1.high", NULL);
  stage_commit (f->store, changes, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->store, data_store_close);
  g_clear_pointer (&f->stage, stage_free);
}

static DataAlarmReport *
read_report (Fixture *f, gint64 since, gint64 until)
{
  g_autoptr (GError) error = NULL;
  DataAlarmReport *report = data_alarm_report_read (f->store, since, until, NULL, &error);

  g_assert_no_error (error);
  return report;
}

static void
test_counts (Fixture *f, gconstpointer data)
{
  g_autoptr (DataAlarmReport) report = read_report (f, T0 + DAY, T0 + 32 * DAY);
  const GdpAlarmFigures *figures = &report->figures;
  gsize n;
  const guint *periods = gdp_figure_counter_periods (report->counter, &n);

  g_assert_cmpint (figures->since, ==, T0 + DAY);
  g_assert_true (figures->sufficient);
  g_assert_cmpuint (figures->n, ==, 12);            /* the one that is out of service since before the span does not count */
  g_assert_cmpuint (figures->n_fleeting, ==, 12);
  g_assert_cmpuint (figures->n_chattering, ==, 1);
  g_assert_cmpuint (figures->n_acknowledged, ==, 1);
  g_assert_cmpuint (figures->peak, ==, 12);
  g_assert_cmpuint (n, ==, 31 * 144);
  g_assert_cmpuint (periods[144], ==, 12);
}

/* A journal of three days does not tell of thirty, whatever is asked. */
static void
test_begin (Fixture *f, gconstpointer data)
{
  g_autoptr (DataAlarmReport) report = read_report (f, T0 - 27 * DAY, T0 + 3 * DAY);

  g_assert_cmpint (report->figures.since, ==, T0);
  g_assert_false (report->figures.sufficient);
  g_assert_cmpfloat_with_epsilon (report->figures.per_hour, 12 / 72., 1e-9);
}

static void
test_empty (void)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GError) error = NULL;
  g_autoptr (DataAlarmReport) report = data_alarm_report_read (store, T0, T0 + DAY, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (report->figures.n, ==, 0);
  g_assert_false (report->figures.sufficient);
  g_assert_cmpint (report->figures.until, ==, T0 + DAY);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (data_alarm_report_read (f->store, T0, T0 + DAY, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static char *
exported (Fixture *f, const char *name, gsize *length)
{
  g_autoptr (DataAlarmReport) report = read_report (f, T0, T0 + 3 * DAY);
  g_autoptr (GdpNetwork) network = stage_network (1, 1);
  g_autofree char *path = g_build_filename (f->stage->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_assert_true (data_alarm_report_export (report, network, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, length, NULL));
  return text;
}

static void
test_csv (Fixture *f, gconstpointer data)
{
  gsize length;
  g_autofree char *text = exported (f, "figures.csv", &length);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  g_assert_cmpstr (lines[0], ==, "section,name,value,unit,reference,verdict");
  g_assert_cmpstr (lines[1], ==, "span,2023-11-14T22:13:20Z,259200,s,2023-11-17T22:13:20Z,");
  g_assert_true (g_strv_contains ((const char *const *) lines, "figure,alarms,12,,,none"));
  g_assert_true (g_strv_contains ((const char *const *) lines, "figure,per-hour,0.166666667,,up to 6; at most 12 (ISA-18.2),"
                                                               "insufficient-data"));
  g_assert_true (g_strv_contains ((const char *const *) lines, "figure,peak,12,,up to 10 (ISA-18.2),poor"));
  g_assert_true (g_strv_contains ((const char *const *) lines, "alarm,GDP-000/p0.low,12,,\"Outlet pressure, Low\","));
  g_assert_true (g_strv_contains ((const char *const *) lines, "period,2023-11-16T22:13:20Z,12,,,"));
  g_assert_cmpuint (g_strv_length (lines), ==, 2 + gdp_n_figures + 1 + 3 * 144 + 1);   /* the last is behind the end */
}

#define SHEET "xl/worksheets/sheet3.xml"

/* A ZIP file with three sheets; what is in them is looked at by tests of gdpctl. */
static void
test_xlsx (Fixture *f, gconstpointer data)
{
  gsize length;
  g_autofree char *text = exported (f, "figures.xlsx", &length);
  g_autofree char *part = g_build_filename (f->stage->folder, "figures.xlsx.part", NULL);

  g_assert_cmpmem (text, 4, "PK\3\4", 4);
  g_assert_nonnull (memmem (text, length, SHEET, strlen (SHEET)));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static void
test_not_written (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "figures.ods", "no/such/folder/figures.xlsx", "no/such/folder/figures.csv" };
  g_autoptr (DataAlarmReport) report = read_report (f, T0, T0 + 3 * DAY);
  g_autoptr (GdpNetwork) network = stage_network (1, 1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (f->stage->folder, names[i], NULL);
    g_autoptr (GError) error = NULL;
    g_assert_false (data_alarm_report_export (report, network, path, &error));
    g_assert_nonnull (strstr (error->message, path));
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  }
}

static void
test_head (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  DataJournalHead head;

  g_assert_true (data_store_journal_head (f->store, &head, &error));
  g_assert_cmpint (head.count, ==, NOTES + 27);
  g_assert_true (data_store_verify (f->store, report, &error));
  g_assert_nonnull (strstr (report->str, head.hash));
}

#define TEST(name, func) g_test_add ("/alarm-report/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("what-was-suppressed-long-before-does-not-count", test_counts);
  TEST ("a-young-journal-is-not-thirty-days", test_begin);
  g_test_add_func ("/alarm-report/an-empty-journal-has-no-figures", test_empty);
  TEST ("it-can-be-cancelled", test_cancelled);
  TEST ("csv-has-every-figure-alarm-and-period", test_csv);
  TEST ("xlsx-is-a-whole-file-or-none", test_xlsx);
  TEST ("what-cannot-be-written-is-named", test_not_written);
  TEST ("the-head-is-what-verify-prints", test_head);
  return g_test_run ();
}
