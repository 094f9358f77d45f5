/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command prints: rows of named cells, as an aligned table for people or as one JSON object a
 * line for programs. A command says each thing once. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  CTL_ROWS_TABLE,    /* aligned columns under a heading, when all rows are there */
  CTL_ROWS_STREAM,   /* each row at once, two spaces between cells */
  CTL_ROWS_JSON,
} CtlRowsForm;

typedef struct CtlRows CtlRows;

CtlRows *ctl_rows_new  (CtlRowsForm form);
/* Prints what is not printed yet. FALSE with an error when standard output takes no more. */
gboolean ctl_rows_end  (CtlRows *rows, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void     ctl_rows_free (CtlRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CtlRows, ctl_rows_free)

/* One cell of the row under way. @key names it in JSON, NULL = for people only; @label is its heading,
 * translated, NULL = for programs only. */
void ctl_text    (CtlRows *rows, const char *key, const char *label, const char *text);
/* @decimals: shown to people; JSON has the shortest exact number. NaN is null and nothing. */
void ctl_number  (CtlRows *rows, const char *key, const char *label, double number, int decimals);
void ctl_integer (CtlRows *rows, const char *key, const char *label, gint64 number);
void ctl_boolean (CtlRows *rows, const char *key, const char *label, gboolean value);
/* JSON: RFC 3339, UTC, microseconds; people: local time to the second. 0 is null and nothing. */
void ctl_time    (CtlRows *rows, const char *key, const char *label, gint64 time);
/* For programs only: a list. */
void ctl_texts    (CtlRows *rows, const char *key, const char *const *texts);   /* NULL ends it */
void ctl_integers (CtlRows *rows, const char *key, const guint32 *numbers, guint n);
void ctl_row_end (CtlRows *rows);

G_END_DECLS
