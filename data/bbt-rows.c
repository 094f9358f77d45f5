/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-rows.h"

void
data_link_row_init (DataLinkRow *row, const GdpLink *link)
{
  *row = (DataLinkRow) { .link = *link };
  if (link->settings != NULL)
    row->settings = gdp_settings_text (link->settings);
  if (link->n_schedule > 0)
    row->schedule = gdp_schedule_text (link->schedule, link->n_schedule);
}

void
data_link_row_clear (DataLinkRow *row)
{
  g_clear_pointer (&row->settings, g_free);
  g_clear_pointer (&row->schedule, g_free);
}

void
data_schedule_row_init (DataScheduleRow *row, const GdpSchedule *schedule)
{
  *row = (DataScheduleRow) { .schedule = *schedule,
                             .entries = gdp_schedule_text (schedule->entries, schedule->n_entries) };
}

void
data_schedule_row_clear (DataScheduleRow *row)
{
  g_clear_pointer (&row->entries, g_free);
}

/* (transfer full) */
static GArray *
calls_of (const char *text, GError **error)
{
  return gdp_schedule_parse (text != NULL ? text : "", error);
}

guint
data_link_row_add (const DataLinkRow *row, GdpNetworkBuilder *builder, GError **error)
{
  GdpLink link = row->link;
  g_autoptr (GdpSettings) settings = row->settings != NULL ? gdp_settings_parse (row->settings, error) : NULL;
  if (row->settings != NULL && settings == NULL)
    return G_MAXUINT;
  g_autoptr (GArray) calls = calls_of (row->schedule, error);
  if (calls == NULL)
    return G_MAXUINT;
  link.settings = settings;
  link.schedule = (const GdpScheduleEntry *) (gpointer) calls->data;
  link.n_schedule = calls->len;
  return gdp_network_builder_add_link (builder, &link, error);
}

gboolean
data_schedule_row_add (const DataScheduleRow *row, GdpNetworkBuilder *builder, GError **error)
{
  GdpSchedule schedule = row->schedule;
  g_autoptr (GArray) calls = calls_of (row->entries, error);
  if (calls == NULL)
    return FALSE;
  schedule.entries = (GdpScheduleEntry *) (gpointer) calls->data;
  schedule.n_entries = calls->len;
  return gdp_network_builder_add_schedule (builder, &schedule, error);
}
