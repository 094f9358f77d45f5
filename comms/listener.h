/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A listening TCP port in a libuv loop. Accepts by itself rather than through uv_listen(), which answers a
 * lack of descriptors by accepting and closing without a word, and cannot be paused. */
#pragma once

#include <glib.h>
#include <uv.h>

G_BEGIN_DECLS

typedef struct CommsListener CommsListener;

typedef struct {
  /* @fd is the callee's: non-blocking, close-on-exec. */
  void   (*accepted) (int fd, const struct sockaddr *peer, gpointer user_data);
  /* Cannot accept for now (no descriptors, no memory): tries again every second by itself. */
  void   (*hindered) (const char *why, gpointer user_data);
  gpointer user_data;
} CommsListenerCalls;

/* @address: "0.0.0.0:7010", "[::]:7010"; port 0 = any free one. @shared: other processes of this user may listen there
 * too, and the kernel divides the callers among them. Error: COMMS_SESSION_SERVER_ERROR. */
CommsListener *comms_listener_new   (uv_loop_t *loop, const char *address, gboolean shared,
                                     const CommsListenerCalls *calls, GError **error);
/* "host:port" or "[host]:port" as above → socket address. */
gboolean       comms_listener_parse_address (const char *address, struct sockaddr_storage *parsed, GError **error);
/* Frees when the loop has let go of it. */
void           comms_listener_close (CommsListener *listener);
guint16        comms_listener_port  (const CommsListener *listener);
/* Whoever calls meanwhile waits in the kernel's queue. */
void           comms_listener_pause (CommsListener *listener, gboolean pause);

G_END_DECLS
