/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meter.h"

#define RING G_N_ELEMENTS (((CommsTraffic *) NULL)->response_us)

CommsMeter *
comms_meter_new (void)
{
  CommsMeter *meter = g_new0 (CommsMeter, 1);

  g_atomic_ref_count_init (&meter->refs);
  return meter;
}

CommsMeter *
comms_meter_ref (CommsMeter *meter)
{
  g_atomic_ref_count_inc (&meter->refs);
  return meter;
}

void
comms_meter_unref (CommsMeter *meter)
{
  if (g_atomic_ref_count_dec (&meter->refs))
    g_free (meter);
}

void
comms_meter_response (CommsMeter *meter, guint us)
{
  CommsTraffic *traffic = &meter->traffic;

  __atomic_store_n (&traffic->response_us[traffic->n_responses % RING], us, __ATOMIC_RELAXED);
  __atomic_store_n (&traffic->n_responses, traffic->n_responses + 1, __ATOMIC_RELAXED);
}

static void
count_good (CommsReport *report)
{
  comms_meter_count ((CommsMeter *) report->owner, good, report->n_answers);
}

void
comms_meter_attach (CommsMeter *meter, CommsReport *report, guint n_answers)
{
  report->owner = comms_meter_ref (meter);
  report->release = (GDestroyNotify) comms_meter_unref;
  report->committed = count_good;
  report->n_answers = n_answers;
}

void
comms_meter_sum (CommsMeter *meter, CommsTraffic *sum)
{
  const CommsTraffic *traffic = &meter->traffic;

#define ADD(counter) sum->counter += __atomic_load_n (&traffic->counter, __ATOMIC_RELAXED)
  ADD (requests);
  ADD (good);
  ADD (timeouts);
  ADD (crc_errors);
  ADD (exceptions);
  ADD (wrong);
  ADD (reconnects);
  ADD (bytes_in);
  ADD (bytes_out);
#undef ADD
  if (sum->n_responses > 0)
    return;
  for (guint i = 0; i < RING; i++)
    sum->response_us[i] = __atomic_load_n (&traffic->response_us[i], __ATOMIC_RELAXED);
  sum->n_responses = __atomic_load_n (&traffic->n_responses, __ATOMIC_RELAXED);
}
