/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "comms/link-state.h"

#define MS (G_USEC_PER_SEC / 1000)

static void
test_news_once (void)
{
  CommsLinkState state = { 0 };

  g_assert_true (comms_link_state_failed (&state, "no such device"));
  g_assert_false (comms_link_state_failed (&state, "no such device"));
  g_assert_true (comms_link_state_failed (&state, "permission denied"));
  g_assert_cmpstr (state.failure, ==, "permission denied");
  g_assert_true (comms_link_state_heard (&state));
  g_assert_null (state.failure);
  g_assert_false (comms_link_state_heard (&state));
  g_assert_true (comms_link_state_failed (&state, "permission denied"));   /* again, after it had worked */
  g_assert_false (state.working);
  comms_link_state_clear (&state);
}

static void
test_pauses (void)
{
  static const gint64 grows[] = { 250 * MS, 500 * MS, 1000 * MS, 2000 * MS, 4000 * MS, COMMS_LINK_RETRY, COMMS_LINK_RETRY };
  CommsLinkState state = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (grows); i++) {
    comms_link_state_attempt (&state);
    comms_link_state_opened (&state);          /* to open is not to work */
    g_assert_cmpint (state.pause, ==, grows[i]);
  }
  comms_link_state_heard (&state);
  g_assert_cmpint (state.pause, ==, 0);
  comms_link_state_attempt (&state);
  g_assert_cmpint (state.pause, ==, grows[0]);
}

static void
test_reconnects (void)
{
  CommsLinkState state = { 0 };

  g_assert_false (comms_link_state_opened (&state));
  g_assert_true (comms_link_state_failed (&state, "gone"));
  g_assert_true (comms_link_state_opened (&state));
  comms_link_state_clear (&state);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-state/what-is-known-is-not-reported-again", test_news_once);
  g_test_add_func ("/link-state/pauses-grow-until-something-is-heard", test_pauses);
  g_test_add_func ("/link-state/only-a-second-opening-is-a-reconnect", test_reconnects);
  return g_test_run ();
}
