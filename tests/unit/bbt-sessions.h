/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions that PROTOCOL.md 13 shows in hex, as messages. */
#pragma once

#include "comms/bbt-key.h"

typedef struct {
  CommsBbtDirection from;
  CommsBbtMessage   message;                       /* sequence, proof and revisions are filled in */
  void            (*fill) (CommsBbtMessage *message);   /* what cannot be written as a constant, or NULL */
} BbtStep;

typedef struct {
  const char    *title, *text;
  gboolean       wrong_key;   /* the unit's */
  const BbtStep *steps;
  guint          n_steps;
} BbtSession;

/* 00 01 … 1f. */
extern const char *const bbt_sessions_key;
extern const BbtSession  bbt_sessions[];
extern const guint       n_bbt_sessions;
