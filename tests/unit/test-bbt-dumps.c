/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-bbt-dumps PROTOCOL.md — the sessions that the document shows in hex are true.
 * test-bbt-dumps --write    — prints that section anew, to be put into the document. */
#include <stdio.h>
#include <string.h>

#include "bbt-sessions.h"
#include "comms/bbt-end.h"

enum { BYTES_A_LINE = 32, WIDTH = 116 };

#define FROM_UNIT   "→ "
#define FROM_SERVER "← "

static const char head[] =
  "## 13. Complete sessions in hex\n"
  "\n"
  "Each frame: who sends it (`→` the unit, `←` the server), what it says, its bytes. `K` is\n"
  "`%s`; the nonces are in IDENT and CHALLENGE. From\n"
  "this every proof, session key and MAC follows. (These sessions are made by the codec, and a test reads them\n"
  "here.)\n";

/* Both ends, as their owners keep them. */
typedef struct {
  CommsBbtEnd   unit, server;
  guint8        key[COMMS_BBT_KEY_SIZE];
  guint8        ident_payload[COMMS_BBT_PAYLOAD_MAX];
  gsize         ident_length;
  CommsBbtIdent ident;
  guint8        nonce[16];
  guint         types[256];
  guint8        server_types[32];   /* by sequence: what RESULT may be about */
} Talk;

static void
talk_begin (Talk *talk, const char *key)
{
  comms_bbt_end_init (&talk->unit, COMMS_BBT_OF_UNIT);
  comms_bbt_end_init (&talk->server, COMMS_BBT_OF_SERVER);
  g_assert_true (comms_bbt_key_parse (key, talk->key, NULL));
}

/* What both sides remember of a frame: nonces, and that ACCEPT begins the MACs. */
static void
talk_note (Talk *talk, const CommsBbtMessage *message, const guint8 *payload, gsize length)
{
  CommsBbtMac mac;

  if (message->type == COMMS_BBT_IDENT) {
    memcpy (talk->ident_payload, payload, talk->ident_length = length);
    talk->ident = message->ident;
  } else if (message->type == COMMS_BBT_CHALLENGE) {
    memcpy (talk->nonce, message->challenge.nonce, sizeof talk->nonce);
  } else if (message->type == COMMS_BBT_PROOF) {
    comms_bbt_session_mac (talk->key, &talk->ident, talk->nonce, &mac);
    comms_bbt_end_start_mac (&talk->unit, &mac);
    comms_bbt_end_start_mac (&talk->server, &mac);
  }
}

static void
make_proof (const Talk *talk, gboolean wrong_key, guint8 *proof)
{
  static const guint8 zeros[COMMS_BBT_KEY_SIZE] = { 0 };

  comms_bbt_proof_make (wrong_key ? zeros : talk->key, talk->ident_payload, talk->ident_length, talk->nonce, proof);
}

/* Makes the message what the step says, and the frame of it. */
static gsize
step_write (Talk *talk, const BbtSession *session, const BbtStep *step, CommsBbtMessage *message, guint8 *frame)
{
  CommsBbtEnd *end = step->from == COMMS_BBT_OF_UNIT ? &talk->unit : &talk->server;
  g_autoptr (GError) error = NULL;

  *message = step->message;
  if (step->fill != NULL)
    step->fill (message);
  if (message->type == COMMS_BBT_PROOF)
    make_proof (talk, session->wrong_key, message->proof.proof);
  if (message->type == COMMS_BBT_SETTINGS)
    message->settings.revision = comms_bbt_message_revision (message);
  if (message->type == COMMS_BBT_SCHEDULE)
    message->schedule.revision = comms_bbt_message_revision (message);
  if (message->type == COMMS_BBT_FAULT)
    end->has_mac = FALSE;   /* before ACCEPT */
  gsize size = comms_bbt_end_write (end, message, frame, &error);

  g_assert_no_error (error);
  message->sequence = end->sent;
  talk_note (talk, message, frame + COMMS_BBT_HEADER, size - COMMS_BBT_HEADER - 2);
  return size;
}

