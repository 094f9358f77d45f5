/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything of comms/ that runs for one network: a line for each Modbus link, and the session
 * server for all modems. Main thread, but for resuming. */
#pragma once

#include "comms/order.h"
#include "comms/sink.h"
#include "config.h"
#include "data/store.h"
#include "trouble.h"

G_BEGIN_DECLS

typedef struct ServerField ServerField;

/* NULL when the server has what it takes to reach @link; else what is missing and what to do, English. */
const char  *server_field_missing (const ServerConfig *config, const GdpLink *link);

/* @sink: borrowed; where all reports go. */
ServerField *server_field_new     (const CommsSink *sink, ServerTrouble *trouble);
void         server_field_free    (ServerField *field);   /* stopped */

/* What the store holds of BBTs' records: element-type GdpStreamMark; and of the units: GdpDevice*. Before each start:
 * another server may have served them meanwhile. */
void         server_field_remember (ServerField *field, const GArray *marks, const GPtrArray *devices);
/* Passes an order on to whoever serves its link; a COMMS_REPORT_RESULT tells what came of it. @link, @unit: keys,
 * because whoever orders may know another configuration's indexes; of @order these do not count (@unit counts for
 * a WRITE). FALSE: no report will come. Any thread. */
gboolean     server_field_order   (ServerField *field, const CommsOrder *order, gint64 link, gint64 unit,
                                   GError **error);

/* A configuration is about to change to @network and @config: ends what they do not leave as it is. On return no
 * report is made of that any more; the rest goes on as if nothing was, its reports mean the same in either network. */
void         server_field_release (ServerField *field, GdpNetwork *network, const ServerConfig *config);
/* Between release and start: whether link @index of the network that was goes on, and its sessions with it. */
gboolean     server_field_keeps   (const ServerField *field, guint index);
/* Starts reading every link that is not read yet and not server_field_missing(). Nothing here fails for good: what
 * cannot start is in the trouble, and server_field_retry() tries again. */
void         server_field_start   (ServerField *field, GdpNetwork *network, const ServerConfig *config);
/* On return no thread of the field runs, and no report is made any more. */
void         server_field_stop    (ServerField *field);
void         server_field_retry   (ServerField *field);
/* The queue has room again. Any thread. */
void         server_field_resume  (ServerField *field);
/* Counters of links and units that have changed since they were told last: element-type DataTraffic, owned by server
 * @owner, at most @most of them (what is left comes with the next calls), NULL = none. Each call looks at a
 * @share-th of all, so that nobody is held up by thousands of rows at once. (transfer full) */
GArray      *server_field_traffic (ServerField *field, const char *owner, guint share, guint most);
/* Callers turned away since the last time this was asked: element-type DataStranger; NULL = none. (transfer full) */
GPtrArray   *server_field_strangers (ServerField *field);

G_END_DECLS
