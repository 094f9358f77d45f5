/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "catalogue.h"

#include <string.h>

#include "cards.h"
#include "catalogue-private.h"
#include "passport-point.h"

/* One row of points.json. Its strings belong to the document. */
typedef struct {
  DataJsonNode *when;                  /* or NULL */
  const char   *tag;
  GdpPoint      point;                 /* all but id, site and unit */
} Proposal;

/* A profile that could not be read. */
typedef struct { char *name, *why; } Fault;

struct DataCatalogue {
  char           *folder;
  char           *schema_text;
  DataJsonSchema *schema;       /* of passports */
  DataJsonSchema *own_schema;   /* of the catalogue's other files */
  GPtrArray      *documents;    /* DataJson: they own the strings of variants and proposals */
  GPtrArray      *profiles;     /* GdpProfile */
  GArray         *faults;       /* Fault */
  GArray         *variants;     /* DataVariant */
  GArray         *proposals;    /* Proposal */
  DataCards      *cards;
};

/* ---- files ------------------------------------------------------------------------------- */

static gboolean
refuse_problems (const DataProblems *problems, GError **error)
{
  if (problems->n == 0)
    return TRUE;
  g_autofree char *first = data_problem_text (problems->kept->pdata[0]);
  g_set_error (error, DATA_JSON_ERROR, DATA_JSON_ERROR_SYNTAX, "%s%s", first, problems->n > 1 ? " (and more)" : "");
  return FALSE;
}

/* Reads and checks one file; the document is kept by @catalogue. */
static DataJsonNode *
load_document (DataCatalogue *catalogue, const char *path, const char *definition, GError **error)
{
  guint line;
  g_auto (DataProblems) problems = { 0 };
  DataJson *json = data_json_load (path, &line, error);
  if (json == NULL) {
    g_prefix_error (error, "%s:%u: ", path, line);
    return NULL;
  }
  g_ptr_array_add (catalogue->documents, json);
  data_problems_init (&problems);
  data_problems_begin (&problems, path);
  data_json_schema_check_part (catalogue->own_schema, definition, data_json_root (json), &problems);
  return refuse_problems (&problems, error) ? data_json_root (json) : NULL;
}

static DataJsonSchema *
load_schema (DataCatalogue *catalogue, const char *name, char **text, GError **error)
{
  g_autofree char *path = g_build_filename (catalogue->folder, name, NULL);
  if (!g_file_get_contents (path, text, NULL, error))
    return NULL;
  DataJsonSchema *schema = data_json_schema_new (*text, error);
  if (schema == NULL)
    g_prefix_error (error, "%s: ", path);
  return schema;
}

static gboolean
load_schemas (DataCatalogue *catalogue, GError **error)
{
  g_autofree char *own_text = NULL;
  catalogue->schema = load_schema (catalogue, "passport.schema.json", &catalogue->schema_text, error);
  if (catalogue->schema)
    catalogue->own_schema = load_schema (catalogue, "catalogue.schema.json", &own_text, error);
  return catalogue->own_schema != NULL;
}

/* ---- profiles ---------------------------------------------------------------------------- */

static GdpRegister
register_of (const DataJsonNode *node)
{
  const char *type = data_json_string (node, "type");
  GdpRegister reg = {
    .channel = data_json_string (node, "channel"),
    .address = (guint16) data_json_number (node, "address", 0),
    .words = g_strcmp0 (data_json_string (node, "words"), "low-first") == 0 ? GDP_WORDS_LOW_FIRST
                                                                           : GDP_WORDS_HIGH_FIRST,
    .scale = data_json_number (node, "scale", 1),
    .offset = data_json_number (node, "offset", 0),
    .writable = data_json_boolean (node, "writable"),
  };
  gdp_table_parse (data_json_string (node, "table"), &reg.table);
  reg.type = gdp_table_is_bits (reg.table) ? GDP_REGISTER_BIT : GDP_REGISTER_U16;
  if (type)
    gdp_register_type_parse (type, &reg.type);
  return reg;
}

static GdpProfile *
profile_of (const DataJsonNode *root, const char *name, GError **error)
{
  g_autoptr (GArray) registers = g_array_new (FALSE, FALSE, sizeof (GdpRegister));
  for (const DataJsonNode *node = data_json_member (root, "registers")->first; node; node = node->next) {
    GdpRegister reg = register_of (node);
    g_array_append_val (registers, reg);
  }
  GdpProfile *profile = gdp_profile_new (name, data_json_string (root, "title"),
                                         (GdpRegister *) (gpointer) registers->data, registers->len, error);
  if (profile) {
    profile->max_read = (guint) data_json_number (root, "max_read", profile->max_read);
    profile->max_gap = (guint) data_json_number (root, "max_gap", profile->max_gap);
  }
  return profile;
}

