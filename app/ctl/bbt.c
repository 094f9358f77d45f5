/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What BBT units are told: settings and schedules, what they have taken of it, and how long their
 * guaranteed sessions last with it. */
#include <string.h>

#include "command.h"
#include "comms/bbt-wanted.h"
#include "gdp/bbt-link.h"
#include "gdp/session-budget.h"

#define NONE "none"   /* typed to take all of it away */

/* ---- what was taken ---------------------------------------------------------------------- */

static void
fate_cells (CtlRows *rows, const GdpDevice *device, guint32 wanted, guint32 taken, guint8 result)
{
  GdpFate fate = gdp_device_fate (device, wanted, taken, result);
  g_autofree char *revision = g_strdup_printf ("%08x", wanted), *in_force = g_strdup_printf ("%08x", taken);
  ctl_text (rows, "state", NULL, gdp_fate_word (fate));
  ctl_text (rows, NULL, _("State"), _(gdp_fate_label (fate)));
  ctl_text (rows, "revision_wanted", NULL, wanted ? revision : NULL);
  ctl_text (rows, "revision_taken", NULL, device && taken ? in_force : NULL);
  ctl_integer (rows, "result", NULL, result);
}

static void
budget_cells (CtlRows *rows, const CtlView *view, guint link, const GdpDevice *device)
{
  GdpSessionBudget budget;
  int zone;
  const GdpLink *own = &view->network->links[link];
  g_autoptr (GArray) calls = gdp_bbt_link_calls (view->network, link, &zone);
  gdp_session_budget (gdp_bbt_link_settings (view->network, link), (GdpScheduleEntry *) (gpointer) calls->data, calls->len,
                      zone, own->guaranteed_sessions, device ? device->sessions : 0, data_store_now (view->store), &budget);
  gboolean limited = own->guaranteed_sessions != 0;
  ctl_number (rows, "sessions_a_year", _("Sessions a year"), budget.a_year, 0);
  ctl_integer (rows, "sessions", _("Used"), device ? device->sessions : 0);
  ctl_integer (rows, "guaranteed_sessions", _("Guaranteed"), own->guaranteed_sessions);
  ctl_time (rows, "guarantee_lasts_until", _("The guarantee lasts until"), limited ? budget.until : 0);
  ctl_time (rows, "in_accident_until", NULL, limited ? budget.until_in_accident : 0);
}

/* ---- changing ---------------------------------------------------------------------------- */

/* The network that the import of one link needs: it, and the schedule of its category. */
static gboolean
import_link (const CtlCall *call, const CtlView *view, const GdpLink *link, GError **error)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  const GdpSchedule *category = gdp_network_schedule (view->network, link->category);
  if (category && !gdp_network_builder_add_schedule (builder, category, error))
    return FALSE;
  if (gdp_network_builder_add_link (builder, link, error) == G_MAXUINT)
    return FALSE;
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (g_steal_pointer (&builder));
  return data_store_import (view->store, network, ctl_call_user (call, view->store), data_store_now (view->store), error);
}

static gboolean
import_schedule (const CtlCall *call, const CtlView *view, const GdpSchedule *schedule, GError **error)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  if (!gdp_network_builder_add_schedule (builder, schedule, error))
    return FALSE;
  g_autoptr (GdpNetwork) network = gdp_network_builder_finish (g_steal_pointer (&builder));
  return data_store_import (view->store, network, ctl_call_user (call, view->store), data_store_now (view->store), error);
}

static gboolean
change_settings (const CtlCall *call, const CtlView *view, guint index, GError **error)
{
  GdpLink link = view->network->links[index];
  g_autoptr (GdpSettings) settings = gdp_settings_copy (gdp_bbt_link_settings (view->network, index));
  gboolean none = strcmp (call->words[1], NONE) == 0 && call->words[2] == NULL;
  for (char **word = call->words + 1; !none && *word; word++)
    if (!gdp_settings_set (settings, *word, error))
      return FALSE;
  link.settings = none ? NULL : settings;
  return import_link (call, view, &link, error);
}

/* ---- settings ---------------------------------------------------------------------------- */

static void
settings_cells (CtlRows *rows, const GdpNetwork *network, guint link)
{
  const GdpSettings *settings = network->links[link].settings;
  g_autofree char *text = settings ? gdp_settings_text (settings) : NULL;
  ctl_text (rows, "settings", _("Settings"), text);
  for (guint i = 0; settings && i < GDP_N_PERIODS; i++) {
    const GdpPeriod *period = gdp_settings_period (i);
    g_autofree char *key = g_strconcat (period->word, period->seconds == 1 ? "_s" : "_min", NULL);
    ctl_integer (rows, key, NULL, G_STRUCT_MEMBER (guint, settings, period->offset));
  }
}

