/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of the store, putting them back, and bringing a store of an older program up to date. */
#include <stdio.h>

#include "command.h"

static gboolean
one_file (const CtlCall *call, GError **error)
{
  return call->words[1] == NULL || ctl_fail (error, CTL_ERROR_USAGE, _("one file at a time"));
}

gboolean
ctl_backup (const CtlCall *call, GError **error)
{
  if (!one_file (call, error) || !data_store_backup (call->store, call->words[0], error))
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, TRUE);
  ctl_text (rows, "backup", _("Copied and verified"), call->words[0]);
  ctl_row_end (rows);
  return ctl_rows_end (rows, error);
}

/* Of a store that is damaged or gone there is nobody to ask: then it is the right to write the file that counts. */
static gboolean
cannot_tell (const GError *why)
{
  static const DataError errors[] = { DATA_ERROR_MISSING, DATA_ERROR_NOT_A_STORE, DATA_ERROR_NEWER, DATA_ERROR_DAMAGED, DATA_ERROR_IO };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    if (g_error_matches (why, DATA_ERROR, (int) errors[i]))
      return TRUE;
  return FALSE;
}

/* As any other command of an administrator on the store that is to be replaced. @who: (out) (transfer full) (nullable) */
static gboolean
may_restore (const CtlCall *call, char **who, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (DataStore) store = data_store_open (call->store, DATA_ACCESS_READ, &why);   /* to be there, or none is made */
  gboolean older = store == NULL && g_error_matches (why, DATA_ERROR, DATA_ERROR_PERMISSION);

  if (store != NULL || older) {
    g_clear_pointer (&store, data_store_close);
    g_clear_error (&why);
    store = ctl_call_store (call, DATA_ACCESS_POST, &why);
  }
  *who = g_strdup (store != NULL && data_store_person (store) != NULL ? data_store_person (store) : call->user);
  if ((store != NULL && data_store_may_restore (store, ctl_call_user (call, store), &why)) || cannot_tell (why))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

gboolean
ctl_restore (const CtlCall *call, GError **error)
{
  g_autofree char *kept = NULL, *who = NULL;
  if (!one_file (call, error) || !may_restore (call, &who, error)
      || !data_store_restore (call->store, call->words[0], who, g_get_real_time (), &kept, error))
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, TRUE);
  ctl_text (rows, "restored", _("Restored from"), call->words[0]);
  ctl_text (rows, "kept", _("The store that was there is kept as"), kept);
  ctl_row_end (rows);
  return ctl_rows_end (rows, error);
}

/* A store in a file is copied beside itself by whoever brings it up to date; a database has no such place. */
static gboolean
copy_before (const CtlCall *call, GError **error)
{
  gboolean in_file = call->store == NULL || g_str_has_prefix (call->store, "sqlite:");

  if (in_file && call->words[0] != NULL)
    return ctl_fail (error, CTL_ERROR_USAGE, _("a store in a file is copied beside itself; give no file"));
  if (!in_file && call->words[0] == NULL)
    return ctl_fail (error, CTL_ERROR_USAGE, _("name a file for the copy that is made before: gdpctl migrate FILE"));
  return in_file || data_store_backup (call->store, call->words[0], error);
}

/* To open it does it, also for what is beside the tables; whoever opens it only to read must find it done. */
gboolean
ctl_migrate (const CtlCall *call, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (DataStore) now = ctl_call_store (call, DATA_ACCESS_READ, &why);
  gboolean older = now == NULL && g_error_matches (why, DATA_ERROR, DATA_ERROR_PERMISSION);
  gboolean empty = now == NULL && g_error_matches (why, DATA_ERROR, DATA_ERROR_NOT_A_STORE);   /* or refused again below */

  if (now == NULL && !older && !empty) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (older && !copy_before (call, error))
    return FALSE;
  g_clear_pointer (&now, data_store_close);
  now = older || empty ? ctl_call_store (call, DATA_ACCESS_POST, error) : data_store_open (call->store, DATA_ACCESS_POST, error);
  if (now == NULL)
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, TRUE);
  ctl_text (rows, "schema", _("Schema"), older || empty ? _("brought up to date") : _("is up to date"));
  ctl_text (rows, "backup", _("Copied and verified"), older ? call->words[0] : NULL);
  ctl_row_end (rows);
  return ctl_rows_end (rows, error);
}
