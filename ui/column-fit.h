/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How wide the columns of a table are in a view of a given width. Pure.
 *
 * Nothing ever lies outside the view: columns give way one rank after the other, and what is left over goes
 * to those that can use it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  int   need;     /* px; what it takes to be read */
  guint share;    /* of what is left over; columns with a share also shrink when nothing else helps */
  guint yields;   /* 0 = never hidden; the highest goes first */
  int   width;    /* (out) px; 0 = hidden */
} UiColumnFit;

void ui_column_fit (UiColumnFit *columns, guint n, int width);

G_END_DECLS
