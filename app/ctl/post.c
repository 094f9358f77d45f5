/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands to the server: posted, waited for. */
#include "command.h"

#define A_LITTLE (5 * GDP_SECOND)   /* a taken command may finish a little later */

/* Of @error, why nothing was heard of it. */
static void
say_unsure (GError **error)
{
  g_autoptr (GError) why = g_steal_pointer (error);
  ctl_fail (error, CTL_ERROR_FAILED, _("it is not known whether it was done; look at gdpctl alarms and gdpctl journal (%s)"), why->message);
}

DataCommand *
ctl_post (const CtlCall *call, const CtlView *view, const char *kind, const char *object, gint64 argument,
          const char *detail, GError **error)
{
  g_autoptr (DataCommand) command = g_new0 (DataCommand, 1);
  command->kind = g_strdup (kind);
  command->object = g_strdup (object);
  command->argument = argument;
  command->detail = g_strdup (detail);
  command->who = g_strdup (ctl_call_user (call, view->store));
  command->where = g_strdup_printf ("gdpctl@%s", g_get_host_name ());
  command->comment = g_strdup (call->comment);
  if (data_store_post (view->store, command, data_store_now (view->store), error))
    return g_steal_pointer (&command);
  if (error != NULL && g_error_matches (*error, DATA_ERROR, DATA_ERROR_UNSURE))
    say_unsure (error);
  return NULL;
}

/* Takes news about our commands out of @changes; TRUE when none is open any more. */
static gboolean
all_finished (GPtrArray *ours, const DataChanges *changes)
{
  gboolean finished = TRUE;
  for (guint i = 0; i < ours->len; i++) {
    DataCommand **own = (DataCommand **) &ours->pdata[i];
    for (guint k = 0; k < changes->commands->len; k++) {
      const DataCommand *news = changes->commands->pdata[k];
      if (news->id == (*own)->id) {
        data_command_free (*own);
        *own = data_command_copy (news);
      }
    }
    finished &= (*own)->state >= DATA_COMMAND_DONE;
  }
  return finished;
}

/* Looks once; @seq: how far that is. FALSE without an error: they have not ended yet. */
static gboolean
have_ended (const CtlView *view, GPtrArray *commands, gint64 *seq, GError **error)
{
  g_autoptr (DataChanges) changes = data_store_changes (view->store, *seq, error);
  if (changes == NULL)
    return FALSE;
  *seq = changes->seq;
  if (all_finished (commands, changes))
    return TRUE;
  data_store_wait (view->store, GDP_SECOND / 5);
  if (!data_store_expire_commands (view->store, data_store_now (view->store), error))
    g_usleep (GDP_SECOND / 5);
  return FALSE;
}

/* A store that is away for a moment is no answer. */
gboolean
ctl_wait (const CtlView *view, GPtrArray *commands, gint64 patience, GError **error)
{
  gint64 seq = view->state->seq, until = g_get_monotonic_time () + patience + A_LITTLE;
  g_autoptr (GError) why = NULL;
  do {
    g_clear_error (&why);
    if (have_ended (view, commands, &seq, &why))
      return TRUE;
  } while (g_get_monotonic_time () < until && !g_error_matches (why, DATA_ERROR, DATA_ERROR_REPLACED));
  if (why == NULL)
    return ctl_fail (error, CTL_ERROR_FAILED, _("it is not known whether it was done, nobody has answered yet; look at gdpctl "
                     "alarms and gdpctl journal"));
  g_propagate_error (error, g_steal_pointer (&why));
  say_unsure (error);
  return FALSE;
}

char *
ctl_why_not (const DataCommand *command)
{
  if (command->result)
    return ctl_saying (command->result);
  return g_strdup (command->state == DATA_COMMAND_EXPIRED ? _("no server took the command in time")
                                                          : data_command_state_word (command->state));
}
