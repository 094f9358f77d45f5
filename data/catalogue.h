/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue that ships with the program: cabinet variants, register profiles, mimics, response cards, the
 * passport's schema. It proposes; a site's passport decides. */
#pragma once

#include "gdp/card.h"

G_BEGIN_DECLS

typedef struct DataCatalogue DataCatalogue;

/* Reads the catalogue from @folder; NULL = $GDP_CATALOGUE, else the installed one, else the source tree's.
 * A broken register profile costs only itself: it is among the faults, the rest is there. */
DataCatalogue *data_catalogue_load (const char *folder, GError **error);
void           data_catalogue_free (DataCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DataCatalogue, data_catalogue_free)

const GdpProfile *data_catalogue_profile (DataCatalogue *catalogue, const char *name);  /* borrowed, NULL = none */
guint             data_catalogue_n_profiles (DataCatalogue *catalogue);
const GdpProfile *data_catalogue_profile_at (DataCatalogue *catalogue, guint index);
/* Profiles that could not be read: file, place and reason, in English. Whoever loads a catalogue tells them. */
guint             data_catalogue_n_faults (DataCatalogue *catalogue);
const char       *data_catalogue_fault_at (DataCatalogue *catalogue, guint index);
/* The same of the profile @name; NULL = none, or there is no such file. */
const char       *data_catalogue_profile_fault (DataCatalogue *catalogue, const char *name);
/* Path of a mimic's SVG: a name of the catalogue or an absolute path. (transfer full), NULL = none. */
char             *data_catalogue_mimic   (DataCatalogue *catalogue, const char *name);
const char       *data_catalogue_schema  (DataCatalogue *catalogue);   /* text of passport.schema.json */

typedef struct {
  const char *id;           /* "agdp-2.120-lfp-dp" */
  const char *printed;      /* name in the brochure: "AGDP-2.120 LiFePO4" */
  const char *comment;      /* what we think was meant, or NULL */
  guint       lines;        /* reduction lines: 1 or 2 */
  gboolean    differential; /* filter ΔP fitted */
  GdpBattery  battery;
  gboolean    solar;
  const char *mimic;
  /* Sensors, and what the brochure says in words (NULL = nothing). */
  guint       pressure_sensors, temperature_sensors, valve_sensors, door_sensors, ch4_sensors;
  const char *battery_printed, *autonomy, *charge_time, *battery_life;
  double      battery_low, battery_high;   /* operating temperature, °C */
} DataVariant;
guint              data_catalogue_n_variants (DataCatalogue *catalogue);
const DataVariant *data_catalogue_variant    (DataCatalogue *catalogue, guint index);
const DataVariant *data_catalogue_find_variant (DataCatalogue *catalogue, const char *id);

/* Pressure category of the outlet: what the proposed range and limits are for. */
typedef enum { DATA_OUTLET_MEDIUM, DATA_OUTLET_LOW } DataOutlet;

/* Adds the points that @variant proposes, with proposed limits, to
 * @site and @unit of @builder, ids "<site_id>/<tag>". The unit's profile must have the channels. */
gboolean data_catalogue_propose_points (DataCatalogue *catalogue, const DataVariant *variant, DataOutlet outlet,
                                        GdpNetworkBuilder *builder, const char *site_id, guint site, guint unit,
                                        GError **error);

/* What to do about an alarm, in the locale's language, else in English, with what the passport of its site says instead. Of
 * a @catalogue that is NULL only that. Texts are borrowed from @catalogue and the network of @place. */
GdpCard        data_catalogue_card_of (DataCatalogue *catalogue, const GdpAlarmPlace *place);
/* The catalogue's own in one @language, "ru"; @kind: of the point, GDP_N_POINT_KINDS = it is none's. Borrowed, NULL = none. */
const GdpCard *data_catalogue_card    (DataCatalogue *catalogue, GdpPointKind kind, GdpCondition condition, const char *language);

G_END_DECLS
