/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "gdp/baud.h"

#define SPEED(rate) { rate, B##rate },
static const struct { guint baud; speed_t speed; } speeds[] = { GDP_BAUD_RATES (SPEED) };

static const struct { int number; const char *text; } reasons[] = {
  { ENOENT, "no such device; is the adapter plugged in?" },
  { ENXIO,  "no such device; is the adapter plugged in?" },
  { ENODEV, "no such device; is the adapter plugged in?" },
  { EACCES, "permission denied; add the server's user to the device's group (dialout)" },
  { EBUSY,  "in use by another program; stop it or give this line another device" },
  { ENOTTY, "not a serial port" },
};

static void
set_error (GError **error, const char *device, int number)
{
  const char *text = g_strerror (number);

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].number == number)
      text = reasons[i].text;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), "%s: %s", device, text);
}

/* The process that holds a flock on the file, 0 when the kernel does not say (proc(5), /proc/locks). */
static int
lock_holder (int fd)
{
  g_autofree char *locks = NULL, *file = NULL;
  struct stat status;

  if (fstat (fd, &status) != 0 || !g_file_get_contents ("/proc/locks", &locks, NULL, NULL))
    return 0;
  file = g_strdup_printf ("%02x:%02x:%lu", major (status.st_dev), minor (status.st_dev),
                          (gulong) status.st_ino);

  for (const char *line = locks; line != NULL && *line != '\0'; line = strchr (line, '\n')) {
    char kind[8], place[64];
    int process;

    line += *line == '\n';
    if (sscanf (line, "%*d: %7s %*s %*s %d %63s", kind, &process, place) == 3 && strcmp (kind, "FLOCK") == 0
        && strcmp (place, file) == 0)
      return process;
  }
  return 0;
}

static void
set_in_use (GError **error, const char *device, int fd)
{
  int process = lock_holder (fd);
  g_autofree char *path = g_strdup_printf ("/proc/%d/comm", process);
  g_autofree char *name = NULL;

  if (process <= 0 || !g_file_get_contents (path, &name, NULL, NULL)) {
    set_error (error, device, EBUSY);
    return;
  }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
               "%s: in use by %s (process %d); stop it or give this line another device", device,
               g_strchomp (name), process);
}

/* UNIX 98 slaves: majors 136..143 of the kernel's devices.txt. */
static gboolean
is_pseudo_terminal (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 && major (status.st_rdev) >= 136 && major (status.st_rdev) <= 143;
}

static gboolean
claim (int fd, const char *device, GError **error)
{
  if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
    set_in_use (error, device, fd);
    return FALSE;
  }
  /* A pseudo-terminal would keep the mark of a killed program for as long as its other end lives;
   * the lock alone must do there. */
  if (!is_pseudo_terminal (fd))
    ioctl (fd, TIOCEXCL);
  return TRUE;
}

guint
comms_serial_speed (guint baud)
{
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    if (speeds[i].baud == baud)
      return speeds[i].speed;
  return B0;
}

static gboolean
set_up (int fd, const GdpLink *link, GError **error)
{
  struct termios settings;
  speed_t speed = comms_serial_speed (link->baud);

  if (speed == B0) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "%s: %u baud is not a speed of serial ports; give link %s one of" GDP_BAUD_WORDS,
                 link->device, link->baud, link->id);
    return FALSE;
  }
  if (tcgetattr (fd, &settings) != 0) {
    set_error (error, link->device, errno);
    return FALSE;
  }
  cfmakeraw (&settings);
  cfsetspeed (&settings, speed);
  settings.c_cflag &= ~(CSTOPB | PARENB | PARODD | CRTSCTS);
  settings.c_cflag |= CLOCAL | CREAD | (link->stop_bits == 2 ? CSTOPB : 0);
  /* A pseudo-terminal has no parity, and refuses it once there is nothing else to change. */
  if ((link->parity == 'E' || link->parity == 'O') && !is_pseudo_terminal (fd)) {
    settings.c_cflag |= PARENB | (link->parity == 'O' ? PARODD : 0);
    settings.c_iflag |= INPCK;   /* a character of wrong parity reads as 0, and the CRC fails */
  }
  if (tcsetattr (fd, TCSANOW, &settings) != 0) {
    set_error (error, link->device, errno);
    return FALSE;
  }
  return TRUE;
}

/* USB adapters (FTDI) hold short answers back for up to 16 ms unless told not to. Drivers without such
 * a timer refuse, which is fine. */
static void
ask_for_low_latency (int fd)
{
  struct serial_struct serial;

  if (ioctl (fd, TIOCGSERIAL, &serial) == 0) {
    serial.flags |= ASYNC_LOW_LATENCY;
    ioctl (fd, TIOCSSERIAL, &serial);
  }
}

int
comms_serial_open (const GdpLink *link, GError **error)
{
  int fd;

  if (link->device == NULL) {
    g_set_error (
        error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        "link %s has no device; name one in the server's configuration: [line %s] device=/dev/ttyUSB0",
        link->id, link->id);
    return -1;
  }
  fd = open (link->device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    set_error (error, link->device, errno);
    return -1;
  }
  if (!isatty (fd)) {
    set_error (error, link->device, ENOTTY);
    close (fd);
    return -1;
  }
  if (!claim (fd, link->device, error) || !set_up (fd, link, error)) {
    close (fd);
    return -1;
  }
  ask_for_low_latency (fd);
  tcflush (fd, TCIOFLUSH);
  return fd;
}
