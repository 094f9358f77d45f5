/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A BBT in the engine: it sleeps, calls, and tells what was meanwhile. */
#include <math.h>

#include "gdp/engine.h"

enum { BBT, SLAVE, OTHER, N_UNITS };
enum { OUTLET, LOOP, DOOR, VALVE, TEMPERATURE };
#define START (1000000 * GDP_SECOND)
#define MINUTE (60 * GDP_SECOND)
#define HOUR (60 * MINUTE)
#define HIGH "S/outlet.high"
#define LOW "S/outlet.low"

typedef struct {
  GdpNetwork *network;
  GdpEngine  *engine;
  GdpChanges *changes;
  gint64      now;
} Field;

static void
add_point (GdpNetworkBuilder *builder, gint64 key, const char *id, GdpPointKind kind, const char *channel, GdpScaling scaling,
           GdpLimits limits)
{
  GdpPoint point = { .key = key, .id = id, .kind = kind, .channel = channel, .engineering_unit = "", .scaling = scaling,
                     .resolution = 0.01, .keep_every = 60, .limits = limits };
  g_assert_cmpuint (gdp_network_builder_add_point (builder, &point, NULL), !=, G_MAXUINT);
}

static GdpNetwork *
make_network (float on_delay)
{
  GdpRegister own[] = { { "ext1", GDP_TABLE_REPORT_VALUES, 17, GDP_REGISTER_FLOAT, .scale = 1 },
                        { "ai1", GDP_TABLE_REPORT_VALUES, 1, GDP_REGISTER_U16, .scale = 0.001 },
                        { "temperature", GDP_TABLE_REPORT_VALUES, 14, GDP_REGISTER_S16, .scale = 0.1 },
                        { "di1", GDP_TABLE_REPORT_BITS, 0, GDP_REGISTER_BIT, .scale = 1 },
                        { "di2", GDP_TABLE_REPORT_BITS, 1, GDP_REGISTER_BIT, .scale = 1 } };
  GdpRegister foreign = { "r0", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, .scale = 1 };
  g_autoptr (GdpProfile) bbt = gdp_profile_new ("bbt", NULL, own, G_N_ELEMENTS (own), NULL);
  g_autoptr (GdpProfile) slave = gdp_profile_new ("slave", NULL, &foreign, 1, NULL);
  g_autoptr (GdpSettings) settings = gdp_settings_parse ("confirmation=6h", NULL);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();

  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 1, .id = "bbt-1", .kind = GDP_LINK_BBT, .serial = "1",
                                                      .settings = settings }, NULL);
  gdp_network_builder_add_link (builder, &(GdpLink) { .key = 2, .id = "bbt-2", .kind = GDP_LINK_BBT, .serial = "2" }, NULL);
  gdp_network_builder_add_site (builder, &(GdpSite) { .id = "S" }, NULL);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = 1, .id = "S/bbt", .profile = bbt, .period = 1 }, NULL);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = 2, .id = "S/slave", .address = 5, .profile = slave,
                                                      .period = 60 }, NULL);
  gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = 3, .id = "S/other", .link = 1, .profile = bbt, .period = 1 }, NULL);
  GdpLimits outlet = { .level = { [GDP_LEVEL_L] = { 1.8, 0.1, on_delay, 0, 3 }, [GDP_LEVEL_H] = { 2.75, 0.1, on_delay, 0, 2 },
                                  [GDP_LEVEL_HH] = { 2.9, 0.1, on_delay, 0, 1 } } };
  add_point (builder, 1, "S/outlet", GDP_POINT_OUTLET_PRESSURE, "ext1", (GdpScaling) { GDP_SIGNAL_NUMBER }, outlet);
  add_point (builder, 2, "S/loop", GDP_POINT_INLET_PRESSURE, "ai1", (GdpScaling) { GDP_SIGNAL_CURRENT, 0, 16 },
             (GdpLimits) { .fault_priority = 3 });
  add_point (builder, 3, "S/door", GDP_POINT_DOOR, "di1", (GdpScaling) { GDP_SIGNAL_CONTACT },
             (GdpLimits) { .state = { 0, 0, 1, 3 } });
  add_point (builder, 4, "S/valve", GDP_POINT_VALVE, "di2", (GdpScaling) { GDP_SIGNAL_CONTACT }, (GdpLimits) { 0 });
  add_point (builder, 5, "S/temperature", GDP_POINT_AUX_TEMPERATURE, "temperature", (GdpScaling) { GDP_SIGNAL_NUMBER },
             (GdpLimits) { 0 });
  return gdp_network_builder_finish (builder);
}

