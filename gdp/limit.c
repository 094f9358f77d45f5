/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limit.h"

#include <math.h>

#define LOWEST_PRIORITY 4
#define LONGEST_DELAY   3600.0f
#define LEAST_REMINDER  60.0f

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

static gboolean G_GNUC_PRINTF (3, 4)
refuse (GError **error, GdpLimitsError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, GDP_LIMITS_ERROR, code, message);
  return FALSE;
}

/* ISA-18.2 asks for few priorities; this program has four. */
static gboolean
check_priority (const char *what, guint8 priority, GError **error)
{
  return priority <= LOWEST_PRIORITY
         || refuse (error, GDP_LIMITS_ERROR_PRIORITY, "%s: priority %u must be 1 to %d, or 0 for no alarm",
                    what, priority, LOWEST_PRIORITY);
}

/* ISA-18.2 proposes seconds to a minute. An hour is our own end: a longer delay only hides the alarm. */
static gboolean
check_delay (const char *what, const char *which, float delay, GError **error)
{
  return (isfinite (delay) && delay >= 0 && delay < LONGEST_DELAY)
         || refuse (error, GDP_LIMITS_ERROR_DELAY, "%s: %s-delay %g s must be 0 or more and less than %g s",
                    what, which, (double) delay, (double) LONGEST_DELAY);
}

/* Outside its range a transmitter says nothing, so the limit could never be judged. */
static gboolean
check_range (GdpLevel level, double value, double low, double high, GError **error)
{
  return (isfinite (value) && value >= low && value <= high)
         || refuse (error, GDP_LIMITS_ERROR_RANGE, "%s %g must be a number within the range %g to %g",
                    words[level], value, low, high);
}

/* By the meaning of the words: each level lies above the one before. */
static gboolean
check_order (const GdpLimits *limits, GError **error)
{
  const GdpLimit *before = NULL;

  for (guint i = 0; i < GDP_N_LEVELS; i++) {
    const GdpLimit *limit = &limits->level[i];

    if (limit->priority == 0)
      continue;
    if (before != NULL && limit->value <= before->value)
      return refuse (error, GDP_LIMITS_ERROR_ORDER, "%s %g must be above %s %g",
                     words[i], limit->value, words[before - limits->level], before->value);
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
check_deadband (const GdpLimits *limits, GdpLevel level, double low, double high, GError **error)
{
  double deadband = limits->level[level].deadband;
  double gap = fabs (limits->level[level].value - opposite (limits, level, low, high));

  /* A limit on the very end of the range (gap 0) can have no deadband at all. */
  return (isfinite (deadband) && deadband >= 0 && (deadband < gap || deadband == 0))
         || refuse (error, GDP_LIMITS_ERROR_DEADBAND,
                    "%s %g: deadband %g must be 0 or more and less than the gap of %g to the opposite side",
                    words[level], limits->level[level].value, deadband, gap);
}

gboolean
gdp_limits_check (const GdpLimits *limits, double low, double high, GError **error)
{
  for (guint i = 0; i < GDP_N_LEVELS; i++) {
    const GdpLimit *limit = &limits->level[i];

    if (!check_priority (words[i], limit->priority, error))
      return FALSE;
    if (limit->priority != 0
        && !(check_range (i, limit->value, low, high, error)
             && check_delay (words[i], "on", limit->on_delay, error)
             && check_delay (words[i], "off", limit->off_delay, error)))
      return FALSE;
  }
  if (!check_order (limits, error))
    return FALSE;
  for (guint i = 0; i < GDP_N_LEVELS; i++)
    if (limits->level[i].priority != 0 && !check_deadband (limits, i, low, high, error))
      return FALSE;

  return check_priority ("state", limits->state.priority, error)
         && check_delay ("state", "on", limits->state.on_delay, error)
         && check_delay ("state", "off", limits->state.off_delay, error)
         && check_priority ("fault", limits->fault_priority, error)
         && check_priority ("stale", limits->stale_priority, error)
         && ((isfinite (limits->stale_after) && limits->stale_after >= 0)
             || refuse (error, GDP_LIMITS_ERROR_DELAY, "stale: %g s must be 0 (from the period) or more",
                        (double) limits->stale_after))
         && ((isfinite (limits->remind_after) && (limits->remind_after == 0 || limits->remind_after >= LEAST_REMINDER))
             || refuse (error, GDP_LIMITS_ERROR_DELAY, "remind_after: %g s must be 0 (never) or %g or more",
                        (double) limits->remind_after, (double) LEAST_REMINDER))
         && (limits->state.state <= 1
             || refuse (error, GDP_LIMITS_ERROR_RANGE, "state: the alarm state %u must be 0 or 1",
                        limits->state.state));
}
