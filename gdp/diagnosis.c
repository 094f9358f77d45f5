/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnosis.h"

#include <math.h>
#include <string.h>

#include "words.h"

/* What a rule found out, for the places of that name in its words. */
typedef struct {
  double  share;                       /* of 1; shown as per cent */
  guint64 count;
  double  seconds, usual;              /* s */
  double  signal;                      /* dBm */
  guint   code;
  const char *why;                     /* English */
} Facts;

typedef struct {
  const char    *name;
  GdpAdviceGrade grade;
  gboolean     (*holds) (const GdpCase *its, Facts *facts);
  const char    *finding, *advice;     /* English, marked for translation; {share} and the like are filled in */
} Rule;

#define FEW       3      /* less often proves nothing */
#define ENOUGH    20     /* answers, polls: from here on shares and percentiles mean something */
#define MANY_BAD  0.01   /* damaged or wrong answers: on a sound line there are none in thousands */
#define MANY_LOST 0.02   /* requests without an answer, of a unit that does answer */
#define SLOWER    2.5    /* times the usual … */
#define SLOWER_BY 0.05   /* … and by so many seconds */
#define KEPT      0.9    /* of the polls that are due */
#define FULL      0.85   /* of the time that the bus is in use */
#define WEAK      -105   /* dBm: below it GPRS repeats most blocks */
#define SHORT     60     /* s */
#define CALLS     6      /* broken sessions a day */
#define DAY       (24 * 3600 * (gint64) G_USEC_PER_SEC)

/* ---- what is counted --------------------------------------------------------------------------- */

static double
share (guint64 part, guint64 whole)
{
  return whole > 0 ? (double) part / whole : 0;
}

static guint64
answers (const GdpTraffic *traffic)
{
  return traffic->good + traffic->exceptions + gdp_histogram_total (&traffic->answers);
}

/* Anything at all came back. */
static gboolean
is_heard (const GdpTraffic *traffic)
{
  return answers (traffic) + traffic->crc_errors + traffic->wrong > 0;
}

static gboolean
is_many (guint64 part, guint64 whole, double least, Facts *facts)
{
  facts->count = part;
  facts->share = share (part, whole);
  return part >= FEW && facts->share >= least;
}

static gboolean
is_unit (const GdpCase *its)
{
  return its->unit != NULL;
}

/* How many of the others come up to @least damaged answers. */
static guint
damaged_others (const GdpCase *its, double least)
{
  guint n = 0;

  for (guint i = 0; i < its->n_others; i++)
    n += its->others[i].crc_errors > 0 && share (its->others[i].crc_errors, its->others[i].requests) >= least;
  return n;
}

static guint
heard_others (const GdpCase *its)
{
  guint n = 0;

  for (guint i = 0; i < its->n_others; i++)
    n += is_heard (&its->others[i]);
  return n;
}

/* ---- rules of a unit --------------------------------------------------------------------------- */

static gboolean
never_answered (const GdpCase *its, Facts *facts)
{
  facts->count = its->total.requests;
  return is_unit (its) && its->total.requests >= FEW && its->total.due > 0 && !is_heard (&its->total);
}

static gboolean
fell_silent (const GdpCase *its, Facts *facts)
{
  facts->count = its->lately.requests;
  return is_unit (its) && its->lately.requests >= FEW && its->lately.timeouts >= FEW && !is_heard (&its->lately)
         && is_heard (&its->total);
}

static gboolean
crc_of_one (const GdpCase *its, Facts *facts)
{
  return is_unit (its) && is_many (its->lately.crc_errors, its->lately.requests, MANY_BAD, facts)
         && its->n_others > 0 && damaged_others (its, facts->share / 3) == 0;
}

static gboolean
crc_of_some (const GdpCase *its, Facts *facts)
{
  if (!is_unit (its) || !is_many (its->lately.crc_errors, its->lately.requests, MANY_BAD, facts))
    return FALSE;
  guint others = damaged_others (its, facts->share / 3);
  return others > 0 && (others + 1) * 2 < its->n_others + 1;
}

