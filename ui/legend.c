/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "legend.h"

#include "glyph.h"
#include "mimic-drawing.h"
#include "state-mark.h"
#include "value.h"

#include <glib/gi18n.h>

#define SYMBOL_WIDTH 60   /* units of legend.svg */
#define SYMBOL_HEIGHT 40

static const struct { guint priority; const char *meaning; } alarms[] = {
  { 1, N_("Alarm of priority 1, the highest") },
  { 2, N_("Alarm of priority 2") },
  { 3, N_("Alarm of priority 3") },
  { 4, N_("Alarm of priority 4, the lowest") },
};

static const char *const manners[] = {
  N_("Flashing: not acknowledged. Steady: acknowledged."),
  N_("Outline only: the condition is over, but nobody has acknowledged it."),
  N_("Dashed: held back, it calls nobody."),
};

static const struct { GdpContactState contact; const char *meaning; } contacts[] = {
  { GDP_CONTACT_SILENT,  N_("The unit does not answer") },
  { GDP_CONTACT_UNKNOWN, N_("The unit has not been heard yet") },
};

static const struct { UiLook look; const char *mark, *meaning; } values[] = {
  { UI_LOOK_GOOD,      "",  N_("Measured just now") },
  { UI_LOOK_UNCERTAIN, "?", N_("Doubtful: point at it to read why") },
  { UI_LOOK_STALE,     "",  N_("Was true once: too old, or nothing is live") },
  { UI_LOOK_FORCED,    N_("F"), N_("Set by hand, not measured") },
  { UI_LOOK_BAD,       "",  N_("No value: point at it to read why") },
};

static const struct { const char *sample, *meaning; } badges[] = {
  { N_("silent"),              N_("Not heard for longer than it may be silent") },
  { N_("overdue"),             N_("Did not call when it had said it would") },
  { N_("set, not yet taken"),  N_("What is set here reaches the unit at its next call") },
  { N_("refused by the unit"), N_("It did not take what is set here") },
  { N_("differs: it has others"), N_("It has settings or a schedule that are not from here") },
  { N_("no key"),              N_("Let in without proof of a key") },
  { N_("overflow"),            N_("Its memory was full: records were lost") },
  { N_("never set"),           N_("Its clock: not set, or wrong by more than 5 s") },
  { N_("until 01.2027"),       N_("The guaranteed sessions last less than a year more") },
};

/* In the order of legend.svg. */
static const char *const symbols[] = {
  N_("Slam-shut valve, open: gas flows"),
  N_("Slam-shut valve, closed (filled)"),
  N_("Position unknown: no signal, or nothing is live"),
  N_("Hand valve: it has no position signal"),
  N_("Pressure regulator"),
  N_("Relief valve to the vent"),
  N_("Filter"),
  N_("Instrument: P pressure, PD pressure drop, T temperature, Q gas"),
  N_("Door, closed"),
  N_("Door, open"),
  N_("Mains present"),
  N_("Mains lost"),
};

static GtkWidget *
section (GtkWidget *column, const char *title)
{
  GtkWidget *label = gtk_label_new (title), *grid = gtk_grid_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 14);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_box_append (GTK_BOX (column), label);
  gtk_box_append (GTK_BOX (column), grid);
  return grid;
}

static void
add_row (GtkWidget *grid, int row, GtkWidget *symbol, const char *meaning)
{
  GtkWidget *label = gtk_label_new (_(meaning));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  if (symbol != NULL) {
    gtk_widget_set_halign (symbol, GTK_ALIGN_CENTER);
    gtk_widget_set_valign (symbol, GTK_ALIGN_CENTER);
    gtk_grid_attach (GTK_GRID (grid), symbol, 0, row, 1, 1);
  }
  gtk_grid_attach (GTK_GRID (grid), label, symbol != NULL ? 1 : 0, row, symbol != NULL ? 1 : 2, 1);
}

static void
add_states (GtkWidget *column)
{
  GtkWidget *grid = section (column, _("States of alarms"));
  int row = 0;

  for (guint state = GDP_ALARM_NORMAL + 1; state < GDP_N_ALARM_STATES; state++) {
    GtkWidget *mark = ui_state_mark_new ();

    ui_state_mark_set (UI_STATE_MARK (mark), state, GDP_SUPPRESSION_NONE);
    add_row (grid, row++, mark, gdp_alarm_state_label (state));
  }
  for (guint suppression = GDP_SUPPRESSION_NONE + 1; suppression < GDP_N_SUPPRESSIONS; suppression++) {
    GtkWidget *mark = ui_state_mark_new ();

    ui_state_mark_set (UI_STATE_MARK (mark), GDP_ALARM_NORMAL, suppression);
    add_row (grid, row++, mark, gdp_suppression_label (suppression));
  }
}

