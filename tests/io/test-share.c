/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two gdp-server processes on one port and one store: every unit reaches the one that answers for it, whichever the
 * kernel gave it to; when that one is dead it is told to call later, and does. */
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../patience.h"
#include "bbt-town.h"
#include "comms/handover.h"
#include "dialers.h"
#include "stage.h"
#include "watch.h"

enum { UNITS = 20, PARTS = 2 };

typedef struct {
  Stage       *stage;
  char        *keys;
  guint16      port;
  GSubprocess *servers[PARTS];
  Dialers     *dialers;
} Fixture;

static guint
part_of (guint unit)
{
  char serial[17];

  tongue_serial (unit, serial);
  return comms_share_part_of ((const guint8 *) serial, strlen (serial), PARTS);
}

static guint
n_of (guint part)
{
  guint n = 0;

  for (guint i = 0; i < UNITS; i++)
    n += part_of (i) == part;
  return n;
}

static void
start (Fixture *f, guint part)
{
  g_autofree char *name = g_strdup_printf ("part-%u", part), *file = g_strdup_printf ("%s/%s.conf", f->stage->folder, name);
  g_autofree char *text = g_strdup_printf ("[server]\nname=%s\n[sessions]\nlisten=127.0.0.1:%u\nudp=127.0.0.1:%u\n"
                                           "keys=%s\nshare=%u/%u\n", name, f->port, f->port, f->keys, part, PARTS);
  g_autofree char *log = g_strdup_printf ("%s/%s.log", f->stage->folder, name);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  watch_remember_log (log);
  f->servers[part - 1] = g_subprocess_launcher_spawn (launcher, &error, GDP_SERVER, "--config", file, "--store",
                                                      f->stage->uri, "--follow-parent", NULL);
  g_assert_no_error (error);
}

/* Who calls while only one of them is there may be turned away. */
static void
wait_until_all_listen (Fixture *f)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (guint part = 1; part <= PARTS; part++)
    for (gboolean listens = FALSE; !listens; g_usleep (10000)) {
      g_autofree char *log = g_strdup_printf ("%s/part-%u.log", f->stage->folder, part), *text = NULL;

      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      listens = g_file_get_contents (log, &text, NULL, NULL) && strstr (text, "listening for units") != NULL;
    }
}

/* Until all @n are in session at the same time: who was turned away calls again. */
static void
dial_until (Fixture *f, guint n)
{
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (dialers_dial (f->dialers, 4, 2) < n) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (100 * 1000);
  }
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GdpNetwork) network = bbt_town_new (UNITS, FALSE);

  f->stage = stage_new ();
  f->keys = bbt_town_keys (UNITS);
  f->port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_socket_listener_close (listener);
  watch_import (f->stage->uri, network);
  f->dialers = dialers_new (&tongue_bbt, 0, UNITS, f->port);
  for (guint part = 1; part <= PARTS; part++)
    start (f, part);
  wait_until_all_listen (f);
}

static void
end (GSubprocess *server, int signal)
{
  g_subprocess_send_signal (server, signal);
  g_subprocess_wait (server, NULL, NULL);
  g_object_unref (server);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  dialers_free (f->dialers);
  for (guint part = 0; part < PARTS; part++)
    end (f->servers[part], SIGTERM);
  unlink (f->keys);
  g_free (f->keys);
  stage_free (f->stage);
}

/* ---- what is expected ----------------------------------------------------------------------------- */

typedef struct { guint part; guint n; } Owned;

/* The link's owner is in its statistics, which every server writes of what it serves every few seconds. */
static gboolean
is_owned (Watch *watch, gconstpointer data)
{
  const Owned *owned = data;
  g_autofree char *name = g_strdup_printf ("part-%u", owned->part);
  g_autoptr (GArray) traffic = data_store_traffic (watch->store, NULL);
  guint right = 0;

  for (guint i = 0; i < traffic->len; i++) {
    const DataTraffic *row = &g_array_index (traffic, DataTraffic, i);
    right += row->link && row->good >= 1 && g_strcmp0 (row->owner, name) == 0;
  }
  return right == owned->n;
}

static void
assert_link_owners (Fixture *f)
{
  g_autoptr (Watch) watch = watch_new (f->stage->uri, DATA_ACCESS_READ);

  for (guint part = 1; part <= PARTS; part++) {
    Owned owned = { part, n_of (part) };
    watch_expect (watch, is_owned, &owned, "every link owned by its part");
  }
}

static guint
n_in_of (Fixture *f, guint part)
{
  guint n = 0;

  for (guint i = 0; i < UNITS; i++)
    n += part_of (i) == part && dialers_get (f->dialers, i)->in;
  return n;
}

/* ---- tests ------------------------------------------------------------------------------------------ */

