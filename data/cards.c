/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cards.h"

#include <string.h>

/* In one language. */
typedef struct {
  const char *language;
  GdpCard     card;      /* owns its texts */
} Words;

typedef struct {
  guint64 kinds;         /* a bit each; 0 = all */
  guint64 conditions;
  GArray *words;         /* Words */
} Card;

struct DataCards { GArray *all; };   /* Card */

static void
card_clear (GdpCard *card)
{
  g_free ((char *) card->causes);
  g_free ((char *) card->consequence);
  g_free ((char *) card->steps);
  g_free ((char *) card->whom);
}

static void
words_clear (gpointer words)
{
  card_clear (&((Words *) words)->card);
}

static void
one_clear (gpointer card)
{
  g_array_unref (((Card *) card)->words);
}

static void
site_card_clear (gpointer own)
{
  card_clear (&((GdpSiteCard *) own)->card);
}

/* ---- texts --------------------------------------------------------------------------------- */

/* ["a", "b"] → "a\nb" (transfer full), NULL = it has none */
static char *
lines_of (const DataJsonNode *object, const char *key)
{
  GString *lines = g_string_new (NULL);
  for (const DataJsonNode *line = data_json_first (object, key); line; line = line->next)
    if (line->type == DATA_JSON_STRING)
      g_string_append_printf (lines, "%s%s", lines->len ? "\n" : "", line->string);
  return g_string_free (lines, lines->len == 0);
}

static GdpCard
card_of (const DataJsonNode *texts, double minutes)
{
  return (GdpCard) { lines_of (texts, "causes"), g_strdup (data_json_string (texts, "consequence")), lines_of (texts, "steps"),
                     lines_of (texts, "whom"), (guint) CLAMP (minutes, 0, G_MAXINT) };
}

static void
put_lines (DataJsonWriter *writer, const char *key, const char *lines)
{
  g_auto (GStrv) texts = gdp_card_lines (lines);
  if (lines == NULL)
    return;
  data_json_open_array (writer, key, FALSE);
  for (char **text = texts; *text; text++)
    data_json_put_string (writer, NULL, *text);
  data_json_close (writer);
}

/* ---- the catalogue's ----------------------------------------------------------------------- */

static guint64
kinds_of (const DataJsonNode *node, DataProblems *problems)
{
  guint64 kinds = 0;
  for (DataJsonNode *word = data_json_first (node, "kinds"); word; word = word->next) {
    GdpPointKind kind;
    if (gdp_point_kind_parse (word->string, &kind))
      kinds |= G_GUINT64_CONSTANT (1) << kind;
    else
      data_problems_add (problems, word, "“%s” is no kind of point; passport.schema.json lists them", word->string);
  }
  return kinds;
}

static guint64
conditions_of (const DataJsonNode *node, DataProblems *problems)
{
  guint64 conditions = 0;
  for (DataJsonNode *word = data_json_first (node, "conditions"); word; word = word->next) {
    GdpCondition condition;
    if (gdp_condition_parse (word->string, &condition) && !gdp_condition_is_decision (condition))
      conditions |= G_GUINT64_CONSTANT (1) << condition;
    else
      data_problems_add (problems, word, "“%s” is no condition of an alarm; gdp/ALARMS.md lists them", word->string);
  }
  return conditions;
}

static guint
count (const char *lines)
{
  g_auto (GStrv) texts = gdp_card_lines (lines);
  return g_strv_length (texts);
}

/* What was done is logged by number: a step has the same one for everybody. */
static void
check_languages (const Card *card, DataJsonNode *texts, DataProblems *problems)
{
  const Words *first = &g_array_index (card->words, Words, 0);
  for (guint i = 1; i < card->words->len; i++) {
    const Words *words = &g_array_index (card->words, Words, i);
    guint here = count (words->card.steps), there = count (first->card.steps);
    if (here != there)
      data_problems_add (problems, texts, "%u steps in “%s”, but %u in “%s”; a step must have the same number in each language",
                         here, words->language, there, first->language);
  }
}

