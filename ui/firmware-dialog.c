/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-dialog.h"

#include "columns.h"
#include "field-columns.h"
#include "text.h"

#include <glib/gi18n.h>

struct _UiFirmwareDialog {
  GtkWindow    parent_instance;

  /* owned */
  UiSession   *session;
  UiFieldUnit *unit;
  char        *file;      /* as it was typed or chosen; NULL = none */
  GtkSizeGroup *titles;   /* of both grids */
  GtkFileChooserNative *chooser;   /* while it is open */
  gboolean     asked;     /* the store has not answered yet */

  /* borrowed: children */
  GtkWidget   *now, *wish, *bar, *form, *file_name, *version, *one, *all, *status, *give_up, *send;
};

G_DEFINE_FINAL_TYPE (UiFirmwareDialog, ui_firmware_dialog, GTK_TYPE_WINDOW)

/* ---- who would get it ---------------------------------------------------------------------- */

static gboolean
is_busy (UiFieldUnit *unit)
{
  const GdpWish *wish = ui_field_unit_get_wish (unit);

  return wish != NULL && (wish->state == GDP_WISH_WANTED || wish->state == GDP_WISH_INSTALLING);
}

/* Keys of the links of this unit, or of all units like it that do not have @version. */
static GArray *
targets (UiFirmwareDialog *self, const char *version, gboolean all)
{
  const GdpDevice *own = ui_field_unit_get_device (self->unit);
  GListModel *units = ui_session_get_field (self->session);
  GArray *links = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < g_list_model_get_n_items (units); i++) {
    g_autoptr (UiFieldUnit) unit = g_list_model_get_item (units, i);
    const GdpLink *link = ui_field_unit_peek_link (unit);
    if ((all || unit == self->unit) && link->kind == GDP_LINK_BBT && !is_busy (unit) && own != NULL
        && gdp_firmware_fit (ui_field_unit_get_device (unit), version, own->model, own->hardware) == GDP_FIT_GOOD)
      g_array_append_val (links, link->key);
  }
  return links;
}

/* As it is typed; NULL = it is no version. */
static char *
version_of (UiFirmwareDialog *self)
{
  guint8 numbers[3];

  return gdp_version_parse (gtk_editable_get_text (GTK_EDITABLE (self->version)), numbers) ? gdp_version_text (numbers)
                                                                                            : NULL;
}

/* ---- what is shown --------------------------------------------------------------------------- */

static const char *
obstacle (UiFirmwareDialog *self, const char *version, guint n)
{
  const GdpDevice *device = ui_field_unit_get_device (self->unit);

  if (self->file == NULL)
    return _("Choose the file of the image");
  if (!g_file_test (self->file, G_FILE_TEST_IS_REGULAR))
    return _("There is no such file");
  if (version == NULL)
    return _("Write the version of the image as three numbers, 1.5.0");
  if (n == 0)
    return _(gdp_fit_label (gdp_firmware_fit (device, version, NULL, -1)));
  return "";
}

static void
judge (UiFirmwareDialog *self)
{
  g_autofree char *version = version_of (self);
  const char *any = version != NULL ? version : "";
  gboolean whole = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->all));
  g_autoptr (GArray) one = targets (self, any, FALSE), all = targets (self, any, TRUE);
  guint n = whole ? all->len : one->len;
  g_autofree char *label = g_strdup_printf (_("all units of this model without it: %u"), all->len);
  const char *why = obstacle (self, version, n);

  gtk_check_button_set_label (GTK_CHECK_BUTTON (self->all), label);
  gtk_widget_set_sensitive (self->send, *why == '\0' && !self->asked);
  if (!self->asked)
    ui_cell_set (self->status, why, NULL);
}

static void
show (UiFirmwareDialog *self)
{
  const GdpDevice *device = ui_field_unit_get_device (self->unit);
  const GdpWish *wish = ui_field_unit_get_wish (self->unit);
  gboolean busy = is_busy (self->unit);
  g_autofree char *text = wish != NULL ? ui_field_wish_text (wish, device) : g_strdup (_("none"));

  gtk_label_set_label (GTK_LABEL (self->now), device != NULL && device->firmware != NULL ? device->firmware : "—");
  ui_cell_set (self->wish, text, NULL);
  gtk_widget_set_visible (self->bar, busy);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), busy ? gdp_wish_percent (wish, device) / 100 : 0);
  gtk_widget_set_visible (self->give_up, busy);
  gtk_widget_set_sensitive (self->give_up, busy && wish->state == GDP_WISH_WANTED && !self->asked);
  gtk_widget_set_visible (self->form, !busy);
  gtk_widget_set_visible (self->send, !busy);
  if (!busy)
    judge (self);
}