static gboolean
load_profile (DataCatalogue *catalogue, const char *path, const char *name, GError **error)
{
  DataJsonNode *root = load_document (catalogue, path, "/definitions/profile", error);
  if (root == NULL)
    return FALSE;
  GdpProfile *profile = profile_of (root, name, error);
  if (profile == NULL) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  g_ptr_array_add (catalogue->profiles, profile);
  return TRUE;
}

static void
clear_fault (gpointer data)
{
  Fault *fault = data;
  g_free (fault->name);
  g_free (fault->why);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
load_profiles (DataCatalogue *catalogue, GError **error)
{
  g_autofree char *folder = g_build_filename (catalogue->folder, "profiles", NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  if (dir == NULL)
    return FALSE;
  for (const char *file = g_dir_read_name (dir); file; file = g_dir_read_name (dir))
    if (*file != '.' && g_str_has_suffix (file, ".json"))
      g_ptr_array_add (files, g_strdup (file));
  g_ptr_array_sort (files, by_name);
  for (guint i = 0; i < files->len; i++) {
    const char *file = files->pdata[i];
    g_autoptr (GError) broken = NULL;
    g_autofree char *path = g_build_filename (folder, file, NULL);
    g_autofree char *name = g_strndup (file, strlen (file) - strlen (".json"));
    if (load_profile (catalogue, path, name, &broken))
      continue;
    Fault fault = { g_steal_pointer (&name), g_strdup (broken->message) };
    g_array_append_val (catalogue->faults, fault);
  }
  return TRUE;
}

/* ---- variants ---------------------------------------------------------------------------- */

static guint
count_of (const DataJsonNode *node, const char *key)
{
  return (guint) data_json_number (node, key, 0);
}

static double
temperature_of (const DataJsonNode *node, guint index)
{
  const DataJsonNode *item = data_json_item (data_json_member (node, "battery_temperature"), index);
  return item ? item->number : 0;
}

static DataVariant
variant_of (const DataJsonNode *node)
{
  const DataJsonNode *battery = data_json_member (node, "battery");
  return (DataVariant) {
    .id = data_json_string (node, "id"),
    .printed = data_json_string (node, "printed"),
    .comment = data_json_string (node, "comment"),
    .lines = count_of (node, "lines"),
    .differential = data_json_boolean (node, "differential"),
    .battery = { data_json_string (battery, "chemistry"), data_json_number (battery, "voltage", 0),
                 data_json_number (battery, "capacity", 0) },
    .solar = data_json_boolean (node, "solar"),
    .mimic = data_json_string (node, "mimic"),
    .pressure_sensors = count_of (node, "pressure_sensors"),
    .temperature_sensors = count_of (node, "temperature_sensors"),
    .valve_sensors = count_of (node, "valve_sensors"),
    .door_sensors = count_of (node, "door_sensors"),
    .ch4_sensors = count_of (node, "ch4_sensors"),
    .battery_printed = data_json_string (node, "battery_printed"),
    .autonomy = data_json_string (node, "autonomy_printed"),
    .charge_time = data_json_string (node, "charge_time_printed"),
    .battery_life = data_json_string (node, "battery_life_printed"),
    .battery_low = temperature_of (node, 0),
    .battery_high = temperature_of (node, 1),
  };
}

static gboolean
load_variants (DataCatalogue *catalogue, GError **error)
{
  g_autofree char *path = g_build_filename (catalogue->folder, "variants.json", NULL);
  DataJsonNode *root = load_document (catalogue, path, "/definitions/variants", error);
  for (DataJsonNode *node = root ? data_json_member (root, "variants")->first : NULL; node; node = node->next) {
    DataVariant variant = variant_of (node);
    g_array_append_val (catalogue->variants, variant);
  }
  return root != NULL;
}

/* ---- proposed points --------------------------------------------------------------------- */

static gboolean
load_proposal (DataCatalogue *catalogue, const char *path, DataJsonNode *node, GError **error)
{
  g_auto (DataProblems) problems = { 0 };
  DataJsonNode *point = data_json_member (node, "point");
  Proposal proposal = { .when = data_json_member (node, "when"), .tag = data_json_string (point, "id") };
  data_problems_init (&problems);
  data_problems_begin (&problems, path);
  if (data_json_schema_check_part (catalogue->schema, "/definitions/point", point, &problems)
      && data_point_read (point, &proposal.point, &problems)) {
    proposal.point.channel = strchr (data_json_string (point, "source"), ':') + 1;
    g_array_append_val (catalogue->proposals, proposal);
  }
  return refuse_problems (&problems, error);
}

static gboolean
load_proposals (DataCatalogue *catalogue, GError **error)
{
  g_autofree char *path = g_build_filename (catalogue->folder, "points.json", NULL);
  DataJsonNode *root = load_document (catalogue, path, "/definitions/proposals", error);
  for (DataJsonNode *node = root ? data_json_member (root, "points")->first : NULL; node; node = node->next)
    if (!load_proposal (catalogue, path, node, error))
      return FALSE;
  return root != NULL;
}

static gboolean
fits_number (const DataJsonNode *when, const char *key, double value)
{
  return data_json_number (when, key, value) == value;
}

static gboolean
fits_word (const DataJsonNode *when, const char *key, const char *value)
{
  const char *wanted = data_json_string (when, key);
  return wanted == NULL || g_strcmp0 (wanted, value) == 0;
}

static gboolean
fits (const DataJsonNode *when, const DataVariant *variant, DataOutlet outlet)
{
  const DataJsonNode *differential = data_json_member (when, "differential");
  return fits_number (when, "lines", variant->lines)
         && (differential == NULL || differential->boolean == variant->differential)
         && fits_word (when, "chemistry", variant->battery.chemistry)
         && fits_number (when, "voltage", variant->battery.voltage)
         && fits_word (when, "pressure", outlet == DATA_OUTLET_LOW ? "low" : "medium");
}

static gboolean
add_proposal (const Proposal *proposal, GdpNetworkBuilder *builder, const char *site_id, guint site, guint unit,
              GError **error)
{
  g_autofree char *id = g_strdup_printf ("%s/%s", site_id, proposal->tag);
  GdpPoint point = proposal->point;
  point.id = id;
  point.site = site;
  point.unit = unit;
  return gdp_network_builder_add_point (builder, &point, error) != G_MAXUINT;
}

gboolean
data_catalogue_propose_points (DataCatalogue *catalogue, const DataVariant *variant, DataOutlet outlet,
                               GdpNetworkBuilder *builder, const char *site_id, guint site, guint unit,
                               GError **error)
{
  for (guint i = 0; i < catalogue->proposals->len; i++) {
    const Proposal *proposal = &g_array_index (catalogue->proposals, Proposal, i);
    if (fits (proposal->when, variant, outlet) && !add_proposal (proposal, builder, site_id, site, unit, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- response cards ---------------------------------------------------------------------- */

static gboolean
load_cards (DataCatalogue *catalogue, GError **error)
{
  g_auto (DataProblems) problems = { 0 };
  g_autofree char *path = g_build_filename (catalogue->folder, "cards.json", NULL);
  DataJsonNode *root = load_document (catalogue, path, "/definitions/cards", error);
  if (root == NULL)
    return FALSE;
  data_problems_init (&problems);
  data_problems_begin (&problems, path);
  catalogue->cards = data_cards_new (root, &problems);
  return refuse_problems (&problems, error);
}

const GdpCard *
data_catalogue_card (DataCatalogue *catalogue, GdpPointKind kind, GdpCondition condition, const char *language)
{
  return data_cards_find (catalogue->cards, kind, condition, language);
}

/* The texts in the first of the locale's languages that there is. */
GdpCard
data_catalogue_card_of (DataCatalogue *catalogue, const GdpAlarmPlace *place)
{
  GdpPointKind kind = place->point ? place->point->kind : GDP_N_POINT_KINDS;
  const GdpCard *card = NULL;
  for (const char *const *name = g_get_language_names (); catalogue && *name && card == NULL; name++)
    card = data_cards_find (catalogue->cards, kind, place->condition, strcmp (*name, "C") == 0 ? "en" : *name);
  return gdp_card_of_site (card ? *card : (GdpCard) { 0 }, place);
}

/* ---- the catalogue ----------------------------------------------------------------------- */

static const char *
default_folder (void)
{
  const char *folder = g_getenv ("GDP_CATALOGUE");
  static const char installed[] = GDP_PKGDATADIR "/catalogue";
  if (folder && *folder)
    return folder;
  return g_file_test (installed, G_FILE_TEST_IS_DIR) ? installed : GDP_SOURCE_CATALOGUE;
}

DataCatalogue *
data_catalogue_load (const char *folder, GError **error)
{
  g_autoptr (DataCatalogue) catalogue = g_new0 (DataCatalogue, 1);
  catalogue->folder = g_canonicalize_filename (folder ? folder : default_folder (), NULL);
  catalogue->documents = g_ptr_array_new_with_free_func ((GDestroyNotify) data_json_free);
  catalogue->profiles = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_profile_free);
  catalogue->faults = g_array_new (FALSE, FALSE, sizeof (Fault));
  g_array_set_clear_func (catalogue->faults, clear_fault);
  catalogue->variants = g_array_new (FALSE, FALSE, sizeof (DataVariant));
  catalogue->proposals = g_array_new (FALSE, FALSE, sizeof (Proposal));
  if (load_schemas (catalogue, error) && load_profiles (catalogue, error)
      && load_variants (catalogue, error) && load_proposals (catalogue, error)
      && load_cards (catalogue, error))
    return g_steal_pointer (&catalogue);
  g_prefix_error (error, "the catalogue cannot be used (set GDP_CATALOGUE to another): ");
  return NULL;
}

void
data_catalogue_free (DataCatalogue *catalogue)
{
  g_free (catalogue->folder);
  g_free (catalogue->schema_text);
  g_clear_pointer (&catalogue->schema, data_json_schema_free);
  g_clear_pointer (&catalogue->own_schema, data_json_schema_free);
  g_ptr_array_unref (catalogue->documents);
  g_ptr_array_unref (catalogue->profiles);
  g_array_unref (catalogue->faults);
  g_array_unref (catalogue->variants);
  g_array_unref (catalogue->proposals);
  g_clear_pointer (&catalogue->cards, data_cards_free);
  g_free (catalogue);
}

const GdpProfile *
data_catalogue_profile (DataCatalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->profiles->len; i++)
    if (g_strcmp0 (data_catalogue_profile_at (catalogue, i)->name, name) == 0)
      return data_catalogue_profile_at (catalogue, i);
  return NULL;
}

guint
data_catalogue_n_profiles (DataCatalogue *catalogue)
{
  return catalogue->profiles->len;
}

const GdpProfile *
data_catalogue_profile_at (DataCatalogue *catalogue, guint index)
{
  g_return_val_if_fail (index < catalogue->profiles->len, NULL);
  return catalogue->profiles->pdata[index];
}

guint
data_catalogue_n_faults (DataCatalogue *catalogue)
{
  return catalogue->faults->len;
}

const char *
data_catalogue_fault_at (DataCatalogue *catalogue, guint index)
{
  g_return_val_if_fail (index < catalogue->faults->len, NULL);
  return g_array_index (catalogue->faults, Fault, index).why;
}

const char *
data_catalogue_profile_fault (DataCatalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->faults->len; i++)
    if (g_strcmp0 (g_array_index (catalogue->faults, Fault, i).name, name) == 0)
      return data_catalogue_fault_at (catalogue, i);
  return NULL;
}

char *
data_catalogue_mimic (DataCatalogue *catalogue, const char *name)
{
  if (name == NULL || *name == 0)
    return NULL;
  g_autofree char *file = g_strconcat (name, ".svg", NULL);
  /* A name is a name, not a way out of the folder. */
  char *path = g_path_is_absolute (name)  ? g_strdup (name)
               : strchr (name, '/')       ? NULL
                                          : g_build_filename (catalogue->folder, "mimic", file, NULL);
  if (path && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    g_clear_pointer (&path, g_free);
  return path;
}

const char *
data_catalogue_schema (DataCatalogue *catalogue)
{
  return catalogue->schema_text;
}

DataJsonSchema *
data_catalogue_passport_schema (DataCatalogue *catalogue)
{
  return catalogue->schema;
}

guint
data_catalogue_n_variants (DataCatalogue *catalogue)
{
  return catalogue->variants->len;
}

const DataVariant *
data_catalogue_variant (DataCatalogue *catalogue, guint index)
{
  g_return_val_if_fail (index < catalogue->variants->len, NULL);
  return &g_array_index (catalogue->variants, DataVariant, index);
}

const DataVariant *
data_catalogue_find_variant (DataCatalogue *catalogue, const char *id)
{
  for (guint i = 0; i < catalogue->variants->len; i++)
    if (g_strcmp0 (data_catalogue_variant (catalogue, i)->id, id) == 0)
      return data_catalogue_variant (catalogue, i);
  return NULL;
}
