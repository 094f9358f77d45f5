/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One site: who it is and how it is reached, its mimic, its points, its alarms, its last events. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_SITE_PAGE (ui_site_page_get_type ())
G_DECLARE_FINAL_TYPE (UiSitePage, ui_site_page, UI, SITE_PAGE, GtkWidget)

/* Where a mimic's name leads: the path of its file. (transfer full), NULL = none. */
typedef char *(*UiMimicPath) (const char *name, gpointer user_data);

void        ui_site_page_set_session (UiSitePage *self, UiSession *session, UiMimicPath mimic,
                                      gpointer user_data);
/* @site: id; one that is not configured (yet) is said to be so. */
void        ui_site_page_show        (UiSitePage *self, const char *site);
/* The link panel in the place of mimic, points and lists, or these. */
void        ui_site_page_show_link   (UiSitePage *self, gboolean link);
/* The id of the alarm or point whose row the keys go to; borrowed, NULL = none. */
const char *ui_site_page_get_selected (UiSitePage *self);
/* The alarm whose row the keys go to, else the worst of the site; by id, borrowed, NULL = it has none. */
const char *ui_site_page_get_alarm    (UiSitePage *self);
const char *ui_site_page_get_site    (UiSitePage *self);  /* NULL = none yet */

G_END_DECLS
