/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-order.h"

#include <string.h>

enum { ORDERS_MAX = 32, SWEEP_MS = 1000, STALLS_MAX = 5, TOLD_TIMES = 50 };

/* ---- how an order ends ------------------------------------------------------------------------------- */

static CommsReport *
make_result (CommsSessionServer *server, guint link, gint64 command, gboolean ok, const char *detail)
{
  CommsReport *report;

  report = comms_report_new (COMMS_REPORT_RESULT, G_MAXUINT, link, comms_session_server_now (server), 0);
  report->command = command;
  report->ok = ok;
  report->detail = g_strdup (detail);
  return report;
}

static void
report_result (CommsSessionServer *server, guint link, gint64 command, gboolean ok, const char *detail)
{
  if (command != 0)
    comms_session_server_give (server, make_result (server, link, command, ok, detail));
}

static void
finish (CommsSessionServer *server, CommsBbtUnit *unit, CommsOrder *order, gboolean ok, const char *detail)
{
  g_autofree char *what = comms_order_describe (order);
  g_autofree char *text = g_strdup_printf ("%s: %s%s%s", what, ok ? "done" : "failed", detail != NULL ? ", " : "",
                                           detail != NULL ? detail : "");
  gboolean firmware = order->kind == COMMS_ORDER_FIRMWARE;

  if (order->command == 0)   /* else who asked journals it, with who that was */
    comms_session_server_event (server, GDP_EVENT_NOTE, unit->link, text);
  report_result (server, unit->link, order->command, ok, detail);
  g_queue_remove (&unit->orders, order);
  comms_order_free (order);
  if (firmware)
    unit->sent = 0;
  if (unit->called)
    comms_bbt_tell_device (server, unit);
}

CommsOrder *
comms_bbt_order_next (const CommsBbtUnit *unit, gboolean firmware)
{
  for (const GList *l = unit->orders.head; l != NULL; l = l->next)
    if ((((CommsOrder *) l->data)->kind == COMMS_ORDER_FIRMWARE) == firmware)
      return l->data;
  return NULL;
}

/* ---- steps: the request ------------------------------------------------------------------------------ */

/* What a kind does. `ask` returns why it cannot be (any more); `answered` is called with a good RESULT and
 * returns TRUE when that was the last step, *failure saying why it is not good after all, *more what else there
 * is to say. */
typedef struct {
  const char *(*ask)      (CommsSession *session, CommsOrder *order, CommsBbtMessage *message);
  gboolean    (*answered) (CommsSession *session, CommsOrder *order, guint32 value, const char **failure,
                           char **more);
} Steps;

static const char *
ask_live (CommsSession *session, CommsOrder *order, CommsBbtMessage *message)
{
  *message = (CommsBbtMessage) { .type = COMMS_BBT_REQUEST, .request = { .what = 1 } };
  return NULL;
}

static const char *
ask_archive (CommsSession *session, CommsOrder *order, CommsBbtMessage *message)
{
  *message = (CommsBbtMessage) {
    .type = COMMS_BBT_REQUEST,
    .request = { 2, order->archive.stream, order->archive.from, order->archive.to },
  };
  return NULL;
}

static const char *
ask_interface (CommsSession *session, CommsOrder *order, CommsBbtMessage *message)
{
  *message = (CommsBbtMessage) {
    .type = COMMS_BBT_INTERFACE,
    .interface = { order->interface.port, order->interface.baud, order->interface.parity, order->interface.stop_bits },
  };
  return NULL;
}

/* SWITCH counts its steps in `tries`: select, then operate. */
static const char *
ask_output (CommsSession *session, CommsOrder *order, CommsBbtMessage *message)
{
  gboolean both = order->output.step == COMMS_OUTPUT_SWITCH;

  if (both && order->output.token == 0)
    order->output.token = g_random_int () | 1;
  *message = (CommsBbtMessage) {
    .type = COMMS_BBT_OUTPUT,
    .output = { both ? COMMS_OUTPUT_SELECT + order->tries : order->output.step, order->output.output,
                order->output.on, order->output.token, order->expires },
  };
  return NULL;
}

