/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

#include <math.h>

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
    report->release (report);
  g_free (report->detail);
  gdp_event_free (report->event);
  gdp_device_free (report->device);
  gdp_session_free (report->session);
  g_free (report);
}

void
comms_report_committed (CommsReport *report)
{
  if (report->committed != NULL)
    report->committed (report);
  comms_report_free (report);
}

guint
comms_traffic_median_us (const CommsTraffic *traffic)
{
  double median = gdp_histogram_within (&traffic->answers, 0.5);

  return isnan (median) ? 0 : MAX (1, (guint) (median * G_USEC_PER_SEC));
}
