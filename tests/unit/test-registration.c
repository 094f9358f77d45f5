/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/refusal.h"
#include "comms/registration.h"

#include <string.h>

static const char *const known[] = {
  "GDP-1", "GDP-10", "GDP-10-B", "867322045678901", "\r\nKIRILL\r\n", "A",
};

static CommsRegistrations *
make_registrations (void)
{
  g_autofree GdpLink *links = g_new0 (GdpLink, G_N_ELEMENTS (known) + 2);
  GdpNetwork network = { .links = links, .n_links = G_N_ELEMENTS (known) + 2 };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    links[i] = (GdpLink) { .kind = GDP_LINK_MODEM, .registration = known[i] };
  links[6] = (GdpLink) { .kind = GDP_LINK_MODBUS_TCP, .registration = "NOT-A-MODEM" };
  links[7] = (GdpLink) { .kind = GDP_LINK_MODEM };
  return comms_registrations_new (&network);
}

static void
test_match (void)
{
  static const struct { const char *sent; CommsRegistrationMatch match; guint link; gsize used; } rows[] = {
    { "",                 COMMS_REGISTRATION_PART },
    { "\r\n",             COMMS_REGISTRATION_PART },
    { "G",                COMMS_REGISTRATION_PART },
    { "GDP-",             COMMS_REGISTRATION_PART },
    { "GDP-1",            COMMS_REGISTRATION_PERHAPS, 0, 5 },
    { "GDP-1\r\n",        COMMS_REGISTRATION_KNOWN, 0, 7 },
    { "GDP-1PING",        COMMS_REGISTRATION_KNOWN, 0, 5 },
    { "GDP-10",           COMMS_REGISTRATION_PERHAPS, 1, 6 },
    { "GDP-10-",          COMMS_REGISTRATION_PERHAPS, 1, 6 },
    { "GDP-10-B",         COMMS_REGISTRATION_KNOWN, 2, 8 },
    { "GDP-10-C",         COMMS_REGISTRATION_KNOWN, 1, 6 },
    { "867322045678901",  COMMS_REGISTRATION_KNOWN, 3, 15 },
    { "86732204567890",   COMMS_REGISTRATION_PART },
    { "867322045678902",  COMMS_REGISTRATION_UNKNOWN },
    { "KIRILL\n",         COMMS_REGISTRATION_KNOWN, 4, 7 },
    { "\nKIRILL",         COMMS_REGISTRATION_KNOWN, 4, 7 },
    { "A",                COMMS_REGISTRATION_KNOWN, 5, 1 },
    { "gdp-1",            COMMS_REGISTRATION_UNKNOWN },
    { "NOT-A-MODEM",      COMMS_REGISTRATION_UNKNOWN },
    { "\xFF\xFE",         COMMS_REGISTRATION_UNKNOWN },
  };
  g_autoptr (CommsRegistrations) registrations = make_registrations ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gsize length = strlen (rows[i].sent), used = 0;
    g_autofree guint8 *exact = g_memdup2 (rows[i].sent, length);
    guint link = 0;

    g_autofree char *sent = g_strescape (rows[i].sent, NULL);
    g_test_message ("%s", sent);
    g_assert_cmpint (comms_registrations_match (registrations, exact, length, &link, &used), ==,
                     rows[i].match);
    g_assert_cmpuint (link, ==, rows[i].link);
    g_assert_cmpuint (used, ==, rows[i].used);
  }
}

static void
test_nobody_known (void)
{
  GdpNetwork network = { 0 };
  g_autoptr (CommsRegistrations) registrations = comms_registrations_new (&network);
  gsize used;
  guint link;

  g_assert_cmpint (comms_registrations_match (registrations, (const guint8 *) "X", 1, &link, &used), ==,
                   COMMS_REGISTRATION_UNKNOWN);
}

/* "GDP-10" is not "GDP-1" with something behind it, though another server answers for it. */
static void
test_elsewhere (void)
{
  GdpLink here = { .kind = GDP_LINK_MODEM, .registration = "GDP-1" };
  g_autoptr (GPtrArray) elsewhere = g_ptr_array_new ();
  GdpNetwork network = { .links = &here, .n_links = 1, .elsewhere = elsewhere };
  gsize used;
  guint link;

  g_ptr_array_add (elsewhere, (char *) "GDP-10\r\n");
  g_autoptr (CommsRegistrations) registrations = comms_registrations_new (&network);
  g_assert_cmpint (comms_registrations_match (registrations, (const guint8 *) "GDP-1", 5, &link, &used), ==,
                   COMMS_REGISTRATION_PERHAPS);
  g_assert_cmpuint (link, ==, 0);
  g_assert_cmpint (comms_registrations_match (registrations, (const guint8 *) "GDP-10", 6, &link, &used), ==,
                   COMMS_REGISTRATION_KNOWN);
  g_assert_cmpuint (link, ==, G_MAXUINT);
}

