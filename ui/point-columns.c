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
  text = g_strdup_printf ("%s%s%s", value.look == UI_LOOK_BAD ? "—" : value.text, *value.mark ? "\u202f" : "", value.mark);
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

/* As few decimals as all limits of the point need: 0.144, 0.330, not 0.1440. */
static int
limit_decimals (const GdpPoint *point)
{
  int decimals = 0, most = gdp_resolution_decimals (point->resolution);

  for (guint level = 0; level < GDP_N_LEVELS; level++)
    while (decimals < most && point->limits.level[level].priority != 0
           && fabs (remainder (point->limits.level[level].value, pow (10, -decimals))) > pow (10, -most) / 2)
      decimals++;
  return decimals;
}

static void
show_limit (GtkWidget *cell, gpointer item, GdpLevel level)
{
  const GdpPoint *point = ui_point_get_config (item);
  const GdpLimit *limit = &point->limits.level[level];
  g_autofree char *text = NULL;

  if (limit->priority != 0)
    text = ui_number_text (limit->value, limit_decimals (point));
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

/* A limit's name; of a discrete point, whose state the value already says, that it is an alarm. Of one that is over what is
 * owed to it: "High" beside a value that is back within its limits would be read as now. */
static const char *
alarm_text (UiAlarm *alarm)
{
  if (!ui_alarm_get (alarm)->active)
    return _(gdp_alarm_state_label (ui_alarm_get_state (alarm)));
  return ui_alarm_get (alarm)->condition == GDP_CONDITION_STATE ? _("Alarm") : ui_alarm_condition_text (alarm);
}

/* Why the value is not simply true; NULL when it is. A good value that is old is stale, whoever is silent. */
static const char *
quality_text (UiLook look, const GdpReading *reading)
{
  GdpReason reason = reading != NULL ? reading->reason : GDP_REASON_WAITING;

  if (reason == GDP_REASON_NONE && look == UI_LOOK_STALE)
    reason = GDP_REASON_STALE;
  return reason != GDP_REASON_NONE ? _(gdp_reason_label (reason)) : NULL;
}

static void
add_part (GString *text, const char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

/* What is wrong with the process, what with the value, or that nothing is; and how old it is, from a minute on
 * where that is as it should be: an age that only counts 0, 1, 2, 0 moves and tells nothing. */
static void
show_state (GtkWidget *cell, gpointer item, UiSession *session)
{
  guint index = ui_point_get_index (item);
  UiAlarm *alarm = ui_session_point_alarm (session, index);
  gint64 age = ui_session_point_age (session, index);
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (UiValue) value = { 0 };
  const char *quality;

  ui_session_describe (session, index, &value);
  quality = quality_text (value.look, ui_session_get_reading (session, index));
  if (alarm != NULL && (quality == NULL || ui_alarm_get (alarm)->condition != GDP_CONDITION_FAULT))
    add_part (text, alarm_text (alarm));
  if (quality != NULL)
    add_part (text, quality);
  if (text->len == 0)
    add_part (text, _(gdp_quality_label (GDP_QUALITY_GOOD)));
  if (*value.age != '\0' || age >= 60 * GDP_SECOND) {
    g_autofree char *ago = ui_age_text (age);
    add_part (text, ago);
  }
  ui_cell_set_long (cell, text->str, quality != NULL || (alarm != NULL && ui_alarm_is_unacked (alarm)) ? "heading"
                                     : alarm != NULL ? NULL : "dim-label");
}

const UiColumn ui_point_columns[] = {
  { .width = 0, .xalign = 0.5, .show = show_glyph, .make = ui_glyph_new },
  { N_("Point"),   14, 0, .share = 4, .tail = TRUE, .show = show_name },
  { N_("Value"),   6,  1, .ages = TRUE, .show = show_value },
  { N_("Unit"),    2,  0, .show = show_unit },
  { "LL",          3,  1, .yields = 2, .show = show_ll },
  { "L",           3,  1, .yields = 1, .show = show_l },
  { "H",           3,  1, .yields = 1, .show = show_h },
  { "HH",          3,  1, .yields = 2, .show = show_hh },
  { N_("State"),   14, 0, .share = 3, .ages = TRUE, .show = show_state },
};
const guint ui_n_point_columns = G_N_ELEMENTS (ui_point_columns);
