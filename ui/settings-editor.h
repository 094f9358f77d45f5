/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four periods, the SMS number and the thresholds of one unit, checked as one types. What is valid goes into
 * the draft at once. Signal "changed": something was typed. */
#pragma once

#include "field-draft.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_SETTINGS_EDITOR (ui_settings_editor_get_type ())
G_DECLARE_FINAL_TYPE (UiSettingsEditor, ui_settings_editor, UI, SETTINGS_EDITOR, GtkWidget)

/* @draft: borrowed until the next call; NULL = empty. */
void        ui_settings_editor_show  (UiSettingsEditor *self, UiFieldDraft *draft);
/* What is wrong with what was typed, for people; NULL = nothing (borrowed until something is typed). */
const char *ui_settings_editor_fault (UiSettingsEditor *self);

/* A number as people type it: with a comma or a dot. */
gboolean    ui_typed_number (const char *text, double *number);

G_END_DECLS
