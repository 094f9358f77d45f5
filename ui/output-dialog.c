/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output-dialog.h"

#include "columns.h"
#include "event-text.h"
#include "text.h"

#include <glib/gi18n.h>
#include <math.h>

#define HOLDS 30   /* s that a selection lasts; the server's own count decides */

typedef enum { SELECTING, SELECTED, SWITCHING, SWITCHED, FAILED, N_STATES } State;

struct _UiOutputDialog {
  GtkWindow   parent_instance;

  /* owned */
  UiSession  *session;
  char       *id;          /* of the point */
  char       *names[2];    /* of its states, in the operator's language */
  char       *token;       /* what confirms the selection; NULL = none */
  State       state;
  gboolean    on;          /* wanted */
  guint       attempt;     /* answers to earlier selections do not count */
  gint64      until;       /* monotonic µs */
  guint       countdown;   /* a source */

  /* borrowed: children */
  GtkWidget  *wanted[2], *status, *go, *close;
};

G_DEFINE_FINAL_TYPE (UiOutputDialog, ui_output_dialog, GTK_TYPE_WINDOW)

typedef struct { UiOutputDialog *self; guint attempt; } Call;

static void select_output (UiOutputDialog *self);

/* ---- what is shown ------------------------------------------------------------------------------- */

/* What the button says and whether it can be pressed; whether the state wanted can be changed. */
static const struct { const char *go; gboolean can_go, can_change; } looks[N_STATES] = {
  [SELECTING] = { N_("Switch"),       FALSE, TRUE },
  [SELECTED]  = { N_("Switch"),       TRUE,  TRUE },
  [SWITCHING] = { N_("Switch"),       FALSE, FALSE },
  [SWITCHED]  = { N_("Switch"),       FALSE, FALSE },
  [FAILED]    = { N_("Select again"), TRUE,  TRUE },
};

static void
enter (UiOutputDialog *self, State state, const char *text)
{
  self->state = state;
  gtk_button_set_label (GTK_BUTTON (self->go), _(looks[state].go));
  gtk_widget_set_sensitive (self->go, looks[state].can_go);
  for (guint i = 0; i < 2; i++)
    gtk_widget_set_sensitive (self->wanted[i], looks[state].can_change);
  gtk_button_set_label (GTK_BUTTON (self->close), state == SWITCHED ? _("Close") : _("Cancel"));
  ui_cell_set (self->status, text, state == FAILED ? "heading" : NULL);
  gtk_widget_grab_focus (state == SELECTED || state == FAILED ? self->go : self->close);
}

static void
stop_countdown (UiOutputDialog *self)
{
  g_clear_handle_id (&self->countdown, g_source_remove);
}

static gboolean
on_countdown (gpointer data)
{
  UiOutputDialog *self = data;
  int left = (int) ceil ((self->until - g_get_monotonic_time ()) / (double) G_USEC_PER_SEC);
  g_autofree char *text = NULL;

  if (left > 0) {
    text = g_strdup_printf (_("Selected. It can be switched for %d s more."), left);
    ui_cell_set (self->status, text, NULL);
    return G_SOURCE_CONTINUE;
  }
  self->countdown = 0;
  g_clear_pointer (&self->token, g_free);
  enter (self, FAILED, _("The selection has run out. Nothing was switched."));
  return G_SOURCE_REMOVE;
}

/* ---- commands -------------------------------------------------------------------------------------- */

static void
post (UiOutputDialog *self, const char *detail, GAsyncReadyCallback callback)
{
  Call *call = g_new (Call, 1);

  *call = (Call) { g_object_ref (self), self->attempt };
  ui_session_command_async (self->session, "output", self->id, self->on, detail, callback, call);
}

