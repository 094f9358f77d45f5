/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decision-dialog.h"

#include "columns.h"
#include "text.h"
#include "when.h"

#include <glib/gi18n.h>
#include <math.h>

#define MINUTE (60 * GDP_SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define A_ROW 6   /* of them, so that it is no wider than the rest */

/* What is offered, as far as the role and the priority allow: each longest of gdp_shelving_longest() and
 * gdp_forcing_longest() is among them. */
static const gint64 lengths[] = { 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 24 * HOUR, 72 * HOUR,
                                  7 * DAY, 31 * DAY };

struct _UiDecisionDialog {
  GtkWindow   parent_instance;

  UiDecision  decision;

  /* owned */
  UiSession  *session;
  char       *object;
  GPtrArray  *seen;        /* UiSeen: what is decided about, as it is shown here */
  gint64      length;      /* chosen, µs */
  guint       waiting;     /* for so many answers */
  char       *failure;     /* the first of them, NULL = none yet */

  /* borrowed: children */
  GtkWidget  *state, *lengths, *until, *why, *status, *go, *close;
  GtkWidget  *value;       /* GtkEntry, or the check button of state 1; NULL = it takes none */
};

G_DEFINE_FINAL_TYPE (UiDecisionDialog, ui_decision_dialog, GTK_TYPE_WINDOW)

static const UiDecisionInfo *
info_of (UiDecisionDialog *self)
{
  return ui_decision_info (self->decision);
}

/* ---- what is shown --------------------------------------------------------------------------- */

static const GdpPoint *
point_of (UiDecisionDialog *self)
{
  guint point = ui_decision_point (self->session, self->object);

  return point != G_MAXUINT ? &ui_session_get_network (self->session)->points[point] : NULL;
}

/* "0.302 MPa", "Open", "Open circuit": what the point says now. */
static char *
now_text (UiDecisionDialog *self, guint point)
{
  g_auto (UiValue) value = { 0 };

  ui_session_describe (self->session, point, &value);
  return *value.unit != '\0' ? g_strdup_printf ("%s %s", value.text, value.unit) : g_strdup (value.text);
}

/* As the store writes it; NULL = it is no number. (transfer full) */
static char *
value_text (UiDecisionDialog *self)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE], *end;

  if (GTK_IS_CHECK_BUTTON (self->value))
    return g_strdup (gtk_check_button_get_active (GTK_CHECK_BUTTON (self->value)) ? "1" : "0");
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->value))));
  double value = g_ascii_strtod (g_strdelimit (typed, ",", '.'), &end);
  return end != typed && *end == '\0' && isfinite (value) ? g_strdup (g_ascii_dtostr (number, sizeof number, value)) : NULL;
}

/* How one alarm stands; of several only how many there are. */
static char *
state_text (UiDecisionDialog *self)
{
  const char *id = self->seen->len == 1 ? ((UiSeen *) self->seen->pdata[0])->alarm : self->object;
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (self->session), id);
  guint point = ui_decision_point (self->session, self->object);

  if (info_of (self)->value && point != G_MAXUINT)
    return now_text (self, point);
  if (self->seen->len > 1)
    return g_strdup_printf (ngettext ("%u alarm", "%u alarms", self->seen->len), self->seen->len);
  return row != NULL ? ui_alarm_status_text (row, ui_session_now (self->session))
                     : g_strdup (_(gdp_alarm_state_label (GDP_ALARM_NORMAL)));
}

static gboolean
has_reason (UiDecisionDialog *self)
{
  g_autofree char *why = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->why))));

  return *why != '\0';
}

/* What is still to be given; NULL = nothing. */
static const char *
lack (UiDecisionDialog *self)
{
  g_autofree char *value = self->value != NULL ? value_text (self) : NULL;

  if (self->value != NULL && value == NULL)
    return _("Give the value, a number");
  return info_of (self)->reason && !has_reason (self) ? _("Say why: it is listed and journaled with it") : NULL;
}

