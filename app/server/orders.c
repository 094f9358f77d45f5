/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "orders.h"

#include "clock.h"
#include "output.h"
#include "unit-order.h"

#include <string.h>

/* µs beyond an order's own time in which its result has to come: the unit's patience, and some. */
#define RESULT_GRACE    (120 * G_USEC_PER_SEC)
#define ROWS_GRACE      (900 * G_USEC_PER_SEC)   /* … and a month of rows over GSM */
/* µs in which an output has to be read again after a restart. */
#define READ_BACK_GRACE (30 * G_USEC_PER_SEC)

enum { NO_OUTPUT = 2, NOT_KNOWN = 3 };   /* beside the states 0 and 1 */

/* What was sent to the field and has not ended. */
typedef struct Kind Kind;
typedef struct {
  const Kind  *kind;
  DataCommand *command;
  guint8       before;     /* an output's state when it was sent */
  guint32      token;      /* of a select */
  char        *what;       /* owned: of a unit's, for the journal */
  gint64       until;      /* monotonic µs */
} Pending;

typedef struct {
  char   *who;
  gboolean on;
  guint32 token;
  gint64  until;           /* monotonic µs */
} Selection;

struct ServerOrders {
  const char     *server;
  ServerOrderFunc send;
  gpointer        user_data;
  GdpNetwork     *network;
  guint8         *states;       /* by point: what an output reads */
  GHashTable     *pending;      /* command id → Pending */
  GHashTable     *selections;   /* point id → Selection */
  GPtrArray      *interrupted;  /* Pending */
  ServerCampaign *campaign;
};

/* A row of the table below. */
struct Kind {
  const char  *word;
  GdpAct       act;       /* what its person must be allowed to */
  gint64       grace;     /* µs beyond its own time in which its result has to come */
  gboolean   (*execute) (ServerOrders *, const Kind *, const DataCommand *, ServerBatch *, GError **);
  /* Tells the result and the journal; @text: why it is not @ok, or what more there is to say, or NULL. */
  void       (*ended)   (ServerOrders *, ServerBatch *, const Pending *, gboolean ok, const char *text);
};

static gboolean
fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, DATA_ERROR, DATA_ERROR_REFUSED, message);
  return FALSE;
}

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  data_command_free (pending->command);
  g_free (pending->what);
  g_free (pending);
}

static void
selection_free (gpointer data)
{
  Selection *selection = data;

  g_free (selection->who);
  g_free (selection);
}

/* ---- telling how it ended ----------------------------------------------------------------------- */

static void
add_result (ServerBatch *batch, const DataCommand *command, gboolean ok, const char *text)
{
  DataCommandResult result = { .id = command->id, .ok = ok, .result = g_strdup (text) };

  g_array_append_val (batch->results, result);
}

static const char *
state_name (const ServerOrders *orders, const char *id, guint state)
{
  guint index = gdp_network_find_point (orders->network, id);

  if (index == G_MAXUINT || state > 1)
    return NULL;
  const GdpPoint *point = &orders->network->points[index];
  return point->states[state] != NULL ? point->states[state] : gdp_point_kind_info (point->kind)->states[state];
}

/* @before, @after: states, or more where they are not known. */
static void
journal (ServerOrders *orders, ServerBatch *batch, GdpEventKind kind, const DataCommand *command, guint before,
         guint after, const char *text)
{
  const char *slash = command->object != NULL ? strchr (command->object, '/') : NULL;
  GdpEvent *event = g_new0 (GdpEvent, 1);

  event->kind = kind;
  event->occurred = event->learned = server_clock_now ();
  event->site = slash != NULL ? g_strndup (command->object, slash - command->object) : NULL;
  event->object = g_strdup (command->object);
  event->who = g_strdup (command->who);
  event->before = g_strdup (state_name (orders, command->object, before));
  event->after = g_strdup (state_name (orders, command->object, after));
  event->text = g_strdup (text);
  g_ptr_array_add (batch->changes->events, event);
}

/* ---- on its way ------------------------------------------------------------------------------------- */

/* @pending: (transfer full), without what is the same for all. FALSE: nobody will carry it out. */
static gboolean
send_order (ServerOrders *orders, const Kind *kind, const DataCommand *command, Pending *pending,
            const CommsOrder *order, gint64 link, gint64 unit, GError **error)
{
  pending->kind = kind;
  pending->command = data_command_copy (command);
  pending->until = g_get_monotonic_time () + SERVER_ORDER_LIFE + kind->grace;
  g_hash_table_replace (orders->pending, &pending->command->id, pending);   /* the result may be quicker than we are */
  if (orders->send (order, link, unit, orders->user_data, error))
    return TRUE;
  g_hash_table_remove (orders->pending, &command->id);
  return FALSE;
}

