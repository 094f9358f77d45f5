/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calendar.h"

#define JULIAN_1970 719163   /* GLib counts from the first day of the year 1 on */

gint64
data_month_of_day (gint64 day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day + JULIAN_1970));
  return 12 * (gint64) g_date_get_year (&date) + g_date_get_month (&date) - 1;
}

gint64
data_first_day_of_month (gint64 month)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, 1, (GDateMonth) (month % 12 + 1), (GDateYear) (month / 12));
  return (gint64) g_date_get_julian (&date) - JULIAN_1970;
}

gint64
data_year_of_day (gint64 day)
{
  return data_month_of_day (day) / 12;
}

gint64
data_first_day_of_year (gint64 year)
{
  return data_first_day_of_month (12 * year);
}
