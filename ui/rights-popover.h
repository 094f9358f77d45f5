/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who acts here: name, role, and what that role may and may not do. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *ui_rights_popover_new (UiSession *session);

G_END_DECLS
