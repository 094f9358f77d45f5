/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rights-popover.h"

#include <glib/gi18n.h>

static GtkWidget *
add_label (GtkWidget *grid, const char *text, int column, int row, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  gtk_grid_attach (GTK_GRID (grid), label, column, row, column == 0 && row < 2 ? 2 : 1, 1);
  return label;
}

static void
add_act (GtkWidget *grid, UiSession *session, GdpAct act, int row)
{
  gboolean may = ui_session_may (session, act);
  const char *class = may ? NULL : "dim-label";
  /* Translators: a role */
  g_autofree char *needs = may ? g_strdup (_("yes")) : g_strdup_printf (_("takes: %s"), _(gdp_role_label (gdp_act_least (act))));

  add_label (grid, _(gdp_act_words (act)), 0, row, class);
  add_label (grid, needs, 1, row, class);
}

/* Closed by itself before the action opens a dialog. */
static void
add_action (GtkWidget *box, GtkPopover *popover, const char *text, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (text);

  g_signal_connect_object (button, "clicked", G_CALLBACK (gtk_popover_popdown), popover, G_CONNECT_SWAPPED);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (GTK_BOX (box), button);
}

static GtkWidget *
actions_row (GtkPopover *popover, UiSession *session)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gboolean in = ui_session_get_sign (session) == UI_SIGN_IN, out = ui_session_get_sign (session) == UI_SIGN_OUT;

  if (in)
    add_action (box, popover, _("Lock"), "win.lock");
  add_action (box, popover, ui_session_get_sign (session) == UI_SIGN_LOCKED ? _("Unlock") : out ? _("Sign in")
              : _("Sign in as…"), "win.sign-in");
  if (in)
    add_action (box, popover, _("Sign out"), "win.sign-out");
  gtk_widget_set_visible (box, ui_session_can_sign_in (session));
  return box;
}

static void
fill (GtkPopover *popover, UiSession *session)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_widget_add_css_class (grid, "rights");
  add_label (grid, ui_session_get_sign (session) == UI_SIGN_OUT ? _("Nobody") : ui_session_get_person (session), 0, 0, "heading");
  add_label (grid, ui_session_role_text (session), 0, 1, "dim-label");
  for (guint act = 0; act < GDP_N_ACTS; act++)
    add_act (grid, session, act, 2 + (int) act);
  gtk_grid_attach (GTK_GRID (grid), actions_row (popover, session), 0, 2 + GDP_N_ACTS, 2, 1);
  gtk_popover_set_child (popover, grid);
}

static void
on_show (GtkPopover *popover, UiSession *session)
{
  fill (popover, session);
}

GtkWidget *
ui_rights_popover_new (UiSession *session)
{
  GtkWidget *popover = gtk_popover_new ();

  g_signal_connect_object (popover, "show", G_CALLBACK (on_show), session, 0);
  return popover;
}
