/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-sessions.h"

#include <nettle/sha2.h>
#include <string.h>

#include "comms/bbt-archive.h"
#include "comms/crc.h"

const char *const bbt_sessions_key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/* µs of 22 November 2026, hour:minute:second UTC, and so many ms. */
#define AT(h, m, s, ms) ((1795305600 + (h) * 3600 + (m) * 60 + (s)) * (gint64) 1000000 + (ms) * 1000)

#define UNIT(T, ...)   { COMMS_BBT_OF_UNIT, { .type = COMMS_BBT_##T, __VA_ARGS__ } }
#define SERVER(T, ...) { COMMS_BBT_OF_SERVER, { .type = COMMS_BBT_##T, __VA_ARGS__ } }
/* A message of which a function makes the rest. */
#define UNIT_MAKES(T, f, ...)   { COMMS_BBT_OF_UNIT, { .type = COMMS_BBT_##T, __VA_ARGS__ }, f }
#define SERVER_MAKES(T, f, ...) { COMMS_BBT_OF_SERVER, { .type = COMMS_BBT_##T, __VA_ARGS__ }, f }

#define SESSION(of, title, text, ...) { title, text, .steps = of, .n_steps = G_N_ELEMENTS (of), __VA_ARGS__ }

/* The unit and what stays as it is; each session says the rest. */
#define IDENT(...) .ident = { .serial = "BBT1-00417", .model = "BBT-1", .firmware = { 1, 0, 3 }, .hardware = 2, \
  .imei = G_GUINT64_CONSTANT (861234567890123), .iccid = "8970101234567890123", .supply = 3, .battery = 13560, \
  .mains = 2304, .signal = -81, .temperature = 12, __VA_ARGS__ }
#define PROVES(n) .authentication = 1, .nonce = { 0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, n }
#define SERVER_NONCE(n) .challenge.nonce = { 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x5B, \
  0x5C, 0x5D, 0x5E, n }
#define LIVE_VALUES .mask = 0x3FFF, .values = { 12480, 9120, 9118, 5200, 11040, 10990, 4010, 0xFFFF, 0x05, 0x00, \
  2304, 13560, -81, 123 }
#define OK(seq) .result = { .request = seq }
#define VALUE(seq, v) .result = { .request = seq, .value = v }

/* Revisions of what session 1 sets; the test fails when they are not the digests. */
#define SETTINGS_REVISION 0xECFFD09D
#define SCHEDULE_REVISION 0x85F13642

static const BbtStep first_contact[] = {
  UNIT (IDENT, IDENT (.boot = 1, .time = AT (7, 59, 55, 250), .waiting = 1, PROVES (1))),
  SERVER (CHALLENGE, SERVER_NONCE (1)),
  UNIT (PROOF),
  SERVER (ACCEPT, .accept = { AT (8, 0, 0, 0), 600, 0x1E, COMMS_BBT_ACCEPT_MORE }),
  UNIT (EVENT, .event = { { .time = AT (7, 59, 40, 100), .number = 1 }, .boot = 1, .code = COMMS_BBT_EVENT_STARTED }),
  UNIT (LIVE, .report = { .time = AT (8, 0, 1, 500), .number = 1, .status = 0x10, LIVE_VALUES }),
  SERVER (ACK, .ack = { 2, { { COMMS_BBT_STREAM_LIVE, 1, 1 }, { COMMS_BBT_STREAM_EVENTS, 1, 1 } } }),
  SERVER (SETTINGS, .settings = { .polling = 60, .confirmation = 720, .accident = 10, .archive = 30,
    .sms = "+79991234567", .n_thresholds = 2, .thresholds = { { 2, 3, 5600, 13600 }, { 14, 1, -300, 0 } } }),
  UNIT (RESULT, VALUE (4, SETTINGS_REVISION)),
  SERVER (SCHEDULE, .schedule = { .zone = 180, .n_entries = 2,
    .entries = { { COMMS_BBT_DAILY, 0, 365, 17 }, { COMMS_BBT_MONTHLY, 31, 600, 17 } } }),
  UNIT (RESULT, VALUE (5, SCHEDULE_REVISION)),
  SERVER (INTERFACE, .interface = { 0, 19200, 'E', 1 }),
  UNIT (RESULT, OK (6)),
  UNIT (BYE, .bye = { AT (20, 0, 0, 0), COMMS_BBT_BYE_DONE }),
  SERVER (BYE),
};

