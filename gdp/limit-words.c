/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "limit-words.h"

#include <math.h>
#include <string.h>

typedef enum { NUMBER, SECONDS, PRIORITY, STATE, TRUTH } Type;

/* What is there or not as a whole, by its priority. What follows the levels stands for itself. */
typedef enum { LEVEL_HH, LEVEL_H, LEVEL_L, LEVEL_LL, DEVIATION, RATE, STATE_ALARM, FROZEN, N_GROUPS, ALONE = N_GROUPS } Group;

typedef struct { const char *word; Type type; Group group; gsize offset; } Field;

#define OF(field) G_STRUCT_OFFSET (GdpLimits, field)
#define LEVEL(name, group, level_)                                      \
  { name,              NUMBER,   group, OF (level[level_].value) },     \
  { name ".deadband",  NUMBER,   group, OF (level[level_].deadband) },  \
  { name ".on-delay",  SECONDS,  group, OF (level[level_].on_delay) },  \
  { name ".off-delay", SECONDS,  group, OF (level[level_].off_delay) }, \
  { name ".priority",  PRIORITY, group, OF (level[level_].priority) }

/* The first of a group says whether it is there, the last is its priority. */
static const Field fields[] = {
  LEVEL ("HH", LEVEL_HH, GDP_LEVEL_HH), LEVEL ("H", LEVEL_H, GDP_LEVEL_H),
  LEVEL ("L", LEVEL_L, GDP_LEVEL_L), LEVEL ("LL", LEVEL_LL, GDP_LEVEL_LL),
  { "deviation",       NUMBER,   DEVIATION,   OF (deviation.value) },
  { "deviation.from",  NUMBER,   DEVIATION,   OF (set_point) },
  { "deviation.deadband",  NUMBER,   DEVIATION, OF (deviation.deadband) },
  { "deviation.on-delay",  SECONDS,  DEVIATION, OF (deviation.on_delay) },
  { "deviation.off-delay", SECONDS,  DEVIATION, OF (deviation.off_delay) },
  { "deviation.priority",  PRIORITY, DEVIATION, OF (deviation.priority) },
  { "rate",            NUMBER,   RATE,        OF (rate.value) },
  { "rate.within",     SECONDS,  RATE,        OF (rate_window) },
  { "rate.deadband",   NUMBER,   RATE,        OF (rate.deadband) },
  { "rate.on-delay",   SECONDS,  RATE,        OF (rate.on_delay) },
  { "rate.off-delay",  SECONDS,  RATE,        OF (rate.off_delay) },
  { "rate.priority",   PRIORITY, RATE,        OF (rate.priority) },
  { "state",           STATE,    STATE_ALARM, OF (state.state) },
  { "state.on-delay",  SECONDS,  STATE_ALARM, OF (state.on_delay) },
  { "state.off-delay", SECONDS,  STATE_ALARM, OF (state.off_delay) },
  { "state.priority",  PRIORITY, STATE_ALARM, OF (state.priority) },
  { "frozen.after",    SECONDS,  FROZEN,      OF (frozen_after) },
  { "frozen.priority", PRIORITY, FROZEN,      OF (frozen_priority) },
  { "fault.priority",  PRIORITY, ALONE,       OF (fault_priority) },
  { "stale.priority",  PRIORITY, ALONE,       OF (stale_priority) },
  { "stale.after",     SECONDS,  ALONE,       OF (stale_after) },
  { "remind-after",    SECONDS,  ALONE,       OF (remind_after) },
  { "latches",         TRUTH,    ALONE,       OF (latches) },
};

