/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "event.h"

struct _UiEvent {
  GObject   parent_instance;
  GdpEvent *event;
};

G_DEFINE_FINAL_TYPE (UiEvent, ui_event, G_TYPE_OBJECT)

static void
ui_event_finalize (GObject *object)
{
  gdp_event_free (UI_EVENT (object)->event);
  G_OBJECT_CLASS (ui_event_parent_class)->finalize (object);
}

static guint changed;

static void
ui_event_class_init (UiEventClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_event_finalize;
  changed = g_signal_new ("changed", UI_TYPE_EVENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_event_init (UiEvent *self)
{
}

UiEvent *
ui_event_new (const GdpEvent *event)
{
  UiEvent *self = g_object_new (UI_TYPE_EVENT, NULL);

  self->event = gdp_event_copy (event);
  return self;
}

void
ui_event_set (UiEvent *self, const GdpEvent *event)
{
  gdp_event_free (self->event);
  self->event = gdp_event_copy (event);
  g_signal_emit (self, changed, 0);
}

const GdpEvent *
ui_event_get (UiEvent *self)
{
  return self->event;
}
