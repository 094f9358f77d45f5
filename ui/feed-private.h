/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by feed.c (the thread, what changes, jobs) and feed-sign.c (who is signed in). */
#pragma once

#include "feed.h"

G_BEGIN_DECLS

struct UiFeed {
  /* set once */
  char         *uri;
  UiDeltaFunc   func;
  gpointer      user_data;
  GMainContext *main, *context;
  GMainLoop    *loop;
  GThread      *thread;

  /* the thread's */
  DataStore    *store;
  GSource      *wake, *look, *soon;
  gint64        looked;        /* monotonic µs: when it read last */
  gint64        seq, revision;
  GPtrArray    *operators;     /* as told last; NULL = not yet */
  gint64        roles_due;     /* monotonic µs: where the database knows its users, they are looked up again then */
  gboolean      again;         /* something may have changed while a delta was under way */
  guint         failures, every; /* ms */
  char         *name, *password, *where; /* who is signed in, also on the next connection; NULL = nobody */
  guint         turn;            /* of the last signing in or out */

  /* both */
  int           under_way;     /* atomic: a delta is on its way to the main loop */
  int           stopped;       /* atomic */
};

/* feed.c: @work runs on the thread, or the task fails because there is no store. */
void ui_feed_start_job  (UiFeed *feed, GTask *task, void (*work) (UiFeed *feed, GTask *task));

/* feed-sign.c, on the thread. */
/* With new changes in @delta: adds the operators, when they may be others than before. */
gboolean ui_feed_read_operators (UiFeed *feed, UiDelta *delta);
/* On a new connection. TRUE also when whoever was signed in is not any more; FALSE: the store does not work. */
gboolean ui_feed_sign_again  (UiFeed *feed, GError **error);
void     ui_feed_sign_forget (UiFeed *feed);

G_END_DECLS
