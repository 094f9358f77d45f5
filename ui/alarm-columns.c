/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm-columns.h"

#include "decision.h"
#include "glyph.h"
#include "permit.h"
#include "state-mark.h"
#include "tip.h"
#include "when.h"

#include <glib/gi18n.h>
#include <math.h>

/* Learned this much later than it occurred is worth saying. */
#define LATE (5 * GDP_SECOND)

static void
show_glyph (GtkWidget *cell, gpointer item, UiSession *session)
{
  ui_glyph_set_alarm (UI_GLYPH (cell), item);
}

/* "18:03:18", or "18:03:18 +6 min" when it was learned that much later. */
static void
show_occurred (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpAlarm *alarm = ui_alarm_get (item);
  g_autofree char *when = ui_when_text (alarm->occurred, ui_session_now (session), NULL);
  g_autofree char *late = ui_age_text (alarm->learned - alarm->occurred);
  g_autofree char *occurred = ui_when_full_text (alarm->occurred, NULL);
  g_autofree char *learned = ui_when_full_text (alarm->learned, NULL);
  g_autofree char *said = g_strdup_printf (_("Occurred %s\nLearned %s"), occurred, learned);
  g_autofree char *text = alarm->learned - alarm->occurred > LATE ? g_strdup_printf ("%s +%s", when, late)
                                                                  : g_strdup (when);

  ui_cell_set (cell, text, NULL);
  ui_tip_set (cell, said);
}

static void
show_site (GtkWidget *cell, gpointer item, UiSession *session)
{
  UiSite *site = ui_session_site_at (session, ui_alarm_get_site (item));
  g_autofree char *text = site != NULL ? g_strdup_printf ("%s  %s", ui_site_get_id (site), ui_site_get_name (site))
                                       : ui_alarm_reach_text (item);

  ui_cell_set_long (cell, text != NULL ? text : "", NULL);
}

/* "Slam-shut 1 · first of 5", below it "↳ Outlet pressure 1". */
static char *
place_text (UiAlarm *row, const char *object)
{
  UiAlarm *cause;
  guint size;
  UiGroupPlace place = ui_alarm_get_group (row, &size, &cause);
  GdpCondition condition = ui_alarm_get (row)->condition;
  gboolean stands_for = condition == GDP_CONDITION_SILENT || condition == GDP_CONDITION_LOST || condition == GDP_CONDITION_REFUSES;

  if (place == UI_GROUP_NONE)
    return g_strdup (object);
  if (place == UI_GROUP_MEMBER)
    return g_strdup_printf (cause != NULL ? "   ↳ %s" : "   · %s", object);
  return stands_for ? g_strdup_printf (_("%s · stands for %u"), object, size - 1) : g_strdup_printf (_("%s · first of %u"), object, size);
}

/* What more there is to say of it than its place: what brought it about, and that it comes and goes. */
static char *
object_tip (UiAlarm *row, GdpCourse course, UiSession *session)
{
  g_autofree char *object = ui_alarm_object_text (row), *since = ui_when_text (course.first, ui_session_now (session), NULL);
  GString *tip = g_string_new (object);
  UiAlarm *cause;
  guint size;

  ui_alarm_get_group (row, &size, &cause);
  if (cause != NULL) {
    g_autofree char *other = ui_alarm_object_text (cause);
    g_string_append_c (tip, '\n');
    g_string_append_printf (tip, _("Because of: %s %s"), other, ui_alarm_condition_text (cause));
  }
  if (course.first != 0) {
    g_string_append_c (tip, '\n');
    g_string_append_printf (tip, _("It chatters: ×%u since %s. Shelve it, and have it looked at."), course.count, since);
  }
  return g_string_free (tip, FALSE);
}

