/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regime cards: the limits of whole sites as lines of a table, out and in; and what the catalogue proposes for them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/catalogue.h"
#include "data/json.h"
#include "data/proposal.h"
#include "gdp/limit-words.h"
#include "point-limits.h"

/* ---- limits → lines ---------------------------------------------------------------------- */

/* As it was typed: a float has no more digits. */
static double
seconds_of (float seconds)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_ascii_strtod (g_ascii_formatd (text, sizeof text, "%.7g", (double) seconds), NULL);
}

static CtlLimitRow
limit_of (const char *word, const GdpLimit *limit)
{
  return (CtlLimitRow) { word, limit->value, limit->deadband, seconds_of (limit->on_delay), seconds_of (limit->off_delay),
                         limit->priority, TRUE };
}

/* Of levels and states also that they are off: those are filled in. What few points have is there or not. */
guint
ctl_limit_rows (const GdpPoint *point, CtlLimitRow rows[CTL_LIMIT_ROWS])
{
  static const GdpLevel downwards[] = { GDP_LEVEL_HH, GDP_LEVEL_H, GDP_LEVEL_L, GDP_LEVEL_LL };
  const GdpLimits *limits = &point->limits;
  const GdpStateAlarm *state = &limits->state;
  gboolean discrete = gdp_point_is_discrete (point);
  guint n = 0;
  for (guint i = 0; !discrete && i < G_N_ELEMENTS (downwards); i++) {
    const GdpLimit *level = &limits->level[downwards[i]];
    const char *word = gdp_level_word (downwards[i]);
    rows[n++] = level->priority ? limit_of (word, level) : (CtlLimitRow) { word, NAN, NAN, NAN, NAN, 0, TRUE };
  }
  if (limits->deviation.priority) {
    rows[n++] = limit_of ("deviation", &limits->deviation);
    rows[n++] = (CtlLimitRow) { "deviation.from", limits->set_point, NAN, NAN, NAN, NAN, TRUE };
  }
  if (limits->rate.priority) {
    rows[n++] = limit_of ("rate", &limits->rate);
    rows[n++] = (CtlLimitRow) { "rate.within", seconds_of (limits->rate_window), NAN, NAN, NAN, NAN, FALSE };
  }
  if (limits->frozen_priority)
    rows[n++] = (CtlLimitRow) { "frozen", seconds_of (limits->frozen_after), NAN, NAN, NAN, limits->frozen_priority, FALSE };
  if (discrete)
    rows[n++] = state->priority ? (CtlLimitRow) { "state", state->state, NAN, seconds_of (state->on_delay),
                                                   seconds_of (state->off_delay), state->priority, FALSE }
                                : (CtlLimitRow) { "state", NAN, NAN, NAN, NAN, 0, FALSE };
  rows[n++] = (CtlLimitRow) { "fault", NAN, NAN, NAN, NAN, limits->fault_priority, FALSE };
  rows[n++] = (CtlLimitRow) { "stale", seconds_of (limits->stale_after), NAN, NAN, NAN, limits->stale_priority, FALSE };
  rows[n++] = (CtlLimitRow) { "remind", seconds_of (limits->remind_after), NAN, NAN, NAN, NAN, FALSE };
  rows[n++] = (CtlLimitRow) { "latches", limits->latches, NAN, NAN, NAN, NAN, FALSE };
  return n;
}

/* ---- out --------------------------------------------------------------------------------- */

static const char *const columns[] = { "point", "limit", "value", "deadband", "on_delay", "off_delay", "priority", "unit" };
enum { POINT, LIMIT, VALUE, DEADBAND, ON_DELAY, OFF_DELAY, PRIORITY, UNIT, N_COLUMNS };
G_STATIC_ASSERT (G_N_ELEMENTS (columns) == N_COLUMNS);

static const double *
numbers_of (const CtlLimitRow *row)
{
  return &row->value;   /* value … priority stand in the columns' order */
}

static void
csv_row (const GdpPoint *point, const CtlLimitRow *row)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "%s,%s", point->id, row->limit);
  for (guint i = VALUE; i <= PRIORITY; i++) {
    char text[G_ASCII_DTOSTR_BUF_SIZE] = "";
    double number = numbers_of (row)[i - VALUE];
    if (!isnan (number))
      g_ascii_formatd (text, sizeof text, "%.15g", number);
    g_string_append_printf (line, ",%s", text);
  }
  g_string_append_printf (line, ",%s", row->in_unit && point->engineering_unit ? point->engineering_unit : "");
  puts (line->str);
}

