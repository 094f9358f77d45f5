/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "doctor.h"

#include <string.h>

void
data_patient_free (DataPatient *patient)
{
  g_free (patient->owner);
  g_clear_pointer (&patient->advice, g_ptr_array_unref);
  g_clear_pointer (&patient->sessions, g_ptr_array_unref);
  g_free (patient);
}

/* (transfer full): without advice yet. */
static DataPatient *
read_patient (DataStore *store, const GdpNetwork *network, guint link, guint unit, GError **error)
{
  gboolean whole = unit == G_MAXUINT;
  DataTraffic traffic = { 0 };

  if (!data_store_traffic_of (store, whole, whole ? network->links[link].key : network->units[unit].key, &traffic,
                              error))
    return NULL;
  DataPatient *patient = g_new0 (DataPatient, 1);
  patient->link = link;
  patient->unit = unit;
  patient->owner = g_steal_pointer (&traffic.owner);
  if (!gdp_traffic_parse (traffic.total, &patient->total))
    patient->total = (GdpTraffic) { 0 };   /* of a program to come */
  if (traffic.lately == NULL || !gdp_traffic_parse (traffic.lately, &patient->lately))
    patient->lately = patient->total;
  data_traffic_clear (&traffic);
  return patient;
}

static gboolean
read_sessions (DataStore *store, const GdpNetwork *network, DataPatient *patient, GError **error)
{
  const GdpLink *link = &network->links[patient->link];
  DataSessionFilter filter = { .link = link->key, .limit = DATA_PATIENT_SESSIONS };

  if (gdp_link_kind_dials_in (link->kind))
    patient->sessions = data_store_sessions (store, &filter, error);
  return patient->sessions != NULL || !gdp_link_kind_dials_in (link->kind);
}

static GPtrArray *
read_patients (DataStore *store, const GdpNetwork *network, guint link, GError **error)
{
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func ((GDestroyNotify) data_patient_free);
  DataPatient *whole = read_patient (store, network, link, G_MAXUINT, error);

  if (whole == NULL)
    return NULL;
  g_ptr_array_add (patients, whole);
  if (!read_sessions (store, network, whole, error))
    return NULL;
  for (guint i = 0; i < network->n_units; i++) {
    DataPatient *patient = network->units[i].link == link ? read_patient (store, network, link, i, error) : NULL;
    if (network->units[i].link == link && patient == NULL)
      return NULL;
    if (patient != NULL)
      g_ptr_array_add (patients, patient);
  }
  return g_steal_pointer (&patients);
}

/* @others: room for all. Returns how many there are. */
static guint
others_of (const GPtrArray *patients, guint which, GdpTraffic *others)
{
  guint n = 0;

  for (guint i = 1; i < patients->len; i++)
    if (i != which)
      others[n++] = ((const DataPatient *) patients->pdata[i])->lately;
  return n;
}

static const char *
name_of (const GdpNetwork *network, guint unit)
{
  return unit != G_MAXUINT ? network->units[unit].id : NULL;
}

GPtrArray *
data_examine_link (DataStore *store, const GdpNetwork *network, guint link, gint64 now, GdpTranslate translate,
                   GError **error)
{
  gboolean dials_in = gdp_link_kind_dials_in (network->links[link].kind);
  GdpContactInfo *found = NULL;
  GPtrArray *patients = dials_in || data_store_contact_of (store, TRUE, network->links[link].key, &found, error)
                        ? read_patients (store, network, link, error) : NULL;
  g_autoptr (GdpContactInfo) contact = found;
  if (patients == NULL)
    return NULL;
  g_autofree GdpTraffic *others = g_new (GdpTraffic, patients->len);

  for (guint i = 0; i < patients->len; i++) {
    DataPatient *patient = patients->pdata[i];
    GdpCase its = {
      .unit = name_of (network, patient->unit), .serial = network->links[link].kind == GDP_LINK_MODBUS_RTU,
      .dials_in = dials_in, .total = patient->total,
      .lost = contact != NULL && contact->state == GDP_CONTACT_SILENT ? contact->detail : NULL,
      .lately = patient->lately, .others = others, .n_others = others_of (patients, i, others),
      .sessions = patient->sessions, .now = now,
    };
    patient->advice = gdp_diagnose (&its, translate);
  }
  return patients;
}
