/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a register of a slave to a second process that knows, durably; and what a server costs.
 *
 *   bench-path path [CHANGES]      latency of a lone change, and of limits crossed on many sites
 *   bench-path alarms SITES…       limits crossed on SITES × 16 points that are polled each second
 *   bench-path load SITES…         CPU and memory while SITES × 16 points are polled each second
 *   bench-path ack CONSOLES        an acknowledgement until so many consoles know of it, while 100 sites are polled
 *
 * The store is a file, or with GDP_TEST_ENGINE=postgresql a database of the cluster of tests/with-postgres.
 * The slaves and the second process are this one; the server is a process of its own. */
#include "polled.h"
#include "quantile.h"

#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- path -------------------------------------------------------------------------------------------- */

static gboolean
is_there (Watch *watch, gconstpointer expected)
{
  const GdpReading *e = expected, *reading = watch_reading (watch, e->point);
  return reading != NULL && reading->reason == GDP_REASON_NONE && fabs (reading->value - e->value) < 0.0005;
}

static void
lone_change (guint n_changes)
{
  Polled bench;
  Latency latency = latency_new ();
  guint n_points = 16;
  double period = 0.2;

  polled_begin (&bench, 1, period);
  g_assert_true (watch_until (bench.watch, polled_all_good, &n_points, 30));
  GdpReading expected = { .point = bench.network->points[gdp_network_find_point (bench.network, "GDP-000/ai1")].key };
  for (guint i = 0; i < n_changes; i++) {
    expected.value = 1 + (i % 500) * 0.01 + 0.01;
    g_usleep ((gulong) g_random_int_range (0, 200000));   /* any phase of the poll */
    gint64 set = g_get_monotonic_time ();
    tcp_slave_set_register (bench.slave, 0, 0, watch_raw (expected.value));
    g_assert_true (watch_until (bench.watch, is_there, &expected, 10));
    latency_add (&latency, set, tcp_slave_answered (bench.slave, 0));
  }
  latency_print ("register -> durable, second process knows", &latency, period);
  polled_finish (&bench);
}

/* Every site crosses its limit and returns at its own time; how long until the alarm is known. */
typedef struct { gint64 set; gboolean up; } Crossing;

/* @more: begins new ones. Returns how many are under way. */
static guint
note_crossings (Polled *bench, Crossing *crossings, guint n_sites, gboolean more, Latency *latency)
{
  guint pending = 0;

  for (guint i = 0; i < n_sites; i++) {
    g_autofree char *id = g_strdup_printf ("GDP-%03u/ai1.high", i);
    const GdpAlarm *alarm = watch_alarm (bench->watch, id);
    gboolean active = alarm != NULL && alarm->active;

    if (crossings[i].set != 0 && active == crossings[i].up) {
      if (crossings[i].up)
        latency_add (latency, crossings[i].set, tcp_slave_answered (bench->slave, i));
      crossings[i].set = 0;
    }
    if (more && crossings[i].set == 0 && g_random_int_range (0, 8 * (gint32) n_sites) == 0) {
      crossings[i].up = !active;
      crossings[i].set = g_get_monotonic_time ();
      tcp_slave_set_register (bench->slave, i, 0, watch_raw (crossings[i].up ? 8.5 : 1));
    }
    pending += crossings[i].set != 0;
  }
  return pending;
}

static gboolean
never (Watch *watch, gconstpointer data)
{
  return FALSE;
}

static void
limits_crossed (guint n_sites, double period, guint n_changes)
{
  Polled bench;
  g_autofree Crossing *crossings = g_new0 (Crossing, n_sites);
  Latency latency = latency_new ();
  guint n_points = n_sites * 16;

  polled_begin (&bench, n_sites, period);
  g_assert_true (watch_until (bench.watch, polled_all_good, &n_points, 60));
  while (latency.from_change->len < n_changes) {
    watch_until (bench.watch, never, NULL, 0.0005);
    note_crossings (&bench, crossings, n_sites, TRUE, &latency);
  }
  gint64 patience = g_get_monotonic_time () + (gint64) (5 * period * 1e6);
  guint lost;
  while ((lost = note_crossings (&bench, crossings, n_sites, FALSE, &latency)) > 0 && g_get_monotonic_time () < patience)
    watch_until (bench.watch, never, NULL, 0.0005);
  g_autofree char *name = g_strdup_printf ("limit crossed -> alarm durable and known, %u sites", n_sites);
  latency_print (name, &latency, period);
  printf ("%-50s %u\n", "  lost: changes of which nothing was heard", lost);
  polled_finish (&bench);
}

/* ---- load -------------------------------------------------------------------------------------------- */

static int
dial (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (connect (fd, (struct sockaddr *) &address, sizeof address));
  return fd;
}

/* The bare limit: one thread that asks each slave twice (8 registers, 8 bits), and does nothing with it.
 * CPU seconds of this thread for one round. */
