/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window.h"

/* The colours' provider is exchanged, the rules stay. */
static GtkCssProvider *
load (GdkDisplay *display, const char *path)
{
  GtkCssProvider *provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, path);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  return provider;
}

void
ui_theme_set (GdkDisplay *display, UiTheme theme)
{
  GtkCssProvider *rules = g_object_get_data (G_OBJECT (display), "gdp-rules");
  GtkCssProvider *colours = g_object_get_data (G_OBJECT (display), "gdp-colours");

  g_object_set (gtk_settings_get_for_display (display), "gtk-application-prefer-dark-theme",
                theme == UI_THEME_NIGHT,
                "gtk-cursor-blink", FALSE,   /* nothing moves but what is wrong */
                NULL);
  if (colours != NULL)
    gtk_style_context_remove_provider_for_display (display, GTK_STYLE_PROVIDER (colours));
  colours = load (display, theme == UI_THEME_NIGHT ? "/gdp/ui/night.css" : "/gdp/ui/day.css");
  g_object_set_data_full (G_OBJECT (display), "gdp-colours", colours, g_object_unref);
  if (rules == NULL)
    g_object_set_data_full (G_OBJECT (display), "gdp-rules", load (display, "/gdp/ui/style.css"),
                            g_object_unref);
}
