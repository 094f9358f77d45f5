/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "comms/bbt-archive.h"

static const double patience = 20;

/* ---- the network ------------------------------------------------------------------------------------- */

static const GdpRegister reported[] = {
  { "ai1", GDP_TABLE_REPORT_VALUES, 1, GDP_REGISTER_U16, .scale = 0.001 },
  { "ai2", GDP_TABLE_REPORT_VALUES, 2, GDP_REGISTER_U16, .scale = 0.001 },
  { "battery", GDP_TABLE_REPORT_VALUES, 12, GDP_REGISTER_U16, .scale = 0.001 },
  { "di1", GDP_TABLE_REPORT_BITS, 0, GDP_REGISTER_BIT, .scale = 1 },
};
static const GdpRegister slave[] = {
  { "ai1", GDP_TABLE_INPUT_REGISTERS, 0, GDP_REGISTER_U16, .scale = 1 },
  { "ai2", GDP_TABLE_INPUT_REGISTERS, 1, GDP_REGISTER_U16, .scale = 1 },
};

static void
add_unit (GdpNetworkBuilder *builder, guint site, guint link, guint8 address, const GdpRegister *registers,
          guint n_registers)
{
  const char *name = address == 0 ? "report" : "slave";
  g_autoptr (GdpProfile) profile = gdp_profile_new (name, name, registers, n_registers, NULL);
  g_autofree char *id = g_strdup_printf ("S%u/%s", link, name);
  g_autoptr (GError) error = NULL;
  guint unit = gdp_network_builder_add_unit (builder, &(GdpUnit) { .id = id, .site = site, .link = link,
                                             .address = address, .profile = profile, .period = 0.2 }, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < n_registers; i++) {
    g_autofree char *point = g_strdup_printf ("S%u/%s-%s", link, name, registers[i].channel);
    gboolean bit = registers[i].type == GDP_REGISTER_BIT;
    gdp_network_builder_add_point (builder, &(GdpPoint) {
      .id = point, .site = site, .unit = unit, .channel = registers[i].channel, .engineering_unit = "",
      .kind = bit ? GDP_POINT_DISCRETE : GDP_POINT_ANALOG,
      .scaling = { bit ? GDP_SIGNAL_CONTACT : GDP_SIGNAL_NUMBER }, .resolution = 0.001, .keep_every = 60 }, &error);
    g_assert_no_error (error);
  }
}

static void
add_bbt (GdpNetworkBuilder *builder, guint number)
{
  static const GdpScheduleEntry noon = { .kind = GDP_SCHEDULE_DAILY, .minute = 720 };
  g_autofree char *id = g_strdup_printf ("bbt-%u", number), *serial = g_strdup_printf ("U%u", number);
  g_autofree char *site_id = g_strdup_printf ("S%u", number);
  g_autoptr (GdpSettings) settings = number == PEER_SETTINGS ? gdp_settings_new () : NULL;
  g_autoptr (GError) error = NULL;
  guint link = gdp_network_builder_add_link (builder, &(GdpLink) {
    .id = id, .key = 100 + number, .kind = GDP_LINK_BBT, .serial = serial, .keyless = number == PEER_KEYLESS,
    .settings = settings, .schedule = settings != NULL ? &noon : NULL, .n_schedule = settings != NULL }, &error);
  g_assert_no_error (error);
  guint site = gdp_network_builder_add_site (builder, &(GdpSite) { .id = site_id }, &error);

  add_unit (builder, site, link, 0, reported, G_N_ELEMENTS (reported));
  if (number == PEER_SLAVE)
    add_unit (builder, site, link, 1, slave, G_N_ELEMENTS (slave));
}

GdpNetwork *
peer_network (void)
{
  g_autoptr (GdpNetworkBuilder) builder = gdp_network_builder_new ();

  for (guint i = 0; i < PEER_LINKS; i++)
    add_bbt (builder, i);
  gdp_network_builder_add_link (builder, &(GdpLink) { .id = "modem", .kind = GDP_LINK_MODEM,
                                .registration = "GDP-0000" }, NULL);
  return gdp_network_builder_finish (g_steal_pointer (&builder));
}

static void
make_key (guint link, guint8 key[COMMS_BBT_KEY_SIZE])
{
  for (guint i = 0; i < COMMS_BBT_KEY_SIZE; i++)
    key[i] = 17 * i + link;
}

CommsBbtKeys *
peer_keys (void)
{
  g_autoptr (GString) text = g_string_new ("# for tests\n");
  g_autoptr (GError) error = NULL;

  for (guint link = 0; link < PEER_LINKS; link++) {
    guint8 key[COMMS_BBT_KEY_SIZE];
    make_key (link, key);
    g_string_append_printf (text, "U%u ", link);
    for (guint i = 0; i < sizeof key; i++)
      g_string_append_printf (text, "%02x", key[i]);
    g_string_append_c (text, '\n');
    if (link + 1 == PEER_KEYLESS)
      link++;
  }
  CommsBbtKeys *keys = comms_bbt_keys_parse ("keys", text->str, text->len, &error);
  g_assert_no_error (error);
  return keys;
}

