/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line under test: a network with one link and units 1..n on it, and a sink that keeps its reports. */
#pragma once

#include "comms/line.h"
#include "comms/tcp-lines.h"

typedef struct {
  GdpNetwork *network;
  CommsLine  *line;       /* serial; or … */
  CommsTcpLines *tcp;
  CommsSink   sink;
  GAsyncQueue *reports;    /* CommsReport, oldest first */
  int          full;       /* atomic: take() refuses */
} LineFixture;

/* Each unit has points on input registers 0..7 ("ai1".."ai8") and discrete inputs 0..7; with @far also
 * on input registers 200..207 ("far1"..), which makes a second block of the same shape. */
GdpNetwork  *line_fixture_network (const GdpLink *link, guint n_units, double period, gboolean far);
/* @n_links links like @link with a unit each. */
GdpNetwork  *line_fixture_links   (const GdpLink *link, guint n_links, double period);
GdpLink      line_fixture_serial  (const char *device);      /* 9600 8N1 */
GdpLink      line_fixture_tcp     (guint16 port);            /* 127.0.0.1 */

LineFixture *line_fixture_new  (const GdpLink *link, guint n_units, double period, gboolean far);
LineFixture *line_fixture_new_full (const GdpLink *link, guint n_units, double period, gboolean far,
                                    gint64 turnaround);   /* µs */
void         line_fixture_free (LineFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LineFixture, line_fixture_free)

/* The fixture's sink: for a test that makes its own network. */
gboolean     line_fixture_take (CommsReport *report, gpointer fixture);
/* Waits for the next report of @kind (of @unit, or of any with G_MAXUINT), frees those before it and
 * checks each sample with a value against what the slaves of bad-slave.h give. Fails, with what came
 * instead, after PATIENCE. */
CommsReport *line_fixture_expect (LineFixture *fixture, CommsReportKind kind, guint unit);
/* @n polls of @unit whose every value is good. */
void         line_fixture_expect_good (LineFixture *fixture, guint unit, guint n);
/* As line_fixture_expect() for a report whose detail contains @text. */
void         line_fixture_expect_detail (LineFixture *fixture, CommsReportKind kind, guint unit,
                                         const char *text);
/* The report of @kind among those that arrived so far, or NULL; frees all others. */
CommsReport *line_fixture_find (LineFixture *fixture, CommsReportKind kind);
/* The raw number of @channel of unit @unit in @report; NaN with its reason's word in @reason if it has
 * none. */
double       line_fixture_raw  (LineFixture *fixture, const CommsReport *report, const char *channel,
                                GdpReason *reason);
CommsTraffic line_fixture_traffic (LineFixture *fixture, guint unit);
