/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "passport-bbt.h"

#include <math.h>

/* A flawed node was spoken about already. */
static void
note (DataProblems *problems, DataJsonNode *node, GError *error)
{
  if (!node->flawed)
    data_problems_add (problems, node, "%s", error->message);
}

/* ---- calls ------------------------------------------------------------------------------- */

static int
read_zone (DataJsonNode *object, DataProblems *problems)
{
  DataJsonNode *node = data_json_member (object, "zone");
  int zone = 0;
  if (node != NULL && !gdp_zone_parse (data_json_string (object, "zone"), &zone) && !node->flawed)
    data_problems_add (problems, node, "must be -14:00 to +14:00, as in +03:00");
  return zone;
}

/* (transfer full): GdpScheduleEntry */
static GArray *
read_calls (DataJsonNode *object, const char *key, guint window, DataProblems *problems)
{
  GArray *calls = g_array_new (FALSE, FALSE, sizeof (GdpScheduleEntry));
  for (DataJsonNode *node = data_json_first (object, key); node != NULL; node = node->next) {
    g_autoptr (GError) error = NULL;
    GdpScheduleEntry entry = { 0 };
    GdpSchedule alone = { .window = window, .entries = &entry, .n_entries = 1 };
    if (node->type != DATA_JSON_STRING)
      continue;
    if (gdp_schedule_entry_parse (node->string, &entry, &error) && gdp_schedule_check (&alone, &error))
      g_array_append_val (calls, entry);
    else
      note (problems, node, error);
  }
  return calls;
}

static void
write_calls (DataJsonWriter *writer, const char *key, const GdpScheduleEntry *entries, guint n_entries)
{
  data_json_open_array (writer, key, TRUE);
  for (guint i = 0; i < n_entries; i++) {
    g_autofree char *text = gdp_schedule_entry_text (&entries[i]);
    data_json_put_string (writer, NULL, text);
  }
  data_json_close (writer);
}

static void
write_zone (DataJsonWriter *writer, int zone)
{
  g_autofree char *text = gdp_zone_text (zone);
  if (zone != 0)
    data_json_put_string (writer, "zone", text);
}

void
data_schedule_read (DataJsonNode *node, GdpSchedule *schedule, DataProblems *problems)
{
  DataJsonNode *window = data_json_member (node, "window");
  *schedule = (GdpSchedule) {
    .name = data_json_string (node, "name"),
    .title = data_json_string (node, "title"),
    .zone = read_zone (node, problems),
    .window = window && !window->flawed ? (guint) data_json_number (node, "window", 0) : 0,
  };
  GArray *calls = read_calls (node, "entries", schedule->window, problems);
  schedule->n_entries = calls->len;
  schedule->entries = (GdpScheduleEntry *) (gpointer) g_array_free (calls, FALSE);
}

void
data_schedule_write (DataJsonWriter *writer, const GdpSchedule *schedule)
{
  data_json_open_object (writer, NULL, TRUE);
  data_json_put_string (writer, "name", schedule->name);
  if (schedule->title != NULL)
    data_json_put_string (writer, "title", schedule->title);
  write_zone (writer, schedule->zone);
  if (schedule->window != 0)
    data_json_put_integer (writer, "window", schedule->window);
  write_calls (writer, "entries", schedule->entries, schedule->n_entries);
  data_json_close (writer);
}

/* ---- settings ---------------------------------------------------------------------------- */

static GdpSettings *
read_settings (DataJsonNode *node, DataProblems *problems)
{
  g_autoptr (GdpSettings) settings = gdp_settings_new ();
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < GDP_N_PERIODS; i++) {
    const GdpPeriod *period = gdp_settings_period (i);
    guint *field = &G_STRUCT_MEMBER (guint, settings, period->offset);
    *field = (guint) CLAMP (data_json_number (node, period->word, *field), 0, G_MAXUINT16);
  }
  settings->sms = g_strdup (data_json_string (node, "sms"));
  settings->thresholds = g_new0 (GdpThreshold, GDP_MOST_THRESHOLDS);
  for (DataJsonNode *item = data_json_first (node, "thresholds"); item; item = item->next)
    if (data_json_string (item, "channel") && settings->n_thresholds < GDP_MOST_THRESHOLDS)
      settings->thresholds[settings->n_thresholds++] = (GdpThreshold) {
        .channel = g_strdup (data_json_string (item, "channel")),
        .min = data_json_number (item, "min", NAN), .max = data_json_number (item, "max", NAN) };
  if (!gdp_settings_check (settings, &error))
    note (problems, node, error);
  return g_steal_pointer (&settings);
}

