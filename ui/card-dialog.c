/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card-dialog.h"

#include "columns.h"
#include "decision.h"
#include "permit.h"
#include "response.h"
#include "text.h"
#include "when.h"

#include <glib/gi18n.h>

#define WIDTH 640
#define HEIGHT 660   /* fits beside a compact window */

struct _UiCardDialog {
  GtkWindow   parent_instance;

  /* owned */
  UiSession  *session;
  UiResponse *response;
  guint32     occurrence;    /* that is shown */
  char       *failure;       /* why the last log was not taken, NULL = it was */
  gboolean    waiting;       /* for the answer to it */

  /* borrowed: children */
  GtkWidget  *state, *time, *body, *remarks, *remark, *status, *log;
  GPtrArray  *steps;         /* GtkCheckButton; the steps' */
};

G_DEFINE_FINAL_TYPE (UiCardDialog, ui_card_dialog, GTK_TYPE_WINDOW)

/* ---- what is shown ------------------------------------------------------------------------- */

static GtkWidget *
step_label (GtkWidget *button, gboolean first)
{
  GtkWidget *box = gtk_check_button_get_child (GTK_CHECK_BUTTON (button));

  return first ? gtk_widget_get_first_child (box) : gtk_widget_get_last_child (box);
}

/* Who did a step cannot be undone; what happened since is a remark. */
static void
show_step (UiCardDialog *self, guint i, gboolean can)
{
  GtkWidget *button = self->steps->pdata[i], *label = step_label (button, FALSE);
  const GdpEvent *done = ui_response_find_done (self->response, i + 1);
  g_autofree char *when = done != NULL ? ui_when_text (done->occurred, ui_session_now (self->session), NULL) : NULL;
  g_autofree char *text = done != NULL ? g_strdup_printf ("%s  %s", when, done->who != NULL ? done->who : "") : NULL;

  if (done != NULL) {
    gtk_check_button_set_active (GTK_CHECK_BUTTON (button), TRUE);
    ui_cell_set (label, text, "dim-label");
  }
  gtk_widget_set_visible (label, done != NULL);
  gtk_widget_set_sensitive (button, done == NULL && can);
}

static void
show_remarks (UiCardDialog *self)
{
  g_autoptr (GPtrArray) remarks = ui_response_list_remarks (self->response);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->remarks)) != NULL)
    gtk_box_remove (GTK_BOX (self->remarks), child);
  for (guint i = 0; i < remarks->len; i++) {
    const GdpEvent *event = remarks->pdata[i];
    g_autofree char *when = ui_when_text (event->occurred, ui_session_now (self->session), NULL);
    g_autofree char *text = g_strdup_printf ("%s  %s: %s", when, event->who != NULL ? event->who : "", event->text);
    gtk_box_append (GTK_BOX (self->remarks), ui_text_new (text, NULL));
  }
}

static void
show_time (UiCardDialog *self)
{
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (self->session), ui_response_get_alarm (self->response));
  gboolean over;
  g_autofree char *time = ui_response_time_text (self->response, &over);
  g_autofree char *text = time != NULL ? g_strdup_printf (_("Time: %s"), time) : NULL;
  g_autofree char *state = row != NULL ? ui_alarm_status_text (row, ui_session_now (self->session))
                                       : g_strdup (_(gdp_alarm_state_label (GDP_ALARM_NORMAL)));

  ui_cell_set (self->state, state, "dim-label");
  ui_cell_set (self->time, text != NULL ? text : "", "heading");
  gtk_widget_set_visible (self->time, text != NULL);
}

static gboolean
is_ticked (UiCardDialog *self, guint i)
{
  return gtk_check_button_get_active (self->steps->pdata[i]) && ui_response_find_done (self->response, i + 1) == NULL;
}

static gboolean
has_remark (UiCardDialog *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->remark))));

  return *text != '\0';
}

static gboolean
has_anything (UiCardDialog *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    if (is_ticked (self, i))
      return TRUE;
  return has_remark (self);
}

