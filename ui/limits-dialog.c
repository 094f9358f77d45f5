/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limits-dialog.h"

#include "columns.h"
#include "data/proposal.h"
#include "event-text.h"
#include "gdp/limit-words.h"
#include "limits-form.h"
#include "text.h"
#include "when.h"

#include <glib/gi18n.h>
#include <string.h>

#define DAYS 30
#define LENGTH (DAYS * G_GINT64_CONSTANT (86400) * GDP_SECOND)
#define PAUSE 300        /* ms without a key before history is asked again */
#define CHANGES_SHOWN 50
#define TIMES_SHOWN 5
#define BELOW 76         /* px; as high are what would have been, and the history, under the entries */

struct _UiLimitsDialog {
  GtkWindow     parent_instance;

  /* owned */
  UiSession    *session;
  char         *id;          /* of the point */
  GdpNetwork   *network;     /* as it was when the dialog opened */
  guint         index;       /* of the point in it */
  GdpLimits     wanted;
  gboolean      wrong;       /* what is typed cannot be */
  DataTrial    *trial;       /* of `wanted`; NULL = not yet */
  GCancellable *reading;
  guint         pause;       /* source */
  gboolean      waiting;     /* for the server */
  char         *failure;     /* why it did not change them */

  /* borrowed: children */
  GtkWidget    *form, *why, *told, *changes, *status, *go;
};

G_DEFINE_FINAL_TYPE (UiLimitsDialog, ui_limits_dialog, GTK_TYPE_WINDOW)

static const GdpPoint *
point_of (UiLimitsDialog *self)
{
  return &self->network->points[self->index];
}

static gboolean
is_changed (UiLimitsDialog *self)
{
  g_autofree char *before = NULL, *after = NULL;

  gdp_limits_differences (&point_of (self)->limits, &self->wanted, &before, &after);
  return *after != '\0';
}

/* What moves is judged live alone: there is no trying it on what is stored. */
static gboolean
is_beyond_trial (UiLimitsDialog *self)
{
  GdpLimits tried = self->wanted, old = point_of (self)->limits;
  g_autofree char *before = NULL, *after = NULL;

  for (guint i = 0; i < GDP_N_LEVELS; i++)
    tried.level[i] = old.level[i];
  tried.state = old.state;
  gdp_limits_differences (&old, &tried, &before, &after);
  return *after != '\0';
}

/* ---- what is shown ------------------------------------------------------------------------- */

static void
append_times (GString *text, const char *title, const GArray *alarms, gint64 now)
{
  guint first = alarms->len > TIMES_SHOWN ? alarms->len - TIMES_SHOWN : 0;

  g_string_append_printf (text, "%s%s: %u", text->len > 0 ? "\n" : "", title, alarms->len);
  for (guint i = first; i < alarms->len; i++) {
    const GdpWouldBe *alarm = &g_array_index (alarms, GdpWouldBe, i);
    g_autofree char *from = ui_when_minute_text (alarm->occurred, now, NULL);
    g_autofree char *length = ui_age_text ((alarm->cleared != 0 ? alarm->cleared : now) - alarm->occurred);
    gboolean leveled = alarm->condition != GDP_CONDITION_STATE;

    g_string_append_printf (text, "%s%s%s%s (%s%s)", i == first ? first > 0 ? ": … " : ": " : ", ",
                            leveled ? gdp_level_word (alarm->level) : "", leveled ? " " : "", from, length,
                            alarm->cleared != 0 ? "" : " →");
  }
}

static void
show_trial (UiLimitsDialog *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->trial == NULL)
    g_string_append (text, self->reading != NULL || self->pause != 0 ? "…" : "");
  else if (self->trial->samples == 0)
    g_string_append (text, _("Nothing is stored of that time"));
  else {
    append_times (text, _("With the limits as they are"), self->trial->now, ui_session_now (self->session));
    append_times (text, _("With these"), self->trial->tried, ui_session_now (self->session));
    if (is_beyond_trial (self))
      g_string_append_printf (text, "\n%s", _("Levels and states are tried so; the other conditions are not"));
  }
  gtk_label_set_label (GTK_LABEL (self->told), text->str);
}

