/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of a point as entries: a row of a table a condition. What is wrong is said under its row, and what the catalogue
 * proposes stands beside it, to be taken by a click. Signal "changed": something was typed or taken. */
#pragma once

#include "gdp/point.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_LIMITS_FORM (ui_limits_form_get_type ())
G_DECLARE_FINAL_TYPE (UiLimitsForm, ui_limits_form, UI, LIMITS_FORM, GtkBox)

/* @point: used while the form lives. */
GtkWidget *ui_limits_form_new     (const GdpPoint *point);
/* A column of proposals behind all that are there; @title: whose. @limits are copied. */
void       ui_limits_form_propose (UiLimitsForm *self, const char *title, const GdpLimits *limits);
/* What is typed, put upon the point's own limits. FALSE: it cannot be, and the entries that are wrong say why; then @limits
 * are those as far as they could be taken. */
gboolean   ui_limits_form_take    (UiLimitsForm *self, GdpLimits *limits);

G_END_DECLS
