/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "schedule-editor.h"

#include "call-row.h"
#include "columns.h"
#include "when.h"

#include <glib/gi18n.h>
#include <string.h>

#define N_NEXT 5

struct _UiScheduleEditor {
  GtkWidget     parent_instance;

  GtkWidget    *box, *category, *shared_title, *shared, *add_shared, *window_box, *window, *own_title, *own, *add_own,
               *fault_label, *next;
  UiFieldDraft *draft;      /* borrowed */
  char         *fault;
  gboolean      filling;
};

G_DEFINE_FINAL_TYPE (UiScheduleEditor, ui_schedule_editor, GTK_TYPE_WIDGET)

static guint changed;

/* ---- reading ----------------------------------------------------------------------------- */

static void
read_rows (UiScheduleEditor *self, GtkWidget *list, GArray *entries)
{
  g_array_set_size (entries, 0);
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row)) {
    GdpScheduleEntry entry;
    const char *fault;

    if (ui_call_row_read (UI_CALL_ROW (row), &entry, &fault))
      g_array_append_val (entries, entry);
    else if (self->fault == NULL)
      self->fault = g_strdup (fault);
  }
}

static void
read_all (UiScheduleEditor *self)
{
  GdpSchedule shared;

  g_clear_pointer (&self->fault, g_free);
  read_rows (self, self->own, self->draft->calls);
  read_rows (self, self->shared, self->draft->shared);
  self->draft->window = (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->window)) * 60;
  shared = (GdpSchedule) { .name = "x", .window = self->draft->window, .n_entries = self->draft->shared->len,
                           .entries = (GdpScheduleEntry *) (gpointer) self->draft->shared->data };
  if (self->fault == NULL && self->draft->category != NULL && !gdp_schedule_check (&shared, NULL))
    self->fault = g_strdup (_("the time over which units are spread must end before midnight"));
  if (self->fault == NULL && self->draft->calls->len + self->draft->shared->len > GDP_MOST_CALLS)
    self->fault = g_strdup_printf (_("a unit keeps at most %d calls"), GDP_MOST_CALLS);
  gtk_label_set_label (GTK_LABEL (self->fault_label), self->fault != NULL ? self->fault : "");
  gtk_widget_set_visible (self->fault_label, self->fault != NULL);
}

static void
on_typed (UiScheduleEditor *self)
{
  if (self->filling || self->draft == NULL)
    return;
  read_all (self);
  g_signal_emit (self, changed, 0);
}

const char *
ui_schedule_editor_fault (UiScheduleEditor *self)
{
  return self->draft != NULL ? self->fault : NULL;
}

/* ---- rows -------------------------------------------------------------------------------- */

static int
zone_of (const UiFieldDraft *draft)
{
  const GdpSchedule *category = gdp_network_schedule (draft->network, draft->category);

  return category != NULL ? category->zone : draft->zone;
}

static void
on_row_removed (GtkWidget *row, UiScheduleEditor *self)
{
  GtkWidget *list = gtk_widget_get_parent (row);

  gtk_box_remove (GTK_BOX (list), row);
  on_typed (self);
}

static GtkWidget *
add_row (UiScheduleEditor *self, GtkWidget *list, const GdpScheduleEntry *entry)
{
  GtkWidget *row = ui_call_row_new (entry, zone_of (self->draft));

  g_signal_connect_object (row, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "removed", G_CALLBACK (on_row_removed), self, 0);
  gtk_box_append (GTK_BOX (list), row);
  return row;
}

static void
add_new (UiScheduleEditor *self, GtkWidget *list)
{
  const GdpScheduleEntry noon = { .kind = GDP_SCHEDULE_DAILY, .minute = 12 * 60 };

  if (self->draft == NULL)
    return;
  gtk_widget_child_focus (add_row (self, list, &noon), GTK_DIR_TAB_FORWARD);
  on_typed (self);
}

static void
on_add_own (UiScheduleEditor *self)
{
  add_new (self, self->own);
}

static void
on_add_shared (UiScheduleEditor *self)
{
  add_new (self, self->shared);
}

static void
fill_list (UiScheduleEditor *self, GtkWidget *list, const GArray *entries)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (list)) != NULL)
    gtk_box_remove (GTK_BOX (list), child);
  for (guint i = 0; i < entries->len; i++)
    add_row (self, list, &g_array_index (entries, GdpScheduleEntry, i));
}

/* ---- the category ------------------------------------------------------------------------ */

static guint
count_links (const UiFieldDraft *draft)
{
  guint n = 0;

  for (guint i = 0; i < draft->network->n_links; i++)
    n += g_strcmp0 (draft->network->links[i].category, draft->category) == 0;
  return n;
}

