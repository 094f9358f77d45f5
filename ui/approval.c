/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "approval.h"

#include "columns.h"
#include "data/catalogue.h"
#include "event-text.h"
#include "gdp/newcomer.h"
#include "text.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  GtkWidget  *window, *site, *place, *keyless, *hint, *key, *fault, *approve;
  UiSession  *session;
  UiStranger *stranger;
  GArray     *links;       /* guint: what it may take the place of, in order of the list behind "a new unit" */
} Approval;

static void
approval_free (gpointer data)
{
  Approval *self = data;

  g_object_unref (self->session);
  g_object_unref (self->stranger);
  g_array_unref (self->links);
  g_free (self);
}

static gboolean
is_bbt (const Approval *self)
{
  return ui_stranger_get (self->stranger)->serial != NULL;
}

static UiSite *
chosen_site (const Approval *self)
{
  return gtk_drop_down_get_selected_item (GTK_DROP_DOWN (self->site));
}

/* ---- what is chosen ---------------------------------------------------------------------- */

static void
add_places (Approval *self, const GdpNetwork *network, const GdpSite *site, GtkStringList *names)
{
  GdpLinkKind kind = is_bbt (self) ? GDP_LINK_BBT : GDP_LINK_MODEM;

  for (guint i = site->first_unit; i < site->first_unit + site->n_units; i++) {
    guint link = network->units[i].link;
    const GdpLink *own = &network->links[link];
    gboolean known = FALSE;
    g_autofree char *name = NULL;

    for (guint k = 0; k < self->links->len; k++)
      known = known || g_array_index (self->links, guint, k) == link;
    if (known || own->kind != kind)
      continue;
    name = g_strdup_printf (_("takes the place of %s, link %s"), is_bbt (self) ? own->serial : own->registration, own->id);
    gtk_string_list_append (names, name);
    g_array_append_val (self->links, link);
  }
}

static void
say_hint (Approval *self)
{
  gboolean fresh = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->place)) == 0;
  gboolean keyed = is_bbt (self) && !gtk_check_button_get_active (GTK_CHECK_BUTTON (self->keyless));
  g_autofree char *line = g_strdup_printf (_("%s 64-HEX-DIGITS-OF-ITS-KEY"), ui_stranger_name (self->stranger));

  gtk_label_set_label (GTK_LABEL (self->hint), fresh
    ? _("A link and a unit are added to the site. Its points come with the site's passport: gdpctl export, import.")
    : _("The link keeps its settings, its schedule and its points; what the old unit said of itself is forgotten."));
  gtk_label_set_label (GTK_LABEL (self->key), line);
  gtk_widget_set_visible (gtk_widget_get_parent (self->key), keyed);
}

static void
on_site (Approval *self)
{
  GdpNetwork *network = ui_session_get_network (self->session);
  UiSite *site = chosen_site (self);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_array_set_size (self->links, 0);
  gtk_string_list_append (names, _("is a new unit"));
  if (site != NULL && network != NULL)
    add_places (self, network, &network->sites[ui_site_get_index (site)], names);
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->place), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->place), self->links->len > 0 ? 1 : 0);
  gtk_widget_set_sensitive (self->approve, site != NULL);
  say_hint (self);
}

/* ---- approving --------------------------------------------------------------------------- */

static void
say_fault (Approval *self, const char *text)
{
  gtk_label_set_label (GTK_LABEL (self->fault), text);
  gtk_widget_set_visible (self->fault, *text != '\0');
  gtk_widget_set_sensitive (self->approve, TRUE);
}

static void
on_configured (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) window = data;
  Approval *self = g_object_get_data (G_OBJECT (window), "gdp-approval");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!ui_session_configure_finish (result, &error)) {
    g_autofree char *why = ui_detail_text (error->message);
    text = g_strdup_printf (_("Not approved: %s"), why);
    say_fault (self, text);
    return;
  }
  text = g_strdup_printf (_("%s is known now; it is let in at its next call"), ui_stranger_name (self->stranger));
  g_signal_emit_by_name (self->session, "notice", text, FALSE);
  gtk_window_destroy (GTK_WINDOW (window));
}

static GdpNetwork *
network_to_be (Approval *self, GError **error)
{
  GdpNetwork *network = ui_session_get_network (self->session);
  guint place = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->place));
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (NULL, error);   /* a few small files, once */
  GdpNewcomer newcomer = {
    .kind = is_bbt (self) ? GDP_LINK_BBT : GDP_LINK_MODEM, .name = ui_stranger_name (self->stranger),
    .site = ui_site_get_index (chosen_site (self)), .replaces = G_MAXUINT,
    .keyless = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->keyless)),
  };

  if (catalogue == NULL)
    return NULL;
  newcomer.profile = data_catalogue_profile (catalogue, gdp_newcomer_profile (newcomer.kind));
  if (place > 0 && place <= self->links->len)
    newcomer.replaces = g_array_index (self->links, guint, place - 1);
  return gdp_newcomer_network (network, &newcomer, error);
}

