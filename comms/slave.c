/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "slave.h"

static void
slave_clear (gpointer data)
{
  CommsSlave *slave = data;

  comms_plan_free (slave->plan);
  comms_report_free (slave->report);
  comms_meter_unref (slave->meter);
}

GArray *
comms_slaves_new (const GdpNetwork *network, guint link)
{
  GArray *slaves = g_array_new (FALSE, TRUE, sizeof (CommsSlave));

  g_array_set_clear_func (slaves, slave_clear);
  for (guint i = 0; i < network->n_units; i++)
    if (network->units[i].link == link) {
      CommsSlave slave = { .plan = comms_plan_new (network, i), .meter = comms_meter_new () };
      g_array_append_val (slaves, slave);
    }
  return slaves;
}

CommsSlave *
comms_slaves_find (const GArray *slaves, guint unit)
{
  for (guint i = 0; i < slaves->len; i++)
    if (g_array_index (slaves, CommsSlave, i).plan->unit == unit)
      return &g_array_index (slaves, CommsSlave, i);
  return NULL;
}

void
comms_slaves_free (GArray *slaves)
{
  g_array_unref (slaves);
}

gboolean
comms_slaves_traffic (const GArray *slaves, guint unit, CommsTraffic *sum)
{
  gboolean found = unit == G_MAXUINT;

  for (guint i = 0; i < slaves->len; i++) {
    const CommsSlave *slave = &g_array_index (slaves, CommsSlave, i);
    if (unit == G_MAXUINT || slave->plan->unit == unit) {
      comms_meter_sum (slave->meter, sum);
      found = TRUE;
    }
  }
  return found;
}

void
comms_slave_begin (CommsSlave *slave, guint link)
{
  if (slave->report != NULL)
    return;
  slave->report = comms_report_new (COMMS_REPORT_SAMPLES, slave->plan->unit, link, 0, slave->plan->n_items);
  slave->n_done = slave->n_good = slave->n_failed = 0;
  slave->refused = G_MAXUINT;
}

static guint
number_of_block (const CommsSlave *slave)
{
  return (slave->first + slave->n_done) % slave->plan->n_blocks;
}

const CommsPlanBlock *
comms_slave_block (const CommsSlave *slave)
{
  return slave->n_done < slave->plan->n_blocks ? &slave->plan->blocks[number_of_block (slave)] : NULL;
}

/* Some slaves refuse a whole read for one register that they lack. */
static gboolean
worth_splitting (const CommsPlanBlock *block, guint8 exception)
{
  return block->n_items > 1 && (exception == COMMS_EXCEPTION_ADDRESS || exception == COMMS_EXCEPTION_VALUE);
}

void
comms_slave_answered (CommsSlave *slave, const guint16 *values, guint8 exception, gint64 now)
{
  guint number = number_of_block (slave);
  const CommsPlanBlock *block = &slave->plan->blocks[number];

  comms_plan_decode (slave->plan, number, values, values != NULL ? GDP_REASON_NONE : GDP_REASON_DEVICE_EXCEPTION,
                     now, slave->report->samples + block->first);
  slave->n_done++;
  slave->n_good += values != NULL;
  if (values == NULL && worth_splitting (block, exception))
    slave->refused = number;   /* one a poll, so that the places of the others stay */
}

gboolean
comms_slave_failed (CommsSlave *slave, CommsPollSchedule *schedule, guint number, gint64 now)
{
  if (slave->n_done > slave->n_failed)   /* it lives: something was answered since the last failure */
    comms_poll_schedule_answered (schedule, number, now);
  slave->n_failed = slave->n_done;
  if (comms_poll_schedule_failed (schedule, number, now) == 1) {
    comms_meter_count (slave->meter, retries, 1);
    return FALSE;
  }
  comms_meter_count (slave->meter, due, comms_poll_schedule_elapsed (schedule, number, now));
  comms_slave_give_up (slave);
  return TRUE;
}

CommsReport *
comms_slave_end (CommsSlave *slave, CommsPollSchedule *schedule, guint number, gint64 now, gint64 server_time)
{
  CommsReport *report = g_steal_pointer (&slave->report);

  comms_poll_schedule_answered (schedule, number, now);
  comms_meter_count (slave->meter, due, comms_poll_schedule_elapsed (schedule, number, now));
  comms_meter_count (slave->meter, polls, 1);
  slave->first = 0;
  if (slave->refused != G_MAXUINT)
    comms_plan_split (slave->plan, slave->refused);
  report->received = server_time;
  comms_meter_attach (slave->meter, report, slave->n_good);
  return report;
}

void
comms_slave_give_up (CommsSlave *slave)
{
  g_clear_pointer (&slave->report, comms_report_free);
  slave->first = slave->plan->n_blocks > 0 ? number_of_block (slave) : 0;
}
