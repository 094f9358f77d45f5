/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firmware of a BBT unit: what is under way to it, with a way to give it up; else a file to send, to this unit or to all
 * of its model that do not have that version. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_FIRMWARE_DIALOG (ui_firmware_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiFirmwareDialog, ui_firmware_dialog, UI, FIRMWARE_DIALOG, GtkWindow)

/* @unit has called at least once. */
GtkWindow *ui_firmware_dialog_new      (GtkWindow *parent, UiSession *session, UiFieldUnit *unit);
/* As if it had been chosen or typed. */
void       ui_firmware_dialog_set_file (UiFirmwareDialog *self, const char *file);

G_END_DECLS
