/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog in which an engineer makes a caller that is not known a unit of a site. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @stranger has a name. The window belongs to GTK; it closes when the store has taken the change. */
GtkWindow *ui_approval_new (GtkWindow *parent, UiSession *session, UiStranger *stranger);

G_END_DECLS
