/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "passport.h"

#include <string.h>

#include "cards.h"
#include "catalogue-private.h"
#include "gdp/bbt-link.h"
#include "passport-bbt.h"
#include "passport-point.h"
#include "passport-site.h"

#define MOST_NAMES 32   /* listed in a message about an unknown one */

/* Where something that may stand only once was first seen. */
typedef struct {
  const char *file;
  guint       line;
} Place;

typedef struct {
  Place         place;
  DataJsonNode *node;
  GdpLink       link;     /* owned but for its strings */
  guint         index;    /* the builder's */
} KnownLink;

typedef struct {
  const char *file;
  char       *text;       /* as it is written */
} KnownSchedule;

typedef struct {
  const GdpProfile *profile;   /* NULL when the passport names an unknown one */
  guint             index;
} KnownUnit;

/* One reading of one or more documents. Nothing is built any more once a problem was found; the
 * checks go on to the end. */
typedef struct {
  DataCatalogue     *catalogue;
  GdpNetworkBuilder *builder;
  DataProblems       problems;
  GPtrArray         *documents;   /* DataJson: they own the strings that all else borrows */
  GHashTable        *claims;      /* what may stand only once, as messages say it → Place */
  GHashTable        *schedules;   /* name → KnownSchedule */
  GHashTable        *links;       /* id → KnownLink */
  GHashTable        *units;       /* "GDP-003/upmp" → KnownUnit */
  GHashTable        *units_here;  /* of the site being read: tags, for messages */
} Reader;

/* A link that lets go of what it owns when it leaves scope. */
typedef GdpLink BbtOwner;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BbtOwner, data_bbt_clear)

static void
known_link_free (gpointer data)
{
  KnownLink *known = data;
  data_bbt_clear (&known->link);
  g_free (known);
}

static void
known_schedule_free (gpointer data)
{
  KnownSchedule *known = data;
  g_free (known->text);
  g_free (known);
}

static void
reader_init (Reader *reader, DataCatalogue *catalogue)
{
  *reader = (Reader) {
    .catalogue = catalogue,
    .builder = gdp_network_builder_new (),
    .documents = g_ptr_array_new_with_free_func ((GDestroyNotify) data_json_free),
    .claims = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .schedules = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, known_schedule_free),
    .links = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, known_link_free),
    .units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .units_here = g_hash_table_new (g_str_hash, g_str_equal),
  };
  data_problems_init (&reader->problems);
}

/* What a link's settings and schedule come to with all that is around it. */
static void
check_links (Reader *reader, const GdpNetwork *network)
{
  for (guint i = 0; i < network->n_links; i++) {
    const KnownLink *known = g_hash_table_lookup (reader->links, network->links[i].id);
    g_autoptr (GError) error = NULL;
    if (gdp_bbt_link_check (network, i, &error))
      continue;
    DataJsonNode *settings = data_json_member (known->node, "settings");
    data_problems_begin (&reader->problems, known->place.file);
    data_problems_add (&reader->problems, settings ? settings : known->node, "%s", error->message);
    data_problems_end (&reader->problems);
  }
}

static GdpNetwork *
reader_finish (Reader *reader, GPtrArray **problems, guint *n_problems)
{
  g_autoptr (GdpNetwork) network = reader->problems.n == 0
                                   ? gdp_network_builder_finish (g_steal_pointer (&reader->builder)) : NULL;
  if (network)
    check_links (reader, network);
  gboolean good = reader->problems.n == 0;
  *n_problems = reader->problems.n;
  *problems = data_problems_steal (&reader->problems);
  data_problems_clear (&reader->problems);
  g_clear_pointer (&reader->builder, gdp_network_builder_free);
  g_hash_table_unref (reader->claims);
  g_hash_table_unref (reader->schedules);
  g_hash_table_unref (reader->links);
  g_hash_table_unref (reader->units);
  g_hash_table_unref (reader->units_here);
  g_ptr_array_unref (reader->documents);
  return good ? g_steal_pointer (&network) : NULL;
}

