/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session of a unit that dials in, as the store remembers it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64  link;                    /* key */
  gint64  opened;                  /* server time, µs; with the link it tells sessions apart */
  gint64  closed;                  /* likewise; 0 = it is open */
  char   *why;                     /* it ended, in English; NULL while it is open */
  char   *peer;                    /* "tcp 10.1.2.3:40112" */
  gboolean well;                   /* it ended as it should: all delivered, or we ended it */
  gint    cause;                   /* of a BBT's call, gdp_call_cause_label(); -1 = it did not say */
  double  signal;                  /* dBm when it began, NaN = it did not say */
  /* Known when it is closed. */
  guint32 frames_in, frames_out;
  guint64 bytes_in, bytes_out;
  guint32 records;                 /* taken to be stored: a BBT's records, else answers */
  guint32 resends;                 /* of records that were stored already; requests that were repeated */
} GdpSession;

GdpSession *gdp_session_copy (const GdpSession *session);
void        gdp_session_free (GdpSession *session);
/* What @why begins with, when it is one of the reasons that comms/ gives: English, marked for translation; NULL: it
 * is none of them. What follows it says more. */
const char *gdp_session_reason (const char *why);
/* Each of them; NULL behind the last. */
const char *gdp_session_reason_at (guint i);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpSession, gdp_session_free)

G_END_DECLS