static void
on_approve (Approval *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdpNetwork) network = chosen_site (self) != NULL ? network_to_be (self, &error) : NULL;

  if (network == NULL) {
    say_fault (self, error != NULL ? error->message : _("Choose the site"));
    return;
  }
  gtk_widget_set_sensitive (self->approve, FALSE);
  ui_session_configure_async (self->session, network, on_configured, g_object_ref (self->window));
}

/* ---- the window -------------------------------------------------------------------------- */

static char *
site_text (UiSite *site, gpointer data)
{
  return g_strdup_printf ("%s  %s", ui_site_get_id (site), ui_site_get_name (site));
}

static GtkWidget *
make_site (Approval *self)
{
  GtkExpression *text = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (site_text), NULL, NULL);
  GtkWidget *site = gtk_drop_down_new (g_object_ref (ui_session_get_sites (self->session)), text);

  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (site), TRUE);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (site), GTK_INVALID_LIST_POSITION);
  return site;
}

static GtkWidget *
make_key (Approval *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_box_append (GTK_BOX (box), ui_text_new (_("Its key is kept by the server alone. Add this line to the server's file of "
                                               "keys (keys= in [sessions]) and send the server SIGHUP:"), NULL));
  self->key = ui_text_new ("", "heading");
  gtk_label_set_selectable (GTK_LABEL (self->key), TRUE);
  gtk_box_append (GTK_BOX (box), self->key);
  return box;
}

static void
add_row (GtkWidget *grid, int row, const char *name, GtkWidget *widget)
{
  gtk_grid_attach (GTK_GRID (grid), ui_text_new (name, "dim-label"), 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), widget, 1, row, 1, 1);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static GtkWidget *
make_buttons (Approval *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *cancel = gtk_button_new_with_label (_("Cancel"));

  self->approve = gtk_button_new_with_label (_("Approve"));
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), cancel);
  gtk_box_append (GTK_BOX (box), self->approve);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (gtk_window_destroy), self->window);
  g_signal_connect_swapped (self->approve, "clicked", G_CALLBACK (on_approve), self);
  return box;
}

static gboolean
on_escape (GtkWidget *window, GVariant *arguments, gpointer data)
{
  gtk_window_close (GTK_WINDOW (window));
  return TRUE;
}

static void
build (Approval *self)
{
  const DataStranger *stranger = ui_stranger_get (self->stranger);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *grid = gtk_grid_new ();
  const char *none[] = { NULL };
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_widget_add_css_class (box, "approval");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  self->site = make_site (self);
  self->place = gtk_drop_down_new_from_strings (none);
  self->keyless = gtk_check_button_new_with_label (_("It has no key: let it in without proof, marked"));
  self->hint = ui_text_new ("", "dim-label");
  self->fault = ui_text_new ("", "fault");
  gtk_widget_set_visible (self->fault, FALSE);
  gtk_widget_set_visible (self->keyless, is_bbt (self));
  gtk_box_append (GTK_BOX (box), ui_text_new (ui_stranger_name (self->stranger), "title"));
  gtk_box_append (GTK_BOX (box), ui_text_new (stranger->text, NULL));
  add_row (grid, 0, _("Site"), self->site);
  add_row (grid, 1, _("What it is"), self->place);
  gtk_box_append (GTK_BOX (box), grid);
  gtk_box_append (GTK_BOX (box), self->hint);
  gtk_box_append (GTK_BOX (box), self->keyless);
  gtk_box_append (GTK_BOX (box), make_key (self));
  gtk_box_append (GTK_BOX (box), self->fault);
  gtk_box_append (GTK_BOX (box), make_buttons (self));
  gtk_window_set_child (GTK_WINDOW (self->window), box);
  gtk_window_set_default_widget (GTK_WINDOW (self->window), self->approve);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (
                                          gtk_shortcut_trigger_parse_string ("Escape"),
                                          gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (self->window, keys);
  g_signal_connect_swapped (self->site, "notify::selected", G_CALLBACK (on_site), self);
  g_signal_connect_swapped (self->place, "notify::selected", G_CALLBACK (say_hint), self);
  g_signal_connect_swapped (self->keyless, "toggled", G_CALLBACK (say_hint), self);
}

GtkWindow *
ui_approval_new (GtkWindow *parent, UiSession *session, UiStranger *stranger)
{
  Approval *self = g_new0 (Approval, 1);

  self->session = g_object_ref (session);
  self->stranger = g_object_ref (stranger);
  self->links = g_array_new (FALSE, FALSE, sizeof (guint));
  self->window = gtk_window_new ();
  g_object_set_data_full (G_OBJECT (self->window), "gdp-approval", self, approval_free);
  gtk_window_set_title (GTK_WINDOW (self->window), _("Approve a unit"));
  gtk_window_set_transient_for (GTK_WINDOW (self->window), parent);
  gtk_window_set_modal (GTK_WINDOW (self->window), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (self->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 620, -1);
  build (self);
  on_site (self);
  return GTK_WINDOW (self->window);
}
