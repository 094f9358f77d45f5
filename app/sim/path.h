/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of one call to the server: a TCP connection or a UDP socket, and what a bad line does to what passes it. */
#pragma once

#include <glib.h>
#include <uv.h>

G_BEGIN_DECLS

typedef struct SimPath SimPath;

typedef struct {
  /* It stands: talk. */
  void (*connected) (gpointer user_data);
  void (*heard)     (gpointer user_data, const guint8 *bytes, gsize length);
  /* It broke, or could not be made. Close it then. */
  void (*broken)    (gpointer user_data, const char *why);
} SimPathEvents;

/* NULL: the machine has no more sockets. @server: copied; @chance: of what happens on the line. */
SimPath *sim_path_dial (uv_loop_t *loop, const struct sockaddr *server, gboolean udp, guint64 chance,
                           const SimPathEvents *events, gpointer user_data);
/* A whole frame. @rate: share of frames that are spoiled. */
void sim_path_send (SimPath *path, const guint8 *frame, gsize length, double rate);
/* What is late goes on. To be called often. */
void sim_path_tick (SimPath *path);
/* Nothing is heard or told of it any more; it frees itself. */
void sim_path_close (SimPath *path);

G_END_DECLS
