/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware.h"

#include "words.h"

static const struct { const char *word, *label; gboolean open; } states[GDP_N_WISH_STATES] = {
  [GDP_WISH_WANTED]     = { "wanted",     N_("waits for the unit"), TRUE },
  [GDP_WISH_SENDING]    = { "sending",    N_("is being sent"), TRUE },
  [GDP_WISH_INSTALLING] = { "installing", N_("the unit installs it"), TRUE },
  [GDP_WISH_GIVING_UP]  = { "giving-up",  N_("given up, the unit is told at its next call"), TRUE },
  [GDP_WISH_DONE]       = { "done",       N_("installed"), FALSE },
  [GDP_WISH_FAILED]     = { "failed",     N_("not installed"), FALSE },
  [GDP_WISH_GIVEN_UP]   = { "given-up",   N_("given up"), FALSE },
};

GdpWish *
gdp_wish_copy (const GdpWish *wish)
{
  GdpWish *copy = g_memdup2 (wish, sizeof *wish);

  copy->version = g_strdup (wish->version);
  copy->digest = g_strdup (wish->digest);
  copy->model = g_strdup (wish->model);
  copy->before = g_strdup (wish->before);
  copy->who = g_strdup (wish->who);
  copy->reason = g_strdup (wish->reason);
  return copy;
}

void
gdp_wish_free (GdpWish *wish)
{
  if (wish == NULL)
    return;
  g_free (wish->version);
  g_free (wish->digest);
  g_free (wish->model);
  g_free (wish->before);
  g_free (wish->who);
  g_free (wish->reason);
  g_free (wish);
}

const char *
gdp_wish_word (GdpWishState state)
{
  g_return_val_if_fail (state < GDP_N_WISH_STATES, states[0].word);
  return states[state].word;
}

const char *
gdp_wish_label (GdpWishState state)
{
  g_return_val_if_fail (state < GDP_N_WISH_STATES, states[0].label);
  return states[state].label;
}

gboolean
gdp_wish_parse (const char *word, GdpWishState *state)
{
  for (guint i = 0; i < GDP_N_WISH_STATES; i++)
    if (g_strcmp0 (states[i].word, word) == 0) {
      *state = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
gdp_wish_open (GdpWishState state)
{
  return state < GDP_N_WISH_STATES && states[state].open;
}

/* What @device tells is of this image. */
static gboolean
is_under_way (const GdpWish *wish, const GdpDevice *device)
{
  return device != NULL && g_strcmp0 (device->firmware_wanted, wish->version) == 0
         && device->firmware_size == wish->size;
}

GdpWishState
gdp_wish_shown (const GdpWish *wish, const GdpDevice *device)
{
  gboolean sending = wish->state == GDP_WISH_WANTED && is_under_way (wish, device) && device->connected != 0;

  return sending ? GDP_WISH_SENDING : wish->state;
}

guint32
gdp_wish_bytes (const GdpWish *wish, const GdpDevice *device)
{
  if (wish->state == GDP_WISH_INSTALLING || wish->state == GDP_WISH_DONE)
    return wish->size;
  return is_under_way (wish, device) ? MIN (device->firmware_done, wish->size) : 0;
}

double
gdp_wish_percent (const GdpWish *wish, const GdpDevice *device)
{
  return 100.0 * gdp_wish_bytes (wish, device) / MAX (wish->size, 1);
}

/* As comms/bbt-order.c, app/server/campaign.c and data/sql-firmware.c say it. */
static const char *const reasons[] = {
  N_("the unit says: digest wrong"), N_("the unit says: no memory"), N_("the unit says: not for this hardware"),
  N_("the unit says: not known to this firmware"), N_("the unit says: busy"), N_("the unit says: not selected"),
  N_("the unit says: given up"), N_("the unit says"), N_("the unit is of another model"), N_("not for this hardware"),
  N_("the unit runs this version already"), N_("the unit takes no more of the image"),
  N_("the unit wants more than there is of the image"), N_("the new firmware did not run"), N_("no answer"),
  N_("another firmware takes its place"), N_("too many orders wait for this unit"),
  N_("the image is not in the store"), N_("the image is damaged in the store"),
};

const char *
gdp_wish_reason (const char *reason)
{
  for (guint i = 0; reason != NULL && i < G_N_ELEMENTS (reasons); i++)
    if (g_str_has_prefix (reason, reasons[i]))
      return reasons[i];
  return NULL;
}

static const char *const fits[GDP_N_FITS] = {
  [GDP_FIT_GOOD]           = N_("it fits"),
  [GDP_FIT_UNKNOWN]        = N_("it has never called, so its model is not known"),
  [GDP_FIT_OTHER_MODEL]    = N_("it is of another model"),
  [GDP_FIT_OTHER_HARDWARE] = N_("its hardware is of another revision"),
  [GDP_FIT_THERE]          = N_("it runs this version already"),
};

GdpFit
gdp_firmware_fit (const GdpDevice *device, const char *version, const char *model, int hardware)
{
  if (device == NULL)
    return GDP_FIT_UNKNOWN;
  if (model != NULL && g_strcmp0 (device->model, model) != 0)
    return GDP_FIT_OTHER_MODEL;
  if (hardware >= 0 && device->hardware != hardware)
    return GDP_FIT_OTHER_HARDWARE;
  return g_strcmp0 (device->firmware, version) == 0 ? GDP_FIT_THERE : GDP_FIT_GOOD;
}

const char *
gdp_fit_label (GdpFit fit)
{
  g_return_val_if_fail (fit < GDP_N_FITS, fits[0]);
  return fits[fit];
}

gboolean
gdp_version_parse (const char *text, guint8 version[3])
{
  g_auto (GStrv) numbers = g_strsplit (text, ".", -1);
  guint n = g_strv_length (numbers);
  guint64 number;

  version[0] = version[1] = version[2] = 0;
  for (guint i = 0; i < n && i < 3; i++) {
    if (!g_ascii_string_to_unsigned (numbers[i], 10, 0, G_MAXUINT8, &number, NULL))
      return FALSE;
    version[i] = (guint8) number;
  }
  return n == 2 || n == 3;
}

char *
gdp_version_text (const guint8 version[3])
{
  return g_strdup_printf ("%u.%u.%u", version[0], version[1], version[2]);
}
