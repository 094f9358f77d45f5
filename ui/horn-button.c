/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "horn-button.h"

#include "columns.h"
#include "glyph.h"
#include "tip.h"

#include <glib/gi18n.h>

/* That nothing is heard is as urgent as a site that cannot be seen. */
#define PRIORITY GDP_CONTACT_PRIORITY

struct _UiHornButton {
  GtkButton  parent_instance;

  /* borrowed: children */
  GtkWidget *glyph, *title, *state;

  /* owned */
  UiHorn    *horn;      /* or NULL */
  UiAlarm   *lost;      /* of this console alone, never in the store; NULL = sound works */
};

G_DEFINE_FINAL_TYPE (UiHornButton, ui_horn_button, GTK_TYPE_BUTTON)

static void
set_lost (UiHornButton *self, gboolean lost, gboolean acked)
{
  const GdpAlarm alarm = { .id = "sound", .active = TRUE, .acked = acked, .priority = PRIORITY };

  if (!lost)
    g_clear_object (&self->lost);
  else if (self->lost == NULL)
    self->lost = ui_alarm_new (&alarm);
  else if (acked)
    ui_alarm_set (self->lost, &alarm);
  ui_glyph_set_alarm (UI_GLYPH (self->glyph), self->lost);
  gtk_widget_set_visible (self->glyph, self->lost != NULL);
}

static char *
remaining (gint64 left)
{
  guint seconds = (guint) ((left + GDP_SECOND - 1) / GDP_SECOND);

  return g_strdup_printf ("%u:%02u", seconds / 60, seconds % 60);
}

static void
show (UiHornButton *self)
{
  const char *trouble = self->horn != NULL ? ui_horn_get_trouble (self->horn) : NULL;
  gint64 left = self->horn != NULL ? ui_horn_silent_for (self->horn) : 0;
  guint priority = self->horn != NULL ? ui_horn_get_priority (self->horn) : 0;
  g_autofree char *tip = NULL, *state = NULL;
  const char *style = "dim-label";

  set_lost (self, trouble != NULL, FALSE);
  if (self->horn == NULL) {
    state = g_strdup (C_("sound", "off"));
    tip = g_strdup (_("This console was started without sound: no alarm is heard here."));
  } else if (trouble != NULL) {
    state = g_strdup (C_("sound", "lost"));
    style = "lost";
    tip = g_strdup_printf (_("No alarm can be heard here: %s. Look at the loudspeaker and the sound settings of this computer; a "
                             "click tries again."), trouble);
  } else if (priority != 0) {
    state = g_strdup (_("Silence"));
    style = "active";
    tip = g_strdup_printf (_("What is heard is of priority %u. S silences what calls now for %d minutes; what comes meanwhile is "
                             "heard."), priority, (int) (UI_SILENCE / (60 * GDP_SECOND)));
  } else if (left > 0) {
    state = remaining (left);
    style = "active";
    tip = g_strdup_printf (_("Silenced: what called is heard again in %s; what comes meanwhile is heard."), state);
  } else {
    state = g_strdup (C_("sound", "on"));
    tip = g_strdup (_("Sound works, and nothing calls. It is tried every 30 seconds, inaudibly."));
  }
  ui_cell_set (self->state, state, style);
  ui_tip_set (GTK_WIDGET (self), tip);
}

static void
on_clicked (UiHornButton *self)
{
  if (self->horn == NULL)
    return;
  if (self->lost != NULL) {
    set_lost (self, TRUE, TRUE);
    ui_horn_test (self->horn);
  } else
    ui_horn_silence (self->horn);
}

void
ui_horn_button_set_horn (UiHornButton *self, UiHorn *horn)
{
  g_set_object (&self->horn, horn);
  if (horn != NULL)
    g_signal_connect_object (horn, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  show (self);
}

static void
ui_horn_button_dispose (GObject *object)
{
  UiHornButton *self = UI_HORN_BUTTON (object);

  g_clear_object (&self->horn);
  g_clear_object (&self->lost);
  G_OBJECT_CLASS (ui_horn_button_parent_class)->dispose (object);
}

static void
ui_horn_button_class_init (UiHornButtonClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_horn_button_dispose;
}

static void
ui_horn_button_init (UiHornButton *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->glyph = ui_glyph_new ();
  self->title = gtk_label_new (C_("banner", "Sound"));
  self->state = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->title, "dim-label");
  gtk_widget_set_visible (self->glyph, FALSE);
  gtk_box_append (GTK_BOX (lines), self->title);
  gtk_box_append (GTK_BOX (lines), self->state);
  gtk_box_append (GTK_BOX (box), self->glyph);
  gtk_box_append (GTK_BOX (box), lines);
  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "fact");
  gtk_widget_add_css_class (GTK_WIDGET (self), "flat");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);   /* until it is known whether there is a horn */
  g_signal_connect (self, "clicked", G_CALLBACK (on_clicked), NULL);
}

/* ---- the key -------------------------------------------------------------------------------- */

static gboolean
on_key (GtkWidget *window, GVariant *arguments, gpointer horn)
{
  ui_horn_silence (horn);
  return TRUE;
}

static void
add_key (GtkWidget *window, UiHorn *horn)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();   /* bubbling: an entry takes its letters first */

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_s, 0),
                                                          gtk_callback_action_new (on_key, g_object_ref (horn), g_object_unref)));
  gtk_widget_add_controller (window, keys);
}

static void
on_windows (GListModel *windows, guint position, guint removed, guint added, UiHorn *horn)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    add_key (window, horn);
  }
}

void
ui_horn_take_key (UiHorn *horn)
{
  GListModel *windows = gtk_window_get_toplevels ();

  g_signal_connect_object (windows, "items-changed", G_CALLBACK (on_windows), horn, 0);
  on_windows (windows, 0, 0, g_list_model_get_n_items (windows), horn);
}
