/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A BBT: what it said of itself when it called, and what the server noticed of it. One a link. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As in comms/PROTOCOL.md, IDENT. */
typedef enum { GDP_CLOCK_NEVER_SET, GDP_CLOCK_SET, GDP_CLOCK_SET_LATELY, GDP_N_CLOCKS } GdpClock;

typedef enum {
  GDP_SUPPLY_MAINS = 1, GDP_SUPPLY_BATTERY = 2, GDP_SUPPLY_CHARGING = 4, GDP_SUPPLY_SOLAR = 8,
} GdpSupply;

typedef enum {
  GDP_DEVICE_LOST_RECORDS = 1,      /* by overflow, since the last acknowledged one */
  GDP_DEVICE_TAMPERED = 2,
  GDP_DEVICE_STAYS = 4,             /* connected after delivering */
} GdpDeviceFlags;

typedef struct {
  gint64   seq;               /* the store's */
  gint64   link;              /* key */
  /* What it said in IDENT. Texts are NULL, numbers NaN, where it did not say. */
  char    *model, *firmware;  /* "BBT-1", "1.4.0" */
  guint8   hardware;
  char    *imei, *iccid;
  guint32  boot;              /* starts so far */
  GdpClock clock;
  gint64   clock_offset;      /* unit − server, µs */
  guint8   supply;            /* GdpSupply bits */
  double   battery, mains;    /* V */
  double   signal;            /* dBm */
  double   temperature;       /* °C, in the cabinet */
  guint32  waiting;           /* records it had not delivered */
  guint8   flags;             /* GdpDeviceFlags */
  guint8   cause;             /* of the last call, GDP_N_CALL_CAUSES and more = not known to us */
  /* Revisions in force in it, 0 = none; wanted ones follow from the network. "Set, not yet taken": they
   * differ. The results are RESULT codes of the last transfer, 0 = done. */
  guint32  settings_revision, schedule_revision;
  guint8   settings_result, schedule_result;
  /* What the server noticed. */
  gboolean authenticated;     /* by its key, in the last session */
  char    *peer;              /* "tcp 10.1.2.3:40112" */
  gint64   connected;         /* µs, since; 0 = is not connected */
  gint64   seen;              /* µs, the last frame */
  gint64   next_call;         /* µs, by BYE; 0 = not known */
  guint32  sessions;          /* opened so far */
  /* Firmware under way. */
  char    *firmware_wanted;   /* version; NULL = none */
  guint32  firmware_done, firmware_size;   /* bytes */
} GdpDevice;

GdpDevice *gdp_device_copy (const GdpDevice *device);
void       gdp_device_free (GdpDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpDevice, gdp_device_free)

const char *gdp_clock_word  (GdpClock clock);                     /* "never-set", "set", "set-lately" */
gboolean    gdp_clock_parse (const char *word, GdpClock *clock);
/* What became of settings or of a schedule that a unit is to have. */
typedef enum {
  GDP_FATE_NOT_SET,        /* nothing is wanted of it, and it has nothing */
  GDP_FATE_TAKEN,
  GDP_FATE_NOT_YET,        /* set, not yet taken: at its next call */
  GDP_FATE_REFUSED,        /* by the unit */
  GDP_FATE_NEVER_CALLED,   /* set, but it has never called */
  GDP_FATE_OTHERS,         /* it has some that are not from here */
  GDP_N_FATES
} GdpFate;
/* @wanted: the revision that follows from the configuration, 0 = none; @taken, @result: @device's. NULL: never called. */
GdpFate     gdp_device_fate (const GdpDevice *device, guint32 wanted, guint32 taken, guint8 result);
const char *gdp_fate_word   (GdpFate fate);    /* "taken", "not-yet-taken" … */
const char *gdp_fate_label  (GdpFate fate);    /* English, marked for translation */

#define GDP_N_CALL_CAUSES 11
/* English, marked for translation; NULL for a code that is not known. */
const char *gdp_call_cause_label (guint cause);

G_END_DECLS
