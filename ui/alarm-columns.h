/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a list of alarms shows, on the Site and the Alarms page alike. */
#pragma once

#include "columns.h"

G_BEGIN_DECLS

extern const UiColumn ui_alarm_columns[];       /* every column */
extern const guint    ui_n_alarm_columns;
extern const UiColumn ui_site_alarm_columns[];  /* those that matter where the site is known */
extern const guint    ui_n_site_alarm_columns;

G_END_DECLS