static void
test_each_reaches_its_own (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (n_of (1), >, 4);
  g_assert_cmpuint (n_of (2), >, 4);
  dial_until (f, UNITS);
  g_assert_cmpuint (dialers_load (f->dialers, UNITS, UNITS, PATIENCE), ==, UNITS);   /* stored, so acknowledged */
  assert_link_owners (f);
  g_assert_cmpuint (dialers_lost (f->dialers), ==, 0);
}

static void
test_a_dead_server_is_told (Fixture *f, gconstpointer data)
{
  g_autoptr (Watch) watch = watch_new (f->stage->uri, DATA_ACCESS_READ);
  char fault[80];
  gint64 deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  watch_look (watch);   /* the first look is at the state, which has no events: those after it are seen */
  dial_until (f, UNITS);
  tongue_faults (fault, sizeof fault);
  end (f->servers[1], SIGKILL);
  while (n_in_of (f, 2) > 0 || tongue_faults (fault, sizeof fault) < n_of (2)) {   /* they call, and are turned away */
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    dialers_dial (f->dialers, 4, 2);
  }
  g_assert_true (g_str_has_prefix (fault, "11"));
  g_assert_cmpuint (n_in_of (f, 1), ==, n_of (1));   /* and the others never noticed */
  watch_expect_event (watch, GDP_EVENT_SESSION_REFUSED, NULL, "the server of part 2/2 is not there");
  start (f, 2);
  dial_until (f, UNITS);
  g_assert_cmpuint (dialers_load (f->dialers, UNITS, UNITS, PATIENCE), ==, UNITS);
}

/* Two modems whose registrations begin alike, the shorter in one part, the longer in the other. */
static void
add_modems (Fixture *f, char *names[2])
{
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  guint number = 1;

  do {
    g_free (names[0]);
    g_free (names[1]);
    names[0] = g_strdup_printf ("GDP-%u", number);
    names[1] = g_strdup_printf ("GDP-%u0", number++);
  } while (comms_share_part_of ((guint8 *) names[0], strlen (names[0]), PARTS) != 1
           || comms_share_part_of ((guint8 *) names[1], strlen (names[1]), PARTS) != 2);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *site_id = g_strdup_printf ("M%u", i), *link_id = g_strdup_printf ("modem-%u", i);
    GdpSite site = { .id = site_id, .name = site_id, .latitude = NAN, .longitude = NAN };
    GdpLink link = { .id = link_id, .kind = GDP_LINK_MODEM, .registration = names[i] };
    g_assert_cmpuint (gdp_network_builder_add_site (builder, &site, NULL), ==, i);
    g_assert_cmpuint (gdp_network_builder_add_link (builder, &link, NULL), ==, i);
    g_autofree char *unit_id = g_strdup_printf ("%s/upmp", site_id);
    GdpRegister reg = { .channel = "ai1", .table = GDP_TABLE_INPUT_REGISTERS, .type = GDP_REGISTER_U16, .scale = 1 };
    g_autoptr (GdpProfile) profile = gdp_profile_new ("one", "One", &reg, 1, NULL);
    GdpUnit unit = { .id = unit_id, .site = i, .link = i, .address = 1, .profile = profile, .period = 60 };
    g_assert_cmpuint (gdp_network_builder_add_unit (builder, &unit, NULL), ==, i);
  }
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (builder);
  watch_import (f->stage->uri, network);
}

static GSocketConnection *
call_as (Fixture *f, const char *registration)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection = g_socket_client_connect_to_host (client, "127.0.0.1", f->port, NULL, &error);

  g_assert_no_error (error);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_assert_true (g_output_stream_write_all (out, registration, strlen (registration), NULL, NULL, NULL));
  return connection;
}

typedef struct { const char *link; guint before; } Opened;

static gboolean
has_opened_again (Watch *watch, gconstpointer data)
{
  const Opened *opened = data;

  return watch_n_events (watch, GDP_EVENT_SESSION_OPENED, opened->link) > opened->before;
}

/* The kernel decides who gets a call: eight of each, so that either server has to pass some on. */
static void
test_modems_too (Fixture *f, gconstpointer data)
{
  g_autoptr (Watch) watch = watch_new (f->stage->uri, DATA_ACCESS_READ);
  char *names[2] = { NULL, NULL };

  watch_look (watch);
  dial_until (f, UNITS);   /* both servers are there, on the configuration of before */
  add_modems (f, names);
  watch_expect_event (watch, GDP_EVENT_CONFIGURATION_CHANGED, "part-1", NULL);
  watch_expect_event (watch, GDP_EVENT_CONFIGURATION_CHANGED, "part-2", NULL);
  /* Units that called before the second server was up were turned away. */
  guint refused = watch_n_events (watch, GDP_EVENT_SESSION_REFUSED, NULL);
  for (guint i = 0; i < 16; i++) {
    g_autofree char *link = g_strdup_printf ("modem-%u", i % 2), *text = g_strdup_printf ("%s\r\n", names[i % 2]);
    guint before = watch_n_events (watch, GDP_EVENT_SESSION_OPENED, link);
    g_autoptr (GSocketConnection) connection = call_as (f, text);
    watch_expect (watch, has_opened_again, &(Opened) { link, before }, "a session of the modem");
  }
  g_assert_cmpuint (watch_n_events (watch, GDP_EVENT_SESSION_REFUSED, NULL), ==, refused);
  g_free (names[0]);
  g_free (names[1]);
}

