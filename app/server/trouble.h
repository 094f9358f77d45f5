/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ails the server, subject by subject, for its heartbeat, the log and the journal. Any thread. */
#pragma once

#include "data/store.h"

G_BEGIN_DECLS

typedef struct ServerTrouble ServerTrouble;

/* @text NULL: it is over. Must not call back. */
typedef void (*ServerTroubleFunc) (const char *subject, const char *text, gpointer user_data);

/* Nothing ails, nobody listens. */
ServerTrouble *server_trouble_new  (void);
void           server_trouble_free (ServerTrouble *trouble);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerTrouble, server_trouble_free)

/* @text NULL: it is over. Logged when it changes, and only then. */
void           server_trouble_set  (ServerTrouble *trouble, const char *subject, const char *text);
/* Likewise, but whoever listens is told even when only the text changes. */
void           server_trouble_turn (ServerTrouble *trouble, const char *subject, const char *text);
/* Whether @why (or NULL) is one that nothing helps against but to end: the store is another one now, or a newer program's. */
gboolean       server_trouble_heed (ServerTrouble *trouble, const GError *why);
/* Whether a store that could not be opened, because of @why (or NULL), may be there again without anybody having done
 * something to the programs or their configuration. */
gboolean       server_trouble_passes (const GError *why);
/* Then, why the server must end; else NULL. (transfer full) */
char          *server_trouble_ending (ServerTrouble *trouble);
/* What it is with @subject; NULL = nothing. (transfer full) */
char          *server_trouble_of (ServerTrouble *trouble, const char *subject);
/* Everything, "subject: text; …" by subject; NULL when there is nothing. (transfer full) */
char          *server_trouble_text (ServerTrouble *trouble);

/* Calls @func for what ails it now, and from then on when a trouble begins or ends, not when only
 * its text changes. NULL: no more; on return no call is under way. */
void           server_trouble_listen (ServerTrouble *trouble, ServerTroubleFunc func, gpointer user_data);

G_END_DECLS
