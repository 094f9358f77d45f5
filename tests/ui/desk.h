/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A desk for tests of the console: a window on a real store with a field behind it, what is to be seen on its screen,
 * and waiting until it is. */
#pragma once

#include "field.h"
#include "ui/window.h"

typedef struct {
  Field         *field;
  DataStore     *store;       /* another handle beside the field's; the test's to open */
  DataCatalogue *catalogue;   /* of the mimics; the test's to load, before it sits down */
  UiSession     *session;
  UiWindow      *window;
  char          *told;        /* the last notice */
} Desk;

/* GLib's tests, GTK and its application, in English and by day. */
void       desk_init   (int *argc, char ***argv);
/* A console of "Tester" at @uri, in a window of so many pixels. */
void       desk_sit    (Desk *desk, const char *uri, int width, int height);
void       desk_leave  (Desk *desk);          /* and frees all that is there */
/* The window's action with a text, or NULL. */
void       desk_act    (Desk *desk, const char *action, const char *target);

/* ---- waiting ----------------------------------------------------------------------------- */

typedef gboolean (*DeskCondition) (Desk *desk, gconstpointer what);

/* Lets the program and the field's server run until @condition (@desk, @what); returns how long it took, µs. */
#define desk_wait(desk, condition, what) \
  desk_wait_with ((desk)->field, desk, condition, what, #condition " (" #what ")")
/* The same while the server stands still. */
#define desk_wait_still(desk, condition, what) \
  desk_wait_with (NULL, desk, condition, what, #condition " (" #what ")")
gint64     desk_wait_with  (Field *field, Desk *desk, DeskCondition condition, gconstpointer what, const char *text);

/* Conditions. */
gboolean   desk_is_live    (Desk *desk, gconstpointer nothing);
gboolean   desk_is_told    (Desk *desk, gconstpointer part);      /* of the last notice */
gboolean   desk_says       (Desk *desk, gconstpointer text);      /* somewhere in the window */
gboolean   desk_is_silent  (Desk *desk, gconstpointer text);      /* nowhere in the window */
gboolean   desk_has_alarm  (Desk *desk, gconstpointer id);
gboolean   desk_is_acked   (Desk *desk, gconstpointer id);

/* ---- what is on the screen ------------------------------------------------------------------ */

/* The first widget from @below on that is mapped and for which @is; NULL = none. @below may be NULL. */
typedef gboolean (*ScreenMatch) (GtkWidget *widget, gconstpointer what);
GtkWidget *screen_find        (GtkWidget *below, ScreenMatch is, gconstpointer what);
GtkWidget *screen_find_named  (GtkWidget *below, const char *name);     /* CSS name or class */
GtkWidget *screen_find_type   (GtkWidget *below, GType type);
GtkWidget *screen_find_action (GtkWidget *below, const char *action);   /* the button of it */
GtkWidget *screen_find_button (GtkWidget *below, const char *label);
gboolean   screen_says        (GtkWidget *below, const char *text);     /* a label holds it, and has room */
/* The same whether it is mapped or not. */
GtkWidget *unseen_find        (GtkWidget *below, ScreenMatch is, gconstpointer what);
GtkWidget *unseen_find_named  (GtkWidget *below, const char *name);
/* The window of @type that is on the screen. */
GtkWidget *screen_window      (GType type);
