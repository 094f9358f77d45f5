/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals when a flood of alarms begins and ends: over all sites, as persons see it, whoever serves them. Every server
 * looks, by what all have journaled; the store takes each beginning and end once (data_store_note_flood()). */
#pragma once

#include "trouble.h"

G_BEGIN_DECLS

typedef struct ServerFloods ServerFloods;

/* @store, @server (its name), @trouble: borrowed. */
ServerFloods *server_floods_new  (DataStore *store, const char *server, ServerTrouble *trouble);
void          server_floods_free (ServerFloods *floods);
/* Once a second or so, while the store answers. Of what was journaled meanwhile it reads as much as takes some 20 ms. */
void          server_floods_look (ServerFloods *floods);

G_END_DECLS
