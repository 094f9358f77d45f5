/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console.h"

#include "comms/bbt-wanted.h"
#include "data/catalogue.h"
#include "own-server.h"
#include "portrait.h"
#include "settings.h"
#include "ui/horn-button.h"
#include "ui/idle.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

struct _AppConsole {
  GtkApplication parent_instance;

  const Options *options;      /* borrowed */
  UiSession     *session;
  DataCatalogue *catalogue;    /* NULL when it cannot be read */
  OwnServer     *server;       /* NULL unless standalone */
  UiIdle        *idle;
  UiHorn        *horn;         /* NULL without sound */
  gboolean       asked;        /* who sits down here */
  Portrait      *portrait;     /* the screenshot under way */
  int            exit_code;
};

G_DEFINE_FINAL_TYPE (AppConsole, app_console, GTK_TYPE_APPLICATION)

int
app_console_exit_code (AppConsole *self)
{
  return self->exit_code;
}

static char *
mimic_path (const char *name, gpointer data)
{
  AppConsole *self = data;

  return self->catalogue != NULL ? data_catalogue_mimic (self->catalogue, name) : NULL;
}

/* Revisions are the wire's business; the pages only compare them. */
static guint32
wanted_settings (const GdpNetwork *network, guint link)
{
  return comms_bbt_settings_wanted (network, link, NULL);
}

static guint32
wanted_schedule (const GdpNetwork *network, guint link)
{
  return comms_bbt_schedule_wanted (network, link, NULL);
}

/* ---- windows ----------------------------------------------------------------------------- */

/* Where nothing was asked for, what needs a person comes first. */
static void
choose_site (UiWindow *window, UiSession *session)
{
  UiAlarm *worst = ui_alarm_list_peek (ui_session_get_alarms (session), 0);
  UiSite *site = worst != NULL ? ui_session_site_at (session, ui_alarm_get_site (worst)) : NULL;
  g_autoptr (UiSite) first = g_list_model_get_item (ui_session_get_sites (session), 0);
  g_autoptr (GVariant) page = g_action_group_get_action_state (G_ACTION_GROUP (window), "page");

  if (site == NULL)
    site = first;
  if (site == NULL)
    return;
  ui_window_show_site (window, ui_site_get_id (site));
  ui_window_show_page (window, g_variant_get_string (page, NULL));
}

static void
on_updated (UiSession *session, UiWindow *window)
{
  if (!ui_session_is_loaded (session))
    return;
  if (ui_window_get_site (window) == NULL)
    choose_site (window, session);
  if (ui_window_get_site (window) != NULL)
    g_signal_handlers_disconnect_by_func (session, on_updated, window);
}

/* Told to benchmarks: when the first picture of living data was on the screen. */
static void
on_painted (GdkFrameClock *clock, UiWindow *window)
{
  g_signal_handlers_disconnect_by_func (clock, on_painted, window);
  g_info ("live picture at %" G_GINT64_FORMAT " us monotonic", g_get_monotonic_time ());
}

static void
on_live (UiSession *session, GParamSpec *pspec, UiWindow *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));

  if (!ui_session_is_live (session) || clock == NULL)
    return;
  g_signal_handlers_disconnect_by_func (session, on_live, window);
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_painted), window, 0);
  gtk_widget_queue_draw (GTK_WIDGET (window));
}

static UiWindow *
open_window (AppConsole *self)
{
  UiWindow *window = ui_window_new (GTK_APPLICATION (self), self->session, mimic_path, self);
  const Options *options = self->options;

  if (options->width > 0)
    gtk_window_set_default_size (GTK_WINDOW (window), options->width, options->height);
  if (options->site != NULL)
    ui_window_show_site (window, options->site);
  ui_window_set_horn (window, self->horn);
  g_signal_connect_object (self->session, "updated", G_CALLBACK (on_updated), window, 0);
  g_signal_connect_object (self->session, "notify::live", G_CALLBACK (on_live), window, 0);
  on_updated (self->session, window);
  ui_window_show_page (window, options->page != NULL ? options->page : "site");
  if (options->fullscreen)
    g_action_group_change_action_state (G_ACTION_GROUP (window), "fullscreen", g_variant_new_boolean (TRUE));
  return window;
}

/* ---- actions ----------------------------------------------------------------------------- */

