/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "feed-private.h"

#include "data/firmware-file.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#define LOOK_EVERY    1000   /* ms; wake-ups may be lost */
#define LOOK_REST     16     /* ms between two looks: a screen shows no more, and a busy server commits far more often */
#define RETRY_FIRST   50     /* ms; a server that was just started creates the store now */
#define RETRY_FAST    40     /* so many times, then every LOOK_EVERY */

typedef struct {
  UiFeed  *feed;
  UiDelta  delta;
} Parcel;

static void look (UiFeed *feed);
static void look_soon (UiFeed *feed);

static void
attach (UiFeed *feed, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, feed, NULL);
  g_source_set_static_name (source, "gdp-feed");
  g_source_attach (source, feed->context);
}

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
disconnect (UiFeed *feed)
{
  drop_source (&feed->wake);
  g_clear_pointer (&feed->store, data_store_close);
  g_clear_pointer (&feed->operators, g_ptr_array_unref);
  feed->seq = 0;
  feed->revision = -1;
}

/* ---- to the main loop ------------------------------------------------------------------- */

/* A parcel may still lie in the main loop when the thread has ended: both hold the feed. */
static void
feed_clear (gpointer data)
{
  UiFeed *feed = data;

  g_main_loop_unref (feed->loop);
  g_main_context_unref (feed->context);
  g_main_context_unref (feed->main);
  g_free (feed->uri);
}

static void
parcel_free (Parcel *parcel)
{
  g_atomic_rc_box_release_full (parcel->feed, feed_clear);
  g_clear_pointer (&parcel->delta.changes, data_changes_free);
  g_clear_pointer (&parcel->delta.network, gdp_network_unref);
  g_clear_pointer (&parcel->delta.operators, g_ptr_array_unref);
  g_clear_pointer (&parcel->delta.flood, gdp_flood_free);
  g_clear_pointer (&parcel->delta.courses, gdp_courses_free);
  g_free (parcel->delta.user);
  g_clear_error (&parcel->delta.error);
  g_free (parcel);
}

static gboolean
delivered (gpointer data)
{
  UiFeed *feed = data;

  g_atomic_int_set (&feed->under_way, FALSE);
  if (feed->again)
    look_soon (feed);
  return G_SOURCE_REMOVE;
}

static gboolean
deliver (gpointer data)
{
  Parcel *parcel = data;
  UiFeed *feed = parcel->feed;

  if (!g_atomic_int_get (&feed->stopped)) {
    feed->func (&parcel->delta, feed->user_data);
    g_main_context_invoke (feed->context, delivered, feed);
  }
  return G_SOURCE_REMOVE;
}

static void
send (UiFeed *feed, Parcel *parcel)
{
  g_atomic_int_set (&feed->under_way, TRUE);
  /* Below input, so that a flood of data does not freeze the hand on the mouse; above drawing (GDK's
   * redraw is at HIGH_IDLE + 20), so that a window that is slow to draw still learns what is true. */
  g_main_context_invoke_full (feed->main, G_PRIORITY_HIGH_IDLE + 15, deliver, parcel,
                              (GDestroyNotify) parcel_free);
}

/* ---- reading ----------------------------------------------------------------------------- */

static gboolean
on_wake (int fd, GIOCondition condition, gpointer data)
{
  UiFeed *feed = data;

  data_store_woken (feed->store);
  look_soon (feed);
  return G_SOURCE_CONTINUE;
}

static gboolean
connect_store (UiFeed *feed, GError **error)
{
  g_autoptr (DataStore) store = NULL;
  int fd;

  /* Looking first and only then asking to post: a console never creates somebody's store. */
  store = data_store_open (feed->uri, DATA_ACCESS_READ, error);
  if (store == NULL)
    return FALSE;
  g_clear_pointer (&store, data_store_close);
  store = data_store_open (feed->uri, DATA_ACCESS_POST, error);
  if (store == NULL)
    return FALSE;
  fd = data_store_wake_fd (store, NULL);
  if (fd >= 0) {  /* without it the timer still looks every second */
    feed->wake = g_unix_fd_source_new (fd, G_IO_IN);
    attach (feed, feed->wake, G_SOURCE_FUNC (on_wake));
  }
  feed->store = g_steal_pointer (&store);
  return ui_feed_sign_again (feed, error);
}

