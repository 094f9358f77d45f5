/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limit.h"

#include <math.h>

#define LOWEST_PRIORITY 4
#define LONGEST_DELAY   3600.0f
#define LEAST_REMINDER  60.0f
#define LONGEST_WINDOW  3600.0f
#define LEAST_FROZEN    60.0f

G_DEFINE_QUARK (gdp-limits-error-quark, gdp_limits_error)

static const char *const words[GDP_N_LEVELS] = { "LL", "L", "H", "HH" };

const char *
gdp_level_word (GdpLevel level)
{
  g_return_val_if_fail (level < GDP_N_LEVELS, "unknown");
  return words[level];
}

gboolean
gdp_level_parse (const char *word, GdpLevel *level)
{
  for (guint i = 0; i < GDP_N_LEVELS; i++)
    if (g_strcmp0 (words[i], word) == 0) {
      *level = i;
      return TRUE;
    }
  return FALSE;
}

/* What is checked, and where the answer goes. */
typedef struct {
  const GdpLimits *limits;
  double           low, high;   /* of the point */
  char           **field;
  GError         **error;
} Check;

/* @part: of @what, or NULL: "H", "deadband" is the field "H.deadband". */
static gboolean G_GNUC_PRINTF (5, 6)
refuse (const Check *check, GdpLimitsError code, const char *what, const char *part, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (check->error, GDP_LIMITS_ERROR, code, message);
  if (check->field != NULL)
    *check->field = part != NULL ? g_strconcat (what, ".", part, NULL) : g_strdup (what);
  return FALSE;
}

/* ISA-18.2 asks for few priorities; this program has four. */
static gboolean
check_priority (const Check *check, const char *what, guint8 priority)
{
  return priority <= LOWEST_PRIORITY
         || refuse (check, GDP_LIMITS_ERROR_PRIORITY, what, "priority", "%s: priority %u must be 1 to %d, or 0 for no alarm",
                    what, priority, LOWEST_PRIORITY);
}

/* ISA-18.2 proposes seconds to a minute. An hour is our own end: a longer delay only hides the alarm. */
static gboolean
check_delay (const Check *check, const char *what, const char *which, float delay)
{
  return (isfinite (delay) && delay >= 0 && delay < LONGEST_DELAY)
         || refuse (check, GDP_LIMITS_ERROR_DELAY, what, which, "%s: %s %g s must be 0 or more and less than %g s",
                    what, which, (double) delay, (double) LONGEST_DELAY);
}

/* A delay counts uninterrupted time, and a value that is too old interrupts it: the alarm might never come. */
static gboolean
check_patience (const Check *check, const char *what, const char *which, float delay)
{
  float stale_after = check->limits->stale_after;

  return !(stale_after > 0) || delay < stale_after
         || refuse (check, GDP_LIMITS_ERROR_DELAY, what, which, "%s: %s %g s must be less than the %g s after which the value is stale",
                    what, which, (double) delay, (double) stale_after);
}

static gboolean
check_delays (const Check *check, const char *what, float on_delay, float off_delay)
{
  return check_delay (check, what, "on-delay", on_delay) && check_delay (check, what, "off-delay", off_delay)
         && check_patience (check, what, "on-delay", on_delay) && check_patience (check, what, "off-delay", off_delay);
}

/* Outside its range a transmitter says nothing, so the limit could never be judged. */
static gboolean
check_range (const Check *check, GdpLevel level)
{
  double value = check->limits->level[level].value;

  return (isfinite (value) && value >= check->low && value <= check->high)
         || refuse (check, GDP_LIMITS_ERROR_RANGE, words[level], NULL, "%s %g must be a number within the range %g to %g",
                    words[level], value, check->low, check->high);
}

/* By the meaning of the words: each level lies above the one before. */
static gboolean
check_order (const Check *check)
{
  const GdpLimit *before = NULL;

  for (guint i = 0; i < GDP_N_LEVELS; i++) {
    const GdpLimit *limit = &check->limits->level[i];

    if (limit->priority == 0)
      continue;
    if (before != NULL && limit->value <= before->value)
      return refuse (check, GDP_LIMITS_ERROR_ORDER, words[i], NULL, "%s %g must be above %s %g",
                     words[i], limit->value, words[before - check->limits->level], before->value);
    before = limit;
  }
  return TRUE;
}

/* The nearest configured level of the other side, or the end of the range: an alarm that would
 * clear only beyond it stays for ever, or overlaps its opposite. */
static double
opposite (const GdpLimits *limits, GdpLevel level, double low, double high)
{
  if (level >= GDP_LEVEL_H)
    return limits->level[GDP_LEVEL_L].priority ? limits->level[GDP_LEVEL_L].value
         : limits->level[GDP_LEVEL_LL].priority ? limits->level[GDP_LEVEL_LL].value : low;
  return limits->level[GDP_LEVEL_H].priority ? limits->level[GDP_LEVEL_H].value
       : limits->level[GDP_LEVEL_HH].priority ? limits->level[GDP_LEVEL_HH].value : high;
}

