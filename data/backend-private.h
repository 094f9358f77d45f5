/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a backend is to store.c: one table of functions, each with the meaning that store.h gives
 * the function of the same name. A new backend is one more table and one row in store.c. */
#pragma once

#include "store.h"

G_BEGIN_DECLS

typedef struct DataBackend DataBackend;

/* A backend's own struct starts with this. */
struct DataStore {
  const DataBackend *backend;
  char              *uri;
  DataAccess         access;
};

struct DataBackend {
  const char *scheme;                 /* what stands before the ':' of the URI */

  /* @place is the URI after "scheme:"; `uri` and `access` are filled in by store.c. */
  DataStore  *(*open)   (const char *place, DataAccess access, GError **error);
  void        (*close)  (DataStore *store);

  GdpNetwork *(*network)         (DataStore *store, GError **error);
  gint64      (*revision)        (DataStore *store, GError **error);
  gboolean    (*import)          (DataStore *store, const GdpNetwork *network, const char *who, gint64 now,
                                  GError **error);

  GPtrArray  *(*operators)       (DataStore *store, GError **error);
  gboolean    (*appoint)         (DataStore *store, const char *name, GdpRole role, const char *who, gint64 now,
                                  GError **error);
  gboolean    (*may)             (DataStore *store, const char *who, GdpAct act, GError **error);

  gboolean    (*post)            (DataStore *store, DataCommand *command, gint64 now, GError **error);
  GPtrArray  *(*posted)          (DataStore *store, GError **error);
  gboolean    (*take)            (DataStore *store, gint64 id, const char *server, gint64 now, GError **error);
  gboolean    (*expire)          (DataStore *store, gint64 now, GError **error);

  gboolean    (*commit)          (DataStore *store, const DataBatch *batch, gint64 *seq, GError **error);
  GArray     *(*marks)           (DataStore *store, GError **error);
  gboolean    (*start_server)    (DataStore *store, const DataServer *server, GError **error);
  gboolean    (*heartbeat)       (DataStore *store, const DataServer *server, GError **error);
  gboolean    (*stop_server)     (DataStore *store, const DataServer *server, GError **error);
  gboolean    (*claim_links)     (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gint64 now,
                                  char **refusals, GError **error);
  gboolean    (*leave_links)     (DataStore *store, const gint64 *links, gsize n, const DataServer *server, gboolean keep,
                                  GError **error);
  gboolean    (*put_traffic)     (DataStore *store, const DataTraffic *traffic, gsize n, GError **error);
  GArray     *(*traffic)         (DataStore *store, GError **error);
  gboolean    (*traffic_of)      (DataStore *store, gboolean link, gint64 key, DataTraffic *traffic, GError **error);
  GPtrArray  *(*sessions)        (DataStore *store, const DataSessionFilter *filter, GError **error);

  gboolean    (*want_firmware)    (DataStore *store, const GdpWish *wish, GBytes *image, const gint64 *links, guint n,
                                   const char *who, gint64 now, GError **error);
  gboolean    (*give_up_firmware) (DataStore *store, const gint64 *links, guint n, const char *who, gint64 now,
                                   GError **error);
  GPtrArray  *(*wishes)           (DataStore *store, gint64 since, GError **error);
  GBytes     *(*firmware)         (DataStore *store, const char *digest, GError **error);

  gboolean    (*put_strangers)   (DataStore *store, const char *server, const GPtrArray *strangers, GError **error);

  DataChanges *(*changes)        (DataStore *store, gint64 since, GError **error);
  int         (*wake_fd)         (DataStore *store, GError **error);
  void        (*woken)           (DataStore *store);
  GPtrArray  *(*journal)         (DataStore *store, const DataJournalFilter *filter, guint64 *hidden,
                                  GError **error);
  gboolean    (*history)         (DataStore *store, gint64 point, gint64 since, gint64 until,
                                  DataReadingFunc func, gpointer user_data, GError **error);
  gboolean    (*verify)          (DataStore *store, GString *report, GError **error);
};

extern const DataBackend data_sqlite_backend;

G_END_DECLS
