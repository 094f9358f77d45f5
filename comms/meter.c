/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meter.h"

#define LOAD(field)         __atomic_load_n (&(field), __ATOMIC_RELAXED)
#define STORE(field, value) __atomic_store_n (&(field), (value), __ATOMIC_RELAXED)

CommsMeter *
comms_meter_new (void)
{
  CommsMeter *meter = g_new0 (CommsMeter, 1);

  g_atomic_ref_count_init (&meter->refs);
  meter->since = g_get_real_time ();
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
  if (!g_atomic_ref_count_dec (&meter->refs))
    return;
  g_free (meter->answers);
  g_free (meter);
}

/* Of the thread that polls; others see all of it or nothing. */
static CommsAnswers *
answers_of (CommsMeter *meter)
{
  if (meter->answers == NULL)
    __atomic_store_n (&meter->answers, g_new0 (CommsAnswers, 1), __ATOMIC_RELEASE);
  return meter->answers;
}

static const gsize counters[GDP_TRAFFIC_N_FAULTS] = {
  [GDP_TRAFFIC_TIMEOUT] = G_STRUCT_OFFSET (CommsMeter, timeouts),
  [GDP_TRAFFIC_CRC] = G_STRUCT_OFFSET (CommsMeter, crc_errors),
  [GDP_TRAFFIC_EXCEPTION] = G_STRUCT_OFFSET (CommsMeter, exceptions),
  [GDP_TRAFFIC_WRONG] = G_STRUCT_OFFSET (CommsMeter, wrong),
  [GDP_TRAFFIC_NOISE] = G_STRUCT_OFFSET (CommsMeter, noise),
  [GDP_TRAFFIC_RECONNECT] = G_STRUCT_OFFSET (CommsMeter, reconnects),
};

void
comms_meter_fault (CommsMeter *meter, GdpTrafficFault fault, guint8 code)
{
  guint64 *counter = (guint64 *) (gpointer) ((char *) meter + counters[fault]);

  __atomic_fetch_add (counter, 1, __ATOMIC_RELAXED);
  STORE (meter->fault, fault);
  STORE (meter->code, code);
  STORE (meter->last_fault, g_get_real_time ());
  if (fault == GDP_TRAFFIC_EXCEPTION)
    __atomic_fetch_add (&answers_of (meter)->refused[code < GDP_TRAFFIC_CODES ? code : 0], 1, __ATOMIC_RELAXED);
}

void
comms_meter_response (CommsMeter *meter, guint us)
{
  GdpHistogram *times = &answers_of (meter)->times;
  guint32 *count = &times->count[gdp_histogram_bucket (us)];

  STORE (*count, *count + 1);
  if (us > times->most)
    STORE (times->most, us);
}

static void
count_good (CommsReport *report)
{
  CommsMeter *meter = report->owner;

  comms_meter_count (meter, good, report->n_answers);
  if (report->n_answers > 0)
    STORE (meter->last_good, report->received);
}

static void
let_go (CommsReport *report)
{
  comms_meter_unref (report->owner);
}

void
comms_meter_attach (CommsMeter *meter, CommsReport *report, guint n_answers)
{
  report->owner = comms_meter_ref (meter);
  report->release = let_go;
  report->committed = count_good;
  report->n_answers = n_answers;
}

static void
copy_answers (const CommsMeter *meter, GdpTraffic *copy)
{
  const CommsAnswers *answers = __atomic_load_n (&meter->answers, __ATOMIC_ACQUIRE);

  if (answers == NULL)
    return;
  for (guint i = 0; i < GDP_TRAFFIC_CODES; i++)
    copy->refused[i] = LOAD (answers->refused[i]);
  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++)
    copy->answers.count[i] = LOAD (answers->times.count[i]);
  copy->answers.most = LOAD (answers->times.most);
}

void
comms_meter_sum (CommsMeter *meter, CommsTraffic *sum)
{
  GdpTraffic copy = { .since = meter->since, .last_good = LOAD (meter->last_good),
                      .last_fault = LOAD (meter->last_fault), .fault = LOAD (meter->fault),
                      .code = LOAD (meter->code) };

#define COPY(name) copy.name = LOAD (meter->name);
  GDP_TRAFFIC_COUNTERS (COPY)
#undef COPY
  copy_answers (meter, &copy);
  gdp_traffic_add (sum, &copy);
}
