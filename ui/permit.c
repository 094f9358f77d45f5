/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "permit.h"

#include "tip.h"

void
ui_permit (GtkWidget *widget, UiSession *session, GdpAct act, gboolean sensible, const char *tip)
{
  g_autofree char *refusal = ui_session_refusal_text (session, act);

  gtk_widget_set_sensitive (widget, sensible && refusal == NULL);
  ui_tip_set (widget, refusal != NULL ? refusal : tip);
}
