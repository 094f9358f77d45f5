/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A caller that was turned away, a row of the list of those who call and are not known. */
#pragma once

#include "data/store.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define UI_TYPE_STRANGER (ui_stranger_get_type ())
G_DECLARE_FINAL_TYPE (UiStranger, ui_stranger, UI, STRANGER, GObject)

UiStranger         *ui_stranger_new  (const DataStranger *stranger);   /* copied */
const DataStranger *ui_stranger_get  (UiStranger *self);
/* TRUE: the same caller at the same server. */
gboolean            ui_stranger_is   (UiStranger *self, const DataStranger *stranger);
/* The link of @network that it would be, by serial or registration; G_MAXUINT = it is not known. */
guint               ui_stranger_link (UiStranger *self, const GdpNetwork *network);
/* It said who it is, so it can be approved. */
gboolean            ui_stranger_has_name (UiStranger *self);
/* What it sent without what the server adds for people: a serial or a registration string. */
const char         *ui_stranger_name (UiStranger *self);

G_END_DECLS
