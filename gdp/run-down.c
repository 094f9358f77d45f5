/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run-down.h"

#include <math.h>
#include <string.h>

#define NARROWEST  (300 * GDP_SECOND)
#define WIDEST_DAYS  (16 * NARROWEST)
#define WIDEST_HOURS (2 * NARROWEST)
#define LEAST_PAST (1800 * GDP_SECOND)
#define FARTHEST   4      /* times as far ahead as back */

/* See the header. `tells`: the highest voltage that says something, share of the nominal one. */
static const struct { const char *chemistry; double tells, uneven; } kinds[] = {
  { "AGM",     INFINITY,    1.6 },
  { "LiFePO4", 24.8 / 24.0, 2.0 },
  { "LTO",     INFINITY,    1.5 },
  { NULL,      INFINITY,    2.0 },
};

/* ---- what is kept ------------------------------------------------------------------------- */

void
gdp_run_down_begin (GdpRunDown *self, gint64 since)
{
  *self = (GdpRunDown) { .since = since, .days.width = NARROWEST, .hours.width = NARROWEST };
}

static void
put (GdpSlots *slots, guint slot, double volts, guint8 weight)
{
  guint before = slots->count[slot];

  slots->mean[slot] = before == 0 ? (float) volts
                      : (float) (((double) slots->mean[slot] * before + volts * weight) / (before + weight));
  slots->count[slot] = (guint8) MIN (before + weight, 255u);
}

/* Two slots become one. */
static void
widen (GdpSlots *slots)
{
  GdpSlots wide = { .width = 2 * slots->width };

  for (guint i = 0; i < GDP_RUN_DOWN_SLOTS; i++)
    if (slots->count[i] > 0)
      put (&wide, i / 2, (double) slots->mean[i], slots->count[i]);
  *slots = wide;
}

/* The oldest fall out, so that slot number @last is there. */
static void
shift (GdpSlots *slots, gint64 last)
{
  gint64 by = last - GDP_RUN_DOWN_SLOTS + 1 - slots->first;
  guint lost = (guint) MIN (by, GDP_RUN_DOWN_SLOTS), left = GDP_RUN_DOWN_SLOTS - lost;

  memmove (slots->mean, slots->mean + lost, left * sizeof *slots->mean);
  memmove (slots->count, slots->count + lost, left * sizeof *slots->count);
  memset (slots->count + left, 0, lost * sizeof *slots->count);
  slots->first += by;
}

/* @at: µs since the beginning. TRUE: it is the first of its slot. */
static gboolean
take (GdpSlots *slots, double volts, gint64 at, gint64 widest)
{
  while (at / slots->width - slots->first >= GDP_RUN_DOWN_SLOTS && slots->width < widest)
    widen (slots);
  if (at / slots->width - slots->first >= GDP_RUN_DOWN_SLOTS)
    shift (slots, at / slots->width);
  gint64 slot = at / slots->width - slots->first;
  if (slot < 0)   /* older than all that is kept */
    return FALSE;
  gboolean new = slots->count[slot] == 0;
  put (slots, (guint) slot, volts, 1);
  return new;
}

gboolean
gdp_run_down_take (GdpRunDown *self, double volts, gint64 time)
{
  gint64 at = time - self->since;

  if (at < GDP_RUN_DOWN_SETTLES)
    return FALSE;
  gboolean new = take (&self->days, volts, at, WIDEST_DAYS);
  return take (&self->hours, volts, at, WIDEST_HOURS) || new;
}

/* ---- what it tells ------------------------------------------------------------------------ */

static guint
kind_of (const GdpBattery *battery)
{
  guint i = 0;

  while (kinds[i].chemistry != NULL && g_strcmp0 (kinds[i].chemistry, battery->chemistry) != 0)
    i++;
  return i;
}

static void
widen_band (GdpProjection *projection, gint64 now, double by)
{
  projection->earliest = now + (gint64) ((double) (projection->earliest - now) / by);
  projection->latest = now + (gint64) ((double) (projection->latest - now) * by);
}

/* Towards its end a battery falls faster than before, and does not recover: when it ends sooner by the last third alone, what
 * was before says nothing more. */
static void
heed_knee (GdpProjection *projection, const GdpPast *past, gsize n, double cut_off)
{
  gsize lately = MAX (n / 3, GDP_PROJECTION_LEAST);
  GdpProjection late = gdp_project (past + n - lately, lately, cut_off, FALSE);

  if (late.kind != GDP_PROJECTION_AHEAD || late.latest == G_MAXINT64 || late.at >= projection->at)
    return;
  *projection = late;
}

GdpProjection
gdp_run_down_project (const GdpPast *past, gsize n, const GdpBattery *battery, double cut_off)
{
  guint kind = kind_of (battery);
  double tells = battery->voltage > 0 ? kinds[kind].tells * battery->voltage : INFINITY;
  GdpProjection nothing = { .kind = GDP_PROJECTION_TOO_LITTLE, .slope = NAN };

  if (n > 0 && past[n - 1].value > tells)
    return (GdpProjection) { .kind = GDP_PROJECTION_FLAT, .slope = NAN };
  while (n > 0 && past->value > tells)
    past++, n--;
  if (n < GDP_PROJECTION_LEAST || past[n - 1].time - past->time < LEAST_PAST)
    return nothing;

  gint64 now = past[n - 1].time;
  GdpProjection projection = gdp_project (past, n, cut_off, FALSE);
  if (projection.kind != GDP_PROJECTION_AHEAD)
    return projection;
  heed_knee (&projection, past, n, cut_off);
  if (projection.latest == G_MAXINT64)
    projection.kind = GDP_PROJECTION_STEADY;
  else if (projection.at - now > FARTHEST * (now - past->time))
    return nothing;
  else
    widen_band (&projection, now, kinds[kind].uneven);
  return projection;
}

static GdpProjection
outlook_of (const GdpSlots *slots, gint64 since, const GdpBattery *battery, double cut_off)
{
  GdpPast past[GDP_RUN_DOWN_SLOTS];
  gsize n = 0;

  for (guint i = 0; i < GDP_RUN_DOWN_SLOTS; i++)
    if (slots->count[i] > 0)
      past[n++] = (GdpPast) { since + (slots->first + i) * slots->width + slots->width / 2, (double) slots->mean[i] };
  return gdp_run_down_project (past, n, battery, cut_off);
}

GdpProjection
gdp_run_down_outlook (const GdpRunDown *self, const GdpBattery *battery, double cut_off)
{
  GdpProjection days = outlook_of (&self->days, self->since, battery, cut_off);
  GdpProjection hours = outlook_of (&self->hours, self->since, battery, cut_off);
  gboolean sooner = hours.kind == GDP_PROJECTION_REACHED
                    || (hours.kind == GDP_PROJECTION_AHEAD && (days.kind != GDP_PROJECTION_AHEAD || hours.at < days.at));

  return sooner ? hours : days;
}