/* What Modbus RTU says inside: slave 17, input registers 0 and 1, and its answer. */
static guint8 modbus_request[8] = { 17, 4, 0, 0, 0, 2 }, modbus_answer[9] = { 17, 4, 4, 0x01, 0x2C, 0x01, 0x90 };

static void
close_rtu (CommsBbtMessage *message, guint8 *frame, gsize size)
{
  guint16 crc = comms_crc16 (frame, size - 2);

  frame[size - 2] = crc & 0xFF;
  frame[size - 1] = crc >> 8;
  message->data.bytes = (CommsBbtBytes) { frame, size };
}

static void
make_request (CommsBbtMessage *message)
{
  close_rtu (message, modbus_request, sizeof modbus_request);
}

static void
make_answer (CommsBbtMessage *message)
{
  close_rtu (message, modbus_answer, sizeof modbus_answer);
}

static const BbtStep stays[] = {
  UNIT (IDENT, IDENT (.boot = 1, .time = AT (9, 0, 0, 400), .clock = 0x12, .schedule_revision = SCHEDULE_REVISION,
    .settings_revision = SETTINGS_REVISION, .flags = COMMS_BBT_UNIT_STAYS, .cause = COMMS_BBT_CAUSE_BUTTON,
    PROVES (2))),
  SERVER (CHALLENGE, SERVER_NONCE (2)),
  UNIT (PROOF),
  SERVER (ACCEPT, .accept = { AT (9, 0, 1, 100), 600, 0x1E, COMMS_BBT_ACCEPT_STAY | COMMS_BBT_ACCEPT_MORE }),
  UNIT (LIVE, .report = { .time = AT (9, 0, 1, 500), .number = 2, .status = 0x10, LIVE_VALUES }),
  SERVER (ACK, .ack = { 1, { { COMMS_BBT_STREAM_LIVE, 1, 2 } } }),
  UNIT (INCREMENT, .report = { .time = AT (9, 1, 1, 500), .number = 3, .base = 2, .status = 0x10, .mask = 0x102,
    .values = { [1] = 9131, [8] = 0x07 } }),
  SERVER (ACK, .ack = { 1, { { COMMS_BBT_STREAM_LIVE, 1, 3 } } }),
  UNIT (INCREMENT, .report = { .time = AT (9, 2, 1, 500), .number = 4, .base = 3, .status = 0x10 }),
  SERVER (ACK, .ack = { 1, { { COMMS_BBT_STREAM_LIVE, 1, 4 } } }),
  UNIT (PING, .ping = { 0x00000A01 }),
  SERVER (PONG, .pong = { 0x00000A01, AT (9, 5, 21, 503) }),
  SERVER (OUTPUT, .output = { 1, 1, 1, 0x7E57A11E, AT (9, 6, 30, 0) }),
  UNIT (RESULT, VALUE (7, 0)),
  SERVER (OUTPUT, .output = { 2, 1, 1, 0x7E57A11E, AT (9, 6, 32, 0) }),
  UNIT (RESULT, VALUE (8, 1)),
  UNIT (EVENT, .event = { { .time = AT (9, 6, 3, 20), .number = 2, .status = 0x10, .mask = 0x200,
    .values = { [9] = 0x01 } }, .boot = 1, .code = COMMS_BBT_EVENT_OUTPUT, .channel = 10, .bit = 0, .detail = 1 }),
  SERVER (ACK, .ack = { 1, { { COMMS_BBT_STREAM_EVENTS, 1, 2 } } }),
  SERVER (OPEN, .open = { 0, 30 }),
  UNIT (RESULT, OK (10)),
  SERVER_MAKES (DATA, make_request),
  UNIT_MAKES (DATA, make_answer),
  SERVER (CLOSE),
  SERVER (REQUEST, .request = { 1 }),
  UNIT (RESULT, OK (13)),
  UNIT (LIVE, .report = { .time = AT (9, 7, 0, 10), .number = 5, .status = 0x10, LIVE_VALUES }),
  SERVER (ACK, .ack = { 1, { { COMMS_BBT_STREAM_LIVE, 1, 5 } } }),
  SERVER (BYE),
  UNIT (BYE, .bye = { AT (20, 0, 0, 0), COMMS_BBT_BYE_ASKED }),
};

