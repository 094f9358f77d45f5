/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Polls the units behind a modem with Modbus RTU, through whatever carries bytes there and back: a
 * transparent modem's connection, or mode T of a BBT. A state machine whose inputs are bytes, a deadline, and
 * room in the queue; belongs to the session server's thread. */
#pragma once

#include "session-server-private.h"
#include "writing.h"

G_BEGIN_DECLS

typedef struct {
  /* All or nothing. FALSE: it could not, and the owner has ended what carries the bytes. */
  gboolean (*send)   (gpointer owner, const guint8 *bytes, gsize length);
  void     (*wait)   (gpointer owner, gint64 at);   /* comms_poller_due() at this monotonic µs, instead of before */
  void     (*block)  (gpointer owner);              /* the queue is full: nothing but comms_poller_resume() */
  void     (*silent) (gpointer owner);              /* no unit answers any more: end it, so that it is made anew */
} CommsPollerCalls;

typedef enum {
  COMMS_POLLER_RESTING,   /* no unit is due */
  COMMS_POLLER_AWAITING,  /* a request is out */
  COMMS_POLLER_DRAINING,  /* an answer went wrong or may still come for a request given up: what comes is dropped */
  COMMS_POLLER_BLOCKED,   /* the queue is full */
  COMMS_POLLER_OVER,      /* `send` failed or `silent` was called */
  COMMS_POLLER_N_STATES
} CommsPollerState;

/* private, but for its state; here because thousands of them live inside their owners */
typedef struct {
  const CommsPollerCalls *calls;
  gpointer            owner;
  CommsSessionServer *server;
  CommsModem         *modem;
  const guint8       *bytes;       /* not yet understood; the owner's, only during a call */
  guint32             n_bytes;
  guint8              state;
  guint8              owed;        /* requests out that may still be answered */
  guint16             n_answers;   /* good ones in `report` */
  gint64              started;     /* monotonic µs: of the last request */
  gint64              until;       /* monotonic µs: what is waited for */
  CommsReport        *report;      /* owned: the poll under way, or NULL */
  CommsWriting       *writing;     /* owned: the order under way, or NULL; then it is its answer that is awaited */
  guint16             slot, block; /* the modem's unit that is polled, and how far */
  guint16             refused;     /* a block to be split when the poll ends */
} CommsPoller;

/* All borrowed. @modem: comms_modem_begin() was called. */
void  comms_poller_init  (CommsPoller *poller, CommsSessionServer *server, CommsModem *modem,
                          const CommsPollerCalls *calls, gpointer owner);
/* Orders that were not carried out have failed. */
void  comms_poller_clear (CommsPoller *poller);

/* An order for one of the modem's units, a WRITE, goes ahead of what is to be read. (transfer full) If the
 * poller rests it has to be told by comms_poller_due() that there is something to do. */
void  comms_poller_order  (CommsPoller *poller, CommsOrder *order);

/* Begins, and goes on. Each is told all bytes that came and were not used yet, and returns how many it used:
 * the rest, with what came meanwhile, is for the next call. */
gsize comms_poller_start  (CommsPoller *poller, const guint8 *bytes, gsize length);
gsize comms_poller_take   (CommsPoller *poller, const guint8 *bytes, gsize length);   /* more bytes came */
gsize comms_poller_due    (CommsPoller *poller, const guint8 *bytes, gsize length);
gsize comms_poller_resume (CommsPoller *poller, const guint8 *bytes, gsize length);   /* room in the queue */

G_END_DECLS
