/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fallen-town.h"

#include "bbt-town.h"

#include <math.h>
#include <poll.h>
#include <unistd.h>

#define BEAT_MS 500

struct FallenTown {
  Stage *stage;
  guint  n;
  pid_t  child;
  int    orders[2], answers[2];   /* pipes: a byte an order, a byte when it is carried out */
};

/* The other process. */
typedef struct {
  const Stage *stage;
  DataStore  *store;
  GdpNetwork *network;
  DataServer  server;
  guint       turn;               /* so many times something was told of all */
} Writer;

static void
must (gboolean ok, const GError *error)
{
  if (!ok)
    g_error ("the town's store: %s", error != NULL ? error->message : "?");
}

/* ---- what is told of one unit ------------------------------------------------------------ */

static void
tell_event (GdpChanges *changes, GdpEventKind kind, const char *site, const char *object, gint64 now, guint8 priority)
{
  g_ptr_array_add (changes->events, gdp_event_copy (&(GdpEvent) {
    .kind = kind, .occurred = now, .learned = now, .site = (char *) site, .object = (char *) object,
    .who = (char *) "town", .priority = priority }));
}

static void
tell_alarm (Writer *self, const GdpUnit *unit, gboolean silent, gint64 now, GdpChanges *changes)
{
  const char *site = self->network->sites[unit->site].id;
  g_autofree char *id = g_strdup_printf ("%s.%s", unit->id, gdp_condition_word (GDP_CONDITION_SILENT));

  gdp_changes_set_alarm (changes, &(GdpAlarm) {
    .id = id, .condition = GDP_CONDITION_SILENT, .active = silent, .priority = 2, .value = NAN, .limit = NAN,
    .occurrence = 1 + self->turn / 2, .first = now, .occurred = now, .learned = now, .cleared = silent ? 0 : now });
  tell_event (changes, silent ? GDP_EVENT_ALARM_OCCURRED : GDP_EVENT_ALARM_CLEARED, site, id, now, 2);
  tell_event (changes, silent ? GDP_EVENT_UNIT_SILENT : GDP_EVENT_UNIT_BACK, site, unit->id, now, 0);
  tell_event (changes, silent ? GDP_EVENT_SESSION_CLOSED : GDP_EVENT_SESSION_OPENED, site,
              self->network->links[unit->link].id, now, 0);
}

static void
tell_state (Writer *self, const GdpUnit *unit, gboolean silent, gint64 now, GdpChanges *changes, GPtrArray *devices)
{
  const GdpSite *site = &self->network->sites[unit->site];

  g_ptr_array_add (changes->contacts, gdp_contact_info_copy (&(GdpContactInfo) {
    .key = unit->key, .state = silent ? GDP_CONTACT_SILENT : GDP_CONTACT_OK, .seen = silent ? now - 60 * GDP_SECOND : now,
    .since = now, .detail = silent ? (char *) "connection lost" : NULL }));
  g_ptr_array_add (devices, gdp_device_copy (&(GdpDevice) {
    .link = self->network->links[unit->link].key, .model = (char *) "BBT-1", .firmware = (char *) "1.4.0", .boot = 1,
    .clock = GDP_CLOCK_SET, .battery = 12.8, .mains = NAN, .signal = -71, .temperature = 14, .authenticated = TRUE,
    .peer = (char *) "tcp 10.1.2.3:40112", .connected = silent ? 0 : now, .seen = now, .sessions = 1 + self->turn }));
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    g_array_append_vals (changes->readings, &(GdpReading) {
      .point = self->network->points[i].key, .time = now, .received = now, .value = 3 + 0.01 * self->turn,
      .reason = silent ? GDP_REASON_NO_COMMUNICATION : GDP_REASON_NONE }, 1);
}

/* ---- orders ------------------------------------------------------------------------------ */

/* On a thread of its own, as a server's: it goes on through an import of seconds. A store that is busy that long is
 * tried again. */
static gpointer
beat (gpointer data)
{
  Writer *self = data;
  g_autoptr (DataStore) store = stage_open (self->stage, DATA_ACCESS_SERVE);

  while (TRUE) {
    g_autoptr (GError) error = NULL;

    self->server.heartbeat = g_get_real_time ();
    if (!data_store_heartbeat (store, &self->server, &error) && !g_error_matches (error, DATA_ERROR, DATA_ERROR_BUSY))
      g_error ("the town's heart: %s", error->message);
    g_usleep (BEAT_MS * 1000);
  }
  return NULL;
}

