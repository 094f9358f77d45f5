/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema, as steps. A step that has shipped is never changed: what comes later is a new step at the end. A store
 * knows how many it has; all that are missing are made in one transaction. Written in SQLite's words, which the
 * other engines translate: see postgres-schema.c for those that it knows. */
#include "sql-private.h"

static const char step_1[] =
  /* One row. Everything that changes takes the next `seq` inside its write transaction, so the
   * order of numbers is the order of commits. */
  "CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL,"
  "  live_seq INTEGER NOT NULL, span_seq INTEGER NOT NULL, trimmed_seq INTEGER NOT NULL,"
  "  revision INTEGER NOT NULL, journal_count INTEGER NOT NULL, journal_head BLOB NOT NULL) STRICT;"
  "INSERT INTO meta VALUES (1, 0, 0, 0, 0, 0, 0, zeroblob (32));"

  /* Configuration. `seq` is that of the last change; `retired` rows keep their key and history. */
  "CREATE TABLE link (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,"
  "  kind TEXT NOT NULL, device TEXT, baud INTEGER NOT NULL, parity TEXT, stop_bits INTEGER NOT NULL,"
  "  host TEXT, port INTEGER NOT NULL, registration TEXT, heartbeat TEXT) STRICT;"
  "CREATE TABLE profile (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,"
  "  title TEXT, max_read INTEGER NOT NULL, max_gap INTEGER NOT NULL) STRICT;"
  "CREATE TABLE profile_register (profile INTEGER NOT NULL REFERENCES profile, channel TEXT NOT NULL,"
  "  \"table\" TEXT NOT NULL, address INTEGER NOT NULL, type TEXT NOT NULL, words TEXT NOT NULL,"
  "  scale REAL, \"offset\" REAL, writable INTEGER NOT NULL, PRIMARY KEY (profile, channel)) STRICT;"
  "CREATE TABLE site (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,"
  "  name TEXT, address TEXT, region TEXT, variant TEXT, mimic TEXT, notes TEXT, latitude REAL, longitude REAL,"
  "  battery_chemistry TEXT, battery_voltage REAL, battery_capacity REAL) STRICT;"
  "CREATE TABLE site_contact (site INTEGER NOT NULL REFERENCES site, position INTEGER NOT NULL,"
  "  name TEXT, role TEXT, phone TEXT, PRIMARY KEY (site, position)) STRICT;"
  "CREATE TABLE unit (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,"
  "  retired INTEGER NOT NULL, site INTEGER NOT NULL REFERENCES site, link INTEGER NOT NULL REFERENCES link,"
  "  profile INTEGER NOT NULL REFERENCES profile, address INTEGER NOT NULL, period REAL, silent_after REAL) STRICT;"
  "CREATE TABLE point (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,"
  "  retired INTEGER NOT NULL, site INTEGER NOT NULL REFERENCES site, unit INTEGER REFERENCES unit,"
  "  name TEXT, kind TEXT NOT NULL, channel TEXT, engineering_unit TEXT, state_0 TEXT, state_1 TEXT,"
  "  signal TEXT NOT NULL, low REAL, high REAL, damping REAL, debounce REAL, invert INTEGER NOT NULL,"
  "  resolution REAL, keep_every REAL, guidance TEXT,"
  "  ll_priority INTEGER, ll_value REAL, ll_deadband REAL, ll_on_delay REAL, ll_off_delay REAL,"
  "  l_priority INTEGER, l_value REAL, l_deadband REAL, l_on_delay REAL, l_off_delay REAL,"
  "  h_priority INTEGER, h_value REAL, h_deadband REAL, h_on_delay REAL, h_off_delay REAL,"
  "  hh_priority INTEGER, hh_value REAL, hh_deadband REAL, hh_on_delay REAL, hh_off_delay REAL,"
  "  state_priority INTEGER, state_alarm INTEGER, state_on_delay REAL, state_off_delay REAL,"
  "  fault_priority INTEGER, stale_priority INTEGER, stale_after REAL) STRICT;"
  /* before, after: JSON of the columns that differ; before NULL = added, after NULL = retired. */
  "CREATE TABLE configuration_history (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL,"
  "  time INTEGER NOT NULL, who TEXT, before TEXT, after TEXT) STRICT;"

  /* Measurements. The primary key is the number of the sequence, so that a commit only appends;
   * received = time + delay. See sqlite-live.c for what `live` and `sample_span` hold when. */
  "CREATE TABLE sample (seq INTEGER PRIMARY KEY, point INTEGER NOT NULL, time INTEGER NOT NULL,"
  "  delay INTEGER NOT NULL, value REAL, reason INTEGER NOT NULL) STRICT;"
  "CREATE TABLE sample_span (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL,"
  "  min_time INTEGER NOT NULL, max_time INTEGER NOT NULL) STRICT;"
  "CREATE TABLE live (point INTEGER PRIMARY KEY, seq INTEGER NOT NULL, time INTEGER NOT NULL,"
  "  delay INTEGER NOT NULL, value REAL, reason INTEGER NOT NULL) STRICT;"
  "CREATE TABLE contact (link INTEGER NOT NULL, key INTEGER NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL,"
  "  seen INTEGER NOT NULL, since INTEGER NOT NULL, detail TEXT, PRIMARY KEY (link, key)) STRICT;"
  "CREATE INDEX contact_seq ON contact (seq);"

  "CREATE TABLE alarm (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, condition TEXT NOT NULL,"
  "  active INTEGER NOT NULL, acked INTEGER NOT NULL, latched INTEGER NOT NULL, suppression TEXT NOT NULL,"
  "  suppressed_until INTEGER NOT NULL, suppressed_by TEXT, suppressed_why TEXT, priority INTEGER NOT NULL,"
  "  level INTEGER NOT NULL, reason TEXT NOT NULL, value REAL, \"limit\" REAL, occurrence INTEGER NOT NULL,"
  "  first INTEGER NOT NULL, occurred INTEGER NOT NULL, learned INTEGER NOT NULL, cleared INTEGER NOT NULL,"
  "  acked_at INTEGER NOT NULL, acked_by TEXT, comment TEXT) STRICT;"
  "CREATE INDEX alarm_seq ON alarm (seq);"
  /* hash: see journal-chain.h; the last one and their count stand in meta too. */
  "CREATE TABLE journal (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, occurred INTEGER NOT NULL,"
  "  learned INTEGER NOT NULL, site TEXT, object TEXT, who TEXT, before TEXT, after TEXT, text TEXT,"
  "  priority INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;"
  SQL_JOURNAL_GUARD
  "CREATE TABLE command (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, state TEXT NOT NULL, kind TEXT NOT NULL,"
  "  object TEXT, argument INTEGER NOT NULL, who TEXT, \"where\" TEXT, comment TEXT, posted INTEGER NOT NULL,"
  "  expires INTEGER NOT NULL, result TEXT, taker TEXT) STRICT;"
  "CREATE INDEX command_seq ON command (seq);"
  "CREATE INDEX command_open ON command (state, expires) WHERE state IN ('posted', 'taken');"
  "CREATE TABLE server (name TEXT PRIMARY KEY, seq INTEGER NOT NULL, version TEXT, host TEXT, pid INTEGER NOT NULL,"
  "  started INTEGER NOT NULL, heartbeat INTEGER NOT NULL, queue INTEGER NOT NULL, samples INTEGER NOT NULL,"
  "  trouble TEXT) STRICT;"
  "CREATE TABLE link_claim (link INTEGER PRIMARY KEY, server TEXT NOT NULL) STRICT;"
  "CREATE TABLE traffic (link INTEGER NOT NULL, key INTEGER NOT NULL, owner TEXT, requests INTEGER NOT NULL,"
  "  good INTEGER NOT NULL, timeouts INTEGER NOT NULL, crc_errors INTEGER NOT NULL, exceptions INTEGER NOT NULL,"
  "  wrong INTEGER NOT NULL, reconnects INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,"
  "  response_us INTEGER NOT NULL, PRIMARY KEY (link, key)) STRICT;";

