/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a list of journal records shows, on the Site and the Journal page alike. */
#pragma once

#include "columns.h"

G_BEGIN_DECLS

extern const UiColumn ui_event_columns[];
extern const guint    ui_n_event_columns;
extern const UiColumn ui_site_event_columns[];
extern const guint    ui_n_site_event_columns;

/* Only what raised an alarm shines, its later life is told in words: its priority, else 0. */
guint ui_event_priority   (const GdpEvent *event);
/* Object and details in one, where there is no room for each: "Outlet pressure 1, Low-low: 0.1189 MPa, LL 0.1440 MPa".
 * @network: NULL = not known. (transfer full) */
char *ui_event_whole_text (const GdpEvent *event, GdpNetwork *network);

G_END_DECLS
