/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-layout.h"

#include "bbt-archive.h"

#include <string.h>

#define MEMBER(T, m)      sizeof (((T *) NULL)->m)
#define FIELD(T, m, ...)  { .name = #m, .offset = G_STRUCT_OFFSET (T, m), __VA_ARGS__ }
/* A number is as wide on the wire as it is in the struct. */
#define NUMBER(T, m, ...) FIELD (T, m, .wire = COMMS_BBT_UNSIGNED, .bytes = MEMBER (T, m), __VA_ARGS__)
#define SIGNED(T, m, ...) FIELD (T, m, .wire = COMMS_BBT_SIGNED, .bytes = MEMBER (T, m), __VA_ARGS__)
#define OCTETS(T, m, ...) FIELD (T, m, .wire = COMMS_BBT_OCTETS, .bytes = MEMBER (T, m), __VA_ARGS__)
#define TEXT(T, m, ...)   FIELD (T, m, .wire = COMMS_BBT_TEXT, .bytes = MEMBER (T, m) - 1, __VA_ARGS__)
#define MOMENT(T, m)      FIELD (T, m, .wire = COMMS_BBT_MOMENT, .bytes = 6)
#define SECONDS(T, m)     FIELD (T, m, .wire = COMMS_BBT_SECONDS, .bytes = 4)
#define REST(T, m, ...)   FIELD (T, m, .wire = COMMS_BBT_REST, __VA_ARGS__)
#define HEX               .show = COMMS_BBT_SHOW_HEX
#define WORD(s)           .show = COMMS_BBT_SHOW_WORD, .set = COMMS_BBT_##s
#define RANGE(a, b)       .least = a, .most = b