static const struct { gsize priority, whole, size; guint8 usual; } groups[N_GROUPS] = {
  [LEVEL_HH] = { OF (level[GDP_LEVEL_HH].priority), OF (level[GDP_LEVEL_HH]), sizeof (GdpLimit), 1 },
  [LEVEL_H]  = { OF (level[GDP_LEVEL_H].priority), OF (level[GDP_LEVEL_H]), sizeof (GdpLimit), 2 },
  [LEVEL_L]  = { OF (level[GDP_LEVEL_L].priority), OF (level[GDP_LEVEL_L]), sizeof (GdpLimit), 2 },
  [LEVEL_LL] = { OF (level[GDP_LEVEL_LL].priority), OF (level[GDP_LEVEL_LL]), sizeof (GdpLimit), 1 },
  [DEVIATION] = { OF (deviation.priority), OF (deviation), OF (set_point) + sizeof (double) - OF (deviation), 3 },
  [RATE]     = { OF (rate.priority), OF (rate), OF (rate_window) + sizeof (float) - OF (rate), 3 },
  [STATE_ALARM] = { OF (state.priority), OF (state), sizeof (GdpStateAlarm), 2 },
  [FROZEN]   = { OF (frozen_priority), OF (frozen_after), OF (frozen_priority) + sizeof (guint8) - OF (frozen_after), 4 },
};

static const struct { const char *name, *word; } other_names[] = {
  { "high-high", "HH" }, { "high", "H" }, { "low-low", "LL" }, { "low", "L" },
};

const char *
gdp_limits_field (guint i)
{
  return i < G_N_ELEMENTS (fields) ? fields[i].word : NULL;
}

static guint8 *
priority_of (GdpLimits *limits, Group group)
{
  return (guint8 *) limits + groups[group].priority;
}

static gboolean
is_there (const GdpLimits *limits, Group group)
{
  return group == ALONE || *priority_of ((GdpLimits *) limits, group) != 0;
}

static gboolean
is_first (const Field *field)
{
  return field->group != ALONE && (field == fields || field[-1].group != field->group);
}

/* ---- words → limits ------------------------------------------------------------------------- */

static const Field *
find (const char *name)
{
  g_autofree char *canonical = NULL;
  const char *dot = strchr (name, '.') != NULL ? strchr (name, '.') : name + strlen (name);

  for (guint i = 0; i < G_N_ELEMENTS (other_names) && canonical == NULL; i++)
    if (strlen (other_names[i].name) == (gsize) (dot - name)
        && g_ascii_strncasecmp (other_names[i].name, name, (gsize) (dot - name)) == 0)
      canonical = g_strconcat (other_names[i].word, dot, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_ascii_strcasecmp (fields[i].word, canonical != NULL ? canonical : name) == 0)
      return &fields[i];
  return NULL;
}

static gboolean
read_number (const char *text, double *number, const char **rest)
{
  char *end;

  *number = g_ascii_strtod (text, &end);
  *rest = end;
  return end != text && isfinite (*number);
}

static gboolean
set_number (GdpLimits *limits, const Field *field, const char *text)
{
  const char *rest;
  double number;

  if (!read_number (text, &number, &rest) || *rest != '\0')
    return FALSE;
  G_STRUCT_MEMBER (double, limits, field->offset) = number;
  return TRUE;
}

static gboolean
set_seconds (GdpLimits *limits, const Field *field, const char *text)
{
  static const struct { const char *word; double seconds; } units[] = { { "", 1 }, { "s", 1 }, { "min", 60 }, { "h", 3600 } };
  const char *rest;
  double number;

  if (!read_number (text, &number, &rest))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (rest, units[i].word) == 0) {
      G_STRUCT_MEMBER (float, limits, field->offset) = (float) (number * units[i].seconds);
      return TRUE;
    }
  return FALSE;
}

/* One digit: what is too much is for the check to say. */
static gboolean
set_digit (GdpLimits *limits, const Field *field, const char *text)
{
  if (!g_ascii_isdigit (text[0]) || text[1] != '\0')
    return FALSE;
  G_STRUCT_MEMBER (guint8, limits, field->offset) = (guint8) g_ascii_digit_value (text[0]);
  return TRUE;
}

static gboolean
set_truth (GdpLimits *limits, const Field *field, const char *text)
{
  gboolean yes = strcmp (text, "yes") == 0;

  G_STRUCT_MEMBER (gboolean, limits, field->offset) = yes;
  return yes || strcmp (text, "no") == 0;
}

