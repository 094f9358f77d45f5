/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's hash chain: each record's hash covers the record and the hash before it.
 *
 * hash = SHA-256 (hash of the record before, 32 bytes (zeros for the first) || canonical bytes)
 * The canonical bytes are these fields in this order, each as a netstring ("5:alarm,", length in
 * bytes), or "-," for one that is absent; numbers are written in decimal:
 *   seq, kind (its word), occurred, learned, site, object, who, before, after, text, priority
 * The same on every backend, so that a journal can be checked by anyone with a SHA-256. */
#pragma once

#include "gdp/event.h"

G_BEGIN_DECLS

#define DATA_HASH_SIZE 32

/* @kind: the word as stored (it may be one that this program does not know). @hash may be @previous. */
void data_journal_hash (const guint8 previous[DATA_HASH_SIZE], const char *kind, const GdpEvent *event,
                        guint8 hash[DATA_HASH_SIZE]);

G_END_DECLS