/* ---- what is done ---------------------------------------------------------------------------- */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiFirmwareDialog) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = ui_session_firmware_finish (result, &error);

  self->asked = FALSE;
  if (self->session == NULL)   /* closed meanwhile */
    return;
  show (self);   /* the wish itself comes by the feed */
  ui_cell_set (self->status, done ? "" : error->message, done ? NULL : "fault");
}

static void
on_send (UiFirmwareDialog *self)
{
  const GdpDevice *device = ui_field_unit_get_device (self->unit);
  g_autofree char *version = version_of (self);
  g_autoptr (GArray) links = targets (self, version, gtk_check_button_get_active (GTK_CHECK_BUTTON (self->all)));
  const GdpWish wish = { .version = version, .model = device->model, .hardware = device->hardware };

  self->asked = TRUE;
  gtk_widget_set_sensitive (self->send, FALSE);
  ui_cell_set (self->status, _("Storing…"), NULL);
  ui_session_want_firmware_async (self->session, &wish, self->file, links, on_stored, g_object_ref (self));
}

static void
on_give_up (UiFirmwareDialog *self)
{
  g_autoptr (GArray) links = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (links, ui_field_unit_peek_link (self->unit)->key);
  self->asked = TRUE;
  gtk_widget_set_sensitive (self->give_up, FALSE);
  ui_session_give_up_firmware_async (self->session, links, on_stored, g_object_ref (self));
}

/* "bbt-1_v1.5.0.bin" says its version. */
static void
guess_version (UiFirmwareDialog *self, const char *name)
{
  g_autoptr (GRegex) regex = g_regex_new ("[0-9]{1,3}\\.[0-9]{1,3}(\\.[0-9]{1,3})?", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (!g_regex_match (regex, name, 0, &match))
    return;
  g_autofree char *version = g_match_info_fetch (match, 0);
  gtk_editable_set_text (GTK_EDITABLE (self->version), version);
}

static void
on_file_changed (UiFirmwareDialog *self)
{
  g_autofree char *path = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->file_name))));
  g_autofree char *name = g_path_get_basename (path);

  g_free (self->file);
  self->file = *path != '\0' ? g_filename_from_utf8 (path, -1, NULL, NULL, NULL) : NULL;
  guess_version (self, name);
  judge (self);
}

void
ui_firmware_dialog_set_file (UiFirmwareDialog *self, const char *file)
{
  g_autofree char *path = g_filename_to_utf8 (file, -1, NULL, NULL, NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->file_name), path != NULL ? path : "");
  gtk_editable_set_position (GTK_EDITABLE (self->file_name), -1);   /* its name is the end of it */
}

static void
on_chosen (UiFirmwareDialog *self, int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                           ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) : NULL;
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;

  if (path != NULL)
    ui_firmware_dialog_set_file (self, path);
  g_clear_object (&self->chooser);
}

static void
on_choose (UiFirmwareDialog *self)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Firmware image"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("_Choose"), _("_Cancel"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- the window -------------------------------------------------------------------------------- */

/* Titles of all rows are as wide as the widest. */
static void
add_row (UiFirmwareDialog *self, GtkWidget *grid, int row, const char *title, GtkWidget *value)
{
  GtkWidget *label = ui_text_new (title, "dim-label");
  gboolean tall = GTK_IS_BOX (value) && gtk_orientable_get_orientation (GTK_ORIENTABLE (value)) == GTK_ORIENTATION_VERTICAL;

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_valign (label, tall ? GTK_ALIGN_START : GTK_ALIGN_BASELINE);
  gtk_widget_set_valign (value, tall ? GTK_ALIGN_START : GTK_ALIGN_BASELINE);
  gtk_size_group_add_widget (self->titles, label);
  gtk_grid_attach (GTK_GRID (grid), label, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), value, 1, row, 1, 1);
}

static GtkWidget *
new_grid (void)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  return grid;
}

static GtkWidget *
facts (UiFirmwareDialog *self)
{
  const GdpSite *site = ui_field_unit_peek_site (self->unit);
  const GdpDevice *device = ui_field_unit_get_device (self->unit);
  g_autofree char *place = g_strjoin ("  ", site != NULL ? site->id : _("no site"),
                                      site != NULL ? site->name : NULL, NULL);
  g_autofree char *unit = g_strdup_printf (_("%s: %s, hardware %u"), ui_field_unit_peek_link (self->unit)->serial,
                                           device->model != NULL ? device->model : "—", device->hardware);
  GtkWidget *grid = new_grid (), *progress = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->now = ui_text_new ("", "heading");
  self->wish = ui_text_new ("", NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->wish), 44);
  self->bar = gtk_progress_bar_new ();
  gtk_box_append (GTK_BOX (progress), self->wish);
  gtk_box_append (GTK_BOX (progress), self->bar);
  add_row (self, grid, 0, _("Site"), ui_text_new (place, "heading"));
  add_row (self, grid, 1, _("BBT unit"), ui_text_new (unit, NULL));
  add_row (self, grid, 2, _("Firmware now"), self->now);
  add_row (self, grid, 3, _("Ordered last"), progress);
  return grid;
}

