/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A point as a passport says it: read and written side by side, so that both agree on every default. */
#pragma once

#include "gdp/point.h"
#include "json-writer.h"
#include "problem.h"

G_BEGIN_DECLS

/* Reads all but id, site, unit and channel of @point from @node; strings are borrowed from it. What a
 * schema cannot say is checked: range, resolution, order of limits. Takes any node: what the schema
 * refused already is left at its default. TRUE when nothing is wrong with it. */
gboolean data_point_read  (DataJsonNode *node, GdpPoint *point, DataProblems *problems);

/* @source: "upmp:ai2" */
void     data_point_write (DataJsonWriter *writer, const GdpPoint *point, const char *source);

G_END_DECLS