static void
fill_calls (UiScheduleEditor *self)
{
  gboolean has = self->draft->category != NULL;
  guint n = has ? count_links (self->draft) : 0;
  g_autofree char *zone = gdp_zone_text (zone_of (self->draft));
  g_autofree char *shared = g_strdup_printf (ngettext ("Calls of the category, %u unit", "Calls of the category, %u units", n), n);
  g_autofree char *own = g_strdup_printf (_("Its own calls, UTC%s"), zone);

  self->filling = TRUE;
  gtk_label_set_label (GTK_LABEL (self->shared_title), shared);
  gtk_label_set_label (GTK_LABEL (self->own_title), own);
  gtk_widget_set_visible (self->shared_title, has);
  gtk_widget_set_visible (self->shared, has);
  gtk_widget_set_visible (self->add_shared, has);
  gtk_widget_set_visible (self->window_box, has);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->window), self->draft->window / 60);
  fill_list (self, self->shared, self->draft->shared);
  fill_list (self, self->own, self->draft->calls);
  self->filling = FALSE;
}

static void
on_category (UiScheduleEditor *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->category));

  if (self->filling || self->draft == NULL || chosen > self->draft->network->n_schedules)
    return;
  ui_field_draft_set_category (self->draft, chosen > 0 ? self->draft->network->schedules[chosen - 1].name : NULL);
  fill_calls (self);
  on_typed (self);
}

static void
fill_categories (UiScheduleEditor *self)
{
  const GdpNetwork *network = self->draft->network;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint chosen = 0;

  gtk_string_list_append (names, _("no category"));
  for (guint i = 0; i < network->n_schedules; i++) {
    gtk_string_list_append (names, gdp_schedule_label (&network->schedules[i]));
    if (g_strcmp0 (network->schedules[i].name, self->draft->category) == 0)
      chosen = i + 1;
  }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->category), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->category), chosen);
}

void
ui_schedule_editor_show (UiScheduleEditor *self, UiFieldDraft *draft)
{
  self->draft = draft;
  if (draft == NULL)
    return;
  self->filling = TRUE;
  fill_categories (self);
  fill_calls (self);
  read_all (self);
}

void
ui_schedule_editor_tell (UiScheduleEditor *self, gint64 now)
{
  gint64 times[N_NEXT];
  guint n = self->draft != NULL && self->fault == NULL ? ui_field_draft_next (self->draft, now, times, N_NEXT) : 0;
  g_autoptr (GString) text = g_string_new (_("Next calls by schedule:"));

  for (guint i = 0; i < n; i++) {
    g_autofree char *when = ui_when_minute_text (times[i], now, NULL);
    g_string_append_printf (text, "%s %s", i > 0 ? "," : "", when);
  }
  if (n == 0)
    g_string_assign (text, _("No calls by schedule; it calls at its confirmation period"));
  ui_cell_set (self->next, text->str, "number");
}

/* ---- object ------------------------------------------------------------------------------ */

static GtkWidget *
add_label (UiScheduleEditor *self, const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, class);
  gtk_box_append (GTK_BOX (self->box), label);
  return label;
}

static GtkWidget *
add_list (UiScheduleEditor *self)
{
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_box_append (GTK_BOX (self->box), list);
  return list;
}

static GtkWidget *
add_button (UiScheduleEditor *self, const char *label, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "row");
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), button);
  return button;
}

static void
add_window (UiScheduleEditor *self)
{
  self->window_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->window = gtk_spin_button_new_with_range (0, GDP_DAY_SECONDS / 60, 5);
  gtk_box_append (GTK_BOX (self->window_box), gtk_label_new (_("spread over")));
  gtk_box_append (GTK_BOX (self->window_box), self->window);
  gtk_box_append (GTK_BOX (self->window_box), gtk_label_new (_("min")));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->window), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Minutes over which the category's units are spread"), -1);
  g_signal_connect_object (self->window, "value-changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), self->window_box);
}

static void
ui_schedule_editor_dispose (GObject *object)
{
  UiScheduleEditor *self = UI_SCHEDULE_EDITOR (object);

  self->filling = TRUE;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->fault, g_free);
  G_OBJECT_CLASS (ui_schedule_editor_parent_class)->dispose (object);
}

static void
ui_schedule_editor_class_init (UiScheduleEditorClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_schedule_editor_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "scheduleeditor");
  changed = g_signal_new ("changed", UI_TYPE_SCHEDULE_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_schedule_editor_init (UiScheduleEditor *self)
{
  const char *none[] = { NULL };

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 5);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->next = add_label (self, "number");
  gtk_label_set_max_width_chars (GTK_LABEL (self->next), 44);
  self->category = gtk_drop_down_new_from_strings (none);
  gtk_widget_set_halign (self->category, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->category), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Category of consumers"), -1);
  gtk_box_append (GTK_BOX (self->box), self->category);
  g_signal_connect_object (self->category, "notify::selected", G_CALLBACK (on_category), self, G_CONNECT_SWAPPED);
  self->shared_title = add_label (self, "quiet");
  self->shared = add_list (self);
  add_window (self);
  self->add_shared = add_button (self, _("Add a call of the category"), G_CALLBACK (on_add_shared));
  self->own_title = add_label (self, "quiet");
  self->own = add_list (self);
  self->add_own = add_button (self, _("Add a call of its own"), G_CALLBACK (on_add_own));
  self->fault_label = add_label (self, "fault");
}
