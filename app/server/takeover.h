/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server takes over with its part of the network, of what the store remembers: that of objects which were not its
 * own, and at its start also of those that nobody knows any more. Pure. */
#pragma once

#include "data/store.h"

G_BEGIN_DECLS

typedef struct {
  GdpNetwork       *whole, *part;   /* in the store; of it, what this server has now */
  const GdpNetwork *before;         /* … and had; NULL: it starts */
  const char       *server;
} ServerTakeover;

/* Leaves in @memory only alarms and readings that the engine is to take over. */
void       server_takeover_keep     (const ServerTakeover *takeover, DataChanges *memory);
/* Copies of commands that whoever took them will not finish: that was the run before this one, or it is lost and what they are
 * for is served here now. DataCommand*, the caller's each. (transfer container) */
GPtrArray *server_takeover_commands (const ServerTakeover *takeover, const DataChanges *memory);

G_END_DECLS
