/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server asks of a unit: one request at a time, the most urgent first (PROTOCOL.md 3, 10). */
#include "bbt-private.h"

#include "bbt-order.h"
#include "bbt-wanted.h"

typedef CommsSessionState State;

enum { UDP_TIMES = 4 };   /* a request over UDP: once, and three times again */
static const double install_patience = 70;

/* ---- tasks ----------------------------------------------------------------------------------------- */

static gboolean
wants_live (CommsSession *session, guint task)
{
  return session->bbt->live_wanted;
}

static gboolean
ask_live (CommsSession *session, guint task, CommsBbtMessage *message)
{
  *message = (CommsBbtMessage) { .type = COMMS_BBT_REQUEST, .request = { .what = 1 } };
  session->bbt->live_wanted = FALSE;
  return TRUE;
}

static void
live_answered (CommsSession *session, guint task, const CommsBbtResult *result)
{
  /* LIVE follows, or the next INCREMENT asks again */
}

enum { TASK_NONE, TASK_LIVE, TASK_ORDER, TASK_SETTINGS, TASK_SCHEDULE, TASK_FIRMWARE, TASK_THROUGH, N_TASKS };

/* What is set in a unit whole, and by its revision seen to be taken. */
typedef struct { const char *name; guint32 wanted, *taken; guint8 *code; } Setting;

static Setting
setting_of (CommsBbtUnit *unit, guint task)
{
  if (task == TASK_SETTINGS)
    return (Setting) { "settings", unit->settings_wanted, &unit->ident.settings_revision, &unit->settings_result };
  return (Setting) { "schedule", unit->schedule_wanted, &unit->ident.schedule_revision, &unit->schedule_result };
}

static gboolean
wants_setting (CommsSession *session, guint task)
{
  Setting setting = setting_of (session->bbt, task);

  return setting.wanted != 0 && setting.wanted != *setting.taken;
}

static gboolean
ask_setting (CommsSession *session, guint task, CommsBbtMessage *message)
{
  const GdpNetwork *network = session->server->network;

  *message = (CommsBbtMessage) { .type = task == TASK_SETTINGS ? COMMS_BBT_SETTINGS : COMMS_BBT_SCHEDULE };
  return (task == TASK_SETTINGS ? comms_bbt_settings_wanted (network, session->bbt->link, &message->settings)
                                : comms_bbt_schedule_wanted (network, session->bbt->link, &message->schedule)) != 0;
}

/* The journal is told when the unit has not taken it. */
static void
setting_answered (CommsSession *session, guint task, const CommsBbtResult *result)
{
  CommsBbtUnit *unit = session->bbt;
  Setting setting = setting_of (unit, task);
  const char *word = comms_bbt_code_word (COMMS_BBT_RESULTS, result->code);

  *setting.code = result->code;
  unit->done |= 1u << task;
  if (result->code == COMMS_BBT_DONE)
    *setting.taken = result->value;
  else {
    g_autofree char *text = g_strdup_printf ("the unit refuses its %s: %u, %s", setting.name, result->code,
                                             word != NULL ? word : "unknown code");
    comms_session_server_event (session->server, GDP_EVENT_NOTE, unit->link, text);
  }
  comms_bbt_tell_device (session->server, unit);
}

static CommsOrder *
next_order (CommsSession *session, guint task)
{
  return comms_bbt_order_next (session->bbt, task == TASK_FIRMWARE);
}

/* A unit that has said BYE waits for ten seconds: an image is not sent in that. */
static gboolean
wants_order (CommsSession *session, guint task)
{
  return (task == TASK_ORDER || session->state != COMMS_SESSION_LEAVING) && next_order (session, task) != NULL;
}

static gboolean
ask_order (CommsSession *session, guint task, CommsBbtMessage *message)
{
  return comms_bbt_order_ask (session, next_order (session, task), message);
}

static void
order_answered (CommsSession *session, guint task, const CommsBbtResult *result)
{
  comms_bbt_order_answered (session, next_order (session, task), result);
}

static void
order_lost (CommsSession *session, guint task, const char *why)
{
  comms_bbt_order_lost (session, next_order (session, task), why);
}

static gboolean
wants_through (CommsSession *session, guint task)
{
  return comms_bbt_through_wanted (session);
}

static gboolean
ask_through (CommsSession *session, guint task, CommsBbtMessage *message)
{
  *message = (CommsBbtMessage) { .type = COMMS_BBT_OPEN, .open = { .port = 0, .idle = 60 } };
  return TRUE;
}

static void
through_answered (CommsSession *session, guint task, const CommsBbtResult *result)
{
  const char *word = comms_bbt_code_word (COMMS_BBT_RESULTS, result->code);

  if (session->state == COMMS_SESSION_LEAVING)
    return;
  if (result->code == COMMS_BBT_DONE) {
    comms_bbt_through_opened (session);
    return;
  }
  if (result->code == COMMS_BBT_NOT_KNOWN)
    session->bbt->done |= 1u << TASK_THROUGH;
  comms_bbt_through_refused (session, word != NULL ? word : "unknown code");
}