/* Two cards that are as particular as each other about the same alarm. */
static void
check_doubled (const DataCards *cards, const Card *card, DataJsonNode *node, DataProblems *problems)
{
  for (guint i = 0; i < cards->all->len; i++) {
    const Card *other = &g_array_index (cards->all, Card, i);
    gboolean alike = (card->kinds == 0 && other->kinds == 0) || (card->kinds & other->kinds) != 0;
    if (alike && (card->conditions & other->conditions) != 0)
      data_problems_add (problems, node, "card %u is for the same kind and condition; leave it to one of them", i + 1);
  }
}

DataCards *
data_cards_new (const DataJsonNode *root, DataProblems *problems)
{
  DataCards *cards = g_new0 (DataCards, 1);
  cards->all = g_array_new (FALSE, FALSE, sizeof (Card));
  g_array_set_clear_func (cards->all, one_clear);
  for (DataJsonNode *node = data_json_first (root, "cards"); node; node = node->next) {
    DataJsonNode *texts = data_json_member (node, "texts");
    Card card = { kinds_of (node, problems), conditions_of (node, problems), g_array_new (FALSE, FALSE, sizeof (Words)) };
    g_array_set_clear_func (card.words, words_clear);
    for (const DataJsonNode *its = texts->first; its; its = its->next) {
      Words words = { its->key, card_of (its, data_json_number (node, "minutes", 0)) };
      g_array_append_val (card.words, words);
    }
    check_languages (&card, texts, problems);
    check_doubled (cards, &card, node, problems);
    g_array_append_val (cards->all, card);
  }
  return cards;
}

void
data_cards_free (DataCards *cards)
{
  g_array_unref (cards->all);
  g_free (cards);
}

static const GdpCard *
words_in (const Card *card, const char *language)
{
  for (guint i = 0; i < card->words->len; i++)
    if (strcmp (g_array_index (card->words, Words, i).language, language) == 0)
      return &g_array_index (card->words, Words, i).card;
  return NULL;
}

const GdpCard *
data_cards_find (const DataCards *cards, GdpPointKind kind, GdpCondition condition, const char *language)
{
  guint64 wanted = G_GUINT64_CONSTANT (1) << condition, of_kind = kind < GDP_N_POINT_KINDS ? G_GUINT64_CONSTANT (1) << kind : 0;
  const Card *best = NULL;
  for (guint i = 0; i < cards->all->len; i++) {
    const Card *card = &g_array_index (cards->all, Card, i);
    if ((card->conditions & wanted) != 0 && ((card->kinds & of_kind) != 0 || (card->kinds == 0 && best == NULL)))
      best = card;
  }
  return best ? words_in (best, language) : NULL;
}

/* ---- a passport's -------------------------------------------------------------------------- */

GArray *
data_site_cards_read (const DataJsonNode *site)
{
  GArray *cards = g_array_new (FALSE, FALSE, sizeof (GdpSiteCard));
  g_array_set_clear_func (cards, site_card_clear);
  for (const DataJsonNode *node = data_json_first (site, "cards"); node; node = node->next) {
    GdpSiteCard own = { data_json_string (node, "point"), data_json_string (node, "condition"),
                        card_of (node, data_json_number (node, "minutes", 0)) };
    g_array_append_val (cards, own);
  }
  return cards;
}

static void
write_card (DataJsonWriter *writer, const GdpSiteCard *own)
{
  data_json_open_object (writer, NULL, FALSE);
  if (own->point)
    data_json_put_string (writer, "point", own->point);
  if (own->condition)
    data_json_put_string (writer, "condition", own->condition);
  put_lines (writer, "causes", own->card.causes);
  if (own->card.consequence)
    data_json_put_string (writer, "consequence", own->card.consequence);
  put_lines (writer, "steps", own->card.steps);
  if (own->card.minutes)
    data_json_put_integer (writer, "minutes", own->card.minutes);
  put_lines (writer, "whom", own->card.whom);
  data_json_close (writer);
}

void
data_site_cards_write (DataJsonWriter *writer, const GdpSite *site)
{
  if (site->n_cards == 0)
    return;
  data_json_open_array (writer, "cards", FALSE);
  for (guint i = 0; i < site->n_cards; i++)
    write_card (writer, &site->cards[i]);
  data_json_close (writer);
}
