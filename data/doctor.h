/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line doctor: a link and the units on it, with what was counted of each, and the verdict. */
#pragma once

#include "gdp/diagnosis.h"
#include "store.h"

G_BEGIN_DECLS

#define DATA_PATIENT_SESSIONS 200   /* the newest of a link that are looked at */

typedef struct {
  guint       link, unit;        /* indexes into the network; unit G_MAXUINT: the link as a whole */
  char       *owner;             /* server that holds the link, NULL = none: then the figures are old */
  GdpTraffic  total, lately;     /* lately: of the last hour; the same as `total` where that is not kept */
  GPtrArray  *advice;            /* GdpAdvice*, worst first, at least one */
  GPtrArray  *sessions;          /* of a link that dials in: GdpSession*, newest first; else NULL */
} DataPatient;
void data_patient_free (DataPatient *patient);

/* The link, then its units in order of the network. @network: of this store. @now: server time, µs. @translate: as
 * gdp_diagnose(). (element-type DataPatient) (transfer full), NULL on error. */
GPtrArray *data_examine_link (DataStore *store, const GdpNetwork *network, guint link, gint64 now,
                              GdpTranslate translate, GError **error);

G_END_DECLS
