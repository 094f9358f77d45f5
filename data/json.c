/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

G_DEFINE_QUARK (data-json-error-quark, data_json_error)

#define NODES_PER_BLOCK 512

struct DataJson {
  GPtrArray    *blocks;      /* of NODES_PER_BLOCK nodes */
  guint         n_nodes;
  GStringChunk *strings;
  DataJsonNode *root;
};

typedef struct {
  const char *at, *end;
  guint       line, depth;
  DataJson   *json;
  GString    *text;          /* the string being read */
  GError    **error;
} Parser;

static gboolean parse_value (Parser *parser, DataJsonNode *parent, const char *key, DataJsonNode **out);

static gboolean
fail (Parser *parser, DataJsonError code, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (parser->error, DATA_JSON_ERROR, code, message);
  return FALSE;
}

static gboolean
unexpected (Parser *parser, const char *wanted)
{
  if (parser->at == parser->end)
    return fail (parser, DATA_JSON_ERROR_SYNTAX, "the document ends where %s should stand", wanted);
  if (g_ascii_iscntrl (*parser->at))
    return fail (parser, DATA_JSON_ERROR_SYNTAX, "a control character stands where %s should", wanted);
  g_autofree char *found = g_utf8_substring (parser->at, 0, 1);
  return fail (parser, DATA_JSON_ERROR_SYNTAX, "“%s” stands where %s should", found, wanted);
}

static void
skip_space (Parser *parser)
{
  for (; parser->at < parser->end; parser->at++)
    if (*parser->at == '\n')
      parser->line++;
    else if (*parser->at != ' ' && *parser->at != '\t' && *parser->at != '\r')
      break;
}

/* The next character that means something; 0 at the end (the text itself holds no NUL). */
static char
peek (Parser *parser)
{
  skip_space (parser);
  return parser->at < parser->end ? *parser->at : 0;
}

static gboolean
take (Parser *parser, char c)
{
  if (peek (parser) != c)
    return FALSE;
  parser->at++;
  return TRUE;
}

static DataJsonNode *
new_node (Parser *parser, DataJsonType type, DataJsonNode *parent, const char *key)
{
  DataJson *json = parser->json;
  guint in_block = json->n_nodes % NODES_PER_BLOCK;
  if (in_block == 0)
    g_ptr_array_add (json->blocks, g_new0 (DataJsonNode, NODES_PER_BLOCK));
  DataJsonNode *node = (DataJsonNode *) g_ptr_array_index (json->blocks, json->blocks->len - 1) + in_block;
  json->n_nodes++;
  *node = (DataJsonNode) { .type = type, .parent = parent, .key = key, .line = parser->line };
  return node;
}

/* ---- strings ----------------------------------------------------------------------------- */

static gboolean
parse_hex (Parser *parser, gunichar *unit)
{
  *unit = 0;
  for (int i = 0; i < 4; i++) {
    int digit = parser->at < parser->end ? g_ascii_xdigit_value (*parser->at) : -1;
    if (digit < 0)
      return unexpected (parser, "a hexadecimal digit");
    *unit = *unit << 4 | (guint) digit;
    parser->at++;
  }
  return TRUE;
}

#define IS_HIGH_SURROGATE(c) ((c) >= 0xD800 && (c) < 0xDC00)
#define IS_LOW_SURROGATE(c)  ((c) >= 0xDC00 && (c) < 0xE000)

static gboolean
parse_unicode_escape (Parser *parser)
{
  gunichar c, low;
  if (!parse_hex (parser, &c))
    return FALSE;
  if (c == 0)
    return fail (parser, DATA_JSON_ERROR_SYNTAX, "a text may not hold the character NUL (\\u0000)");
  if (IS_HIGH_SURROGATE (c) && parser->end - parser->at >= 6 && parser->at[0] == '\\' && parser->at[1] == 'u') {
    parser->at += 2;
    if (!parse_hex (parser, &low))
      return FALSE;
    if (IS_LOW_SURROGATE (low))
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
  }
  if (IS_HIGH_SURROGATE (c) || IS_LOW_SURROGATE (c))
    return fail (parser, DATA_JSON_ERROR_SYNTAX, "\\u%04X is half of a surrogate pair", c);
  g_string_append_unichar (parser->text, c);
  return TRUE;
}

static gboolean
parse_escape (Parser *parser)
{
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  char c = parser->at < parser->end ? *parser->at : 0;
  const char *name = c ? strchr (names, c) : NULL;
  if (name == NULL && c != 'u')
    return unexpected (parser, "an escape of JSON (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)");
  parser->at++;
  if (name == NULL)
    return parse_unicode_escape (parser);
  g_string_append_c (parser->text, values[name - names]);
  return TRUE;
}

