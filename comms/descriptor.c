/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

/* One reserve for the process, as descriptors are. A held one is open on /dev/null until it is lent. */
static struct {
  GMutex lock;
  int    null;
  enum { NOT_OURS, HELD, LENT } state[FD_SETSIZE];
} reserve = { .null = -1 };

static gboolean
raise_limit (rlim_t wanted, GError **error)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
    return TRUE;
  if (limit.rlim_max < wanted) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_MFILE,
                 "%lu open files are allowed and the lines need %lu; raise the hard limit (ulimit -Hn, or "
                 "LimitNOFILE= of the service)", (gulong) limit.rlim_max, (gulong) wanted);
    return FALSE;
  }
  limit.rlim_cur = wanted;
  if (setrlimit (RLIMIT_NOFILE, &limit) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "open files: %s", g_strerror (errno));
  return FALSE;
}

static int
open_null (void)
{
  if (reserve.null < 0)
    reserve.null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  return reserve.null;
}

/* Holds one more, the lowest from @lowest on; -1 when none is left. */
static int
hold (int lowest)
{
  int fd = fcntl (open_null (), F_DUPFD_CLOEXEC, lowest);

  if (fd >= FD_SETSIZE) {
    close (fd);
    return -1;
  }
  if (fd >= 0)
    reserve.state[fd] = HELD;
  return fd;
}

static void
release_from (int lowest)
{
  for (int fd = lowest; fd < FD_SETSIZE; fd++)
    if (reserve.state[fd] == HELD) {
      close (fd);
      reserve.state[fd] = NOT_OURS;
    }
}

gboolean
comms_descriptor_reserve (guint n, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&reserve.lock);
  int fd = 2;

  if (!raise_limit (MIN (n + 64, FD_SETSIZE), error))
    return FALSE;
  for (guint held = 0; held < n; held++) {
    fd = hold (fd + 1);
    if (fd < 0) {
      release_from (3);
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_MFILE,
                   "only %u of %u descriptors below %d are free for Modbus lines; let several servers share "
                   "the lines", held, n, FD_SETSIZE);
      return FALSE;
    }
  }
  return TRUE;
}

static int
lend (int fd)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&reserve.lock);

  for (int low = 3; low < FD_SETSIZE; low++)
    if (reserve.state[low] == HELD && dup3 (fd, low, O_CLOEXEC) == low) {
      reserve.state[low] = LENT;
      return low;
    }
  return -1;
}

int
comms_descriptor_lower (int fd, GError **error)
{
  int low;

  if (fd < FD_SETSIZE)
    return fd;
  low = lend (fd);
  if (low < 0)
    low = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  close (fd);
  if (low >= 0 && low < FD_SETSIZE)
    return low;
  if (low >= 0)
    close (low);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_MFILE,
               "no descriptor below %d is left for this line; let several servers share the lines",
               FD_SETSIZE);
  return -1;
}

void
comms_descriptor_close (int fd)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&reserve.lock);

  if (fd < FD_SETSIZE && reserve.state[fd] == LENT) {
    reserve.state[fd] = HELD;
    dup3 (reserve.null, fd, O_CLOEXEC);   /* closes the line's file in the same step */
  } else {
    close (fd);
  }
}
