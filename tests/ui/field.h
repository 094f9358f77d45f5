/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A field and a server in one, small enough for a test: a real store, the real engine, sites of a
 * catalogue variant. Time goes on only when the test says so; the heart beats only then, too. */
#pragma once

#include "data/catalogue.h"
#include "data/store.h"

typedef struct Field Field;

/* @n_sites sites "GDP-001" … in a store in a folder of its own, imported but not yet served. */
Field      *field_new     (guint n_sites);
/* The same on the store @uri, which is kept. */
Field      *field_new_at  (const char *uri, guint n_sites);
void        field_free    (Field *field);   /* closes, and removes its own folder */
const char *field_uri     (const Field *field);
const char *field_path    (const Field *field);   /* of the store's file */
GdpNetwork *field_network (const Field *field);

void        field_serve   (Field *field);   /* registers the server; its heart beats once */
/* One turn of the server: every unit that is not mute answers with its points as they are set,
 * posted decisions about alarms are executed as the server does, the heart beats, all is committed. */
void        field_turn    (Field *field);
/* Lets the program run, and @field (or nobody: NULL) take five turns a second, until @done; at most @seconds.
 * FALSE: it did not come. */
gboolean    field_run     (Field *field, gboolean (*done) (gpointer data), gpointer data, double seconds);
/* The value of "GDP-001/outlet1" from now on, in its unit; 0 or 1 for a discrete point. */
void        field_set     (Field *field, const char *point, double value);
/* The loop current of an analog point, to break its wire. */
void        field_set_raw (Field *field, const char *point, double raw);
/* Its samples say @reason from now on instead of a value; NONE: a value again. */
void        field_doubt   (Field *field, const char *point, GdpReason reason);
/* Its heart says from now on that so many batches, since @since, wait in its spool. */
void        field_spool   (Field *field, guint batches, gint64 since);
void        field_mute    (Field *field, const char *site, gboolean mute);
const GdpAlarm *field_alarm (Field *field, const char *id);   /* borrowed; NULL = never */