static gboolean
read_changes (UiFeed *feed, UiDelta *delta)
{
  if (feed->store == NULL && !connect_store (feed, &delta->error))
    return FALSE;
  delta->read = g_get_monotonic_time ();
  delta->changes = data_store_changes (feed->store, feed->seq, &delta->error);
  if (delta->changes == NULL)
    return FALSE;
  if (delta->changes->revision != feed->revision) {
    delta->network = data_store_network (feed->store, &delta->error);
    if (delta->network == NULL)
      return FALSE;
    feed->revision = delta->network->revision;
  }
  if (delta->changes->whole) {
    delta->courses = gdp_courses_new ();
    delta->flood = data_flood_read (feed->store, data_store_now (feed->store), delta->courses, &delta->error);
  }
  if ((delta->changes->whole && delta->flood == NULL) || !ui_feed_read_operators (feed, delta))
    return FALSE;
  feed->seq = delta->changes->seq;
  data_store_clock (feed->store, &delta->ahead);
  return TRUE;
}

static gboolean
on_timer (gpointer data)
{
  UiFeed *feed = data;

  look (feed);
  return G_SOURCE_CONTINUE;
}

static void
look_every (UiFeed *feed, guint ms)
{
  if (feed->every == ms)
    return;
  feed->every = ms;
  drop_source (&feed->look);
  feed->look = g_timeout_source_new (ms);
  attach (feed, feed->look, on_timer);
}

static void
look (UiFeed *feed)
{
  Parcel *parcel;
  gboolean read;

  feed->again = g_atomic_int_get (&feed->under_way);
  if (feed->again)
    return;
  parcel = g_new0 (Parcel, 1);
  parcel->feed = g_atomic_rc_box_acquire (feed);
  read = read_changes (feed, &parcel->delta);
  if (!read) {
    g_clear_pointer (&parcel->delta.changes, data_changes_free);
    disconnect (feed);
  }
  feed->looked = g_get_monotonic_time ();
  feed->failures = read ? 0 : feed->failures + 1;
  look_every (feed, read || feed->failures > RETRY_FAST ? LOOK_EVERY : RETRY_FIRST);
  if (read && parcel->delta.network == NULL && parcel->delta.operators == NULL && data_changes_empty (parcel->delta.changes))
    parcel_free (parcel);
  else
    send (feed, parcel);
}

static gboolean
on_rested (gpointer data)
{
  UiFeed *feed = data;

  drop_source (&feed->soon);
  look (feed);
  return G_SOURCE_REMOVE;
}

/* At once, unless it has just looked. */
static void
look_soon (UiFeed *feed)
{
  gint64 rest = feed->looked + LOOK_REST * G_TIME_SPAN_MILLISECOND - g_get_monotonic_time ();

  if (rest <= 0)
    look (feed);
  else if (feed->soon == NULL) {
    feed->soon = g_timeout_source_new ((guint) (rest / G_TIME_SPAN_MILLISECOND + 1));
    attach (feed, feed->soon, on_rested);
  }
}

static gpointer
run (gpointer data)
{
  UiFeed *feed = data;

  g_main_context_push_thread_default (feed->context);
  feed->revision = -1;
  look (feed);
  g_main_loop_run (feed->loop);
  drop_source (&feed->look);
  drop_source (&feed->soon);
  if (feed->name != NULL && feed->store != NULL)
    data_store_sign_out (feed->store, NULL, data_store_now (feed->store));
  ui_feed_sign_forget (feed);
  disconnect (feed);
  g_main_context_pop_thread_default (feed->context);
  return NULL;
}

