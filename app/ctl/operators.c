/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators and their roles. */
#include <string.h>

#include "data/password.h"
#include "secret.h"

gboolean
ctl_operators (const CtlCall *call, GError **error)
{
  g_autoptr (DataStore) store = ctl_call_store (call, DATA_ACCESS_READ, error);
  g_autoptr (GPtrArray) operators = store ? data_store_operators (store, error) : NULL;
  if (operators == NULL)
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < operators->len; i++) {
    const DataOperator *operator = operators->pdata[i];
    ctl_text (rows, "operator", _("Operator"), operator->name);
    ctl_text (rows, "role", NULL, gdp_role_word (operator->role));
    ctl_text (rows, NULL, _("Role"), _(gdp_role_label (operator->role)));
    ctl_boolean (rows, "password", _("Password"), operator->password);
    ctl_time (rows, "since", _("Since"), operator->since);
    ctl_text (rows, "who", _("By"), operator->who);
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

/* "none" takes the name off the list. */
static gboolean
parse_role (const char *word, GdpRole *role, GError **error)
{
  *role = GDP_N_ROLES;
  return strcmp (word, "none") == 0 || gdp_role_parse (word, role)
         || ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is no role; there are viewer, dispatcher, senior-dispatcher, "
                      "engineer, administrator, and none"), word);
}

/* Who has to sign in does so before the new password is asked. */
static gboolean
give_password (const CtlCall *call, const char *name, GError **error)
{
  g_autoptr (DataStore) store = ctl_call_store (call, DATA_ACCESS_POST, error);
  char *password = store ? ctl_new_password (call, name, error) : NULL;
  gboolean done = password && data_store_set_password (store, name, password, ctl_call_user (call, store), data_store_now (store), error);

  data_password_forget (password);
  return done;
}

gboolean
ctl_operator (const CtlCall *call, GError **error)
{
  GdpRole role;
  if (call->words[2])
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "operator NAME ROLE | password NAME");
  if (strcmp (call->words[0], "password") == 0)
    return give_password (call, call->words[1], error);
  if (!parse_role (call->words[1], &role, error))
    return FALSE;
  g_autoptr (DataStore) store = ctl_call_store (call, DATA_ACCESS_POST, error);
  return store && data_store_appoint (store, call->words[0], role, ctl_call_user (call, store), data_store_now (store), error);
}