/* "→ NAME …", folded between words to WIDTH characters a line. */
static void
write_description (GString *out, const char *arrow, const char *description)
{
  g_auto (GStrv) words = g_strsplit (description, " ", -1);
  gsize column = 1;

  g_string_append_len (out, arrow, strlen (arrow) - 1);
  for (guint i = 0; words[i] != NULL; i++) {
    gsize length = strlen (words[i]);

    if (column + 1 + length > WIDTH) {
      g_string_append (out, "\n ");
      column = 1;
    }
    g_string_append_printf (out, " %s", words[i]);
    column += 1 + length;
  }
  g_string_append_c (out, '\n');
}

static void
write_bytes (GString *out, const guint8 *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (out, "%s%02X%s", i % BYTES_A_LINE == 0 ? "  " : " ", bytes[i],
                            i % BYTES_A_LINE == BYTES_A_LINE - 1 || i == size - 1 ? "\n" : "");
}

static char *
write_section (void)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, head, bbt_sessions_key);
  for (guint i = 0; i < n_bbt_sessions; i++) {
    const BbtSession *session = &bbt_sessions[i];
    Talk talk = { 0 };

    talk_begin (&talk, bbt_sessions_key);
    g_string_append_printf (out, "\n### %s\n\n%s\n\n```\n", session->title, session->text);
    for (guint s = 0; s < session->n_steps; s++) {
      g_autoptr (GString) description = g_string_new (NULL);
      guint8 frame[COMMS_BBT_FRAME_MAX];
      CommsBbtMessage message;
      gsize size = step_write (&talk, session, &session->steps[s], &message, frame);

      comms_bbt_describe (&message, description);
      write_description (out, session->steps[s].from == COMMS_BBT_OF_UNIT ? FROM_UNIT : FROM_SERVER,
                         description->str);
      write_bytes (out, frame, size);
    }
    g_string_append (out, "```\n");
  }
  return g_string_free (out, FALSE);
}

/* "  B7 10 …": appended to @bytes; FALSE when the line is none of bytes. */
static gboolean
read_bytes (const char *line, GByteArray *bytes)
{
  const char *at = line;

  if (!g_str_has_prefix (line, "  "))
    return FALSE;
  for (at += 2; *at != '\0'; at += at[2] == ' ' ? 3 : 2) {
    int high = g_ascii_xdigit_value (at[0]), low = high < 0 ? -1 : g_ascii_xdigit_value (at[1]);

    if (low < 0 || (at[2] != ' ' && at[2] != '\0'))
      return FALSE;
    guint8 byte = high << 4 | low;

    g_byte_array_append (bytes, &byte, 1);
  }
  return TRUE;
}

static void
check_proof (const Talk *talk, const CommsBbtMessage *message, gboolean refused)
{
  guint8 proof[COMMS_BBT_PROOF_SIZE];

  make_proof (talk, FALSE, proof);
  g_assert_cmpint (comms_bbt_same (proof, message->proof.proof, sizeof proof), ==, !refused);
}

/* A RESULT is about a request, with a revision that is a digest. */
static void
check_meaning (Talk *talk, const CommsBbtMessage *message, const CommsBbtFrame *frame, gboolean of_unit,
               gboolean refused)
{
  if (!of_unit) {
    g_assert_cmpuint (message->sequence, <, G_N_ELEMENTS (talk->server_types));
    talk->server_types[message->sequence] = message->type;
  }
  if (message->type == COMMS_BBT_PROOF)
    check_proof (talk, message, refused);
  if (message->type == COMMS_BBT_SETTINGS || message->type == COMMS_BBT_SCHEDULE)
    g_assert_cmphex (comms_bbt_revision (frame->payload, frame->length), ==, message->settings.revision);
  if (message->type == COMMS_BBT_RESULT) {
    g_assert_cmpuint (message->result.request, <, G_N_ELEMENTS (talk->server_types));
    g_assert_true (comms_bbt_type_info (talk->server_types[message->result.request])->request);
  }
}