UiFeed *
ui_feed_new (const char *uri, UiDeltaFunc func, gpointer user_data)
{
  UiFeed *feed = g_atomic_rc_box_new0 (UiFeed);

  feed->uri = g_strdup (uri);
  feed->func = func;
  feed->user_data = user_data;
  feed->main = g_main_context_ref_thread_default ();
  feed->context = g_main_context_new ();
  feed->loop = g_main_loop_new (feed->context, FALSE);
  feed->thread = g_thread_new ("gdp-feed", run, feed);
  return feed;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
ui_feed_stop (UiFeed *feed)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_atomic_int_set (&feed->stopped, TRUE);
  g_source_set_callback (source, quit, feed->loop, NULL);
  g_source_attach (source, feed->context);  /* never here and now, even if the loop does not run yet */
  g_thread_join (feed->thread);
  while (g_main_context_iteration (feed->context, FALSE))
    continue;                               /* jobs that came too late fail instead of hanging */
  g_atomic_rc_box_release_full (feed, feed_clear);
}

/* ---- jobs -------------------------------------------------------------------------------- */

typedef struct {
  UiFeed *feed;
  GTask  *task;
  void  (*work) (UiFeed *feed, GTask *task);
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->task);
  g_free (job);
}

static gboolean
do_job (gpointer data)
{
  Job *job = data;

  if (job->feed->store == NULL)
    g_task_return_new_error (job->task, DATA_ERROR, DATA_ERROR_IO, "%s", _("The store cannot be reached"));
  else
    job->work (job->feed, job->task);
  return G_SOURCE_REMOVE;
}

void
ui_feed_start_job (UiFeed *feed, GTask *task, void (*work) (UiFeed *, GTask *))
{
  Job *job = g_new (Job, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  *job = (Job) { feed, task, work };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, do_job, job, (GDestroyNotify) job_free);
  g_source_attach (source, feed->context);
}

/* A command that nobody took must fail visibly, even when there is no server to say so. */
static gboolean
expire (gpointer data)
{
  UiFeed *feed = data;
  g_autoptr (GError) error = NULL;

  if (feed->store != NULL && !data_store_expire_commands (feed->store, data_store_now (feed->store), &error))
    g_info ("commands past their time could not be marked: %s", error->message);
  look (feed);
  return G_SOURCE_REMOVE;
}

static void
post (UiFeed *feed, GTask *task)
{
  DataCommand *command = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GSource) later = NULL;

  if (!data_store_post (feed->store, command, data_store_now (feed->store), &error)) {
    g_task_return_error (task, error);
    return;
  }
  later = g_timeout_source_new (DATA_COMMAND_LIFE / 1000 + 200);
  attach (feed, later, expire);
  g_task_return_int (task, command->id);
}

void
ui_feed_post_async (UiFeed *feed, DataCommand *command, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, ui_feed_post_async);
  g_task_set_task_data (task, command, (GDestroyNotify) data_command_free);
  ui_feed_start_job (feed, task, post);
}

gint64
ui_feed_post_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

/* ---- importing --------------------------------------------------------------------------- */

typedef struct { GdpNetwork *network; char *who; } Import;

static void
import_free (Import *import)
{
  gdp_network_unref (import->network);
  g_free (import->who);
  g_free (import);
}

