/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes TCP connections to one place from inside a loop, without ever blocking it: looks its name up, tries
 * its addresses one after the other. Where a name led is remembered: a name is looked up anew only after
 * connecting there failed, and while it cannot be, what is remembered is tried again. So a name server that is
 * away keeps nobody from coming back. */
#pragma once

#include "loop.h"

G_BEGIN_DECLS

#define COMMS_DIAL_TIMEOUT (3 * G_USEC_PER_SEC)   /* µs for each address */

typedef struct CommsDial CommsDial;

typedef struct {
  void (*trying)    (gpointer user_data);                  /* one more address: see comms_dial_next() */
  void (*connected) (uv_tcp_t *tcp, gpointer user_data);   /* (transfer full): comms_dial_hang_up() it */
  /* @why: English: "10.0.3.7 port 502: Connection refused". comms_dial_start() may call it before it returns. */
  void (*failed)    (const char *why, gpointer user_data);
} CommsDialCalls;

/* To be called before the program's second thread, once: some 60 names that no server knows hold up nobody else's
 * then, and not two as libuv has it. The threads come to be with the first look-up. */
void       comms_dial_prepare (void);

/* @host: a name or an address, or NULL (dialing fails); @calls: borrowed. */
CommsDial *comms_dial_new   (CommsLoop *loop, const char *host, guint16 port, const CommsDialCalls *calls,
                             gpointer user_data);
void       comms_dial_free  (CommsDial *dial);   /* stopped */

/* Begins; ends with one call of connected or failed, unless it is stopped. The connection is close-on-exec,
 * has no delay, and reports an error by itself when sent bytes stay unconfirmed for 10 s: a peer that lost its
 * power says nothing. */
void       comms_dial_start (CommsDial *dial);
/* The address that is being tried has had its time: the next. Nothing while a name is looked up. */
void       comms_dial_next  (CommsDial *dial);
/* Nothing is called any more. A look-up that is under way keeps the loop running until it ends. */
void       comms_dial_stop  (CommsDial *dial);
void       comms_dial_hang_up (uv_tcp_t *tcp);

G_END_DECLS