static void
json_row (CtlRows *rows, const GdpPoint *point, const CtlLimitRow *row)
{
  ctl_text (rows, columns[POINT], NULL, point->id);
  ctl_text (rows, columns[LIMIT], NULL, row->limit);
  for (guint i = VALUE; i <= PRIORITY; i++)
    ctl_number (rows, columns[i], NULL, numbers_of (row)[i - VALUE], 0);
  ctl_text (rows, columns[UNIT], NULL, row->in_unit ? point->engineering_unit : NULL);
  ctl_row_end (rows);
}

gboolean
ctl_limits_export (const CtlCall *call, const CtlView *view, char **words, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  g_autoptr (GArray) points = ctl_limits_points (view, words, error);
  if (points != NULL && !call->json)
    puts ("point,limit,value,deadband,on_delay,off_delay,priority,unit");
  for (guint i = 0; points != NULL && i < points->len; i++) {
    const GdpPoint *point = &view->network->points[g_array_index (points, guint, i)];
    CtlLimitRow card[CTL_LIMIT_ROWS];
    guint n = ctl_limit_rows (point, card);
    for (guint k = 0; k < n; k++)
      call->json ? json_row (rows, point, &card[k]) : csv_row (point, &card[k]);
  }
  return points != NULL && ctl_rows_end (rows, error);
}

/* ---- in ---------------------------------------------------------------------------------- */

/* Of each line's first word what its columns are called in limit-words.h; NULL: it has no such. */
static const struct { const char *limit, *fields[PRIORITY + 1]; } meanings[] = {
  { "HH", { NULL, NULL, "HH", "HH.deadband", "HH.on-delay", "HH.off-delay", "HH.priority" } },
  { "H",  { NULL, NULL, "H", "H.deadband", "H.on-delay", "H.off-delay", "H.priority" } },
  { "L",  { NULL, NULL, "L", "L.deadband", "L.on-delay", "L.off-delay", "L.priority" } },
  { "LL", { NULL, NULL, "LL", "LL.deadband", "LL.on-delay", "LL.off-delay", "LL.priority" } },
  { "deviation", { NULL, NULL, "deviation", "deviation.deadband", "deviation.on-delay", "deviation.off-delay", "deviation.priority" } },
  { "deviation.from", { NULL, NULL, "deviation.from", NULL, NULL, NULL, NULL } },
  { "rate", { NULL, NULL, "rate", "rate.deadband", "rate.on-delay", "rate.off-delay", "rate.priority" } },
  { "rate.within", { NULL, NULL, "rate.within", NULL, NULL, NULL, NULL } },
  { "frozen", { NULL, NULL, "frozen.after", NULL, NULL, NULL, "frozen.priority" } },
  { "state", { NULL, NULL, "state", NULL, "state.on-delay", "state.off-delay", "state.priority" } },
  { "fault", { NULL, NULL, NULL, NULL, NULL, NULL, "fault.priority" } },
  { "stale", { NULL, NULL, "stale.after", NULL, NULL, NULL, "stale.priority" } },
  { "remind", { NULL, NULL, "remind-after", NULL, NULL, NULL, NULL } },
  { "latches", { NULL, NULL, "latches", NULL, NULL, NULL, NULL } },
};

/* A line as words; an empty cell changes nothing. NULL: @cells are no line of a card. */
static char *
words_of_line (char **cells)
{
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++) {
    if (strcmp (meanings[i].limit, cells[LIMIT]) != 0)
      continue;
    gboolean off = strcmp (cells[PRIORITY], "0") == 0 && *cells[VALUE] == '\0';
    for (guint k = VALUE; k <= PRIORITY; k++)
      if (*cells[k] != '\0' && meanings[i].fields[k] != NULL && (!off || k == PRIORITY)) {
        gboolean truth = strcmp (cells[LIMIT], "latches") == 0;
        const char *value = !truth ? cells[k] : strcmp (cells[k], "1") == 0 ? "yes" : strcmp (cells[k], "0") == 0 ? "no" : cells[k];
        g_string_append_printf (words, " %s=%s", meanings[i].fields[k], value);
      }
    return g_string_free (g_steal_pointer (&words), FALSE);
  }
  return NULL;
}

