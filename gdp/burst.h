/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether something comes too fast: alarms faster than a person takes them in, one alarm faster than it means anything. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GDP_BURST_MOST 11

typedef struct {
  gint64 span;      /* µs */
  guint8 begins;    /* that many within the span begin it, at most GDP_BURST_MOST */
  guint8 ends;      /* fewer than that within the span end it, at most `begins` */
} GdpBurstRule;

/* More than ten alarms in ten minutes, until fewer than five: ISA-18.2, EEMUA 191. Each counts once, however often it calls:
 * what chatters is a trouble of its own, and takes one look. */
extern const GdpBurstRule gdp_flood_rule;
/* Three occurrences of one alarm in a minute (ISA-18.2), until a minute without any. */
extern const GdpBurstRule gdp_chatter_rule;

/* Zeroed: nothing came yet. */
typedef struct {
  gint64        times[GDP_BURST_MOST];   /* of the last ones, the latest at the end */
  gconstpointer of[GDP_BURST_MOST];      /* what came then, not owned and never looked into */
  guint8        n, on;
} GdpBurst;

/* One more at @time (µs; an earlier one than the last counts as at the same time). @of: the same again counts once, with its
 * latest time; NULL = each counts. TRUE: with it, it has begun. */
gboolean gdp_burst_add      (GdpBurst *burst, const GdpBurstRule *rule, gconstpointer of, gint64 time);
/* Lets time pass. TRUE: it is over. */
gboolean gdp_burst_pass     (GdpBurst *burst, const GdpBurstRule *rule, gint64 now);
/* When it will be over if nothing more comes; G_MAXINT64 = it has not begun. */
gint64   gdp_burst_deadline (const GdpBurst *burst, const GdpBurstRule *rule);

G_END_DECLS