/* ---- datagrams ------------------------------------------------------------------------------------- */

/* A unit with a socket, so that the kernel gives its datagrams to one of the servers. */
static void
open_datagrams (Fixture *f, Dialer *dialer, guint number)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = g_htons (f->port), .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };

  *dialer = (Dialer) { .number = number, .fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
  g_assert_cmpint (connect (dialer->fd, (struct sockaddr *) &to, sizeof to), ==, 0);
}

static void
say (Dialer *dialer, gsize (*what) (Dialer *dialer, guint8 *out))
{
  guint8 out[TONGUE_ROOM];
  gsize n = what (dialer, out);

  (void) !send (dialer->fd, out, n, 0);   /* nobody may be there */
}

/* What has come within 100 ms. */
static void
hear_datagrams (Dialer *dialers, guint n)
{
  struct pollfd waits[UNITS];

  for (guint i = 0; i < n; i++)
    waits[i] = (struct pollfd) { .fd = dialers[i].fd, .events = POLLIN };
  poll (waits, n, 100);
  for (guint i = 0; i < n; i++) {
    guint8 in[TONGUE_ROOM], out[TONGUE_ROOM];
    gsize n_out = 0;
    ssize_t length = recv (dialers[i].fd, in, sizeof in, 0);

    if (length > 0)
      tongue_bbt.hear (&dialers[i], in, length, out, &n_out);
    if (n_out > 0)
      g_assert_cmpint (send (dialers[i].fd, out, n_out, 0), ==, n_out);
  }
}

/* Whoever is let in tells a record. Returns how many still wait for their ACK, or to be let in. */
static guint
tell_records (Dialer *dialers, gboolean *told)
{
  guint missing = 0;

  for (guint i = 0; i < UNITS; i++) {
    if (dialers[i].in && !told[i]) {
      told[i] = dialers[i].asking = TRUE;
      say (&dialers[i], tongue_bbt.ask);
    }
    missing += !told[i] || dialers[i].asking;
  }
  return missing;
}

/* Each identifies itself and has a record acknowledged; who waits for too long begins anew, as units do. */
static void
deliver_by_datagrams (Dialer *dialers)
{
  gint64 deadline = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;
  gboolean told[UNITS] = { FALSE };
  guint missing = UNITS;

  for (guint i = 0; i < UNITS; i++)
    dialers[i].asking = FALSE;
  while (missing > 0) {
    gint64 again = g_get_monotonic_time () + 3 * G_USEC_PER_SEC;

    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    for (guint i = 0; i < UNITS; i++)
      if (!told[i] || dialers[i].asking) {
        dialers[i].in = told[i] = dialers[i].asking = FALSE;
        say (&dialers[i], tongue_bbt.greet);
      }
    do
      hear_datagrams (dialers, UNITS);
    while ((missing = tell_records (dialers, told)) > 0 && g_get_monotonic_time () < again);
  }
}

static void
test_datagrams_too (Fixture *f, gconstpointer data)
{
  Dialer dialers[UNITS];
  char fault[80];
  gint64 deadline = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;
  guint n_faults = 0;

  for (guint i = 0; i < UNITS; i++)
    open_datagrams (f, &dialers[i], i);
  deliver_by_datagrams (dialers);
  assert_link_owners (f);

  end (f->servers[1], SIGKILL);   /* with its sessions, and what it knew of those that it passed on */
  tongue_faults (fault, sizeof fault);
  for (guint i = 0; i < UNITS; i++)
    say (&dialers[i], tongue_bbt.ask);
  while ((n_faults += tongue_faults (fault, sizeof fault)) < n_of (2)) {   /* no session: they would say IDENT */
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    hear_datagrams (dialers, UNITS);
  }
  start (f, 2);
  deliver_by_datagrams (dialers);
  for (guint i = 0; i < UNITS; i++)
    close (dialers[i].fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/share/each-unit-reaches-the-server-that-answers-for-it", Fixture, NULL, set_up,
              test_each_reaches_its_own, tear_down);
  g_test_add ("/share/units-of-a-dead-server-call-later-and-come-back", Fixture, NULL, set_up,
              test_a_dead_server_is_told, tear_down);
  g_test_add ("/share/modems-whose-registrations-begin-alike-reach-theirs-too", Fixture, NULL, set_up, test_modems_too,
              tear_down);
  g_test_add ("/share/datagrams-reach-the-server-of-their-unit-too", Fixture, NULL, set_up, test_datagrams_too, tear_down);
  return g_test_run ();
}
