/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links and schedules as the store keeps them: what is a list in the network is one text in a row, in the
 * form of gdp/settings.h and gdp/schedule.h. So a change of it is one column with before and after. */
#pragma once

#include "gdp/network.h"

G_BEGIN_DECLS

typedef struct {
  GdpLink  link;           /* first: columns of both are offsets in this struct */
  char    *settings;       /* NULL = none */
  char    *schedule;       /* NULL = none of its own */
} DataLinkRow;

typedef struct {
  GdpSchedule schedule;
  char       *entries;
} DataScheduleRow;

/* The texts are the row's, all else is borrowed from the object. */
void data_link_row_init      (DataLinkRow *row, const GdpLink *link);
void data_link_row_clear     (DataLinkRow *row);
void data_schedule_row_init  (DataScheduleRow *row, const GdpSchedule *schedule);
void data_schedule_row_clear (DataScheduleRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DataLinkRow, data_link_row_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DataScheduleRow, data_schedule_row_clear)

/* A row as it was read, whose texts are borrowed: adds it to @builder. The index, or G_MAXUINT. */
guint    data_link_row_add     (const DataLinkRow *row, GdpNetworkBuilder *builder, GError **error);
gboolean data_schedule_row_add (const DataScheduleRow *row, GdpNetworkBuilder *builder, GError **error);

G_END_DECLS
