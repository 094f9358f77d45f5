/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What flashes: 2 Hz, everything in step, from one timer that runs only while something flashes.
 *
 * It must cost next to nothing. GSK (4.8) compares two frames and draws again what differs, but beyond 30
 * rectangles in one container it gives up and draws all of that; a dozen small symbols at different heights are
 * already more. So what contains many flashing symbols says first, in one or a few rectangles, where they are:
 * ui_flash_snapshot(). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @widget (borrowed) is drawn again at every change of phase, from now on / no more. Only while mapped. */
void     ui_flash_join      (GtkWidget *widget);
void     ui_flash_leave     (GtkWidget *widget);
gboolean ui_flash_is_bright (void);
/* TRUE well within the bright phase: what is on the screen now is bright. */
gboolean ui_flash_is_steady (void);

/* For the snapshot function of @ancestor, before its children: at most @most (≥ 1) rectangles. */
void     ui_flash_snapshot  (GtkWidget *ancestor, GtkSnapshot *snapshot, guint most);

/**
 * ui_flash_merge:
 * @rects: (inout): the first ones are replaced
 * @most: ≥ 1
 *
 * Merges rectangles, those first that waste the least area, until at most @most are left. Pure.
 * Returns how many are left; they cover all that @rects did. */
guint    ui_flash_merge     (graphene_rect_t *rects, guint n, guint most);

G_END_DECLS
