/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "point.h"

struct _UiPoint {
  GObject     parent_instance;

  GdpNetwork *network;
  guint       index;
};

G_DEFINE_FINAL_TYPE (UiPoint, ui_point, G_TYPE_OBJECT)

static guint changed;

static void
ui_point_finalize (GObject *object)
{
  gdp_network_unref (UI_POINT (object)->network);
  G_OBJECT_CLASS (ui_point_parent_class)->finalize (object);
}

static void
ui_point_class_init (UiPointClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_point_finalize;
  changed = g_signal_new ("changed", UI_TYPE_POINT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_point_init (UiPoint *self)
{
}

UiPoint *
ui_point_new (GdpNetwork *network, guint index)
{
  UiPoint *self = g_object_new (UI_TYPE_POINT, NULL);

  self->network = gdp_network_ref (network);
  self->index = index;
  return self;
}

guint
ui_point_get_index (UiPoint *self)
{
  return self->index;
}

const GdpPoint *
ui_point_get_config (UiPoint *self)
{
  return &self->network->points[self->index];
}

void
ui_point_changed (UiPoint *self)
{
  g_signal_emit (self, changed, 0);
}