static void
add_alarms (GtkWidget *column)
{
  GtkWidget *grid = section (column, _("Alarms"));
  int row = 0;

  for (guint i = 0; i < G_N_ELEMENTS (alarms); i++) {
    GtkWidget *glyph = ui_glyph_new ();

    ui_glyph_set_priority (UI_GLYPH (glyph), alarms[i].priority);
    add_row (grid, row++, glyph, alarms[i].meaning);
  }
  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    add_row (grid, row++, NULL, manners[i]);
  for (guint i = 0; i < G_N_ELEMENTS (contacts); i++) {
    GtkWidget *glyph = ui_glyph_new ();

    ui_glyph_set_contact (UI_GLYPH (glyph), contacts[i].contact);
    add_row (grid, row++, glyph, contacts[i].meaning);
  }
}

static void
add_values (GtkWidget *column)
{
  GtkWidget *grid = section (column, _("Values"));

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree char *number = values[i].look == UI_LOOK_BAD ? g_strdup ("—") : ui_number_text (0.3012, 4);
    g_autofree char *text = g_strconcat (number, *values[i].mark != '\0' ? _(values[i].mark) : "", NULL);
    GtkWidget *sample = gtk_label_new (text);

    gtk_widget_add_css_class (sample, ui_look_class (values[i].look));
    add_row (grid, i, sample, values[i].meaning);
  }
}

static void
add_symbols (GtkWidget *column, GtkWidget *window)
{
  GtkWidget *grid = section (column, _("Mimic"));
  g_autoptr (GHashTable) no_states = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_autoptr (UiMimicDrawing) drawing = ui_mimic_drawing_load_resource ("/gdp/ui/legend.svg", &error);
  gboolean night = FALSE;

  g_assert_no_error (error);   /* it is part of the program */
  g_object_get (gtk_widget_get_settings (window), "gtk-application-prefer-dark-theme", &night, NULL);
  ui_mimic_drawing_style (drawing, no_states, night);
  for (guint i = 0; i < G_N_ELEMENTS (symbols); i++) {
    g_autoptr (GdkTexture) texture = ui_mimic_drawing_render_part (
      drawing, &GRAPHENE_RECT_INIT (0, i * SYMBOL_HEIGHT, SYMBOL_WIDTH, SYMBOL_HEIGHT), 1, NULL);
    GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));

    gtk_widget_set_size_request (picture, SYMBOL_WIDTH, SYMBOL_HEIGHT);
    add_row (grid, i, picture, symbols[i]);
  }
}

/* As wide as the widest, so that the meanings stand in a column. */
static void
add_badges (GtkWidget *column)
{
  GtkWidget *grid = section (column, _("Units that dial in"));
  int row = 0;

  add_row (grid, row++, NULL, N_("In a frame: the device wants looking at. It is no alarm."));
  for (guint i = 0; i < G_N_ELEMENTS (badges); i++) {
    GtkWidget *sample = gtk_label_new (_(badges[i].sample));

    gtk_widget_add_css_class (sample, "badge");
    add_row (grid, row, sample, badges[i].meaning);
    gtk_widget_set_halign (sample, GTK_ALIGN_START);
    row++;
  }
}

static void
add_outputs (GtkWidget *column)
{
  GtkWidget *grid = section (column, _("Outputs")), *sample = gtk_label_new (NULL);

  gtk_widget_add_css_class (sample, "actuator");
  gtk_widget_set_size_request (sample, 32, 32);
  add_row (grid, 0, sample, N_("Dotted frame: can be switched from here, by a click or by Enter"));
}

static gboolean
on_escape (GtkWidget *window, GVariant *arguments, gpointer data)
{
  gtk_window_close (GTK_WINDOW (window));
  return TRUE;
}

/* As tall as it is, but never taller than the smallest screen. */
static GtkWidget *
scrolled (GtkWidget *child)
{
  GtkWidget *view = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (view), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (view), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (view), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (view), 640);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (view), child);
  return view;
}

GtkWindow *
ui_legend_new (GtkWindow *parent)
{
  GtkWidget *window = gtk_window_new (), *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 28);
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10), *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_title (GTK_WINDOW (window), _("Legend"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_resizable (GTK_WINDOW (window), FALSE);
  gtk_widget_add_css_class (columns, "legend");
  gtk_box_append (GTK_BOX (columns), left);
  gtk_box_append (GTK_BOX (columns), middle);
  gtk_box_append (GTK_BOX (columns), right);
  add_alarms (left);
  add_values (left);
  add_symbols (middle, window);
  add_badges (right);
  add_outputs (right);
  add_states (right);
  gtk_window_set_child (GTK_WINDOW (window), scrolled (columns));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (
                                          gtk_shortcut_trigger_parse_string ("Escape|F2"),
                                          gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
  return GTK_WINDOW (window);
}