/* Leaves the string in parser->text. */
static gboolean
parse_string (Parser *parser, const char *wanted)
{
  if (!take (parser, '"'))
    return unexpected (parser, wanted);
  g_string_truncate (parser->text, 0);
  for (;;) {
    const char *run = parser->at;
    while (parser->at < parser->end && (guchar) *parser->at >= 0x20 && *parser->at != '"' && *parser->at != '\\')
      parser->at++;
    g_string_append_len (parser->text, run, parser->at - run);
    if (parser->at == parser->end)
      return fail (parser, DATA_JSON_ERROR_SYNTAX, "the document ends inside a text");
    char c = *parser->at;
    if ((guchar) c < 0x20)
      return fail (parser, DATA_JSON_ERROR_SYNTAX, "a text is not closed with \" on its line, "
                   "or holds control character %d", c);
    parser->at++;
    if (c == '"')
      return TRUE;
    if (!parse_escape (parser))
      return FALSE;
  }
}

/* ---- numbers and words ------------------------------------------------------------------- */

static gsize
digits (const char *at)
{
  return strspn (at, "0123456789");
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?, nothing else */
static gboolean
is_number (const char *at)
{
  at += *at == '-';
  gsize whole = digits (at);
  if (whole == 0 || (whole > 1 && *at == '0'))
    return FALSE;
  at += whole;
  if (*at == '.') {
    gsize part = digits (++at);
    if (part == 0)
      return FALSE;
    at += part;
  }
  if (*at == 'e' || *at == 'E') {
    at++;
    at += *at == '+' || *at == '-';
    gsize exponent = digits (at);
    if (exponent == 0)
      return FALSE;
    at += exponent;
  }
  return *at == 0;
}

static gboolean
parse_word (Parser *parser, DataJsonNode *parent, const char *key, DataJsonNode **out)
{
  static const struct { const char *word; DataJsonType type; gboolean value; } words[] = {
    { "null", DATA_JSON_NULL, FALSE }, { "true", DATA_JSON_BOOLEAN, TRUE }, { "false", DATA_JSON_BOOLEAN, FALSE },
  };
  char word[101];
  gsize n = 0;
  while (parser->at + n < parser->end && n < sizeof word
         && (g_ascii_isalnum (parser->at[n]) || strchr ("+-.", parser->at[n])))
    n++;
  if (n == 0)
    return unexpected (parser, "a value");
  if (n == sizeof word)
    return fail (parser, DATA_JSON_ERROR_BOUND, "a number is longer than %d characters", (int) sizeof word - 1);
  memcpy (word, parser->at, n);
  word[n] = 0;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (word, words[i].word) == 0) {
      *out = new_node (parser, words[i].type, parent, key);
      (*out)->boolean = words[i].value;
      parser->at += n;
      return TRUE;
    }
  if (!is_number (word))
    return fail (parser, DATA_JSON_ERROR_SYNTAX, "“%s” is not a value of JSON", word);
  double number = g_ascii_strtod (word, NULL);
  if (!isfinite (number))
    return fail (parser, DATA_JSON_ERROR_BOUND, "the number %s is too large", word);
  *out = new_node (parser, DATA_JSON_NUMBER, parent, key);
  (*out)->number = number;
  parser->at += n;
  return TRUE;
}

/* ---- arrays and objects ------------------------------------------------------------------ */

static int
by_key (gconstpointer a, gconstpointer b)
{
  const DataJsonNode *one = *(DataJsonNode *const *) a, *other = *(DataJsonNode *const *) b;
  int order = strcmp (one->key, other->key);
  return order ? order : (one->line > other->line) - (one->line < other->line);
}

static gboolean
refuse_doubled_member (Parser *parser, const DataJsonNode *object)
{
  g_autoptr (GPtrArray) members = g_ptr_array_sized_new (object->n);
  for (DataJsonNode *member = object->first; member; member = member->next)
    g_ptr_array_add (members, member);
  g_ptr_array_sort (members, by_key);
  for (guint i = 1; i < members->len; i++) {
    const DataJsonNode *one = members->pdata[i - 1], *other = members->pdata[i];
    if (strcmp (one->key, other->key) == 0) {
      parser->line = other->line;
      return fail (parser, DATA_JSON_ERROR_SYNTAX, "the member “%s” is given twice in one object (first in line %u)",
                   other->key, one->line);
    }
  }
  return TRUE;
}

