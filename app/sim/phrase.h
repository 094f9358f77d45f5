/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario can make happen to one site, in words: one table of phrases, each with what it does. */
#pragma once

#include "unit.h"

G_BEGIN_DECLS

typedef struct SimPhrase SimPhrase;

/* A phrase with its blanks filled in. */
typedef struct {
  const SimPhrase *phrase;
  guint  line;       /* 1 or 2; 0 = all lines */
  double number;
  gint64 duration;   /* simulated µs */
  char  *tag;        /* owned */
} SimDeed;

typedef enum {
  SIM_SCENARIO_ERROR_WORD,     /* not a phrase of the table */
  SIM_SCENARIO_ERROR_TIME,     /* not "at +DURATION" */
  SIM_SCENARIO_ERROR_SITE,     /* no such site, line or point in the network played */
  SIM_SCENARIO_ERROR_FILE,     /* no such scenario, not text, too long */
} SimScenarioError;
#define SIM_SCENARIO_ERROR (sim_scenario_error_quark ())
GQuark sim_scenario_error_quark (void);

/* "500ms", "30s", "1m30s", "2h" in µs; more than nothing, at most a year. */
gboolean sim_duration_parse (const char *word, gint64 *duration);

/**
 * sim_deed_parse:
 * @words: (array zero-terminated=1): the phrase
 * @deed: (out): cleared by the caller
 *
 * The error names the first word that fits no phrase and what would have fitted in its place.
 */
gboolean sim_deed_parse (const char *const *words, SimDeed *deed, GError **error);
void     sim_deed_clear (SimDeed *deed);

/* Whether @unit has the line and the point that the deed names; the error says which it lacks. */
gboolean sim_deed_fits  (const SimDeed *deed, const SimUnit *unit, GError **error);
void     sim_deed_do    (const SimDeed *deed, SimUnit *unit);

/* All phrases, one a line, for --help and messages. (transfer full) */
char    *sim_phrases (void);

G_END_DECLS
