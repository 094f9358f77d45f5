/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-codes.h"

#define WORDS(...) ((const char *const[]) { __VA_ARGS__ })
#define SET(...) { WORDS (__VA_ARGS__), G_N_ELEMENTS (WORDS (__VA_ARGS__)) }

typedef struct { const char *const *words; guint n; } Set;

/* PROTOCOL.md 5, 7, 8 and 11; a code more is a word more. */
static const Set sets[COMMS_BBT_N_CODE_SETS] = {
  [COMMS_BBT_STREAMS] = SET ("live", "archive", "events", "hourly", "daily"),
  [COMMS_BBT_FAULTS] = SET (NULL, "malformed frame", "version not spoken", "unknown serial", "wrong proof",
    "MAC missing or wrong", "sequence did not grow", "not expected in this state", "too slow",
    "replaced by a newer session", "too much traffic", "busy or stopping", "no session", "must authenticate",
    "another unit with this serial", "no key for this serial"),
  [COMMS_BBT_RESULTS] = SET ("done", "not known to this firmware", "value out of range", "busy", "not selected",
    "too late", "read-back differs", "interface does not answer", "digest wrong", "not for this hardware",
    "no memory", "given up", "revision does not fit its content"),
  [COMMS_BBT_CAUSES] = SET ("power on", "schedule", "confirmation period", "threshold", "alarm input", "tamper",
    "mains or battery", "button", "again after a lost connection", "SMS", "more to deliver"),
  [COMMS_BBT_BYES] = SET ("done", "battery low", "moving out of coverage", "restarting", "asked to by the server"),
  [COMMS_BBT_EVENTS] = SET (NULL, "above max", "below min", "back within thresholds", "contact changed",
    "mains lost", "mains back", "battery low", "loop fault", "module does not answer", "module answers again",
    "started", "output changed", "clock set", "memory overflow", "firmware installed", "new firmware did not run",
    "button", "consumption above plan"),
  [COMMS_BBT_REQUESTS] = SET (NULL, "live", "rows again"),
  [COMMS_BBT_STEPS] = SET (NULL, "select", "operate", "cancel"),
  [COMMS_BBT_ACTIONS] = SET (NULL, "check", "install", "give up"),
  [COMMS_BBT_PORTS] = SET ("RS-485", "RS-232", "CAN"),
  [COMMS_BBT_CLOSES] = SET ("done", "idle", "interface failed"),
  [COMMS_BBT_KINDS] = SET (NULL, "once", "daily", "weekly", "monthly"),
};

const char *
comms_bbt_code_word (CommsBbtCodeSet set, guint code)
{
  g_return_val_if_fail (set < COMMS_BBT_N_CODE_SETS, NULL);
  return code < sets[set].n ? sets[set].words[code] : NULL;
}

#define OF_UNIT   .of_unit = TRUE
#define OF_SERVER .of_server = TRUE
#define OF_BOTH   OF_UNIT, OF_SERVER
#define RECORD    .of_unit = TRUE, .record = TRUE
#define REQUEST   .of_server = TRUE, .request = TRUE

#define TYPE(type, ...) [COMMS_BBT_##type] = { COMMS_BBT_##type, #type, __VA_ARGS__ }

static const CommsBbtTypeInfo types[] = {
  TYPE (IDENT, OF_UNIT),     TYPE (CHALLENGE, OF_SERVER), TYPE (PROOF, OF_UNIT),      TYPE (ACCEPT, OF_SERVER),
  TYPE (BYE, OF_BOTH),       TYPE (FAULT, OF_BOTH),       TYPE (PING, OF_BOTH),       TYPE (PONG, OF_BOTH),
  TYPE (LIVE, RECORD),       TYPE (INCREMENT, RECORD),    TYPE (ARCHIVE, RECORD),     TYPE (EVENT, RECORD),
  TYPE (PULSE, RECORD),      TYPE (SABOTAGE, RECORD),     TYPE (ACK, OF_SERVER),
  TYPE (REQUEST, REQUEST),   TYPE (SETTINGS, REQUEST),    TYPE (SCHEDULE, REQUEST),   TYPE (INTERFACE, REQUEST),
  TYPE (OUTPUT, REQUEST),    TYPE (FIRMWARE, REQUEST),    TYPE (BLOCK, REQUEST),      TYPE (INSTALL, REQUEST),
  TYPE (RESULT, OF_UNIT),    TYPE (OPEN, REQUEST),        TYPE (DATA, OF_BOTH),       TYPE (CLOSE, OF_BOTH),
};

const CommsBbtTypeInfo *
comms_bbt_type_info (guint8 type)
{
  return type < G_N_ELEMENTS (types) && types[type].name != NULL ? &types[type] : NULL;
}
