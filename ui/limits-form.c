/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limits-form.h"

#include "columns.h"
#include "event-text.h"
#include "gdp/alarm.h"
#include "gdp/limit-words.h"
#include "tip.h"
#include "value.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#define MOST_FIELDS 64
#define DIGITS 6      /* that an entry is wide */
#define TITLE 18      /* letters of a line over proposals */
#define MOST_ROWS 12
#define MOST_PROPOSALS 2

enum { VALUE, OTHER, DEADBAND, ON_DELAY, OFF_DELAY, PRIORITY, N_COLUMNS };

static const char *const titles[N_COLUMNS] = {
  N_("Value"), NULL, N_("Deadband"), N_("On-delay, s"), N_("Off-delay, s"), N_("Priority"),
};

/* Labels are of the condition where there is one: below GDP_N_CONDITIONS. @other: what the second column is of that row. */
typedef enum { MEASURED = 1, DISCRETE = 2, ANY = MEASURED | DISCRETE } Of;
static const struct { const char *fields[N_COLUMNS]; GdpCondition condition; const char *label, *other; Of of; const char *tip; } rows[] = {
  { { "HH", NULL, "HH.deadband", "HH.on-delay", "HH.off-delay", "HH.priority" }, GDP_N_CONDITIONS, "HH", NULL, MEASURED },
  { { "H", NULL, "H.deadband", "H.on-delay", "H.off-delay", "H.priority" }, GDP_N_CONDITIONS, "H", NULL, MEASURED },
  { { "L", NULL, "L.deadband", "L.on-delay", "L.off-delay", "L.priority" }, GDP_N_CONDITIONS, "L", NULL, MEASURED },
  { { "LL", NULL, "LL.deadband", "LL.on-delay", "LL.off-delay", "LL.priority" }, GDP_N_CONDITIONS, "LL", NULL, MEASURED },
  { { "deviation", "deviation.from", "deviation.deadband", "deviation.on-delay", "deviation.off-delay", "deviation.priority" },
    GDP_CONDITION_DEVIATION, NULL, N_("from"), MEASURED },
  { { "rate", "rate.within", "rate.deadband", "rate.on-delay", "rate.off-delay", "rate.priority" }, GDP_CONDITION_RATE, NULL,
    N_("within, s"), MEASURED },
  { { "state", NULL, NULL, "state.on-delay", "state.off-delay", "state.priority" }, GDP_N_CONDITIONS, N_("State"), NULL, DISCRETE },
  { { NULL, "frozen.after", NULL, NULL, NULL, "frozen.priority" }, GDP_CONDITION_FROZEN, NULL, N_("after, s"), MEASURED },
  { { NULL, NULL, NULL, NULL, NULL, "fault.priority" }, GDP_CONDITION_FAULT, NULL, NULL, ANY },
  { { NULL, "stale.after", NULL, NULL, NULL, "stale.priority" }, GDP_CONDITION_STALE, NULL, N_("after, s"), ANY,
    N_("Empty: by how often it is read") },
  { { NULL, "remind-after", NULL, NULL, NULL, NULL }, GDP_N_CONDITIONS, N_("Calls again"), N_("after, s"), ANY,
    N_("An acknowledged alarm that is still active; empty: never") },
  { { "latches", NULL, NULL, NULL, NULL, NULL }, GDP_N_CONDITIONS, N_("Stays until it is reset"), NULL, ANY },
};
G_STATIC_ASSERT (G_N_ELEMENTS (rows) <= MOST_ROWS);

typedef struct { GdpLimits limits; GtkWidget *takes[MOST_ROWS]; } Proposal;

struct _UiLimitsForm {
  GtkBox          parent_instance;

  const GdpPoint *point;                  /* borrowed */
  guint           typed;                  /* field that was touched last, G_MAXUINT = none */
  gboolean        filling;                /* several entries at once */
  Proposal        proposals[MOST_PROPOSALS];
  guint           n_proposals;

  /* borrowed: children */
  GtkWidget      *grid;
  GtkWidget      *controls[MOST_FIELDS];  /* by field: GtkEntry or GtkCheckButton; NULL = not here */
  GtkWidget      *wrong[MOST_FIELDS];     /* by field: the label under its row */
};

G_DEFINE_FINAL_TYPE (UiLimitsForm, ui_limits_form, GTK_TYPE_BOX)

static guint changed_signal;

static guint
field_called (const char *word)
{
  for (guint i = 0; word != NULL && gdp_limits_field (i) != NULL && i < MOST_FIELDS; i++)
    if (g_str_equal (gdp_limits_field (i), word))
      return i;
  return G_MAXUINT;
}

/* ---- limits ↔ entries ---------------------------------------------------------------------- */

