/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trouble.h"

struct ServerTrouble {
  GMutex            lock;
  GHashTable       *texts;   /* subject → text */
  ServerTroubleFunc func;
  gpointer          user_data;
  char             *ending;
};

ServerTrouble *
server_trouble_new (void)
{
  ServerTrouble *trouble = g_new0 (ServerTrouble, 1);
  g_mutex_init (&trouble->lock);
  trouble->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return trouble;
}

void
server_trouble_free (ServerTrouble *trouble)
{
  if (trouble == NULL)
    return;
  g_hash_table_unref (trouble->texts);
  g_free (trouble->ending);
  g_mutex_clear (&trouble->lock);
  g_free (trouble);
}

static void
change (ServerTrouble *trouble, const char *subject, const char *text, gboolean turned)
{
  gboolean told = turned || text == NULL || !g_hash_table_contains (trouble->texts, subject);

  if (text != NULL) {
    g_warning ("%s: %s", subject, text);
    g_hash_table_insert (trouble->texts, g_strdup (subject), g_strdup (text));
  } else {
    g_message ("%s: works again", subject);
    g_hash_table_remove (trouble->texts, subject);
  }
  if (told && trouble->func != NULL)
    trouble->func (subject, text, trouble->user_data);
}

static void
set (ServerTrouble *trouble, const char *subject, const char *text, gboolean turned)
{
  g_mutex_lock (&trouble->lock);
  if (g_strcmp0 (g_hash_table_lookup (trouble->texts, subject), text) != 0)
    change (trouble, subject, text, turned);
  g_mutex_unlock (&trouble->lock);
}

void
server_trouble_set (ServerTrouble *trouble, const char *subject, const char *text)
{
  set (trouble, subject, text, FALSE);
}

void
server_trouble_turn (ServerTrouble *trouble, const char *subject, const char *text)
{
  set (trouble, subject, text, TRUE);
}

gboolean
server_trouble_heed (ServerTrouble *trouble, const GError *why)
{
  if (!g_error_matches (why, DATA_ERROR, DATA_ERROR_NEWER) && !g_error_matches (why, DATA_ERROR, DATA_ERROR_REPLACED))
    return FALSE;
  g_mutex_lock (&trouble->lock);
  if (trouble->ending == NULL)
    trouble->ending = g_strdup (why->message);
  g_mutex_unlock (&trouble->lock);
  return TRUE;
}

gboolean
server_trouble_passes (const GError *why)
{
  static const DataError passing[] = { DATA_ERROR_IO, DATA_ERROR_BUSY, DATA_ERROR_FULL, DATA_ERROR_PERMISSION };

  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    if (g_error_matches (why, DATA_ERROR, passing[i]))
      return TRUE;
  return FALSE;
}

char *
server_trouble_ending (ServerTrouble *trouble)
{
  g_mutex_lock (&trouble->lock);
  char *ending = g_strdup (trouble->ending);
  g_mutex_unlock (&trouble->lock);
  return ending;
}

char *
server_trouble_of (ServerTrouble *trouble, const char *subject)
{
  g_mutex_lock (&trouble->lock);
  char *text = g_strdup (g_hash_table_lookup (trouble->texts, subject));
  g_mutex_unlock (&trouble->lock);
  return text;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (a, b);
}

char *
server_trouble_text (ServerTrouble *trouble)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&trouble->lock);
  g_autoptr (GList) subjects = g_list_sort (g_hash_table_get_keys (trouble->texts), by_name);
  for (GList *s = subjects; s != NULL; s = s->next)
    g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "; " : "", (char *) s->data,
                            (char *) g_hash_table_lookup (trouble->texts, s->data));
  g_mutex_unlock (&trouble->lock);
  return g_string_free (text, text->len == 0);
}

void
server_trouble_listen (ServerTrouble *trouble, ServerTroubleFunc func, gpointer user_data)
{
  GHashTableIter iter;
  gpointer subject, text;

  g_mutex_lock (&trouble->lock);
  trouble->func = func;
  trouble->user_data = user_data;
  g_hash_table_iter_init (&iter, trouble->texts);
  while (func != NULL && g_hash_table_iter_next (&iter, &subject, &text))
    func (subject, text, user_data);
  g_mutex_unlock (&trouble->lock);
}