static gboolean
show_settings (const CtlCall *call, const CtlView *view, guint only, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < view->network->n_links; i++) {
    const GdpLink *link = &view->network->links[i];
    const GdpDevice *device = ctl_view_device (view, link->key);
    if (link->kind != GDP_LINK_BBT || (only != G_MAXUINT && i != only))
      continue;
    ctl_text (rows, "link", _("Link"), link->id);
    ctl_text (rows, "serial", _("Serial"), link->serial);
    settings_cells (rows, view->network, i);
    fate_cells (rows, device, comms_bbt_settings_wanted (view->network, i, NULL),
                device ? device->settings_revision : 0, device ? device->settings_result : 0);
    budget_cells (rows, view, i, device);
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

gboolean
ctl_settings (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  guint link = G_MAXUINT;
  gboolean change = call->words[0] && call->words[1];
  if (!ctl_view_open (&view, call, change ? DATA_ACCESS_POST : DATA_ACCESS_READ, error)
      || (call->words[0] && !ctl_find_bbt (&view, call->words[0], &link, error)))
    return FALSE;
  if (!change)
    return show_settings (call, &view, link, error);
  if (!change_settings (call, &view, link, error))
    return FALSE;
  g_auto (CtlView) after = { 0 };
  return ctl_view_open (&after, call, DATA_ACCESS_READ, error)
         && ctl_find_bbt (&after, call->words[0], &link, error) && show_settings (call, &after, link, error);
}

/* ---- schedules --------------------------------------------------------------------------- */

/* What the words say: entries replace all there were. */
typedef struct {
  GArray     *entries;      /* NULL = none were given */
  const char *category, *zone, *window;
} Words;

static void
words_clear (Words *words)
{
  g_clear_pointer (&words->entries, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static gboolean
read_words (char **list, Words *words, GError **error)
{
  const struct { const char *prefix; const char **value; } named[] = {
    { "category=", &words->category }, { "zone=", &words->zone }, { "window=", &words->window },
  };
  for (; *list; list++) {
    gboolean taken = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (named); i++)
      if (g_str_has_prefix (*list, named[i].prefix)) {
        *named[i].value = *list + strlen (named[i].prefix);
        taken = TRUE;
      }
    if (taken)
      continue;
    g_autoptr (GArray) entries = gdp_schedule_parse (strcmp (*list, NONE) == 0 ? "" : *list, error);
    if (entries == NULL)
      return FALSE;
    if (words->entries == NULL)
      words->entries = g_array_new (FALSE, FALSE, sizeof (GdpScheduleEntry));
    g_array_append_vals (words->entries, entries->data, entries->len);
  }
  return TRUE;
}

static gboolean
read_zone (const char *text, int *zone, GError **error)
{
  if (text == NULL || gdp_zone_parse (text, zone))
    return TRUE;
  return ctl_fail (error, CTL_ERROR_USAGE, _("zone=%s: write -14:00 to +14:00, as zone=+03:00"), text);
}

static gboolean
change_own_calls (const CtlCall *call, const CtlView *view, guint index, const Words *words, GError **error)
{
  GdpLink link = view->network->links[index];
  if (words->window)
    return ctl_fail (error, CTL_ERROR_USAGE, _("a link has no window: its own calls are exact; give it to the category"));
  if (!read_zone (words->zone, &link.zone, error))
    return FALSE;
  if (words->category) {
    link.category = *words->category ? words->category : NULL;
    link.zone = link.category && words->zone == NULL ? 0 : link.zone;   /* the category's is in force */
  }
  if (link.category && gdp_network_schedule (view->network, link.category) == NULL)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no schedule for a category “%s”; “gdpctl schedule” lists them"),
                     link.category);
  if (words->entries) {
    link.schedule = (const GdpScheduleEntry *) (gpointer) words->entries->data;
    link.n_schedule = words->entries->len;
  }
  return import_link (call, view, &link, error);
}

static gboolean
change_category (const CtlCall *call, const CtlView *view, const GdpSchedule *old, const Words *words, GError **error)
{
  GdpSchedule schedule = *old;
  if (words->category)
    return ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is a category itself; category= is for links"), old->name);
  if (!read_zone (words->zone, &schedule.zone, error))
    return FALSE;
  if (words->window) {
    guint64 window;
    if (!g_ascii_string_to_unsigned (words->window, 10, 0, GDP_DAY_SECONDS, &window, NULL))
      return ctl_fail (error, CTL_ERROR_USAGE, _("window=%s: write seconds, 0 to 86400"), words->window);
    schedule.window = (guint) window;
  }
  if (words->entries) {
    schedule.entries = (GdpScheduleEntry *) (gpointer) words->entries->data;
    schedule.n_entries = words->entries->len;
  }
  return import_schedule (call, view, &schedule, error);
}

static void
calls_cells (CtlRows *rows, const CtlView *view, const char *own, const GArray *calls, int zone)
{
  const GdpScheduleEntry *entries = (const GdpScheduleEntry *) (gpointer) calls->data;
  g_autofree char *text = gdp_schedule_text (entries, calls->len), *east = gdp_zone_text (zone);
  gint64 next = gdp_schedule_next (entries, calls->len, zone, data_store_now (view->store));
  ctl_text (rows, "schedule", _("Schedule"), own);
  ctl_text (rows, "calls", _("Calls"), text);
  ctl_text (rows, "zone", _("Zone"), east);
  ctl_time (rows, "next_call", _("Next call"), next != G_MAXINT64 ? next : 0);
}

static void
link_row (CtlRows *rows, const CtlView *view, guint link)
{
  const GdpLink *own = &view->network->links[link];
  const GdpDevice *device = ctl_view_device (view, view->network->links[link].key);
  g_autofree char *text = gdp_bbt_link_own_calls (own);
  int zone;
  g_autoptr (GArray) calls = gdp_bbt_link_calls (view->network, link, &zone);
  ctl_text (rows, "link", _("Link or category"), own->id);
  ctl_text (rows, "category", NULL, own->category);
  calls_cells (rows, view, text, calls, zone);
  ctl_time (rows, "announced", _("It said"), device ? device->next_call : 0);
  fate_cells (rows, device, comms_bbt_schedule_wanted (view->network, link, NULL),
              device ? device->schedule_revision : 0, device ? device->schedule_result : 0);
  ctl_row_end (rows);
}

static void
category_row (CtlRows *rows, const CtlView *view, const GdpSchedule *schedule)
{
  g_autoptr (GArray) calls = g_array_new (FALSE, FALSE, sizeof (GdpScheduleEntry));
  g_autofree char *window = g_strdup_printf (_("spread over %u s"), schedule->window);
  guint n = 0;
  g_array_append_vals (calls, schedule->entries, schedule->n_entries);
  for (guint i = 0; i < view->network->n_links; i++)
    n += g_strcmp0 (view->network->links[i].category, schedule->name) == 0;
  ctl_text (rows, "category", _("Link or category"), schedule->name);
  ctl_text (rows, "title", NULL, schedule->title);
  calls_cells (rows, view, window, calls, schedule->zone);
  ctl_integer (rows, "window_s", NULL, schedule->window);
  ctl_integer (rows, "links", _("Links"), n);
  ctl_row_end (rows);
}

static gboolean
show_schedules (const CtlCall *call, const CtlView *view, guint link, const GdpSchedule *only, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  if (link != G_MAXUINT)
    link_row (rows, view, link);
  for (guint i = 0; link == G_MAXUINT && i < view->network->n_schedules; i++)
    if (only == NULL || &view->network->schedules[i] == only)
      category_row (rows, view, &view->network->schedules[i]);
  return ctl_rows_end (rows, error);
}

/* Neither: there is no such name. */
static gboolean
find_either (const CtlView *view, const char *name, guint *link, const GdpSchedule **category, GError **error)
{
  *link = gdp_network_find_link (view->network, name);
  *category = *link == G_MAXUINT ? gdp_network_schedule (view->network, name) : NULL;
  if (*category || (*link != G_MAXUINT && view->network->links[*link].kind == GDP_LINK_BBT))
    return TRUE;
  return ctl_fail (error, CTL_ERROR_FAILED, _("“%s” is neither a BBT link nor a category; “gdpctl settings” lists the "
                   "ones, “gdpctl schedule” the others"), name);
}

gboolean
ctl_schedule (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 }, after = { 0 };
  g_auto (Words) words = { 0 };
  const GdpSchedule *category = NULL;
  guint link = G_MAXUINT;
  const char *name = call->words[0];
  gboolean change = name && call->words[1];
  if (!ctl_view_open (&view, call, change ? DATA_ACCESS_POST : DATA_ACCESS_READ, error)
      || (name && !find_either (&view, name, &link, &category, error)))
    return FALSE;
  if (!change)
    return show_schedules (call, &view, link, category, error);
  if (!read_words (call->words + 1, &words, error)
      || !(category ? change_category (call, &view, category, &words, error)
                    : change_own_calls (call, &view, link, &words, error)))
    return FALSE;
  return ctl_view_open (&after, call, DATA_ACCESS_READ, error)
         && find_either (&after, name, &link, &category, error)
         && show_schedules (call, &after, link, category, error);
}