static void
open_field (Field *f, float on_delay)
{
  f->network = make_network (on_delay);
  f->now = START;
  f->engine = gdp_engine_new (f->network, "server", START);
  f->changes = gdp_changes_new ();
}

static void
set_up (Field *f, gconstpointer data)
{
  open_field (f, 0);
}

static void
set_up_with_delay (Field *f, gconstpointer data)
{
  open_field (f, 5);
}

static void
tear_down (Field *f, gconstpointer data)
{
  gdp_changes_free (f->changes);
  gdp_engine_free (f->engine);
  gdp_network_unref (f->network);
}

static void
pass (Field *f, gint64 time)
{
  gint64 until = f->now + time;

  while (gdp_engine_deadline (f->engine) <= until) {
    f->now = MAX (f->now, gdp_engine_deadline (f->engine));
    gdp_engine_tick (f->engine, f->now, f->changes);
  }
  f->now = until;
  gdp_engine_tick (f->engine, f->now, f->changes);
}

static void
live (Field *f, guint point, double raw)
{
  GdpSample sample = { .point = point, .time = f->now, .raw = raw };
  gdp_engine_samples (f->engine, BBT, f->now, &sample, 1, f->changes);
}

/* One value a minute of the outlet, the first @minutes ago. NaN: the module did not answer. */
static void
rows (Field *f, int minutes, guint n, const double *values, GdpReason reason)
{
  g_autofree GdpSample *samples = g_new0 (GdpSample, n);

  for (guint i = 0; i < n; i++)
    samples[i] = (GdpSample) { .point = OUTLET, .time = f->now - (minutes - (gint64) i) * MINUTE, .raw = values[i],
                               .reason = isnan (values[i]) ? GDP_REASON_NO_COMMUNICATION : reason };
  gdp_engine_history (f->engine, BBT, f->now, samples, n, f->changes);
}
#define ROWS(f, minutes, ...)                                                                                \
  rows (f, minutes, G_N_ELEMENTS (((double[]) { __VA_ARGS__ })), (double[]) { __VA_ARGS__ }, GDP_REASON_NONE)

static const GdpEvent *
event_of (Field *f, GdpEventKind kind, const char *object, guint nth)
{
  for (guint i = 0; i < f->changes->events->len; i++) {
    const GdpEvent *event = f->changes->events->pdata[i];
    if (event->kind == kind && g_strcmp0 (event->object, object) == 0 && nth-- == 0)
      return event;
  }
  return NULL;
}

static guint
count (Field *f, GdpEventKind kind)
{
  guint n = 0;
  for (guint i = 0; i < f->changes->events->len; i++)
    n += ((GdpEvent *) f->changes->events->pdata[i])->kind == kind;
  return n;
}

static const char *
state_of (Field *f, const char *id)
{
  const GdpAlarm *alarm = gdp_engine_alarm (f->engine, id);
  return alarm != NULL ? gdp_alarm_state_word (gdp_alarm_state (alarm)) : "none";
}

/* ---- sleep -------------------------------------------------------------------------------- */

static const GdpContactInfo *
contact_of (Field *f, guint unit)
{
  for (guint i = f->changes->contacts->len; i > 0; i--) {
    const GdpContactInfo *info = f->changes->contacts->pdata[i - 1];
    if (!info->link && info->key == f->network->units[unit].key)
      return info;
  }
  return NULL;
}

static void
hang_up (Field *f, gint64 next_call)
{
  gdp_engine_link_expected (f->engine, 0, f->now, next_call);
  pass (f, 0);
}

static void
test_sleeps (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  gint64 call = f->now + 4 * HOUR;
  hang_up (f, call);
  g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_SLEEPING);
  g_assert_cmpint (contact_of (f, BBT)->next_call, ==, call);
  g_assert_cmpint (contact_of (f, SLAVE)->state, ==, GDP_CONTACT_SLEEPING);
  gdp_changes_clear (f->changes);
  pass (f, 4 * HOUR);
  g_assert_cmpuint (f->changes->events->len + f->changes->alarms->len + f->changes->readings->len, ==, 0);
  live (f, OUTLET, 2.3);
  g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_OK);
  g_assert_cmpuint (f->changes->events->len, ==, 0);   /* to wake is everyday */
}

