/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A heading of the navigator: a region and those of its sites that the search leaves. */
#pragma once

#include "site.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_REGION (ui_region_get_type ())
G_DECLARE_FINAL_TYPE (UiRegion, ui_region, UI, REGION, GObject)

UiRegion   *ui_region_new       (const char *name, GtkFilter *filter);
/* @n UiSite (borrowed), in order of ui_site_compare(); those that stay are not said to have changed. */
void        ui_region_set       (UiRegion *self, gpointer *sites, guint n);
/* Its place among those that match, G_MAXUINT = it is not there. */
guint       ui_region_find      (UiRegion *self, UiSite *site);
const char *ui_region_get_name  (UiRegion *self);
GListModel *ui_region_get_sites (UiRegion *self);   /* those that match; borrowed */
UiAlarm    *ui_region_get_worst (UiRegion *self);   /* of all its sites; borrowed, NULL = none */

G_END_DECLS
