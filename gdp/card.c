/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card.h"

#include <string.h>

gboolean
gdp_alarm_place (const GdpNetwork *network, const char *alarm, GdpAlarmPlace *place)
{
  const char *dot = strrchr (alarm, '.');
  g_autofree char *object = dot != NULL ? g_strndup (alarm, dot - alarm) : NULL;

  *place = (GdpAlarmPlace) { .condition = GDP_N_CONDITIONS };
  if (object == NULL || !gdp_condition_parse (dot + 1, &place->condition))
    return FALSE;
  if (gdp_condition_is_of_server (place->condition))
    return *object != '\0';
  guint point = gdp_network_find_point (network, object), unit = gdp_network_find_unit (network, object);
  if (point != G_MAXUINT) {
    place->point = &network->points[point];
    place->tag = gdp_point_tag (place->point);
    place->site = &network->sites[place->point->site];
  } else if (unit != G_MAXUINT) {
    place->site = &network->sites[network->units[unit].site];
    place->tag = strchr (network->units[unit].id, '/') + 1;
  }
  return point != G_MAXUINT || unit != G_MAXUINT || gdp_network_find_link (network, object) != G_MAXUINT;
}

/* How much a site's card is meant for it; 0 = not at all. */
static guint
fit (const GdpSiteCard *card, const GdpAlarmPlace *place)
{
  const char *condition = gdp_condition_word (place->condition);

  if ((card->point != NULL && g_strcmp0 (card->point, place->tag) != 0)
      || (card->condition != NULL && strcmp (card->condition, condition) != 0))
    return 0;
  return (card->point != NULL ? 2 : 0) + (card->condition != NULL ? 1 : 0);
}

static void
lay_over (GdpCard *card, const GdpCard *own)
{
  if (own->causes != NULL)
    card->causes = own->causes;
  if (own->consequence != NULL)
    card->consequence = own->consequence;
  if (own->steps != NULL)
    card->steps = own->steps;
  if (own->whom != NULL)
    card->whom = own->whom;
  if (own->minutes != 0)
    card->minutes = own->minutes;
}

GdpCard
gdp_card_of_site (GdpCard card, const GdpAlarmPlace *place)
{
  for (guint wanted = 1; place->site != NULL && wanted <= 3; wanted++)
    for (guint i = 0; i < place->site->n_cards; i++)
      if (fit (&place->site->cards[i], place) == wanted)
        lay_over (&card, &place->site->cards[i].card);
  return card;
}

char **
gdp_card_lines (const char *lines)
{
  return lines != NULL ? g_strsplit (lines, "\n", -1) : g_new0 (char *, 1);
}

/* ---- what was done -------------------------------------------------------------------------- */

gboolean
gdp_card_is_done (const GdpEvent *event, const char *alarm, guint32 occurrence, guint *step)
{
  if (event->kind != GDP_EVENT_ALARM_HANDLED || g_strcmp0 (event->object, alarm) != 0 || event->before == NULL
      || g_ascii_strtoull (event->before, NULL, 10) != occurrence)
    return FALSE;
  if (step != NULL)
    *step = event->after != NULL ? (guint) g_ascii_strtoull (event->after, NULL, 10) : 0;
  return TRUE;
}

/* "2 Send a crew" */
static gboolean
read_step (char *line, guint *step)
{
  char *rest;

  *step = (guint) MIN (g_ascii_strtoull (line, &rest, 10), G_MAXUINT);
  if (rest == line || *rest != ' ' || rest[1] == '\0' || *step == 0 || *step > GDP_CARD_STEPS
      || strlen (rest + 1) > GDP_CARD_TEXT)
    return FALSE;
  memmove (line, rest + 1, strlen (rest));
  return TRUE;
}

char **
gdp_card_read_done (const char *detail, GArray *steps, const char **fault)
{
  g_auto (GStrv) lines = gdp_card_lines (detail);

  for (char **line = lines; *line != NULL; line++) {
    guint step;
    if (steps->len == GDP_CARD_STEPS || !read_step (*line, &step)) {
      *fault = "The command does not say which steps were done";
      return NULL;
    }
    g_array_append_val (steps, step);
  }
  return g_steal_pointer (&lines);
}
