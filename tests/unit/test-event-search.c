/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-event-search LOCALEDIR — what a Russian console shows of a record is Russian, and finds the record. */
#include "ui/event-search.h"

#include "data/needles.h"
#include "gdp/network.h"
#include "gdp/saying.h"
#include "gdp/session.h"
#include "ui/event-text.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

static GdpNetwork *network;

static gboolean
finds (const char *needle, const GdpEvent *event)
{
  g_auto (GStrv) also = ui_event_search_also (needle, network);
  g_autoptr (DataNeedles) needles = data_needles_new (&(DataJournalFilter) { .text = needle,
                                                                             .also = (const char *const *) also });

  return data_needles_match (needles, event);
}

#define FINDS(needle, ...) g_assert_true (finds (needle, &(GdpEvent) { __VA_ARGS__ }))
#define FINDS_NOT(needle, ...) g_assert_false (finds (needle, &(GdpEvent) { __VA_ARGS__ }))

static void
test_words (void)
{
  FINDS ("тревога СНЯТА", .kind = GDP_EVENT_ALARM_CLEARED);
  FINDS_NOT ("тревога снята", .kind = GDP_EVENT_ALARM_OCCURRED);
  FINDS ("обрыв", .kind = GDP_EVENT_ALARM_OCCURRED, .text = (char *) "open-circuit");
  FINDS ("открыт", .kind = GDP_EVENT_STATE_CHANGED, .before = (char *) "Closed", .after = (char *) "Open");
  FINDS_NOT ("открыт", .kind = GDP_EVENT_STATE_CHANGED, .text = (char *) "opening", .after = (char *) "Closed");
  FINDS ("0,144", .kind = GDP_EVENT_ALARM_OCCURRED, .text = (char *) "0.1189 MPa, LL 0.1440 MPa");
  FINDS ("иванов", .kind = GDP_EVENT_NOTE, .who = (char *) "Иванова А. П.");
}

static void
test_names (void)
{
  FINDS ("заречн", .kind = GDP_EVENT_NOTE, .site = (char *) "GDP-007");
  FINDS_NOT ("заречн", .kind = GDP_EVENT_NOTE, .site = (char *) "GDP-008");
  FINDS ("выходное давление", .kind = GDP_EVENT_ALARM_OCCURRED, .object = (char *) "GDP-007/outlet1.low");
  FINDS ("выходное давление", .kind = GDP_EVENT_NOTE, .object = (char *) "GDP-007/outlet1");
  FINDS_NOT ("выходное давление", .kind = GDP_EVENT_NOTE, .object = (char *) "GDP-007/inlet");
  /* Of one site alone it is called otherwise. */
  FINDS ("котельная", .kind = GDP_EVENT_ALARM_OCCURRED, .object = (char *) "GDP-008/outlet1.low");
  FINDS_NOT ("котельная", .kind = GDP_EVENT_ALARM_OCCURRED, .object = (char *) "GDP-007/outlet1.low");
  FINDS_NOT ("выходное давление", .kind = GDP_EVENT_ALARM_OCCURRED, .object = (char *) "GDP-008/outlet1.low");
}

static void
test_short_ones_stand_for_themselves (void)
{
  g_auto (GStrv) also = ui_event_search_also ("на", network), any = ui_event_search_also ("ни", NULL);

  g_assert_cmpuint (g_strv_length (also), ==, 0);
  g_assert_cmpuint (g_strv_length (any), ==, 0);
}

/* ---- every saying -------------------------------------------------------------------------- */

static char *
filled (const char *format)
{
  GString *text = g_string_new (NULL);

  for (gsize n = strcspn (format, "%");; n = strcspn (format, "%")) {
    g_string_append_len (text, format, (gssize) n);
    format += n;
    if (*format == '\0')
      return g_string_free (text, FALSE);
    g_string_append_c (text, '7');
    format = gdp_saying_behind (format);
  }
}

