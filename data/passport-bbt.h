/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedules and a BBT's settings as a passport says them, read and written side by side. Readers take any
 * node: what the schema refused already is left at its default. */
#pragma once

#include "gdp/network.h"
#include "json-writer.h"
#include "problem.h"

G_BEGIN_DECLS

/* The members that only links of kind bbt have. What @link owns then is freed by data_bbt_clear(). */
void data_bbt_read   (DataJsonNode *node, GdpLink *link, DataProblems *problems);
void data_bbt_write  (DataJsonWriter *writer, const GdpLink *link);
void data_bbt_clear  (GdpLink *link);

/* All but key; `entries` belongs to the caller (g_free), the name to @node. */
void data_schedule_read  (DataJsonNode *node, GdpSchedule *schedule, DataProblems *problems);
void data_schedule_write (DataJsonWriter *writer, const GdpSchedule *schedule);

G_END_DECLS
