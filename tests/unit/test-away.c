/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the database of a region that is away is left alone. */
#include "data/away.h"

#define SECOND G_TIME_SPAN_SECOND

typedef struct { DataAway *away; GError *why; } Case;

static void
set_up (Case *self, gconstpointer data G_GNUC_UNUSED)
{
  self->away = data_away_new ();
  self->why = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_FAILED, "timeout expired");
}

static void
tear_down (Case *self, gconstpointer data G_GNUC_UNUSED)
{
  data_away_free (self->away);
  g_error_free (self->why);
}

static void
test_grows (Case *self, gconstpointer data G_GNUC_UNUSED)
{
  static const gint64 pauses[] = { 20, 40, 80, 160, 300, 300 };
  gint64 now = 1000 * SECOND;
  for (guint i = 0; i < G_N_ELEMENTS (pauses); i++) {
    data_away_note (self->away, 1, self->why, 10 * SECOND, now);
    const GError *why = data_away_why (self->away, 1, now + pauses[i] * SECOND - 1);
    g_assert_error (why, G_FILE_ERROR, G_FILE_ERROR_FAILED);
    g_assert_cmpstr (why->message, ==, "timeout expired");
    now += pauses[i] * SECOND;
    g_assert_null (data_away_why (self->away, 1, now));
  }
}

static void
test_back (Case *self, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 3; i++)
    data_away_note (self->away, 1, self->why, 10 * SECOND, 0);
  data_away_note (self->away, 1, NULL, 10 * SECOND, 0);
  g_assert_null (data_away_why (self->away, 1, 0));
  data_away_note (self->away, 1, self->why, 10 * SECOND, 0);
  g_assert_null (data_away_why (self->away, 1, 20 * SECOND));
}

static void
test_quick (Case *self, gconstpointer data G_GNUC_UNUSED)
{
  data_away_note (self->away, 1, self->why, SECOND / 10, 0);
  g_assert_null (data_away_why (self->away, 1, 0));
}

static void
test_each (Case *self, gconstpointer data G_GNUC_UNUSED)
{
  data_away_note (self->away, 1, self->why, 10 * SECOND, 0);
  g_assert_null (data_away_why (self->away, 2, 0));
  g_assert_nonnull (data_away_why (self->away, 1, 0));
}

static void
test_long_work (Case *self, gconstpointer data G_GNUC_UNUSED)
{
  data_away_note (self->away, 1, self->why, 3600 * SECOND, 0);
  g_assert_null (data_away_why (self->away, 1, DATA_AWAY_FIRST));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, test) g_test_add ("/away/" name, Case, NULL, set_up, test, tear_down)
  CASE ("is-left-alone-for-twice-as-long-each-time", test_grows);
  CASE ("that-is-back-is-asked-as-ever", test_back);
  CASE ("that-refuses-at-once-is-asked-every-time", test_quick);
  CASE ("holds-no-other-up", test_each);
  CASE ("that-worked-for-long-before-is-asked-soon", test_long_work);
  return g_test_run ();
}