/* What is wanted of the point of a line, added to what earlier lines wanted of it. */
static gboolean
take_line (const CtlView *view, char **cells, GArray *wanted, GError **error)
{
  guint point = gdp_network_find_point (view->network, cells[POINT]), at = wanted->len;
  g_autofree char *words = words_of_line (cells);
  if (point == G_MAXUINT)
    return ctl_fail (error, CTL_ERROR_FAILED, _("there is no point “%s”; “gdpctl points” lists them"), cells[POINT]);
  if (words == NULL)
    return ctl_fail (error, CTL_ERROR_FAILED, _("“%s” is no limit"), cells[LIMIT]);
  for (guint i = 0; i < wanted->len; i++)
    if (g_array_index (wanted, CtlWanted, i).point == point)
      at = i;
  if (at == wanted->len) {
    CtlWanted fresh = { point, view->network->points[point].limits };
    g_array_append_val (wanted, fresh);
  }
  return gdp_limits_apply (&g_array_index (wanted, CtlWanted, at).limits, words, error);
}

/* (transfer full): N_COLUMNS cells; NULL with an error. */
static char **
cells_of_json (const char *line, GError **error)
{
  g_autoptr (DataJson) json = data_json_parse (line, -1, NULL, error);
  if (json == NULL)
    return NULL;
  char **cells = g_new0 (char *, N_COLUMNS + 1);
  for (guint i = 0; i < N_COLUMNS; i++) {
    const DataJsonNode *node = data_json_member (data_json_root (json), columns[i]);
    char number[G_ASCII_DTOSTR_BUF_SIZE] = "";
    if (node && node->type == DATA_JSON_NUMBER)
      g_ascii_formatd (number, sizeof number, "%.15g", node->number);
    cells[i] = g_strdup (node && node->type == DATA_JSON_STRING ? node->string : number);
  }
  return cells;
}

/* By the heading's separator; with semicolons a comma is the decimal one, as spreadsheets in Russian write it. */
static char **
cells_of_csv (const char *line, char separator, GError **error)
{
  char between[] = { separator, '\0' };
  g_auto (GStrv) cells = g_strsplit (line, between, -1);
  if (g_strv_length (cells) < UNIT) {
    ctl_fail (error, CTL_ERROR_FAILED, _("a line has the columns %s"), "point,limit,value,deadband,on_delay,off_delay,priority");
    return NULL;
  }
  for (guint i = 0; cells[i] != NULL; i++) {
    gsize length = strlen (g_strstrip (cells[i]));
    if (length >= 2 && cells[i][0] == '"' && cells[i][length - 1] == '"') {
      cells[i][length - 1] = '\0';
      memmove (cells[i], cells[i] + 1, length - 1);
    }
    if (separator == ';' && i >= VALUE && i <= PRIORITY)
      g_strdelimit (cells[i], ",", '.');
  }
  return g_steal_pointer (&cells);
}

/* Columns in another order would be taken for what they are not. */
static gboolean
is_heading (const char *line, char separator)
{
  g_auto (GStrv) cells = cells_of_csv (line, separator, NULL);
  for (guint i = POINT; cells != NULL && i < UNIT; i++)
    if (strcmp (cells[i], columns[i]) != 0)
      return FALSE;
  return cells != NULL;
}

static gboolean
read_card (const CtlView *view, const char *path, GArray *wanted, GError **error)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const char *heading = g_str_has_prefix (lines[0] ? lines[0] : "", "\357\273\277") ? lines[0] + 3 : lines[0];   /* a BOM */
  char separator = heading && strchr (heading, ';') ? ';' : ',';
  gboolean json = heading && *heading == '{';
  if (!json && !(heading && is_heading (heading, separator)))
    return ctl_fail (error, CTL_ERROR_FAILED, _("%s is no regime card; “gdpctl limits export” writes one"), path);
  for (guint i = json ? 0 : 1; lines[i] != NULL; i++) {
    if (*g_strstrip (lines[i]) == '\0')
      continue;
    g_autoptr (GError) why = NULL;
    g_auto (GStrv) cells = json ? cells_of_json (lines[i], &why) : cells_of_csv (lines[i], separator, &why);
    if (cells == NULL || !take_line (view, cells, wanted, &why)) {
      g_autofree char *said = ctl_saying (why->message);
      return ctl_fail (error, CTL_ERROR_FAILED, _("nothing was changed; %s, line %u: %s"), path, i + 1, said);
    }
  }
  return TRUE;
}

