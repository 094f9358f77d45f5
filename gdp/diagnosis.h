/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line doctor's verdict: from what was counted to what a fitter should look at. Pure: rules in a table, each of
 * them a condition and its words. The figures of the rules are practice, not standard; each is beside its rule. */
#pragma once

#include "saying.h"
#include "session.h"
#include "traffic.h"

G_BEGIN_DECLS

typedef enum { GDP_ADVICE_WELL, GDP_ADVICE_NOTE, GDP_ADVICE_FAULT } GdpAdviceGrade;

/* One thing that was found, or that nothing was. */
typedef struct {
  GdpAdviceGrade grade;
  const char    *rule;       /* "crc-of-one", stable, for programs */
  char          *finding;    /* what is the case, with its figures, translated */
  char          *advice;     /* where to look, translated; "" = nothing to do */
} GdpAdvice;
void gdp_advice_free (GdpAdvice *advice);

/* What a rule may look at. Strings and arrays are borrowed. */
typedef struct {
  const char       *unit;      /* name of the unit, or NULL: of a link as a whole */
  gboolean          serial;    /* a wire of ours: termination, polarity and baud rate are to be doubted */
  gboolean          dials_in;
  GdpTraffic        total;     /* since the server started to count */
  GdpTraffic        lately;    /* of the last hour, or as `total` where it is not known */
  const GdpTraffic *others;    /* of a unit: the same hour of the others on its link */
  guint             n_others;
  const char       *lost;      /* of a line of ours: why there is no answer on it now, English; NULL = it works */
  const GPtrArray  *sessions;  /* of a link that dials in: GdpSession*, newest first, or NULL */
  gint64            now;       /* server time, µs */
} GdpCase;

/* What the rules find, worst first; when nothing, one of grade WELL. (transfer full) (element-type GdpAdvice) */
GPtrArray *gdp_diagnose (const GdpCase *its, GdpTranslate translate);

/* "well", "note", "fault" */
const char *gdp_advice_grade_word (GdpAdviceGrade grade);

G_END_DECLS
