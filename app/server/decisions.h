/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that are a person's decisions about alarms: what each takes, and the engine's function for it. */
#pragma once

#include "data/store.h"

G_BEGIN_DECLS

/* FALSE: it is no decision. @act: (out): what its person must be allowed to. */
gboolean server_decisions_know (const char *kind, GdpAct *act);
/* Makes a decision that is known; @role: of the person; @now: server time. The error is the engine's, or REFUSED: the command
 * lacks something. */
gboolean server_decisions_make (GdpEngine *engine, const DataCommand *command, GdpRole role, gint64 now, GdpChanges *changes,
                                GError **error);

G_END_DECLS
