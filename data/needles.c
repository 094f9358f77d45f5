/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "needles.h"

#include "grams.h"

#include <string.h>

#define GRAMS_MOST 96    /* of all texts of a search: shelves that are read of each run */
#define GRAMS_EACH 12    /* of one text: a record that holds so many holds the whole, mostly */

typedef struct { char *folded; GArray *grams; } Needle;

struct DataNeedles {
  char    *site, *object;
  GdpTopic topic;
  gboolean by_text;
  GArray  *words;      /* gram: all of them must be there … */
  GArray  *texts;      /* Needle: … and one of these in the text, if there are any: the words of a topic's kinds else */
};

char *
data_needles_text (const char *kind, const GdpEvent *event)
{
  const char *const texts[] = { kind, event->site, event->object, event->who, event->before, event->after, event->text };
  g_autoptr (GString) text = g_string_sized_new (256);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_string_append_c (text, '\n');
    g_string_append (text, texts[i] != NULL ? texts[i] : "");
  }
  g_string_append_c (text, '\n');
  return data_fold (text->str);
}

static void
needle_clear (gpointer data)
{
  Needle *needle = data;

  g_free (needle->folded);
  g_array_unref (needle->grams);
}

static void
add_text (DataNeedles *self, const char *text, guint grams)
{
  Needle needle = { .folded = data_fold (text) };

  needle.grams = data_grams_of (needle.folded, grams);
  g_array_append_val (self->texts, needle);
}

static void
add_object (DataNeedles *self, const char *object)
{
  g_autofree char *line = g_strdup_printf ("\n%s\n", object), *folded = data_fold (line);
  g_autoptr (GArray) grams = data_grams_of (folded, GRAMS_EACH);

  g_array_append_vals (self->words, grams->data, grams->len);
}

/* A kind's word is a line of its own, the first of a record. */
static void
add_topic (DataNeedles *self, GdpTopic topic)
{
  for (GdpEventKind kind = 0; kind < GDP_N_EVENT_KINDS; kind++)
    if (gdp_event_is_about (kind, topic)) {
      g_autofree char *line = g_strdup_printf ("\n%s\n", gdp_event_word (kind));
      add_text (self, line, 4);
    }
}

DataNeedles *
data_needles_new (const DataJournalFilter *filter)
{
  DataNeedles *self = g_new0 (DataNeedles, 1);
  guint n = filter->also != NULL ? g_strv_length ((char **) filter->also) : 0;
  guint64 site = filter->site != NULL ? data_gram_of_word (filter->site) : 0;

  self->site = g_strdup (filter->site);
  self->object = g_strdup (filter->object);
  self->topic = filter->topic;
  self->words = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->texts = g_array_new (FALSE, FALSE, sizeof (Needle));
  g_array_set_clear_func (self->texts, needle_clear);
  if (filter->site != NULL)
    g_array_append_val (self->words, site);
  if (filter->object != NULL)
    add_object (self, filter->object);
  if (filter->text == NULL || *filter->text == '\0') {
    if (filter->topic != GDP_TOPIC_ANY)
      add_topic (self, filter->topic);
    return self;
  }
  self->by_text = TRUE;
  add_text (self, filter->text, GRAMS_EACH);
  for (guint i = 0; i < n; i++)
    add_text (self, filter->also[i], CLAMP (GRAMS_MOST / n, 3, GRAMS_EACH));
  return self;
}

void
data_needles_free (DataNeedles *self)
{
  g_free (self->site);
  g_free (self->object);
  g_array_unref (self->words);
  g_array_unref (self->texts);
  g_free (self);
}

gboolean
data_needles_match (const DataNeedles *self, const GdpEvent *event)
{
  if ((self->site != NULL && g_strcmp0 (self->site, event->site) != 0)
      || (self->object != NULL && g_strcmp0 (self->object, event->object) != 0)
      || !gdp_event_is_about (event->kind, self->topic))
    return FALSE;
  if (!self->by_text)
    return TRUE;
  g_autofree char *text = data_needles_text (gdp_event_word (event->kind), event);
  for (guint i = 0; i < self->texts->len; i++)
    if (strstr (text, g_array_index (self->texts, Needle, i).folded) != NULL)
      return TRUE;
  return FALSE;
}

const GArray *
data_needles_words (const DataNeedles *self)
{
  return self->words;
}

guint
data_needles_n_texts (const DataNeedles *self)
{
  return self->texts->len;
}

const GArray *
data_needles_grams (const DataNeedles *self, guint text)
{
  return g_array_index (self->texts, Needle, text).grams;
}