static void
refresh (UiDecisionDialog *self)
{
  gboolean idle = self->waiting == 0;
  const char *needs = lack (self);
  g_autofree char *state = state_text (self);
  g_autofree char *until = ui_when_minute_text (ui_session_now (self->session) + self->length, ui_session_now (self->session), NULL);
  g_autofree char *text = g_strdup_printf (_("until %s"), until);

  ui_cell_set (self->state, state, NULL);
  if (self->until != NULL)
    ui_cell_set (self->until, text, "dim-label");
  if (self->lengths != NULL)
    gtk_widget_set_sensitive (self->lengths, idle);
  if (self->value != NULL)
    gtk_widget_set_sensitive (gtk_widget_get_parent (self->value), idle);
  gtk_widget_set_sensitive (self->why, idle);
  gtk_widget_set_sensitive (self->go, idle && needs == NULL && self->seen->len > 0);
  if (!idle)
    ui_cell_set (self->status, _("Asking the server…"), NULL);
  else if (self->failure != NULL)
    ui_cell_set (self->status, self->failure, "heading");
  else
    ui_cell_set (self->status, needs != NULL ? needs : "", "dim-label");
}

/* ---- posting --------------------------------------------------------------------------------- */

/* After a refusal the next press is about what is shown then. */
static void
look (UiDecisionDialog *self)
{
  g_clear_pointer (&self->seen, g_ptr_array_unref);
  self->seen = ui_decision_look (self->decision, self->session, self->object);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiDecisionDialog) self = data;
  g_autofree char *failure = ui_decision_finish (self->decision, result);

  self->waiting--;
  if (self->failure == NULL)
    self->failure = g_steal_pointer (&failure);
  if (self->waiting > 0 || self->session == NULL)
    return;
  if (self->failure == NULL)
    gtk_window_close (GTK_WINDOW (self));
  else {
    look (self);
    refresh (self);
    gtk_widget_grab_focus (self->why);
  }
}

/* What chatters comes again while its reason is typed. That is no news, and all of it is meant. */
static void
follow_chatter (UiDecisionDialog *self)
{
  for (guint i = 0; i < self->seen->len; i++) {
    UiSeen *seen = self->seen->pdata[i];
    UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (self->session), seen->alarm);

    if (row != NULL && ui_session_course (self->session, seen->alarm).first != 0
        && ui_alarm_get (row)->priority == seen->priority)
      seen->occurrence = ui_alarm_get (row)->occurrence;
  }
}

static void
on_go (UiDecisionDialog *self)
{
  const char *why = gtk_editable_get_text (GTK_EDITABLE (self->why));
  g_autofree char *value = self->value != NULL ? value_text (self) : NULL;

  if (!gtk_widget_is_sensitive (self->go))
    return;
  follow_chatter (self);
  g_clear_pointer (&self->failure, g_free);
  self->waiting = self->seen->len;
  for (guint i = 0; i < self->seen->len; i++)
    ui_decision_post (self->decision, self->session, self->seen->pdata[i], self->length, value, why, on_answered,
                      g_object_ref (self));
  refresh (self);
}

/* ---- the window ------------------------------------------------------------------------------- */

static void
add_row (GtkWidget *grid, int *row, const char *title, GtkWidget *value)
{
  GtkWidget *label = gtk_label_new (title);
  gboolean tall = GTK_IS_LABEL (value) || (GTK_IS_BOX (value)
                  && gtk_orientable_get_orientation (GTK_ORIENTABLE (value)) == GTK_ORIENTATION_VERTICAL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_valign (label, tall ? GTK_ALIGN_START : GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_grid_attach (GTK_GRID (grid), label, 0, *row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), value, 1, (*row)++, 1, 1);
}

/* "30 min", "24 h" */
static char *
length_text (gint64 length)
{
  return length < HOUR ? g_strdup_printf (_("%d min"), (int) (length / MINUTE))
         : length < 7 * DAY ? g_strdup_printf (_("%d h"), (int) (length / HOUR)) : g_strdup_printf (_("%d d"), (int) (length / DAY));
}

static void
on_length (UiDecisionDialog *self, GtkCheckButton *button)
{
  if (!gtk_check_button_get_active (button))
    return;
  self->length = lengths[GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "gdp-length"))];
  refresh (self);
}

