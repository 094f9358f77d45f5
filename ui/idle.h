/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells when nobody has touched a key, the mouse or the screen in any of the program's windows for some time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct UiIdle UiIdle;
typedef void (*UiIdleFunc) (gpointer user_data);

/* @func is called once a rest. Windows that come later are watched, too. */
UiIdle *ui_idle_new       (UiIdleFunc func, gpointer user_data);
void    ui_idle_free      (UiIdle *idle);
/* @limit: µs by the monotonic clock, from now on; 0 = never. */
void    ui_idle_set_limit (UiIdle *idle, gint64 limit);

G_END_DECLS
