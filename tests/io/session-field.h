/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the session server: a server on a free port, its reports in a queue, and modems that do as
 * they are told, right or wrong. Everything that waits has a deadline and fails the test by it. */
#pragma once

#include "comms/refusal.h"
#include "comms/rtu.h"
#include "comms/session-server.h"

typedef struct {
  GdpNetwork         *network;
  CommsSessionServer *server;
  GAsyncQueue        *reports;
  int                 full;      /* atomic: the sink takes nothing */
} Field;

/* Modems "modem-0" … with registration "GDP-0000" …, heartbeat "PING", units at addresses 1 … of one site
 * each, polled every @period seconds. Each has points ai1, ai2 (input registers 0, 1), and di1 when
 * @discrete. One more, "modem-long", has registration "GDP-0000-B" and no units. */
GdpNetwork *field_network (guint n_modems, guint n_units, double period, gboolean discrete);
/* Takes @network. @settings: listen is filled in. */
Field      *field_start   (GdpNetwork *network, CommsSessionSettings settings);
void        field_stop    (Field *field);

/* The next report of the kind, those before it dropped. (transfer full) */
CommsReport *field_wait       (Field *field, CommsReportKind kind);
/* The text of the next event of the kind. (transfer full) */
char        *field_wait_event (Field *field, GdpEventKind kind);
/* No report of the kind waits now; those that wait are dropped. */
void         field_assert_none (Field *field, CommsReportKind kind);
void         field_wait_sessions (Field *field, guint n);

int      modem_call     (Field *field);
int      modem_register (Field *field, const char *registration);   /* calls and sends it */
void     modem_send     (int fd, const void *bytes, gsize length);
void     modem_say      (int fd, const char *text);
/* The next request; the test fails without one. */
CommsRequest modem_asked (int fd);
gboolean modem_hears    (int fd, double seconds);   /* anything at all */
void     modem_answer   (int fd, const CommsRequest *request, guint16 first_value);
gsize    modem_frame    (const CommsRequest *request, guint16 first_value, guint8 *frame);
void     modem_wait_end (int fd);                   /* until the server hangs up; closes @fd */
