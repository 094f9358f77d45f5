/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON in one canonical form: members in the order given, two spaces of indent, small
 * objects flat on one line, numbers with the fewest digits that read back as the same number. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct DataJsonWriter DataJsonWriter;

/* @lines FALSE: everything on one line. */
DataJsonWriter *data_json_writer_new  (gboolean lines);
/* (transfer full): the text so far; frees @writer. Ends with a newline when it was made with lines. */
char           *data_json_writer_end  (DataJsonWriter *writer);
void            data_json_writer_free (DataJsonWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataJsonWriter, data_json_writer_free)

/* @key is NULL in an array and at the root. */
void data_json_open_object (DataJsonWriter *writer, const char *key, gboolean flat);
void data_json_open_array  (DataJsonWriter *writer, const char *key, gboolean flat);
void data_json_close       (DataJsonWriter *writer);
/* NULL writes null; bytes that are not UTF-8 are replaced. */
void data_json_put_string  (DataJsonWriter *writer, const char *key, const char *string);
/* Not a number and infinity write null. */
void data_json_put_number  (DataJsonWriter *writer, const char *key, double number);
void data_json_put_float   (DataJsonWriter *writer, const char *key, float number);
void data_json_put_integer (DataJsonWriter *writer, const char *key, gint64 number);
void data_json_put_boolean (DataJsonWriter *writer, const char *key, gboolean value);

G_END_DECLS