static double
bare_round (const int *fds, guint n)
{
  static const guint8 requests[2][12] = { { 0, 1, 0, 0, 0, 6, 1, 4, 0, 0, 0, 8 },
                                          { 0, 2, 0, 0, 0, 6, 1, 2, 0, 0, 0, 8 } };
  struct timespec before, after;
  guint8 answer[64];

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &before);
  for (guint i = 0; i < n; i++)
    for (guint r = 0; r < 2; r++) {
      g_assert_cmpint (send (fds[i], requests[r], 12, 0), ==, 12);
      g_assert_cmpint (recv (fds[i], answer, sizeof answer, 0), >, 9);
    }
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &after);
  return (double) (after.tv_sec - before.tv_sec) + (double) (after.tv_nsec - before.tv_nsec) / 1e9;
}

#define ROUNDS 5
#define ROUND_SECONDS 2.0

/* Four of the eight analog values of every site move a little every second, and one input flips now and then. */
static void
move_values (Polled *bench, guint n_sites, guint step)
{
  for (guint i = 0; i < n_sites; i++) {
    for (guint r = 0; r < 4; r++)
      tcp_slave_set_register (bench->slave, i, r, watch_raw (2 + 0.1 * ((step + i + r) % 20)));
    if ((step + i) % 60 == 0)
      tcp_slave_set_bit (bench->slave, i, 0, step % 2 != 0);
  }
}

static void
load (guint n_sites)
{
  Polled bench;
  guint n_points = n_sites * 16;
  g_autoptr (GArray) ours = g_array_new (FALSE, FALSE, sizeof (double)), bare = g_array_new (FALSE, FALSE, sizeof (double)),
                     ratios = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree int *fds = g_new (int, n_sites);
  gint64 started = g_get_monotonic_time ();

  polled_begin (&bench, n_sites, 1);
  g_assert_true (watch_until (bench.watch, polled_all_good, &n_points, 60));
  double whole = (double) (g_get_monotonic_time () - started) / 1e6;
  const char *pid = g_subprocess_get_identifier (bench.server);
  for (guint i = 0; i < n_sites; i++)
    fds[i] = dial (tcp_slave_port (bench.slave, i));
  watch_until (bench.watch, never, NULL, 3);   /* what the start costs is over */

  for (guint round = 0, step = 0; round < ROUNDS; round++) {
    double before = processor_time (pid);
    gint64 since = g_get_monotonic_time ();
    for (guint s = 0; s < (guint) ROUND_SECONDS; s++) {
      move_values (&bench, n_sites, ++step);
      watch_until (bench.watch, never, NULL, 1);
    }
    double seconds = (double) (g_get_monotonic_time () - since) / 1e6;
    double our_share = 100 * (processor_time (pid) - before) / seconds, bare_share = 100 * bare_round (fds, n_sites);
    double ratio = our_share / bare_share;
    g_array_append_val (ours, our_share);
    g_array_append_val (bare, bare_share);
    g_array_append_val (ratios, ratio);
  }
  printf ("%4u sites x 16 points each second: server %5.2f %% of a core, bare transactions %5.2f %%, ratio %.1f (%.1f .. %.1f),"
          " resident %.0f MB, every value there %.1f s after the import began\n",
          n_sites, quantile_of (ours, 0.5), quantile_of (bare, 0.5), quantile_of (ratios, 0.5), quantile_of (ratios, 0),
          quantile_of (ratios, 1), processor_megabytes (pid), whole);
  for (guint i = 0; i < n_sites; i++)
    close (fds[i]);
  polled_finish (&bench);
}

/* ---- acknowledgements -------------------------------------------------------------------------------- */

#define ACK_SITES 100

/* A console: follows the feed in a thread and with a connection of its own. */
typedef struct {
  Watch   *watch;
  GThread *thread;
  GArray  *ms;       /* from the order to when this one knew */
  struct Order *order;
} Console;

/* What was ordered last. */
typedef struct Order {
  GMutex lock;
  GCond  known;
  char   id[32];     /* of the alarm, "" = none, "end" = no more */
  gint64 since;
  guint  n_known;
} Order;

static gboolean
is_acked (Watch *watch, gconstpointer id)
{
  const GdpAlarm *alarm = watch_alarm (watch, id);
  return alarm != NULL && gdp_alarm_state (alarm) == GDP_ALARM_ACKED;
}

static gpointer
console_run (gpointer user_data)
{
  Console *console = user_data;
  Order *order = console->order;
  char id[sizeof order->id] = "";

  for (;;) {
    g_mutex_lock (&order->lock);
    while (g_str_equal (id, order->id))
      g_cond_wait (&order->known, &order->lock);
    g_strlcpy (id, order->id, sizeof id);
    g_mutex_unlock (&order->lock);
    if (g_str_equal (id, "end"))
      return NULL;
    g_assert_true (watch_until (console->watch, is_acked, id, 30));
    double ms = (double) (g_get_monotonic_time () - order->since) / 1000;
    g_array_append_val (console->ms, ms);
    g_mutex_lock (&order->lock);
    order->n_known++;
    g_cond_broadcast (&order->known);
    g_mutex_unlock (&order->lock);
  }
}

