/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of the units' keys: a line "SERIAL 64-HEX-DIGITS" for each unit; # begins a comment. */
#pragma once

#include "bbt-key.h"

G_BEGIN_DECLS

typedef struct CommsBbtKeys CommsBbtKeys;

#define COMMS_BBT_KEYS_ERROR (comms_bbt_keys_error_quark ())
typedef enum {
  COMMS_BBT_KEYS_ERROR_FILE,     /* cannot be read */
  COMMS_BBT_KEYS_ERROR_OPEN,     /* everybody may read it */
  COMMS_BBT_KEYS_ERROR_LINE,     /* one that is wrong */
} CommsBbtKeysError;
GQuark comms_bbt_keys_error_quark (void);

/* Errors name @file, with LINE also the line; none repeats a key. Refused (OPEN) when others than its owner
 * and group may read or write it: who has a unit's key can speak for it. */
CommsBbtKeys *comms_bbt_keys_read  (const char *file, GError **error);
/* @file: for messages. Pure. */
CommsBbtKeys *comms_bbt_keys_parse (const char *file, const char *text, gsize length, GError **error);
CommsBbtKeys *comms_bbt_keys_ref   (CommsBbtKeys *keys);
/* The last one wipes them from memory. */
void          comms_bbt_keys_unref (CommsBbtKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsBbtKeys, comms_bbt_keys_unref)

/* The key's COMMS_BBT_KEY_SIZE bytes (borrowed), or NULL. */
const guint8 *comms_bbt_keys_find (const CommsBbtKeys *keys, const char *serial);
guint         comms_bbt_keys_count (const CommsBbtKeys *keys);

/* 1–16 of 0-9 A-Z a-z . _ - */
gboolean      comms_bbt_serial_valid (const char *serial);

G_END_DECLS
