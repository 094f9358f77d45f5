/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a record was really made: the unit's clock need only run, not be right (PROTOCOL.md 6). Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define COMMS_BBT_CLOCK_NEAR (2 * G_USEC_PER_SEC)   /* a clock this near is left alone */

typedef struct {
  gint64 offset;   /* µs to be added to what the unit says in `era`; 0 when it is near */
  guint8 era;      /* that ran at IDENT */
} CommsBbtClock;

/* @told: the unit's clock in IDENT, µs; @now: the server's; @clock_byte: of IDENT. */
void   comms_bbt_clock_learn (CommsBbtClock *clock, gint64 told, gint64 now, guint8 clock_byte);
/* Source time of a record that says @told with @status. @doubtful (out): nobody can be sure of it. */
gint64 comms_bbt_clock_date  (const CommsBbtClock *clock, gint64 told, guint8 status, gint64 received,
                              gboolean *doubtful);

G_END_DECLS
