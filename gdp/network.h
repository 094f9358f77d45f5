/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configured gas network: sites, links, units, points.
 *
 * Built once (from passports or from the store), then immutable and shared by
 * reference between threads. Objects refer to each other by index into the
 * arrays; ids are for people and files, keys are the store's stable numbers. */
#pragma once

#include "limit.h"
#include "point.h"
#include "profile.h"
#include "schedule.h"
#include "settings.h"

G_BEGIN_DECLS

typedef enum {
  GDP_LINK_MODBUS_RTU, GDP_LINK_MODBUS_TCP, GDP_LINK_MODEM,
  GDP_LINK_BBT,               /* a BBT that dials in, comms/PROTOCOL.md; slaves behind it are polled in mode T */
  GDP_N_LINK_KINDS
} GdpLinkKind;

typedef struct {
  gint64       key;
  const char  *id;            /* unique in the network */
  GdpLinkKind  kind;
  const char  *device;        /* RTU: "/dev/ttyUSB0", NULL when the server's configuration gives it */
  guint        baud;          /* RTU */
  char         parity;        /* RTU: 'N', 'E', 'O' */
  guint8       stop_bits;     /* RTU: 1 or 2 */
  const char  *host;          /* TCP */
  guint16      port;          /* TCP */
  const char  *registration;  /* MODEM: what it sends on connecting, unique */
  const char  *heartbeat;     /* MODEM: bytes it may send between frames, or NULL */

  /* BBT. The last three belong to the network; bbt-link.h says what they come to. */
  const char  *serial;        /* what IDENT says: 1–16 of 0-9 A-Z a-z . _ -; unique among BBT links */
  gboolean     keyless;       /* is let in without proof of a key, and marked */
  gboolean     stays_connected;  /* after delivering, where it has the power for it */
  guint        guaranteed_sessions;  /* of its battery: 5000, 7500, 10000 …; 0 = mains powered */
  const char  *category;      /* of consumers: a schedule of the network, or NULL */
  int          zone;          /* of its own schedule when it has no category: minutes east of UTC */
  const GdpScheduleEntry *schedule; guint n_schedule;  /* besides the category's, exact to the minute */
  const GdpSettings *settings;  /* NULL = none are sent to it */
  guint        report_unit;   /* the builder's: the unit that its reports are of, G_MAXUINT = none */
} GdpLink;

typedef struct { const char *name, *role, *phone; } GdpContact;

/* See card.h. Of what is NULL it says nothing. */
typedef struct {
  const char *causes;         /* what may be behind it, one a line */
  const char *consequence;    /* of doing nothing */
  const char *steps;          /* what to do, in order, one a line */
  const char *whom;           /* to call, one a line */
  guint       minutes;        /* there are until the consequence; 0 = it does not say */
} GdpCard;

typedef struct {
  const char *point;          /* tag of a point or unit, NULL = of all in the site */
  const char *condition;      /* its word, NULL = of all of the point */
  GdpCard     card;
} GdpSiteCard;

typedef struct {
  const char *chemistry;      /* "AGM", "LiFePO4", "LTO"; NULL = no battery described */
  double      voltage;        /* nominal V */
  double      capacity;       /* Ah */
} GdpBattery;

typedef struct {
  gint64       key;
  const char  *id;            /* "GDP-003" */
  const char  *name, *address, *region;
  const char  *variant;       /* catalogue id of the cabinet, or NULL */
  const char  *mimic;         /* mimic's name in the catalogue ("two-lines") or a file, or NULL */
  const char  *notes;
  double       latitude, longitude;  /* degrees WGS 84; NaN = unknown */
  GdpBattery   battery;
  GdpContact  *contacts;
  guint        n_contacts;
  GdpSiteCard *cards;
  guint        n_cards;
  guint        first_unit, n_units;    /* a site's units and points stand together */
  guint        first_point, n_points;
} GdpSite;

typedef struct {
  gint64            key;
  const char       *id;           /* "GDP-003/upmp", unique in the network */
  guint             site, link;   /* indexes */
  guint8            address;      /* Modbus slave 1..247; 0 = the BBT itself, with a report profile */
  const GdpProfile *profile;
  double            period;       /* seconds between polls, 0.2 .. 600 */
  double            silent_after; /* seconds without a good answer; 0 = gdp_unit_silent_after()'s default */
  double            expected;     /* the builder's: seconds between answers when all is well */
} GdpUnit;

