/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of a BBT that is in session: a report, rows again, its interface; and that its board was replaced. */
#include <string.h>

#include "command.h"

#define PATIENCE (90 * GDP_SECOND)   /* a GSM unit may take 30 s to be asked, and then it has to deliver */

static gboolean
report (const CtlCall *call, const DataCommand *command, const GdpLink *link, GError **error)
{
  g_autoptr (CtlRows) rows = ctl_call_rows (call, FALSE);
  ctl_text (rows, "link", _("Link"), link->id);
  ctl_text (rows, "serial", _("Serial"), link->serial);
  ctl_text (rows, "asked", _("Asked"), command->kind);
  ctl_text (rows, "result", _("Result"), data_command_state_word (command->state));
  ctl_said (rows, "remark", _("Remark"), command->result);
  ctl_row_end (rows);
  return ctl_rows_end (rows, error);
}

/* A unit that sleeps is asked when it calls: then is when. */
static char *
next_call_of (const CtlView *view, guint link)
{
  const GdpDevice *device = ctl_view_device (view, view->network->links[link].key);
  if (device == NULL || device->connected || device->next_call < data_store_now (view->store))
    return g_strdup ("");
  g_autofree char *time = ctl_moment_local (device->next_call);
  return g_strdup_printf (_("; it means to call at %s"), time);
}

static gboolean
ask (const CtlCall *call, const char *kind, const char *detail, GError **error)
{
  g_auto (CtlView) view = { 0 };
  g_autoptr (GPtrArray) ours = g_ptr_array_new_with_free_func ((GDestroyNotify) data_command_free);
  guint link;
  if (!ctl_view_open (&view, call, DATA_ACCESS_POST, error)
      || !ctl_find_bbt (&view, call->words[0], &link, error) || !ctl_view_needs_server (&view, error))
    return FALSE;
  DataCommand *command = ctl_post (call, &view, kind, call->words[0], 0, detail, error);
  if (command == NULL)
    return FALSE;
  g_ptr_array_add (ours, command);
  if (!ctl_wait (&view, ours, PATIENCE, error))
    return FALSE;
  command = ours->pdata[0];
  if (command->state == DATA_COMMAND_DONE)
    return report (call, command, &view.network->links[link], error);
  g_autofree char *next = next_call_of (&view, link);
  g_autofree char *why = ctl_why_not (command);
  return ctl_fail (error, CTL_ERROR_FAILED, "“%s”: %s%s", call->words[0], why, next);
}

gboolean
ctl_ask (const CtlCall *call, GError **error)
{
  if (call->words[1])
    return ctl_fail (error, CTL_ERROR_USAGE, _("one link at a time; “gdpctl settings” lists them"));
  return ask (call, "live", NULL, error);
}

gboolean
ctl_archive (const CtlCall *call, GError **error)
{
  const char *stream = call->words[1] ? call->words[1] : "archive";
  gint64 now = g_get_real_time (), from, to = now;
  if ((call->words[1] && call->words[2]) || call->since == NULL)
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "archive LINK [archive|hourly|daily] --since TIME [--until TIME]");
  if (!ctl_moment_parse (call->since, now, &from, error)
      || (call->until && !ctl_moment_parse (call->until, now, &to, error)))
    return FALSE;
  g_autofree char *detail = g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, stream, from / GDP_SECOND,
                                             to / GDP_SECOND);
  return ask (call, "archive", detail, error);
}

gboolean
ctl_interface (const CtlCall *call, GError **error)
{
  g_autofree char *detail = NULL;
  if (g_strv_length (call->words) != 5)
    return ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s"), "interface LINK rs-485|rs-232|can BAUD N|E|O 1|2");
  detail = g_strjoinv (" ", call->words + 1);
  return ask (call, "interface", detail, error);
}

gboolean
ctl_forget (const CtlCall *call, GError **error)
{
  if (call->words[1])
    return ctl_fail (error, CTL_ERROR_USAGE, _("one link at a time; “gdpctl settings” lists them"));
  return ask (call, "forget", NULL, error);
}
