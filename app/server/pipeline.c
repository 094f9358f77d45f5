/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pipeline.h"

#include <string.h>

#include "clock.h"
#include "decisions.h"
#include "gdp/remark.h"

#define BEAT          (250 * G_TIME_SPAN_MILLISECOND)
#define STOP_PATIENCE (5 * G_TIME_SPAN_SECOND)
/* After a full queue the field gets this long to answer before silence is judged again. */
#define GRACE         (5 * G_TIME_SPAN_SECOND)
#define CLOCK_STEP    (2 * GDP_SECOND)
/* Who stood still so long may have missed so many heartbeats that others take the links. */
#define STANDSTILL    (DATA_SERVER_DEAD - 3 * GDP_SECOND / 2)

struct ServerPipeline {
  /* borrowed */
  ServerQueue  *queue;
  ServerWriter *writer;
  void        (*room) (gpointer);
  gpointer      user_data;
  ServerRefill *refill;        /* or NULL */
  /* the thread's */
  GThread      *thread;
  GdpEngine    *engine;
  ServerOrders *orders;
  GHashTable   *awaited;       /* see gdp_remark_is_told() */
  char         *name;
  ServerBatch  *filling;
  GArray       *items;         /* drained, empty between turns */
  gint64        no_tick_before;/* monotonic µs */
  gint64        clock_offset;  /* real − monotonic */
  gint64        earliest;      /* server time: the clock was set forward to it, 0 = never */
  gboolean      last;          /* the stop job has come: nothing follows */
  gint64        turned;        /* monotonic µs of the last turn */
  gboolean      doubt;         /* it stood still since; whose the links are is not known yet */
  guint         beats;         /* of the writer's when the doubt began */
  GdpNetwork   *coming;        /* atomic: of the last network_job under way; owned */

  gint64        give_up;       /* monotonic µs, 0 = not stopping; read by the thread after the wake */
};

/* ---- what comes in ----------------------------------------------------------------------------- */

/* What came just before the clock was set forward would look as if it was set back again. */
static gint64
received (ServerPipeline *pipeline, const CommsReport *report)
{
  return MAX (report->received, pipeline->earliest);
}

static void
samples (ServerPipeline *pipeline, CommsReport *report)
{
  gdp_engine_samples (pipeline->engine, report->unit, received (pipeline, report), report->samples, report->n_samples,
                      pipeline->filling->changes);
  server_orders_samples (pipeline->orders, report, pipeline->filling);
}

static void
history (ServerPipeline *pipeline, CommsReport *report)
{
  if (report->again) {
    if (pipeline->refill != NULL)
      server_refill_await (pipeline->refill, report, server_orders_network (pipeline->orders));
    pipeline->filling->awaited = TRUE;
    return;
  }
  gdp_engine_history (pipeline->engine, report->unit, received (pipeline, report), report->samples, report->n_samples,
                      pipeline->filling->changes);
}

static void
unit_failed (ServerPipeline *pipeline, CommsReport *report)
{
  gdp_engine_unit_failed (pipeline->engine, report->unit, received (pipeline, report), report->detail);
}

static void
link_failed (ServerPipeline *pipeline, CommsReport *report)
{
  gdp_engine_link_failed (pipeline->engine, report->link, received (pipeline, report), report->detail);
}

static void
link_working (ServerPipeline *pipeline, CommsReport *report)
{
  gdp_engine_link_working (pipeline->engine, report->link, received (pipeline, report));
}

static void
link_expected (ServerPipeline *pipeline, CommsReport *report)
{
  gdp_engine_link_expected (pipeline->engine, report->link, received (pipeline, report), report->next_call);
}

/* What a unit says of a point is only journaled where the engine has not said it. */
static void
event (ServerPipeline *pipeline, CommsReport *report)
{
  GdpChanges *changes = pipeline->filling->changes;
  guint first = changes->events->len;

  if (report->n_samples > 0)
    history (pipeline, report);
  if (!gdp_remark_is_told (report->event, pipeline->engine, changes, first, pipeline->awaited))
    g_ptr_array_add (changes->events, g_steal_pointer (&report->event));
}

static void
device (ServerPipeline *pipeline, CommsReport *report)
{
  server_campaign_device (server_orders_campaign (pipeline->orders), report->device, pipeline->filling);
  g_ptr_array_add (pipeline->filling->devices, g_steal_pointer (&report->device));
}

static void
session (ServerPipeline *pipeline, CommsReport *report)
{
  g_ptr_array_add (pipeline->filling->sessions, g_steal_pointer (&report->session));
}

