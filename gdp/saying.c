/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "saying.h"

#include "words.h"

#include <string.h>

/* As their authors have them: tests/translations.py compares. What is more special stands before what is more general. */
static const char *const sayings[] = {
  /* data/: who may not */
  N_("%s is not among the operators; roles are the database's own: GRANT gdp_dispatcher TO \"NAME\""),
  N_("%s is not among the operators; an administrator has to name a role: gdpctl operator NAME ROLE"),
  N_("%s has the role %s and may not %s; it takes the role %s"),
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
  N_("Alarm “%s” has not occurred %u times"),
  N_("The command does not say which steps were done"),
  N_("The remark is too long"),
  N_("Say what was done"),
  N_("Alarm “%s” has been acknowledged by %s"),
  N_("Alarm “%s” has nothing to acknowledge: it is %s"),
  N_("Alarm “%s” has changed since it was seen: occurrence %u was seen, it is at %u now; look again"),
  /* gdp/: limits */
  N_("%s: priority %u must be 1 to %d, or 0 for no alarm"),
  N_("%s: %s %g s must be less than the %g s after which the value is stale"),
  N_("%s: %s %g s must be 0 or more and less than %g s"),
  N_("deviation: the set-point %g must be a number within the range %g to %g"),
  N_("%s %g must be a number within the range %g to %g"),
  N_("%s %g must be above %s %g"),
  N_("%s %g: deadband %g must be 0 or more and less than the gap of %g to the opposite side"),
  N_("%s: %g must be more than 0"),
  N_("%s %g: deadband %g must be 0 or more and less than that"),
  N_("rate: the window of %g s must be 1 to %g s"),
  N_("frozen: %g s must be %g or more"),
  N_("stale: %g s must be 0 (from the period) or more"),
  N_("remind_after: %g s must be 0 (never) or %g or more"),
  N_("state: the alarm state %u must be 0 or 1"),
  N_("a point with two states has no HH, H, L, LL, deviation or rate; it has “state”, the one that is an alarm"),
  N_("a point that is measured has no alarm by its state; it has HH, H, L, LL, deviation and rate"),
  N_("“%s” is no limit; there are HH, H, L, LL, each with .deadband, .on-delay, .off-delay, .priority, and deviation (.from), "
     "rate (.within), state, frozen.after, frozen.priority, fault.priority, stale.priority, stale.after, remind-after, latches"),
  N_("%s is off: give it a value first, %s=…"),
  N_("%s takes %s, not “%s”"),
  N_("a number (2.75), or off"), N_("seconds (5), 5s, 2min or 1h"), N_("1 to 4, or off"), N_("0, 1 or off"), N_("yes or no"),
  N_("the limits have changed since they were seen: %s is %s now; look again"),
  N_("a change of limits takes a reason"),
  N_("from a passport"),
  /* gdp/: other decisions */
  N_("Alarm “%s” cannot be reset before it is acknowledged"),
  N_("Alarm “%s” cannot be reset: it is %s"),
  N_("Alarm “%s” has been reset by %s"),
  N_("Say why “%s” is not to call"),
  N_("Alarm “%s” is not suppressed any more: %s was first"),
  N_("Alarm “%s” is not suppressed"),
  N_("Not possible: alarm “%s” is %s, by %s"),
  N_("Alarm “%s” has been shelved by %s since it was seen; look again"),
  N_("Alarm “%s” is not shelved any more; look again"),
  N_("Alarm “%s”: the end of a shelving must lie ahead"),
  N_("Alarm “%s” of priority %u may be shelved by role %s for %g h at the most; for longer it has to be taken out of service"),
  N_("A visit has an end: shelve “%s”"),
  N_("the command does not say until when"),
  N_("the command does not say to which value"),
  N_("“%s” is a forced value, no alarm"),
  N_("“%s” is an alarm, no value that could be forced"),
  N_("“%s” is an output: it is switched, not forced"),
  N_("“%s” can be forced to 0 or 1"),
  N_("“%s” can be forced to a value of %g to %g"),
  N_("“%s” may be forced by role %s until a time that lies ahead, for %g h at the most"),
  N_("“%s” is not forced"),
  N_("normal"), N_("unacked"), N_("acked"), N_("rtn-unacked"), N_("latched-unacked"), N_("latched"),
  N_("shelved"), N_("by-design"), N_("out-of-service"),
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
  N_("%s, called because of: %s; not authenticated: its link asks for no key"),
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
  /* app/server/: of itself */
  N_("configuration revision %u"),
  N_("links claimed again after a silence"),
  N_("links taken over"),
  N_("configuration read at last"),
  N_("configuration file read again"),
  N_("works again"),
  N_("goes on in the spool %s"),
  N_("%s: only %.0f MiB are left; make room there"), N_("disk"),
  N_("store"),
  N_("heartbeat"),
  N_("statistics"),
  N_("callers turned away"),
  N_("sealing history"),
  N_("reading what is wanted"),
  N_("watching for floods of alarms"),
  N_("sessions"),
  N_("open descriptors"),
  N_("keys"),
  N_("clock"),
  N_("this machine's clock is %.0f s %s the database's, which counts; set the one that is wrong"), N_("behind"), N_("ahead of"),
  N_("spool"), N_("spool's copy of the state"),
  N_("what came since %s waits in %s: %s"),
  N_("what came since %s is brought to the store"),
  N_("%u commits could not be stored and are kept in %s"),
  N_("configuration"),
  N_("reading the configuration from the store"),
  N_("configuration file"),
  N_("no serial device; give device= in a [line] section of the configuration"),
  N_("no host; give tcp=HOST:PORT in a [line] section of the configuration"),
  N_("sessions are off; give listen= in [sessions] of the configuration"),
  N_("a kind of link that this program does not know"),
  N_("%u units may dial in, which takes %lu open descriptors, and this process may have %lu; raise LimitNOFILE= "
     "of gdp-server.service (or ulimit -n), or let a second server share the port (share= in [sessions])"),
  N_("[line %s]: no passport names a link \"%s\""),
  N_("[line %s]: \"%s\" is a link that dials in; it has no line here"),
  N_("the new firmware did not run: the unit has started again with %s"),
  /* data/: of servers, links, images, imports */
  N_("links"),
  N_("%u are not served here, such as %s: %s"),
  N_("held by server \"%s\" (process %u on %s)"),
  N_("server \"%s\" already runs (process %u on %s); stop it, or give this one another name"),
  N_("server \"%s\" was taken over by process %u on %s"),
  N_("no server took it in time"),
  N_("command %u is not open any more: it expired, or another server has it"),
  N_("%u bytes for %s, hardware %u; SHA-256 %s"),
  N_("%s have the same address on the same link"),
  N_("%s have the same registration string"),
  N_("%s use the same device"),
  N_("%s have the same serial"),
  N_("restored from %s by the user %s of the computer %s, as %s in the database"),
  N_("restored from %s by the user %s of the computer %s"),
  N_("restored from %s"),
  N_("the figures of %s and a month on could not be read, and are made anew; the first hour in them is that of %s"),
  N_("the figures of %s and a year on could not be read, and are made anew; the first hour in them is that of %s"),
  N_("the sealed hour %s UTC of point %u cannot be read: %s"),
  /* comms/: answers and lines */
  N_("answer damaged on the line (wrong CRC)"),
  N_("answer does not fit the request"),
  N_("the gateway gets no answer from the slave"),
  N_("the line is never silent: something sends without being asked"),
  N_("the slave refuses (Modbus exception %u)"),
  N_("connection lost: %s"),
  N_("closed by the other side"),
  N_("another slave answered (%u)"),
  N_("no host is configured for this link"),
  N_("no thread for the line: %s"),
  N_("there is no such slave on this line"),
  /* comms/: orders */
  N_("%s: done"),
  N_("%s: done, %s"),
  N_("%s: failed, %s"),
  N_("report now"),
  N_("%s rows again from %s to %s UTC"),
  N_("interface %u: %u baud, %c, %u stop"),
  N_("firmware %s, %u bytes"),
  N_("write %u to %s %u of slave %u"),
  N_("give the firmware up"),
  N_("%s output %u %s"), N_("switch"), N_("select"), N_("operate"), N_("cancel"),
  N_("no such order"),
  N_("no such step"),
  N_("the stream must be 1 (archive), 3 (hourly) or 4 (daily)"),
  N_("the time must run from the earlier to the later"),
  N_("the port must be 0 (RS-485), 1 (RS-232) or 2 (CAN)"),
  N_("the baud rate must be 300 to 1000000"),
  N_("the parity must be N, E or O"),
  N_("stop bits must be 1 or 2"),
  N_("the output must be 1 to 8"),
  N_("an output command must have a time after which it is not done"),
  N_("the slave's address must be 1 to 247"),
  N_("only coils and holding registers can be written"),
  N_("a coil is 0 or 1"),
  N_("a write must have a time after which it is not done"),
  N_("a firmware image must have 1 byte to 16 MiB"),
  /* comms/: why a call ends */
  N_("a version of the protocol that is not spoken here"),
  N_("passed on to the server of its part"),
  N_("another server answers for it"),
  N_("IMEI %u calls while %u is in session"),
  N_("its old board is forgotten"),
  N_("%u calls with serial %s have not proved themselves yet"),
  N_("no random numbers"),
  N_("no link has it"),
  N_("just now"),
  N_("it offers way %u"),
  N_("the file of keys has none"),
  N_("records are numbered from 1 to 4294967295"),
  N_("a record of start %u from a unit that has started %u times"),
  N_("more than %u frames wait for their ACK"),
  N_("more than %u bytes in a minute"),
  N_("unknown type"),
  N_("frame %u of type %02x %s"),
  N_("carries no MAC"),
  N_("carries a MAC where none belongs"),
  N_("has a wrong MAC"),
  N_("frame of type %02x has sequence %u, the last one was %u"),
  N_("this session has no sequence left"),
  N_("frame begins with %02x, not with the start mark %02x"),
  N_("frame has version %u, spoken is %u"),
  N_("frame announces %zu bytes of payload, the most is %u"),
  N_("frame of type %02x is damaged: its CRC is %02x %02x, its bytes give %04x (low byte first)"),
  N_("frame type %02x is not known"),
  N_("%s: %s at byte %u of the payload %s"),
  N_("%s: %s %d is not %d to %d"),
  N_("%s: %s is not what it may be"),
  N_("is cut off by its end"),
  N_("goes on after the zero that ends it"),
  N_("is longer than it may be"),
  N_("has a zero in it"),
  N_("is not decimal digits filled up with F"),
  N_("ends in the middle of an element"),
  N_("has more or fewer elements than it may"),
  N_("the serial must be 1 to 16 of 0-9 A-Z a-z . _ -"),
  N_("%s has a key already, in line %u; remove one of them"),
  N_("after the serial there must be a key of 64 hexadecimal digits"),
  N_("not a plain file"),
  N_("everybody on this machine may read or write it; take that right away: chmod o= FILE"),
  N_("longer than any list of keys"),
  /* app/server/unit-order.c */
  N_("archive, hourly or daily, and two times in Unix seconds"),
  N_("rs-485, rs-232 or can, a baud rate, a parity and 1 or 2"),
  N_("nothing"),
  /* data/sql-firmware.c */
  N_("link %u is not there any more"),
  /* comms/bbt-codes.c: RESULT */
  N_("not known to this firmware"), N_("value out of range"), N_("busy"), N_("not selected"), N_("read-back differs"),
  N_("interface does not answer"), N_("digest wrong"), N_("no memory"), N_("revision does not fit its content"),
  /* comms/pdu.c: exceptions */
  N_("illegal function"), N_("illegal data address"), N_("illegal data value"), N_("device failure"),
  N_("acknowledged, still working"), N_("device busy"), N_("memory parity error"), N_("gateway path unavailable"),
  N_("gateway target does not respond"), N_("not in the standard"),
  /* what begins like this is of this */
  N_("%s port %u: %s"), N_("link %s"),
};

