/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a bad line does to a frame on its way. Pure: chance decides, the caller carries it out. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  SIM_NOISE_NONE,
  SIM_NOISE_CORRUPT,    /* a bit is turned: bad CRC */
  SIM_NOISE_TRUNCATE,   /* its end is missing */
  /* of streams */
  SIM_NOISE_SPLIT,      /* the rest comes a moment later */
  SIM_NOISE_MERGE,      /* it comes together with the next one */
  SIM_NOISE_SLOW,       /* byte by byte */
  SIM_NOISE_HANG_UP,    /* the line breaks in its middle */
  /* of datagrams */
  SIM_NOISE_LOSE,
  SIM_NOISE_DOUBLE,
  SIM_NOISE_REORDER,    /* it comes after the next one */
} SimNoiseKind;

typedef struct {
  SimNoiseKind kind;
  guint        at;      /* byte: of the turned bit, or the first that is missing or late */
  guint8       bit;     /* mask of the turned bit */
} SimNoise;

/* @rate: share of frames to which something happens; @length: of the frame, at least 1. Every offset is as
 * likely, its ends included. */
SimNoise sim_noise_next (guint64 *chance, double rate, gboolean datagram, gsize length);

G_END_DECLS
