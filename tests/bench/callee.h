/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that the load generator calls, each a process of its own: our session server without a store behind it,
 * echoes that do nothing, mosquitto. And what a process takes: memory, processor time. */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct { pid_t pid; guint16 port; } Callee;

/* @kind: "bbt", "bbt-keyless", "epoll", "libuv", "mosquitto"; @n: units that it knows; @keys: their file; @cpu: the
 * only one that it may run on, -1 = any. NULL: there is no such program here. */
Callee *callee_start (const char *kind, guint n, const char *keys, int cpu);
void    callee_stop  (Callee *callee);
/* What callee_start() has this same program do: main() calls it first. */
void    callee_serve_if_asked (int argc, char **argv);

/* Bytes of memory of its own (private, written to): what a process adds to the machine. */
gsize   process_memory (pid_t pid);
/* Seconds of processor time of all its threads so far; @thread: of those called so, NULL = all. */
double  process_time   (pid_t pid, const char *thread);
/* Until it does nothing, half a minute at most. */
void    process_wait_idle (pid_t pid);
/* Keeps the calling process on one processor. */
void    process_pin    (int cpu);

G_END_DECLS