static gboolean
parse_child (Parser *parser, DataJsonNode *container, DataJsonNode **last)
{
  const char *key = NULL;
  if (container->type == DATA_JSON_OBJECT) {
    if (!parse_string (parser, "a member's name in double quotes"))
      return FALSE;
    key = g_string_chunk_insert_const (parser->json->strings, parser->text->str);
    if (!take (parser, ':'))
      return unexpected (parser, "“:”");
  }
  DataJsonNode *child;
  if (!parse_value (parser, container, key, &child))
    return FALSE;
  if (*last)
    (*last)->next = child;
  else
    container->first = child;
  *last = child;
  container->n++;
  return TRUE;
}

static gboolean
parse_container (Parser *parser, DataJsonNode *container)
{
  char close = container->type == DATA_JSON_OBJECT ? '}' : ']';
  if (++parser->depth > DATA_JSON_MAX_DEPTH)
    return fail (parser, DATA_JSON_ERROR_BOUND, "nested deeper than %d", DATA_JSON_MAX_DEPTH);
  parser->at++;
  if (!take (parser, close)) {
    DataJsonNode *last = NULL;
    do
      if (!parse_child (parser, container, &last))
        return FALSE;
    while (take (parser, ','));
    if (!take (parser, close))
      return unexpected (parser, close == '}' ? "“,” or “}”" : "“,” or “]”");
  }
  parser->depth--;
  return close == ']' || refuse_doubled_member (parser, container);
}

static gboolean
parse_value (Parser *parser, DataJsonNode *parent, const char *key, DataJsonNode **out)
{
  if (parser->json->n_nodes >= DATA_JSON_MAX_VALUES)
    return fail (parser, DATA_JSON_ERROR_BOUND, "more than %u values in one document", DATA_JSON_MAX_VALUES);
  switch (peek (parser)) {
  case '{':
    return parse_container (parser, *out = new_node (parser, DATA_JSON_OBJECT, parent, key));
  case '[':
    return parse_container (parser, *out = new_node (parser, DATA_JSON_ARRAY, parent, key));
  case '"':
    *out = new_node (parser, DATA_JSON_STRING, parent, key);
    if (!parse_string (parser, "a text"))
      return FALSE;
    (*out)->string = g_string_chunk_insert_len (parser->json->strings, parser->text->str, parser->text->len);
    return TRUE;
  default:
    return parse_word (parser, parent, key, out);
  }
}

static gboolean
check_encoding (Parser *parser)
{
  const char *bad;
  if (g_utf8_validate_len (parser->at, parser->end - parser->at, &bad))
    return TRUE;
  for (const char *at = parser->at; at < bad; at++)
    parser->line += *at == '\n';
  return fail (parser, DATA_JSON_ERROR_SYNTAX, *bad ? "not UTF-8 (byte 0x%02X); save the file as UTF-8"
                                                    : "a NUL byte: not a text file", (guchar) *bad);
}

static gboolean
parse_document (Parser *parser)
{
  if (!check_encoding (parser))
    return FALSE;
  if (parser->end - parser->at >= 3 && memcmp (parser->at, "\xEF\xBB\xBF", 3) == 0)
    parser->at += 3;   /* a byte order mark: Windows editors put it there */
  if (peek (parser) == 0)
    return fail (parser, DATA_JSON_ERROR_SYNTAX, "the file is empty");
  if (!parse_value (parser, NULL, NULL, &parser->json->root))
    return FALSE;
  return peek (parser) == 0 || unexpected (parser, "the end of the document");
}

DataJson *
data_json_parse (const char *text, gssize length, guint *line, GError **error)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  g_autoptr (DataJson) json = g_new0 (DataJson, 1);
  json->blocks = g_ptr_array_new_with_free_func (g_free);
  json->strings = g_string_chunk_new (4096);
  g_autoptr (GString) string = g_string_new (NULL);
  Parser parser = { .at = text, .end = text + size, .line = 1, .json = json, .text = string, .error = error };

  gboolean ok = size <= DATA_JSON_MAX_BYTES
                ? parse_document (&parser)
                : fail (&parser, DATA_JSON_ERROR_BOUND, "larger than %u MiB", DATA_JSON_MAX_BYTES >> 20);
  if (line)
    *line = ok ? 0 : parser.line;
  return ok ? g_steal_pointer (&json) : NULL;
}

