/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a BBT is told to do: the four periods, thresholds for unscheduled calls, where its SMS go.
 *
 * As text it is words that gdpctl takes, the store keeps and the journal shows:
 * "polling=60s confirmation=6h accident=5min archive=1h sms=+79000000000 ai1=0.28..0.345 ai2=..30".
 * Ranges: the brochure (polling 5–600 s, confirmation 0.5–24 h, in the accident zone 5–60 min, archive
 * 10–60 min); archive rows every 1–9 min are for firmware that allows them, comms/PROTOCOL.md 21. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GDP_MOST_THRESHOLDS 32

/* Outside of it the unit calls at once. */
typedef struct {
  const char *channel;      /* of the report unit's profile: "ai1" */
  double      min, max;     /* in the unit of the point on that channel; NaN = none */
} GdpThreshold;

typedef struct {
  guint         polling;       /* s between measurements */
  guint         confirmation;  /* min between calls when nothing else calls */
  guint         accident;      /* min between reports while a threshold is crossed */
  guint         archive;       /* min between archive rows */
  const char   *sms;           /* number, at most 15 characters; NULL = none */
  GdpThreshold *thresholds;    /* in any order, a channel at most once */
  guint         n_thresholds;
} GdpSettings;

/* Polling 60 s, confirmation 6 h, accident 5 min, archive 60 min: 10,000 sessions last 6.8 years. */
GdpSettings *gdp_settings_new   (void);
const GdpSettings *gdp_settings_default (void);   /* the same, static */
GdpSettings *gdp_settings_copy  (const GdpSettings *settings);   /* NULL gives NULL */
void         gdp_settings_free  (GdpSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GdpSettings, gdp_settings_free)
gboolean     gdp_settings_equal (const GdpSettings *a, const GdpSettings *b);   /* both may be NULL */

/* Ranges, doubled channels, min below max, the number's form. What a threshold's channel can be is
 * gdp_bbt_link_check()'s business. */
gboolean     gdp_settings_check (const GdpSettings *settings, GError **error);

/* One word of the text: "confirmation=6h" (a number alone is in the field's own unit), "ai1=0.2..0.4",
 * "ai1=" takes a threshold or the SMS number away. Checks nothing but the word itself. */
gboolean     gdp_settings_set   (GdpSettings *settings, const char *word, GError **error);
/* Words in any order, parted by blanks; what is not named is as in gdp_settings_new(). */
GdpSettings *gdp_settings_parse (const char *text, GError **error);
char        *gdp_settings_text  (const GdpSettings *settings);

/* The words of @a that @b has not, and the other way round; "none" where there are no settings (NULL). */
void         gdp_settings_differences (const GdpSettings *a, const GdpSettings *b, char **before, char **after);

/* The four periods, for whoever shows or reads them: in order of the struct. */
#define GDP_N_PERIODS 4
typedef struct {
  const char *word;            /* "polling" */
  const char *label;           /* English, marked for translation */
  gsize       offset;          /* of a guint in GdpSettings */
  guint       seconds;         /* that its unit has: 1 or 60 */
  guint       least, most;     /* in its unit */
} GdpPeriod;
const GdpPeriod *gdp_settings_period (guint index);
/* "90s", "30min", "6h" (transfer full) */
char            *gdp_period_text (guint seconds);

typedef enum { GDP_SETTINGS_ERROR_SYNTAX, GDP_SETTINGS_ERROR_RANGE, GDP_SETTINGS_ERROR_THRESHOLD } GdpSettingsError;
#define GDP_SETTINGS_ERROR (gdp_settings_error_quark ())
GQuark gdp_settings_error_quark (void);

G_END_DECLS
