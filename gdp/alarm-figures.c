/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alarm-figures.h"

#include "scaling.h"

#include <math.h>
#include <stdlib.h>

#define PERIOD (GDP_FIGURES_PERIOD * GDP_SECOND)
#define DAY    (24 * 3600 * GDP_SECOND)

/* One alarm of the journal. */
typedef struct {
  char    *id;
  guint    count;        /* how often it called */
  guint    fleeting;     /* how often it was over at once */
  gint64   active;       /* since, 0 = it is not */
  gint64   called;       /* when it called last and nobody has acknowledged, 0 = nothing is owed */
  gboolean suppressed, chattered;
  GdpBurst chatter;
} Seen;

struct GdpFigureCounter {
  gint64      since, until;
  GHashTable *by_id;           /* Seen */
  guint      *periods;         /* alarms in each period of 10 minutes */
  gsize       n_periods;
  guint       by_priority[5];
  guint       n, n_fleeting, n_unreasoned;
  GArray     *answers;         /* gint64: times to acknowledge, µs */
  GdpBurst    flood;
  gint64      flooded;         /* since, 0 = it is not */
  gint64      in_flood;        /* µs in all that are over */
};

static void
seen_free (gpointer data)
{
  g_free (((Seen *) data)->id);
  g_free (data);
}

GdpFigureCounter *
gdp_figure_counter_new (gint64 since, gint64 until)
{
  GdpFigureCounter *counter = g_new0 (GdpFigureCounter, 1);

  g_return_val_if_fail (since < until, counter);
  counter->since = since;
  counter->until = until;
  counter->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, seen_free);
  counter->n_periods = (gsize) ((until - since + PERIOD - 1) / PERIOD);
  counter->periods = g_new0 (guint, counter->n_periods);
  counter->answers = g_array_new (FALSE, FALSE, sizeof (gint64));
  return counter;
}

void
gdp_figure_counter_free (GdpFigureCounter *counter)
{
  g_hash_table_unref (counter->by_id);
  g_array_unref (counter->answers);
  g_free (counter->periods);
  g_free (counter);
}

static Seen *
look_up (GdpFigureCounter *counter, const char *id)
{
  Seen *seen = g_hash_table_lookup (counter->by_id, id);

  if (seen == NULL) {
    seen = g_new0 (Seen, 1);
    seen->id = g_strdup (id);
    g_hash_table_insert (counter->by_id, seen->id, seen);
  }
  return seen;
}

/* ---- what an event means --------------------------------------------------------------------- */

static void
pass_flood (GdpFigureCounter *counter, gint64 time)
{
  gint64 over = gdp_burst_deadline (&counter->flood, &gdp_flood_rule);

  if (!gdp_burst_pass (&counter->flood, &gdp_flood_rule, time))
    return;
  counter->in_flood += over - counter->flooded;
  counter->flooded = 0;
}

static void
call (GdpFigureCounter *counter, Seen *seen, const GdpEvent *event)
{
  if (seen->suppressed)
    return;
  seen->called = event->learned;
  if (event->learned < counter->since)
    return;
  seen->count++;
  counter->n++;
  counter->by_priority[MIN (event->priority, 4)]++;
  counter->periods[(event->learned - counter->since) / PERIOD]++;
  pass_flood (counter, event->learned);
  if (gdp_burst_add (&counter->flood, &gdp_flood_rule, seen, event->learned))
    counter->flooded = event->learned;
  gdp_burst_pass (&seen->chatter, &gdp_chatter_rule, event->learned);
  seen->chattered |= gdp_burst_add (&seen->chatter, &gdp_chatter_rule, NULL, event->learned);
}

/* More occurrences than were told one by one. */
static void
chatter (GdpFigureCounter *counter, Seen *seen, const GdpEvent *event)
{
  guint more = event->text != NULL ? (guint) strtoul (event->text, NULL, 10) : 0;

  if (more == 0)
    return;
  call (counter, seen, event);
  if (seen->suppressed || event->learned < counter->since)
    return;
  seen->count += more - 1;
  counter->n += more - 1;
  counter->by_priority[MIN (event->priority, 4)] += more - 1;
  counter->periods[(event->learned - counter->since) / PERIOD] += more - 1;
}

static void
clear (GdpFigureCounter *counter, Seen *seen, const GdpEvent *event)
{
  if (seen->active != 0 && !seen->suppressed && event->learned >= counter->since
      && event->occurred - seen->active < GDP_FIGURES_FLEETING * GDP_SECOND) {
    seen->fleeting++;
    counter->n_fleeting++;
  }
  seen->active = 0;
}

static void
acknowledge (GdpFigureCounter *counter, Seen *seen, const GdpEvent *event)
{
  gint64 took = event->learned - seen->called;

  if (seen->called != 0 && event->learned >= counter->since)
    g_array_append_val (counter->answers, took);
  seen->called = 0;
}

static void
suppress (GdpFigureCounter *counter, Seen *seen, const GdpEvent *event)
{
  seen->suppressed = TRUE;
  if (event->kind != GDP_EVENT_ALARM_SUPPRESSED && event->learned >= counter->since && (event->text == NULL || *event->text == '\0'))
    counter->n_unreasoned++;
}

