/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One open serial line: one question, one answer, and the silence between.
 *
 * Before every request the line has been silent for 3.5 characters (1.75 ms above 19200 baud; Modbus over
 * Serial Line V1.02, 2.5.1.1), counted from when the last byte was read, whatever came before: an answer, an
 * error, a timeout. Bytes that nobody asked for are thrown away until it is.
 * An answer is waited for as long as the request and the whole answer take on the wire plus the
 * turnaround of the slave, COMMS_TURNAROUND unless told otherwise (the specification leaves it to the
 * application; UPMP-class slaves need 5..100 ms, USB adapters add 1..16 ms).
 * A slave that has not answered twice is given less: twice the longest turnaround that the line has shown
 * of late, and a little, so that it costs the others little; every third question it has all the time
 * again, should it be alive and slow.
 * After a timeout the answer may still come. It would pass for the next one of the same slave, so the
 * caller repeats the very same request, and after the first good answer of that slave the line is
 * listened to for two timeouts before anything else is asked.
 *
 * Why not libmodbus: it knows no silence, waits twice for each answer with select(), and so on descriptors
 * below 1024 alone, and cannot be told when to wake. */
#pragma once

#include "gdp/network.h"
#include "pdu.h"

G_BEGIN_DECLS

#define COMMS_TURNAROUND (300 * 1000)   /* µs */

typedef enum {
  COMMS_ANSWER_GOOD,
  COMMS_ANSWER_NONE,        /* nothing within the timeout, or not all of it */
  COMMS_ANSWER_CHECKSUM,    /* bytes arrived damaged */
  COMMS_ANSWER_WRONG,       /* of another slave or function, of another length */
  COMMS_ANSWER_EXCEPTION,   /* the slave refuses; its Modbus exception code in `exception` */
  COMMS_ANSWER_NO_TARGET,   /* a gateway says that the slave behind it does not answer */
  COMMS_ANSWER_NOISE,       /* the line is never silent, so nothing was asked */
  COMMS_ANSWER_LINE_GONE,   /* unplugged: close and open again */
  COMMS_N_ANSWERS
} CommsAnswer;

typedef struct {
  guint8 exception;         /* Modbus exception code, 0 = none */
  guint  us;                /* from the request to the end of waiting */
  guint  bytes_out, bytes_in;
  guint8 other;             /* slave that answered in the place of the one asked, 0 = none */
  guint  unasked;           /* bytes thrown away: before the request, or behind the answer */
  int    number;            /* errno behind anything but GOOD */
} CommsExchange;

typedef struct CommsConnection CommsConnection;

/* @link: borrowed, MODBUS_RTU. @turnaround: µs that a slave may take to begin its answer. The calling thread,
 * which is to be the one that asks, becomes punctual. NULL: @error says why, see comms_serial_open(). */
CommsConnection *comms_connection_open  (const GdpLink *link, gint64 turnaround, GError **error);
void             comms_connection_close (CommsConnection *connection);

/* @values: (out): as comms_rtu_response(). @exchange: (out). Blocks. */
CommsAnswer comms_connection_ask   (CommsConnection *connection, const CommsQuery *read, guint16 *values,
                                    CommsExchange *exchange);
/* What is asked next is not what was not answered: before @read the line is listened to until no answer to that
 * can come any more. */
void        comms_connection_settle (CommsConnection *connection, const CommsQuery *read);
/* FALSE: unplugged. Does not block. */
gboolean    comms_connection_alive (CommsConnection *connection);
/* English, for people: "no answer in 0.35 s". */
char       *comms_connection_describe (CommsAnswer answer, const CommsExchange *exchange);

G_END_DECLS