Field *
peer_field (CommsSessionSettings settings)
{
  g_autoptr (CommsBbtKeys) keys = peer_keys ();

  settings.keys = keys;
  settings.udp = "127.0.0.1:0";
  return field_start (peer_network (), settings);
}

/* ---- commits ----------------------------------------------------------------------------------------- */

static void
note (Commits *commits, const CommsReport *report)
{
  const GdpNetwork *network = commits->field->network;

  for (guint i = 0; i < report->n_samples; i++) {
    const GdpSample *sample = &report->samples[i];
    g_ptr_array_add (commits->samples, g_strdup_printf ("%s=%g@%d s/%s", network->points[sample->point].id, sample->raw,
                     (int) ((sample->time - report->received) / G_USEC_PER_SEC), sample->reason == GDP_REASON_NONE ? "good" : gdp_reason_word (sample->reason)));
  }
  if (report->event != NULL)
    g_ptr_array_add (commits->events, g_strdup (report->event->text));
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
  gint64 deadline = g_get_monotonic_time () + patience * G_USEC_PER_SEC;

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

/* ---- calling ----------------------------------------------------------------------------------------- */

static Peer *
peer_new (Field *field, guint link, int fd)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->field = field;
  peer->fd = fd;
  peer->link = link;
  make_key (link, peer->key);
  g_snprintf (peer->ident.serial, sizeof peer->ident.serial, "U%u", link);
  strcpy (peer->ident.model, "BBT-1");
  peer->ident.boot = 7;
  peer->ident.clock = 1;
  peer->ident.time = g_get_real_time () / 1000 * 1000;
  peer->ident.battery = peer->ident.mains = 0xFFFF;
  peer->ident.signal = peer->ident.temperature = 0x7F;
  peer->ident.authentication = link == PEER_KEYLESS ? 0 : 1;
  memcpy (peer->ident.nonce, "12345678", 8);
  comms_bbt_end_init (&peer->end, COMMS_BBT_OF_UNIT);
  return peer;
}

Peer *
peer_call (Field *field, guint link)
{
  return peer_new (field, link, modem_call (field));
}

Peer *
peer_call_udp (Field *field, guint link)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = g_htons (comms_session_server_udp_port (field->server)),
                                 .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  Peer *peer = peer_new (field, link, fd);
  peer->udp = TRUE;
  return peer;
}

void
peer_free (Peer *peer)
{
  close (peer->fd);
  g_free (peer);
}

/* ---- talking ----------------------------------------------------------------------------------------- */

void
peer_send (Peer *peer, const void *bytes, gsize length)
{
  modem_send (peer->fd, bytes, length);
}

gsize
peer_say (Peer *peer, const CommsBbtMessage *message, guint8 *copy)
{
  g_autoptr (GError) error = NULL;
  guint8 frame[COMMS_BBT_FRAME_MAX];
  gsize size = comms_bbt_end_write (&peer->end, message, frame, &error);

  g_assert_no_error (error);
  if (copy != NULL)
    memcpy (copy, frame, size);
  peer_send (peer, frame, size);
  return size;
}

gboolean
peer_hears (Peer *peer, double seconds)
{
  return peer->n_bytes > 0 || modem_hears (peer->fd, seconds);
}

/* The first frame in what was heard, removed from it. Its payload stands at the end of the buffer. */
static gboolean
take_frame (Peer *peer, CommsBbtFrame *frame)
{
  guint8 *copy = peer->bytes + sizeof peer->bytes - COMMS_BBT_FRAME_MAX;
  CommsBbtParse parse = comms_bbt_frame_parse (peer->bytes, peer->n_bytes, frame, NULL);

  g_assert_cmpint (parse, !=, COMMS_BBT_BAD);
  if (parse != COMMS_BBT_WHOLE)
    return FALSE;
  memcpy (copy, frame->start, frame->size);
  memmove (peer->bytes, peer->bytes + frame->size, peer->n_bytes - frame->size);
  peer->n_bytes -= frame->size;
  frame->start = copy;
  frame->payload = copy + COMMS_BBT_HEADER;
  return TRUE;
}

void
peer_hear (Peer *peer, CommsBbtMessage *message)
{
  g_autoptr (GError) error = NULL;
  CommsBbtFrame frame;

  while (!take_frame (peer, &frame)) {
    if (!modem_hears (peer->fd, patience))
      g_error ("the server says nothing");
    ssize_t n = recv (peer->fd, peer->bytes + peer->n_bytes, 8192, 0);
    if (n <= 0)
      g_error ("the server hung up instead of saying something");
    peer->n_bytes += n;
  }
  if (frame.type == COMMS_BBT_ACCEPT && peer->ident.authentication == 1) {
    CommsBbtMac mac;
    comms_bbt_session_mac (peer->key, &peer->ident, peer->nonce, &mac);
    comms_bbt_end_start_mac (&peer->end, &mac);
  }
  comms_bbt_end_read (&peer->end, &frame, message, &error);
  g_assert_no_error (error);
}

