/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What frames of the BBT session protocol mean: one struct a frame type (PROTOCOL.md 8), one encoder, one
 * decoder and one describer for all, driven by the tables of bbt-layout.c. Pure, and no allocation but for
 * error messages and descriptions. */
#pragma once

#include "bbt-frame.h"
#include "bbt-report.h"

G_BEGIN_DECLS

#define COMMS_BBT_ACKS       111   /* entries that fit one frame */
#define COMMS_BBT_THRESHOLDS 32
#define COMMS_BBT_ENTRIES    64
#define COMMS_BBT_COUNTERS   8
#define COMMS_BBT_BLOCK_MAX  900
#define COMMS_BBT_DATA_MAX   256

/* All times are µs UTC, cut to what the frame can carry (ms, or s where it has no ms); 0 = none. */

typedef struct { const guint8 *bytes; gsize length; } CommsBbtBytes;   /* borrowed */

typedef struct {
  char    serial[17], model[9];
  guint8  firmware[3];          /* major, minor, patch */
  guint8  hardware;
  guint64 imei;                 /* 0 = none */
  char    iccid[21];            /* digits, "" = none */
  guint32 boot;
  gint64  time;
  guint8  clock, supply;
  guint16 battery, mains;       /* mV, 0.1 V; 0xFFFF = not measured */
  gint8   signal, temperature;  /* dBm, °C; 0x7F = unknown */
  guint32 schedule_revision, settings_revision;
  guint32 oldest, waiting;
  guint8  flags, cause, authentication;
  guint8  nonce[8];
} CommsBbtIdent;

typedef struct { guint8 nonce[16]; } CommsBbtChallenge;
typedef struct { guint8 proof[16]; } CommsBbtProof;
typedef struct { gint64 time; guint16 idle; guint8 wanted, flags; } CommsBbtAccept;   /* wanted: 1 << stream */
typedef struct { gint64 next_call; guint8 reason; } CommsBbtBye;
typedef struct { guint8 code; guint32 about; guint16 wait; CommsBbtBytes text; } CommsBbtFault;
typedef struct { guint32 token; } CommsBbtPing;
typedef struct { guint32 token; gint64 time; } CommsBbtPong;

/* Rows: see bbt-archive.h. A decoded message's rows are whole and sound. */
typedef struct {
  guint8        stream, status, rows;
  guint32       boot, first, step, mask;
  gint64        time;           /* of the first row */
  CommsBbtBytes packed;         /* the first row and the others */
} CommsBbtArchive;

typedef struct { CommsBbtReport report; guint32 boot, detail; guint8 code, channel, bit; } CommsBbtEvent;

typedef struct { guint8 input; guint32 count; } CommsBbtCounter;
typedef struct {
  guint32         boot, number;
  gint64          time;
  guint8          status, n_counters;
  CommsBbtCounter counters[COMMS_BBT_COUNTERS];
} CommsBbtPulse;

typedef struct { guint32 boot, number; gint64 time; guint8 status, wire, cover, magnet; } CommsBbtSabotage;

typedef struct { guint8 stream; guint32 boot, through; } CommsBbtAckEntry;
typedef struct { guint8 n_entries; CommsBbtAckEntry entries[COMMS_BBT_ACKS]; } CommsBbtAck;

typedef struct { guint8 what, stream; gint64 from, to; } CommsBbtRequest;

typedef struct { guint8 channel, used; gint32 min, max; } CommsBbtThreshold;   /* used: 1 min, 2 max; raw */
typedef struct {
  guint32           revision;
  guint16           polling, confirmation;   /* s, min */
  guint8            accident, archive;       /* min */
  char              sms[16];
  guint8            n_thresholds;
  CommsBbtThreshold thresholds[COMMS_BBT_THRESHOLDS];
} CommsBbtSettings;

typedef enum { COMMS_BBT_ONCE = 1, COMMS_BBT_DAILY, COMMS_BBT_WEEKLY, COMMS_BBT_MONTHLY } CommsBbtEntryKind;
typedef struct { guint8 kind, day; guint16 minute; guint32 date; } CommsBbtScheduleEntry;
typedef struct {
  guint32               revision;
  gint16                zone;                /* min east of UTC */
  guint8                n_entries;
  CommsBbtScheduleEntry entries[COMMS_BBT_ENTRIES];
} CommsBbtSchedule;

typedef struct { guint8 port; guint32 baud; guint8 parity, stop_bits; } CommsBbtInterface;   /* 'N','E','O' */
typedef struct { guint8 step, output, state; guint32 token; gint64 not_after; } CommsBbtOutput;
typedef struct { guint8 version[3], hardware; guint32 size; guint8 digest[32]; } CommsBbtFirmware;
typedef struct { guint32 offset; CommsBbtBytes data; } CommsBbtBlock;
typedef struct { guint8 action; } CommsBbtInstall;
typedef struct { guint32 request; guint8 code; guint32 value; } CommsBbtResult;
typedef struct { guint8 port; guint16 idle; } CommsBbtOpen;
typedef struct { CommsBbtBytes bytes; } CommsBbtData;
typedef struct { guint8 reason; } CommsBbtClose;

typedef struct {
  guint8  type;                  /* CommsBbtType: which member of the union it is */
  guint32 sequence;
  union {
    CommsBbtIdent     ident;
    CommsBbtChallenge challenge;
    CommsBbtProof     proof;
    CommsBbtAccept    accept;
    CommsBbtBye       bye;
    CommsBbtFault     fault;
    CommsBbtPing      ping;
    CommsBbtPong      pong;
    CommsBbtReport    report;    /* LIVE, INCREMENT */
    CommsBbtArchive   archive;
    CommsBbtEvent     event;
    CommsBbtPulse     pulse;
    CommsBbtSabotage  sabotage;
    CommsBbtAck       ack;
    CommsBbtRequest   request;
    CommsBbtSettings  settings;
    CommsBbtSchedule  schedule;
    CommsBbtInterface interface;
    CommsBbtOutput    output;
    CommsBbtFirmware  firmware;
    CommsBbtBlock     block;
    CommsBbtInstall   install;
    CommsBbtResult    result;
    CommsBbtOpen      open;
    CommsBbtData      data;
    CommsBbtClose     close;
  };
} CommsBbtMessage;

/**
 * comms_bbt_decode:
 * @message: (out caller-allocates): borrows bytes from @frame's buffer
 *
 * FALSE with MALFORMED (the error names the field), TYPE, or RANGE; with RANGE the message is whole all the
 * same, so that a unit can answer a request with RESULT 2 where the server says FAULT 1.
 */
gboolean comms_bbt_decode (const CommsBbtFrame *frame, CommsBbtMessage *message, GError **error);

/**
 * comms_bbt_encode:
 * @payload: room for COMMS_BBT_PAYLOAD_MAX bytes
 *
 * Returns the payload's length; 0 with RANGE (a value or a list that the frame may not carry) or TYPE.
 */
gsize comms_bbt_encode (const CommsBbtMessage *message, guint8 *payload, GError **error);

/* "SETTINGS #7 revision=1f3a… polling=60 …": appended to @text, one line, ASCII. For logs and dumps. */
void comms_bbt_describe (const CommsBbtMessage *message, GString *text);

/* The revision that a SETTINGS or SCHEDULE payload must have: the first 4 bytes of the SHA-256 of it, its
 * own first four taken as zero. @length ≥ 4. */
guint32 comms_bbt_revision (const guint8 *payload, gsize length);
/* The same of what the message would be; what its revision holds does not matter. 0 when it cannot be encoded. */
guint32 comms_bbt_message_revision (const CommsBbtMessage *message);

G_END_DECLS
