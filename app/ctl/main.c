/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gdpctl: everything that an operator can read or command, as text or JSON lines. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static const CtlCommand commands[] = {
  { "import",   N_("FILE…"),   1, "c",   N_("Take passports into the store: all or nothing"), ctl_import },
  { "export",   N_("[SITE…]"), 0, "",    N_("Print passports"), ctl_export },
  { "passport", N_("VARIANT"), 1, "tlao", N_("Print a passport to start from, for a cabinet of the catalogue"),
    ctl_passport },
  { "variants", NULL,          0, "",    N_("List the cabinets of the catalogue"), ctl_variants },
  { "sites",    NULL,          0, "",    N_("List the sites"), ctl_sites },
  { "points",   N_("[SITE]"),  0, "",    N_("List points and their limits"), ctl_points },
  { "live",     N_("[SITE]"),  0, "",    N_("Show what is true now"), ctl_live },
  { "units",    NULL,          0, "",    N_("List the units and how they answer"), ctl_units },
  { "links",    NULL,          0, "",    N_("List the links and how they work"), ctl_links },
  { "settings", N_("[LINK [confirmation=6h ai1=0.2..0.4 …]]"), 0, "",
    N_("What BBT units are told, and how long their sessions last; with words: tell one"), ctl_settings },
  { "schedule", N_("[LINK|CATEGORY [\"daily 06:30\" …]]"), 0, "",
    N_("When BBT units call; with entries, zone=, window=, category=: change it"), ctl_schedule },
  { "doctor",   N_("[LINK|UNIT]"), 0, "", N_("What ails the lines: answers by time, errors by kind, a verdict"), ctl_doctor },
  { "sessions", N_("[LINK]"),  0, "bN",  N_("List the sessions of those that dial in, newest first"), ctl_sessions },
  { "servers",  NULL,          0, "",    N_("List the servers"), ctl_servers },
  { "strangers", NULL,         0, "",    N_("List the callers that were turned away"), ctl_strangers },
  { "alarms",   NULL,          0, "s",   N_("List the alarms"), ctl_alarms },
  { "incidents", N_("[SITE]"), 0, "be",
    N_("List alarms of a site that belong together: what came first, what it brought about; of now, or --since … --until …"),
    ctl_incidents },
  { "ack",      N_("ALARM…"),  1, "k",   N_("Acknowledge alarms as they are shown now"), ctl_decide },
  { "card",     N_("ALARM"),   1, "",    N_("What to do about an alarm, whom to call, and what was done already"), ctl_card },
  { "done",     N_("ALARM"),   1, "nk",  N_("Log what was done about an alarm: steps of its card, or in your own words"), ctl_done },
  { "reset",    N_("ALARM…"),  1, "k",   N_("Reset alarms that have latched"), ctl_decide },
  { "shelve",   N_("ALARM|POINT…"),  1, "FW",  N_("Not be called by alarms for some time"), ctl_decide },
  { "unshelve", N_("ALARM|POINT…"),  1, "k",   N_("Be called again before that"), ctl_decide },
  { "out-of-service", N_("ALARM|POINT…"),  1, "W",   N_("Take alarms out of service, until somebody puts them back"), ctl_decide },
  { "in-service", N_("ALARM|POINT…"),  1, "k",   N_("Put alarms back into service"), ctl_decide },
  { "visit",    N_("SITE"),    1, "FWE", N_("Somebody works at a site: that doors open and tamper contacts are events for some time"),
    ctl_visit },
  { "force",    N_("POINT VALUE"), 2, "FW",
    N_("Set a point's value by hand for some time: it is shown so, and limits are judged by it"), ctl_force },
  { "unforce",  N_("POINT"),   1, "k",   N_("Show what is measured again before that"), ctl_force },
  { "limits",   N_("[POINT|SITE…] | set POINT H=0.33 … | export [SITE…] | import FILE | propose [SITE…]"), 0, "WhcoN",
    N_("Show limits or, with --history, who changed them; set them; regime cards as CSV (or --json); the catalogue's proposals"),
    ctl_limits },
  { "what-if",  N_("POINT H=0.33 …"), 2, "DbeN", N_("Alarms that there would have been, with the limits as they are and with these; "
    "changes nothing"), ctl_what_if },
  { "output",   N_("POINT on|off"), 2, "kyC", N_("Select an output, then switch it with the confirmation that is printed"),
    ctl_output },
  { "firmware", N_("[FILE --version V UNIT…]"), 0, "VMHSAL",
    N_("Firmware of BBT units: what is under way; with a file: give it to units, or to all of a --model"), ctl_firmware },
  { "ask",      N_("LINK"),    1, "k",   N_("Ask a BBT unit that is in session for a report now"), ctl_ask },
  { "archive",  N_("LINK [archive|hourly|daily]"), 1, "bek",
    N_("Ask a BBT unit for the rows of a time once more: what is missing of them is stored"), ctl_archive },
  { "interface", N_("LINK rs-485|rs-232|can BAUD N|E|O 1|2"), 5, "k",
    N_("Set the interface behind which a BBT unit has its slaves (mode T)"), ctl_interface },
  { "forget",   N_("LINK"),    1, "k",   N_("The board of a BBT unit was replaced: whatever calls next is let in"), ctl_forget },
  { "approve",  N_("SERIAL"),  1, "tRK", N_("Make a caller that was turned away a unit of a site"), ctl_approve },
  { "journal",  NULL,          0, "tTBbeNf", N_("Print the journal, newest first"), ctl_journal },
  { "figures",  NULL,          0, "DbeX", N_("How well the alarms serve who has to answer them, out of the journal"), ctl_figures },
  { "history",  N_("POINT"),   1, "berp", N_("Print the samples of a point, or what they amount to in each --step"), ctl_history },
  { "watch",    NULL,          0, "t",   N_("Print everything that changes, as it comes"), ctl_watch },
  { "operators", NULL,         0, "",    N_("List the operators and their roles"), ctl_operators },
  { "operator", N_("NAME ROLE | password NAME"), 2, "P",
    N_("Give an operator a role, “none” to take it away, or a password"), ctl_operator },
  { "verify",   NULL,          0, "G",   N_("Check the store and the journal's hash chain"), ctl_verify },
  { "backup",   N_("FILE"),    1, "",    N_("Copy the store into a new file, while programs go on with it"), ctl_backup },
  { "restore",  N_("FILE"),    1, "",    N_("Put a copy in the place of the store, which is kept; no program may use it"),
    ctl_restore },
  { "migrate",  N_("[FILE]"),  0, "",    N_("Bring a store of an older program up to date, after a copy of it"), ctl_migrate },
};

