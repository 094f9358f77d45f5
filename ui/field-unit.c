/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-unit.h"

#include "gdp/bbt-link.h"

#include <string.h>

struct _UiFieldUnit {
  GObject     parent_instance;

  GdpNetwork *network;
  guint       link, unit;
  char       *text;       /* what is searched, as it is written; the two below follow from it */
  char       *sort_key, *haystack;
  GdpDevice  *device;
  GdpWish    *wish;
  guint32     wanted[UI_N_WANTED];
  gboolean    wanted_known[UI_N_WANTED];
  double      a_year;     /* calls; < 0 = not counted yet */
};

G_DEFINE_FINAL_TYPE (UiFieldUnit, ui_field_unit, G_TYPE_OBJECT)

static guint changed;

static void
ui_field_unit_finalize (GObject *object)
{
  UiFieldUnit *self = UI_FIELD_UNIT (object);

  g_clear_pointer (&self->network, gdp_network_unref);
  g_clear_pointer (&self->device, gdp_device_free);
  g_clear_pointer (&self->wish, gdp_wish_free);
  g_free (self->text);
  g_free (self->sort_key);
  g_free (self->haystack);
  G_OBJECT_CLASS (ui_field_unit_parent_class)->finalize (object);
}

static void
ui_field_unit_class_init (UiFieldUnitClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_field_unit_finalize;
  changed = g_signal_new ("changed", UI_TYPE_FIELD_UNIT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_field_unit_init (UiFieldUnit *self)
{
  self->link = self->unit = G_MAXUINT;
}

UiFieldUnit *
ui_field_unit_new (void)
{
  return g_object_new (UI_TYPE_FIELD_UNIT, NULL);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static void
index_texts (UiFieldUnit *self)
{
  const GdpLink *link = ui_field_unit_peek_link (self);
  const GdpSite *site = ui_field_unit_peek_site (self);
  g_autofree char *sort = NULL;
  char *text = g_strjoin ("\n", link->id, or_empty (link->serial), or_empty (link->registration),
                                     site != NULL ? site->id : "", site != NULL ? or_empty (site->name) : "",
                                     self->device != NULL ? or_empty (self->device->model) : "",
                                     self->device != NULL ? or_empty (self->device->firmware) : "", NULL);

  if (g_strcmp0 (text, self->text) == 0) {   /* most of them, when a configuration changes */
    g_free (text);
    return;
  }
  sort = g_strjoin ("/", site != NULL ? site->id : "\377", link->id, NULL);
  g_free (self->text);
  g_free (self->sort_key);
  g_free (self->haystack);
  self->text = text;
  self->sort_key = g_utf8_collate_key_for_filename (sort, -1);
  self->haystack = g_utf8_casefold (text, -1);
}

void
ui_field_unit_configure (UiFieldUnit *self, GdpNetwork *network, guint link, guint unit)
{
  const char *serial = self->network != NULL ? ui_field_unit_peek_link (self)->serial : NULL;

  if (self->network != NULL && g_strcmp0 (serial, network->links[link].serial) != 0) {
    g_clear_pointer (&self->device, gdp_device_free);
    g_clear_pointer (&self->wish, gdp_wish_free);
  }
  gdp_network_ref (network);
  g_clear_pointer (&self->network, gdp_network_unref);
  self->network = network;
  self->link = link;
  self->unit = unit;
  memset (self->wanted_known, 0, sizeof self->wanted_known);
  self->a_year = -1;
  index_texts (self);
}

void
ui_field_unit_set_device (UiFieldUnit *self, const GdpDevice *device)
{
  gboolean renamed = device == NULL || self->device == NULL || g_strcmp0 (device->model, self->device->model) != 0
                     || g_strcmp0 (device->firmware, self->device->firmware) != 0;

  g_clear_pointer (&self->device, gdp_device_free);
  self->device = device != NULL ? gdp_device_copy (device) : NULL;
  if (renamed)
    index_texts (self);
}

void
ui_field_unit_set_wish (UiFieldUnit *self, const GdpWish *wish)
{
  g_clear_pointer (&self->wish, gdp_wish_free);
  self->wish = wish != NULL ? gdp_wish_copy (wish) : NULL;
}

void
ui_field_unit_changed (UiFieldUnit *self)
{
  g_signal_emit (self, changed, 0);
}

GdpNetwork *
ui_field_unit_get_network (UiFieldUnit *self)
{
  return self->network;
}

guint
ui_field_unit_get_link (UiFieldUnit *self)
{
  return self->link;
}

const GdpLink *
ui_field_unit_peek_link (UiFieldUnit *self)
{
  return &self->network->links[self->link];
}

const GdpSite *
ui_field_unit_peek_site (UiFieldUnit *self)
{
  return self->unit != G_MAXUINT ? &self->network->sites[self->network->units[self->unit].site] : NULL;
}

guint
ui_field_unit_get_unit (UiFieldUnit *self)
{
  return self->unit;
}

const GdpDevice *
ui_field_unit_get_device (UiFieldUnit *self)
{
  return self->device;
}

const GdpWish *
ui_field_unit_get_wish (UiFieldUnit *self)
{
  return self->wish;
}

gboolean
ui_field_unit_matches (UiFieldUnit *self, const char *needle)
{
  return strstr (self->haystack, needle) != NULL;
}

int
ui_field_unit_compare (UiFieldUnit *a, UiFieldUnit *b)
{
  return strcmp (a->sort_key, b->sort_key);
}

guint32
ui_field_unit_wanted (UiFieldUnit *self, UiWanted what, guint32 (*func) (const GdpNetwork *network, guint link))
{
  if (!self->wanted_known[what]) {
    self->wanted[what] = func != NULL ? func (self->network, self->link) : 0;
    self->wanted_known[what] = TRUE;
  }
  return self->wanted[what];
}

gboolean
ui_field_unit_budget (UiFieldUnit *self, gint64 now, GdpSessionBudget *budget)
{
  const GdpLink *link = ui_field_unit_peek_link (self);
  guint used = self->device != NULL ? self->device->sessions : 0;

  if (link->kind != GDP_LINK_BBT || link->guaranteed_sessions == 0)
    return FALSE;
  if (self->a_year < 0) {
    int zone;
    g_autoptr (GArray) calls = gdp_bbt_link_calls (self->network, self->link, &zone);
    gdp_session_budget (gdp_bbt_link_settings (self->network, self->link),
                        (const GdpScheduleEntry *) (gpointer) calls->data, calls->len, zone,
                        link->guaranteed_sessions, used, now, budget);
    self->a_year = budget->a_year;
  }
  gdp_session_budget_at (self->a_year, gdp_bbt_link_settings (self->network, self->link), link->guaranteed_sessions,
                         used, now, budget);
  return TRUE;
}