/* A link that another took the place of: its device or registration may be in use again. */
static const char step_2[] =
  "ALTER TABLE link ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;"
  /* Which links are left is asked at an import, and the foreign key asks likewise. */
  "CREATE INDEX unit_link ON unit (link);";

/* BBT units: what links of that kind say, and the schedules of categories. settings, schedule and entries
 * are texts, see bbt-rows.h. */
static const char step_3[] =
  "ALTER TABLE link ADD COLUMN serial TEXT;"
  "ALTER TABLE link ADD COLUMN keyless INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE link ADD COLUMN stays_connected INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE link ADD COLUMN guaranteed_sessions INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE link ADD COLUMN category TEXT;"
  "ALTER TABLE link ADD COLUMN zone INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE link ADD COLUMN settings TEXT;"
  "ALTER TABLE link ADD COLUMN schedule TEXT;"
  "CREATE TABLE schedule (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,"
  "  zone INTEGER NOT NULL, \"window\" INTEGER NOT NULL, entries TEXT NOT NULL) STRICT;";

/* How far the units' streams are committed, what the units said; commands with a text. */
static const char step_4[] =
  "CREATE TABLE stream_mark (link INTEGER NOT NULL, stream INTEGER NOT NULL, boot INTEGER NOT NULL,"
  "  through INTEGER NOT NULL, PRIMARY KEY (link, stream)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE device (link INTEGER PRIMARY KEY, seq INTEGER NOT NULL, model TEXT, firmware TEXT,"
  "  hardware INTEGER NOT NULL, imei TEXT, iccid TEXT, boot INTEGER NOT NULL, clock TEXT NOT NULL,"
  "  clock_offset INTEGER NOT NULL, supply INTEGER NOT NULL, battery REAL, mains REAL, signal REAL,"
  "  temperature REAL, waiting INTEGER NOT NULL, flags INTEGER NOT NULL, cause INTEGER NOT NULL,"
  "  settings_revision INTEGER NOT NULL, schedule_revision INTEGER NOT NULL, settings_result INTEGER NOT NULL,"
  "  schedule_result INTEGER NOT NULL, authenticated INTEGER NOT NULL, peer TEXT, connected INTEGER NOT NULL,"
  "  seen INTEGER NOT NULL, next_call INTEGER NOT NULL, sessions INTEGER NOT NULL, firmware_wanted TEXT,"
  "  firmware_done INTEGER NOT NULL, firmware_size INTEGER NOT NULL) STRICT;"
  "CREATE INDEX device_seq ON device (seq);"
  "ALTER TABLE command ADD COLUMN detail TEXT;";

