/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-layout LANGUAGE LOCALEDIR — every page at the smallest and the usual size: nothing scrolls sideways, no
 * text outside the tables is cut, nothing lies outside the window.
 *
 * LANGUAGE "ru" needs localedef, which makes the locale in a folder of the test's own. */
#include "../patience.h"
#include "field.h"
#include "ui/window.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#define SETTLED  (10 * G_USEC_PER_SEC)   /* a busy machine lays out late; what is wrong by then stays wrong */

static GtkApplication *application;
static const char *localedir;

static const struct { int width, height; } sizes[] = { { 1280, 720 }, { 1920, 1080 } };
static const char *const pages[] = { "site", "alarms", "journal", "field", "figures" };

/* ---- a field in trouble, and a window on it ---------------------------------------------- */

static gboolean
has_trouble (gpointer session)
{
  UiAlarmList *alarms = ui_session_get_alarms (session);

  return ui_session_is_live (session) && ui_alarm_list_find (alarms, "GDP-001/slam1.state") != NULL
         && ui_alarm_list_find (alarms, "GDP-001/outlet1.low") != NULL
         && ui_alarm_list_find (alarms, "GDP-002/tgas.fault") != NULL;
}

static void
raise_trouble (Field *field)
{
  field_set (field, "GDP-001/slam1", 1);
  field_set (field, "GDP-001/outlet1", 0.01);
  field_set (field, "GDP-001/door1", 1);
  field_set_raw (field, "GDP-002/tgas", 0.2);
}

/* Until nothing wants to be laid out or drawn any more. */
static void
settle (void)
{
  gint64 end = g_get_monotonic_time () + 400000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

/* ---- what is wrong with it --------------------------------------------------------------- */

/* Where long names are cut on purpose, with the whole in a tooltip. */
static gboolean
may_be_cut (GtkWidget *label)
{
  for (GtkWidget *at = label; at != NULL; at = gtk_widget_get_parent (at))
    if (g_str_equal (gtk_widget_get_css_name (at), "cell") || g_str_equal (gtk_widget_get_css_name (at), "siterow")
        || (gtk_widget_has_css_class (at, "alarm") && !gtk_widget_has_css_class (label, "condition")) || gtk_widget_has_css_class (at, "person"))
      return TRUE;
  return FALSE;
}

static void
judge_label (GtkWidget *label, GtkWidget *window, GString *faults)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));
  graphene_rect_t bounds;

  if (*text == '\0' || may_be_cut (label) || !gtk_widget_compute_bounds (label, window, &bounds))
    return;
  if (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))))
    g_string_append_printf (faults, "\n  cut: “%s”", text);
  if (bounds.origin.x < -1 || bounds.origin.x + bounds.size.width > gtk_widget_get_width (window) + 1)
    g_string_append_printf (faults, "\n  outside the window: “%s”", text);
}

/* A value in the mimic must not be wider than the drawing; a heading not than its column. */
static void
judge_room (GtkWidget *widget, GtkWidget *parent, GString *faults)
{
  graphene_rect_t bounds;

  if (parent == NULL || !GTK_IS_LABEL (widget) || !gtk_widget_compute_bounds (widget, parent, &bounds))
    return;
  if (bounds.origin.x < -2 || bounds.origin.x + bounds.size.width > gtk_widget_get_width (parent) + 2)
    g_string_append_printf (faults, "\n  wider than its place: “%s”", gtk_label_get_text (GTK_LABEL (widget)));
}

static void
judge (GtkWidget *widget, GtkWidget *window, GString *faults)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    judge_label (widget, window, faults);
  judge_room (widget, gtk_widget_get_parent (widget), faults);
  if (GTK_IS_SCROLLABLE (widget)) {
    GtkAdjustment *across = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (widget));

    if (across != NULL && gtk_adjustment_get_upper (across) > gtk_adjustment_get_page_size (across) + 1)
      g_string_append_printf (faults, "\n  scrolls sideways: %s, %.0f in %.0f px", G_OBJECT_TYPE_NAME (widget),
                              gtk_adjustment_get_upper (across), gtk_adjustment_get_page_size (across));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    judge (child, window, faults);
}

