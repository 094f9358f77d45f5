/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings-editor.h"

#include "columns.h"
#include "value.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define HOUR 60   /* min: a period whose range reaches a day is typed in hours */
#define LONGEST_NUMBER 15

typedef struct {
  const GdpPeriod *period;
  double           scale;          /* of what is typed to the period's own unit */
  GtkWidget       *entry, *note;
} Period;

typedef struct {
  guint      point;                /* in the draft's network */
  GtkWidget *min, *max, *note;
} Threshold;

struct _UiSettingsEditor {
  GtkWidget     parent_instance;

  GtkWidget    *grid, *told, *sms, *sms_note;
  UiFieldDraft *draft;             /* borrowed */
  Period        periods[GDP_N_PERIODS];
  GArray       *thresholds;        /* Threshold */
  gboolean      filling;
  char         *fault;
};

G_DEFINE_FINAL_TYPE (UiSettingsEditor, ui_settings_editor, GTK_TYPE_WIDGET)

static guint changed;

/* ---- numbers ----------------------------------------------------------------------------- */

gboolean
ui_typed_number (const char *text, double *number)
{
  g_autofree char *copy = g_strdelimit (g_strstrip (g_strdup (text)), ",", '.');
  gboolean minus = g_str_has_prefix (copy, "−");   /* as the tables write it */
  char *digits = copy + (minus ? strlen ("−") : 0), *end;

  *number = (minus ? -1 : 1) * g_ascii_strtod (digits, &end);
  return *digits != '\0' && *end == '\0' && isfinite (*number);
}

/* The shortest text that reads as the same number, with the language's decimal mark. */
static char *
number_text (double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *half = ui_number_text (0.5, 1);   /* its second letter is the mark */
  char *text;

  if (isnan (number))
    return g_strdup ("");
  text = g_strdup (g_ascii_formatd (digits, sizeof digits, "%.9g", number));
  return g_strdelimit (text, ".", half[1]);
}

static const char *
unit_text (const Period *period)
{
  if (period->period->seconds == 1)
    return _("s");
  return period->scale > 1 ? _("h") : _("min");
}

/* ---- what is wrong ----------------------------------------------------------------------- */

static void
mark (UiSettingsEditor *self, GtkWidget *entry, GtkWidget *note, const char *fault, const char *hint)
{
  ui_cell_set_long (note, fault != NULL ? fault : hint, fault != NULL ? "fault" : "dim-label");
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID,
                               fault != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (fault != NULL)
    gtk_widget_add_css_class (entry, "wrong");
  else
    gtk_widget_remove_css_class (entry, "wrong");
  if (fault != NULL && self->fault == NULL)
    self->fault = g_strdup (fault);
}

static guint *
place_of (GdpSettings *settings, const GdpPeriod *period)
{
  return &G_STRUCT_MEMBER (guint, settings, period->offset);
}

/* What is in force, where something else was typed. */
static char *
was_text (UiSettingsEditor *self, const Period *period)
{
  const GdpSettings *old = gdp_bbt_link_settings (self->draft->network, self->draft->link);
  guint was = *place_of ((GdpSettings *) old, period->period), is = *place_of (self->draft->settings, period->period);
  g_autofree char *number = number_text (was / period->scale);
  g_autofree char *least = number_text (period->period->least / period->scale);
  g_autofree char *most = number_text (period->period->most / period->scale);

  return was == is ? g_strdup_printf ("%s, %s–%s", unit_text (period), least, most)
                   : g_strdup_printf (_("%s, was %s"), unit_text (period), number);
}

static void
read_period (UiSettingsEditor *self, const Period *period)
{
  double number, value;
  const GdpPeriod *its = period->period;
  g_autofree char *least = number_text (its->least / period->scale), *most = number_text (its->most / period->scale);
  g_autofree char *fault = NULL, *hint = NULL;

  if (!ui_typed_number (gtk_editable_get_text (GTK_EDITABLE (period->entry)), &number))
    fault = g_strdup_printf (_("a number of %s is wanted"), unit_text (period));
  value = fault == NULL ? round (number * period->scale) : 0;
  if (fault == NULL && (value < its->least || value > its->most || fabs (value - number * period->scale) > 1e-6))
    fault = g_strdup_printf (_("must be %s to %s %s"), least, most, unit_text (period));
  if (fault == NULL)
    *place_of (self->draft->settings, its) = (guint) value;
  hint = was_text (self, period);
  mark (self, period->entry, period->note, fault, hint);
}

