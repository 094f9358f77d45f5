/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world that changes under a running program: to be preloaded (LD_PRELOAD).
 *
 * GDP_WORLD names a file of two 64-bit numbers: by how many µs the clock is set off, and whether the disk under
 * GDP_WORLD_DISK is read-only. A test writes there while the program runs. The kernel would refuse to make a file
 * system read-only on which files are open for writing, unless it is broken; this is how a broken one behaves. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const struct { int64_t clock, read_only; } *world;
static const char *disk;

__attribute__ ((constructor)) static void
begin (void)
{
  const char *path = getenv ("GDP_WORLD");
  int file = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  void *memory = file >= 0 ? mmap (NULL, sizeof *world, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;

  disk = getenv ("GDP_WORLD_DISK");
  if (file >= 0)
    close (file);
  if (memory != MAP_FAILED)
    world = memory;
}

/* ---- the clock ---------------------------------------------------------------------------------- */

int
clock_gettime (clockid_t clock, struct timespec *t)
{
  int code = (int) syscall (SYS_clock_gettime, clock, t);
  if (code == 0 && world != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    t->tv_sec += world->clock / 1000000;   /* whole seconds are enough */
  return code;
}

int
gettimeofday (struct timeval *restrict t, void *restrict zone)
{
  struct timespec now;
  (void) zone;
  clock_gettime (CLOCK_REALTIME, &now);
  *t = (struct timeval) { now.tv_sec, now.tv_nsec / 1000 };
  return 0;
}

time_t
time (time_t *t)
{
  struct timespec now;
  clock_gettime (CLOCK_REALTIME, &now);
  if (t != NULL)
    *t = now.tv_sec;
  return now.tv_sec;
}

/* ---- the disk ----------------------------------------------------------------------------------- */

static int
refuses (const char *path)
{
  return world != NULL && world->read_only && disk != NULL && strncmp (path, disk, strlen (disk)) == 0;
}

static int
refuses_file (int file)
{
  char link[64], path[4096];
  if (world == NULL || !world->read_only)
    return 0;
  snprintf (link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t n = readlink (link, path, sizeof path - 1);
  path[n > 0 ? n : 0] = '\0';
  return refuses (path);
}

/* The library's own function by that name, unless the disk refuses. */
#define REAL(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))
#define OR_READ_ONLY(refused, call) ((refused) ? (errno = EROFS, -1) : (call))

ssize_t
pwrite64 (int file, const void *bytes, size_t n, off64_t at)
{
  return OR_READ_ONLY (refuses_file (file), REAL (pwrite64) (file, bytes, n, at));
}

int
ftruncate64 (int file, off64_t length)
{
  return OR_READ_ONLY (refuses_file (file), REAL (ftruncate64) (file, length));
}

int
fdatasync (int file)
{
  return OR_READ_ONLY (refuses_file (file), REAL (fdatasync) (file));
}

int
open64 (const char *path, int flags, ...)
{
  va_list rest;
  va_start (rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg (rest, mode_t) : 0;
  va_end (rest);
  return OR_READ_ONLY ((flags & O_ACCMODE) != O_RDONLY && refuses (path), REAL (open64) (path, flags, mode));
}

int
unlink (const char *path)
{
  return OR_READ_ONLY (refuses (path), REAL (unlink) (path));
}