static void
show_named (GtkWidget *cell, gpointer item, UiSession *session, const char *text)
{
  GdpCourse course = ui_session_course (session, ui_alarm_get (item)->id);
  g_autofree char *tip = object_tip (item, course, session);
  g_autofree char *folded = course.first != 0 ? g_strdup_printf (_("%s · chatters ×%u"), text, course.count) : NULL;

  ui_cell_set (cell, folded != NULL ? folded : text, NULL);
  ui_tip_set (cell, tip);
}

static void
show_object (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_alarm_object_text (item);

  show_named (cell, item, session, text);
}

/* Where alarms may stand in groups. */
static void
show_placed (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *object = ui_alarm_object_text (item), *text = place_text (item, object);

  show_named (cell, item, session, text);
}

static void
show_condition (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpAlarm *alarm = ui_alarm_get (item);
  guint below = ui_alarm_get_below (item);
  g_autofree char *text = NULL;

  /* What is suppressed because of it has no row beside it. */
  if (below > 0)
    text = g_strdup_printf (ngettext ("%s: %u alarm below it", "%s: %u alarms below it", below), ui_alarm_condition_text (item), below);
  /* Bad quality: the alarm keeps its state, but nobody can say whether it still holds. */
  else if (alarm->reason != GDP_REASON_NONE)
    text = g_strdup_printf (_("%s (unknown: %s)"), ui_alarm_condition_text (item),
                            _(gdp_reason_label (alarm->reason)));
  ui_cell_set_long (cell, text != NULL ? text : ui_alarm_condition_text (item), NULL);
}

static void
show_number (GtkWidget *cell, UiAlarm *row, double number)
{
  guint point = ui_alarm_get_point (row);
  g_autofree char *text = NULL;

  if (point != G_MAXUINT && !isnan (number))
    text = ui_point_number_text (&ui_alarm_get_network (row)->points[point], number);
  ui_cell_set (cell, text != NULL ? text : "", "number");
}

/* Of a fault the alarm keeps the last usable number, which must not look like a measured one. */
static void
show_value (GtkWidget *cell, gpointer item, UiSession *session)
{
  show_number (cell, item, ui_alarm_has_number (item) ? ui_alarm_get (item)->value : NAN);
}

static void
show_limit (GtkWidget *cell, gpointer item, UiSession *session)
{
  show_number (cell, item, ui_alarm_get (item)->limit);
}

static char *
acked_text (UiAlarm *row, UiSession *session)
{
  const GdpAlarm *alarm = ui_alarm_get (row);
  g_autofree char *when = ui_when_text (alarm->acked_at, ui_session_now (session), NULL);

  if (!alarm->acked || alarm->acked_by == NULL)
    return g_strdup ("");
  return alarm->comment != NULL ? g_strdup_printf ("%s %s: %s", alarm->acked_by, when, alarm->comment)
                                : g_strdup_printf ("%s %s", alarm->acked_by, when);
}

static void
show_mark (GtkWidget *cell, gpointer item, UiSession *session)
{
  ui_state_mark_set (UI_STATE_MARK (cell), ui_alarm_get_state (item), ui_alarm_get (item)->suppression);
}

static void
show_state (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *acked = acked_text (item, session), *held = ui_alarm_suppression_text (item);
  g_autofree char *status = ui_alarm_status_text (item, ui_session_now (session));
  const char *tip = held != NULL ? held : *acked != '\0' ? acked : status;

  ui_cell_set (cell, status, ui_alarm_is_unacked (item) ? "heading" : NULL);
  ui_tip_set (cell, tip);
}

static void
show_times (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = g_strdup_printf ("%u", ui_alarm_get (item)->times);

  ui_cell_set (cell, text, NULL);
}

static void
show_acked (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = acked_text (item, session);

  ui_cell_set_long (cell, text, NULL);
}

static GtkWidget *
button_new (const char *label)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "row");
  gtk_widget_set_focusable (button, FALSE);  /* by keys it is Space on the row, or Ctrl+H */
  return button;
}

static GtkWidget *
make_acknowledge (void)
{
  return button_new (_("Acknowledge"));
}

