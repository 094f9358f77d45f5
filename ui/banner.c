/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "banner.h"

#include "columns.h"
#include "flash.h"
#include "glyph.h"
#include "horn-button.h"
#include "rights-popover.h"
#include "state-mark.h"
#include "tip.h"
#include "untold-popover.h"
#include "when.h"

#include <glib/gi18n.h>

#define N_SHOWN 3

/* A button for one alarm. */
typedef struct {
  GtkWidget *button, *glyph, *site, *mark, *condition, *value, *object, *when;
} Place;

struct _UiBanner {
  GtkWidget  parent_instance;

  /* template */
  GtkWidget *alarms, *calm, *counts_button, *counts, *flood_button, *flood_title, *flood, *untold_button, *untold_title, *untold, *horn, *person_button, *person, *role, *heart, *clock, *date;

  /* borrowed: children of the above */
  Place      places[N_SHOWN];
  GtkWidget *numbers[UI_N_PRIORITIES + 1];

  /* owned */
  UiSession *session;
  gboolean   wide;
};

G_DEFINE_FINAL_TYPE (UiBanner, ui_banner, GTK_TYPE_WIDGET)

/* "Door · chatters ×9": a row that comes again and again is one. */
static char *
object_text (UiBanner *self, UiAlarm *row)
{
  GdpCourse course = ui_session_course (self->session, ui_alarm_get (row)->id);
  g_autofree char *object = ui_alarm_object_text (row);

  return course.first != 0 ? g_strdup_printf (_("%s · chatters ×%u"), object, course.count) : g_steal_pointer (&object);
}

/* What was crossed is over when the value is back: a number beside "High" would be read as high now. */
static char *
value_text (UiAlarm *row)
{
  if (!ui_alarm_get (row)->active)
    return g_strdup (C_("alarm", "returned"));
  if (!ui_alarm_has_number (row))
    return g_strdup ("");
  return ui_point_number_text (&ui_alarm_get_network (row)->points[ui_alarm_get_point (row)], ui_alarm_get (row)->value);
}

static void
show_alarm (UiBanner *self, Place *place, UiAlarm *row)
{
  const GdpAlarm *alarm;
  UiSite *site;
  g_autofree char *where = NULL, *object = NULL, *when = NULL, *value = NULL, *all = NULL;

  gtk_widget_set_visible (place->button, row != NULL);
  ui_glyph_set_alarm (UI_GLYPH (place->glyph), row);
  if (row == NULL)
    return;
  alarm = ui_alarm_get (row);
  site = ui_session_site_at (self->session, ui_alarm_get_site (row));
  where = site != NULL ? g_strdup (ui_site_get_id (site)) : ui_alarm_reach_text (row);
  object = object_text (self, row);
  when = ui_when_text (alarm->occurred, ui_session_now (self->session), NULL);
  value = value_text (row);
  all = g_strdup_printf ("%s  %s\n%s  %s  %s", where != NULL ? where : "", object, ui_alarm_condition_text (row), value, when);
  ui_cell_set (place->site, where != NULL ? where : "", "heading");
  ui_state_mark_set (UI_STATE_MARK (place->mark), ui_alarm_get_state (row), GDP_SUPPRESSION_NONE);
  gtk_widget_set_visible (place->mark, !alarm->active);
  ui_cell_set (place->object, object, NULL);
  ui_cell_set (place->condition, ui_alarm_condition_text (row), NULL);
  ui_cell_set (place->value, value, alarm->active ? "number" : "dim-label");
  ui_cell_set (place->when, when, "dim-label");
  ui_tip_set (place->button, g_strstrip (all));
  gtk_widget_set_visible (place->site, where != NULL);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (place->button), "s", alarm->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (place->button),
                                  "win.show-alarm");  /* never without a target */
}

/* The list's order is the order of importance, so its head is what is wanted. */
static void
show_alarms (UiBanner *self)
{
  UiAlarmList *alarms = ui_session_get_alarms (self->session);
  gboolean any = FALSE;

  for (guint i = 0; i < N_SHOWN; i++) {
    UiAlarm *row = ui_alarm_list_peek (alarms, i);

    show_alarm (self, &self->places[i], row != NULL && ui_alarm_is_unacked (row) ? row : NULL);
    any |= row != NULL && ui_alarm_is_unacked (row);
  }
  gtk_widget_set_visible (self->alarms, any);
  gtk_widget_set_visible (self->calm, !any);
  gtk_label_set_label (GTK_LABEL (self->calm), ui_session_is_loaded (self->session) ? _("No unacknowledged alarms") : "");
}

