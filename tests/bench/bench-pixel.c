/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a register of a slave to a painted frame that shows it: a real Modbus TCP slave, gdp-server as a
 * process of its own, and the console's real window. The moment taken is the end of the first frame
 * (the frame clock's "after-paint") in which the label in the points table says the new value; bare is
 * what a frame alone takes: a label changed in the same window until it is painted. */
#include "quantile.h"
#include "stage.h"
#include "tcp-slave.h"
#include "ui/window.h"
#include "watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define PERIOD 0.2

typedef struct {
  Stage       *stage;
  TcpSlave    *slave;
  GSubprocess *server;
  UiSession   *session;
  UiWindow    *window;
  const char  *expected;      /* text awaited */
  gint64       painted;       /* monotonic µs of the frame that showed it, 0 = not yet */
} Bench;

/* A label of the window that shows now and says exactly @text. */
static gboolean
says (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget))
    return g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return TRUE;
  return FALSE;
}

static void
on_painted (GdkFrameClock *clock, Bench *bench)
{
  if (bench->expected != NULL && bench->painted == 0 && says (GTK_WIDGET (bench->window), bench->expected))
    bench->painted = g_get_monotonic_time ();
}

static gint64
until_painted (Bench *bench, const char *text, double seconds)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (seconds * 1e6);

  bench->painted = 0;
  bench->expected = text;
  while (bench->painted == 0 && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);   /* the session's own second wakes it at the latest */
  if (bench->painted == 0)
    g_error ("“%s” was not painted within %.0f s", text, seconds);
  bench->expected = NULL;
  return bench->painted;
}

static void
begin (Bench *bench, GtkApplication *application)
{
  bench->stage = stage_new ();
  bench->slave = tcp_slave_start (1);
  guint16 port = tcp_slave_port (bench->slave, 0);
  for (guint r = 0; r < 8; r++)
    tcp_slave_set_register (bench->slave, 0, r, watch_raw (1));
  g_autoptr (GdpNetwork) network = watch_network (1, &port, PERIOD);
  watch_import (bench->stage->uri, network);
  g_autofree char *log = g_build_filename (bench->stage->folder, "server.log", NULL);
  bench->server = watch_start_server (bench->stage->uri, log, "--name", "bench", NULL);
  bench->session = ui_session_new (bench->stage->uri, "Bench");
  bench->window = ui_window_new (application, bench->session, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (bench->window), 1600, 900);
  gtk_window_present (GTK_WINDOW (bench->window));
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (bench->window)), "after-paint",
                    G_CALLBACK (on_painted), bench);
  while (ui_session_find_site (bench->session, "GDP-000") == NULL)
    g_main_context_iteration (NULL, TRUE);
  ui_window_show_page (bench->window, "site");
  ui_window_show_site (bench->window, "GDP-000");
}

static void
finish (Bench *bench)
{
  g_subprocess_send_signal (bench->server, SIGTERM);
  g_assert_true (g_subprocess_wait_check (bench->server, NULL, NULL));
  g_clear_object (&bench->server);
  gtk_window_destroy (GTK_WINDOW (bench->window));
  ui_session_close (bench->session);
  g_object_unref (bench->session);
  tcp_slave_stop (bench->slave);
  stage_free (bench->stage);
}

static void
add (GArray *numbers, gint64 from, gint64 to)
{
  double ms = (double) (to - from) / 1000;
  g_array_append_val (numbers, ms);
}

/* A label of our own in a window of the same kind: what changing and painting costs with nothing else. */
static void
bare_frame (GtkWidget *label, Bench *bench, guint turn, GArray *times)
{
  g_autofree char *text = g_strdup_printf ("bare %u", turn);
  gint64 set = g_get_monotonic_time ();

  gtk_window_set_title (GTK_WINDOW (bench->window), text);
  gtk_label_set_label (GTK_LABEL (label), text);
  add (times, set, until_painted (bench, text, 5));
}

static GtkWidget *
first_label (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = first_label (child);
    if (found != NULL)
      return found;
  }
  return NULL;
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 200;
  g_autoptr (GArray) change = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) answer = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) bare = g_array_new (FALSE, FALSE, sizeof (double));
  Bench bench = { 0 };

  gtk_init ();
  g_autoptr (GtkApplication) application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  begin (&bench, application);
  until_painted (&bench, "1.000", 30);
  GtkWidget *label = first_label (GTK_WIDGET (bench.window));
  for (guint i = 0; i < n; i++) {
    g_autofree char *text = g_strdup_printf ("%.3f", 2 + 0.01 * i);
    gint64 pause = g_get_monotonic_time () + g_random_int_range (0, 200000);   /* any phase of the poll */

    while (g_get_monotonic_time () < pause)
      g_main_context_iteration (NULL, FALSE);
    gint64 set = g_get_monotonic_time ();
    tcp_slave_set_register (bench.slave, 0, 0, watch_raw (2 + 0.01 * i));
    gint64 painted = until_painted (&bench, text, 10);
    add (change, set, painted);
    add (answer, tcp_slave_answered (bench.slave, 0), painted);
    bare_frame (label, &bench, i, bare);
  }
  printf ("register -> pixel                 n %4u  p50 %6.1f ms  p99 %6.1f ms = poll period of %.0f ms %+.1f ms (target +60)\n",
          change->len, quantile_of (change, 0.5), quantile_of (change, 0.99), PERIOD * 1000,
          quantile_of (change, 0.99) - PERIOD * 1000);
  printf ("  of it from the slave's answer   n %4u  p50 %6.1f ms  p99 %6.1f ms  longest %.1f ms; "
          "a bare frame: p50 %.1f ms  p99 %.1f ms\n", answer->len, quantile_of (answer, 0.5), quantile_of (answer, 0.99),
          quantile_of (answer, 1), quantile_of (bare, 0.5), quantile_of (bare, 0.99));
  finish (&bench);
  return 0;
}
