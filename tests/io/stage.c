/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stage-sql.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

gboolean
stage_on_postgres (void)
{
  return g_strcmp0 (g_getenv ("GDP_TEST_ENGINE"), "postgresql") == 0;
}

Stage *
stage_new (void)
{
  Stage *stage = g_new0 (Stage, 1);
  stage->folder = g_dir_make_tmp ("gdp-store-XXXXXX", NULL);
  g_assert_nonnull (stage->folder);
  if (stage_on_postgres ())
    stage->uri = stage_database_new ();
  else {
    stage->path = g_build_filename (stage->folder, "store.db", NULL);
    stage->uri = g_strconcat ("sqlite:", stage->path, NULL);
  }
  return stage;
}

void
stage_free (Stage *stage)
{
  if (stage->path == NULL)
    stage_database_drop (stage->uri);
  g_autoptr (GDir) dir = g_dir_open (stage->folder, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (stage->folder, name, NULL);
    g_remove (path);
  }
  g_rmdir (stage->folder);
  g_free (stage->folder);
  g_free (stage->path);
  g_free (stage->uri);
  g_free (stage);
}

DataStore *
stage_open (const Stage *stage, DataAccess access)
{
  g_autoptr (GError) error = NULL;
  DataStore *store = data_store_open (stage->uri, access, &error);
  g_assert_no_error (error);
  return store;
}

static GdpProfile *
new_profile (guint n_points)
{
  g_autoptr (GArray) registers = g_array_new (FALSE, FALSE, sizeof (GdpRegister));
  for (guint i = 0; i < n_points; i++) {
    g_autofree char *channel = g_strdup_printf ("ai%u", i);
    GdpRegister reg = { .channel = g_intern_string (channel), .table = GDP_TABLE_INPUT_REGISTERS,
                        .address = (guint16) i, .type = GDP_REGISTER_U16, .scale = 0.001 };
    g_array_append_val (registers, reg);
  }
  return gdp_profile_new ("test", "Test", (const GdpRegister *) (gpointer) registers->data, n_points, NULL);
}

static void
add_site (GdpNetworkBuilder *builder, const GdpProfile *profile, guint link, guint number, guint n_points)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strdup_printf ("GDP-%03u", number);
  g_autofree char *unit_id = g_strdup_printf ("%s/upmp", id);
  GdpContact people[] = { { "Ivan", "fitter", "+7 900 000-00-00" } };
  GdpSite site = { .id = id, .name = "Заречная", .latitude = 56.5 + number / 1000.0, .longitude = NAN,
                   .battery = { "AGM", 12, 18 }, .contacts = people, .n_contacts = 1 };
  guint site_index = gdp_network_builder_add_site (builder, &site, &error);
  GdpUnit unit = { .id = unit_id, .site = site_index, .link = link, .address = (guint8) (1 + number % 247),
                   .profile = profile, .period = 1 };
  guint unit_index = gdp_network_builder_add_unit (builder, &unit, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_points; i++) {
    g_autofree char *point_id = g_strdup_printf ("%s/p%u", id, i);
    g_autofree char *channel = g_strdup_printf ("ai%u", i);
    GdpPoint point = { .id = point_id, .site = site_index, .unit = unit_index,
                       .kind = GDP_POINT_OUTLET_PRESSURE,
                       .channel = channel, .engineering_unit = "kPa",
                       .scaling = { .signal = GDP_SIGNAL_CURRENT, .low = 0, .high = 10 },
                       .resolution = 0.001, .keep_every = 60 };
    point.limits.level[GDP_LEVEL_H] = (GdpLimit) { 8, 0.1, 1.5f, 2.5f, 2 };
    point.limits.level[GDP_LEVEL_HH] = (GdpLimit) { 9, 0.1, 0, 0, 1 };
    gdp_network_builder_add_point (builder, &point, &error);
    g_assert_no_error (error);
  }
}

GdpNetwork *
stage_network (guint n_sites, guint n_points)
{
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  g_autoptr (GdpProfile) profile = new_profile (n_points);
  guint link = 0;
  for (guint i = 0; i < n_sites; i++) {
    if (i % 247 == 0) {   /* slave addresses of one link */
      g_autofree char *id = g_strdup_printf ("tcp-%u", i / 247);
      GdpLink row = { .id = id, .kind = GDP_LINK_MODBUS_TCP, .host = "127.0.0.1", .port = 502 };
      link = gdp_network_builder_add_link (builder, &row, NULL);
    }
    add_site (builder, profile, link, i, n_points);
  }
  return gdp_network_builder_finish (builder);
}

void
stage_add_late (GdpChanges *changes, gint64 point, gint64 time, gint64 received, double value)
{
  GdpReading reading = { .point = point, .time = time, .received = received, .value = value };
  g_array_append_val (changes->readings, reading);
}

void
stage_add_reading (GdpChanges *changes, gint64 point, gint64 time, double value)
{
  stage_add_late (changes, point, time, time + 1000, value);
}

void
stage_add_event (GdpChanges *changes, gint64 time, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  GdpEvent event = { .kind = GDP_EVENT_NOTE, .occurred = time, .learned = time, .site = (char *) "GDP-000",
                     .who = (char *) "test", .text = text };
  g_ptr_array_add (changes->events, gdp_event_copy (&event));
}

gint64
stage_commit (DataStore *store, GdpChanges *changes, gboolean durable)
{
  g_autoptr (GError) error = NULL;
  DataBatch batch = { .changes = changes, .now = g_get_real_time (), .durable = durable };
  gint64 seq = 0;
  gboolean ok = data_store_commit (store, &batch, &seq, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  gdp_changes_clear (changes);
  return seq;
}

pid_t
stage_fork (const Stage *stage, StageFunc func, gpointer data)
{
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child > 0)
    return child;
  func (stage, data);
  _exit (0);
}

void
stage_join (pid_t child)
{
  int status = 0;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

DataChanges *
stage_changes (DataStore *store, gint64 since)
{
  g_autoptr (GError) error = NULL;
  DataChanges *changes = data_store_changes (store, since, &error);
  g_assert_no_error (error);
  return changes;
}

gint64
stage_last_number (DataStore *store)
{
  g_autoptr (DataChanges) changes = stage_changes (store, 0);
  return changes->seq;
}
