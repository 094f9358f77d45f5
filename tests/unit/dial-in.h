/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small network of units that dial in: sites "GDP-901" …, each with a BBT on "bbt-1" …, serials "00001" …; the
 * first has settings, a schedule of its own and the category "households", a modem stands at the last site. */
#pragma once

#include "data/catalogue.h"

GdpNetwork *dial_in_network (DataCatalogue *catalogue, guint n);
