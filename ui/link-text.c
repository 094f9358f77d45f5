/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link-text.h"

#include "value.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

char *
ui_link_time_text (double seconds)
{
  if (isnan (seconds))
    return g_strdup ("");
  gboolean whole = seconds >= 1;
  double number = whole ? seconds : seconds * 1000;
  g_autofree char *text = ui_number_text (number, number < 9.95 ? 1 : 0);

  return g_strdup_printf (whole ? _("%s s") : _("%s ms"), text);
}

char *
ui_link_faults_text (const GdpTraffic *traffic)
{
  const guint64 counts[GDP_TRAFFIC_N_FAULTS] = {
    [GDP_TRAFFIC_TIMEOUT] = traffic->timeouts, [GDP_TRAFFIC_CRC] = traffic->crc_errors,
    [GDP_TRAFFIC_EXCEPTION] = traffic->exceptions, [GDP_TRAFFIC_WRONG] = traffic->wrong,
    [GDP_TRAFFIC_NOISE] = traffic->noise, [GDP_TRAFFIC_RECONNECT] = traffic->reconnects,
  };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < GDP_TRAFFIC_N_FAULTS; i++)
    if (counts[i] > 0)
      g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT, text->len > 0 ? ", " : "",
                              _(gdp_traffic_fault_label (i)), counts[i]);
  return g_string_free (text, FALSE);
}

char *
ui_link_bytes_text (guint64 in, guint64 out)
{
  g_autofree char *a = g_format_size (in), *b = g_format_size (out);

  /* Translators: bytes received and sent */
  return g_strdup_printf (_("%s in, %s out"), a, b);
}

char *
ui_link_answers_text (const GdpHistogram *answers)
{
  g_autofree char *half = ui_link_time_text (gdp_histogram_within (answers, 0.5));
  g_autofree char *most = ui_link_time_text (gdp_histogram_within (answers, 0.95));
  g_autofree char *all = ui_link_time_text (gdp_histogram_within (answers, 1));

  if (*half == '\0')
    return g_strdup ("");
  return g_strdup_printf (_("half of the answers within %s, 95 of 100 within %s, all within %s"), half, most, all);
}

char *
ui_link_why_text (const char *why)
{
  const char *reason = gdp_session_reason (why);

  if (reason == NULL)
    return g_strdup (why != NULL ? why : "");
  return g_strconcat (_(reason), why + strlen (reason), NULL);
}

char *
ui_link_advice_text (const GPtrArray *advice)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < advice->len; i++) {
    const GdpAdvice *its = advice->pdata[i];
    g_string_append_printf (text, "%s%s.%s%s%s", i > 0 ? "\n" : "", its->finding, *its->advice != '\0' ? " " : "",
                            its->advice, *its->advice != '\0' ? "." : "");
  }
  return g_string_free (text, FALSE);
}