static void
result (ServerPipeline *pipeline, CommsReport *report)
{
  server_orders_result (pipeline->orders, report, pipeline->filling);
}

static void (*const report_handlers[]) (ServerPipeline *, CommsReport *) = {
  [COMMS_REPORT_SAMPLES] = samples,
  [COMMS_REPORT_HISTORY] = history,
  [COMMS_REPORT_UNIT_FAILED] = unit_failed,
  [COMMS_REPORT_LINK_FAILED] = link_failed,
  [COMMS_REPORT_LINK_WORKING] = link_working,
  [COMMS_REPORT_LINK_EXPECTED] = link_expected,
  [COMMS_REPORT_EVENT] = event,
  [COMMS_REPORT_DEVICE] = device,
  [COMMS_REPORT_RESULT] = result,
  [COMMS_REPORT_SESSION] = session,
};

/* Server time as the engine knows it: a clock that was set is told to it first. */
static gint64
server_time (ServerPipeline *pipeline)
{
  return g_get_monotonic_time () + pipeline->clock_offset;
}

static void
note_clock_set (ServerPipeline *pipeline, gint64 by)
{
  GdpEvent *event = g_new0 (GdpEvent, 1);
  event->kind = GDP_EVENT_NOTE;
  event->occurred = event->learned = server_time (pipeline);
  event->object = g_strdup (pipeline->name);
  event->who = g_strdup (pipeline->name);
  event->text = g_strdup_printf ("the clock was set, or this machine slept: %+.1f s", (double) by / GDP_SECOND);
  g_ptr_array_add (pipeline->filling->changes->events, event);
}

/* The engine goes by server time; that it jumped shows beside the monotonic clock. */
static void
watch_clock (ServerPipeline *pipeline)
{
  gint64 now = server_clock_now (), offset = now - g_get_monotonic_time (), by = offset - pipeline->clock_offset;

  pipeline->clock_offset = offset;
  if (ABS (by) <= CLOCK_STEP)
    return;
  pipeline->earliest = by > 0 ? now : 0;
  if (by > 0)
    gdp_engine_clock_set_forward (pipeline->engine, by);
  note_clock_set (pipeline, by);
}

/* Until it is known whose the links are, what comes waits; then what is of links that others have now is not told: what
 * is true of them, those tell. It was never acknowledged. */
static void
watch_standstill (ServerPipeline *pipeline)
{
  gint64 mono = g_get_monotonic_time ();
  guint beats = server_writer_sound_beats (pipeline->writer);

  if (pipeline->turned != 0 && mono - pipeline->turned > STANDSTILL) {
    pipeline->doubt = TRUE;
    pipeline->beats = beats;
  } else if (beats != pipeline->beats)
    pipeline->doubt = FALSE;
  if (server_writer_spools (pipeline->writer))   /* nobody can know; what is others' is left out when it is forwarded */
    pipeline->doubt = FALSE;
  pipeline->turned = mono;
}

static gboolean
waits (ServerPipeline *pipeline)
{
  return pipeline->doubt && __atomic_load_n (&pipeline->coming, __ATOMIC_ACQUIRE) == NULL && pipeline->give_up == 0;
}

static gboolean
is_others (ServerPipeline *pipeline, const CommsReport *report)
{
  const GdpNetwork *now = server_orders_network (pipeline->orders);
  const GdpNetwork *coming = __atomic_load_n (&pipeline->coming, __ATOMIC_ACQUIRE);
  guint link = report->link == G_MAXUINT && report->unit != G_MAXUINT ? now->units[report->unit].link : report->link;

  return pipeline->doubt && coming != NULL && link != G_MAXUINT
         && gdp_network_link_by_key (coming, now->links[link].key) == G_MAXUINT;
}

static void
take_items (ServerPipeline *pipeline)
{
  gboolean refused = server_queue_drain (pipeline->queue, &pipeline->items);

  watch_clock (pipeline);   /* after the draining: nothing is of a newer time than it knows */
  for (guint i = 0; i < pipeline->items->len; i++) {
    ServerItem *item = &g_array_index (pipeline->items, ServerItem, i);
    if (item->report == NULL) {
      item->job (item->data);
      continue;
    }
    if (is_others (pipeline, item->report)) {
      comms_report_free (item->report);
      continue;
    }
    report_handlers[item->report->kind] (pipeline, item->report);
    if (item->report->has_mark)
      g_array_append_val (pipeline->filling->marks, item->report->mark);
    g_ptr_array_add (pipeline->filling->reports, item->report);
  }
  g_array_set_size (pipeline->items, 0);
  if (refused && pipeline->room != NULL)
    pipeline->room (pipeline->user_data);
}

