/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call-row.h"

#include <glib/gi18n.h>
#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define N_DAYS 7

struct _UiCallRow {
  GtkWidget  parent_instance;

  GtkWidget *box, *kind, *days, *month_day, *date, *time, *weekdays[N_DAYS];
  int        zone;
};

G_DEFINE_FINAL_TYPE (UiCallRow, ui_call_row, GTK_TYPE_WIDGET)

enum { CHANGED, REMOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* In the order of the list; the stack's page for each. */
static const struct { GdpScheduleKind kind; const char *label, *page; } kinds[] = {
  { GDP_SCHEDULE_DAILY,   N_("daily"),   "daily" },
  { GDP_SCHEDULE_WEEKLY,  N_("weekly"),  "weekly" },
  { GDP_SCHEDULE_MONTHLY, N_("monthly"), "monthly" },
  { GDP_SCHEDULE_ONCE,    N_("once"),    "once" },
};

static const char *const weekdays[N_DAYS] = {
  N_("Mo"), N_("Tu"), N_("We"), N_("Th"), N_("Fr"), N_("Sa"), N_("Su"),
};

/* ---- reading ----------------------------------------------------------------------------- */

static gboolean
read_time (UiCallRow *self, GdpScheduleEntry *entry)
{
  guint hour, minute;
  char rest;

  if (sscanf (gtk_editable_get_text (GTK_EDITABLE (self->time)), "%2u:%2u%c", &hour, &minute, &rest) != 2
      || hour > 23 || minute > 59)
    return FALSE;
  entry->minute = (guint16) (hour * 60 + minute);
  return TRUE;
}

static gboolean
read_date (UiCallRow *self, GdpScheduleEntry *entry)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (self->zone * 60);
  g_autoptr (GDateTime) then = NULL;
  int day, month, year;
  char rest;

  if (sscanf (gtk_editable_get_text (GTK_EDITABLE (self->date)), "%2d.%2d.%4d%c", &day, &month, &year, &rest) != 3)
    return FALSE;
  then = g_date_time_new (zone, year, month, day, entry->minute / 60, entry->minute % 60, 0);
  if (then == NULL)
    return FALSE;
  entry->time = g_date_time_to_unix (then) * SECOND;
  entry->minute = 0;
  return TRUE;
}

static void
read_weekdays (UiCallRow *self, GdpScheduleEntry *entry)
{
  for (guint i = 0; i < N_DAYS; i++)
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->weekdays[i])))
      entry->day |= (guint8) (1 << i);
}

gboolean
ui_call_row_read (UiCallRow *self, GdpScheduleEntry *entry, const char **fault)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->kind));
  g_autoptr (GError) error = NULL;
  GdpSchedule schedule = { .name = "x", .entries = entry, .n_entries = 1 };

  *entry = (GdpScheduleEntry) { .kind = kinds[MIN (chosen, G_N_ELEMENTS (kinds) - 1)].kind };
  *fault = NULL;
  if (!read_time (self, entry))
    *fault = _("a time is hours:minutes, as 06:30");
  else if (entry->kind == GDP_SCHEDULE_ONCE && !read_date (self, entry))
    *fault = _("a date is day.month.year, as 01.12.2026");
  else if (entry->kind == GDP_SCHEDULE_WEEKLY) {
    read_weekdays (self, entry);
    *fault = entry->day == 0 ? _("choose at least one day of the week") : NULL;
  } else if (entry->kind == GDP_SCHEDULE_MONTHLY)
    entry->day = (guint8) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->month_day));
  if (*fault == NULL && !gdp_schedule_check (&schedule, &error))
    *fault = _("beyond what a unit can keep");
  return *fault == NULL;
}

/* ---- showing ----------------------------------------------------------------------------- */

