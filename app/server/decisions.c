/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decisions.h"

static gboolean
acknowledge (GdpEngine *engine, const GdpDecision *decision, GdpChanges *changes, GError **error)
{
  return gdp_engine_acknowledge (engine, decision->alarm, decision->occurrence, decision->who, decision->why, decision->now,
                                 changes, error);
}

/* Adding a decision about an alarm: one row. What is asked of the field is orders.c's. */
static const struct {
  const char *kind;
  GdpAct      act;
  gboolean  (*decide) (GdpEngine *, const GdpDecision *, GdpChanges *, GError **);
  gboolean    until;   /* its detail says until when … */
  gboolean    value;   /* … and to which value */
} commands[] = {
  { "ack",      GDP_ACT_ACKNOWLEDGE, acknowledge },
  { "reset",    GDP_ACT_RESET,       gdp_engine_reset },
  { "done",     GDP_ACT_HANDLE,      gdp_engine_handle },
  { "shelve",   GDP_ACT_SHELVE,      gdp_engine_shelve, TRUE },
  { "unshelve", GDP_ACT_SHELVE,      gdp_engine_unshelve },
  { "out-of-service", GDP_ACT_TAKE_OUT, gdp_engine_take_out },
  { "in-service", GDP_ACT_TAKE_OUT,  gdp_engine_put_back },
  { "force",    GDP_ACT_FORCE,       gdp_engine_force, TRUE, TRUE },
  { "unforce",  GDP_ACT_FORCE,       gdp_engine_unforce },
};

static int
find (const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (commands[i].kind, kind) == 0)
      return (int) i;
  return -1;
}

gboolean
server_decisions_know (const char *kind, GdpAct *act)
{
  int which = find (kind);

  if (which >= 0)
    *act = commands[which].act;
  return which >= 0;
}

/* "1764000000000000 0", "1764000000000000 0 0.31" with a value: see DataCommand. */
static gboolean
read_ends (const char *detail, gboolean value, GdpDecision *decision, GError **error)
{
  char *rest = NULL;

  decision->until = detail != NULL ? g_ascii_strtoll (detail, &rest, 10) : 0;
  if (rest != NULL && rest != detail && *rest == ' ')
    decision->seen_until = g_ascii_strtoll (rest, &rest, 10);
  if (rest == NULL || rest == detail || *rest != (value ? ' ' : '\0')) {
    g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, "the command does not say until when");
    return FALSE;
  }
  const char *number = value ? rest + 1 : rest;
  decision->value = g_ascii_strtod (number, &rest);
  if ((rest == number) == !value && *rest == '\0')
    return TRUE;
  g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, "the command does not say to which value");
  return FALSE;
}

gboolean
server_decisions_make (GdpEngine *engine, const DataCommand *command, GdpRole role, gint64 now, GdpChanges *changes, GError **error)
{
  GdpDecision decision = { .alarm = command->object, .occurrence = (guint32) command->argument, .who = command->who,
                           .why = command->comment, .steps = command->detail, .role = role, .now = now };
  int which = find (command->kind);

  if (command->object == NULL) {
    g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, "the command does not say what it is for");
    return FALSE;
  }
  return (!commands[which].until || read_ends (command->detail, commands[which].value, &decision, error))
         && commands[which].decide (engine, &decision, changes, error);
}
