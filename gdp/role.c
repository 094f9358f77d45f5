/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "role.h"

#include "words.h"

static const struct { const char *word, *label; } roles[GDP_N_ROLES] = {
  [GDP_ROLE_VIEWER]            = { "viewer",            N_("Viewer") },
  [GDP_ROLE_DISPATCHER]        = { "dispatcher",        N_("Dispatcher") },
  [GDP_ROLE_SENIOR_DISPATCHER] = { "senior-dispatcher", N_("Senior dispatcher") },
  [GDP_ROLE_ENGINEER]          = { "engineer",          N_("Engineer") },
  [GDP_ROLE_ADMINISTRATOR]     = { "administrator",     N_("Administrator") },
};

/* The whole of who may do what. */
static const struct { GdpRole least; const char *words; } acts[GDP_N_ACTS] = {
  [GDP_ACT_ACKNOWLEDGE] = { GDP_ROLE_DISPATCHER,        N_("acknowledge alarms") },
  [GDP_ACT_RESET]       = { GDP_ROLE_DISPATCHER,        N_("reset alarms") },
  [GDP_ACT_HANDLE]      = { GDP_ROLE_DISPATCHER,        N_("log what was done about alarms") },
  [GDP_ACT_SHELVE]      = { GDP_ROLE_DISPATCHER,        N_("shelve alarms") },
  [GDP_ACT_TAKE_OUT]    = { GDP_ROLE_SENIOR_DISPATCHER, N_("take alarms out of service") },
  [GDP_ACT_FORCE]       = { GDP_ROLE_SENIOR_DISPATCHER, N_("force values") },
  [GDP_ACT_ASK]         = { GDP_ROLE_DISPATCHER,        N_("ask units to report") },
  [GDP_ACT_SWITCH]      = { GDP_ROLE_SENIOR_DISPATCHER, N_("switch outputs") },
  [GDP_ACT_CONFIGURE]   = { GDP_ROLE_ENGINEER,          N_("change the configuration") },
  [GDP_ACT_FIRMWARE]    = { GDP_ROLE_ENGINEER,          N_("change firmware") },
  [GDP_ACT_APPOINT]     = { GDP_ROLE_ADMINISTRATOR,     N_("give operators their roles") },
  [GDP_ACT_RESTORE]     = { GDP_ROLE_ADMINISTRATOR,     N_("put a copy of the store back") },
};

gboolean
gdp_role_may (GdpRole role, GdpAct act)
{
  return act < GDP_N_ACTS && role < GDP_N_ROLES && role >= acts[act].least;
}

GdpRole
gdp_act_least (GdpAct act)
{
  return acts[act].least;
}

const char *
gdp_act_words (GdpAct act)
{
  return acts[act].words;
}

const char *
gdp_role_word (GdpRole role)
{
  return role < GDP_N_ROLES ? roles[role].word : "unknown";
}

const char *
gdp_role_label (GdpRole role)
{
  return role < GDP_N_ROLES ? roles[role].label : N_("Unknown");
}

gboolean
gdp_role_parse (const char *word, GdpRole *role)
{
  for (guint i = 0; i < GDP_N_ROLES; i++)
    if (g_strcmp0 (roles[i].word, word) == 0) {
      *role = i;
      return TRUE;
    }
  return FALSE;
}
