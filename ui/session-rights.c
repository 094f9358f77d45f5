/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who acts here and what that person may do: the operators of the store, as the feed tells of them. */
#include "session-private.h"

#include <glib/gi18n.h>

void
ui_session_apply_operators (UiSession *self, const GPtrArray *operators)
{
  gboolean named = operators->len > 0;
  GdpRole role = GDP_N_ROLES;

  for (guint i = 0; i < operators->len; i++) {
    const DataOperator *operator = operators->pdata[i];
    if (g_strcmp0 (operator->name, self->person) == 0)
      role = operator->role;
  }
  if (named == self->operators_named && role == self->role)
    return;
  self->operators_named = named;
  self->role = role;
  g_signal_emit_by_name (self, "rights");
}

gboolean
ui_session_may (UiSession *self, GdpAct act)
{
  return !self->operators_named || gdp_role_may (self->role, act);
}

const char *
ui_session_role_text (UiSession *self)
{
  if (!self->operators_named)
    return _("all rights");
  return self->role < GDP_N_ROLES ? _(gdp_role_label (self->role)) : _("no role");
}

char *
ui_session_refusal_text (UiSession *self, GdpAct act)
{
  const char *least = _(gdp_role_label (gdp_act_least (act)));

  if (ui_session_may (self, act))
    return NULL;
  if (self->role == GDP_N_ROLES)
    return g_strdup_printf (_("This takes the role “%s”; %s has none"), least, self->person);
  /* Translators: two roles */
  return g_strdup_printf (_("This takes the role “%s”; yours is “%s”"), least, ui_session_role_text (self));
}
