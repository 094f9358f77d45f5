/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs say in English, in the journal, as a command's result, as a reason: and how a person reads it in
 * another language. Sentences are known by their formats; what stands in them is carried over. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* gettext(), as a program calls it. */
typedef const char *(*GdpTranslate) (const char *english);

/* @text in the language of @translate; what is not known stays as it is. @text: NULL = "". (transfer full) */
char *gdp_saying_text (const char *text, GdpTranslate translate);

/* The sentences that are known, English, as formats; NULL behind the last. */
const char *gdp_saying_format (guint i);
/* Behind the conversion that begins at @at in a format: "%s", "%08x", "%2$s". */
const char *gdp_saying_behind (const char *at);

G_END_DECLS
