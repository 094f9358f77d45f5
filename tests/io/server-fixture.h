/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdp-server as a process on TCP slaves and a store, seen by a second process through the feed. */
#pragma once

#include "stage.h"
#include "tcp-slave.h"
#include "watch.h"

#define NAME "east"

typedef struct {
  Stage       *stage;
  TcpSlave    *slave;
  GSubprocess *server;
  Watch       *watch;
  char        *log;
} Fixture;

/* Two slaves whose registers say 1 kPa; nothing runs yet. */
void set_up    (Fixture *f, gconstpointer data);
/* The server, if any, ends in good order; its log is shown. */
void tear_down (Fixture *f, gconstpointer data);

/* The first @n sites of watch_network() on the slaves; the server on their store, and a watch. */
void import_sites (Fixture *f, guint n);
void start        (Fixture *f);
/* Ends @server and says how it ended: exit code, or minus the signal. */
int  end          (GSubprocess **server, int signal_number);

/* The point's key in the store. */
gint64   point_key (Fixture *f, const char *id);
/* For watch_until(): the server's heart has beaten since *@since (gint64). */
gboolean is_alive  (Watch *watch, gconstpointer since);

#define ADD(name, func) g_test_add ("/server/" name, Fixture, NULL, set_up, func, tear_down)
