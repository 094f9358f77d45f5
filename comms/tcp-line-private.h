/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by tcp-line.c (the connection and what is polled) and tcp-line-order.c (what is written). */
#pragma once

#include "dial.h"
#include "link-state.h"
#include "mbap.h"
#include "poll-schedule.h"
#include "slave.h"
#include "tcp-line.h"
#include "writing.h"

G_BEGIN_DECLS

typedef enum {
  PAUSING,      /* between two attempts to connect */
  DIALING,
  RESTING,      /* connected, no unit is due */
  AWAITING,     /* a request is out */
  BLOCKED,      /* the queue is full: nobody is asked */
  STOPPED,
  N_STATES
} State;

struct CommsTcpLine {
  CommsLoop         *loop;       /* borrowed */
  guint              link;
  CommsDeadline      deadline;
  State              state;
  CommsMeter        *meter;      /* what belongs to no slave */
  GArray            *slaves;     /* CommsSlave */
  CommsPollSchedule *schedule;
  CommsDial         *dial;
  CommsLinkState     health;

  GQueue             orders;     /* CommsOrder, owned: not begun */
  CommsWriting       writing;    /* the one under way: then what is awaited is its answer, not a block's */

  uv_tcp_t          *tcp;        /* owned; NULL = not connected */
  guint              asked;      /* slave that is polled */
  gint64             asked_at;   /* monotonic µs */
  guint16            transaction;
  guint16            n_asked;    /* on this connection, up to REMEMBERED */
  guint16            n_unasked;  /* frames since the last request that do not answer it */
  guint16            n_bytes;
  guint8             bytes[COMMS_MBAP_MAX];   /* not yet understood */
};

/* ---- tcp-line-order.c ---- */

/* An order is under way: what is asked is its question. */
gboolean    comms_tcp_line_writes        (const CommsTcpLine *line);
CommsSlave *comms_tcp_line_ordered       (const CommsTcpLine *line);   /* whom it is for */
/* Makes the next one the one under way, if none is. Those that come too late end here. */
void        comms_tcp_line_begin_orders  (CommsTcpLine *line);
/* Nothing can be done of what waits. */
void        comms_tcp_line_refuse_orders (CommsTcpLine *line, const char *why);
/* What became of the question of the one under way; it may end with that. @value NULL: the slave refused. */
void        comms_tcp_line_written       (CommsTcpLine *line, const guint16 *value, const char *why);
void        comms_tcp_line_write_failed  (CommsTcpLine *line, const char *why);
void        comms_tcp_line_write_lost    (CommsTcpLine *line, const char *why);

G_END_DECLS