static void
test_thousands (void)
{
  enum { N = 19000 };
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree GdpLink *links = g_new0 (GdpLink, N);
  GdpNetwork network = { .links = links, .n_links = N };

  for (guint i = 0; i < N; i++) {
    g_ptr_array_add (texts, g_strdup_printf ("86%013u", i * 7919));
    links[i] = (GdpLink) { .kind = GDP_LINK_MODEM, .registration = texts->pdata[i] };
  }
  g_autoptr (CommsRegistrations) registrations = comms_registrations_new (&network);
  for (guint i = 0; i < N; i++) {
    guint link = G_MAXUINT;
    gsize used;
    g_assert_cmpint (comms_registrations_match (registrations, texts->pdata[i], 15, &link, &used), ==,
                     COMMS_REGISTRATION_KNOWN);
    g_assert_cmpuint (link, ==, i);
  }
}

static void
test_printable (void)
{
  g_autofree guint8 *much = g_malloc (10000);
  g_autofree char *plain = comms_registration_printable ((const guint8 *) "GDP 1\r\n\\\x7F\xD0", 10);
  memset (much, 0xFF, 10000);
  g_autofree char *longer = comms_registration_printable (much, 10000);

  g_assert_cmpstr (plain, ==, "GDP 1\\x0d\\x0a\\x5c\\x7f\\xd0");
  g_assert_cmpuint (strlen (longer), <, 300);
  g_assert_nonnull (strstr (longer, "(10000 bytes)"));
}

static void
test_refusals_told_once (void)
{
  g_autoptr (CommsRefusals) refusals = comms_refusals_new (600);
  guint64 untold = 99;

  g_assert_true (comms_refusals_add (refusals, "10.0.0.1", NULL, "X", "why", 1000, &untold));
  g_assert_cmpuint (untold, ==, 0);
  g_assert_false (comms_refusals_add (refusals, "10.0.0.1", NULL, "X", "why", 1100, &untold));
  g_assert_false (comms_refusals_add (refusals, "10.0.0.1", NULL, "X", "why", 1599, &untold));
  g_assert_true (comms_refusals_add (refusals, "10.0.0.2", NULL, "X", "why", 1599, &untold));
  g_assert_cmpuint (untold, ==, 2);
  g_assert_true (comms_refusals_add (refusals, "10.0.0.1", NULL, "Y", "why", 1599, &untold));
  g_assert_true (comms_refusals_add (refusals, "10.0.0.1", NULL, "X", "why", 1600, &untold));

  g_autoptr (GPtrArray) list = comms_refusals_list (refusals);
  const CommsRefusal *first = list->pdata[0];
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpstr (first->address, ==, "10.0.0.1");
  g_assert_cmpstr (first->text, ==, "X");
  g_assert_cmpuint (first->count, ==, 4);
  g_assert_cmpint (first->first, ==, 1000);
  g_assert_cmpint (first->last, ==, 1600);
}

static void
test_refusals_flood (void)
{
  g_autoptr (CommsRefusals) refusals = comms_refusals_new (600);
  guint64 untold = 0;
  guint told = 0;

  for (guint i = 0; i < 5000; i++) {
    g_autofree char *text = g_strdup_printf ("%u", i);
    told += comms_refusals_add (refusals, "10.0.0.1", NULL, text, "why", 1000, &untold);
  }
  g_assert_cmpuint (told, ==, COMMS_REFUSALS_MAX);
  g_autoptr (GPtrArray) list = comms_refusals_list (refusals);
  g_assert_cmpuint (list->len, ==, COMMS_REFUSALS_MAX);
  g_assert_true (comms_refusals_add (refusals, "10.0.0.1", NULL, "later", "why", 1600, &untold));
  g_assert_cmpuint (untold, ==, 5000 - COMMS_REFUSALS_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registration/how-sure-the-match-is", test_match);
  g_test_add_func ("/registration/nobody-configured-nobody-known", test_nobody_known);
  g_test_add_func ("/registration/of-another-server-is-not-a-shorter-one-of-ours", test_elsewhere);
  g_test_add_func ("/registration/each-of-19000-finds-its-link", test_thousands);
  g_test_add_func ("/registration/what-a-stranger-sent-is-shown-printable-and-short", test_printable);
  g_test_add_func ("/refusal/each-is-told-once-an-interval-and-counted", test_refusals_told_once);
  g_test_add_func ("/refusal/a-flood-fills-neither-journal-nor-memory", test_refusals_flood);
  return g_test_run ();
}
