/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firmware of BBT units: what is under way, a new one for some units or all of a model, giving one up. */
#include <math.h>
#include <string.h>

#include "command.h"
#include "data/firmware-file.h"

#define USAGE "firmware FILE --version V UNIT…, or FILE --version V --model M, or --abort UNIT…|--all, " \
              "or --show [UNIT…]"

/* ---- which units ------------------------------------------------------------------------- */

static const GdpWish *
wish_of (const CtlView *view, gint64 link)
{
  for (guint i = 0; i < view->state->wishes->len; i++) {
    const GdpWish *wish = view->state->wishes->pdata[i];
    if (wish->link == link)
      return wish;
  }
  return NULL;
}

/* By link, by serial or by the unit's id. */
static guint
find_unit (const GdpNetwork *network, const char *name)
{
  guint link = gdp_network_find_link (network, name);
  for (guint i = 0; i < network->n_links && link == G_MAXUINT; i++)
    if (g_strcmp0 (network->links[i].serial, name) == 0)
      link = i;
  for (guint i = 0; i < network->n_units && link == G_MAXUINT; i++)
    if (strcmp (network->units[i].id, name) == 0)
      link = network->units[i].link;
  return link;
}

/* Links (guint) of the units named. NULL: one is not there, or no BBT. */
static GArray *
named_units (const CtlView *view, char **names, GError **error)
{
  g_autoptr (GArray) links = g_array_new (FALSE, FALSE, sizeof (guint));
  for (; *names; names++) {
    guint link = find_unit (view->network, *names);
    if (link == G_MAXUINT) {
      ctl_fail (error, CTL_ERROR_FAILED, _("there is no unit “%s”; “gdpctl firmware” lists those that take firmware"), *names);
      return NULL;
    }
    if (view->network->links[link].kind != GDP_LINK_BBT) {
      ctl_fail (error, CTL_ERROR_FAILED, _("“%s” is not a BBT unit: only those take firmware from here"), *names);
      return NULL;
    }
    gboolean known = FALSE;
    for (guint i = 0; i < links->len; i++)
      known |= g_array_index (links, guint, i) == link;
    if (!known)
      g_array_append_val (links, link);
  }
  return g_steal_pointer (&links);
}

/* All BBT units that pass @wanted. */
static GArray *
all_units (const CtlView *view, gboolean (*wanted) (const CtlView *, gint64 link, gconstpointer data), gconstpointer data)
{
  GArray *links = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < view->network->n_links; i++)
    if (view->network->links[i].kind == GDP_LINK_BBT && wanted (view, view->network->links[i].key, data))
      g_array_append_val (links, i);
  return links;
}

static GArray *
keys_of (const CtlView *view, const GArray *links)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < links->len; i++)
    g_array_append_val (keys, view->network->links[g_array_index (links, guint, i)].key);
  return keys;
}

/* ---- showing ----------------------------------------------------------------------------- */

static guint
blocks (guint32 bytes)
{
  return (bytes + GDP_FIRMWARE_BLOCK - 1) / GDP_FIRMWARE_BLOCK;
}

/* What is told of a unit that nothing was ever wished for, too: its version. */
static void
wish_cells (CtlRows *rows, const GdpWish *wish, const GdpDevice *device)
{
  static const GdpWish none = { .state = GDP_N_WISH_STATES };
  const GdpWish *its = wish ? wish : &none;
  GdpWishState state = wish ? gdp_wish_shown (wish, device) : GDP_N_WISH_STATES;
  gboolean counts = wish && (gdp_wish_open (state) || state == GDP_WISH_DONE);
  g_autofree char *done = counts ? g_strdup_printf ("%u/%u", blocks (gdp_wish_bytes (wish, device)), blocks (wish->size))
                                 : NULL;
  ctl_text (rows, "wanted", _("Wanted"), its->version);
  ctl_text (rows, "state", NULL, wish ? gdp_wish_word (state) : NULL);
  ctl_text (rows, NULL, _("State"), wish ? _(gdp_wish_label (state)) : NULL);
  ctl_text (rows, NULL, _("Blocks"), done);
  ctl_integer (rows, "blocks_done", NULL, wish ? blocks (gdp_wish_bytes (wish, device)) : 0);
  ctl_integer (rows, "blocks", NULL, blocks (its->size));
  ctl_number (rows, "percent", "%", counts ? gdp_wish_percent (wish, device) : NAN, 0);
  ctl_time (rows, "since", _("Since"), its->changed);
  ctl_time (rows, "ordered", NULL, its->since);
  ctl_text (rows, "who", _("By"), its->who);
  ctl_text (rows, "reason", _("Reason"), its->reason);
  ctl_text (rows, "digest", NULL, its->digest);
  ctl_integer (rows, "size", NULL, its->size);
}

static gboolean
show (const CtlCall *call, const CtlView *view, const GArray *links, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < links->len; i++) {
    const GdpLink *link = &view->network->links[g_array_index (links, guint, i)];
    const GdpDevice *device = ctl_view_device (view, link->key);
    ctl_text (rows, "unit", _("Link"), link->id);
    ctl_text (rows, "serial", _("Serial"), link->serial);
    ctl_text (rows, "model", _("Model"), device ? device->model : NULL);
    ctl_integer (rows, "hardware", NULL, device ? device->hardware : 0);
    ctl_text (rows, "firmware", _("Firmware"), device ? device->firmware : NULL);
    wish_cells (rows, wish_of (view, link->key), device);
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

static gboolean
show_again (const CtlCall *call, const GArray *links, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error) || !show (call, &view, links, error))
    return FALSE;
  ctl_view_warn_later (&view);
  return TRUE;
}

/* ---- a new one --------------------------------------------------------------------------- */

