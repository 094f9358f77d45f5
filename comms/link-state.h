/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a link to slaves works: what was reported of it, and when it is opened again. The same for a serial line
 * and a TCP connection. No clock, no I/O; starts as zeros.
 *
 * An open link works only when something was heard on it: one that opens and falls again is no better than none,
 * so the pause between attempts grows until then, from a quarter of a second to COMMS_LINK_RETRY. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define COMMS_LINK_RETRY (5 * G_USEC_PER_SEC)   /* µs, longest pause between attempts to open */

typedef struct {
  gint64   pause;      /* µs before the next attempt to open; 0 = at once: it worked */
  gboolean opened;     /* it was open before */
  gboolean working;    /* so reported */
  char    *failure;    /* so reported, NULL = none */
} CommsLinkState;

/* An attempt to open it begins: the pause before the next one is longer. */
void     comms_link_state_attempt (CommsLinkState *state);
/* It is open. TRUE: not for the first time. */
gboolean comms_link_state_opened  (CommsLinkState *state);
/* Something was heard. TRUE: that it works is news. */
gboolean comms_link_state_heard   (CommsLinkState *state);
/* It cannot be opened, or fell. TRUE: that it failed, and so, is news. */
gboolean comms_link_state_failed  (CommsLinkState *state, const char *why);
void     comms_link_state_clear   (CommsLinkState *state);

G_END_DECLS
