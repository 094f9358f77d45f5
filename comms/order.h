/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server wants of a unit: an output switched, and of a BBT also rows again, new firmware … Orders are
 * queued per link and carried out one after another while their unit can be reached; how each ended comes back as a
 * COMMS_REPORT_RESULT with the command's id. One whose command waits there already is not queued twice. */
#pragma once

#include "gdp/profile.h"

G_BEGIN_DECLS

typedef enum {
  COMMS_ORDER_LIVE,       /* a report now */
  COMMS_ORDER_ARCHIVE,    /* rows of a stream once more; those that are stored stay stored once */
  COMMS_ORDER_INTERFACE,  /* how the unit's interface is set for mode T */
  COMMS_ORDER_OUTPUT,     /* select, operate, or both */
  COMMS_ORDER_FIRMWARE,   /* a new image, in blocks, resumed in the next session where this one ends */
  COMMS_ORDER_GIVE_UP,    /* end what a FIRMWARE began */
  COMMS_ORDER_FORGET,     /* its board was replaced: nothing that the server knows of the old one counts any more */
  COMMS_ORDER_WRITE,      /* of one register or coil of a Modbus slave, on any link but a BBT's own unit */
  COMMS_N_ORDER_KINDS
} CommsOrderKind;

typedef enum {
  COMMS_OUTPUT_SWITCH,    /* select, and operate when that was granted */
  COMMS_OUTPUT_SELECT = 1, COMMS_OUTPUT_OPERATE, COMMS_OUTPUT_CANCEL,   /* as PROTOCOL.md 24 numbers them */
} CommsOutputStep;

typedef struct {
  CommsOrderKind kind;
  gint64  command;        /* id, for the result; 0 = nobody asks */
  guint   link;           /* index into the network */
  gint64  expires;        /* server time, µs: what the unit has not begun by then is not done; 0 = it may wait
                             for a call, however late. An OUTPUT and a WRITE must have one. */
  gboolean at_once;       /* fails when its unit is not in session, instead of waiting for it until it expires */
  guint   tries;          /* private */
  union {
    struct { guint8 stream; gint64 from, to; } archive;   /* 1, 3, 4 of PROTOCOL.md 5; µs UTC */
    struct { guint8 port; guint32 baud; char parity; guint8 stop_bits; } interface;
    struct { CommsOutputStep step; guint8 output; gboolean on; guint32 token; } output;   /* 1–8; OPERATE and
                                                             CANCEL: the token of their SELECT */
    /* unit: index; address: its own, of the slave; table: COILS or HOLDING_REGISTERS */
    struct { guint unit; guint8 address; GdpTable table; guint16 start, value; } write;
    struct { gint64 which; } give_up;   /* the FIRMWARE's command; 0 = whatever there is */
    /* image: owned; model: "" = whatever it is; a unit of another model or hardware refuses */
    struct { guint8 version[3], hardware; char model[9]; GBytes *image; } firmware;
  };
} CommsOrder;

/* A copy of @template; the image is shared. */
CommsOrder *comms_order_new  (const CommsOrder *template);
void        comms_order_free (CommsOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsOrder, comms_order_free)

typedef enum { COMMS_ORDER_ERROR_LINK, COMMS_ORDER_ERROR_INVALID, COMMS_ORDER_ERROR_FULL } CommsOrderError;
#define COMMS_ORDER_ERROR (comms_order_error_quark ())
GQuark comms_order_error_quark (void);

/* FALSE: a number is not one that a unit can be asked for; the error says which and what would be right. */
gboolean comms_order_check (const CommsOrder *order, GError **error);

/* "switch output 2 on", English, for the journal. (transfer full) */
char    *comms_order_describe (const CommsOrder *order);

G_END_DECLS
