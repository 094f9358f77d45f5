/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "horn.h"

#include "player.h"
#include "tone.h"

#include <glib/gi18n.h>

#define NOTHING G_MAXUINT   /* instead of a priority: no sound is under way */

struct _UiHorn {
  GObject       parent_instance;

  UiSession    *session;     /* borrowed; NULL once closed */
  UiSilence     silence;
  gint64        unseen;      /* since when nothing can be known of the field; 0 = it can */
  guint         priority;    /* that is heard, 0 = none */
  gboolean      silenced;    /* something calls that is not heard */
  guint         testing;     /* the sound of a test that is next, 0 = no test */

  GCancellable *sound;       /* of the one under way */
  guint         playing;     /* its priority */
  gint64        began, ended;   /* … and of the last one, monotonic */
  gboolean      stuck;
  char         *trouble;
};

G_DEFINE_FINAL_TYPE (UiHorn, ui_horn, G_TYPE_OBJECT)

static guint changed;

static void look (UiHorn *self);

gboolean
ui_silence_lets (const UiSilence *silence, gboolean calls, gint64 arrived, gint64 now)
{
  if (arrived <= silence->pressed && now < silence->until)
    return FALSE;
  return calls || arrived > silence->heard;
}

/* ---- what calls ---------------------------------------------------------------------------- */

typedef struct {
  guint    priority;   /* the most urgent that is to be heard, 0 = none */
  gboolean fresh;      /* one of that has not been heard yet */
  gboolean silenced;   /* there is one that is not to be heard */
} Calls;

static void
add_call (UiHorn *self, Calls *all, guint priority, gboolean calls, gint64 arrived)
{
  if (!ui_silence_lets (&self->silence, calls, arrived, g_get_monotonic_time ()))
    all->silenced |= calls;
  else if (all->priority == 0 || priority <= all->priority) {
    all->fresh = (all->fresh && priority == all->priority) || arrived > self->silence.heard;
    all->priority = priority;
  }
}

/* The list begins with what is unacknowledged, the most urgent first. */
static Calls
find_calls (UiHorn *self)
{
  UiAlarmList *alarms = ui_session_get_alarms (self->session);
  Calls all = { 0 };
  UiAlarm *row;

  for (guint i = 0; (row = ui_alarm_list_peek (alarms, i)) != NULL && ui_alarm_is_unacked (row); i++) {
    const GdpAlarm *alarm = ui_alarm_get (row);
    if (all.priority != 0 && alarm->priority > all.priority)
      break;
    if (!alarm->quiet)
      add_call (self, &all, alarm->priority, gdp_alarm_calls (alarm), ui_alarm_get_arrived (row));
  }
  if (self->unseen != 0 && g_get_monotonic_time () > self->unseen + UI_UNSEEN_CALLS)
    add_call (self, &all, GDP_CONTACT_PRIORITY, TRUE, self->unseen + UI_UNSEEN_CALLS);
  return all;
}

static void
watch_state (UiHorn *self)
{
  UiState state = ui_session_get_state (self->session);
  gboolean seen = state != UI_STATE_STORE_LOST && state != UI_STATE_SERVER_SILENT;

  if (seen)
    self->unseen = 0;
  else if (self->unseen == 0)
    self->unseen = g_get_monotonic_time ();
}

/* ---- what is played ------------------------------------------------------------------------- */

static void
set_trouble (UiHorn *self, const char *trouble)
{
  if (g_strcmp0 (trouble, self->trouble) == 0)
    return;
  if (trouble != NULL)
    g_message ("Sound is lost: %s", trouble);
  else
    g_message ("Sound works again");
  g_free (self->trouble);
  self->trouble = g_strdup (trouble);
  g_signal_emit (self, changed, 0);
}

static void
on_played (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiHorn) self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = ui_player_play_finish (result, &error);

  self->playing = NOTHING;
  self->stuck = FALSE;
  self->ended = g_get_monotonic_time ();
  g_clear_object (&self->sound);
  if (self->session == NULL)
    return;
  if (ok)
    set_trouble (self, NULL);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_trouble (self, error->message);
  look (self);
}