static void
set_theme (GSimpleAction *action, GVariant *target, gpointer data)
{
  gboolean night = g_str_equal (g_variant_get_string (target, NULL), "night");

  ui_theme_set (gdk_display_get_default (), night ? UI_THEME_NIGHT : UI_THEME_DAY);
  g_simple_action_set_state (action, g_variant_new_string (night ? "night" : "day"));
}

static void
new_window (GSimpleAction *action, GVariant *target, gpointer data)
{
  gtk_window_present (GTK_WINDOW (open_window (data)));
}

static void
quit (GSimpleAction *action, GVariant *target, gpointer data)
{
  g_application_quit (data);
}

static void
set_lock_after (GSimpleAction *action, GVariant *target, gpointer data)
{
  AppConsole *self = data;
  guint minutes = (guint) g_ascii_strtoull (g_variant_get_string (target, NULL), NULL, 10);
  g_autoptr (GError) error = NULL;

  ui_idle_set_limit (self->idle, minutes * 60 * GDP_SECOND);
  g_simple_action_set_state (action, target);
  if (!settings_set_lock_after (minutes, &error))
    g_signal_emit_by_name (self->session, "notice", error->message, TRUE);
}

static void
silence (GSimpleAction *action, GVariant *target, gpointer data)
{
  if (APP_CONSOLE (data)->horn != NULL)
    ui_horn_silence (APP_CONSOLE (data)->horn);
}

static void
test_sound (GSimpleAction *action, GVariant *target, gpointer data)
{
  if (APP_CONSOLE (data)->horn != NULL)
    ui_horn_test (APP_CONSOLE (data)->horn);
}

static const GActionEntry actions[] = {
  { "theme", set_theme, "s", "'day'" },
  { "new-window", new_window },
  { "lock-after", set_lock_after, "s", "'0'" },
  { "silence", silence },
  { "test-sound", test_sound },
  { "quit", quit },
};

static const struct { const char *action; const char *keys[3]; } keys[] = {
  { "win.page::site",           { "<Control>1" } },
  { "win.page::alarms",         { "<Control>2" } },
  { "win.page::journal",        { "<Control>3" } },
  { "win.page::field",          { "<Control>4" } },
  { "win.page::figures",        { "<Control>5" } },
  { "win.find",                 { "<Control>f" } },
  { "win.back",                 { "Escape" } },
  { "win.comment",              { "<Control>m" } },
  { "win.decide-selected::reset",    { "<Control>r" } },
  { "win.decide-selected::shelve",   { "<Control>h" } },
  { "win.decide-selected::unshelve", { "<Control><Shift>h" } },
  { "win.decide-selected::out-of-service", { "<Control>o" } },
  { "win.decide-selected::in-service", { "<Control><Shift>o" } },
  { "win.card-selected",        { "F1" } },
  { "win.visit",                { "<Control>t" } },
  { "win.endings",              { "<Control>e" } },
  { "win.legend",               { "F2" } },
  { "win.link-panel",           { "<Control>d" } },
  { "win.lock",                 { "<Control>l" } },
  { "win.sign-in",              { "<Control><Shift>l" } },
  { "win.untold",               { "<Control>u" } },
  { "win.show-help-overlay",    { "<Control>question", "<Control>F1" } },
  { "win.fullscreen",           { "F11" } },
  { "app.new-window",           { "<Control>n" } },
  { "app.quit",                 { "<Control>q" } },
};

/* ---- life -------------------------------------------------------------------------------- */

static void
on_server_ended (const char *why, gpointer data)
{
  AppConsole *self = data;

  g_warning ("%s", why);
  g_signal_emit_by_name (self->session, "notice", why, TRUE);
}

static void
on_idle (gpointer session)
{
  ui_session_lock (session);
}

/* It is asked once who sits here, when it is known that this is asked: at the start, or when passwords were just given. */
static void
on_rights (UiSession *session, AppConsole *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  GAction *lock_after = g_action_map_lookup_action (G_ACTION_MAP (self), "lock-after");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (lock_after), ui_session_get_sign (session) != UI_SIGN_LOCKED);
  if (self->asked || window == NULL || self->options->screenshot != NULL || ui_session_get_sign (session) != UI_SIGN_OUT)
    return;
  self->asked = TRUE;
  g_action_group_activate_action (G_ACTION_GROUP (window), "sign-in", NULL);
}

