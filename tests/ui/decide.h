/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A desk for tests of what is decided: an open door, the dialog, and who sits there. */
#pragma once

#include "desk.h"

#define DOOR "GDP-001/door1.state"

/* So many sites, a live picture. */
void       decide_sit_down      (Desk *desk, guint n_sites);
/* The role of whoever sits there, once the console knows it. */
void       decide_appoint       (Desk *desk, GdpRole role);

/* ---- the list of alarms, the points of the site ---------------------------------------------- */

GtkWidget *decide_page          (Desk *desk);
/* The door is open, and its alarm selected in the list. */
void       decide_open_door     (Desk *desk);
GtkWidget *decide_points        (Desk *desk);
void       decide_select_point  (Desk *desk, const char *id);

/* ---- the dialog ------------------------------------------------------------------------------- */

GtkWidget *decide_dialog        (void);
/* About what is selected; "shelve". */
void       decide_open_dialog   (Desk *desk, const char *word);
void       decide_write_reason  (const char *reason);
/* The button; @where: CSS name of what it is in, NULL = the dialog. FALSE: it cannot be pressed. */
gboolean   decide_try_press     (Desk *desk, const char *where, const char *label);
/* As soon as it can be. */
void       decide_press         (Desk *desk, const char *where, const char *label);
/* Decides about what is selected, and waits until it is done. */
void       decide_selected      (Desk *desk, const char *word, const char *label, const char *reason);

/* Conditions. */
gboolean   decide_has_dialog    (Desk *desk, gconstpointer nothing);
gboolean   decide_has_no_dialog (Desk *desk, gconstpointer nothing);
gboolean   decide_dialog_says   (Desk *desk, gconstpointer text);
gboolean   decide_list_says     (Desk *desk, gconstpointer text);
gboolean   decide_has_points    (Desk *desk, gconstpointer nothing);
gboolean   decide_door_is       (Desk *desk, gconstpointer suppression);   /* "shelved": as the console shows it */
