/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by session.c (state, getters, commands) and session-apply.c (what the feed brings). */
#pragma once

#include "picture.h"
#include "session.h"

G_BEGIN_DECLS

struct _UiSession {
  GObject      parent_instance;

  DataCatalogue *catalogue; /* borrowed, or NULL */

  /* owned */
  char        *uri, *person, *where;
  char        *meant;       /* for whom the program was started; NULL = somebody has signed in since */
  UiFeed      *feed;
  UiPicture   *picture;
  GListStore  *sites;       /* UiSite, sorted */
  GHashTable  *site_of;     /* id → UiSite */
  GPtrArray   *by_index;    /* UiSite, borrowed from sites, by network index */
  UiAlarmList *alarms;
  GHashTable  *occurrences; /* id of an alarm that ever occurred → how often */
  GHashTable  *below;       /* id of an alarm → how many are suppressed by design because of it */
  GHashTable  *points;      /* index → UiPoint on the screen, borrowed (weak) */
  GHashTable  *pending;     /* id of a command of ours → monotonic time when it was known to be posted */
  GHashTable  *tasks;       /* id of a command that somebody waits for → its GTask, owned */
  DataServer  *server;      /* whose heartbeat is followed */
  GHashTable  *late;        /* name → DataServer, those of whose spools the store has not got everything yet */
  char        *trouble;     /* why the store cannot be read, NULL = it can */

  GListStore  *field;       /* UiFieldUnit, in order of site */
  GHashTable  *field_of;    /* link id → UiFieldUnit */
  GPtrArray   *field_at;    /* UiFieldUnit, borrowed, by link's index; NULL = does not dial in */
  GListStore  *strangers;   /* UiStranger, the latest first */
  UiWantedFunc wanted[UI_N_WANTED];
  guint        field_stamp;

  GPtrArray   *operators;   /* DataOperator; none = everybody may everything */
  GdpRole      role;        /* of the person; GDP_N_ROLES = none */
  UiSign       sign;
  gboolean     given;       /* the database knows its users: who connected is who acts */
  guint        turn;        /* of the last signing in or out that was asked for */
  gint64       sign_since;  /* as ui_session_clock () */

  GdpFlood    *flood;       /* NULL until everything was read, both */
  GdpCourses  *courses;

  UiState      state;
  gint64       state_since; /* as ui_session_clock () */
  gboolean     loaded;
  UiPulse      pulse;
  gint64       ahead;       /* µs of the store's clock on this machine's; 0 = they agree */
  guint        tick, silence;  /* sources */
  guint        unacked[UI_N_PRIORITIES + 1], active[UI_N_PRIORITIES + 1], suppressed;
};

/* session-apply.c */
void ui_session_take_delta    (UiDelta *delta, gpointer session);   /* a UiDeltaFunc */
void ui_session_point_gone    (gpointer session, GObject *where);   /* a GWeakNotify */
void ui_session_forget_points (UiSession *self);
/* session-field.c */
void ui_session_init_field      (UiSession *self);
void ui_session_finalize_field  (UiSession *self);
void ui_session_configure_field (UiSession *self, GdpNetwork *network);
void ui_session_apply_devices   (UiSession *self, const GPtrArray *devices, gboolean whole);
void ui_session_apply_wishes    (UiSession *self, const GPtrArray *wishes, gboolean whole);
void ui_session_apply_strangers (UiSession *self, const GPtrArray *strangers, gboolean whole);
void ui_session_touch_field     (UiSession *self, guint link);   /* its contact changed */
/* session-flood.c */
void ui_session_apply_flood    (UiSession *self, UiDelta *delta);   /* that has changes */
void ui_session_finalize_flood (UiSession *self);
/* session-rights.c */
void ui_session_apply_operators (UiSession *self, const UiDelta *delta);
/* session-command.c */
/* TRUE: somebody waited for it. */
gboolean ui_session_command_ended   (UiSession *self, const DataCommand *command);
/* A whole state was read, at @read: of commands posted before that are not open in @commands nobody tells any more. */
void     ui_session_miss_commands   (UiSession *self, const GPtrArray *commands, gint64 read);
/* Nobody will hear of them any more. */
void     ui_session_forget_commands (UiSession *self);
/* session.c */
void ui_session_take_server    (UiSession *self, const DataServer *server);
void ui_session_update_state   (UiSession *self);

G_END_DECLS
