/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-unit.h"

#include <math.h>
#include <string.h>

#include "bbt-wanted.h"

/* ---- its points -------------------------------------------------------------------------- */

static int
by_place (const void *a, const void *b)
{
  const GdpRegister *x = ((const CommsPlanItem *) a)->reg, *y = ((const CommsPlanItem *) b)->reg;

  return x->table != y->table ? (int) x->table - (int) y->table : (int) x->address - (int) y->address;
}

static void
find_items (CommsBbtUnit *bbt, const GdpNetwork *network)
{
  const GdpUnit *unit = &network->units[bbt->unit];
  const GdpSite *site = &network->sites[unit->site];
  GArray *items = g_array_new (FALSE, FALSE, sizeof (CommsPlanItem));

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    const GdpPoint *point = &network->points[i];
    const GdpRegister *reg = NULL;

    if (point->unit == bbt->unit && point->channel != NULL && unit->profile != NULL)
      reg = gdp_profile_find (unit->profile, point->channel);
    if (reg != NULL && gdp_table_is_report (reg->table))
      g_array_append_vals (items, &(CommsPlanItem) { i, reg }, 1);
  }
  g_array_sort (items, by_place);
  bbt->n_items = items->len;
  bbt->items = (CommsPlanItem *) g_array_free (items, FALSE);
}

const CommsPlanItem *
comms_bbt_unit_item (const CommsBbtUnit *unit, GdpTable table, guint address)
{
  for (guint i = 0; i < unit->n_items; i++)
    if (unit->items[i].reg->table == table && unit->items[i].reg->address == address)
      return &unit->items[i];
  return NULL;
}

/* ---- its beginning and its end ----------------------------------------------------------- */

static CommsBbtUnit *
bbt_new (const GdpNetwork *network, CommsModem *modem, const CommsBbtKeys *keys, CommsStreams *streams)
{
  guint link = modem->link;
  const GdpLink *its = &network->links[link];
  CommsBbtUnit *bbt = g_new0 (CommsBbtUnit, 1);

  bbt->link = link;
  bbt->unit = its->report_unit;
  bbt->serial = its->serial;
  bbt->key = keys != NULL ? comms_bbt_keys_find (keys, its->serial) : NULL;
  bbt->streams = comms_streams_of (streams, its->key, link, its->serial);
  bbt->modem = modem;
  bbt->meter = comms_meter_new ();
  bbt->settings_wanted = comms_bbt_settings_wanted (network, link, NULL);
  bbt->schedule_wanted = comms_bbt_schedule_wanted (network, link, NULL);
  if (bbt->unit != G_MAXUINT)
    find_items (bbt, network);
  g_queue_init (&bbt->orders);
  return bbt;
}

CommsBbtUnit **
comms_bbt_units_new (const GdpNetwork *network, CommsModem **modems, const CommsBbtKeys *keys, CommsStreams *streams)
{
  CommsBbtUnit **units = g_new0 (CommsBbtUnit *, network->n_links);

  for (guint i = 0; i < network->n_links; i++)
    if (network->links[i].kind == GDP_LINK_BBT)
      units[i] = bbt_new (network, modems[i], keys, streams);
  return units;
}

static void
bbt_free (CommsBbtUnit *bbt)
{
  g_free (bbt->bases);
  g_queue_clear_full (&bbt->orders, (GDestroyNotify) comms_order_free);
  comms_order_free (bbt->promised_live);
  comms_order_free (bbt->promised_rows);
  comms_meter_unref (bbt->meter);
  g_free (bbt->items);
  g_free (bbt->peer);
  g_free (bbt);
}

void
comms_bbt_units_free (CommsBbtUnit **units, guint n_links)
{
  for (guint i = 0; i < n_links; i++)
    if (units[i] != NULL)
      bbt_free (units[i]);
  g_free (units);
}

/* @unit goes on under the configuration that @fresh was made of. */
static void
adopt (CommsBbtUnit *unit, CommsBbtUnit *fresh)
{
  unit->serial = fresh->serial;
  unit->key = fresh->key;
  unit->modem = fresh->modem;
  unit->settings_wanted = fresh->settings_wanted;
  unit->schedule_wanted = fresh->schedule_wanted;
  unit->done = 0;
  g_free (unit->items);
  unit->items = g_steal_pointer (&fresh->items);
  unit->n_items = fresh->n_items;
  bbt_free (fresh);
}

void
comms_bbt_units_adopt (CommsBbtUnit **units, guint n_units, CommsBbtUnit **fresh, const gboolean *same)
{
  for (guint i = 0; i < n_units; i++)
    if (units[i] != NULL && same[i]) {
      adopt (units[i], fresh[i]);
      fresh[i] = g_steal_pointer (&units[i]);
    }
  comms_bbt_units_free (units, n_units);
}

void
comms_bbt_unit_reset (CommsBbtUnit *unit)
{
  g_clear_pointer (&unit->bases, g_free);
  unit->bases_size = unit->bases_room = 0;
  unit->acknowledged = 0;
  unit->session = NULL;
  unit->live_wanted = FALSE;
  unit->asked = (CommsBbtAsked) { 0 };
  unit->done = 0;
  unit->again = 0;
}

gboolean
comms_bbt_unit_traffic (const CommsBbtUnit *bbt, guint unit, CommsTraffic *traffic)
{
  gboolean found = comms_modem_traffic (bbt->modem, unit, traffic);

  if (unit != G_MAXUINT && unit != bbt->unit)
    return found;
  comms_meter_sum (bbt->meter, traffic);
  return TRUE;
}

