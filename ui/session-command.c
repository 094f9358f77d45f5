/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that somebody waits for: posted, and answered when the feed tells of their end. */
#include "event-text.h"
#include "session-private.h"

#include <glib/gi18n.h>

static void
on_posted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  UiSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  gint64 id = ui_feed_post_finish (result, &error), now = g_get_monotonic_time ();

  g_task_set_task_data (task, g_memdup2 (&now, sizeof now), g_free);
  if (id < 0)
    g_task_return_error (task, error);
  else
    g_hash_table_replace (self->tasks, g_memdup2 (&id, sizeof id), g_steal_pointer (&task));
}

static void
post (UiSession *self, const char *kind, const char *object, gint64 argument, const char *detail, const char *comment,
      GAsyncReadyCallback callback, gpointer user_data)
{
  DataCommand *command = g_new0 (DataCommand, 1);

  g_return_if_fail (self->feed != NULL);
  command->kind = g_strdup (kind);
  command->object = g_strdup (object);
  command->argument = argument;
  command->detail = g_strdup (detail);
  command->comment = g_strdup (comment);
  command->who = g_strdup (self->person);
  command->where = g_strdup (self->where);
  ui_feed_post_async (self->feed, command, on_posted, g_task_new (self, NULL, callback, user_data));
}

void
ui_session_command_async (UiSession *self, const char *kind, const char *object, gint64 argument, const char *detail,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, kind, object, argument, detail, NULL, callback, user_data);
}

void
ui_session_decide_async (UiSession *self, const char *kind, const char *alarm, guint32 occurrence, const char *detail,
                         const char *comment, GAsyncReadyCallback callback, gpointer user_data)
{
  post (self, kind, alarm, occurrence, detail, comment, callback, user_data);
}

DataCommand *
ui_session_command_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
ui_session_command_failure (GAsyncResult *result, const char *not_done, const char *unsure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataCommand) command = ui_session_command_finish (result, &error);
  g_autofree char *why = ui_detail_text (error != NULL ? error->message : command->result);

  if (command != NULL && command->state == DATA_COMMAND_DONE)
    return NULL;
  if (command != NULL ? data_command_is_unsure (command) : g_error_matches (error, DATA_ERROR, DATA_ERROR_UNSURE))
    return g_strdup_printf (unsure, why);
  if (command != NULL && command->state == DATA_COMMAND_EXPIRED)
    return g_strdup_printf (not_done, _("No server took it in time"));
  return g_strdup_printf (not_done, *why != '\0' ? why : _("the server gave no reason"));
}

static void
command_free (gpointer command)
{
  data_command_free (command);
}

gboolean
ui_session_command_ended (UiSession *self, const DataCommand *command)
{
  GTask *task = g_hash_table_lookup (self->tasks, &command->id);

  if (task == NULL)
    return FALSE;
  g_task_return_pointer (task, data_command_copy (command), command_free);
  g_hash_table_remove (self->tasks, &command->id);
  return TRUE;
}

static gboolean
is_open (const GPtrArray *commands, gint64 id)
{
  for (guint i = 0; i < commands->len; i++)
    if (((const DataCommand *) commands->pdata[i])->id == id)
      return TRUE;
  return FALSE;
}

void
ui_session_miss_commands (UiSession *self, const GPtrArray *commands, gint64 read)
{
  GHashTableIter iter;
  gpointer id, posted, task;
  gboolean missed = FALSE;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &id, &posted))
    if (*(gint64 *) posted < read && !is_open (commands, *(gint64 *) id)) {
      g_hash_table_iter_remove (&iter);
      missed = TRUE;
    }
  if (missed)
    g_signal_emit_by_name (self, "notice", _("The store was away while something was being acknowledged: it is not known whether it "
                                             "was, look at the alarm and the journal"), TRUE);
  g_hash_table_iter_init (&iter, self->tasks);
  while (g_hash_table_iter_next (&iter, &id, &task))
    if (*(gint64 *) g_task_get_task_data (task) < read && !is_open (commands, *(gint64 *) id)) {
      g_task_return_new_error (task, DATA_ERROR, DATA_ERROR_UNSURE, "%s", _("the store was away meanwhile; whether it was done is "
                               "not known"));
      g_hash_table_iter_remove (&iter);
    }
}

void
ui_session_forget_commands (UiSession *self)
{
  GHashTableIter iter;
  gpointer task;

  g_hash_table_iter_init (&iter, self->tasks);
  while (g_hash_table_iter_next (&iter, NULL, &task)) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, _("the console is closing"));
    g_hash_table_iter_remove (&iter);
  }
}
