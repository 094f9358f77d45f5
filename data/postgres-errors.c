/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What PostgreSQL and libpq say, as errors of a store. */
#include "postgres-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* By SQLSTATE (appendix A of PostgreSQL's manual) or its class of two; the first that fits. */
static const struct { const char *state; DataError code; const char *advice; } failures[] = {
  { "08",    DATA_ERROR_AWAY,       N_("the database that keeps the history of a region is away; see that it runs and can be reached") },
  { "28",    DATA_ERROR_PERMISSION, N_("check the user, ~/.pgpass and the server's pg_hba.conf") },
  { "3D000", DATA_ERROR_MISSING,    N_("create the database first: createdb NAME") },
  { "42501", DATA_ERROR_PERMISSION, N_("this user may not; an administrator of the database grants it") },
  { "25006", DATA_ERROR_PERMISSION, N_("it only reads, as a standby does; check the hosts in --store, or promote it when the primary is lost") },
  { "53100", DATA_ERROR_FULL,       N_("no space left on the database's disk") },
  { "53",    DATA_ERROR_BUSY,       N_("the database has no room for more; try again") },
  { "55P03", DATA_ERROR_BUSY,       N_("another program keeps it locked; try again") },
  { "40",    DATA_ERROR_BUSY,       N_("another program keeps it locked; try again") },
  { "22",    DATA_ERROR_REFUSED,    N_("the data does not fit the store") },
  { "23",    DATA_ERROR_REFUSED,    N_("the data does not fit the store") },
  { "P0001", DATA_ERROR_REFUSED,    N_("the data does not fit the store") },
  { "XX00",  DATA_ERROR_NOT_A_STORE, N_("the database is damaged; restore it from a backup") },
  { "57P",   DATA_ERROR_IO,         N_("the database has shut down; this program connects again by itself") },
  { "",      DATA_ERROR_IO,         N_("check that the database runs and can be reached") },
};

/* In one line. (transfer full) */
static char *
join_lines (const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  g_auto (GStrv) words = g_strsplit_set (valid, " \n\t", -1);
  GString *line = g_string_new (NULL);
  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_string_append_printf (line, "%s%s", line->len > 0 ? " " : "", *word);
  return g_string_free (line, FALSE);
}

/* What a region's database says as it shuts down is passed on, but does not end this connection. */
static const char *
find_state (const PGresult *result)
{
  const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  gboolean passed_on = g_strcmp0 (PQresultErrorField (result, PG_DIAG_SEVERITY_NONLOCALIZED), "ERROR") == 0;
  return passed_on && g_str_has_prefix (state, "57P") ? "08" : state;
}

/* Without an SQLSTATE, as while connecting, libpq's text is all there is. */
static const char *
guess_state (const char *message)
{
  static const struct { const char *says, *state; } texts[] = {
    { "password authentication failed", "28" }, { "no password supplied", "28" }, { "no pg_hba.conf entry", "28" },
    { "authentication failed", "28" }, { "is not permitted to log in", "28" }, { "does not have CONNECT privilege", "42501" },
    { "does not exist", "3D000" }, { "read-only", "25006" }, { "too many clients", "53" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strstr (message, texts[i].says) != NULL)
      return strcmp (texts[i].state, "3D000") == 0 && strstr (message, "role \"") != NULL ? "28" : texts[i].state;
  return "";
}

gboolean
postgres_fail (PostgresStore *self, const PGresult *result, GError **error)
{
  const char *message = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  const char *detail = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_DETAIL) : NULL;
  const char *state = result != NULL ? find_state (result) : NULL;
  g_autofree char *line = join_lines (message != NULL ? message : PQerrorMessage (self->db));
  if (state == NULL)
    state = guess_state (line);
  guint i = 0;
  while (!g_str_has_prefix (state, failures[i].state))
    i++;
  if (failures[i].code == DATA_ERROR_AWAY && detail != NULL) {   /* where it was looked for, and why it was not found */
    g_autofree char *where = join_lines (detail), *what = g_steal_pointer (&line);
    line = g_strdup_printf ("%s: %s", what, where);
  }
  /* Of what somebody may not, who it is says most. */
  const char *user = failures[i].code == DATA_ERROR_PERMISSION ? PQuser (self->db) : NULL;
  g_autofree char *place = user != NULL ? g_strdup_printf (_("%s, user %s"), self->parent.place, user)
                                        : g_strdup (self->parent.place);
  g_set_error (error, DATA_ERROR, failures[i].code, "%s: %s (%s)", place, _(failures[i].advice), line);
  return FALSE;
}
