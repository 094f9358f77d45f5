/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window's files know of each other: window.c has its parts, its pages and what is said in it, window-actions.c what it
 * can do, window-sign.c who does it. */
#pragma once

#include "window.h"

G_BEGIN_DECLS

struct _UiWindow {
  GtkApplicationWindow parent_instance;

  /* template */
  GtkWidget *banner, *not_live, *closed, *closed_text, *closed_open, *endings, *navigator, *pages, *menu_button, *split, *site, *alarms, *journal, *field, *figures, *notice, *notice_text;

  /* owned */
  UiSession *session;
  GPtrArray *history;      /* page names, the current one last */
  guint      notice_end;   /* source */
  int        width, height;
};

/* A line over the page: a failure stays until it is closed, a remark goes by itself. */
void ui_window_tell         (UiWindow *self, const char *text, gboolean failed);
void ui_window_close_notice (UiWindow *self);
/* Shows @page; unlike ui_window_show_page() it is not one to come back from. */
void ui_window_turn_to      (UiWindow *self, const char *page);

/* window-actions.c */
void ui_window_add_actions  (UiWindow *self);

/* window-sign.c */
void ui_window_add_sign_actions (UiWindow *self);
/* Who sits here, or what that person may do, is another: what is not permitted cannot be begun, nor gone on with. */
void ui_window_follow_rights (UiWindow *self);

G_END_DECLS
