/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-event.h"

#include <math.h>
#include <string.h>

/* ---- about what -------------------------------------------------------------------------- */

void
comms_bbt_remark_tell (const GdpNetwork *network, const CommsBbtUnit *unit, GdpRemark remark, char *text,
                       GdpEvent *event)
{
  g_free (event->text);
  event->text = text;
  event->after = g_strdup (gdp_remark_word (remark));
  if (unit->unit == G_MAXUINT)
    return;
  g_free (event->object);
  event->object = g_strdup (network->units[unit->unit].id);
}

static const CommsPlanItem *
item_of_kind (const GdpNetwork *network, const CommsBbtUnit *unit, GdpPointKind kind)
{
  for (guint i = 0; i < unit->n_items; i++)
    if (network->points[unit->items[i].point].kind == kind)
      return &unit->items[i];
  return NULL;
}

/* The mains are rather a contact than a voltage: what a dispatcher has an alarm of. */
static const CommsPlanItem *
item_of (const GdpNetwork *network, const CommsBbtUnit *unit, const CommsBbtEvent *told)
{
  const CommsPlanItem *mains;

  if (told->channel == COMMS_BBT_DI || told->channel == COMMS_BBT_DO)
    return comms_bbt_unit_item (unit, GDP_TABLE_REPORT_BITS, told->bit + (told->channel == COMMS_BBT_DO ? 8 : 0));
  if (told->code != COMMS_BBT_EVENT_MAINS_LOST && told->code != COMMS_BBT_EVENT_MAINS_BACK)
    return comms_bbt_unit_item (unit, GDP_TABLE_REPORT_VALUES, told->channel);
  mains = item_of_kind (network, unit, GDP_POINT_MAINS);
  return mains != NULL ? mains : comms_bbt_unit_item (unit, GDP_TABLE_REPORT_VALUES, COMMS_BBT_MAINS);
}

/* ---- figures ----------------------------------------------------------------------------- */

/* @raw of the channel as the point shows it; NULL: it stands for no value. */
static char *
value_text (const GdpNetwork *network, const CommsPlanItem *item, double raw)
{
  const GdpPoint *point = &network->points[item->point];
  GdpScalingState alone = { 0 };
  GdpReason reason;
  double value = gdp_scaling_apply (&point->scaling, &alone, raw, 1, &reason);

  return isnan (value) ? NULL : gdp_point_text (point, value);
}

static double
threshold_of (const GdpRegister *reg, guint32 detail)
{
  float single;

  if (reg->type != GDP_REGISTER_FLOAT)
    return (gint32) detail * reg->scale + reg->offset;
  memcpy (&single, &detail, sizeof single);
  return single * reg->scale + reg->offset;
}

static char *
channel_text (const CommsBbtEvent *told)
{
  gboolean bits = told->channel == COMMS_BBT_DI || told->channel == COMMS_BBT_DO;
  const char *name;

  if (told->channel < 1 || told->channel > COMMS_BBT_CHANNELS)
    return NULL;
  name = comms_bbt_channel (told->channel)->name;
  return bits ? g_strdup_printf ("%s%u", name, told->bit + 1) : g_strdup (name);
}

/* ", " between those of @parts that are not NULL; takes them. NULL: none. */
static char *
joined (char *a, char *b)
{
  char *both = a != NULL && b != NULL ? g_strconcat (a, ", ", b, NULL) : NULL;

  if (both == NULL)
    return a != NULL ? a : b;
  g_free (a);
  g_free (b);
  return both;
}

/* What the channel showed, and the threshold. */
static char *
crossing_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  g_autofree char *limit = NULL;
  char *value = NULL, *threshold = NULL;
  double now;

  if (item == NULL)
    return channel_text (told);
  if (comms_bbt_report_item (&told->report, item->reg, &now))
    value = value_text (network, item, now);
  if (told->code != COMMS_BBT_EVENT_WITHIN)
    limit = value_text (network, item, threshold_of (item->reg, told->detail));
  if (limit != NULL)
    threshold = g_strdup_printf ("%s %s", told->code == COMMS_BBT_EVENT_ABOVE ? "max" : "min", limit);
  return joined (value, threshold);
}

static char *
contact_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  return item != NULL ? value_text (network, item, told->detail)
                      : joined (channel_text (told), g_strdup_printf ("%u", told->detail));
}

