/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A second process's view of a store: follows the feed as a console does, and waits for what should come. */
#pragma once

#include "data/store.h"

#include <gio/gio.h>

typedef void (*WatchNote) (const DataChanges *changes, gpointer user_data);

typedef struct {
  DataStore  *store;
  WatchNote   note;         /* shown everything that comes, or NULL */
  gpointer    note_data;
  gint64      seq;
  guint       wholes;       /* how often the whole state came instead of changes */
  guint64     n_readings;
  GHashTable *readings;     /* point's key → GdpReading*: the newest */
  GHashTable *alarms;       /* id → GdpAlarm* */
  GHashTable *commands;     /* id → DataCommand* */
  GHashTable *servers;      /* name → DataServer* */
  GPtrArray  *events;       /* GdpEvent*, all that came */
} Watch;

Watch *watch_new  (const char *uri, DataAccess access);
void   watch_free (Watch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watch, watch_free)

/* Takes what there is. */
void     watch_look (Watch *watch);
/* Waits until @met, at most @seconds. */
typedef gboolean (*WatchFunc) (Watch *watch, gconstpointer data);
gboolean watch_until (Watch *watch, WatchFunc met, gconstpointer data, double seconds);

/* Ends the test unless it comes (tests/patience.h): with what there is instead, and what the servers logged. */
void watch_expect         (Watch *watch, WatchFunc met, gconstpointer data, const char *what);
void watch_expect_value   (Watch *watch, gint64 point, double value, GdpReason reason);
void watch_expect_alarm   (Watch *watch, const char *id, GdpAlarmState state);
void watch_expect_event   (Watch *watch, GdpEventKind kind, const char *object, const char *text);   /* NULL = any */
void watch_expect_trouble (Watch *watch, const char *server, const char *text);                      /* NULL = none */
/* Posts and waits for its end. */
DataCommandState watch_command (Watch *watch, const char *kind, const char *object, gint64 argument, char **result);

const GdpReading *watch_reading (Watch *watch, gint64 point);
const GdpAlarm   *watch_alarm   (Watch *watch, const char *id);
const DataServer *watch_server  (Watch *watch, const char *name);
guint             watch_n_events (Watch *watch, GdpEventKind kind, const char *object);

/* ---- a network on TCP slaves, and the server that reads it ---- */

/* Sites "GDP-000" …, each on a link of its own "tcp-0" … to 127.0.0.1:@ports[i], a unit "upmp" polled every
 * @period seconds, analog points "ai1".."ai8" (raw register = µA, 0..10 kPa, H 8 and HH 9) and discrete "di1".."di8". */
GdpNetwork *watch_network (guint n_sites, const guint16 *ports, double period);
/* The register's value for @value kPa. */
guint16     watch_raw     (double value);
void        watch_import  (const char *uri, const GdpNetwork *network);

/* What a server writes to, to be shown when an expectation fails. */
void         watch_remember_log (const char *path);
/* gdp-server on @uri, sessions off; more arguments, then NULL. Its log goes to @log (appended) and is remembered. */
GSubprocess *watch_start_server (const char *uri, const char *log, ...) G_GNUC_NULL_TERMINATED;