static CtlCall call = { .hardware = -1 };
static gboolean version;

static const GOptionEntry common[] = {
  { "store", 0, 0, G_OPTION_ARG_STRING, &call.store, N_("Which store: sqlite:PATH or postgresql://USER@HOST[,HOST]/DATABASE"), "URI" },
  { "user", 0, 0, G_OPTION_ARG_STRING, &call.user, N_("Who acts; the login name otherwise"), N_("NAME") },
  { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &call.password_file,
    N_("File with the password, mode 0600 (or GDP_PASSWORD_FILE); the terminal asks otherwise"), N_("FILE") },
  { "json", 0, 0, G_OPTION_ARG_NONE, &call.json, N_("One JSON object a line"), NULL },
  { "verbose", 'v', 0, G_OPTION_ARG_NONE, &call.verbose, N_("Say more"), NULL },
  { NULL },
};
static const GOptionEntry of_the_program[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Print the version"), NULL },
  { NULL },
};

/* Options of some commands, by the letter that stands for each in the table above. */
static const struct { char letter; GOptionEntry entry; } extras[] = {
  { 'c', { "check", 0, 0, G_OPTION_ARG_NONE, &call.check, N_("Only check, change nothing"), NULL } },
  { 't', { "site", 0, 0, G_OPTION_ARG_STRING, &call.site, N_("Of this site"), "ID" } },
  { 'l', { "link", 0, 0, G_OPTION_ARG_STRING, &call.link, N_("Link of the unit"), "ID" } },
  { 'a', { "address", 0, 0, G_OPTION_ARG_INT, &call.address, N_("Modbus address of the unit"), "N" } },
  { 'o', { "outlet", 0, 0, G_OPTION_ARG_STRING, &call.outlet, N_("Outlet pressure: low or medium"), "CATEGORY" } },
  { 'R', { "replaces", 0, 0, G_OPTION_ARG_STRING, &call.replaces,
           N_("Link whose unit it takes the place of; otherwise it is new"), N_("LINK") } },
  { 'K', { "keyless", 0, 0, G_OPTION_ARG_NONE, &call.keyless, N_("It has no key: let it in without proof, marked"),
           NULL } },
  { 's', { "state", 0, 0, G_OPTION_ARG_STRING, &call.state,
           N_("Only: active, unacked, acked, latched, shelved, suppressed, all …"), "STATE" } },
  { 'F', { "for", 0, 0, G_OPTION_ARG_STRING, &call.length, N_("For how long: 30m, 2h"), N_("LENGTH") } },
  { 'W', { "reason", 0, 0, G_OPTION_ARG_STRING, &call.comment, N_("Why, for the list and the journal"), N_("TEXT") } },
  { 'E', { "end", 0, 0, G_OPTION_ARG_NONE, &call.end, N_("The visit is over"), NULL } },
  { 'h', { "history", 0, 0, G_OPTION_ARG_NONE, &call.history, N_("Who changed them, when, from what to what, why"), NULL } },
  { 'k', { "comment", 0, 0, G_OPTION_ARG_STRING, &call.comment, N_("Comment for the journal"), N_("TEXT") } },
  { 'n', { "step", 0, 0, G_OPTION_ARG_STRING_ARRAY, &call.steps, N_("Number of a step that was done; as often as needed"), "N" } },
  { 'y', { "yes", 0, 0, G_OPTION_ARG_NONE, &call.yes, N_("Select and switch at once"), NULL } },
  { 'C', { "confirm", 0, 0, G_OPTION_ARG_STRING, &call.confirm, N_("Switch what was selected with this confirmation"),
           N_("TOKEN") } },
  { 'P', { "new-password-file", 0, 0, G_OPTION_ARG_FILENAME, &call.new_password_file,
           N_("File with the new password, mode 0600; the terminal asks otherwise"), N_("FILE") } },
  { 'T', { "text", 0, 0, G_OPTION_ARG_STRING, &call.text, N_("With this text, as it is stored, in whatever case"), N_("TEXT") } },
  { 'B', { "about", 0, 0, G_OPTION_ARG_STRING, &call.about, N_("About alarms, actions, states, links or system"),
           N_("TOPIC") } },
  { 'b', { "since", 0, 0, G_OPTION_ARG_STRING, &call.since,
           N_("From: 2026-11-22T03:00:00Z, \"2026-11-22 03:00\", 2h"), N_("TIME") } },
  { 'e', { "until", 0, 0, G_OPTION_ARG_STRING, &call.until, N_("Until, likewise"), N_("TIME") } },
  { 'D', { "days", 0, 0, G_OPTION_ARG_INT, &call.days, N_("So many days until --until; otherwise 30"), "N" } },
  { 'X', { "export", 0, 0, G_OPTION_ARG_FILENAME, &call.export, N_("Into this file: .csv or .xlsx"), N_("FILE") } },
  { 'N', { "limit", 0, 0, G_OPTION_ARG_INT, &call.limit, N_("At most so many"), "N" } },
  { 'f', { "follow", 0, 0, G_OPTION_ARG_NONE, &call.follow, N_("Go on with what comes, oldest first"), NULL } },
  { 'V', { "version", 0, 0, G_OPTION_ARG_STRING, &call.wanted, N_("Version of the image: 1.5.0"), "V" } },
  { 'M', { "model", 0, 0, G_OPTION_ARG_STRING, &call.model, N_("For this model; without units: for all of it"), "M" } },
  { 'H', { "hardware", 0, 0, G_OPTION_ARG_INT, &call.hardware, N_("For this revision of the hardware; the units' otherwise"),
           "N" } },
  { 'S', { "show", 0, 0, G_OPTION_ARG_NONE, &call.show, N_("Only show"), NULL } },
  { 'A', { "abort", 0, 0, G_OPTION_ARG_NONE, &call.give_up, N_("Give up what is under way to these units"), NULL } },
  { 'L', { "all", 0, 0, G_OPTION_ARG_NONE, &call.all, N_("… to all units"), NULL } },
  { 'p', { "step", 0, 0, G_OPTION_ARG_STRING, &call.step, N_("Extremes, mean and good share of each: 15m, 1h, 1d"),
           N_("LENGTH") } },
  { 'G', { "repair", 0, 0, G_OPTION_ARG_NONE, &call.repair,
           N_("First make damaged figures of months and years anew from their hours"), NULL } },
  { 'r', { "raw", 0, 0, G_OPTION_ARG_NONE, &call.raw, N_("Samples as they were stored"), NULL } },
};