/* What a model's units are to get; hardware -1: whatever it is. */
typedef struct { const char *version, *model; int hardware; } Sought;

static gboolean
lacks (const CtlView *view, gint64 link, gconstpointer sought)
{
  const Sought *its = sought;
  const GdpWish *now = wish_of (view, link);
  gboolean under_way = now && now->state == GDP_WISH_WANTED && strcmp (now->version, its->version) == 0;
  return !under_way
         && gdp_firmware_fit (ctl_view_device (view, link), its->version, its->model, its->hardware) == GDP_FIT_GOOD;
}

/* Model and hardware that were not given are those of the units. */
static void
fill_in (const CtlView *view, const GArray *links, GdpWish *wish, int *hardware)
{
  for (guint i = 0; i < links->len; i++) {
    const GdpDevice *device = ctl_view_device (view, view->network->links[g_array_index (links, guint, i)].key);
    if (device && wish->model == NULL)
      wish->model = device->model;
    if (device && *hardware < 0)
      *hardware = device->hardware;
  }
}

/* A unit that has never called is taken at the word of whoever says what it is; it refuses by itself what is not for it. */
static gboolean
fits (const CtlCall *call, const CtlView *view, const GArray *links, const GdpWish *wish, int hardware, GError **error)
{
  gboolean said = call->model && call->hardware >= 0;
  for (guint i = 0; i < links->len; i++) {
    const GdpLink *link = &view->network->links[g_array_index (links, guint, i)];
    GdpFit fit = gdp_firmware_fit (ctl_view_device (view, link->key), wish->version, wish->model, hardware);
    if (fit == GDP_FIT_GOOD || (fit == GDP_FIT_UNKNOWN && said))
      continue;
    return ctl_fail (error, CTL_ERROR_FAILED, _("“%s” cannot get firmware %s for %s, hardware %d: %s%s"), link->id,
                     wish->version, wish->model ? wish->model : "?", MAX (hardware, 0), _(gdp_fit_label (fit)),
                     fit == GDP_FIT_UNKNOWN ? _("; say --model and --hardware") : "");
  }
  return TRUE;
}

static GArray *
find_targets (const CtlCall *call, const CtlView *view, const char *version, GError **error)
{
  const Sought sought = { version, call->model, call->hardware };
  if (call->words[1])
    return named_units (view, call->words + 1, error);
  g_autoptr (GArray) links = all_units (view, lacks, &sought);
  if (links->len > 0)
    return g_steal_pointer (&links);
  ctl_fail (error, CTL_ERROR_FAILED, _("no unit of model “%s” is known that does not have firmware %s; “gdpctl firmware” "
            "lists models and versions"), call->model, version);
  return NULL;
}

static gboolean
start (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  guint8 numbers[3];
  int hardware = call->hardware;
  if (call->wanted == NULL || (call->words[1] == NULL && call->model == NULL))
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), USAGE);
  if (!gdp_version_parse (call->wanted, numbers))
    return ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is not a version: write three numbers from 0 to 255, as 1.5.0"), call->wanted);
  if (hardware < -1 || hardware > G_MAXUINT8)
    return ctl_fail (error, CTL_ERROR_USAGE, _("--hardware %d: write 0 to 255"), hardware);
  g_autofree char *version = gdp_version_text (numbers);
  g_autoptr (GBytes) image = data_firmware_read (call->words[0], error);
  GdpWish wish = { .version = version, .model = (char *) call->model };
  if (image == NULL || !ctl_view_open (&view, call, DATA_ACCESS_POST, error))
    return FALSE;
  g_autoptr (GArray) links = find_targets (call, &view, version, error);
  if (links == NULL)
    return FALSE;
  fill_in (&view, links, &wish, &hardware);
  if (!fits (call, &view, links, &wish, hardware, error))
    return FALSE;
  wish.hardware = (guint8) hardware;
  g_autoptr (GArray) keys = keys_of (&view, links);
  return data_store_want_firmware (view.store, &wish, image, (const gint64 *) (gpointer) keys->data, keys->len,
                                   ctl_call_user (call, view.store), data_store_now (view.store), error)
         && show_again (call, links, error);
}

/* ---- giving up --------------------------------------------------------------------------- */

static gboolean
can_be_given_up (const CtlView *view, gint64 link, gconstpointer data)
{
  const GdpWish *wish = wish_of (view, link);
  return wish && wish->state == GDP_WISH_WANTED;
}

static gboolean
give_up (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (call->all == (call->words[0] != NULL))
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "firmware --abort UNIT…, or --abort --all");
  if (!ctl_view_open (&view, call, DATA_ACCESS_POST, error))
    return FALSE;
  g_autoptr (GArray) links = call->all ? all_units (&view, can_be_given_up, NULL) : named_units (&view, call->words, error);
  if (links == NULL)
    return FALSE;
  g_autoptr (GArray) keys = keys_of (&view, links);
  return data_store_give_up_firmware (view.store, (const gint64 *) (gpointer) keys->data, keys->len, ctl_call_user (call, view.store),
                                      data_store_now (view.store), error)
         && show_again (call, links, error);
}

static gboolean
anything (const CtlView *view, gint64 link, gconstpointer data)
{
  return TRUE;
}

gboolean
ctl_firmware (const CtlCall *call, GError **error)
{
  g_auto (CtlView) view = { 0 };
  if (call->show && call->give_up)
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), USAGE);
  if (call->give_up)
    return give_up (call, error);
  if (call->words[0] && !call->show)
    return start (call, error);
  if (!ctl_view_open (&view, call, DATA_ACCESS_READ, error))
    return FALSE;
  g_autoptr (GArray) links = call->words[0] ? named_units (&view, call->words, error) : all_units (&view, anything, NULL);
  return links && show (call, &view, links, error);
}
