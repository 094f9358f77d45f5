/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "climate.h"

#include <math.h>

#include "chance.h"

#define DAY    86400.0
#define YEAR   (365.2425 * DAY)
#define MOSCOW (3 * 3600.0)

static double
local_seconds (gint64 time)
{
  return time / 1e6 + MOSCOW;
}

/* 1 at @peak of each period, -1 half a period away; all in seconds. */
static double
wave (double seconds, double period, double peak)
{
  return cos (2 * G_PI * (seconds - peak) / period);
}

double
sim_climate_outdoor (gint64 time, guint64 seed)
{
  static const struct { double days, degrees; } spells[] = { { 3.3, 2.0 }, { 7.1, 2.5 }, { 19.0, 3.0 } };
  double t = local_seconds (time);
  /* Coldest about 20 January, warmest hour about 15:00. */
  double degrees = 4.5 - 15.0 * wave (t, YEAR, 20 * DAY) + 3.5 * wave (t, DAY, 15 * 3600.0);
  for (guint i = 0; i < G_N_ELEMENTS (spells); i++) {
    guint64 chance = sim_chance_seed (seed, i);
    double period = spells[i].days * DAY;
    degrees += spells[i].degrees * wave (t, period, period * sim_chance_uniform (&chance));
  }
  return degrees;
}

double
sim_climate_ground (gint64 time)
{
  return 6.5 - 5.0 * wave (local_seconds (time), YEAR, 75 * DAY);
}

double
sim_climate_sunshine (gint64 time)
{
  double t = local_seconds (time);
  double declination = -23.44 * wave (t, YEAR, -10 * DAY) * G_PI / 180;
  double latitude = 56.0 * G_PI / 180;
  double height = sin (latitude) * sin (declination)
                + cos (latitude) * cos (declination) * wave (t, DAY, DAY / 2);
  return MAX (height, 0.0) / 0.82;
}

/* Cooking and hot water by the hour, relative to the day's mean: breakfast, dinner, supper. */
static const float workday[24] = {
  0.45f, 0.35f, 0.30f, 0.30f, 0.40f, 0.75f, 1.35f, 1.75f, 1.55f, 1.15f, 0.95f, 0.95f,
  1.05f, 1.05f, 0.95f, 0.90f, 1.00f, 1.30f, 1.75f, 1.90f, 1.70f, 1.40f, 1.00f, 0.65f,
};
static const float weekend[24] = {
  0.55f, 0.45f, 0.35f, 0.30f, 0.30f, 0.40f, 0.60f, 0.90f, 1.30f, 1.60f, 1.55f, 1.40f,
  1.35f, 1.35f, 1.25f, 1.10f, 1.10f, 1.25f, 1.50f, 1.60f, 1.50f, 1.30f, 1.00f, 0.75f,
};

static double
household (double seconds)
{
  /* 1 January 1970 was a Thursday: days 2 and 3 of each seven are the weekend. */
  gint64 day = (gint64) floor (seconds / DAY) % 7;
  const float *curve = day == 2 || day == 3 ? weekend : workday;
  double hour = fmod (seconds, DAY) / 3600.0;
  guint before = (guint) hour;
  double share = hour - before;
  return curve[before] * (1 - share) + curve[(before + 1) % 24] * share;
}

double
sim_climate_demand (gint64 time, double outdoor)
{
  double t = local_seconds (time);
  double heating = CLAMP ((18.0 - outdoor) / 45.0, 0.0, 1.1);   /* degree-days below 18 °C */
  return 0.12 * household (t) + 0.70 * heating * (1 + 0.06 * wave (t, DAY, 7 * 3600.0));
}
