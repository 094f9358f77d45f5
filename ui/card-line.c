/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card-line.h"

#include "columns.h"
#include "decision.h"
#include "response.h"

#include <glib/gi18n.h>

struct _UiCardLine {
  GtkWidget   parent_instance;

  /* in the widget, borrowed */
  GtkWidget  *label, *button;

  /* owned */
  UiSession  *session;
  guint       site;
  UiResponse *response;      /* of the worst alarm, NULL = none */
};

G_DEFINE_FINAL_TYPE (UiCardLine, ui_card_line, GTK_TYPE_WIDGET)

/* "Outlet pressure 1, Low · 15 min, until 14:20 · next: 2. Send a crew" */
static void
say (UiCardLine *self)
{
  guint next = self->response != NULL ? ui_response_next_step (self->response) : 0;
  gboolean over = FALSE;

  gtk_widget_set_visible (GTK_WIDGET (self), self->response != NULL);
  if (self->response == NULL)
    return;
  g_autofree char *name = ui_decision_object_text (self->session, ui_response_get_alarm (self->response));
  g_autofree char *time = ui_response_time_text (self->response, &over);
  g_autofree char *step = next != 0 ? g_strdup_printf (_("next: %u. %s"), next, ui_response_get_steps (self->response)[next - 1])
                          : ui_response_get_steps (self->response)[0] != NULL ? g_strdup (_("all steps are done")) : NULL;
  g_autofree char *text = g_strjoin (" · ", name, time != NULL ? time : step, time != NULL ? step : NULL, NULL);

  ui_cell_set_long (self->label, text, NULL);
}

static const char *
worst_of (UiCardLine *self)
{
  UiSite *site = self->site != G_MAXUINT ? ui_session_site_at (self->session, self->site) : NULL;
  UiAlarm *worst = site != NULL ? ui_site_get_worst (site) : NULL;

  return worst != NULL && !gdp_condition_is_decision (ui_alarm_get (worst)->condition) ? ui_alarm_get (worst)->id : NULL;
}

static void
look (UiCardLine *self)
{
  const char *id = worst_of (self);

  if (g_strcmp0 (id, ui_card_line_get_alarm (self)) != 0) {
    if (self->response != NULL)
      g_signal_handlers_disconnect_by_data (self->response, self);
    g_clear_object (&self->response);
    if (id != NULL) {
      self->response = ui_response_new (self->session, id);
      g_signal_connect_object (self->response, "changed", G_CALLBACK (say), self, G_CONNECT_SWAPPED);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", id);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "win.card");   /* after what it takes */
    }
  }
  say (self);
}

const char *
ui_card_line_get_alarm (UiCardLine *self)
{
  return self->response != NULL ? ui_response_get_alarm (self->response) : NULL;
}

void
ui_card_line_show (UiCardLine *self, guint site)
{
  self->site = site;
  look (self);
}

void
ui_card_line_set_session (UiCardLine *self, UiSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "updated", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "tick", G_CALLBACK (say), self, G_CONNECT_SWAPPED);
}

static void
ui_card_line_dispose (GObject *object)
{
  UiCardLine *self = UI_CARD_LINE (object);
  GtkWidget *child;

  if (self->response != NULL)
    g_signal_handlers_disconnect_by_data (self->response, self);
  g_clear_object (&self->response);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_card_line_parent_class)->dispose (object);
}

static void
ui_card_line_class_init (UiCardLineClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_card_line_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "cardline");
}

static void
ui_card_line_init (UiCardLine *self)
{
  self->site = G_MAXUINT;
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  self->button = gtk_button_new_with_label (_("Card"));
  gtk_widget_set_tooltip_text (self->button, _("What to do about this alarm, whom to call, what was done (F1)"));
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
