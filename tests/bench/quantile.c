/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quantile.h"

#include <stdlib.h>

static int
by_value (const void *a, const void *b)
{
  double left = *(const double *) a, right = *(const double *) b;
  return (left > right) - (left < right);
}

double
quantile (double *values, guint n, double q)
{
  qsort (values, n, sizeof *values, by_value);
  return values[(guint) (q * (n - 1))];
}

double
quantile_of (GArray *values, double q)
{
  return quantile ((double *) (gpointer) values->data, values->len, q);
}
