/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims.h"

#include "field.h"

static void
tell (ServerTrouble *trouble, const GdpLink *link, const char *text)
{
  g_autofree char *subject = g_strdup_printf ("link %s", link->id);
  server_trouble_set (trouble, subject, text);
}

gboolean
server_claims_take (DataStore *store, const GdpNetwork *network, const ServerConfig *config, const DataServer *self,
                    ServerTrouble *trouble, gboolean *held)
{
  gboolean gained = FALSE;

  for (guint i = 0; i < network->n_links; i++) {
    const GdpLink *link = &network->links[i];
    const char *missing = server_field_missing (config, link);
    g_autoptr (GError) error = NULL;

    if (held[i] || !comms_share_holds (config->share, link))
      continue;
    held[i] = missing == NULL && data_store_claim_link (store, link->key, self, g_get_real_time (), &error);
    gained = gained || held[i];
    tell (trouble, link, held[i] ? NULL : missing != NULL ? missing : error->message);
  }
  return gained;
}

void
server_claims_forget (const GdpNetwork *before, const GdpNetwork *after, ServerTrouble *trouble)
{
  for (guint i = 0; i < before->n_links; i++)
    if (gdp_network_find_link (after, before->links[i].id) == G_MAXUINT)
      tell (trouble, &before->links[i], NULL);
}