static const struct {
  gboolean  (*set) (GdpLimits *limits, const Field *field, const char *text);
  const char *takes;
} types[] = {
  [NUMBER]   = { set_number,  "a number (2.75), or off" },
  [SECONDS]  = { set_seconds, "seconds (5), 5s, 2min or 1h" },
  [PRIORITY] = { set_digit,   "1 to 4, or off" },
  [STATE]    = { set_digit,   "0, 1 or off" },
  [TRUTH]    = { set_truth,   "yes or no" },
};

static gboolean
can_be_off (const Field *field)
{
  return field->type == PRIORITY || is_first (field);
}

static void
take_away (GdpLimits *limits, const Field *field)
{
  if (field->group == ALONE)
    G_STRUCT_MEMBER (guint8, limits, field->offset) = 0;
  else
    memset ((char *) limits + groups[field->group].whole, 0, groups[field->group].size);
}

static gboolean
apply_field (GdpLimits *limits, const Field *field, const char *text)
{
  if (can_be_off (field) && (strcmp (text, "off") == 0 || (field->type == PRIORITY && strcmp (text, "0") == 0))) {
    take_away (limits, field);
    return TRUE;
  }
  if (!types[field->type].set (limits, field, text))
    return FALSE;
  if (is_first (field) && !is_there (limits, field->group))
    *priority_of (limits, field->group) = groups[field->group].usual;
  return TRUE;
}

static gboolean
apply_word (GdpLimits *limits, const char *word, GError **error)
{
  const char *equals = strchr (word, '=');
  g_autofree char *name = g_strndup (word, equals != NULL ? (gsize) (equals - word) : strlen (word));
  const Field *field = find (name);

  if (equals != NULL && field != NULL && apply_field (limits, field, equals + 1))
    return TRUE;
  if (field == NULL)
    g_set_error (error, GDP_LIMITS_ERROR, GDP_LIMITS_ERROR_WORD, "“%s” is no limit; there are HH, H, L, LL, each with .deadband, "
                 ".on-delay, .off-delay, .priority, and deviation (.from), rate (.within), state, frozen.after, frozen.priority, "
                 "fault.priority, stale.priority, stale.after, remind-after, latches",
                 name);
  else
    g_set_error (error, GDP_LIMITS_ERROR, GDP_LIMITS_ERROR_WORD, "%s takes %s, not “%s”", field->word,
                 types[field->type].takes, equals != NULL ? equals + 1 : "");
  return FALSE;
}

/* A deadband of a level that is not there would come to light with the level, when nobody thinks of it. */
static gboolean
check_owners (const GdpLimits *limits, const GdpLimits *changed, GError **error)
{
  for (Group group = 0; group < N_GROUPS; group++) {
    gsize whole = groups[group].whole, size = groups[group].size;
    if (is_there (changed, group) || memcmp ((char *) limits + whole, (char *) changed + whole, size) == 0)
      continue;
    g_autofree char *nothing = g_malloc0 (size);
    if (memcmp ((char *) changed + whole, nothing, size) == 0)
      continue;
    for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
      if (fields[i].group == group) {
        g_set_error (error, GDP_LIMITS_ERROR, GDP_LIMITS_ERROR_WORD, "%s is off: give it a value first, %s=…", fields[i].word,
                     fields[i].word);
        return FALSE;
      }
  }
  return TRUE;
}

gboolean
gdp_limits_apply (GdpLimits *limits, const char *words, GError **error)
{
  g_auto (GStrv) each = g_strsplit_set (words, " \t\n", -1);
  GdpLimits changed = *limits;

  for (char **word = each; *word != NULL; word++)
    if (**word != '\0' && !apply_word (&changed, *word, error))
      return FALSE;
  if (!check_owners (limits, &changed, error))
    return FALSE;
  *limits = changed;
  return TRUE;
}

/* ---- limits → words ------------------------------------------------------------------------- */

