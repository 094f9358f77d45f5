/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link-panel.h"

#include "link-section.h"

#include <glib/gi18n.h>

#define EVERY 2   /* s; the server writes statistics every 5 s */

struct _UiLinkPanel {
  GtkWidget     parent_instance;

  /* in the widget, borrowed */
  GtkWidget    *scroller, *box, *message;

  /* owned */
  UiSession    *session;
  guint         site;
  GCancellable *reading;      /* under way, else NULL */
  guint         timer;        /* source; runs only while mapped */
  guint         n_readings;
};

G_DEFINE_FINAL_TYPE (UiLinkPanel, ui_link_panel, GTK_TYPE_WIDGET)

static void
say (UiLinkPanel *self, const char *text)
{
  gtk_label_set_label (GTK_LABEL (self->message), text);
  gtk_widget_set_visible (self->message, *text != '\0');
}

static void
forget_sections (UiLinkPanel *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
}

/* The section of @link behind @before, made when there is none. */
static GtkWidget *
section_of (UiLinkPanel *self, GtkWidget *before, guint link)
{
  GtkWidget *section = before != NULL ? gtk_widget_get_next_sibling (before) : gtk_widget_get_first_child (self->box);

  if (section == NULL) {
    section = ui_link_section_new (self->session, link, self->site);
    gtk_box_append (GTK_BOX (self->box), section);
  }
  return section;
}

static void
on_examined (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiLinkPanel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = ui_session_examine_finish (result, &error);
  GtkWidget *section = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->reading);
  if (found == NULL) {
    say (self, error->message);
    return;
  }
  say (self, found->len > 0 ? "" : _("This site has no units"));
  for (guint i = 0; i < found->len; i++) {
    const GPtrArray *patients = found->pdata[i];
    section = section_of (self, section, ((const DataPatient *) patients->pdata[0])->link);
    ui_link_section_show (UI_LINK_SECTION (section), patients);
  }
}

static void
stop_reading (UiLinkPanel *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

static void
examine (UiLinkPanel *self)
{
  if (self->reading != NULL || self->site == G_MAXUINT || ui_session_get_network (self->session) == NULL)
    return;
  self->n_readings++;
  self->reading = g_cancellable_new ();
  ui_session_examine_async (self->session, self->site, self->reading, on_examined, g_object_ref (self));
}

static gboolean
on_timer (gpointer data)
{
  examine (data);
  return G_SOURCE_CONTINUE;
}

static void
on_tick (UiLinkPanel *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  for (GtkWidget *w = gtk_widget_get_first_child (self->box); w != NULL; w = gtk_widget_get_next_sibling (w))
    ui_link_section_tick (UI_LINK_SECTION (w));
}

void
ui_link_panel_show (UiLinkPanel *self, guint site)
{
  stop_reading (self);
  forget_sections (self);
  say (self, "");
  self->site = site;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    examine (self);
}

guint
ui_link_panel_n_readings (UiLinkPanel *self)
{
  return self->n_readings;
}

void
ui_link_panel_set_session (UiLinkPanel *self, UiSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
}

static void
ui_link_panel_map (GtkWidget *widget)
{
  UiLinkPanel *self = UI_LINK_PANEL (widget);

  GTK_WIDGET_CLASS (ui_link_panel_parent_class)->map (widget);
  examine (self);
  self->timer = g_timeout_add_seconds (EVERY, on_timer, self);
}

static void
ui_link_panel_unmap (GtkWidget *widget)
{
  UiLinkPanel *self = UI_LINK_PANEL (widget);

  g_clear_handle_id (&self->timer, g_source_remove);
  stop_reading (self);
  GTK_WIDGET_CLASS (ui_link_panel_parent_class)->unmap (widget);
}

static void
ui_link_panel_dispose (GObject *object)
{
  UiLinkPanel *self = UI_LINK_PANEL (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  stop_reading (self);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_link_panel_parent_class)->dispose (object);
}

static void
ui_link_panel_class_init (UiLinkPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_link_panel_dispose;
  widget_class->map = ui_link_panel_map;
  widget_class->unmap = ui_link_panel_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "linkpanel");
}

static void
ui_link_panel_init (UiLinkPanel *self)
{
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->site = G_MAXUINT;
  self->scroller = gtk_scrolled_window_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  self->message = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->message, "placeholder");
  gtk_widget_set_visible (self->message, FALSE);
  gtk_box_append (GTK_BOX (all), self->message);
  gtk_box_append (GTK_BOX (all), self->box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), all);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}