/* ---- jobs -------------------------------------------------------------------------------------- */

typedef struct {
  ServerPipeline *pipeline;
  gpointer        what, more;
} Job;

static void
push (ServerPipeline *pipeline, ServerJob func, gpointer what, gpointer more)
{
  Job *job = g_new (Job, 1);
  *job = (Job) { pipeline, what, more };
  server_queue_push (pipeline->queue, func, job);
}

gboolean
server_pipeline_act (const char *kind, GdpAct *act)
{
  return server_decisions_know (kind, act) || server_orders_knows (kind, act);
}

/* Sets @finished when there is nothing more to wait for. */
static gboolean
execute (ServerPipeline *pipeline, const DataCommand *command, GdpRole role, gboolean *finished, GError **error)
{
  GdpAct act;

  *finished = TRUE;
  if (server_decisions_know (command->kind, &act))
    return server_decisions_make (pipeline->engine, command, role, server_time (pipeline), pipeline->filling->changes, error);
  if (server_orders_knows (command->kind, &act)) {
    *finished = FALSE;   /* its result comes by itself */
    return server_orders_execute (pipeline->orders, command, pipeline->filling, error);
  }
  g_set_error (error, DATA_ERROR, DATA_ERROR_REFUSED, "server %s does not know the command \"%s\"", pipeline->name,
               command->kind);
  return FALSE;
}

static void
journal_refusal (ServerPipeline *pipeline, const DataCommand *command, const char *reason)
{
  const char *slash = command->object != NULL ? strchr (command->object, '/') : NULL;
  GdpEvent *refusal = g_new0 (GdpEvent, 1);
  refusal->kind = GDP_EVENT_COMMAND_REFUSED;
  refusal->occurred = command->posted;
  refusal->learned = server_clock_now ();
  refusal->object = g_strdup (command->object);
  refusal->who = g_strdup (command->who);
  refusal->site = slash != NULL ? g_strndup (command->object, slash - command->object) : NULL;
  refusal->before = g_strdup (command->kind);
  refusal->after = g_strdup ("refused");
  refusal->text = g_strdup (reason);
  g_ptr_array_add (pipeline->filling->changes->events, refusal);
}

typedef struct { DataCommand *command; GdpRole role; char *refusal; } Execution;

static void
execute_job (gpointer data)
{
  g_autofree Job *job = data;
  g_autofree Execution *its = job->what;
  g_autoptr (DataCommand) command = its->command;
  g_autofree char *refusal = its->refusal;
  g_autoptr (GError) error = NULL;
  gboolean finished = TRUE;

  DataCommandResult result = { .id = command->id };
  if (refusal == NULL)
    result.ok = execute (job->pipeline, command, its->role, &finished, &error);
  if (result.ok && !finished)
    return;
  if (!result.ok) {
    result.result = g_strdup (refusal != NULL ? refusal : error->message);
    journal_refusal (job->pipeline, command, result.result);
  }
  g_array_append_val (job->pipeline->filling->results, result);
}

void
server_pipeline_execute (ServerPipeline *pipeline, DataCommand *command, GdpRole role, char *refusal)
{
  Execution *its = g_new (Execution, 1);

  *its = (Execution) { command, role, refusal };
  push (pipeline, execute_job, its, NULL);
}

static void
interrupted_job (gpointer data)
{
  g_autofree Job *job = data;
  g_autoptr (DataCommand) command = job->what;

  server_orders_interrupted (job->pipeline->orders, command, job->pipeline->filling);
}

void
server_pipeline_interrupted (ServerPipeline *pipeline, DataCommand *command)
{
  push (pipeline, interrupted_job, command, NULL);
}

typedef struct { GdpWish *wish; GBytes *image; char *trouble; } Wish;

static void
wish_job (gpointer data)
{
  g_autofree Job *job = data;
  g_autofree Wish *its = job->what;
  g_autoptr (GdpWish) wish = its->wish;
  g_autoptr (GBytes) image = its->image;
  g_autofree char *trouble = its->trouble;

  server_campaign_wish (server_orders_campaign (job->pipeline->orders), wish, image, trouble, job->pipeline->filling);
}

void
server_pipeline_wish (ServerPipeline *pipeline, GdpWish *wish, GBytes *image, char *trouble)
{
  Wish *its = g_new (Wish, 1);

  *its = (Wish) { wish, image, trouble };
  push (pipeline, wish_job, its, NULL);
}

