/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that fails on cue, under SQLite: a VFS over the default one, for a process that is forked to die.
 *
 * What was written since a file's last sync is kept apart: when the power is cut, every sector of it is kept,
 * lost, torn in the middle or garbled, and so are the file's length, that it was made, and that it was deleted.
 * Bytes that were not written anew stay as they are, as SQLite takes for granted of any disk (POWERSAFE_OVERWRITE). */
#pragma once

#include <glib.h>

typedef enum {
  FAULT_POWER,    /* the power is cut when the `at`-th sync begins: the process ends with FAULT_POWER_EXIT */
  FAULT_FULL,     /* `lasts` writes fail for want of space, from the `at`-th on */
  FAULT_SHORT,    /* likewise, the first half of each is written */
  FAULT_ERROR,    /* `lasts` writes fail with EIO */
  FAULT_SYNC,     /* `lasts` syncs fail with EIO, from the `at`-th on. What they were to sync can be read until the power
                   * is cut, and is never on the disk unless it is written anew: so do disks under Linux */
  FAULT_KINDS
} FaultKind;

typedef enum { FATE_LOST, FATE_KEPT, FATE_TORN, FATE_GARBLED, FATE_MIXED, FATES } FaultFate;

typedef struct {
  FaultKind kind;
  guint     at, lasts;   /* at: from 1 */
  FaultFate fate;        /* of each unsynced sector; MIXED: each its own */
  guint32   seed;        /* of what is random in it */
  gboolean  lies;        /* syncs say that they were done, and were not */
  guint     cut;         /* the power is cut when so many further syncs have been done after the fault; 0 = it is not */
} FaultPlan;

#define FAULT_POWER_EXIT 99

/* Registers the disk as SQLite's default VFS: data_store_open() gets it unasked. Only in a process that is forked
 * for it, before it opens its first connection. */
void     fault_disk_install  (const FaultPlan *plan);
/* Whether what was planned came to pass. */
gboolean fault_disk_happened (void);
