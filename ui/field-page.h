/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every unit that dials in: how it stands with it, what it is told and whether it has taken that; and those who
 * call and are not known. Rows stay where they are while one reads: they are put in order again only when
 * another order, filter or search is chosen. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  UI_FIELD_FILTER_ALL, UI_FIELD_FILTER_SESSION, UI_FIELD_FILTER_LATE, UI_FIELD_FILTER_UNTAKEN,
  UI_FIELD_FILTER_STRANGERS, UI_N_FIELD_FILTERS
} UiFieldFilter;
/* "all", "in-session", "late", "untaken", "strangers" */
gboolean ui_field_filter_parse (const char *word, UiFieldFilter *filter);

#define UI_TYPE_FIELD_PAGE (ui_field_page_get_type ())
G_DECLARE_FINAL_TYPE (UiFieldPage, ui_field_page, UI, FIELD_PAGE, GtkWidget)

void     ui_field_page_set_session (UiFieldPage *self, UiSession *session);
void     ui_field_page_set_filter  (UiFieldPage *self, UiFieldFilter filter);
/* Chooses the unit of this link, whatever the filter hid; FALSE: there is none. */
gboolean ui_field_page_select      (UiFieldPage *self, const char *link);
/* The first unit of this site is chosen, where the list shows one. */
void     ui_field_page_show_site   (UiFieldPage *self, const char *site);

G_END_DECLS
