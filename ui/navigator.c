/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "navigator.h"

#include "columns.h"
#include "flash.h"
#include "region.h"
#include "site-row.h"
#include "splice.h"

#include <glib/gi18n.h>

struct _UiNavigator {
  GtkWidget           parent_instance;

  /* template */
  GtkWidget          *search, *hidden, *list;

  /* owned */
  UiSession          *session;
  GListStore         *regions;     /* UiRegion */
  GtkCustomFilter    *filter;
  GtkSingleSelection *selection;   /* of GtkTreeListRow */
  char               *needle;      /* casefolded; NULL = everything */
  char               *site;        /* shown now */
  guint               scrolling;   /* tick callback */
  int                 frames;      /* until it scrolls */
};

G_DEFINE_FINAL_TYPE (UiNavigator, ui_navigator, GTK_TYPE_WIDGET)

static gboolean
site_matches (gpointer item, gpointer data)
{
  UiNavigator *self = data;

  return self->needle == NULL || ui_site_matches (item, self->needle);
}

static gboolean
region_matches (gpointer item, gpointer data)
{
  return g_list_model_get_n_items (ui_region_get_sites (item)) > 0;
}

static GListModel *
children_of (gpointer item, gpointer data)
{
  return UI_IS_REGION (item) ? g_object_ref (ui_region_get_sites (item)) : NULL;
}

/* ---- finding ----------------------------------------------------------------------------- */

/* Of the region @row: where @site's row is; none when it is closed or hides the site. */
static guint
position_in (GtkTreeListRow *row, UiSite *site)
{
  g_autoptr (UiRegion) region = gtk_tree_list_row_get_item (row);
  guint place = ui_region_find (region, site);

  if (place == G_MAXUINT || !gtk_tree_list_row_get_expanded (row))
    return GTK_INVALID_LIST_POSITION;
  return gtk_tree_list_row_get_position (row) + 1 + place;
}

/* Rows are objects that GTK makes when asked for them: only the regions' are. */
static guint
position_of (UiNavigator *self, const char *id)
{
  UiSite *site = id != NULL ? ui_session_find_site (self->session, id) : NULL;
  GtkTreeListModel *tree = GTK_TREE_LIST_MODEL (gtk_single_selection_get_model (self->selection));
  GListModel *regions = gtk_tree_list_model_get_model (tree);

  for (guint i = 0; site != NULL && i < g_list_model_get_n_items (regions); i++) {
    g_autoptr (UiRegion) region = g_list_model_get_item (regions, i);
    g_autoptr (GtkTreeListRow) row = NULL;

    if (!g_str_equal (ui_region_get_name (region), ui_site_get_region (site)))
      continue;
    row = gtk_tree_list_model_get_child_row (tree, i);
    return position_in (row, site);
  }
  return GTK_INVALID_LIST_POSITION;
}

static void
mark (UiNavigator *self)
{
  guint position = position_of (self, self->site);

  if (position != gtk_single_selection_get_selected (self->selection))
    gtk_single_selection_set_selected (self->selection, position);
}

/* A list can scroll only once its rows have been laid out, which takes some frames. */
static gboolean
scroll (GtkWidget *list, GdkFrameClock *clock, gpointer data)
{
  UiNavigator *self = data;
  guint position = gtk_single_selection_get_selected (self->selection);

  if (gtk_widget_get_height (list) == 0 || --self->frames > 0)
    return G_SOURCE_CONTINUE;
  self->scrolling = 0;
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", position);
  return G_SOURCE_REMOVE;
}

static void
scroll_soon (UiNavigator *self)
{
  self->frames = 3;
  if (self->scrolling == 0)
    self->scrolling = gtk_widget_add_tick_callback (self->list, scroll, self, NULL);
}

void
ui_navigator_select (UiNavigator *self, const char *site)
{
  g_free (self->site);
  self->site = g_strdup (site);
  mark (self);
  scroll_soon (self);
}

void
ui_navigator_find (UiNavigator *self)
{
  gtk_widget_grab_focus (self->search);
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

static guint
count_matching (UiNavigator *self)
{
  guint count = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->regions)); i++) {
    g_autoptr (UiRegion) region = g_list_model_get_item (G_LIST_MODEL (self->regions), i);
    count += g_list_model_get_n_items (ui_region_get_sites (region));
  }
  return count;
}

static void
say_hidden (UiNavigator *self)
{
  guint total = g_list_model_get_n_items (ui_session_get_sites (self->session)), shown = count_matching (self);
  g_autofree char *text = g_strdup_printf (ngettext ("%u of %u site", "%u of %u sites", total), shown, total);

  ui_cell_set (self->hidden, text, NULL);
  gtk_widget_set_visible (self->hidden, self->needle != NULL);
}

