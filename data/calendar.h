/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Months and years of days, UTC, by the Gregorian calendar. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Days since 1970, from then until 2255. A month is 12 × year + month, that from 0 to 11. */
gint64 data_month_of_day       (gint64 day);
gint64 data_first_day_of_month (gint64 month);
gint64 data_year_of_day        (gint64 day);
gint64 data_first_day_of_year  (gint64 year);

G_END_DECLS
