/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is calling: the first bytes of a connection against the registrations of the configured modems.
 *
 * A registration has no end of its own: it may come in several segments, with or without CR or LF, with a
 * heartbeat glued to it, and may be the beginning of another one. So matching says how sure it is. Pure. */
#pragma once

#include "gdp/network.h"

G_BEGIN_DECLS

#define COMMS_REGISTRATION_MAX 128   /* bytes; a longer registration never matches */

typedef struct CommsRegistrations CommsRegistrations;

typedef enum {
  COMMS_REGISTRATION_PART,      /* the beginning of a known one: wait for the rest */
  COMMS_REGISTRATION_KNOWN,     /* this one, whatever follows */
  COMMS_REGISTRATION_PERHAPS,   /* this one, unless more comes soon: a longer one begins with these bytes */
  COMMS_REGISTRATION_UNKNOWN,   /* none, whatever follows */
} CommsRegistrationMatch;

/* The registrations of @network's MODEM links, and of those elsewhere, CR and LF at their ends taken off.
 * Keeps nothing of it. */
CommsRegistrations *comms_registrations_new  (const GdpNetwork *network);
void                comms_registrations_free (CommsRegistrations *registrations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsRegistrations, comms_registrations_free)

/**
 * comms_registrations_match:
 * @link: (out): with KNOWN and PERHAPS the link's index, G_MAXUINT = one of those elsewhere
 * @used: (out): with KNOWN and PERHAPS the bytes that were the registration, CR and LF around it included
 */
CommsRegistrationMatch comms_registrations_match (const CommsRegistrations *registrations,
                                                  const guint8 *bytes, gsize length, guint *link,
                                                  gsize *used);

/* What a stranger sent, fit for a journal: printable ASCII as it is, the rest as \xNN, at most 64 bytes of
 * it and a note how many there were. (transfer full) */
char *comms_registration_printable (const guint8 *bytes, gsize length);

G_END_DECLS