static void
note_job (gpointer data)
{
  g_autofree Job *job = data;
  g_ptr_array_add (job->pipeline->filling->changes->events, job->what);
}

void
server_pipeline_note (ServerPipeline *pipeline, GdpEvent *note)
{
  push (pipeline, note_job, note, NULL);
}

typedef struct { char *server, *text; GdpCondition condition; gboolean active; gint64 since; } Ailment;

static void
ail_job (gpointer data)
{
  g_autofree Job *job = data;
  g_autofree Ailment *its = job->what;
  g_autofree char *server = its->server, *text = its->text;

  gdp_engine_server_alarm (job->pipeline->engine, server, its->condition, its->active, text, its->since,
                           server_time (job->pipeline), job->pipeline->filling->changes);
}

void
server_pipeline_ail (ServerPipeline *pipeline, const char *server, GdpCondition condition, gboolean active, const char *text,
                     gint64 since)
{
  Ailment *its = g_new (Ailment, 1);

  *its = (Ailment) { g_strdup (server), g_strdup (text), condition, active, since };
  push (pipeline, ail_job, its, NULL);
}

static void
down_job (gpointer data)
{
  g_autofree Job *job = data;
  g_autoptr (GPtrArray) alarms = job->what;

  gdp_engine_set_down (job->pipeline->engine, alarms);
}

void
server_pipeline_set_down (ServerPipeline *pipeline, GPtrArray *alarms)
{
  push (pipeline, down_job, alarms, NULL);
}

