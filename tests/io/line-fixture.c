/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line-fixture.h"

#include <math.h>
#include <string.h>

#include "../patience.h"
#include "comms/connection.h"


static GdpProfile *
make_profile (gboolean far)
{
  GdpRegister registers[24];
  static const struct { const char *prefix; GdpTable table; GdpRegisterType type; guint first; } groups[] = {
    { "ai", GDP_TABLE_INPUT_REGISTERS, GDP_REGISTER_U16, 0 },
    { "di", GDP_TABLE_DISCRETE_INPUTS, GDP_REGISTER_BIT, 0 },
    { "far", GDP_TABLE_INPUT_REGISTERS, GDP_REGISTER_U16, 200 },
  };
  g_autoptr (GStringChunk) names = g_string_chunk_new (256);
  GdpProfile *profile;
  guint n = far ? 24 : 16;

  for (guint i = 0; i < n; i++) {
    g_autofree char *channel = g_strdup_printf ("%s%u", groups[i / 8].prefix, i % 8 + 1);
    registers[i] = (GdpRegister){ .channel = g_string_chunk_insert (names, channel),
                                  .table = groups[i / 8].table,
                                  .address = groups[i / 8].first + i % 8,
                                  .type = groups[i / 8].type,
                                  .scale = 1 };
  }
  profile = gdp_profile_new (far ? "test-far" : "test", "Test", registers, n, NULL);
  g_assert_nonnull (profile);
  return profile;
}

static void
add_points (GdpNetworkBuilder *builder, guint unit, const GdpProfile *profile)
{
  for (guint i = 0; i < profile->n_registers; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *id = g_strdup_printf ("S/u%u-%s", unit + 1, profile->registers[i].channel);
    GdpPoint point = { .id = id,
                       .unit = unit,
                       .kind = GDP_POINT_ANALOG,
                       .channel = profile->registers[i].channel,
                       .engineering_unit = "",
                       .resolution = 1,
                       .keep_every = 60 };

    gdp_network_builder_add_point (builder, &point, &error);
    g_assert_no_error (error);
  }
}

static GdpNetwork *
make_network (const GdpLink *link, guint n_links, guint n_units, double period, gboolean far)
{
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  g_autoptr (GdpProfile) profile = make_profile (far);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_links; i++) {
    g_autofree char *id = g_strdup_printf ("%s-%u", link->id, i + 1);
    GdpLink its = *link;
    its.id = id;
    gdp_network_builder_add_link (builder, &its, &error);
    g_assert_no_error (error);
  }
  gdp_network_builder_add_site (
      builder, &(GdpSite){ .id = "S", .name = "Site", .latitude = NAN, .longitude = NAN }, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_links * n_units; i++) {
    g_autofree char *id = g_strdup_printf ("S/unit%u", i + 1);
    GdpUnit unit = { .id = id, .link = i / n_units, .address = (guint8) (i % n_units + 1), .profile = profile,
                     .period = period };

    gdp_network_builder_add_unit (builder, &unit, &error);
    g_assert_no_error (error);
    add_points (builder, i, profile);
  }
  return gdp_network_builder_finish (builder);
}

GdpNetwork *
line_fixture_network (const GdpLink *link, guint n_units, double period, gboolean far)
{
  return make_network (link, 1, n_units, period, far);
}

GdpNetwork *
line_fixture_links (const GdpLink *link, guint n_links, double period)
{
  return make_network (link, n_links, 1, period, FALSE);
}

GdpLink
line_fixture_serial (const char *device)
{
  return (GdpLink){ .id = "rs485",
                    .kind = GDP_LINK_MODBUS_RTU,
                    .device = device,
                    .baud = 9600,
                    .parity = 'N',
                    .stop_bits = 1 };
}

GdpLink
line_fixture_tcp (guint16 port)
{
  return (GdpLink) { .id = "tcp", .kind = GDP_LINK_MODBUS_TCP, .host = "127.0.0.1", .port = port };
}

gboolean
line_fixture_take (CommsReport *report, gpointer user_data)
{
  LineFixture *fixture = user_data;

  if (g_atomic_int_get (&fixture->full))
    return FALSE;
  g_async_queue_push (fixture->reports, report);
  return TRUE;
}

static gint64
now (gpointer user_data)
{
  return g_get_real_time ();
}

LineFixture *
line_fixture_new (const GdpLink *link, guint n_units, double period, gboolean far)
{
  return line_fixture_new_full (link, n_units, period, far, COMMS_TURNAROUND);
}

