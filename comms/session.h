/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection of a unit, or what UDP has instead: a transparent modem (session-modem.c) or a BBT
 * (bbt-session.c). A state machine whose inputs are bytes, a deadline, and room in the queue; belongs to the
 * session server's thread. */
#pragma once

#include "session-server-private.h"

G_BEGIN_DECLS

/* Why a session ends. Each has its words, and for a BBT its FAULT, in session.c. */
typedef enum {
  COMMS_SESSION_HUNG_UP, COMMS_SESSION_LOST, COMMS_SESSION_CLOGGED, COMMS_SESSION_REPLACED,
  COMMS_SESSION_SILENT, COMMS_SESSION_UNKNOWN, COMMS_SESSION_UNREGISTERED, COMMS_SESSION_STOPPED,
  COMMS_SESSION_CHANGED,
  /* of a BBT only */
  COMMS_SESSION_DONE, COMMS_SESSION_FAULTED, COMMS_SESSION_MALFORMED, COMMS_SESSION_VERSION,
  COMMS_SESSION_UNKNOWN_SERIAL, COMMS_SESSION_PROOF, COMMS_SESSION_MAC, COMMS_SESSION_SEQUENCE,
  COMMS_SESSION_UNEXPECTED, COMMS_SESSION_SLOW, COMMS_SESSION_IDLE, COMMS_SESSION_NEWER, COMMS_SESSION_TRAFFIC,
  COMMS_SESSION_BUSY, COMMS_SESSION_NO_PROOF, COMMS_SESSION_NO_KEY, COMMS_SESSION_OTHER_UNIT, COMMS_SESSION_NO_RESULT,
  COMMS_SESSION_RENEWED, COMMS_SESSION_FORGOTTEN,
  /* of a server that has a part of the links only */
  COMMS_SESSION_PASSED_ON, COMMS_SESSION_ELSEWHERE,
  COMMS_SESSION_N_ENDS
} CommsSessionEnd;

/* @fd: taken. The session frees itself after it has closed. */
CommsSession *comms_session_open (CommsSessionServer *server, int fd, const struct sockaddr *peer);
/* As if @bytes had just been read of it; borrowed for the call. */
void comms_session_begin_with (CommsSession *session, const guint8 *bytes, gsize length);
/* A BBT that sent a datagram: nothing has been read of it yet. */
CommsSession *comms_session_open_udp (CommsSessionServer *server, const struct sockaddr *peer);
/* A datagram: one frame, checked. */
void comms_session_datagram (CommsSession *session, const guint8 *bytes, gsize length);
/* The one place where sessions end. @detail: more than the reason's own words, or NULL. */
void comms_session_close  (CommsSession *session, CommsSessionEnd why, const char *detail);
void comms_session_due    (CommsDeadline *deadline);   /* the deadline of a session has come */
void comms_session_resume (CommsSession *session);     /* there is room in the queue again */
/* Whose it is, or says it is: index into the network, G_MAXUINT = not known yet. */
guint comms_session_link  (const CommsSession *session);
/* "10.0.3.7", with the port when @with_port. (transfer full) */
char *comms_session_address (const struct sockaddr *peer, gboolean with_port);

G_END_DECLS
