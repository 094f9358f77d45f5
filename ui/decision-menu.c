/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decision-menu.h"

#include "permit.h"

#include <glib/gi18n.h>

void
ui_decision_menu_fill (GtkWidget *box, const char *object, UiSession *session)
{
  UiAlarm *alarm = ui_alarm_list_find (ui_session_get_alarms (session), object);
  gboolean visit = alarm != NULL && ui_alarm_get (alarm)->condition == GDP_CONDITION_VISIT;

  for (guint i = 0; i < UI_N_DECISIONS; i++) {
    const UiDecisionInfo *info = ui_decision_info (i);
    g_autoptr (GPtrArray) seen = ui_decision_look (i, session, object);
    GtkWidget *item;

    if (seen->len == 0 || visit != (info->of == GDP_CONDITION_VISIT))
      continue;   /* visits of a site are registered at its head, not from each of its rows */
    item = ui_row_menu_add_item (box, _(info->item), "win.decide", g_variant_new ("(ss)", info->word, object));
    ui_permit (item, session, info->act, ui_session_is_live (session), NULL);   /* after its action said it may */
  }
}

void
ui_decision_menu_of_alarm (GtkWidget *box, gpointer alarm, UiSession *session)
{
  const GdpAlarm *its = ui_alarm_get (alarm);

  if (!gdp_condition_is_decision (its->condition))   /* to read it takes no role */
    ui_row_menu_add_item (box, _("Response card…"), "win.card", g_variant_new_string (its->id));
  ui_decision_menu_fill (box, its->id, session);
}
