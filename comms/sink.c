/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

CommsReport *
comms_report_new (CommsReportKind kind, guint unit, guint link, gint64 received, guint n_samples)
{
  CommsReport *report = g_malloc0 (sizeof *report + n_samples * sizeof report->samples[0]);

  report->kind = kind;
  report->unit = unit;
  report->link = link;
  report->received = received;
  report->n_samples = n_samples;
  return report;
}

void
comms_report_free (CommsReport *report)
{
  if (report == NULL)
    return;
  if (report->release != NULL)
    report->release (report->owner);
  g_free (report->detail);
  gdp_event_free (report->event);
  gdp_device_free (report->device);
  g_free (report);
}

void
comms_report_committed (CommsReport *report)
{
  if (report->committed != NULL)
    report->committed (report);
  comms_report_free (report);
}

static int
by_value (const void *a, const void *b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;
  return (x > y) - (x < y);
}

guint
comms_traffic_median_us (const CommsTraffic *traffic)
{
  guint sorted[G_N_ELEMENTS (traffic->response_us)];
  guint n = MIN (traffic->n_responses, G_N_ELEMENTS (sorted));

  if (n == 0)
    return 0;
  memcpy (sorted, traffic->response_us, n * sizeof sorted[0]);
  qsort (sorted, n, sizeof sorted[0], by_value);
  return sorted[n / 2];
}
