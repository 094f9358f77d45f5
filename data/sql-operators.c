/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators and their roles. What a role may is gdp/role.c's; here it is looked up and refusals are kept. */
#include "sql-private.h"

#include "password.h"

#include <string.h>

GPtrArray *
sql_operators (DataStore *store, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) data_operator_free);
  DataTable table = data_operator_table;
  if (!self->roles && store->backend->become != NULL)   /* since when? */
    self->roles = sql_number (self, "SELECT CASE WHEN to_regclass ('gdp_operator') IS NULL THEN 0 ELSE 1 END", NULL) > 0;
  if (self->roles)
    table.name = "gdp_operator";
  g_autofree char *sql = data_table_select (&table, "CASE WHEN password IS NULL THEN 0 ELSE 1 END", "ORDER BY name");
  g_auto (SqlQuery) query = sql_query (self, error, sql, "");
  int more = query != NULL ? 1 : -1;
  while (more > 0 && (more = sql_step (self, query, error)) > 0) {
    DataOperator row = { 0 };
    if (!sql_read_columns (self, query, 1, &data_operator_table, &row, error))
      return NULL;
    row.password = sql_integer (query, 0) != 0 || (self->user != NULL && self->asked);
    DataOperator *copy = g_memdup2 (&row, sizeof row);
    copy->name = g_strdup (row.name);
    copy->who = g_strdup (row.who);
    g_ptr_array_add (all, copy);
  }
  return more == 0 ? g_steal_pointer (&all) : NULL;
}

static const DataOperator *
find (const GPtrArray *operators, const char *name)
{
  for (guint i = 0; i < operators->len; i++) {
    const DataOperator *one = operators->pdata[i];
    if (g_strcmp0 (one->name, name) == 0)
      return one;
  }
  return NULL;
}

gboolean
sql_role (DataStore *store, const char *who, GdpRole *role, GError **error)
{
  g_autoptr (GPtrArray) operators = sql_operators (store, error);
  const DataOperator *operator = operators != NULL ? find (operators, who) : NULL;

  if (operators == NULL)
    return FALSE;
  *role = operator != NULL ? operator->role : GDP_ROLE_ADMINISTRATOR;
  if (operator != NULL || (operators->len == 0 && !((SqlStore *) store)->roles))
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, ((SqlStore *) store)->roles
               ? "%s is not among the operators; roles are the database's own: GRANT gdp_dispatcher TO \"NAME\""
               : "%s is not among the operators; an administrator has to name a role: gdpctl operator NAME ROLE",
               who != NULL ? who : "a person without a name");
  return FALSE;
}

gboolean
sql_may (DataStore *store, const char *who, GdpAct act, GError **error)
{
  GdpRole role;

  if (!sql_role (store, who, &role, error))
    return FALSE;
  if (gdp_role_may (role, act))
    return TRUE;
  g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s has the role %s and may not %s; it takes the role %s", who,
               gdp_role_word (role), gdp_act_words (act), gdp_role_word (gdp_act_least (act)));
  return FALSE;
}

gboolean
sql_acts (SqlStore *self, const char *who, GdpAct act, GError **error)
{
  return sql_is_person (self, who, error) && sql_may (&self->parent, who, act, error);
}

gboolean
sql_refuse (SqlStore *self, const char *who, const char *what, const char *object, GError *reason,
               GError **error)
{
  gint64 now = data_store_now (&self->parent);
  GdpEvent event = {
    .kind = GDP_EVENT_COMMAND_REFUSED, .occurred = now, .learned = now, .object = (char *) object,
    .who = (char *) who, .before = (char *) what, .after = (char *) "refused", .text = reason->message,
  };
  SqlMeta meta;
  g_autoptr (GError) failure = NULL;

  if (self->user == NULL   /* else it has no right to */
      && (g_error_matches (reason, DATA_ERROR, DATA_ERROR_REFUSED)
       || g_error_matches (reason, DATA_ERROR, DATA_ERROR_SIGN_IN))
      && (!sql_begin (self, TRUE, &meta, &failure)
          || !sql_end (self, &meta, sql_journal_append (self, &meta, &event, &failure), &failure)))
    g_warning ("the journal does not take a refusal: %s", failure->message);
  g_propagate_error (error, reason);
  return FALSE;
}

typedef struct { guint all, administrators, with_password, able; } Count;

static void
count (Count *so_far, GdpRole role, gboolean password)
{
  if (role == GDP_N_ROLES)
    return;
  so_far->all++;
  so_far->with_password += password;
  so_far->administrators += role == GDP_ROLE_ADMINISTRATOR;
  so_far->able += role == GDP_ROLE_ADMINISTRATOR && password;
}

/* With @name as it would be. Whoever locks everybody out of naming roles, locks out themselves too. */
static gboolean
keeps_an_administrator (const GPtrArray *operators, const char *name, GdpRole role, gboolean password, GError **error)
{
  Count left = { 0 };

  for (guint i = 0; i < operators->len; i++) {
    const DataOperator *one = operators->pdata[i];
    if (strcmp (one->name, name) != 0)
      count (&left, one->role, one->password);
  }
  count (&left, role, password);
  if (left.all == 0 || (left.with_password > 0 ? left.able : left.administrators) > 0)
    return TRUE;
  if (left.administrators == 0)
    g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, "there would be no administrator, and nobody could "
                         "name roles any more; name an administrator first");
  else
    g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, "there would be no administrator with a password, and "
                         "nobody could name roles any more; give an administrator a password first");
  return FALSE;
}

