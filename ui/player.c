/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player.h"

#include <canberra.h>
#include <glib/gi18n.h>
#include <sys/mman.h>
#include <unistd.h>

/* µs beyond the sound's own length that a server may take to begin and end; it buffers up to two seconds. */
#define PATIENCE (6 * G_USEC_PER_SEC)

#define NO_ANSWER 1   /* beside the library's codes, which are 0 or negative */

/* How it ends: told by the library on a thread of its own, or by whoever cancels. */
typedef struct {
  GMutex   mutex;
  GCond    cond;
  gboolean over;
  int      code;
} Ending;

static void
end (Ending *ending, int code)
{
  g_mutex_lock (&ending->mutex);
  if (!ending->over) {
    ending->over = TRUE;
    ending->code = code;
  }
  g_cond_signal (&ending->cond);
  g_mutex_unlock (&ending->mutex);
}

static void
on_played (ca_context *context, uint32_t id, int code, void *ending)
{
  end (ending, code);
}

static void
on_cancelled (GCancellable *cancellable, gpointer ending)
{
  end (ending, CA_ERROR_CANCELED);
}

static int
wait_for (Ending *ending)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&ending->mutex);
  while (!ending->over && g_cond_wait_until (&ending->cond, &ending->mutex, deadline))
    ;
  int code = ending->over ? ending->code : NO_ANSWER;
  g_mutex_unlock (&ending->mutex);
  return code;
}

/* The library wants a file's name; this one needs no disk. -1: see errno. */
static int
file_of (GBytes *wav)
{
  gsize size;
  const void *bytes = g_bytes_get_data (wav, &size);
  int fd = memfd_create ("sound", MFD_CLOEXEC);

  if (fd >= 0 && write (fd, bytes, size) != (gssize) size) {
    close (fd);
    return -1;
  }
  return fd;
}

static int
play (ca_context *context, const char *path, Ending *ending)
{
  ca_proplist *how;
  int code = ca_proplist_create (&how);

  if (code != CA_SUCCESS)
    return code;
  ca_proplist_sets (how, CA_PROP_MEDIA_FILENAME, path);
  ca_proplist_sets (how, CA_PROP_MEDIA_NAME, "alarm");
  ca_proplist_sets (how, CA_PROP_CANBERRA_CACHE_CONTROL, "never");
  ca_proplist_sets (how, CA_PROP_CANBERRA_ENABLE, "1");   /* whether other programs click or not */
  code = ca_context_play_full (context, 1, how, on_played, ending);
  ca_proplist_destroy (how);
  return code != CA_SUCCESS ? code : wait_for (ending);
}

/* The library's words are English, and few say what to look at. */
static const char *
words (int code)
{
  switch (code) {
  case CA_ERROR_NOTAVAILABLE:
  case CA_ERROR_NODRIVER:
  case CA_ERROR_NOTFOUND:
    return _("there is no sound server and no sound card");
  case CA_ERROR_DISCONNECTED:
  case CA_ERROR_DESTROYED:
  case CA_ERROR_IO:
    return _("the sound server has gone");
  case NO_ANSWER:
    return _("the sound server does not answer");
  case CA_ERROR_ACCESS:
    return _("this user may not use the sound card");
  default:
    return ca_strerror (code);
  }
}

static void
play_in_thread (GTask *task, gpointer source, gpointer wav, GCancellable *cancellable)
{
  Ending ending = { 0 };
  ca_context *context = NULL;
  int fd = file_of (wav), code = fd < 0 ? CA_ERROR_OOM : ca_context_create (&context);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  gulong handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), &ending, NULL) : 0;

  if (code == CA_SUCCESS)
    code = ca_context_change_props (context, CA_PROP_APPLICATION_NAME, "gdp-console", NULL);
  if (code == CA_SUCCESS)
    code = play (context, path, &ending);
  g_cancellable_disconnect (cancellable, handler);
  if (context != NULL)
    ca_context_destroy (context);   /* from now on it tells nothing to @ending */
  if (fd >= 0)
    close (fd);
  if (code == CA_SUCCESS)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, code == CA_ERROR_CANCELED ? G_IO_ERROR_CANCELLED : G_IO_ERROR_FAILED, "%s",
                             words (code));
}

void
ui_player_play_async (GBytes *wav, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_bytes_ref (wav), (GDestroyNotify) g_bytes_unref);
  g_task_set_check_cancellable (task, FALSE);   /* what was not cancelled in time was heard */
  g_task_run_in_thread (task, play_in_thread);
}

gboolean
ui_player_play_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
