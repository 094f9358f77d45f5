/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One link in the link panel: how it is, the verdict, a row of figures for it and each of the site's units on it,
 * and, where units dial in, its sessions and their signal. */
#pragma once

#include "session.h"

#include "data/doctor.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_LINK_SECTION (ui_link_section_get_type ())
G_DECLARE_FINAL_TYPE (UiLinkSection, ui_link_section, UI, LINK_SECTION, GtkWidget)

/* For @link and the units of @site on it (indexes of the session's network of now). */
GtkWidget *ui_link_section_new  (UiSession *session, guint link, guint site);
/* @patients: as data_examine_link () gives them. */
void       ui_link_section_show (UiLinkSection *self, const GPtrArray *patients);
/* Ages are to be written again. */
void       ui_link_section_tick (UiLinkSection *self);
guint      ui_link_section_link (UiLinkSection *self);

G_END_DECLS