static gboolean
ends_in_after (guint field)
{
  return g_str_has_suffix (gdp_limits_field (field), "after");
}

/* As the language writes it; nothing for what is off, or has no time of its own. */
static char *
shown (const GdpLimits *limits, guint field)
{
  char *text = gdp_limits_field_text (limits, field), *dot = strchr (text, '.');

  if (g_str_equal (text, "off") || (ends_in_after (field) && g_str_equal (text, "0s")))
    *text = '\0';
  if (g_str_has_suffix (text, "s") && g_ascii_isdigit (*text))
    text[strlen (text) - 1] = '\0';
  if (dot != NULL && *localeconv ()->decimal_point == ',')
    *dot = ',';
  return text;
}

static char *
typed (UiLimitsForm *self, guint field)
{
  GtkWidget *control = self->controls[field];

  if (GTK_IS_CHECK_BUTTON (control))
    return g_strdup (gtk_check_button_get_active (GTK_CHECK_BUTTON (control)) ? "yes" : "no");
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (control))));
}

static void
fill (UiLimitsForm *self, guint field, const char *text)
{
  GtkWidget *control = self->controls[field];

  if (GTK_IS_CHECK_BUTTON (control))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (control), g_str_equal (text, "yes"));
  else
    gtk_editable_set_text (GTK_EDITABLE (control), text);
}

/* What an entry that was emptied stands for: the first of a condition, and priorities, can be off. */
static const char *
nothing_of (const char *field)
{
  return g_str_has_suffix (field, ".priority") || (strchr (field, '.') == NULL && !g_str_equal (field, "remind-after")) ? "off" : "0";
}

/* "H=0.33"; NULL: it is as the point has it. */
static char *
word_of (UiLimitsForm *self, guint field)
{
  g_autofree char *was = shown (&self->point->limits, field);
  g_autofree char *is = typed (self, field);

  if (g_str_equal (is, was))
    return NULL;
  g_strdelimit (is, ",", '.');
  g_strdelimit (is, " \t", '_');   /* no second word */
  return g_strdup_printf ("%s=%s", gdp_limits_field (field), *is != '\0' ? is : nothing_of (gdp_limits_field (field)));
}

/* ---- what is wrong ------------------------------------------------------------------------- */

static void
mark (UiLimitsForm *self, guint field, const char *why)
{
  GtkWidget *control = self->controls[field], *label = self->wrong[field];

  gtk_widget_add_css_class (control, "wrong");
  gtk_accessible_update_state (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
  ui_tip_set (control, why);
  if (!gtk_widget_get_visible (label))   /* the first of a row */
    gtk_label_set_label (GTK_LABEL (label), why);
  gtk_widget_set_visible (label, TRUE);
}

static void
unmark_all (UiLimitsForm *self)
{
  for (guint i = 0; i < MOST_FIELDS; i++)
    if (self->controls[i] != NULL) {
      gtk_widget_remove_css_class (self->controls[i], "wrong");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->controls[i]), GTK_ACCESSIBLE_STATE_INVALID);
      ui_tip_set (self->controls[i], NULL);
      gtk_widget_set_visible (self->wrong[i], FALSE);
    }
}

/* Two fields that do not go together: at the one that was touched, for the other was right before. */
static guint
field_to_mend (UiLimitsForm *self, const char *found)
{
  guint field = field_called (found);
  g_autofree char *touched = field != G_MAXUINT && self->controls[field] != NULL ? word_of (self, field) : NULL;

  if (touched == NULL && self->typed != G_MAXUINT)
    return self->typed;
  return field != G_MAXUINT && self->controls[field] != NULL ? field : 0;
}

gboolean
ui_limits_form_take (UiLimitsForm *self, GdpLimits *limits)
{
  gboolean right = TRUE;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;

  *limits = self->point->limits;
  unmark_all (self);
  for (guint i = 0; i < MOST_FIELDS; i++) {
    g_autofree char *word = self->controls[i] != NULL ? word_of (self, i) : NULL;
    g_autoptr (GError) why = NULL;
    if (word == NULL || gdp_limits_apply (limits, word, &why))
      continue;
    g_autofree char *text = ui_detail_text (why->message);
    mark (self, i, text);
    right = FALSE;
  }
  if (!right || gdp_point_find_fault (self->point, limits, &found, &error))
    return right;
  g_autofree char *text = ui_detail_text (error->message);
  mark (self, field_to_mend (self, found), text);
  return FALSE;
}

/* ---- proposals ----------------------------------------------------------------------------- */