static CommsBbtPacker half_hours, hours;

static void
make_rows (CommsBbtMessage *message)
{
  static const gint32 currents[][2] = { { 9120, 123 }, { 9131, 123 }, { 9131, 123 }, { 9051, 119 } };

  comms_bbt_packer_begin (&half_hours, COMMS_BBT_STREAM_ARCHIVE, 1, 1800);
  for (guint i = 0; i < G_N_ELEMENTS (currents); i++) {
    CommsBbtReport row = { .time = AT (8, 30 * i, 0, 0), .number = 1 + i, .status = 0x10, .mask = 0x2002,
                           .values = { [1] = currents[i][0], [13] = currents[i][1] } };
    g_assert_true (comms_bbt_packer_add (&half_hours, &row));
  }
  message->archive = half_hours.archive;
}

static void
make_hours (CommsBbtMessage *message)
{
  const CommsBbtReport row = { .time = AT (9, 0, 0, 0), .number = 1, .status = 0x10, .mask = 0x10002,
                               .values = { [1] = 9126, [16] = 0x42F6E979 } };

  comms_bbt_packer_begin (&hours, COMMS_BBT_STREAM_HOURLY, 1, 3600);
  g_assert_true (comms_bbt_packer_add (&hours, &row));
  message->archive = hours.archive;
}

static const BbtStep alarm_call[] = {
  UNIT (IDENT, IDENT (.boot = 1, .time = AT (10, 12, 7, 900), .clock = 0x12, .schedule_revision = SCHEDULE_REVISION,
    .settings_revision = SETTINGS_REVISION, .oldest = 1, .waiting = 8, .cause = COMMS_BBT_CAUSE_THRESHOLD,
    PROVES (3))),
  SERVER (CHALLENGE, SERVER_NONCE (3)),
  UNIT (PROOF),
  SERVER (ACCEPT, .accept = { AT (10, 12, 8, 450), 600, 0x1E, 0 }),
  UNIT (EVENT, .event = { { .time = AT (10, 12, 1, 500), .number = 3, .status = 0x10, .mask = 0x102,
    .values = { [1] = 13742, [8] = 0x07 } }, .boot = 1, .code = COMMS_BBT_EVENT_ABOVE, .channel = 2, .detail = 13600 }),
  SERVER (ACK, .ack = { 1, { { COMMS_BBT_STREAM_EVENTS, 1, 3 } } }),
  UNIT (PULSE, .pulse = { 1, 4, AT (10, 12, 2, 0), 0x10, 2, { { 1, 104233 }, { 2, 17 } } }),
  UNIT (SABOTAGE, .sabotage = { 1, 5, AT (10, 12, 2, 0), 0x10, 1, 0, 0xFF }),
  UNIT_MAKES (ARCHIVE, make_rows),
  UNIT_MAKES (ARCHIVE, make_hours),
  SERVER (ACK, .ack = { 3, { { COMMS_BBT_STREAM_EVENTS, 1, 5 }, { COMMS_BBT_STREAM_ARCHIVE, 1, 4 },
                             { COMMS_BBT_STREAM_HOURLY, 1, 1 } } }),
  UNIT (BYE, .bye = { AT (10, 22, 0, 0), COMMS_BBT_BYE_DONE }),
  SERVER (REQUEST, .request = { 2, COMMS_BBT_STREAM_ARCHIVE, AT (8, 0, 0, 0), AT (9, 59, 59, 0) }),
  UNIT (RESULT, VALUE (5, 4)),
  UNIT_MAKES (ARCHIVE, make_rows),
  SERVER (ACK, .ack = { 1, { { COMMS_BBT_STREAM_ARCHIVE, 1, 4 } } }),
  SERVER (BYE),
};

enum { IMAGE = 40, FIRST_BLOCK = 24 };

static const guint8 *
image (void)
{
  static guint8 bytes[IMAGE];

  for (guint i = 0; i < IMAGE; i++)
    bytes[i] = i;
  return bytes;
}

static void
make_digest (CommsBbtMessage *message)
{
  struct sha256_ctx sha;

  sha256_init (&sha);
  sha256_update (&sha, IMAGE, image ());
  sha256_digest (&sha, sizeof message->firmware.digest, message->firmware.digest);
}

