/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the table of a site's points shows. */
#pragma once

#include "columns.h"

G_BEGIN_DECLS

extern const UiColumn ui_point_columns[];
extern const guint    ui_n_point_columns;
/* The columns of limits, which give way when the page is narrow: first, and how many. */
#define UI_POINT_FIRST_LIMIT 4
#define UI_POINT_N_LIMITS    GDP_N_LEVELS

G_END_DECLS