/* ---- reports that later ones are told against --------------------------------------------- */

enum {
  BASES_KEPT = 9,    /* eight reports may wait for their ACK, and all of the ACKs be under way: so many it may be behind */
  BASES_MORE = 4,    /* room is made for so many at once: not at each report, nor for many more than needed */
};

/* Four-byte words all: entries stay aligned. */
static gsize
base_size (guint32 mask)
{
  return (sizeof (CommsBbtBase) + comms_bbt_values_size (mask) + 3) & ~(gsize) 3;
}

static CommsBbtBase *
base_at (const CommsBbtUnit *unit, gsize at)
{
  return (CommsBbtBase *) (gpointer) (unit->bases + at);
}

/* Forgets all that stand before @at. */
static void
forget_bases (CommsBbtUnit *unit, gsize at)
{
  if (at == 0)
    return;
  unit->bases_size -= at;
  memmove (unit->bases, unit->bases + at, unit->bases_size);
}

/* Those that the unit will not name any more. */
static void
forget_old_bases (CommsBbtUnit *unit)
{
  guint n = 0;
  gsize at = 0;

  for (gsize i = 0; i < unit->bases_size; i += base_at (unit, i)->size)
    n += base_at (unit, i)->number <= unit->acknowledged;
  for (; n > BASES_KEPT; n--)
    at += base_at (unit, at)->size;
  forget_bases (unit, at);
}

void
comms_bbt_unit_add_base (CommsBbtUnit *unit, const CommsBbtReport *report)
{
  gsize size = base_size (report->mask);

  if (unit->bases_size + size > unit->bases_room)
    forget_old_bases (unit);
  if (unit->bases_size + size > unit->bases_room) {
    unit->bases_room = unit->bases_size + BASES_MORE * size;
    unit->bases = g_realloc (unit->bases, unit->bases_room);
  }
  CommsBbtBase *base = base_at (unit, unit->bases_size);
  *base = (CommsBbtBase) { .number = report->number, .mask = report->mask, .size = size };
  comms_bbt_values_put (report->mask, report->values, base->values);
  unit->bases_size += size;
}

void
comms_bbt_unit_acknowledge_base (CommsBbtUnit *unit, guint32 through)
{
  unit->acknowledged = through;
}

gboolean
comms_bbt_unit_complete (CommsBbtUnit *unit, CommsBbtReport *increment)
{
  gsize at = 0;
  CommsBbtReport whole;

  if (increment->base > unit->acknowledged)
    return FALSE;
  while (at < unit->bases_size && base_at (unit, at)->number != increment->base)
    at += base_at (unit, at)->size;
  if (at == unit->bases_size)
    return FALSE;
  forget_bases (unit, at);   /* it will not go back behind this one */
  const CommsBbtBase *base = base_at (unit, 0);
  whole = (CommsBbtReport) { .number = base->number, .mask = base->mask };
  if (base->mask != 0)
    comms_bbt_values_get (base->mask, base->values, base->size - sizeof *base, whole.values);
  comms_bbt_report_add (increment, &whole);
  return TRUE;
}

/* ---- values ------------------------------------------------------------------------------ */

static guint
channel_of (const GdpRegister *reg)
{
  if (reg->table == GDP_TABLE_REPORT_BITS)
    return reg->address < 8 ? COMMS_BBT_DI : COMMS_BBT_DO;
  return reg->address;
}

static double
value_of (const CommsBbtReport *report, const GdpRegister *reg)
{
  guint16 words[2] = { 0 };
  gboolean there = reg->table == GDP_TABLE_REPORT_BITS ? comms_bbt_report_bit (report, reg->address, words)
                                                       : comms_bbt_report_words (report, reg->address, words) > 0;

  if (reg->words == GDP_WORDS_LOW_FIRST && gdp_register_width (reg->type) == 2) {
    guint16 high = words[0];
    words[0] = words[1];
    words[1] = high;
  }
  return there ? gdp_register_decode (reg, words) : NAN;
}

gboolean
comms_bbt_report_item (const CommsBbtReport *report, const GdpRegister *reg, double *value)
{
  *value = gdp_register_is_event (reg) ? NAN : value_of (report, reg);
  return !isnan (*value);
}

/* What is wrong with a value before anybody has looked at the number. */
static GdpReason
reason_of (const CommsBbtReport *report, guint channel, double value, GdpReason otherwise)
{
  if (channel <= COMMS_BBT_DO && (report->status & COMMS_BBT_STATUS_SILENT) != 0)
    return GDP_REASON_NO_COMMUNICATION;
  if (isnan (value))
    return GDP_REASON_NOT_A_NUMBER;
  if ((report->status & COMMS_BBT_STATUS_SIMULATED) != 0)
    return GDP_REASON_FORCED;
  return otherwise;
}

guint
comms_bbt_unit_samples (const CommsBbtUnit *unit, const CommsBbtReport *report, gint64 time, GdpReason reason,
                        GdpSample *samples)
{
  guint n = 0;

  for (guint i = 0; i < unit->n_items; i++) {
    const CommsPlanItem *item = &unit->items[i];
    guint channel = channel_of (item->reg);

    if (gdp_register_is_event (item->reg) || (report->mask & 1u << (channel - 1)) == 0)
      continue;
    double value = value_of (report, item->reg);
    samples[n++] = (GdpSample) { .point = item->point, .time = time, .raw = value,
                                 .reason = reason_of (report, channel, value, reason) };
  }
  return n;
}
