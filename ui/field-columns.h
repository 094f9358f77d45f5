/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the Field page: units that dial in (UiFieldUnit), callers turned away (UiStranger). */
#pragma once

#include "columns.h"

G_BEGIN_DECLS

extern const UiColumn ui_field_columns[], ui_stranger_columns[];
extern const guint ui_n_field_columns, ui_n_stranger_columns;

/* What cells and the panel of one unit say alike. (transfer full) */
char *ui_field_state_text   (UiSession *session, UiFieldUnit *unit);   /* "sleeping until 14:05:00" */
char *ui_field_supply_text  (const GdpDevice *device);                 /* "mains 229 V, battery 12.6 V" */
char *ui_field_clock_text   (const GdpDevice *device);                 /* "+0.3 s", "never set" */
char *ui_field_waiting_text (const GdpDevice *device);                 /* "12", "overflow, 400" */
char *ui_field_firmware_text (UiFieldUnit *unit);                      /* "1.4.0", "1.4.0 → 1.5.0, 43 %" */
char *ui_field_wish_text    (const GdpWish *wish, const GdpDevice *device);   /* "1.4.0 → 1.5.0: is being sent, 43 %" */
/* "until 03.2031"; "" when nothing is guaranteed. @soon (out) (optional): within a year. */
char *ui_field_guarantee_text (UiSession *session, UiFieldUnit *unit, gboolean *soon);

G_END_DECLS
