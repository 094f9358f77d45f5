/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include <math.h>
#include <string.h>

#include "words.h"

#define MOST_DIGITS 15   /* of an SMS number, comms/PROTOCOL.md 21 */

G_DEFINE_QUARK (gdp-settings-error-quark, gdp_settings_error)

static const GdpPeriod periods[GDP_N_PERIODS] = {
  { "polling",      N_("Polling"),              G_STRUCT_OFFSET (GdpSettings, polling),       1,  5,  600 },
  { "confirmation", N_("Confirmation"),         G_STRUCT_OFFSET (GdpSettings, confirmation), 60, 30, 1440 },
  { "accident",     N_("In the accident zone"), G_STRUCT_OFFSET (GdpSettings, accident),     60,  5,   60 },
  { "archive",      N_("Archive"),              G_STRUCT_OFFSET (GdpSettings, archive),      60,  1,   60 },
};

static const struct { const char *word; guint seconds; } units[] = { { "s", 1 }, { "min", 60 }, { "h", 3600 } };

const GdpPeriod *
gdp_settings_period (guint index)
{
  g_return_val_if_fail (index < GDP_N_PERIODS, NULL);
  return &periods[index];
}

static guint
period_of (const GdpSettings *settings, const GdpPeriod *period)
{
  return G_STRUCT_MEMBER (guint, settings, period->offset);
}

const GdpSettings *
gdp_settings_default (void)
{
  static const GdpSettings settings = { .polling = 60, .confirmation = 360, .accident = 5, .archive = 60 };
  return &settings;
}

GdpSettings *
gdp_settings_new (void)
{
  return gdp_settings_copy (gdp_settings_default ());
}

GdpSettings *
gdp_settings_copy (const GdpSettings *settings)
{
  if (settings == NULL)
    return NULL;
  GdpSettings *copy = g_memdup2 (settings, sizeof *settings);

  copy->sms = g_strdup (settings->sms);
  copy->thresholds = g_memdup2 (settings->thresholds, settings->n_thresholds * sizeof *settings->thresholds);
  for (guint i = 0; i < copy->n_thresholds; i++)
    copy->thresholds[i].channel = g_strdup (copy->thresholds[i].channel);
  return copy;
}

void
gdp_settings_free (GdpSettings *settings)
{
  if (settings == NULL)
    return;
  for (guint i = 0; i < settings->n_thresholds; i++)
    g_free ((char *) settings->thresholds[i].channel);
  g_free (settings->thresholds);
  g_free ((char *) settings->sms);
  g_free (settings);
}

gboolean
gdp_settings_equal (const GdpSettings *a, const GdpSettings *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  g_autofree char *one = gdp_settings_text (a), *other = gdp_settings_text (b);
  return strcmp (one, other) == 0;
}

/* ---- checks ------------------------------------------------------------------------------- */

static gboolean
check_period (const GdpSettings *settings, const GdpPeriod *period, GError **error)
{
  guint value = period_of (settings, period);

  if (value >= period->least && value <= period->most)
    return TRUE;
  g_autofree char *text = gdp_period_text (value * period->seconds);
  g_autofree char *least = gdp_period_text (period->least * period->seconds);
  g_autofree char *most = gdp_period_text (period->most * period->seconds);
  g_set_error (error, GDP_SETTINGS_ERROR, GDP_SETTINGS_ERROR_RANGE, "%s %s must be %s to %s", period->word,
               text, least, most);
  return FALSE;
}

static gboolean
check_number (const char *number, GError **error)
{
  gsize digits = number ? strspn (number + (*number == '+'), "0123456789") : 0;

  if (number == NULL
      || (digits > 0 && digits + (*number == '+') == strlen (number) && strlen (number) <= MOST_DIGITS))
    return TRUE;
  g_set_error (error, GDP_SETTINGS_ERROR, GDP_SETTINGS_ERROR_RANGE,
               "sms “%.40s” must be digits, with or without a + before them, at most %d characters", number,
               MOST_DIGITS);
  return FALSE;
}

