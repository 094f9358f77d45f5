/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit-panel.h"

#include "event-text.h"
#include "field-columns.h"
#include "firmware-dialog.h"
#include "permit.h"
#include "schedule-editor.h"
#include "settings-editor.h"
#include "when.h"

#include <glib/gi18n.h>
#include <math.h>

struct _UiUnitPanel {
  GtkWidget     parent_instance;

  /* template */
  GtkWidget    *title, *message, *firmware, *revert, *apply, *body, *facts, *settings_title, *schedule_title, *settings,
               *schedule, *budget_row, *guaranteed, *budget, *gauge, *empty, *editors, *no_editors;

  /* owned */
  UiSession    *session;
  UiFieldUnit  *unit;        /* NULL = none is chosen */
  UiFieldDraft *draft;       /* NULL unless it is a BBT */
  gulong        changed;     /* handler of unit */
  GArray       *numbers;     /* guint: those of the list of guaranteed sessions */
  gboolean      applying, filling;
};

G_DEFINE_FINAL_TYPE (UiUnitPanel, ui_unit_panel, GTK_TYPE_WIDGET)

/* ---- facts ------------------------------------------------------------------------------- */

static const GdpDevice *
device_of (UiUnitPanel *self)
{
  return ui_field_unit_get_device (self->unit);
}

static char *
heard_text (UiUnitPanel *self, const GdpDevice *device)
{
  return ui_when_full_text (device->seen, NULL);
}

static char *
model_text (UiUnitPanel *self, const GdpDevice *device)
{
  return g_strdup_printf (_("%s, firmware %s, hardware %u"), device->model != NULL ? device->model : "—",
                          device->firmware != NULL ? device->firmware : "—", device->hardware);
}

static char *
imei_text (UiUnitPanel *self, const GdpDevice *device)
{
  return g_strdup (device->imei != NULL ? device->imei : "");
}

static char *
sim_text (UiUnitPanel *self, const GdpDevice *device)
{
  return g_strdup (device->iccid != NULL ? device->iccid : "");
}

static char *
cause_text (UiUnitPanel *self, const GdpDevice *device)
{
  const char *label = gdp_call_cause_label (device->cause);

  return label != NULL ? g_strdup (_(label)) : g_strdup_printf ("%u", device->cause);
}

static char *
peer_text (UiUnitPanel *self, const GdpDevice *device)
{
  return g_strdup (device->peer != NULL ? device->peer : "");
}

static char *
signal_text (UiUnitPanel *self, const GdpDevice *device)
{
  g_autofree char *signal = ui_quantity_text (device->signal, 0, "dBm");
  g_autofree char *warmth = ui_quantity_text (device->temperature, 0, "°C");

  return *warmth == '\0' ? g_steal_pointer (&signal)
                         : g_strdup_printf (_("%s; cabinet %s"), *signal != '\0' ? signal : "—", warmth);
}

static char *
supply_text (UiUnitPanel *self, const GdpDevice *device)
{
  return ui_field_supply_text (device);
}

static char *
clock_text (UiUnitPanel *self, const GdpDevice *device)
{
  return ui_field_clock_text (device);
}

static char *
waiting_text (UiUnitPanel *self, const GdpDevice *device)
{
  return device->waiting == 0 && !(device->flags & GDP_DEVICE_LOST_RECORDS) ? g_strdup (_("none"))
                                                                            : ui_field_waiting_text (device);
}

static char *
proof_text (UiUnitPanel *self, const GdpDevice *device)
{
  const GdpLink *link = ui_field_unit_peek_link (self->unit);

  return g_strdup (device->authenticated ? _("proven by its key")
                   : link->keyless ? _("let in without a key") : _("not proven"));
}

static char *
firmware_text (UiUnitPanel *self, const GdpDevice *device)
{
  const GdpWish *wish = ui_field_unit_get_wish (self->unit);

  return wish != NULL ? ui_field_wish_text (wish, device) : g_strdup ("");
}

static char *
sessions_text (UiUnitPanel *self, const GdpDevice *device)
{
  g_autofree char *sessions = g_strdup_printf (ngettext ("%u session", "%u sessions", device->sessions), device->sessions);

  /* Translators: "12 sessions, start No. 3": it counts its starts from wherever it likes */
  return g_strdup_printf (_("%s, start No. %u"), sessions, device->boot);
}

