/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "field.h"

#include "app/server/decisions.h"
#include "gdp/words.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char server_name[] = "test-server";

struct Field {
  char          *folder;     /* own, or NULL */
  char          *uri;
  DataCatalogue *catalogue;
  DataStore     *store;
  GdpNetwork    *network;
  GdpEngine     *engine;
  double        *raw;        /* by point */
  GdpReason     *doubt;      /* by point */
  gboolean      *mute;       /* by unit */
  gint64         seq;
  DataServer     self;
};

static void
must (gboolean ok, GError *error)
{
  g_assert_no_error (error);
  g_assert_true (ok);
}

/* ---- configuration ----------------------------------------------------------------------- */

static const struct { const char *region, *name, *address; } places[] = {
  { "Северный район", "Заречная",        "г. Кировск, ул. Заречная, 14" },
  { "Северный район", "Школа № 3",       "г. Кировск, пер. Школьный, 2а" },
  { "Южный район",    "Хлебозавод",      "г. Кировск, Промышленный проезд, 7, строение 3" },
  { "Южный район",    "Посёлок Берёзки", "пос. Берёзки, ул. Лесная" },
};

static guint
add_site (GdpNetworkBuilder *builder, DataCatalogue *catalogue, guint link, guint number)
{
  const DataVariant *variant = data_catalogue_variant (catalogue,
                                                       number % data_catalogue_n_variants (catalogue));
  g_autofree char *id = g_strdup_printf ("GDP-%03u", number), *unit_id = g_strdup_printf ("%s/upmp", id);
  g_autoptr (GError) error = NULL;
  guint place = number % G_N_ELEMENTS (places), site, unit;

  site = gdp_network_builder_add_site (builder, &(GdpSite) {
    .id = id, .name = places[place].name, .address = places[place].address, .region = places[place].region,
    .variant = variant->id, .mimic = variant->mimic, .latitude = 59, .longitude = 33,
    .battery = variant->battery }, &error);
  g_assert_no_error (error);
  unit = gdp_network_builder_add_unit (builder, &(GdpUnit) {
    .id = unit_id, .site = site, .link = link, .address = 1 + number % 247, .period = 1,
    .profile = data_catalogue_profile (catalogue, "upmp-12.4-a8-8") }, &error);
  g_assert_no_error (error);
  must (data_catalogue_propose_points (catalogue, variant, DATA_OUTLET_MEDIUM, builder, id, site, unit, &error), error);
  return unit;
}

static GdpNetwork *
build (DataCatalogue *catalogue, guint n_sites)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= n_sites; i++) {
    static guint link;

    if (i % 100 == 1) {  /* a hundred units behind each link */
      g_autofree char *id = g_strdup_printf ("rs485-%u", i / 100 + 1);
      link = gdp_network_builder_add_link (builder, &(GdpLink) {
        .id = id, .kind = GDP_LINK_MODBUS_TCP, .host = "127.0.0.1", .port = 502 + i / 100 }, &error);
      g_assert_no_error (error);
    }
    add_site (builder, catalogue, link, i);
  }
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

/* A calm day. */
static const struct { GdpPointKind kind; double value; } normal[] = {
  { GDP_POINT_INLET_PRESSURE, 0.5124 },  { GDP_POINT_OUTLET_PRESSURE, 0.3012 }, { GDP_POINT_FILTER_DP, 2.1 },
  { GDP_POINT_GAS_TEMPERATURE, 7.2 },    { GDP_POINT_ROOM_TEMPERATURE, 18.4 },  { GDP_POINT_AUX_TEMPERATURE, 17.9 },
  { GDP_POINT_GAS_CONCENTRATION, 0 },    { GDP_POINT_BATTERY_VOLTAGE, 26.4 },   { GDP_POINT_MAINS_VOLTAGE, 229 },
  { GDP_POINT_MAINS, 1 },
};

static double
normal_value (const GdpPoint *point)
{
  for (guint i = 0; i < G_N_ELEMENTS (normal); i++)
    if (normal[i].kind == point->kind)
      return normal[i].value;
  return gdp_point_is_discrete (point) ? 0 : point->scaling.low;
}

/* ---- life -------------------------------------------------------------------------------- */