typedef struct GdpNetwork GdpNetwork;
struct GdpNetwork {
  guint      refs;                /* private */
  gint64     revision;            /* of the store's configuration, 0 when not from a store */
  GdpSite   *sites;   guint n_sites;
  GdpLink   *links;   guint n_links;
  GdpSchedule *schedules; guint n_schedules;   /* in order of name */
  GdpUnit   *units;   guint n_units;
  GdpPoint  *points;  guint n_points;
  GHashTable *by_id;              /* private: "GDP-003", "GDP-003/outlet1" → typed index */
  guint      *points_by_key;      /* private: indexes of points, in order of key */
  GdpNetwork *whole;              /* of a part of a network: what it is a part of, referenced; or NULL */
  GPtrArray  *elsewhere;          /* likewise: registrations of modems that are not in it */
  GHashTable *serials_elsewhere;  /* likewise: of BBTs */
  GPtrArray  *profiles;           /* owned GdpProfile */
  GStringChunk *strings;          /* owns every string above */
};

GdpNetwork *gdp_network_ref   (GdpNetwork *network);
void        gdp_network_unref (GdpNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpNetwork, gdp_network_unref)

/* Look-ups; G_MAXUINT when there is none. Ids are as in files: "GDP-003", "GDP-003/upmp",
 * "GDP-003/outlet1", "rs485-1". Keys are the store's. */
guint gdp_network_find_site  (const GdpNetwork *network, const char *id);
guint gdp_network_find_link  (const GdpNetwork *network, const char *id);
guint gdp_network_find_unit  (const GdpNetwork *network, const char *id);
guint gdp_network_find_point (const GdpNetwork *network, const char *id);
/* Indexes by the store's keys, G_MAXUINT for none. Links and units are looked through one by one. */
guint gdp_network_link_by_key  (const GdpNetwork *network, gint64 key);
guint gdp_network_unit_by_key  (const GdpNetwork *network, gint64 key);
guint gdp_network_point_by_key (const GdpNetwork *network, gint64 key);
/* The register of a point that can be switched; NULL: it cannot. */
const GdpRegister *gdp_network_output (const GdpNetwork *network, guint point);
/* Whether a door or tamper contact of the unit is an alarm: a visit of it can be registered. */
gboolean gdp_network_has_entry (const GdpNetwork *network, guint unit);
/* The schedule of a consumer category; NULL when @name is NULL or none of them. */
const GdpSchedule *gdp_network_schedule (const GdpNetwork *network, const char *name);

/* Seconds without a good answer after which the unit counts as silent: three periods; for a BBT, and what
 * is behind one, 1.5 of its confirmation periods. */
double gdp_unit_silent_after (const GdpUnit *unit);
/* Seconds after which a point of this unit counts as stale. */
double gdp_point_stale_after (const GdpNetwork *network, guint point);

const char *gdp_link_kind_word (GdpLinkKind kind);       /* "modbus-rtu", "modbus-tcp", "modem", "bbt" */
gboolean    gdp_link_kind_parse (const char *word, GdpLinkKind *kind);
/* It calls us: there is no line of ours that could fail. */
gboolean    gdp_link_kind_dials_in (GdpLinkKind kind);

/* Building: add in any order, then finish. Strings are copied.
 * Every add returns the index, or G_MAXUINT with an error that names the doubled or missing id. */
typedef struct GdpNetworkBuilder GdpNetworkBuilder;
GdpNetworkBuilder *gdp_network_builder_new   (void);
void               gdp_network_builder_free  (GdpNetworkBuilder *builder);
/* The schedules before the links whose category they are of. */
gboolean gdp_network_builder_add_schedule (GdpNetworkBuilder *builder, const GdpSchedule *schedule, GError **error);
guint  gdp_network_builder_add_link  (GdpNetworkBuilder *builder, const GdpLink *link, GError **error);
guint  gdp_network_builder_add_site  (GdpNetworkBuilder *builder, const GdpSite *site, GError **error);
/* @unit's site and link, @point's site and unit, are indexes returned before; the unit's profile is copied,
 * once per name. */
guint  gdp_network_builder_add_unit  (GdpNetworkBuilder *builder, const GdpUnit *unit, GError **error);
guint  gdp_network_builder_add_point (GdpNetworkBuilder *builder, const GdpPoint *point, GError **error);
/* What is wrong with a unit's address and profile on a link of this kind; NULL = nothing (static). */
const char *gdp_unit_fault (GdpLinkKind kind, guint address, const GdpProfile *profile);
GdpNetwork *gdp_network_builder_finish (GdpNetworkBuilder *builder); /* (transfer full), frees builder */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpNetworkBuilder, gdp_network_builder_free)

typedef enum { GDP_NETWORK_ERROR_DUPLICATE, GDP_NETWORK_ERROR_MISSING, GDP_NETWORK_ERROR_INVALID } GdpNetworkError;
#define GDP_NETWORK_ERROR (gdp_network_error_quark ())
GQuark gdp_network_error_quark (void);

G_END_DECLS