static void
read_sms (UiSettingsEditor *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->sms));
  gsize plus = *text == '+', digits = strspn (text + plus, "0123456789");
  gboolean good = *text == '\0' || (digits > 0 && plus + digits == strlen (text) && strlen (text) <= LONGEST_NUMBER);
  g_autofree char *fault = good ? NULL : g_strdup_printf (_("digits after a +, at most %d"), LONGEST_NUMBER);

  if (good) {
    g_free ((char *) self->draft->settings->sms);
    self->draft->settings->sms = *text != '\0' ? g_strdup (text) : NULL;
  }
  mark (self, self->sms, self->sms_note, fault, *text == '\0' ? _("none") : "");
}

static gboolean
read_bound (GtkWidget *entry, double *bound)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  *bound = NAN;
  return *text == '\0' || ui_typed_number (text, bound);
}

/* ", 0–0,6 MPa"; "" where the point does not say it. */
static char *
range_text (const GdpPoint *point)
{
  g_autofree char *low = number_text (point->scaling.low), *high = number_text (point->scaling.high);

  if (point->scaling.signal != GDP_SIGNAL_CURRENT)
    return g_strdup ("");
  return g_strdup_printf (", %s–%s %s", low, high, ui_point_unit (point));
}

static void
read_threshold (UiSettingsEditor *self, const Threshold *threshold)
{
  const GdpPoint *point = &self->draft->network->points[threshold->point];
  GdpThreshold read = { .channel = point->channel };
  gboolean min_good = read_bound (threshold->min, &read.min), max_good = read_bound (threshold->max, &read.max);
  const char *fault = !min_good || !max_good ? _("a number is wanted, or nothing") : NULL;
  g_autofree char *beyond = NULL;
  GdpRawThreshold raw;

  if (fault == NULL && read.min >= read.max)
    fault = _("the lower one must be below the upper one");
  if (fault == NULL && (!isnan (read.min) || !isnan (read.max))
      && !gdp_bbt_link_threshold (self->draft->network, self->draft->link, &read, &raw, NULL)) {
    g_autofree char *range = range_text (point);
    fault = beyond = g_strdup_printf (_("beyond what the channel can measure%s"), range);
  }
  if (fault == NULL)
    ui_field_draft_set_threshold (self->draft, point->channel, read.min, read.max);
  mark (self, min_good && (max_good || fault == NULL) ? threshold->max : threshold->min, threshold->note, fault,
        ui_point_unit (point));
}

static void
read_all (UiSettingsEditor *self)
{
  g_clear_pointer (&self->fault, g_free);
  if (self->draft == NULL)
    return;
  self->draft->told = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->told));
  for (guint i = 0; i < GDP_N_PERIODS; i++)
    read_period (self, &self->periods[i]);
  read_sms (self);
  for (guint i = 0; i < self->thresholds->len; i++)
    read_threshold (self, &g_array_index (self->thresholds, Threshold, i));
}

/* Who types settings means to send them. */
static void
on_typed (UiSettingsEditor *self, GtkWidget *entry)
{
  if (self->filling || self->draft == NULL)
    return;
  if (entry != self->told && !gtk_check_button_get_active (GTK_CHECK_BUTTON (self->told))) {
    self->filling = TRUE;
    gtk_check_button_set_active (GTK_CHECK_BUTTON (self->told), TRUE);
    self->filling = FALSE;
  }
  read_all (self);
  g_signal_emit (self, changed, 0);
}

const char *
ui_settings_editor_fault (UiSettingsEditor *self)
{
  return self->draft != NULL && self->draft->told ? self->fault : NULL;
}

/* ---- building ---------------------------------------------------------------------------- */

static GtkWidget *
add_label (UiSettingsEditor *self, const char *text, int column, int row, int span, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), column == 0 ? 12 : 4);
  gtk_widget_set_hexpand (label, column + span == 4);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  gtk_grid_attach (GTK_GRID (self->grid), label, column, row, span, 1);
  return label;
}

static GtkWidget *
add_entry (UiSettingsEditor *self, const char *name, int column, int row, int span, int digits)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (entry), digits);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), digits);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  gtk_grid_attach (GTK_GRID (self->grid), entry, column, row, span, 1);
  return entry;
}