/* The unit has one image at a time: where another is wanted by now, its offer puts an end to the old one. */
static const char *
ask_give_up (CommsSession *session, CommsOrder *order, CommsBbtMessage *message)
{
  for (GList *l = session->bbt->orders.head, *next; l != NULL; l = next) {
    CommsOrder *other = l->data;
    next = l->next;
    if (other->kind == COMMS_ORDER_FIRMWARE && (order->give_up.which == 0 || order->give_up.which == other->command))
      finish (session->server, session->bbt, other, FALSE, "given up");
  }
  if (comms_bbt_order_next (session->bbt, TRUE) != NULL)
    return "another firmware takes its place";
  *message = (CommsBbtMessage) { .type = COMMS_BBT_INSTALL, .install = { 3 } };
  return NULL;
}

/* Steps of a firmware, in `tries`. */
enum { OFFER, SEND, INSTALL };

static const char *
offer (CommsSession *session, CommsOrder *order, CommsBbtMessage *message)
{
  const CommsBbtIdent *ident = &session->bbt->ident;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size, digest_size = sizeof message->firmware.digest;
  const guint8 *image = g_bytes_get_data (order->firmware.image, &size);

  if (order->firmware.model[0] != '\0' && strcmp (order->firmware.model, ident->model) != 0)
    return "the unit is of another model";
  if (order->firmware.hardware != ident->hardware)
    return "not for this hardware";
  if (memcmp (order->firmware.version, ident->firmware, sizeof ident->firmware) == 0)
    return "the unit runs this version already";
  *message = (CommsBbtMessage) { .type = COMMS_BBT_FIRMWARE,
                                 .firmware = { .hardware = order->firmware.hardware, .size = size } };
  memcpy (message->firmware.version, order->firmware.version, sizeof message->firmware.version);
  g_checksum_update (sum, image, size);
  g_checksum_get_digest (sum, message->firmware.digest, &digest_size);
  return NULL;
}

static const char *
ask_firmware (CommsSession *session, CommsOrder *order, CommsBbtMessage *message)
{
  gsize size;
  const guint8 *image = g_bytes_get_data (order->firmware.image, &size);
  guint32 at = session->bbt->sent;

  if (order->tries == OFFER)
    return offer (session, order, message);
  if (order->tries == SEND)
    *message = (CommsBbtMessage) { .type = COMMS_BBT_BLOCK,
                                   .block = { at, { image + at, MIN (size - at, COMMS_BBT_BLOCK_MAX) } } };
  else
    *message = (CommsBbtMessage) { .type = COMMS_BBT_INSTALL, .install = { 2 } };
  return NULL;
}

/* ---- steps: the answer ------------------------------------------------------------------------------- */

static gboolean
no_more (CommsSession *session, CommsOrder *order, guint32 value, const char **failure, char **more)
{
  return TRUE;
}

static void
break_promise (CommsSessionServer *server, CommsBbtUnit *unit, CommsOrder **promised, const char *why)
{
  CommsOrder *order = g_steal_pointer (promised);

  if (order != NULL)
    finish (server, unit, order, FALSE, why);
}

/* What was asked for is still to come: only then the order is done. */
static void
promise (CommsSession *session, CommsOrder *order, CommsOrder **promised)
{
  break_promise (session->server, session->bbt, promised, "it was asked for once more before it came");
  g_queue_remove (&session->bbt->orders, order);
  *promised = order;
}

static gboolean
live_promised (CommsSession *session, CommsOrder *order, guint32 value, const char **failure, char **more)
{
  promise (session, order, &session->bbt->promised_live);
  return FALSE;
}

static gboolean
rows_promised (CommsSession *session, CommsOrder *order, guint32 value, const char **failure, char **more)
{
  if (value == 0) {
    *more = g_strdup ("the unit keeps no rows of that time");
    return TRUE;
  }
  promise (session, order, &session->bbt->promised_rows);
  session->bbt->again = order->tries = value;
  session->bbt->again_stream = order->archive.stream;
  return FALSE;
}

static gboolean
output_answered (CommsSession *session, CommsOrder *order, guint32 value, const char **failure, char **more)
{
  gboolean operated = order->output.step == COMMS_OUTPUT_OPERATE || order->tries > 0;

  if (order->output.step == COMMS_OUTPUT_SWITCH && order->tries == 0) {
    order->tries = 1;
    return FALSE;
  }
  if (operated && value == 2)
    *failure = "it was switched, but its state could not be read back";
  else if (operated && value != (guint32) order->output.on)
    *failure = "it was switched, but reads back otherwise";
  return TRUE;
}