static void
refresh (UiLimitsDialog *self)
{
  g_autofree char *refusal = ui_session_refusal_text (self->session, GDP_ACT_CONFIGURE);
  g_autofree char *why = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->why))));
  gboolean changed = is_changed (self), live = ui_session_is_live (self->session);
  const char *said = self->waiting ? _("Asking the server…") : self->wrong ? _("Mend what is marked") : self->failure != NULL ? self->failure
                     : refusal != NULL ? refusal
                     : !live ? _("Nothing is decided on the word of a picture that is not live")
                     : !changed ? "" : *why == '\0' ? _("Say why: it is journaled with it") : "";

  show_trial (self);
  gtk_widget_set_sensitive (self->go, !self->waiting && !self->wrong && refusal == NULL && live && changed && *why != '\0'
                                      && self->trial != NULL);
  ui_cell_set (self->status, said, self->wrong || self->failure != NULL ? "heading" : "dim-label");
}

/* ---- history ------------------------------------------------------------------------------- */

static void
on_trial (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiLimitsDialog) self = data;
  g_autoptr (GError) error = NULL;
  DataTrial *trial = ui_session_trial_finish (result, &error);

  if (self->session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_clear_pointer (&trial, data_trial_free);
    return;
  }
  g_clear_object (&self->reading);
  g_clear_pointer (&self->failure, g_free);
  if (trial == NULL)
    self->failure = ui_detail_text (error->message);
  self->trial = trial;
  refresh (self);
}

static gboolean
begin_trial (gpointer data)
{
  UiLimitsDialog *self = data;
  guint point = gdp_network_find_point (ui_session_get_network (self->session), self->id);   /* it may be another one by now */

  self->pause = 0;
  if (!self->wrong && point != G_MAXUINT) {
    self->reading = g_cancellable_new ();
    ui_session_trial_async (self->session, point, &self->wanted, LENGTH, self->reading, on_trial, g_object_ref (self));
  }
  refresh (self);
  return G_SOURCE_REMOVE;
}

static void
forget_trial (UiLimitsDialog *self)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->trial, data_trial_free);
}

static void
on_typed (UiLimitsDialog *self)
{
  forget_trial (self);
  self->wrong = !ui_limits_form_take (UI_LIMITS_FORM (self->form), &self->wanted);
  g_clear_pointer (&self->failure, g_free);
  self->pause = g_timeout_add (PAUSE, begin_trial, self);
  refresh (self);
}

/* When and who over what it was, what it became, and why. */
static void
add_change (UiLimitsDialog *self, const GdpEvent *event)
{
  g_autofree char *when = ui_when_minute_text (event->occurred, ui_session_now (self->session), NULL);
  g_autofree char *what = ui_event_text (event, NULL);
  g_autofree char *text = g_strdup_printf ("%s  %s: %s", when, event->who, what);

  gtk_box_append (GTK_BOX (self->changes), ui_text_new (text, NULL));
}

static void
on_changes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiLimitsDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UiJournalPart) part = ui_session_journal_finish (result, &error);
  gboolean any = FALSE;

  if (self->session == NULL)
    return;
  gtk_box_remove (GTK_BOX (self->changes), gtk_widget_get_first_child (self->changes));
  for (guint i = 0; part != NULL && i < part->events->len; i++)
    if (((GdpEvent *) part->events->pdata[i])->kind == GDP_EVENT_LIMITS_CHANGED) {
      add_change (self, part->events->pdata[i]);
      any = TRUE;
    }
  g_autofree char *unread = error != NULL ? ui_detail_text (error->message) : NULL;
  if (!any)
    gtk_box_append (GTK_BOX (self->changes), ui_text_new (unread != NULL ? unread : _("never since they were imported"), "dim-label"));
  else if (part->events->len == CHANGES_SHOWN)
    gtk_box_append (GTK_BOX (self->changes), ui_text_new (_("Earlier ones are in the journal"), "dim-label"));
}