static void
search (UiNavigator *self)
{
  GtkFilterListModel *regions = g_object_get_data (G_OBJECT (self->selection), "gdp-regions");

  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  /* the regions' own filter looks at the sites', so it comes after */
  gtk_filter_changed (gtk_filter_list_model_get_filter (regions), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_search_changed (UiNavigator *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  g_free (self->needle);
  self->needle = *trimmed != '\0' ? g_utf8_casefold (trimmed, -1) : NULL;
  search (self);
  mark (self);
  say_hidden (self);
}

static void
open_site (UiNavigator *self, UiSite *site)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.site", "s", ui_site_get_id (site));
}

/* Enter opens the first site that the search leaves. */
static void
on_search_activated (UiNavigator *self)
{
  on_search_changed (self);  /* the entry delays its signal; Enter does not wait */
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->regions)); i++) {
    g_autoptr (UiRegion) region = g_list_model_get_item (G_LIST_MODEL (self->regions), i);
    g_autoptr (UiSite) site = g_list_model_get_item (ui_region_get_sites (region), 0);

    if (site != NULL) {
      open_site (self, site);
      return;
    }
  }
}

static void
on_search_stopped (UiNavigator *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  on_search_changed (self);
  gtk_widget_grab_focus (self->list);
}

static void
on_row_activated (UiNavigator *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  g_autoptr (GObject) item = gtk_tree_list_row_get_item (row);

  if (UI_IS_SITE (item))
    open_site (self, UI_SITE (item));
  else
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

/* ---- filling ----------------------------------------------------------------------------- */

/* The region that has this name already, so that its rows stay as they are, open or closed. (transfer full) */
static UiRegion *
region_of (UiNavigator *self, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->regions)); i++) {
    g_autoptr (UiRegion) region = g_list_model_get_item (G_LIST_MODEL (self->regions), i);

    if (g_str_equal (ui_region_get_name (region), name))
      return g_steal_pointer (&region);
  }
  return ui_region_new (name, GTK_FILTER (self->filter));
}

/* @sites are in order of their regions. */
static void
add_region (UiNavigator *self, gpointer *sites, guint n, GPtrArray *regions)
{
  UiRegion *region = region_of (self, ui_site_get_region (sites[0]));

  ui_region_set (region, sites, n);
  g_ptr_array_add (regions, region);
}

static void
fill (UiNavigator *self)
{
  GListModel *model = ui_session_get_sites (self->session);
  guint n = g_list_model_get_n_items (model), first = 0;
  g_autoptr (GPtrArray) sites = g_ptr_array_new_full (n, g_object_unref);
  g_autoptr (GPtrArray) regions = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean marked = gtk_single_selection_get_selected (self->selection) != GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sites, g_list_model_get_item (model, i));
  for (guint i = 1; i <= n; i++)
    if (i == n || !g_str_equal (ui_site_get_region (sites->pdata[i]), ui_site_get_region (sites->pdata[first]))) {
      add_region (self, sites->pdata + first, i - first, regions);
      first = i;
    }
  ui_splice (self->regions, regions->pdata, regions->len);
  if (self->needle != NULL)
    search (self);
  mark (self);
  if (!marked)
    scroll_soon (self);
  say_hidden (self);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item, UiNavigator *self)
{
  gtk_list_item_set_child (item, ui_site_row_new (self->session));
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item)
{
  ui_site_row_bind (UI_SITE_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item)
{
  ui_site_row_bind (UI_SITE_ROW (gtk_list_item_get_child (item)), NULL);
}

void
ui_navigator_set_session (UiNavigator *self, UiSession *session)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkFilterListModel *regions;
  GtkTreeListModel *tree;

  self->session = g_object_ref (session);
  regions = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->regions)),
                                       GTK_FILTER (gtk_custom_filter_new (region_matches, NULL, NULL)));
  tree = gtk_tree_list_model_new (g_object_ref (G_LIST_MODEL (regions)), FALSE, TRUE, children_of, NULL,
                                  NULL);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (tree));
  g_object_set_data_full (G_OBJECT (self->selection), "gdp-regions", regions, g_object_unref);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (session, "configured", G_CALLBACK (fill), self, G_CONNECT_SWAPPED);
  fill (self);
}

static void
ui_navigator_dispose (GObject *object)
{
  UiNavigator *self = UI_NAVIGATOR (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->regions);
  g_clear_object (&self->filter);
  g_clear_object (&self->session);
  g_clear_pointer (&self->needle, g_free);
  g_clear_pointer (&self->site, g_free);
  G_OBJECT_CLASS (ui_navigator_parent_class)->dispose (object);
}

static void
ui_navigator_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ui_flash_snapshot (widget, snapshot, 1);
  GTK_WIDGET_CLASS (ui_navigator_parent_class)->snapshot (widget, snapshot);
}

static void
ui_navigator_class_init (UiNavigatorClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_navigator_dispose;
  widget_class->snapshot = ui_navigator_snapshot;
  gtk_widget_class_set_template_from_resource (widget_class, "/gdp/ui/navigator.ui");
  gtk_widget_class_bind_template_child (widget_class, UiNavigator, search);
  gtk_widget_class_bind_template_child (widget_class, UiNavigator, hidden);
  gtk_widget_class_bind_template_child (widget_class, UiNavigator, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "navigator");
}

static void
ui_navigator_init (UiNavigator *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  self->regions = g_list_store_new (UI_TYPE_REGION);
  self->filter = gtk_custom_filter_new (site_matches, self, NULL);
}
