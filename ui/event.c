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

static void
ui_event_class_init (UiEventClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_event_finalize;
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

const GdpEvent *
ui_event_get (UiEvent *self)
{
  return self->event;
}
