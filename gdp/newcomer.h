/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A unit that called and is not known, as an engineer approves it: what is to be imported. Pure. */
#pragma once

#include "network.h"

G_BEGIN_DECLS

typedef struct {
  GdpLinkKind       kind;       /* BBT or MODEM */
  const char       *name;       /* its serial, or its registration string */
  guint             site;       /* index */
  guint             replaces;   /* index of a link of that kind whose unit it takes the place of; G_MAXUINT = it is new */
  gboolean          keyless;    /* BBT: is let in without proof of a key */
  const GdpProfile *profile;    /* of a new unit: a report profile for a BBT, registers for a modem */
} GdpNewcomer;

/**
 * gdp_newcomer_network:
 *
 * One that replaces another keeps the link, its settings, its schedule and its points; only the serial or the
 * registration changes. A new one gets a link and a unit at the site, beside what the site has; points are given
 * to it by the site's passport. (transfer full). Errors: the builder's; a name that is another link's.
 */
GdpNetwork *gdp_newcomer_network (const GdpNetwork *network, const GdpNewcomer *newcomer, GError **error);

/* Name of the catalogue's profile that a new one of this kind gets. */
const char *gdp_newcomer_profile (GdpLinkKind kind);

G_END_DECLS
