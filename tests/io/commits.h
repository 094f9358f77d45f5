/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the session server: who takes its reports, and commits them. */
#pragma once

#include "session-field.h"

/* Commits every report that comes, in a thread of its own, and tells what it saw. */
typedef struct {
  Field     *field;
  GThread   *thread;
  int        over, hold;   /* atomic; hold: what has a mark waits */
  GMutex     lock;
  GPtrArray *held;         /* CommsReport */
  GPtrArray *samples;      /* char*: "point=raw@age s/reason" of every sample */
  GPtrArray *events;       /* char*: their texts */
  GPtrArray *results;      /* char*: "command: ok: detail" */
  GPtrArray *marks;        /* char*: "stream boot/through" */
  GPtrArray *devices;      /* char*: "connected" or "gone", firmware wanted, bytes there of how many */
  GdpDevice *device;       /* the last */
} Commits;
Commits *commits_start (Field *field);
void     commits_stop  (Commits *commits);
void     commits_hold  (Commits *commits, gboolean hold);   /* FALSE: those that waited are committed */
/* Until @n of @list contain @text; the test fails without them. */
void     commits_wait_n (Commits *commits, GPtrArray *list, const char *text, guint n);
void     commits_wait  (Commits *commits, GPtrArray *list, const char *text);   /* one */
guint    commits_count (Commits *commits, GPtrArray *list, const char *text);