/* ---- changing ------------------------------------------------------------------------------ */

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiLimitsDialog) self = data;
  g_autofree char *failure = ui_session_command_failure (result, _("The limits were not changed: %s"),
                                                         _("It is not known whether the limits were changed, look at the journal: %s"));

  self->waiting = FALSE;
  if (self->session == NULL)
    return;
  if (failure == NULL) {
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  g_free (self->failure);
  self->failure = g_steal_pointer (&failure);
  refresh (self);
}

static void
on_go (UiLimitsDialog *self)
{
  g_autofree char *before = NULL, *after = NULL;

  if (!gtk_widget_is_sensitive (self->go))
    return;
  gdp_limits_differences (&point_of (self)->limits, &self->wanted, &before, &after);
  g_autofree char *detail = g_strjoin ("\n", after, before, NULL);
  self->waiting = TRUE;
  ui_session_decide_async (self->session, "limits", self->id, 0, detail, gtk_editable_get_text (GTK_EDITABLE (self->why)),
                           on_answered, g_object_ref (self));
  refresh (self);
}

/* ---- what the catalogue proposes ----------------------------------------------------------- */

static void
add_proposal (UiLimitsDialog *self, const char *title, const GdpPoint *proposal)
{
  if (proposal != NULL)
    ui_limits_form_propose (UI_LIMITS_FORM (self->form), title, &proposal->limits);
}

static gboolean
is_same (const GdpPoint *one, const GdpPoint *other)
{
  g_autofree char *before = NULL, *after = NULL;

  if (one == NULL || other == NULL)
    return one == other;
  gdp_limits_differences (&one->limits, &other->limits, &before, &after);
  return *before == '\0' && *after == '\0';
}

/* By the cabinet, of each pressure category: the site's own first. FALSE: nothing. */
static gboolean
add_proposals (UiLimitsDialog *self)
{
  static const char *const titles[] = { [DATA_OUTLET_MEDIUM] = N_("Catalogue: medium pressure"), [DATA_OUTLET_LOW] = N_("Catalogue: low pressure") };
  const GdpSite *site = &self->network->sites[point_of (self)->site];
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (NULL, NULL);   /* a few small files, once */
  const DataVariant *variant = catalogue != NULL && site->variant != NULL ? data_catalogue_find_variant (catalogue, site->variant) : NULL;
  DataOutlet own = DATA_OUTLET_MEDIUM;

  if (variant == NULL || data_catalogue_profile (catalogue, DATA_PROPOSAL_PROFILE) == NULL)
    return FALSE;
  data_proposal_outlet (self->network, site, &own);
  DataOutlet other = own == DATA_OUTLET_LOW ? DATA_OUTLET_MEDIUM : DATA_OUTLET_LOW;
  g_autoptr (GdpNetwork) its = data_proposal_network (catalogue, variant, own, NULL, NULL, 0, NULL);
  g_autoptr (GdpNetwork) others = data_proposal_network (catalogue, variant, other, NULL, NULL, 0, NULL);
  const GdpPoint *here = its != NULL ? data_proposal_for (its, point_of (self)) : NULL;
  const GdpPoint *there = others != NULL ? data_proposal_for (others, point_of (self)) : NULL;

  if (is_same (here, there))
    add_proposal (self, _("Catalogue"), here);
  else {
    add_proposal (self, _(titles[own]), here);
    add_proposal (self, _(titles[other]), there);
  }
  return here != NULL || there != NULL;
}

/* ---- the window ---------------------------------------------------------------------------- */

static GtkWidget *
buttons_row (UiLimitsDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *close = gtk_button_new_with_label (_("Cancel"));

  self->go = gtk_button_new_with_label (_("Change the limits"));
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), close);
  gtk_box_append (GTK_BOX (box), self->go);
  g_signal_connect_object (close, "clicked", G_CALLBACK (gtk_window_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->go, "clicked", G_CALLBACK (on_go), self, G_CONNECT_SWAPPED);
  return box;
}

static GtkWidget *
scrolled_new (GtkWidget *child)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scrolled, -1, BELOW);
  return scrolled;
}

