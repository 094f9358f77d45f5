/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line: what came first of a site's alarms, and what it brought about. Not there when nothing belongs together. */
#pragma once

#include "session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_INCIDENT_LINE (ui_incident_line_get_type ())
G_DECLARE_FINAL_TYPE (UiIncidentLine, ui_incident_line, UI, INCIDENT_LINE, GtkWidget)

void  ui_incident_line_set_session (UiIncidentLine *self, UiSession *session);
/* By network index; G_MAXUINT = of none. */
void  ui_incident_line_set_site    (UiIncidentLine *self, guint site);

/* "Since 18:03:10: Slam-shut 1 Closed → Outlet pressure 1 Low-low; also Door 1 Open" of the latest incident at @site; NULL =
 * there is none. (transfer full) */
char *ui_incident_text (UiSession *session, guint site);

G_END_DECLS
