/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "callee.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "bbt-town.h"
#include "comms/session-server.h"

/* ---- bare epoll --------------------------------------------------------------------------------- */

static int
listen_anywhere (guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (fd, 4096), ==, 0);
  getsockname (fd, (struct sockaddr *) &address, &size);
  *port = g_ntohs (address.sin_port);
  return fd;
}

static void
say_port (guint16 port)
{
  printf ("%u\n", port);
  fflush (stdout);
}

static void
accept_all (int poll, int listener)
{
  const int on = 1;
  int fd;

  while ((fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_ctl (poll, EPOLL_CTL_ADD, fd, &event);
  }
}

static void
serve_epoll (void)
{
  guint16 port;
  int listener = listen_anywhere (&port), poll = epoll_create1 (0);
  struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, events[512];
  char bytes[65536];

  epoll_ctl (poll, EPOLL_CTL_ADD, listener, &event);
  say_port (port);
  for (;;) {
    int n = epoll_wait (poll, events, 512, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        accept_all (poll, listener);
        continue;
      }
      ssize_t got = recv (fd, bytes, sizeof bytes, 0);
      if (got <= 0 || send (fd, bytes, got, MSG_NOSIGNAL) != got)
        close (fd);
    }
  }
}

/* ---- bare libuv ----------------------------------------------------------------------------------- */

static char uv_bytes[65536];

static void
on_alloc (uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
  *buffer = uv_buf_init (uv_bytes, sizeof uv_bytes);
}

static void
on_read (uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
  uv_buf_t echo = uv_buf_init (uv_bytes, MAX (n, 0));

  if (n < 0 || (n > 0 && uv_try_write (stream, &echo, 1) != n))
    uv_close ((uv_handle_t *) stream, (uv_close_cb) free);
}

static void
on_connection (uv_stream_t *listener, int status)
{
  uv_tcp_t *tcp = malloc (sizeof *tcp);

  uv_tcp_init (listener->loop, tcp);
  if (uv_accept (listener, (uv_stream_t *) tcp) == 0) {
    uv_tcp_nodelay (tcp, 1);
    uv_read_start ((uv_stream_t *) tcp, on_alloc, on_read);
  } else
    uv_close ((uv_handle_t *) tcp, (uv_close_cb) free);
}

static void
serve_libuv (void)
{
  uv_loop_t *loop = uv_default_loop ();
  guint16 port;
  uv_tcp_t listener;

  uv_tcp_init (loop, &listener);
  uv_tcp_open (&listener, listen_anywhere (&port));
  uv_listen ((uv_stream_t *) &listener, 4096, on_connection);
  say_port (port);
  uv_run (loop, UV_RUN_DEFAULT);
}

/* ---- our session server, whose reports are committed at once ---------------------------------------- */

static gboolean
take (CommsReport *report, gpointer user_data)
{
  comms_report_committed (report);
  return TRUE;
}

static gint64
now (gpointer user_data)
{
  return g_get_real_time ();
}

static void
serve_bbts (guint n, const char *keys_file, gboolean keyless)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = bbt_town_new (n, keyless);
  CommsBbtKeys *keys = keyless ? NULL : comms_bbt_keys_read (keys_file, &error);
  const CommsSink sink = { take, now, NULL };
  CommsSessionSettings settings = { .listen = "127.0.0.1:0", .keys = keys, .bytes_per_minute = G_MAXUINT };

  g_assert_no_error (error);
  CommsSessionServer *server = comms_session_server_start (network, &settings, &sink, &error);
  g_assert_no_error (error);
  say_port (comms_session_server_port (server));
  pause ();
}

/* ---- processes -------------------------------------------------------------------------------------- */

static void
raise_descriptors (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

void
process_pin (int cpu)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (cpu, &set);
  sched_setaffinity (0, sizeof set, &set);
}

void
callee_serve_if_asked (int argc, char **argv)
{
  raise_descriptors ();
  if (argc != 5 || !g_str_equal (argv[1], "serve"))
    return;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (g_str_equal (argv[2], "epoll"))
    serve_epoll ();
  else if (g_str_equal (argv[2], "libuv"))
    serve_libuv ();
  else
    serve_bbts (atoi (argv[3]), argv[4], g_str_equal (argv[2], "bbt-keyless"));
  exit (0);
}

