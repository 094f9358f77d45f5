/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server asks of a BBT and how its RESULT says that it was done (comms/PROTOCOL.md 8). */
#include <string.h>

#include "bbt.h"

#define SELECTED (30 * GDP_SECOND)
#define MEMORY   (1 << 20)              /* bytes of the longest image */
#define RESTART  (3 * GDP_SECOND)   /* real µs that a start takes */

static CommsBbtResult
result (CommsBbtResultCode code, guint32 value)
{
  return (CommsBbtResult) { .code = code, .value = value };
}

/* ---- settings and schedule ------------------------------------------------------------------------ */

static CommsBbtResult
take_settings (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length, gint64 now)
{
  guint32 old = bbt->settings ? bbt->settings->revision : 0;
  if (message->settings.revision != comms_bbt_revision (payload, length))
    return result (COMMS_BBT_REVISION_WRONG, old);
  g_free (bbt->settings);
  bbt->settings = g_memdup2 (&message->settings, sizeof message->settings);
  memset (bbt->crossed, 0, sizeof bbt->crossed);
  bbt->next_measure = now;
  return result (COMMS_BBT_DONE, bbt->settings->revision);
}

static CommsBbtResult
take_schedule (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length, gint64 now)
{
  guint32 old = bbt->schedule ? bbt->schedule->revision : 0;
  if (message->schedule.revision != comms_bbt_revision (payload, length))
    return result (COMMS_BBT_REVISION_WRONG, old);
  g_free (bbt->schedule);
  bbt->schedule = g_memdup2 (&message->schedule, sizeof message->schedule);
  return result (COMMS_BBT_DONE, bbt->schedule->revision);
}

/* Its slaves answer at any speed: the line is only played. */
static CommsBbtResult
take_interface (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length, gint64 now)
{
  return result (message->interface.port == 0 ? COMMS_BBT_DONE : COMMS_BBT_INTERFACE_SILENT, 0);
}

/* ---- outputs ------------------------------------------------------------------------------------------ */

enum { STEP_SELECT = 1, STEP_OPERATE, STEP_CANCEL };

static guint32
read_back (const SimBbt *bbt, guint output)
{
  return bbt->silent ? 2 : bbt->unit->station.outputs >> (output - 1) & 1;
}

static gboolean
is_same (const SimSelection *selection, const CommsBbtOutput *output)
{
  return selection->output == output->output && selection->state == output->state
         && selection->token == output->token;
}

static CommsBbtResult
operate (SimBbt *bbt, const CommsBbtOutput *output, gint64 now)
{
  SimSelection selected = bbt->selected;
  if (is_same (&bbt->operated, output))
    return bbt->operation;
  if (!is_same (&selected, output) || now > selected.until)
    return result (COMMS_BBT_NOT_SELECTED, read_back (bbt, output->output));
  bbt->selected = (SimSelection) { 0 };
  if (sim_rtc_read (&bbt->clock, now) > output->not_after)
    return result (COMMS_BBT_TOO_LATE, read_back (bbt, output->output));
  if (bbt->silent)
    return result (COMMS_BBT_READ_BACK_DIFFERS, 2);
  guint bit = output->output - 1;
  gboolean moved = sim_unit_switch (bbt->unit, bit, output->state);
  bbt->now.values[COMMS_BBT_DO - 1] = bbt->unit->station.outputs;
  bbt->operated = selected;
  bbt->operation = result (moved ? COMMS_BBT_DONE : COMMS_BBT_READ_BACK_DIFFERS,
                           read_back (bbt, output->output));
  if (moved)
    sim_bbt_event (bbt, COMMS_BBT_EVENT_OUTPUT, COMMS_BBT_DO, bit, output->state, 1u << (COMMS_BBT_DO - 1), now);
  return bbt->operation;
}

static CommsBbtResult
take_output (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length, gint64 now)
{
  const CommsBbtOutput *output = &message->output;
  if (output->step == STEP_OPERATE)
    return operate (bbt, output, now);
  if (output->step == STEP_SELECT && sim_rtc_read (&bbt->clock, now) > output->not_after)
    return result (COMMS_BBT_TOO_LATE, read_back (bbt, output->output));
  bbt->selected = (SimSelection) { 0 };
  if (output->step == STEP_SELECT) {
    bbt->selected = (SimSelection) { output->output, output->state, output->token, now + SELECTED };
    bbt->operated = (SimSelection) { 0 };
  }
  return result (COMMS_BBT_DONE, read_back (bbt, output->output));
}

