/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flood.h"

#include <stdlib.h>

#define SECONDS (GDP_FLOOD_SPAN / GDP_SECOND)

struct GdpFlood {
  GHashTable *suppressed;                          /* ids */
  GdpBurst    burst;                               /* its `on` is the journal's */
  GHashTable *called;                              /* id → second of its last call */
  struct { gint64 second; guint n; } told[SECONDS];   /* how many called last in each of the last seconds, in a ring */
  gint64      rose;                                /* when the burst began */
  gint64      since, seq;
  char        count[16], begin[32];                /* texts of what is owed */
};

gboolean
gdp_flood_is_word (const GdpEvent *event)
{
  return event->kind == GDP_EVENT_FLOOD_BEGAN || event->kind == GDP_EVENT_FLOOD_ENDED;
}

guint
gdp_event_calls (const GdpEvent *event)
{
  switch (event->kind) {
    case GDP_EVENT_ALARM_OCCURRED:
    case GDP_EVENT_ALARM_RECURRED:
    case GDP_EVENT_ALARM_ESCALATED:
      return 1;
    case GDP_EVENT_ALARM_CHATTERED:
      return event->text != NULL ? (guint) strtoul (event->text, NULL, 10) : 0;
    default:
      return 0;
  }
}

/* 1: it suppresses its alarm; 0: it ends that; -1: neither. */
static int
suppresses (const GdpEvent *event)
{
  switch (event->kind) {
    case GDP_EVENT_ALARM_SUPPRESSED:
    case GDP_EVENT_ALARM_SHELVED:
    case GDP_EVENT_ALARM_TAKEN_OUT:
      return 1;
    case GDP_EVENT_ALARM_RESTORED:
    case GDP_EVENT_ALARM_UNSHELVED:
    case GDP_EVENT_ALARM_SHELVING_OVER:
    case GDP_EVENT_ALARM_PUT_BACK:
      return 0;
    default:
      return -1;
  }
}

static void
set_suppressed (GdpFlood *flood, const char *alarm, gboolean is)
{
  if (is)
    g_hash_table_add (flood->suppressed, g_strdup (alarm));
  else
    g_hash_table_remove (flood->suppressed, alarm);
}

/* Each alarm stands in the last second in which it called. */
static void
count (GdpFlood *flood, const char *alarm, gint64 time)
{
  gint64 second = time / GDP_SECOND, *last = g_hash_table_lookup (flood->called, alarm);
  guint at = (guint) (second % SECONDS);

  if (last == NULL)
    g_hash_table_insert (flood->called, g_strdup (alarm), last = g_new0 (gint64, 1));
  else if (flood->told[*last % SECONDS].second == *last)
    flood->told[*last % SECONDS].n--;
  *last = second;
  if (flood->told[at].second != second) {
    flood->told[at].second = second;
    flood->told[at].n = 0;
  }
  flood->told[at].n++;
  if (gdp_burst_add (&flood->burst, &gdp_flood_rule, last, time)) {
    flood->rose = time;
    g_snprintf (flood->count, sizeof flood->count, "%u", gdp_flood_count (flood, time));
  }
}

/* The journal has the word: what the burst thinks of it is only owed. */
static void
heed (GdpFlood *flood, const GdpEvent *event)
{
  flood->since = event->kind == GDP_EVENT_FLOOD_BEGAN ? event->occurred : 0;
  flood->burst.on = flood->since != 0;
}

void
gdp_flood_take (GdpFlood *flood, const GdpEvent *event)
{
  guint calls = gdp_event_calls (event);
  int suppressed = suppresses (event);

  if (event->seq != 0 && event->seq <= flood->seq)
    return;
  flood->seq = event->seq;
  if (gdp_flood_is_word (event))
    heed (flood, event);
  else if (event->object != NULL && suppressed >= 0)
    set_suppressed (flood, event->object, suppressed);
  else if (calls > 0 && event->object != NULL && !g_hash_table_contains (flood->suppressed, event->object))
    count (flood, event->object, event->learned);
}

GdpFlood *
gdp_flood_new (const GPtrArray *alarms, const GPtrArray *events, const GdpEvent *last)
{
  GdpFlood *flood = g_new0 (GdpFlood, 1);

  flood->suppressed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  flood->called = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < alarms->len; i++) {
    const GdpAlarm *alarm = alarms->pdata[i];
    if (alarm->suppression != GDP_SUPPRESSION_NONE)
      set_suppressed (flood, alarm->id, TRUE);
  }
  for (guint i = events->len; i-- > 0;) {   /* back to what was suppressed before them */
    const GdpEvent *event = events->pdata[i];
    if (event->object != NULL && suppresses (event) >= 0)
      set_suppressed (flood, event->object, g_strcmp0 (event->before, gdp_suppression_word (GDP_SUPPRESSION_NONE)) != 0);
  }
  if (last != NULL)
    heed (flood, last);
  for (guint i = 0; i < events->len; i++)
    gdp_flood_take (flood, events->pdata[i]);
  return flood;
}

void
gdp_flood_free (GdpFlood *flood)
{
  g_hash_table_unref (flood->suppressed);
  g_hash_table_unref (flood->called);
  g_free (flood);
}

gboolean
gdp_flood_owes (GdpFlood *flood, gint64 now, GdpEvent *event)
{
  gint64 over = gdp_burst_deadline (&flood->burst, &gdp_flood_rule);

  if (flood->burst.on && flood->since == 0) {
    *event = (GdpEvent) { .kind = GDP_EVENT_FLOOD_BEGAN, .occurred = flood->rose, .learned = now, .text = flood->count };
    return TRUE;
  }
  if (flood->since == 0 || now < over)
    return FALSE;
  g_autoptr (GDateTime) begin = g_date_time_new_from_unix_utc (flood->since / GDP_SECOND);
  g_autofree char *text = g_date_time_format (begin, "%Y-%m-%dT%H:%M:%SZ");
  g_strlcpy (flood->begin, text, sizeof flood->begin);
  *event = (GdpEvent) { .kind = GDP_EVENT_FLOOD_ENDED, .occurred = MAX (over, flood->since), .learned = now,
                        .before = flood->begin };
  return TRUE;
}

gint64
gdp_flood_since (const GdpFlood *flood)
{
  return flood->since;
}

guint
gdp_flood_count (const GdpFlood *flood, gint64 now)
{
  gint64 second = now / GDP_SECOND;
  guint n = 0;

  for (guint i = 0; i < SECONDS; i++)
    if (flood->told[i].second <= second && second - flood->told[i].second < SECONDS)
      n += flood->told[i].n;
  return n;
}

gint64
gdp_flood_seq (const GdpFlood *flood)
{
  return flood->seq;
}