/* What became of @result's command. The dialog, or NULL when it does not matter to it any more. */
static UiOutputDialog *
answered (GAsyncResult *result, gpointer data, DataCommand **command, char **why)
{
  g_autofree Call *call = data;
  g_autoptr (UiOutputDialog) self = call->self;
  g_autoptr (GError) error = NULL;

  *command = ui_session_command_finish (result, &error);
  if (error != NULL)
    *why = ui_detail_text (error->message);
  else if ((*command)->state == DATA_COMMAND_EXPIRED)
    *why = g_strdup (_("No server took it in time"));
  else if ((*command)->state != DATA_COMMAND_DONE)
    *why = (*command)->result != NULL ? ui_detail_text ((*command)->result) : g_strdup (_("the server gave no reason"));
  return call->attempt == self->attempt && self->session != NULL ? g_steal_pointer (&self) : NULL;
}

static void
on_selected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (DataCommand) command = NULL;
  g_autofree char *why = NULL;
  g_autoptr (UiOutputDialog) self = answered (result, data, &command, &why);

  if (self == NULL)
    return;
  if (why != NULL) {
    g_autofree char *text = g_strdup_printf (_("It could not be selected: %s"), why);
    enter (self, FAILED, text);
    return;
  }
  self->token = g_strdup (command->result);
  self->until = g_get_monotonic_time () + HOLDS * G_USEC_PER_SEC;
  enter (self, SELECTED, "");
  if (on_countdown (self) == G_SOURCE_CONTINUE)
    self->countdown = g_timeout_add (500, on_countdown, self);
}

static void
select_output (UiOutputDialog *self)
{
  stop_countdown (self);
  g_clear_pointer (&self->token, g_free);
  self->attempt++;
  enter (self, SELECTING, _("Selecting…"));
  post (self, "select", on_selected);
}

static void
on_operated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (DataCommand) command = NULL;
  g_autofree char *why = NULL, *text = NULL;
  g_autoptr (UiOutputDialog) self = answered (result, data, &command, &why);

  if (self == NULL)
    return;
  if (why != NULL)
    text = g_strdup_printf (_("It was not switched: %s"), why);
  else
    text = g_strdup_printf (_("Switched, and read back: %s"), self->names[self->on]);
  enter (self, why != NULL ? FAILED : SWITCHED, text);
}

static void
operate (UiOutputDialog *self)
{
  g_autofree char *token = g_steal_pointer (&self->token);
  g_autofree char *detail = g_strdup_printf ("operate %s", token);

  stop_countdown (self);
  enter (self, SWITCHING, _("Switching…"));
  post (self, detail, on_operated);
}

static void
on_go (UiOutputDialog *self)
{
  if (self->state == SELECTED)
    operate (self);
  else if (self->state == FAILED)
    select_output (self);
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Call *call = data;
  g_autoptr (UiOutputDialog) self = call->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (DataCommand) command = ui_session_command_finish (result, &error);

  if (error != NULL)
    g_info ("releasing %s: %s", self->id, error->message);   /* it runs out by itself */
}

/* What nobody will switch any more is let go for others. */
static gboolean
on_close_request (GtkWindow *window)
{
  UiOutputDialog *self = UI_OUTPUT_DIALOG (window);
  g_autofree char *token = g_steal_pointer (&self->token);
  g_autofree char *detail = token != NULL ? g_strdup_printf ("release %s", token) : NULL;

  stop_countdown (self);
  self->attempt++;
  if (detail != NULL)
    post (self, detail, on_released);
  return GTK_WINDOW_CLASS (ui_output_dialog_parent_class)->close_request (window);
}

static void
on_wanted (UiOutputDialog *self)
{
  gboolean on = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->wanted[1]));

  if (on == self->on)
    return;
  self->on = on;
  select_output (self);
}

/* ---- the window ------------------------------------------------------------------------------------- */

static void
add_row (GtkWidget *grid, int row, const char *title, GtkWidget *value)
{
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_grid_attach (GTK_GRID (grid), label, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), value, 1, row, 1, 1);
}