static gboolean
firmware_answered (CommsSession *session, CommsOrder *order, guint32 value, const char **failure, char **more)
{
  CommsBbtUnit *unit = session->bbt;
  gsize size = g_bytes_get_size (order->firmware.image), told_every = size / TOLD_TIMES + 1;

  if (order->tries == INSTALL)
    return TRUE;
  if (value > size) {
    *failure = "the unit wants more than there is of the image";
    return TRUE;
  }
  unit->stalls = order->tries == SEND && value <= unit->sent ? unit->stalls + 1 : 0;
  if (unit->stalls > STALLS_MAX) {
    *failure = "the unit takes no more of the image";
    return TRUE;
  }
  if (value / told_every != unit->sent / told_every || order->tries == OFFER || value == size) {
    unit->sent = value;
    comms_bbt_tell_device (session->server, unit);
  }
  unit->sent = value;
  order->tries = value == size ? INSTALL : SEND;
  return FALSE;
}

static const Steps steps[COMMS_N_ORDER_KINDS] = {
  [COMMS_ORDER_LIVE]      = { ask_live, live_promised },
  [COMMS_ORDER_ARCHIVE]   = { ask_archive, rows_promised },
  [COMMS_ORDER_INTERFACE] = { ask_interface, no_more },
  [COMMS_ORDER_OUTPUT]    = { ask_output, output_answered },
  [COMMS_ORDER_FIRMWARE]  = { ask_firmware, firmware_answered },
  [COMMS_ORDER_GIVE_UP]   = { ask_give_up, no_more },
};

/* ---- carrying out ------------------------------------------------------------------------------------ */

static gboolean
is_late (CommsSessionServer *server, const CommsOrder *order)
{
  return order->expires != 0 && comms_session_server_now (server) >= order->expires;
}

gboolean
comms_bbt_order_ask (CommsSession *session, CommsOrder *order, CommsBbtMessage *message)
{
  gboolean asked = session->bbt->asked.task != 0;
  const char *why = !is_late (session->server, order) ? steps[order->kind].ask (session, order, message)
                    : asked || order->tries > 0 ? "no answer in time; whether it was done is not known" : "too late";

  if (why == NULL)
    return TRUE;
  finish (session->server, session->bbt, order, FALSE, why);
  return FALSE;
}

void
comms_bbt_order_answered (CommsSession *session, CommsOrder *order, const CommsBbtResult *result)
{
  const char *failure = NULL;
  g_autofree char *more = NULL;

  if (result->code != COMMS_BBT_DONE) {
    const char *word = comms_bbt_code_word (COMMS_BBT_RESULTS, result->code);
    g_autofree char *why = g_strdup_printf ("the unit says: %s (%u)", word != NULL ? word : "an unknown code",
                                            result->code);
    finish (session->server, session->bbt, order, FALSE, why);
  } else if (steps[order->kind].answered (session, order, result->value, &failure, &more))
    finish (session->server, session->bbt, order, failure == NULL, failure != NULL ? failure : more);
}

void
comms_bbt_order_lost (CommsSession *session, CommsOrder *order, const char *why)
{
  if (order->kind == COMMS_ORDER_FIRMWARE) {
    order->tries = OFFER;
    return;
  }
  g_autofree char *text = g_strdup_printf ("no answer (%s); whether it was done is not known", why);
  finish (session->server, session->bbt, order, FALSE, text);
}

/* ---- what was promised ------------------------------------------------------------------------------- */

void
comms_bbt_order_live_came (CommsSession *session, guint n_channels)
{
  CommsOrder *order = g_steal_pointer (&session->bbt->promised_live);

  if (order == NULL)
    return;
  g_autofree char *text = g_strdup_printf ("%u channels reported", n_channels);
  finish (session->server, session->bbt, order, TRUE, text);
}