static void
write_bound (DataJsonWriter *writer, const char *key, double bound)
{
  if (!isnan (bound))
    data_json_put_number (writer, key, bound);
}

static void
write_settings (DataJsonWriter *writer, const GdpSettings *settings)
{
  data_json_open_object (writer, "settings", TRUE);
  for (guint i = 0; i < GDP_N_PERIODS; i++) {
    const GdpPeriod *period = gdp_settings_period (i);
    guint value = G_STRUCT_MEMBER (guint, settings, period->offset);
    if (value != G_STRUCT_MEMBER (guint, gdp_settings_default (), period->offset))
      data_json_put_integer (writer, period->word, value);
  }
  if (settings->sms)
    data_json_put_string (writer, "sms", settings->sms);
  if (settings->n_thresholds > 0)
    data_json_open_array (writer, "thresholds", TRUE);
  for (guint i = 0; i < settings->n_thresholds; i++) {
    data_json_open_object (writer, NULL, TRUE);
    data_json_put_string (writer, "channel", settings->thresholds[i].channel);
    write_bound (writer, "min", settings->thresholds[i].min);
    write_bound (writer, "max", settings->thresholds[i].max);
    data_json_close (writer);
  }
  if (settings->n_thresholds > 0)
    data_json_close (writer);
  data_json_close (writer);
}

/* ---- links ------------------------------------------------------------------------------- */

void
data_bbt_read (DataJsonNode *node, GdpLink *link, DataProblems *problems)
{
  DataJsonNode *settings = data_json_member (node, "settings"), *zone = data_json_member (node, "zone");
  link->serial = data_json_string (node, "serial");
  link->keyless = data_json_boolean (node, "keyless");
  link->stays_connected = data_json_boolean (node, "stays_connected");
  link->guaranteed_sessions = (guint) CLAMP (data_json_number (node, "guaranteed_sessions", 0), 0, G_MAXINT);
  link->category = data_json_string (node, "category");
  link->zone = read_zone (node, problems);
  if (zone && link->category && !zone->flawed)
    data_problems_add (problems, zone, "the category's zone is in force; leave this one out");
  GArray *calls = read_calls (node, "schedule", 0, problems);
  link->n_schedule = calls->len;
  link->schedule = (GdpScheduleEntry *) (gpointer) g_array_free (calls, FALSE);
  if (settings && settings->type == DATA_JSON_OBJECT)
    link->settings = read_settings (settings, problems);
}

void
data_bbt_write (DataJsonWriter *writer, const GdpLink *link)
{
  data_json_put_string (writer, "serial", link->serial);
  if (link->keyless)
    data_json_put_boolean (writer, "keyless", TRUE);
  if (link->stays_connected)
    data_json_put_boolean (writer, "stays_connected", TRUE);
  if (link->guaranteed_sessions != 0)
    data_json_put_integer (writer, "guaranteed_sessions", link->guaranteed_sessions);
  if (link->category)
    data_json_put_string (writer, "category", link->category);
  write_zone (writer, link->zone);
  if (link->n_schedule > 0)
    write_calls (writer, "schedule", link->schedule, link->n_schedule);
  if (link->settings)
    write_settings (writer, link->settings);
}

void
data_bbt_clear (GdpLink *link)
{
  gdp_settings_free ((GdpSettings *) link->settings);
  g_free ((GdpScheduleEntry *) link->schedule);
  link->settings = NULL;
  link->schedule = NULL;
  link->n_schedule = 0;
}
