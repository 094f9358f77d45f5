/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tcp-lines.h"

#include "tcp-line.h"

struct CommsTcpLines {
  GdpNetwork    *network;
  CommsLoop      loop;
  CommsTcpLine **lines;    /* by link; NULL = of another kind, or without a host */
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

static const CommsLoopCalls calls = { comms_tcp_line_due, NULL, on_room, on_stop };

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
  comms_loop_stop (&lines->loop);
  for_each_line (lines, comms_tcp_line_free);
  comms_loop_clear (&lines->loop);
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
comms_tcp_lines_traffic (CommsTcpLines *lines, guint link, guint unit, CommsTraffic *traffic)
{
  if (link >= lines->network->n_links || lines->lines[link] == NULL)
    return FALSE;
  return comms_tcp_line_traffic (lines->lines[link], unit, traffic);
}