static void
make_first_block (CommsBbtMessage *message)
{
  message->block = (CommsBbtBlock) { 0, { image (), FIRST_BLOCK } };
}

static void
make_second_block (CommsBbtMessage *message)
{
  message->block = (CommsBbtBlock) { FIRST_BLOCK, { image () + FIRST_BLOCK, IMAGE - FIRST_BLOCK } };
}

static const BbtStep update[] = {
  UNIT (IDENT, IDENT (.boot = 1, .time = AT (20, 0, 0, 150), .clock = 0x12, .schedule_revision = SCHEDULE_REVISION,
    .settings_revision = SETTINGS_REVISION, .cause = COMMS_BBT_CAUSE_SCHEDULE, PROVES (4))),
  SERVER (CHALLENGE, SERVER_NONCE (4)),
  UNIT (PROOF),
  SERVER (ACCEPT, .accept = { AT (20, 0, 0, 700), 600, 0x1E, COMMS_BBT_ACCEPT_MORE }),
  SERVER_MAKES (FIRMWARE, make_digest, .firmware = { .version = { 1, 1, 0 }, .hardware = 2, .size = IMAGE }),
  UNIT (RESULT, VALUE (3, 0)),
  SERVER_MAKES (BLOCK, make_first_block),
  UNIT (RESULT, VALUE (4, FIRST_BLOCK)),
  SERVER_MAKES (BLOCK, make_second_block),
  UNIT (RESULT, VALUE (5, IMAGE)),
  SERVER (INSTALL, .install = { 2 }),
  UNIT (RESULT, OK (6)),
  UNIT (BYE, .bye = { 0, COMMS_BBT_BYE_RESTARTING }),
  SERVER (BYE),
};

static const BbtStep keyless[] = {
  UNIT (IDENT, IDENT (.boot = 9, .time = AT (12, 0, 0, 0), .clock = 0x01, .cause = COMMS_BBT_CAUSE_CONFIRMATION)),
  SERVER (ACCEPT, .accept = { AT (12, 0, 0, 800), 600, 0x1E, 0 }),
  UNIT (LIVE, .report = { .time = AT (12, 0, 1, 0), .number = 1, .mask = 0x101, .values = { 12480, [8] = 0x05 } }),
  SERVER (ACK, .ack = { 1, { { COMMS_BBT_STREAM_LIVE, 9, 1 } } }),
  UNIT (BYE, .bye = { AT (18, 0, 0, 0), COMMS_BBT_BYE_DONE }),
  SERVER (BYE),
};

static const char refusal[] = "wrong proof, is the key of this unit another one?";

static const BbtStep refused[] = {
  UNIT (IDENT, IDENT (.boot = 2, .time = AT (21, 0, 0, 0), .clock = 0x12, .cause = COMMS_BBT_CAUSE_AGAIN,
    PROVES (5))),
  SERVER (CHALLENGE, SERVER_NONCE (5)),
  UNIT (PROOF),
  SERVER (FAULT, .fault = { COMMS_BBT_FAULT_PROOF, 2, 60, { (const guint8 *) refusal, sizeof refusal - 1 } }),
};

const BbtSession bbt_sessions[] = {
  SESSION (first_contact, "First contact; settings and schedule are set",
           "The unit's clock was never set: it does so with ACCEPT, and its era goes from 0 to 1."),
  SESSION (stays, "A unit that stays: live and increments, an output, mode T",
           "In mode T slave 17 is asked for its input registers 0 and 1: `11 04 00 00 00 02 73 5B`."),
  SESSION (alarm_call, "An alarm call, late archive, rows asked for again",
           "The unit calls at once, with ten minutes to the next report; its rows since 8:00 come late. The\n"
           "server's BYE waits until it has what it asked for."),
  SESSION (update, "New firmware in two blocks", "The image is the 40 bytes `00` to `27`."),
  SESSION (keyless, "A unit that is configured to have no key", "No frame has a MAC."),
  SESSION (refused, "A unit with another key", "Its `K` is all zero.", .wrong_key = TRUE),
};
const guint n_bbt_sessions = G_N_ELEMENTS (bbt_sessions);