/* Only says what would change. */
static gboolean
check (const CtlCall *call, const CtlView *view, const GArray *wanted, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  for (guint i = 0; i < wanted->len; i++) {
    const CtlWanted *its = &g_array_index (wanted, CtlWanted, i);
    const GdpPoint *point = &view->network->points[its->point];
    g_autofree char *before = NULL, *after = NULL, *said = NULL;
    g_autoptr (GError) why = NULL;
    gdp_limits_differences (&point->limits, &its->limits, &before, &after);
    if (!gdp_point_check_limits (point, &its->limits, &why))
      said = ctl_saying (why->message);
    if (*before == '\0' && why == NULL)
      continue;
    ctl_text (rows, "point", _("Point"), point->id);
    ctl_text (rows, "before", _("Before"), before);
    ctl_text (rows, "after", _("After"), after);
    ctl_text (rows, "fault", _("Fault"), said);
    ctl_row_end (rows);
  }
  return ctl_rows_end (rows, error);
}

gboolean
ctl_limits_import (const CtlCall *call, const CtlView *view, char **words, GError **error)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (CtlWanted));
  if (words[0] == NULL || words[1] != NULL)
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "limits import FILE --reason TEXT");
  if (!read_card (view, words[0], wanted, error))
    return FALSE;
  return call->check ? check (call, view, wanted, error)
                     : ctl_limits_change (call, view, (const CtlWanted *) (gpointer) wanted->data, wanted->len, error);
}

/* ---- proposed ---------------------------------------------------------------------------- */

/* By --outlet, or as the site's own ranges tell. */
static gboolean
outlet_of (const CtlCall *call, const GdpNetwork *network, const GdpSite *site, DataOutlet *outlet, GError **error)
{
  if (call->outlet != NULL) {
    *outlet = strcmp (call->outlet, "low") == 0 ? DATA_OUTLET_LOW : DATA_OUTLET_MEDIUM;
    return *outlet == DATA_OUTLET_LOW || strcmp (call->outlet, "medium") == 0
           || ctl_fail (error, CTL_ERROR_USAGE, _("--outlet is low or medium, not “%s”"), call->outlet);
  }
  if (data_proposal_outlet (network, site, outlet))
    return TRUE;
  return ctl_fail (error, CTL_ERROR_USAGE, _("site “%s” has no outlet pressure to tell its category by; say --outlet low or medium"),
                   site->id);
}

static void
proposal_row (CtlRows *rows, const GdpPoint *point, const GdpPoint *proposal)
{
  g_autofree char *before = NULL, *after = NULL, *said = NULL;
  g_autoptr (GError) why = NULL;
  gdp_limits_differences (&point->limits, &proposal->limits, &before, &after);
  if (!gdp_point_check_limits (point, &proposal->limits, &why))
    said = ctl_saying (why->message);
  ctl_text (rows, "point", _("Point"), point->id);
  ctl_text (rows, "unit", _("Unit"), point->engineering_unit);
  ctl_text (rows, "now", _("Now"), before);
  ctl_text (rows, "proposed", _("Proposed"), *after ? after : NULL);
  ctl_text (rows, "fault", _("Fault"), said);
  ctl_row_end (rows);
}

/* The catalogue's points of a cabinet like the site's; the network is of them alone. NULL with an error. */
static GdpNetwork *
proposed_for (const CtlCall *call, const CtlView *view, const GdpSite *site, DataCatalogue *catalogue, GError **error)
{
  const DataVariant *variant = site->variant ? data_catalogue_find_variant (catalogue, site->variant) : NULL;
  DataOutlet outlet = DATA_OUTLET_MEDIUM;
  if (variant == NULL) {
    ctl_fail (error, CTL_ERROR_FAILED, _("site “%s” is of no cabinet of the catalogue, so there is nothing to propose by"), site->id);
    return NULL;
  }
  return outlet_of (call, view->network, site, &outlet, error) ? ctl_proposed (call, catalogue, variant, outlet, error) : NULL;
}

gboolean
ctl_limits_propose (const CtlCall *call, const CtlView *view, char **words, GError **error)
{
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (NULL, error);
  g_autoptr (GArray) points = catalogue ? ctl_limits_points (view, words, error) : NULL;
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  if (points == NULL)
    return FALSE;
  g_autoptr (GdpNetwork) proposed = NULL;
  for (guint i = 0, site = G_MAXUINT; i < points->len; i++) {
    const GdpPoint *point = &view->network->points[g_array_index (points, guint, i)];
    if (point->site != site) {
      site = point->site;
      g_clear_pointer (&proposed, gdp_network_unref);
      if ((proposed = proposed_for (call, view, &view->network->sites[site], catalogue, error)) == NULL)
        return FALSE;
    }
    const GdpPoint *proposal = data_proposal_for (proposed, point);
    if (proposal != NULL)
      proposal_row (rows, point, proposal);
  }
  return ctl_rows_end (rows, error);
}