/* Returns when all @n_consoles know. */
static void
give_order (Polled *bench, Order *order, const char *id, guint n_consoles)
{
  g_autoptr (GError) error = NULL;
  DataCommand command = { .kind = (char *) "ack", .object = (char *) id, .argument = 1, .who = (char *) "Ivanova",
                          .where = (char *) "bench" };

  g_mutex_lock (&order->lock);
  g_strlcpy (order->id, id, sizeof order->id);
  order->n_known = 0;
  order->since = g_get_monotonic_time ();
  g_cond_broadcast (&order->known);
  g_mutex_unlock (&order->lock);
  g_assert_true (data_store_post (bench->watch->store, &command, g_get_real_time (), &error));
  g_assert_no_error (error);
  g_mutex_lock (&order->lock);
  while (order->n_known < n_consoles)
    g_cond_wait (&order->known, &order->lock);
  g_mutex_unlock (&order->lock);
}

static gboolean
all_raised (Watch *watch, gconstpointer data)
{
  for (guint i = 0; i < ACK_SITES; i++) {
    g_autofree char *id = g_strdup_printf ("GDP-%03u/ai8.high", i);
    if (watch_alarm (watch, id) == NULL)
      return FALSE;
  }
  return TRUE;
}

static void
acknowledged (guint n_consoles)
{
  Polled bench;
  Order order = { .id = "" };
  g_autofree Console *consoles = g_new0 (Console, n_consoles);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  guint n_points = ACK_SITES * 16;

  polled_begin (&bench, ACK_SITES, 1);
  g_assert_true (watch_until (bench.watch, polled_all_good, &n_points, 60));
  for (guint i = 0; i < ACK_SITES; i++)
    for (guint r = 4; r < 8; r++)
      tcp_slave_set_register (bench.slave, i, r, watch_raw (8.5));
  g_assert_true (watch_until (bench.watch, all_raised, NULL, 60));
  for (guint i = 0; i < n_consoles; i++) {
    consoles[i] = (Console) { watch_new (bench.stage->uri, DATA_ACCESS_READ), NULL, g_array_new (FALSE, FALSE, sizeof (double)),
                              &order };
    consoles[i].thread = g_thread_new ("console", console_run, &consoles[i]);
  }
  for (guint i = 0; i < 4 * ACK_SITES; i++) {
    g_autofree char *id = g_strdup_printf ("GDP-%03u/ai%u.high", i / 4, 5 + i % 4);
    g_usleep ((gulong) g_random_int_range (0, 20000));   /* any phase of what the server does */
    give_order (&bench, &order, id, n_consoles);
  }
  g_mutex_lock (&order.lock);
  g_strlcpy (order.id, "end", sizeof order.id);
  g_cond_broadcast (&order.known);
  g_mutex_unlock (&order.lock);
  for (guint i = 0; i < n_consoles; i++) {
    g_thread_join (consoles[i].thread);
    g_array_append_vals (all, consoles[i].ms->data, consoles[i].ms->len);
    g_array_unref (consoles[i].ms);
    watch_free (consoles[i].watch);
  }
  printf ("%s: acknowledgement -> known at %u consoles  n %u  p50 %.1f ms  p99 %.1f ms  longest %.1f ms (target p99 250)\n",
          stage_on_postgres () ? "PostgreSQL" : "SQLite", n_consoles, all->len, quantile_of (all, 0.5),
          quantile_of (all, 0.99), quantile_of (all, 1));
  polled_finish (&bench);
}

int
main (int argc, char **argv)
{
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (argc >= 2 && g_str_equal (argv[1], "path")) {
    guint n = argc > 2 ? (guint) strtoul (argv[2], NULL, 10) : 300;
    lone_change (n);
    limits_crossed (50, 0.2, n);
    return 0;
  }
  if (argc >= 3 && g_str_equal (argv[1], "alarms")) {
    for (int i = 2; i < argc; i++)
      limits_crossed ((guint) strtoul (argv[i], NULL, 10), 1, 600);
    return 0;
  }
  if (argc >= 3 && g_str_equal (argv[1], "load")) {
    for (int i = 2; i < argc; i++)
      load ((guint) strtoul (argv[i], NULL, 10));
    return 0;
  }
  if (argc == 3 && g_str_equal (argv[1], "ack")) {
    acknowledged ((guint) strtoul (argv[2], NULL, 10));
    return 0;
  }
  fprintf (stderr, "usage: bench-path path [CHANGES] | alarms SITES… | load SITES… | ack CONSOLES\n");
  return 2;
}
