/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that owns the console's connection to the store. It reads what changed, hands it
 * whole to the main loop, and does there what may block: posting (fsync) and journal pages.
 *
 * At most one delta is under way: while the main loop is busy the thread does not read on, and
 * the next delta simply holds more. */
#pragma once

#include "data/doctor.h"
#include "data/flood.h"
#include "data/outlook.h"
#include "data/trial.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct UiFeed UiFeed;

typedef struct {
  DataChanges *changes;  /* NULL when reading failed */
  GdpNetwork  *network;  /* when the configuration changed, else NULL */
  GPtrArray   *operators; /* DataOperator, when roles or passwords may have changed, else NULL */
  char        *user;      /* with them: see data_store_user() */
  guint        turn;      /* likewise: how far signing in and out had come, and whether somebody was */
  gboolean     signed_in;
  GdpFlood    *flood;    /* with the whole state, else NULL; the callee may steal both */
  GdpCourses  *courses;
  gint64       read;     /* monotonic µs: what was posted by then is in it */
  gint64       ahead;    /* µs that the store's clock is ahead of this machine's; with changes */
  GError      *error;    /* why reading failed, else NULL */
} UiDelta;

/* On the main loop. @delta is the callee's to read, not to keep; it may steal `network`. */
typedef void (*UiDeltaFunc) (UiDelta *delta, gpointer user_data);

UiFeed *ui_feed_new  (const char *uri, UiDeltaFunc func, gpointer user_data);
/* Joins the thread. No call of the function comes after it. */
void    ui_feed_stop (UiFeed *feed);

/* Posts @command (transfer full); the command's id, or -1. */
void    ui_feed_post_async  (UiFeed *feed, DataCommand *command, GAsyncReadyCallback callback,
                             gpointer user_data);
gint64  ui_feed_post_finish (GAsyncResult *result, GError **error);

/* Signs @name in on the feed's connection, until ui_feed_sign_out() also on those that come after it. @where: see
 * data_store_sign_in(). @turn: counts on from one call of these to the next. */
void     ui_feed_sign_in_async  (UiFeed *feed, const char *name, const char *password, const char *where, guint turn,
                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean ui_feed_sign_in_finish (GAsyncResult *result, GError **error);
/* @why: for the journal, or NULL. */
void     ui_feed_sign_out       (UiFeed *feed, const char *why, guint turn);

/* Imports @network (transfer none: shared) in the name of @who. */
void     ui_feed_import_async  (UiFeed *feed, GdpNetwork *network, const char *who, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean ui_feed_import_finish (GAsyncResult *result, GError **error);

/* Orders the image of @file for @links (gint64, keys; shared), of @wish version, model and hardware; without @file what is
 * under way to them is given up. */
void     ui_feed_firmware_async  (UiFeed *feed, const GdpWish *wish, const char *file, GArray *links, const char *who,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean ui_feed_firmware_finish (GAsyncResult *result, GError **error);

typedef struct {
  GPtrArray *events;     /* GdpEvent*, newest first */
  guint64    hidden;     /* records that the filter and the limit leave out */
  DataJournalHead head;  /* of the journal as it was then, or a moment later */
} UiJournalPart;
void           ui_journal_part_free (UiJournalPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiJournalPart, ui_journal_part_free)

/* @filter is copied. */
void           ui_feed_journal_async  (UiFeed *feed, const DataJournalFilter *filter,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
UiJournalPart *ui_feed_journal_finish (GAsyncResult *result, GError **error);

/* Examines each of @links (indexes into @network, borrowed for the call): one array of DataPatient a link. */
void           ui_feed_examine_async  (UiFeed *feed, GdpNetwork *network, const guint *links, guint n_links,
                                       gint64 now, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
GPtrArray     *ui_feed_examine_finish (GAsyncResult *result, GError **error);

/* As data_outlook() (feed-history.c): DataOutlook. */
void           ui_feed_outlook_async  (UiFeed *feed, GdpNetwork *network, guint site, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
GArray        *ui_feed_outlook_finish (GAsyncResult *result, GError **error);

/* As data_trial_run(), over the last @length µs. */
void           ui_feed_trial_async  (UiFeed *feed, GdpNetwork *network, guint point, const GdpLimits *limits, gint64 length,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
DataTrial     *ui_feed_trial_finish (GAsyncResult *result, GError **error);

G_END_DECLS
