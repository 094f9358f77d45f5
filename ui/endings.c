/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "endings.h"

#include "columns.h"
#include "decision.h"
#include "permit.h"
#include "when.h"

#include <glib/gi18n.h>

struct _UiEndings {
  GtkWidget  parent_instance;

  /* owned */
  UiSession  *session;
  GHashTable *let;        /* id → end, µs: of which the person said that it may come back */
  char       *shown;      /* id; NULL = none */
  gint64      end;        /* of it */

  /* borrowed: children */
  GtkWidget  *text, *again, *enough;
};

G_DEFINE_FINAL_TYPE (UiEndings, ui_endings, GTK_TYPE_WIDGET)

static gboolean
is_ending (UiEndings *self, const GdpAlarm *alarm)
{
  const gint64 *let = g_hash_table_lookup (self->let, alarm->id);

  return alarm->suppression == GDP_SUPPRESSION_SHELVED && alarm->suppressed_until - ui_session_now (self->session) <= UI_ENDS_SOON
         && (let == NULL || *let != alarm->suppressed_until);
}

/* The one that ends first, and how many there are. */
static UiAlarm *
find (UiEndings *self, guint *n)
{
  UiAlarmList *alarms = ui_session_get_alarms (self->session);
  UiAlarm *first = NULL;

  *n = 0;
  for (guint i = 0; i < ui_alarm_list_get_size (alarms); i++) {
    UiAlarm *row = ui_alarm_list_peek (alarms, i);
    if (!is_ending (self, ui_alarm_get (row)))
      continue;
    ++*n;
    if (first == NULL || ui_alarm_get (row)->suppressed_until < ui_alarm_get (first)->suppressed_until)
      first = row;
  }
  return first;
}

/* "GDP-003  Door, Open: shelved for 4 min more (Ivanova: hinges are repaired); 2 more end soon" */
static char *
say (UiEndings *self, UiAlarm *row, guint n)
{
  const GdpAlarm *alarm = ui_alarm_get (row);
  UiSite *site = ui_session_site_at (self->session, ui_alarm_get_site (row));
  g_autofree char *name = ui_decision_object_text (self->session, alarm->id);
  g_autofree char *left = ui_age_text (alarm->suppressed_until - ui_session_now (self->session));
  g_autoptr (GString) text = g_string_new (site != NULL ? ui_site_get_id (site) : NULL);

  g_string_append (text, site != NULL ? "  " : "");
  /* Translators: an alarm, a length, a person, a reason */
  g_string_append_printf (text, alarm->condition == GDP_CONDITION_FORCED ? _("%s: for %s more (%s: %s)") : _("%s: shelved for %s more (%s: %s)"),
                          name, left, alarm->suppressed_by, alarm->suppressed_why);
  if (n > 1)
    g_string_append_printf (text, ngettext ("; %u more ends soon", "; %u more end soon", n - 1), n - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What goes on when it is decided again. */
static UiDecision
again (const GdpAlarm *alarm)
{
  return alarm->condition == GDP_CONDITION_VISIT ? UI_DECISION_VISIT
         : alarm->condition == GDP_CONDITION_FORCED ? UI_DECISION_FORCE : UI_DECISION_SHELVE;
}

static void
refresh (UiEndings *self)
{
  guint n = 0;
  UiAlarm *row = find (self, &n);
  g_autofree char *text = row != NULL ? say (self, row, n) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), row != NULL);
  if (row == NULL)
    return;
  if (g_strcmp0 (self->shown, ui_alarm_get (row)->id) != 0) {
    g_free (self->shown);
    self->shown = g_strdup (ui_alarm_get (row)->id);
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self->again), "(ss)",
                                      ui_decision_info (again (ui_alarm_get (row)))->word, self->shown);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->again), "win.decide");
  }
  const UiDecisionInfo *info = ui_decision_info (again (ui_alarm_get (row)));
  gtk_button_set_label (GTK_BUTTON (self->again), info->of == GDP_N_CONDITIONS ? _("Shelve again…") : _(info->item));
  self->end = ui_alarm_get (row)->suppressed_until;
  ui_cell_set_long (self->text, text, NULL);
  ui_permit (self->again, self->session, info->act, ui_session_is_live (self->session), NULL);
}

static void
on_enough (UiEndings *self)
{
  g_hash_table_replace (self->let, g_strdup (self->shown), g_memdup2 (&self->end, sizeof self->end));
  refresh (self);
}

void
ui_endings_set_session (UiEndings *self, UiSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "updated", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "tick", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "rights", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static gboolean
ui_endings_grab_focus (GtkWidget *widget)
{
  UiEndings *self = UI_ENDINGS (widget);

  return gtk_widget_grab_focus (gtk_widget_is_sensitive (self->again) ? self->again : self->enough);
}

static void
ui_endings_dispose (GObject *object)
{
  UiEndings *self = UI_ENDINGS (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_endings_parent_class)->dispose (object);
}

static void
ui_endings_finalize (GObject *object)
{
  g_hash_table_unref (UI_ENDINGS (object)->let);
  g_free (UI_ENDINGS (object)->shown);
  G_OBJECT_CLASS (ui_endings_parent_class)->finalize (object);
}

static void
ui_endings_class_init (UiEndingsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_endings_dispose;
  G_OBJECT_CLASS (class)->finalize = ui_endings_finalize;
  widget_class->grab_focus = ui_endings_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "endings");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
ui_endings_init (UiEndings *self)
{
  self->let = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->text = gtk_label_new (NULL);
  self->again = gtk_button_new_with_label (_("Shelve again…"));
  self->enough = gtk_button_new_with_label (_("Let it come back"));
  gtk_label_set_xalign (GTK_LABEL (self->text), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->text), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->text, TRUE);
  gtk_widget_set_parent (self->text, GTK_WIDGET (self));
  gtk_widget_set_parent (self->again, GTK_WIDGET (self));
  gtk_widget_set_parent (self->enough, GTK_WIDGET (self));
  g_signal_connect_object (self->enough, "clicked", G_CALLBACK (on_enough), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
