/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "passport-point.h"

#include <math.h>
#include <string.h>

#define DEFAULT_KEEP_EVERY 60.0
#define DEFAULT_PRIORITY   3      /* of a sensor fault, of a stale value, of one off its set-point or too fast */
#define FROZEN_PRIORITY    4

/* Samples are packed as whole numbers of the resolution; more steps than this are noise of the double. */
#define MOST_STEPS 1e9

static const GdpLevel downwards[] = { GDP_LEVEL_HH, GDP_LEVEL_H, GDP_LEVEL_L, GDP_LEVEL_LL };

/* ---- reading ----------------------------------------------------------------------------- */

static float
seconds_of (const DataJsonNode *object, const char *key)
{
  return (float) data_json_number (object, key, 0);
}

static guint8
priority_of (const DataJsonNode *object, guint8 fallback)
{
  return (guint8) CLAMP (data_json_number (object, "priority", fallback), 0, 255);
}

static GdpLimit
read_limit (const DataJsonNode *node, guint8 priority)
{
  return (GdpLimit) { .value = data_json_number (node, "value", 0), .deadband = data_json_number (node, "deadband", 0),
                      .on_delay = seconds_of (node, "on_delay"), .off_delay = seconds_of (node, "off_delay"),
                      .priority = priority_of (node, priority) };
}

static void
read_motion (DataJsonNode *node, GdpLimits *limits)
{
  const DataJsonNode *deviation = data_json_member (node, "deviation"), *rate = data_json_member (node, "rate");
  const DataJsonNode *frozen = data_json_member (node, "frozen");

  if (deviation)
    limits->deviation = read_limit (deviation, DEFAULT_PRIORITY);
  limits->set_point = data_json_number (deviation, "from", 0);
  if (rate)
    limits->rate = read_limit (rate, DEFAULT_PRIORITY);
  limits->rate_window = seconds_of (rate, "within");
  limits->frozen_after = seconds_of (frozen, "after");
  limits->frozen_priority = frozen ? priority_of (frozen, FROZEN_PRIORITY) : 0;
}

static void
read_limits (DataJsonNode *node, GdpLimits *limits)
{
  DataJsonNode *levels = data_json_member (node, "limits");
  for (guint i = 0; i < GDP_N_LEVELS; i++) {
    const DataJsonNode *level = data_json_member (levels, gdp_level_word (i));
    if (level)
      limits->level[i] = read_limit (level, 0);
  }
  read_motion (node, limits);
  const DataJsonNode *alarm = data_json_member (node, "alarm");
  if (alarm)
    limits->state = (GdpStateAlarm) {
      .state = data_json_number (alarm, "state", 0) != 0,
      .on_delay = seconds_of (alarm, "on_delay"),
      .off_delay = seconds_of (alarm, "off_delay"),
      .priority = priority_of (alarm, 0),
    };
  limits->fault_priority = priority_of (data_json_member (node, "fault"), DEFAULT_PRIORITY);
  limits->stale_priority = priority_of (data_json_member (node, "stale"), DEFAULT_PRIORITY);
  limits->stale_after = seconds_of (data_json_member (node, "stale"), "after");
  limits->remind_after = seconds_of (node, "remind_after");
  limits->latches = data_json_boolean (node, "latches");
}

static double
number_at (const DataJsonNode *array, guint index)
{
  const DataJsonNode *item = data_json_item (array, index);
  return item && item->type == DATA_JSON_NUMBER ? item->number : 0;
}

static void
read_scaling (DataJsonNode *node, gboolean discrete, GdpScaling *scaling)
{
  const DataJsonNode *range = data_json_member (node, "range");
  gboolean number = g_strcmp0 (data_json_string (node, "signal"), "number") == 0;
  *scaling = (GdpScaling) {
    .signal = discrete ? GDP_SIGNAL_CONTACT : number ? GDP_SIGNAL_NUMBER : GDP_SIGNAL_CURRENT,
    .low = number_at (range, 0),
    .high = number_at (range, 1),
    .factor = data_json_number (node, "factor", 1),
    .damping = data_json_number (node, "damping", 0),
    .debounce = data_json_number (node, "debounce", 0),
    .invert = g_strcmp0 (data_json_string (node, "contact"), "normally-closed") == 0,
  };
}

static void
read_states (DataJsonNode *node, const char *states[2])
{
  for (guint i = 0; i < 2; i++) {
    const DataJsonNode *state = data_json_item (data_json_member (node, "states"), i);
    states[i] = state && state->type == DATA_JSON_STRING ? state->string : NULL;
  }
}

