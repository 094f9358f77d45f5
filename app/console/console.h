/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application: one session, any number of windows on it. */
#pragma once

#include "options.h"

G_BEGIN_DECLS

#define CONSOLE_ID "io.github.gdp.Console"

#define APP_TYPE_CONSOLE (app_console_get_type ())
G_DECLARE_FINAL_TYPE (AppConsole, app_console, APP, CONSOLE, GtkApplication)

/* @options is borrowed for the application's life. */
AppConsole *app_console_new      (const Options *options);
int      app_console_exit_code (AppConsole *self);

G_END_DECLS
