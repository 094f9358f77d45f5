/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of the figures of a benchmark's rounds: 0 is the least, 0.5 the median, 1 the greatest. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @values is sorted by it; @n > 0; @q 0..1. */
double quantile    (double *values, guint n, double q);
/* The same of an array of double. */
double quantile_of (GArray *values, double q);

G_END_DECLS