static gboolean
check_deadband (const Check *check, GdpLevel level)
{
  const GdpLimit *limit = &check->limits->level[level];
  double gap = fabs (limit->value - opposite (check->limits, level, check->low, check->high));

  /* A limit on the very end of the range (gap 0) can have no deadband at all. */
  return (isfinite (limit->deadband) && limit->deadband >= 0 && (limit->deadband < gap || limit->deadband == 0))
         || refuse (check, GDP_LIMITS_ERROR_DEADBAND, words[level], "deadband",
                    "%s %g: deadband %g must be 0 or more and less than the gap of %g to the opposite side",
                    words[level], limit->value, limit->deadband, gap);
}

static gboolean
check_levels (const Check *check)
{
  for (guint i = 0; i < GDP_N_LEVELS; i++) {
    const GdpLimit *limit = &check->limits->level[i];

    if (!check_priority (check, words[i], limit->priority)
        || (limit->priority != 0
            && !(check_range (check, i) && check_delays (check, words[i], limit->on_delay, limit->off_delay))))
      return FALSE;
  }
  if (!check_order (check))
    return FALSE;
  for (guint i = 0; i < GDP_N_LEVELS; i++)
    if (check->limits->level[i].priority != 0 && !check_deadband (check, i))
      return FALSE;
  return TRUE;
}

/* A distance: from the set-point, or between two ends of a window. */
static gboolean
check_distance (const Check *check, const char *what, const GdpLimit *limit)
{
  return limit->priority == 0
         || (((isfinite (limit->value) && limit->value > 0)
              || refuse (check, GDP_LIMITS_ERROR_RANGE, what, NULL, "%s: %g must be more than 0", what, limit->value))
             && ((isfinite (limit->deadband) && limit->deadband >= 0 && limit->deadband < limit->value)
                 || refuse (check, GDP_LIMITS_ERROR_DEADBAND, what, "deadband", "%s %g: deadband %g must be 0 or more and less than that",
                            what, limit->value, limit->deadband))
             && check_delays (check, what, limit->on_delay, limit->off_delay));
}

static gboolean
check_motion (const Check *check)
{
  const GdpLimits *limits = check->limits;

  return check_priority (check, "deviation", limits->deviation.priority)
         && check_distance (check, "deviation", &limits->deviation)
         && (limits->deviation.priority == 0
             || (isfinite (limits->set_point) && limits->set_point >= check->low && limits->set_point <= check->high)
             || refuse (check, GDP_LIMITS_ERROR_RANGE, "deviation", "from",
                        "deviation: the set-point %g must be a number within the range %g to %g",
                        limits->set_point, check->low, check->high))
         && check_priority (check, "rate", limits->rate.priority) && check_distance (check, "rate", &limits->rate)
         && (limits->rate.priority == 0 || (limits->rate_window >= 1 && limits->rate_window <= LONGEST_WINDOW)
             || refuse (check, GDP_LIMITS_ERROR_WINDOW, "rate", "within", "rate: the window of %g s must be 1 to %g s",
                        (double) limits->rate_window, (double) LONGEST_WINDOW))
         && check_priority (check, "frozen", limits->frozen_priority)
         && (limits->frozen_priority == 0 || (isfinite (limits->frozen_after) && limits->frozen_after >= LEAST_FROZEN)
             || refuse (check, GDP_LIMITS_ERROR_WINDOW, "frozen", "after", "frozen: %g s must be %g or more",
                        (double) limits->frozen_after, (double) LEAST_FROZEN));
}

static gboolean
check_state (const Check *check)
{
  const GdpStateAlarm *state = &check->limits->state;

  return check_priority (check, "state", state->priority)
         && check_delay (check, "state", "on-delay", state->on_delay) && check_delay (check, "state", "off-delay", state->off_delay)
         && (state->priority == 0
             || (check_patience (check, "state", "on-delay", state->on_delay)
                 && check_patience (check, "state", "off-delay", state->off_delay)))
         && (state->state <= 1
             || refuse (check, GDP_LIMITS_ERROR_RANGE, "state", NULL, "state: the alarm state %u must be 0 or 1", state->state));
}

static gboolean
check_rest (const Check *check)
{
  const GdpLimits *limits = check->limits;

  return check_priority (check, "fault", limits->fault_priority)
         && check_priority (check, "stale", limits->stale_priority)
         && ((isfinite (limits->stale_after) && limits->stale_after >= 0)
             || refuse (check, GDP_LIMITS_ERROR_DELAY, "stale", "after", "stale: %g s must be 0 (from the period) or more",
                        (double) limits->stale_after))
         && ((isfinite (limits->remind_after) && (limits->remind_after == 0 || limits->remind_after >= LEAST_REMINDER))
             || refuse (check, GDP_LIMITS_ERROR_DELAY, "remind-after", NULL, "remind_after: %g s must be 0 (never) or %g or more",
                        (double) limits->remind_after, (double) LEAST_REMINDER));
}

gboolean
gdp_limits_find_fault (const GdpLimits *limits, double low, double high, char **field, GError **error)
{
  const Check check = { limits, low, high, field, error };

  return check_levels (&check) && check_motion (&check) && check_state (&check) && check_rest (&check);
}

gboolean
gdp_limits_check (const GdpLimits *limits, double low, double high, GError **error)
{
  return gdp_limits_find_fault (limits, low, high, NULL, error);
}
