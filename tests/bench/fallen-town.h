/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store with thousands of BBTs, and a process that writes into it what a server would when all of them fall silent
 * at once, when they are back, and when somebody changes the configuration. */
#pragma once

#include "../io/stage.h"

G_BEGIN_DECLS

typedef struct FallenTown FallenTown;

typedef enum {
  FALLEN_TOWN_FALL,       /* within FALLEN_TOWN_SECONDS: sessions end, units are silent, every point is unknown */
  FALLEN_TOWN_RISE,       /* within as many: sessions begin, units answer, every point has a value; alarms are to be acknowledged */
  FALLEN_TOWN_CHANGE,     /* the configuration of one link */
  FALLEN_TOWN_ADD,        /* one more site */
} FallenTownOrder;

#define FALLEN_TOWN_SECONDS 5
#define FALLEN_TOWN_COMMITS 25   /* in which that is told */

/* Its units answer, its server's heart beats. Ends the program on failure. */
FallenTown *fallen_town_start (guint n);
void        fallen_town_free  (FallenTown *town);
const char *fallen_town_uri   (const FallenTown *town);
/* Returns at once; one order at a time. */
void        fallen_town_order (FallenTown *town, FallenTownOrder order);
gboolean    fallen_town_done  (FallenTown *town);   /* TRUE: what was ordered last is committed */

G_END_DECLS
