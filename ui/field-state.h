/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How it stands with a unit that dials in. Pure: now comes in. */
#pragma once

#include "gdp/engine.h"
#include "gdp/device.h"

G_BEGIN_DECLS

/* A call may come this much later than announced before it counts as overdue: dialing takes its time. */
#define UI_FIELD_GRACE (2 * 60 * GDP_SECOND)

/* In order of how much they need a person. */
typedef enum {
  UI_FIELD_SILENT,      /* longer than it may be */
  UI_FIELD_OVERDUE,     /* did not call when it said it would */
  UI_FIELD_NEVER,       /* was never heard */
  UI_FIELD_AWAY,        /* was heard, and did not say when it will call */
  UI_FIELD_SLEEPING,    /* until its next call */
  UI_FIELD_IN_SESSION,
  UI_N_FIELD_STATES
} UiFieldState;

/* @device, @contact: NULL = nothing known. */
UiFieldState ui_field_state (const GdpDevice *device, const GdpContactInfo *contact, gint64 now);
/* The next call it announced, µs; 0 = none. */
gint64       ui_field_next_call (const GdpDevice *device, const GdpContactInfo *contact);
/* The last word of it, µs; 0 = never. */
gint64       ui_field_seen (const GdpDevice *device, const GdpContactInfo *contact);
const char  *ui_field_state_label (UiFieldState state);   /* English, marked for translation */
/* Shown as a badge: a person should look at it. */
gboolean     ui_field_state_stands_out (UiFieldState state);

G_END_DECLS