static gboolean
crc_alone (const GdpCase *its, Facts *facts)
{
  return is_unit (its) && is_many (its->lately.crc_errors, its->lately.requests, MANY_BAD, facts)
         && its->n_others == 0;
}

static gboolean
unanswered (const GdpCase *its, Facts *facts)
{
  return is_unit (its) && is_heard (&its->lately)
         && is_many (its->lately.timeouts, its->lately.requests, MANY_LOST, facts);
}

static gboolean
wrong_answers (const GdpCase *its, Facts *facts)
{
  return is_unit (its) && its->lately.due > 0
         && is_many (its->lately.wrong, its->lately.requests, MANY_BAD, facts);
}

static gboolean
wrong_frames (const GdpCase *its, Facts *facts)
{
  return its->dials_in && its->total.due == 0 && is_unit (its)
         && is_many (its->total.wrong, its->total.requests + its->total.wrong, MANY_BAD, facts);
}

static gboolean
slower (const GdpCase *its, Facts *facts)
{
  GdpHistogram before = its->total.answers;

  gdp_histogram_less (&before, &its->lately.answers);
  if (!is_unit (its) || gdp_histogram_total (&before) < ENOUGH || gdp_histogram_total (&its->lately.answers) < ENOUGH)
    return FALSE;
  facts->seconds = gdp_histogram_within (&its->lately.answers, 0.95);
  facts->usual = gdp_histogram_within (&before, 0.95);
  return facts->seconds >= SLOWER * facts->usual && facts->seconds >= facts->usual + SLOWER_BY;
}

static gboolean
is_refused (const GdpCase *its, guint code, Facts *facts)
{
  facts->code = code;
  return is_unit (its) && is_many (its->lately.refused[code], its->lately.requests, MANY_BAD, facts);
}

#define REFUSED(code)                                                                                        \
  static gboolean refused_##code (const GdpCase *its, Facts *facts) { return is_refused (its, code, facts); }
REFUSED (1) REFUSED (2) REFUSED (3) REFUSED (4) REFUSED (6) REFUSED (10) REFUSED (11)

static gboolean
refused_otherwise (const GdpCase *its, Facts *facts)
{
  static const guint codes[] = { 0, 5, 7, 8, 9 };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (is_refused (its, codes[i], facts))
      return TRUE;
  return FALSE;
}

static gboolean
too_few_polls (const GdpCase *its, Facts *facts)
{
  const GdpTraffic *lately = &its->lately;

  facts->share = share (lately->polls, lately->due);
  return is_unit (its) && its->lost == NULL && lately->due >= ENOUGH && facts->share < KEPT
         && share (lately->timeouts + lately->crc_errors + lately->wrong, lately->requests) < MANY_LOST;
}

/* ---- rules of a link --------------------------------------------------------------------------- */

static gboolean
line_silent (const GdpCase *its, Facts *facts)
{
  facts->count = its->lately.requests;
  return !is_unit (its) && its->lately.requests >= FEW && its->lately.due > 0 && its->n_others > 1
         && heard_others (its) == 0;
}

/* Also where nothing is counted because nothing can be asked; else what is counted says more. */
static gboolean
line_lost (const GdpCase *its, Facts *facts)
{
  facts->why = its->lost;
  return its->lost != NULL && !line_silent (its, facts) && !never_answered (its, facts) && !fell_silent (its, facts);
}

static gboolean
crc_of_all (const GdpCase *its, Facts *facts)
{
  guint damaged = damaged_others (its, MANY_BAD);

  return !is_unit (its) && damaged > 1 && damaged * 2 >= its->n_others
         && is_many (its->lately.crc_errors, its->lately.requests, MANY_BAD, facts);
}

static gboolean
noise (const GdpCase *its, Facts *facts)
{
  facts->count = its->lately.noise;
  return !is_unit (its) && its->lately.noise >= FEW;
}

static gboolean
noise_of_wire (const GdpCase *its, Facts *facts)
{
  return its->serial && noise (its, facts);
}

static gboolean
noise_of_modem (const GdpCase *its, Facts *facts)
{
  return its->dials_in && noise (its, facts);
}

