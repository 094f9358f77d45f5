/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <unistd.h>

#include "comms/serial.h"
#include "noise.h"

#define REOPEN_MS 1000

struct SimSerial {
  uv_loop_t    *loop;
  SimSerialPort port;      /* device owned */
  SimBus       *bus;       /* borrowed */
  guint64       chance;    /* of what the line spoils */
  int           fd;        /* -1 = away */
  int           gap_fd;    /* a timerfd: libuv's own timers count whole milliseconds, t3.5 is 1.75 */
  uv_poll_t    *line;      /* NULL while away */
  uv_poll_t    *gap;
  uv_timer_t   *reopen;
  gsize         length;
  guint8        bytes[2 * COMMS_RTU_MAX];
};

static gboolean
set_up (int fd, const SimSerialPort *port)
{
  struct termios settings;
  speed_t speed = comms_serial_speed (port->baud);
  if (speed == B0) {
    errno = EINVAL;
    return FALSE;
  }
  if (tcgetattr (fd, &settings) < 0)
    return FALSE;
  cfmakeraw (&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~(PARENB | PARODD | CSTOPB | CRTSCTS);
  settings.c_cflag |= port->parity == 'N' ? CSTOPB : port->parity == 'E' ? PARENB : PARENB | PARODD;
  cfsetspeed (&settings, speed);
  if (tcsetattr (fd, TCSANOW, &settings) == 0)
    return TRUE;
  /* A pseudo-terminal has no parity to set, and says so when nothing else is to be changed. */
  settings.c_cflag &= ~(PARENB | PARODD);
  if (errno != EINVAL || tcsetattr (fd, TCSANOW, &settings) != 0)
    return FALSE;
  g_info ("%s cannot do parity, as a pseudo-terminal", port->device);
  return TRUE;
}

static void
free_handle (uv_handle_t *handle)
{
  g_free (handle);
}

static void
drop_handle (gpointer handle)
{
  uv_close (handle, free_handle);
}

static void
leave (SimSerial *serial)
{
  /* The poll lets go of the descriptor before it is closed, or epoll would watch a stranger's. */
  g_clear_pointer ((gpointer *) &serial->line, drop_handle);
  if (serial->fd >= 0)
    close (serial->fd);
  serial->fd = -1;
  serial->length = 0;
}

static void
start_gap (SimSerial *serial)
{
  gint64 us = comms_rtu_gap (serial->port.baud);
  struct itimerspec after = { .it_value = { us / 1000000, us % 1000000 * 1000 } };
  timerfd_settime (serial->gap_fd, 0, &after, NULL);
}

/* A bit is turned, the end is missing, or nothing comes: what a wire does. Returns what is left of the answer. */
static gsize
spoil (SimSerial *serial, guint8 *answer, gsize length)
{
  double rate = sim_bus_spoils (serial->bus, answer[0]);
  SimNoise noise = sim_noise_next (&serial->chance, rate, TRUE, length);
  if (noise.kind == SIM_NOISE_CORRUPT)
    answer[noise.at] ^= noise.bit;
  if (noise.kind == SIM_NOISE_TRUNCATE)
    return noise.at;
  return noise.kind == SIM_NOISE_LOSE ? 0 : length;
}

static void
gap_passed (uv_poll_t *handle, int status, int events)
{
  SimSerial *serial = handle->data;
  guint8 answer[COMMS_RTU_MAX];
  guint64 times;
  if (read (serial->gap_fd, &times, sizeof times) < 0 || serial->fd < 0)
    return;
  gsize n = sim_bus_hear_rtu (serial->bus, serial->bytes, serial->length, answer);
  serial->length = 0;
  if (n > 0)
    n = spoil (serial, answer, n);
  if (n > 0 && write (serial->fd, answer, n) != (gssize) n)
    g_warning ("%s: an answer was lost: %s", serial->port.device, g_strerror (errno));
}

static void try_again (uv_timer_t *timer);

static void
line_ready (uv_poll_t *handle, int status, int events)
{
  SimSerial *serial = handle->data;
  gssize n = 0;   /* a failed poll is a line that is gone */
  if (status == 0)
    n = read (serial->fd, serial->bytes + serial->length, sizeof serial->bytes - serial->length);
  if (n > 0) {
    serial->length += n;
    /* Longer than any frame: the line babbles. Keep hearing, so that its end is noticed. */
    if (serial->length == sizeof serial->bytes)
      serial->length--;
    start_gap (serial);
  } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
    g_message ("%s went away; trying again every second", serial->port.device);
    leave (serial);
    uv_timer_start (serial->reopen, try_again, REOPEN_MS, REOPEN_MS);
  }
}

static uv_poll_t *
watch (SimSerial *serial, int fd, uv_poll_cb ready)
{
  uv_poll_t *poll = g_new0 (uv_poll_t, 1);
  if (uv_poll_init (serial->loop, poll, fd) < 0) {
    g_free (poll);
    return NULL;
  }
  poll->data = serial;
  uv_poll_start (poll, UV_READABLE, ready);
  return poll;
}

static gboolean
enter (SimSerial *serial, GError **error)
{
  serial->fd = open (serial->port.device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (serial->fd >= 0 && set_up (serial->fd, &serial->port)
      && (serial->line = watch (serial, serial->fd, line_ready)) != NULL)
    return TRUE;
  int reason = errno;
  leave (serial);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (reason),
               "cannot use %s as a serial line at %u baud: %s",
               serial->port.device, serial->port.baud, g_strerror (reason));
  return FALSE;
}

static void
try_again (uv_timer_t *timer)
{
  SimSerial *serial = timer->data;
  if (!enter (serial, NULL))
    return;
  uv_timer_stop (timer);
  g_message ("%s is back", serial->port.device);
}

SimSerial *
sim_serial_open (uv_loop_t *loop, const SimSerialPort *port, SimBus *bus, guint64 chance, GError **error)
{
  SimSerial *serial = g_new0 (SimSerial, 1);
  serial->loop = loop;
  serial->port = *port;
  serial->port.device = g_strdup (port->device);
  serial->bus = bus;
  serial->chance = chance;
  serial->fd = -1;
  serial->reopen = g_new0 (uv_timer_t, 1);
  uv_timer_init (loop, serial->reopen);
  serial->reopen->data = serial;
  serial->gap_fd = timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  serial->gap = watch (serial, serial->gap_fd, gap_passed);
  if (!serial->gap)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no timer for the line's silences: %s",
                 g_strerror (errno));
  else if (enter (serial, error))
    return serial;
  sim_serial_close (serial);
  return NULL;
}

void
sim_serial_close (SimSerial *serial)
{
  leave (serial);
  g_clear_pointer ((gpointer *) &serial->gap, drop_handle);
  g_clear_pointer ((gpointer *) &serial->reopen, drop_handle);
  if (serial->gap_fd >= 0)
    close (serial->gap_fd);
  g_free ((char *) serial->port.device);
  g_free (serial);
}
