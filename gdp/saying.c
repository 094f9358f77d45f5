/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "saying.h"

#include "words.h"

#include <string.h>

/* As their authors have them: tests/translations.py compares. What is more special stands before what is more general. */
static const char *const sayings[] = {
  /* data/: who may not */
  N_("%s is not among the operators; an administrator has to name a role: gdpctl operator NAME ROLE"),
  N_("%s is a %s and may not %s; it takes a %s"),
  N_("there would be no administrator, and nobody could name roles any more; name an administrator first"),
  N_("there would be no administrator with a password, and nobody could name roles any more; give an administrator a "
     "password first"),
  N_("it does not say who wants it"),
  N_("%s is not signed in; it takes the password"),
  N_("%s has no password yet; an administrator gives one: gdpctl operator password NAME"),
  N_("too many wrong passwords; try again in %d s"),
  N_("wrong password"),
  N_("the database knows this connection as %s, not as %s"),
  N_("the database does not let %s in with this password"),
  N_("roles and passwords are the database's own; its administrator gives them in psql: GRANT gdp_dispatcher TO \"NAME\""),
  N_("a person without a name"),
  N_("viewer"), N_("dispatcher"), N_("senior-dispatcher"), N_("engineer"), N_("administrator"),
  N_("%s; nothing was imported"),
  N_("server restarted"),
  N_("its server is lost; whether it was done is not known"),
  N_("readings of %s are kept unpacked: %s"),
  N_("the block of that hour cannot be read"),
  N_("%u readings in one block: %u at most"),
  /* app/server/: outputs */
  N_("%s is not a point"),
  N_("%s is not an output: it has no contact that its register profile calls writable"),
  N_("%s has selected it, for %d s more"),
  N_("%s has selected it, not %s"),
  N_("it is not selected; select it first"),
  N_("its selection ran out after %d s; select it again"),
  N_("the confirmation is not that of this selection; select it again"),
  N_("it was selected to be switched the other way"),
  N_("“%s” is not a step of switching an output"),
  N_("the command does not say what it is for"),
  N_("the unit did not say why"),
  N_("server restarted; state read back says %s"),
  N_("server restarted; the output could not be read back"),
  N_("no result came from the field; whether it was done is not known"),
  N_("server %s does not know the command \"%s\""),
  N_("this server does not read the line"),
  N_("this server does not serve the link"),
  N_("sessions are off"),
  N_("the configuration is just being changed; try again"),
  N_("no server took the command in time"),
  /* gdp/: acknowledging */
  N_("There is no alarm “%s”"),
  N_("Alarm “%s” has been acknowledged by %s"),
  N_("Alarm “%s” has nothing to acknowledge: it is %s"),
  N_("Alarm “%s” has changed since it was seen: occurrence %u was seen, it is at %u now; look again"),
  /* comms/: how an order ends */
  N_("the unit was not in session in time"),
  N_("too late"),
  N_("no answer in time; whether it was done is not known"),
  N_("the unit says: %s (%u)"),
  N_("it was switched, but its state could not be read back"),
  N_("it was switched, but reads back otherwise"),
  N_("no answer (%s); whether it was done is not known"),
  N_("too many orders wait for this unit"),
  N_("the server has stopped serving this unit"),
  N_("there is no such slave on this link"),
  N_("there is no BBT on this link"),
  N_("there is no such unit on this link"),
  N_("the link has changed"),
  N_("not confirmed (%s), but it reads back %s"),
  N_("it was written, but reads back %s"),
  N_("it was written, but could not be read back: %s"),
  N_("%s; nor could it be read back (%s): whether it was switched is not known"),
  N_("%s; whether it was switched is not known"),
  N_("slave %u answers with exception %u (%s)"),
  N_("no answer in %.1f s"),
  N_("answer cut short: %u bytes in %.1f s"),
  N_("the BBT does not open its interface: %s"),
  N_("waits for %u units to call"),
  N_("given up"), N_("on"), N_("off"), N_("an unknown code"),
  N_("the unit is of another model"), N_("not for this hardware"),
  N_("the unit wants more than there is of the image"), N_("the unit takes no more of the image"),
  N_("report now: %s"), N_("%s rows again from %s to %s UTC: %s"), N_("forget the old board"),
  N_("the unit is not in session"),
  N_("the report did not come (%s)"),
  N_("%u of %u rows did not come (%s)"),
  N_("it was asked for once more before it came"),
  N_("%u channels reported"),
  N_("%u rows came; what was missing of them is stored"),
  N_("the unit keeps no rows of that time"),
  N_("%s is no BBT: it is a link of kind %s"),
  N_("%s is not a link of this server"),
  N_("“%s” is not what “%s” takes: %s"),
  /* comms/: sessions */
  N_("%s; if its board was replaced: gdpctl forget %s"),
  N_("it has started %u times, but records of start %u are here already"),
  N_("another board (%s; it was %s) counts its starts like the old one, %u, and its records would be taken for those "
     "that are here already"),
  N_("another board or modem than before: %s; it was %s"),
  N_("%s, called because of: %s; not authenticated"),
  N_("%s, called because of: %s"),
  N_("%s: %s: \"%s\"; %u more since the last told"),
  N_("%s: %s: \"%s\""),
  N_("power on"), N_("schedule"), N_("confirmation period"), N_("threshold"), N_("alarm input"), N_("tamper"),
  N_("mains or battery"), N_("button"), N_("again after a lost connection"), N_("SMS"), N_("more to deliver"),
  N_("an unknown cause"),
  N_("%u records of its stream \"%s\" are lost: their numbers were jumped over"),
  N_("live"), N_("archive"), N_("events"), N_("hourly"), N_("daily"),
  N_("called again %u times in ten minutes while in session: a very bad link, or two units with the serial %s"),
  N_("the unit refuses its %s: %u, %s"), N_("settings"), N_("schedule"), N_("unknown code"),
  /* app/server/: of itself */
  N_("%s: works again"),
  N_("process %s ended without a word; last sign of life %s"),
  N_("the clock was set, or this machine slept: %+.1f s"),
  /* comms/bbt-codes.c: RESULT */
  N_("not known to this firmware"), N_("value out of range"), N_("busy"), N_("not selected"), N_("read-back differs"),
  N_("interface does not answer"), N_("digest wrong"), N_("no memory"), N_("revision does not fit its content"),
  /* comms/pdu.c: exceptions */
  N_("illegal function"), N_("illegal data address"), N_("illegal data value"), N_("device failure"),
  N_("acknowledged, still working"), N_("device busy"), N_("memory parity error"), N_("gateway path unavailable"),
  N_("gateway target does not respond"), N_("not in the standard"),
};

