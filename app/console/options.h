/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line says. */
#pragma once

#include "ui/window.h"

G_BEGIN_DECLS

typedef struct {
  char    *store, *page, *site, *person, *screenshot;
  gboolean standalone, fullscreen, no_sound, verbose;
  UiTheme  theme;
  int      width, height;
} Options;

/* FALSE: done already, exit with @code (0 after --version, 2 after wrong usage, said on stderr). */
gboolean options_parse (Options *options, int *argc, char ***argv, int *code);
void     options_clear (Options *options);

G_END_DECLS
