/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passports in and out, and what the catalogue offers to start from. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "data/passport.h"
#include "data/proposal.h"

#define MOST_PROBLEMS 25   /* shown to a person; programs get all that are kept */

/* ---- import ------------------------------------------------------------------------------ */

static void
print_problems (const CtlCall *call, GPtrArray *problems, guint n)
{
  g_autoptr (CtlRows) rows = ctl_rows_new (CTL_ROWS_JSON);
  guint most = call->verbose ? DATA_PROBLEMS_MAX : MOST_PROBLEMS;
  for (guint i = 0; i < problems->len; i++) {
    const DataProblem *problem = problems->pdata[i];
    g_autofree char *text = data_problem_text (problem);
    if (!call->json) {
      if (i < most)
        fprintf (stderr, "%s\n", text);
      continue;
    }
    ctl_text (rows, "file", NULL, problem->file);
    ctl_integer (rows, "line", NULL, problem->line);
    ctl_text (rows, "path", NULL, problem->path);
    ctl_text (rows, "message", NULL, problem->message);
    ctl_row_end (rows);
  }
  guint told = MIN (problems->len, most);
  if (!call->json && n > told)
    fprintf (stderr, _("… and %u more\n"), n - told);
}

/* What is broken in it is said, and is no reason not to use the rest. */
static DataCatalogue *
load_catalogue (GError **error)
{
  DataCatalogue *catalogue = data_catalogue_load (NULL, error);
  for (guint i = 0; catalogue && i < data_catalogue_n_faults (catalogue); i++) {
    g_autofree char *text = g_strdup_printf (_("A register profile is broken and not used: %s"),
                                             data_catalogue_fault_at (catalogue, i));
    fprintf (stderr, "gdpctl: %s\n", text);
  }
  return catalogue;
}

static gboolean
report_import (const CtlCall *call, const GdpNetwork *network, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  ctl_text (rows, "result", "", call->check ? "valid" : "imported");
  ctl_integer (rows, "sites", _("Sites"), network->n_sites);
  ctl_integer (rows, "links", _("Links"), network->n_links);
  ctl_integer (rows, "units", _("Units"), network->n_units);
  ctl_integer (rows, "points", _("Points"), network->n_points);
  ctl_row_end (rows);
  return ctl_rows_end (rows, error);
}

gboolean
ctl_import (const CtlCall *call, GError **error)
{
  g_autoptr (DataCatalogue) catalogue = load_catalogue (error);
  if (catalogue == NULL)
    return FALSE;
  g_autoptr (GPtrArray) problems = NULL;
  guint n;
  g_autoptr (GdpNetwork) network = data_passport_load_all ((const char *const *) call->words, catalogue,
                                                           &problems, &n);
  if (network == NULL) {
    print_problems (call, problems, n);
    return ctl_fail (error, CTL_ERROR_FAILED, ngettext ("%u problem; nothing was imported",
                                                        "%u problems; nothing was imported", n), n);
  }
  if (!call->check) {
    g_autoptr (DataStore) store = ctl_call_store (call, DATA_ACCESS_POST, error);
    if (store == NULL
        || !data_store_import (store, network, ctl_call_user (call, store), data_store_now (store), error))
      return FALSE;
  }
  return report_import (call, network, error);
}

/* ---- export ------------------------------------------------------------------------------ */

static gboolean
print_text (const char *text, GError **error)
{
  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return TRUE;
  return ctl_fail (error, CTL_ERROR_FAILED, _("the output cannot be written: %s"), g_strerror (errno));
}

gboolean
ctl_export (const CtlCall *call, GError **error)
{
  g_autoptr (DataStore) store = ctl_call_store (call, DATA_ACCESS_READ, error);
  g_autoptr (GdpNetwork) network = store ? data_store_network (store, error) : NULL;
  if (network == NULL)
    return FALSE;
  g_autoptr (GArray) sites = g_array_new (FALSE, FALSE, sizeof (guint));
  for (char **id = call->words; *id; id++) {
    guint site = gdp_network_find_site (network, *id);
    if (site == G_MAXUINT)
      return ctl_fail (error, CTL_ERROR_FAILED, _("there is no site “%s”; “gdpctl sites” lists them"), *id);
    g_array_append_val (sites, site);
  }
  g_autofree char *text = data_passport_write (network, sites->len ? (guint *) (gpointer) sites->data : NULL,
                                               sites->len);
  return print_text (text, error);
}

/* ---- catalogue --------------------------------------------------------------------------- */

gboolean
ctl_variants (const CtlCall *call, GError **error)
{
  g_autoptr (DataCatalogue) catalogue = load_catalogue (error);
  if (catalogue == NULL)
    return FALSE;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < data_catalogue_n_variants (catalogue); i++) {
    const DataVariant *variant = data_catalogue_variant (catalogue, i);
    ctl_text (rows, "variant", _("Cabinet"), variant->id);
    ctl_text (rows, "printed", _("Printed as"), variant->printed);
    ctl_integer (rows, "lines", _("Lines"), variant->lines);
    ctl_boolean (rows, "differential", _("Filter ΔP"), variant->differential);
    ctl_text (rows, "chemistry", _("Battery"), variant->battery.chemistry);
    ctl_number (rows, "voltage", "V", variant->battery.voltage, 0);
    ctl_number (rows, "capacity", "Ah", variant->battery.capacity, 0);
    ctl_text (rows, "autonomy", _("Autonomy"), variant->autonomy);
    ctl_text (rows, "charge_time", _("Charge"), variant->charge_time);
    ctl_boolean (rows, "solar", _("Solar"), variant->solar);
    ctl_text (rows, "mimic", NULL, variant->mimic);
    ctl_text (rows, "comment", _("Comment"), variant->comment);
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

GdpNetwork *
ctl_proposed (const CtlCall *call, DataCatalogue *catalogue, const DataVariant *variant, DataOutlet outlet, GError **error)
{
  if (data_catalogue_profile (catalogue, DATA_PROPOSAL_PROFILE) != NULL)
    return data_proposal_network (catalogue, variant, outlet, call->site, call->link, (guint8) call->address, error);
  ctl_fail (error, CTL_ERROR_FAILED, _("the catalogue has no usable register profile “%s”"), DATA_PROPOSAL_PROFILE);
  return NULL;
}

gboolean
ctl_passport (const CtlCall *call, GError **error)
{
  gboolean low = g_strcmp0 (call->outlet, "low") == 0;
  if (call->outlet && !low && strcmp (call->outlet, "medium") != 0)
    return ctl_fail (error, CTL_ERROR_USAGE, _("--outlet is low or medium, not “%s”"), call->outlet);
  if (call->address < 0 || call->address > 247)
    return ctl_fail (error, CTL_ERROR_USAGE, _("--address is 1 to 247"));
  g_autoptr (DataCatalogue) catalogue = load_catalogue (error);
  if (catalogue == NULL)
    return FALSE;
  const DataVariant *variant = data_catalogue_find_variant (catalogue, call->words[0]);
  if (variant == NULL)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no cabinet “%s”; “gdpctl variants” lists them"), call->words[0]);
  g_autoptr (GdpNetwork) network = ctl_proposed (call, catalogue, variant, low ? DATA_OUTLET_LOW : DATA_OUTLET_MEDIUM, error);
  g_autofree char *text = network ? data_passport_write (network, NULL, 0) : NULL;
  return text && print_text (text, error);
}
