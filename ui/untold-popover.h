/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list behind the banner's "Not being told": what is stale, lost, forced or suppressed, by site: why, by whom, until when,
 * since when. A row opens its site; its button ends what a person decided. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *ui_untold_popover_new (UiSession *session);

G_END_DECLS