void
comms_bbt_order_rows_came (CommsSession *session)
{
  CommsOrder *order = g_steal_pointer (&session->bbt->promised_rows);

  if (order == NULL)
    return;
  g_autofree char *text = g_strdup_printf ("%u rows came; what was missing of them is stored", order->tries);
  finish (session->server, session->bbt, order, TRUE, text);
}

void
comms_bbt_order_broken (CommsSession *session, const char *why)
{
  CommsBbtUnit *unit = session->bbt;
  g_autofree char *live = g_strdup_printf ("the report did not come (%s)", why);

  break_promise (session->server, unit, &unit->promised_live, live);
  if (unit->promised_rows == NULL)
    return;
  g_autofree char *rows = g_strdup_printf ("%u of %u rows did not come (%s)", unit->again, unit->promised_rows->tries,
                                           why);
  break_promise (session->server, unit, &unit->promised_rows, rows);
}

/* ---- coming in, and expiring ------------------------------------------------------------------------- */

static void
on_sweep (uv_timer_t *timer)
{
  comms_bbt_expire_orders (timer->data);
}

static gboolean
is_queued (const CommsBbtUnit *unit, gint64 command)
{
  for (const GList *l = unit->orders.head; l != NULL && command != 0; l = l->next)
    if (((CommsOrder *) l->data)->command == command)
      return TRUE;
  return FALSE;
}

/* (transfer full) */
static void
queue (CommsSessionServer *server, CommsBbtUnit *unit, CommsOrder *order)
{
  if (is_queued (unit, order->command)) {
    comms_order_free (order);
    return;
  }
  g_queue_push_tail (&unit->orders, order);
  if (unit->orders.length > ORDERS_MAX) {
    finish (server, unit, order, FALSE, "too many orders wait for this unit");
    return;
  }
  if (order->at_once && unit->session == NULL) {
    finish (server, unit, order, FALSE, "the unit is not in session");
    return;
  }
  if (order->expires != 0 && !uv_is_active ((uv_handle_t *) &server->expiry))
    uv_timer_start (&server->expiry, on_sweep, SWEEP_MS, SWEEP_MS);
  if (unit->session != NULL)
    comms_bbt_ask_next (unit->session);
}

void
comms_bbt_drop_orders (CommsSessionServer *server, CommsBbtUnit *unit)
{
  CommsOrder *order;

  while ((order = g_queue_pop_head (&unit->orders)) != NULL) {
    if (order->command != 0) {
      CommsReport *report = make_result (server, unit->link, order->command, FALSE,
                                         "the server has stopped serving this unit");
      report->dropped = TRUE;
      comms_session_server_give (server, report);
    }
    comms_order_free (order);
  }
}

void
comms_bbt_take_orders (CommsSessionServer *server)
{
  CommsOrder *order;

  while ((order = g_async_queue_try_pop (server->orders)) != NULL) {
    if (order->kind == COMMS_ORDER_WRITE)
      comms_modem_take_order (server, order);
    else if (order->kind == COMMS_ORDER_FORGET) {
      comms_bbt_forget (server, server->bbts[order->link]);
      finish (server, server->bbts[order->link], order, TRUE, NULL);
    } else
      queue (server, server->bbts[order->link], order);
  }
}

/* The one that is under way has been asked in time; its answer says the rest. */
static gboolean
is_under_way (const CommsBbtUnit *unit, const CommsOrder *order)
{
  return unit->asked.task != 0
         && (order == comms_bbt_order_next (unit, FALSE) || order == comms_bbt_order_next (unit, TRUE));
}

static guint
expire (CommsSessionServer *server, CommsBbtUnit *unit)
{
  guint left = 0;

  for (GList *l = unit->orders.head, *next; l != NULL; l = next) {
    CommsOrder *order = l->data;
    next = l->next;
    if (is_late (server, order) && !is_under_way (unit, order))
      finish (server, unit, order, FALSE, "the unit was not in session in time");
    else
      left += order->expires != 0;
  }
  return left;
}

void
comms_bbt_expire_orders (CommsSessionServer *server)
{
  guint left = 0;

  for (guint i = 0; i < server->network->n_links; i++)
    if (server->bbts[i] != NULL && server->bbts[i]->orders.length > 0)
      left += expire (server, server->bbts[i]);
  if (left == 0)
    uv_timer_stop (&server->expiry);
}
