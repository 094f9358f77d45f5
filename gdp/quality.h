/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a value can be believed, and why not.
 *
 * One code says both: every reason belongs to exactly one quality, so a value
 * carries a GdpReason and its GdpQuality follows from the table in quality.c.
 * The codes are stored: add at the end of a block, never renumber. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  GDP_QUALITY_GOOD,
  GDP_QUALITY_UNCERTAIN,
  GDP_QUALITY_BAD,
} GdpQuality;

typedef enum {
  /* good */
  GDP_REASON_NONE = 0,             /* measured just now */
  GDP_REASON_FORCED = 1,           /* an engineer set it by hand */
  /* uncertain: a number is shown, with a mark */
  GDP_REASON_STALE = 16,           /* older than its expected period */
  GDP_REASON_SUSPECT = 17,         /* current in an NE 43 fault band, not yet long enough */
  GDP_REASON_UNDER_RANGE = 18,     /* 3.8 .. 4.0 mA */
  GDP_REASON_OVER_RANGE = 19,      /* 20.0 .. 20.5 mA */
  GDP_REASON_SUBSTITUTED = 20,
  GDP_REASON_CLOCK = 21,           /* the unit's clock cannot be trusted: the value can, its time not */
  GDP_REASON_AVERAGED = 22,        /* mean over an hour or a day that ended then */
  /* bad: no number is shown as if it were one */
  GDP_REASON_WAITING = 32,         /* nothing received since the server started */
  GDP_REASON_NO_COMMUNICATION = 33,/* unit or line does not answer */
  GDP_REASON_OPEN_CIRCUIT = 34,    /* < 1 mA */
  GDP_REASON_SENSOR_LOW = 35,      /* <= 3.6 mA */
  GDP_REASON_SENSOR_HIGH = 36,     /* >= 21 mA */
  GDP_REASON_DEVICE_EXCEPTION = 37,/* the slave answered with a Modbus exception */
  GDP_REASON_NOT_A_NUMBER = 38,    /* NaN or infinity arrived */
  GDP_REASON_CONFIGURATION = 39,   /* channel unknown to the profile, range empty, … */
  GDP_REASON_OUT_OF_SERVICE = 40,
} GdpReason;

GdpQuality  gdp_reason_quality (GdpReason reason);
const char *gdp_reason_word    (GdpReason reason);  /* "open-circuit", for files and JSON */
const char *gdp_reason_label   (GdpReason reason);  /* English, marked for translation */
guint8      gdp_reason_opc     (GdpReason reason);  /* OPC quality byte QQSSSSLL */
/* A value comes with it: it is good or uncertain. */
gboolean    gdp_reason_has_value (GdpReason reason);
gboolean    gdp_reason_parse   (const char *word, GdpReason *reason);
const char *gdp_quality_word   (GdpQuality quality); /* "good", "uncertain", "bad" */
const char *gdp_quality_label  (GdpQuality quality);

G_END_DECLS