/* One frame of the document against both ends' knowledge. */
static void
check_frame (Talk *talk, gboolean of_unit, const char *text, const GByteArray *bytes, gboolean refused)
{
  CommsBbtEnd *receiver = of_unit ? &talk->server : &talk->unit;
  g_autoptr (GString) description = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const CommsBbtTypeInfo *info;
  CommsBbtMessage message;
  CommsBbtFrame frame;

  g_assert_cmpint (comms_bbt_frame_parse (bytes->data, bytes->len, &frame, &error), ==, COMMS_BBT_WHOLE);
  g_assert_cmpuint (frame.size, ==, bytes->len);
  if (frame.type == COMMS_BBT_FAULT)
    receiver->has_mac = FALSE;
  comms_bbt_end_read (receiver, &frame, &message, &error);
  g_assert_no_error (error);
  info = comms_bbt_type_info (frame.type);
  g_assert_true (of_unit ? info->of_unit : info->of_server);
  comms_bbt_describe (&message, description);
  g_assert_cmpstr (description->str, ==, text);
  check_meaning (talk, &message, &frame, of_unit, refused);
  talk_note (talk, &message, frame.payload, frame.length);
  talk->types[frame.type]++;
}

/* The lines of one frame, from @lines[*i] on: its description unfolded, then its bytes. */
static char *
read_frame (char **lines, guint *i, GByteArray *bytes)
{
  GString *text = g_string_new (lines[(*i)++] + strlen (FROM_UNIT));

  for (; g_str_has_prefix (lines[*i], "  "); (*i)++)
    if (!read_bytes (lines[*i], bytes)) {
      g_assert_cmpuint (bytes->len, ==, 0);   /* no words between bytes */
      g_string_append (text, lines[*i] + 1);
    }
  return g_string_free (text, FALSE);
}

/* One block of the document: a session from its first frame to its last. Returns how many frames. */
static guint
check_session (char **lines, guint *i, const char *key, guint *types)
{
  Talk talk = { 0 };
  guint n = 0;

  talk_begin (&talk, key);
  while (g_str_has_prefix (lines[*i], FROM_UNIT) || g_str_has_prefix (lines[*i], FROM_SERVER)) {
    gboolean of_unit = g_str_has_prefix (lines[*i], FROM_UNIT);
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autofree char *text = read_frame (lines, i, bytes);
    gboolean refused = g_str_has_prefix (lines[*i], FROM_SERVER "FAULT");

    check_frame (&talk, of_unit, text, bytes, refused);
    n++;
  }
  for (guint t = 0; t < G_N_ELEMENTS (talk.types); t++)
    types[t] += talk.types[t];
  return n;
}

static char *
section_of (const char *path)
{
  g_autofree char *document = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &document, NULL, &error);
  g_assert_no_error (error);
  const char *section = strstr (document, "## 13. Complete sessions in hex\n");
  g_assert_nonnull (section);
  return g_strdup (section);
}

/* The 64 digits after "`K` is". */
static char *
key_of (const char *section)
{
  const char *digits = strstr (section, "`K` is\n`");

  g_assert_nonnull (digits);
  return g_strndup (digits + strlen ("`K` is\n`"), 2 * COMMS_BBT_KEY_SIZE);
}

static void
test_document (gconstpointer path)
{
  g_autofree char *section = section_of (path), *key = key_of (section);
  g_auto (GStrv) lines = g_strsplit (section, "\n", -1);
  guint sessions = 0, frames = 0, types[256] = { 0 };

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_equal (lines[i], "```") && lines[i + 1] != NULL) {
      i++;
      frames += check_session (lines, &i, key, types);
      g_assert_cmpstr (lines[i], ==, "```");   /* nothing was left out */
      sessions++;
    }
  g_test_message ("%u sessions, %u frames", sessions, frames);
  g_assert_cmpuint (sessions, ==, n_bbt_sessions);
  for (guint type = 0; type < G_N_ELEMENTS (types); type++)
    if (comms_bbt_type_info (type) != NULL && types[type] == 0)
      g_error ("the document shows no %s", comms_bbt_type_info (type)->name);
}

static void
test_as_written_today (gconstpointer path)
{
  g_autofree char *section = section_of (path), *written = write_section ();

  g_assert_cmpstr (section, ==, written);   /* else: put the output of --write there */
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "--write")) {
    g_autofree char *section = write_section ();
    return fputs (section, stdout) < 0;
  }
  g_test_init (&argc, &argv, NULL);
  g_return_val_if_fail (argc == 2, 2);
  g_test_add_data_func ("/bbt-dumps/every-frame-of-the-document-is-true", argv[1], test_document);
  g_test_add_data_func ("/bbt-dumps/are-what-the-codec-writes", argv[1], test_as_written_today);
  return g_test_run ();
}
