/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server on slaves: from the register to the alarm and its acknowledgement, and what may stand in the way. */
#include "server-fixture.h"
#include "stage-sql.h"

#include <math.h>
#include <signal.h>

/* A port that is free now. */
static guint16
free_port (void)
{
  TcpSlave *probe = tcp_slave_start (1);
  guint16 port = tcp_slave_port (probe, 0);
  tcp_slave_stop (probe);
  return port;
}

static void
expect_line (GSubprocess *slave, const char *expected)
{
  GDataInputStream *lines = g_object_get_data (G_OBJECT (slave), "lines");
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, expected);
}

static GSubprocess *
start_pymodbus (guint16 port)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *number = g_strdup_printf ("%u", port);
  GSubprocess *slave = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                         "/usr/bin/python3", GDP_TESTS "/io/pymodbus-slave.py", "tcp", number, NULL);
  g_assert_no_error (error);
  g_object_set_data_full (G_OBJECT (slave), "lines", g_data_input_stream_new (g_subprocess_get_stdout_pipe (slave)),
                          g_object_unref);
  expect_line (slave, "ready");
  return slave;
}

static void
set_pymodbus (GSubprocess *slave, guint address, double value)
{
  g_autofree char *line = g_strdup_printf ("register %u %u\n", address, watch_raw (value));
  GOutputStream *input = g_subprocess_get_stdin_pipe (slave);
  g_assert_true (g_output_stream_write_all (input, line, strlen (line), NULL, NULL, NULL));
  expect_line (slave, "done");
}

/* A slave that nobody here wrote: value, alarm, acknowledgement, return. */
static void
test_path (Fixture *f, gconstpointer data)
{
  guint16 port = free_port ();
  g_autoptr (GSubprocess) slave = start_pymodbus (port);
  g_autofree char *result = NULL;
  g_autoptr (GdpNetwork) network = watch_network (1, &port, 0.2);
  watch_import (f->stage->uri, network);
  for (guint i = 0; i < 8; i++)
    set_pymodbus (slave, i, 2.5);
  start (f);
  gint64 outlet = point_key (f, "GDP-000/ai2");

  watch_expect_value (f->watch, outlet, 2.5, GDP_REASON_NONE);
  set_pymodbus (slave, 1, 7.25);
  watch_expect_value (f->watch, outlet, 7.25, GDP_REASON_NONE);
  set_pymodbus (slave, 1, 8.5);
  watch_expect_alarm (f->watch, "GDP-000/ai2.high", GDP_ALARM_UNACKED);
  watch_expect_value (f->watch, outlet, 8.5, GDP_REASON_NONE);   /* in the same commit or before */

  const GdpAlarm *alarm = watch_alarm (f->watch, "GDP-000/ai2.high");
  g_assert_cmpuint (alarm->priority, ==, 2);
  g_assert_cmpuint (alarm->occurrence, ==, 1);
  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-000/ai2.high", 1, &result), ==, DATA_COMMAND_DONE);
  g_assert_null (result);
  /* The effect came with the result, in one commit. */
  alarm = watch_alarm (f->watch, "GDP-000/ai2.high");
  g_assert_cmpint (gdp_alarm_state (alarm), ==, GDP_ALARM_ACKED);
  g_assert_cmpstr (alarm->acked_by, ==, "petrov");
  g_assert_cmpstr (alarm->comment, ==, "seen");
  watch_expect_event (f->watch, GDP_EVENT_ALARM_ACKNOWLEDGED, "GDP-000/ai2.high", NULL);

  set_pymodbus (slave, 1, 5);
  watch_expect_alarm (f->watch, "GDP-000/ai2.high", GDP_ALARM_NORMAL);
  g_subprocess_force_exit (slave);
  watch_expect_alarm (f->watch, "tcp-0.lost", GDP_ALARM_UNACKED);   /* one, not sixteen */
  watch_expect_value (f->watch, outlet, NAN, GDP_REASON_NO_COMMUNICATION);
  g_assert_cmpuint (g_hash_table_size (f->watch->alarms), ==, 2);
}

static void
test_commands (Fixture *f, gconstpointer data)
{
  g_autofree char *none = NULL, *stranger = NULL, *late = NULL;

  import_sites (f, 1);
  start (f);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (8.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);

  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-777/ai1.high", 1, &none), ==, DATA_COMMAND_FAILED);
  g_assert_nonnull (strstr (none, "GDP-777/ai1.high"));
  g_assert_cmpint (watch_command (f->watch, "dance", "GDP-000/ai1.high", 1, &stranger), ==, DATA_COMMAND_FAILED);
  g_assert_nonnull (strstr (stranger, "dance"));
  watch_expect_event (f->watch, GDP_EVENT_COMMAND_REFUSED, "GDP-000/ai1.high", "dance");

  /* It recurs: an acknowledgement of the first occurrence is too late for the second. */
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_RTN_UNACKED);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (8.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);
  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-000/ai1.high", 1, &late), ==, DATA_COMMAND_FAILED);
  g_assert_nonnull (late);
  g_assert_cmpint (gdp_alarm_state (watch_alarm (f->watch, "GDP-000/ai1.high")), ==, GDP_ALARM_UNACKED);
  g_assert_cmpint (watch_command (f->watch, "ack", "GDP-000/ai1.high", 2, NULL), ==, DATA_COMMAND_DONE);
}