static GtkWidget *
wanted_row (UiOutputDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  for (guint i = 0; i < 2; i++) {
    self->wanted[i] = gtk_check_button_new_with_label (self->names[i]);
    gtk_box_append (GTK_BOX (box), self->wanted[i]);
  }
  gtk_check_button_set_group (GTK_CHECK_BUTTON (self->wanted[1]), GTK_CHECK_BUTTON (self->wanted[0]));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->wanted[self->on]), TRUE);
  g_signal_connect_object (self->wanted[1], "toggled", G_CALLBACK (on_wanted), self, G_CONNECT_SWAPPED);
  return box;
}

static GtkWidget *
buttons_row (UiOutputDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->close = gtk_button_new_with_label (_("Cancel"));
  self->go = gtk_button_new_with_label (_("Switch"));
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), self->close);
  gtk_box_append (GTK_BOX (box), self->go);
  g_signal_connect_object (self->close, "clicked", G_CALLBACK (gtk_window_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->go, "clicked", G_CALLBACK (on_go), self, G_CONNECT_SWAPPED);
  return box;
}

static void
build (UiOutputDialog *self, const GdpSite *site, const GdpPoint *point, const char *now)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16), *grid = gtk_grid_new ();
  g_autofree char *place = site->name != NULL ? g_strdup_printf ("%s  %s", site->id, site->name) : g_strdup (site->id);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  add_row (grid, 0, _("Site"), ui_text_new (place, "heading"));
  add_row (grid, 1, _("Output"), ui_text_new (ui_point_name (point), "heading"));
  add_row (grid, 2, _("Now"), ui_text_new (now, NULL));
  add_row (grid, 3, _("Then"), wanted_row (self));
  add_row (grid, 4, _("Who"), ui_text_new (ui_session_get_person (self->session), NULL));
  self->status = ui_text_new ("", NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->status), 48);
  gtk_label_set_max_width_chars (GTK_LABEL (self->status), 48);
  gtk_box_append (GTK_BOX (column), grid);
  gtk_box_append (GTK_BOX (column), self->status);
  gtk_box_append (GTK_BOX (column), buttons_row (self));
  gtk_widget_add_css_class (column, "dialog");
  gtk_window_set_child (GTK_WINDOW (self), column);
}

GtkWindow *
ui_output_dialog_new (GtkWindow *parent, UiSession *session, guint point)
{
  const GdpNetwork *network = ui_session_get_network (session);
  const GdpPoint *config = &network->points[point];
  const GdpReading *reading = ui_session_get_reading (session, point);
  gboolean known = reading != NULL && gdp_reason_quality (reading->reason) != GDP_QUALITY_BAD && !isnan (reading->value);
  UiOutputDialog *self = g_object_new (UI_TYPE_OUTPUT_DIALOG, "transient-for", parent, "modal", TRUE, "resizable", FALSE,
                                       "title", _("Switch an output"), NULL);

  self->session = g_object_ref (session);
  self->id = g_strdup (config->id);
  for (guint i = 0; i < 2; i++)
    self->names[i] = g_strdup (config->states[i] != NULL ? config->states[i]
                                                         : _(gdp_point_kind_info (config->kind)->states[i]));
  self->on = !known || reading->value == 0;
  build (self, &network->sites[config->site], config, known ? self->names[reading->value != 0] : _("not known"));
  select_output (self);
  return GTK_WINDOW (self);
}

static void
ui_output_dialog_dispose (GObject *object)
{
  UiOutputDialog *self = UI_OUTPUT_DIALOG (object);

  stop_countdown (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_output_dialog_parent_class)->dispose (object);
}

static void
ui_output_dialog_finalize (GObject *object)
{
  UiOutputDialog *self = UI_OUTPUT_DIALOG (object);

  g_free (self->id);
  g_free (self->names[0]);
  g_free (self->names[1]);
  g_free (self->token);
  G_OBJECT_CLASS (ui_output_dialog_parent_class)->finalize (object);
}

static void
ui_output_dialog_class_init (UiOutputDialogClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_output_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = ui_output_dialog_finalize;
  GTK_WINDOW_CLASS (class)->close_request = on_close_request;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_output_dialog_init (UiOutputDialog *self)
{
}
