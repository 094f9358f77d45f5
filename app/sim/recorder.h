/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a BBT has to tell and keeps until it is acknowledged (comms/PROTOCOL.md 5): its streams, bounded, oldest
 * first, each record under its boot and number. Pure. */
#pragma once

#include "comms/bbt-archive.h"

G_BEGIN_DECLS

#define SIM_RECORDER_MOST    400   /* records a stream that wait for their acknowledgement */
#define SIM_RECORDER_HISTORY 48    /* acknowledged rows that can be asked for again */

/* EVENT, PULSE and SABOTAGE as they will be sent; a row (type ARCHIVE) as its values. */
typedef struct {
  guint32 boot, number;
  gint64  time;          /* µs by the unit's clock */
  guint32 mask, detail;
  guint8  type, status;
  guint8  code, channel, bit;     /* EVENT; PULSE: code counters; SABOTAGE: wire, cover, magnet */
  guint8  values[];      /* of mask; PULSE: five bytes a counter */
} SimRecord;

typedef struct {
  GQueue  records;       /* SimRecord*; the first @acked are history */
  guint   acked;
  guint32 number;        /* of the last one of this boot */
  GList  *unsent;        /* the first that this session has not sent; NULL = all are */
  guint64 acknowledged;  /* records so far */
} SimStream;

typedef struct {
  guint32   boot;
  gboolean  lost;        /* memory overflowed since the last acknowledged record */
  guint     overflow;    /* records that it cost, until sim_recorder_overflow() */
  SimStream streams[COMMS_BBT_N_STREAMS];   /* [0] is not used */
  guint64   made, forgotten;  /* records in all; forgotten by overflow */
} SimRecorder;

/* @boot: of its first records; must exceed that of any that the same unit ever sent. */
void sim_recorder_init  (SimRecorder *recorder, guint32 boot);
void sim_recorder_clear (SimRecorder *recorder);

/* A new boot: numbers begin again. Records stay. */
void sim_recorder_boot  (SimRecorder *recorder);

/* Each makes one record under the next number, and may push the oldest one out.
 * @message: EVENT, PULSE or SABOTAGE; its boot and number are set here. */
void sim_recorder_event (SimRecorder *recorder, const CommsBbtMessage *message);
void sim_recorder_row   (SimRecorder *recorder, CommsBbtStream stream, const CommsBbtReport *row);
/* Records lost since it was last asked. */
guint sim_recorder_overflow (SimRecorder *recorder);

/* A session begins: what is not acknowledged is sent again. */
void sim_recorder_rewind (SimRecorder *recorder);
/* Boot and number of the first record that this session has not sent; FALSE: there is none. */
gboolean sim_recorder_unsent (const SimRecorder *recorder, CommsBbtStream stream, CommsBbtAckEntry *first);

/**
 * sim_recorder_next:
 * @message: (out): the next frame of the stream; borrows from the record or from @packer
 * @through: (out): number of its last record
 *
 * Takes it as sent. Returns its boot; 0: there is none.
 */
guint32 sim_recorder_next (SimRecorder *recorder, CommsBbtStream stream, CommsBbtPacker *packer,
                            CommsBbtMessage *message, guint32 *through);

/* Rows of @stream made in @from … @to (µs, included) and already sent or acknowledged, from (boot, number) after
 * @after on: one frame of them. Those never sent come by sim_recorder_next(). FALSE: no more. */
gboolean sim_recorder_again (const SimRecorder *recorder, CommsBbtStream stream, gint64 from, gint64 to,
                             const CommsBbtAckEntry *after, CommsBbtPacker *packer, CommsBbtMessage *message,
                             guint32 *through);
/* Rows made in that time, sent or not; @last (out): the newest of them. */
guint    sim_recorder_count (const SimRecorder *recorder, CommsBbtStream stream, gint64 from, gint64 to,
                             CommsBbtAckEntry *last);

void  sim_recorder_acknowledge (SimRecorder *recorder, const CommsBbtAckEntry *entry);
/* Records not acknowledged, all streams; number of the oldest archive row among them, 0 = none. */
guint64 sim_recorder_acknowledged (const SimRecorder *recorder);   /* so far, all streams */
guint   sim_recorder_waiting (const SimRecorder *recorder);
guint32 sim_recorder_oldest  (const SimRecorder *recorder);

G_END_DECLS
