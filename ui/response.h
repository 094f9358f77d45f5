/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An alarm's response card and what was done about its last occurrence, as the journal tells: by whomever, wherever.
 * Signal "changed": one or the other is another now. */
#pragma once

#include "session.h"

#include "gdp/card.h"

G_BEGIN_DECLS

#define UI_TYPE_RESPONSE (ui_response_get_type ())
G_DECLARE_FINAL_TYPE (UiResponse, ui_response, UI, RESPONSE, GObject)

UiResponse     *ui_response_new          (UiSession *session, const char *alarm);
const char     *ui_response_get_alarm    (UiResponse *self);   /* id */
/* Which occurrence is meant; 0 = it never occurred, and nothing can be done about it. */
guint32         ui_response_get_occurrence (UiResponse *self);
const GdpCard  *ui_response_get_card     (UiResponse *self);
const GdpSite  *ui_response_get_site     (UiResponse *self);   /* NULL = of no single one */
const char     *ui_response_get_note     (UiResponse *self);   /* what the passport says of its point; NULL = nothing */
const char *const *ui_response_get_steps (UiResponse *self);   /* NULL-terminated */

/* Who did the step (1 …) first, and when; NULL = nobody yet. */
const GdpEvent *ui_response_find_done    (UiResponse *self, guint step);
/* GdpEvent: remarks, oldest first. (transfer container) */
GPtrArray      *ui_response_list_remarks (UiResponse *self);
/* The first step that nobody did yet; 0 = all are done, or there are none. */
guint           ui_response_next_step    (UiResponse *self);

/* "15 min, until 14:20"; NULL = the card does not say, or the alarm is over. @over: (out): that time has passed. (transfer full) */
char           *ui_response_time_text    (UiResponse *self, gboolean *over);

G_END_DECLS