static void
network_job (gpointer data)
{
  g_autofree Job *job = data;
  g_autoptr (GdpNetwork) network = job->what;
  g_autoptr (DataChanges) restore = job->more;
  ServerPipeline *pipeline = job->pipeline;
  GdpNetwork *same = network;

  if (__atomic_compare_exchange_n (&pipeline->coming, &same, NULL, FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    pipeline->doubt = FALSE;
    gdp_network_unref (network);
  }
  server_orders_set_network (pipeline->orders, network);
  gdp_engine_set_network (pipeline->engine, network, server_time (pipeline), pipeline->filling->changes);
  for (guint i = 0; restore != NULL && i < restore->alarms->len; i++)
    gdp_engine_restore_alarm (pipeline->engine, g_ptr_array_index (restore->alarms, i));
  for (guint i = 0; restore != NULL && i < restore->readings->len; i++)
    gdp_engine_restore_reading (pipeline->engine, &g_array_index (restore->readings, GdpReading, i));
  if (restore != NULL)
    gdp_engine_restore_contacts (pipeline->engine, restore->contacts);
}

void
server_pipeline_set_network (ServerPipeline *pipeline, GdpNetwork *network, DataChanges *restore)
{
  GdpNetwork *before = __atomic_exchange_n (&pipeline->coming, gdp_network_ref (network), __ATOMIC_ACQ_REL);

  g_clear_pointer (&before, gdp_network_unref);
  push (pipeline, network_job, gdp_network_ref (network), restore);
}

static void
refill_stored (CommsReport *receipt)
{
  server_refill_stored (receipt->owner);
}

/* What was missing is late news like any other. Its receipt is a report that counts as committed with it. */
static void
missing_job (gpointer data)
{
  g_autofree Job *job = data;
  g_autoptr (ServerMissing) missing = job->what;
  ServerPipeline *pipeline = job->pipeline;
  CommsReport *receipt = comms_report_new (COMMS_REPORT_HISTORY, missing->unit, G_MAXUINT, missing->received, 0);

  if (missing->network == server_orders_network (pipeline->orders))   /* else its indexes are of before */
    gdp_engine_history (pipeline->engine, missing->unit, missing->received,
                        (GdpSample *) (gpointer) missing->samples->data, missing->samples->len,
                        pipeline->filling->changes);
  receipt->owner = pipeline->refill;
  receipt->committed = refill_stored;
  pipeline->filling->awaited = TRUE;
  g_ptr_array_add (pipeline->filling->reports, receipt);
}

static void
found_missing (ServerMissing *missing, gpointer pipeline)
{
  push (pipeline, missing_job, missing, NULL);
}

void
server_pipeline_refill (ServerPipeline *pipeline, ServerRefill *refill)
{
  pipeline->refill = refill;
  server_refill_start (refill, found_missing, pipeline);
}

static void
last_job (gpointer data)
{
  g_autofree Job *job = data;
  ServerPipeline *pipeline = job->pipeline;

  gdp_engine_close (pipeline->engine, server_time (pipeline), pipeline->filling->changes);
  pipeline->last = TRUE;
}

/* ---- the thread -------------------------------------------------------------------------------- */

static void
let_time_pass (ServerPipeline *pipeline)
{
  gint64 mono = g_get_monotonic_time (), now = mono + pipeline->clock_offset;

  if (server_batch_full (pipeline->filling))   /* the field cannot be heard */
    pipeline->no_tick_before = mono + GRACE;
  if (!pipeline->doubt && mono >= pipeline->no_tick_before && now >= gdp_engine_deadline (pipeline->engine))
    gdp_engine_tick (pipeline->engine, now, pipeline->filling->changes);
  server_orders_tick (pipeline->orders, pipeline->filling);
}

static void
hand_over (ServerPipeline *pipeline)
{
  ServerBatch *batch = pipeline->filling;
  gint64 mono = g_get_monotonic_time ();

  if (server_batch_empty (batch)) {
    server_batch_committed (batch);   /* nothing changed, so nothing can be lost */
    return;
  }
  if (batch->since == 0)
    batch->since = mono;
  if (server_writer_idle (pipeline->writer) && (pipeline->last || mono >= server_writer_due (pipeline->writer, batch)))
    pipeline->filling = server_writer_exchange (pipeline->writer, batch);
}

/* Monotonic µs when there is something to do though nothing comes in. */
static gint64
next_moment (ServerPipeline *pipeline)
{
  gint64 mono = g_get_monotonic_time (), next = mono + BEAT;
  gint64 deadline = gdp_engine_deadline (pipeline->engine);

  if (deadline - server_time (pipeline) < BEAT)
    next = MAX (deadline - pipeline->clock_offset, pipeline->no_tick_before);
  if (!server_batch_empty (pipeline->filling) && server_writer_idle (pipeline->writer))
    next = MIN (next, server_writer_due (pipeline->writer, pipeline->filling));
  /* Whatever the engine says: never spin, never miss a beat. */
  return CLAMP (next, mono + G_TIME_SPAN_MILLISECOND, mono + BEAT);
}

static gboolean
finished (ServerPipeline *pipeline)
{
  gint64 give_up = __atomic_load_n (&pipeline->give_up, __ATOMIC_ACQUIRE);

  if (pipeline->last && server_batch_empty (pipeline->filling))
    return TRUE;
  return give_up != 0 && g_get_monotonic_time () >= give_up;
}

static gpointer
run (gpointer data)
{
  ServerPipeline *pipeline = data;

  while (!finished (pipeline)) {
    server_queue_wait (pipeline->queue, !server_batch_full (pipeline->filling) && !waits (pipeline), next_moment (pipeline));
    server_writer_beat (pipeline->writer);
    watch_standstill (pipeline);
    if (!server_batch_full (pipeline->filling) && !waits (pipeline))
      take_items (pipeline);
    let_time_pass (pipeline);
    hand_over (pipeline);
  }
  return NULL;
}

ServerPipeline *
server_pipeline_start (GdpEngine *engine, ServerOrders *orders, const char *name, ServerQueue *queue, ServerWriter *writer,
                       void (*room) (gpointer), gpointer user_data)
{
  ServerPipeline *pipeline = g_new0 (ServerPipeline, 1);

  pipeline->queue = queue;
  pipeline->writer = writer;
  pipeline->room = room;
  pipeline->user_data = user_data;
  pipeline->engine = engine;
  pipeline->orders = orders;
  pipeline->name = g_strdup (name);
  pipeline->awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  pipeline->filling = server_batch_new ();
  pipeline->items = g_array_new (FALSE, FALSE, sizeof (ServerItem));
  pipeline->clock_offset = server_clock_now () - g_get_monotonic_time ();
  pipeline->thread = g_thread_new ("engine", run, pipeline);
  return pipeline;
}

gboolean
server_pipeline_stop (ServerPipeline *pipeline)
{
  push (pipeline, last_job, NULL, NULL);
  __atomic_store_n (&pipeline->give_up, g_get_monotonic_time () + STOP_PATIENCE, __ATOMIC_RELEASE);
  server_queue_wake (pipeline->queue);
  g_thread_join (pipeline->thread);
  if (pipeline->refill != NULL)
    server_refill_quit (pipeline->refill);

  gboolean all = server_batch_empty (pipeline->filling);
  gdp_engine_free (pipeline->engine);
  server_orders_free (pipeline->orders);
  g_hash_table_unref (pipeline->awaited);
  server_batch_free (pipeline->filling);
  g_array_unref (pipeline->items);
  g_clear_pointer (&pipeline->coming, gdp_network_unref);
  g_free (pipeline->name);
  g_free (pipeline);
  return all;
}
