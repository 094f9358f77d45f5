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

char *
ui_event_details (UiEvent *self)
{
  const GdpEvent *event = self->event;
  g_autofree char *change = NULL;

  if (event->priority != 0)  /* an alarm's states are what the kind of the event says */
    return g_strdup (event->text != NULL ? event->text : "");
  if (event->before != NULL && event->after != NULL)
    change = g_strdup_printf ("%s → %s", event->before, event->after);
  else
    change = g_strdup (event->after != NULL ? event->after : event->before);
  if (change != NULL && event->text != NULL)
    return g_strdup_printf ("%s · %s", change, event->text);
  return g_strdup (change != NULL ? change : event->text != NULL ? event->text : "");
}
