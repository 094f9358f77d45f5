/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an SQL tool reads of a store in PostgreSQL with gdp_samples (). */
#pragma once

#include "stage.h"

/* Ends the test unless it tells from @since until before @until (G_MAXINT64: for ever) just the GdpReading of @wanted.
 * @which: an SQL expression, the point's key or id. */
void  samples_assert  (const Stage *stage, const char *which, gint64 since, gint64 until, const GArray *wanted);
/* The database's warning when it tells all of @which, or its error; "" = neither. */
char *samples_trouble (const Stage *stage, const char *which);
