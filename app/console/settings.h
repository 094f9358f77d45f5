/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person has chosen in the console and finds again: $XDG_CONFIG_HOME/gdp/console.conf. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Minutes without a touch after which the console is locked; 0 = never, also when nothing was ever chosen. */
guint    settings_lock_after     (void);
gboolean settings_set_lock_after (guint minutes, GError **error);

G_END_DECLS
