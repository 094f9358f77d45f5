/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON Schema, draft-07: the part that our schemas use. A keyword outside it is an error when the
 * schema is loaded, never something silently unchecked.
 *
 * Checked: type, enum and const (of scalars), required, properties, additionalProperties (false),
 * propertyNames, minProperties, items (one schema), minItems, maxItems, minimum, maximum,
 * exclusiveMinimum, exclusiveMaximum, minLength, maxLength, pattern (PCRE; $ is the very end, as in
 * ECMA 262), allOf, if/then/else, $ref ("#/…"). Ignored, as annotations: $schema, $id, $comment,
 * title, description, default, examples, definitions. */
#pragma once

#include "problem.h"

G_BEGIN_DECLS

typedef struct DataJsonSchema DataJsonSchema;

/* The error names the place in the schema. */
DataJsonSchema *data_json_schema_new  (const char *text, GError **error);
void            data_json_schema_free (DataJsonSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataJsonSchema, data_json_schema_free)

/* Adds what is wrong with @document to @problems; TRUE when nothing is. */
gboolean        data_json_schema_check (DataJsonSchema *schema, DataJsonNode *document, DataProblems *problems);
/* The same with the part of the schema that @pointer names: "/definitions/point". */
gboolean        data_json_schema_check_part (DataJsonSchema *schema, const char *pointer, DataJsonNode *document,
                                             DataProblems *problems);

G_END_DECLS
