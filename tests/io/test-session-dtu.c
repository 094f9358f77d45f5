/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole chain that nobody here wrote: Debian's python3-pymodbus as a serial slave on one end of a
 * cable (two pseudo-terminals), socat as the transparent modem on the other. */
#include <signal.h>
#include <unistd.h>

#include "process.h"
#include "session-field.h"

/* Dials, says who it is, then passes bytes both ways; redials when it is hung up on, as modems do. */
static Process
start_modem (Field *field, const char *device)
{
  g_autofree char *port = g_strdup_printf ("%u", comms_session_server_port (field->server));
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "modem.sh", NULL);

  return process_start ((const char *const[]) { script, port, "GDP-0000", device, NULL });
}

/* Until a report has these values: bit 0, registers 0 and 1. */
static void
wait_for_values (Field *field, double bit, double first, double second)
{
  gboolean same = FALSE;

  while (!same) {
    CommsReport *report = field_wait (field, COMMS_REPORT_SAMPLES);
    for (guint i = 0; i < report->n_samples; i++)
      g_assert_cmpint (report->samples[i].reason, ==, GDP_REASON_NONE);
    /* A poll whose second block met the change of modems brings what the first one answered. */
    same = report->n_samples == 3 && report->samples[0].raw == bit && report->samples[1].raw == first
           && report->samples[2].raw == second;
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
  Process cable = process_cable (at_modem, at_slave);
  Process slave = process_pymodbus ("serial", at_slave), modem = start_modem (field, at_modem);
  CommsTraffic traffic;

  comms_report_free (field_wait (field, COMMS_REPORT_LINK_WORKING));
  wait_for_values (field, 1, 1000, 1001);
  process_tell (slave, "register 1 4321\n");
  wait_for_values (field, 1, 1000, 4321);
  process_tell (slave, "input 0 0\n");
  wait_for_values (field, 0, 1000, 4321);

  process_stop (modem, SIGTERM);   /* the radio fails, the modem dials again */
  comms_report_free (field_wait (field, COMMS_REPORT_LINK_FAILED));
  modem = start_modem (field, at_modem);
  comms_report_free (field_wait (field, COMMS_REPORT_LINK_WORKING));
  wait_for_values (field, 0, 1000, 4321);

  process_stop (slave, SIGTERM);   /* the cabinet loses its supply, and gets it back */
  comms_report_free (field_wait (field, COMMS_REPORT_UNIT_FAILED));
  slave = process_pymodbus ("serial", at_slave);
  wait_for_values (field, 1, 1000, 1001);

  g_assert_true (comms_session_server_traffic (field->server, 0, 0, &traffic));
  g_assert_cmpuint (traffic.good, >=, 8);
  g_assert_cmpuint (traffic.crc_errors, ==, 0);
  field_stop (field);
  process_stop (modem, SIGTERM);
  process_stop (slave, SIGTERM);
  process_stop (cable, SIGTERM);
  rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-dtu/pymodbus-behind-socat", test_pymodbus_behind_socat);
  return g_test_run ();
}