static const struct { const char *label; char *(*text) (UiUnitPanel *, const GdpDevice *); } facts[] = {
  { N_("Model"), model_text },         { N_("IMEI"), imei_text }, { N_("SIM card"), sim_text }, { N_("Last heard"), heard_text },
  { N_("Called because"), cause_text },{ N_("From"), peer_text },            { N_("Key"), proof_text },
  { N_("Signal"), signal_text },       { N_("Supply"), supply_text },        { N_("Clock"), clock_text },
  { N_("Records waiting"), waiting_text }, { N_("Used"), sessions_text },    { N_("Firmware ordered"), firmware_text },
};

static void
build_facts (UiUnitPanel *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++) {
    GtkWidget *label = gtk_label_new (_(facts[i].label)), *value = gtk_label_new (NULL);

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_xalign (GTK_LABEL (value), 0);
    gtk_label_set_wrap (GTK_LABEL (value), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_yalign (GTK_LABEL (label), 0);
    gtk_widget_set_hexpand (value, TRUE);
    gtk_widget_add_css_class (label, "dim-label");
    gtk_grid_attach (GTK_GRID (self->facts), label, 0, (int) i, 1, 1);
    gtk_grid_attach (GTK_GRID (self->facts), value, 1, (int) i, 1, 1);
  }
}

static void
show_facts (UiUnitPanel *self)
{
  const GdpDevice *device = device_of (self);

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++) {
    GtkWidget *value = gtk_grid_get_child_at (GTK_GRID (self->facts), 1, (int) i);
    GtkWidget *label = gtk_grid_get_child_at (GTK_GRID (self->facts), 0, (int) i);
    g_autofree char *text = device != NULL ? facts[i].text (self, device) : g_strdup ("");

    ui_cell_set_long (value, text, NULL);
    gtk_widget_set_visible (label, *text != '\0');
    gtk_widget_set_visible (value, *text != '\0');
  }
}

static void
show_title (UiUnitPanel *self)
{
  const GdpLink *link = ui_field_unit_peek_link (self->unit);
  const GdpSite *site = ui_field_unit_peek_site (self->unit);
  g_autofree char *state = ui_field_state_text (self->session, self->unit);
  g_autofree char *text = g_strdup_printf ("%s  %s — %s", site != NULL ? site->id : _("no site"),
                                           link->serial != NULL ? link->serial
                                           : link->registration != NULL ? link->registration : link->id, state);

  ui_cell_set_long (self->title, text, NULL);
}

static void
show_fates (UiUnitPanel *self)
{
  GdpFate settings = ui_session_field_fate (self->session, self->unit, UI_WANTED_SETTINGS);
  GdpFate schedule = ui_session_field_fate (self->session, self->unit, UI_WANTED_SCHEDULE);
  g_autofree char *one = g_strdup_printf (_("Settings: %s"), _(gdp_fate_label (settings)));
  g_autofree char *other = g_strdup_printf (_("Schedule: %s"), _(gdp_fate_label (schedule)));

  gtk_label_set_label (GTK_LABEL (self->settings_title), one);
  gtk_label_set_label (GTK_LABEL (self->schedule_title), other);
}

/* ---- budget and editing ------------------------------------------------------------------ */

static char *
date_text (gint64 time)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (time / GDP_SECOND);

  return then != NULL ? g_date_time_format (then, "%d.%m.%Y") : g_strdup ("…");
}

static const char *
fault_of (UiUnitPanel *self)
{
  const char *fault = ui_settings_editor_fault (UI_SETTINGS_EDITOR (self->settings));

  return fault != NULL ? fault : ui_schedule_editor_fault (UI_SCHEDULE_EDITOR (self->schedule));
}

/* What BBTs are sold with; whatever else is configured joins them. */
static void
fill_guaranteed (UiUnitPanel *self)
{
  static const guint sold[] = { 0, 5000, 7500, 10000 };
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint chosen = 0;

  g_array_set_size (self->numbers, 0);
  g_array_append_vals (self->numbers, sold, G_N_ELEMENTS (sold));
  while (chosen < self->numbers->len && g_array_index (self->numbers, guint, chosen) != self->draft->guaranteed)
    chosen++;
  if (chosen == self->numbers->len)
    g_array_append_val (self->numbers, self->draft->guaranteed);
  for (guint i = 0; i < self->numbers->len; i++) {
    guint number = g_array_index (self->numbers, guint, i);
    g_autofree char *name = number > 0 ? g_strdup_printf ("%u", number) : g_strdup (_("none: mains powered"));
    gtk_string_list_append (names, name);
  }
  self->filling = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->guaranteed), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->guaranteed), chosen);
  self->filling = FALSE;
}