static void
test_missed_call (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  hang_up (f, f->now + 1 * HOUR);
  pass (f, 1 * HOUR + GDP_CALL_GRACE - 1);
  g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_SLEEPING);
  pass (f, 1);
  g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_SILENT);
  g_assert_cmpstr (state_of (f, "bbt-1.lost"), ==, "unacked");   /* one row for it and what is behind it */
  g_assert_cmpint (gdp_engine_alarm (f->engine, "bbt-1.lost")->active, ==, TRUE);
  live (f, OUTLET, 2.3);
  g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_OK);
}

static void
test_alone_is_silent (Field *f, gconstpointer data)
{
  gdp_engine_samples (f->engine, OTHER, f->now, NULL, 0, f->changes);
  gdp_engine_link_expected (f->engine, 1, f->now, f->now + HOUR);
  pass (f, 1 * HOUR + GDP_CALL_GRACE);
  g_assert_cmpstr (state_of (f, "S/other.silent"), ==, "unacked");
}

/* It did not say when, or in a year: 1.5 confirmation periods. */
static void
test_call_not_known (Field *f, gconstpointer data)
{
  for (guint i = 0; i < 2; i++) {
    live (f, OUTLET, 2.3);
    hang_up (f, i == 0 ? 0 : f->now + 365 * 24 * HOUR);
    pass (f, 9 * HOUR - 1);
    g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_SLEEPING);
    g_assert_cmpint (contact_of (f, BBT)->next_call, ==, 0);
    pass (f, 1);
    g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_SILENT);
  }
}

static void
test_stale_in_its_sleep (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  hang_up (f, f->now + 30 * HOUR);
  pass (f, 9 * HOUR - 1);
  gdp_changes_clear (f->changes);
  pass (f, 2);
  g_assert_cmpint (contact_of (f, BBT) != NULL, ==, FALSE);   /* still asleep: it said 30 h */
  g_assert_cmpuint (f->changes->readings->len, >=, 1);
  g_assert_cmpint (g_array_index (f->changes->readings, GdpReading, 0).reason, ==, GDP_REASON_STALE);
}

static void
test_clock_set_forward (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  hang_up (f, f->now + 4 * HOUR);
  gdp_engine_clock_set_forward (f->engine, 24 * HOUR);
  f->now += 24 * HOUR;
  pass (f, 3 * HOUR);
  g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_SLEEPING);
}

/* A server that starts while units sleep does not take what they said for doubtful. */
static void
test_restart (Field *f, gconstpointer data)
{
  live (f, OUTLET, 3.0);
  g_autoptr (GPtrArray) contacts = g_ptr_array_new ();
  GdpReading reading = g_array_index (f->changes->readings, GdpReading, 0);
  g_autoptr (GdpAlarm) alarm = gdp_alarm_copy (gdp_engine_alarm (f->engine, HIGH));
  gint64 call = f->now + 4 * HOUR;
  GdpContactInfo info = { .key = 1, .state = GDP_CONTACT_SLEEPING, .seen = f->now, .next_call = call };
  g_ptr_array_add (contacts, &info);
  tear_down (f, NULL);
  open_field (f, 0);
  f->now += HOUR;
  gdp_engine_tick (f->engine, f->now, f->changes);
  gdp_engine_restore_alarm (f->engine, alarm);
  gdp_engine_restore_reading (f->engine, &reading);
  gdp_engine_restore_contacts (f->engine, contacts);
  gdp_changes_clear (f->changes);
  pass (f, 3 * HOUR);
  g_assert_cmpint (contact_of (f, BBT)->state, ==, GDP_CONTACT_SLEEPING);
  g_assert_cmpint (contact_of (f, BBT)->next_call, ==, call);
  g_assert_cmpuint (f->changes->readings->len, ==, 0);
  g_assert_cmpint (gdp_engine_alarm (f->engine, HIGH)->reason, ==, GDP_REASON_NONE);
  live (f, OUTLET, 2.3);
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
}

/* ---- late records ------------------------------------------------------------------------- */

