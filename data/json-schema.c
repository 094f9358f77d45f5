/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json-schema.h"

#include <math.h>
#include <string.h>

struct DataJsonSchema {
  DataJson   *json;
  GHashTable *regexes;   /* node of a "pattern" → GRegex */
  GHashTable *targets;   /* node of a "$ref" → node it names */
};

/* One check under way. @problems is NULL while an "if" is only asked. */
typedef struct {
  DataJsonSchema *schema;
  DataProblems   *problems;
} Check;

static gboolean apply (Check *check, DataJsonNode *rule, DataJsonNode *value);

#define REPORT(check, value, ...) \
  ((check)->problems ? data_problems_add ((check)->problems, value, __VA_ARGS__) : (void) 0, FALSE)

/* What one child of @parent must be, given the keyword's other side. */
typedef gboolean (*Judge) (Check *check, DataJsonNode *child, DataJsonNode *other);

/* All of them are judged, also after the first that fails: every problem is told. */
static gboolean
each (Check *check, const DataJsonNode *parent, Judge judge, DataJsonNode *other)
{
  gboolean ok = TRUE;
  for (DataJsonNode *child = parent->first; child; child = child->next)
    ok &= judge (check, child, other);
  return ok;
}

/* ---- keywords about any value ------------------------------------------------------------ */

static gboolean
is_of_type (const DataJsonNode *value, const char *word)
{
  if (strcmp (word, "integer") == 0)
    return value->type == DATA_JSON_NUMBER && floor (value->number) == value->number;
  return strcmp (word, data_json_type_word (value->type)) == 0;
}

static gboolean
check_type (Check *check, DataJsonNode *rule, DataJsonNode *word, DataJsonNode *value)
{
  return is_of_type (value, word->string)
         || REPORT (check, value, "must be %s %s, not %s", strchr ("aio", *word->string) ? "an" : "a",
                    word->string, data_json_type_word (value->type));
}

static gboolean
equal_scalars (const DataJsonNode *a, const DataJsonNode *b)
{
  if (a->type != b->type)
    return FALSE;
  switch ((DataJsonType) a->type) {
  case DATA_JSON_STRING:  return strcmp (a->string, b->string) == 0;
  case DATA_JSON_NUMBER:  return a->number == b->number;
  case DATA_JSON_BOOLEAN: return a->boolean == b->boolean;
  case DATA_JSON_NULL:    return TRUE;
  default:                return FALSE;
  }
}

static void
append_quoted (GString *text, const char *string)
{
  g_autofree char *quoted = data_problem_quote (string);
  g_string_append (text, quoted);
}

static void
append_scalar (GString *text, const DataJsonNode *value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  if (value->type == DATA_JSON_STRING)
    append_quoted (text, value->string);
  else if (value->type == DATA_JSON_NUMBER)
    g_string_append (text, g_ascii_formatd (number, sizeof number, "%.15g", value->number));
  else if (value->type == DATA_JSON_BOOLEAN)
    g_string_append (text, value->boolean ? "true" : "false");
  else
    g_string_append_printf (text, "the %s", data_json_type_word (value->type));
}

static gboolean
check_enum (Check *check, DataJsonNode *rule, DataJsonNode *list, DataJsonNode *value)
{
  for (DataJsonNode *choice = list->first; choice; choice = choice->next)
    if (equal_scalars (choice, value))
      return TRUE;
  if (check->problems == NULL)
    return FALSE;
  g_autoptr (GString) text = g_string_new (NULL);
  append_scalar (text, value);
  g_string_append (text, " is none of: ");
  for (DataJsonNode *choice = list->first; choice; choice = choice->next) {
    append_scalar (text, choice);
    g_string_append (text, choice->next ? ", " : "");
  }
  return REPORT (check, value, "%s", text->str);
}

static gboolean
check_const (Check *check, DataJsonNode *rule, DataJsonNode *wanted, DataJsonNode *value)
{
  if (equal_scalars (wanted, value))
    return TRUE;
  g_autoptr (GString) text = g_string_new ("must be ");
  append_scalar (text, wanted);
  return REPORT (check, value, "%s", text->str);
}

