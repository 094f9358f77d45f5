/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How wide the columns of a table are in a view of a given width. Pure.
 *
 * Nothing ever lies outside the view: columns give way one rank after the other, then what is left over goes
 * first to those whose texts are cut, then to all that have a share. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  int   need;     /* px; what it takes to be read */
  int   want;     /* px; what its longest text takes; less than need = the same */
  guint share;    /* of what is left over; columns with a share also shrink when nothing else helps */
  guint yields;   /* 0 = never hidden; 2 and more = when another would be cut, the highest first; 1 = when there is no room */
  int   width;    /* (out) px; 0 = hidden */
} UiColumnFit;

void ui_column_fit (UiColumnFit *columns, guint n, int width);

G_END_DECLS