static void
show_budget (UiUnitPanel *self)
{
  guint guaranteed = self->draft->guaranteed;
  guint used = device_of (self) != NULL ? device_of (self)->sessions : 0;
  GdpSessionBudget budget;
  gboolean limited = ui_field_draft_budget (self->draft, used, ui_session_now (self->session), &budget);
  g_autofree char *until = limited ? date_text (budget.until) : NULL;
  g_autofree char *zone = limited ? date_text (budget.until_in_accident) : NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->gauge, limited);
  if (fault_of (self) != NULL)
    text = g_strdup (_("How long the guarantee lasts is seen when what is marked is mended"));
  else if (guaranteed == 0)
    text = g_strdup ("");
  else if (!limited)
    text = g_strdup ("");
  else
    text = g_strdup_printf (_("At these settings the guarantee lasts until %s: used %u of %u, %.0f a year; "
                              "in the accident zone until %s"), until, used, guaranteed, budget.a_year, zone);
  ui_cell_set_long (self->budget, text, NULL);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->gauge), guaranteed > 0 ? MIN (1.0 * used / guaranteed, 1.0) : 0);
}

static void
judge (UiUnitPanel *self)
{
  const char *fault = fault_of (self);
  gboolean differs = ui_field_draft_differs (self->draft, ui_field_unit_get_network (self->unit));
  g_autofree char *refusal = ui_session_refusal_text (self->session, GDP_ACT_CONFIGURE);

  ui_permit (self->apply, self->session, GDP_ACT_CONFIGURE, differs && fault == NULL && !self->applying,
             _("Set it; the unit takes it at its next call"));
  gtk_widget_set_sensitive (self->revert, (differs || fault != NULL) && !self->applying);
  if (refusal != NULL)
    ui_cell_set_long (self->message, refusal, "dim-label");
  else if (fault != NULL)
    ui_cell_set_long (self->message, fault, "fault");
  else if (differs)
    ui_cell_set_long (self->message, _("Changed here, not applied yet"), "heading");
  else
    ui_cell_set_long (self->message, "", NULL);
  show_budget (self);
  ui_schedule_editor_tell (UI_SCHEDULE_EDITOR (self->schedule), ui_session_now (self->session));
}

/* The scrolled windows around them stay usable: everybody may read. */
static void
on_rights (UiUnitPanel *self)
{
  GtkWidget *const editing[] = { self->settings, self->schedule, self->guaranteed };

  for (guint i = 0; i < G_N_ELEMENTS (editing); i++)
    ui_permit (editing[i], self->session, GDP_ACT_CONFIGURE, TRUE, NULL);
  if (self->draft != NULL)
    judge (self);
}

static void
on_edited (UiUnitPanel *self)
{
  if (self->draft != NULL)
    judge (self);
}

static void
on_guaranteed (UiUnitPanel *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->guaranteed));

  if (self->filling || self->draft == NULL || self->numbers == NULL || chosen >= self->numbers->len)
    return;
  self->draft->guaranteed = g_array_index (self->numbers, guint, chosen);
  judge (self);
}

static void
begin (UiUnitPanel *self)
{
  UiFieldDraft *old = g_steal_pointer (&self->draft);
  gboolean bbt = self->unit != NULL && ui_field_unit_peek_link (self->unit)->kind == GDP_LINK_BBT;

  self->draft = bbt ? ui_field_draft_new (ui_field_unit_get_network (self->unit), ui_field_unit_get_link (self->unit))
                    : NULL;
  ui_settings_editor_show (UI_SETTINGS_EDITOR (self->settings), self->draft);
  ui_schedule_editor_show (UI_SCHEDULE_EDITOR (self->schedule), self->draft);
  ui_field_draft_free (old);
  gtk_widget_set_visible (self->editors, bbt);
  gtk_widget_set_visible (self->firmware, bbt);
  gtk_widget_set_visible (self->budget_row, bbt);
  gtk_widget_set_visible (self->no_editors, self->unit != NULL && !bbt);
  gtk_widget_set_sensitive (self->apply, FALSE);
  gtk_widget_set_sensitive (self->revert, FALSE);
  ui_cell_set (self->message, "", NULL);
  if (!bbt)
    return;
  fill_guaranteed (self);
  judge (self);
}

static void
on_revert (UiUnitPanel *self)
{
  begin (self);
}

static void
on_firmware (UiUnitPanel *self)
{
  gtk_window_present (ui_firmware_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->session,
                                              self->unit));
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiUnitPanel) self = data;
  g_autoptr (GError) error = NULL;

  self->applying = FALSE;
  if (ui_session_configure_finish (result, &error)) {
    g_signal_emit_by_name (self->session, "notice", _("Set; the unit takes it at its next call"), FALSE);
    return;   /* the new configuration comes by the feed */
  }
  g_autofree char *why = ui_detail_text (error->message), *text = g_strdup_printf (_("Not applied: %s"), why);
  if (self->session != NULL)
    g_signal_emit_by_name (self->session, "notice", text, TRUE);
  if (self->draft != NULL)
    judge (self);
}

