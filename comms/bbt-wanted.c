/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-wanted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gdp/bbt-link.h"

static gint32
raw_bits (const GdpRawThreshold *raw, double value)
{
  float single = value;
  gint32 bits;

  if (raw->type != GDP_REGISTER_FLOAT)
    return lrint (value);
  memcpy (&bits, &single, sizeof bits);
  return bits;
}

static void
put_threshold (const GdpRawThreshold *raw, CommsBbtThreshold *threshold)
{
  *threshold = (CommsBbtThreshold) { .channel = raw->channel, .used = raw->has_min | raw->has_max << 1 };
  if (raw->has_min)
    threshold->min = raw_bits (raw, raw->min);
  if (raw->has_max)
    threshold->max = raw_bits (raw, raw->max);
}

static int
by_channel (const void *a, const void *b)
{
  return (int) ((const CommsBbtThreshold *) a)->channel - (int) ((const CommsBbtThreshold *) b)->channel;
}

guint32
comms_bbt_settings_wanted (const GdpNetwork *network, guint link, CommsBbtSettings *settings)
{
  const GdpSettings *its = network->links[link].settings;
  CommsBbtMessage message = { .type = COMMS_BBT_SETTINGS };
  CommsBbtSettings *out = &message.settings;

  if (its == NULL)
    return 0;
  out->polling = its->polling;
  out->confirmation = its->confirmation;
  out->accident = its->accident;
  out->archive = its->archive;
  if (its->sms != NULL)
    g_strlcpy (out->sms, its->sms, sizeof out->sms);
  for (guint i = 0; i < its->n_thresholds && out->n_thresholds < COMMS_BBT_THRESHOLDS; i++) {
    GdpRawThreshold raw;
    if (gdp_bbt_link_threshold (network, link, &its->thresholds[i], &raw, NULL))   /* checked at import */
      put_threshold (&raw, &out->thresholds[out->n_thresholds++]);
  }
  qsort (out->thresholds, out->n_thresholds, sizeof out->thresholds[0], by_channel);
  out->revision = comms_bbt_message_revision (&message);
  if (settings != NULL)
    *settings = *out;
  return out->revision;
}

guint32
comms_bbt_schedule_wanted (const GdpNetwork *network, guint link, CommsBbtSchedule *schedule)
{
  const GdpLink *its = &network->links[link];
  CommsBbtMessage message = { .type = COMMS_BBT_SCHEDULE };
  CommsBbtSchedule *out = &message.schedule;
  int zone = 0;

  if (its->n_schedule == 0 && its->category == NULL)
    return 0;
  g_autoptr (GArray) calls = gdp_bbt_link_calls (network, link, &zone);
  out->zone = zone;
  for (guint i = 0; i < calls->len && out->n_entries < COMMS_BBT_ENTRIES; i++) {
    const GdpScheduleEntry *call = &g_array_index (calls, GdpScheduleEntry, i);
    gboolean once = call->kind == GDP_SCHEDULE_ONCE;
    out->entries[out->n_entries++] = (CommsBbtScheduleEntry) {
      .kind = call->kind, .day = once ? 0 : call->day, .minute = once ? 0 : call->minute,
      .date = once ? call->time / G_USEC_PER_SEC : call->second,
    };
  }
  out->revision = comms_bbt_message_revision (&message);
  if (schedule != NULL)
    *schedule = *out;
  return out->revision;
}