/* TRUE: every field of @row stands as @proposal has it. */
static gboolean
is_taken (UiLimitsForm *self, const Proposal *proposal, guint row)
{
  for (guint k = 0; k < N_COLUMNS; k++) {
    guint field = field_called (rows[row].fields[k]);
    g_autofree char *is = field != G_MAXUINT ? typed (self, field) : NULL;
    g_autofree char *its = field != G_MAXUINT ? shown (&proposal->limits, field) : NULL;
    if (g_strcmp0 (is, its) != 0)
      return FALSE;
  }
  return TRUE;
}

static void
show_taken (UiLimitsForm *self)
{
  for (guint p = 0; p < self->n_proposals; p++)
    for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
      if (self->proposals[p].takes[row] != NULL)
        gtk_widget_set_sensitive (self->proposals[p].takes[row], !is_taken (self, &self->proposals[p], row));
}

static void
tell_changed (UiLimitsForm *self)
{
  if (self->filling)
    return;
  show_taken (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
take_row (UiLimitsForm *self, const Proposal *proposal, guint row)
{
  for (guint k = 0; k < N_COLUMNS; k++) {
    guint field = field_called (rows[row].fields[k]);
    g_autofree char *text = field != G_MAXUINT ? shown (&proposal->limits, field) : NULL;
    if (text != NULL)
      fill (self, field, text);
  }
}

/* Its row, or all for which it has a button. */
static void
on_take (GtkWidget *button, UiLimitsForm *self)
{
  guint p = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "gdp-proposal"));
  const Proposal *proposal = &self->proposals[p];

  self->filling = TRUE;
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    if (proposal->takes[row] != NULL && (button == proposal->takes[row] || !g_object_get_data (G_OBJECT (button), "gdp-row")))
      take_row (self, proposal, row);
  self->filling = FALSE;
  self->typed = G_MAXUINT;
  tell_changed (self);
}

/* "0.33 ± 0.003 · 5/5 s · 2"; what is not there is left out. */
static char *
row_text (const GdpLimits *limits, guint row)
{
  static const char *const before[N_COLUMNS] = { "", " / ", " ± ", " · ", "/", " · " };
  GString *text = g_string_new (NULL);

  for (guint k = 0; k < N_COLUMNS; k++) {
    guint field = field_called (rows[row].fields[k]);
    g_autofree char *part = field != G_MAXUINT ? shown (limits, field) : NULL;
    if (part != NULL && *part != '\0')
      g_string_append_printf (text, "%s%s%s", text->len > 0 ? before[k] : "", part, k == OFF_DELAY ? _(" s") : "");
  }
  return g_string_free (text->len > 0 ? text : g_string_append (text, _("off")), FALSE);
}

static GtkWidget *
take_button (UiLimitsForm *self, const char *label, gboolean of_row)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "row");
  g_object_set_data (G_OBJECT (button), "gdp-proposal", GUINT_TO_POINTER (self->n_proposals));
  g_object_set_data (G_OBJECT (button), "gdp-row", GINT_TO_POINTER (of_row));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_take), self, 0);
  return button;
}

/* Levels, states and the sensor's fault: the rest the catalogue leaves to the site. */
static gboolean
is_proposed (UiLimitsForm *self, const GdpLimits *limits, guint row)
{
  guint first = field_called (rows[row].fields[VALUE]), priority = field_called (rows[row].fields[PRIORITY]);
  g_autofree char *text = first != G_MAXUINT ? shown (limits, first) : NULL;

  return text != NULL && *text != '\0' && priority != G_MAXUINT && self->controls[first] != NULL;
}

void
ui_limits_form_propose (UiLimitsForm *self, const char *title, const GdpLimits *limits)
{
  Proposal *proposal = &self->proposals[self->n_proposals];
  int column = N_COLUMNS + 1 + (int) self->n_proposals;

  g_return_if_fail (self->n_proposals < MOST_PROPOSALS);
  proposal->limits = *limits;
  GtkWidget *all = take_button (self, title, FALSE);
  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (all))), TRUE);
  gtk_label_set_justify (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (all))), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (all))), TITLE);
  gtk_widget_set_valign (all, GTK_ALIGN_END);
  ui_tip_set (all, _("Takes all that is proposed below"));
  gtk_grid_attach (GTK_GRID (self->grid), all, column, 0, 1, 1);
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++) {
    g_autofree char *text = row_text (limits, row);
    if (!is_proposed (self, limits, row))
      continue;
    proposal->takes[row] = take_button (self, text, TRUE);
    ui_tip_set (proposal->takes[row], _("Takes what the catalogue proposes"));
    gtk_grid_attach (GTK_GRID (self->grid), proposal->takes[row], column, 1 + 2 * (int) row, 1, 1);
  }
  self->n_proposals++;
  show_taken (self);
}

/* ---- the table ----------------------------------------------------------------------------- */

static void
on_touched (GtkWidget *control, UiLimitsForm *self)
{
  self->typed = field_called (g_object_get_data (G_OBJECT (control), "gdp-field"));
  tell_changed (self);
}