static void
judge_window (GtkWidget *window, int width, GString *faults)
{
  judge (window, window, faults);
  if (gtk_widget_get_width (window) > width)
    g_string_append_printf (faults, "\n  does not fit: %d px wide", gtk_widget_get_width (window));
}

static char *
mimic_path (const char *name, gpointer catalogue)
{
  return data_catalogue_mimic (catalogue, name);
}

static void
look_at (Field *field, UiSession *session, UiHorn *horn, DataCatalogue *catalogue, int width, int height, GString *faults)
{
  UiWindow *window = ui_window_new (application, session, mimic_path, catalogue);

  ui_window_set_horn (window, horn);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  ui_window_show_site (window, "GDP-001");
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autoptr (GString) found = g_string_new (NULL);
    gint64 end = g_get_monotonic_time () + SETTLED;

    ui_window_show_page (window, pages[i]);
    field_turn (field);
    do {
      settle ();
      g_string_truncate (found, 0);
      judge_window (GTK_WIDGET (window), width, found);
    } while (found->len > 0 && g_get_monotonic_time () < end);
    if (found->len > 0)
      g_string_append_printf (faults, "\n%s at %d×%d:%s", pages[i], width, height, found->str);
  }
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
has_no_sound (gpointer horn)
{
  return ui_horn_get_trouble (horn) != NULL;
}

static void
test_pages (void)
{
  Field *field = field_new (24);
  g_autoptr (GString) faults = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (NULL, &error);
  UiSession *session;
  UiHorn *horn;

  g_assert_no_error (error);
  g_setenv ("PULSE_SERVER", "unix:/nonexistent", TRUE);   /* what takes most room: sound is lost, too */
  raise_trouble (field);
  field_serve (field);
  session = ui_session_new (field_uri (field), "Константинопольская А. В.");
  if (!field_run (field, has_trouble, session, PATIENCE))
    g_error ("the picture did not come");
  horn = ui_horn_new (session);
  if (!field_run (field, has_no_sound, horn, PATIENCE))
    g_error ("sound without a sound server");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    look_at (field, session, horn, catalogue, sizes[i].width, sizes[i].height, faults);
  ui_horn_close (horn);
  g_object_unref (horn);
  ui_session_close (session);
  g_object_unref (session);
  field_free (field);
  if (faults->len > 0)
    g_error ("%s", faults->str);
}

/* Any locale can be made without rights. Before gtk_init(), which sets the locale. */
static void
speak_russian (const char *folder)
{
  g_autofree char *target = g_build_filename (folder, "ru_RU.UTF-8", NULL);
  const char *arguments[] = { "localedef", "-i", "ru_RU", "-f", "UTF-8", "--no-archive", target, NULL };
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                               NULL, NULL, NULL, NULL, &status, NULL));
  g_setenv ("LOCPATH", folder, TRUE);
  g_setenv ("LC_ALL", "ru_RU.UTF-8", TRUE);
  g_setenv ("LANGUAGE", "ru", TRUE);
  bindtextdomain ("gdp", localedir);
  bind_textdomain_codeset ("gdp", "UTF-8");
  textdomain ("gdp");
}

static void
remove_all (const char *folder)
{
  const char *arguments[] = { "rm", "-rf", folder, NULL };

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("gdp-layout-XXXXXX", NULL);
  gboolean russian = argc > 2 && g_str_equal (argv[1], "ru");
  g_autofree char *path = g_strdup_printf ("/layout/%s/nothing-is-cut-and-nothing-scrolls-sideways", russian ? "ru" : "en");
  int code;

  g_test_init (&argc, &argv, NULL);
  localedir = russian ? argv[2] : NULL;
  if (russian)
    speak_russian (folder);
  else
    g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  gtk_init ();
  g_assert_cmpstr (gettext ("Journal"), ==, russian ? "Журнал" : "Journal");
  ui_theme_set (gdk_display_get_default (), UI_THEME_DAY);
  application = gtk_application_new ("io.github.gdp.Test", G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add_func (path, test_pages);
  code = g_test_run ();
  remove_all (folder);
  return code;
}
