/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole chain that nobody here wrote: Debian's python3-pymodbus as a serial slave on one end of a
 * cable (two pseudo-terminals), socat as the transparent modem on the other. */
#include "session-field.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  GPid pid;
  int  input, output;
} Process;

static Process
start (const char *const *arguments)
{
  Process process;
  g_autoptr (GError) error = NULL;

  g_spawn_async_with_pipes (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                            NULL, &process.pid, &process.input, &process.output, NULL, &error);
  g_assert_no_error (error);
  return process;
}

static void
stop (Process process)
{
  kill (process.pid, SIGTERM);
  waitpid (process.pid, NULL, 0);
  close (process.input);
  close (process.output);
}

static void
wait_for_line (Process process)
{
  char byte = 0;

  while (byte != '\n')
    g_assert_cmpint (read (process.output, &byte, 1), ==, 1);
}

static void
tell (Process slave, const char *command)
{
  g_assert_cmpint (write (slave.input, command, strlen (command)), ==, (gssize) strlen (command));
  wait_for_line (slave);
}

static Process
start_cable (const char *a, const char *b)
{
  g_autofree char *first = g_strdup_printf ("pty,rawer,link=%s", a);
  g_autofree char *second = g_strdup_printf ("pty,rawer,link=%s", b);
  Process cable = start ((const char *const[]) { "socat", first, second, NULL });
  gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!g_file_test (a, G_FILE_TEST_EXISTS) || !g_file_test (b, G_FILE_TEST_EXISTS)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
  return cable;
}

static Process
start_slave (const char *device)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "pymodbus-slave.py", NULL);
  Process slave = start ((const char *const[]) { "/usr/bin/python3", script, "serial", device, NULL });

  wait_for_line (slave);
  return slave;
}

/* Dials, says who it is, then passes bytes both ways. */
static Process
start_modem (Field *field, const char *device)
{
  g_autofree char *server = g_strdup_printf ("TCP:127.0.0.1:%u", comms_session_server_port (field->server));
  g_autofree char *modem = g_strdup_printf ("SYSTEM:printf GDP-0000; exec socat STDIO FILE\\:%s\\,rawer", device);

  return start ((const char *const[]) { "socat", server, modem, NULL });
}

/* Until a report has these values: bit 0, registers 0 and 1. */
static void
wait_for_values (Field *field, double bit, double first, double second)
{
  gboolean same = FALSE;

  while (!same) {
    CommsReport *report = field_wait (field, COMMS_REPORT_SAMPLES);
    g_assert_cmpuint (report->n_samples, ==, 3);
    for (guint i = 0; i < 3; i++)
      g_assert_cmpint (report->samples[i].reason, ==, GDP_REASON_NONE);
    same = report->samples[0].raw == bit && report->samples[1].raw == first && report->samples[2].raw == second;
    comms_report_committed (report);
  }
}

static void
test_pymodbus_behind_socat (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gdp-dtu-XXXXXX", NULL);
  g_autofree char *at_modem = g_build_filename (folder, "modem", NULL);
  g_autofree char *at_slave = g_build_filename (folder, "slave", NULL);
  CommsSessionSettings settings = { .response_time = 1, .response_least = 0.5, .response_most = 1 };
  Field *field = field_start (field_network (1, 1, 0.2, TRUE), settings);
  Process cable = start_cable (at_modem, at_slave);
  Process slave = start_slave (at_slave), modem = start_modem (field, at_modem);
  CommsTraffic traffic;

  comms_report_free (field_wait (field, COMMS_REPORT_LINK_WORKING));
  wait_for_values (field, 1, 1000, 1001);
  tell (slave, "register 1 4321\n");
  wait_for_values (field, 1, 1000, 4321);
  tell (slave, "input 0 0\n");
  wait_for_values (field, 0, 1000, 4321);

  stop (modem);   /* the radio fails, the modem dials again */
  comms_report_free (field_wait (field, COMMS_REPORT_LINK_FAILED));
  modem = start_modem (field, at_modem);
  comms_report_free (field_wait (field, COMMS_REPORT_LINK_WORKING));
  wait_for_values (field, 0, 1000, 4321);

  stop (slave);   /* the cabinet loses its supply, and gets it back */
  comms_report_free (field_wait (field, COMMS_REPORT_UNIT_FAILED));
  slave = start_slave (at_slave);
  wait_for_values (field, 1, 1000, 1001);

  g_assert_true (comms_session_server_traffic (field->server, 0, 0, &traffic));
  g_assert_cmpuint (traffic.good, >=, 8);
  g_assert_cmpuint (traffic.crc_errors, ==, 0);
  field_stop (field);
  stop (modem);
  stop (slave);
  stop (cable);
  rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-dtu/pymodbus-behind-socat", test_pymodbus_behind_socat);
  return g_test_run ();
}