static void
watch_idle (AppConsole *self)
{
  guint minutes = settings_lock_after ();
  g_autofree char *state = g_strdup_printf ("%u", minutes);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "lock-after");

  self->idle = ui_idle_new (on_idle, self->session);
  ui_idle_set_limit (self->idle, minutes * 60 * GDP_SECOND);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (state));
}

/* A picture for a file is not for ears. */
static void
start_horn (AppConsole *self)
{
  GAction *test = g_action_map_lookup_action (G_ACTION_MAP (self), "test-sound");

  if (!self->options->no_sound && self->options->screenshot == NULL) {
    self->horn = ui_horn_new (self->session);
    ui_horn_take_key (self->horn);
  }
  g_simple_action_set_enabled (G_SIMPLE_ACTION (test), self->horn != NULL);
}

static void
on_portrait (int code, gpointer data)
{
  AppConsole *self = data;

  self->exit_code = code;
  g_application_quit (G_APPLICATION (self));
}

static gboolean
on_sigterm (gpointer application)
{
  g_application_quit (application);
  return G_SOURCE_CONTINUE;
}

static void
app_console_startup (GApplication *application)
{
  AppConsole *self = APP_CONSOLE (application);
  g_autoptr (GError) error = NULL;

  G_APPLICATION_CLASS (app_console_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].keys);
  g_action_group_activate_action (G_ACTION_GROUP (self), "theme",
                                  g_variant_new_string (self->options->theme == UI_THEME_NIGHT ? "night" : "day"));
  self->catalogue = data_catalogue_load (NULL, &error);
  if (self->catalogue == NULL) {
    g_warning ("No mimics: %s", error->message);
    g_clear_error (&error);
  }
  if (self->options->standalone)
    self->server = own_server_start (self->options->store, on_server_ended, self, &error);
  self->session = ui_session_new (self->options->store, self->options->person);
  ui_session_set_wanted (self->session, wanted_settings, wanted_schedule);
  ui_session_set_catalogue (self->session, self->catalogue);
  g_signal_connect_object (self->session, "rights", G_CALLBACK (on_rights), self, G_CONNECT_AFTER);   /* the window knows first */
  watch_idle (self);
  start_horn (self);
  g_unix_signal_add (SIGTERM, on_sigterm, self);
  g_unix_signal_add (SIGINT, on_sigterm, self);
  if (error != NULL)
    g_warning ("%s", error->message);  /* the window says that no server works on the store */
}

/* Sites cannot be imported with it: somebody should know before. */
static void
tell_faults (AppConsole *self)
{
  for (guint i = 0; self->catalogue != NULL && i < data_catalogue_n_faults (self->catalogue); i++) {
    g_autofree char *text = g_strdup_printf (_("A register profile is broken and not used: %s"),
                                             data_catalogue_fault_at (self->catalogue, i));
    g_warning ("%s", text);
    g_signal_emit_by_name (self->session, "notice", text, TRUE);
  }
}

static void
app_console_activate (GApplication *application)
{
  AppConsole *self = APP_CONSOLE (application);
  UiWindow *window = open_window (self);

  if (self->options->screenshot != NULL)
    self->portrait = portrait_take (window, self->session, self->options->screenshot, on_portrait, self);
  gtk_window_present (GTK_WINDOW (window));
  tell_faults (self);
}

static void
app_console_shutdown (GApplication *application)
{
  AppConsole *self = APP_CONSOLE (application);
  GList *window;

  g_clear_pointer (&self->portrait, portrait_free);
  g_clear_pointer (&self->idle, ui_idle_free);
  while ((window = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    gtk_window_destroy (window->data);
  if (self->horn != NULL)
    ui_horn_close (self->horn);
  g_clear_object (&self->horn);
  if (self->session != NULL)
    ui_session_close (self->session);
  g_clear_pointer (&self->server, own_server_stop);
  g_clear_object (&self->session);
  g_clear_pointer (&self->catalogue, data_catalogue_free);
  G_APPLICATION_CLASS (app_console_parent_class)->shutdown (application);
}

static void
app_console_class_init (AppConsoleClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  application_class->startup = app_console_startup;
  application_class->activate = app_console_activate;
  application_class->shutdown = app_console_shutdown;
}

static void
app_console_init (AppConsole *self)
{
}

AppConsole *
app_console_new (const Options *options)
{
  AppConsole *self = g_object_new (APP_TYPE_CONSOLE, "application-id", CONSOLE_ID, "flags",
                                   G_APPLICATION_NON_UNIQUE, NULL);

  self->options = options;
  return self;
}
