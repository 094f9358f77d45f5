/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-smooth [SITES] — whether the console stays smooth when all its units fall silent at once and are back, and
 * when the configuration changes.
 *
 * The real window on a real store that another process writes. What is taken is how long the main loop goes from one
 * look at the keyboard to the next, by the clock and in processor time of its thread: a key that is pressed meanwhile
 * waits so long. Beside each figure the same of a window at rest, where only ages and the clock change. */
#include "fallen-town.h"
#include "quantile.h"
#include "ui/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SETTLE_SECONDS 2
#define ROUNDS 5

typedef struct { double wall, own, busy; guint slow; } Turns;   /* ms: the longest turn, and its processor time; all */

static const double slow = 100;    /* ms: a turn that a hand feels */
static Turns turns;
static gint64 awake_wall, awake_own;
static GtkApplication *application;
static FallenTown *town;
static UiSession *session;
static UiWindow *window;

/* ---- the main loop's turns ---------------------------------------------------------------- */

static gint64
own_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
note_turn (void)
{
  double wall = (double) (g_get_monotonic_time () - awake_wall) / 1000, own = (double) (own_time () - awake_own) / 1000;

  turns.wall = MAX (turns.wall, wall);
  turns.own = MAX (turns.own, own);
  turns.busy += own;
  turns.slow += own > slow;
}

static gint
timed_poll (GPollFD *fds, guint n, gint timeout)
{
  gint ready;

  note_turn ();
  ready = g_poll (fds, n, timeout);
  awake_wall = g_get_monotonic_time ();
  awake_own = own_time ();
  return ready;
}

static void
run_for (double seconds)
{
  gint64 until = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);   /* the session's own second wakes it at the latest */
}

/* What the turns were from @order until it was shown and everything was quiet again. */
static Turns
turns_of (FallenTownOrder order)
{
  turns = (Turns) { 0 };
  fallen_town_order (town, order);
  while (!fallen_town_done (town))
    g_main_context_iteration (NULL, TRUE);
  run_for (SETTLE_SECONDS);
  return turns;
}

/* ---- figures ------------------------------------------------------------------------------ */

static Turns
rest (void)
{
  turns = (Turns) { 0 };
  run_for (FALLEN_TOWN_SECONDS + SETTLE_SECONDS);
  return turns;
}

static void
tell (const char *what, Turns got, Turns bare)
{
  printf ("%-44s longest turn %6.0f ms by the clock, %6.0f ms of processor time; at rest %.0f and %.0f ms; "
          "%u turns over %.0f ms; %.2f s in all\n", what, got.wall, got.own, bare.wall, bare.own, got.slow, slow,
          got.busy / 1000);
}

static void
tell_median (const char *what, FallenTownOrder order)
{
  double wall[ROUNDS], own[ROUNDS], busy[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++) {
    Turns got = turns_of (order);

    wall[i] = got.wall;
    own[i] = got.own;
    busy[i] = got.busy;
  }
  printf ("%-44s longest turn, median of %u: %.0f ms by the clock, %.0f (%.0f..%.0f) ms of processor time; %.0f ms in all\n",
          what, ROUNDS, quantile (wall, ROUNDS, 0.5), quantile (own, ROUNDS, 0.5), quantile (own, ROUNDS, 0),
          quantile (own, ROUNDS, 1), quantile (busy, ROUNDS, 0.5));
}

static void
begin (guint sites)
{
  gint64 begun, live;

  town = fallen_town_start (sites);
  begun = awake_wall = g_get_monotonic_time ();
  awake_own = own_time ();
  session = ui_session_new (fallen_town_uri (town), "Bench");
  window = ui_window_new (application, session, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), 1920, 1080);
  gtk_window_present (GTK_WINDOW (window));
  while (!ui_session_is_live (session))
    g_main_context_iteration (NULL, TRUE);
  live = g_get_monotonic_time ();
  ui_window_show_site (window, "T00000");
  run_for (2 * SETTLE_SECONDS);
  printf ("start, %u sites: live after %.2f s; longest turn %.0f ms by the clock, %.0f ms of processor time\n", sites,
          (double) (live - begun) / G_USEC_PER_SEC, turns.wall, turns.own);
}

static void
finish (void)
{
  gtk_window_destroy (GTK_WINDOW (window));
  ui_session_close (session);
  g_clear_object (&session);
  fallen_town_free (town);
}

int
main (int argc, char **argv)
{
  static const char *const pages[] = { "site", "alarms", "journal", "field" };
  guint sites = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 19000;

  setlinebuf (stdout);
  gtk_init ();
  application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  g_main_context_set_poll_func (NULL, timed_poll);
  begin (sites);
  ui_window_show_page (window, "site");
  run_for (SETTLE_SECONDS);
  tell_median ("one link's configuration changed,", FALLEN_TOWN_CHANGE);
  tell_median ("one site added,", FALLEN_TOWN_ADD);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autofree char *fall = g_strdup_printf ("all silent within %d s, page %s:", FALLEN_TOWN_SECONDS, pages[i]);
    g_autofree char *rise = g_strdup_printf ("all back within %d s, page %s:", FALLEN_TOWN_SECONDS, pages[i]);
    Turns bare;

    ui_window_show_page (window, pages[i]);
    run_for (SETTLE_SECONDS);
    bare = rest ();
    tell (fall, turns_of (FALLEN_TOWN_FALL), bare);
    tell (rise, turns_of (FALLEN_TOWN_RISE), bare);
  }
  finish ();
  g_object_unref (application);
  return 0;
}
