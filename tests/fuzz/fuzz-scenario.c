/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenario files from anybody: either understood, in order of time, or refused with file and line;
 * what is understood can be done to a unit. */
#include "app/sim/scenario.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SimScenario) scenario = sim_scenario_parse ("f", (const char *) data, size, &error);

  if (!scenario) {
    g_assert_nonnull (error);
    g_assert_true (g_str_has_prefix (error->message, "f:"));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  g_assert_no_error (error);
  gint64 before = 0;
  for (guint i = 0; i < scenario->happenings->len; i++) {
    const SimHappening *happening = scenario->happenings->pdata[i];
    g_assert_cmpint (happening->at, >=, before);
    before = happening->at;
    g_assert_cmpuint (happening->deed.line, <=, SIM_LINES);
    g_assert_true (happening->deed.number >= 0);
  }
  return 0;
}
