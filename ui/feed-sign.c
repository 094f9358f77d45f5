/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may sign in, and signing in and out on the thread's connection. The password is kept while somebody is signed in:
 * a store that was away for a moment asks for it again, and the person at the desk should not be asked. */
#include "feed-private.h"

#include "data/password.h"

#include <string.h>

#define ROLES_EVERY (2 * G_TIME_SPAN_SECOND)

/* ---- who there is ------------------------------------------------------------------------ */

/* Who gives a role or sets a password, journals it in the same transaction. */
static gboolean
tells_of_operators (const DataChanges *changes)
{
  for (guint i = 0; i < changes->events->len; i++) {
    const GdpEvent *event = changes->events->pdata[i];
    if (event->kind == GDP_EVENT_CONFIGURATION_CHANGED
        && (g_strcmp0 (event->text, "role") == 0 || g_strcmp0 (event->text, "password") == 0))
      return TRUE;
  }
  return changes->whole;
}

static gboolean
same_operators (const GPtrArray *before, const GPtrArray *now)
{
  if (before == NULL || before->len != now->len)
    return FALSE;
  for (guint i = 0; i < now->len; i++) {
    const DataOperator *a = before->pdata[i], *b = now->pdata[i];
    if (strcmp (a->name, b->name) != 0 || a->role != b->role)
      return FALSE;
  }
  return TRUE;
}

gboolean
ui_feed_read_operators (UiFeed *feed, UiDelta *delta)
{
  gboolean told = tells_of_operators (delta->changes);
  gint64 now = g_get_monotonic_time ();
  GPtrArray *operators;

  if (!told && (data_store_user (feed->store) == NULL || now < feed->roles_due))
    return TRUE;
  operators = data_store_operators (feed->store, &delta->error);
  if (operators == NULL)
    return FALSE;
  feed->roles_due = now + ROLES_EVERY;
  if (told || !same_operators (feed->operators, operators)) {
    delta->operators = g_ptr_array_ref (operators);
    delta->user = g_strdup (data_store_user (feed->store));
    delta->turn = feed->turn;
    delta->signed_in = data_store_person (feed->store) != NULL;
  }
  g_clear_pointer (&feed->operators, g_ptr_array_unref);
  feed->operators = operators;
  return TRUE;
}

/* ---- signing in and out ------------------------------------------------------------------ */

typedef struct { char *name, *password, *where, *why; guint turn; } Sign;

static void
sign_free (Sign *sign)
{
  g_free (sign->name);
  data_password_forget (sign->password);
  g_free (sign->where);
  g_free (sign->why);
  g_free (sign);
}

void
ui_feed_sign_forget (UiFeed *feed)
{
  g_clear_pointer (&feed->name, g_free);
  g_clear_pointer (&feed->password, data_password_forget);
  g_clear_pointer (&feed->where, g_free);
}

gboolean
ui_feed_sign_again (UiFeed *feed, GError **error)
{
  GError *why = NULL;

  if (feed->name == NULL || data_store_sign_in (feed->store, feed->name, feed->password, feed->where, data_store_now (feed->store), &why))
    return TRUE;
  if (!g_error_matches (why, DATA_ERROR, DATA_ERROR_SIGN_IN)) {
    g_propagate_error (error, why);
    return FALSE;
  }
  g_info ("%s is not signed in again: %s", feed->name, why->message);
  g_error_free (why);
  ui_feed_sign_forget (feed);
  return TRUE;
}

static void
sign_in (UiFeed *feed, GTask *task)
{
  const Sign *sign = g_task_get_task_data (task);
  GError *error = NULL;

  feed->turn = sign->turn;
  if (!data_store_sign_in (feed->store, sign->name, sign->password, sign->where, data_store_now (feed->store), &error)) {
    g_task_return_error (task, error);
    return;
  }
  ui_feed_sign_forget (feed);
  feed->name = g_strdup (sign->name);
  feed->password = g_strdup (sign->password);
  feed->where = g_strdup (sign->where);
  g_task_return_boolean (task, TRUE);
}

void
ui_feed_sign_in_async (UiFeed *feed, const char *name, const char *password, const char *where, guint turn,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Sign *sign = g_new0 (Sign, 1);

  *sign = (Sign) { .name = g_strdup (name), .password = g_strdup (password), .where = g_strdup (where), .turn = turn };
  g_task_set_source_tag (task, ui_feed_sign_in_async);
  g_task_set_task_data (task, sign, (GDestroyNotify) sign_free);
  ui_feed_start_job (feed, task, sign_in);
}

gboolean
ui_feed_sign_in_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sign_out (UiFeed *feed, GTask *task)
{
  const Sign *sign = g_task_get_task_data (task);

  feed->turn = sign->turn;
  ui_feed_sign_forget (feed);
  if (feed->store != NULL)
    data_store_sign_out (feed->store, sign->why, data_store_now (feed->store));
  g_task_return_boolean (task, TRUE);
}

void
ui_feed_sign_out (UiFeed *feed, const char *why, guint turn)
{
  GTask *task = g_task_new (NULL, NULL, NULL, NULL);
  Sign *sign = g_new0 (Sign, 1);

  *sign = (Sign) { .why = g_strdup (why), .turn = turn };
  g_task_set_source_tag (task, ui_feed_sign_out);
  g_task_set_task_data (task, sign, (GDestroyNotify) sign_free);
  ui_feed_start_job (feed, task, sign_out);
}
