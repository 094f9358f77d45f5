/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traffic.h"

#include <string.h>

#include "words.h"

static const struct { const char *word, *label; } faults[GDP_TRAFFIC_N_FAULTS] = {
  [GDP_TRAFFIC_TIMEOUT] = { "timeout", N_("no answer") },
  [GDP_TRAFFIC_CRC] = { "crc", N_("damaged answer (CRC)") },
  [GDP_TRAFFIC_EXCEPTION] = { "exception", N_("request refused (exception)") },
  [GDP_TRAFFIC_WRONG] = { "wrong", N_("wrong answer") },
  [GDP_TRAFFIC_NOISE] = { "noise", N_("unasked bytes") },
  [GDP_TRAFFIC_RECONNECT] = { "reconnect", N_("opened again") },
};

/* All that is one number, for writing and reading. */
#define NUMBER(name) { #name, G_STRUCT_OFFSET (GdpTraffic, name) },
static const struct { const char *name; gsize offset; } numbers[] = {
  GDP_TRAFFIC_COUNTERS (NUMBER) NUMBER (since) NUMBER (last_good) NUMBER (last_fault) NUMBER (fault) NUMBER (code)
};
#undef NUMBER

/* guint64 or gint64, which alias. */
static gint64 *
number_at (const GdpTraffic *traffic, gsize offset)
{
  return (gint64 *) (gpointer) ((char *) traffic + offset);
}

const char *
gdp_traffic_fault_word (GdpTrafficFault fault)
{
  return fault < GDP_TRAFFIC_N_FAULTS ? faults[fault].word : "unknown";
}

const char *
gdp_traffic_fault_label (GdpTrafficFault fault)
{
  return fault < GDP_TRAFFIC_N_FAULTS ? faults[fault].label : N_("unknown");
}

void
gdp_traffic_add (GdpTraffic *sum, const GdpTraffic *other)
{
#define ADD(name) sum->name += other->name;
  GDP_TRAFFIC_COUNTERS (ADD)
#undef ADD
  for (guint i = 0; i < GDP_TRAFFIC_CODES; i++)
    sum->refused[i] += other->refused[i];
  sum->since = sum->since == 0 ? other->since : MIN (sum->since, other->since);
  sum->last_good = MAX (sum->last_good, other->last_good);
  if (other->last_fault > sum->last_fault) {
    sum->last_fault = other->last_fault;
    sum->fault = other->fault;
    sum->code = other->code;
  }
  gdp_histogram_add (&sum->answers, &other->answers);
}

gboolean
gdp_traffic_less (GdpTraffic *traffic, const GdpTraffic *before, gint64 at)
{
  gboolean same = traffic->since == before->since;
#define GREW(name) same = same && traffic->name >= before->name;
  GDP_TRAFFIC_COUNTERS (GREW)
#undef GREW
  if (!same)
    return FALSE;
#define SUBTRACT(name) traffic->name -= before->name;
  GDP_TRAFFIC_COUNTERS (SUBTRACT)
#undef SUBTRACT
  for (guint i = 0; i < GDP_TRAFFIC_CODES; i++)
    traffic->refused[i] -= before->refused[i];
  gdp_histogram_less (&traffic->answers, &before->answers);
  traffic->since = at;
  return TRUE;
}

/* ---- as text ------------------------------------------------------------------------------------- */

/* " NAME=3:17,5:2": what is not zero, by its place. */
static void
put_list (GString *text, const char *name, gconstpointer list, guint n, gsize size)
{
  const char *before = name;

  for (guint i = 0; i < n; i++) {
    guint64 value = size == sizeof (guint32) ? ((const guint32 *) list)[i] : ((const guint64 *) list)[i];
    if (value == 0)
      continue;
    g_string_append_printf (text, "%s%s%s%u:%" G_GUINT64_FORMAT, before == name ? " " : "", before,
                            before == name ? "=" : "", i, value);
    before = ",";
  }
}

char *
gdp_traffic_text (const GdpTraffic *traffic)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    gint64 value = *number_at (traffic, numbers[i].offset);
    if (value != 0)
      g_string_append_printf (text, " %s=%" G_GINT64_FORMAT, numbers[i].name, value);
  }
  put_list (text, "refused", traffic->refused, GDP_TRAFFIC_CODES, sizeof traffic->refused[0]);
  put_list (text, "answers", traffic->answers.count, GDP_HISTOGRAM_BUCKETS, sizeof traffic->answers.count[0]);
  if (traffic->answers.most > 0)
    g_string_append_printf (text, " most=%u", traffic->answers.most);
  if (text->len > 0)
    g_string_erase (text, 0, 1);
  return g_string_free (text, FALSE);
}

/* FALSE: not a number, or not a place. */
static gboolean
parse_list (const char *list, guint64 *values, guint n)
{
  g_auto (GStrv) items = g_strsplit (list, ",", -1);

  for (guint i = 0; items[i] != NULL; i++) {
    char *end;
    guint64 place = g_ascii_strtoull (items[i], &end, 10);
    if (end == items[i] || *end != ':' || place >= n
        || !g_ascii_string_to_unsigned (end + 1, 10, 0, G_MAXUINT64, &values[place], NULL))
      return FALSE;
  }
  return TRUE;
}

static gboolean
parse_answers (const char *list, GdpHistogram *answers)
{
  guint64 values[GDP_HISTOGRAM_BUCKETS] = { 0 };

  if (!parse_list (list, values, GDP_HISTOGRAM_BUCKETS))
    return FALSE;
  for (guint i = 0; i < GDP_HISTOGRAM_BUCKETS; i++)
    answers->count[i] = (guint32) MIN (values[i], G_MAXUINT32);
  return TRUE;
}

static gboolean
parse_one (const char *name, const char *value, GdpTraffic *traffic)
{
  gint64 number;

  if (strcmp (name, "refused") == 0)
    return parse_list (value, traffic->refused, GDP_TRAFFIC_CODES);
  if (strcmp (name, "answers") == 0)
    return parse_answers (value, &traffic->answers);
  if (!g_ascii_string_to_signed (value, 10, 0, G_MAXINT64, &number, NULL))
    return FALSE;
  if (strcmp (name, "most") == 0)
    traffic->answers.most = (guint32) MIN (number, (gint64) G_MAXUINT32);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (numbers[i].name, name) == 0)
      *number_at (traffic, numbers[i].offset) = number;
  return TRUE;
}

gboolean
gdp_traffic_parse (const char *text, GdpTraffic *traffic)
{
  *traffic = (GdpTraffic) { 0 };
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", " ", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    char *value = strchr (parts[i], '=');
    if (value == NULL && *parts[i] == '\0')
      continue;
    if (value == NULL)
      return FALSE;
    *value++ = '\0';
    if (!parse_one (parts[i], value, traffic))
      return FALSE;
  }
  return TRUE;
}
