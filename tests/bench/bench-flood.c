/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-flood [ALARMS] — so many alarms at once, 100,000 when nothing is said: evaluated by the engine, committed to a store
 * (SQLite, fsync), read from it by another connection, put into the console's list, and that in groups.
 * Beside it the engine of the store doing the same rows and nothing else, in turn. Each by the clock, and in processor time
 * of this process, which is what a machine with nothing else to do would come near to. */
#include "../io/stage.h"
#include "gdp/engine.h"
#include "gdp/grouping.h"
#include "quantile.h"
#include "ui/alarm-list.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS   5
#define PER_SITE 16

enum { EVALUATED, STORED, READ, LISTED, GROUPED, ALL, BARE, N_FIGURES };
static const char *const words[N_FIGURES] = { "evaluated", "stored", "read", "listed", "grouped", "all", "bare rows" };
static double wall[N_FIGURES][ROUNDS], own[N_FIGURES][ROUNDS];   /* ms */

static double
ms_of (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

/* What came since the last lap was @figure. */
static void
lap (guint figure, guint round)
{
  static double last_wall, last_own;
  double now_wall = ms_of (CLOCK_MONOTONIC), now_own = ms_of (CLOCK_PROCESS_CPUTIME_ID);

  if (figure < N_FIGURES) {
    wall[figure][round] = now_wall - last_wall;
    own[figure][round] = now_own - last_own;
  }
  last_wall = now_wall;
  last_own = now_own;
}

static GdpNetwork *
town (guint sites)
{
  static const GdpRegister registers[] = { { "r", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, GDP_WORDS_HIGH_FIRST, 1 } };
  g_autoptr (GdpProfile) profile = gdp_profile_new ("p", "P", registers, 1, NULL);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  GdpLimits limits = { .level = { [GDP_LEVEL_H] = { .value = 10, .deadband = 1, .priority = 2 } } };

  for (guint site = 0; site < sites; site++) {
    g_autofree char *id = g_strdup_printf ("S%06u", site), *unit = g_strdup_printf ("%s/u", id), *link = g_strdup_printf ("l%06u", site);
    guint l = gdp_network_builder_add_link (builder, &(GdpLink) { .key = site + 1, .id = link, .kind = GDP_LINK_MODBUS_TCP, .host = "h" }, NULL);
    gdp_network_builder_add_site (builder, &(GdpSite) { .key = site + 1, .id = id }, NULL);
    gdp_network_builder_add_unit (builder, &(GdpUnit) { .key = site + 1, .id = unit, .site = site, .link = l, .address = 1,
                                                        .profile = profile, .period = 5 }, NULL);
    for (guint i = 0; i < PER_SITE; i++) {
      g_autofree char *point = g_strdup_printf ("%s/p%u", id, i);
      gdp_network_builder_add_point (builder, &(GdpPoint) {
        .key = (gint64) site * PER_SITE + i + 1, .id = point, .site = site, .unit = site, .kind = GDP_POINT_OUTLET_PRESSURE,
        .ordinal = (guint8) i, .channel = "r", .engineering_unit = "kPa", .resolution = 0.1,
        .scaling = { GDP_SIGNAL_NUMBER }, .limits = limits }, NULL);
    }
  }
  return gdp_network_builder_finish (builder);
}

static void
sweep (GdpEngine *engine, const GdpNetwork *network, gint64 now, double value, GdpChanges *changes)
{
  GdpSample samples[PER_SITE];

  for (guint unit = 0; unit < network->n_units; unit++) {
    for (guint i = 0; i < PER_SITE; i++)
      samples[i] = (GdpSample) { .point = unit * PER_SITE + i, .time = now, .raw = value };
    gdp_engine_samples (engine, unit, now, samples, PER_SITE, changes);
  }
}

/* The console's side: what it knew before is @since. */
static void
show (const Stage *stage, GdpNetwork *network, gint64 since, guint n, guint round)
{
  g_autoptr (DataStore) reader = stage_open (stage, DATA_ACCESS_READ);
  g_autoptr (UiAlarmList) list = ui_alarm_list_new ();
  g_autoptr (DataChanges) changes = NULL;
  g_autofree const GdpAlarm **alarms = g_new (const GdpAlarm *, n);

  lap (N_FIGURES, round);
  changes = stage_changes (reader, since);
  lap (READ, round);
  ui_alarm_list_apply (list, changes->alarms, FALSE, network, NULL, NULL);
  g_assert_cmpuint (ui_alarm_list_get_size (list), ==, n);   /* none is lost */
  lap (LISTED, round);
  for (guint i = 0; i < n; i++)
    alarms[i] = ui_alarm_get (ui_alarm_list_peek (list, i));
  g_autoptr (GArray) groups = gdp_group_alarms (network, alarms, n);
  g_assert_cmpuint (groups->len, ==, n);
  lap (GROUPED, round);
}

static void
ours (GdpNetwork *network, guint n, guint round)
{
  g_autoptr (Stage) stage = stage_new ();
  g_autoptr (DataStore) store = stage_open (stage, DATA_ACCESS_SERVE);
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time (), since;
  g_autoptr (GdpEngine) engine = gdp_engine_new (network, "bench", now);
  g_autoptr (GdpChanges) changes = gdp_changes_new ();

  g_assert_true (data_store_import (store, network, "bench", now, &error));
  sweep (engine, network, now, 5, changes);
  since = stage_commit (store, changes, TRUE);
  lap (N_FIGURES, round);
  sweep (engine, network, now + GDP_SECOND, 20, changes);
  lap (EVALUATED, round);
  g_assert_cmpuint (changes->alarms->len, ==, n);
  stage_commit (store, changes, TRUE);
  lap (STORED, round);
  show (stage, network, since, n, round);
  wall[ALL][round] = own[ALL][round] = 0;
  for (guint i = 0; i < ALL; i++) {
    wall[ALL][round] += wall[i][round];
    own[ALL][round] += own[i][round];
  }
}

static void
must (int code)
{
  g_assert_true (code == SQLITE_OK || code == SQLITE_DONE);
}

/* A reading, an alarm and a record of each, as long as ours, in one transaction that is on disk at the end. */
static void
bare (guint n, guint round)
{
  static const char *const rows[] = {
    "INSERT INTO sample VALUES (?1, ?1, 1700000000000000, 1700000000000000, 20.0, 0)",
    "INSERT INTO alarm VALUES (printf ('S%06d/p%d.high', ?1 / 16, ?1 % 16), ?1, 'high', 1, 0, 0, 'none', 2, 20.0, 10.0, 1, "
    "1700000000000000, 1700000000000000, 1700000000000000)",
    "INSERT INTO journal VALUES (?1, randomblob (32), 'alarm-occurred', 1700000000000000, 1700000000000000, 'S000000', "
    "printf ('S%06d/p%d.high', ?1 / 16, ?1 % 16), 'bench', 'normal', 'unacked', NULL, 2)" };
  g_autofree char *folder = g_dir_make_tmp ("gdp-flood-XXXXXX", NULL), *path = g_build_filename (folder, "bare.db", NULL);
  sqlite3 *db;

  must (sqlite3_open (path, &db));
  must (sqlite3_exec (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE sample (seq INTEGER PRIMARY KEY, point, "
                          "time, received, value, reason); CREATE TABLE alarm (id TEXT PRIMARY KEY, seq, condition, active, acked, "
                          "latched, suppression, priority, value, limit_, occurrence, first, occurred, learned); CREATE TABLE journal "
                          "(seq INTEGER PRIMARY KEY, hash, kind, occurred, learned, site, object, who, before, after, text, "
                          "priority)", NULL, NULL, NULL));
  lap (N_FIGURES, round);
  must (sqlite3_exec (db, "BEGIN", NULL, NULL, NULL));
  for (guint k = 0; k < G_N_ELEMENTS (rows); k++) {
    sqlite3_stmt *insert;
    must (sqlite3_prepare_v2 (db, rows[k], -1, &insert, NULL));
    for (guint i = 0; i < n; i++) {
      must (sqlite3_bind_int64 (insert, 1, i + 1));
      must (sqlite3_step (insert));
      must (sqlite3_reset (insert));
    }
    must (sqlite3_finalize (insert));
  }
  must (sqlite3_exec (db, "COMMIT", NULL, NULL, NULL));
  lap (BARE, round);
  must (sqlite3_close (db));
  g_autofree char *rest = g_strdup_printf ("rm -r '%s'", folder);
  g_assert_cmpint (system (rest), ==, 0);
}

static void
tell_ratio (const char *by, double took[N_FIGURES][ROUNDS])
{
  double ratio[ROUNDS];

  for (guint round = 0; round < ROUNDS; round++)
    ratio[round] = took[ALL][round] / took[BARE][round];
  printf ("all, as a multiple of the bare rows, %-9s ratio %.2f (%.2f–%.2f)\n", by, quantile (ratio, ROUNDS, 0.5),
          quantile (ratio, ROUNDS, 0), quantile (ratio, ROUNDS, 1));
}

int
main (int argc, char **argv)
{
  guint sites = (argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 100000) / PER_SITE;
  g_autoptr (GdpNetwork) network = town (sites);

  for (guint round = 0; round < ROUNDS; round++) {
    ours (network, sites * PER_SITE, round);
    bare (sites * PER_SITE, round);
  }
  for (guint i = 0; i < N_FIGURES; i++)
    printf ("%u alarms at once, %-10s %7.0f ms (%.0f–%.0f), %7.0f ms (%.0f–%.0f) of processor time\n", sites * PER_SITE, words[i],
            quantile (wall[i], ROUNDS, 0.5), quantile (wall[i], ROUNDS, 0), quantile (wall[i], ROUNDS, 1),
            quantile (own[i], ROUNDS, 0.5), quantile (own[i], ROUNDS, 0), quantile (own[i], ROUNDS, 1));
  tell_ratio ("clock", wall);
  tell_ratio ("processor", own);
  return 0;
}