/* Why nothing can be logged here and now; NULL = it can. (transfer full) */
static char *
refusal_text (UiCardDialog *self)
{
  char *refusal = ui_session_refusal_text (self->session, GDP_ACT_HANDLE);

  if (refusal != NULL)
    return refusal;
  if (!ui_session_is_live (self->session))
    return g_strdup (_("Nothing is logged on the word of a picture that is not live"));
  return ui_response_get_occurrence (self->response) == 0 ? g_strdup (_("This alarm has not occurred: nothing can be logged"))
                                                          : NULL;
}

static void
show_log (UiCardDialog *self)
{
  g_autofree char *refusal = refusal_text (self);
  gboolean can = refusal == NULL && !self->waiting;

  for (guint i = 0; i < self->steps->len; i++)
    show_step (self, i, can);
  gtk_widget_set_sensitive (self->remark, can);
  ui_permit (self->log, self->session, GDP_ACT_HANDLE, can && has_anything (self), _("Into the journal, with your name (Ctrl+Enter)"));
  if (self->waiting)
    ui_cell_set (self->status, _("Asking the server…"), NULL);
  else if (refusal != NULL || self->failure != NULL)
    ui_cell_set (self->status, refusal != NULL ? refusal : self->failure, "heading");
  else
    ui_cell_set (self->status, _("Tick what was done; what is logged stays in the journal"), "dim-label");
}

static void
refresh (UiCardDialog *self)
{
  show_time (self);
  show_remarks (self);
  show_log (self);
}

/* ---- logging ------------------------------------------------------------------------------- */

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiCardDialog) self = data;
  char *failure = ui_session_command_failure (result, _("It was not logged: %s"),
                                              _("It is not known whether it was logged, look at the journal: %s"));

  g_free (self->failure);
  self->failure = failure;
  self->waiting = FALSE;
  if (self->session == NULL)
    return;
  if (failure == NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->remark), "");
  refresh (self);
}

static void
log_action (GtkWidget *widget, const char *action, GVariant *target)
{
  UiCardDialog *self = UI_CARD_DIALOG (widget);
  const char *const *texts = ui_response_get_steps (self->response);
  g_autoptr (GString) detail = g_string_new (NULL);
  g_autofree char *refusal = refusal_text (self);

  if (refusal != NULL || self->waiting || !has_anything (self))
    return;
  for (guint i = 0; i < self->steps->len; i++)
    if (is_ticked (self, i))
      g_string_append_printf (detail, "%s%u %s", detail->len > 0 ? "\n" : "", i + 1, texts[i]);
  self->waiting = TRUE;
  ui_session_decide_async (self->session, "done", ui_response_get_alarm (self->response),
                           ui_response_get_occurrence (self->response), detail->len > 0 ? detail->str : NULL,
                           has_remark (self) ? gtk_editable_get_text (GTK_EDITABLE (self->remark)) : NULL, on_answered,
                           g_object_ref (self));
  show_log (self);
}

/* ---- the window ---------------------------------------------------------------------------- */

static void
add_section (GtkWidget *body, const char *title)
{
  GtkWidget *label = ui_text_new (title, "quiet");

  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (body), label);
}

static void
add_lines (GtkWidget *body, const char *title, const char *lines)
{
  g_auto (GStrv) texts = gdp_card_lines (lines);

  if (texts[0] != NULL)
    add_section (body, title);
  for (char **text = texts; *text != NULL; text++) {
    g_autofree char *dotted = g_strdup_printf ("·  %s", *text);
    gtk_box_append (GTK_BOX (body), ui_text_new (texts[1] != NULL ? dotted : *text, NULL));
  }
}

