/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/server/batch.h"
#include "app/server/pacing.h"
#include "app/server/queue.h"
#include "app/server/trouble.h"

#define MS 1000

static CommsReport *
report (guint unit)
{
  return comms_report_new (COMMS_REPORT_SAMPLES, unit, G_MAXUINT, 1, 2);
}

static GArray *
no_items (void)
{
  return g_array_new (FALSE, FALSE, sizeof (ServerItem));
}

static void
free_items (GArray *items)
{
  for (guint i = 0; i < items->len; i++)
    comms_report_free (g_array_index (items, ServerItem, i).report);
  g_array_unref (items);
}

static void
job (gpointer data)
{
  g_string_append_c (data, 'j');
}

static void
test_order (void)
{
  g_autoptr (ServerQueue) queue = server_queue_new (10, 10000);
  g_autoptr (GString) seen = g_string_new (NULL);
  GArray *items = no_items ();

  g_assert_true (server_queue_take (queue, report (1)));
  server_queue_push (queue, job, seen);
  g_assert_true (server_queue_take (queue, report (2)));
  g_assert_cmpuint (server_queue_length (queue), ==, 2);
  g_assert_false (server_queue_drain (queue, &items));
  g_assert_cmpuint (items->len, ==, 3);
  for (guint i = 0; i < items->len; i++) {
    ServerItem *item = &g_array_index (items, ServerItem, i);
    if (item->report != NULL)
      g_string_append_printf (seen, "%u", item->report->unit);
    else
      item->job (item->data);
  }
  g_assert_cmpstr (seen->str, ==, "1j2");
  g_assert_cmpuint (server_queue_length (queue), ==, 0);
  free_items (items);
}

static void
test_full (void)
{
  g_autoptr (ServerQueue) queue = server_queue_new (2, 1000000);
  g_autoptr (GString) seen = g_string_new (NULL);
  GArray *items = no_items ();
  CommsReport *third = report (3);

  g_assert_true (server_queue_take (queue, report (1)));
  g_assert_true (server_queue_take (queue, report (2)));
  g_assert_false (server_queue_take (queue, third));   /* still ours */
  server_queue_push (queue, job, seen);                /* a job always fits */
  g_assert_true (server_queue_drain (queue, &items));  /* somebody was turned away: tell them */
  g_assert_cmpuint (items->len, ==, 3);
  free_items (items);
  items = no_items ();
  g_assert_true (server_queue_take (queue, third));
  g_assert_false (server_queue_drain (queue, &items)); /* told once */
  free_items (items);
}

static void
test_bytes (void)
{
  g_autoptr (ServerQueue) queue = server_queue_new (100, 10 * 1024);
  CommsReport *huge = comms_report_new (COMMS_REPORT_SAMPLES, 0, 0, 0, 1000);
  CommsReport *small = report (1);
  GArray *items = no_items ();

  g_assert_true (server_queue_take (queue, huge));     /* alone even what is larger than the queue passes */
  g_assert_false (server_queue_take (queue, small));
  g_assert_true (server_queue_drain (queue, &items));
  g_assert_true (server_queue_take (queue, small));
  free_items (items);
}

static gpointer
fill_later (gpointer queue)
{
  g_usleep (20 * MS);
  g_assert_true (server_queue_take (queue, report (7)));
  return NULL;
}

static gpointer
wake_later (gpointer queue)
{
  g_usleep (20 * MS);
  server_queue_wake (queue);
  return NULL;
}

static void
test_wait (void)
{
  g_autoptr (ServerQueue) queue = server_queue_new (10, 10000);
  gint64 far = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  GArray *items = no_items ();

  GThread *other = g_thread_new ("fills", fill_later, queue);
  server_queue_wait (queue, TRUE, far);
  g_thread_join (other);
  g_assert_cmpuint (server_queue_length (queue), ==, 1);

  /* Not interested in what is there: only a wake or the time ends it. */
  other = g_thread_new ("wakes", wake_later, queue);
  server_queue_wait (queue, FALSE, far);
  g_thread_join (other);
  gint64 began = g_get_monotonic_time ();
  server_queue_wait (queue, FALSE, began + 30 * MS);   /* the wake was used up */
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 29 * MS);
  g_assert_cmpint (g_get_monotonic_time (), <, far);
  server_queue_drain (queue, &items);
  free_items (items);
}