/* What would have been, and who changed what. */
static GtkWidget *
past_new (UiLimitsDialog *self)
{
  GtkWidget *grid = gtk_grid_new (), *title = ui_text_new (NULL, "heading");

  self->told = ui_text_new (NULL, NULL);
  gtk_label_set_yalign (GTK_LABEL (self->told), 0);
  self->changes = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->changes), ui_text_new ("…", "dim-label"));
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 20);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  g_autofree char *text = g_strdup_printf (ngettext ("Alarms of the last %d day", "Alarms of the last %d days", DAYS), DAYS);
  gtk_label_set_label (GTK_LABEL (title), text);
  gtk_grid_attach (GTK_GRID (grid), title, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), scrolled_new (self->told), 0, 1, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), ui_text_new (_("Changed"), "heading"), 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), scrolled_new (self->changes), 1, 1, 1, 1);
  return grid;
}

static GtkWidget *
reason_new (UiLimitsDialog *self)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("Reason"));
  gtk_entry_set_max_length (GTK_ENTRY (entry), 500);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Reason"), -1);
  g_signal_connect_object (entry, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  return entry;
}

static void
build (UiLimitsDialog *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  const GdpSite *site = &self->network->sites[point_of (self)->site];
  g_autofree char *head = g_strdup_printf ("%s  %s · %s%s%s", site->id, site->name != NULL ? site->name : "", ui_point_name (point_of (self)),
                                           *ui_point_unit (point_of (self)) != '\0' ? ", " : "", ui_point_unit (point_of (self)));

  self->form = ui_limits_form_new (point_of (self));
  self->status = ui_text_new (NULL, NULL);
  self->why = reason_new (self);
  g_signal_connect_object (self->form, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (column, "dialog");
  gtk_box_append (GTK_BOX (column), ui_text_new (head, "heading"));
  gtk_box_append (GTK_BOX (column), self->form);
  if (!add_proposals (self))
    gtk_box_append (GTK_BOX (column), ui_text_new (_("The catalogue proposes nothing for this point"), "dim-label"));
  gtk_box_append (GTK_BOX (column), past_new (self));
  gtk_box_append (GTK_BOX (column), self->why);
  gtk_box_append (GTK_BOX (column), self->status);
  gtk_box_append (GTK_BOX (column), buttons_row (self));
  gtk_window_set_child (GTK_WINDOW (self), column);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->go);
}

GtkWindow *
ui_limits_dialog_new (GtkWindow *parent, UiSession *session, guint point)
{
  UiLimitsDialog *self = g_object_new (UI_TYPE_LIMITS_DIALOG, "transient-for", parent, "modal", TRUE, "destroy-with-parent", TRUE,
                                       "resizable", FALSE, "title", _("Limits"), NULL);
  g_autofree char *site = NULL;

  self->session = g_object_ref (session);
  self->network = gdp_network_ref (ui_session_get_network (session));
  self->index = point;
  self->id = g_strdup (point_of (self)->id);
  self->wanted = point_of (self)->limits;
  site = g_strdup (self->network->sites[point_of (self)->site].id);
  build (self);
  ui_session_journal_async (session, &(DataJournalFilter) { .site = site, .object = self->id, .limit = CHANGES_SHOWN,
                                                            .text = gdp_event_word (GDP_EVENT_LIMITS_CHANGED) },
                            NULL, on_changes, g_object_ref (self));
  begin_trial (self);
  return GTK_WINDOW (self);
}

static void
ui_limits_dialog_dispose (GObject *object)
{
  UiLimitsDialog *self = UI_LIMITS_DIALOG (object);

  forget_trial (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_limits_dialog_parent_class)->dispose (object);
}

static void
ui_limits_dialog_finalize (GObject *object)
{
  UiLimitsDialog *self = UI_LIMITS_DIALOG (object);

  gdp_network_unref (self->network);
  g_free (self->id);
  g_free (self->failure);
  G_OBJECT_CLASS (ui_limits_dialog_parent_class)->finalize (object);
}

static void
ui_limits_dialog_class_init (UiLimitsDialogClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_limits_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = ui_limits_dialog_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_limits_dialog_init (UiLimitsDialog *self)
{
}
