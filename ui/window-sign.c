/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who acts at the window: signing in and out, locking, and what is closed to whom. */
#include "window-private.h"

#include "columns.h"
#include "sign-in-dialog.h"

#include <glib/gi18n.h>

static void
enable (UiWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* What one person has begun is not for the next one to finish. */
static void
close_dialogs (UiWindow *self)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    if (gtk_window_get_transient_for (at->data) == GTK_WINDOW (self) && gtk_window_get_modal (at->data)
        && !UI_IS_SIGN_IN_DIALOG (at->data))
      gtk_window_close (at->data);
}

static void
show_closed (UiWindow *self)
{
  g_autofree char *text = ui_session_sign_text (self->session);
  gboolean locked = ui_session_get_sign (self->session) == UI_SIGN_LOCKED;

  ui_cell_set (self->closed_text, text, NULL);
  gtk_button_set_label (GTK_BUTTON (self->closed_open), locked ? _("Unlock (Ctrl+L)") : _("Sign in (Ctrl+L)"));
  gtk_widget_set_visible (self->closed, *text != '\0');
  if (*text != '\0')
    close_dialogs (self);
}

/* Not by a key, not over D-Bus either. */
void
ui_window_follow_rights (UiWindow *self)
{
  static const char *const acknowledging[] = { "acknowledge", "acknowledge-selected", "acknowledge-visible", "comment" };
  UiSign sign = ui_session_get_sign (self->session);

  for (guint i = 0; i < G_N_ELEMENTS (acknowledging); i++)
    enable (self, acknowledging[i], ui_session_may (self->session, GDP_ACT_ACKNOWLEDGE));
  enable (self, "sign-in", ui_session_can_sign_in (self->session));
  enable (self, "sign-out", sign == UI_SIGN_IN || sign == UI_SIGN_LOCKED);
  show_closed (self);
}

static void
sign_in_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  gtk_window_present (ui_sign_in_dialog_new (data, UI_WINDOW (data)->session));
}

static void
sign_out_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  ui_session_sign_out (UI_WINDOW (data)->session);
}

static void
lock_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  UiWindow *self = data;
  g_autofree char *why_not = ui_session_no_lock_text (self->session);

  switch (ui_session_get_sign (self->session)) {
    case UI_SIGN_IN:
      ui_session_lock (self->session);
      break;
    case UI_SIGN_OUT:
    case UI_SIGN_LOCKED:
      sign_in_action (action, target, data);
      break;
    case UI_SIGN_TRUSTED:
      ui_window_tell (self, why_not, FALSE);
  }
}

static const GActionEntry actions[] = {
  { "lock", lock_action },
  { "sign-in", sign_in_action },
  { "sign-out", sign_out_action },
};

void
ui_window_add_sign_actions (UiWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
