/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends a connection whose other end says nothing for too long. TCP's own time limits find a peer that is gone; they do not find
 * one whose kernel still answers: a database that is stopped, starved or hung, or something between that takes what is sent and
 * brings nothing. libpq itself would wait for ever. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct PostgresGuard PostgresGuard;

/* @patience: µs. NULL is a guard that does nothing. */
PostgresGuard *postgres_guard_new   (gint64 patience);
void           postgres_guard_free  (PostgresGuard *guard);

/* @socket: of the connection, valid until another is named; -1 = none, or one that may take its time. */
void           postgres_guard_watch (PostgresGuard *guard, int socket);

/* From here on the database is waited for. FALSE: it is already. */
gboolean       postgres_guard_begin (PostgresGuard *guard);
/* @began: what begin returned. */
void           postgres_guard_end   (PostgresGuard *guard, gboolean began);

G_END_DECLS
