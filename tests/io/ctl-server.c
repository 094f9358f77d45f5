/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl-server URI POINT ack|refuse|lose|ignore — as much of a server as gdpctl needs: a heartbeat, a reading
 * and an alarm of POINT, and one way to treat commands. Ends when its standard input does. */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "data/store.h"

static DataServer server = { .name = (char *) "fake", .version = (char *) "0", .host = (char *) "here", .pid = 1 };

static void
commit (DataStore *store, GdpChanges *changes, GArray *results)
{
  g_autoptr (GError) error = NULL;
  const DataBatch batch = { .changes = changes, .results = results, .now = g_get_real_time (), .durable = TRUE };
  gboolean ok = data_store_commit (store, &batch, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static GdpAlarm
alarm_of (const char *id, gint64 now)
{
  return (GdpAlarm) { .id = id, .condition = GDP_CONDITION_HIGH, .active = TRUE, .priority = 1, .level = GDP_LEVEL_HH,
                      .value = 0.35, .limit = 0.345, .occurrence = 1, .first = now, .occurred = now, .learned = now };
}

static void
raise_alarm (DataStore *store, gint64 point, const char *id)
{
  gint64 now = g_get_real_time ();
  GdpAlarm alarm = alarm_of (id, now);
  GdpReading readings[] = {
    { .point = point, .time = now - GDP_SECOND, .received = now, .value = 0.25, .reason = GDP_REASON_NONE },
    { .point = point, .time = now, .received = now, .value = 0.35, .reason = GDP_REASON_OPEN_CIRCUIT },
  };
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_array_append_vals (changes->readings, readings, G_N_ELEMENTS (readings));
  g_ptr_array_add (changes->alarms, gdp_alarm_copy (&alarm));
  commit (store, changes, NULL);
}

static void
treat (DataStore *store, const DataCommand *command, const char *how)
{
  gboolean ok = strcmp (how, "ack") == 0;
  const char *why = strcmp (how, "lose") == 0 ? "its server is lost; whether it was done is not known" : "it recurred since";
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time ();
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  DataCommandResult result = { command->id, (char *) (ok ? NULL : why), ok };
  g_array_append_val (results, result);
  if (ok) {
    GdpAlarm alarm = alarm_of (command->object, now);
    alarm.acked = TRUE;
    alarm.acked_at = now;
    alarm.acked_by = command->who;
    alarm.comment = command->comment;
    g_ptr_array_add (changes->alarms, gdp_alarm_copy (&alarm));
  }
  gboolean taken = data_store_take_command (store, command->id, server.name, now, &error);
  g_assert_no_error (error);
  g_assert_true (taken);
  commit (store, changes, results);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (argc, ==, 4);
  g_autoptr (DataStore) store = data_store_open (argv[1], DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  g_autoptr (GdpNetwork) network = data_store_network (store, &error);
  g_assert_no_error (error);
  g_autofree char *alarm = g_strconcat (argv[2], ".high", NULL);
  server.started = server.heartbeat = g_get_real_time ();
  gboolean ok = data_store_start_server (store, &server, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  raise_alarm (store, network->points[gdp_network_find_point (network, argv[2])].key, alarm);
  puts ("ready");
  fflush (stdout);

  struct pollfd end = { .fd = 0, .events = POLLIN };
  while (poll (&end, 1, 20) == 0) {
    server.heartbeat = g_get_real_time ();
    ok = data_store_heartbeat (store, &server, &error);
    g_assert_no_error (error);
    g_autoptr (GPtrArray) posted = data_store_posted_commands (store, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < posted->len && strcmp (argv[3], "ignore") != 0; i++)
      treat (store, posted->pdata[i], argv[3]);
  }
  ok = data_store_stop_server (store, &server, &error);
  g_assert_no_error (error);
  return !ok;
}