static void
run_import (UiFeed *feed, GTask *task)
{
  const Import *import = g_task_get_task_data (task);
  GError *error = NULL;

  if (data_store_import (feed->store, import->network, import->who, data_store_now (feed->store), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
ui_feed_import_async (UiFeed *feed, GdpNetwork *network, const char *who, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Import *import = g_new (Import, 1);

  *import = (Import) { gdp_network_ref (network), g_strdup (who) };
  g_task_set_source_tag (task, ui_feed_import_async);
  g_task_set_task_data (task, import, (GDestroyNotify) import_free);
  ui_feed_start_job (feed, task, run_import);
}

gboolean
ui_feed_import_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- firmware ---------------------------------------------------------------------------- */

typedef struct { GdpWish *wish; char *file, *who; GArray *links; } Firmware;

static void
firmware_free (Firmware *its)
{
  gdp_wish_free (its->wish);
  g_free (its->file);
  g_free (its->who);
  g_array_unref (its->links);
  g_free (its);
}

static void
order_firmware (UiFeed *feed, GTask *task)
{
  const Firmware *its = g_task_get_task_data (task);
  const gint64 *links = (const gint64 *) (gpointer) its->links->data;
  GError *error = NULL;
  g_autoptr (GBytes) image = its->file != NULL ? data_firmware_read (its->file, &error) : NULL;
  gint64 now = data_store_now (feed->store);

  if (error != NULL
      || !(image != NULL ? data_store_want_firmware (feed->store, its->wish, image, links, its->links->len, its->who, now, &error)
                         : data_store_give_up_firmware (feed->store, links, its->links->len, its->who, now, &error)))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
ui_feed_firmware_async (UiFeed *feed, const GdpWish *wish, const char *file, GArray *links, const char *who,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Firmware *its = g_new (Firmware, 1);

  *its = (Firmware) { wish != NULL ? gdp_wish_copy (wish) : NULL, g_strdup (file), g_strdup (who), g_array_ref (links) };
  g_task_set_source_tag (task, ui_feed_firmware_async);
  g_task_set_task_data (task, its, (GDestroyNotify) firmware_free);
  ui_feed_start_job (feed, task, order_firmware);
}

gboolean
ui_feed_firmware_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the journal ------------------------------------------------------------------------- */

void
ui_journal_part_free (UiJournalPart *part)
{
  g_clear_pointer (&part->events, g_ptr_array_unref);
  g_free (part);
}

static void
filter_free (DataJournalFilter *filter)
{
  g_free ((char *) filter->site);
  g_free ((char *) filter->object);
  g_free ((char *) filter->text);
  g_strfreev ((char **) filter->also);
  g_free (filter);
}

static void
read_journal (UiFeed *feed, GTask *task)
{
  UiJournalPart *part = g_new0 (UiJournalPart, 1);
  GError *error = NULL;

  part->events = data_store_journal (feed->store, g_task_get_task_data (task), &part->hidden, &error);
  if (part->events != NULL && data_store_journal_head (feed->store, &part->head, &error)) {
    g_task_return_pointer (task, part, (GDestroyNotify) ui_journal_part_free);
    return;
  }
  ui_journal_part_free (part);
  g_task_return_error (task, error);
}

void
ui_feed_journal_async (UiFeed *feed, const DataJournalFilter *filter, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  DataJournalFilter *copy = g_memdup2 (filter, sizeof *filter);

  copy->site = g_strdup (filter->site);
  copy->object = g_strdup (filter->object);
  copy->text = g_strdup (filter->text);
  copy->also = (const char *const *) g_strdupv ((char **) filter->also);
  g_task_set_source_tag (task, ui_feed_journal_async);
  g_task_set_task_data (task, copy, (GDestroyNotify) filter_free);
  ui_feed_start_job (feed, task, read_journal);
}

UiJournalPart *
ui_feed_journal_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- the line doctor --------------------------------------------------------------------- */

typedef struct { GdpNetwork *network; guint *links, n_links; gint64 now; } Examination;

static void
examination_free (Examination *examination)
{
  gdp_network_unref (examination->network);
  g_free (examination->links);
  g_free (examination);
}

static const char *
translate (const char *english)
{
  return _(english);
}

static void
examine (UiFeed *feed, GTask *task)
{
  const Examination *its = g_task_get_task_data (task);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  GError *error = NULL;

  for (guint i = 0; i < its->n_links; i++) {
    GPtrArray *patients = data_examine_link (feed->store, its->network, its->links[i], its->now, translate, &error);
    if (patients == NULL) {
      g_task_return_error (task, error);
      return;
    }
    g_ptr_array_add (found, patients);
  }
  g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) g_ptr_array_unref);
}

void
ui_feed_examine_async (UiFeed *feed, GdpNetwork *network, const guint *links, guint n_links, gint64 now,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Examination *its = g_new (Examination, 1);

  *its = (Examination) { gdp_network_ref (network), g_memdup2 (links, n_links * sizeof *links), n_links, now };
  g_task_set_source_tag (task, ui_feed_examine_async);
  g_task_set_task_data (task, its, (GDestroyNotify) examination_free);
  ui_feed_start_job (feed, task, examine);
}

GPtrArray *
ui_feed_examine_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