static void
on_apply (UiUnitPanel *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = self->draft != NULL ? ui_field_draft_network (self->draft, &error) : NULL;

  if (network == NULL) {
    if (error != NULL)
      ui_cell_set_long (self->message, error->message, "fault");
    return;
  }
  self->applying = TRUE;
  ui_session_configure_async (self->session, network, on_applied, g_object_ref (self));
  judge (self);
}

/* ---- the unit ---------------------------------------------------------------------------- */

static void
tell (UiUnitPanel *self)
{
  if (self->unit == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  ui_permit (self->firmware, self->session, GDP_ACT_FIRMWARE, device_of (self) != NULL,
             _("Send a new firmware to the unit, or see and give up what is under way"));
  show_title (self);
  show_facts (self);
  show_fates (self);
}

/* It called, or was heard: sessions were used. */
static void
on_unit_changed (UiUnitPanel *self)
{
  tell (self);
  if (self->draft != NULL)
    show_budget (self);
}

/* Another configuration: what is being typed stays, unless nothing was or it is in force now. */
static void
on_configured (UiUnitPanel *self)
{
  GdpNetwork *network = ui_session_get_network (self->session);

  if (self->unit == NULL)
    return;
  if (ui_session_field_at (self->session, ui_field_unit_get_link (self->unit)) != self->unit) {
    ui_unit_panel_show (self, NULL);   /* it is gone */
    return;
  }
  if (self->draft == NULL || !ui_field_draft_differs (self->draft, network)
      || !ui_field_draft_differs (self->draft, self->draft->network))
    begin (self);
  else
    judge (self);
  tell (self);
}

static void
say_dropped (UiUnitPanel *self)
{
  const GdpLink *link = self->draft != NULL ? &self->draft->network->links[self->draft->link] : NULL;
  g_autofree char *text = NULL;

  if (link == NULL || self->applying || !ui_field_draft_differs (self->draft, self->draft->network))
    return;
  text = g_strdup_printf (_("What was changed for %s and not applied was dropped"), link->serial);
  g_signal_emit_by_name (self->session, "notice", text, FALSE);
}

void
ui_unit_panel_show (UiUnitPanel *self, UiFieldUnit *unit)
{
  if (unit == self->unit)
    return;
  say_dropped (self);
  if (self->unit != NULL)
    g_clear_signal_handler (&self->changed, self->unit);
  g_set_object (&self->unit, unit);
  if (unit != NULL)
    self->changed = g_signal_connect_object (unit, "changed", G_CALLBACK (on_unit_changed), self, G_CONNECT_SWAPPED);
  begin (self);
  gtk_widget_set_visible (self->body, unit != NULL);
  gtk_widget_set_visible (self->empty, unit == NULL);
  if (unit == NULL)
    ui_cell_set (self->title, "", NULL);
  tell (self);
}

/* ---- object ------------------------------------------------------------------------------ */

void
ui_unit_panel_set_session (UiUnitPanel *self, UiSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "tick", G_CALLBACK (tell), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "configured", G_CALLBACK (on_configured), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "rights", G_CALLBACK (on_rights), self, G_CONNECT_SWAPPED);
  on_rights (self);
  g_signal_connect_object (self, "map", G_CALLBACK (tell), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
ui_unit_panel_dispose (GObject *object)
{
  UiUnitPanel *self = UI_UNIT_PANEL (object);
  GtkWidget *child;

  if (self->unit != NULL)
    g_clear_signal_handler (&self->changed, self->unit);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->draft, ui_field_draft_free);
  g_clear_pointer (&self->numbers, g_array_unref);
  g_clear_object (&self->unit);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_unit_panel_parent_class)->dispose (object);
}

static void
ui_unit_panel_class_init (UiUnitPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_unit_panel_dispose;
  g_type_ensure (UI_TYPE_SETTINGS_EDITOR);
  g_type_ensure (UI_TYPE_SCHEDULE_EDITOR);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/unit-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, title);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, message);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, firmware);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, revert);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, apply);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, body);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, facts);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, settings_title);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, schedule_title);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, settings);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, schedule);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, budget_row);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, guaranteed);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, budget);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, gauge);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, empty);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, editors);
  gtk_widget_class_bind_template_child (widget_class, UiUnitPanel, no_editors);
  gtk_widget_class_bind_template_callback (widget_class, on_firmware);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_revert);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_guaranteed);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "unitpanel");
}

static void
ui_unit_panel_init (UiUnitPanel *self)
{
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  build_facts (self);
}
