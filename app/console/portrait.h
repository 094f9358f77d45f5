/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --screenshot: waits until a window shows live data, then saves its picture. */
#pragma once

#include "ui/window.h"

G_BEGIN_DECLS

typedef struct Portrait Portrait;

/* @code: 0, or 1 when it could not be done, which was said on stderr. */
typedef void (*PortraitDone) (int code, gpointer user_data);

Portrait *portrait_take (UiWindow *window, UiSession *session, const char *path, PortraitDone done,
                         gpointer user_data);
void      portrait_free (Portrait *portrait);

G_END_DECLS