static void
test_nothing_is_dropped (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  live (f, OUTLET, 2.3);
  gdp_changes_clear (f->changes);
  ROWS (f, 40, 2.3, 2.3, 2.3, NAN, 2.301);
  g_assert_cmpuint (f->changes->readings->len, ==, 5);
  for (guint i = 0; i < 5; i++) {
    const GdpReading *reading = &g_array_index (f->changes->readings, GdpReading, i);
    g_assert_cmpint (reading->time, ==, f->now - (40 - (gint64) i) * MINUTE);
    g_assert_cmpint (reading->received, ==, f->now);
    g_assert_cmpint (reading->reason, ==, i == 3 ? GDP_REASON_NO_COMMUNICATION : GDP_REASON_NONE);
  }
  g_assert_cmpuint (f->changes->events->len + f->changes->alarms->len, ==, 0);
}

static void
test_excursion_over (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  live (f, OUTLET, 2.3);
  gdp_changes_clear (f->changes);
  ROWS (f, 40, 2.3, 2.8, 3.0, 2.7, 2.5);
  const GdpAlarm *alarm = gdp_engine_alarm (f->engine, HIGH);
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
  g_assert_true (alarm->quiet);
  g_assert_cmpint (alarm->occurred, ==, f->now - 38 * MINUTE);   /* of the escalation */
  g_assert_cmpint (alarm->cleared, ==, f->now - 36 * MINUTE);
  g_assert_cmpint (alarm->learned, ==, f->now);
  g_assert_cmpuint (alarm->priority, ==, 2);   /* it had eased to H */
  const GdpEvent *event = event_of (f, GDP_EVENT_ALARM_OCCURRED, HIGH, 0);
  g_assert_cmpint (event->occurred, ==, f->now - 39 * MINUTE);
  g_assert_cmpint (event->learned, ==, f->now);
  g_assert_cmpstr (event->text, ==, "2.80 , H 2.75 ");
  g_assert_cmpint (event_of (f, GDP_EVENT_ALARM_CLEARED, HIGH, 0)->occurred, ==, f->now - 36 * MINUTE);
  g_assert_cmpuint (f->changes->alarms->len, ==, 1);
}

static void
test_again_changes_nothing (Field *f, gconstpointer data)
{
  test_excursion_over (f, data);
  gdp_changes_clear (f->changes);
  ROWS (f, 40, 2.3, 2.8, 3.0, 2.7, 2.5);
  g_assert_cmpuint (f->changes->events->len + f->changes->alarms->len, ==, 0);
  /* also when the run itself is forgotten */
  hang_up (f, 0);
  live (f, OUTLET, 2.3);
  gdp_changes_clear (f->changes);
  ROWS (f, 40, 2.3, 2.8, 3.0, 2.7, 2.5);
  g_assert_cmpuint (count (f, GDP_EVENT_ALARM_OCCURRED) + count (f, GDP_EVENT_ALARM_RECURRED), ==, 0);
}

/* However the rows are cut into calls, the same comes of it in the end. */
static void
test_cuts (Field *f, gconstpointer data)
{
  static const double values[] = { 2.3, 2.8, 2.8, 2.3, 1.7, 1.7, 2.3, 2.3 };
  for (guint cut = 1; cut < G_N_ELEMENTS (values); cut++) {
    tear_down (f, NULL);
    open_field (f, 0);
    live (f, OUTLET, 2.3);
    pass (f, HOUR);
    live (f, OUTLET, 2.3);
    rows (f, 40, cut, values, GDP_REASON_NONE);
    rows (f, 40 - (int) cut, G_N_ELEMENTS (values) - cut, values + cut, GDP_REASON_NONE);
    static const struct { const char *id; int begin, end; } found[] = { { HIGH, 39, 37 }, { LOW, 36, 34 } };
    for (guint i = 0; i < G_N_ELEMENTS (found); i++) {
      const GdpAlarm *alarm = gdp_engine_alarm (f->engine, found[i].id);
      g_assert_cmpstr (state_of (f, found[i].id), ==, "rtn-unacked");
      g_assert_true (alarm->quiet);
      g_assert_cmpuint (alarm->occurrence, ==, 1);
      g_assert_cmpint (alarm->occurred, ==, f->now - found[i].begin * MINUTE);
      g_assert_cmpint (alarm->cleared, ==, f->now - found[i].end * MINUTE);
    }
    g_assert_cmpuint (count (f, GDP_EVENT_ALARM_OCCURRED), ==, 2);
    g_assert_cmpuint (count (f, GDP_EVENT_ALARM_CLEARED), ==, 2);
  }
}

