/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bbt-message.h"

#include <nettle/sha2.h>
#include <string.h>

#include "bbt-layout.h"

/* One payload being read or written: what the mechanisms below share. */
typedef struct {
  guint8               type;
  guint8              *at;         /* written here */
  const guint8        *start, *from, *end, *field;   /* read from here; where the field begins */
  const CommsBbtField *wrong;      /* the first field whose value is out of its range */
  gint64               wrong_number;
  GError             **error;
} Payload;

typedef gboolean (*Step) (Payload *payload, const CommsBbtField *field, guint8 *body);

static const char *
type_name (const Payload *payload)
{
  return comms_bbt_type_info (payload->type)->name;
}

static gboolean
malformed (Payload *payload, const CommsBbtField *field, const char *what)
{
  g_set_error (payload->error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_MALFORMED, "%s: %s at byte %u of the payload %s",
               type_name (payload), field->name, (guint) (payload->field - payload->start), what);
  return FALSE;
}

/* Noted, not ended: a unit that is asked the impossible reads the whole request. */
static gboolean
check (Payload *payload, const CommsBbtField *field, gboolean fits, gint64 number)
{
  if (!fits && payload->wrong == NULL) {
    payload->wrong = field;
    payload->wrong_number = number;
  }
  return TRUE;
}

