/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "site.h"

struct _UiSite {
  GObject         parent_instance;

  char           *id, *name, *region;
  char           *text;      /* all of it as it is written; the two below follow from it */
  char           *haystack, *sort_key;
  guint           index, main;
  GPtrArray      *alarms;   /* UiAlarm */
  GdpContactState contact;
};

G_DEFINE_FINAL_TYPE (UiSite, ui_site, G_TYPE_OBJECT)

static guint changed;

static void
ui_site_finalize (GObject *object)
{
  UiSite *self = UI_SITE (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->region);
  g_free (self->text);
  g_free (self->haystack);
  g_free (self->sort_key);
  g_ptr_array_unref (self->alarms);
  G_OBJECT_CLASS (ui_site_parent_class)->finalize (object);
}

static void
ui_site_class_init (UiSiteClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_site_finalize;
  changed = g_signal_new ("changed", UI_TYPE_SITE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_site_init (UiSite *self)
{
  self->alarms = g_ptr_array_new_with_free_func (g_object_unref);
  self->index = self->main = G_MAXUINT;
}

UiSite *
ui_site_new (const char *id)
{
  UiSite *self = g_object_new (UI_TYPE_SITE, NULL);

  self->id = g_strdup (id);
  return self;
}

static guint
main_point (const GdpNetwork *network, const GdpSite *site)
{
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++)
    if (network->points[i].kind == GDP_POINT_OUTLET_PRESSURE)
      return i;
  return site->n_points > 0 ? site->first_point : G_MAXUINT;
}

/* FALSE: as it was. */
static gboolean
index_texts (UiSite *self, const GdpSite *site)
{
  const char *name = site->name ? site->name : "", *region = site->region ? site->region : "";
  g_autofree char *text = g_strjoin ("\n", site->id, name, site->address ? site->address : "", region, NULL);
  g_autofree char *region_key = NULL, *id_key = NULL;

  if (g_strcmp0 (text, self->text) == 0)   /* nearly all, when a configuration changes */
    return FALSE;
  region_key = g_utf8_collate_key_for_filename (region, -1);
  id_key = g_utf8_collate_key_for_filename (site->id, -1);
  g_free (self->name);
  g_free (self->region);
  g_free (self->text);
  g_free (self->haystack);
  g_free (self->sort_key);
  self->name = g_strdup (name);
  self->region = g_strdup (region);
  self->haystack = g_utf8_casefold (text, (gssize) (strlen (text) - strlen (region)));
  self->sort_key = g_strconcat (region_key, "\1", id_key, NULL);
  self->text = g_steal_pointer (&text);
  return TRUE;
}

gboolean
ui_site_configure (UiSite *self, GdpNetwork *network, guint index)
{
  const GdpSite *site = &network->sites[index];

  self->index = index;
  self->main = main_point (network, site);
  return index_texts (self, site);
}

const char *
ui_site_get_id (UiSite *self)
{
  return self->id;
}

const char *
ui_site_get_name (UiSite *self)
{
  return self->name;
}

const char *
ui_site_get_region (UiSite *self)
{
  return self->region;
}

guint
ui_site_get_index (UiSite *self)
{
  return self->index;
}

guint
ui_site_get_main (UiSite *self)
{
  return self->main;
}

gboolean
ui_site_matches (UiSite *self, const char *needle)
{
  return strstr (self->haystack, needle) != NULL;
}

int
ui_site_compare (UiSite *a, UiSite *b)
{
  return strcmp (a->sort_key, b->sort_key);
}

void
ui_site_add_alarm (UiSite *self, UiAlarm *alarm)
{
  if (!g_ptr_array_find (self->alarms, alarm, NULL))
    g_ptr_array_add (self->alarms, g_object_ref (alarm));
}

void
ui_site_remove_alarm (UiSite *self, UiAlarm *alarm)
{
  g_ptr_array_remove_fast (self->alarms, alarm);
}

UiAlarm *
ui_site_get_worst (UiSite *self)
{
  UiAlarm *worst = NULL;

  for (guint i = 0; i < self->alarms->len; i++)
    if (worst == NULL || ui_alarm_compare (self->alarms->pdata[i], worst) < 0)
      worst = self->alarms->pdata[i];
  return worst;
}

guint
ui_site_get_n_alarms (UiSite *self)
{
  return self->alarms->len;
}

void
ui_site_set_contact (UiSite *self, GdpContactState worst)
{
  self->contact = worst;
}

GdpContactState
ui_site_get_contact (UiSite *self)
{
  return self->contact;
}

void
ui_site_changed (UiSite *self)
{
  g_signal_emit (self, changed, 0);
}
