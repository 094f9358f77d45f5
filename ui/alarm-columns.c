/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm-columns.h"

#include "glyph.h"
#include "permit.h"
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
  g_autofree char *text = NULL;

  if (site != NULL)
    text = g_strdup_printf ("%s  %s", ui_site_get_id (site), ui_site_get_name (site));
  ui_cell_set_long (cell, text != NULL ? text : "", NULL);
}

static void
show_object (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_alarm_object_text (item);

  ui_cell_set_long (cell, text, NULL);
}

static void
show_condition (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpAlarm *alarm = ui_alarm_get (item);
  g_autofree char *text = NULL;

  /* Bad quality: the alarm keeps its state, but nobody can say whether it still holds. */
  if (alarm->reason != GDP_REASON_NONE)
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
show_state (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *acked = acked_text (item, session);

  ui_cell_set (cell, _(gdp_alarm_state_label (ui_alarm_get_state (item))),
               ui_alarm_is_unacked (item) ? "heading" : NULL);
  ui_tip_set (cell, *acked != '\0' ? acked : NULL);
}

static void
show_occurrences (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = g_strdup_printf ("%u", ui_alarm_get (item)->occurrence);

  ui_cell_set (cell, text, NULL);
}

static void
show_acked (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = acked_text (item, session);

  ui_cell_set_long (cell, text, NULL);
}

static GtkWidget *
make_button (void)
{
  GtkWidget *button = gtk_button_new_with_label (_("Acknowledge"));

  gtk_widget_add_css_class (button, "row");
  gtk_widget_set_focusable (button, FALSE);  /* by keys it is Space on the row */
  return button;
}

/* The button carries the occurrence that is on the screen with it, and no later one. */
static void
show_button (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpAlarm *alarm = ui_alarm_get (item);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (cell), "(su)", alarm->id, alarm->occurrence);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cell), "win.acknowledge");  /* never without a target */
  gtk_widget_set_visible (cell, ui_alarm_is_unacked (item));
  ui_permit (cell, session, GDP_ACT_ACKNOWLEDGE, TRUE, NULL);
}

const UiColumn ui_alarm_columns[] = {
  { .width = 0, .xalign = 0.5, .show = show_glyph, .make = ui_glyph_new },
  { N_("Occurred"),     8,  0, .show = show_occurred },
  { N_("Site"),         8,  0, .share = 3, .show = show_site },
  { N_("Point"),        15, 0, .share = 3, .tail = TRUE, .show = show_object },
  { N_("Condition"),    13, 0, .share = 2, .show = show_condition },
  { N_("Value"),        8,  1, .show = show_value },
  { N_("Limit"),        8,  1, .yields = 1, .show = show_limit },
  { N_("State"),        12, 0, .share = 1, .show = show_state },
  { N_("Times"),        3,  1, .yields = 3, .show = show_occurrences },
  { N_("Acknowledged"), 14, 0, .share = 2, .yields = 2, .show = show_acked },
  { .width = 13, .show = show_button, .make = make_button },
};
const guint ui_n_alarm_columns = G_N_ELEMENTS (ui_alarm_columns);

const UiColumn ui_site_alarm_columns[] = {
  { .width = 0, .xalign = 0.5, .show = show_glyph, .make = ui_glyph_new },
  { N_("Occurred"),     8,  0, .show = show_occurred },
  { N_("Point"),        15, 0, .share = 3, .tail = TRUE, .show = show_object },
  { N_("Condition"),    13,  0, .share = 2, .show = show_condition },
  { N_("Value"),        8,  1, .yields = 1, .show = show_value },
  { N_("Acknowledged"), 12, 0, .share = 1, .yields = 2, .show = show_acked },
  { .width = 13, .show = show_button, .make = make_button },
};
const guint ui_n_site_alarm_columns = G_N_ELEMENTS (ui_site_alarm_columns);