static GtkWidget *
lengths_row (UiDecisionDialog *self, gint64 longest)
{
  GtkWidget *row = gtk_grid_new ();
  GtkCheckButton *group = NULL;

  gtk_grid_set_column_spacing (GTK_GRID (row), 10);

  for (guint i = 0; i < G_N_ELEMENTS (lengths) && lengths[i] <= longest; i++) {
    g_autofree char *label = length_text (lengths[i]);
    GtkWidget *button = gtk_check_button_new_with_label (label);

    g_object_set_data (G_OBJECT (button), "gdp-length", GUINT_TO_POINTER (i));
    gtk_check_button_set_group (GTK_CHECK_BUTTON (button), group);
    group = GTK_CHECK_BUTTON (button);
    if (lengths[i] <= info_of (self)->usual) {
      gtk_check_button_set_active (group, TRUE);
      self->length = lengths[i];
    }
    g_signal_connect_object (button, "toggled", G_CALLBACK (on_length), self, G_CONNECT_SWAPPED);
    gtk_grid_attach (GTK_GRID (row), button, (int) (i % A_ROW), (int) (i / A_ROW), 1, 1);
  }
  return row;
}

static GtkWidget *
length_box (UiDecisionDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gint64 longest = ui_decision_longest (self->decision, self->session, self->seen);
  g_autofree char *most = length_text (longest);
  g_autofree char *text = g_strdup_printf (info_of (self)->of == GDP_CONDITION_FORCED ? _("%s at the most: so much the role allows")
                                           : _("%s at the most: so much the role and the priority allow"), most);
  GtkWidget *limit = ui_text_new (text, NULL);

  self->lengths = lengths_row (self, longest);
  self->until = ui_text_new (NULL, NULL);
  gtk_widget_add_css_class (limit, "dim-label");
  gtk_box_append (GTK_BOX (box), self->lengths);
  gtk_box_append (GTK_BOX (box), self->until);
  gtk_box_append (GTK_BOX (box), limit);
  return box;
}

static GtkWidget *
entry_new (UiDecisionDialog *self, int width)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_max_length (GTK_ENTRY (entry), 500);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), width);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  g_signal_connect_object (entry, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  return entry;
}

/* Why one shelves what comes and goes without end; NULL: it does not. */
static char *
chatter_text (UiDecisionDialog *self)
{
  const UiSeen *seen = self->decision == UI_DECISION_SHELVE && self->seen->len == 1 ? self->seen->pdata[0] : NULL;
  GdpCourse course = seen != NULL ? ui_session_course (self->session, seen->alarm) : (GdpCourse) { 0 };
  g_autofree char *since = ui_when_minute_text (course.first, ui_session_now (self->session), NULL);

  return course.first != 0 ? g_strdup_printf (_("it chatters: ×%u since %s"), course.count, since) : NULL;
}

/* The two states by name, or a number in the point's unit. */
static GtkWidget *
value_box (UiDecisionDialog *self, const GdpPoint *point)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10), *other;

  if (gdp_point_is_discrete (point)) {
    other = gtk_check_button_new_with_label (ui_point_state (point, 0));
    self->value = gtk_check_button_new_with_label (ui_point_state (point, 1));
    gtk_check_button_set_group (GTK_CHECK_BUTTON (other), GTK_CHECK_BUTTON (self->value));
    gtk_check_button_set_active (GTK_CHECK_BUTTON (other), TRUE);
    gtk_box_append (GTK_BOX (box), other);
    gtk_box_append (GTK_BOX (box), self->value);
    return box;
  }
  self->value = entry_new (self, 12);
  other = ui_text_new (ui_point_unit (point), NULL);
  gtk_box_append (GTK_BOX (box), self->value);
  gtk_box_append (GTK_BOX (box), other);
  return box;
}

