/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "value.h"

#include "when.h"

#include <glib/gi18n.h>
#include <math.h>

static const struct { const char *class, *mark; } looks[UI_N_LOOKS] = {
  [UI_LOOK_GOOD]      = { "good",      "" },
  [UI_LOOK_FORCED]    = { "forced",    N_("F") },
  [UI_LOOK_UNCERTAIN] = { "uncertain", "?" },
  [UI_LOOK_STALE]     = { "stale",     "" },
  [UI_LOOK_BAD]       = { "bad",       "" },
};

/* Units that passports name beside those of the kinds: for the translators. */
static const char *const usual_units[] G_GNUC_UNUSED = { N_("m³"), N_("m³/h") };

const char *
ui_look_class (UiLook look)
{
  return looks[look].class;
}

char *
ui_number_text (double number, int decimals)
{
  g_autofree char *digits = NULL;

  if (isnan (number))
    return g_strdup ("");
  digits = g_strdup_printf ("%.*f", decimals, number);
  if (digits[0] != '-')
    return g_steal_pointer (&digits);
  if (strpbrk (digits, "123456789i") == NULL)  /* rounds to nothing: not "−0.0" */
    return g_strdup (digits + 1);
  return g_strconcat ("−", digits + 1, NULL);
}

char *
ui_quantity_text (double number, int decimals, const char *unit)
{
  g_autofree char *digits = ui_number_text (number, decimals);

  return *digits != '\0' ? g_strdup_printf ("%s\u00a0%s", digits, _(unit)) : g_strdup ("");
}

const char *
ui_point_name (const GdpPoint *point)
{
  const char *label = _(gdp_point_kind_info (point->kind)->label);

  if (point->name != NULL)
    return point->name;
  if (point->ordinal == 0)
    return label;
  g_autofree char *numbered = g_strdup_printf ("%s\u00a0%u", label, point->ordinal);
  return g_intern_string (numbered);   /* kinds times numbers: a bounded set */
}

const char *
ui_point_state (const GdpPoint *point, int state)
{
  const char *own = point->states[state != 0];
  const char *kind = gdp_point_kind_info (point->kind)->states[state != 0];

  return own != NULL ? own : kind != NULL ? _(kind) : state != 0 ? "1" : "0";
}

static char *
bare_text (const GdpPoint *point, double number)
{
  if (gdp_point_is_discrete (point))
    return g_strdup (isnan (number) ? "" : ui_point_state (point, number != 0));
  return ui_number_text (number, gdp_resolution_decimals (point->resolution));
}

const char *
ui_point_unit (const GdpPoint *point)
{
  const char *unit = point->engineering_unit;

  return unit != NULL && *unit != '\0' && !gdp_point_is_discrete (point) ? _(unit) : "";
}

char *
ui_point_number_text (const GdpPoint *point, double number)
{
  g_autofree char *bare = bare_text (point, number);
  const char *unit = ui_point_unit (point);

  if (*bare == '\0' || *unit == '\0')
    return g_steal_pointer (&bare);
  return g_strdup_printf ("%s\u00a0%s", bare, unit);
}

static UiLook
look_of (GdpReason reason, gint64 age, double expected, gboolean live)
{
  if (gdp_reason_quality (reason) == GDP_QUALITY_BAD)
    return UI_LOOK_BAD;
  if (!live || reason == GDP_REASON_STALE || age < 0 || age > expected * GDP_SECOND)
    return UI_LOOK_STALE;
  if (gdp_reason_quality (reason) == GDP_QUALITY_UNCERTAIN)
    return UI_LOOK_UNCERTAIN;
  return reason == GDP_REASON_FORCED ? UI_LOOK_FORCED : UI_LOOK_GOOD;
}

/* What was last known of a value that is not true now. */
static char *
last_known (const GdpPoint *point, const GdpReading *reading, GdpReason reason)
{
  g_autofree char *number = NULL, *when = NULL;

  if (reading == NULL || isnan (reading->value) || reading->time == 0)
    return g_strdup (_(gdp_reason_label (reason)));
  number = ui_point_number_text (point, reading->value);
  when = ui_when_full_text (reading->time, NULL);
  /* Translators: a reason, a value with unit, a date and time */
  return g_strdup_printf (_("%s; last known %s, %s"), _(gdp_reason_label (reason)), number, when);
}

void
ui_value_describe (const GdpPoint *point, const GdpReading *reading, gint64 age, double expected,
                   gboolean live, UiValue *value)
{
  GdpReason reason = reading != NULL ? reading->reason : GDP_REASON_WAITING;
  UiLook look = look_of (reason, age, expected, live);
  gboolean old = age >= 0 && (!live || look == UI_LOOK_STALE || age > expected * GDP_SECOND);

  value->look = look;
  value->text = look == UI_LOOK_BAD ? g_strdup (_(gdp_reason_label (reason)))
                                    : bare_text (point, reading->value);
  value->unit = g_strdup (look == UI_LOOK_BAD ? "" : ui_point_unit (point));
  value->mark = g_strdup (*looks[look].mark != '\0' ? _(looks[look].mark) : "");
  value->age = old ? ui_age_text (age) : g_strdup ("");
  if (look == UI_LOOK_GOOD)
    value->detail = g_strdup ("");
  else if (look == UI_LOOK_STALE && reason != GDP_REASON_STALE)
    value->detail = last_known (point, reading, live ? GDP_REASON_STALE : GDP_REASON_NO_COMMUNICATION);
  else
    value->detail = last_known (point, reading, reason);
}

void
ui_value_clear (UiValue *value)
{
  g_clear_pointer (&value->text, g_free);
  g_clear_pointer (&value->unit, g_free);
  g_clear_pointer (&value->mark, g_free);
  g_clear_pointer (&value->age, g_free);
  g_clear_pointer (&value->detail, g_free);
}