void
peer_wait (Peer *peer, CommsBbtType type, CommsBbtMessage *message)
{
  do
    peer_hear (peer, message);
  while (message->type != type
         && (message->type == COMMS_BBT_ACK || message->type == COMMS_BBT_PONG || message->type == COMMS_BBT_DATA
             || message->type == COMMS_BBT_CLOSE));
  g_assert_cmphex (message->type, ==, type);
}

void
peer_hung_up (Peer *peer)
{
  modem_wait_end (peer->fd);
  peer->fd = -1;
  g_free (peer);
}

void
peer_faulted (Peer *peer, CommsBbtFaultCode code)
{
  CommsBbtMessage message;

  peer_wait (peer, COMMS_BBT_FAULT, &message);
  g_assert_cmpuint (message.fault.code, ==, code);
  if (peer->udp)
    peer_free (peer);
  else
    peer_hung_up (peer);
}

void
peer_acknowledged (Peer *peer, CommsBbtStream stream, guint32 boot, guint32 through)
{
  CommsBbtMessage message;

  while (TRUE) {
    peer_hear (peer, &message);
    g_assert_cmphex (message.type, ==, COMMS_BBT_ACK);
    for (guint i = 0; i < message.ack.n_entries; i++)
      if (message.ack.entries[i].stream == stream && message.ack.entries[i].boot == boot
          && message.ack.entries[i].through == through)
        return;
  }
}

/* ---- identifying ------------------------------------------------------------------------------------- */

void
peer_identify (Peer *peer)
{
  CommsBbtMessage message = { .type = COMMS_BBT_IDENT, .ident = peer->ident };

  peer->length = comms_bbt_encode (&message, peer->payload, NULL);
  peer_say (peer, &message, NULL);
}

void
peer_challenged (Peer *peer)
{
  CommsBbtMessage message;

  peer_wait (peer, COMMS_BBT_CHALLENGE, &message);
  memcpy (peer->nonce, message.challenge.nonce, sizeof peer->nonce);
}

void
peer_prove (Peer *peer)
{
  CommsBbtMessage message = { .type = COMMS_BBT_PROOF };

  comms_bbt_proof_make (peer->key, peer->payload, peer->length, peer->nonce, message.proof.proof);
  peer_say (peer, &message, NULL);
}

void
peer_accepted (Peer *peer, CommsBbtMessage *accept)
{
  CommsBbtMessage message;

  peer_hear (peer, accept != NULL ? accept : &message);
  g_assert_cmphex ((accept != NULL ? accept : &message)->type, ==, COMMS_BBT_ACCEPT);
}

Peer *
peer_open_as (Peer *peer)
{
  peer_identify (peer);
  if (peer->ident.authentication == 1) {
    peer_challenged (peer);
    peer_prove (peer);
  }
  peer_accepted (peer, NULL);
  return peer;
}

Peer *
peer_open (Field *field, guint link)
{
  return peer_open_as (peer_call (field, link));
}

/* ---- messages ---------------------------------------------------------------------------------------- */

CommsBbtMessage
peer_live (guint32 number, gint32 ai2)
{
  CommsBbtMessage message = { .type = COMMS_BBT_LIVE };
  CommsBbtReport *told = &message.report;

  told->number = number;
  told->time = g_get_real_time () / 1000 * 1000;
  told->mask = 1 << (COMMS_BBT_AI1 - 1) | 1 << COMMS_BBT_AI1 | 1 << (COMMS_BBT_BATTERY - 1) | 1 << (COMMS_BBT_DI - 1);
  told->values[COMMS_BBT_AI1 - 1] = 4000;
  told->values[COMMS_BBT_AI1] = ai2;
  told->values[COMMS_BBT_BATTERY - 1] = 12600;
  told->values[COMMS_BBT_DI - 1] = 1;
  return message;
}

CommsBbtMessage
peer_event (guint32 boot, guint32 number, guint8 code)
{
  CommsBbtMessage message = { .type = COMMS_BBT_EVENT, .event = { .boot = boot, .code = code } };

  message.event.report.number = number;
  message.event.report.time = g_get_real_time () / 1000 * 1000;
  return message;
}

CommsBbtMessage
peer_archive (guint32 boot, guint32 first, guint rows, gpointer memory)
{
  CommsBbtPacker *packer = memory;
  gint64 minute = 60 * G_USEC_PER_SEC, now = g_get_real_time () / minute * minute;

  comms_bbt_packer_begin (packer, COMMS_BBT_STREAM_ARCHIVE, boot, 60);
  for (guint i = 0; i < rows; i++) {
    CommsBbtReport row = { .number = first + i, .time = now - (rows - i) * minute, .mask = 1 << COMMS_BBT_AI1 };
    row.values[COMMS_BBT_AI1] = 8000 + first + i;
    g_assert_true (comms_bbt_packer_add (packer, &row));
  }
  return (CommsBbtMessage) { .type = COMMS_BBT_ARCHIVE, .archive = packer->archive };
}
