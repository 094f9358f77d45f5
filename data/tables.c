/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the store, column by column, and the structs that they hold. */
#include "bbt-rows.h"
#include "columns.h"
#include "store.h"

#include <string.h>

/* ---- words for enums -------------------------------------------------------------------- */

#define WORDS_OF(name_, type_, word_, parse_)                                                                \
  static const char *name_##_word (int value) { return word_ ((type_) value); }                              \
  static gboolean name_##_parse (const char *word, int *value)                                               \
  {                                                                                                          \
    type_ parsed;                                                                                            \
    if (!parse_ (word, &parsed))                                                                             \
      return FALSE;                                                                                          \
    *value = (int) parsed;                                                                                   \
    return TRUE;                                                                                             \
  }                                                                                                          \
  static const DataWords name_ = { name_##_word, name_##_parse };

/* For enums that only the store needs words for. */
#define WORDS_HERE(name_, ...)                                                                               \
  static const char *const name_##_list[] = { __VA_ARGS__ };                                                 \
  static const char *name_##_word (int value)                                                                \
  {                                                                                                          \
    return list_word (name_##_list, G_N_ELEMENTS (name_##_list), value);                                     \
  }                                                                                                          \
  static gboolean name_##_parse (const char *word, int *value)                                               \
  {                                                                                                          \
    return list_parse (name_##_list, G_N_ELEMENTS (name_##_list), word, value);                              \
  }                                                                                                          \
  static const DataWords name_ = { name_##_word, name_##_parse };

static const char *
list_word (const char *const *list, guint n, int value)
{
  return (guint) value < n ? list[value] : NULL;
}

static gboolean
list_parse (const char *const *list, guint n, const char *word, int *value)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (list[i], word) == 0) {
      *value = (int) i;
      return TRUE;
    }
  return FALSE;
}

static const char *
point_kind_word (GdpPointKind kind)
{
  return gdp_point_kind_info (kind)->word;
}

WORDS_OF (point_kinds, GdpPointKind, point_kind_word, gdp_point_kind_parse)
WORDS_OF (link_kinds, GdpLinkKind, gdp_link_kind_word, gdp_link_kind_parse)
WORDS_OF (register_tables, GdpTable, gdp_table_word, gdp_table_parse)
WORDS_OF (register_types, GdpRegisterType, gdp_register_type_word, gdp_register_type_parse)
WORDS_OF (conditions, GdpCondition, gdp_condition_word, gdp_condition_parse)
WORDS_OF (reasons, GdpReason, gdp_reason_word, gdp_reason_parse)
WORDS_OF (contact_states, GdpContactState, gdp_contact_state_word, gdp_contact_state_parse)
WORDS_OF (clocks, GdpClock, gdp_clock_word, gdp_clock_parse)
WORDS_OF (events, GdpEventKind, gdp_event_word, gdp_event_parse)
WORDS_OF (wish_states, GdpWishState, gdp_wish_word, gdp_wish_parse)
WORDS_OF (roles, GdpRole, gdp_role_word, gdp_role_parse)
WORDS_HERE (signals, "current", "number", "contact")
WORDS_HERE (word_orders, "high-first", "low-first")
WORDS_HERE (suppressions, "none", "shelved", "by-design", "out-of-service")
WORDS_HERE (command_states, "posted", "taken", "done", "failed", "expired")

/* ---- columns ---------------------------------------------------------------------------- */

#define COLUMN(type_, struct_, field_, name_)                                                                \
  { name_, DATA_COLUMN_##type_, G_STRUCT_OFFSET (struct_, field_), NULL }
#define WORD(struct_, field_, name_, words_)                                                                 \
  { name_, DATA_COLUMN_WORD, G_STRUCT_OFFSET (struct_, field_), &words_ }
#define TABLE(columns_) columns_, G_N_ELEMENTS (columns_)

#define SITE(type, field) COLUMN (type, GdpSite, field, #field)
static const DataColumn site_columns[] = {
  SITE (TEXT, id), SITE (TEXT, name), SITE (TEXT, address), SITE (TEXT, region), SITE (TEXT, variant),
  SITE (TEXT, mimic), SITE (TEXT, notes), SITE (DOUBLE, latitude), SITE (DOUBLE, longitude),
  COLUMN (TEXT, GdpSite, battery.chemistry, "battery_chemistry"),
  COLUMN (DOUBLE, GdpSite, battery.voltage, "battery_voltage"),
  COLUMN (DOUBLE, GdpSite, battery.capacity, "battery_capacity"),
};
const DataTable data_site_table = { "site", "id", "key", { "seq" }, TABLE (site_columns) };

#define PERSON(type, field) COLUMN (type, GdpContact, field, #field)
static const DataColumn person_columns[] = { PERSON (TEXT, name), PERSON (TEXT, role), PERSON (TEXT, phone) };
const DataTable data_person_table = { "site_contact", NULL, NULL, { "site", "position" },
                                      TABLE (person_columns) };

#define CARD(type, field) COLUMN (type, GdpSiteCard, field, #field)
#define CARD_TEXT(field) COLUMN (TEXT, GdpSiteCard, card.field, #field)
static const DataColumn card_columns[] = {
  CARD (TEXT, point), CARD (TEXT, condition), CARD_TEXT (causes), CARD_TEXT (consequence), CARD_TEXT (steps),
  CARD_TEXT (whom), COLUMN (UINT, GdpSiteCard, card.minutes, "minutes"),
};
const DataTable data_card_table = { "site_card", NULL, NULL, { "site", "position" }, TABLE (card_columns) };

#define SCHEDULE(type, field) COLUMN (type, DataScheduleRow, schedule.field, #field)
static const DataColumn schedule_columns[] = {
  SCHEDULE (TEXT, name), SCHEDULE (TEXT, title), SCHEDULE (INT, zone), SCHEDULE (UINT, window),
  COLUMN (TEXT, DataScheduleRow, entries, "entries"),
};
const DataTable data_schedule_table = { "schedule", "name", "key", { "seq" }, TABLE (schedule_columns) };

/* Of a DataLinkRow. */
#define LINK(type, field) COLUMN (type, DataLinkRow, link.field, #field)
static const DataColumn link_columns[] = {
  LINK (TEXT, id), WORD (DataLinkRow, link.kind, "kind", link_kinds), LINK (TEXT, device), LINK (UINT, baud),
  LINK (CHAR, parity), LINK (UINT8, stop_bits), LINK (TEXT, host), LINK (UINT16, port),
  LINK (TEXT, registration), LINK (TEXT, heartbeat), LINK (TEXT, serial), LINK (UINT, keyless),
  LINK (UINT, stays_connected), LINK (UINT, guaranteed_sessions), LINK (TEXT, category), LINK (INT, zone),
  COLUMN (TEXT, DataLinkRow, settings, "settings"), COLUMN (TEXT, DataLinkRow, schedule, "schedule"),
};
const DataTable data_link_table = { "link", "id", "key", { "seq", "retired" }, TABLE (link_columns) };

#define PROFILE(type, field) COLUMN (type, GdpProfile, field, #field)
static const DataColumn profile_columns[] = {
  PROFILE (TEXT, name), PROFILE (TEXT, title), PROFILE (UINT, max_read), PROFILE (UINT, max_gap),
};
const DataTable data_profile_table = { "profile", "name", "key", { "seq" }, TABLE (profile_columns) };

#define REGISTER(type, field) COLUMN (type, GdpRegister, field, #field)
static const DataColumn register_columns[] = {
  REGISTER (TEXT, channel), WORD (GdpRegister, table, "table", register_tables), REGISTER (UINT16, address),
  WORD (GdpRegister, type, "type", register_types), WORD (GdpRegister, words, "words", word_orders),
  REGISTER (DOUBLE, scale), REGISTER (DOUBLE, offset), REGISTER (UINT, writable),
};
const DataTable data_register_table = { "profile_register", NULL, NULL, { "profile" },
                                        TABLE (register_columns) };

#define UNIT(type, field) COLUMN (type, GdpUnit, field, #field)
static const DataColumn unit_columns[] = {
  UNIT (TEXT, id), UNIT (UINT8, address), UNIT (DOUBLE, period), UNIT (DOUBLE, silent_after),
};
const DataTable data_unit_table = { "unit", "id", "key", { "seq", "retired", "site", "link", "profile" },
                                    TABLE (unit_columns) };

#define POINT(type, field) COLUMN (type, GdpPoint, field, #field)
#define LIMIT(limit, word)                                                                                   \
  COLUMN (UINT8, GdpPoint, limits.limit.priority, word "_priority"),                                         \
  COLUMN (DOUBLE, GdpPoint, limits.limit.value, word "_value"),                                              \
  COLUMN (DOUBLE, GdpPoint, limits.limit.deadband, word "_deadband"),                                        \
  COLUMN (FLOAT, GdpPoint, limits.limit.on_delay, word "_on_delay"),                                         \
  COLUMN (FLOAT, GdpPoint, limits.limit.off_delay, word "_off_delay")
#define LEVEL(which, word) LIMIT (level[which], word)
static const DataColumn point_columns[] = {
  POINT (TEXT, id), POINT (TEXT, name), WORD (GdpPoint, kind, "kind", point_kinds), POINT (TEXT, channel),
  POINT (TEXT, engineering_unit),
  COLUMN (TEXT, GdpPoint, states[0], "state_0"), COLUMN (TEXT, GdpPoint, states[1], "state_1"),
  WORD (GdpPoint, scaling.signal, "signal", signals),
  COLUMN (DOUBLE, GdpPoint, scaling.low, "low"), COLUMN (DOUBLE, GdpPoint, scaling.high, "high"),
  COLUMN (DOUBLE, GdpPoint, scaling.damping, "damping"), COLUMN (DOUBLE, GdpPoint, scaling.debounce,
                                                                 "debounce"),
  COLUMN (UINT, GdpPoint, scaling.invert, "invert"), COLUMN (DOUBLE, GdpPoint, scaling.factor, "factor"),
  POINT (DOUBLE, resolution), POINT (DOUBLE, keep_every), POINT (TEXT, guidance),
  LEVEL (GDP_LEVEL_LL, "ll"), LEVEL (GDP_LEVEL_L, "l"), LEVEL (GDP_LEVEL_H, "h"), LEVEL (GDP_LEVEL_HH, "hh"),
  COLUMN (UINT8, GdpPoint, limits.state.priority, "state_priority"),
  COLUMN (UINT8, GdpPoint, limits.state.state, "state_alarm"),
  COLUMN (FLOAT, GdpPoint, limits.state.on_delay, "state_on_delay"),
  COLUMN (FLOAT, GdpPoint, limits.state.off_delay, "state_off_delay"),
  COLUMN (UINT8, GdpPoint, limits.fault_priority, "fault_priority"),
  COLUMN (UINT8, GdpPoint, limits.stale_priority, "stale_priority"),
  COLUMN (FLOAT, GdpPoint, limits.stale_after, "stale_after"),
  COLUMN (FLOAT, GdpPoint, limits.remind_after, "remind_after"),
  COLUMN (UINT, GdpPoint, limits.latches, "latches"),
  LIMIT (deviation, "deviation"), COLUMN (DOUBLE, GdpPoint, limits.set_point, "set_point"),
  LIMIT (rate, "rate"), COLUMN (FLOAT, GdpPoint, limits.rate_window, "rate_window"),
  COLUMN (UINT8, GdpPoint, limits.frozen_priority, "frozen_priority"),
  COLUMN (FLOAT, GdpPoint, limits.frozen_after, "frozen_after"),
};
const DataTable data_point_table = { "point", "id", "key", { "seq", "retired", "site", "unit" },
                                     TABLE (point_columns) };

#define ALARM(type, field) COLUMN (type, GdpAlarm, field, #field)
static const DataColumn alarm_columns[] = {
  ALARM (TEXT, id), WORD (GdpAlarm, condition, "condition", conditions), ALARM (UINT, active), ALARM (UINT,
                                                                                                      acked),
  ALARM (UINT, latched), WORD (GdpAlarm, suppression, "suppression", suppressions),
  ALARM (INT64, suppressed_until), ALARM (TEXT, suppressed_by), ALARM (TEXT, suppressed_why),
  ALARM (UINT8, priority), ALARM (UINT8, level), WORD (GdpAlarm, reason, "reason", reasons),
  ALARM (DOUBLE, value), ALARM (DOUBLE, limit), ALARM (UINT, occurrence), ALARM (INT64, first),
  ALARM (INT64, occurred), ALARM (INT64, learned), ALARM (INT64, cleared), ALARM (INT64, acked_at),
  ALARM (TEXT, acked_by), ALARM (TEXT, comment), ALARM (UINT, quiet), ALARM (UINT8, suppressed_priority),
  ALARM (UINT, times),
};
const DataTable data_alarm_table = { "alarm", "id", NULL, { "seq" }, TABLE (alarm_columns) };

#define CONTACT(type, field) COLUMN (type, GdpContactInfo, field, #field)
static const DataColumn contact_columns[] = {
  CONTACT (INT64, seq), CONTACT (UINT, link), CONTACT (INT64, key),
  WORD (GdpContactInfo, state, "state", contact_states), CONTACT (INT64, seen), CONTACT (INT64, since),
  CONTACT (TEXT, detail), CONTACT (INT64, next_call),
};
const DataTable data_contact_table = { "contact", "\"link\", \"key\"", NULL, { NULL },
                                       TABLE (contact_columns) };

#define DEVICE(type, field) COLUMN (type, GdpDevice, field, #field)
static const DataColumn device_columns[] = {
  DEVICE (INT64, seq), DEVICE (INT64, link), DEVICE (TEXT, model), DEVICE (TEXT, firmware), DEVICE (UINT8, hardware),
  DEVICE (TEXT, imei), DEVICE (TEXT, iccid), DEVICE (UINT, boot), WORD (GdpDevice, clock, "clock", clocks),
  DEVICE (INT64, clock_offset), DEVICE (UINT8, supply), DEVICE (DOUBLE, battery), DEVICE (DOUBLE, mains),
  DEVICE (DOUBLE, signal), DEVICE (DOUBLE, temperature), DEVICE (UINT, waiting), DEVICE (UINT8, flags),
  DEVICE (UINT8, cause), DEVICE (UINT, settings_revision), DEVICE (UINT, schedule_revision),
  DEVICE (UINT8, settings_result), DEVICE (UINT8, schedule_result), DEVICE (UINT, authenticated),
  DEVICE (TEXT, peer), DEVICE (INT64, connected), DEVICE (INT64, seen), DEVICE (INT64, next_call),
  DEVICE (UINT, sessions), DEVICE (TEXT, firmware_wanted), DEVICE (UINT, firmware_done),
  DEVICE (UINT, firmware_size),
};
const DataTable data_device_table = { "device", "link", NULL, { NULL }, TABLE (device_columns) };

#define EVENT(type, field) COLUMN (type, GdpEvent, field, #field)
static const DataColumn journal_columns[] = {
  EVENT (INT64, seq), WORD (GdpEvent, kind, "kind", events), EVENT (INT64, occurred), EVENT (INT64, learned),
  EVENT (TEXT, site), EVENT (TEXT, object), EVENT (TEXT, who), EVENT (TEXT, before), EVENT (TEXT, after),
  EVENT (TEXT, text), EVENT (UINT8, priority),
};
const DataTable data_journal_table = { "journal", NULL, NULL, { "hash" }, TABLE (journal_columns), "h" };

#define COMMAND(type, field) COLUMN (type, DataCommand, field, #field)
static const DataColumn command_columns[] = {
  COMMAND (INT64, id), COMMAND (INT64, seq), WORD (DataCommand, state, "state", command_states),
  COMMAND (TEXT, kind), COMMAND (TEXT, object), COMMAND (INT64, argument), COMMAND (TEXT, who),
  COMMAND (TEXT, where), COMMAND (TEXT, comment), COMMAND (INT64, posted), COMMAND (INT64, expires),
  COMMAND (TEXT, result), COMMAND (TEXT, detail), COMMAND (TEXT, taker),
};
const DataTable data_command_table = { "command", NULL, NULL, { NULL }, TABLE (command_columns) };

#define OPERATOR(type, field) COLUMN (type, DataOperator, field, #field)
static const DataColumn operator_columns[] = {
  OPERATOR (TEXT, name), WORD (DataOperator, role, "role", roles), OPERATOR (INT64, since), OPERATOR (TEXT, who),
};
const DataTable data_operator_table = { "operator", "name", NULL, { NULL }, TABLE (operator_columns) };

#define SERVER(type, field) COLUMN (type, DataServer, field, #field)
static const DataColumn server_columns[] = {
  SERVER (INT64, seq), SERVER (TEXT, name), SERVER (TEXT, version), SERVER (TEXT, host), SERVER (INT64, pid), SERVER (TEXT, machine),
  SERVER (INT64, started), SERVER (INT64, heartbeat), SERVER (UINT, queue), SERVER (INT64, samples),
  SERVER (TEXT, trouble), SERVER (INT64, clock), SERVER (UINT, spooled), SERVER (INT64, spooled_since),
};
const DataTable data_server_table = { "server", "name", NULL, { NULL }, TABLE (server_columns) };

#define STRANGER(type, field) COLUMN (type, DataStranger, field, #field)
static const DataColumn stranger_columns[] = {
  STRANGER (INT64, seq), STRANGER (TEXT, server), STRANGER (TEXT, address), STRANGER (TEXT, serial),
  STRANGER (TEXT, text), STRANGER (TEXT, why), STRANGER (INT64, first), STRANGER (INT64, last),
  STRANGER (INT64, count),
};
const DataTable data_stranger_table = { "stranger", "server, address, text", NULL, { NULL }, TABLE (stranger_columns) };

#define TRAFFIC(type, field) COLUMN (type, DataTraffic, field, #field)
static const DataColumn traffic_columns[] = {
  TRAFFIC (UINT, link), TRAFFIC (INT64, key), TRAFFIC (TEXT, owner), TRAFFIC (INT64, requests),
  TRAFFIC (INT64, good), TRAFFIC (INT64, timeouts), TRAFFIC (INT64, crc_errors), TRAFFIC (INT64, exceptions),
  TRAFFIC (INT64, wrong), TRAFFIC (INT64, reconnects), TRAFFIC (INT64, bytes_in), TRAFFIC (INT64, bytes_out),
  TRAFFIC (UINT, response_us), TRAFFIC (TEXT, total), TRAFFIC (TEXT, lately),
};
const DataTable data_traffic_table = { "traffic", "\"link\", \"key\"", NULL, { NULL },
                                       TABLE (traffic_columns) };

#define SESSION(type, field) COLUMN (type, GdpSession, field, #field)
static const DataColumn session_columns[] = {
  SESSION (INT64, link), SESSION (INT64, opened), SESSION (INT64, closed), SESSION (TEXT, why),
  SESSION (UINT, well), SESSION (TEXT, peer), SESSION (INT, cause), SESSION (DOUBLE, signal), SESSION (UINT, frames_in), SESSION (UINT, frames_out),
  SESSION (INT64, bytes_in), SESSION (INT64, bytes_out), SESSION (UINT, records), SESSION (UINT, resends),
};
const DataTable data_session_table = { "session", "\"link\", \"opened\"", NULL, { NULL }, TABLE (session_columns) };

#define WISH(type, field) COLUMN (type, GdpWish, field, #field)
static const DataColumn wish_columns[] = {
  WISH (INT64, link), WISH (INT64, seq), WISH (INT64, id), WORD (GdpWish, state, "state", wish_states),
  WISH (TEXT, version), WISH (TEXT, digest), WISH (TEXT, model), WISH (UINT8, hardware), WISH (UINT, size),
  WISH (TEXT, before), WISH (TEXT, who), WISH (INT64, since), WISH (INT64, changed), WISH (UINT, boot),
  WISH (TEXT, reason),
};
const DataTable data_wish_table = { "firmware_wish", "link", NULL, { NULL }, TABLE (wish_columns) };
