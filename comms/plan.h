/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How one unit is polled: which requests, and which point each answered register feeds. Pure. */
#pragma once

#include "gdp/engine.h"
#include "rtu.h"

G_BEGIN_DECLS

typedef struct {
  guint32            point;     /* index into the network */
  const GdpRegister *reg;       /* borrowed from the network's profile */
} CommsPlanItem;

typedef struct {
  CommsQuery    read;
  guint         first, n_items; /* into the plan's items */
} CommsPlanBlock;

typedef struct {
  guint           unit;
  CommsPlanBlock *blocks;  guint n_blocks;
  CommsPlanItem  *items;   guint n_items;
} CommsPlan;

/* Merges the channels that the unit's points name into as few reads as the profile's max_read and
 * max_gap allow (bits: sixteen times as many). Points whose channel the profile lacks are left out;
 * a unit without points is asked for its profile's first register, to know whether it lives.
 * Blocks are in the order of their items, each item in exactly one. */
CommsPlan *comms_plan_new  (const GdpNetwork *network, guint unit);
void       comms_plan_free (CommsPlan *plan);
/* @network is new and says of the unit what the plan's own did: registers are borrowed from it from now on. */
void       comms_plan_adopt (CommsPlan *plan, const GdpNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommsPlan, comms_plan_free)

/* Fills one sample an item of @block (n_items from @samples on) from the block's answered @values,
 * or, when these are NULL, with @reason and no number. NaN from a float register passes as it came. */
void comms_plan_decode (const CommsPlan *plan, guint block, const guint16 *values,
                        GdpReason reason, gint64 time, GdpSample *samples);

/* Halves a block that its unit refuses, so that one register it lacks does not hide the others: after a
 * few polls that register stands alone. A block of one item stays. Items and samples keep their places. */
void comms_plan_split (CommsPlan *plan, guint block);

G_END_DECLS