static void
check_range (DataJsonNode *node, const GdpPoint *point, DataProblems *problems)
{
  DataJsonNode *range = data_json_member (node, "range");
  double span = point->scaling.high - point->scaling.low;
  if (range == NULL) {
    if (point->scaling.signal == GDP_SIGNAL_CURRENT)
      data_problems_add (problems, node, "lacks “range”: a 4-20mA signal needs the values at 4 and at 20 mA");
    return;
  }
  if (!(span > 0) || !isfinite (span)) {
    data_problems_add (problems, range, "the range is reversed or empty: %g must be less than %g",
                       point->scaling.low, point->scaling.high);
    return;
  }
  DataJsonNode *resolution = data_json_member (node, "resolution");
  if (point->resolution >= span)
    data_problems_add (problems, resolution ? resolution : range,
                       "the resolution %g is not smaller than the whole range of %g", point->resolution, span);
  else if (span / point->resolution > MOST_STEPS)
    data_problems_add (problems, resolution ? resolution : range,
                       "the resolution %g divides the range of %g into more than %g steps",
                       point->resolution, span, MOST_STEPS);
}

static void
check_factor (DataJsonNode *node, const GdpPoint *point, DataProblems *problems)
{
  DataJsonNode *factor = data_json_member (node, "factor");
  if (factor != NULL && point->scaling.signal != GDP_SIGNAL_NUMBER)
    data_problems_add (problems, factor, "only a number has a factor; the range gives the scale of a 4-20mA signal");
}

static void
check_limits (DataJsonNode *node, const GdpPoint *point, DataProblems *problems)
{
  g_autoptr (GError) error = NULL;
  gboolean ranged = point->scaling.low < point->scaling.high;
  DataJsonNode *place = data_json_member (node, gdp_point_is_discrete (point) ? "alarm" : "limits");
  if (!gdp_limits_check (&point->limits, ranged ? point->scaling.low : -INFINITY,
                         ranged ? point->scaling.high : INFINITY, &error))
    data_problems_add (problems, place ? place : node, "%s", error->message);
}

gboolean
data_point_read (DataJsonNode *node, GdpPoint *point, DataProblems *problems)
{
  *point = (GdpPoint) { .kind = GDP_POINT_ANALOG };
  gdp_point_kind_parse (data_json_string (node, "kind"), &point->kind);
  const GdpPointKindInfo *kind = gdp_point_kind_info (point->kind);
  const char *unit = data_json_string (node, "unit");

  point->name = data_json_string (node, "name");
  point->engineering_unit = unit ? unit : kind->unit;
  point->resolution = data_json_number (node, "resolution", kind->resolution);
  point->keep_every = data_json_number (node, "keep_every", DEFAULT_KEEP_EVERY);
  point->guidance = data_json_string (node, "guidance");
  read_states (node, point->states);
  read_scaling (node, kind->discrete, &point->scaling);
  read_limits (node, &point->limits);

  if (node->flawed)
    return FALSE;
  if (!kind->discrete) {
    check_range (node, point, problems);
    check_factor (node, point, problems);
  }
  if (!node->flawed)
    check_limits (node, point, problems);
  return !node->flawed;
}

/* ---- writing ----------------------------------------------------------------------------- */

static void
put_text (DataJsonWriter *writer, const char *key, const char *text)
{
  if (text)
    data_json_put_string (writer, key, text);
}

static void
put_number_unless (DataJsonWriter *writer, const char *key, double number, double fallback)
{
  if (number != fallback)
    data_json_put_number (writer, key, number);
}

static void
put_seconds (DataJsonWriter *writer, const char *key, float seconds)
{
  if (seconds != 0)
    data_json_put_float (writer, key, seconds);
}

/* With a number of its own, unless @key is NULL. */
static void
write_limit (DataJsonWriter *writer, const char *word, const GdpLimit *limit, const char *key, double number)
{
  data_json_open_object (writer, word, TRUE);
  if (key)
    data_json_put_number (writer, key, number);
  data_json_put_number (writer, "value", limit->value);
  put_number_unless (writer, "deadband", limit->deadband, 0);
  put_seconds (writer, "on_delay", limit->on_delay);
  put_seconds (writer, "off_delay", limit->off_delay);
  data_json_put_integer (writer, "priority", limit->priority);
  data_json_close (writer);
}

static void
write_levels (DataJsonWriter *writer, const GdpLimits *limits)
{
  gboolean any = FALSE;
  for (guint i = 0; i < GDP_N_LEVELS; i++)
    any |= limits->level[i].priority != 0;
  if (!any)
    return;
  data_json_open_object (writer, "limits", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (downwards); i++)
    if (limits->level[downwards[i]].priority)
      write_limit (writer, gdp_level_word (downwards[i]), &limits->level[downwards[i]], NULL, 0);
  data_json_close (writer);
}