/* At most one byte more than may be parsed, so that a pipe or a device without end does no harm. */
static GByteArray *
read_bounded (const char *path, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  FILE *file = fopen (path, "re");
  gboolean ok = file != NULL;
  char chunk[65536];
  for (gsize n = 1; ok && n > 0 && bytes->len <= DATA_JSON_MAX_BYTES; ok = !ferror (file))
    g_byte_array_append (bytes, (guint8 *) chunk, (guint) (n = fread (chunk, 1, sizeof chunk, file)));
  if (!ok)
    g_set_error (error, DATA_JSON_ERROR, DATA_JSON_ERROR_READ, "cannot be read: %s", g_strerror (errno));
  if (file)
    fclose (file);
  return ok ? g_steal_pointer (&bytes) : NULL;
}

DataJson *
data_json_load (const char *path, guint *line, GError **error)
{
  if (line)
    *line = 0;
  g_autoptr (GByteArray) bytes = read_bounded (path, error);
  if (bytes == NULL)
    return NULL;
  return data_json_parse (bytes->len ? (char *) bytes->data : "", bytes->len, line, error);
}

void
data_json_free (DataJson *json)
{
  g_ptr_array_unref (json->blocks);
  g_string_chunk_free (json->strings);
  g_free (json);
}

DataJsonNode *
data_json_root (DataJson *json)
{
  return json->root;
}

/* ---- looking things up ------------------------------------------------------------------- */

DataJsonNode *
data_json_member (const DataJsonNode *object, const char *key)
{
  if (object == NULL || object->type != DATA_JSON_OBJECT)
    return NULL;
  DataJsonNode *member = object->first;
  while (member && strcmp (member->key, key) != 0)
    member = member->next;
  return member;
}

DataJsonNode *
data_json_item (const DataJsonNode *array, guint index)
{
  if (array == NULL || array->type != DATA_JSON_ARRAY)
    return NULL;
  DataJsonNode *item = array->first;
  while (item && index--)
    item = item->next;
  return item;
}

DataJsonNode *
data_json_first (const DataJsonNode *object, const char *key)
{
  return data_json_item (data_json_member (object, key), 0);
}

const char *
data_json_string (const DataJsonNode *object, const char *key)
{
  const DataJsonNode *member = data_json_member (object, key);
  return member && member->type == DATA_JSON_STRING ? member->string : NULL;
}

double
data_json_number (const DataJsonNode *object, const char *key, double fallback)
{
  const DataJsonNode *member = data_json_member (object, key);
  return member && member->type == DATA_JSON_NUMBER ? member->number : fallback;
}

gboolean
data_json_boolean (const DataJsonNode *object, const char *key)
{
  const DataJsonNode *member = data_json_member (object, key);
  return member && member->type == DATA_JSON_BOOLEAN && member->boolean;
}

const char *
data_json_type_word (DataJsonType type)
{
  static const char *const words[] = { "null", "boolean", "number", "string", "array", "object" };
  return words[type];
}

static void
append_escaped (GString *pointer, const char *key)
{
  for (; *key; key++)
    if (*key == '~' || *key == '/')
      g_string_append (pointer, *key == '~' ? "~0" : "~1");
    else
      g_string_append_c (pointer, *key);
}

static void
append_pointer (GString *pointer, const DataJsonNode *node)
{
  if (node->parent == NULL)
    return;
  append_pointer (pointer, node->parent);
  g_string_append_c (pointer, '/');
  if (node->key) {
    append_escaped (pointer, node->key);
    return;
  }
  guint index = 0;
  for (const DataJsonNode *item = node->parent->first; item != node; item = item->next)
    index++;
  g_string_append_printf (pointer, "%u", index);
}

char *
data_json_pointer (const DataJsonNode *node)
{
  GString *pointer = g_string_new (NULL);
  append_pointer (pointer, node);
  return g_string_free (pointer, FALSE);
}

DataJsonNode *
data_json_find (DataJsonNode *root, const char *pointer)
{
  g_auto (GStrv) parts = g_strsplit (pointer, "/", -1);
  DataJsonNode *node = root;
  for (char **part = parts[0] ? parts + 1 : parts; *part && node; part++) {
    g_autoptr (GString) key = g_string_new (*part);
    g_string_replace (key, "~1", "/", 0);
    g_string_replace (key, "~0", "~", 0);
    node = node->type == DATA_JSON_ARRAY ? data_json_item (node, (guint) g_ascii_strtoull (key->str, NULL, 10))
                                         : data_json_member (node, key->str);
  }
  return node;
}
