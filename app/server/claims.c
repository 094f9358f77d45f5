/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "claims.h"

#include "clock.h"
#include "field.h"

static void
tell (ServerTrouble *trouble, const GdpLink *link, const char *text)
{
  g_autofree char *subject = g_strdup_printf ("link %s", link->id);
  server_trouble_set (trouble, subject, text);
}

/* What was taken over is kept. */
static gboolean
is_for (const ServerConfig *config, const GdpLink *link, const GdpNetwork *mine, gboolean reserve)
{
  ServerDuty duty = server_config_duty (config, link->id);

  return comms_share_holds (config->share, link)
         && (duty == SERVER_DUTY_OWN
             || (duty == SERVER_DUTY_RESERVE
                 && (reserve || (mine != NULL && gdp_network_find_link (mine, link->id) != G_MAXUINT))));
}

/* Indexes of the links that it may have and has not; what stands against the others is told. (transfer full) */
static GArray *
wanted_of (const GdpNetwork *network, const ServerConfig *config, const GdpNetwork *mine, gboolean reserve,
           ServerTrouble *trouble, const gboolean *held)
{
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < network->n_links; i++) {
    const GdpLink *link = &network->links[i];
    gboolean ours = is_for (config, link, mine, reserve);
    const char *missing = held[i] || !ours ? NULL : server_field_missing (config, link);

    if (missing != NULL)
      tell (trouble, link, missing);
    else if (!held[i] && ours)
      g_array_append_val (wanted, i);
  }
  return wanted;
}

/* Why links are not had, a text or NULL for each of @wanted. One is told of itself, many by one of them. */
static void
tell_all (ServerTrouble *trouble, const GdpNetwork *network, const GArray *wanted, char *const *texts)
{
  const guint *links = (const guint *) wanted->data;
  g_autofree char *together = NULL;
  guint n = 0, first = 0;

  for (guint i = wanted->len; i-- > 0;)
    if (texts[i] != NULL) {
      first = i;
      n++;
    }
  for (guint i = 0; i < wanted->len; i++)
    tell (trouble, &network->links[links[i]], n == 1 ? texts[i] : NULL);
  if (n > 1)
    together = g_strdup_printf ("%u are not served here, such as %s: %s", n, network->links[links[first]].id, texts[first]);
  server_trouble_set (trouble, "links", together);
}

gboolean
server_claims_take (DataStore *store, const GdpNetwork *network, const ServerConfig *config, const DataServer *self,
                    const GdpNetwork *mine, gboolean reserve, ServerTrouble *trouble, gboolean *held)
{
  g_autoptr (GArray) wanted = wanted_of (network, config, mine, reserve, trouble, held);
  g_autofree gint64 *keys = g_new (gint64, wanted->len);
  g_autofree char **refusals = g_new0 (char *, wanted->len);
  g_autofree char **texts = g_new0 (char *, wanted->len);
  g_autoptr (GError) error = NULL;
  gboolean gained = FALSE;

  for (guint i = 0; i < wanted->len; i++)
    keys[i] = network->links[g_array_index (wanted, guint, i)].key;
  gboolean claimed = wanted->len > 0
                     && data_store_claim_links (store, keys, wanted->len, self, server_clock_now (), refusals, &error);
  for (guint i = 0; i < wanted->len; i++) {
    guint link = g_array_index (wanted, guint, i);

    held[link] = claimed && refusals[i] == NULL;
    gained = gained || held[link];
    if (error != NULL)
      texts[i] = error->message;
    else if (server_config_duty (config, network->links[link].id) != SERVER_DUTY_RESERVE)   /* there it is as it should be */
      texts[i] = refusals[i];
  }
  tell_all (trouble, network, wanted, texts);
  for (guint i = 0; i < wanted->len; i++)
    g_free (refusals[i]);
  return gained;
}

void
server_claims_forget (const GdpNetwork *before, const GdpNetwork *after, ServerTrouble *trouble)
{
  for (guint i = 0; i < before->n_links; i++)
    if (gdp_network_find_link (after, before->links[i].id) == G_MAXUINT)
      tell (trouble, &before->links[i], NULL);
}