static gboolean
noise_of_network (const GdpCase *its, Facts *facts)
{
  return !its->serial && !its->dials_in && noise (its, facts);
}

static gboolean
bus_full (const GdpCase *its, Facts *facts)
{
  gint64 time = its->now - its->lately.since;

  facts->share = share (its->lately.busy, MAX (time, 1));
  return !is_unit (its) && its->serial && time > 60 * G_USEC_PER_SEC && facts->share >= FULL;
}

static gboolean
reopened (const GdpCase *its, Facts *facts)
{
  facts->count = its->lately.reconnects;
  return !is_unit (its) && !its->dials_in && its->lately.reconnects >= FEW;
}

static gboolean
has_sessions (const GdpCase *its)
{
  return !is_unit (its) && its->dials_in && its->sessions != NULL;
}

static gboolean
never_called (const GdpCase *its, Facts *facts)
{
  return has_sessions (its) && its->sessions->len == 0 && its->total.bytes_in == 0;
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* NaN when there are none. */
static double
median (GArray *values)
{
  g_array_sort (values, by_value);
  return values->len > 0 ? g_array_index (values, double, values->len / 2) : NAN;
}

static double
usual_signal (const GPtrArray *sessions)
{
  g_autoptr (GArray) signals = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < MIN (sessions->len, 10); i++) {
    const GdpSession *session = sessions->pdata[i];
    if (!isnan (session->signal))
      g_array_append_val (signals, session->signal);
  }
  return median (signals);
}

/* Of the last day those that broke. */
static gboolean
short_sessions (const GdpCase *its, Facts *facts)
{
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; has_sessions (its) && i < its->sessions->len; i++) {
    const GdpSession *session = its->sessions->pdata[i];
    double length = (double) (session->closed - session->opened) / G_USEC_PER_SEC;
    if (session->closed != 0 && !session->well && session->opened >= its->now - DAY)
      g_array_append_val (lengths, length);
  }
  facts->count = lengths->len;
  facts->seconds = median (lengths);
  facts->signal = has_sessions (its) ? usual_signal (its->sessions) : NAN;
  return lengths->len >= CALLS && facts->seconds < SHORT;
}

static gboolean
short_with_signal (const GdpCase *its, Facts *facts)
{
  return short_sessions (its, facts) && !isnan (facts->signal);
}

static gboolean
short_without_signal (const GdpCase *its, Facts *facts)
{
  return short_sessions (its, facts) && isnan (facts->signal);
}

static gboolean
weak_signal (const GdpCase *its, Facts *facts)
{
  facts->signal = has_sessions (its) ? usual_signal (its->sessions) : NAN;
  return facts->signal <= WEAK;
}

static gboolean
sent_twice (const GdpCase *its, Facts *facts)
{
  guint64 records = 0, again = 0;

  for (guint i = 0; has_sessions (its) && its->total.due == 0 && i < its->sessions->len; i++) {
    const GdpSession *session = its->sessions->pdata[i];
    if (session->opened >= its->now - DAY) {
      records += session->records;
      again += session->resends;
    }
  }
  return records + again >= ENOUGH && is_many (again, records + again, 0.1, facts);
}

/* ---- the rules ----------------------------------------------------------------------------------- */

