/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "region.h"

#include "splice.h"

struct _UiRegion {
  GObject             parent_instance;

  char               *name;
  GListStore         *sites;
  GtkFilterListModel *matching;
};

G_DEFINE_FINAL_TYPE (UiRegion, ui_region, G_TYPE_OBJECT)

static void
ui_region_finalize (GObject *object)
{
  UiRegion *self = UI_REGION (object);

  g_free (self->name);
  g_object_unref (self->matching);
  g_object_unref (self->sites);
  G_OBJECT_CLASS (ui_region_parent_class)->finalize (object);
}

static void
ui_region_class_init (UiRegionClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_region_finalize;
}

static void
ui_region_init (UiRegion *self)
{
  self->sites = g_list_store_new (UI_TYPE_SITE);
}

UiRegion *
ui_region_new (const char *name, GtkFilter *filter)
{
  UiRegion *self = g_object_new (UI_TYPE_REGION, NULL);

  self->name = g_strdup (name);
  self->matching = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->sites)),
                                              g_object_ref (filter));
  return self;
}

void
ui_region_set (UiRegion *self, gpointer *sites, guint n)
{
  ui_splice (self->sites, sites, n);
}

guint
ui_region_find (UiRegion *self, UiSite *site)
{
  GListModel *model = G_LIST_MODEL (self->matching);
  guint low = 0, high = g_list_model_get_n_items (model), n = high;
  g_autoptr (UiSite) found = NULL;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    g_autoptr (UiSite) at = g_list_model_get_item (model, middle);

    if (ui_site_compare (at, site) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  found = low < n ? g_list_model_get_item (model, low) : NULL;
  return found == site ? low : G_MAXUINT;
}

const char *
ui_region_get_name (UiRegion *self)
{
  return self->name;
}

GListModel *
ui_region_get_sites (UiRegion *self)
{
  return G_LIST_MODEL (self->matching);
}

UiAlarm *
ui_region_get_worst (UiRegion *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sites));
  UiAlarm *worst = NULL;

  for (guint i = 0; i < n; i++) {
    g_autoptr (UiSite) site = g_list_model_get_item (G_LIST_MODEL (self->sites), i);
    UiAlarm *alarm = ui_site_get_worst (site);

    if (alarm != NULL && (worst == NULL || ui_alarm_compare (alarm, worst) < 0))
      worst = alarm;
  }
  return worst;
}
