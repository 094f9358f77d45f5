/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Response cards: what may be behind an alarm, what it leads to, what to do and whom to call. The catalogue has one for each
 * kind of point and condition; a site's passport says what is otherwise there. What was done is a record of the journal for
 * each step:
 *
 *   kind    GDP_EVENT_ALARM_HANDLED
 *   object  the alarm
 *   before  the occurrence that was seen, "3"
 *   after   the step's number on the card, "2"; NULL = a remark
 *   text    the step, or the remark, as the person read or wrote it */
#pragma once

#include "alarm.h"
#include "event.h"
#include "network.h"

G_BEGIN_DECLS

/* What an alarm is of. */
typedef struct {
  const GdpSite *site;        /* NULL: of no single one */
  const char    *tag;         /* of the point or unit in its site, "outlet1"; NULL: it is of neither */
  const GdpPoint *point;      /* or NULL */
  GdpCondition   condition;
} GdpAlarmPlace;

/* FALSE: @alarm is no alarm's id, or nothing of that name is configured. Servers are not asked for: any name may be one. */
gboolean gdp_alarm_place (const GdpNetwork *network, const char *alarm, GdpAlarmPlace *place);

/* @card with what the passport of the alarm's site says in its place: for this condition of this point before for all of
 * the point, before for this condition anywhere in the site. Texts are borrowed from both. */
GdpCard  gdp_card_of_site (GdpCard card, const GdpAlarmPlace *place);

/* The steps, or another of a card's lists, one each; of NULL none. (transfer full) */
char   **gdp_card_lines (const char *lines);

/* Whether @event tells what was done about this occurrence of @alarm; @step: (out) (optional): its number, 0 = a remark. */
gboolean gdp_card_is_done (const GdpEvent *event, const char *alarm, guint32 occurrence, guint *step);

#define GDP_CARD_STEPS 50      /* at the most */
#define GDP_CARD_TEXT  1000    /* bytes of a step or remark at the most */

/**
 * gdp_card_read_done:
 * @detail: of the command: "2 Send a crew", a line each; or NULL
 *
 * The steps that are to be logged: each line's number goes to @steps (guint), its text to the strings that are returned.
 * NULL with a sentence in @fault (static) when that is none. (transfer full)
 */
char   **gdp_card_read_done (const char *detail, GArray *steps, const char **fault);

G_END_DECLS
