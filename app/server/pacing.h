/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the next commit is due. Pure.
 *
 * What a person waits for is committed at once. Plain samples are committed at once too as long as
 * commits are rare, so a lone change is durable within a commit's time. Time earns credit, commits
 * spend it: when samples keep coming, committing takes 1 / SERVER_PACING_SHARE of the time, and no
 * sample waits longer than SERVER_PACING_LONGEST. However fast the disk is, a commit costs
 * SERVER_PACING_LEAST: readers are woken by each, so of few samples seven a second are enough.
 *
 * Readings earn credit, too: two hundred are worth a commit, which then costs little beside what they have cost until
 * they came here. So the more there is to do, the sooner it is known: of 20,000 a second each within milliseconds.
 *
 * Where readings come by the dozen, as they do of lines that share a beat, those that come first are given
 * SERVER_PACING_GATHER for the others to join them: a commit each would make both wait, and cost twice as much.
 *
 * A unit that waits for its ACK holds its line and its battery awake: SERVER_PACING_AWAITED at most. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SERVER_PACING_SHARE   50
#define SERVER_PACING_LONGEST (200 * 1000)   /* µs */
#define SERVER_PACING_AWAITED (25 * 1000)    /* µs */
#define SERVER_PACING_LEAST   (3 * 1000)     /* µs that a commit counts for at least */
#define SERVER_PACING_CREDIT  (20 * 1000)    /* µs of committing that can be saved up */
#define SERVER_PACING_READING 15             /* µs of committing that a reading earns */

#define SERVER_PACING_GATHER  1000           /* µs */
#define SERVER_PACING_DOZENS  8              /* readings that a commit usually holds, where they come so */

typedef struct {
  gint64 ended;    /* monotonic µs when the last commit ended; 0 = none yet */
  gint64 credit;   /* µs of committing, as of then; negative = debt */
  double usual;    /* readings of a commit, the last eight above all */
} ServerPacing;

/* So many readings will be committed next. */
void   server_pacing_given     (ServerPacing *pacing, guint readings);
/* A commit took from @began to @ended, monotonic µs. */
void   server_pacing_committed (ServerPacing *pacing, gint64 began, gint64 ended);
/* Monotonic µs from which a batch of so many @readings, that was begun at @since and may wait @patience µs after the
 * commit before it, may be committed. */
gint64 server_pacing_due       (const ServerPacing *pacing, guint readings, gint64 since, gint64 patience);

G_END_DECLS
