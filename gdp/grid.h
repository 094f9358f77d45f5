/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grid of a point's resolution: what is stored of a point stands on it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Value n of the grid is n × step / parts, rounded once: with 0.001 = 1 / 1000 the 1234th is the double that
 * 1.234 is read as, which 1234 × 0.001 is not. */
typedef struct {
  double step, parts;
} GdpGrid;

/* A value farther off than so many steps does not stand on the grid: a double could not tell them apart. */
#define GDP_GRID_MOST (G_GINT64_CONSTANT (1) << 50)

/**
 * gdp_grid:
 * @resolution: > 0, in the point's unit
 *
 * A decimal of up to twelve places becomes the fraction that it is written as, 1/k is taken as that, and
 * anything else in steps of itself.
 */
GdpGrid  gdp_grid         (double resolution);
double   gdp_grid_value   (const GdpGrid *grid, gint64 n);
/* To the nearest value of the grid, never -0. NaN, infinity and what is beyond GDP_GRID_MOST stay as they are.
 * What it returns it returns again. */
double   gdp_grid_rounded (const GdpGrid *grid, double value);
/* TRUE: @value is, bit by bit, gdp_grid_value (@grid, @n). */
gboolean gdp_grid_find    (const GdpGrid *grid, double value, gint64 *n);

G_END_DECLS
