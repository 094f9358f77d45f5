/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario: what happens to which site, when. Text, one happening a line:
 *
 *   # comment
 *   at +30s    site GDP-003 slam-shut line 1 trips
 *   at +1m30s  GDP-003 mains lost
 *   at +2h     every site mains lost
 *
 * Times count from the start of the simulation, in simulated time. Words are those of phrase.c. */
#pragma once

#include "phrase.h"

G_BEGIN_DECLS

typedef struct {
  gint64  at;      /* µs after the start */
  guint   line;    /* in the file, from 1 */
  char   *site;    /* NULL = every site */
  SimDeed deed;
  char   *words;   /* the deed as written */
} SimHappening;

typedef struct {
  char      *name;         /* of the file, for messages */
  GPtrArray *happenings;   /* SimHappening*, by time, then by line */
} SimScenario;

/* @name: for messages. The error is "NAME:LINE: what is wrong". */
SimScenario *sim_scenario_parse (const char *name, const char *text, gsize length, GError **error);

/* @name: a path, or the name of a scenario that ships ("incident"). */
SimScenario *sim_scenario_load (const char *name, GError **error);
void         sim_scenario_free (SimScenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimScenario, sim_scenario_free)

/* Whether all that it names exists among @units (SimUnit*); the error names file, line and
 * what is missing. */
gboolean     sim_scenario_check (const SimScenario *scenario, GPtrArray *units, GError **error);

/* Names that ship, each with the first line of its file, one a line. (transfer full) */
char        *sim_scenario_list (GError **error);

G_END_DECLS