/* No live report yet: the rows are the newest that is known, and what they end with is heard. */
static void
test_rows_become_live (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  gdp_changes_clear (f->changes);
  ROWS (f, 10, 2.3, 2.3, 2.8, 2.8);
  const GdpAlarm *alarm = gdp_engine_alarm (f->engine, HIGH);
  g_assert_cmpstr (state_of (f, HIGH), ==, "unacked");
  g_assert_false (alarm->quiet);
  g_assert_cmpint (alarm->occurred, ==, f->now - 8 * MINUTE);
  g_assert_cmpuint (f->changes->readings->len, ==, 4);
  live (f, OUTLET, 2.3);
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
  g_assert_cmpint (alarm->cleared, ==, f->now);
  g_assert_cmpuint (count (f, GDP_EVENT_ALARM_OCCURRED), ==, 1);
}

static void
test_known_alarm_returned (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.8);
  pass (f, HOUR);
  gdp_changes_clear (f->changes);
  ROWS (f, 10, 2.8, 2.3, 2.3);   /* newer than the live one: they end it */
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
  g_assert_cmpint (gdp_engine_alarm (f->engine, HIGH)->cleared, ==, f->now - 9 * MINUTE);
  g_assert_cmpuint (count (f, GDP_EVENT_ALARM_OCCURRED), ==, 0);
}

/* Live first, then the rows of the time between: the alarm is known already. */
static void
test_known_alarm_is_not_told_again (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.8);
  pass (f, HOUR);
  live (f, OUTLET, 2.3);
  gdp_changes_clear (f->changes);
  ROWS (f, 50, 2.8, 2.8, 2.3, 2.3);
  g_assert_cmpuint (f->changes->events->len, ==, 0);
  g_assert_cmpuint (gdp_engine_alarm (f->engine, HIGH)->occurrence, ==, 1);
}

/* The alarm of now stays as it is; what was before it is told by the journal. */
static void
test_before_a_live_alarm (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  live (f, OUTLET, 2.8);
  gint64 occurred = f->now;
  gdp_changes_clear (f->changes);
  ROWS (f, 50, 2.3, 3.0, 2.3, 2.3);
  g_assert_cmpstr (state_of (f, HIGH), ==, "unacked");
  g_assert_false (gdp_engine_alarm (f->engine, HIGH)->quiet);
  g_assert_cmpint (gdp_engine_alarm (f->engine, HIGH)->occurred, ==, occurred);
  g_assert_cmpint (event_of (f, GDP_EVENT_ALARM_OCCURRED, HIGH, 0)->occurred, ==, f->now - 49 * MINUTE);
  g_assert_cmpint (event_of (f, GDP_EVENT_ALARM_CLEARED, HIGH, 0)->occurred, ==, f->now - 48 * MINUTE);
  live (f, OUTLET, 2.3);
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
}

/* Rows that begin before the live report and end after it leave the live alarm able to clear. */
static void
test_rows_around_the_live_report (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  live (f, OUTLET, 2.8);
  pass (f, 2 * MINUTE);
  ROWS (f, 5, 2.3, 2.3, 2.3, 2.8, 2.3);
  pass (f, MINUTE);
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
}

static void
test_superseded (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  live (f, OUTLET, 2.3);
  gdp_changes_clear (f->changes);
  ROWS (f, 10, 2.3, 2.8);
  const GdpAlarm *alarm = gdp_engine_alarm (f->engine, HIGH);
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
  g_assert_true (alarm->quiet);
  g_assert_cmpint (alarm->cleared, ==, f->now);
  pass (f, MINUTE);
  live (f, OUTLET, 2.8);   /* and now it is true: it sounds */
  g_assert_cmpstr (state_of (f, HIGH), ==, "unacked");
  g_assert_false (alarm->quiet);
  g_assert_cmpuint (alarm->occurrence, ==, 2);
}

