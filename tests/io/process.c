/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "process.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../patience.h"

/* A test that fails leaves nothing behind that would hold its output open. */
static void
die_with_the_test (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  setpgid (0, 0);   /* so that what it starts is stopped with it */
}

Process
process_start (const char *const *arguments)
{
  Process process;
  g_autoptr (GError) error = NULL;

  g_spawn_async_with_pipes (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                            die_with_the_test, NULL, &process.pid, &process.input, &process.output, NULL,
                            &error);
  g_assert_no_error (error);
  return process;
}

void
process_stop (Process process, int signal)
{
  kill (-process.pid, signal);
  waitpid (process.pid, NULL, 0);
  close (process.input);
  close (process.output);
}

void
process_wait_for_line (Process process)
{
  struct pollfd event = { process.output, POLLIN, 0 };
  char byte = 0;

  while (byte != '\n') {
    g_assert_cmpint (poll (&event, 1, PATIENCE * 1000), ==, 1);
    g_assert_cmpint (read (process.output, &byte, 1), ==, 1);
  }
}

void
process_tell (Process process, const char *command)
{
  gsize length = strlen (command);

  g_assert_cmpint (write (process.input, command, length), ==, (gssize) length);
  process_wait_for_line (process);
}

Process
process_pymodbus (const char *kind, const char *place)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "pymodbus-slave.py", NULL);
  Process slave = process_start ((const char *const[]) { "/usr/bin/python3", script, kind, place, NULL });

  process_wait_for_line (slave);
  return slave;
}

Process
process_cable (const char *a, const char *b)
{
  g_autofree char *first = g_strdup_printf ("pty,rawer,link=%s", a);
  g_autofree char *second = g_strdup_printf ("pty,rawer,link=%s", b);
  Process cable = process_start ((const char *const[]) { "socat", first, second, NULL });
  gint64 deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (!g_file_test (a, G_FILE_TEST_EXISTS) || !g_file_test (b, G_FILE_TEST_EXISTS)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  return cable;
}
