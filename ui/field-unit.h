/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A unit that dials in, a row of the Field page: its link in the configuration and what it said of itself.
 * The object stays the same over configuration changes. Signal "changed": draw the row again. */
#pragma once

#include "field-state.h"
#include "gdp/firmware.h"
#include "gdp/session-budget.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum { UI_WANTED_SETTINGS, UI_WANTED_SCHEDULE, UI_N_WANTED } UiWanted;

#define UI_TYPE_FIELD_UNIT (ui_field_unit_get_type ())
G_DECLARE_FINAL_TYPE (UiFieldUnit, ui_field_unit, UI, FIELD_UNIT, GObject)

UiFieldUnit     *ui_field_unit_new        (void);
/* @link: index in @network, which is kept; @unit: whose contact speaks for it, G_MAXUINT = none. A new serial
 * forgets the device and its wish. */
void             ui_field_unit_configure  (UiFieldUnit *self, GdpNetwork *network, guint link, guint unit);
void             ui_field_unit_set_device (UiFieldUnit *self, const GdpDevice *device);   /* copied; NULL = none */
void             ui_field_unit_set_wish   (UiFieldUnit *self, const GdpWish *wish);       /* likewise */
void             ui_field_unit_changed    (UiFieldUnit *self);

GdpNetwork      *ui_field_unit_get_network (UiFieldUnit *self);   /* borrowed */
guint            ui_field_unit_get_link   (UiFieldUnit *self);
const GdpLink   *ui_field_unit_peek_link  (UiFieldUnit *self);
const GdpSite   *ui_field_unit_peek_site  (UiFieldUnit *self);    /* NULL = no unit of a site is on the link */
guint            ui_field_unit_get_unit   (UiFieldUnit *self);    
const GdpDevice *ui_field_unit_get_device (UiFieldUnit *self);    /* borrowed, NULL = never called */
const GdpWish   *ui_field_unit_get_wish   (UiFieldUnit *self);    /* firmware ordered last; borrowed, NULL = never one */
/* @needle casefolded: in site, link, serial, registration, model, firmware. */
gboolean         ui_field_unit_matches    (UiFieldUnit *self, const char *needle);
int              ui_field_unit_compare    (UiFieldUnit *a, UiFieldUnit *b);   /* by site, as people count */
/* The revision wanted, remembered until the next configuration. */
guint32          ui_field_unit_wanted     (UiFieldUnit *self, UiWanted what,
                                           guint32 (*func) (const GdpNetwork *network, guint link));
/* As gdp_session_budget(); its calls a year are counted once a configuration. FALSE: nothing is guaranteed. */
gboolean         ui_field_unit_budget     (UiFieldUnit *self, gint64 now, GdpSessionBudget *budget);

G_END_DECLS