/* A command that waited longer than it lives is not executed by a server that comes later. */
static void
test_late_command (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  DataCommand command = { .kind = (char *) "ack", .object = (char *) "GDP-000/ai1.high", .argument = 1,
                          .who = (char *) "petrov", .where = (char *) "test" };
  import_sites (f, 1);
  start (f);
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (8.5));
  watch_expect_alarm (f->watch, "GDP-000/ai1.high", GDP_ALARM_UNACKED);
  g_assert_cmpint (end (&f->server, SIGTERM), ==, 0);
  g_assert_true (data_store_post (f->watch->store, &command, g_get_real_time () - 2 * DATA_COMMAND_LIFE, &error));
  start (f);
  watch_expect_event (f->watch, GDP_EVENT_COMMAND_REFUSED, "GDP-000/ai1.high", NULL);
  const DataCommand *now = g_hash_table_lookup (f->watch->commands, &command.id);
  g_assert_cmpint (now->state, ==, DATA_COMMAND_EXPIRED);
  g_assert_cmpint (gdp_alarm_state (watch_alarm (f->watch, "GDP-000/ai1.high")), ==, GDP_ALARM_UNACKED);
}

/* Counters of the link and the unit, for whoever looks at the line's health. */
static gboolean
has_traffic (Watch *watch, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) all = data_store_traffic (watch->store, &error);
  guint good = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++) {
    const DataTraffic *t = &g_array_index (all, DataTraffic, i);
    good += g_strcmp0 (t->owner, NAME) == 0 && t->good > 0 && t->requests >= t->good && t->bytes_in > 0 ? 1 : 0;
  }
  return good == 2;
}

static void
test_traffic (Fixture *f, gconstpointer data)
{
  import_sites (f, 1);
  start (f);
  watch_expect (f->watch, has_traffic, NULL, "counters of the link and of the unit");
}

/* A slave with nothing that is asked of it: one alarm, not one of each point. */
static void
test_refusing_unit (Fixture *f, gconstpointer data)
{
  import_sites (f, 1);
  start (f);
  gint64 point = point_key (f, "GDP-000/ai1");
  watch_expect_value (f->watch, point, 1, GDP_REASON_NONE);
  tcp_slave_refuse (f->slave, 0, TRUE);
  watch_expect_alarm (f->watch, "GDP-000/upmp.refuses", GDP_ALARM_UNACKED);
  watch_expect_value (f->watch, point, 1, GDP_REASON_DEVICE_EXCEPTION);
  g_assert_cmpuint (g_hash_table_size (f->watch->alarms), ==, 1);
  tcp_slave_refuse (f->slave, 0, FALSE);
  watch_expect_alarm (f->watch, "GDP-000/upmp.refuses", GDP_ALARM_RTN_UNACKED);
  watch_expect_value (f->watch, point, 1, GDP_REASON_NONE);
}

static gboolean
was_polled (Watch *watch, gconstpointer slave)
{
  return tcp_slave_answered ((TcpSlave *) slave, 0) != 0;
}

/* Another program holds the store's write lock longer than anyone waits for it. */
static void
test_locked (Fixture *f, gconstpointer data)
{

  import_sites (f, 1);
  start (f);
  gint64 point = point_key (f, "GDP-000/ai1");
  watch_expect_value (f->watch, point, 1, GDP_REASON_NONE);
  StageSql *other = stage_sql_new (f->stage);
  stage_sql_lock (other);
  gint64 locked = g_get_real_time ();
  guint64 before = f->watch->n_readings;
  for (guint i = 1; i <= 8; i++) {
    tcp_slave_set_register (f->slave, 0, 0, watch_raw (i % 2 != 0 ? 9.5 : 1));
    watch_expect (f->watch, was_polled, f->slave, "a poll of the new value");
  }
  /* The lock outlasts the store's patience of 5 s; meanwhile nothing looks alive. */
  g_assert_false (watch_until (f->watch, is_alive, &locked, 6));
  g_assert_cmpuint (f->watch->n_readings, ==, before);
  stage_sql_free (other);

  watch_expect_event (f->watch, GDP_EVENT_NOTE, NAME, "store: works again");
  tcp_slave_set_register (f->slave, 0, 0, watch_raw (5));
  watch_expect_value (f->watch, point, 5, GDP_REASON_NONE);
  /* Every change that happened meanwhile is there: four times up, four times down, and the last. */
  g_assert_cmpuint (f->watch->n_readings - before, >=, 9);
  g_assert_cmpuint (watch_n_events (f->watch, GDP_EVENT_ALARM_OCCURRED, "GDP-000/ai1.high")
                    + watch_n_events (f->watch, GDP_EVENT_ALARM_RECURRED, "GDP-000/ai1.high"), ==, 4);
  watch_expect (f->watch, is_alive, &locked, "a heartbeat after the lock");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("register-to-value-to-alarm-to-acknowledgement-on-pymodbus", test_path);
  ADD ("a-command-is-executed-once-or-fails-with-a-reason", test_commands);
  ADD ("a-late-command-is-never-executed", test_late_command);
  ADD ("links-and-units-have-counters", test_traffic);
  ADD ("a-unit-that-refuses-everything-is-one-alarm", test_refusing_unit);
  ADD ("a-locked-store-loses-nothing", test_locked);
  return g_test_run ();
}