Field *
field_new_at (const char *uri, guint n_sites)
{
  Field *field = g_new0 (Field, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = NULL;

  field->uri = g_strdup (uri);
  field->catalogue = data_catalogue_load (NULL, &error);
  g_assert_no_error (error);
  field->store = data_store_open (uri, DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  network = build (field->catalogue, n_sites);
  if (n_sites > 0)
    must (data_store_import (field->store, network, "test", g_get_real_time (), &error), error);
  field->network = data_store_network (field->store, &error);
  g_assert_no_error (error);
  field->engine = gdp_engine_new (field->network, server_name, g_get_real_time ());
  field->raw = g_new0 (double, field->network->n_points + 1);
  field->doubt = g_new0 (GdpReason, field->network->n_points + 1);
  field->mute = g_new0 (gboolean, field->network->n_units + 1);
  for (guint i = 0; i < field->network->n_points; i++) {
    const GdpPoint *point = &field->network->points[i];
    field_set (field, point->id, normal_value (point));
  }
  return field;
}

Field *
field_new (guint n_sites)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gdp-ui-XXXXXX", &error);
  g_autofree char *uri = NULL;
  Field *field;

  g_assert_no_error (error);
  uri = g_strdup_printf ("sqlite:%s/store.db", folder);
  field = field_new_at (uri, n_sites);
  field->folder = g_steal_pointer (&folder);
  return field;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
}

void
field_free (Field *field)
{
  g_clear_pointer (&field->store, data_store_close);
  gdp_engine_free (field->engine);
  gdp_network_unref (field->network);
  data_catalogue_free (field->catalogue);
  if (field->folder != NULL)
    remove_folder (field->folder);
  g_free (field->folder);
  g_free (field->uri);
  g_free (field->raw);
  g_free (field->doubt);
  g_free (field->mute);
  g_free (field);
}

const char *
field_uri (const Field *field)
{
  return field->uri;
}

const char *
field_path (const Field *field)
{
  return field->uri + strlen ("sqlite:");
}

GdpNetwork *
field_network (const Field *field)
{
  return field->network;
}

/* ---- serving ----------------------------------------------------------------------------- */

static void
commit (Field *field, GdpChanges *changes, GArray *results)
{
  g_autoptr (GError) error = NULL;
  DataBatch batch = { .changes = changes, .results = results, .now = g_get_real_time (), .durable = TRUE };

  must (data_store_commit (field->store, &batch, NULL, &error), error);
  gdp_changes_clear (changes);
}

static void
beat (Field *field)
{
  g_autoptr (GError) error = NULL;

  field->self.heartbeat = g_get_real_time ();
  must (data_store_heartbeat (field->store, &field->self, &error), error);
}

void
field_serve (Field *field)
{
  g_autoptr (GError) error = NULL;

  field->self = (DataServer) { .name = (char *) server_name, .version = (char *) "0", .host = (char *) "test",
                               .pid = getpid (), .started = g_get_real_time (), .heartbeat = g_get_real_time () };
  must (data_store_start_server (field->store, &field->self, &error), error);
  beat (field);
}

static void
poll_unit (Field *field, guint unit, gint64 now, GdpChanges *changes)
{
  const GdpSite *site = &field->network->sites[field->network->units[unit].site];
  g_autofree GdpSample *samples = g_new0 (GdpSample, site->n_points);
  guint n = 0;

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    if (field->network->points[i].unit == unit)
      samples[n++] = (GdpSample) { .point = i, .time = now, .raw = field->raw[i], .reason = field->doubt[i] };
  gdp_engine_samples (field->engine, unit, now, samples, n, changes);
}

/* As the server does it: who may not, does not. */
static gboolean
decide (Field *field, const DataCommand *command, GdpAct act, GdpChanges *changes, GError **error)
{
  GdpRole role;

  return data_store_may (field->store, command->who, act, error) && data_store_role (field->store, command->who, &role, error)
         && server_decisions_make (field->engine, command, role, g_get_real_time (), changes, error);
}

static void
execute (Field *field, const DataCommand *command, GdpChanges *changes, GArray *results)
{
  g_autoptr (GError) error = NULL;
  DataCommandResult result = { .id = command->id };
  GdpAct act;

  if (command->state != DATA_COMMAND_POSTED || !server_decisions_know (command->kind, &act))
    return;
  result.ok = decide (field, command, act, changes, &error);
  result.result = error != NULL ? g_strdup (error->message) : NULL;
  g_array_append_val (results, result);
}

void
field_turn (Field *field)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  g_autoptr (GError) error = NULL;
  g_autoptr (DataChanges) news = data_store_changes (field->store, field->seq, &error);
  gint64 now = g_get_real_time ();

  g_assert_no_error (error);
  field->seq = news->seq;
  for (guint i = 0; i < news->commands->len; i++)
    execute (field, news->commands->pdata[i], changes, results);
  for (guint i = 0; i < field->network->n_units; i++)
    if (field->mute[i])
      gdp_engine_unit_failed (field->engine, i, now, "no answer in 0.5 s");
    else
      poll_unit (field, i, now, changes);
  gdp_engine_tick (field->engine, now, changes);
  commit (field, changes, results->len > 0 ? results : NULL);
  for (guint i = 0; i < results->len; i++)
    g_free (g_array_index (results, DataCommandResult, i).result);
  beat (field);
}

/* ---- what happens in the field ----------------------------------------------------------- */

static guint
index_of (Field *field, const char *point)
{
  guint index = gdp_network_find_point (field->network, point);

  if (index == G_MAXUINT)
    g_error ("the field has no point %s", point);
  return index;
}

void
field_set_raw (Field *field, const char *point, double raw)
{
  field->raw[index_of (field, point)] = raw;
}

void
field_doubt (Field *field, const char *point, GdpReason reason)
{
  field->doubt[index_of (field, point)] = reason;
}

void
field_set (Field *field, const char *point, double value)
{
  const GdpScaling *scaling = &field->network->points[index_of (field, point)].scaling;

  if (scaling->signal == GDP_SIGNAL_CURRENT)
    value = 4 + 16 * (value - scaling->low) / (scaling->high - scaling->low);
  else if (scaling->signal == GDP_SIGNAL_CONTACT && scaling->invert)
    value = value == 0;
  field_set_raw (field, point, value);
}

void
field_mute (Field *field, const char *site, gboolean mute)
{
  guint index = gdp_network_find_site (field->network, site);

  g_assert_cmpuint (index, !=, G_MAXUINT);
  field->mute[field->network->sites[index].first_unit] = mute;
}

void
field_spool (Field *field, guint batches, gint64 since)
{
  field->self.spooled = batches;
  field->self.spooled_since = since;
}

const GdpAlarm *
field_alarm (Field *field, const char *id)
{
  return gdp_engine_alarm (field->engine, id);
}

gboolean
field_run (Field *field, gboolean (*done) (gpointer data), gpointer data, double seconds)
{
  gint64 next = g_get_monotonic_time (), end = next + (gint64) (seconds * G_USEC_PER_SEC);

  while (!done (data)) {
    gint64 now = g_get_monotonic_time ();
    if (now > end)
      return FALSE;
    if (field != NULL && now >= next) {
      field_turn (field);
      next = g_get_monotonic_time () + 200000;   /* however long the turn took, the window has its time */
    }
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  }
  return TRUE;
}