static gboolean
is_serial (const char *text)
{
  gsize length = strspn (text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-");

  return length > 0 && text[length] == '\0';
}

static gboolean
is_phone (const char *text)
{
  const char *digits = text[0] == '+' ? text + 1 : text;

  return digits[strspn (digits, "0123456789")] == '\0' && (digits == text || digits[0] != '\0');
}

static const CommsBbtField ident[] = {
  TEXT (CommsBbtIdent, serial, .fits = is_serial),
  TEXT (CommsBbtIdent, model),
  OCTETS (CommsBbtIdent, firmware, .show = COMMS_BBT_SHOW_VERSION),
  NUMBER (CommsBbtIdent, hardware),
  NUMBER (CommsBbtIdent, imei),
  FIELD (CommsBbtIdent, iccid, .wire = COMMS_BBT_DIGITS, .bytes = 10),
  NUMBER (CommsBbtIdent, boot),
  MOMENT (CommsBbtIdent, time),
  NUMBER (CommsBbtIdent, clock, HEX),
  NUMBER (CommsBbtIdent, supply, HEX),
  NUMBER (CommsBbtIdent, battery),
  NUMBER (CommsBbtIdent, mains),
  SIGNED (CommsBbtIdent, signal),
  SIGNED (CommsBbtIdent, temperature),
  NUMBER (CommsBbtIdent, schedule_revision, HEX),
  NUMBER (CommsBbtIdent, settings_revision, HEX),
  NUMBER (CommsBbtIdent, oldest),
  NUMBER (CommsBbtIdent, waiting),
  NUMBER (CommsBbtIdent, flags, HEX),
  NUMBER (CommsBbtIdent, cause, WORD (CAUSES)),
  NUMBER (CommsBbtIdent, authentication),
  OCTETS (CommsBbtIdent, nonce),
};

static const CommsBbtField challenge[] = { OCTETS (CommsBbtChallenge, nonce) };
static const CommsBbtField proof[] = { OCTETS (CommsBbtProof, proof) };

static const CommsBbtField accept[] = {
  MOMENT (CommsBbtAccept, time),
  NUMBER (CommsBbtAccept, idle),
  NUMBER (CommsBbtAccept, wanted, HEX),
  NUMBER (CommsBbtAccept, flags, HEX),
};

static const CommsBbtField bye[] = {
  SECONDS (CommsBbtBye, next_call),
  NUMBER (CommsBbtBye, reason, WORD (BYES)),
};

static const CommsBbtField fault[] = {
  NUMBER (CommsBbtFault, code, WORD (FAULTS)),
  NUMBER (CommsBbtFault, about),
  NUMBER (CommsBbtFault, wait),
  REST (CommsBbtFault, text, .show = COMMS_BBT_SHOW_TEXT, RANGE (0, 64)),
};

static const CommsBbtField ping[] = { NUMBER (CommsBbtPing, token, HEX) };
static const CommsBbtField pong[] = { NUMBER (CommsBbtPong, token, HEX), MOMENT (CommsBbtPong, time) };

#define VALUES { .name = "values", .wire = COMMS_BBT_VALUES }

static const CommsBbtField live[] = {
  NUMBER (CommsBbtReport, number),
  MOMENT (CommsBbtReport, time),
  NUMBER (CommsBbtReport, status, HEX),
  NUMBER (CommsBbtReport, mask, HEX),
  VALUES,
};

static const CommsBbtField increment[] = {
  NUMBER (CommsBbtReport, number),
  NUMBER (CommsBbtReport, base),
  MOMENT (CommsBbtReport, time),
  NUMBER (CommsBbtReport, status, HEX),
  NUMBER (CommsBbtReport, mask, HEX),
  VALUES,
};

static const CommsBbtField archive[] = {
  NUMBER (CommsBbtArchive, stream, WORD (STREAMS)),
  NUMBER (CommsBbtArchive, boot),
  NUMBER (CommsBbtArchive, first),
  SECONDS (CommsBbtArchive, time),
  NUMBER (CommsBbtArchive, step, RANGE (1, 86400)),
  NUMBER (CommsBbtArchive, status, HEX),
  NUMBER (CommsBbtArchive, mask, HEX),
  NUMBER (CommsBbtArchive, rows, RANGE (1, COMMS_BBT_ROWS_MAX)),
  REST (CommsBbtArchive, packed, .show = COMMS_BBT_SHOW_ROWS, RANGE (0, COMMS_BBT_ROWS_BYTES)),
};

/* The report is the event's first member: its fields lie where a report's do. */
G_STATIC_ASSERT (G_STRUCT_OFFSET (CommsBbtEvent, report) == 0);
static const CommsBbtField event[] = {
  NUMBER (CommsBbtEvent, boot),
  NUMBER (CommsBbtReport, number),
  MOMENT (CommsBbtReport, time),
  NUMBER (CommsBbtReport, status, HEX),
  NUMBER (CommsBbtEvent, code, WORD (EVENTS)),
  NUMBER (CommsBbtEvent, channel, RANGE (0, COMMS_BBT_CHANNELS)),
  NUMBER (CommsBbtEvent, bit, RANGE (0, 7)),
  NUMBER (CommsBbtEvent, detail),
  NUMBER (CommsBbtReport, mask, HEX),
  VALUES,
};

#define LIST(T, l, n, of) \
  static const CommsBbtList of##_list = { of, G_N_ELEMENTS (of), G_STRUCT_OFFSET (T, n), MEMBER (T, l[0]), of##_BYTES }

static const CommsBbtField counter[] = {
  NUMBER (CommsBbtCounter, input, RANGE (1, 16)),
  NUMBER (CommsBbtCounter, count),
};
enum { counter_BYTES = 5 };
LIST (CommsBbtPulse, counters, n_counters, counter);

static const CommsBbtField pulse[] = {
  NUMBER (CommsBbtPulse, boot),
  NUMBER (CommsBbtPulse, number),
  MOMENT (CommsBbtPulse, time),
  NUMBER (CommsBbtPulse, status, HEX),
  FIELD (CommsBbtPulse, counters, .wire = COMMS_BBT_COUNTED, .list = &counter_list, RANGE (1, COMMS_BBT_COUNTERS)),
};

static const CommsBbtField sabotage[] = {
  NUMBER (CommsBbtSabotage, boot),
  NUMBER (CommsBbtSabotage, number),
  MOMENT (CommsBbtSabotage, time),
  NUMBER (CommsBbtSabotage, status, HEX),
  NUMBER (CommsBbtSabotage, wire),
  NUMBER (CommsBbtSabotage, cover),
  NUMBER (CommsBbtSabotage, magnet),
};

static const CommsBbtField ack_entry[] = {
  NUMBER (CommsBbtAckEntry, stream, WORD (STREAMS), RANGE (0, COMMS_BBT_N_STREAMS - 1)),
  NUMBER (CommsBbtAckEntry, boot),
  NUMBER (CommsBbtAckEntry, through),
};
enum { ack_entry_BYTES = 9 };
LIST (CommsBbtAck, entries, n_entries, ack_entry);

static const CommsBbtField ack[] = {
  FIELD (CommsBbtAck, entries, .wire = COMMS_BBT_LISTED, .list = &ack_entry_list, RANGE (1, COMMS_BBT_ACKS)),
};

static const CommsBbtField request[] = {
  NUMBER (CommsBbtRequest, what, WORD (REQUESTS)),
  NUMBER (CommsBbtRequest, stream, WORD (STREAMS)),
  SECONDS (CommsBbtRequest, from),
  SECONDS (CommsBbtRequest, to),
};

static const CommsBbtField threshold[] = {
  NUMBER (CommsBbtThreshold, channel, RANGE (1, COMMS_BBT_CHANNELS)),
  NUMBER (CommsBbtThreshold, used, RANGE (0, 3)),
  SIGNED (CommsBbtThreshold, min),
  SIGNED (CommsBbtThreshold, max),
};
enum { threshold_BYTES = 10 };
LIST (CommsBbtSettings, thresholds, n_thresholds, threshold);

static const CommsBbtField settings[] = {
  NUMBER (CommsBbtSettings, revision, HEX),
  NUMBER (CommsBbtSettings, polling, RANGE (5, 600)),
  NUMBER (CommsBbtSettings, confirmation, RANGE (30, 1440)),
  NUMBER (CommsBbtSettings, accident, RANGE (5, 60)),
  NUMBER (CommsBbtSettings, archive, RANGE (1, 60)),
  FIELD (CommsBbtSettings, sms, .wire = COMMS_BBT_STRING, .fits = is_phone, RANGE (0, 15)),
  FIELD (CommsBbtSettings, thresholds, .wire = COMMS_BBT_COUNTED, .list = &threshold_list,
         RANGE (0, COMMS_BBT_THRESHOLDS)),
};

static const CommsBbtField entry[] = {
  NUMBER (CommsBbtScheduleEntry, kind, WORD (KINDS), RANGE (1, 4)),
  NUMBER (CommsBbtScheduleEntry, day),
  NUMBER (CommsBbtScheduleEntry, minute, RANGE (0, 1439)),
  NUMBER (CommsBbtScheduleEntry, date),
};
enum { entry_BYTES = 8 };
LIST (CommsBbtSchedule, entries, n_entries, entry);

static const CommsBbtField schedule[] = {
  NUMBER (CommsBbtSchedule, revision, HEX),
  SIGNED (CommsBbtSchedule, zone),
  FIELD (CommsBbtSchedule, entries, .wire = COMMS_BBT_COUNTED, .list = &entry_list, RANGE (0, COMMS_BBT_ENTRIES)),
};

static const CommsBbtField interface[] = {
  NUMBER (CommsBbtInterface, port, WORD (PORTS), RANGE (0, 2)),
  NUMBER (CommsBbtInterface, baud, RANGE (300, 1000000)),
  NUMBER (CommsBbtInterface, parity, .show = COMMS_BBT_SHOW_CHAR, .allowed = "NEO"),
  NUMBER (CommsBbtInterface, stop_bits, RANGE (1, 2)),
};

static const CommsBbtField output[] = {
  NUMBER (CommsBbtOutput, step, WORD (STEPS), RANGE (1, 3)),
  NUMBER (CommsBbtOutput, output, RANGE (1, 8)),
  NUMBER (CommsBbtOutput, state, RANGE (0, 1)),
  NUMBER (CommsBbtOutput, token, HEX),
  SECONDS (CommsBbtOutput, not_after),
};

static const CommsBbtField firmware[] = {
  OCTETS (CommsBbtFirmware, version, .show = COMMS_BBT_SHOW_VERSION),
  NUMBER (CommsBbtFirmware, hardware),
  NUMBER (CommsBbtFirmware, size),
  OCTETS (CommsBbtFirmware, digest),
};

static const CommsBbtField block[] = {
  NUMBER (CommsBbtBlock, offset),
  REST (CommsBbtBlock, data, RANGE (1, COMMS_BBT_BLOCK_MAX)),
};

static const CommsBbtField install[] = { NUMBER (CommsBbtInstall, action, WORD (ACTIONS), RANGE (1, 3)) };

static const CommsBbtField result[] = {
  NUMBER (CommsBbtResult, request),
  NUMBER (CommsBbtResult, code, WORD (RESULTS)),
  NUMBER (CommsBbtResult, value),
};

static const CommsBbtField opening[] = {
  NUMBER (CommsBbtOpen, port, WORD (PORTS), RANGE (0, 2)),
  NUMBER (CommsBbtOpen, idle, RANGE (1, 3600)),
};

static const CommsBbtField data[] = { REST (CommsBbtData, bytes, RANGE (1, COMMS_BBT_DATA_MAX)) };
static const CommsBbtField closing[] = { NUMBER (CommsBbtClose, reason, WORD (CLOSES)) };

static gboolean
check_archive (const CommsBbtMessage *message, GError **error)
{
  return comms_bbt_archive_check (&message->archive, error);
}

#define LAYOUT(type, of, T, ...) \
  [COMMS_BBT_##type] = { of, G_N_ELEMENTS (of), sizeof (T), __VA_ARGS__ }
/* What ends with a long array is cleared up to it only. */
#define LAYOUT_TO(type, of, T, m, ...) \
  [COMMS_BBT_##type] = { of, G_N_ELEMENTS (of), G_STRUCT_OFFSET (T, m), __VA_ARGS__ }

static const CommsBbtLayout layouts[] = {
  LAYOUT (IDENT, ident, CommsBbtIdent),
  LAYOUT (CHALLENGE, challenge, CommsBbtChallenge),
  LAYOUT (PROOF, proof, CommsBbtProof),
  LAYOUT (ACCEPT, accept, CommsBbtAccept),
  LAYOUT (BYE, bye, CommsBbtBye),
  LAYOUT (FAULT, fault, CommsBbtFault),
  LAYOUT (PING, ping, CommsBbtPing),
  LAYOUT (PONG, pong, CommsBbtPong),
  LAYOUT_TO (LIVE, live, CommsBbtReport, values),
  LAYOUT_TO (INCREMENT, increment, CommsBbtReport, values),
  LAYOUT (ARCHIVE, archive, CommsBbtArchive, check_archive),
  LAYOUT (EVENT, event, CommsBbtEvent),
  LAYOUT (PULSE, pulse, CommsBbtPulse),
  LAYOUT (SABOTAGE, sabotage, CommsBbtSabotage),
  LAYOUT_TO (ACK, ack, CommsBbtAck, entries),
  LAYOUT (REQUEST, request, CommsBbtRequest),
  LAYOUT_TO (SETTINGS, settings, CommsBbtSettings, thresholds),
  LAYOUT_TO (SCHEDULE, schedule, CommsBbtSchedule, entries),
  LAYOUT (INTERFACE, interface, CommsBbtInterface),
  LAYOUT (OUTPUT, output, CommsBbtOutput),
  LAYOUT (FIRMWARE, firmware, CommsBbtFirmware),
  LAYOUT (BLOCK, block, CommsBbtBlock),
  LAYOUT (INSTALL, install, CommsBbtInstall),
  LAYOUT (RESULT, result, CommsBbtResult),
  LAYOUT (OPEN, opening, CommsBbtOpen),
  LAYOUT (DATA, data, CommsBbtData),
  LAYOUT (CLOSE, closing, CommsBbtClose),
};

const CommsBbtLayout *
comms_bbt_layout (guint8 type, GError **error)
{
  if (type < G_N_ELEMENTS (layouts) && layouts[type].fields != NULL)
    return &layouts[type];
  g_set_error (error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_TYPE, "frame type %02x is not known", type);
  return NULL;
}
