/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "site-row.h"

#include "columns.h"
#include "glyph.h"

#include <glib/gi18n.h>

struct _UiSiteRow {
  GtkWidget  parent_instance;

  /* template */
  GtkWidget *expander, *glyph, *title, *subtitle, *value, *age;

  /* owned */
  UiSession *session;
  GObject   *item;          /* UiSite or UiRegion */
  gulong     changed, tick;
};

G_DEFINE_FINAL_TYPE (UiSiteRow, ui_site_row, GTK_TYPE_WIDGET)

static void
show_site (UiSiteRow *self)
{
  UiSite *site = UI_SITE (self->item);
  UiAlarm *worst = ui_site_get_worst (site);
  g_auto (UiValue) value = { 0 };
  g_autofree char *text = NULL;

  ui_glyph_set_contact (UI_GLYPH (self->glyph), ui_site_get_contact (site));
  ui_glyph_set_alarm (UI_GLYPH (self->glyph), worst);
  ui_cell_set (self->title, ui_site_get_id (site), "heading");
  ui_cell_set (self->subtitle, ui_site_get_name (site), NULL);
  gtk_widget_set_visible (self->age, TRUE);
  if (ui_site_get_main (site) == G_MAXUINT) {
    ui_cell_set (self->value, "", NULL);
    return;
  }
  ui_session_describe (self->session, ui_site_get_main (site), &value);
  /* A reason may be cut, a number never. */
  gtk_label_set_ellipsize (GTK_LABEL (self->value),
                           value.look == UI_LOOK_BAD ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  text = g_strdup_printf ("%s%s%s%s", value.text, *value.unit ? "\u00a0" : "", value.unit, value.mark);
  ui_cell_set (self->value, text, ui_look_class (value.look));
  ui_cell_set (self->age, value.age, NULL);
}

static void
show_region (UiSiteRow *self)
{
  UiRegion *region = UI_REGION (self->item);
  const char *name = ui_region_get_name (region);
  g_autofree char *count = g_strdup_printf ("%u", g_list_model_get_n_items (ui_region_get_sites (region)));
  GtkTreeListRow *row = gtk_tree_expander_get_list_row (GTK_TREE_EXPANDER (self->expander));

  ui_glyph_set_contact (UI_GLYPH (self->glyph), GDP_CONTACT_OK);
  /* An open region's sites speak for themselves. */
  ui_glyph_set_alarm (UI_GLYPH (self->glyph),
                      gtk_tree_list_row_get_expanded (row) ? NULL : ui_region_get_worst (region));
  ui_cell_set (self->title, *name != '\0' ? name : _("No region"), "region");
  ui_cell_set (self->subtitle, "", NULL);
  ui_cell_set (self->value, count, "dim-label");
  gtk_widget_set_visible (self->age, FALSE);
}

static void
show (UiSiteRow *self)
{
  gboolean region = UI_IS_REGION (self->item);

  gtk_widget_set_visible (self->subtitle, !region);
  gtk_widget_set_visible (self->glyph, !region || !gtk_tree_list_row_get_expanded (
                            gtk_tree_expander_get_list_row (GTK_TREE_EXPANDER (self->expander))));
  if (region)
    show_region (self);
  else
    show_site (self);
}

static void
let_go (UiSiteRow *self)
{
  if (self->item == NULL)
    return;
  g_clear_signal_handler (&self->changed, self->item);
  g_clear_signal_handler (&self->tick, self->session);
  g_clear_object (&self->item);
  ui_glyph_set_alarm (UI_GLYPH (self->glyph), NULL);
}

void
ui_site_row_bind (UiSiteRow *self, GtkTreeListRow *row)
{
  let_go (self);
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (self->expander), row);
  if (row == NULL)
    return;
  self->item = gtk_tree_list_row_get_item (row);
  if (UI_IS_SITE (self->item))
    self->changed = g_signal_connect_swapped (self->item, "changed", G_CALLBACK (show), self);
  self->tick = g_signal_connect_swapped (self->session, "tick", G_CALLBACK (show), self);
  show (self);
}

static void
ui_site_row_dispose (GObject *object)
{
  UiSiteRow *self = UI_SITE_ROW (object);

  if (self->expander != NULL)
    let_go (self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->expander, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_site_row_parent_class)->dispose (object);
}

static void
ui_site_row_class_init (UiSiteRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_site_row_dispose;
  g_type_ensure (UI_TYPE_GLYPH);
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/site-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSiteRow, expander);
  gtk_widget_class_bind_template_child (widget_class, UiSiteRow, glyph);
  gtk_widget_class_bind_template_child (widget_class, UiSiteRow, title);
  gtk_widget_class_bind_template_child (widget_class, UiSiteRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, UiSiteRow, value);
  gtk_widget_class_bind_template_child (widget_class, UiSiteRow, age);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "siterow");
}

static void
ui_site_row_init (UiSiteRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ui_site_row_new (UiSession *session)
{
  UiSiteRow *self = g_object_new (UI_TYPE_SITE_ROW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