static void
add_steps (UiCardDialog *self, GtkWidget *body)
{
  const char *const *texts = ui_response_get_steps (self->response);

  g_ptr_array_set_size (self->steps, 0);
  if (texts[0] != NULL)
    add_section (body, _("What to do"));
  for (guint i = 0; texts[i] != NULL; i++) {
    GtkWidget *button = gtk_check_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    g_autofree char *numbered = g_strdup_printf ("%u. %s", i + 1, texts[i]);

    gtk_box_append (GTK_BOX (box), ui_text_new (numbered, NULL));
    gtk_box_append (GTK_BOX (box), ui_text_new (NULL, "dim-label"));
    gtk_widget_set_hexpand (box, TRUE);   /* or lines are broken where there is room */
    gtk_check_button_set_child (GTK_CHECK_BUTTON (button), box);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, numbered, -1);
    g_signal_connect_object (button, "toggled", G_CALLBACK (show_log), self, G_CONNECT_SWAPPED);
    gtk_box_append (GTK_BOX (body), button);
    g_ptr_array_add (self->steps, button);
  }
}

static void
add_contacts (GtkWidget *body, const GdpSite *site)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 16);
  for (guint i = 0; site != NULL && i < site->n_contacts; i++) {
    const GdpContact *contact = &site->contacts[i];
    const char *const cells[] = { contact->name, contact->role, contact->phone };
    for (guint cell = 0; cell < G_N_ELEMENTS (cells); cell++) {
      GtkWidget *label = ui_text_new (cells[cell], cell == 2 ? "heading" : NULL);
      gtk_label_set_selectable (GTK_LABEL (label), cell == 2);
      gtk_widget_set_focusable (label, FALSE);   /* the keys are for the steps */
      gtk_grid_attach (GTK_GRID (grid), label, (int) cell, (int) i, 1, 1);
    }
  }
  gtk_box_append (GTK_BOX (body), grid);
}

/* The card's texts; anew when the configuration is another, or the alarm came again. What was ticked and not logged is gone
 * then. */
static void
fill (UiCardDialog *self)
{
  const GdpCard *card = ui_response_get_card (self->response);
  const char *note = ui_response_get_note (self->response);
  GtkWidget *child;

  self->occurrence = ui_response_get_occurrence (self->response);
  while ((child = gtk_widget_get_first_child (self->body)) != NULL)
    gtk_box_remove (GTK_BOX (self->body), child);
  add_lines (self->body, _("At this point"), note);
  add_steps (self, self->body);
  add_lines (self->body, _("Call"), card->whom);
  add_contacts (self->body, ui_response_get_site (self->response));
  add_lines (self->body, _("If nothing is done"), card->consequence);
  add_lines (self->body, _("Likely causes"), card->causes);
  if (card->steps == NULL && card->causes == NULL && note == NULL)
    gtk_box_append (GTK_BOX (self->body), ui_text_new (_("There is no card for this alarm: the catalogue cannot be read, or lacks it"), NULL));
  self->remarks = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_box_append (GTK_BOX (self->body), self->remarks);
  refresh (self);
}

static void
on_response (UiCardDialog *self)
{
  if (ui_response_get_occurrence (self->response) != self->occurrence)
    fill (self);
  else
    refresh (self);
}

/* What one person has ticked is not for the next one to log. */
static void
on_rights (UiCardDialog *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->remark), "");
  fill (self);
}

/* The keys begin where the work does. */
static void
focus_next (UiCardDialog *self)
{
  guint next = ui_response_next_step (self->response);

  gtk_widget_grab_focus (next != 0 && gtk_widget_is_sensitive (self->steps->pdata[next - 1]) ? self->steps->pdata[next - 1]
                                                                                            : self->remark);
}

static GtkWidget *
head (UiCardDialog *self, const char *alarm)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *name = ui_decision_object_text (self->session, alarm);
  UiSite *site = ui_session_site_at (self->session, ui_decision_site (self->session, alarm));
  g_autofree char *place = site != NULL ? g_strdup_printf ("%s  %s", ui_site_get_id (site), ui_site_get_name (site)) : NULL;

  gtk_box_append (GTK_BOX (box), ui_text_new (name, "unittitle"));
  if (place != NULL)
    gtk_box_append (GTK_BOX (box), ui_text_new (place, NULL));
  self->state = ui_text_new (NULL, "dim-label");
  self->time = ui_text_new (NULL, "heading");
  gtk_box_append (GTK_BOX (box), self->state);
  gtk_box_append (GTK_BOX (box), self->time);
  return box;
}

