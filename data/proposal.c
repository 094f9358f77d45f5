/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "proposal.h"

#include <math.h>
#include <string.h>

#define LOW_PRESSURE_RANGE 10   /* kPa; the range of a sensor for up to 5 kPa */

GdpNetwork *
data_proposal_network (DataCatalogue *catalogue, const DataVariant *variant, DataOutlet outlet, const char *site, const char *link,
                       guint8 address, GError **error)
{
  const char *id = site != NULL ? site : "GDP-001";
  g_autofree char *unit_id = g_strdup_printf ("%s/upmp", id);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  GdpLink its_link = { .id = link != NULL ? link : "rs485-1", .kind = GDP_LINK_MODBUS_RTU, .device = "/dev/ttyUSB0",
                       .baud = 19200, .parity = 'E', .stop_bits = 1 };
  GdpSite its_site = { .id = id, .name = id, .variant = variant->id, .mimic = variant->mimic, .battery = variant->battery,
                       .latitude = NAN, .longitude = NAN };
  GdpUnit unit = { .id = unit_id, .address = address != 0 ? address : 1, .period = 1,
                   .profile = data_catalogue_profile (catalogue, DATA_PROPOSAL_PROFILE) };

  unit.link = gdp_network_builder_add_link (builder, &its_link, error);
  unit.site = unit.link == G_MAXUINT ? G_MAXUINT : gdp_network_builder_add_site (builder, &its_site, error);
  guint index = unit.site == G_MAXUINT ? G_MAXUINT : gdp_network_builder_add_unit (builder, &unit, error);
  if (index != G_MAXUINT
      && data_catalogue_propose_points (catalogue, variant, outlet, builder, id, unit.site, index, error))
    return gdp_network_builder_finish (builder);
  gdp_network_builder_free (builder);
  return NULL;
}

gboolean
data_proposal_outlet (const GdpNetwork *network, const GdpSite *site, DataOutlet *outlet)
{
  for (guint i = site->first_point; i < site->first_point + site->n_points; i++) {
    const GdpPoint *point = &network->points[i];
    if (point->kind != GDP_POINT_OUTLET_PRESSURE)
      continue;
    *outlet = g_strcmp0 (point->engineering_unit, "kPa") == 0 && point->scaling.high <= LOW_PRESSURE_RANGE ? DATA_OUTLET_LOW
                                                                                                           : DATA_OUTLET_MEDIUM;
    return TRUE;
  }
  return FALSE;
}

const GdpPoint *
data_proposal_for (const GdpNetwork *proposed, const GdpPoint *point)
{
  for (guint i = 0; i < proposed->n_points; i++) {
    const GdpPoint *its = &proposed->points[i];
    if (its->kind == point->kind && strcmp (gdp_point_tag (its), gdp_point_tag (point)) == 0
        && g_strcmp0 (its->engineering_unit, point->engineering_unit) == 0)
      return its;
  }
  return NULL;
}
