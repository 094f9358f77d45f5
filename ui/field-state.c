/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-state.h"

#include "gdp/words.h"

static const struct { const char *label; gboolean stands_out; } states[UI_N_FIELD_STATES] = {
  [UI_FIELD_SILENT]     = { N_("silent"),         TRUE },
  [UI_FIELD_OVERDUE]    = { N_("overdue"),        TRUE },
  [UI_FIELD_NEVER]      = { N_("never called"),   FALSE },
  [UI_FIELD_AWAY]       = { N_("away"),           FALSE },
  [UI_FIELD_SLEEPING]   = { N_("sleeping until"), FALSE },
  [UI_FIELD_IN_SESSION] = { N_("in session"),     FALSE },
};

gint64
ui_field_next_call (const GdpDevice *device, const GdpContactInfo *contact)
{
  if (device != NULL && device->next_call != 0)
    return device->next_call;
  return contact != NULL ? contact->next_call : 0;
}

gint64
ui_field_seen (const GdpDevice *device, const GdpContactInfo *contact)
{
  return MAX (device != NULL ? device->seen : 0, contact != NULL ? contact->seen : 0);
}

UiFieldState
ui_field_state (const GdpDevice *device, const GdpContactInfo *contact, gint64 now)
{
  gint64 next = ui_field_next_call (device, contact);

  if (device != NULL && device->connected != 0)
    return UI_FIELD_IN_SESSION;
  if (contact != NULL && contact->state == GDP_CONTACT_SILENT)
    return UI_FIELD_SILENT;
  if (contact != NULL && contact->state == GDP_CONTACT_OK && device == NULL)
    return UI_FIELD_IN_SESSION;   /* a modem, which stays */
  if (ui_field_seen (device, contact) == 0)
    return UI_FIELD_NEVER;
  if (next == 0)
    return UI_FIELD_AWAY;
  return now > next + UI_FIELD_GRACE ? UI_FIELD_OVERDUE : UI_FIELD_SLEEPING;
}

const char *
ui_field_state_label (UiFieldState state)
{
  g_return_val_if_fail (state < UI_N_FIELD_STATES, states[0].label);
  return states[state].label;
}

gboolean
ui_field_state_stands_out (UiFieldState state)
{
  return state < UI_N_FIELD_STATES && states[state].stands_out;
}
