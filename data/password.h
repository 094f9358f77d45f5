/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators' passwords: what is kept of one, whether another is the same, and how long is waited after wrong ones. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DATA_PASSWORD_LEAST 8      /* characters */
#define DATA_PASSWORD_MOST  256    /* bytes; libxcrypt takes 511 */

/* Why nobody should have @password: a message for people, English; NULL = it will do. */
const char *data_password_fault (const char *password);

/* What is kept of @password: its yescrypt hash (crypt(5), "$y$…") with a salt of its own, at the cost that libxcrypt
 * recommends: about 50 ms and 16 MiB. Not on a thread that draws. NULL: the system gave no salt or no memory, which
 * @error tells. (transfer full) */
char       *data_password_hash (const char *password, GError **error);

/* Whether @hash was made of @password; the time that it takes does not tell how much of it is right. */
gboolean    data_password_matches (const char *password, const char *hash);

/* How long nobody is let in, µs, after @failures wrong passwords in a row: the first three are mistyped, then it doubles
 * from 2 s to 30 s. Not more: somebody who guesses must not keep the dispatcher from the desk. */
gint64      data_password_pause (guint failures);

/* Overwrites the text, then frees it. @password: NULL = nothing. */
void        data_password_forget (char *password);

G_END_DECLS
