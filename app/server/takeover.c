/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "takeover.h"

#include "identity.h"
#include "part.h"

static gboolean
is_new_here (const ServerTakeover *takeover, const char *object)
{
  return takeover->before == NULL ? server_part_answers (takeover->whole, takeover->part, object)
                                  : server_part_holds (takeover->part, object) && !server_part_holds (takeover->before, object);
}

void
server_takeover_keep (const ServerTakeover *takeover, DataChanges *memory)
{
  for (guint i = memory->alarms->len; i-- > 0;) {
    const char *id = ((GdpAlarm *) g_ptr_array_index (memory->alarms, i))->id;
    if (!is_new_here (takeover, id) || server_part_is_anothers (takeover->server, FALSE, id))
      g_ptr_array_remove_index (memory->alarms, i);
  }
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  for (guint i = 0; i < memory->readings->len; i++) {
    const GdpReading *reading = &g_array_index (memory->readings, GdpReading, i);
    if (gdp_network_point_by_key (takeover->part, reading->point) != G_MAXUINT
        && (takeover->before == NULL || gdp_network_point_by_key (takeover->before, reading->point) == G_MAXUINT))
      g_array_append_val (kept, *reading);
  }
  g_array_unref (memory->readings);
  memory->readings = kept;
}

static gboolean
is_left (const ServerTakeover *takeover, const DataChanges *memory, const DataCommand *command)
{
  if (command->state != DATA_COMMAND_TAKEN)
    return FALSE;
  if (g_strcmp0 (command->taker, takeover->server) == 0)
    return takeover->before == NULL;
  return g_str_equal (command->kind, "output") && command->object != NULL && is_new_here (takeover, command->object)
         && !server_identity_lives (memory, command->taker);
}

GPtrArray *
server_takeover_commands (const ServerTakeover *takeover, const DataChanges *memory)
{
  GPtrArray *left = g_ptr_array_new ();

  for (guint i = 0; i < memory->commands->len; i++)
    if (is_left (takeover, memory, memory->commands->pdata[i]))
      g_ptr_array_add (left, data_command_copy (memory->commands->pdata[i]));
  return left;
}