/* Names of programs, of keys in their files, of limits and of formats are the same in every language. */
static gboolean
is_name (const char *word)
{
  static const char *const names[] = { "gdpctl", "gdp-server", "service", "forget", "operator", "password",
    "listen", "device", "tcp", "psql", "gdp", "share", "sessions", "line", "ulimit", "chmod", "rs", "can", "UTC" };

  static const char *const of_limits[] = { "deadband", "on-delay", "off-delay", "priority", "fault", "stale", "state", "after",
    "deviation", "from", "rate", "within", "frozen", "remind-after", "remind_after", "latches", "off", "yes", "no", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_has_prefix (word, names[i]))
      return TRUE;
  return g_strv_contains (of_limits, word);
}

static gboolean
is_english (const char *word)
{
  return strspn (word, "abcdefghijklmnopqrstuvwxyz") >= 2 && !is_name (word);
}

static void
check_shown (const char *stored, GdpEventKind kind)
{
  GdpEvent event = { .kind = kind, .text = (char *) stored };
  g_autofree char *shown = ui_event_text (&event, NULL);
  g_auto (GStrv) words = g_regex_split_simple ("[^\\p{L}\\p{N}_-]+", shown, 0, 0);

  for (char **word = words; *word != NULL; word++) {
    if (is_english (*word))
      g_test_message ("“%s” is shown as “%s”", stored, shown);
    g_assert_false (is_english (*word));
    if (g_utf8_strlen (*word, -1) < 6 || strpbrk (*word, "0123456789") != NULL)
      continue;
    if (!finds (*word, &event))
      g_test_message ("“%s” does not find “%s”, shown as “%s”", *word, stored, shown);
    g_assert_true (finds (*word, &event));
  }
}

static void
test_every_saying (void)
{
  for (guint i = 0; gdp_saying_format (i) != NULL; i++) {
    g_autofree char *text = filled (gdp_saying_format (i));
    check_shown (text, GDP_EVENT_NOTE);
  }
  for (guint i = 0; gdp_session_reason_at (i) != NULL; i++) {
    g_autofree char *text = g_strconcat ("10.1.2.3:40112: ", gdp_session_reason_at (i), NULL);
    check_shown (text, GDP_EVENT_SESSION_CLOSED);
  }
}

static GdpNetwork *
small_network (void)
{
  static const char *const ids[] = { "GDP-007", "GDP-008", "GDP-009" }, *const names[] = { "Заречная", "Южная", "Мирная" };
  GdpNetworkBuilder *builder = gdp_network_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    guint site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = ids[i], .name = names[i] }, NULL);
    g_autofree char *inlet = g_strconcat (ids[i], "/inlet", NULL), *outlet = g_strconcat (ids[i], "/outlet1", NULL);
    GdpPoint point = { .id = inlet, .site = site, .unit = G_MAXUINT, .kind = GDP_POINT_INLET_PRESSURE, .resolution = 0.001 };
    g_assert_cmpuint (gdp_network_builder_add_point (builder, &point, NULL), !=, G_MAXUINT);
    point.id = outlet;
    point.kind = GDP_POINT_OUTLET_PRESSURE;
    point.name = i == 1 ? "Котельная" : NULL;
    g_assert_cmpuint (gdp_network_builder_add_point (builder, &point, NULL), !=, G_MAXUINT);
  }
  return gdp_network_builder_finish (builder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LANGUAGE", "ru", TRUE);   /* which counts where the locale is not C */
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain ("gdp", argv[1]);
  bind_textdomain_codeset ("gdp", "UTF-8");
  textdomain ("gdp");
  network = small_network ();
  g_test_add_func ("/event-search/words-of-the-store", test_words);
  g_test_add_func ("/event-search/names-of-the-configuration", test_names);
  g_test_add_func ("/event-search/short-ones-stand-for-themselves", test_short_ones_stand_for_themselves);
  g_test_add_func ("/event-search/every-saying-is-russian-and-found", test_every_saying);
  int failed = g_test_run ();
  gdp_network_unref (network);
  return failed;
}
