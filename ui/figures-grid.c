/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures-grid.h"

#include "share-bar.h"
#include "value.h"
#include "when.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static void
clear (GtkGrid *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL)
    gtk_grid_remove (grid, child);
}

/* A text that takes several lines where there is no room, at most @width characters wide; 0 = what is left. */
static GtkWidget *
text_of (const char *text, int width, float xalign, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), width > 0 ? width : 40);
  gtk_widget_set_hexpand (label, width == 0);
  gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

static GtkWidget *
number_of (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
  gtk_widget_add_css_class (label, "number");
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

/* ---- figures -------------------------------------------------------------------------------- */

/* (transfer full) */
static char *
value_text (GdpFigureForm form, double value)
{
  if (isnan (value))
    return g_strdup ("–");
  switch (form) {
  case GDP_FIGURE_SHARE:
    return ui_quantity_text (100 * value, 1, "%");
  case GDP_FIGURE_LENGTH:
    return ui_age_text ((gint64) (value * GDP_SECOND));
  default:
    return ui_number_text (value, form == GDP_FIGURE_COUNT ? 0 : 2);
  }
}

/* Where a figure has no verdict but a share that it should have, that is drawn. */
static GtkWidget *
verdict_of (const GdpFigure *figure, const GdpAlarmFigures *figures)
{
  static const struct { const char *word; guint part; } parts[] = { { "priority-1", 1 }, { "priority-2", 2 }, { "priority-3-4", 3 } };
  GdpVerdict verdict = gdp_figure_judge (figure, figures);
  const char *label = gdp_verdict_label (verdict);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (parts[i].word, figure->word)) {
      g_autofree char *value = value_text (figure->form, figure->value (figures));
      g_autofree char *text = g_strdup_printf ("%s: %s, %s", _(figure->label), value, _(figure->reference));
      return ui_share_bar_new (figure->value (figures), gdp_figure_priorities[parts[i].part], text);
    }
  return text_of (*label != '\0' ? _(label) : "", 13, 0, verdict == GDP_VERDICT_POOR ? "fault" : "dim-label");
}

void
ui_figures_grid_fill (GtkGrid *grid, const GdpAlarmFigures *figures)
{
  clear (grid);
  for (guint i = 0; i < gdp_n_figures; i++) {
    const GdpFigure *figure = &gdp_figures[i];
    double value = figure->value (figures);
    g_autofree char *text = value_text (figure->form, value);

    gtk_grid_attach (grid, text_of (_(figure->label), 0, 0, NULL), 0, (int) i, 1, 1);
    gtk_grid_attach (grid, number_of (text, isnan (value) ? "dim-label" : "heading"), 1, (int) i, 1, 1);
    gtk_grid_attach (grid, text_of (figure->reference != NULL ? _(figure->reference) : "", 22, 0, "dim-label"), 2, (int) i, 1, 1);
    gtk_grid_attach (grid, verdict_of (figure, figures), 3, (int) i, 1, 1);
  }
}

/* ---- the most frequent ------------------------------------------------------------------------ */

/* What such an alarm mostly lacks; "" = nothing that the figures tell. Borrowed, translated. */
static const char *
advice_on (const GdpAlarmCount *alarm)
{
  if (alarm->chattered)
    return _("It chatters: a longer delay, or a wider deadband");
  if (2 * alarm->fleeting > alarm->count)
    return _("Mostly over within a minute: a longer delay");
  if (alarm->stale)
    return _("Active for more than a day: mend its cause, or take it out of service");
  return "";
}

/* What the window can do about an alarm; the target is the object, with a word before it where there is one. */
static const struct { const char *label, *action, *word; gboolean of_point; } fixes[] = {
  { N_("Limits…"), "limits", NULL,     TRUE },
  { N_("Shelve…"), "decide", "shelve", FALSE },
};

static GtkWidget *
button_of (const char *label, const char *action, GVariant *target)
{
  g_autofree char *name = g_strconcat ("win.", action, NULL);
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "row");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), name);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  return button;
}

static GtkWidget *
fixes_of (const char *alarm, const GdpNetwork *network, GActionGroup *window)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  g_autofree char *site = data_alarm_site (alarm);
  const char *dot = strrchr (alarm, '.');
  g_autofree char *point = dot != NULL ? g_strndup (alarm, (gsize) (dot - alarm)) : g_strdup (alarm);
  gboolean known = site != NULL && gdp_network_find_site (network, site) != G_MAXUINT;

  GtkWidget *open = known ? button_of (_("Site"), "site", g_variant_new_string (site))
                          : button_of (_("Show the alarm"), "show-alarm", g_variant_new_string (alarm));

  gtk_widget_set_tooltip_text (open, known ? _("Open the site") : NULL);
  gtk_box_append (GTK_BOX (box), open);
  for (guint i = 0; i < G_N_ELEMENTS (fixes); i++) {
    const char *object = fixes[i].of_point ? point : alarm;
    if (g_action_group_has_action (window, fixes[i].action)
        && (!fixes[i].of_point || gdp_network_find_point (network, point) != G_MAXUINT))
      gtk_box_append (GTK_BOX (box), button_of (_(fixes[i].label), fixes[i].action,
                                                fixes[i].word != NULL ? g_variant_new ("(ss)", fixes[i].word, object)
                                                                      : g_variant_new_string (object)));
  }
  return box;
}

/* "GDP-003 · Outlet pressure 1, Low" and what it lacks. */
static GtkWidget *
name_of (const GdpAlarmCount *alarm, const GdpNetwork *network)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *site = data_alarm_site (alarm->alarm), *name = data_alarm_name (network, alarm->alarm);
  g_autofree char *text = g_strjoin (" · ", site != NULL ? site : name, site != NULL ? name : NULL, NULL);

  gtk_box_append (GTK_BOX (box), text_of (text, 0, 0, NULL));
  if (*advice_on (alarm) != '\0')
    gtk_box_append (GTK_BOX (box), text_of (advice_on (alarm), 0, 0, "dim-label"));
  return box;
}

void
ui_figures_top_fill (GtkGrid *grid, const GdpAlarmFigures *figures, const GdpNetwork *network, GActionGroup *window)
{
  clear (grid);
  if (figures->n_top == 0)
    gtk_grid_attach (grid, text_of (_("No alarm called"), 0, 0, "dim-label"), 0, 0, 1, 1);
  for (guint i = 0; i < figures->n_top; i++) {
    const GdpAlarmCount *alarm = &figures->top[i];
    g_autofree char *times = g_strdup_printf ("%u×", alarm->count);
    g_autofree char *percent = ui_quantity_text (100. * alarm->count / figures->n, 1, "%");

    gtk_grid_attach (grid, number_of (times, "heading"), 0, (int) i, 1, 1);
    gtk_grid_attach (grid, name_of (alarm, network), 1, (int) i, 1, 1);
    gtk_grid_attach (grid, number_of (percent, NULL), 2, (int) i, 1, 1);
    gtk_grid_attach (grid, fixes_of (alarm->alarm, network, window), 3, (int) i, 1, 1);
  }
}
