/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a caller that was turned away a unit of a site, as the page Field does. */
#include "command.h"
#include "data/catalogue.h"
#include "gdp/newcomer.h"

static const DataStranger *
find_stranger (const CtlView *view, const char *name, GError **error)
{
  for (guint i = view->state->strangers->len; i-- > 0;) {   /* the latest first */
    const DataStranger *stranger = view->state->strangers->pdata[i];
    g_autofree char *own = data_stranger_name (stranger);
    if (*own && g_str_equal (own, name))
      return stranger;
  }
  ctl_fail (error, CTL_ERROR_FAILED, _("nobody called “%s” was turned away; “gdpctl strangers” lists who was"), name);
  return NULL;
}

static gboolean
find_places (const CtlCall *call, const CtlView *view, GdpNewcomer *newcomer, GError **error)
{
  newcomer->site = gdp_network_find_site (view->network, call->site);
  if (newcomer->site == G_MAXUINT)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no site “%s”; “gdpctl sites” lists them"), call->site);
  newcomer->replaces = call->replaces ? gdp_network_find_link (view->network, call->replaces) : G_MAXUINT;
  if (call->replaces == NULL)
    return TRUE;
  if (newcomer->replaces == G_MAXUINT || view->network->links[newcomer->replaces].kind != newcomer->kind)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no link “%s” of kind %s; “gdpctl links” lists them"),
                     call->replaces, gdp_link_kind_word (newcomer->kind));
  return TRUE;
}

static gboolean
report (const CtlCall *call, const GdpNewcomer *newcomer, const GdpNetwork *network, GError **error)
{
  const GdpLink *link = &network->links[0];
  for (guint i = 0; i < network->n_links; i++)
    if (g_strcmp0 (newcomer->name, newcomer->kind == GDP_LINK_BBT ? network->links[i].serial
                                                                    : network->links[i].registration) == 0)
      link = &network->links[i];
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  ctl_text (rows, "link", _("Link"), link->id);
  ctl_text (rows, "kind", _("Kind"), gdp_link_kind_word (link->kind));
  ctl_text (rows, "serial", _("Where"), newcomer->name);
  ctl_text (rows, "site", _("Site"), call->site);
  ctl_text (rows, "replaces", _("In the place of"), call->replaces);
  ctl_row_end (rows);
  if (!ctl_rows_end (rows, error))
    return FALSE;
  if (!call->json && link->kind == GDP_LINK_BBT && !link->keyless)
    g_printerr (_("It is let in at its next call if the server knows its key: add the line “%s 64-HEX-DIGITS-OF-ITS-KEY” to "
                  "the server's file of keys (keys= in [sessions]) and send the server SIGHUP.\n"), newcomer->name);
  return TRUE;
}

gboolean
ctl_approve (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (call->words[1] || call->site == NULL)
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "approve SERIAL --site SITE [--replaces LINK] [--keyless]");
  if (!ctl_view_open (&view, call, DATA_ACCESS_POST, error))
    return FALSE;
  const DataStranger *stranger = find_stranger (&view, call->words[0], error);
  g_autoptr (DataCatalogue) catalogue = stranger ? data_catalogue_load (NULL, error) : NULL;
  if (catalogue == NULL)
    return FALSE;
  GdpNewcomer newcomer = { .kind = stranger->serial ? GDP_LINK_BBT : GDP_LINK_MODEM, .name = call->words[0],
                           .keyless = call->keyless };
  newcomer.profile = data_catalogue_profile (catalogue, gdp_newcomer_profile (newcomer.kind));
  if (!find_places (call, &view, &newcomer, error))
    return FALSE;
  g_autoptr (GdpNetwork) network = gdp_newcomer_network (view.network, &newcomer, error);
  return network && data_store_import (view.store, network, ctl_call_user (call, view.store), data_store_now (view.store), error)
         && report (call, &newcomer, network, error);
}