/* ---- outputs --------------------------------------------------------------------------------------- */

typedef enum { SELECT, OPERATE, RELEASE, N_STEPS } Step;

static const struct { const char *word; CommsOutputStep step; GdpEventKind done; } steps[N_STEPS] = {
  [SELECT]  = { "select",  COMMS_OUTPUT_SELECT,  GDP_EVENT_OUTPUT_SELECTED },
  [OPERATE] = { "operate", COMMS_OUTPUT_OPERATE, GDP_EVENT_OUTPUT_OPERATED },
  [RELEASE] = { "release", COMMS_OUTPUT_CANCEL,  GDP_EVENT_OUTPUT_RELEASED },
};

/* "select", "operate TOKEN", "release TOKEN". */
static gboolean
parse_step (const char *detail, Step *step, guint32 *token)
{
  g_auto (GStrv) words = g_strsplit (detail != NULL ? detail : "", " ", 2);
  guint64 number = 0;

  for (*step = 0; *step < N_STEPS; ++*step)
    if (g_strcmp0 (words[0], steps[*step].word) == 0)
      break;
  if (*step == N_STEPS || (*step == SELECT) != (words[1] == NULL)
      || (words[1] != NULL && !g_ascii_string_to_unsigned (words[1], 16, 1, G_MAXUINT32, &number, NULL)))
    return FALSE;
  *token = (guint32) number;
  return TRUE;
}

static gboolean
is_selected (const Selection *selection)
{
  return selection != NULL && g_get_monotonic_time () < selection->until;
}

static gboolean
may_select (const Selection *selection, const DataCommand *command, GError **error)
{
  if (!is_selected (selection) || g_strcmp0 (selection->who, command->who) == 0)
    return TRUE;
  return fail (error, "%s has selected it, for %d s more", selection->who,
               (int) ((selection->until - g_get_monotonic_time ()) / G_USEC_PER_SEC) + 1);
}

static gboolean
may_operate (const Selection *selection, const DataCommand *command, guint32 token, GError **error)
{
  if (selection == NULL)
    return fail (error, "it is not selected; select it first");
  if (!is_selected (selection))
    return fail (error, "its selection ran out after %d s; select it again", (int) (SERVER_SELECTION / GDP_SECOND));
  if (g_strcmp0 (selection->who, command->who) != 0)
    return fail (error, "%s has selected it, not %s", selection->who, command->who);
  if (selection->token != token)
    return fail (error, "the confirmation is not that of this selection; select it again");
  return selection->on == (command->argument != 0) || fail (error, "it was selected to be switched the other way");
}

static void
select_output (ServerOrders *orders, const DataCommand *command, guint32 token)
{
  Selection *selection = g_new0 (Selection, 1);

  selection->who = g_strdup (command->who);
  selection->on = command->argument != 0;
  selection->token = token;
  selection->until = g_get_monotonic_time () + SERVER_SELECTION;
  g_hash_table_replace (orders->selections, g_strdup (command->object), selection);
}

/* Ends a step that went well, in the field or here. */
static void
output_done (ServerOrders *orders, ServerBatch *batch, const DataCommand *command, Step step, guint before,
             guint32 token, const char *text)
{
  g_autofree char *confirmation = step == SELECT ? g_strdup_printf ("%08x", token) : g_strdup (text);

  if (step == SELECT)   /* its time begins when the unit has granted it */
    select_output (orders, command, token);
  add_result (batch, command, TRUE, confirmation);
  journal (orders, batch, steps[step].done, command, before, step == RELEASE ? NOT_KNOWN : command->argument != 0,
           text);
}

static gboolean
output_execute (ServerOrders *orders, const Kind *kind, const DataCommand *command, ServerBatch *batch,
                GError **error)
{
  const Selection *selection = g_hash_table_lookup (orders->selections, command->object);
  gboolean on = command->argument != 0;
  ServerOutput output;
  guint32 token;
  Step step;

  if (!parse_step (command->detail, &step, &token) || command->argument < 0 || command->argument > 1)
    return fail (error, "“%s” is not a step of switching an output", command->detail != NULL ? command->detail : "");
  if (!server_output_find (orders->network, command->object, &output, error)
      || !(step == SELECT ? may_select (selection, command, error)
                          : may_operate (selection, command, token, error)))
    return FALSE;
  if (step == SELECT)
    token = g_random_int () | 1;
  else
    g_hash_table_remove (orders->selections, command->object);   /* used up, whatever becomes of it */

  guint before = orders->states[output.point];
  CommsOrder order = { .command = command->id, .expires = command->posted + SERVER_ORDER_LIFE };
  if (!server_output_order (&output, on, steps[step].step, token, &order)) {
    output_done (orders, batch, command, step, before, token, NULL);   /* a step that this kind of unit does not know */
    return TRUE;
  }
  Pending *pending = g_new0 (Pending, 1);
  pending->before = before;
  pending->token = token;
  return send_order (orders, kind, command, pending, &order, output.link, output.unit, error);
}