static void
tell_units (Writer *self, guint from, guint to, gboolean silent, gboolean alarms)
{
  g_autoptr (GdpChanges) changes = gdp_changes_new ();
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_device_free);
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time ();

  for (guint i = from; i < to; i++) {
    tell_state (self, &self->network->units[i], silent, now, changes, devices);
    if (alarms)
      tell_alarm (self, &self->network->units[i], silent, now, changes);
  }
  must (data_store_commit (self->store, &(DataBatch) { .changes = changes, .devices = devices, .now = now, .durable = TRUE },
                           NULL, &error), error);
}

static void
tell_all (Writer *self, gboolean silent)
{
  gint64 begun = g_get_monotonic_time ();
  guint n = self->network->n_units;

  for (guint i = 0; i < FALLEN_TOWN_COMMITS; i++) {
    gint64 due = begun + (gint64) i * FALLEN_TOWN_SECONDS * G_USEC_PER_SEC / FALLEN_TOWN_COMMITS;

    g_usleep ((gulong) MAX (due - g_get_monotonic_time (), 0));
    tell_units (self, n * i / FALLEN_TOWN_COMMITS, n * (i + 1) / FALLEN_TOWN_COMMITS, silent, TRUE);
  }
  self->turn++;
}

static void
import (Writer *self, GdpNetwork *network)
{
  g_autoptr (GError) error = NULL;

  must (data_store_import (self->store, network, "bench", g_get_real_time (), &error), error);
}

static void
add_site (Writer *self)
{
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  g_autofree char *id = g_strdup_printf ("N%05u", ++self->turn);
  g_autoptr (GdpNetwork) one = NULL;

  gdp_network_builder_add_site (builder, &(GdpSite) { .id = id, .name = id, .latitude = NAN, .longitude = NAN }, NULL);
  one = gdp_network_builder_finish (builder);
  import (self, one);
}

static void
carry_out (Writer *self, FallenTownOrder order)
{
  g_autoptr (GdpNetwork) one = NULL;

  switch (order) {
    case FALLEN_TOWN_FALL:
    case FALLEN_TOWN_RISE:
      tell_all (self, order == FALLEN_TOWN_FALL);
      break;
    case FALLEN_TOWN_CHANGE:
      one = bbt_town_new (1, self->turn++ % 2 == 0);
      import (self, one);
      break;
    case FALLEN_TOWN_ADD:
      add_site (self);
      break;
  }
}

static void
live (const Stage *stage, gpointer data)
{
  FallenTown *town = data;
  Writer self = { .stage = stage, .store = stage_open (stage, DATA_ACCESS_SERVE) };
  g_autoptr (GdpNetwork) all = bbt_town_new (town->n, FALSE);
  g_autoptr (GError) error = NULL;
  char order = 0;

  close (town->orders[1]);
  close (town->answers[0]);
  import (&self, all);
  self.network = data_store_network (self.store, &error);
  must (self.network != NULL, error);
  self.server = (DataServer) { .name = (char *) "town", .version = (char *) "0", .host = (char *) "bench", .pid = getpid (),
                               .started = g_get_real_time (), .heartbeat = g_get_real_time () };
  must (data_store_start_server (self.store, &self.server, &error), error);
  tell_units (&self, 0, self.network->n_units, FALSE, FALSE);
  g_thread_unref (g_thread_new ("beat", beat, &self));   /* ends with the process */
  g_assert_cmpint (write (town->answers[1], "", 1), ==, 1);
  while (read (town->orders[0], &order, 1) == 1) {
    carry_out (&self, (FallenTownOrder) order);
    g_assert_cmpint (write (town->answers[1], "", 1), ==, 1);
  }
}

/* ---- this process ------------------------------------------------------------------------ */

gboolean
fallen_town_done (FallenTown *town)
{
  struct pollfd wait = { .fd = town->answers[0], .events = POLLIN };
  char answer;

  return poll (&wait, 1, 0) == 1 && read (town->answers[0], &answer, 1) == 1;
}

FallenTown *
fallen_town_start (guint n)
{
  FallenTown *town = g_new0 (FallenTown, 1);
  char answer;

  town->stage = stage_new ();
  town->n = n;
  g_assert_true (pipe (town->orders) == 0 && pipe (town->answers) == 0);
  town->child = stage_fork (town->stage, live, town);
  close (town->orders[0]);
  close (town->answers[1]);
  g_assert_cmpint (read (town->answers[0], &answer, 1), ==, 1);   /* it lives */
  return town;
}

void
fallen_town_free (FallenTown *town)
{
  close (town->orders[1]);   /* no more orders: it ends */
  stage_join (town->child);
  close (town->answers[0]);
  stage_free (town->stage);
  g_free (town);
}

const char *
fallen_town_uri (const FallenTown *town)
{
  return town->stage->uri;
}

void
fallen_town_order (FallenTown *town, FallenTownOrder order)
{
  char byte = (char) order;

  g_assert_cmpint (write (town->orders[1], &byte, 1), ==, 1);
}
