/* SPDX-License-Identifier: GPL-3.0-or-later */
/* systemd's notification protocol (sd_notify(3), "Standalone Implementations"): one datagram. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @state: "READY=1", "STATUS=…", several with newlines between. Nothing happens outside systemd. */
void server_notify (const char *state);

G_END_DECLS