/* Behind the conversion that begins at @at: "%s", "%08x", "%2$s". */
static const char *
behind (const char *at)
{
  at += 1 + strspn (at + 1, "+0123456789.$lz");
  return *at != '\0' ? at + 1 : at;
}

/* What stands in @text where @format has conversions; NULL = it is another sentence. */
static GPtrArray *
parts_of (const char *text, const char *format)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  gsize n = strcspn (format, "%");

  if (strncmp (text, format, n) != 0)
    return NULL;
  for (text += n, format += n; *format != '\0'; format += n) {
    format = behind (format);
    n = strcspn (format, "%");
    g_autofree char *words = g_strndup (format, n);
    const char *end = format[n] != '\0' ? strstr (text, words)
                      : g_str_has_suffix (text, words) ? text + strlen (text) - n : NULL;
    if (end == NULL || end == text)
      return NULL;
    g_ptr_array_add (parts, g_strndup (text, (gsize) (end - text)));
    text = end + n;
  }
  return *text == '\0' ? g_steal_pointer (&parts) : NULL;
}

/* @format with its @parts, which are sayings themselves, perhaps; "%2$s" is the second one. */
static char *
filled (const char *format, const GPtrArray *parts, GdpTranslate translate)
{
  GString *text = g_string_new (NULL);
  guint next = 0;

  for (gsize n = strcspn (format, "%");; n = strcspn (format, "%")) {
    g_string_append_len (text, format, (gssize) n);
    format += n;
    if (*format == '\0')
      return g_string_free (text, FALSE);
    char *dollar;
    guint64 number = g_ascii_strtoull (format + 1, &dollar, 10);
    guint which = *dollar == '$' ? (guint) number - 1 : next++;
    g_autofree char *part = which < parts->len ? gdp_saying_text (parts->pdata[which], translate) : NULL;
    g_string_append (text, part != NULL ? part : "");
    format = behind (format);
  }
}

char *
gdp_saying_text (const char *text, GdpTranslate translate)
{
  if (text == NULL || *text == '\0')   /* gettext ("") tells of the catalogue */
    return g_strdup ("");
  for (guint i = 0; i < G_N_ELEMENTS (sayings); i++) {
    g_autoptr (GPtrArray) parts = parts_of (text, sayings[i]);
    if (parts != NULL)
      return filled (translate (sayings[i]), parts, translate);
  }
  return g_strdup (translate (text));
}
