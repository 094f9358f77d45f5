/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A point: one measured or reported thing of a site. */
#pragma once

#include "limit.h"
#include "scaling.h"

G_BEGIN_DECLS

/* Adding a kind: one line here, one row of the table in point.c, one in the passport's schema. */
typedef enum {
  GDP_POINT_INLET_PRESSURE,
  GDP_POINT_OUTLET_PRESSURE,
  GDP_POINT_FILTER_DP,
  GDP_POINT_GAS_TEMPERATURE,
  GDP_POINT_ROOM_TEMPERATURE,     /* hazardous area */
  GDP_POINT_AUX_TEMPERATURE,      /* auxiliary room */
  GDP_POINT_GAS_CONCENTRATION,    /* % LEL of CH4 */
  GDP_POINT_BATTERY_VOLTAGE,
  GDP_POINT_MAINS_VOLTAGE,
  GDP_POINT_SIGNAL_LEVEL,
  GDP_POINT_ANALOG,               /* anything else measured */
  GDP_POINT_SLAM_SHUT,            /* discrete from here on: 0 open, 1 closed */
  GDP_POINT_VALVE,                /* 0 closed, 1 open */
  GDP_POINT_DOOR,                 /* process room (hazardous area): 0 closed, 1 open */
  GDP_POINT_AUX_DOOR,             /* auxiliary room: likewise */
  GDP_POINT_MAINS,                /* 0 lost, 1 present */
  GDP_POINT_TAMPER,               /* 0 normal, 1 tampered */
  GDP_POINT_DISCRETE,             /* anything else with two states */
  GDP_POINT_OUTPUT,               /* a discrete output */
  GDP_N_POINT_KINDS
} GdpPointKind;

/* What every point of a kind shares. */
typedef struct {
  const char *word;               /* "outlet-pressure" */
  const char *label;              /* English, marked for translation */
  const char *unit;               /* proposed engineering unit, "" for discrete */
  double      resolution;         /* proposed */
  gboolean    discrete;
  const char *states[2];          /* discrete: names of state 0 and 1, English, marked for translation */
} GdpPointKindInfo;

typedef struct {
  gint64        key;
  const char   *id;               /* "GDP-003/outlet1", unique in the network */
  const char   *name;             /* as people call it, NULL = the kind's label, with `ordinal` */
  guint8        by_event;         /* the builder's: PULSE or SABOTAGE tells it, so it is as old as its unit's last word */
  guint8        ordinal;          /* the builder's: 1, 2 … among nameless points of one kind in a site, 0 = the only one */
  guint         site, unit;       /* indexes; unit is G_MAXUINT for a derived point */
  GdpPointKind  kind;
  const char   *channel;          /* of the unit's register profile: "ai2", "di3" */
  const char   *engineering_unit; /* "MPa", "kPa", "°C", "% LEL", "V"; "" for discrete */
  const char   *states[2];        /* names of the states, NULL = the kind's */
  GdpScaling    scaling;
  double        resolution;       /* smallest change kept, point's unit, > 0 */
  double        keep_every;       /* seconds: an unchanged value is stored again this often (default 60) */
  GdpLimits     limits;
  const char   *guidance;         /* what to do, NULL = the kind's */
} GdpPoint;

/* The table's row (static). */
const GdpPointKindInfo *gdp_point_kind_info  (GdpPointKind kind);
/* FALSE: @word is no kind, @kind is as it was. */
gboolean                gdp_point_kind_parse (const char *word, GdpPointKind *kind);
gboolean                gdp_point_is_discrete (const GdpPoint *point);
/* A door or what guards one: whoever comes to work there sets it off. */
gboolean                gdp_point_kind_is_entry (GdpPointKind kind);
/* Decimals that show @resolution: 0.001 → 3, 0.5 → 1, 10 → 0. */
int                     gdp_resolution_decimals (double resolution);
/* "0.610 MPa", or the state's name; no words, so that it reads the same in every language. (transfer full) */
char                   *gdp_point_text (const GdpPoint *point, double value);
/* A discrete point's name of its state at @value (borrowed). */
const char             *gdp_point_state_name (const GdpPoint *point, double value);
/* "outlet1" of "GDP-003/outlet1" (borrowed). */
const char             *gdp_point_tag (const GdpPoint *point);

G_END_DECLS
