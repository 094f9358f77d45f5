/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection of a modem: who it is, then its units polled with Modbus RTU. A state machine whose
 * inputs are bytes, a deadline, and room in the queue; belongs to the session server's thread. */
#pragma once

#include "session-server-private.h"

G_BEGIN_DECLS

/* Why a session ends. Each has its words in session.c. */
typedef enum {
  COMMS_SESSION_HUNG_UP, COMMS_SESSION_LOST, COMMS_SESSION_CLOGGED, COMMS_SESSION_REPLACED,
  COMMS_SESSION_SILENT, COMMS_SESSION_UNKNOWN, COMMS_SESSION_UNREGISTERED, COMMS_SESSION_STOPPED,
  COMMS_SESSION_CHANGED,
} CommsSessionEnd;

/* @fd: taken. The session frees itself after it has closed. */
void comms_session_open   (CommsSessionServer *server, int fd, const struct sockaddr *peer);
/* The one place where sessions end. @detail: more than the reason's own words, or NULL. */
void comms_session_close  (CommsSession *session, CommsSessionEnd why, const char *detail);
void comms_session_due    (CommsDeadline *deadline);   /* the deadline of a session has come */
void comms_session_resume (CommsSession *session);     /* there is room in the queue again */
/* "10.0.3.7", with the port when @with_port. (transfer full) */
char *comms_session_address (const struct sockaddr *peer, gboolean with_port);

G_END_DECLS
