/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the answer that carries a limit's crossing to a painted frame that names it, while 20,000 samples a second are stored.
 *
 *   bench-screen [CONSOLES [CROSSINGS [RATE]]]    usually one, 150 and 20,000
 *
 * As in bench-busy sites are polled twice a second, and all that move, differ from one poll to the next. The others cross a
 * limit, each once and one at a time, at any moment of the poll. Every console is a process of its own with the real window;
 * the moment taken is the end of the first frame (the frame clock's "after-paint") in which its banner names the site.
 * The store is a file, or with GDP_TEST_ENGINE=postgresql a database of the cluster of tests/with-postgres. */
#include <glib-unix.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "polled.h"
#include "quantile.h"
#include "ui/window.h"

#define PERIOD 0.5
#define MOST   8      /* consoles */
#define PATIENCE 60   /* s */

/* ---- a console ------------------------------------------------------------------------------ */

typedef struct { UiWindow *window; char expected[32]; } Screen;

static GtkWidget *
find_banner (GtkWidget *below)
{
  GtkWidget *found = g_str_equal (gtk_widget_get_css_name (below), "banner") ? below : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_banner (child);
  return found;
}

static gboolean
says (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget))
    return g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return TRUE;
  return FALSE;
}

static void
on_painted (GdkFrameClock *clock, Screen *screen)
{
  if (*screen->expected == '\0' || !says (find_banner (GTK_WIDGET (screen->window)), screen->expected))
    return;
  printf ("%s %" G_GINT64_FORMAT "\n", screen->expected, g_get_monotonic_time ());
  *screen->expected = '\0';
}

/* The site that is to be named next. */
static gboolean
on_told (int fd, GIOCondition condition, gpointer data)
{
  Screen *screen = data;
  ssize_t n = read (fd, screen->expected, sizeof screen->expected - 1);

  g_assert_cmpint (n, >, 0);
  screen->expected[n - 1] = '\0';   /* where the line ends */
  return G_SOURCE_CONTINUE;
}

static void G_GNUC_NORETURN
be_console (const char *uri)
{
  Screen screen = { 0 };

  gtk_init ();
  g_autoptr (GtkApplication) application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  UiSession *session = ui_session_new (uri, "Ivanova");
  screen.window = ui_window_new (application, session, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (screen.window), 1600, 900);
  gtk_window_present (GTK_WINDOW (screen.window));
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (screen.window)), "after-paint", G_CALLBACK (on_painted), &screen);
  ui_window_show_page (screen.window, "alarms");
  while (!ui_session_is_live (session))
    g_main_context_iteration (NULL, TRUE);
  printf ("ready %" G_GINT64_FORMAT "\n", g_get_monotonic_time ());
  g_unix_fd_add (STDIN_FILENO, G_IO_IN, on_told, &screen);
  for (;;)   /* until it is killed */
    g_main_context_iteration (NULL, TRUE);
}

/* ---- the field, and what is measured --------------------------------------------------------- */

typedef struct { GPid pid; int in; FILE *says; } Console;

typedef struct {
  Polled  bench;
  Console consoles[MOST];
  guint   n_consoles, n_quiet;
  GArray *painted;   /* double: ms from the answer to the frame, of each console */
} Bench;

/* What the console says next must be @word; when that was. */
static gint64
hear (const Console *console, const char *word)
{
  char line[64], heard[32];
  gint64 time;

  g_assert_nonnull (fgets (line, sizeof line, console->says));
  g_assert_cmpint (sscanf (line, "%31s %" G_GINT64_FORMAT, heard, &time), ==, 2);
  g_assert_cmpstr (heard, ==, word);
  return time;
}

static void
start_console (Console *console, const char *program, const char *uri)
{
  const char *argv[] = { program, "--console", uri, NULL };
  g_autoptr (GError) error = NULL;
  int out;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &console->pid,
                                           &console->in, &out, NULL, &error));
  g_assert_no_error (error);
  console->says = fdopen (out, "r");
  hear (console, "ready");
}

static void
stop_console (Console *console)
{
  kill (console->pid, SIGKILL);
  g_assert_cmpint (waitpid (console->pid, NULL, 0), ==, console->pid);
  fclose (console->says);
  close (console->in);
}

static void
cross (Bench *bench, guint site)
{
  g_autofree char *id = g_strdup_printf ("GDP-%03u", site), *line = g_strdup_printf ("%s\n", id);

  for (guint i = 0; i < bench->n_consoles; i++)
    g_assert_cmpint (write (bench->consoles[i].in, line, strlen (line)), ==, (ssize_t) strlen (line));
  g_usleep ((gulong) g_random_int_range (0, (gint32) (PERIOD * G_USEC_PER_SEC)));
  tcp_slave_set_register (bench->bench.slave, site, 0, watch_raw (8.5));
  for (guint i = 0; i < bench->n_consoles; i++) {
    gint64 painted = hear (&bench->consoles[i], id);   /* the slave has answered by then */
    double ms = (double) (painted - tcp_slave_answered (bench->bench.slave, site)) / 1000;
    g_array_append_val (bench->painted, ms);
  }
}

static void
measure (Bench *bench, double wanted)
{
  DataStore *store = bench->bench.watch->store;
  gint64 first = stage_last_number (store), since = g_get_monotonic_time ();

  for (guint i = 0; i < bench->n_quiet; i++)
    cross (bench, i);
  double rate = (double) (stage_last_number (store) - first) * G_USEC_PER_SEC / (double) (g_get_monotonic_time () - since);
  printf ("%s, %u consoles: limit crossed -> painted  n %u  p50 %.1f ms  p99 %.1f ms  longest %.1f ms (p50 <= 30, p99 <= %u), "
          "at %.0f samples/s stored%s\n", stage_on_postgres () ? "PostgreSQL" : "SQLite", bench->n_consoles, bench->painted->len,
          quantile_of (bench->painted, 0.5), quantile_of (bench->painted, 0.99), quantile_of (bench->painted, 1),
          stage_on_postgres () ? 100 : 60, rate,
          rate < wanted ? ": too little, this machine is too busy with other things" : "");
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--console")) {
    setvbuf (stdout, NULL, _IOLBF, 0);
    be_console (argv[2]);
  }
  Bench bench = { .n_consoles = argc > 1 ? (guint) atoi (argv[1]) : 1, .n_quiet = argc > 2 ? (guint) atoi (argv[2]) : 150 };
  double wanted = argc > 3 ? atof (argv[3]) : 20000;
  guint n_sites = bench.n_quiet + (guint) ceil (wanted * 1.05 * PERIOD / 8), n_points = n_sites * 16;

  g_assert_cmpuint (bench.n_consoles, <=, MOST);
  bench.painted = g_array_new (FALSE, FALSE, sizeof (double));
  polled_begin (&bench.bench, n_sites, PERIOD);
  g_assert_true (watch_until (bench.bench.watch, polled_all_good, &n_points, PATIENCE));
  for (guint i = 0; i < bench.n_consoles; i++)
    start_console (&bench.consoles[i], argv[0], bench.bench.stage->uri);
  for (guint i = bench.n_quiet; i < n_sites; i++)
    tcp_slave_move (bench.bench.slave, i, TRUE);
  g_usleep (3 * G_USEC_PER_SEC);   /* what the start costs is over */
  measure (&bench, wanted);
  for (guint i = 0; i < bench.n_consoles; i++)
    stop_console (&bench.consoles[i]);
  g_array_unref (bench.painted);
  polled_finish (&bench.bench);
  return 0;
}
