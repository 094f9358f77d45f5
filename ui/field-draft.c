/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-draft.h"

#include <math.h>
#include <string.h>

static GArray *
entries_of (const GdpScheduleEntry *entries, guint n)
{
  GArray *array = g_array_new (FALSE, TRUE, sizeof (GdpScheduleEntry));

  if (n > 0)
    g_array_append_vals (array, entries, n);
  return array;
}

UiFieldDraft *
ui_field_draft_new (GdpNetwork *network, guint link)
{
  const GdpLink *own = &network->links[link];
  UiFieldDraft *draft = g_new0 (UiFieldDraft, 1);

  draft->network = gdp_network_ref (network);
  draft->link = link;
  draft->told = own->settings != NULL;
  draft->settings = gdp_settings_copy (gdp_bbt_link_settings (network, link));
  draft->guaranteed = own->guaranteed_sessions;
  draft->zone = own->zone;
  draft->calls = entries_of (own->schedule, own->n_schedule);
  ui_field_draft_set_category (draft, own->category);
  return draft;
}

void
ui_field_draft_free (UiFieldDraft *draft)
{
  if (draft == NULL)
    return;
  gdp_network_unref (draft->network);
  gdp_settings_free (draft->settings);
  g_free (draft->category);
  g_array_unref (draft->calls);
  g_array_unref (draft->shared);
  g_free (draft);
}

void
ui_field_draft_set_category (UiFieldDraft *draft, const char *name)
{
  const GdpSchedule *schedule = gdp_network_schedule (draft->network, name);
  char *copy = schedule != NULL ? g_strdup (name) : NULL;

  g_free (draft->category);
  draft->category = copy;
  g_clear_pointer (&draft->shared, g_array_unref);
  draft->shared = schedule != NULL ? entries_of (schedule->entries, schedule->n_entries) : entries_of (NULL, 0);
  draft->window = schedule != NULL ? schedule->window : 0;
}

void
ui_field_draft_set_threshold (UiFieldDraft *draft, const char *channel, double min, double max)
{
  GdpSettings *settings = draft->settings;
  gboolean none = isnan (min) && isnan (max);
  guint i = 0;

  while (i < settings->n_thresholds && strcmp (settings->thresholds[i].channel, channel) != 0)
    i++;
  if (i == settings->n_thresholds) {
    if (none || i == GDP_MOST_THRESHOLDS)
      return;
    settings->thresholds = g_renew (GdpThreshold, settings->thresholds, ++settings->n_thresholds);
    settings->thresholds[i].channel = g_strdup (channel);
  }
  settings->thresholds[i].min = min;
  settings->thresholds[i].max = max;
  if (!none)
    return;
  g_free ((char *) settings->thresholds[i].channel);
  settings->thresholds[i] = settings->thresholds[--settings->n_thresholds];
}

static gboolean
add_category (const UiFieldDraft *draft, GdpNetworkBuilder *builder, GError **error)
{
  const GdpSchedule *old = gdp_network_schedule (draft->network, draft->category);
  GdpSchedule schedule;

  if (old == NULL)
    return TRUE;
  schedule = *old;
  schedule.window = draft->window;
  schedule.entries = (GdpScheduleEntry *) (gpointer) draft->shared->data;
  schedule.n_entries = draft->shared->len;
  return gdp_network_builder_add_schedule (builder, &schedule, error);
}

GdpNetwork *
ui_field_draft_network (const UiFieldDraft *draft, GError **error)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  GdpLink link = draft->network->links[draft->link];

  link.settings = draft->told ? draft->settings : NULL;
  link.guaranteed_sessions = draft->guaranteed;
  link.category = draft->category;
  link.zone = draft->category != NULL ? 0 : draft->zone;
  link.schedule = (const GdpScheduleEntry *) (gpointer) draft->calls->data;
  link.n_schedule = draft->calls->len;
  if (!add_category (draft, builder, error) || gdp_network_builder_add_link (builder, &link, error) == G_MAXUINT)
    return NULL;
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

static gboolean
same_calls (const GArray *calls, const GdpScheduleEntry *entries, guint n)
{
  g_autofree char *one = gdp_schedule_text ((const GdpScheduleEntry *) (gconstpointer) calls->data, calls->len);
  g_autofree char *other = gdp_schedule_text (entries, n);

  return strcmp (one, other) == 0;
}

gboolean
ui_field_draft_differs (const UiFieldDraft *draft, const GdpNetwork *network)
{
  guint index = gdp_network_find_link (network, draft->network->links[draft->link].id);
  const GdpLink *link = index != G_MAXUINT ? &network->links[index] : NULL;
  const GdpSchedule *category = gdp_network_schedule (network, draft->category);

  if (link == NULL)
    return FALSE;
  return !gdp_settings_equal (draft->told ? draft->settings : NULL, link->settings)
         || draft->guaranteed != link->guaranteed_sessions
         || g_strcmp0 (draft->category, link->category) != 0 || (draft->category == NULL && draft->zone != link->zone)
         || !same_calls (draft->calls, link->schedule, link->n_schedule)
         || (category != NULL && (draft->window != category->window
                                  || !same_calls (draft->shared, category->entries, category->n_entries)));
}

gboolean
ui_field_draft_budget (const UiFieldDraft *draft, guint used, gint64 now, GdpSessionBudget *budget)
{
  g_autoptr (GdpNetwork) network = ui_field_draft_network (draft, NULL);
  g_autoptr (GArray) calls = NULL;
  int zone;

  if (network == NULL || network->links[0].guaranteed_sessions == 0)
    return FALSE;
  calls = gdp_bbt_link_calls (network, 0, &zone);
  gdp_session_budget (gdp_bbt_link_settings (network, 0), (const GdpScheduleEntry *) (gpointer) calls->data, calls->len,
                      zone, network->links[0].guaranteed_sessions, used, now, budget);
  return TRUE;
}

guint
ui_field_draft_next (const UiFieldDraft *draft, gint64 now, gint64 *times, guint n)
{
  g_autoptr (GdpNetwork) network = ui_field_draft_network (draft, NULL);
  g_autoptr (GArray) calls = NULL;
  guint found = 0;
  int zone;

  if (network == NULL)
    return 0;
  calls = gdp_bbt_link_calls (network, 0, &zone);
  for (gint64 time = now; found < n; found++) {
    time = gdp_schedule_next ((const GdpScheduleEntry *) (gpointer) calls->data, calls->len, zone, time);
    if (time == G_MAXINT64)
      break;
    times[found] = time;
  }
  return found;
}
