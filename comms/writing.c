/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "writing.h"

enum { MOST_READS = 2 };

static CommsReport *
result (const CommsOrder *order, gboolean ok, const char *detail, gint64 now)
{
  CommsReport *report = comms_report_new (COMMS_REPORT_RESULT, G_MAXUINT, order->link, now, 0);

  report->command = order->command;
  report->ok = ok;
  report->detail = g_strdup (detail);
  return report;
}

static CommsReport *
end (CommsWriting *writing, gboolean ok, const char *detail, gint64 now)
{
  CommsReport *report = result (writing->order, ok, detail, now);

  report->n_answers = writing->n_answers;
  g_clear_pointer (&writing->order, comms_order_free);
  g_clear_pointer (&writing->doubt, g_free);
  return report;
}

CommsReport *
comms_order_not_done (const CommsOrder *order, const char *why, gint64 now)
{
  return result (order, FALSE, why, now);
}

CommsReport *
comms_writing_begin (CommsWriting *writing, CommsOrder *order, gint64 now)
{
  *writing = (CommsWriting) {
    .order = order,
    .ask = { order->write.address, order->write.table, order->write.start, 1, TRUE, order->write.value },
  };
  return now >= order->expires ? end (writing, FALSE, "too late", now) : NULL;
}

static CommsReport *
read_back (CommsWriting *writing)
{
  writing->ask.write = FALSE;
  return NULL;
}

static char *
value_words (const CommsWriting *writing, guint16 value)
{
  if (writing->ask.table == GDP_TABLE_COILS)
    return g_strdup (value != 0 ? "on" : "off");
  return g_strdup_printf ("%u", value);
}

static CommsReport *
reads_back (CommsWriting *writing, guint16 value, gint64 now)
{
  g_autofree char *words = value_words (writing, value);
  g_autofree char *detail = NULL;
  gboolean as_wanted = value == writing->ask.value;

  if (!as_wanted && ++writing->n_reads < MOST_READS)
    return NULL;
  if (writing->doubt != NULL)
    detail = g_strdup_printf ("not confirmed (%s), but it reads back %s", writing->doubt, words);
  else if (!as_wanted)
    detail = g_strdup_printf ("it was written, but reads back %s", words);
  return end (writing, as_wanted, detail, now);
}

CommsReport *
comms_writing_answered (CommsWriting *writing, guint16 value, gint64 now)
{
  writing->n_answers++;
  return writing->ask.write ? read_back (writing) : reads_back (writing, value, now);
}

static CommsReport *
not_read_back (CommsWriting *writing, const char *why, gint64 now)
{
  g_autofree char *detail = NULL;

  if (++writing->n_reads < MOST_READS)
    return NULL;
  if (writing->doubt != NULL)
    detail = g_strdup_printf ("%s; nor could it be read back (%s): whether it was switched is not known",
                              writing->doubt, why);
  else
    detail = g_strdup_printf ("it was written, but could not be read back: %s", why);
  return end (writing, FALSE, detail, now);
}

CommsReport *
comms_writing_refused (CommsWriting *writing, const char *why, gint64 now)
{
  return writing->ask.write ? end (writing, FALSE, why, now) : not_read_back (writing, why, now);
}

CommsReport *
comms_writing_failed (CommsWriting *writing, const char *why, gint64 now)
{
  if (!writing->ask.write)
    return not_read_back (writing, why, now);
  writing->doubt = g_strdup (why);
  return read_back (writing);
}

CommsReport *
comms_writing_lost (CommsWriting *writing, const char *why, gint64 now)
{
  g_autofree char *detail = NULL;

  if (writing->order == NULL)
    return NULL;
  detail = g_strdup_printf ("%s; whether it was switched is not known", why);
  return end (writing, FALSE, detail, now);
}