/* Claims what the format says for @node; a problem that names both places when it is taken. */
static gboolean G_GNUC_PRINTF (3, 4)
claim (Reader *reader, DataJsonNode *node, const char *format, ...)
{
  va_list args;
  if (node->flawed)   /* spoken about already */
    return TRUE;
  va_start (args, format);
  g_autofree char *what = g_strdup_vprintf (format, args);
  va_end (args);
  const Place *first = g_hash_table_lookup (reader->claims, what);
  if (first) {
    gboolean here = first->file == reader->problems.file;
    data_problems_add (&reader->problems, node, "%s is used twice; first in line %u%s%s",
                       what, first->line, here ? "" : " of ", here ? "" : first->file);
    return FALSE;
  }
  Place *place = g_new (Place, 1);
  *place = (Place) { reader->problems.file, node->line };
  g_hash_table_insert (reader->claims, g_steal_pointer (&what), place);
  return TRUE;
}

/* Adds @what of the builder's or notes why it would not have it. */
static guint
added (Reader *reader, DataJsonNode *node, guint index, GError *error)
{
  if (error)
    data_problems_add (&reader->problems, node, "%s", error->message);
  g_clear_error (&error);
  return index;
}

static char *
list_names (GPtrArray *names)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < names->len && i < MOST_NAMES; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", (char *) names->pdata[i]);
  if (names->len > MOST_NAMES)
    g_string_append_printf (text, " and %u more", names->len - MOST_NAMES);
  return g_string_free (names->len ? text : g_string_assign (text, "none"), FALSE);
}

