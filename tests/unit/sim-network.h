/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small network for the simulator's tests: sites on one TCP link with every kind of sensor that
 * the simulator plays, on the UPMP's channels. */
#pragma once

#include "app/sim/unit.h"

typedef enum { TEST_ONE_LINE = 1, TEST_TWO_LINES = 2 } TestLines;

GdpNetwork *test_network_new (TestLines lines, guint n_sites);
/* A unit of such a network, settled at noon of 15 January 2026. */
SimUnit    *test_unit_new    (TestLines lines, guint64 seed);

#define TEST_START (G_GINT64_CONSTANT (1768467600) * GDP_SECOND)   /* 2026-01-15 12:00 Moscow */
