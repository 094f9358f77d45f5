/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan.h"

#include <math.h>

/* Modbus Application Protocol V1.1b3, 6.1–6.4: at most 125 registers or 2000 bits a read. */
static const guint most_registers = 125, bits_per_register = 16;

static int
by_place (const void *a, const void *b)
{
  const GdpRegister *x = ((const CommsPlanItem *) a)->reg, *y = ((const CommsPlanItem *) b)->reg;

  return x->table != y->table ? (int) x->table - (int) y->table : (int) x->address - (int) y->address;
}

/* What a BBT reports of itself comes when it calls: there is nothing to ask for. */
static gboolean
is_polled (const GdpUnit *unit)
{
  return unit->profile != NULL && !gdp_profile_is_report (unit->profile);
}

static GArray *
find_items (const GdpNetwork *network, guint unit)
{
  const GdpUnit *its = &network->units[unit];
  const GdpSite *site = &network->sites[its->site];
  GArray *items = g_array_new (FALSE, FALSE, sizeof (CommsPlanItem));

  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    const GdpPoint *point = &network->points[i];
    const GdpRegister *reg = NULL;

    if (point->unit == unit && point->channel != NULL && is_polled (its))
      reg = gdp_profile_find (its->profile, point->channel);
    if (reg != NULL)
      g_array_append_vals (items, &(CommsPlanItem) { i, reg }, 1);
  }
  g_array_sort (items, by_place);
  return items;
}

/* Grows @block to hold @reg if that is the same table, near enough and not too much. */
static gboolean
block_takes (CommsPlanBlock *block, const GdpProfile *profile, const GdpRegister *reg)
{
  gboolean bits = reg->table == GDP_TABLE_COILS || reg->table == GDP_TABLE_DISCRETE_INPUTS;
  guint factor = bits ? bits_per_register : 1;   /* the limits are in registers; a bit is a sixteenth */
  guint most = MIN (profile->max_read > 0 ? profile->max_read : most_registers, most_registers) * factor;
  guint block_end = block->read.start + block->read.count;
  guint end = MAX (block_end, reg->address + gdp_register_width (reg->type));

  if (reg->table != block->read.table || reg->address > block_end + profile->max_gap * factor
      || end - block->read.start > most)
    return FALSE;
  block->read.count = end - block->read.start;
  return TRUE;
}

static CommsPlanBlock
block_of (const GdpUnit *unit, const GdpRegister *reg, guint first)
{
  CommsQuery read = { unit->address, reg->table, reg->address, gdp_register_width (reg->type) };

  return (CommsPlanBlock) { .read = read, .first = first };
}

static GArray *
merge (const GdpUnit *unit, const CommsPlanItem *items, guint n_items)
{
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (CommsPlanBlock));
  CommsPlanBlock *last = NULL;

  for (guint i = 0; i < n_items; i++) {
    if (last == NULL || !block_takes (last, unit->profile, items[i].reg)) {
      CommsPlanBlock block = block_of (unit, items[i].reg, i);
      g_array_append_val (blocks, block);
      last = &g_array_index (blocks, CommsPlanBlock, blocks->len - 1);
    }
    last->n_items++;
  }
  return blocks;
}

CommsPlan *
comms_plan_new (const GdpNetwork *network, guint unit)
{
  const GdpUnit *its = &network->units[unit];
  CommsPlan *plan = g_new0 (CommsPlan, 1);
  GArray *items = find_items (network, unit), *blocks;

  plan->unit = unit;
  plan->n_items = items->len;
  plan->items = (CommsPlanItem *) g_array_free (items, FALSE);
  blocks = merge (its, plan->items, plan->n_items);
  if (blocks->len == 0 && is_polled (its) && its->profile->n_registers > 0) {
    CommsPlanBlock sign_of_life = block_of (its, &its->profile->registers[0], 0);
    g_array_append_val (blocks, sign_of_life);
  }
  plan->n_blocks = blocks->len;
  plan->blocks = (CommsPlanBlock *) g_array_free (blocks, FALSE);
  return plan;
}

void
comms_plan_adopt (CommsPlan *plan, const GdpNetwork *network)
{
  const GdpProfile *profile = network->units[plan->unit].profile;

  for (guint i = 0; i < plan->n_items; i++)
    plan->items[i].reg = gdp_profile_find (profile, plan->items[i].reg->channel);
}

void
comms_plan_free (CommsPlan *plan)
{
  if (plan == NULL)
    return;
  g_free (plan->blocks);
  g_free (plan->items);
  g_free (plan);
}

void
comms_plan_decode (const CommsPlan *plan, guint block, const guint16 *values,
                   GdpReason reason, gint64 time, GdpSample *samples)
{
  const CommsPlanBlock *its = &plan->blocks[block];

  for (guint i = 0; i < its->n_items; i++) {
    const CommsPlanItem *item = &plan->items[its->first + i];

    samples[i] = (GdpSample) { .point = item->point, .time = time, .reason = reason, .raw = NAN };
    if (values != NULL)
      samples[i].raw = gdp_register_decode (item->reg, values + (item->reg->address - its->read.start));
  }
}

/* The block of items @first on, in the place of @whole. */
static CommsPlanBlock
part_of (const CommsPlan *plan, const CommsPlanBlock *whole, guint first, guint n_items)
{
  CommsPlanBlock part = { whole->read, first, n_items };
  guint end = 0;

  part.read.start = plan->items[first].reg->address;
  for (guint i = first; i < first + n_items; i++)
    end = MAX (end, plan->items[i].reg->address + gdp_register_width (plan->items[i].reg->type));
  part.read.count = end - part.read.start;
  return part;
}

void
comms_plan_split (CommsPlan *plan, guint block)
{
  CommsPlanBlock whole = plan->blocks[block];
  guint half = whole.n_items / 2;

  if (half == 0)
    return;
  plan->blocks = g_renew (CommsPlanBlock, plan->blocks, plan->n_blocks + 1);
  memmove (&plan->blocks[block + 2], &plan->blocks[block + 1],
           (plan->n_blocks - block - 1) * sizeof plan->blocks[0]);
  plan->blocks[block] = part_of (plan, &whole, whole.first, half);
  plan->blocks[block + 1] = part_of (plan, &whole, whole.first + half, whole.n_items - half);
  plan->n_blocks++;
}