static void
write_motion (DataJsonWriter *writer, const GdpLimits *limits)
{
  if (limits->deviation.priority)
    write_limit (writer, "deviation", &limits->deviation, "from", limits->set_point);
  if (limits->rate.priority)
    write_limit (writer, "rate", &limits->rate, "within", (double) limits->rate_window);
  if (limits->frozen_priority == 0)
    return;
  data_json_open_object (writer, "frozen", TRUE);
  put_seconds (writer, "after", limits->frozen_after);
  data_json_put_integer (writer, "priority", limits->frozen_priority);
  data_json_close (writer);
}

static void
write_state_alarm (DataJsonWriter *writer, const GdpStateAlarm *alarm)
{
  if (alarm->priority == 0)
    return;
  data_json_open_object (writer, "alarm", TRUE);
  data_json_put_integer (writer, "state", alarm->state);
  put_seconds (writer, "on_delay", alarm->on_delay);
  put_seconds (writer, "off_delay", alarm->off_delay);
  data_json_put_integer (writer, "priority", alarm->priority);
  data_json_close (writer);
}

static void
write_analog (DataJsonWriter *writer, const GdpPoint *point, const GdpPointKindInfo *kind)
{
  const GdpScaling *scaling = &point->scaling;
  if (g_strcmp0 (point->engineering_unit, kind->unit) != 0)
    put_text (writer, "unit", point->engineering_unit);
  if (scaling->signal == GDP_SIGNAL_NUMBER)
    data_json_put_string (writer, "signal", "number");
  if (scaling->factor != 0)
    put_number_unless (writer, "factor", scaling->factor, 1);
  if (scaling->low < scaling->high) {
    data_json_open_array (writer, "range", TRUE);
    data_json_put_number (writer, NULL, scaling->low);
    data_json_put_number (writer, NULL, scaling->high);
    data_json_close (writer);
  }
  put_number_unless (writer, "resolution", point->resolution, kind->resolution);
  put_number_unless (writer, "damping", scaling->damping, 0);
  put_number_unless (writer, "keep_every", point->keep_every, DEFAULT_KEEP_EVERY);
  write_levels (writer, &point->limits);
  write_motion (writer, &point->limits);
}

static void
write_discrete (DataJsonWriter *writer, const GdpPoint *point)
{
  if (point->scaling.invert)
    data_json_put_string (writer, "contact", "normally-closed");
  put_number_unless (writer, "debounce", point->scaling.debounce, 0);
  put_number_unless (writer, "keep_every", point->keep_every, DEFAULT_KEEP_EVERY);
  if (point->states[0] && point->states[1]) {
    data_json_open_array (writer, "states", TRUE);
    data_json_put_string (writer, NULL, point->states[0]);
    data_json_put_string (writer, NULL, point->states[1]);
    data_json_close (writer);
  }
  write_state_alarm (writer, &point->limits.state);
}

static void
write_supervision (DataJsonWriter *writer, const GdpLimits *limits)
{
  if (limits->fault_priority != DEFAULT_PRIORITY) {
    data_json_open_object (writer, "fault", TRUE);
    data_json_put_integer (writer, "priority", limits->fault_priority);
    data_json_close (writer);
  }
  if (limits->stale_priority != DEFAULT_PRIORITY || limits->stale_after != 0) {
    data_json_open_object (writer, "stale", TRUE);
    data_json_put_integer (writer, "priority", limits->stale_priority);
    put_seconds (writer, "after", limits->stale_after);
    data_json_close (writer);
  }
  put_seconds (writer, "remind_after", limits->remind_after);
  if (limits->latches)
    data_json_put_boolean (writer, "latches", TRUE);
}

void
data_point_write (DataJsonWriter *writer, const GdpPoint *point, const char *source)
{
  const GdpPointKindInfo *kind = gdp_point_kind_info (point->kind);
  data_json_open_object (writer, NULL, FALSE);
  data_json_put_string (writer, "id", gdp_point_tag (point));
  data_json_put_string (writer, "kind", kind->word);
  put_text (writer, "name", point->name);
  data_json_put_string (writer, "source", source);
  if (kind->discrete)
    write_discrete (writer, point);
  else
    write_analog (writer, point, kind);
  write_supervision (writer, &point->limits);
  put_text (writer, "guidance", point->guidance);
  data_json_close (writer);
}