/* Until somebody listens there. */
static void
wait_for_port (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK),
                                 .sin_port = g_htons (port) };
  gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  gboolean there = FALSE;

  while (!there) {
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint (g_get_monotonic_time (), <, until);
    there = connect (fd, (struct sockaddr *) &address, sizeof address) == 0;
    close (fd);
    if (!there)
      usleep (10000);
  }
}

static pid_t
start_mosquitto (guint16 *port)
{
  g_autofree char *program = g_find_program_in_path ("mosquitto");
  char configuration[] = "/tmp/gdp-mosquitto-XXXXXX";
  pid_t pid;

  if (program == NULL && g_file_test ("/usr/sbin/mosquitto", G_FILE_TEST_IS_EXECUTABLE))
    program = g_strdup ("/usr/sbin/mosquitto");
  if (program == NULL)
    return 0;
  close (listen_anywhere (port));
  int fd = mkstemp (configuration);
  dprintf (fd, "listener %u 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\nset_tcp_nodelay true\n",
           *port);
  fchmod (fd, 0644);   /* as root it lets go of its rights */
  close (fd);
  pid = fork ();
  if (pid == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    execl (program, program, "-c", configuration, NULL);
    _exit (127);
  }
  wait_for_port (*port);
  unlink (configuration);
  return pid;
}

static pid_t
start_self (const char *kind, guint n, const char *keys, guint16 *port)
{
  g_autofree char *number = g_strdup_printf ("%u", n);
  int ends[2];
  char line[16] = "";
  pid_t pid;

  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  if (pid == 0) {
    dup2 (ends[1], 1);
    close (ends[0]);
    close (ends[1]);
    execl ("/proc/self/exe", "bench-sessions", "serve", kind, number, keys != NULL ? keys : "", NULL);
    _exit (127);
  }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], line, sizeof line - 1), >, 0);
  close (ends[0]);
  *port = (guint16) atoi (line);
  return pid;
}

static void
pin_other (pid_t pid, int cpu)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, NULL);
  const char *task;
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (cpu, &set);
  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    sched_setaffinity (atoi (task), sizeof set, &set);
}

Callee *
callee_start (const char *kind, guint n, const char *keys, int cpu)
{
  Callee callee = { 0 };

  callee.pid = g_str_equal (kind, "mosquitto") ? start_mosquitto (&callee.port)
                                               : start_self (kind, n, keys, &callee.port);
  if (callee.pid == 0)
    return NULL;
  if (cpu >= 0)
    pin_other (callee.pid, cpu);
  return g_memdup2 (&callee, sizeof callee);
}

void
callee_stop (Callee *callee)
{
  kill (callee->pid, SIGKILL);
  waitpid (callee->pid, NULL, 0);
  g_free (callee);
}

gsize
process_memory (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", pid);
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (at = strstr (text, "Private_Dirty:")) == NULL)
    return 0;
  return g_ascii_strtoull (at + strlen ("Private_Dirty:"), NULL, 10) * 1024;
}

static double
task_time (const char *folder, const char *task, const char *thread)
{
  g_autofree char *path = g_strdup_printf ("%s/%s/schedstat", folder, task);
  g_autofree char *name = g_strdup_printf ("%s/%s/comm", folder, task);
  g_autofree char *text = NULL, *comm = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !g_file_get_contents (name, &comm, NULL, NULL)
      || (thread != NULL && !g_str_equal (g_strchomp (comm), thread)))
    return 0;
  return g_ascii_strtoull (text, NULL, 10) / 1e9;
}

double
process_time (pid_t pid, const char *thread)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, NULL);
  const char *task;
  double sum = 0;

  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    sum += task_time (folder, task, thread);
  return sum;
}

void
process_wait_idle (pid_t pid)
{
  gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  double before, now = process_time (pid, NULL);

  do {
    before = now;
    usleep (50000);
    now = process_time (pid, NULL);
  } while (now - before > 0.0005 && g_get_monotonic_time () < until);
}
