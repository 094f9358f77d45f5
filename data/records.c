/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of what the store hands out: commands, servers, traffic, changes. */
#include "store.h"

#include <string.h>

static const char *const command_states[] = {
  [DATA_COMMAND_POSTED] = "posted", [DATA_COMMAND_TAKEN] = "taken",     [DATA_COMMAND_DONE] = "done",
  [DATA_COMMAND_FAILED] = "failed", [DATA_COMMAND_EXPIRED] = "expired",
};

/* As it is said by whoever ends a command: sql-commands.c, app/server/, comms/. */
gboolean
data_command_is_unsure (const DataCommand *command)
{
  static const char *const says[] = { "is not known", "could not be read back" };

  for (guint i = 0; command->state == DATA_COMMAND_FAILED && command->result != NULL && i < G_N_ELEMENTS (says); i++)
    if (strstr (command->result, says[i]) != NULL)
      return TRUE;
  return FALSE;
}

const char *
data_command_state_word (DataCommandState state)
{
  return (guint) state < G_N_ELEMENTS (command_states) ? command_states[state] : "unknown";
}

DataCommand *
data_command_copy (const DataCommand *command)
{
  DataCommand *copy = g_memdup2 (command, sizeof *command);
  copy->kind = g_strdup (command->kind);
  copy->object = g_strdup (command->object);
  copy->who = g_strdup (command->who);
  copy->where = g_strdup (command->where);
  copy->comment = g_strdup (command->comment);
  copy->result = g_strdup (command->result);
  copy->detail = g_strdup (command->detail);
  copy->taker = g_strdup (command->taker);
  return copy;
}

void
data_command_free (DataCommand *command)
{
  if (command == NULL)
    return;
  g_free (command->kind);
  g_free (command->object);
  g_free (command->who);
  g_free (command->where);
  g_free (command->comment);
  g_free (command->result);
  g_free (command->detail);
  g_free (command->taker);
  g_free (command);
}

void
data_operator_free (DataOperator *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->who);
  g_free (self);
}

DataServer *
data_server_copy (const DataServer *server)
{
  DataServer *copy = g_memdup2 (server, sizeof *server);
  copy->name = g_strdup (server->name);
  copy->version = g_strdup (server->version);
  copy->host = g_strdup (server->host);
  copy->machine = g_strdup (server->machine);
  copy->trouble = g_strdup (server->trouble);
  return copy;
}

void
data_server_free (DataServer *server)
{
  if (server == NULL)
    return;
  g_free (server->name);
  g_free (server->version);
  g_free (server->host);
  g_free (server->machine);
  g_free (server->trouble);
  g_free (server);
}

void
data_traffic_clear (DataTraffic *traffic)
{
  g_clear_pointer (&traffic->owner, g_free);
  g_clear_pointer (&traffic->total, g_free);
  g_clear_pointer (&traffic->lately, g_free);
}

DataStranger *
data_stranger_copy (const DataStranger *stranger)
{
  DataStranger *copy = g_memdup2 (stranger, sizeof *stranger);
  copy->server = g_strdup (stranger->server);
  copy->address = g_strdup (stranger->address);
  copy->serial = g_strdup (stranger->serial);
  copy->text = g_strdup (stranger->text);
  copy->why = g_strdup (stranger->why);
  return copy;
}

char *
data_stranger_name (const DataStranger *stranger)
{
  if (stranger->serial != NULL)
    return g_strdup (stranger->serial);
  return g_strndup (stranger->text, strcspn (stranger->text, "\\\r\n"));
}

void
data_stranger_free (DataStranger *stranger)
{
  if (stranger == NULL)
    return;
  g_free (stranger->server);
  g_free (stranger->address);
  g_free (stranger->serial);
  g_free (stranger->text);
  g_free (stranger->why);
  g_free (stranger);
}

DataChanges *
data_changes_new (void)
{
  DataChanges *changes = g_new0 (DataChanges, 1);
  changes->readings = g_array_new (FALSE, FALSE, sizeof (GdpReading));
  changes->alarms = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_alarm_free);
  changes->events = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_event_free);
  changes->contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_contact_info_free);
  changes->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_device_free);
  changes->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  changes->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) data_server_free);
  changes->strangers = g_ptr_array_new_with_free_func ((GDestroyNotify) data_stranger_free);
  changes->wishes = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_wish_free);
  return changes;
}

void
data_changes_free (DataChanges *changes)
{
  if (changes == NULL)
    return;
  g_array_unref (changes->readings);
  g_ptr_array_unref (changes->alarms);
  g_ptr_array_unref (changes->events);
  g_ptr_array_unref (changes->contacts);
  g_ptr_array_unref (changes->devices);
  g_ptr_array_unref (changes->commands);
  g_ptr_array_unref (changes->servers);
  g_ptr_array_unref (changes->strangers);
  g_ptr_array_unref (changes->wishes);
  g_free (changes);
}

gboolean
data_changes_empty (const DataChanges *changes)
{
  return !changes->whole && changes->readings->len == 0 && changes->alarms->len == 0
         && changes->events->len == 0 && changes->contacts->len == 0 && changes->devices->len == 0
         && changes->commands->len == 0 && changes->servers->len == 0 && changes->strangers->len == 0
         && changes->wishes->len == 0;
}