/* With as few digits as give it again; @single: as a float. */
static char *
shortest (double number, gboolean single)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE], format[] = "%.00g";

  for (guint digits = 6; digits <= 17; digits++) {
    format[2] = (char) ('0' + digits / 10);
    format[3] = (char) ('0' + digits % 10);
    g_ascii_formatd (text, sizeof text, format, number);
    double again = g_ascii_strtod (text, NULL);
    if (single ? (float) again == (float) number : again == number)
      break;
  }
  return g_strdup (text);
}

static char *
text_of (const GdpLimits *limits, const Field *field)
{
  g_autofree char *number = NULL;

  switch (field->type) {
  case NUMBER:   return shortest (G_STRUCT_MEMBER (double, limits, field->offset), FALSE);
  case SECONDS:
    number = shortest ((double) G_STRUCT_MEMBER (float, limits, field->offset), TRUE);
    return g_strconcat (number, "s", NULL);
  case PRIORITY:
    if (G_STRUCT_MEMBER (guint8, limits, field->offset) == 0)
      return g_strdup ("off");
    return g_strdup_printf ("%u", G_STRUCT_MEMBER (guint8, limits, field->offset));
  case STATE:    return g_strdup_printf ("%u", G_STRUCT_MEMBER (guint8, limits, field->offset));
  case TRUTH:
  default:       return g_strdup (G_STRUCT_MEMBER (gboolean, limits, field->offset) ? "yes" : "no");
  }
}

char *
gdp_limits_field_text (const GdpLimits *limits, guint i)
{
  g_return_val_if_fail (i < G_N_ELEMENTS (fields), NULL);
  return is_there (limits, fields[i].group) ? text_of (limits, &fields[i]) : g_strdup ("off");
}

static void
append (GString *words, const char *name, const char *text)
{
  g_string_append_printf (words, "%s%s=%s", words->len > 0 ? " " : "", name, text);
}

/* What of @limits is another in @other, which is "off" where @limits has nothing. */
static void
append_field (GString *words, const GdpLimits *limits, const GdpLimits *other, const Field *field)
{
  gboolean here = is_there (limits, field->group), there = is_there (other, field->group);
  g_autofree char *text = text_of (limits, field), *others = text_of (other, field);
  gboolean first = is_first (field);

  if (!here && there && first)
    append (words, field->word, "off");
  else if (here && (!there ? first || field->type == PRIORITY || strcmp (text, others) != 0 : strcmp (text, others) != 0))
    append (words, field->word, text);
}

static char *
words_of (const GdpLimits *limits, const GdpLimits *other)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    append_field (words, limits, other, &fields[i]);
  return g_string_free (words, FALSE);
}

char *
gdp_limits_text (const GdpLimits *limits)
{
  static const GdpLimits nothing = { .level = { { 0 } } };

  return words_of (limits, &nothing);
}

void
gdp_limits_differences (const GdpLimits *old, const GdpLimits *limits, char **before, char **after)
{
  *before = words_of (old, limits);
  *after = words_of (limits, old);
}

/* ---- of a point ----------------------------------------------------------------------------- */

gboolean
gdp_point_find_fault (const GdpPoint *point, const GdpLimits *limits, char **field, GError **error)
{
  gboolean ranged = point->scaling.low < point->scaling.high, discrete = gdp_point_is_discrete (point);

  for (Group group = 0; group < FROZEN; group++)   /* frozen may be either */
    if (is_there (limits, group) && discrete != (group == STATE_ALARM)) {
      g_set_error_literal (error, GDP_LIMITS_ERROR, GDP_LIMITS_ERROR_KIND,
                           discrete ? "a point with two states has no HH, H, L, LL, deviation or rate; it has “state”, the one that is an alarm"
                                    : "a point that is measured has no alarm by its state; it has HH, H, L, LL, deviation and rate");
      return FALSE;
    }
  return gdp_limits_find_fault (limits, ranged ? point->scaling.low : -INFINITY, ranged ? point->scaling.high : INFINITY, field,
                                error);
}

gboolean
gdp_point_check_limits (const GdpPoint *point, const GdpLimits *limits, GError **error)
{
  return gdp_point_find_fault (point, limits, NULL, error);
}
