/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a store holds of samples, hot and sealed, of either engine: every one is looked at, in seconds for millions. */
#pragma once

#include "../io/stage.h"

G_BEGIN_DECLS

typedef struct {
  gint64 samples;     /* all */
  gint64 different;   /* of them, by point and time */
  gint64 marked;      /* records that units were told they may forget */
} Stored;

/* No server may be at it. */
Stored stored_count (const Stage *stage);

G_END_DECLS