/* Four threads push 20,000 reports through a queue of 8; each thread's own come in order, none is lost. */
#define PER_THREAD 5000

typedef struct { ServerQueue *queue; guint id; } Pusher;

static gpointer
push_many (gpointer data)
{
  Pusher *pusher = data;
  for (guint i = 0; i < PER_THREAD; i++) {
    CommsReport *r = report (pusher->id);
    r->link = i;
    while (!server_queue_take (pusher->queue, r))
      g_thread_yield ();
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (ServerQueue) queue = server_queue_new (8, 1000000);
  GThread *threads[4];
  Pusher pushers[4];
  guint next[4] = { 0 }, total = 0;
  GArray *items = no_items ();

  for (guint t = 0; t < 4; t++) {
    pushers[t] = (Pusher) { queue, t };
    threads[t] = g_thread_new ("pusher", push_many, &pushers[t]);
  }
  while (total < 4 * PER_THREAD) {
    server_queue_wait (queue, TRUE, g_get_monotonic_time () + 30 * G_USEC_PER_SEC);
    server_queue_drain (queue, &items);
    g_assert_cmpuint (items->len, >, 0);
    g_assert_cmpuint (items->len, <=, 8);
    for (guint i = 0; i < items->len; i++) {
      CommsReport *r = g_array_index (items, ServerItem, i).report;
      g_assert_cmpuint (r->link, ==, next[r->unit]++);
      comms_report_free (r);
    }
    total += items->len;
    g_array_set_size (items, 0);
  }
  for (guint t = 0; t < 4; t++)
    g_thread_join (threads[t]);
  g_array_unref (items);
}

/* ---- pacing ---------------------------------------------------------------------------------- */

/* Commits of @cost as soon as they are allowed, from @now on for @span, while @rate readings come in each ms; returns
 * how many. */
static guint
keep_committing_readings (ServerPacing *pacing, gint64 now, gint64 span, gint64 cost, guint rate)
{
  guint n = 0;
  gint64 since = now;
  for (gint64 end = now + span; now < end; n++) {
    while (now < server_pacing_due (pacing, (guint) ((now - since) * rate / MS), since, SERVER_PACING_LONGEST))
      now += 100;
    server_pacing_given (pacing, (guint) ((now - since) * rate / MS));
    since = now;
    server_pacing_committed (pacing, now, now + cost);
    now += cost;
  }
  return n;
}

static guint
keep_committing (ServerPacing *pacing, gint64 now, gint64 span, gint64 cost)
{
  return keep_committing_readings (pacing, now, span, cost, 0);
}

static void
test_pacing_lone (void)
{
  ServerPacing pacing = { 0 };
  gint64 now = 1000 * MS;

  /* A register that changes with every poll of 200 ms; now and then the disk takes ten times as long. */
  for (guint i = 0; i < 100; i++, now += 200 * MS) {
    g_assert_cmpint (server_pacing_due (&pacing, 0, now, SERVER_PACING_LONGEST), <=, now);
    server_pacing_committed (&pacing, now, now + (i % 10 == 9 ? 10 * MS : 1 * MS));
  }
}

static void
test_pacing_share (void)
{
  ServerPacing pacing = { 0 };
  keep_committing (&pacing, 1000 * MS, 2000 * MS, 4 * MS);   /* what was saved up is spent */
  guint n = keep_committing (&pacing, 3000 * MS, 10000 * MS, 4 * MS);
  g_assert_cmpuint (n, <=, 10000 / (4 * SERVER_PACING_SHARE) + 1);
  g_assert_cmpuint (n, >=, 10000 / (4 * SERVER_PACING_SHARE) - 5);
}

static void
test_pacing_fast (void)
{
  ServerPacing pacing = { 0 };
  keep_committing (&pacing, 1000 * MS, 2000 * MS, 100);
  guint n = keep_committing (&pacing, 3000 * MS, 10000 * MS, 100);
  g_assert_cmpuint (n, <=, 10000 * MS / (SERVER_PACING_LEAST * SERVER_PACING_SHARE) + 1);
  g_assert_cmpuint (n, >=, 10000 * MS / (SERVER_PACING_LEAST * SERVER_PACING_SHARE) - 5);
}

/* Those of a beat are gathered, whoever waits for them; a lone one is not kept. */
static void
test_pacing_gathers (void)
{
  ServerPacing pacing = { 0 };

  for (guint i = 0; i < 20; i++)
    server_pacing_given (&pacing, 1);
  g_assert_cmpint (server_pacing_due (&pacing, 1, 5000 * MS, 0), <=, 5000 * MS);
  for (guint i = 0; i < 20; i++)
    server_pacing_given (&pacing, 100);
  g_assert_cmpint (server_pacing_due (&pacing, 1, 6000 * MS, 0), ==, 6000 * MS + SERVER_PACING_GATHER);
  for (guint i = 0; i < 40; i++)
    server_pacing_given (&pacing, 1);
  g_assert_cmpint (server_pacing_due (&pacing, 1, 7000 * MS, 0), <=, 7000 * MS);
}

/* Two hundred are worth a commit: at 20,000 a second none waits much longer than 10 ms, at 2,000 commits stay few. */
static void
test_pacing_busy (void)
{
  ServerPacing pacing = { 0 };
  keep_committing_readings (&pacing, 1000 * MS, 2000 * MS, 1 * MS, 20);
  guint n = keep_committing_readings (&pacing, 3000 * MS, 10000 * MS, 1 * MS, 20);
  g_assert_cmpuint (n, >=, 1000);
  g_assert_cmpuint (n, <=, 1200);
  n = keep_committing_readings (&pacing, 13000 * MS, 10000 * MS, 1 * MS, 2);
  g_assert_cmpuint (n, <=, 200);
}

static void
test_pacing_longest (void)
{
  ServerPacing pacing = { 0 };
  server_pacing_committed (&pacing, 1000 * MS, 2500 * MS);
  g_assert_cmpint (server_pacing_due (&pacing, 0, 0, SERVER_PACING_LONGEST), ==, 2700 * MS);
  server_pacing_committed (&pacing, 2700 * MS, 4000 * MS);
  g_assert_cmpint (server_pacing_due (&pacing, 0, 0, SERVER_PACING_LONGEST), ==, 4200 * MS);
}

static void
test_pacing_urgent (void)
{
  ServerPacing pacing = { 0 };
  server_pacing_committed (&pacing, 1000 * MS, 2500 * MS);
  g_assert_cmpint (server_pacing_due (&pacing, 0, 0, 0), <=, 2500 * MS);
}

/* However deep in debt, a unit's frame waits no longer than that after the commit before it. */
static void
test_pacing_awaited (void)
{
  ServerPacing pacing = { 0 };
  g_autoptr (ServerBatch) batch = server_batch_new ();
  g_array_append_val (batch->marks, ((GdpStreamMark) { 1, 0, 1, 1 }));
  server_pacing_committed (&pacing, 1000 * MS, 2500 * MS);
  g_assert_cmpint (server_pacing_due (&pacing, 0, 0, server_batch_patience (batch)), ==, 2500 * MS + SERVER_PACING_AWAITED);
}

/* ---- batch ----------------------------------------------------------------------------------- */

/* At 1,000 units one is heard again every 2 ms: were that news, every commit would be at once. */
static void
test_batch_urgent (void)
{
  static const struct { GdpContactInfo contact; gboolean urgent; } rows[] = {
    { { .state = GDP_CONTACT_OK, .since = 5, .seen = 7 }, FALSE },       /* heard again */
    { { .state = GDP_CONTACT_OK, .since = 5, .seen = 5 }, TRUE },        /* back */
    { { .state = GDP_CONTACT_SILENT, .since = 7, .seen = 5 }, TRUE },
    { { .state = GDP_CONTACT_UNKNOWN, .since = 0, .seen = 5 }, TRUE },   /* waiting after a restart */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (ServerBatch) batch = server_batch_new ();
    g_ptr_array_add (batch->changes->contacts, gdp_contact_info_copy (&rows[0].contact));
    g_ptr_array_add (batch->changes->contacts, gdp_contact_info_copy (&rows[i].contact));
    g_assert_false (server_batch_empty (batch));
    g_assert_cmpint (server_batch_patience (batch), ==, rows[i].urgent ? 0 : SERVER_PACING_LONGEST);
  }
}

/* ---- trouble --------------------------------------------------------------------------------- */

static GString *logged;

static GLogWriterOutput
keep_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_string_append_printf (logged, "[%s]", (const char *) fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
listen (const char *subject, const char *text, gpointer user_data)
{
  g_string_append_printf (user_data, "[%s:%s]", subject, text != NULL ? text : "over");
}

static void
test_trouble (void)
{
  g_autoptr (ServerTrouble) trouble = server_trouble_new ();
  g_autoptr (GString) heard = g_string_new (NULL);

  logged = g_string_new (NULL);
  g_log_set_writer_func (keep_log, NULL, NULL);
  g_assert_null (server_trouble_text (trouble));
  server_trouble_set (trouble, "store", "disk full");
  server_trouble_set (trouble, "store", "disk full");   /* nothing new */
  server_trouble_listen (trouble, listen, heard);       /* hears of what is already so */
  server_trouble_set (trouble, "link a", "held by east");
  server_trouble_set (trouble, "store", "busy");        /* the same trouble: logged, not told */
  g_autofree char *text = server_trouble_text (trouble);
  g_assert_cmpstr (text, ==, "link a: held by east; store: busy");
  server_trouble_set (trouble, "store", NULL);
  server_trouble_set (trouble, "store", NULL);
  g_assert_cmpstr (logged->str, ==, "[store: disk full][link a: held by east][store: busy][store: works again]");
  g_assert_cmpstr (heard->str, ==, "[store:disk full][link a:held by east][store:over]");
  g_string_free (logged, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-queue/reports-and-jobs-come-in-one-order", test_order);
  g_test_add_func ("/server-queue/a-full-queue-refuses-reports-and-tells-when-there-is-room", test_full);
  g_test_add_func ("/server-queue/bytes-are-bounded-too", test_bytes);
  g_test_add_func ("/server-queue/waiting-ends-by-arrival-wake-or-time", test_wait);
  g_test_add_func ("/server-queue/many-threads-lose-nothing", test_threads);
  g_test_add_func ("/server-pacing/a-lone-change-is-committed-at-once", test_pacing_lone);
  g_test_add_func ("/server-pacing/steady-samples-leave-most-of-the-time-free", test_pacing_share);
  g_test_add_func ("/server-pacing/readings-of-a-beat-are-gathered", test_pacing_gathers);
  g_test_add_func ("/server-pacing/a-fast-disk-is-no-reason-for-more-commits", test_pacing_fast);
  g_test_add_func ("/server-batch/a-unit-heard-again-is-not-urgent", test_batch_urgent);
  g_test_add_func ("/server-pacing/the-more-there-is-the-sooner-it-is-known", test_pacing_busy);
  g_test_add_func ("/server-pacing/nothing-waits-longer-than-200-ms", test_pacing_longest);
  g_test_add_func ("/server-pacing/an-alarm-never-waits", test_pacing_urgent);
  g_test_add_func ("/server-pacing/a-unit-waits-for-its-ack-25-ms-at-most", test_pacing_awaited);
  g_test_add_func ("/server-trouble/is-logged-and-told-when-it-changes-only", test_trouble);
  return g_test_run ();
}
