/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the table of a site's points shows. */
#pragma once

#include "columns.h"

G_BEGIN_DECLS

extern const UiColumn ui_point_columns[];
extern const guint    ui_n_point_columns;

G_END_DECLS
