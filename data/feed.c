/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feed.h"

#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

struct DataFeed {
  char *path;
  int   file;      /* written to; -1 = not yet opened */
  int   inotify;   /* -1 = not watching */
};

DataFeed *
data_feed_new (const char *path)
{
  DataFeed *feed = g_new0 (DataFeed, 1);
  feed->path = g_strdup (path);
  feed->file = feed->inotify = -1;
  return feed;
}

void
data_feed_free (DataFeed *feed)
{
  if (feed == NULL)
    return;
  if (feed->file >= 0)
    close (feed->file);
  if (feed->inotify >= 0)
    close (feed->inotify);
  g_free (feed->path);
  g_free (feed);
}

static int
open_file (DataFeed *feed)
{
  if (feed->file < 0)
    feed->file = open (feed->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  return feed->file;
}

void
data_feed_wake (DataFeed *feed, gint64 seq)
{
  if (open_file (feed) < 0 || pwrite (feed->file, &seq, sizeof seq, 0) != sizeof seq)
    g_debug ("%s: cannot wake readers: %s", feed->path, g_strerror (errno));
}

int
data_feed_watch (DataFeed *feed, GError **error)
{
  if (feed->inotify >= 0)
    return feed->inotify;

  open_file (feed);   /* there must be something to watch; a reader that may not create it says so below */
  int inotify = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (inotify < 0 || inotify_add_watch (inotify, feed->path, IN_MODIFY) < 0) {
    gboolean too_many = errno == EMFILE || errno == ENOSPC;
    g_set_error (error, DATA_ERROR, DATA_ERROR_IO, "%s: cannot watch it: %s%s", feed->path, g_strerror (errno),
                 too_many ? "; raise fs.inotify.max_user_instances and max_user_watches" : "");
    if (inotify >= 0)
      close (inotify);
    return -1;
  }
  return feed->inotify = inotify;
}

void
data_feed_woken (DataFeed *feed)
{
  char events[4096] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  while (feed->inotify >= 0 && read (feed->inotify, events, sizeof events) > 0)
    ;
}
