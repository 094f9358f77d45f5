/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who acts here and what that person may do: the operators of the store, as the feed tells of them, and who of them
 * is signed in. */
#include "session-private.h"

#include "when.h"

#include <glib/gi18n.h>

/* ---- who acts ---------------------------------------------------------------------------- */

static const DataOperator *
find (UiSession *self, const char *name)
{
  for (guint i = 0; i < self->operators->len; i++) {
    const DataOperator *operator = self->operators->pdata[i];
    if (g_strcmp0 (operator->name, name) == 0)
      return operator;
  }
  return NULL;
}

static gboolean
passwords_are_asked (UiSession *self)
{
  for (guint i = 0; i < self->operators->len; i++)
    if (((const DataOperator *) self->operators->pdata[i])->password)
      return TRUE;
  return FALSE;
}

static void
enter (UiSession *self, UiSign sign, const char *person)
{
  const DataOperator *operator = find (self, person);

  if (sign != self->sign)
    self->sign_since = ui_session_clock (self);
  self->sign = sign;
  self->role = operator != NULL ? operator->role : GDP_N_ROLES;
  if (person != self->person) {
    g_free (self->person);
    self->person = g_strdup (person);
  }
  g_signal_emit_by_name (self, "rights");
}

/* What @delta says is of the past when somebody has signed in or out since. */
static UiSign
next_sign (UiSession *self, const UiDelta *delta)
{
  if (!passwords_are_asked (self))
    return UI_SIGN_TRUSTED;
  if (self->sign == UI_SIGN_TRUSTED)
    return delta->user != NULL ? UI_SIGN_IN : UI_SIGN_OUT;
  if (self->sign != UI_SIGN_IN || delta->turn != self->turn
      || (delta->signed_in && (delta->user == NULL || g_strcmp0 (delta->user, self->person) == 0)))
    return self->sign;
  return UI_SIGN_OUT;
}

void
ui_session_apply_operators (UiSession *self, const UiDelta *delta)
{
  UiSign sign;

  g_ptr_array_unref (self->operators);
  self->operators = g_ptr_array_ref (delta->operators);
  self->given = delta->user != NULL;
  sign = next_sign (self, delta);
  if (self->sign == UI_SIGN_IN && sign == UI_SIGN_OUT)
    g_signal_emit_by_name (self, "notice", _("You are signed out: your password was changed, or you are no operator any more"),
                           TRUE);
  enter (self, sign, self->sign == UI_SIGN_TRUSTED && self->given ? delta->user : self->person);
}

gboolean
ui_session_can_sign_in (UiSession *self)
{
  return self->operators->len > 0 && !(self->given && self->sign == UI_SIGN_TRUSTED);
}

const char *
ui_session_get_next (UiSession *self)
{
  gboolean known = self->sign != UI_SIGN_LOCKED && self->meant != NULL && find (self, self->meant) != NULL;

  return known ? self->meant : self->person;
}

char *
ui_session_no_lock_text (UiSession *self)
{
  if (self->given)
    return g_strdup_printf (_("Nothing would unlock it: the database does not ask %s for a password"), self->person);
  return g_strdup (_("Nothing would unlock it: no operator has a password. An administrator gives one with "
                     "“gdpctl operator password NAME”."));
}

UiSign
ui_session_get_sign (UiSession *self)
{
  return self->sign;
}

const GPtrArray *
ui_session_get_operators (UiSession *self)
{
  return self->operators;
}

char *
ui_session_sign_text (UiSession *self)
{
  g_autofree char *since = ui_when_text (self->sign_since, ui_session_clock (self), NULL);

  if (self->sign == UI_SIGN_LOCKED)
    /* Translators: a person, a time */
    return g_strdup_printf (_("Locked by %s since %s. Everything is shown, nothing can be done here."), self->person, since);
  if (self->sign == UI_SIGN_OUT)
    return g_strdup (_("Nobody is signed in. Everything is shown, nothing can be done here."));
  return g_strdup ("");
}

/* ---- signing in and out ------------------------------------------------------------------ */

typedef struct { char *name; guint turn; } Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_free (attempt->name);
  g_free (attempt);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  UiSession *self = g_task_get_source_object (task);
  const Attempt *attempt = g_task_get_task_data (task);
  GError *error = NULL;

  if (!ui_feed_sign_in_finish (result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (attempt->turn == self->turn) {   /* else it was locked meanwhile */
    g_clear_pointer (&self->meant, g_free);
    enter (self, UI_SIGN_IN, attempt->name);
  }
  g_task_return_boolean (task, TRUE);
}

void
ui_session_sign_in_async (UiSession *self, const char *name, const char *password, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Attempt *attempt = g_new (Attempt, 1);

  g_return_if_fail (self->feed != NULL);
  *attempt = (Attempt) { g_strdup (name), ++self->turn };
  g_task_set_task_data (task, attempt, (GDestroyNotify) attempt_free);
  if (self->sign == UI_SIGN_TRUSTED) {
    enter (self, UI_SIGN_TRUSTED, name);
    g_task_return_boolean (task, TRUE);
  } else
    ui_feed_sign_in_async (self->feed, name, password, self->where, attempt->turn, on_signed_in, g_steal_pointer (&task));
}

gboolean
ui_session_sign_in_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
leave (UiSession *self, UiSign sign, const char *why)
{
  if (self->sign == UI_SIGN_TRUSTED || self->sign == sign || self->feed == NULL)
    return;
  ui_feed_sign_out (self->feed, why, ++self->turn);
  enter (self, sign, self->person);
}

void
ui_session_sign_out (UiSession *self)
{
  leave (self, UI_SIGN_OUT, NULL);
}

void
ui_session_lock (UiSession *self)
{
  if (self->sign == UI_SIGN_IN)
    leave (self, UI_SIGN_LOCKED, "locked");
}

/* ---- what may be done --------------------------------------------------------------------- */

static gboolean
can_act (UiSession *self)
{
  return self->sign == UI_SIGN_TRUSTED || self->sign == UI_SIGN_IN;
}

gboolean
ui_session_may (UiSession *self, GdpAct act)
{
  return self->operators->len == 0 || (can_act (self) && gdp_role_may (self->role, act));
}

GdpRole
ui_session_get_role (UiSession *self)
{
  if (self->operators->len == 0)
    return GDP_ROLE_ADMINISTRATOR;
  return can_act (self) ? self->role : GDP_N_ROLES;
}

const char *
ui_session_role_text (UiSession *self)
{
  if (self->sign == UI_SIGN_LOCKED)
    return _("locked");
  if (self->sign == UI_SIGN_OUT)
    return _("signed out");
  if (self->operators->len == 0)
    return _("all rights");
  return self->role < GDP_N_ROLES ? _(gdp_role_label (self->role)) : _("no role");
}

char *
ui_session_refusal_text (UiSession *self, GdpAct act)
{
  const char *least = _(gdp_role_label (gdp_act_least (act)));

  if (ui_session_may (self, act))
    return NULL;
  if (self->sign == UI_SIGN_LOCKED)
    return g_strdup_printf (_("Locked: this takes the password of %s (Ctrl+L)"), self->person);
  if (self->sign == UI_SIGN_OUT)
    return g_strdup (_("Nobody is signed in (Ctrl+L)"));
  if (self->role == GDP_N_ROLES)
    return g_strdup_printf (_("This takes the role “%s”; %s has none"), least, self->person);
  /* Translators: two roles */
  return g_strdup_printf (_("This takes the role “%s”; yours is “%s”"), least, ui_session_role_text (self));
}
