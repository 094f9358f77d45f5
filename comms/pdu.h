/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modbus PDUs (function and data, without address and checksum), pure: what RTU and TCP frames share.
 * Modbus Application Protocol V1.1b3, chapter 6. */
#pragma once

#include "gdp/profile.h"

G_BEGIN_DECLS

#define COMMS_PDU_MAX 253

/* What a master asks of a slave: a read, or a write of one coil or holding register (count 1; functions 5 and 6). */
typedef struct {
  guint8   address;    /* slave 1..247 */
  GdpTable table;      /* read functions 1..4 */
  guint16  start, count;
  gboolean write;
  guint16  value;      /* to be written; of a coil 0 or 1 */
} CommsQuery;

/* A request as a slave sees it. */
typedef struct {
  CommsQuery    query;     /* what is read or written; count 1 for functions 5 and 6 */
  guint8        function;  /* 1..6, 15, 16 */
  const guint8 *written;   /* borrowed from the request: comms_pdu_unpack() it; NULL = a read */
} CommsRequest;

typedef enum {
  COMMS_RTU_ERROR_SHORT,      /* not all there yet: read on */
  COMMS_RTU_ERROR_CRC, COMMS_RTU_ERROR_ADDRESS, COMMS_RTU_ERROR_FUNCTION,
  COMMS_RTU_ERROR_LENGTH,     /* byte count does not fit the request, or a count out of its range */
  COMMS_RTU_ERROR_EXCEPTION,  /* code in the message and in `exception` */
} CommsRtuError;
#define COMMS_RTU_ERROR (comms_rtu_error_quark ())
GQuark comms_rtu_error_quark (void);

/* What is answered when a request is well framed but cannot be served. */
enum {
  COMMS_EXCEPTION_FUNCTION = 1,   /* to COMMS_RTU_ERROR_FUNCTION */
  COMMS_EXCEPTION_ADDRESS = 2,    /* registers that it does not have */
  COMMS_EXCEPTION_VALUE = 3,      /* to COMMS_RTU_ERROR_LENGTH */
  COMMS_EXCEPTION_FAILURE = 4,
  COMMS_EXCEPTION_GATEWAY_PATH = 10, COMMS_EXCEPTION_GATEWAY_TARGET = 11,   /* of a gateway, not of the slave */
};

/* Bytes that @count registers or bits of @table take, packed. */
gsize comms_pdu_packed_size (GdpTable table, guint count);
/* Packed bytes → one word a register, or one word (0/1) a bit. */
void  comms_pdu_unpack      (GdpTable table, guint count, const guint8 *packed, guint16 *values);

/* Of a good answer: a write's is the request once more. */
gsize comms_pdu_answer_size (const CommsQuery *read);

/* The master's side. Puts down the request, returns its length (5). */
gsize    comms_pdu_request         (const CommsQuery *read, guint8 *pdu);
/* From the first bytes: how long the whole answer is. FALSE with SHORT, FUNCTION, LENGTH. */
gboolean comms_pdu_response_length (const CommsQuery *read, const guint8 *pdu, gsize length,
                                    gsize *whole, GError **error);
/* @pdu is whole. @values of a write: the one that was confirmed. FALSE with EXCEPTION and its code; with LENGTH
 * when another write is confirmed than was asked. */
gboolean comms_pdu_response        (const CommsQuery *read, const guint8 *pdu, guint16 *values,
                                    guint8 *exception, GError **error);

/* The slave's side. From the first bytes: how long the whole request is. FALSE with SHORT, FUNCTION. */
gboolean comms_pdu_request_length  (const guint8 *pdu, gsize length, gsize *whole, GError **error);
/* @pdu is whole; sets all but the address. FALSE with FUNCTION or LENGTH, `function` set even then. */
gboolean comms_pdu_parse_request   (const guint8 *pdu, gsize length, CommsRequest *request, GError **error);
/* @values: one word a register or bit of a read; not looked at for a write. Returns the length. */
gsize    comms_pdu_respond         (const CommsRequest *request, const guint16 *values, guint8 *pdu);
gsize    comms_pdu_exception       (guint8 function, guint8 code, guint8 *pdu);

G_END_DECLS
