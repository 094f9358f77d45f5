/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commits.h"

#include <string.h>

#include "../patience.h"

/* Of what a unit says: "S0/report-ai2 above-max: 15.000, max 14.400". */
static char *
text_of (const GdpEvent *event)
{
  return event->kind != GDP_EVENT_UNIT_SAID ? g_strdup (event->text)
         : g_strdup_printf ("%s %s: %s", event->object, event->after, event->text != NULL ? event->text : "");
}

static void
note (Commits *commits, const CommsReport *report)
{
  const GdpNetwork *network = commits->field->network;

  for (guint i = 0; i < report->n_samples; i++) {
    const GdpSample *sample = &report->samples[i];
    const char *reason = report->again ? "asked for again" : sample->reason == GDP_REASON_NONE ? "good" : gdp_reason_word (sample->reason);
    int age = (sample->time - report->received) / G_USEC_PER_SEC;
    g_ptr_array_add (commits->samples, g_strdup_printf ("%s=%g@%d s/%s", network->points[sample->point].id, sample->raw,
                                                        age, reason));
  }
  if (report->event != NULL)
    g_ptr_array_add (commits->events, text_of (report->event));
  if (report->kind == COMMS_REPORT_RESULT)
    g_ptr_array_add (commits->results, g_strdup_printf ("%d: %s: %s", (int) report->command, report->ok ? "ok" : "failed",
                                                        report->detail != NULL ? report->detail : ""));
  if (report->has_mark)
    g_ptr_array_add (commits->marks, g_strdup_printf ("%u %u/%u", report->mark.stream, report->mark.boot,
                                                      report->mark.through));
  if (report->device != NULL) {
    g_clear_pointer (&commits->device, gdp_device_free);
    commits->device = gdp_device_copy (report->device);
    const GdpDevice *device = commits->device;
    g_ptr_array_add (commits->devices, g_strdup_printf ("%s %s: %u of %u", device->connected != 0 ? "connected" : "gone",
                     device->firmware_wanted != NULL ? device->firmware_wanted : "", device->firmware_done,
                     device->firmware_size));
  }
}

static gpointer
commit_all (gpointer data)
{
  Commits *commits = data;

  while (!g_atomic_int_get (&commits->over)) {
    CommsReport *report = g_async_queue_timeout_pop (commits->field->reports, 5000);
    if (report == NULL)
      continue;
    g_mutex_lock (&commits->lock);
    note (commits, report);
    if (report->has_mark && g_atomic_int_get (&commits->hold))
      g_ptr_array_add (commits->held, g_steal_pointer (&report));
    g_mutex_unlock (&commits->lock);
    if (report != NULL)
      comms_report_committed (report);
  }
  return NULL;
}

Commits *
commits_start (Field *field)
{
  Commits *commits = g_new0 (Commits, 1);

  commits->field = field;
  g_mutex_init (&commits->lock);
  commits->held = g_ptr_array_new_with_free_func ((GDestroyNotify) comms_report_free);
  commits->samples = g_ptr_array_new_with_free_func (g_free);
  commits->events = g_ptr_array_new_with_free_func (g_free);
  commits->results = g_ptr_array_new_with_free_func (g_free);
  commits->devices = g_ptr_array_new_with_free_func (g_free);
  commits->marks = g_ptr_array_new_with_free_func (g_free);
  commits->thread = g_thread_new ("commits", commit_all, commits);
  return commits;
}

void
commits_stop (Commits *commits)
{
  g_atomic_int_set (&commits->over, TRUE);
  g_thread_join (commits->thread);
  GPtrArray *lists[] = { commits->held, commits->samples, commits->events, commits->results, commits->marks,
                         commits->devices };
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_ptr_array_unref (lists[i]);
  g_clear_pointer (&commits->device, gdp_device_free);
  g_mutex_clear (&commits->lock);
  g_free (commits);
}

void
commits_hold (Commits *commits, gboolean hold)
{
  g_atomic_int_set (&commits->hold, hold);
  g_mutex_lock (&commits->lock);
  for (guint i = 0; !hold && i < commits->held->len; i++)
    comms_report_committed (g_steal_pointer (&commits->held->pdata[i]));
  if (!hold)
    g_ptr_array_set_size (commits->held, 0);
  g_mutex_unlock (&commits->lock);
}

guint
commits_count (Commits *commits, GPtrArray *list, const char *text)
{
  guint n = 0;

  g_mutex_lock (&commits->lock);
  for (guint i = 0; i < list->len; i++)
    n += strstr (list->pdata[i], text) != NULL;
  g_mutex_unlock (&commits->lock);
  return n;
}

void
commits_wait_n (Commits *commits, GPtrArray *list, const char *text, guint n)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (commits_count (commits, list, text) < n) {
    if (g_get_monotonic_time () >= deadline) {
      for (guint i = 0; i < list->len; i++)
        g_test_message ("there is: %s", (char *) list->pdata[i]);
      g_error ("%u times nothing says \"%s\"", n, text);
    }
    g_usleep (1000);
  }
}

void
commits_wait (Commits *commits, GPtrArray *list, const char *text)
{
  commits_wait_n (commits, list, text, 1);
}
