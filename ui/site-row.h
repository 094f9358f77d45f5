/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the navigator: a site, or the heading of a region. */
#pragma once

#include "region.h"
#include "session.h"

G_BEGIN_DECLS

#define UI_TYPE_SITE_ROW (ui_site_row_get_type ())
G_DECLARE_FINAL_TYPE (UiSiteRow, ui_site_row, UI, SITE_ROW, GtkWidget)

GtkWidget *ui_site_row_new  (UiSession *session);
/* @row of the tree; NULL = the widget is put aside and follows nothing. */
void       ui_site_row_bind (UiSiteRow *self, GtkTreeListRow *row);

G_END_DECLS