static gboolean
check_threshold (const GdpSettings *settings, guint index, GError **error)
{
  const GdpThreshold *threshold = &settings->thresholds[index];
  const char *fault = NULL;

  if (isinf (threshold->min) || isinf (threshold->max))
    fault = "must be a number";
  else if (isnan (threshold->min) && isnan (threshold->max))
    fault = "has neither min nor max";
  else if (threshold->min >= threshold->max)   /* FALSE when one is NaN */
    fault = "must have its min below its max";
  for (guint i = 0; i < index && fault == NULL; i++)
    if (strcmp (settings->thresholds[i].channel, threshold->channel) == 0)
      fault = "is given twice";
  if (fault != NULL)
    g_set_error (error, GDP_SETTINGS_ERROR, GDP_SETTINGS_ERROR_THRESHOLD, "the threshold of %s %s",
                 threshold->channel, fault);
  return fault == NULL;
}

gboolean
gdp_settings_check (const GdpSettings *settings, GError **error)
{
  for (guint i = 0; i < GDP_N_PERIODS; i++)
    if (!check_period (settings, &periods[i], error))
      return FALSE;
  if (settings->n_thresholds > GDP_MOST_THRESHOLDS) {
    g_set_error (error, GDP_SETTINGS_ERROR, GDP_SETTINGS_ERROR_THRESHOLD, "%u thresholds are more than the %d "
                 "that a unit takes", settings->n_thresholds, GDP_MOST_THRESHOLDS);
    return FALSE;
  }
  for (guint i = 0; i < settings->n_thresholds; i++)
    if (!check_threshold (settings, i, error))
      return FALSE;
  return check_number (settings->sms, error);
}

/* ---- from text ---------------------------------------------------------------------------- */

static gboolean
refuse_word (const char *word, const char *wanted, GError **error)
{
  g_set_error (error, GDP_SETTINGS_ERROR, GDP_SETTINGS_ERROR_SYNTAX, "“%.60s”: write %s", word, wanted);
  return FALSE;
}

static gboolean
set_period (GdpSettings *settings, const GdpPeriod *period, const char *word, const char *value, GError **error)
{
  char *end;
  double number = g_ascii_strtod (value, &end);
  guint seconds = *end == '\0' ? period->seconds : 0;

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (end, units[i].word) == 0)
      seconds = units[i].seconds;
  double steps = number * seconds / period->seconds;
  if (end == value || seconds == 0 || !(steps >= 0 && steps <= 1e6))
    return refuse_word (word, "a number and s, min or h, as in confirmation=6h", error);
  if (fabs (steps - round (steps)) > 1e-6)
    return refuse_word (word, period->seconds == 1 ? "whole seconds" : "whole minutes", error);
  G_STRUCT_MEMBER (guint, settings, period->offset) = (guint) round (steps);
  return TRUE;
}

static void
remove_threshold (GdpSettings *settings, guint index)
{
  g_free ((char *) settings->thresholds[index].channel);
  settings->n_thresholds--;
  memmove (&settings->thresholds[index], &settings->thresholds[index + 1],
           (settings->n_thresholds - index) * sizeof *settings->thresholds);
}

static void
put_threshold (GdpSettings *settings, GdpThreshold threshold)
{
  guint i = 0;

  while (i < settings->n_thresholds && strcmp (settings->thresholds[i].channel, threshold.channel) != 0)
    i++;
  if (i == settings->n_thresholds) {
    settings->thresholds = g_renew (GdpThreshold, settings->thresholds, ++settings->n_thresholds);
    settings->thresholds[i].channel = g_strdup (threshold.channel);
  }
  settings->thresholds[i].min = threshold.min;
  settings->thresholds[i].max = threshold.max;
  if (isnan (threshold.min) && isnan (threshold.max))
    remove_threshold (settings, i);
}

/* A number, or NaN for none, up to @until. */
static gboolean
read_bound (const char *text, const char *until, double *bound)
{
  char *end;

  *bound = NAN;
  if (text == until)
    return TRUE;
  /* "1..2" would be read as "1." and ".2". */
  g_autofree char *alone = g_strndup (text, until - text);
  *bound = g_ascii_strtod (alone, &end);
  return *end == '\0' && isfinite (*bound);
}