/* What has not been read is not none. */
static void
show_unknown_counts (UiBanner *self)
{
  for (guint priority = 1; priority <= UI_N_PRIORITIES; priority++)
    ui_cell_set (self->numbers[priority], "–", "none");
  ui_cell_set (self->untold, "–", "none");
}

static void
show_counts (UiBanner *self)
{
  g_autofree char *untold = g_strdup_printf ("%u", ui_session_count_untold (self->session));

  if (!ui_session_is_loaded (self->session)) {
    show_unknown_counts (self);
    return;
  }
  for (guint priority = 1; priority <= UI_N_PRIORITIES; priority++) {
    guint unacked = ui_session_count_unacked (self->session, priority);
    guint active = ui_session_count_active (self->session, priority);
    g_autofree char *text = unacked == 0 ? g_strdup_printf ("%u", active) : g_strdup_printf ("%u/%u",
                                                                                             unacked, active);

    ui_cell_set (self->numbers[priority], text, unacked > 0 ? "unacked" : active > 0 ? "active" : "none");
  }
  ui_cell_set (self->untold, untold, ui_session_count_untold (self->session) > 0 ? "active" : "none");
}

/* Said quietly: who has so much to look at is not helped by one thing more that shines. */
static void
show_flood (UiBanner *self)
{
  gint64 since = ui_session_flood_since (self->session);
  g_autofree char *when = ui_when_text (since, ui_session_now (self->session), NULL);
  g_autofree char *title = g_strdup_printf (_("Flood since %s"), when);
  g_autofree char *number = g_strdup_printf ("%u", ui_session_flood_count (self->session));
  g_autofree char *text = g_strdup_printf (_("%s in 10 min"), number);
  g_autofree char *tip = g_strdup_printf (_("A flood of alarms since %s: %s in 10 min. The list shows them in groups, with what came "
                                            "first on top; nothing is hidden."), when, number);

  gtk_widget_set_visible (self->flood_button, since != 0);
  if (since == 0)
    return;
  ui_cell_set (self->flood_title, self->wide ? title : C_("banner", "Flood"), "dim-label");
  ui_cell_set (self->flood, self->wide ? text : number, self->wide ? NULL : "figure");
  ui_tip_set (self->flood_button, tip);
}

static void
show_heart (UiBanner *self)
{
  gint64 age = ui_session_heartbeat_age (self->session);
  g_autofree char *text = NULL;

  if (ui_session_get_state (self->session) == UI_STATE_STORE_LOST)
    text = g_strdup (_("store lost"));
  else if (age < 0)
    text = g_strdup (_("no server"));
  else if (ui_session_is_live (self->session))
    text = g_strdup (_("♥ live"));
  else {
    g_autofree char *silent = ui_age_text (age);
    text = g_strdup_printf (_("♡ silent %s"), silent);
  }
  ui_cell_set (self->heart, text, ui_session_is_live (self->session) ? "dim-label" : "lost");
}

/* A computer whose clock is wrong shows the store's; that it does must not be overlooked. */
static void
show_clock (UiBanner *self)
{
  gint64 slow = ui_session_clock_slow (self->session);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (ui_session_clock (self->session) / GDP_SECOND);
  g_autofree char *clock = g_date_time_format (now, "%H:%M:%S"), *date = g_date_time_format (now, "%d.%m.%Y");
  g_autofree char *by = ui_age_text (ABS (slow)), *tip = NULL;

  if (slow != 0)
    tip = g_strdup_printf (slow > 0 ? _("This computer's clock is %s slow. Everything is shown by the store's clock; set this one.")
                                    : _("This computer's clock is %s fast. Everything is shown by the store's clock; set this one."),
                           by);
  ui_cell_set (self->clock, clock, slow != 0 ? "lost" : NULL);
  ui_cell_set (self->date, slow != 0 ? _("not this PC's") : date, slow != 0 ? "lost" : "dim-label");
  gtk_widget_set_visible (self->date, self->wide || slow != 0);
  ui_tip_set (self->clock, tip != NULL ? tip : date);   /* where there is no room for it */
}

static void
on_tick (UiBanner *self)
{
  show_clock (self);
  show_heart (self);
  show_flood (self);
  show_counts (self);
}

static void
on_updated (UiBanner *self)
{
  show_alarms (self);
  show_flood (self);
  show_counts (self);
}

static void
on_rights (UiBanner *self)
{
  gboolean nobody = ui_session_get_sign (self->session) == UI_SIGN_OUT;
  const char *person = nobody ? _("Nobody") : ui_session_get_person (self->session);
  const char *role = ui_session_role_text (self->session);
  /* Translators: a person's name, a role */
  g_autofree char *tip = g_strdup_printf (_("%s, %s: what may be done"), person, role);

  gtk_label_set_label (GTK_LABEL (self->person), person);
  gtk_label_set_label (GTK_LABEL (self->role), role);
  ui_tip_set (self->person_button, tip);
}

