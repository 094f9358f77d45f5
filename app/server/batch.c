/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "batch.h"

#include "pacing.h"

static void
result_clear (gpointer data)
{
  g_free (((DataCommandResult *) data)->result);
}

static void
report_free (gpointer data)
{
  comms_report_free (data);
}

ServerBatch *
server_batch_new (void)
{
  ServerBatch *batch = g_new0 (ServerBatch, 1);

  batch->changes = gdp_changes_new ();
  batch->results = g_array_new (FALSE, FALSE, sizeof (DataCommandResult));
  g_array_set_clear_func (batch->results, result_clear);
  batch->marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  batch->forgotten = g_array_new (FALSE, FALSE, sizeof (gint64));
  batch->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_device_free);
  batch->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_session_free);
  batch->wishes = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_wish_free);
  batch->reports = g_ptr_array_new_with_free_func (report_free);
  return batch;
}

void
server_batch_free (ServerBatch *batch)
{
  if (batch == NULL)
    return;
  gdp_changes_free (batch->changes);
  g_array_unref (batch->results);
  g_array_unref (batch->marks);
  g_array_unref (batch->forgotten);
  g_ptr_array_unref (batch->devices);
  g_ptr_array_unref (batch->sessions);
  g_ptr_array_unref (batch->wishes);
  g_ptr_array_unref (batch->reports);
  g_free (batch);
}

void
server_batch_forget (ServerBatch *batch, gint64 link)
{
  for (guint i = batch->marks->len; i-- > 0;)
    if (g_array_index (batch->marks, GdpStreamMark, i).link == link)
      g_array_remove_index (batch->marks, i);
  g_array_append_val (batch->forgotten, link);
}

gboolean
server_batch_empty (const ServerBatch *batch)
{
  return !batch->awaited && batch->results->len == 0 && batch->marks->len == 0 && batch->forgotten->len == 0 && batch->devices->len == 0
         && batch->sessions->len == 0 && batch->wishes->len == 0 && gdp_changes_empty (batch->changes);
}

gboolean
server_batch_full (const ServerBatch *batch)
{
  return batch->reports->len >= SERVER_BATCH_REPORTS;
}

/* Of a unit that stays well it is told now and then that it was heard: that is no news. */
static gboolean
has_news_of_contacts (const GdpChanges *changes)
{
  for (guint i = 0; i < changes->contacts->len; i++) {
    const GdpContactInfo *contact = g_ptr_array_index (changes->contacts, i);
    if (contact->state != GDP_CONTACT_OK || contact->seen <= contact->since)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_urgent (const ServerBatch *batch)
{
  return batch->results->len > 0 || batch->wishes->len > 0 || batch->changes->alarms->len > 0 || batch->changes->events->len > 0
         || batch->marks->len >= SERVER_BATCH_MARKS || server_batch_full (batch)
         || has_news_of_contacts (batch->changes);
}

gint64
server_batch_patience (const ServerBatch *batch)
{
  if (is_urgent (batch))
    return 0;
  return batch->marks->len > 0 ? SERVER_PACING_AWAITED : SERVER_PACING_LONGEST;
}

void
server_batch_committed (ServerBatch *batch)
{
  for (guint i = 0; i < batch->reports->len; i++)
    comms_report_committed (g_steal_pointer (&g_ptr_array_index (batch->reports, i)));
  g_ptr_array_set_size (batch->reports, 0);
  batch->awaited = FALSE;
  batch->since = 0;
  g_array_set_size (batch->results, 0);
  g_array_set_size (batch->marks, 0);
  g_array_set_size (batch->forgotten, 0);
  g_ptr_array_set_size (batch->devices, 0);
  g_ptr_array_set_size (batch->sessions, 0);
  g_ptr_array_set_size (batch->wishes, 0);
  gdp_changes_clear (batch->changes);
}
