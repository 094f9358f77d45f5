/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a list of journal records shows, on the Site and the Journal page alike. */
#pragma once

#include "columns.h"

G_BEGIN_DECLS

extern const UiColumn ui_event_columns[];
extern const guint    ui_n_event_columns;
extern const UiColumn ui_site_event_columns[];
extern const guint    ui_n_site_event_columns;

G_END_DECLS
