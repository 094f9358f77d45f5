/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person is about to tell a unit: its settings and its schedule, edited beside those in force. Pure. */
#pragma once

#include "gdp/bbt-link.h"
#include "gdp/session-budget.h"

G_BEGIN_DECLS

typedef struct {
  GdpNetwork  *network;      /* that it was begun with; kept */
  guint        link;         /* index in it, of a BBT */
  gboolean     told;         /* FALSE: no settings are sent to the unit */
  GdpSettings *settings;     /* never NULL */
  guint        guaranteed;   /* sessions; 0 = mains powered */
  char        *category;     /* or NULL */
  int          zone;         /* of its own calls, minutes east of UTC, when it has no category */
  GArray      *calls;        /* GdpScheduleEntry, its own */
  GArray      *shared;       /* GdpScheduleEntry, of the category */
  guint        window;       /* s, of the category */
} UiFieldDraft;

UiFieldDraft *ui_field_draft_new  (GdpNetwork *network, guint link);
void          ui_field_draft_free (UiFieldDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiFieldDraft, ui_field_draft_free)

/* Its calls become those of that category as configured; NULL = none. */
void          ui_field_draft_set_category  (UiFieldDraft *draft, const char *name);
/* Takes a threshold over, or away when both are NaN. */
void          ui_field_draft_set_threshold (UiFieldDraft *draft, const char *channel, double min, double max);
/* What is to be imported: the link, and its category's schedule. Errors: what the builder has against it. */
GdpNetwork   *ui_field_draft_network (const UiFieldDraft *draft, GError **error);
/* Something is other than in @network, the configuration of now. The link is found by its id; FALSE when it is gone. */
gboolean      ui_field_draft_differs (const UiFieldDraft *draft, const GdpNetwork *network);
/* FALSE: nothing is guaranteed, or the draft is not valid. */
gboolean      ui_field_draft_budget  (const UiFieldDraft *draft, guint used, gint64 now, GdpSessionBudget *budget);
/* The next calls, µs; how many there are, at most @n. */
guint         ui_field_draft_next    (const UiFieldDraft *draft, gint64 now, gint64 *times, guint n);

G_END_DECLS