static const Rule rules[] = {
  { "never-answered", GDP_ADVICE_FAULT, never_answered, N_("Never answered ({count} requests)"),
    N_("Check its address, its power and its wiring, then baud rate and parity") },
  { "line-silent", GDP_ADVICE_FAULT, line_silent, N_("No unit of the line answers ({count} requests)"),
    N_("Check the adapter, the polarity of A and B, baud rate and parity, and the units' power") },
  { "line-lost", GDP_ADVICE_FAULT, line_lost, N_("The line is lost: {why}"),
    N_("Check the cable or adapter, and the power and address of what is at its other end") },
  { "silent", GDP_ADVICE_FAULT, fell_silent, N_("Does not answer any more ({count} requests)"),
    N_("Check its power and its wiring, and whether its address was changed") },
  { "never-called", GDP_ADVICE_FAULT, never_called, N_("Has never called"),
    N_("Check the SIM card, the access point, this server's address and port in the unit, and its registration") },
  { "crc-of-all", GDP_ADVICE_FAULT, crc_of_all, N_("CRC errors on {share} of the requests, from most units of the line"),
    N_("Check termination, polarity and shield of the line; there may be a second master") },
  { "crc-of-one", GDP_ADVICE_FAULT, crc_of_one, N_("CRC errors on {share} of the requests, from this unit only"),
    N_("Check this unit's wiring and connectors, and its baud rate") },
  { "crc-of-some", GDP_ADVICE_FAULT, crc_of_some,
    N_("CRC errors on {share} of the requests, from this unit and few others"),
    N_("Look for what these units have in common: a branch of the cable, a supply") },
  { "crc", GDP_ADVICE_FAULT, crc_alone, N_("CRC errors on {share} of the requests"),
    N_("Check wiring, termination and baud rate") },
  { "exception-1", GDP_ADVICE_FAULT, refused_1, N_("Refuses {share} of the requests: exception 1 (illegal function)"),
    N_("The register profile reads tables that this unit does not have") },
  { "exception-2", GDP_ADVICE_FAULT, refused_2, N_("Refuses {share} of the requests: exception 2 (illegal address)"),
    N_("The register profile does not fit this unit: it lacks some of the registers") },
  { "exception-3", GDP_ADVICE_FAULT, refused_3, N_("Refuses {share} of the requests: exception 3 (illegal value)"),
    N_("The register profile reads more at once than this unit gives: lower max_read") },
  { "exception-4", GDP_ADVICE_FAULT, refused_4, N_("Refuses {share} of the requests: exception 4 (device failure)"),
    N_("The unit reports a failure of its own: see its manual") },
  { "exception-6", GDP_ADVICE_NOTE, refused_6, N_("Refuses {share} of the requests: exception 6 (busy)"),
    N_("Poll it less often") },
  { "exception-10", GDP_ADVICE_FAULT, refused_10, N_("The gateway has no way to the unit ({share} of the requests)"),
    N_("Check the gateway's settings: which addresses are behind which port") },
  { "exception-11", GDP_ADVICE_FAULT, refused_11,
    N_("The gateway gets no answer from the unit ({share} of the requests)"),
    N_("Check the unit's power and address, and the line behind the gateway") },
  { "exception", GDP_ADVICE_FAULT, refused_otherwise, N_("Refuses {share} of the requests: exception {code}"),
    N_("See the unit's manual for that code") },
  { "wrong-answers", GDP_ADVICE_FAULT, wrong_answers, N_("{share} of the answers are another unit's or do not fit"),
    N_("Two units may have one address, or there is a second master") },
  { "wrong-frames", GDP_ADVICE_FAULT, wrong_frames, N_("{share} of its frames are not understood"),
    N_("Check its firmware and its key; somebody else may send in its name") },
  { "unanswered", GDP_ADVICE_NOTE, unanswered, N_("{share} of the requests are not answered"),
    N_("A loose contact, interference, or a unit that is too busy") },
  { "slower", GDP_ADVICE_NOTE, slower, N_("Answers slower than usual: 95 % within {seconds} s, usually {usual} s"),
    N_("See what else loads the unit, the gateway or the radio") },
  { "too-few-polls", GDP_ADVICE_NOTE, too_few_polls, N_("Only {share} of the polls that its period asks for are made"),
    N_("The line is too slow for so much: longer periods, fewer units, or a higher baud rate") },
  { "bus-full", GDP_ADVICE_NOTE, bus_full, N_("The bus is in use {share} of the time"),
    N_("Nothing more fits: longer periods, fewer units, or a higher baud rate") },
  { "noise", GDP_ADVICE_FAULT, noise_of_wire, N_("Unasked bytes: {count} times"),
    N_("Another master on the line, or noise: check termination and shield") },
  { "noise-modem", GDP_ADVICE_NOTE, noise_of_modem, N_("Unasked bytes: {count} times"),
    N_("Late answers, or a greeting or heartbeat of the modem that is not configured") },
  { "noise-network", GDP_ADVICE_NOTE, noise_of_network, N_("Unasked bytes: {count} times"),
    N_("The gateway answers late or twice") },
  { "reopened", GDP_ADVICE_FAULT, reopened, N_("The connection broke {count} times"),
    N_("Check the cable or adapter, the gateway's power, and how many connections it takes") },
  { "short-sessions", GDP_ADVICE_FAULT, short_with_signal,
    N_("Sessions break: {count} in a day, half of them within {seconds} s"),
    N_("Coverage: the signal is {signal} dBm; check antenna and SIM card") },
  { "short-sessions", GDP_ADVICE_FAULT, short_without_signal,
    N_("Sessions break: {count} in a day, half of them within {seconds} s"),
    N_("Check coverage, antenna and SIM card") },
  { "weak-signal", GDP_ADVICE_NOTE, weak_signal, N_("The signal is weak: {signal} dBm"),
    N_("Move the antenna, or use one with more gain") },
  { "sent-twice", GDP_ADVICE_NOTE, sent_twice, N_("{share} of the records came twice"),
    N_("Acknowledgements get lost: check coverage") },
};

