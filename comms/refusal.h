/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Callers that were turned away: each address and string is told once an interval, the rest is counted,
 * and a flood of strangers fills neither the journal nor the memory. Pure: time comes in. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define COMMS_REFUSALS_MAX 256   /* remembered, and told at most in one interval */

typedef struct {
  char   *address;       /* "10.0.3.7" */
  char   *serial;        /* of a BBT; NULL = it spoke another language */
  char   *text;          /* what it sent, printable */
  char   *why;           /* it was refused the last time */
  gint64  first, last;   /* µs */
  gint64  told;          /* when it was last journaled, µs */
  guint64 count;
} CommsRefusal;

typedef struct CommsRefusals CommsRefusals;

CommsRefusals *comms_refusals_new  (gint64 interval);   /* µs */
void           comms_refusals_free (CommsRefusals *refusals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsRefusals, comms_refusals_free)

/* TRUE: tell this one; @untold (out) refusals of anyone were not told since the last that was. @serial: NULL = none. */
gboolean   comms_refusals_add  (CommsRefusals *refusals, const char *address, const char *serial, const char *text,
                                const char *why, gint64 now, guint64 *untold);
/* Copies, the latest first; for approving units in commissioning.
 * (transfer full) (element-type CommsRefusal) */
GPtrArray *comms_refusals_list (const CommsRefusals *refusals);

G_END_DECLS
