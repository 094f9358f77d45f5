/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-call.h"

#include <sys/socket.h>
#include <unistd.h>

const CommsSessionSettings patient = { .quiet_time = 0.1, .response_time = 10, .response_least = 10 };
const CommsSessionSettings impatient = { .quiet_time = 0.1, .response_time = 0.3, .response_least = 0.3,
                                                .response_most = 0.6, .dead_after = 100 };

Call
call_in (guint n_units, gboolean discrete, CommsSessionSettings settings)
{
  Call call = { .field = field_start (field_network (1, n_units, 0.2, discrete), settings) };

  call.fd = modem_register (call.field, "GDP-0000");
  return call;
}

void
end_call (Call *call)
{
  close (call->fd);
  field_stop (call->field);
}

CommsTraffic
traffic_of (Call *call)
{
  CommsTraffic traffic;

  g_assert_true (comms_session_server_traffic (call->field->server, 0, G_MAXUINT, &traffic));
  return traffic;
}

void
assert_value (Call *call, double first_value)
{
  CommsReport *report = field_wait (call->field, COMMS_REPORT_SAMPLES);

  g_assert_cmpuint (report->n_samples, ==, 2);
  g_assert_cmpfloat (report->samples[0].raw, ==, first_value);
  g_assert_cmpfloat (report->samples[1].raw, ==, first_value + 1);
  comms_report_committed (report);
}

void
answer_poll (Call *call, guint16 first_value)
{
  CommsRequest request = modem_asked (call->fd);

  modem_answer (call->fd, &request, first_value);
  assert_value (call, first_value);
}

CommsRequest
never_answered (Call *call)
{
  modem_asked (call->fd);
  CommsRequest request = modem_asked (call->fd);
  CommsReport *report = field_wait (call->field, COMMS_REPORT_UNIT_FAILED);

  g_assert_cmpuint (report->unit, ==, 0);
  g_assert_true (g_str_has_prefix (report->detail, "no answer in 0."));
  comms_report_free (report);
  return request;
}

void
hang_up_at_once (Call *call)
{
  struct linger at_once = { .l_onoff = 1 };

  setsockopt (call->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (call->fd);
}
