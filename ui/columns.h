/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as tables: a column is a row of an array that says how one cell shows one item.
 *
 * A cell is a GtkLabel, or what the column makes. It is shown again when its item emits "changed", and, in
 * columns that show ages, at the session's "tick": what is seen before the next frame, the rest when there is time;
 * where the view is not on the screen, when it comes there. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct {
  const char *title;      /* English, marked for translation; NULL = none */
  guint       width;      /* in digits of the view's font, at least; 0 = of a glyph. Grows with what is shown */
  float       xalign;
  guint       share;      /* of what is left over; 0 = numbers: as wide as the widest, never cut */
  guint       yields;     /* 0 = always there; else the highest gives way first; see column-fit.h */
  gboolean    ages;
  gboolean    tail;       /* its end tells it apart, as "Outlet pressure 2": cut in the middle */
  void      (*show) (GtkWidget *cell, gpointer item, UiSession *session);
  GtkWidget *(*make) (void); /* NULL = a label */
  int       (*compare) (gconstpointer a, gconstpointer b, gpointer session);   /* of two items; NULL: no order by it */
} UiColumn;

/* The columns always fill the view's width, and never more; see column-fit.h. */
void     ui_columns_add   (GtkColumnView *view, UiSession *session, const UiColumn *columns, guint n_columns);
/* Gives @view, a table of ui_columns_add(), its rows when it is first seen, or some seconds after the start: rows that
 * nobody looks at yet do not delay the first picture. Once a view. @model: one with a property "model"; it gets a
 * head of that which grows, so that rows are made some at a time. */
void     ui_columns_set_model (GtkColumnView *view, GtkSelectionModel *model);
/* All of them at once, for whoever looks for one of them. */
void     ui_columns_complete  (GtkColumnView *view);
/* TRUE when more than half of the row that shows @item is inside @view now. */
gboolean ui_columns_shows (GtkColumnView *view, gpointer item);
void     ui_columns_scroll_to (GtkColumnView *view, guint position);
/* The item whose row is at @x, @y of @view; NULL = none. (borrowed) */
gpointer ui_columns_at    (GtkColumnView *view, double x, double y);

/* For show functions: sets the text and the one class that says how it looks (NULL = none). */
void     ui_cell_set (GtkWidget *cell, const char *text, const char *class);
/* The same for text that may be cut: the whole of it is the tooltip. */
void     ui_cell_set_long (GtkWidget *cell, const char *text, const char *class);

G_END_DECLS