void
ui_banner_set_session (UiBanner *self, UiSession *session)
{
  self->session = g_object_ref (session);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->person_button), ui_rights_popover_new (session));
  g_signal_connect_object (session, "rights", G_CALLBACK (on_rights), self, G_CONNECT_SWAPPED);
  on_rights (self);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->untold_button), ui_untold_popover_new (session));
  g_signal_connect_object (session, "updated", G_CALLBACK (on_updated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
  on_updated (self);
  on_tick (self);
}

void
ui_banner_set_horn (UiBanner *self, UiHorn *horn)
{
  ui_horn_button_set_horn (UI_HORN_BUTTON (self->horn), horn);
}

void
ui_banner_show_untold (UiBanner *self)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->untold_button));
}

void
ui_banner_set_wide (UiBanner *self, gboolean wide)
{
  for (guint i = 0; i < N_SHOWN; i++) {
    gtk_widget_set_visible (self->places[i].value, wide);
    gtk_widget_set_visible (self->places[i].when, wide);
  }
  self->wide = wide;
  if (self->session != NULL) {
    show_clock (self);
    show_flood (self);
  }
  gtk_label_set_max_width_chars (GTK_LABEL (self->person), wide ? 26 : 9);
  gtk_label_set_max_width_chars (GTK_LABEL (self->role), wide ? 26 : 12);
}

static GtkWidget *
word_new (GtkWidget *line, PangoEllipsizeMode cut)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), cut);
  gtk_box_append (GTK_BOX (line), label);
  return label;
}

/* "GDP-003 Low-low 0.0689 MPa" over "Outlet pressure 1 18:03:18". Words may be cut, numbers never: where there
 * is no room for them they are in the tooltip. */
static void
build_place (UiBanner *self, Place *place)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *upper = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *lower = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  place->button = gtk_button_new ();
  place->glyph = ui_glyph_new ();
  place->site = word_new (upper, PANGO_ELLIPSIZE_NONE);
  place->mark = ui_state_mark_new ();
  gtk_box_append (GTK_BOX (upper), place->mark);
  place->condition = word_new (upper, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (place->condition, "condition");   /* tests: what is wrong is never cut where windows are laid out for */
  place->value = word_new (upper, PANGO_ELLIPSIZE_NONE);
  place->object = word_new (lower, PANGO_ELLIPSIZE_MIDDLE);   /* its end tells points apart */
  place->when = word_new (lower, PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_visible (place->value, FALSE);   /* until the window is known to be wide */
  gtk_widget_set_visible (place->when, FALSE);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), upper);
  gtk_box_append (GTK_BOX (lines), lower);
  gtk_box_append (GTK_BOX (box), place->glyph);
  gtk_box_append (GTK_BOX (box), lines);
  gtk_button_set_child (GTK_BUTTON (place->button), box);
  gtk_widget_add_css_class (place->button, "alarm");
  gtk_box_append (GTK_BOX (self->alarms), place->button);
}

static void
build_count (UiBanner *self, guint priority)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4), *glyph = ui_glyph_new ();

  ui_glyph_set_priority (UI_GLYPH (glyph), priority);
  self->numbers[priority] = gtk_label_new ("0");
  gtk_widget_add_css_class (box, "count");
  gtk_box_append (GTK_BOX (box), glyph);
  gtk_box_append (GTK_BOX (box), self->numbers[priority]);
  gtk_box_append (GTK_BOX (self->counts), box);
}

static void
ui_banner_dispose (GObject *object)
{
  UiBanner *self = UI_BANNER (object);
  GtkWidget *child;

  g_clear_object (&self->session);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ui_banner_parent_class)->dispose (object);
}

static void
ui_banner_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ui_flash_snapshot (widget, snapshot, 1);
  GTK_WIDGET_CLASS (ui_banner_parent_class)->snapshot (widget, snapshot);
}

static void
ui_banner_class_init (UiBannerClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_banner_dispose;
  widget_class->snapshot = ui_banner_snapshot;
  g_type_ensure (UI_TYPE_HORN_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/banner.ui");
  gtk_widget_class_bind_template_child (widget_class, UiBanner, alarms);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, calm);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, counts_button);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, counts);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, flood_button);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, flood_title);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, flood);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, untold_button);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, untold_title);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, untold);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, horn);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, person_button);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, person);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, role);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, heart);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, clock);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, date);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "banner");
}

static void
ui_banner_init (UiBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_SHOWN; i++)
    build_place (self, &self->places[i]);
  for (guint priority = 1; priority <= UI_N_PRIORITIES; priority++)
    build_count (self, priority);
}