LineFixture *
line_fixture_new_full (const GdpLink *link, guint n_units, double period, gboolean far, gint64 turnaround)
{
  LineFixture *fixture = g_new0 (LineFixture, 1);

  fixture->network = line_fixture_network (link, n_units, period, far);
  fixture->reports = g_async_queue_new_full ((GDestroyNotify) comms_report_free);
  fixture->sink = (CommsSink) { line_fixture_take, now, fixture };
  if (link->kind == GDP_LINK_MODBUS_TCP)
    fixture->tcp = comms_tcp_lines_start (fixture->network, &fixture->sink);
  else
    fixture->line = comms_line_start_full (fixture->network, 0, turnaround, &fixture->sink);
  return fixture;
}

void
line_fixture_free (LineFixture *fixture)
{
  comms_line_stop (fixture->line);
  comms_tcp_lines_stop (fixture->tcp);
  g_async_queue_unref (fixture->reports);
  gdp_network_unref (fixture->network);
  g_free (fixture);
}

/* No value may ever be that of another register or slave. */
static void
check_samples (LineFixture *fixture, const CommsReport *report)
{
  for (guint i = 0; i < report->n_samples; i++) {
    const GdpSample *sample = &report->samples[i];
    const GdpPoint *point = &fixture->network->points[sample->point];
    const GdpUnit *unit = &fixture->network->units[point->unit];
    const GdpRegister *reg = gdp_profile_find (unit->profile, point->channel);

    g_assert_cmpuint (point->unit, ==, report->unit);
    g_assert_cmpint (sample->time, >, 0);
    if (sample->reason == GDP_REASON_NONE)
      g_assert_cmpfloat (sample->raw, ==,
                         reg->type == GDP_REGISTER_BIT ? (unit->address + reg->address) & 1
                                                       : unit->address * 1000 + reg->address);
  }
}

static CommsReport *
expect (LineFixture *fixture, CommsReportKind kind, guint unit, const char *text)
{
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;
  g_autoptr (GString) seen = g_string_new (NULL);

  for (;;) {
    gint64 left = end - g_get_monotonic_time ();
    CommsReport *report = left > 0 ? g_async_queue_timeout_pop (fixture->reports, left) : NULL;

    if (report == NULL)
      g_error ("no report of kind %d for unit %d with “%s”; instead:%s", kind, (int) unit, text, seen->str);
    check_samples (fixture, report);
    if (report->kind == kind && (unit == G_MAXUINT || report->unit == unit) &&
        (text == NULL || (report->detail != NULL && strstr (report->detail, text) != NULL)))
      return report;
    if (seen->len < 2000)
      g_string_append_printf (seen, " %d/%d(%s)", report->kind, (int) report->unit,
                              report->detail != NULL ? report->detail : "");
    comms_report_free (report);
  }
}

CommsReport *
line_fixture_expect (LineFixture *fixture, CommsReportKind kind, guint unit)
{
  return expect (fixture, kind, unit, NULL);
}

void
line_fixture_expect_good (LineFixture *fixture, guint unit, guint n)
{
  for (guint i = 0; i < n; i++) {
    CommsReport *report = line_fixture_expect (fixture, COMMS_REPORT_SAMPLES, unit);

    g_assert_cmpuint (report->n_samples, >=, 16);
    for (guint s = 0; s < report->n_samples; s++)
      g_assert_cmpint (report->samples[s].reason, ==, GDP_REASON_NONE);
    comms_report_free (report);
  }
}

void
line_fixture_expect_detail (LineFixture *fixture, CommsReportKind kind, guint unit, const char *text)
{
  comms_report_free (expect (fixture, kind, unit, text));
}

CommsReport *
line_fixture_find (LineFixture *fixture, CommsReportKind kind)
{
  CommsReport *found = NULL, *report;

  while ((report = g_async_queue_try_pop (fixture->reports)) != NULL) {
    check_samples (fixture, report);
    if (found == NULL && report->kind == kind)
      found = report;
    else
      comms_report_free (report);
  }
  return found;
}

double
line_fixture_raw (LineFixture *fixture, const CommsReport *report, const char *channel, GdpReason *reason)
{
  for (guint i = 0; i < report->n_samples; i++)
    if (strcmp (fixture->network->points[report->samples[i].point].channel, channel) == 0) {
      *reason = report->samples[i].reason;
      return report->samples[i].raw;
    }
  g_error ("the report has no %s", channel);
}

CommsTraffic
line_fixture_traffic (LineFixture *fixture, guint unit)
{
  CommsTraffic traffic;

  g_assert_true (fixture->tcp != NULL ? comms_tcp_lines_traffic (fixture->tcp, 0, unit, &traffic)
                                      : comms_line_traffic (fixture->line, unit, &traffic));
  return traffic;
}