static void
test_delay_is_of_the_rows_times (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  live (f, OUTLET, 2.3);
  gdp_changes_clear (f->changes);
  GdpSample quick[] = { { OUTLET, 0, f->now - 600 * GDP_SECOND, 2.8 }, { OUTLET, 0, f->now - 596 * GDP_SECOND, 2.3 },
                        { OUTLET, 0, f->now - 500 * GDP_SECOND, 2.8 }, { OUTLET, 0, f->now - 440 * GDP_SECOND, 2.3 } };
  gdp_engine_history (f->engine, BBT, f->now, quick, G_N_ELEMENTS (quick), f->changes);
  g_assert_cmpuint (count (f, GDP_EVENT_ALARM_OCCURRED), ==, 1);   /* 4 s are less than 5 */
  const GdpAlarm *alarm = gdp_engine_alarm (f->engine, HIGH);
  g_assert_cmpint (alarm->occurred, ==, f->now - 495 * GDP_SECOND);
  g_assert_cmpint (alarm->cleared, ==, f->now - 440 * GDP_SECOND);
}

static void
test_means_are_only_stored (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  gdp_changes_clear (f->changes);
  rows (f, 10, 2, (double[]) { 3.0, 2.2 }, GDP_REASON_AVERAGED);
  g_assert_cmpuint (f->changes->readings->len, ==, 2);
  g_assert_cmpint (g_array_index (f->changes->readings, GdpReading, 0).reason, ==, GDP_REASON_AVERAGED);
  g_assert_cmpstr (state_of (f, HIGH), ==, "none");
  live (f, OUTLET, 2.3);
  g_assert_cmpuint (f->changes->readings->len, ==, 3);   /* an hour after the last: kept again */
}

/* The pressure was what it was, whenever that may have been. */
static void
test_doubtful_clock_is_judged (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  live (f, OUTLET, 2.3);
  rows (f, 10, 3, (double[]) { 2.3, 2.8, 2.3 }, GDP_REASON_CLOCK);
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
  g_assert_cmpint (g_array_index (f->changes->readings, GdpReading, f->changes->readings->len - 1).reason, ==, GDP_REASON_CLOCK);
}

static void
test_states (Field *f, gconstpointer data)
{
  live (f, DOOR, 0);
  live (f, VALVE, 1);
  pass (f, HOUR);
  live (f, DOOR, 0);
  live (f, VALVE, 1);
  gdp_changes_clear (f->changes);
  GdpSample samples[] = {
    { DOOR, 0, f->now - 30 * MINUTE, 0 }, { VALVE, 0, f->now - 30 * MINUTE, 1 },
    { DOOR, 0, f->now - 20 * MINUTE, 1 }, { VALVE, 0, f->now - 20 * MINUTE, 0 },
    { DOOR, 0, f->now - 10 * MINUTE, 0 }, { VALVE, 0, f->now - 10 * MINUTE, 1 },
  };
  gdp_engine_history (f->engine, BBT, f->now, samples, G_N_ELEMENTS (samples), f->changes);
  g_assert_cmpstr (state_of (f, "S/door.state"), ==, "rtn-unacked");
  g_assert_true (gdp_engine_alarm (f->engine, "S/door.state")->quiet);
  g_assert_cmpint (event_of (f, GDP_EVENT_ALARM_OCCURRED, "S/door.state", 0)->occurred, ==, f->now - 20 * MINUTE);
  const GdpEvent *closed = event_of (f, GDP_EVENT_STATE_CHANGED, "S/valve", 0);
  g_assert_cmpint (closed->occurred, ==, f->now - 20 * MINUTE);
  g_assert_cmpint (closed->learned, ==, f->now);
  g_assert_nonnull (event_of (f, GDP_EVENT_STATE_CHANGED, "S/valve", 1));
}

/* The unit has waited for the bounces itself: its event is not debounced a second time. */
static void
test_event_of_a_bouncing_contact (Field *f, gconstpointer data)
{
  f->network->points[DOOR].scaling.debounce = 0.1;
  live (f, DOOR, 0);
  pass (f, MINUTE);
  gdp_changes_clear (f->changes);
  GdpSample opened = { DOOR, 0, f->now, 1 };
  gdp_engine_history (f->engine, BBT, f->now, &opened, 1, f->changes);
  g_assert_cmpstr (state_of (f, "S/door.state"), ==, "unacked");
  pass (f, MINUTE);
  live (f, DOOR, 1);
  pass (f, MINUTE);
  g_assert_cmpstr (state_of (f, "S/door.state"), ==, "unacked");
  g_assert_nonnull (event_of (f, GDP_EVENT_ALARM_OCCURRED, "S/door.state", 0));
  g_assert_null (event_of (f, GDP_EVENT_ALARM_CLEARED, "S/door.state", 0));
}