typedef struct {
  const char *name;
  gboolean (*wanted)   (CommsSession *session, guint task);
  gboolean (*ask)      (CommsSession *session, guint task, CommsBbtMessage *message);   /* FALSE: not any more */
  void     (*answered) (CommsSession *session, guint task, const CommsBbtResult *result);
  void     (*lost)     (CommsSession *session, guint task, const char *why);   /* there will be no answer; or NULL */
} Task;

/* In order of urgency. */
static const Task tasks[N_TASKS] = {
  [TASK_LIVE]     = { "LIVE", wants_live, ask_live, live_answered },
  [TASK_ORDER]    = { "an order", wants_order, ask_order, order_answered, order_lost },
  [TASK_SETTINGS] = { "settings", wants_setting, ask_setting, setting_answered },
  [TASK_SCHEDULE] = { "schedule", wants_setting, ask_setting, setting_answered },
  [TASK_FIRMWARE] = { "firmware", wants_order, ask_order, order_answered, order_lost },
  [TASK_THROUGH]  = { "mode T", wants_through, ask_through, through_answered },
};

/* ---- asking ------------------------------------------------------------------------------------------ */

static guint
next_task (CommsSession *session, guint end)
{
  for (guint i = TASK_NONE + 1; i < end; i++)
    if ((session->bbt->done & 1u << i) == 0 && tasks[i].wanted (session, i))
      return i;
  return TASK_NONE;
}

gboolean
comms_bbt_wants_anything (CommsSession *session)
{
  return next_task (session, TASK_THROUGH) != TASK_NONE;
}

static double
patience_for (const CommsSession *session, const CommsBbtMessage *message)
{
  if (message->type == COMMS_BBT_INSTALL)
    return install_patience;
  return session->is_udp ? session->server->settings.udp_result_time : session->server->settings.result_time;
}

/* FALSE: the session is closed. */
static gboolean
send_request (CommsSession *session, guint task, const CommsBbtMessage *message)
{
  CommsBbtAsked *asked = &session->bbt->asked;

  if (!comms_bbt_say (session, message))
    return FALSE;
  if (asked->task == TASK_NONE)
    *asked = (CommsBbtAsked) { .task = task, .first = session->end.sent };
  asked->asked++;
  asked->last = session->end.sent;
  asked->until = g_get_monotonic_time () + (gint64) (patience_for (session, message) * G_USEC_PER_SEC);
  return TRUE;
}

/* Everything is acknowledged, nothing more is wanted: the unit may go. */
static State
let_go (CommsSession *session)
{
  CommsBbtMessage message = { .type = COMMS_BBT_BYE };

  if (comms_unit_streams_waiting (session->bbt->streams) > 0 || session->bbt->again > 0
      || session->bbt->promised_live != NULL)
    return session->state;
  if (comms_bbt_say (session, &message))
    comms_session_close (session, COMMS_SESSION_DONE, NULL);
  return COMMS_SESSION_CLOSED;
}

State
comms_bbt_ask_next (CommsSession *session)
{
  guint task;

  while (comms_bbt_is_open (session) && session->bbt->asked.task == TASK_NONE
         && (task = next_task (session, N_TASKS)) != TASK_NONE) {
    CommsBbtMessage message;

    if (session->state == COMMS_SESSION_THROUGH) {   /* which comes here again when it is closed */
      comms_bbt_through_yield (session);
      return session->state;
    }
    if (tasks[task].ask (session, task, &message) && send_request (session, task, &message))
      comms_bbt_set_alarm (session);
  }
  if (session->state == COMMS_SESSION_LEAVING && session->bbt->asked.task == TASK_NONE)
    return let_go (session);
  return session->state;
}

State
comms_bbt_result (CommsSession *session, CommsBbtMessage *message)
{
  CommsBbtAsked *asked = &session->bbt->asked;
  const CommsBbtResult *result = &message->result;
  guint task = asked->task;

  if (task == TASK_NONE || result->request < asked->first || result->request > asked->last)
    return session->state;   /* crossed on the way */
  asked->task = TASK_NONE;
  tasks[task].answered (session, task, result);
  return session->state == COMMS_SESSION_CLOSED ? COMMS_SESSION_CLOSED : comms_bbt_ask_next (session);
}

void
comms_bbt_unanswered (CommsSession *session)
{
  CommsBbtAsked *asked = &session->bbt->asked;
  guint task = asked->task;
  CommsBbtMessage message;

  if (!session->is_udp || asked->asked == UDP_TIMES) {
    comms_bbt_fail (session, COMMS_SESSION_NO_RESULT, "%s", tasks[task].name);
    return;
  }
  /* A unit that has done it already says so again, and does it once (PROTOCOL.md 24). */
  if (tasks[task].ask (session, task, &message)) {
    send_request (session, task, &message);
    return;
  }
  asked->task = TASK_NONE;   /* its time is over */
  comms_bbt_ask_next (session);
}

void
comms_bbt_end_asking (CommsSession *session, const char *why)
{
  guint task = session->bbt->asked.task;

  session->bbt->asked.task = TASK_NONE;
  if (task != TASK_NONE && tasks[task].lost != NULL)
    tasks[task].lost (session, task, why);
  comms_bbt_order_broken (session, why);
}
