/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK (comms-bbt-keys-error-quark, comms_bbt_keys_error)

enum { FILE_MAX = 64 * 1024 * 1024 };

typedef struct {
  char   serial[17];
  guint  line;
  guint8 key[COMMS_BBT_KEY_SIZE];
} Row;

struct CommsBbtKeys {
  gatomicrefcount refs;
  GHashTable     *rows;   /* serial → Row */
};

gboolean
comms_bbt_serial_valid (const char *serial)
{
  gsize length = strlen (serial);

  for (const char *c = serial; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._-", *c) == NULL)
      return FALSE;
  return length >= 1 && length <= 16;
}

static void
row_free (gpointer row)
{
  explicit_bzero (row, sizeof (Row));
  g_free (row);
}

static gboolean
set_error (GError **error, const char *file, guint line, const char *why)
{
  g_set_error (error, COMMS_BBT_KEYS_ERROR, COMMS_BBT_KEYS_ERROR_LINE, "%s:%u: %s", file, line, why);
  return FALSE;
}

/* @line: without comment, ends and leading blanks; not empty. Its words are cut apart in place. */
static gboolean
take_line (CommsBbtKeys *keys, const char *file, guint number, char *line, GError **error)
{
  gsize length = strcspn (line, " \t");
  char *hex = line + length;

  if (*hex != '\0')
    *hex++ = '\0';
  hex += strspn (hex, " \t");
  if (!comms_bbt_serial_valid (line))
    return set_error (error, file, number, "the serial must be 1 to 16 of 0-9 A-Z a-z . _ -");
  const Row *earlier = g_hash_table_lookup (keys->rows, line);
  if (earlier != NULL) {
    g_autofree char *why = g_strdup_printf ("%s has a key already, in line %u; remove one of them", line,
                                            earlier->line);
    return set_error (error, file, number, why);
  }
  Row *row = g_new0 (Row, 1);
  memcpy (row->serial, line, length);
  row->line = number;
  if (!comms_bbt_key_parse (hex, row->key, NULL)) {
    row_free (row);
    return set_error (error, file, number, "after the serial there must be a key of 64 hexadecimal digits");
  }
  g_hash_table_insert (keys->rows, row->serial, row);
  return TRUE;
}

CommsBbtKeys *
comms_bbt_keys_parse (const char *file, const char *text, gsize length, GError **error)
{
  g_autoptr (CommsBbtKeys) keys = g_new0 (CommsBbtKeys, 1);
  gboolean good = TRUE;
  guint number = 0;

  g_atomic_ref_count_init (&keys->refs);
  keys->rows = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, row_free);
  for (const char *at = text, *end = text + length, *next; good && at < end; at = next) {
    const char *stop = memchr (at, '\n', end - at);
    next = stop != NULL ? stop + 1 : end;
    gsize size = (stop != NULL ? stop : end) - at;
    char *line = g_strndup (at, size);
    number++;
    line[strcspn (line, "#")] = '\0';
    g_strstrip (line);
    good = *line == '\0' || take_line (keys, file, number, line, error);
    explicit_bzero (line, size);
    g_free (line);
  }
  return good ? g_steal_pointer (&keys) : NULL;
}

static gboolean
file_error (GError **error, CommsBbtKeysError code, const char *file, const char *why)
{
  g_set_error (error, COMMS_BBT_KEYS_ERROR, code, "%s: %s", file, why);
  return FALSE;
}

static gboolean
may_be_believed (const char *file, const struct stat *about, GError **error)
{
  if (!S_ISREG (about->st_mode))
    return file_error (error, COMMS_BBT_KEYS_ERROR_FILE, file, "not a plain file");
  if ((about->st_mode & S_IRWXO) != 0)
    return file_error (error, COMMS_BBT_KEYS_ERROR_OPEN, file,
                       "everybody on this machine may read or write it; take that right away: chmod o= FILE");
  if (about->st_size > FILE_MAX)
    return file_error (error, COMMS_BBT_KEYS_ERROR_FILE, file, "longer than any list of keys");
  return TRUE;
}

static gboolean
read_all (int fd, char *text, gsize size, gsize *length)
{
  ssize_t n;

  for (*length = 0; *length < size; *length += n) {
    n = TEMP_FAILURE_RETRY (read (fd, text + *length, size - *length));
    if (n < 0)
      return FALSE;
    if (n == 0)
      break;
  }
  return TRUE;
}

CommsBbtKeys *
comms_bbt_keys_read (const char *file, GError **error)
{
  int fd = open (file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  CommsBbtKeys *keys = NULL;
  struct stat about;
  gsize length;

  if (fd < 0 || fstat (fd, &about) != 0)
    file_error (error, COMMS_BBT_KEYS_ERROR_FILE, file, g_strerror (errno));
  else if (may_be_believed (file, &about, error)) {
    char *text = g_malloc (about.st_size + 1);
    if (read_all (fd, text, about.st_size, &length))
      keys = comms_bbt_keys_parse (file, text, length, error);
    else
      file_error (error, COMMS_BBT_KEYS_ERROR_FILE, file, g_strerror (errno));
    explicit_bzero (text, about.st_size);
    g_free (text);
  }
  if (fd >= 0)
    close (fd);
  return keys;
}

CommsBbtKeys *
comms_bbt_keys_ref (CommsBbtKeys *keys)
{
  g_atomic_ref_count_inc (&keys->refs);
  return keys;
}

void
comms_bbt_keys_unref (CommsBbtKeys *keys)
{
  if (!g_atomic_ref_count_dec (&keys->refs))
    return;
  g_hash_table_unref (keys->rows);
  g_free (keys);
}

const guint8 *
comms_bbt_keys_find (const CommsBbtKeys *keys, const char *serial)
{
  const Row *row = g_hash_table_lookup (keys->rows, serial);

  return row != NULL ? row->key : NULL;
}

guint
comms_bbt_keys_count (const CommsBbtKeys *keys)
{
  return g_hash_table_size (keys->rows);
}