static void
test_current_faults (Field *f, gconstpointer data)
{
  live (f, LOOP, 12);
  pass (f, HOUR);
  live (f, LOOP, 12);
  gdp_changes_clear (f->changes);
  GdpSample samples[] = { { LOOP, 0, f->now - 3 * MINUTE, 0.2 }, { LOOP, 0, f->now - 2 * MINUTE, 22 },
                          { LOOP, 0, f->now - 1 * MINUTE, 8 } };
  gdp_engine_history (f->engine, BBT, f->now, samples, G_N_ELEMENTS (samples), f->changes);
  static const GdpReason reasons[] = { GDP_REASON_OPEN_CIRCUIT, GDP_REASON_SENSOR_HIGH, GDP_REASON_NONE };
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (g_array_index (f->changes->readings, GdpReading, i).reason, ==, reasons[i]);
  g_assert_cmpfloat (g_array_index (f->changes->readings, GdpReading, 2).value, ==, 4);
  g_assert_cmpstr (state_of (f, "S/loop.fault"), ==, "none");
}

/* What is known last is that it cannot be known: the excursion may last, so it is heard. */
static void
test_nothing_judgeable_is_newer (Field *f, gconstpointer data)
{
  live (f, OUTLET, 2.3);
  pass (f, HOUR);
  GdpSample broken = { .point = OUTLET, .time = f->now, .reason = GDP_REASON_NO_COMMUNICATION };
  gdp_engine_samples (f->engine, BBT, f->now, &broken, 1, f->changes);
  ROWS (f, 10, 2.3, 2.8);
  const GdpAlarm *alarm = gdp_engine_alarm (f->engine, HIGH);
  g_assert_cmpstr (state_of (f, HIGH), ==, "unacked");
  g_assert_false (alarm->quiet);
  g_assert_cmpint (alarm->reason, ==, GDP_REASON_NO_COMMUNICATION);
  pass (f, MINUTE);
  live (f, OUTLET, 2.3);
  g_assert_cmpstr (state_of (f, HIGH), ==, "rtn-unacked");
}

#define ADD(name, function) g_test_add ("/engine-late/" name, Field, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-unit-that-hung-up-sleeps", test_sleeps);
  ADD ("a-missed-call-is-silence", test_missed_call);
  ADD ("a-unit-alone-on-its-link-is-silent-itself", test_alone_is_silent);
  ADD ("with-no-call-said-the-confirmation-period-counts", test_call_not_known);
  ADD ("points-of-a-sleeper-become-stale", test_stale_in_its_sleep);
  ADD ("a-clock-set-forward-wakes-nobody", test_clock_set_forward);
  ADD ("a-restart-lets-sleepers-sleep", test_restart);
  ADD ("every-row-is-stored-at-its-time", test_nothing_is_dropped);
  ADD ("an-excursion-that-is-over-waits-quietly", test_excursion_over);
  ADD ("the-same-rows-again-change-nothing", test_again_changes_nothing);
  ADD ("cuts-between-rows-do-not-matter", test_cuts);
  ADD ("rows-newer-than-live-become-live-and-sound", test_rows_become_live);
  ADD ("rows-newer-than-live-end-a-known-alarm", test_known_alarm_returned);
  ADD ("a-known-alarm-is-not-told-again", test_known_alarm_is_not_told_again);
  ADD ("an-excursion-before-a-live-alarm-is-journaled-only", test_before_a_live_alarm);
  ADD ("rows-around-a-live-report-leave-its-alarm-able-to-clear", test_rows_around_the_live_report);
  ADD ("an-open-excursion-ends-where-live-is-newer", test_superseded);
  ADD ("means-are-stored-and-judge-nothing", test_means_are_only_stored);
  ADD ("a-doubtful-clock-does-not-hide-an-excursion", test_doubtful_clock_is_judged);
  ADD ("contacts-are-judged-and-told-too", test_states);
  ADD ("an-event-of-a-bouncing-contact-is-told-once", test_event_of_a_bouncing_contact);
  ADD ("a-current-out-of-its-band-is-told-at-once", test_current_faults);
  ADD ("an-excursion-that-may-last-is-heard", test_nothing_judgeable_is_newer);
  g_test_add ("/engine-late/delays-are-of-the-rows-times", Field, NULL, set_up_with_delay,
              test_delay_is_of_the_rows_times, tear_down);
  return g_test_run ();
}
