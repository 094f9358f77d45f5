/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figure.h"

#include "words.h"

#include <math.h>

#define VALUE(name, expression) \
  static double name (const GdpAlarmFigures *figures) { return expression; }

VALUE (n,              figures->n)
VALUE (per_hour,       figures->per_hour)
VALUE (per_10_minutes, figures->per_10_minutes)
VALUE (peak,           figures->peak)
VALUE (share_above_10, figures->share_above_10)
VALUE (flood_share,    figures->flood_share)
VALUE (top_share,      figures->top_share)
VALUE (n_chattering,   figures->n_chattering)
VALUE (n_fleeting,     figures->n_fleeting)
VALUE (n_stale,        figures->n_stale)
VALUE (priority_1,     figures->priority_share[1])
VALUE (priority_2,     figures->priority_share[2])
VALUE (priority_3_4,   figures->priority_share[3] + figures->priority_share[4])
VALUE (n_acknowledged, figures->n_acknowledged)
VALUE (median,         figures->acknowledge_median)
VALUE (p95,            figures->acknowledge_p95)
VALUE (n_unreasoned,   figures->n_unreasoned)

/* References: EEMUA 191 and ISA-18.2 / IEC 62682, after secondary sources. */
const GdpFigure gdp_figures[] = {
  { "alarms",             N_("Alarms that called"), NULL, GDP_FIGURE_COUNT, NAN, NAN, n },
  { "per-hour",           N_("An hour, on average"), N_("up to 6; at most 12 (ISA-18.2)"), GDP_FIGURE_MEAN,
    GDP_FIGURES_GOOD_PER_HOUR, GDP_FIGURES_MOST_PER_HOUR, per_hour },
  { "per-10-minutes",     N_("In 10 minutes, on average"), N_("up to 1; at most 2 (EEMUA 191)"), GDP_FIGURE_MEAN,
    GDP_FIGURES_GOOD_PER_HOUR / 6., GDP_FIGURES_MOST_PER_HOUR / 6., per_10_minutes },
  { "peak",               N_("Most in 10 minutes"), N_("up to 10 (ISA-18.2)"), GDP_FIGURE_COUNT,
    GDP_FIGURES_MOST_IN_PERIOD, GDP_FIGURES_MOST_IN_PERIOD, peak },
  { "periods-above-10",   N_("Periods of 10 minutes with more than 10"), N_("up to 1 % (ISA-18.2)"), GDP_FIGURE_SHARE,
    GDP_FIGURES_MOST_FLOOD_SHARE, GDP_FIGURES_MOST_FLOOD_SHARE, share_above_10 },
  { "flood",              N_("Time in flood"), N_("up to 1 % (ISA-18.2)"), GDP_FIGURE_SHARE,
    GDP_FIGURES_MOST_FLOOD_SHARE, GDP_FIGURES_MOST_FLOOD_SHARE, flood_share },
  { "top-10",             N_("Share of the ten most frequent"), N_("up to 5 % (ISA-18.2)"), GDP_FIGURE_SHARE,
    GDP_FIGURES_MOST_TOP_SHARE, GDP_FIGURES_MOST_TOP_SHARE, top_share },
  { "chattering",         N_("Alarms that chattered"), N_("none (ISA-18.2)"), GDP_FIGURE_COUNT, 0, 0, n_chattering },
  { "fleeting",           N_("Over within a minute"), N_("none (ISA-18.2)"), GDP_FIGURE_COUNT, 0, 0, n_fleeting },
  { "stale",              N_("Active for more than a day"), N_("fewer than 5 (ISA-18.2)"), GDP_FIGURE_COUNT,
    GDP_FIGURES_MOST_STALE - 1, GDP_FIGURES_MOST_STALE - 1, n_stale },
  { "priority-1",         N_("Of priority 1"), N_("about 5 % (EEMUA 191)"), GDP_FIGURE_SHARE, NAN, NAN, priority_1 },
  { "priority-2",         N_("Of priority 2"), N_("about 15 % (EEMUA 191)"), GDP_FIGURE_SHARE, NAN, NAN, priority_2 },
  { "priority-3-4",       N_("Of priorities 3 and 4"), N_("about 80 % (EEMUA 191)"), GDP_FIGURE_SHARE, NAN, NAN, priority_3_4 },
  { "acknowledged",       N_("Acknowledgements"), NULL, GDP_FIGURE_COUNT, NAN, NAN, n_acknowledged },
  { "acknowledge-median", N_("Until acknowledged, median"), NULL, GDP_FIGURE_LENGTH, NAN, NAN, median },
  { "acknowledge-p95",    N_("Until acknowledged, 95 of 100"), NULL, GDP_FIGURE_LENGTH, NAN, NAN, p95 },
  { "unreasoned",         N_("Suppressed without a reason"), N_("none"), GDP_FIGURE_COUNT, 0, 0, n_unreasoned },
};
const guint gdp_n_figures = G_N_ELEMENTS (gdp_figures);

const double gdp_figure_priorities[4] = { NAN, 0.05, 0.15, 0.80 };

GdpVerdict
gdp_figure_judge (const GdpFigure *figure, const GdpAlarmFigures *figures)
{
  double value = figure->value (figures);

  if (figure->reference == NULL || isnan (figure->most))
    return GDP_VERDICT_NONE;
  if (figure->form == GDP_FIGURE_COUNT && value > figure->most)
    return GDP_VERDICT_POOR;
  if (!figures->sufficient || isnan (value))
    return GDP_VERDICT_UNKNOWN;
  return value <= figure->good ? GDP_VERDICT_GOOD : value <= figure->most ? GDP_VERDICT_FAIR : GDP_VERDICT_POOR;
}

static const struct { const char *word, *label; } verdicts[] = {
  [GDP_VERDICT_NONE]    = { "none", "" },
  [GDP_VERDICT_UNKNOWN] = { "insufficient-data", N_("insufficient data") },
  [GDP_VERDICT_GOOD]    = { "good", N_("good") },
  [GDP_VERDICT_FAIR]    = { "fair", N_("manageable") },
  [GDP_VERDICT_POOR]    = { "poor", N_("too much") },
};

const char *
gdp_verdict_word (GdpVerdict verdict)
{
  return verdicts[verdict].word;
}

const char *
gdp_verdict_label (GdpVerdict verdict)
{
  return verdicts[verdict].label;
}

const char *
gdp_figure_form_unit (GdpFigureForm form)
{
  return form == GDP_FIGURE_SHARE ? "share" : form == GDP_FIGURE_LENGTH ? "s" : "";
}
