/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tcp-line-private.h"

gboolean
comms_tcp_line_has (const CommsTcpLine *line, guint unit)
{
  return comms_slaves_find (line->slaves, unit) != NULL;
}

gboolean
comms_tcp_line_writes (const CommsTcpLine *line)
{
  return line->writing.order != NULL;
}

CommsSlave *
comms_tcp_line_ordered (const CommsTcpLine *line)
{
  return comms_slaves_find (line->slaves, line->writing.order->write.unit);
}

static gint64
now (const CommsTcpLine *line)
{
  return comms_loop_server_time (line->loop);
}

/* @report: how it ended, NULL = it goes on. */
static void
tell (CommsTcpLine *line, CommsSlave *slave, CommsReport *report)
{
  if (report == NULL)
    return;
  comms_meter_attach (slave->meter, report, report->n_answers);
  comms_loop_give (line->loop, report);
}

void
comms_tcp_line_begin_orders (CommsTcpLine *line)
{
  CommsOrder *order;

  while (!comms_tcp_line_writes (line) && (order = g_queue_pop_head (&line->orders)) != NULL) {
    CommsSlave *slave = comms_slaves_find (line->slaves, order->write.unit);
    tell (line, slave, comms_writing_begin (&line->writing, order, now (line)));
  }
}

void
comms_tcp_line_refuse_orders (CommsTcpLine *line, const char *why)
{
  CommsOrder *order;

  while ((order = g_queue_pop_head (&line->orders)) != NULL) {
    comms_loop_give (line->loop, comms_order_not_done (order, why, now (line)));
    comms_order_free (order);
  }
}

void
comms_tcp_line_written (CommsTcpLine *line, const guint16 *value, const char *why)
{
  CommsSlave *slave = comms_tcp_line_ordered (line);

  tell (line, slave, value != NULL ? comms_writing_answered (&line->writing, *value, now (line))
                                   : comms_writing_refused (&line->writing, why, now (line)));
}

void
comms_tcp_line_write_failed (CommsTcpLine *line, const char *why)
{
  CommsSlave *slave = comms_tcp_line_ordered (line);

  tell (line, slave, comms_writing_failed (&line->writing, why, now (line)));
}

void
comms_tcp_line_write_lost (CommsTcpLine *line, const char *why)
{
  CommsSlave *slave = comms_tcp_line_ordered (line);

  tell (line, slave, comms_writing_lost (&line->writing, why, now (line)));
}
