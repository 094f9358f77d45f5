/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wake-up of an embedded store: a file of 8 bytes beside it.
 *
 * Whoever commits writes the new sequence number into it once the commit is visible; readers watch
 * it with inotify. (Watching the store's own -wal does not do: it changes before the commit can be
 * seen.) A wake-up that is lost costs a delay, never data. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct DataFeed DataFeed;

/* @path: of the feed file; nothing is opened or created yet. */
DataFeed *data_feed_new   (const char *path);
void      data_feed_free  (DataFeed *feed);
/* Wakes every watcher, this process's too. A failure is silent: watchers look once a second anyway. */
void      data_feed_wake  (DataFeed *feed, gint64 seq);
/* Descriptor that becomes readable; -1 with an error (DATA_ERROR). Owned by @feed. */
int       data_feed_watch (DataFeed *feed, GError **error);
/* Drains the descriptor. */
void      data_feed_woken (DataFeed *feed);

G_END_DECLS
