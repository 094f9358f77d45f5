/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stranger.h"

struct _UiStranger {
  GObject       parent_instance;

  DataStranger *stranger;
  char         *name;
};

G_DEFINE_FINAL_TYPE (UiStranger, ui_stranger, G_TYPE_OBJECT)

static void
ui_stranger_finalize (GObject *object)
{
  UiStranger *self = UI_STRANGER (object);

  data_stranger_free (self->stranger);
  g_free (self->name);
  G_OBJECT_CLASS (ui_stranger_parent_class)->finalize (object);
}

static void
ui_stranger_class_init (UiStrangerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_stranger_finalize;
}

static void
ui_stranger_init (UiStranger *self)
{
}

UiStranger *
ui_stranger_new (const DataStranger *stranger)
{
  UiStranger *self = g_object_new (UI_TYPE_STRANGER, NULL);

  self->stranger = data_stranger_copy (stranger);
  self->name = data_stranger_name (stranger);
  return self;
}

const DataStranger *
ui_stranger_get (UiStranger *self)
{
  return self->stranger;
}

gboolean
ui_stranger_is (UiStranger *self, const DataStranger *stranger)
{
  return g_strcmp0 (self->stranger->server, stranger->server) == 0
         && g_strcmp0 (self->stranger->address, stranger->address) == 0
         && g_strcmp0 (self->stranger->text, stranger->text) == 0;
}

guint
ui_stranger_link (UiStranger *self, const GdpNetwork *network)
{
  for (guint i = 0; *self->name != '\0' && i < network->n_links; i++) {
    const GdpLink *link = &network->links[i];
    if (g_strcmp0 (self->stranger->serial != NULL ? link->serial : link->registration, self->name) == 0)
      return i;
  }
  return G_MAXUINT;
}

gboolean
ui_stranger_has_name (UiStranger *self)
{
  return *self->name != '\0';
}

const char *
ui_stranger_name (UiStranger *self)
{
  return self->name;
}
