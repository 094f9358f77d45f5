/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thousands of BBTs as the load generator plays them (tongue.h): their network and their keys. */
#pragma once

#include "gdp/network.h"

G_BEGIN_DECLS

/* Sites "T00000" … each with a BBT link of its own and points ai1 … ai8. */
GdpNetwork *bbt_town_new (guint n, gboolean keyless);
/* Writes the file of keys. (transfer full): its name; the caller removes it. */
char       *bbt_town_keys (guint n);

G_END_DECLS