static void
add_thresholds (UiSettingsEditor *self, int row)
{
  const GdpNetwork *network = self->draft->network;
  guint unit = network->links[self->draft->link].report_unit;
  const GdpSite *site = unit != G_MAXUINT ? &network->sites[network->units[unit].site] : NULL;

  for (guint i = site != NULL ? site->first_point : 0; site != NULL && i < site->first_point + site->n_points; i++) {
    const GdpPoint *point = &network->points[i];
    const GdpRegister *reg = point->unit == unit && point->channel != NULL
                               ? gdp_profile_find (network->units[unit].profile, point->channel) : NULL;
    g_autofree char *label = NULL, *least = NULL, *most = NULL;
    Threshold threshold = { .point = i };

    if (reg == NULL || reg->table != GDP_TABLE_REPORT_VALUES || gdp_register_is_event (reg))
      continue;
    label = g_strdup_printf ("%s (%s)", ui_point_name (point), point->channel);
    least = g_strdup_printf (_("%s: call below"), label);
    most = g_strdup_printf (_("%s: call above"), label);
    add_label (self, label, 0, row, 1, NULL);
    threshold.min = add_entry (self, least, 1, row, 1, 6);
    threshold.max = add_entry (self, most, 2, row, 1, 6);
    threshold.note = add_label (self, "", 3, row++, 1, "dim-label");
    g_array_append_val (self->thresholds, threshold);
  }
}

static void
build (UiSettingsEditor *self)
{
  GtkWidget *child;
  int row = 0;

  while ((child = gtk_widget_get_first_child (self->grid)) != NULL)
    gtk_grid_remove (GTK_GRID (self->grid), child);
  g_array_set_size (self->thresholds, 0);
  self->told = gtk_check_button_new_with_label (_("These settings are sent to the unit"));
  g_signal_connect_object (self->told, "toggled", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  gtk_label_set_ellipsize (GTK_LABEL (gtk_widget_get_last_child (self->told)), PANGO_ELLIPSIZE_END);
  gtk_grid_attach (GTK_GRID (self->grid), self->told, 0, row++, 4, 1);
  for (guint i = 0; i < GDP_N_PERIODS; i++, row++) {
    const GdpPeriod *period = gdp_settings_period (i);
    Period *its = &self->periods[i];

    its->period = period;
    its->scale = period->seconds == 60 && period->most > 10 * HOUR ? HOUR : 1;
    add_label (self, _(period->label), 0, row, 1, NULL);
    its->entry = add_entry (self, _(period->label), 1, row, 1, 6);
    its->note = add_label (self, "", 2, row, 2, "dim-label");
  }
  add_label (self, _("SMS to"), 0, row, 1, NULL);
  self->sms = add_entry (self, _("SMS to"), 1, row, 2, 13);
  self->sms_note = add_label (self, "", 3, row++, 1, "dim-label");
  add_label (self, _("Calls at once when"), 0, row, 1, "quiet");
  add_label (self, _("below"), 1, row, 1, "quiet");
  add_label (self, _("above"), 2, row++, 1, "quiet");
  add_thresholds (self, row);
}

static void
set_number (GtkWidget *entry, double number)
{
  g_autofree char *text = number_text (number);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static void
fill (UiSettingsEditor *self)
{
  const GdpSettings *settings = self->draft->settings;

  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->told), self->draft->told);
  for (guint i = 0; i < GDP_N_PERIODS; i++)
    set_number (self->periods[i].entry, *place_of ((GdpSettings *) settings, self->periods[i].period)
                                          / self->periods[i].scale);
  gtk_editable_set_text (GTK_EDITABLE (self->sms), settings->sms != NULL ? settings->sms : "");
  for (guint i = 0; i < self->thresholds->len; i++) {
    const Threshold *threshold = &g_array_index (self->thresholds, Threshold, i);
    const char *channel = self->draft->network->points[threshold->point].channel;

    for (guint k = 0; k < settings->n_thresholds; k++)
      if (strcmp (settings->thresholds[k].channel, channel) == 0) {
        set_number (threshold->min, settings->thresholds[k].min);
        set_number (threshold->max, settings->thresholds[k].max);
      }
  }
}

void
ui_settings_editor_show (UiSettingsEditor *self, UiFieldDraft *draft)
{
  self->filling = TRUE;
  self->draft = draft;
  if (draft != NULL) {
    build (self);
    fill (self);
    read_all (self);
  }
  self->filling = FALSE;
}

/* ---- object ------------------------------------------------------------------------------ */

static void
ui_settings_editor_dispose (GObject *object)
{
  UiSettingsEditor *self = UI_SETTINGS_EDITOR (object);

  self->filling = TRUE;
  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_pointer (&self->thresholds, g_array_unref);
  g_clear_pointer (&self->fault, g_free);
  G_OBJECT_CLASS (ui_settings_editor_parent_class)->dispose (object);
}

static void
ui_settings_editor_class_init (UiSettingsEditorClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_settings_editor_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "settingseditor");
  changed = g_signal_new ("changed", UI_TYPE_SETTINGS_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_settings_editor_init (UiSettingsEditor *self)
{
  self->thresholds = g_array_new (FALSE, FALSE, sizeof (Threshold));
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 8);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 3);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
}
