/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A point or an alarm that nobody is told about now, and why: a row of the list behind "Not being told". */
#pragma once

#include "decision.h"

G_BEGIN_DECLS

#define UI_TYPE_UNTOLD (ui_untold_get_type ())
G_DECLARE_FINAL_TYPE (UiUntold, ui_untold, UI, UNTOLD, GObject)

UiSite     *ui_untold_get_site  (UiUntold *self);   /* borrowed; NULL = of no single site */
const char *ui_untold_get_name  (UiUntold *self);   /* of the point or the alarm */
const char *ui_untold_get_kind  (UiUntold *self);   /* "Shelved", "Stale", … */
gint64      ui_untold_get_since (UiUntold *self);   /* µs; 0 = unknown */
/* What a person decided, or the server because of another alarm. */
gint64      ui_untold_get_until (UiUntold *self);   /* µs; 0 = it has no end */
const char *ui_untold_get_by    (UiUntold *self);   /* NULL = nobody */
const char *ui_untold_get_reason (UiUntold *self);  /* or the cause's id; NULL = none */
/* The alarm about which @decision (out) ends it; NULL: no person can. */
const char *ui_untold_get_end   (UiUntold *self, UiDecision *decision);

/* All of them now, by site in the navigator's order: exactly as many as ui_session_count_untold()
 * says. (transfer full) */
GPtrArray  *ui_untold_collect   (UiSession *session);
/* TRUE: the same things for the same reasons. */
gboolean    ui_untold_equal     (UiUntold *a, UiUntold *b);

G_END_DECLS
