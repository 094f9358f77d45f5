/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "point-columns.h"

#include "glyph.h"
#include "tip.h"
#include "when.h"

#include <glib/gi18n.h>
#include <math.h>

static void
show_glyph (GtkWidget *cell, gpointer item, UiSession *session)
{
  ui_glyph_set_alarm (UI_GLYPH (cell), ui_session_point_alarm (session, ui_point_get_index (item)));
}

/* All limits in words, for where their columns have no room. */
static char *
limits_text (const GdpPoint *point)
{
  g_autoptr (GString) text = g_string_new (ui_point_name (point));

  for (int level = GDP_N_LEVELS - 1; level >= 0; level--)
    if (point->limits.level[level].priority != 0) {
      g_autofree char *number = ui_point_number_text (point, point->limits.level[level].value);
      g_string_append_printf (text, "\n%s %s", gdp_level_word (level), number);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
show_name (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpPoint *point = ui_point_get_config (item);
  g_autofree char *limits = limits_text (point);

  ui_cell_set (cell, ui_point_name (point), NULL);
  ui_tip_set (cell, limits);
}

static void
show_value (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_auto (UiValue) value = { 0 };
  g_autofree char *text = NULL;

  ui_session_describe (session, ui_point_get_index (item), &value);
  text = g_strdup_printf ("%s%s", value.look == UI_LOOK_BAD ? "—" : value.text, value.mark);
  ui_cell_set (cell, text, ui_look_class (value.look));
  ui_tip_set (cell, *value.detail != '\0' ? value.detail : NULL);
}

static void
show_unit (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpPoint *point = ui_point_get_config (item);

  ui_cell_set (cell, ui_point_unit (point),
               "dim-label");
}

static void
show_limit (GtkWidget *cell, gpointer item, GdpLevel level)
{
  const GdpPoint *point = ui_point_get_config (item);
  const GdpLimit *limit = &point->limits.level[level];
  g_autofree char *text = NULL;

  if (limit->priority != 0)
    text = ui_number_text (limit->value, gdp_resolution_decimals (point->resolution));
  ui_cell_set (cell, text != NULL ? text : "", "dim-label");
}

static void
show_ll (GtkWidget *cell, gpointer item, UiSession *session)
{
  show_limit (cell, item, GDP_LEVEL_LL);
}

static void
show_l (GtkWidget *cell, gpointer item, UiSession *session)
{
  show_limit (cell, item, GDP_LEVEL_L);
}

static void
show_h (GtkWidget *cell, gpointer item, UiSession *session)
{
  show_limit (cell, item, GDP_LEVEL_H);
}

static void
show_hh (GtkWidget *cell, gpointer item, UiSession *session)
{
  show_limit (cell, item, GDP_LEVEL_HH);
}

/* Why the value is not simply true; "Good" when it is. */
static void
show_quality (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpReading *reading = ui_session_get_reading (session, ui_point_get_index (item));
  GdpReason reason = reading != NULL ? reading->reason : GDP_REASON_WAITING;

  ui_cell_set_long (cell, _(reason != GDP_REASON_NONE ? gdp_reason_label (reason)
                                                      : gdp_quality_label (GDP_QUALITY_GOOD)),
                    reason != GDP_REASON_NONE ? "heading" : "dim-label");
}

static void
show_age (GtkWidget *cell, gpointer item, UiSession *session)
{
  guint index = ui_point_get_index (item);
  gint64 age = ui_session_point_age (session, index);
  g_auto (UiValue) value = { 0 };
  g_autofree char *text = age >= 0 ? ui_age_text (age) : g_strdup ("—");

  ui_session_describe (session, index, &value);
  ui_cell_set (cell, text, *value.age != '\0' ? "heading" : "dim-label");
}

/* A limit's name; of a discrete point, whose state the value already says, what is owed to its alarm. */
static void
show_alarm (GtkWidget *cell, gpointer item, UiSession *session)
{
  UiAlarm *alarm = ui_session_point_alarm (session, ui_point_get_index (item));
  const char *text = "";

  if (alarm != NULL)
    text = ui_alarm_get (alarm)->condition == GDP_CONDITION_STATE
             ? _(gdp_alarm_state_label (ui_alarm_get_state (alarm))) : ui_alarm_condition_text (alarm);
  ui_cell_set_long (cell, text, alarm != NULL && ui_alarm_is_unacked (alarm) ? "heading" : NULL);
}

const UiColumn ui_point_columns[] = {
  { .width = 0, .xalign = 0.5, .show = show_glyph, .make = ui_glyph_new },
  { N_("Point"),   14, 0, .share = 4, .tail = TRUE, .show = show_name },
  { N_("Value"),   7,  1, .ages = TRUE, .show = show_value },
  { N_("Unit"),    7,  0, .show = show_unit },
  { "LL",          6,  1, .yields = 2, .show = show_ll },
  { "L",           6,  1, .yields = 2, .show = show_l },
  { "H",           6,  1, .yields = 2, .show = show_h },
  { "HH",          6,  1, .yields = 2, .show = show_hh },
  { N_("Alarm"),   13, 0, .share = 1, .yields = 1, .show = show_alarm },
  { N_("Quality"), 8,  0, .share = 1, .show = show_quality },
  { N_("Age"),     6,  1, .ages = TRUE, .show = show_age },
};
const guint ui_n_point_columns = G_N_ELEMENTS (ui_point_columns);
