/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "portrait.h"

#include "ui/flash.h"
#include "ui/screenshot.h"

#include <glib/gi18n.h>

#define PATIENCE (15 * G_USEC_PER_SEC)
#define LOOK_EVERY 50     /* ms */
#define SETTLE 8          /* looks: journal pages and layouts that follow the data */

struct Portrait {
  UiWindow    *window;    /* borrowed */
  UiSession   *session;   /* borrowed */
  char        *path;
  PortraitDone done;
  gpointer     user_data;
  gint64       deadline;  /* monotonic */
  guint        source, settled;
};

/* Live means a beating server, and of the site shown at least one value. */
static gboolean
is_ready (Portrait *portrait)
{
  const char *id = ui_window_get_site (portrait->window);
  UiSite *site = id != NULL ? ui_session_find_site (portrait->session, id) : NULL;

  return ui_session_get_state (portrait->session) == UI_STATE_LIVE && site != NULL
         && (ui_site_get_main (site) == G_MAXUINT
             || ui_session_get_reading (portrait->session, ui_site_get_main (site)) != NULL);
}

/* FALSE: not at this moment. Flashing symbols are caught in their bright phase. */
static gboolean
try_to_save (Portrait *portrait, int *code)
{
  g_autoptr (GError) error = NULL;

  if (!ui_flash_is_steady ())
    return FALSE;
  if (ui_screenshot (GTK_WINDOW (portrait->window), portrait->path, &error))
    *code = 0;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    return FALSE;
  else {
    g_printerr ("gdp-console: %s\n", error->message);
    *code = 1;
  }
  return TRUE;
}

static int
give_up (Portrait *portrait)
{
  g_autofree char *state = ui_session_state_text (portrait->session);
  const char *site = ui_window_get_site (portrait->window);

  if (*state != '\0')
    g_printerr ("gdp-console: no picture within %d s: %s\n", (int) (PATIENCE / G_USEC_PER_SEC), state);
  else
    g_printerr ("gdp-console: no picture within %d s: no value of site %s\n",
                (int) (PATIENCE / G_USEC_PER_SEC),
                site != NULL ? site : "(none)");
  return 1;
}

static gboolean
on_look (gpointer data)
{
  Portrait *portrait = data;
  int code = 1;

  portrait->settled = is_ready (portrait) ? portrait->settled + 1 : 0;
  if (portrait->settled >= SETTLE && try_to_save (portrait, &code))
    ;
  else if (g_get_monotonic_time () > portrait->deadline)
    code = give_up (portrait);
  else
    return G_SOURCE_CONTINUE;
  portrait->source = 0;
  portrait->done (code, portrait->user_data);
  return G_SOURCE_REMOVE;
}

Portrait *
portrait_take (UiWindow *window, UiSession *session, const char *path, PortraitDone done, gpointer user_data)
{
  Portrait *portrait = g_new0 (Portrait, 1);

  portrait->window = window;
  portrait->session = session;
  portrait->path = g_strdup (path);
  portrait->done = done;
  portrait->user_data = user_data;
  portrait->deadline = g_get_monotonic_time () + PATIENCE;
  portrait->source = g_timeout_add (LOOK_EVERY, on_look, portrait);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  return portrait;
}

void
portrait_free (Portrait *portrait)
{
  g_clear_handle_id (&portrait->source, g_source_remove);
  g_free (portrait->path);
  g_free (portrait);
}
