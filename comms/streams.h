/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the record streams of every BBT have come (PROTOCOL.md 5): what was taken from the unit, and what of
 * it is committed, so that a record sent again is neither stored twice nor acknowledged too early.
 *
 * One for the whole program, and longer-lived than the session server: when that starts anew on another
 * configuration, reports of before may still wait for their commit. */
#pragma once

#include "sink.h"

G_BEGIN_DECLS

#define COMMS_N_STREAMS 5

typedef struct { guint32 boot, number; } CommsPlace;   /* of a record in its stream */

typedef struct CommsStreams CommsStreams;

/* The streams of one link. The session thread reads and takes; commits come from any thread, thousands at once:
 * no locks, what both touch is atomic. */
typedef struct CommsUnitStreams CommsUnitStreams;
struct CommsUnitStreams {
  CommsStreams     *all;
  guint64           taken[COMMS_N_STREAMS];    /* places, boot above number */
  guint64           stored[COMMS_N_STREAMS];
  guint             n_waiting;   /* reports between taking and commit */
  guint8            changed;     /* bits: streams whose `stored` has grown and that nobody has asked for */
  CommsUnitStreams *next;        /* of those with changes */
  guint8            generation;  /* of all that is known: reports of before it was forgotten do not count */
  /* the session thread's */
  guint32           n_sessions;  /* opened so far */
  guint8            hardware;    /* of the board that called last … */
  gboolean          knows_board; /* … if it is known */
  guint64           imei;        /* 0 = it did not say */
  char              serial[17];  /* of whom all this is, "" = whoever has the link */
  guint             link;        /* who serves it now: index into its network */
};

CommsStreams *comms_streams_new   (void);
CommsStreams *comms_streams_ref   (CommsStreams *streams);
void          comms_streams_unref (CommsStreams *streams);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsStreams, comms_streams_unref)

/* What the store says is committed; never moves a place backwards. @link: its key. */
void comms_streams_load   (CommsStreams *streams, gint64 link, guint stream, guint32 boot, guint32 through);

/* How many sessions the store knows of. */
void          comms_streams_load_sessions (CommsStreams *streams, gint64 link, guint32 n_sessions);

/* The board that called last, as the store knows it. */
void          comms_streams_load_board (CommsStreams *streams, gint64 link, guint64 imei, guint8 hardware);

/* @wake is called (from any thread) when comms_streams_next() has something; NULL: nobody listens any more,
 * and on return it is not being called. */
void comms_streams_listen (CommsStreams *streams, void (*wake) (gpointer user_data), gpointer user_data);
/* The next link whose records were committed since it was last asked for, and in @changed which streams, as
 * bits; NULL: none. The session thread only. */
CommsUnitStreams *comms_streams_next (CommsStreams *streams, guint *changed);

/* Lives as long as @streams. @key: of the link. Another @serial than before is another unit: nothing is known of it. */
CommsUnitStreams *comms_streams_of   (CommsStreams *streams, gint64 key, guint link, const char *serial);

/* Nothing is known of it any more but how often it has called. The session thread only. */
void       comms_unit_streams_forget (CommsUnitStreams *unit);
/* How many of the @count records from @first on were taken before: those stand at the front. @lost (out): how
 * many were jumped over before @first. */
guint      comms_unit_streams_known  (CommsUnitStreams *unit, guint stream, CommsPlace first, guint count,
                                      guint32 *lost);
/* @report holds the records of @stream up to and including @through: when it is committed they are stored;
 * when it is freed without, they were never taken. */
void       comms_unit_streams_take   (CommsUnitStreams *unit, guint stream, CommsPlace through,
                                      CommsReport *report);
/* A record came again: it is to be acknowledged again, as far as it is stored. */
void       comms_unit_streams_again  (CommsUnitStreams *unit, guint stream);
CommsPlace comms_unit_streams_stored (CommsUnitStreams *unit, guint stream);
guint      comms_unit_streams_waiting (CommsUnitStreams *unit);
/* The highest boot that any record taken had. */
guint32    comms_unit_streams_boot   (CommsUnitStreams *unit);

G_END_DECLS
