/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strangers send first, in any segments: the same modem is found as from one segment, what is
 * certain stays so, and what goes into the journal is short and printable. */
#include "comms/registration.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static CommsRegistrations *
make_registrations (void)
{
  static GdpLink links[] = {
    { .kind = GDP_LINK_MODEM, .registration = "GDP-1" },   { .kind = GDP_LINK_MODEM, .registration = "GDP-10" },
    { .kind = GDP_LINK_MODEM, .registration = "GDP-10-B" }, { .kind = GDP_LINK_MODEM, .registration = "A" },
    { .kind = GDP_LINK_MODEM, .registration = "867322045678901" },
    { .kind = GDP_LINK_MODEM, .registration = "\r\nGRP\xD0\x9F\r\n" },
  };
  GdpNetwork network = { .links = links, .n_links = G_N_ELEMENTS (links) };

  return comms_registrations_new (&network);
}

static void
check_segments (const CommsRegistrations *registrations, const guint8 *data, gsize size)
{
  guint link = G_MAXUINT, whole_link = G_MAXUINT;
  gsize used = 0;
  CommsRegistrationMatch whole = comms_registrations_match (registrations, data, size, &whole_link, &used);

  for (gsize n = 0; n <= size; n++) {
    CommsRegistrationMatch match = comms_registrations_match (registrations, data, n, &link, &used);
    g_assert_true (match == COMMS_REGISTRATION_PART || match == COMMS_REGISTRATION_UNKNOWN || used <= n);
    if (match == COMMS_REGISTRATION_KNOWN)
      g_assert_true (whole == COMMS_REGISTRATION_KNOWN && whole_link == link);
    if (match == COMMS_REGISTRATION_UNKNOWN)
      g_assert_true (whole == COMMS_REGISTRATION_UNKNOWN);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static CommsRegistrations *registrations;
  g_autofree char *shown = comms_registration_printable (data, size);

  if (registrations == NULL)
    registrations = make_registrations ();
  check_segments (registrations, data, MIN (size, 2 * COMMS_REGISTRATION_MAX));
  g_assert_true (strlen (shown) < 300);
  for (const char *c = shown; *c != '\0'; c++)
    g_assert_true (g_ascii_isprint (*c));
  return 0;
}
