/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went over a link, or between us and one unit on it, in counters that only grow: the raw material of the
 * line doctor (diagnosis.h). */
#pragma once

#include "histogram.h"

G_BEGIN_DECLS

/* Each is a guint64 of GdpTraffic, and goes by its name wherever it is written down. */
#define GDP_TRAFFIC_COUNTERS(COUNTER)                                                                        \
  COUNTER (requests)     /* sent; from a BBT: records that it sent */                                        \
  COUNTER (good)         /* answers whose values were committed */                                           \
  COUNTER (timeouts)     /* requests without an answer, or without all of it */                              \
  COUNTER (crc_errors)   /* answers damaged on the way */                                                    \
  COUNTER (exceptions)   /* requests that the unit refused; `refused` has them by code */                    \
  COUNTER (wrong)        /* answers of another unit, function or length; frames not understood */            \
  COUNTER (noise)        /* times that bytes came for which nobody had asked */                              \
  COUNTER (reconnects)   /* openings of the line, or sessions, after the first */                            \
  COUNTER (retries)      /* requests that were repeated at once */                                           \
  COUNTER (due)          /* polls that the unit's period asked for while the line was there */               \
  COUNTER (polls)        /* … and those that were answered */                                                \
  COUNTER (busy)         /* µs that the bus was in use, the silence before each request with it */           \
  COUNTER (bytes_in)                                                                                         \
  COUNTER (bytes_out)

typedef enum {
  GDP_TRAFFIC_TIMEOUT, GDP_TRAFFIC_CRC, GDP_TRAFFIC_EXCEPTION, GDP_TRAFFIC_WRONG, GDP_TRAFFIC_NOISE,
  GDP_TRAFFIC_RECONNECT, GDP_TRAFFIC_N_FAULTS
} GdpTrafficFault;

enum { GDP_TRAFFIC_CODES = 12 };

typedef struct {
#define GDP_TRAFFIC_FIELD(name) guint64 name;
  GDP_TRAFFIC_COUNTERS (GDP_TRAFFIC_FIELD)
#undef GDP_TRAFFIC_FIELD
  guint64      refused[GDP_TRAFFIC_CODES];   /* exceptions by their Modbus code, 0 = any other code */
  gint64       since;                        /* server time, µs: from when it was counted */
  gint64       last_good, last_fault;        /* likewise, 0 = never */
  gint64       fault, code;                  /* the last one: GdpTrafficFault; exception code or 0 */
  GdpHistogram answers;                      /* good ones: from request to end of answer */
} GdpTraffic;

/* Adds the counters; `since` becomes the earlier, the last things the later. */
void     gdp_traffic_add   (GdpTraffic *sum, const GdpTraffic *other);
/* What was counted after @before, which was copied at @at. FALSE: @before is of other counters. */
gboolean gdp_traffic_less  (GdpTraffic *traffic, const GdpTraffic *before, gint64 at);
/* "requests=12 good=11 … answers=5:3,6:8", what is zero left out. (transfer full) */
char    *gdp_traffic_text  (const GdpTraffic *traffic);
/* Reads it back; names that are not known here are passed over, NULL is nothing counted. FALSE: it is not one. */
gboolean gdp_traffic_parse (const char *text, GdpTraffic *traffic);

/* "timeout", "crc", "exception", "wrong", "noise", "reconnect" */
const char *gdp_traffic_fault_word  (GdpTrafficFault fault);
/* English, marked for translation. */
const char *gdp_traffic_fault_label (GdpTrafficFault fault);

G_END_DECLS
