/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "response.h"

#include "when.h"

#include <glib/gi18n.h>

#define MINUTE (60 * GDP_SECOND)

struct _UiResponse {
  GObject       parent_instance;

  /* owned */
  UiSession    *session;
  char         *alarm;
  GdpNetwork   *network;     /* from which place and card have their texts; NULL until loaded */
  GdpAlarmPlace place;
  GdpCard       card;
  char        **steps;
  guint32       occurrence;
  GPtrArray    *done;        /* GdpEvent of gdp_card_is_done(), oldest first */
  GCancellable *reading;
};

G_DEFINE_FINAL_TYPE (UiResponse, ui_response, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
emit (UiResponse *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- what was done ------------------------------------------------------------------------- */

static gboolean
take (UiResponse *self, const GdpEvent *event)
{
  const GdpEvent *last = self->done->len > 0 ? self->done->pdata[self->done->len - 1] : NULL;

  if (!gdp_card_is_done (event, self->alarm, self->occurrence, NULL) || (last != NULL && event->seq <= last->seq))
    return FALSE;
  g_ptr_array_add (self->done, gdp_event_copy (event));
  return TRUE;
}

static void
on_journal (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiResponse) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UiJournalPart) part = ui_session_journal_finish (result, &error);
  gboolean any = FALSE;

  if (part == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_info ("what was done about %s: %s", self->alarm, error->message);
  if (part == NULL)
    return;
  /* What came by the feed meanwhile is in it, too. */
  g_ptr_array_set_size (self->done, 0);
  for (guint i = part->events->len; i-- > 0;)
    any |= take (self, part->events->pdata[i]);
  if (any)
    emit (self);
}

static void
read_done (UiResponse *self)
{
  const char *site = self->place.site != NULL ? self->place.site->id : NULL;
  g_autofree char *words = g_strdup_printf ("\n%s\n%s\n%s\n", gdp_event_word (GDP_EVENT_ALARM_HANDLED), site != NULL ? site : "",
                                            self->alarm);

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_ptr_array_set_size (self->done, 0);
  if (self->occurrence == 0)
    return;
  self->reading = g_cancellable_new ();
  ui_session_journal_async (self->session, &(DataJournalFilter) { .site = site, .object = self->alarm, .text = words },
                            self->reading, on_journal, g_object_ref (self));
}

static void
on_events (UiResponse *self, GPtrArray *events)
{
  gboolean any = FALSE;

  for (guint i = 0; i < events->len; i++)
    any |= take (self, events->pdata[i]);
  if (any)
    emit (self);
}

/* ---- what is to be done -------------------------------------------------------------------- */

static void
on_updated (UiResponse *self)
{
  guint32 occurrence = ui_session_get_occurrence (self->session, self->alarm);

  if (occurrence == self->occurrence)
    return;
  self->occurrence = occurrence;
  read_done (self);
  emit (self);
}

static void
on_configured (UiResponse *self)
{
  GdpNetwork *network = ui_session_get_network (self->session);

  g_clear_pointer (&self->network, gdp_network_unref);
  g_clear_pointer (&self->steps, g_strfreev);
  self->network = network != NULL ? gdp_network_ref (network) : NULL;
  self->place = (GdpAlarmPlace) { .condition = GDP_N_CONDITIONS };
  self->card = (GdpCard) { 0 };
  if (network != NULL && gdp_alarm_place (network, self->alarm, &self->place))
    self->card = data_catalogue_card_of (ui_session_get_catalogue (self->session), &self->place);
  self->steps = gdp_card_lines (self->card.steps);
  emit (self);
}

/* ---- for whoever shows it ------------------------------------------------------------------ */

const char *
ui_response_get_alarm (UiResponse *self)
{
  return self->alarm;
}

guint32
ui_response_get_occurrence (UiResponse *self)
{
  return self->occurrence;
}

const GdpCard *
ui_response_get_card (UiResponse *self)
{
  return &self->card;
}

const GdpSite *
ui_response_get_site (UiResponse *self)
{
  return self->place.site;
}

const char *
ui_response_get_note (UiResponse *self)
{
  return self->place.point != NULL ? self->place.point->guidance : NULL;
}

const char *const *
ui_response_get_steps (UiResponse *self)
{
  return (const char *const *) self->steps;
}

const GdpEvent *
ui_response_find_done (UiResponse *self, guint step)
{
  for (guint i = 0; i < self->done->len; i++) {
    guint its;
    if (gdp_card_is_done (self->done->pdata[i], self->alarm, self->occurrence, &its) && its == step)
      return self->done->pdata[i];
  }
  return NULL;
}

GPtrArray *
ui_response_list_remarks (UiResponse *self)
{
  GPtrArray *remarks = g_ptr_array_new ();

  for (guint i = 0; i < self->done->len; i++)
    if (((GdpEvent *) self->done->pdata[i])->after == NULL)
      g_ptr_array_add (remarks, self->done->pdata[i]);
  return remarks;
}

guint
ui_response_next_step (UiResponse *self)
{
  for (guint i = 0; self->steps[i] != NULL; i++)
    if (ui_response_find_done (self, i + 1) == NULL)
      return i + 1;
  return 0;
}

char *
ui_response_time_text (UiResponse *self, gboolean *over)
{
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (self->session), self->alarm);
  gint64 now = ui_session_now (self->session), until = 0;

  *over = FALSE;
  if (self->card.minutes == 0 || row == NULL || !ui_alarm_get (row)->active)
    return NULL;
  until = ui_alarm_get (row)->occurred + self->card.minutes * MINUTE;
  *over = until <= now;
  g_autofree char *length = ui_age_text (self->card.minutes * MINUTE), *at = ui_when_minute_text (until, now, NULL);
  /* Translators: how much time there is to do something, and until when: "15 min, until 14:20" */
  return g_strdup_printf (*over ? _("%s, over since %s") : _("%s, until %s"), length, at);
}

/* ---- object -------------------------------------------------------------------------------- */

UiResponse *
ui_response_new (UiSession *session, const char *alarm)
{
  UiResponse *self = g_object_new (UI_TYPE_RESPONSE, NULL);

  self->session = g_object_ref (session);
  self->alarm = g_strdup (alarm);
  g_signal_connect_object (session, "configured", G_CALLBACK (on_configured), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "updated", G_CALLBACK (on_updated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "events", G_CALLBACK (on_events), self, G_CONNECT_SWAPPED);
  on_configured (self);
  on_updated (self);
  return self;
}

static void
ui_response_dispose (GObject *object)
{
  UiResponse *self = UI_RESPONSE (object);

  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_response_parent_class)->dispose (object);
}

static void
ui_response_finalize (GObject *object)
{
  UiResponse *self = UI_RESPONSE (object);

  g_clear_pointer (&self->network, gdp_network_unref);
  g_strfreev (self->steps);
  g_ptr_array_unref (self->done);
  g_free (self->alarm);
  G_OBJECT_CLASS (ui_response_parent_class)->finalize (object);
}

static void
ui_response_class_init (UiResponseClass *class)
{
  G_OBJECT_CLASS (class)->dispose = ui_response_dispose;
  G_OBJECT_CLASS (class)->finalize = ui_response_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_response_init (UiResponse *self)
{
  self->done = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_event_free);
  self->steps = gdp_card_lines (NULL);
}
