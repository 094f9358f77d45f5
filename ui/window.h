/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operator's window: banner, navigator, pages, and the bar that says when nothing is live.
 * Everything that it can do is an action "win.…"; menus, keys, D-Bus and tests use the same ones. */
#pragma once

#include "horn.h"
#include "session.h"
#include "site-page.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_WINDOW (ui_window_get_type ())
G_DECLARE_FINAL_TYPE (UiWindow, ui_window, UI, WINDOW, GtkApplicationWindow)

UiWindow   *ui_window_new       (GtkApplication *application, UiSession *session, UiMimicPath mimic,
                                 gpointer user_data);
void        ui_window_set_horn  (UiWindow *self, UiHorn *horn);         /* NULL = without sound */
gboolean    ui_window_has_page  (const char *page);                    /* "site", "alarms", "journal" */
void        ui_window_show_page (UiWindow *self, const char *page);
void        ui_window_show_site (UiWindow *self, const char *site);
const char *ui_window_get_site  (UiWindow *self);                      /* NULL = none */

typedef enum { UI_THEME_DAY, UI_THEME_NIGHT } UiTheme;
/* Loads the style for the whole display; again to change it. */
void        ui_theme_set (GdkDisplay *display, UiTheme theme);

G_END_DECLS