/* When a sleeping unit will call; alarms found in late records. */
static const char step_5[] =
  "ALTER TABLE contact ADD COLUMN next_call INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE alarm ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;";

/* Who may do what; firmware, and which links are to get it. */
static const char step_6[] =
  "CREATE TABLE operator (name TEXT PRIMARY KEY, role TEXT NOT NULL, since INTEGER NOT NULL, who TEXT) STRICT;"
  "CREATE TABLE firmware (digest TEXT PRIMARY KEY, version TEXT NOT NULL, hardware INTEGER NOT NULL, model TEXT,"
  "  size INTEGER NOT NULL, added INTEGER NOT NULL, who TEXT, image BLOB NOT NULL) STRICT;"
  "CREATE TABLE firmware_wish (link INTEGER PRIMARY KEY, digest TEXT NOT NULL REFERENCES firmware,"
  "  who TEXT, since INTEGER NOT NULL) STRICT;";

/* Callers that were turned away. */
static const char step_7[] =
  "CREATE TABLE stranger (server TEXT NOT NULL, address TEXT NOT NULL, text TEXT NOT NULL, seq INTEGER NOT NULL,"
  "  serial TEXT, why TEXT, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,"
  "  PRIMARY KEY (server, address, text)) STRICT;"
  "CREATE INDEX stranger_seq ON stranger (seq);";

/* The line doctor: all counters of a link or unit in one text each, and the log of sessions. */
static const char step_8[] =
  "ALTER TABLE traffic ADD COLUMN total TEXT;"
  "ALTER TABLE traffic ADD COLUMN lately TEXT;"
  "CREATE TABLE session (link INTEGER NOT NULL, opened INTEGER NOT NULL, closed INTEGER NOT NULL, why TEXT,"
  "  well INTEGER NOT NULL, peer TEXT, cause INTEGER NOT NULL, signal REAL, frames_in INTEGER NOT NULL, frames_out INTEGER NOT NULL,"
  "  bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL, records INTEGER NOT NULL, resends INTEGER NOT NULL,"
  "  PRIMARY KEY (link, opened)) STRICT, WITHOUT ROWID;"
  "CREATE INDEX session_opened ON session (opened);";

