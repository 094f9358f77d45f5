/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may do what. Roles stand in order: whoever is more may do all that whoever is less may. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  GDP_ROLE_VIEWER, GDP_ROLE_DISPATCHER, GDP_ROLE_SENIOR_DISPATCHER, GDP_ROLE_ENGINEER, GDP_ROLE_ADMINISTRATOR,
  GDP_N_ROLES
} GdpRole;

typedef enum {
  GDP_ACT_ACKNOWLEDGE,   /* alarms */
  GDP_ACT_RESET,         /* latched alarms */
  GDP_ACT_HANDLE,        /* alarms: log what was done about them */
  GDP_ACT_SHELVE,        /* alarms, as long as gdp_shelving_longest() says; and visits */
  GDP_ACT_TAKE_OUT,      /* alarms of service, and back */
  GDP_ACT_FORCE,         /* the value of a point, and end it */
  GDP_ACT_ASK,           /* a unit for a report now, or for its archive once more */
  GDP_ACT_SWITCH,        /* an output */
  GDP_ACT_CONFIGURE,     /* import passports, set a unit's interface */
  GDP_ACT_FIRMWARE,      /* of units */
  GDP_ACT_APPOINT,       /* give operators their roles */
  GDP_ACT_RESTORE,       /* put a copy in the place of the store */
  GDP_N_ACTS
} GdpAct;

gboolean    gdp_role_may   (GdpRole role, GdpAct act);
GdpRole     gdp_act_least  (GdpAct act);             /* the role that it takes */

const char *gdp_role_word  (GdpRole role);           /* "senior-dispatcher" */
const char *gdp_role_label (GdpRole role);           /* English, marked for translation */
gboolean    gdp_role_parse (const char *word, GdpRole *role);
const char *gdp_act_words  (GdpAct act);             /* "switch outputs", English, marked for translation */

G_END_DECLS
