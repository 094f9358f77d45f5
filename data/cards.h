/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Response cards as documents have them: cards.json of the catalogue, and what a passport says in its place. */
#pragma once

#include "gdp/card.h"
#include "json-writer.h"
#include "problem.h"

G_BEGIN_DECLS

typedef struct DataCards DataCards;

/* @root: of cards.json, checked by its schema. What a schema cannot say is checked here: kinds and conditions there are, none
 * twice, languages that agree. */
DataCards *data_cards_new  (const DataJsonNode *root, DataProblems *problems);
void       data_cards_free (DataCards *cards);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataCards, data_cards_free)

/* The card of @condition of a point of @kind, or of a unit, link or server (GDP_N_POINT_KINDS); @language: "ru". NULL: there
 * is none, in that language. */
const GdpCard *data_cards_find (const DataCards *cards, GdpPointKind kind, GdpCondition condition, const char *language);

/* Of a passport's site: GdpSiteCard, which owns its texts but for `point` and `condition`. (transfer full) */
GArray *data_site_cards_read  (const DataJsonNode *site);
void    data_site_cards_write (DataJsonWriter *writer, const GdpSite *site);

G_END_DECLS