/* ---- firmware --------------------------------------------------------------------------------------------- */

enum { ACTION_CHECK = 1, ACTION_INSTALL, ACTION_GIVE_UP };

static void
forget_image (SimBbt *bbt)
{
  g_clear_pointer (&bbt->image.data, g_byte_array_unref);
}

static CommsBbtResult
take_firmware (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length, gint64 now)
{
  const CommsBbtFirmware *firmware = &message->firmware;
  SimImage *image = &bbt->image;
  if (firmware->hardware != SIM_BBT_HARDWARE)
    return result (COMMS_BBT_OTHER_HARDWARE, 0);
  if (firmware->size == 0 || firmware->size > MEMORY)
    return result (COMMS_BBT_NO_MEMORY, 0);
  gboolean same = image->data && image->size == firmware->size
                  && memcmp (image->version, firmware->version, sizeof image->version) == 0
                  && memcmp (image->digest, firmware->digest, sizeof image->digest) == 0;
  if (!same) {
    forget_image (bbt);
    *image = (SimImage) { .hardware = firmware->hardware, .size = firmware->size, .data = g_byte_array_new () };
    memcpy (image->version, firmware->version, sizeof image->version);
    memcpy (image->digest, firmware->digest, sizeof image->digest);
  }
  return result (COMMS_BBT_DONE, image->data->len);
}

static CommsBbtResult
take_block (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length, gint64 now)
{
  const CommsBbtBlock *block = &message->block;
  GByteArray *data = bbt->image.data;
  if (!data)
    return result (COMMS_BBT_NOT_SELECTED, 0);
  if ((guint64) block->offset + block->data.length > bbt->image.size)
    return result (COMMS_BBT_OUT_OF_RANGE, data->len);
  if (block->offset == data->len) {
    g_byte_array_append (data, block->data.bytes, block->data.length);
    if (bbt->unit->firmware_spoiled)
      data->data[block->offset] ^= 1;
  }
  return result (COMMS_BBT_DONE, data->len);
}

static gboolean
digest_is_good (const SimImage *image)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  g_checksum_update (sum, image->data->data, image->data->len);
  g_checksum_get_digest (sum, digest, &length);
  return image->data->len == image->size && memcmp (digest, image->digest, sizeof digest) == 0;
}

static CommsBbtResult
take_install (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length, gint64 now)
{
  SimImage *image = &bbt->image;
  guint8 action = message->install.action;
  if (!image->data)
    return result (COMMS_BBT_NOT_SELECTED, 0);
  if (action != ACTION_GIVE_UP && !digest_is_good (image)) {
    if (image->data->len == image->size)
      forget_image (bbt);
    return result (COMMS_BBT_DIGEST_WRONG, 0);
  }
  if (action == ACTION_INSTALL) {
    memcpy (bbt->installing, image->version, sizeof bbt->installing);
    bbt->restarting = now + RESTART;
  }
  if (action != ACTION_CHECK)
    forget_image (bbt);
  return result (COMMS_BBT_DONE, 0);
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

static const struct {
  guint8 type;
  CommsBbtResult (*take) (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length,
                          gint64 now);
} requests[] = {
  { COMMS_BBT_SETTINGS, take_settings },   { COMMS_BBT_SCHEDULE, take_schedule },
  { COMMS_BBT_INTERFACE, take_interface }, { COMMS_BBT_OUTPUT, take_output },
  { COMMS_BBT_FIRMWARE, take_firmware },   { COMMS_BBT_BLOCK, take_block },
  { COMMS_BBT_INSTALL, take_install },
};

CommsBbtResult
sim_bbt_request (SimBbt *bbt, const CommsBbtMessage *message, const guint8 *payload, gsize length, gint64 now)
{
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    if (requests[i].type == message->type)
      return requests[i].take (bbt, message, payload, length, now);
  return result (COMMS_BBT_NOT_KNOWN, 0);
}
