/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a unit calls: the schedule of its consumers' category, which all units of the category share, and calls
 * of its own. Both are edited here; the next calls are shown as one edits. Signal "changed". */
#pragma once

#include "field-draft.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_SCHEDULE_EDITOR (ui_schedule_editor_get_type ())
G_DECLARE_FINAL_TYPE (UiScheduleEditor, ui_schedule_editor, UI, SCHEDULE_EDITOR, GtkWidget)

/* @draft: borrowed until the next call; NULL = empty. */
void        ui_schedule_editor_show  (UiScheduleEditor *self, UiFieldDraft *draft);
const char *ui_schedule_editor_fault (UiScheduleEditor *self);   /* for people; NULL = nothing (borrowed) */
/* Writes the next calls anew. @now: µs. */
void        ui_schedule_editor_tell  (UiScheduleEditor *self, gint64 now);

G_END_DECLS
