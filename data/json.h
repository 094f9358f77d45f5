/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON (RFC 8259) as a tree whose every value knows its line, for documents that people write.
 *
 * Not json-glib: it forgets the lines, takes doubled members, 01 and 1e999 silently, and recurses
 * as deep as its input (a megabyte of '[' ends the process; tried with 1.6.6). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DATA_JSON_MAX_BYTES  (192u << 20)   /* passports of 20,000 sites are 133 MiB */
#define DATA_JSON_MAX_VALUES (16u << 20)
#define DATA_JSON_MAX_DEPTH  64

typedef enum {
  DATA_JSON_NULL, DATA_JSON_BOOLEAN, DATA_JSON_NUMBER, DATA_JSON_STRING, DATA_JSON_ARRAY, DATA_JSON_OBJECT,
} DataJsonType;

typedef struct DataJsonNode DataJsonNode;
struct DataJsonNode {
  DataJsonNode *parent, *next;  /* next sibling */
  const char   *key;            /* member's name; NULL in an array and at the root */
  union {
    DataJsonNode *first;        /* array, object: first child, in document order */
    const char   *string;
    double        number;       /* finite */
    gboolean      boolean;
  };
  guint         line;           /* 1-based */
  guint         n;              /* array, object: children */
  guint8        type;           /* DataJsonType */
  guint8        flawed;         /* a problem was found in it or below; for whoever checks */
};

typedef struct DataJson DataJson;

/**
 * data_json_parse:
 * @length: bytes, -1 when @text ends with NUL
 * @line: (out) (optional): where the error is, 1-based
 *
 * Strict: UTF-8, no doubled members, numbers that a double can hold, within the three bounds above.
 */
DataJson     *data_json_parse (const char *text, gssize length, guint *line, GError **error);
DataJson     *data_json_load  (const char *path, guint *line, GError **error);
void          data_json_free  (DataJson *json);
DataJsonNode *data_json_root  (DataJson *json);   /* borrowed, as are all nodes and strings below */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataJson, data_json_free)

/* All take any node, also NULL or of another type, and then give NULL or the fallback. */
DataJsonNode *data_json_member  (const DataJsonNode *object, const char *key);
DataJsonNode *data_json_item    (const DataJsonNode *array, guint index);
DataJsonNode *data_json_first   (const DataJsonNode *object, const char *key);   /* of the array that is this member */
const char   *data_json_string  (const DataJsonNode *object, const char *key);
double        data_json_number  (const DataJsonNode *object, const char *key, double fallback);
gboolean      data_json_boolean (const DataJsonNode *object, const char *key);
const char   *data_json_type_word (DataJsonType type);

/* RFC 6901: "/sites/0/points/3"; "" for the root. */
char         *data_json_pointer (const DataJsonNode *node);
/* The node that @pointer names, NULL when there is none. */
DataJsonNode *data_json_find    (DataJsonNode *root, const char *pointer);

#define DATA_JSON_ERROR (data_json_error_quark ())
typedef enum { DATA_JSON_ERROR_READ, DATA_JSON_ERROR_SYNTAX, DATA_JSON_ERROR_BOUND } DataJsonError;
GQuark data_json_error_quark (void);

G_END_DECLS