const char *
gdp_saying_format (guint i)
{
  return i < G_N_ELEMENTS (sayings) ? sayings[i] : NULL;
}

const char *
gdp_saying_behind (const char *at)
{
  at += 1 + strspn (at + 1, "+0123456789.$lz");
  return *at != '\0' ? at + 1 : at;
}

/* A number does not stand for words: "the output must be 1" is not of output "must". */
static gboolean
fits (char conversion, const char *part, gsize length)
{
  return strchr ("duxf", conversion) == NULL || strspn (part, "+-.0123456789abcdef") >= length;
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
    format = gdp_saying_behind (format);
    char conversion = format[-1];
    n = strcspn (format, "%");
    g_autofree char *words = g_strndup (format, n);
    const char *end = format[n] != '\0' ? strstr (text, words)
                      : g_str_has_suffix (text, words) ? text + strlen (text) - n : NULL;
    if (end == NULL || end == text || !fits (conversion, text, (gsize) (end - text)))
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
    format = gdp_saying_behind (format);
  }
}

/* What is not known as a whole may be of such as are: whom it is about, what it is, what to do, in whose words. */
static char *
said_in_parts (const char *text, GdpTranslate translate)
{
  static const char *const joints[] = { "%s: %s", "%s (%s)", "%s; %s" };

  for (guint i = 0; i < G_N_ELEMENTS (joints); i++) {
    g_autoptr (GPtrArray) parts = parts_of (text, joints[i]);
    if (parts != NULL)
      return filled (joints[i], parts, translate);
  }
  return g_strdup (text);
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
  const char *known = translate (text);
  return strcmp (known, text) != 0 ? g_strdup (known) : said_in_parts (text, translate);
}