static gboolean
check_ref (Check *check, DataJsonNode *rule, DataJsonNode *reference, DataJsonNode *value)
{
  return apply (check, g_hash_table_lookup (check->schema->targets, reference), value);
}

static gboolean
check_all_of (Check *check, DataJsonNode *rule, DataJsonNode *list, DataJsonNode *value)
{
  return each (check, list, apply, value);
}

static gboolean
check_if (Check *check, DataJsonNode *rule, DataJsonNode *condition, DataJsonNode *value)
{
  Check asking = { check->schema, NULL };
  DataJsonNode *branch = data_json_member (rule, apply (&asking, condition, value) ? "then" : "else");
  return branch == NULL || apply (check, branch, value);
}

/* ---- objects ----------------------------------------------------------------------------- */

static gboolean
is_there (Check *check, DataJsonNode *name, DataJsonNode *value)
{
  return data_json_member (value, name->string) != NULL || REPORT (check, value, "lacks “%s”", name->string);
}

static gboolean
check_required (Check *check, DataJsonNode *rule, DataJsonNode *names, DataJsonNode *value)
{
  return each (check, names, is_there, value);
}

static gboolean
follows_its_rule (Check *check, DataJsonNode *member, DataJsonNode *rules)
{
  DataJsonNode *known = data_json_member (rules, member->key);
  return known == NULL || apply (check, known, member);
}

static gboolean
check_properties (Check *check, DataJsonNode *rule, DataJsonNode *rules, DataJsonNode *value)
{
  return each (check, value, follows_its_rule, rules);
}

static gboolean
is_known (Check *check, DataJsonNode *member, DataJsonNode *rules)
{
  return data_json_member (rules, member->key) != NULL
         || REPORT (check, member, "“%s” means nothing here; is it misspelt?", member->key);
}

static gboolean
check_additional (Check *check, DataJsonNode *rule, DataJsonNode *allowed, DataJsonNode *value)
{
  return each (check, value, is_known, data_json_member (rule, "properties"));
}

static gboolean
is_well_named (Check *check, DataJsonNode *member, DataJsonNode *names)
{
  Check asking = { check->schema, NULL };
  DataJsonNode name = { .type = DATA_JSON_STRING, .string = member->key, .line = member->line };
  /* A member that is flawed has been spoken about: once is enough. */
  return (member->flawed && check->problems) || apply (&asking, names, &name)
         || REPORT (check, member, "“%s” does not go with the kind of this object", member->key);
}

static gboolean
check_names (Check *check, DataJsonNode *rule, DataJsonNode *names, DataJsonNode *value)
{
  return each (check, value, is_well_named, names);
}

/* ---- bounds: one function, one table ----------------------------------------------------- */

typedef double (*Measure) (const DataJsonNode *value);

static double
measure_number (const DataJsonNode *value)
{
  return value->number;
}

static double
measure_length (const DataJsonNode *value)
{
  return (double) g_utf8_strlen (value->string, -1);
}

static double
measure_children (const DataJsonNode *value)
{
  return value->n;
}

static const struct Bound {
  const char *keyword;
  Measure     measure;
  int         sign;        /* +1: a greatest, -1: a least value */
  gboolean    exclusive;
  const char *message;
} bounds[] = {
  { "minimum",          measure_number,   -1, FALSE, "must be at least %s, is %s" },
  { "maximum",          measure_number,   +1, FALSE, "must be at most %s, is %s" },
  { "exclusiveMinimum", measure_number,   -1, TRUE,  "must be above %s, is %s" },
  { "exclusiveMaximum", measure_number,   +1, TRUE,  "must be below %s, is %s" },
  { "minLength",        measure_length,   -1, FALSE, "must have at least %s characters, has %s" },
  { "maxLength",        measure_length,   +1, FALSE, "must have at most %s characters, has %s" },
  { "minItems",         measure_children, -1, FALSE, "must have at least %s items, has %s" },
  { "maxItems",         measure_children, +1, FALSE, "must have at most %s items, has %s" },
  { "minProperties",    measure_children, -1, FALSE, "must have at least %s members, has %s" },
};