static void
play (UiHorn *self, guint priority)
{
  self->sound = g_cancellable_new ();
  self->playing = priority;
  self->began = g_get_monotonic_time ();
  if (priority != UI_TONE_INAUDIBLE)
    self->silence.heard = self->began;
  ui_player_play_async (ui_tone_wav (priority), self->sound, on_played, g_object_ref (self));
}

/* A sound server that hangs: nothing else is begun until it has answered. */
static void
watch_sound (UiHorn *self)
{
  if (self->stuck || g_get_monotonic_time () - self->began < UI_SOUND_STUCK)
    return;
  self->stuck = TRUE;
  g_cancellable_cancel (self->sound);
  set_trouble (self, _("the sound server does not answer"));
}

/* What is played next, of what may be played now. */
static guint
choose (UiHorn *self, const Calls *calls)
{
  gint64 rested = g_get_monotonic_time () - self->ended;

  if (self->testing != 0 && self->testing <= UI_N_PRIORITIES)
    return self->testing++;
  self->testing = 0;   /* not before the last has been played: what is not called for is ended */
  if (calls->priority != 0 && (calls->fresh || rested >= ui_tone_rest (calls->priority)))
    return calls->priority;
  return self->ended == 0 || rested >= UI_SOUND_CHECK ? UI_TONE_INAUDIBLE : NOTHING;
}

static void
look (UiHorn *self)
{
  watch_state (self);
  Calls calls = find_calls (self);
  gboolean news = calls.priority != self->priority || calls.silenced || self->silenced;   /* what is left of a silence shrinks */

  self->priority = calls.priority;
  self->silenced = calls.silenced;
  if (self->playing != NOTHING) {
    if (calls.priority == 0 && self->playing != UI_TONE_INAUDIBLE && self->testing == 0)
      g_cancellable_cancel (self->sound);
    watch_sound (self);
  } else {
    guint next = choose (self, &calls);
    if (next != NOTHING)
      play (self, next);
  }
  if (news)
    g_signal_emit (self, changed, 0);
}

/* ---- for others ------------------------------------------------------------------------------ */

void
ui_horn_silence (UiHorn *self)
{
  if (self->priority == 0 || self->session == NULL)
    return;
  self->silence.pressed = g_get_monotonic_time ();
  self->silence.until = self->silence.pressed + UI_SILENCE;
  look (self);
}

void
ui_horn_test (UiHorn *self)
{
  if (self->session == NULL)
    return;
  self->testing = 1;
  look (self);
}

guint
ui_horn_get_priority (UiHorn *self)
{
  return self->priority;
}

gint64
ui_horn_silent_for (UiHorn *self)
{
  return self->silenced ? MAX (self->silence.until - g_get_monotonic_time (), 0) : 0;
}

const char *
ui_horn_get_trouble (UiHorn *self)
{
  return self->trouble;
}

void
ui_horn_close (UiHorn *self)
{
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  self->session = NULL;
  g_cancellable_cancel (self->sound);
}

static void
ui_horn_finalize (GObject *object)
{
  UiHorn *self = UI_HORN (object);

  g_clear_object (&self->sound);
  g_free (self->trouble);
  G_OBJECT_CLASS (ui_horn_parent_class)->finalize (object);
}

static void
ui_horn_class_init (UiHornClass *class)
{
  G_OBJECT_CLASS (class)->finalize = ui_horn_finalize;
  changed = g_signal_new ("changed", UI_TYPE_HORN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_horn_init (UiHorn *self)
{
  self->playing = NOTHING;
}

UiHorn *
ui_horn_new (UiSession *session)
{
  UiHorn *self = g_object_new (UI_TYPE_HORN, NULL);

  self->session = session;
  g_signal_connect_swapped (session, "updated", G_CALLBACK (look), self);
  g_signal_connect_swapped (session, "tick", G_CALLBACK (look), self);
  look (self);
  return self;
}
