/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tcp-lines.h"

#include "tcp-line.h"
#include "writing.h"

#define LOOK_UP_PATIENCE G_USEC_PER_SEC   /* for host names that are being looked up when all else has ended */

struct CommsTcpLines {
  GdpNetwork    *network;
  CommsLoop      loop;
  CommsTcpLine **lines;    /* by link; NULL = of another kind, or without a host */
  GAsyncQueue   *orders;   /* CommsOrder, on their way in */
};

static void
for_each_line (CommsTcpLines *lines, void (*func) (CommsTcpLine *line))
{
  for (guint i = 0; i < lines->network->n_links; i++)
    if (lines->lines[i] != NULL)
      func (lines->lines[i]);
}

static void
on_room (gpointer owner)
{
  for_each_line (owner, comms_tcp_line_resume);
}

static void
on_stop (gpointer owner)
{
  for_each_line (owner, comms_tcp_line_stop);
}

static void
on_woken (gpointer owner)
{
  CommsTcpLines *lines = owner;
  CommsOrder *order;

  while ((order = g_async_queue_try_pop (lines->orders)) != NULL)
    if (lines->lines[order->link] != NULL)
      comms_tcp_line_order (lines->lines[order->link], order);
    else {   /* its link ended while it was on its way */
      comms_loop_give (&lines->loop, comms_order_not_done (order, "the link has changed",
                                                           comms_loop_server_time (&lines->loop)));
      comms_order_free (order);
    }
}

static const CommsLoopCalls calls = { comms_tcp_line_due, NULL, on_room, on_stop, on_woken };

static void
add_line (CommsTcpLines *lines, guint link)
{
  const GdpNetwork *network = lines->network;

  if (network->links[link].kind != GDP_LINK_MODBUS_TCP || network->links[link].host == NULL)
    return;
  lines->lines[link] = comms_tcp_line_new (&lines->loop, network, link, (double) link / network->n_links);
  comms_tcp_line_start (lines->lines[link]);
}

static void
release (gpointer owner, gpointer data)
{
  CommsTcpLines *lines = owner;
  const gboolean *same = data;

  on_woken (lines);   /* what is on its way knows this configuration's indexes */
  for (guint i = 0; i < lines->network->n_links; i++)
    if (lines->lines[i] != NULL && !same[i]) {
      comms_tcp_line_stop (lines->lines[i]);
      g_clear_pointer (&lines->lines[i], comms_tcp_line_free);
    }
  comms_loop_forget (&lines->loop, same);
}

static void
adopt (gpointer owner, gpointer data)
{
  CommsTcpLines *lines = owner;
  g_autoptr (GdpNetwork) before = lines->network;
  g_autofree CommsTcpLine **kept = lines->lines;

  lines->network = gdp_network_ref (data);
  lines->lines = g_new0 (CommsTcpLine *, lines->network->n_links);
  for (guint i = 0; i < lines->network->n_links; i++)
    if (i < before->n_links && kept[i] != NULL) {
      lines->lines[i] = kept[i];
      comms_tcp_line_adopt (kept[i], lines->network);
    } else {
      add_line (lines, i);
    }
}

CommsTcpLines *
comms_tcp_lines_start (GdpNetwork *network, const CommsSink *sink)
{
  CommsTcpLines *lines = g_new0 (CommsTcpLines, 1);

  lines->network = gdp_network_ref (network);
  lines->lines = g_new0 (CommsTcpLine *, network->n_links);
  lines->orders = g_async_queue_new_full ((GDestroyNotify) comms_order_free);
  comms_loop_init (&lines->loop, sink, &calls, lines);
  for (guint i = 0; i < network->n_links; i++)
    add_line (lines, i);
  comms_loop_start (&lines->loop, "tcp-lines");
  return lines;
}

void
comms_tcp_lines_stop (CommsTcpLines *lines)
{
  if (lines == NULL)
    return;
  if (!comms_loop_quit (&lines->loop, LOOK_UP_PATIENCE))
    return;   /* a look-up will end in it some day */
  for_each_line (lines, comms_tcp_line_free);
  comms_loop_clear (&lines->loop);
  g_async_queue_unref (lines->orders);
  g_free (lines->lines);
  gdp_network_unref (lines->network);
  g_free (lines);
}

void
comms_tcp_lines_release (CommsTcpLines *lines, const gboolean *same)
{
  comms_loop_call (&lines->loop, release, (gpointer) same);
}

void
comms_tcp_lines_adopt (CommsTcpLines *lines, GdpNetwork *network)
{
  comms_loop_call (&lines->loop, adopt, network);
}

void
comms_tcp_lines_resume (CommsTcpLines *lines)
{
  comms_loop_resume (&lines->loop);
}

gboolean
comms_tcp_lines_order (CommsTcpLines *lines, const CommsOrder *order, GError **error)
{
  gboolean known = order->kind == COMMS_ORDER_WRITE && order->link < lines->network->n_links
                   && lines->lines[order->link] != NULL
                   && comms_tcp_line_has (lines->lines[order->link], order->write.unit);

  if (!comms_order_check (order, error))
    return FALSE;
  if (!known) {
    g_set_error_literal (error, COMMS_ORDER_ERROR, COMMS_ORDER_ERROR_LINK, "there is no such unit on this link");
    return FALSE;
  }
  g_async_queue_push (lines->orders, comms_order_new (order));
  comms_loop_wake (&lines->loop);
  return TRUE;
}

gboolean
comms_tcp_lines_traffic (CommsTcpLines *lines, guint link, guint unit, CommsTraffic *traffic)
{
  if (link >= lines->network->n_links || lines->lines[link] == NULL)
    return FALSE;
  return comms_tcp_line_traffic (lines->lines[link], unit, traffic);
}