static void
output_failed (ServerOrders *orders, ServerBatch *batch, const Pending *pending, const char *why)
{
  add_result (batch, pending->command, FALSE, why);
  journal (orders, batch, GDP_EVENT_OUTPUT_FAILED, pending->command, pending->before, NOT_KNOWN, why);
}

static void
output_ended (ServerOrders *orders, ServerBatch *batch, const Pending *pending, gboolean ok, const char *text)
{
  guint32 unused;
  Step step;

  if (!ok)
    output_failed (orders, batch, pending, text);
  else if (parse_step (pending->command->detail, &step, &unused))
    output_done (orders, batch, pending->command, step, pending->before, pending->token, text);
}

/* ---- what is asked of a BBT as a whole --------------------------------------------------------------- */

static gboolean
unit_execute (ServerOrders *orders, const Kind *kind, const DataCommand *command, ServerBatch *batch, GError **error)
{
  CommsOrder order = { .command = command->id, .expires = command->posted + SERVER_ORDER_LIFE, .at_once = TRUE };
  gint64 link;

  if (!server_unit_find (orders->network, command->object, &link, error)
      || !server_unit_order (kind->word, command->detail, &order, error) || !comms_order_check (&order, error))
    return FALSE;
  Pending *pending = g_new0 (Pending, 1);
  pending->what = comms_order_describe (&order);
  return send_order (orders, kind, command, pending, &order, link, 0, error);
}

static void
unit_ended (ServerOrders *orders, ServerBatch *batch, const Pending *pending, gboolean ok, const char *text)
{
  const DataCommand *command = pending->command;
  GdpEvent *event = g_new0 (GdpEvent, 1);

  add_result (batch, command, ok, text);
  event->kind = ok ? GDP_EVENT_COMMAND_DONE : GDP_EVENT_COMMAND_REFUSED;
  event->occurred = event->learned = server_clock_now ();
  event->site = g_strdup (server_unit_site (orders->network, command->object));
  event->object = g_strdup (command->object);
  event->who = g_strdup (command->who);
  event->before = g_strdup (command->kind);
  event->after = g_strdup (data_command_state_word (ok ? DATA_COMMAND_DONE : DATA_COMMAND_FAILED));
  event->text = g_strjoin (": ", pending->what != NULL ? pending->what : command->kind, text, NULL);
  g_ptr_array_add (batch->changes->events, event);
}

/* What was reported before it is the old board's, what follows the new one's. */
static void
forget_ended (ServerOrders *orders, ServerBatch *batch, const Pending *pending, gboolean ok, const char *text)
{
  gint64 link;

  if (ok && server_unit_find (orders->network, pending->command->object, &link, NULL))
    server_batch_forget (batch, link);
  unit_ended (orders, batch, pending, ok, text);
}

/* ---- all kinds ------------------------------------------------------------------------------------- */

static const Kind kinds[] = {
  { "output",    GDP_ACT_SWITCH,    RESULT_GRACE, output_execute, output_ended },
  { "live",      GDP_ACT_ASK,       RESULT_GRACE, unit_execute,   unit_ended },
  { "archive",   GDP_ACT_ASK,       ROWS_GRACE,   unit_execute,   unit_ended },
  { "interface", GDP_ACT_CONFIGURE, RESULT_GRACE, unit_execute,   unit_ended },
  { "forget",    GDP_ACT_CONFIGURE, RESULT_GRACE, unit_execute,   forget_ended },
};

static const Kind *
find_kind (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].word, word) == 0)
      return &kinds[i];
  return NULL;
}

gboolean
server_orders_knows (const char *kind, GdpAct *act)
{
  const Kind *known = find_kind (kind);

  if (known != NULL)
    *act = known->act;
  return known != NULL;
}

gboolean
server_orders_execute (ServerOrders *orders, const DataCommand *command, ServerBatch *batch, GError **error)
{
  const Kind *kind = find_kind (command->kind);

  if (command->object == NULL)
    return fail (error, "the command does not say what it is for");
  return kind->execute (orders, kind, command, batch, error);
}

static void
end_pending (ServerOrders *orders, ServerBatch *batch, const Pending *pending, gboolean ok, const char *text)
{
  pending->kind->ended (orders, batch, pending, ok, ok || text != NULL ? text : "the unit did not say why");
}

void
server_orders_result (ServerOrders *orders, const CommsReport *report, ServerBatch *batch)
{
  Pending *pending = g_hash_table_lookup (orders->pending, &report->command);

  if (server_campaign_result (orders->campaign, report, batch) || pending == NULL)   /* given up already */
    return;
  end_pending (orders, batch, pending, report->ok, report->detail);
  g_hash_table_remove (orders->pending, &report->command);
}