/* @known: (transfer full): the names there are */
static void
report_unknown (Reader *reader, DataJsonNode *node, const char *what, const char *name, GPtrArray *known)
{
  g_autofree char *list = list_names (known);
  g_autofree char *quoted = data_problem_quote (name);
  data_problems_add (&reader->problems, node, "no %s %s is known; there are: %s", what, quoted, list);
  g_ptr_array_unref (known);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
keys_of (GHashTable *table)
{
  GHashTableIter iter;
  gpointer key;
  GPtrArray *names = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (names, key);
  g_ptr_array_sort (names, by_name);
  return names;
}

/* ---- links ------------------------------------------------------------------------------- */

static char *
link_text (const GdpLink *link)
{
  DataJsonWriter *writer = data_json_writer_new (FALSE);
  data_link_write (writer, link);
  return data_json_writer_end (writer);
}

static gboolean
same_link (const GdpLink *a, const GdpLink *b)
{
  g_autofree char *one = link_text (a), *other = link_text (b);
  return strcmp (one, other) == 0;
}

/* What only one link may say. */
static void
claim_link (Reader *reader, DataJsonNode *node, const GdpLink *link)
{
  const struct { const char *key, *value; } own[] = {
    { "registration", link->registration }, { "device", link->device }, { "serial", link->serial },
  };
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (own[i].value)
      claim (reader, data_json_member (node, own[i].key), "the %s “%s”", own[i].key, own[i].value);
}

static void
check_category (Reader *reader, DataJsonNode *node, const GdpLink *link)
{
  DataJsonNode *category = data_json_member (node, "category");
  if (link->category && !category->flawed && !g_hash_table_contains (reader->schedules, link->category))
    report_unknown (reader, category, "schedule for a category", link->category, keys_of (reader->schedules));
}

static void
read_link (Reader *reader, DataJsonNode *node)
{
  g_auto (BbtOwner) link = { 0 };
  data_link_read (node, &link, &reader->problems);
  if (link.id == NULL)
    return;
  const KnownLink *known = g_hash_table_lookup (reader->links, link.id);
  if (known && known->place.file != reader->problems.file && same_link (&known->link, &link))
    return;
  if (!claim (reader, data_json_member (node, "id"), "the id “%s”", link.id))
    return;
  claim_link (reader, node, &link);
  check_category (reader, node, &link);

  KnownLink *own = g_new (KnownLink, 1);
  *own = (KnownLink) { { reader->problems.file, node->line }, node, link, G_MAXUINT };
  link.settings = NULL;   /* moved */
  link.schedule = NULL;
  g_hash_table_insert (reader->links, (gpointer) link.id, own);
  GError *error = NULL;
  if (reader->problems.n == 0)
    own->index = added (reader, node, gdp_network_builder_add_link (reader->builder, &own->link, &error), error);
}

/* ---- schedules --------------------------------------------------------------------------- */

static char *
schedule_text (const GdpSchedule *schedule)
{
  DataJsonWriter *writer = data_json_writer_new (FALSE);
  data_schedule_write (writer, schedule);
  return data_json_writer_end (writer);
}

static void
read_schedule (Reader *reader, DataJsonNode *node)
{
  GdpSchedule schedule;
  data_schedule_read (node, &schedule, &reader->problems);
  g_autofree GdpScheduleEntry *entries = schedule.entries;
  g_autofree char *text = schedule.name ? schedule_text (&schedule) : NULL;
  const KnownSchedule *known = text ? g_hash_table_lookup (reader->schedules, schedule.name) : NULL;
  if (text == NULL || (known && known->file != reader->problems.file && strcmp (known->text, text) == 0)
      || !claim (reader, data_json_member (node, "name"), "the schedule “%s”", schedule.name))
    return;
  KnownSchedule *own = g_new (KnownSchedule, 1);
  *own = (KnownSchedule) { reader->problems.file, g_steal_pointer (&text) };
  g_hash_table_insert (reader->schedules, (gpointer) schedule.name, own);
  GError *error = NULL;
  if (reader->problems.n == 0 && !gdp_network_builder_add_schedule (reader->builder, &schedule, &error))
    added (reader, node, G_MAXUINT, error);
}

/* ---- units ------------------------------------------------------------------------------- */

static GPtrArray *
profile_names (DataCatalogue *catalogue)
{
  GPtrArray *names = g_ptr_array_new ();
  for (guint i = 0; i < data_catalogue_n_profiles (catalogue); i++)
    g_ptr_array_add (names, data_catalogue_profile_at (catalogue, i)->name);
  return names;
}

static const GdpProfile *
find_profile (Reader *reader, DataJsonNode *node)
{
  const char *name = data_json_string (node, "profile");
  const GdpProfile *profile = name ? data_catalogue_profile (reader->catalogue, name) : NULL;
  const char *fault = profile == NULL ? data_catalogue_profile_fault (reader->catalogue, name) : NULL;
  if (fault)
    data_problems_add (&reader->problems, data_json_member (node, "profile"),
                       "the register profile “%s” is broken: %s", name, fault);
  else if (name && profile == NULL)
    report_unknown (reader, data_json_member (node, "profile"), "register profile", name,
                    profile_names (reader->catalogue));
  return profile;
}

/* The address says whether the unit is the BBT or a slave behind it, and the profile must agree. */
static void
check_place (Reader *reader, DataJsonNode *node, const GdpUnit *unit, const KnownLink *link)
{
  DataJsonNode *address = data_json_member (node, "address");
  const char *fault = link && unit->profile && address
                      ? gdp_unit_fault (link->link.kind, unit->address, unit->profile) : NULL;
  if (fault && !address->flawed)
    data_problems_add (&reader->problems, address, "%s", fault);
}

static const KnownLink *
find_link (Reader *reader, DataJsonNode *node)
{
  const char *name = data_json_string (node, "link");
  const KnownLink *link = name ? g_hash_table_lookup (reader->links, name) : NULL;
  if (name && link == NULL)
    report_unknown (reader, data_json_member (node, "link"), "link", name, keys_of (reader->links));
  return link;
}

static void
read_unit (Reader *reader, DataJsonNode *node, const char *site_id, guint site)
{
  GdpUnit unit;
  data_unit_read (node, &unit);
  const char *tag = data_json_string (node, "id");
  const KnownLink *link = find_link (reader, node);
  unit.site = site;
  unit.link = link ? link->index : G_MAXUINT;
  unit.profile = find_profile (reader, node);
  check_place (reader, node, &unit, link);
  if (link && data_json_member (node, "address"))
    claim (reader, data_json_member (node, "address"), "the address %u on link “%s”", unit.address, link->link.id);
  if (tag == NULL
      || !claim (reader, data_json_member (node, "id"), "the id “%s” in site “%s”", tag, site_id))
    return;

  char *id = g_strdup_printf ("%s/%s", site_id, tag);
  KnownUnit *own = g_new (KnownUnit, 1);
  *own = (KnownUnit) { unit.profile, G_MAXUINT };
  unit.id = id;
  g_hash_table_insert (reader->units, id, own);
  g_hash_table_add (reader->units_here, (gpointer) tag);
  GError *error = NULL;
  if (reader->problems.n == 0)
    own->index = added (reader, node, gdp_network_builder_add_unit (reader->builder, &unit, &error), error);
}

/* ---- points ------------------------------------------------------------------------------ */

static GPtrArray *
channel_names (const GdpProfile *profile)
{
  GPtrArray *names = g_ptr_array_new ();
  for (guint i = 0; i < profile->n_registers; i++)
    g_ptr_array_add (names, (gpointer) profile->registers[i].channel);
  return names;
}

static void
check_channel (Reader *reader, DataJsonNode *source, const GdpProfile *profile, const char *channel,
               const GdpPoint *point)
{
  const GdpRegister *reg = gdp_profile_find (profile, channel);
  const char *kind = gdp_point_kind_info (point->kind)->word;
  if (reg == NULL) {
    g_autofree char *what = g_strdup_printf ("channel of register profile “%s” called", profile->name);
    report_unknown (reader, source, what, channel, channel_names (profile));
    return;
  }
  gboolean bit = reg->type == GDP_REGISTER_BIT;
  if (bit != gdp_point_is_discrete (point))
    data_problems_add (&reader->problems, source, "the channel “%s” is %s, but a point of kind %s is %s", channel,
                       bit ? "discrete" : "a number", kind, bit ? "measured" : "discrete");
  else if (point->kind == GDP_POINT_OUTPUT && !reg->writable)
    data_problems_add (&reader->problems, source, "the channel “%s” cannot be written, as an output must be", channel);
}

/* Resolves "upmp:ai2"; fills @point's unit and channel. */
static void
read_source (Reader *reader, DataJsonNode *node, const char *site_id, GdpPoint *point)
{
  DataJsonNode *source = data_json_member (node, "source");
  const char *text = data_json_string (node, "source");
  const char *colon = text ? strchr (text, ':') : NULL;
  if (colon == NULL || source->flawed)
    return;
  g_autofree char *tag = g_strndup (text, colon - text);
  g_autofree char *unit_id = g_strdup_printf ("%s/%s", site_id, tag);
  const KnownUnit *unit = g_hash_table_lookup (reader->units, unit_id);
  point->channel = colon + 1;
  if (unit == NULL) {
    report_unknown (reader, source, "unit of this site called", tag, keys_of (reader->units_here));
    return;
  }
  point->unit = unit->index;
  if (unit->profile && !(data_json_member (node, "kind") && data_json_member (node, "kind")->flawed))
    check_channel (reader, source, unit->profile, point->channel, point);
  claim (reader, source, "the channel “%s” of unit “%s”", point->channel, unit_id);
}

static void
read_point (Reader *reader, DataJsonNode *node, const char *site_id, guint site)
{
  GdpPoint point;
  data_point_read (node, &point, &reader->problems);
  point.site = site;
  point.unit = G_MAXUINT;
  read_source (reader, node, site_id, &point);
  const char *tag = data_json_string (node, "id");
  if (tag == NULL || !claim (reader, data_json_member (node, "id"), "the id “%s” in site “%s”", tag, site_id))
    return;
  g_autofree char *id = g_strdup_printf ("%s/%s", site_id, tag);
  point.id = id;
  GError *error = NULL;
  if (reader->problems.n == 0)
    added (reader, node, gdp_network_builder_add_point (reader->builder, &point, &error), error);
}

/* ---- sites and documents ----------------------------------------------------------------- */

static GPtrArray *
variant_names (DataCatalogue *catalogue)
{
  GPtrArray *names = g_ptr_array_new ();
  for (guint i = 0; i < data_catalogue_n_variants (catalogue); i++)
    g_ptr_array_add (names, (gpointer) data_catalogue_variant (catalogue, i)->id);
  return names;
}

static gboolean
has_item (DataJsonNode *site, const char *list, const char *tag)
{
  for (DataJsonNode *item = data_json_first (site, list); item; item = item->next)
    if (g_strcmp0 (data_json_string (item, "id"), tag) == 0)
      return TRUE;
  return FALSE;
}

/* A card that nobody would ever see, because it is for nothing, or for what another one is for. */
static void
check_cards (Reader *reader, DataJsonNode *site, const char *id)
{
  for (DataJsonNode *card = data_json_first (site, "cards"); card; card = card->next) {
    const char *tag = data_json_string (card, "point"), *condition = data_json_string (card, "condition");
    if (card->flawed)
      continue;
    if (tag == NULL && condition == NULL)
      data_problems_add (&reader->problems, card, "say what the card is for: a point, a condition, or both");
    else if (card->n == (guint) (tag != NULL) + (condition != NULL))
      data_problems_add (&reader->problems, card, "the card says nothing; give it causes, a consequence, steps, minutes or whom to call");
    else if (tag && !has_item (site, "points", tag) && !has_item (site, "units", tag))
      data_problems_add (&reader->problems, data_json_member (card, "point"), "no point or unit “%s” is in this site", tag);
    else
      claim (reader, card, "the card for “%s%s%s” of site “%s”", tag ? tag : "", tag && condition ? "." : "",
             condition ? condition : "", id);
  }
}

static void
read_site (Reader *reader, DataJsonNode *node)
{
  GdpSite site;
  g_autoptr (GArray) contacts = NULL;
  g_autoptr (GArray) cards = data_site_cards_read (node);
  data_site_read (node, &site, &contacts, &reader->problems);
  site.cards = (GdpSiteCard *) (gpointer) cards->data;
  site.n_cards = cards->len;
  if (site.id == NULL || !claim (reader, data_json_member (node, "id"), "the id “%s”", site.id))
    return;
  if (site.variant && data_catalogue_find_variant (reader->catalogue, site.variant) == NULL)
    report_unknown (reader, data_json_member (node, "variant"), "cabinet variant", site.variant,
                    variant_names (reader->catalogue));
  check_cards (reader, node, site.id);
  GError *error = NULL;
  guint index = G_MAXUINT;
  if (reader->problems.n == 0)
    index = added (reader, node, gdp_network_builder_add_site (reader->builder, &site, &error), error);

  g_hash_table_remove_all (reader->units_here);
  for (DataJsonNode *unit = data_json_first (node, "units"); unit; unit = unit->next)
    read_unit (reader, unit, site.id, index);
  for (DataJsonNode *point = data_json_first (node, "points"); point; point = point->next)
    read_point (reader, point, site.id, index);
}

/* @json: (transfer full) (nullable): NULL when @error says why there is none */
static void
read_document (Reader *reader, const char *name, DataJson *json, guint line, GError *error)
{
  data_problems_begin (&reader->problems, name);
  if (json == NULL)
    data_problems_add_at (&reader->problems, line, error->message);
  else {
    g_ptr_array_add (reader->documents, json);
    DataJsonNode *root = data_json_root (json);
    data_json_schema_check (data_catalogue_passport_schema (reader->catalogue), root, &reader->problems);
    for (DataJsonNode *schedule = data_json_first (root, "schedules"); schedule; schedule = schedule->next)
      read_schedule (reader, schedule);
    for (DataJsonNode *link = data_json_first (root, "links"); link; link = link->next)
      read_link (reader, link);
    for (DataJsonNode *site = data_json_first (root, "sites"); site; site = site->next)
      read_site (reader, site);
  }
  data_problems_end (&reader->problems);
}

GdpNetwork *
data_passport_parse (const char *name, const char *json, gssize length, DataCatalogue *catalogue,
                     GPtrArray **problems, guint *n_problems)
{
  Reader reader;
  guint line = 0;
  g_autoptr (GError) error = NULL;
  reader_init (&reader, catalogue);
  DataJson *document = data_json_parse (json, length, &line, &error);
  read_document (&reader, name, document, line, error);
  return reader_finish (&reader, problems, n_problems);
}

GdpNetwork *
data_passport_load_all (const char *const *paths, DataCatalogue *catalogue, GPtrArray **problems, guint *n_problems)
{
  Reader reader;
  reader_init (&reader, catalogue);
  for (; *paths; paths++) {
    guint line = 0;
    g_autoptr (GError) error = NULL;
    DataJson *document = data_json_load (*paths, &line, &error);
    read_document (&reader, *paths, document, line, error);
  }
  return reader_finish (&reader, problems, n_problems);
}