/* Images, and which link is to get which. Nothing wrote what step 6 made for that. */
static const char step_9[] =
  "DROP TABLE firmware_wish;"
  "DROP TABLE firmware;"
  "CREATE TABLE firmware (digest TEXT PRIMARY KEY, added INTEGER NOT NULL, who TEXT, image BLOB NOT NULL) STRICT;"
  "CREATE TABLE firmware_wish (link INTEGER PRIMARY KEY, seq INTEGER NOT NULL, id INTEGER NOT NULL, state TEXT NOT NULL,"
  "  version TEXT NOT NULL, digest TEXT NOT NULL, model TEXT NOT NULL, hardware INTEGER NOT NULL, size INTEGER NOT NULL,"
  "  before TEXT, who TEXT, since INTEGER NOT NULL, changed INTEGER NOT NULL, boot INTEGER NOT NULL,"
  "  reason TEXT) STRICT;"
  "CREATE INDEX firmware_wish_seq ON firmware_wish (seq);";

/* What one of a number stands for: m³ a pulse. */
static const char step_10[] =
  "ALTER TABLE point ADD COLUMN factor REAL NOT NULL DEFAULT 1;";

/* What people call a category of consumers. */
static const char step_11[] =
  "ALTER TABLE schedule ADD COLUMN title TEXT;";

/* History that is sealed, and how far that is: see sql-sealed.h. (Hours in the order of their keys would leave pages
 * half full: they are written hour by hour, point by point.) */
static const char step_12[] =
  "CREATE TABLE sample_hour (point INTEGER NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL,"
  "  first INTEGER NOT NULL, last INTEGER NOT NULL, min REAL, max REAL, sum REAL NOT NULL, held INTEGER NOT NULL,"
  "  good INTEGER NOT NULL, last_value REAL, last_reason INTEGER NOT NULL, worst INTEGER NOT NULL, block BLOB NOT NULL,"
  "  PRIMARY KEY (point, hour)) STRICT;"
  "CREATE TABLE sample_month (point INTEGER NOT NULL, month INTEGER NOT NULL, block BLOB NOT NULL,"
  "  PRIMARY KEY (point, month)) STRICT;"
  "CREATE TABLE sample_year (point INTEGER NOT NULL, year INTEGER NOT NULL, block BLOB NOT NULL,"
  "  PRIMARY KEY (point, year)) STRICT;"
  "CREATE TABLE sample_damaged (point INTEGER NOT NULL, hour INTEGER NOT NULL, found INTEGER NOT NULL, block BLOB NOT NULL,"
  "  PRIMARY KEY (point, hour, found)) STRICT;"
  "CREATE TABLE sealing (one INTEGER PRIMARY KEY CHECK (one = 1), step INTEGER NOT NULL, seal_seq INTEGER NOT NULL,"
  "  seal_point INTEGER NOT NULL, packed INTEGER NOT NULL, packing INTEGER NOT NULL, pack_point INTEGER NOT NULL) STRICT;"
  "INSERT INTO sealing VALUES (1, 0, 0, 0, 0, 0, 0);";

/* Operators' passwords: yescrypt, see password.h; wrong ones in a row, and when the last of them came. */
static const char step_13[] =
  "ALTER TABLE operator ADD COLUMN password TEXT;"
  "ALTER TABLE operator ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE operator ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;";

/* Which machine a server's process id is of, and how far its clock is off the store's. */
static const char step_14[] =
  "ALTER TABLE server ADD COLUMN machine TEXT;"
  "ALTER TABLE server ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;";

/* How far each run of a server is committed, and when the last was: a batch that comes again, because nobody heard whether
 * it was, or out of the server's spool, is known by its number. What waits in servers' spools. */
