/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Site passports: one JSON document with everything that a person enters about sites.
 * The shape is in catalogue/passport.schema.json; what a schema cannot say (limit order, channels
 * of the profile, references) is checked here. */
#pragma once

#include "gdp/network.h"
#include "catalogue.h"
#include "problem.h"

G_BEGIN_DECLS

/**
 * data_passport_parse:
 * @name: of the file, for messages
 * @problems: (out) (element-type DataProblem): everything wrong, in document order, at most DATA_PROBLEMS_MAX
 * @n_problems: (out): how many there are
 *
 * Returns the network (keys 0), or NULL when there is any problem.
 */
GdpNetwork *data_passport_parse (const char *name, const char *json, gssize length, DataCatalogue *catalogue,
                                 GPtrArray **problems, guint *n_problems);

/* Files as one network. A link may stand in several of them when it is the same everywhere. */
GdpNetwork *data_passport_load_all (const char *const *paths, DataCatalogue *catalogue,
                                    GPtrArray **problems, guint *n_problems);

/* The passport document of @sites (indexes; NULL = all), with the links that they use. Parsing it
 * gives the same sites again; writing that gives the same bytes. */
char *data_passport_write (const GdpNetwork *network, const guint *sites, guint n_sites);

G_END_DECLS