void
gdp_figure_counter_take (GdpFigureCounter *counter, const GdpEvent *event)
{
  if (event->learned >= counter->until || event->object == NULL)
    return;
  Seen *seen;
  switch (event->kind) {
  case GDP_EVENT_ALARM_OCCURRED:
  case GDP_EVENT_ALARM_RECURRED:
    seen = look_up (counter, event->object);
    seen->active = event->occurred;
    call (counter, seen, event);
    break;
  case GDP_EVENT_ALARM_ESCALATED:
    call (counter, look_up (counter, event->object), event);
    break;
  case GDP_EVENT_ALARM_CHATTERED:
    chatter (counter, look_up (counter, event->object), event);
    break;
  case GDP_EVENT_ALARM_CLEARED:
    clear (counter, look_up (counter, event->object), event);
    break;
  case GDP_EVENT_ALARM_ACKNOWLEDGED:
    acknowledge (counter, look_up (counter, event->object), event);
    break;
  case GDP_EVENT_ALARM_SUPPRESSED:
  case GDP_EVENT_ALARM_SHELVED:
  case GDP_EVENT_ALARM_TAKEN_OUT:
    suppress (counter, look_up (counter, event->object), event);
    break;
  case GDP_EVENT_ALARM_RESTORED:
  case GDP_EVENT_ALARM_UNSHELVED:
  case GDP_EVENT_ALARM_SHELVING_OVER:
  case GDP_EVENT_ALARM_PUT_BACK:
    look_up (counter, event->object)->suppressed = FALSE;
    break;
  default:
    break;
  }
}

/* ---- figures --------------------------------------------------------------------------------- */

static int
by_count (gconstpointer a, gconstpointer b)
{
  const GdpAlarmCount *one = a, *other = b;

  if (one->count != other->count)
    return one->count < other->count ? 1 : -1;
  return g_strcmp0 (one->alarm, other->alarm);
}

static void
tell_alarms (const GdpFigureCounter *counter, GdpAlarmFigures *figures)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (GdpAlarmCount));
  GHashTableIter iter;
  gpointer value;
  guint top = 0;

  g_hash_table_iter_init (&iter, counter->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Seen *seen = value;
    gboolean stale = seen->active != 0 && counter->until - seen->active > GDP_FIGURES_STALE * GDP_SECOND;
    if (seen->count > 0)
      g_array_append_vals (counts, &(GdpAlarmCount) { seen->id, seen->count, seen->fleeting, seen->chattered, stale }, 1);
    figures->n_chattering += seen->chattered;
    figures->n_stale += stale;
  }
  g_array_sort (counts, by_count);
  for (figures->n_top = 0; figures->n_top < MIN (counts->len, GDP_FIGURES_TOP); figures->n_top++) {
    figures->top[figures->n_top] = g_array_index (counts, GdpAlarmCount, figures->n_top);
    top += figures->top[figures->n_top].count;
  }
  figures->top_share = counter->n > 0 ? (double) top / counter->n : NAN;
}

static void
tell_periods (const GdpFigureCounter *counter, GdpAlarmFigures *figures)
{
  gsize above = 0;

  for (gsize i = 0; i < counter->n_periods; i++) {
    above += counter->periods[i] > GDP_FIGURES_MOST_IN_PERIOD;
    if (counter->periods[i] > figures->peak) {
      figures->peak = counter->periods[i];
      figures->peak_at = counter->since + (gint64) i * PERIOD;
    }
  }
  figures->share_above_10 = (double) above / (double) counter->n_periods;
}

static int
by_length (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;

  return (one > other) - (one < other);
}

/* The nearest rank: of an even number the lower of the middle two, so that it is a time that really was. */
static double
rank (const GArray *sorted, double share)
{
  gsize at = (gsize) MAX (ceil (share * sorted->len), 1) - 1;

  return sorted->len > 0 ? (double) g_array_index (sorted, gint64, at) / GDP_SECOND : NAN;
}

void
gdp_figure_counter_tell (const GdpFigureCounter *counter, GdpAlarmFigures *figures)
{
  double hours = (double) (counter->until - counter->since) / (3600. * GDP_SECOND);
  g_autoptr (GArray) answers = g_array_copy (counter->answers);
  gint64 over = MIN (gdp_burst_deadline (&counter->flood, &gdp_flood_rule), counter->until);

  *figures = (GdpAlarmFigures) { .since = counter->since, .until = counter->until, .n = counter->n,
                                 .sufficient = counter->until - counter->since >= GDP_FIGURES_DAYS * DAY,
                                 .per_hour = counter->n / hours, .per_10_minutes = counter->n / hours / 6,
                                 .n_fleeting = counter->n_fleeting, .n_unreasoned = counter->n_unreasoned,
                                 .n_acknowledged = answers->len };
  for (guint i = 1; i <= 4; i++)
    figures->priority_share[i] = counter->n > 0 ? (double) counter->by_priority[i] / counter->n : NAN;
  g_array_sort (answers, by_length);
  figures->acknowledge_median = rank (answers, 0.5);
  figures->acknowledge_p95 = rank (answers, 0.95);
  figures->flood_share = (double) (counter->in_flood + (counter->flooded != 0 ? over - counter->flooded : 0))
                         / (double) (counter->until - counter->since);
  tell_periods (counter, figures);
  tell_alarms (counter, figures);
}

const guint *
gdp_figure_counter_periods (const GdpFigureCounter *counter, gsize *n)
{
  *n = counter->n_periods;
  return counter->periods;
}
