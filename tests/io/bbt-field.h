/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the session server: the BBTs that it knows, their keys, and a server with them. */
#pragma once

#include "session-field.h"

/* Links "bbt-0" …: serials "U0" …, and one modem. U1 has no key; behind U2 is a slave at address 1 (points ai1,
 * ai2 of input registers 0, 1); U3 has settings and a schedule. Each has a report unit with points on ai1, ai2,
 * di1, battery. */
enum { PEER_LINKS = 4, PEER_POINTS = 4, PEER_KEYLESS = 1, PEER_SLAVE = 2, PEER_SETTINGS = 3 };
GdpNetwork   *peer_network (void);
/* The key of U@link; the keys of all but U1 (transfer full). */
void          peer_key     (guint link, guint8 key[COMMS_BBT_KEY_SIZE]);
CommsBbtKeys *peer_keys (void);
/* A server with them, UDP on; @settings' other fields as given. */
Field        *peer_field (CommsSessionSettings settings);
