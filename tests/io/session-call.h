/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of polling through a modem: one that has called in and does as it is told. */
#pragma once

#include "session-field.h"

/* Answers on cue come at once; a test that waits for a time-out sets it short. */
extern const CommsSessionSettings patient, impatient;

typedef struct {
  Field *field;
  int    fd;
} Call;

/* Modem "modem-0" is in session, its @n_units units are polled every 0.2 s. */
Call         call_in    (guint n_units, gboolean discrete, CommsSessionSettings settings);
void         end_call   (Call *call);
CommsTraffic traffic_of (Call *call);

/* A poll's report has these values, and counts as committed; the next request is answered, and so reported. */
void assert_value (Call *call, double first_value);
void answer_poll  (Call *call, guint16 first_value);
/* The unit is asked twice and has failed. Returns the last request. */
CommsRequest never_answered (Call *call);
/* A reset, not an end. */
void hang_up_at_once (Call *call);