static gboolean
set_threshold (GdpSettings *settings, const char *channel, const char *word, const char *value, GError **error)
{
  const char *dots = strstr (value, ".."), *end = value + strlen (value);
  GdpThreshold threshold = { channel, NAN, NAN };

  if (*value != '\0'
      && (dots == NULL || !read_bound (value, dots, &threshold.min)
          || !read_bound (dots + 2, end, &threshold.max)
          || (isnan (threshold.min) && isnan (threshold.max))))
    return refuse_word (word, "a threshold as MIN..MAX, one of them may be missing, as in ai1=0.2..0.4", error);
  put_threshold (settings, threshold);
  return TRUE;
}

gboolean
gdp_settings_set (GdpSettings *settings, const char *word, GError **error)
{
  const char *sign = strchr (word, '=');

  if (sign == NULL || sign == word)
    return refuse_word (word, "NAME=VALUE: polling, confirmation, accident, archive, sms or a channel", error);
  g_autofree char *name = g_strndup (word, sign - word);
  for (guint i = 0; i < GDP_N_PERIODS; i++)
    if (strcmp (periods[i].word, name) == 0)
      return set_period (settings, &periods[i], word, sign + 1, error);
  if (strcmp (name, "sms") != 0)
    return set_threshold (settings, name, word, sign + 1, error);
  g_free ((char *) settings->sms);
  settings->sms = sign[1] != '\0' ? g_strdup (sign + 1) : NULL;
  return TRUE;
}

GdpSettings *
gdp_settings_parse (const char *text, GError **error)
{
  g_autoptr (GdpSettings) settings = gdp_settings_new ();
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !gdp_settings_set (settings, words[i], error))
      return NULL;
  return g_steal_pointer (&settings);
}

/* ---- to text ------------------------------------------------------------------------------ */

char *
gdp_period_text (guint seconds)
{
  guint i = seconds == 0 || seconds % 60 != 0 ? 0 : seconds % 3600 == 0 ? 2 : 1;

  if (seconds == 60)   /* "60s" is how people say it of polling */
    i = 0;
  return g_strdup_printf ("%u%s", seconds / units[i].seconds, units[i].word);
}

/* The fewest digits that read back as the same number. */
static void
append_number (GString *text, double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (number))
    return;
  for (int precision = 6; precision <= 17; precision++) {
    char format[8];
    g_snprintf (format, sizeof format, "%%.%dg", precision);
    g_ascii_formatd (digits, sizeof digits, format, number);
    if (g_ascii_strtod (digits, NULL) == number)
      break;
  }
  g_string_append (text, digits);
}

static int
by_channel (gconstpointer a, gconstpointer b)
{
  return strcmp (((const GdpThreshold *) a)->channel, ((const GdpThreshold *) b)->channel);
}

char *
gdp_settings_text (const GdpSettings *settings)
{
  GString *text = g_string_new (NULL);
  g_autofree GdpThreshold *sorted = g_memdup2 (settings->thresholds,
                                               settings->n_thresholds * sizeof *settings->thresholds);

  for (guint i = 0; i < GDP_N_PERIODS; i++) {
    g_autofree char *period = gdp_period_text (period_of (settings, &periods[i]) * periods[i].seconds);
    g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", periods[i].word, period);
  }
  if (settings->sms != NULL)
    g_string_append_printf (text, " sms=%s", settings->sms);
  if (settings->n_thresholds > 1)
    qsort (sorted, settings->n_thresholds, sizeof *sorted, by_channel);
  for (guint i = 0; i < settings->n_thresholds; i++) {
    g_string_append_printf (text, " %s=", sorted[i].channel);
    append_number (text, sorted[i].min);
    g_string_append (text, "..");
    append_number (text, sorted[i].max);
  }
  return g_string_free (text, FALSE);
}

static char *
words_without (const char *text, const char *other)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1), others = g_strsplit (other, " ", -1);
  GString *left = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) others, words[i]))
      g_string_append_printf (left, "%s%s", left->len > 0 ? " " : "", words[i]);
  return g_string_free (left, FALSE);
}

void
gdp_settings_differences (const GdpSettings *a, const GdpSettings *b, char **before, char **after)
{
  g_autofree char *one = a != NULL ? gdp_settings_text (a) : g_strdup ("none");
  g_autofree char *other = b != NULL ? gdp_settings_text (b) : g_strdup ("none");

  *before = words_without (one, other);
  *after = words_without (other, one);
}