static GtkWidget *
facts_grid (UiDecisionDialog *self)
{
  GtkWidget *grid = gtk_grid_new ();
  UiSite *site = ui_session_site_at (self->session, ui_decision_site (self->session, self->object));
  g_autofree char *place = site != NULL ? g_strdup_printf ("%s  %s", ui_site_get_id (site), ui_site_get_name (site)) : NULL;
  g_autofree char *name = ui_decision_object_text (self->session, self->object);
  int row = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  if (place != NULL)
    add_row (grid, &row, _("Site"), ui_text_new (place, NULL));
  if (site == NULL || !g_str_equal (self->object, ui_site_get_id (site)))
    add_row (grid, &row, info_of (self)->of == GDP_CONDITION_FORCED ? _("Point") : _("Alarm"), ui_text_new (name, NULL));
  self->state = ui_text_new (NULL, NULL);
  add_row (grid, &row, info_of (self)->value ? _("Now") : _("State"), self->state);
  if (info_of (self)->value && point_of (self) != NULL)
    add_row (grid, &row, _("Value"), value_box (self, point_of (self)));
  if (info_of (self)->usual != 0)
    add_row (grid, &row, _("For"), length_box (self));
  self->why = entry_new (self, 50);
  add_row (grid, &row, info_of (self)->reason ? _("Reason") : _("Comment"), self->why);
  return grid;
}

static GtkWidget *
buttons_row (UiDecisionDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->close = gtk_button_new_with_label (_("Cancel"));
  self->go = gtk_button_new_with_label (_(info_of (self)->label));
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), self->close);
  gtk_box_append (GTK_BOX (box), self->go);
  g_signal_connect_object (self->close, "clicked", G_CALLBACK (gtk_window_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->go, "clicked", G_CALLBACK (on_go), self, G_CONNECT_SWAPPED);
  return box;
}

GtkWindow *
ui_decision_dialog_new (GtkWindow *parent, UiSession *session, UiDecision decision, const char *object)
{
  UiDecisionDialog *self = g_object_new (UI_TYPE_DECISION_DIALOG, "transient-for", parent, "modal", TRUE,
                                         "destroy-with-parent", TRUE, "resizable", FALSE,
                                         "title", _(ui_decision_info (decision)->label), NULL);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);
  g_autofree char *proposed = NULL;

  self->decision = decision;
  self->session = g_object_ref (session);
  self->object = g_strdup (object);
  look (self);
  gtk_widget_add_css_class (column, "dialog");
  gtk_box_append (GTK_BOX (column), facts_grid (self));
  self->status = ui_text_new (NULL, NULL);
  gtk_box_append (GTK_BOX (column), self->status);
  gtk_box_append (GTK_BOX (column), buttons_row (self));
  gtk_window_set_child (GTK_WINDOW (self), column);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->go);
  proposed = chatter_text (self);
  if (proposed != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->why), proposed);
  refresh (self);
  gtk_widget_grab_focus (GTK_IS_ENTRY (self->value) ? self->value : self->why);
  return GTK_WINDOW (self);
}

static void
ui_decision_dialog_dispose (GObject *object)
{
  g_clear_object (&UI_DECISION_DIALOG (object)->session);
  G_OBJECT_CLASS (ui_decision_dialog_parent_class)->dispose (object);
}

static void
ui_decision_dialog_finalize (GObject *object)
{
  UiDecisionDialog *self = UI_DECISION_DIALOG (object);

  g_clear_pointer (&self->seen, g_ptr_array_unref);
  g_free (self->object);
  g_free (self->failure);
  G_OBJECT_CLASS (ui_decision_dialog_parent_class)->finalize (object);
}

static void
ui_decision_dialog_class_init (UiDecisionDialogClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_decision_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = ui_decision_dialog_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_decision_dialog_init (UiDecisionDialog *self)
{
}