static const char step_15[] =
  "CREATE TABLE commit_mark (server TEXT NOT NULL, run INTEGER NOT NULL, number INTEGER NOT NULL, last INTEGER NOT NULL,"
  "  PRIMARY KEY (server, run)) STRICT, WITHOUT ROWID;"
  "ALTER TABLE server ADD COLUMN spooled INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE server ADD COLUMN spooled_since INTEGER NOT NULL DEFAULT 0;";

/* Readings that no hour takes, for good: see sql-sealed.h. */
static const char step_16[] =
  "CREATE TABLE sample_aside (point INTEGER NOT NULL, time INTEGER NOT NULL, seq INTEGER NOT NULL,"
  "  delay INTEGER NOT NULL, value REAL, reason INTEGER NOT NULL, PRIMARY KEY (point, time, seq)) STRICT, WITHOUT ROWID;";

/* By what records of the journal are found: see sql-journal-index.h. */
static const char step_17[] =
  "CREATE TABLE journal_run (run INTEGER PRIMARY KEY, last INTEGER NOT NULL, earliest INTEGER NOT NULL,"
  "  latest INTEGER NOT NULL, numbers BLOB NOT NULL) STRICT;"
  "CREATE TABLE journal_shelf (place INTEGER PRIMARY KEY, grams BLOB NOT NULL) STRICT;";

/* Sealing by shards. */
static const char step_18[] =
  "ALTER TABLE sealing RENAME TO sealing_before;"
  "CREATE TABLE sealing (shard INTEGER PRIMARY KEY, step INTEGER NOT NULL, sealed_seq INTEGER NOT NULL,"
  "  seal_seq INTEGER NOT NULL, seal_point INTEGER NOT NULL, packed INTEGER NOT NULL, packing INTEGER NOT NULL,"
  "  pack_point INTEGER NOT NULL) STRICT;"
  "INSERT INTO sealing SELECT 0, step, (SELECT trimmed_seq FROM meta), seal_seq, seal_point, packed, packing, pack_point"
  "  FROM sealing_before;"
  "DROP TABLE sealing_before;"
  SQL_SHARDS;

/* How packs are kept. */
static const char step_19[] =
  SQL_PACKS;

/* From which hour on a shard that another database keeps need not be asked. */
static const char step_20[] =
  "ALTER TABLE sealing ADD COLUMN end_hour INTEGER NOT NULL DEFAULT 9223372036854775807;";

/* Alarms that call again or latch; what a shelving is for. */
static const char step_21[] =
  "ALTER TABLE point ADD COLUMN remind_after REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN latches INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE alarm ADD COLUMN suppressed_priority INTEGER NOT NULL DEFAULT 0;";

/* What is judged of a value beside its limits: off its set-point, too fast, frozen. */
static const char step_22[] =
  "ALTER TABLE point ADD COLUMN deviation_priority INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN deviation_value REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN deviation_deadband REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN deviation_on_delay REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN deviation_off_delay REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN set_point REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN rate_priority INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN rate_value REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN rate_deadband REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN rate_on_delay REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN rate_off_delay REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN rate_window REAL NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN frozen_priority INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE point ADD COLUMN frozen_after REAL NOT NULL DEFAULT 0;";

/* Response cards of sites. */
static const char step_23[] =
  "CREATE TABLE site_card (site INTEGER NOT NULL REFERENCES site, position INTEGER NOT NULL, point TEXT, condition TEXT,"
  "  causes TEXT, consequence TEXT, steps TEXT, whom TEXT, minutes INTEGER NOT NULL, PRIMARY KEY (site, position)) STRICT;";

/* How often an alarm occurred; its `occurrence` counts escalations and reminders, too. Of what was before it is the nearest known. */
static const char step_24[] =
  "ALTER TABLE alarm ADD COLUMN times INTEGER NOT NULL DEFAULT 0;"
  "UPDATE alarm SET times = occurrence;";

const char *const sql_schema_steps[] = { step_1, step_2, step_3, step_4, step_5, step_6, step_7, step_8, step_9,
                                         step_10, step_11, step_12, step_13, step_14, step_15, step_16, step_17,
                                         step_18, step_19, step_20, step_21, step_22, step_23, step_24 };
const guint sql_schema_version = G_N_ELEMENTS (sql_schema_steps);
