/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sign-in-dialog.h"

#include "columns.h"
#include "event-text.h"

#include <glib/gi18n.h>

struct _UiSignInDialog {
  GtkWindow  parent_instance;

  /* owned */
  UiSession *session;

  /* borrowed: children */
  GtkWidget *person, *password, *status, *cancel, *go;
};

G_DEFINE_FINAL_TYPE (UiSignInDialog, ui_sign_in_dialog, GTK_TYPE_WINDOW)

static gboolean
asks_password (UiSignInDialog *self)
{
  return ui_session_get_sign (self->session) != UI_SIGN_TRUSTED;
}

static void
set_busy (UiSignInDialog *self, gboolean busy)
{
  GtkWidget *controls[] = { self->person, self->password, self->go };

  for (guint i = 0; i < G_N_ELEMENTS (controls); i++)
    gtk_widget_set_sensitive (controls[i], !busy);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSignInDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL;

  if (ui_session_sign_in_finish (result, &error)) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  if (self->session == NULL)   /* closed meanwhile */
    return;
  why = ui_detail_text (error->message);
  set_busy (self, FALSE);
  ui_cell_set (self->status, why, "fault");
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  gtk_widget_grab_focus (self->password);
}

static void
on_go (UiSignInDialog *self)
{
  GtkStringObject *name = gtk_drop_down_get_selected_item (GTK_DROP_DOWN (self->person));
  const char *password = gtk_editable_get_text (GTK_EDITABLE (self->password));

  if (name == NULL || (asks_password (self) && *password == '\0')) {
    ui_cell_set (self->status, name == NULL ? _("Choose the person") : _("Type the password"), "fault");
    gtk_widget_grab_focus (name == NULL ? self->person : self->password);
    return;
  }
  set_busy (self, TRUE);
  ui_cell_set (self->status, _("Checking…"), NULL);
  ui_session_sign_in_async (self->session, gtk_string_object_get_string (name), password, on_signed_in,
                            g_object_ref (self));
}

/* ---- the window -------------------------------------------------------------------------- */

static GtkWidget *
person_choice (UiSession *session)
{
  const GPtrArray *operators = ui_session_get_operators (session);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GtkExpression *text = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  guint chosen = operators->len == 1 ? 0 : GTK_INVALID_LIST_POSITION;
  GtkWidget *choice;

  for (guint i = 0; i < operators->len; i++) {
    const DataOperator *operator = operators->pdata[i];
    gtk_string_list_append (names, operator->name);
    if (g_strcmp0 (operator->name, ui_session_get_next (session)) == 0)
      chosen = i;
  }
  choice = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), text);
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (choice), operators->len > 10);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), chosen);
  return choice;
}

static GtkWidget *
label (const char *text, float xalign, const char *class)
{
  GtkWidget *widget = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (widget), xalign);
  gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
  if (class != NULL)
    gtk_widget_add_css_class (widget, class);
  return widget;
}

static void
add_row (GtkWidget *grid, int row, const char *title, GtkWidget *value)
{
  gtk_widget_set_hexpand (value, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_grid_attach (GTK_GRID (grid), label (title, 1, "dim-label"), 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), value, 1, row, 1, 1);
}

static GtkWidget *
buttons_row (UiSignInDialog *self)
{
  gboolean closed = ui_session_get_sign (self->session) == UI_SIGN_OUT;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->cancel = gtk_button_new_with_label (closed ? _("Only watch") : _("Cancel"));
  self->go = gtk_button_new_with_label (ui_session_get_sign (self->session) == UI_SIGN_LOCKED ? _("Unlock") : _("Sign in"));
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), self->cancel);
  gtk_box_append (GTK_BOX (box), self->go);
  g_signal_connect_object (self->cancel, "clicked", G_CALLBACK (gtk_window_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->go, "clicked", G_CALLBACK (on_go), self, G_CONNECT_SWAPPED);
  return box;
}

static void
build (UiSignInDialog *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16), *grid = gtk_grid_new ();

  self->person = person_choice (self->session);
  self->password = gtk_password_entry_new ();
  gtk_password_entry_set_show_peek_icon (GTK_PASSWORD_ENTRY (self->password), TRUE);
  g_object_set (self->password, "activates-default", TRUE, NULL);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  add_row (grid, 0, _("Person"), self->person);
  add_row (grid, 1, asks_password (self) ? _("Password") : NULL, self->password);
  gtk_widget_set_visible (self->password, asks_password (self));
  self->status = label ("", 0, NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->status), 44);
  gtk_label_set_max_width_chars (GTK_LABEL (self->status), 44);
  gtk_label_set_lines (GTK_LABEL (self->status), 2);
  gtk_box_append (GTK_BOX (column), grid);
  gtk_box_append (GTK_BOX (column), self->status);
  gtk_box_append (GTK_BOX (column), buttons_row (self));
  gtk_widget_add_css_class (column, "dialog");
  gtk_window_set_child (GTK_WINDOW (self), column);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->go);
}

/* Where the name is known only the password is left to type. */
static void
focus_first (UiSignInDialog *self)
{
  gboolean known = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->person)) != GTK_INVALID_LIST_POSITION;

  gtk_widget_grab_focus (known && asks_password (self) ? self->password : self->person);
}

GtkWindow *
ui_sign_in_dialog_new (GtkWindow *parent, UiSession *session)
{
  gboolean locked = ui_session_get_sign (session) == UI_SIGN_LOCKED;
  UiSignInDialog *self = g_object_new (UI_TYPE_SIGN_IN_DIALOG, "transient-for", parent, "modal", TRUE, "resizable", FALSE,
                                       "destroy-with-parent", TRUE, "title", locked ? _("Unlock") : _("Sign in"), NULL);

  self->session = g_object_ref (session);
  build (self);
  focus_first (self);
  return GTK_WINDOW (self);
}

static void
ui_sign_in_dialog_dispose (GObject *object)
{
  g_clear_object (&UI_SIGN_IN_DIALOG (object)->session);
  G_OBJECT_CLASS (ui_sign_in_dialog_parent_class)->dispose (object);
}

static void
ui_sign_in_dialog_class_init (UiSignInDialogClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_sign_in_dialog_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_sign_in_dialog_init (UiSignInDialog *self)
{
}
