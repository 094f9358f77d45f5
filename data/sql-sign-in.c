/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who acts: whether it is the person whose name stands on what is done. */
#include "sql-private.h"

#include "password.h"

#include <string.h>

/* What is kept of @name's password; NULL without an error: nothing, or there is no such operator. */
static char *
kept (SqlStore *self, const char *name, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT password FROM operator WHERE name = ?", "t", name);

  return query != NULL && sql_step (self, query, error) > 0 ? g_strdup (sql_text (query, 0)) : NULL;
}

const char *
sql_person (DataStore *store)
{
  SqlStore *self = (SqlStore *) store;
  if (self->user != NULL)
    return self->user;
  g_autofree char *now = store->person != NULL ? kept (self, store->person, NULL) : NULL;

  return now != NULL && strcmp (now, store->proof) == 0 ? store->person : NULL;
}

gboolean
sql_is_person (SqlStore *self, const char *who, GError **error)
{
  gint64 asked;

  if (who == NULL || *who == '\0') {
    g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, "it does not say who wants it");
    return FALSE;
  }
  if (self->user != NULL && strcmp (who, self->user) != 0) {
    g_set_error (error, DATA_ERROR, DATA_ERROR_SIGN_IN, "the database knows this connection as %s, not as %s", self->user, who);
    return FALSE;
  }
  if (self->roles)
    return TRUE;
  asked = sql_number (self, "SELECT count (*) FROM operator WHERE password IS NOT NULL", error);
  if (asked <= 0)
    return asked == 0;
  if (g_strcmp0 (who, sql_person (&self->parent)) == 0)
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_SIGN_IN, "%s is not signed in; it takes the password", who);
  return FALSE;
}

/* ---- signing in ------------------------------------------------------------------------- */

/* What an attempt is held against, if there may be one now; how many before it were wrong. */
static char *
next_try (SqlStore *self, const char *name, gint64 now, gint64 *failures, GError **error)
{
  g_auto (SqlQuery) query = sql_query (self, error, "SELECT password, failures, failed FROM operator WHERE name = ?", "t", name);
  int found = query != NULL ? sql_step (self, query, error) : -1;
  gint64 failed = found > 0 ? sql_integer (query, 2) : 0, left;

  *failures = found > 0 ? sql_integer (query, 1) : 0;
  left = failed + data_password_pause ((guint) *failures) - now;
  if (found == 0)
    g_set_error (error, DATA_ERROR, DATA_ERROR_SIGN_IN, "%s is not among the operators; an administrator has to name a "
                 "role: gdpctl operator NAME ROLE", name);
  else if (found > 0 && sql_text (query, 0) == NULL)
    g_set_error (error, DATA_ERROR, DATA_ERROR_SIGN_IN, "%s has no password yet; an administrator gives one: gdpctl "
                 "operator password NAME", name);
  else if (left > 0 && failed <= now)   /* a clock that was set back does not lock anybody out */
    g_set_error (error, DATA_ERROR, DATA_ERROR_SIGN_IN, "too many wrong passwords; try again in %d s",
                 (int) ((left + GDP_SECOND - 1) / GDP_SECOND));
  else if (found > 0)
    return g_strdup (sql_text (query, 0));
  return NULL;
}

/* Counted after the attempt: several programs that sign in the same person at the same moment do not stop each other.
 * Always FALSE. */
static gboolean
turn_away (SqlStore *self, const char *name, const char *where, gint64 now, GError **error)
{
  SqlMeta meta;

  if (!sql_begin (self, TRUE, &meta, error)
      || !sql_end (self, &meta, sql_run (self, error, "UPDATE operator SET failures = failures + 1, failed = ? WHERE name = ?",
                                         "it", now, name), error))
    return FALSE;
  return sql_refuse (self, name, "sign-in", where, g_error_new_literal (DATA_ERROR, DATA_ERROR_SIGN_IN, "wrong password"),
                     error);
}

static gboolean
journal (SqlStore *self, SqlMeta *meta, GdpEventKind kind, const char *person, const char *where, const char *why,
         gint64 now, GError **error)
{
  GdpEvent event = {
    .kind = kind, .occurred = now, .learned = now, .object = (char *) where, .who = (char *) person, .text = (char *) why,
  };

  return where == NULL || sql_journal_append (self, meta, &event, error);
}

/* Within a transaction. */
static gboolean
note_entry (SqlStore *self, SqlMeta *meta, const char *name, const char *where, gint64 now, GError **error)
{
  const DataStore *store = &self->parent;

  return sql_run (self, error, "UPDATE operator SET failures = 0 WHERE name = ?", "t", name)
         && journal (self, meta, GDP_EVENT_SIGNED_OUT, store->person, store->desk, NULL, now, error)
         && journal (self, meta, GDP_EVENT_SIGNED_IN, name, where, NULL, now, error);
}

static void
forget (DataStore *store)
{
  g_clear_pointer (&store->person, g_free);
  g_clear_pointer (&store->proof, g_free);
  g_clear_pointer (&store->desk, g_free);
}

/* Whether the password is right is the database's to say. */
static gboolean
change_user (SqlStore *self, const char *name, const char *password, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (*password != '\0' && self->parent.backend->become (self, name, password, &why))
    return TRUE;
  if (why == NULL || g_error_matches (why, DATA_ERROR, DATA_ERROR_PERMISSION))
    g_set_error (error, DATA_ERROR, DATA_ERROR_SIGN_IN, "the database does not let %s in with this password", name);
  else
    g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

gboolean
sql_sign_in (DataStore *store, const char *name, const char *password, const char *where, gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  gint64 failures;
  SqlMeta meta;

  if (self->user != NULL)
    return change_user (self, name, password, error);
  if (self->roles)   /* a server's, or the owner's */
    return TRUE;
  g_autofree char *hash = next_try (self, name, now, &failures, error);
  if (hash == NULL)
    return FALSE;
  if (!data_password_matches (password, hash))
    return turn_away (self, name, where, now, error);
  if ((failures > 0 || where != NULL || store->desk != NULL)   /* else there is nothing to write */
      && (!sql_begin (self, TRUE, &meta, error)
          || !sql_end (self, &meta, note_entry (self, &meta, name, where, now, error), error)))
    return FALSE;
  forget (store);
  store->person = g_strdup (name);
  store->proof = g_steal_pointer (&hash);
  store->desk = g_strdup (where);
  return TRUE;
}

void
sql_sign_out (DataStore *store, const char *why, gint64 now)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GError) error = NULL;
  SqlMeta meta;

  if (self->user != NULL)
    store->backend->become (self, NULL, NULL, NULL);
  if (store->desk != NULL
      && (!sql_begin (self, TRUE, &meta, &error)
          || !sql_end (self, &meta, journal (self, &meta, GDP_EVENT_SIGNED_OUT, store->person, store->desk, why, now,
                                                &error), &error)))
    g_warning ("the journal does not take that %s signed out: %s", store->person, error->message);
  forget (store);
}