static GtkWidget *
make_buttons (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  gtk_box_append (GTK_BOX (box), make_acknowledge ());
  gtk_box_append (GTK_BOX (box), button_new (_("Shelve…")));
  return box;
}

/* It carries the occurrence that is on the screen with it, and no later one. */
static void
show_acknowledge (GtkWidget *button, gpointer row, UiSession *session)
{
  const GdpAlarm *alarm = ui_alarm_get (row);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(su)", alarm->id, alarm->occurrence);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.acknowledge");  /* never without a target */
  gtk_widget_set_visible (button, ui_alarm_is_unacked (row));
  ui_permit (button, session, GDP_ACT_ACKNOWLEDGE, TRUE, NULL);
}

/* Offered of what comes and goes without end, and is not shelved yet; the dialog has an end and a reason ready. */
static void
show_shelve (GtkWidget *button, UiAlarm *row, UiSession *session)
{
  const GdpAlarm *alarm = ui_alarm_get (row);
  gboolean offered = alarm->suppression == GDP_SUPPRESSION_NONE && ui_session_course (session, alarm->id).first != 0;

  gtk_widget_set_visible (button, offered);
  if (!offered)
    return;
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(ss)", ui_decision_info (UI_DECISION_SHELVE)->word, alarm->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.decide");
  ui_permit (button, session, GDP_ACT_SHELVE, ui_session_is_live (session), NULL);
}

static void
show_buttons (GtkWidget *cell, gpointer item, UiSession *session)
{
  GtkWidget *acknowledge = gtk_widget_get_first_child (cell);

  show_acknowledge (acknowledge, item, session);
  show_shelve (gtk_widget_get_next_sibling (acknowledge), item, session);
}

const UiColumn ui_alarm_columns[] = {
  { .width = 0, .xalign = 0.5, .show = show_glyph, .make = ui_glyph_new },
  { N_("Occurred"),     8,  0, .show = show_occurred },
  { N_("Site"),         8,  0, .share = 3, .show = show_site },
  { N_("Point"),        15, 0, .share = 3, .ages = TRUE, .tail = TRUE, .show = show_placed },
  { N_("Condition"),    13, 0, .share = 2, .show = show_condition },
  { N_("Value"),        8,  1, .show = show_value },
  { N_("Limit"),        8,  1, .yields = 2, .show = show_limit },
  { .width = 0, .xalign = 0.5, .show = show_mark, .make = ui_state_mark_new },
  { N_("State"),        14, 0, .share = 2, .ages = TRUE, .show = show_state },
  { N_("Times"),        3,  1, .yields = 4, .show = show_times },
  { N_("Acknowledged"), 14, 0, .share = 2, .yields = 3, .show = show_acked },
  { .width = 13, .ages = TRUE, .show = show_buttons, .make = make_buttons },
};
const guint ui_n_alarm_columns = G_N_ELEMENTS (ui_alarm_columns);

const UiColumn ui_site_alarm_columns[] = {
  { .width = 0, .xalign = 0.5, .show = show_glyph, .make = ui_glyph_new },
  { N_("Occurred"),     8,  0, .show = show_occurred },
  { N_("Point"),        15, 0, .share = 3, .ages = TRUE, .tail = TRUE, .show = show_object },
  { N_("Condition"),    13,  0, .share = 2, .show = show_condition },
  { .width = 0, .xalign = 0.5, .show = show_mark, .make = ui_state_mark_new },
  { N_("State"),        12, 0, .share = 1, .yields = 1, .ages = TRUE, .show = show_state },
  { N_("Value"),        8,  1, .yields = 2, .show = show_value },
  { N_("Acknowledged"), 12, 0, .share = 1, .yields = 3, .show = show_acked },
  { .width = 13, .show = show_acknowledge, .make = make_acknowledge },
};
const guint ui_n_site_alarm_columns = G_N_ELEMENTS (ui_site_alarm_columns);