static GtkWidget *
text_new (const char *said, const char *class)
{
  GtkWidget *label = gtk_label_new (said);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, class);
  return label;
}

static const char *
label_of (guint row)
{
  return _(rows[row].condition < GDP_N_CONDITIONS ? gdp_condition_label (rows[row].condition, 0) : rows[row].label);
}

static GtkWidget *
entry_new (UiLimitsForm *self, guint field, int column)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), DIGITS);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), DIGITS);
  gtk_entry_set_alignment (GTK_ENTRY (entry), 1);
  gtk_entry_set_max_length (GTK_ENTRY (entry), 24);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), *nothing_of (gdp_limits_field (field)) == 'o' ? _("off") : NULL);
  return entry;
}

static void
add_control (UiLimitsForm *self, guint row, int column, guint field, GtkWidget *wrong)
{
  gboolean truth = g_str_equal (gdp_limits_field (field), "latches");
  GtkWidget *control = truth ? gtk_check_button_new () : entry_new (self, field, column);
  g_autofree char *text = shown (&self->point->limits, field);
  g_autofree char *label = g_strdup_printf ("%s: %s", label_of (row), gdp_limits_field (field));

  g_object_set_data (G_OBJECT (control), "gdp-field", (gpointer) gdp_limits_field (field));
  self->controls[field] = control;
  self->wrong[field] = wrong;
  fill (self, field, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (control, truth ? "toggled" : "changed", G_CALLBACK (on_touched), self, 0);
  if (column != OTHER)
    gtk_grid_attach (GTK_GRID (self->grid), control, column + 1, 1 + 2 * (int) row, 1, 1);
  else {   /* its title is another in each row */
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *title = text_new (_(rows[row].other), "dim-label");
    gtk_widget_set_hexpand (title, TRUE);
    gtk_label_set_xalign (GTK_LABEL (title), 1);
    ui_tip_set (title, rows[row].tip != NULL ? _(rows[row].tip) : NULL);
    gtk_box_append (GTK_BOX (box), title);
    gtk_box_append (GTK_BOX (box), control);
    gtk_grid_attach (GTK_GRID (self->grid), box, column + 1, 1 + 2 * (int) row, 1, 1);
  }
}

static GtkWidget *
title_new (int column)
{
  GtkWidget *title = text_new (_(titles[column]), "dim-label");

  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (title), DIGITS);
  gtk_widget_set_valign (title, GTK_ALIGN_END);
  return title;
}

static void
add_row (UiLimitsForm *self, guint row)
{
  GtkWidget *wrong = text_new (NULL, "fault");

  gtk_label_set_wrap (GTK_LABEL (wrong), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (wrong), 70);
  gtk_widget_set_visible (wrong, FALSE);
  gtk_grid_attach (GTK_GRID (self->grid), text_new (label_of (row), "dim-label"), 0, 1 + 2 * (int) row, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), wrong, 1, 2 + 2 * (int) row, N_COLUMNS + MOST_PROPOSALS, 1);
  for (int k = 0; k < N_COLUMNS; k++) {
    guint field = field_called (rows[row].fields[k]);
    if (field != G_MAXUINT)
      add_control (self, row, k, field, wrong);
  }
}

/* Which number is which state. */
static void
add_states (UiLimitsForm *self)
{
  g_autofree char *text = g_strdup_printf (_("State: 0 is “%s”, 1 is “%s”"), ui_point_state (self->point, 0), ui_point_state (self->point, 1));

  gtk_box_append (GTK_BOX (self), text_new (text, "dim-label"));
}

GtkWidget *
ui_limits_form_new (const GdpPoint *point)
{
  UiLimitsForm *self = g_object_new (UI_TYPE_LIMITS_FORM, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6, NULL);
  Of of = gdp_point_is_discrete (point) ? DISCRETE : MEASURED;

  self->point = point;
  for (guint k = 0; k < N_COLUMNS; k++)
    if (titles[k] != NULL && (k != DEADBAND || of == MEASURED))
      gtk_grid_attach (GTK_GRID (self->grid), title_new ((int) k), (int) k + 1, 0, 1, 1);
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    if (rows[row].of & of)
      add_row (self, row);
  if (of == DISCRETE)
    add_states (self);
  return GTK_WIDGET (self);
}

static void
ui_limits_form_class_init (UiLimitsFormClass *class)
{
  changed_signal = g_signal_new ("changed", UI_TYPE_LIMITS_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_limits_form_init (UiLimitsForm *self)
{
  self->typed = G_MAXUINT;
  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 3);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 8);
  gtk_widget_add_css_class (self->grid, "limits");
  gtk_box_append (GTK_BOX (self), self->grid);
}
