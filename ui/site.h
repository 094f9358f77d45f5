/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One site in the navigator: who it is, and the worst that is known of it.
 * The object stays the same over configuration changes. Signal "changed": draw the row again. */
#pragma once

#include "alarm.h"

G_BEGIN_DECLS

#define UI_TYPE_SITE (ui_site_get_type ())
G_DECLARE_FINAL_TYPE (UiSite, ui_site, UI, SITE, GObject)

UiSite        *ui_site_new        (const char *id);
/* TRUE: it is called otherwise than before. */
gboolean       ui_site_configure  (UiSite *self, GdpNetwork *network, guint index);

const char    *ui_site_get_id     (UiSite *self);
const char    *ui_site_get_name   (UiSite *self);   /* "" when it has none */
const char    *ui_site_get_region (UiSite *self);   /* "" when it has none */
guint          ui_site_get_index  (UiSite *self);   /* into the network's sites */
guint          ui_site_get_main   (UiSite *self);   /* point shown beside it: outlet pressure if any; G_MAXUINT */
/* @needle casefolded: in the number, the name or the address. */
gboolean       ui_site_matches    (UiSite *self, const char *needle);
int            ui_site_compare    (UiSite *a, UiSite *b);  /* region, then number, as people count */

/* Alarms of this site that are not normal. */
void           ui_site_add_alarm    (UiSite *self, UiAlarm *alarm);
void           ui_site_remove_alarm (UiSite *self, UiAlarm *alarm);
UiAlarm       *ui_site_get_worst    (UiSite *self);         /* borrowed; NULL = all is well */
guint          ui_site_get_n_alarms (UiSite *self);

void           ui_site_set_contact (UiSite *self, GdpContactState worst);
GdpContactState ui_site_get_contact (UiSite *self);
void           ui_site_changed     (UiSite *self);

G_END_DECLS
