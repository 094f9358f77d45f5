/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-field.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../patience.h"

static const GdpRegister registers[] = {
  { "ai1", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, .scale = 1 },
  { "ai2", GDP_TABLE_INPUT_REGISTERS, 1, GDP_REGISTER_U16, .scale = 1 },
  { "di1", GDP_TABLE_DISCRETE_INPUTS, 0, GDP_REGISTER_BIT, .scale = 1 },
};

static void
add_point (GdpNetworkBuilder *builder, guint site, guint unit, const char *channel)
{
  g_autofree char *id = g_strdup_printf ("S%u/%s-%u", site, channel, unit);
  gboolean bit = channel[0] == 'd';
  GdpPoint point = { .id = id, .site = site, .unit = unit, .channel = channel, .engineering_unit = "",
                     .kind = bit ? GDP_POINT_DISCRETE : GDP_POINT_ANALOG,
                     .scaling = { bit ? GDP_SIGNAL_CONTACT : GDP_SIGNAL_NUMBER },
                     .resolution = 1, .keep_every = 60 };

  g_assert_cmpuint (gdp_network_builder_add_point (builder, &point, NULL), !=, G_MAXUINT);
}

static void
add_modem (GdpNetworkBuilder *builder, const GdpProfile *profile, guint number, guint n_units, double period,
           gboolean discrete)
{
  g_autofree char *id = g_strdup_printf ("modem-%u", number),
                  *registration = g_strdup_printf ("GDP-%04u", number);
  g_autofree char *site_id = g_strdup_printf ("S%u", number);
  guint link = gdp_network_builder_add_link (builder, &(GdpLink) { .id = id, .kind = GDP_LINK_MODEM,
                                             .registration = registration, .heartbeat = "PING" }, NULL);
  guint site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = site_id }, NULL);

  for (guint i = 0; i < n_units; i++) {
    g_autofree char *unit_id = g_strdup_printf ("S%u/u%u", number, i);
    GdpUnit its = {
      .id = unit_id, .site = site, .link = link, .address = 1 + i, .profile = profile, .period = period
    };
    guint unit = gdp_network_builder_add_unit (builder, &its, NULL);
    g_assert_cmpuint (unit, !=, G_MAXUINT);
    add_point (builder, site, unit, "ai1");
    add_point (builder, site, unit, "ai2");
    if (discrete)
      add_point (builder, site, unit, "di1");
  }
}

GdpNetwork *
field_network (guint n_modems, guint n_units, double period, gboolean discrete)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();
  g_autoptr (GdpProfile) profile
      = gdp_profile_new ("test", "Test", registers, G_N_ELEMENTS (registers), NULL);

  for (guint i = 0; i < n_modems; i++)
    add_modem (builder, profile, i, n_units, period, discrete);
  gdp_network_builder_add_link (builder, &(GdpLink) { .id = "modem-long", .kind = GDP_LINK_MODEM,
                                .registration = "GDP-0000-B" }, NULL);
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

static gboolean
take (CommsReport *report, gpointer user_data)
{
  Field *field = user_data;

  if (g_atomic_int_get (&field->full))
    return FALSE;
  g_async_queue_push (field->reports, report);
  return TRUE;
}

static gint64
now (gpointer user_data)
{
  return g_get_real_time ();
}

Field *
field_start (GdpNetwork *network, CommsSessionSettings settings)
{
  Field *field = g_new0 (Field, 1);
  g_autoptr (GError) error = NULL;

  field->network = network;
  field->reports = g_async_queue_new_full ((GDestroyNotify) comms_report_free);
  settings.listen = "127.0.0.1:0";
  field->server = comms_session_server_start (network, &settings, &(CommsSink) { take, now, field }, &error);
  g_assert_no_error (error);
  return field;
}

void
field_stop (Field *field)
{
  comms_session_server_stop (field->server);
  g_async_queue_unref (field->reports);
  gdp_network_unref (field->network);
  g_free (field);
}

CommsReport *
field_wait (Field *field, CommsReportKind kind)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < deadline) {
    CommsReport *report = g_async_queue_timeout_pop (field->reports, 100000);
    if (report != NULL && report->kind == kind)
      return report;
    if (report != NULL)
      g_test_message ("meanwhile a report of kind %d: %s", report->kind,
                      report->event != NULL ? report->event->text : report->detail != NULL ? report->detail : "");
    comms_report_free (report);
  }
  g_error ("no report of kind %d came", kind);
}

char *
field_wait_event (Field *field, GdpEventKind kind)
{
  while (TRUE) {
    CommsReport *report = field_wait (field, COMMS_REPORT_EVENT);
    char *text = report->event->kind == kind ? g_strdup (report->event->text) : NULL;
    comms_report_free (report);
    if (text != NULL)
      return text;
  }
}

void
field_assert_none (Field *field, CommsReportKind kind)
{
  for (CommsReport *report; (report = g_async_queue_try_pop (field->reports)) != NULL;
       comms_report_free (report))
    g_assert_cmpint (report->kind, !=, kind);
}

void
field_wait_sessions (Field *field, guint n)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (comms_session_server_n_sessions (field->server) != n) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
}

int
modem_call (Field *field)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = g_htons (comms_session_server_port (field->server)),
                                 .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);   /* bytes sent one by one arrive one by one */
  return fd;
}

void
modem_send (int fd, const void *bytes, gsize length)
{
  g_assert_cmpint (send (fd, bytes, length, MSG_NOSIGNAL), ==, length);
}

void
modem_say (int fd, const char *text)
{
  modem_send (fd, text, strlen (text));
}

int
modem_register (Field *field, const char *registration)
{
  int fd = modem_call (field);

  modem_say (fd, registration);
  return fd;
}

gboolean
modem_hears (int fd, double seconds)
{
  struct pollfd one = { fd, POLLIN, 0 };

  return poll (&one, 1, seconds * 1000) > 0;
}

CommsRequest
modem_asked (int fd)
{
  guint8 frame[COMMS_RTU_MAX];
  CommsRequest request;
  gsize length = 0, consumed;

  while (TRUE) {
    g_autoptr (GError) error = NULL;
    if (length > 0 && comms_rtu_parse_request (frame, length, &request, &consumed, &error)) {
      g_assert_cmpuint (consumed, ==, length);   /* one request at a time */
      return request;
    }
    if (length > 0)
      g_assert_error (error, COMMS_RTU_ERROR, COMMS_RTU_ERROR_SHORT);
    if (!modem_hears (fd, PATIENCE))
      g_error ("no request came");
    ssize_t n = recv (fd, frame + length, sizeof frame - length, 0);
    if (n <= 0)
      g_error ("the server hung up instead of asking");
    length += n;
  }
}

gsize
modem_frame (const CommsRequest *request, guint16 first_value, guint8 *frame)
{
  guint16 values[2000];

  for (guint i = 0; i < request->query.count; i++)
    values[i] = first_value + i;
  return comms_rtu_respond (request, values, frame);
}

void
modem_answer (int fd, const CommsRequest *request, guint16 first_value)
{
  guint8 frame[COMMS_RTU_MAX];

  modem_send (fd, frame, modem_frame (request, first_value, frame));
}

void
modem_wait_end (int fd)
{
  guint8 bytes[256];

  while (modem_hears (fd, PATIENCE))
    if (recv (fd, bytes, sizeof bytes, 0) <= 0) {
      close (fd);
      return;
    }
  g_error ("the server did not hang up");
}
