/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A write and its read-back, from every answer that a slave can give to what became of the order. */
#include "comms/writing.h"

#include <string.h>

#define T0  G_GINT64_CONSTANT (1700000000000000)
#define END (T0 + 10 * G_USEC_PER_SEC)

static CommsOrder *
coil_order (guint16 value)
{
  CommsOrder order = { .kind = COMMS_ORDER_WRITE, .command = 7, .expires = END,
                       .write = { .address = 17, .table = GDP_TABLE_COILS, .start = 3, .value = value } };
  return comms_order_new (&order);
}

static void
begin (CommsWriting *writing, guint16 value)
{
  g_assert_null (comms_writing_begin (writing, coil_order (value), T0));
  g_assert_true (writing->ask.write);
  g_assert_cmpint (writing->ask.address, ==, 17);
  g_assert_cmpint (writing->ask.start, ==, 3);
  g_assert_cmpint (writing->ask.count, ==, 1);
  g_assert_cmpint (writing->ask.value, ==, value);
}

/* Takes @report. */
static void
assert_end (const CommsWriting *writing, CommsReport *report, gboolean ok, const char *detail)
{
  g_assert_nonnull (report);
  g_assert_null (writing->order);
  g_assert_cmpint (report->kind, ==, COMMS_REPORT_RESULT);
  g_assert_cmpint (report->command, ==, 7);
  g_assert_cmpint (report->ok, ==, ok);
  g_assert_cmpstr (report->detail, ==, detail);
  comms_report_free (report);
}

static void
test_good (void)
{
  CommsWriting w;
  begin (&w, 1);
  g_assert_null (comms_writing_answered (&w, 1, T0));
  g_assert_false (w.ask.write);
  assert_end (&w, comms_writing_answered (&w, 1, T0), TRUE, NULL);
}

static void
test_refused (void)
{
  CommsWriting w;
  begin (&w, 1);
  assert_end (&w, comms_writing_refused (&w, "no", T0), FALSE, "no");
}

static void
test_reads_otherwise (void)
{
  CommsWriting w;
  begin (&w, 1);
  g_assert_null (comms_writing_answered (&w, 1, T0));
  g_assert_null (comms_writing_answered (&w, 0, T0));   /* a slow relay: looked at once more */
  assert_end (&w, comms_writing_answered (&w, 0, T0), FALSE, "it was written, but reads back off");
  begin (&w, 1);
  g_assert_null (comms_writing_answered (&w, 1, T0));
  g_assert_null (comms_writing_answered (&w, 0, T0));
  assert_end (&w, comms_writing_answered (&w, 1, T0), TRUE, NULL);
}

/* The write itself is never asked twice. */
static void
test_unconfirmed (void)
{
  CommsWriting w;
  begin (&w, 1);
  g_assert_null (comms_writing_failed (&w, "no answer", T0));
  g_assert_false (w.ask.write);
  assert_end (&w, comms_writing_answered (&w, 1, T0), TRUE, "not confirmed (no answer), but it reads back on");
  begin (&w, 0);
  g_assert_null (comms_writing_failed (&w, "no answer", T0));
  g_assert_null (comms_writing_failed (&w, "no answer", T0));
  g_assert_false (w.ask.write);
  assert_end (&w, comms_writing_failed (&w, "damaged", T0), FALSE,
              "no answer; nor could it be read back (damaged): whether it was switched is not known");
}

static void
test_not_readable (void)
{
  CommsWriting w;
  begin (&w, 1);
  g_assert_null (comms_writing_answered (&w, 1, T0));
  g_assert_null (comms_writing_refused (&w, "exception 1", T0));
  assert_end (&w, comms_writing_refused (&w, "exception 1", T0), FALSE,
              "it was written, but could not be read back: exception 1");
}

static void
test_late (void)
{
  CommsWriting w;
  assert_end (&w, comms_writing_begin (&w, coil_order (1), END), FALSE, "too late");
}

static void
test_lost (void)
{
  CommsWriting w;
  begin (&w, 1);
  assert_end (&w, comms_writing_lost (&w, "unplugged", T0), FALSE, "unplugged; whether it was switched is not known");
  g_assert_null (comms_writing_lost (&w, "unplugged", T0));
}

static void
test_checks (void)
{
  static const struct { CommsOrder order; const char *wrong; } rows[] = {
    { { .kind = COMMS_ORDER_WRITE, .write = { .address = 1, .table = GDP_TABLE_COILS } }, "must have a time" },
    { { .kind = COMMS_ORDER_WRITE, .expires = 1, .write = { .address = 0, .table = GDP_TABLE_COILS } }, "1 to 247" },
    { { .kind = COMMS_ORDER_WRITE, .expires = 1, .write = { .address = 248, .table = GDP_TABLE_COILS } }, "1 to 247" },
    { { .kind = COMMS_ORDER_WRITE, .expires = 1, .write = { .address = 1, .table = GDP_TABLE_DISCRETE_INPUTS } },
      "only coils and holding registers" },
    { { .kind = COMMS_ORDER_WRITE, .expires = 1, .write = { .address = 1, .table = GDP_TABLE_COILS, .value = 2 } },
      "a coil is 0 or 1" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (comms_order_check (&rows[i].order, &error));
    g_assert_nonnull (strstr (error->message, rows[i].wrong));
  }
  g_autoptr (CommsOrder) good = coil_order (1);
  g_autofree char *words = comms_order_describe (good);
  g_assert_true (comms_order_check (good, NULL));
  g_assert_cmpstr (words, ==, "write 1 to coil 3 of slave 17");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/writing/written-and-read-back-is-done", test_good);
  g_test_add_func ("/writing/refused-is-not-read-back", test_refused);
  g_test_add_func ("/writing/what-reads-otherwise-twice-has-failed", test_reads_otherwise);
  g_test_add_func ("/writing/unconfirmed-is-decided-by-what-is-read", test_unconfirmed);
  g_test_add_func ("/writing/what-cannot-be-read-back-is-not-known", test_not_readable);
  g_test_add_func ("/writing/too-late-is-never-asked", test_late);
  g_test_add_func ("/writing/a-lost-line-leaves-it-unknown", test_lost);
  g_test_add_func ("/writing/orders-are-checked", test_checks);
  return g_test_run ();
}
