/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-smooth [SITES [scrolled]] — whether the console stays smooth when all its units fall silent at once and are back, and
 * when the configuration changes.
 *
 * The real window on a real store that another process writes. What is taken is how long the main loop goes from one
 * look at the keyboard to the next, by the clock and in processor time of its thread: a key that is pressed meanwhile
 * waits so long. Beside each figure the same of a window at rest, where only ages and the clock change. "scrolled": only
 * the frames of the list of alarms that is scrolled meanwhile. */
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

static Turns
rest (void)
{
  turns = (Turns) { 0 };
  run_for (FALLEN_TOWN_SECONDS + SETTLE_SECONDS);
  return turns;
}

/* ---- the list of alarms, scrolled in a flood ------------------------------------------------ */

static GtkWidget *
find_below (GtkWidget *below, GType type)
{
  GtkWidget *found = gtk_widget_get_mapped (below) && g_type_is_a (G_OBJECT_TYPE (below), type) ? below : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_below (child, type);
  return found;
}

typedef struct {
  GArray *wall, *own;          /* double: ms between one and the next, and of it processor time of the main loop's thread */
  gint64  last_wall, last_own;
} Frames;

static Frames
frames_new (void)
{
  return (Frames) { g_array_new (FALSE, FALSE, sizeof (double)), g_array_new (FALSE, FALSE, sizeof (double)), 0, 0 };
}

static void
frames_clear (Frames *frames)
{
  g_array_unref (frames->wall);
  g_array_unref (frames->own);
}

static void
add_ms (GArray *numbers, gint64 since, gint64 now)
{
  double ms = (double) (now - since) / 1000;

  if (since != 0)
    g_array_append_val (numbers, ms);
}

/* As a hand at the wheel does: down to the end, and from the top again. */
static gboolean
scroll (GtkWidget *view, GdkFrameClock *clock, gpointer data)
{
  Frames *frames = data;
  GtkAdjustment *place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  gint64 now = gdk_frame_clock_get_frame_time (clock), own = own_time ();
  double end = gtk_adjustment_get_upper (place) - gtk_adjustment_get_page_size (place);

  add_ms (frames->wall, frames->last_wall, now);
  add_ms (frames->own, frames->last_own, own);
  frames->last_wall = now;
  frames->last_own = own;
  gtk_adjustment_set_value (place, gtk_adjustment_get_value (place) >= end ? 0 : gtk_adjustment_get_value (place) + 40);
  return G_SOURCE_CONTINUE;
}

static void
journal_flood (GdpEventKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataStore) store = data_store_open (fallen_town_uri (town), DATA_ACCESS_SERVE, &error);
  gint64 now = g_get_real_time ();
  GdpEvent event = { .kind = kind, .occurred = now, .learned = now, .text = (char *) "11" };
  gboolean noted;

  g_assert_no_error (error);
  g_assert_true (data_store_note_flood (store, &event, G_MAXINT64, &noted, &error));
}

static void
tell_frames (const char *when, const Frames *frames)
{
  printf ("%-44s a frame every %.1f ms (p99 %.0f, longest %.0f); it takes %.1f ms of processor time (p99 %.0f)\n", when,
          quantile_of (frames->wall, 0.5), quantile_of (frames->wall, 0.99), quantile_of (frames->wall, 1),
          quantile_of (frames->own, 0.5), quantile_of (frames->own, 0.99));
}

/* Frames while all fall silent, and are back, with the list in groups and scrolled all the time. */
static void
tell_scrolled (void)
{
  Frames busy = frames_new (), still = frames_new ();

  ui_window_show_page (window, "alarms");
  journal_flood (GDP_EVENT_FLOOD_BEGAN);
  run_for (SETTLE_SECONDS);
  GtkWidget *view = find_below (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW);
  guint id = gtk_widget_add_tick_callback (view, scroll, &busy, NULL);
  Turns fall = turns_of (FALLEN_TOWN_FALL), rise = turns_of (FALLEN_TOWN_RISE);
  gtk_widget_remove_tick_callback (view, id);
  id = gtk_widget_add_tick_callback (view, scroll, &still, NULL);
  rest ();   /* as many rows, and nothing happens to them */
  gtk_widget_remove_tick_callback (view, id);
  tell_frames ("flood, list in groups and scrolled:", &busy);
  tell_frames ("  nothing happens, and scrolled:", &still);
  printf ("  longest turn %.0f (fall) and %.0f ms (rise) of processor time, %.2f s in all\n", fall.own, rise.own,
          (fall.busy + rise.busy) / 1000);
  frames_clear (&busy);
  frames_clear (&still);
  journal_flood (GDP_EVENT_FLOOD_ENDED);
}

/* ---- figures ------------------------------------------------------------------------------ */

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

static void
tell_page (const char *page)
{
  g_autofree char *fall = g_strdup_printf ("all silent within %d s, page %s:", FALLEN_TOWN_SECONDS, page);
  g_autofree char *rise = g_strdup_printf ("all back within %d s, page %s:", FALLEN_TOWN_SECONDS, page);
  Turns bare;

  ui_window_show_page (window, page);
  run_for (SETTLE_SECONDS);
  bare = rest ();
  tell (fall, turns_of (FALLEN_TOWN_FALL), bare);
  tell (rise, turns_of (FALLEN_TOWN_RISE), bare);
}

static void
tell_pages (void)
{
  static const char *const pages[] = { "site", "alarms", "journal", "field" };

  ui_window_show_page (window, "site");
  run_for (SETTLE_SECONDS);
  tell_median ("one link's configuration changed,", FALLEN_TOWN_CHANGE);
  tell_median ("one site added,", FALLEN_TOWN_ADD);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    tell_page (pages[i]);
}

int
main (int argc, char **argv)
{
  guint sites = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 19000;

  setlinebuf (stdout);
  gtk_init ();
  application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  g_main_context_set_poll_func (NULL, timed_poll);
  begin (sites);
  if (argc < 3)
    tell_pages ();
  tell_scrolled ();
  finish ();
  g_object_unref (application);
  return 0;
}