static char *
start_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  static const char *const causes[] = { "power", "watchdog", "command", "firmware" };

  return told->detail < G_N_ELEMENTS (causes) ? g_strdup (causes[told->detail])
                                              : g_strdup_printf ("%u", told->detail);
}

static char *
current_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  return joined (item == NULL ? channel_text (told) : NULL, g_strdup_printf ("%u.%03u mA", told->detail / 1000,
                                                                              told->detail % 1000));
}

static char *
battery_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  return g_strdup_printf ("%u.%02u V", told->detail / 1000, told->detail % 1000 / 10);
}

static char *
consumption_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  return g_strdup_printf ("%u.%u mA", told->detail / 10, told->detail % 10);
}

static char *
time_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (told->detail);

  return g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}

static char *
count_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  return g_strdup_printf ("%u", told->detail);
}

static char *
version_text (const GdpNetwork *network, const CommsBbtEvent *told, const CommsPlanItem *item)
{
  return g_strdup_printf ("%u.%u.%u", told->detail >> 24, told->detail >> 16 & 255, told->detail >> 8 & 255);
}

/* By EVENT's code; NULL: nothing more to say. */
static char *(*const texts[]) (const GdpNetwork *, const CommsBbtEvent *, const CommsPlanItem *) = {
  [COMMS_BBT_EVENT_ABOVE] = crossing_text,        [COMMS_BBT_EVENT_BELOW] = crossing_text,
  [COMMS_BBT_EVENT_WITHIN] = crossing_text,       [COMMS_BBT_EVENT_CONTACT] = contact_text,
  [COMMS_BBT_EVENT_BATTERY_LOW] = battery_text,   [COMMS_BBT_EVENT_LOOP_FAULT] = current_text,
  [COMMS_BBT_EVENT_STARTED] = start_text,         [COMMS_BBT_EVENT_OUTPUT] = contact_text,
  [COMMS_BBT_EVENT_CLOCK_SET] = time_text,        [COMMS_BBT_EVENT_OVERFLOW] = count_text,
  [COMMS_BBT_EVENT_INSTALLED] = version_text,     [COMMS_BBT_EVENT_NOT_INSTALLED] = version_text,
  [COMMS_BBT_EVENT_CONSUMPTION] = consumption_text,
};

void
comms_bbt_event_tell (const GdpNetwork *network, const CommsBbtUnit *unit, const CommsBbtEvent *told, GdpEvent *event)
{
  gboolean known = told->code >= 1 && told->code <= COMMS_BBT_EVENT_CONSUMPTION;
  const CommsPlanItem *item = known ? item_of (network, unit, told) : NULL;
  gboolean has_text = known && told->code < G_N_ELEMENTS (texts) && texts[told->code] != NULL;
  char *text = has_text ? texts[told->code] (network, told, item) : NULL;

  comms_bbt_remark_tell (network, unit, known ? (GdpRemark) (told->code - 1) : GDP_REMARK_OTHER,
                         known ? text : g_strdup_printf ("%u", told->code), event);
  if (item == NULL)
    return;
  g_free (event->object);
  event->object = g_strdup (network->points[item->point].id);
}

gboolean
comms_bbt_sabotage_tell (const GdpNetwork *network, const CommsBbtUnit *unit, const CommsBbtSabotage *told,
                         GdpEvent *event)
{
  const struct { guint bit; guint8 state; const char *const words[3]; } parts[] = {
    { GDP_REPORT_WIRE, told->wire, { NULL, "wire-cut", "wire-short" } },
    { GDP_REPORT_COVER, told->cover, { NULL, "cover-open" } },
    { GDP_REPORT_MAGNET, told->magnet, { NULL, "magnet-near" } },
  };
  char *text = NULL;
  guint n_points = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (comms_bbt_unit_item (unit, GDP_TABLE_REPORT_BITS, parts[i].bit) != NULL)
      n_points++;
    else if (parts[i].state < G_N_ELEMENTS (parts[i].words))
      text = joined (text, g_strdup (parts[i].words[parts[i].state]));
  }
  if (text == NULL && n_points > 0)   /* it is one of them that has changed */
    return FALSE;
  comms_bbt_remark_tell (network, unit, text != NULL ? GDP_REMARK_TAMPERED : GDP_REMARK_UNTAMPERED, text, event);
  return TRUE;
}