static gboolean
end_in_range (const Payload *payload)
{
  const CommsBbtField *wrong = payload->wrong;

  if (wrong == NULL)
    return TRUE;
  if (wrong->most > 0)
    g_set_error (payload->error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_RANGE,
                 "%s: %s %" G_GINT64_FORMAT " is not %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                 type_name (payload), wrong->name, payload->wrong_number, wrong->least, wrong->most);
  else
    g_set_error (payload->error, COMMS_BBT_ERROR, COMMS_BBT_ERROR_RANGE, "%s: %s is not what it may be",
                 type_name (payload), wrong->name);
  return FALSE;
}

static const guint8 *
take (Payload *payload, const CommsBbtField *field, gsize bytes)
{
  const guint8 *from = payload->from;

  if ((gsize) (payload->end - from) < bytes) {
    malformed (payload, field, "is cut off by its end");
    return NULL;
  }
  payload->from += bytes;
  return from;
}

static guint64
get_number (const guint8 *from, guint bytes)
{
  guint64 number = 0;

  for (guint i = 0; i < bytes; i++)
    number = number << 8 | from[i];
  return number;
}

static void
put_number (Payload *payload, guint64 number, guint bytes)
{
  for (guint i = bytes; i-- > 0;)
    *payload->at++ = number >> 8 * i & 0xFF;
}

static gboolean
number_fits (const CommsBbtField *field, gint64 number)
{
  if (field->allowed != NULL)
    return number != 0 && strchr (field->allowed, (char) number) != NULL;
  return field->most == 0 || (number >= field->least && number <= field->most);
}

static gboolean
check_number (Payload *payload, const CommsBbtField *field, gint64 number)
{
  return check (payload, field, number_fits (field, number), number);
}

static guint64
load (const guint8 *member, guint bytes)
{
  switch (bytes) {
  case 1: return *member;
  case 2: return *(const guint16 *) member;
  case 4: return *(const guint32 *) member;
  default: return *(const guint64 *) member;
  }
}

static void
store (guint8 *member, guint bytes, guint64 number)
{
  switch (bytes) {
  case 1: *member = number; break;
  case 2: *(guint16 *) member = number; break;
  case 4: *(guint32 *) member = number; break;
  default: *(guint64 *) member = number; break;
  }
}

static gboolean
get_unsigned (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const guint8 *from = take (payload, field, field->bytes);

  if (from == NULL)
    return FALSE;
  guint64 number = get_number (from, field->bytes);
  store (member, field->bytes, number);
  return check_number (payload, field, number);
}

static gboolean
put_unsigned (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  guint64 number = load (member, field->bytes);

  put_number (payload, number, field->bytes);
  return check_number (payload, field, number);
}

/* Times beyond 2106, before 1970, and the µs of what carries ms only are no times of this protocol. */
static gboolean
get_time (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const guint8 *from = take (payload, field, field->bytes);

  if (from == NULL)
    return FALSE;
  gint64 ms = field->bytes == 6 ? (gint64) get_number (from + 4, 2) : 0;
  *(gint64 *) member = (gint64) get_number (from, 4) * G_USEC_PER_SEC + ms * 1000;
  return check (payload, field, ms <= 999, ms);
}

static gboolean
put_time (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  gint64 time = *(const gint64 *) member;

  put_number (payload, time / G_USEC_PER_SEC, 4);
  if (field->bytes == 6)
    put_number (payload, time / 1000 % 1000, 2);
  return check (payload, field, time >= 0 && time / G_USEC_PER_SEC <= G_MAXUINT32, time);
}

static gboolean
text_fits (const CommsBbtField *field, const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      return FALSE;
  return field->fits == NULL || field->fits (text);
}

static gboolean
get_text (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const guint8 *from = take (payload, field, field->bytes);

  if (from == NULL)
    return FALSE;
  memcpy (member, from, field->bytes);
  member[field->bytes] = '\0';
  for (guint i = strlen ((char *) member); i < field->bytes; i++)
    if (from[i] != 0)
      return malformed (payload, field, "goes on after the zero that ends it");
  return check (payload, field, text_fits (field, (char *) member), 0);
}

static gboolean
put_text (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  gsize length = strnlen ((char *) member, field->bytes);

  memset (payload->at, 0, field->bytes);
  memcpy (payload->at, member, length);
  payload->at += field->bytes;
  return check (payload, field, member[length] == '\0' && text_fits (field, (char *) member), length);
}

static gboolean
get_string (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const guint8 *length = take (payload, field, 1);
  const guint8 *from = length != NULL ? take (payload, field, *length) : NULL;

  if (from == NULL)
    return FALSE;
  if (*length > field->most)
    return malformed (payload, field, "is longer than it may be");
  memcpy (member, from, *length);
  member[*length] = '\0';
  if (strlen ((char *) member) != *length)
    return malformed (payload, field, "has a zero in it");
  return check (payload, field, text_fits (field, (char *) member), 0);
}

static gboolean
put_string (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  gsize length = strnlen ((char *) member, field->most);

  *payload->at++ = length;
  memcpy (payload->at, member, length);
  payload->at += length;
  return check (payload, field, member[length] == '\0' && text_fits (field, (char *) member), length);
}

enum { NO_DIGIT = 0xF };

static gboolean
get_digits (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const guint8 *from = take (payload, field, field->bytes);
  guint n = 0;

  if (from == NULL)
    return FALSE;
  for (guint i = 0; i < 2u * field->bytes; i++) {
    guint digit = i % 2 == 0 ? from[i / 2] >> 4 : from[i / 2] & 0xF;

    if (digit != NO_DIGIT && (digit > 9 || n < i))
      return malformed (payload, field, "is not decimal digits filled up with F");
    if (digit != NO_DIGIT)
      member[n++] = '0' + digit;
  }
  member[n] = '\0';
  return TRUE;
}

static gboolean
put_digits (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const char *digits = (const char *) member;
  gsize n = strspn (digits, "0123456789");

  memset (payload->at, 0xFF, field->bytes);
  for (gsize i = 0; i < MIN (n, 2u * field->bytes); i++)
    payload->at[i / 2] ^= (NO_DIGIT ^ (digits[i] - '0')) << (i % 2 == 0 ? 4 : 0);
  payload->at += field->bytes;
  return check (payload, field, digits[n] == '\0', n);
}

static gboolean
get_octets (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const guint8 *from = take (payload, field, field->bytes);

  if (from != NULL)
    memcpy (member, from, field->bytes);
  return from != NULL;
}

static gboolean
put_octets (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  memcpy (payload->at, member, field->bytes);
  payload->at += field->bytes;
  return TRUE;
}

/* Data may be anything, text may not. */
static gboolean
rest_fits (const CommsBbtField *field, const CommsBbtBytes *rest)
{
  for (gsize i = 0; field->show == COMMS_BBT_SHOW_TEXT && i < rest->length; i++)
    if (!g_ascii_isprint (rest->bytes[i]))
      return FALSE;
  return number_fits (field, rest->length);
}

static gboolean
get_rest (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  CommsBbtBytes *rest = (CommsBbtBytes *) member;

  rest->length = payload->end - payload->from;
  rest->bytes = take (payload, field, rest->length);
  return check (payload, field, rest_fits (field, rest), rest->length);
}

static gboolean
put_rest (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const CommsBbtBytes *rest = (const CommsBbtBytes *) member;

  if (!rest_fits (field, rest))
    return check (payload, field, FALSE, rest->length);
  if (rest->length > 0)
    memcpy (payload->at, rest->bytes, rest->length);
  payload->at += rest->length;
  return TRUE;
}

static gboolean
get_values (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  CommsBbtReport *report = (CommsBbtReport *) member;
  const guint8 *from = take (payload, field, comms_bbt_values_size (report->mask));

  return from != NULL && comms_bbt_values_get (report->mask, from, payload->end - from, report->values);
}

static gboolean
put_values (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const CommsBbtReport *report = (const CommsBbtReport *) member;

  payload->at += comms_bbt_values_put (report->mask, report->values, payload->at);
  for (guint32 mask = report->mask; mask != 0; mask &= mask - 1) {
    guint i = __builtin_ctz (mask);

    if (!comms_bbt_value_fits (i + 1, report->values[i]))
      return check (payload, field, FALSE, report->values[i]);
  }
  return TRUE;
}

static gboolean
each (Payload *payload, const CommsBbtField *fields, guint n, guint8 *body, const Step *steps)
{
  for (guint i = 0; i < n; i++) {
    payload->field = payload->from;
    if (!steps[fields[i].wire] (payload, &fields[i], body + fields[i].offset))
      return FALSE;
  }
  return TRUE;
}

/* The list's field stands at @member, its count elsewhere in the same struct. */
static guint8 *
list_count (const CommsBbtField *field, guint8 *member)
{
  return member - field->offset + field->list->count;
}

static const Step readers[COMMS_BBT_N_WIRES], writers[COMMS_BBT_N_WIRES];

static gboolean
get_list (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const CommsBbtList *list = field->list;
  gsize left = payload->end - payload->from, count = left / list->bytes;

  if (field->wire == COMMS_BBT_LISTED && left % list->bytes != 0)
    return malformed (payload, field, "ends in the middle of an element");
  if (field->wire == COMMS_BBT_COUNTED) {
    const guint8 *n = take (payload, field, 1);

    if (n == NULL)
      return FALSE;
    count = *n;
  }
  if (!number_fits (field, count))
    return malformed (payload, field, "has more or fewer elements than it may");
  *list_count (field, member) = count;
  for (gsize i = 0; i < count; i++)
    if (!each (payload, list->fields, list->n_fields, member + i * list->stride, readers))
      return FALSE;
  return TRUE;
}

static gboolean
put_list (Payload *payload, const CommsBbtField *field, guint8 *member)
{
  const CommsBbtList *list = field->list;
  guint count = *list_count (field, member);

  if (!number_fits (field, count))
    return check (payload, field, FALSE, count);
  if (field->wire == COMMS_BBT_COUNTED)
    *payload->at++ = count;
  for (guint i = 0; i < count; i++)
    each (payload, list->fields, list->n_fields, member + i * list->stride, writers);
  return TRUE;
}

static const Step readers[COMMS_BBT_N_WIRES] = {
  [COMMS_BBT_UNSIGNED] = get_unsigned, [COMMS_BBT_SIGNED] = get_unsigned,
  [COMMS_BBT_SECONDS] = get_time,      [COMMS_BBT_MOMENT] = get_time,
  [COMMS_BBT_TEXT] = get_text,         [COMMS_BBT_DIGITS] = get_digits,
  [COMMS_BBT_STRING] = get_string,     [COMMS_BBT_OCTETS] = get_octets,
  [COMMS_BBT_REST] = get_rest,         [COMMS_BBT_VALUES] = get_values,
  [COMMS_BBT_COUNTED] = get_list,      [COMMS_BBT_LISTED] = get_list,
};

static const Step writers[COMMS_BBT_N_WIRES] = {
  [COMMS_BBT_UNSIGNED] = put_unsigned, [COMMS_BBT_SIGNED] = put_unsigned,
  [COMMS_BBT_SECONDS] = put_time,      [COMMS_BBT_MOMENT] = put_time,
  [COMMS_BBT_TEXT] = put_text,         [COMMS_BBT_DIGITS] = put_digits,
  [COMMS_BBT_STRING] = put_string,     [COMMS_BBT_OCTETS] = put_octets,
  [COMMS_BBT_REST] = put_rest,         [COMMS_BBT_VALUES] = put_values,
  [COMMS_BBT_COUNTED] = put_list,      [COMMS_BBT_LISTED] = put_list,
};

gboolean
comms_bbt_decode (const CommsBbtFrame *frame, CommsBbtMessage *message, GError **error)
{
  const CommsBbtLayout *layout = comms_bbt_layout (frame->type, error);
  Payload payload = { .type = frame->type, .start = frame->payload, .from = frame->payload,
                      .end = frame->payload + frame->length, .error = error };

  if (layout == NULL)
    return FALSE;
  message->type = frame->type;
  message->sequence = frame->sequence;
  memset (COMMS_BBT_BODY (message), 0, layout->cleared);
  return each (&payload, layout->fields, layout->n_fields, COMMS_BBT_BODY (message), readers)
         && end_in_range (&payload)
         && (layout->check == NULL || layout->check (message, error));
}

gsize
comms_bbt_encode (const CommsBbtMessage *message, guint8 *bytes, GError **error)
{
  const CommsBbtLayout *layout = comms_bbt_layout (message->type, error);
  Payload payload = { .type = message->type, .at = bytes, .error = error };

  if (layout == NULL || (layout->check != NULL && !layout->check (message, error)))
    return 0;
  each (&payload, layout->fields, layout->n_fields, COMMS_BBT_BODY (message), writers);
  return end_in_range (&payload) ? payload.at - bytes : 0;
}

guint32
comms_bbt_revision (const guint8 *payload, gsize length)
{
  static const guint8 zeros[4] = { 0 };
  guint8 digest[SHA256_DIGEST_SIZE];
  struct sha256_ctx sha;

  g_return_val_if_fail (length >= sizeof zeros, 0);
  sha256_init (&sha);
  sha256_update (&sha, sizeof zeros, zeros);
  sha256_update (&sha, length - sizeof zeros, payload + sizeof zeros);
  sha256_digest (&sha, sizeof digest, digest);
  return get_number (digest, 4);
}

guint32
comms_bbt_message_revision (const CommsBbtMessage *message)
{
  guint8 payload[COMMS_BBT_PAYLOAD_MAX];
  gsize length;

  g_return_val_if_fail (message->type == COMMS_BBT_SETTINGS || message->type == COMMS_BBT_SCHEDULE, 0);
  length = comms_bbt_encode (message, payload, NULL);
  return length > 0 ? comms_bbt_revision (payload, length) : 0;
}
