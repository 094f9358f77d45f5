/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of the alarms one by one, as people read them: what each is called, what is good, and whether it is. One
 * table for the screen, for gdpctl and for the files. Pure. */
#pragma once

#include "alarm-figures.h"

G_BEGIN_DECLS

typedef enum {
  GDP_FIGURE_COUNT,         /* a whole number: of what is counted, more days never make it less */
  GDP_FIGURE_MEAN,
  GDP_FIGURE_SHARE,         /* 0 to 1 */
  GDP_FIGURE_LENGTH,        /* s */
} GdpFigureForm;

typedef enum {
  GDP_VERDICT_NONE,         /* nobody says what is good */
  GDP_VERDICT_UNKNOWN,      /* too few days to tell */
  GDP_VERDICT_GOOD,
  GDP_VERDICT_FAIR,         /* not good, but a person can manage */
  GDP_VERDICT_POOR,
} GdpVerdict;

typedef struct {
  const char   *word;       /* "per-hour" */
  const char   *label;      /* English, marked for translation, as the next */
  const char   *reference;  /* what is good, and who says so; NULL = nobody does */
  GdpFigureForm form;
  double        good, most; /* up to these it is good and fair; of what has no reference NaN */
  double      (*value) (const GdpAlarmFigures *figures);   /* NaN = there is none */
} GdpFigure;

extern const GdpFigure gdp_figures[];
extern const guint     gdp_n_figures;

/* What was counted already and is too much is POOR however few the days are. */
GdpVerdict  gdp_figure_judge     (const GdpFigure *figure, const GdpAlarmFigures *figures);
const char *gdp_verdict_word     (GdpVerdict verdict);   /* "good" */
const char *gdp_verdict_label    (GdpVerdict verdict);   /* English, marked for translation */
const char *gdp_figure_form_unit (GdpFigureForm form);   /* of the plain value, for programs: "share", "s", "" */

/* Of a hundred alarms so many of priority 1, 2, 3 and 4; what is left below 2 is shared by 3 and 4. As share; [1] … [3]. */
extern const double gdp_figure_priorities[4];

G_END_DECLS