/* Where the database knows who may what, it is its owner's, and the engine sees to that. */
gboolean
sql_may_restore (DataStore *store, const char *who, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  GError *reason = NULL;

  return self->roles || sql_acts (self, who, GDP_ACT_RESTORE, &reason)
         || sql_refuse (self, who, "restore", NULL, reason, error);
}

static gboolean
put_operator (SqlStore *self, const char *name, GdpRole role, const char *who, gint64 now, GError **error)
{
  DataOperator row = { .name = (char *) name, .role = role, .since = now, .who = (char *) who };

  return role == GDP_N_ROLES ? sql_run (self, error, "DELETE FROM operator WHERE name = ?", "t", name)
                             : sql_put (self, &data_operator_table, NULL, &row, error);
}

static gboolean
appoint (SqlStore *self, SqlMeta *meta, const char *name, GdpRole role, const char *who, gint64 now,
         GError **error)
{
  g_autoptr (GPtrArray) operators = sql_operators (&self->parent, error);
  const DataOperator *before = operators != NULL ? find (operators, name) : NULL;
  GdpEvent event = {
    .kind = GDP_EVENT_CONFIGURATION_CHANGED, .occurred = now, .learned = now, .object = (char *) name,
    .who = (char *) who, .before = (char *) (before != NULL ? gdp_role_word (before->role) : NULL),
    .after = (char *) (role != GDP_N_ROLES ? gdp_role_word (role) : NULL), .text = (char *) "role",
  };

  return operators != NULL && keeps_an_administrator (operators, name, role, before != NULL && before->password, error)
         && put_operator (self, name, role, who, now, error) && sql_journal_append (self, meta, &event, error);
}

/* TRUE with an error: in the database, which gives them in its own way. */
static gboolean
has_roles_elsewhere (const SqlStore *self, GError **error)
{
  if (self->roles)
    g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, "roles and passwords are the database's own; its "
                         "administrator gives them in psql: GRANT gdp_dispatcher TO \"NAME\"");
  return self->roles;
}

gboolean
sql_appoint (DataStore *store, const char *name, GdpRole role, const char *who, gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  GError *reason = NULL;
  SqlMeta meta;

  if (has_roles_elsewhere (self, error))
    return FALSE;
  if (!sql_acts (self, who, GDP_ACT_APPOINT, &reason))
    return sql_refuse (self, who, "operator", name, reason, error);
  return sql_begin (self, TRUE, &meta, error)
         && sql_end (self, &meta, appoint (self, &meta, name, role, who, now, error), error);
}

/* ---- passwords -------------------------------------------------------------------------- */

static gboolean
put_password (SqlStore *self, SqlMeta *meta, const char *name, const char *hash, const char *who, gint64 now,
              GError **error)
{
  g_autoptr (GPtrArray) operators = sql_operators (&self->parent, error);
  const DataOperator *operator = operators != NULL ? find (operators, name) : NULL;
  GdpEvent event = {
    .kind = GDP_EVENT_CONFIGURATION_CHANGED, .occurred = now, .learned = now, .object = (char *) name,
    .who = (char *) who, .text = (char *) "password",
  };

  if (operators != NULL && operator == NULL)
    g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "%s is not among the operators; an administrator has to "
                 "name a role: gdpctl operator NAME ROLE", name);
  return operator != NULL && keeps_an_administrator (operators, name, operator->role, TRUE, error)
         && sql_run (self, error, "UPDATE operator SET password = ?, failures = 0, failed = 0 WHERE name = ?", "tt",
                        hash, name)
         && sql_journal_append (self, meta, &event, error);
}

gboolean
sql_set_password (DataStore *store, const char *name, const char *password, const char *who, gint64 now, GError **error)
{
  SqlStore *self = (SqlStore *) store;
  const char *fault = data_password_fault (password);
  g_autofree char *hash = NULL;
  GError *reason = NULL;
  SqlMeta meta;

  if (has_roles_elsewhere (self, error))
    return FALSE;
  if (fault != NULL) {
    g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, fault);
    return FALSE;
  }
  if (g_strcmp0 (name, who) == 0 ? !sql_is_person (self, who, &reason)
                                 : !sql_acts (self, who, GDP_ACT_APPOINT, &reason))
    return sql_refuse (self, who, "operator", name, reason, error);
  hash = data_password_hash (password, error);
  if (hash == NULL || !sql_begin (self, TRUE, &meta, error)
      || !sql_end (self, &meta, put_password (self, &meta, name, hash, who, now, error), error))
    return FALSE;
  if (g_strcmp0 (store->person, name) == 0) {   /* goes on as the person it is */
    g_free (store->proof);
    store->proof = g_steal_pointer (&hash);
  }
  return TRUE;
}