static void
on_changed (UiCallRow *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->kind));

  if (chosen < G_N_ELEMENTS (kinds))
    gtk_stack_set_visible_child_name (GTK_STACK (self->days), kinds[chosen].page);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_removed (UiCallRow *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

static void
fill (UiCallRow *self, const GdpScheduleEntry *entry)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (self->zone * 60);
  gint64 shown = entry->kind == GDP_SCHEDULE_ONCE ? entry->time : g_get_real_time () + GDP_DAY_SECONDS * SECOND;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (shown / SECOND);
  g_autoptr (GDateTime) then = g_date_time_to_timezone (utc, zone);
  g_autofree char *date = g_date_time_format (then, "%d.%m.%Y");
  g_autofree char *time = entry->kind == GDP_SCHEDULE_ONCE
                            ? g_date_time_format (then, "%H:%M")
                            : g_strdup_printf ("%02u:%02u", entry->minute / 60, entry->minute % 60);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].kind == entry->kind)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->kind), i);
  for (guint i = 0; i < N_DAYS; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->weekdays[i]),
                                  entry->kind == GDP_SCHEDULE_WEEKLY ? entry->day >> i & 1 : i == 0);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->month_day), entry->kind == GDP_SCHEDULE_MONTHLY ? entry->day : 1);
  gtk_editable_set_text (GTK_EDITABLE (self->date), date);
  gtk_editable_set_text (GTK_EDITABLE (self->time), time);
}

static GtkWidget *
make_weekdays (UiCallRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_add_css_class (box, "days");
  for (guint i = 0; i < N_DAYS; i++) {
    self->weekdays[i] = gtk_toggle_button_new_with_label (_(weekdays[i]));
    gtk_box_append (GTK_BOX (box), self->weekdays[i]);
  }
  return box;
}

static GtkWidget *
make_entry (const char *name, int digits)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), digits);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), digits);
  gtk_widget_set_halign (entry, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return entry;
}

static void
build (UiCallRow *self)
{
  const char *labels[G_N_ELEMENTS (kinds) + 1] = { NULL };
  GtkWidget *remove = gtk_button_new_from_icon_name ("list-remove-symbolic"), *at = gtk_label_new (_("at"));

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    labels[i] = _(kinds[i].label);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->kind = gtk_drop_down_new_from_strings (labels);
  self->days = gtk_stack_new ();
  self->month_day = gtk_spin_button_new_with_range (1, 31, 1);
  gtk_widget_set_halign (self->month_day, GTK_ALIGN_START);
  self->date = make_entry (_("Date"), 10);
  self->time = make_entry (_("Time"), 5);
  gtk_stack_set_hhomogeneous (GTK_STACK (self->days), FALSE);
  gtk_stack_add_named (GTK_STACK (self->days), gtk_label_new (""), "daily");
  gtk_stack_add_named (GTK_STACK (self->days), make_weekdays (self), "weekly");
  gtk_stack_add_named (GTK_STACK (self->days), self->month_day, "monthly");
  gtk_stack_add_named (GTK_STACK (self->days), self->date, "once");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->kind), GTK_ACCESSIBLE_PROPERTY_LABEL, _("How often"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->month_day), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Day of the month"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Remove this call"), -1);
  gtk_widget_set_tooltip_text (remove, _("Remove this call"));
  gtk_widget_add_css_class (remove, "flat");
  gtk_box_append (GTK_BOX (self->box), self->kind);
  gtk_box_append (GTK_BOX (self->box), self->days);
  gtk_box_append (GTK_BOX (self->box), at);
  gtk_box_append (GTK_BOX (self->box), self->time);
  gtk_box_append (GTK_BOX (self->box), remove);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_removed), self, G_CONNECT_SWAPPED);
}

static void
listen (UiCallRow *self)
{
  g_signal_connect_object (self->kind, "notify::selected", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->month_day, "value-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->date, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->time, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  for (guint i = 0; i < N_DAYS; i++)
    g_signal_connect_object (self->weekdays[i], "toggled", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

GtkWidget *
ui_call_row_new (const GdpScheduleEntry *entry, int zone)
{
  UiCallRow *self = g_object_new (UI_TYPE_CALL_ROW, NULL);

  self->zone = zone;
  fill (self, entry);
  on_changed (self);
  listen (self);
  return GTK_WIDGET (self);
}

static void
ui_call_row_dispose (GObject *object)
{
  g_clear_pointer (&UI_CALL_ROW (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_call_row_parent_class)->dispose (object);
}

static void
ui_call_row_class_init (UiCallRowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_call_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "callrow");
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_CALL_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVED] = g_signal_new ("removed", UI_TYPE_CALL_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_call_row_init (UiCallRow *self)
{
  build (self);
}