/* ---- words --------------------------------------------------------------------------------------- */

static char *
number (double value, int decimals)
{
  return g_strdup_printf ("%.*f", decimals, value);
}

/* Two digits at least: 0.35, 3.5, 35. */
static char *
rounded (double value)
{
  return number (value, value < 1 ? 2 : value < 10 ? 1 : 0);
}

static char *
per_cent (double share)
{
  g_autofree char *value = rounded (share * 100);

  return g_strconcat (value, " %", NULL);
}

/* (transfer full): @text with every {name} in its place. */
static char *
fill (const char *text, const Facts *facts, GdpTranslate translate)
{
  const struct { const char *name; char *value; } places[] = {
    { "{share}", per_cent (facts->share) }, { "{count}", g_strdup_printf ("%" G_GUINT64_FORMAT, facts->count) },
    { "{seconds}", rounded (facts->seconds) }, { "{usual}", rounded (facts->usual) },
    { "{signal}", number (facts->signal, 0) }, { "{code}", g_strdup_printf ("%u", facts->code) },
    { "{why}", gdp_saying_text (facts->why, translate) },
  };
  GString *filled = g_string_new (text);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_string_replace (filled, places[i].name, places[i].value, 0);
    g_free (places[i].value);
  }
  return g_string_free (filled, FALSE);
}

static GdpAdvice *
advice_new (GdpAdviceGrade grade, const char *rule, char *finding, char *advice)
{
  GdpAdvice *its = g_new (GdpAdvice, 1);

  *its = (GdpAdvice) { grade, rule, finding, advice };
  return its;
}

void
gdp_advice_free (GdpAdvice *advice)
{
  g_free (advice->finding);
  g_free (advice->advice);
  g_free (advice);
}

const char *
gdp_advice_grade_word (GdpAdviceGrade grade)
{
  static const char *const words[] = { "well", "note", "fault" };

  return words[MIN (grade, GDP_ADVICE_FAULT)];
}

static void
find (const GdpCase *its, GdpAdviceGrade grade, GdpTranslate translate, GPtrArray *found)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++) {
    Facts facts = { .signal = NAN };
    if (rules[i].grade == grade && rules[i].holds (its, &facts))
      g_ptr_array_add (found, advice_new (grade, rules[i].name, fill (translate (rules[i].finding), &facts, translate),
                                          fill (translate (rules[i].advice), &facts, translate)));
  }
}

GPtrArray *
gdp_diagnose (const GdpCase *its, GdpTranslate translate)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_advice_free);
  gboolean counted = its->total.requests > 0 || (its->sessions != NULL && its->sessions->len > 0);

  find (its, GDP_ADVICE_FAULT, translate, found);
  find (its, GDP_ADVICE_NOTE, translate, found);
  if (found->len == 0)
    g_ptr_array_add (found, advice_new (GDP_ADVICE_WELL, counted ? "well" : "nothing-counted",
                                        g_strdup (translate (counted ? N_("All well") : N_("Nothing was counted yet"))),
                                        g_strdup ("")));
  return found;
}
