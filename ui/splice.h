/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists that become other lists with as little noise as possible: what is shown of rows that stay is not made anew. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ui_splice:
 * @items: (array length=n): borrowed
 *
 * Makes @store hold exactly @items, by one splice of what stands between the first and the last difference. An item
 * that is the same object counts as the same. FALSE: nothing differed, nothing was said. */
gboolean ui_splice (GListStore *store, gpointer *items, guint n);

/* As g_ptr_array_sort(); what is in order already, as a changed configuration mostly is, is only looked at once. */
void ui_put_in_order (GPtrArray *items, GCompareFunc compare);

G_END_DECLS