/* ---- after a restart ------------------------------------------------------------------------------- */

void
server_orders_interrupted (ServerOrders *orders, const DataCommand *command, ServerBatch *batch)
{
  Pending *pending = g_new0 (Pending, 1);
  guint32 token;
  Step step;

  pending->kind = find_kind (command->kind);
  pending->command = data_command_copy (command);
  pending->before = NOT_KNOWN;
  pending->until = g_get_monotonic_time () + READ_BACK_GRACE;
  g_ptr_array_add (orders->interrupted, pending);
  if (command->object != NULL && parse_step (command->detail, &step, &token) && step == OPERATE
      && gdp_network_find_point (orders->network, command->object) != G_MAXUINT)
    return;
  end_pending (orders, batch, pending, FALSE, "server restarted");
  g_ptr_array_remove (orders->interrupted, pending);
}

static void
tell_interrupted (ServerOrders *orders, ServerBatch *batch, guint point)
{
  const char *id = orders->network->points[point].id;

  for (guint i = orders->interrupted->len; i-- > 0;) {
    Pending *pending = orders->interrupted->pdata[i];
    if (g_strcmp0 (pending->command->object, id) != 0)
      continue;
    g_autofree char *text = g_strdup_printf ("server restarted; state read back says %s",
                                             state_name (orders, id, orders->states[point]));
    output_failed (orders, batch, pending, text);
    g_ptr_array_remove_index (orders->interrupted, i);
  }
}

void
server_orders_samples (ServerOrders *orders, const CommsReport *report, ServerBatch *batch)
{
  for (guint i = 0; i < report->n_samples; i++) {
    const GdpSample *sample = &report->samples[i];
    if (sample->point >= orders->network->n_points || orders->states[sample->point] == NO_OUTPUT)
      continue;
    const GdpPoint *point = &orders->network->points[sample->point];
    gboolean good = sample->reason == GDP_REASON_NONE && (sample->raw == 0 || sample->raw == 1);
    orders->states[sample->point] = good ? (sample->raw != 0) != (point->scaling.invert != FALSE) : NOT_KNOWN;
    if (good && orders->interrupted->len > 0)
      tell_interrupted (orders, batch, sample->point);
  }
}

void
server_orders_tick (ServerOrders *orders, ServerBatch *batch)
{
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer value;

  server_campaign_tick (orders->campaign);
  for (guint i = orders->interrupted->len; i-- > 0;) {
    const Pending *pending = orders->interrupted->pdata[i];
    if (now < pending->until)
      continue;
    output_failed (orders, batch, pending, "server restarted; the output could not be read back");
    g_ptr_array_remove_index (orders->interrupted, i);
  }
  g_hash_table_iter_init (&iter, orders->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Pending *pending = value;
    if (now < pending->until)
      continue;
    end_pending (orders, batch, pending, FALSE, "no result came from the field; whether it was done is not known");
    g_hash_table_iter_remove (&iter);
  }
}

/* ---- object ------------------------------------------------------------------------------------------ */

ServerCampaign *
server_orders_campaign (ServerOrders *orders)
{
  return orders->campaign;
}

void
server_orders_set_network (ServerOrders *orders, GdpNetwork *network)
{
  server_campaign_set_network (orders->campaign, network);
  g_clear_pointer (&orders->network, gdp_network_unref);
  g_free (orders->states);
  orders->network = gdp_network_ref (network);
  orders->states = g_new (guint8, network->n_points);
  for (guint i = 0; i < network->n_points; i++) {
    ServerOutput output;
    gboolean is_output = server_output_find (network, network->points[i].id, &output, NULL);
    orders->states[i] = is_output ? NOT_KNOWN : NO_OUTPUT;
  }
}

GdpNetwork *
server_orders_network (ServerOrders *orders)
{
  return orders->network;
}

ServerOrders *
server_orders_new (const char *server, ServerOrderFunc send, gpointer user_data)
{
  ServerOrders *orders = g_new0 (ServerOrders, 1);

  orders->server = server;
  orders->send = send;
  orders->user_data = user_data;
  orders->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, pending_free);
  orders->selections = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, selection_free);
  orders->interrupted = g_ptr_array_new_with_free_func (pending_free);
  orders->campaign = server_campaign_new (send, user_data);
  return orders;
}

void
server_orders_free (ServerOrders *orders)
{
  g_hash_table_unref (orders->pending);
  g_hash_table_unref (orders->selections);
  g_ptr_array_unref (orders->interrupted);
  server_campaign_free (orders->campaign);
  g_clear_pointer (&orders->network, gdp_network_unref);
  g_free (orders->states);
  g_free (orders);
}