static const CtlCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];
  return NULL;
}

static char *
list_of_commands (void)
{
  GString *text = g_string_new (_("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *usage = g_strconcat (commands[i].name, " ", commands[i].words ? _(commands[i].words) : "", NULL);
    int pad = 20 - (int) g_utf8_strlen (usage, -1);
    g_string_append_printf (text, "\n  %s%*s%s", usage, MAX (pad, 1), "", _(commands[i].label));
  }
  g_string_append_printf (text, "\n\n%s", _("“gdpctl COMMAND --help” tells a command's options."));
  return g_string_free (text, FALSE);
}

static GOptionContext *
context_of (const CtlCommand *command)
{
  g_autofree char *usage = command ? g_strjoin (" ", command->name, command->words ? _(command->words) : "", NULL)
                                   : g_strdup (_("COMMAND …"));
  g_autofree char *list = command ? NULL : list_of_commands ();
  GOptionContext *context = g_option_context_new (usage);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (command == NULL || strchr (command->options, 'V') == NULL)   /* a firmware has a version of its own */
    g_option_context_add_main_entries (context, of_the_program, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, command ? _(command->label) : list);
  for (guint i = 0; command && i < G_N_ELEMENTS (extras); i++)
    if (strchr (command->options, extras[i].letter)) {
      const GOptionEntry one[] = { extras[i].entry, { NULL } };
      g_option_context_add_main_entries (context, one, GETTEXT_PACKAGE);
    }
  return context;
}

/* Options before the command are common ones; after it, also its own. */
static const CtlCommand *
parse (int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) before = context_of (NULL);
  g_option_context_set_strict_posix (before, TRUE);
  if (!g_option_context_parse (before, argc, argv, error) || version)
    return NULL;
  if (*argc < 2) {
    ctl_fail (error, CTL_ERROR_USAGE, _("no command given; see gdpctl --help"));
    return NULL;
  }
  const CtlCommand *command = find_command ((*argv)[1]);
  if (command == NULL) {
    ctl_fail (error, CTL_ERROR_USAGE, _("“%s” is no command; see gdpctl --help"), (*argv)[1]);
    return NULL;
  }
  g_autoptr (GOptionContext) after = context_of (command);
  if (!g_option_context_parse (after, argc, argv, error))
    return NULL;
  call.name = command->name;
  call.words = *argv + 2;
  guint n = g_strv_length (call.words);
  if (n >= command->least && (command->words || n == 0))
    return command;
  ctl_fail (error, CTL_ERROR_USAGE, _("usage: gdpctl %s %s"), command->name, command->words ? _(command->words) : "");
  return NULL;
}

static void
start_up (void)
{
  const char *folder = g_getenv ("GDP_LOCALEDIR");
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");          /* a number that is printed can be typed back */
  bindtextdomain (GETTEXT_PACKAGE, folder ? folder : GDP_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  signal (SIGPIPE, SIG_DFL);            /* gdpctl … | head ends with head */
  g_set_prgname ("gdpctl");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  start_up ();
  g_auto (GStrv) arguments = g_strdupv (argv);
  char **words = g_memdup2 (arguments, (gsize) (argc + 1) * sizeof *arguments);   /* GOption moves them about */
  g_autofree char **owned = words;
  const CtlCommand *command = parse (&argc, &words, &error);
  if (version) {
    puts ("gdpctl " GDP_VERSION);
    return 0;
  }
  gboolean understood = command != NULL;
  if (understood && command->run (&call, &error))
    return 0;
  g_autofree char *why = ctl_saying (error->message);
  fprintf (stderr, "gdpctl: %s\n", g_strdelimit (why, "\n", ' '));
  return !understood || g_error_matches (error, CTL_ERROR, CTL_ERROR_USAGE) ? 2 : 1;
}
