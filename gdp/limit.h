/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarm limits of one point: what is configured. Judging them is condition.h's business. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { GDP_LEVEL_LL, GDP_LEVEL_L, GDP_LEVEL_H, GDP_LEVEL_HH, GDP_N_LEVELS } GdpLevel;

typedef struct {
  double value;       /* point's unit */
  double deadband;    /* point's unit, >= 0; the condition clears beyond value ∓ deadband */
  float  on_delay;    /* seconds the condition must hold before it is active */
  float  off_delay;   /* seconds the return must hold before it is inactive */
  guint8 priority;    /* 1 (highest) .. 4; 0 = this limit is not configured */
} GdpLimit;

typedef struct {
  float  on_delay, off_delay;
  guint8 state;       /* 0 or 1: the state that is the alarm */
  guint8 priority;    /* 0 = not configured */
} GdpStateAlarm;

typedef struct {
  GdpLimit      level[GDP_N_LEVELS];
  GdpStateAlarm state;            /* discrete points */
  GdpLimit      deviation;        /* `value`: this far from the set-point, up or down */
  double        set_point;        /* point's unit */
  GdpLimit      rate;             /* `value`: changed by so much within the window, up or down */
  float         rate_window;      /* seconds */
  float         frozen_after;     /* seconds that what is read has not moved by the last digit */
  guint8        frozen_priority;  /* 0 = no alarm */
  guint8        fault_priority;   /* sensor fault (NE 43, exception, not a number); 0 = no alarm */
  guint8        stale_priority;   /* 0 = no alarm */
  float         stale_after;      /* seconds; 0 = from the unit's period */
  float         remind_after;     /* seconds, 60 or more, after which an acknowledged alarm that is still active calls again;
                                   * 0 = never */
  gboolean      latches;          /* a limit or state that returns stays in the list until a person resets it */
} GdpLimits;

typedef enum {
  GDP_LIMITS_ERROR_ORDER,     /* L above H, HH below H, equal levels … */
  GDP_LIMITS_ERROR_RANGE,     /* limit outside the point's range, not finite */
  GDP_LIMITS_ERROR_DEADBAND,  /* negative or wider than the gap to its opposite */
  GDP_LIMITS_ERROR_DELAY,     /* too long, or as long as the value may be old */
  GDP_LIMITS_ERROR_PRIORITY,
  GDP_LIMITS_ERROR_WINDOW,    /* of a rate: none, or longer than an hour; frozen within a minute */
  GDP_LIMITS_ERROR_WORD,      /* limit-words.h: what is typed is no limit, or not what one takes */
  GDP_LIMITS_ERROR_KIND,      /* … or not for such a point */
} GdpLimitsError;
#define GDP_LIMITS_ERROR (gdp_limits_error_quark ())
GQuark gdp_limits_error_quark (void);

/**
 * gdp_limits_check:
 * @low: lower end of the point's range, -INFINITY when it has none
 * @high: upper end, +INFINITY when it has none
 *
 * Finds the first thing that makes @limits senseless; the message names the level(s) and numbers. A delay must end before
 * the value counts as stale (`stale_after`, where it is given): what is pending is forgotten then.
 */
gboolean gdp_limits_check (const GdpLimits *limits, double low, double high, GError **error);
/* The same. @field (out) (optional) (transfer full): the field of limit-words.h that is wrong; it stays when nothing is. */
gboolean gdp_limits_find_fault (const GdpLimits *limits, double low, double high, char **field, GError **error);

const char *gdp_level_word (GdpLevel level);               /* "HH", "H", "L", "LL" */
gboolean    gdp_level_parse (const char *word, GdpLevel *level);

G_END_DECLS