static GtkWidget *
file_row (UiFirmwareDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *choose = gtk_button_new_with_label (_("Choose…"));

  self->file_name = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->file_name), _("Path of the file"));
  gtk_editable_set_width_chars (GTK_EDITABLE (self->file_name), 40);   /* of a path */
  gtk_widget_set_hexpand (self->file_name, TRUE);
  g_signal_connect_object (self->file_name, "changed", G_CALLBACK (on_file_changed), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->file_name);
  gtk_box_append (GTK_BOX (box), choose);
  g_signal_connect_object (choose, "clicked", G_CALLBACK (on_choose), self, G_CONNECT_SWAPPED);
  return box;
}

static GtkWidget *
form (UiFirmwareDialog *self)
{
  GtkWidget *grid = new_grid (), *units = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->version = gtk_entry_new ();
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->version), 11);
  gtk_widget_set_halign (self->version, GTK_ALIGN_START);
  self->one = gtk_check_button_new_with_label (_("this unit"));
  self->all = gtk_check_button_new_with_label ("");
  gtk_check_button_set_group (GTK_CHECK_BUTTON (self->all), GTK_CHECK_BUTTON (self->one));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->one), TRUE);
  gtk_box_append (GTK_BOX (units), self->one);
  gtk_box_append (GTK_BOX (units), self->all);
  add_row (self, grid, 0, _("Image"), file_row (self));
  add_row (self, grid, 1, _("Version"), self->version);
  add_row (self, grid, 2, _("Give it to"), units);
  add_row (self, grid, 3, _("Who"), ui_text_new (ui_session_get_person (self->session), NULL));
  g_signal_connect_object (self->version, "changed", G_CALLBACK (judge), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->all, "toggled", G_CALLBACK (judge), self, G_CONNECT_SWAPPED);
  return grid;
}

static GtkWidget *
add_button (GtkWidget *box, const char *label, GCallback clicked, UiFirmwareDialog *self)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_box_append (GTK_BOX (box), button);
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);
  return button;
}

static void
build (UiFirmwareDialog *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_box_append (GTK_BOX (column), facts (self));
  self->form = form (self);
  gtk_box_append (GTK_BOX (column), self->form);
  self->status = ui_text_new ("", NULL);
  gtk_box_append (GTK_BOX (column), self->status);
  gtk_widget_set_halign (buttons, GTK_ALIGN_END);
  add_button (buttons, _("Close"), G_CALLBACK (gtk_window_close), self);
  self->give_up = add_button (buttons, _("Give up"), G_CALLBACK (on_give_up), self);
  self->send = add_button (buttons, _("Send"), G_CALLBACK (on_send), self);
  gtk_box_append (GTK_BOX (column), buttons);
  gtk_widget_add_css_class (column, "dialog");
  gtk_window_set_child (GTK_WINDOW (self), column);
}

GtkWindow *
ui_firmware_dialog_new (GtkWindow *parent, UiSession *session, UiFieldUnit *unit)
{
  UiFirmwareDialog *self = g_object_new (UI_TYPE_FIRMWARE_DIALOG, "transient-for", parent, "modal", TRUE,
                                         "resizable", FALSE, "title", _("Firmware"), NULL);

  self->session = g_object_ref (session);
  self->unit = g_object_ref (unit);
  self->titles = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  build (self);
  g_signal_connect_object (unit, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  return GTK_WINDOW (self);
}

static void
ui_firmware_dialog_dispose (GObject *object)
{
  UiFirmwareDialog *self = UI_FIRMWARE_DIALOG (object);

  g_clear_object (&self->chooser);
  g_clear_object (&self->titles);
  g_clear_object (&self->session);
  g_clear_object (&self->unit);
  g_clear_pointer (&self->file, g_free);
  G_OBJECT_CLASS (ui_firmware_dialog_parent_class)->dispose (object);
}

static void
ui_firmware_dialog_class_init (UiFirmwareDialogClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_firmware_dialog_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_firmware_dialog_init (UiFirmwareDialog *self)
{
}
