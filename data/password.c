/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "password.h"

#include "store.h"

#include <crypt.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

#define FREE_TRIES    3
#define FIRST_PAUSE   2    /* s */
#define LONGEST_PAUSE 30   /* s */

const char *
data_password_fault (const char *password)
{
  if (!g_utf8_validate (password, -1, NULL))
    return N_("a password is text in UTF-8");
  if (g_utf8_strlen (password, -1) < DATA_PASSWORD_LEAST)
    return N_("a password has at least 8 characters");
  if (strlen (password) > DATA_PASSWORD_MOST)
    return N_("a password has at most 256 bytes");
  for (const char *at = password; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return N_("a password has no control characters");
  return NULL;
}

/* "é" and "e´" look alike, and which of them is typed is the keyboard's business. */
static char *
normalized (const char *password)
{
  char *same = g_utf8_normalize (password, -1, G_NORMALIZE_NFC);

  return same != NULL ? same : g_strdup (password);
}

/* The hash of @password with the salt and cost of @setting; NULL with errno set. */
static char *
hash (const char *password, const char *setting)
{
  struct crypt_data *space = g_new0 (struct crypt_data, 1);
  char *plain = normalized (password);
  const char *made = crypt_rn (plain, setting, space, sizeof *space);
  int code = errno;
  char *result = g_strdup (made);

  data_password_forget (plain);
  explicit_bzero (space, sizeof *space);
  g_free (space);
  errno = code;
  return result;
}

char *
data_password_hash (const char *password, GError **error)
{
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  char *made = crypt_gensalt_rn ("$y$", 0, NULL, 0, setting, sizeof setting) != NULL ? hash (password, setting) : NULL;

  if (made == NULL)
    g_set_error (error, DATA_ERROR, DATA_ERROR_IO, "the password cannot be hashed: %s", g_strerror (errno));
  return made;
}

static gboolean
same (const char *a, const char *b)
{
  gsize length = strlen (a);
  guint8 differs = strlen (b) != length;   /* no secret: all hashes are of one length */

  for (gsize i = 0; i < length && b[i] != '\0'; i++)
    differs |= (guint8) (a[i] ^ b[i]);
  return differs == 0;
}

gboolean
data_password_matches (const char *password, const char *kept)
{
  g_autofree char *made = hash (password, kept);

  return made != NULL && same (kept, made);
}

gint64
data_password_pause (guint failures)
{
  if (failures <= FREE_TRIES)
    return 0;
  return MIN (LONGEST_PAUSE, FIRST_PAUSE << MIN (failures - FREE_TRIES - 1, 8)) * GDP_SECOND;
}

void
data_password_forget (char *password)
{
  if (password != NULL)
    explicit_bzero (password, strlen (password));
  g_free (password);
}
