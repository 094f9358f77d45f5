/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files about limits share: point-limits.c, card.c, what-if.c. */
#pragma once

#include "command.h"

G_BEGIN_DECLS

/* A line of a regime card. NaN: it has no such thing. What is off has priority 0 and no value. */
typedef struct {
  const char *limit;                                       /* the first word of a line, see card.c */
  double      value, deadband, on_delay, off_delay, priority;
  gboolean    in_unit;                                     /* the value is in the point's unit */
} CtlLimitRow;
#define CTL_LIMIT_ROWS 13

/* The lines of @point's card; how many there are (card.c). */
guint    ctl_limit_rows (const GdpPoint *point, CtlLimitRow rows[CTL_LIMIT_ROWS]);

/* Points that @words name, or all of the sites that they name; without words all: indexes (guint). */
GArray  *ctl_limits_points (const CtlView *view, char **words, GError **error);

typedef struct { guint point; GdpLimits limits; } CtlWanted;
/* "POINT FIELD=VALUE…": the point's limits with these. */
gboolean ctl_limits_read   (const CtlView *view, char **words, CtlWanted *wanted, GError **error);
/* By commands to the server, after all of them were found to make sense; tells what came of each. */
gboolean ctl_limits_change (const CtlCall *call, const CtlView *view, const CtlWanted *wanted, guint n, GError **error);

/* What "gdpctl limits" does with its first word (card.c). */
gboolean ctl_limits_export  (const CtlCall *call, const CtlView *view, char **words, GError **error);
gboolean ctl_limits_import  (const CtlCall *call, const CtlView *view, char **words, GError **error);
gboolean ctl_limits_propose (const CtlCall *call, const CtlView *view, char **words, GError **error);

G_END_DECLS
