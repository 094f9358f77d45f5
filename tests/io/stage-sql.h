/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a test does to a store behind its back, in SQL that both engines take. */
#pragma once

#include "stage.h"

typedef struct StageSql StageSql;

/* They end the test on failure. */
StageSql *stage_sql_new  (const Stage *stage);
void      stage_sql_run  (StageSql *self, const char *sql);
/* The one integer that @sql gives. */
gint64    stage_sql_number (StageSql *self, const char *sql);
/* Until the database's server has noticed that processes that were killed are gone. */
void      stage_sql_settle (StageSql *self);
/* Nobody else can write from now on, until @self is freed. The store must have been created. */
void      stage_sql_lock (StageSql *self);
void      stage_sql_free (StageSql *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StageSql, stage_sql_free)

/* The URI of a fresh database in the cluster that GDP_TEST_POSTGRES names (tests/with-postgres); its end. */
char *stage_database_new  (void);
void  stage_database_drop (const char *uri);