static GtkWidget *
foot (UiCardDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *shut = gtk_button_new_with_label (_("Close"));

  self->remark = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->remark), 500);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->remark), _("In your own words: what was done, with whom you spoke"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remark), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Remark"), -1);
  gtk_entry_set_activates_default (GTK_ENTRY (self->remark), TRUE);
  g_signal_connect_object (self->remark, "changed", G_CALLBACK (show_log), self, G_CONNECT_SWAPPED);
  self->status = ui_text_new (NULL, NULL);
  gtk_widget_set_hexpand (self->status, TRUE);
  self->log = gtk_button_new_with_label (_("Log what was done"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->log), "card.log");
  gtk_widget_set_valign (self->log, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (shut, GTK_ALIGN_CENTER);
  g_signal_connect_object (shut, "clicked", G_CALLBACK (gtk_window_close), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (row), self->status);
  gtk_box_append (GTK_BOX (row), shut);
  gtk_box_append (GTK_BOX (row), self->log);
  gtk_box_append (GTK_BOX (box), self->remark);
  gtk_box_append (GTK_BOX (box), row);
  return box;
}

static void
build (UiCardDialog *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *scrolled = gtk_scrolled_window_new ();

  self->body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->body);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_widget_add_css_class (column, "dialog");
  gtk_box_append (GTK_BOX (column), head (self, ui_response_get_alarm (self->response)));
  gtk_box_append (GTK_BOX (column), scrolled);
  gtk_box_append (GTK_BOX (column), foot (self));
  gtk_window_set_child (GTK_WINDOW (self), column);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->log);
  g_signal_connect_object (self->response, "changed", G_CALLBACK (on_response), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "configured", G_CALLBACK (fill), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "rights", G_CALLBACK (on_rights), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "tick", G_CALLBACK (show_time), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::live", G_CALLBACK (show_log), self, G_CONNECT_SWAPPED);
  fill (self);
}

static UiCardDialog *
find_shown (GtkWindow *parent, const char *alarm)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    if (UI_IS_CARD_DIALOG (at->data) && gtk_window_get_transient_for (at->data) == parent
        && g_str_equal (ui_response_get_alarm (UI_CARD_DIALOG (at->data)->response), alarm))
      return at->data;
  return NULL;
}

void
ui_card_dialog_show (GtkWindow *parent, UiSession *session, const char *alarm)
{
  UiCardDialog *self = find_shown (parent, alarm);

  if (self == NULL) {
    self = g_object_new (UI_TYPE_CARD_DIALOG, "transient-for", parent, "destroy-with-parent", TRUE, "title", _("Response card"),
                         "default-width", WIDTH, "default-height", HEIGHT, NULL);
    self->session = g_object_ref (session);
    self->response = ui_response_new (session, alarm);
    build (self);
    focus_next (self);
  }
  gtk_window_present (GTK_WINDOW (self));
}

static void
ui_card_dialog_dispose (GObject *object)
{
  UiCardDialog *self = UI_CARD_DIALOG (object);

  g_clear_object (&self->response);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_card_dialog_parent_class)->dispose (object);
}

static void
ui_card_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (UI_CARD_DIALOG (object)->steps);
  g_free (UI_CARD_DIALOG (object)->failure);
  G_OBJECT_CLASS (ui_card_dialog_parent_class)->finalize (object);
}

static void
ui_card_dialog_class_init (UiCardDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_card_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = ui_card_dialog_finalize;
  gtk_widget_class_install_action (widget_class, "card.log", NULL, log_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "card.log", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "card.log", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_card_dialog_init (UiCardDialog *self)
{
  self->steps = g_ptr_array_new ();
}