static gboolean
check_bound (Check *check, DataJsonNode *rule, DataJsonNode *limit, DataJsonNode *value)
{
  const struct Bound *bound = bounds;
  while (strcmp (bound->keyword, limit->key) != 0)
    bound++;
  double measured = bound->measure (value), beyond = (measured - limit->number) * bound->sign;
  if (bound->exclusive ? beyond < 0 : beyond <= 0)
    return TRUE;
  char wanted[G_ASCII_DTOSTR_BUF_SIZE], found[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (wanted, sizeof wanted, "%.15g", limit->number);
  g_ascii_formatd (found, sizeof found, "%.15g", measured);
  return REPORT (check, value, bound->message, wanted, found);
}

static gboolean
check_pattern (Check *check, DataJsonNode *rule, DataJsonNode *pattern, DataJsonNode *value)
{
  GRegex *regex = g_hash_table_lookup (check->schema->regexes, pattern);
  if (g_regex_match (regex, value->string, 0, NULL))
    return TRUE;
  g_autofree char *quoted = data_problem_quote (value->string);
  DataJsonNode *meaning = data_json_member (rule, "description");
  gboolean told = meaning != NULL && meaning->type == DATA_JSON_STRING;
  return REPORT (check, value, "%s is not of the form %s%s%s", quoted, pattern->string,
                 told ? ": " : "", told ? meaning->string : "");
}

static gboolean
item_follows (Check *check, DataJsonNode *item, DataJsonNode *rule)
{
  return apply (check, rule, item);
}

static gboolean
check_items (Check *check, DataJsonNode *rule, DataJsonNode *item_rule, DataJsonNode *value)
{
  return each (check, value, item_follows, item_rule);
}

/* ---- the table of keywords --------------------------------------------------------------- */

/* What a keyword's own value must be, so that the checks need not look again. */
typedef enum {
  TAKES_RULE, TAKES_RULES_BY_NAME, TAKES_RULE_LIST, TAKES_TYPE, TAKES_NUMBER, TAKES_PATTERN,
  TAKES_NAMES, TAKES_SCALARS, TAKES_SCALAR, TAKES_FALSE, TAKES_REFERENCE, TAKES_ANYTHING,
} Takes;

#define ANY    0xFFu
#define OF(type) (1u << DATA_JSON_##type)

static const struct Keyword {
  const char *word;
  Takes       takes;
  guint       applies;   /* to values of these types; others pass */
  gboolean  (*check) (Check *check, DataJsonNode *rule, DataJsonNode *argument, DataJsonNode *value);
} keywords[] = {
  { "$ref",                 TAKES_REFERENCE,     ANY,         check_ref },
  { "type",                 TAKES_TYPE,          ANY,         check_type },
  { "enum",                 TAKES_SCALARS,       ANY,         check_enum },
  { "const",                TAKES_SCALAR,        ANY,         check_const },
  { "allOf",                TAKES_RULE_LIST,     ANY,         check_all_of },
  { "if",                   TAKES_RULE,          ANY,         check_if },
  { "then",                 TAKES_RULE,          ANY,         NULL },
  { "else",                 TAKES_RULE,          ANY,         NULL },
  { "required",             TAKES_NAMES,         OF (OBJECT), check_required },
  { "properties",           TAKES_RULES_BY_NAME, OF (OBJECT), check_properties },
  { "additionalProperties", TAKES_FALSE,         OF (OBJECT), check_additional },
  { "propertyNames",        TAKES_RULE,          OF (OBJECT), check_names },
  { "minProperties",        TAKES_NUMBER,        OF (OBJECT), check_bound },
  { "items",                TAKES_RULE,          OF (ARRAY),  check_items },
  { "minItems",             TAKES_NUMBER,        OF (ARRAY),  check_bound },
  { "maxItems",             TAKES_NUMBER,        OF (ARRAY),  check_bound },
  { "minimum",              TAKES_NUMBER,        OF (NUMBER), check_bound },
  { "maximum",              TAKES_NUMBER,        OF (NUMBER), check_bound },
  { "exclusiveMinimum",     TAKES_NUMBER,        OF (NUMBER), check_bound },
  { "exclusiveMaximum",     TAKES_NUMBER,        OF (NUMBER), check_bound },
  { "minLength",            TAKES_NUMBER,        OF (STRING), check_bound },
  { "maxLength",            TAKES_NUMBER,        OF (STRING), check_bound },
  { "pattern",              TAKES_PATTERN,       OF (STRING), check_pattern },
  { "definitions",          TAKES_RULES_BY_NAME, ANY,         NULL },
  { "$schema",              TAKES_ANYTHING,      ANY,         NULL },
  { "$id",                  TAKES_ANYTHING,      ANY,         NULL },
  { "$comment",             TAKES_ANYTHING,      ANY,         NULL },
  { "title",                TAKES_ANYTHING,      ANY,         NULL },
  { "description",          TAKES_ANYTHING,      ANY,         NULL },
  { "default",              TAKES_ANYTHING,      ANY,         NULL },
  { "examples",             TAKES_ANYTHING,      ANY,         NULL },
};

static const struct Keyword *
find_keyword (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (strcmp (keywords[i].word, word) == 0)
      return &keywords[i];
  return NULL;
}

static gboolean
apply (Check *check, DataJsonNode *rule, DataJsonNode *value)
{
  gboolean ok = TRUE;
  for (DataJsonNode *argument = rule->first; argument; argument = argument->next) {
    const struct Keyword *keyword = find_keyword (argument->key);
    if (keyword->check && keyword->applies & 1u << value->type)
      ok &= keyword->check (check, rule, argument, value);
  }
  return ok;
}

gboolean
data_json_schema_check (DataJsonSchema *schema, DataJsonNode *document, DataProblems *problems)
{
  return data_json_schema_check_part (schema, "", document, problems);
}

gboolean
data_json_schema_check_part (DataJsonSchema *schema, const char *pointer, DataJsonNode *document,
                             DataProblems *problems)
{
  Check check = { schema, problems };
  DataJsonNode *rule = data_json_find (data_json_root (schema->json), pointer);
  g_return_val_if_fail (rule != NULL && rule->type == DATA_JSON_OBJECT, FALSE);
  return apply (&check, rule, document);
}

/* ---- loading ----------------------------------------------------------------------------- */

static gboolean load_rule (DataJsonSchema *schema, DataJsonNode *rule, GError **error);

static gboolean
refuse (const DataJsonNode *node, const char *why, GError **error)
{
  g_autofree char *pointer = data_json_pointer (node);
  g_set_error (error, DATA_JSON_ERROR, DATA_JSON_ERROR_SYNTAX, "line %u: %s: %s", node->line, pointer, why);
  return FALSE;
}

static gboolean
load_type (DataJsonNode *word, GError **error)
{
  for (guint type = DATA_JSON_NULL; type <= DATA_JSON_OBJECT; type++)
    if (strcmp (word->string, data_json_type_word (type)) == 0)
      return TRUE;
  return strcmp (word->string, "integer") == 0 || refuse (word, "is no type of JSON", error);
}

static gboolean
load_pattern (DataJsonSchema *schema, DataJsonNode *pattern, GError **error)
{
  GRegex *regex = g_regex_new (pattern->string, G_REGEX_OPTIMIZE | G_REGEX_DOLLAR_ENDONLY, 0, error);
  if (regex)
    g_hash_table_insert (schema->regexes, pattern, regex);
  return regex != NULL;
}

static gboolean
load_reference (DataJsonSchema *schema, DataJsonNode *reference, GError **error)
{
  DataJsonNode *target = *reference->string == '#'
                         ? data_json_find (data_json_root (schema->json), reference->string + 1) : NULL;
  if (target == NULL || target->type != DATA_JSON_OBJECT)
    return refuse (reference, "names no schema of this document", error);
  for (const DataJsonNode *sibling = reference->parent->first; sibling; sibling = sibling->next) {
    const struct Keyword *keyword = find_keyword (sibling->key);
    if (sibling != reference && keyword && keyword->check)
      return refuse (sibling, "draft-07 ignores what stands beside $ref", error);
  }
  g_hash_table_insert (schema->targets, reference, target);
  return TRUE;
}

static gboolean
all_children (const DataJsonNode *node, guint types)
{
  for (const DataJsonNode *child = node->first; child; child = child->next)
    if (!(types & 1u << child->type))
      return FALSE;
  return TRUE;
}

#define SCALARS (OF (NULL) | OF (BOOLEAN) | OF (NUMBER) | OF (STRING))

static gboolean
load_rules (DataJsonSchema *schema, DataJsonNode *container, GError **error)
{
  for (DataJsonNode *rule = container->first; rule; rule = rule->next)
    if (!load_rule (schema, rule, error))
      return FALSE;
  return TRUE;
}

static gboolean
load_keyword (DataJsonSchema *schema, DataJsonNode *argument, GError **error)
{
  static const struct { guint of, children; const char *otherwise; } wanted[] = {
    [TAKES_RULE]          = { OF (OBJECT),  ANY,         "must be a schema" },
    [TAKES_RULES_BY_NAME] = { OF (OBJECT),  OF (OBJECT), "must be an object of schemas" },
    [TAKES_RULE_LIST]     = { OF (ARRAY),   OF (OBJECT), "must be an array of schemas" },
    [TAKES_TYPE]          = { OF (STRING),  ANY,         "must be one type" },
    [TAKES_NUMBER]        = { OF (NUMBER),  ANY,         "must be a number" },
    [TAKES_PATTERN]       = { OF (STRING),  ANY,         "must be a pattern" },
    [TAKES_NAMES]         = { OF (ARRAY),   OF (STRING), "must be an array of names" },
    [TAKES_SCALARS]       = { OF (ARRAY),   SCALARS,     "must be an array of scalars" },
    [TAKES_SCALAR]        = { SCALARS,      ANY,         "must be a scalar" },
    [TAKES_FALSE]         = { OF (BOOLEAN), ANY,         "may only be false" },
    [TAKES_REFERENCE]     = { OF (STRING),  ANY,         "must be a reference" },
    [TAKES_ANYTHING]      = { ANY,          ANY,         "" },
  };
  const struct Keyword *keyword = find_keyword (argument->key);
  if (keyword == NULL)
    return refuse (argument, "this keyword is not supported", error);
  gboolean container = argument->type == DATA_JSON_ARRAY || argument->type == DATA_JSON_OBJECT;
  if (!(wanted[keyword->takes].of & 1u << argument->type)
      || (container && !all_children (argument, wanted[keyword->takes].children))
      || (keyword->takes == TAKES_FALSE && argument->boolean))
    return refuse (argument, wanted[keyword->takes].otherwise, error);
  switch (keyword->takes) {
  case TAKES_RULE:          return load_rule (schema, argument, error);
  case TAKES_RULES_BY_NAME:
  case TAKES_RULE_LIST:     return load_rules (schema, argument, error);
  case TAKES_TYPE:          return load_type (argument, error);
  case TAKES_PATTERN:       return load_pattern (schema, argument, error);
  case TAKES_REFERENCE:     return load_reference (schema, argument, error);
  default:                  return TRUE;
  }
}

static gboolean
load_rule (DataJsonSchema *schema, DataJsonNode *rule, GError **error)
{
  if (rule->type != DATA_JSON_OBJECT)
    return refuse (rule, "must be a schema", error);
  for (DataJsonNode *argument = rule->first; argument; argument = argument->next)
    if (!load_keyword (schema, argument, error))
      return FALSE;
  return TRUE;
}

DataJsonSchema *
data_json_schema_new (const char *text, GError **error)
{
  guint line;
  g_autoptr (DataJsonSchema) schema = g_new0 (DataJsonSchema, 1);
  schema->regexes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_regex_unref);
  schema->targets = g_hash_table_new (NULL, NULL);
  schema->json = data_json_parse (text, -1, &line, error);
  if (schema->json == NULL)
    g_prefix_error (error, "line %u: ", line);
  return schema->json && load_rule (schema, data_json_root (schema->json), error) ? g_steal_pointer (&schema) : NULL;
}

void
data_json_schema_free (DataJsonSchema *schema)
{
  g_hash_table_unref (schema->regexes);
  g_hash_table_unref (schema->targets);
  g_clear_pointer (&schema->json, data_json_free);
  g_free (schema);
}
