/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store of its own, and a network to put into it. The store is a file, or with GDP_TEST_ENGINE=postgresql a database
 * of the cluster that tests/with-postgres starts. */
#pragma once

#include <sys/types.h>

#include "data/store.h"

typedef struct { char *folder, *path, *uri; } Stage;   /* path: of the file; NULL on PostgreSQL */

gboolean stage_on_postgres (void);

Stage *stage_new  (void);
void   stage_free (Stage *stage);     /* removes the database, the folder and all in it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

/* Opens or ends the test. */
DataStore *stage_open (const Stage *stage, DataAccess access);

/* @n_sites sites "GDP-000" … on one TCP link "tcp-0", each with a unit "upmp" and @n_points analog points "p0" … */
GdpNetwork *stage_network (guint n_sites, guint n_points);

/* Adds to @changes: a reading of @point, received 1 ms after @time or at @received; an event that carries @number as text. */
void stage_add_reading (GdpChanges *changes, gint64 point, gint64 time, double value);
void stage_add_late    (GdpChanges *changes, gint64 point, gint64 time, gint64 received, double value);
void stage_add_event   (GdpChanges *changes, gint64 time, gint64 number);
/* Commits @changes (not NULL) and empties it; ends the test on failure. Returns the number. */
gint64 stage_commit (DataStore *store, GdpChanges *changes, gboolean durable);

/* Everything after @since, and the last number given; they end the test on failure. */
DataChanges *stage_changes     (DataStore *store, gint64 since);
gint64       stage_last_number (DataStore *store);

/* Runs @func in a process of its own, which ends with @func (a failed assertion aborts it). */
typedef void (*StageFunc) (const Stage *stage, gpointer data);
pid_t stage_fork (const Stage *stage, StageFunc func, gpointer data);
/* Waits for it and checks that it ended well. */
void  stage_join (pid_t child);
