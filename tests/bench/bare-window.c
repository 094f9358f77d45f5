/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least that a GTK program does before it can be seen: a window with a label, drawn once. */
#include <gtk/gtk.h>

static gboolean done;

static void
on_painted (GdkFrameClock *clock, gpointer data)
{
  done = TRUE;
}

int
main (void)
{
  GtkWidget *window;

  gtk_init ();
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 1920, 1080);
  gtk_window_set_child (GTK_WINDOW (window), gtk_label_new ("GDP"));
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_painted), NULL);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
