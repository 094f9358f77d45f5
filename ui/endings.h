/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A quiet bar that says of shelvings and visits that they are about to end: shelve again, or let it come back, which it also
 * does when nobody answers. What one person has answered is asked at other desks. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Long enough to ask a crew by telephone how far it is; shorter than the shortest shelving that the dialog offers. */
#define UI_ENDS_SOON (300 * GDP_SECOND)

#define UI_TYPE_ENDINGS (ui_endings_get_type ())
G_DECLARE_FINAL_TYPE (UiEndings, ui_endings, UI, ENDINGS, GtkWidget)

void ui_endings_set_session (UiEndings *self, UiSession *session);

G_END_DECLS
