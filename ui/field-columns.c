/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "field-columns.h"

#include "link-text.h"
#include "tip.h"
#include "when.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define SOON (365 * 24 * 3600 * GDP_SECOND)
#define BAD_CLOCK (5 * GDP_SECOND)

/* ---- texts ------------------------------------------------------------------------------- */

static const GdpDevice no_device = { .battery = NAN, .mains = NAN, .signal = NAN, .temperature = NAN };

static const GdpDevice *
device_of (gpointer item)
{
  const GdpDevice *device = ui_field_unit_get_device (item);

  return device != NULL ? device : &no_device;
}

static const GdpContactInfo *
contact_of (UiSession *session, UiFieldUnit *unit)
{
  guint speaker = ui_field_unit_get_unit (unit);

  return speaker != G_MAXUINT ? ui_session_get_unit_contact (session, speaker) : NULL;
}

char *
ui_field_state_text (UiSession *session, UiFieldUnit *unit)
{
  const GdpDevice *device = ui_field_unit_get_device (unit);
  UiFieldState state = ui_session_field_state (session, unit);
  const char *label = _(ui_field_state_label (state));
  gint64 now = ui_session_now (session), next = ui_field_next_call (device, contact_of (session, unit));
  g_autofree char *when = ui_when_minute_text (next, now, NULL), *late = ui_age_text (now - next);

  if (state == UI_FIELD_SLEEPING)
    return g_strdup_printf ("%s %s", label, when);
  if (state == UI_FIELD_OVERDUE)
    return g_strdup_printf (_("%s by %s"), label, late);
  if (state == UI_FIELD_IN_SESSION && device != NULL) {
    g_autofree char *age = ui_age_text (now - device->connected);
    return g_strdup_printf ("%s, %s", label, age);
  }
  return g_strdup (label);
}

char *
ui_field_supply_text (const GdpDevice *device)
{
  g_autofree char *mains = ui_quantity_text (device->mains, 0, "V"), *battery = ui_quantity_text (device->battery, 1, "V");
  GString *text = g_string_new (NULL);

  if (device->supply & GDP_SUPPLY_MAINS)
    g_string_append_printf (text, "%s%s%s", _("mains"), *mains != '\0' ? " " : "", mains);
  if (device->supply & GDP_SUPPLY_SOLAR)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", _("solar"));
  if (!isnan (device->battery))
    g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "",
                            device->supply & GDP_SUPPLY_CHARGING ? _("charging") : _("battery"), battery);
  return g_string_free (text, FALSE);
}

char *
ui_field_clock_text (const GdpDevice *device)
{
  double seconds = (double) device->clock_offset / GDP_SECOND;

  if (device->boot == 0 && device->seen == 0)
    return g_strdup ("");
  if (device->clock == GDP_CLOCK_NEVER_SET)
    return g_strdup (_("never set"));
  if (fabs (seconds) >= 600) {
    g_autofree char *age = ui_age_text (ABS (device->clock_offset));
    return g_strdup_printf ("%s%s", seconds < 0 ? "−" : "+", age);
  }
  return g_strdup_printf (_("%s%.1f s"), seconds < 0 ? "−" : "+", fabs (seconds));
}

char *
ui_field_waiting_text (const GdpDevice *device)
{
  if (device->flags & GDP_DEVICE_LOST_RECORDS)
    return g_strdup_printf (_("overflow, %u"), device->waiting);
  return device->waiting > 0 ? g_strdup_printf ("%u", device->waiting) : g_strdup ("");
}

/* A wish that has ended well or is given up is no news; of one that failed the panel tells why. */
char *
ui_field_firmware_text (UiFieldUnit *unit)
{
  const GdpDevice *device = ui_field_unit_get_device (unit);
  const GdpWish *wish = ui_field_unit_get_wish (unit);
  const char *now = device != NULL && device->firmware != NULL ? device->firmware : "";

  if (wish != NULL && (wish->state == GDP_WISH_WANTED || wish->state == GDP_WISH_INSTALLING))
    return g_strdup_printf ("%s → %s, %.0f %%", now, wish->version, gdp_wish_percent (wish, device));
  if (wish != NULL && wish->state == GDP_WISH_FAILED)
    return g_strdup_printf ("%s: %s", wish->version, _(gdp_wish_label (wish->state)));
  return g_strdup (now);
}

char *
ui_field_wish_text (const GdpWish *wish, const GdpDevice *device)
{
  GdpWishState state = gdp_wish_shown (wish, device);
  double percent = gdp_wish_percent (wish, device);
  const char *known = gdp_wish_reason (wish->reason);
  GString *text = g_string_new (NULL);

  if (wish->before != NULL)
    g_string_append_printf (text, "%s → ", wish->before);
  g_string_append_printf (text, "%s: %s", wish->version, _(gdp_wish_label (state)));
  if (state == GDP_WISH_SENDING || (state == GDP_WISH_WANTED && percent > 0))
    g_string_append_printf (text, ", %.0f %%", percent);
  if (wish->reason != NULL)
    g_string_append_printf (text, " (%s%s)", known != NULL ? _(known) : "",
                            wish->reason + (known != NULL ? strlen (known) : 0));
  return g_string_free (text, FALSE);
}

char *
ui_field_guarantee_text (UiSession *session, UiFieldUnit *unit, gboolean *soon)
{
  gint64 now = ui_session_now (session);
  GdpSessionBudget budget;
  gboolean limited = ui_field_unit_budget (unit, now, &budget);
  g_autoptr (GDateTime) until = limited ? g_date_time_new_from_unix_local (budget.until / GDP_SECOND) : NULL;
  g_autofree char *month = until != NULL ? g_date_time_format (until, "%m.%Y") : NULL;

  if (soon != NULL)
    *soon = limited && budget.until < now + SOON;
  if (!limited)
    return g_strdup ("");
  if (budget.left == 0)
    return g_strdup (_("used up"));
  return g_strdup_printf (_("until %s"), month != NULL ? month : "…");
}

/* ---- cells of units ---------------------------------------------------------------------- */

/* An outline as wide as its text, as NE 107 has it: the device wants looking at; never an alarm's colour. */
static GtkWidget *
make_badge (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  return label;
}

static void
set_badge (GtkWidget *cell, const char *text, gboolean stands_out)
{
  ui_cell_set_long (cell, text, stands_out && *text != '\0' ? "badge" : "plain");
}

static void
show_site (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpSite *site = ui_field_unit_peek_site (item);
  g_autofree char *text = site == NULL ? g_strdup (_("no site"))
                          : site->name != NULL ? g_strdup_printf ("%s  %s", site->id, site->name)
                                               : g_strdup (site->id);

  ui_cell_set_long (cell, text, NULL);
}

static const char *
called (UiFieldUnit *unit)
{
  const GdpLink *link = ui_field_unit_peek_link (unit);

  return link->serial != NULL ? link->serial : link->registration != NULL ? link->registration : link->id;
}

static void
show_name (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpLink *link = ui_field_unit_peek_link (item);
  g_autofree char *tip = g_strdup_printf (_("Link %s"), link->id);

  ui_cell_set (cell, called (item), NULL);
  ui_tip_set (cell, tip);
}

static void
show_model (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpDevice *device = device_of (item);
  const GdpLink *link = ui_field_unit_peek_link (item);
  const char *model = device->model != NULL ? device->model : "";

  ui_cell_set_long (cell, link->kind == GDP_LINK_MODEM ? _("transparent modem") : model, NULL);
}

static void
show_state (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_field_state_text (session, item);

  set_badge (cell, text, ui_field_state_stands_out (ui_session_field_state (session, item)));
}

static void
show_seen (GtkWidget *cell, gpointer item, UiSession *session)
{
  gint64 seen = ui_field_seen (ui_field_unit_get_device (item), contact_of (session, item));
  g_autofree char *text = ui_when_text (seen, ui_session_now (session), NULL);

  ui_cell_set (cell, text, "number");
}

static void
show_next (GtkWidget *cell, gpointer item, UiSession *session)
{
  gint64 next = ui_field_next_call (ui_field_unit_get_device (item), contact_of (session, item));
  g_autofree char *text = ui_when_minute_text (next, ui_session_now (session), NULL);

  ui_cell_set (cell, text, "number");
}

static void
show_signal (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_quantity_text (device_of (item)->signal, 0, "dBm");

  ui_cell_set (cell, text, "number");
}

static void
show_supply (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_field_supply_text (device_of (item));

  ui_cell_set_long (cell, text, NULL);
}

static void
show_clock (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpDevice *device = device_of (item);
  g_autofree char *text = ui_field_clock_text (device);

  set_badge (cell, text, device->clock == GDP_CLOCK_NEVER_SET || ABS (device->clock_offset) > BAD_CLOCK);
}

static void
show_fate (GtkWidget *cell, gpointer item, UiSession *session, UiWanted what)
{
  GdpFate fate = ui_session_field_fate (session, item, what);

  if (ui_field_unit_peek_link (item)->kind != GDP_LINK_BBT)
    set_badge (cell, "", FALSE);
  else
    set_badge (cell, _(gdp_fate_label (fate)), fate == GDP_FATE_REFUSED || fate == GDP_FATE_OTHERS
                                               || fate == GDP_FATE_NOT_YET);
}

static void
show_settings (GtkWidget *cell, gpointer item, UiSession *session)
{
  show_fate (cell, item, session, UI_WANTED_SETTINGS);
}

static void
show_schedule (GtkWidget *cell, gpointer item, UiSession *session)
{
  show_fate (cell, item, session, UI_WANTED_SCHEDULE);
}

static void
show_sessions (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpDevice *device = ui_field_unit_get_device (item);
  guint guaranteed = ui_field_unit_peek_link (item)->guaranteed_sessions, used = device != NULL ? device->sessions : 0;
  g_autofree char *text = guaranteed > 0 ? g_strdup_printf ("%u / %u", used, guaranteed)
                          : device != NULL ? g_strdup_printf ("%u", used) : g_strdup ("");

  ui_cell_set (cell, text, "number");
}

static void
show_guarantee (GtkWidget *cell, gpointer item, UiSession *session)
{
  gboolean soon;
  g_autofree char *text = ui_field_guarantee_text (session, item, &soon);

  set_badge (cell, text, soon);
}

static void
show_waiting (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpDevice *device = device_of (item);
  g_autofree char *text = ui_field_waiting_text (device);

  set_badge (cell, text, device->flags & GDP_DEVICE_LOST_RECORDS);
}

/* Who is let in without a key is marked; so is who has one to show and did not. */
static void
show_proof (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpDevice *device = ui_field_unit_get_device (item);
  const GdpLink *link = ui_field_unit_peek_link (item);
  gboolean proven = device != NULL && device->authenticated;

  if (link->kind != GDP_LINK_BBT)
    set_badge (cell, _("no key"), TRUE);
  else if (device == NULL)
    set_badge (cell, link->keyless ? _("no key") : "", link->keyless);
  else
    set_badge (cell, proven ? _("proven") : _("no key"), !proven);
}

static void
show_firmware (GtkWidget *cell, gpointer item, UiSession *session)
{
  const GdpWish *wish = ui_field_unit_get_wish (item);
  g_autofree char *text = ui_field_firmware_text (item);

  set_badge (cell, text, wish != NULL && wish->state == GDP_WISH_FAILED);
}

/* ---- orders ------------------------------------------------------------------------------ */

#define ORDER(name_, value_)                                                                                 \
  static int name_ (gconstpointer one, gconstpointer other, gpointer data)                                   \
  {                                                                                                          \
    UiFieldUnit *a = (UiFieldUnit *) one, *b = (UiFieldUnit *) other;                                        \
    UiSession *session G_GNUC_UNUSED = data;                                                                 \
    double x = value_ (a), y = value_ (b);                                                                   \
    return x < y ? -1 : x > y ? 1 : ui_field_unit_compare (a, b);                                            \
  }

/* What is not known comes last. */
static double
known (double value)
{
  return isnan (value) ? G_MAXDOUBLE : value;
}

#define STATE(unit) ((double) ui_session_field_state (session, unit))
#define SEEN(unit) ((double) ui_field_seen (ui_field_unit_get_device (unit), contact_of (session, unit)))
#define NEXT(unit) ((double) ui_field_next_call (ui_field_unit_get_device (unit), contact_of (session, unit)))
#define SIGNAL(unit) known (device_of (unit)->signal)
#define BATTERY(unit) known (device_of (unit)->battery)
#define CLOCK(unit) (-fabs ((double) device_of (unit)->clock_offset))
#define SETTINGS(unit) (-(double) ui_session_field_fate (session, unit, UI_WANTED_SETTINGS))
#define SCHEDULE(unit) (-(double) ui_session_field_fate (session, unit, UI_WANTED_SCHEDULE))
#define SESSIONS(unit) (-(double) device_of (unit)->sessions)
#define WAITING(unit) (-(double) device_of (unit)->waiting)
#define PROOF(unit) ((double) device_of (unit)->authenticated)
#define FIRMWARE(unit) (ui_field_unit_get_wish (unit) != NULL ? (double) ui_field_unit_get_wish (unit)->state : G_MAXDOUBLE)
ORDER (by_state, STATE)
ORDER (by_seen, SEEN)
ORDER (by_next, NEXT)
ORDER (by_signal, SIGNAL)
ORDER (by_battery, BATTERY)
ORDER (by_clock, CLOCK)
ORDER (by_settings, SETTINGS)
ORDER (by_schedule, SCHEDULE)
ORDER (by_sessions, SESSIONS)
ORDER (by_waiting, WAITING)
ORDER (by_proof, PROOF)
ORDER (by_firmware, FIRMWARE)

static int
by_site (gconstpointer a, gconstpointer b, gpointer session)
{
  return ui_field_unit_compare ((UiFieldUnit *) a, (UiFieldUnit *) b);
}

static int
by_name (gconstpointer a, gconstpointer b, gpointer session)
{
  return strcmp (called ((UiFieldUnit *) a), called ((UiFieldUnit *) b));
}

static int
by_model (gconstpointer a, gconstpointer b, gpointer session)
{
  const GdpDevice *one = device_of ((gpointer) a), *other = device_of ((gpointer) b);
  int order = g_strcmp0 (one->model, other->model);

  return order != 0 ? order : g_strcmp0 (one->firmware, other->firmware);
}

const UiColumn ui_field_columns[] = {
  { N_("Site"),       8,  0, .share = 3, .show = show_site, .compare = by_site },
  { N_("Serial"),     7,  0, .show = show_name, .compare = by_name },
  { N_("State"),      14, 0, .share = 2, .ages = TRUE, .show = show_state, .make = make_badge, .compare = by_state },
  { N_("Last heard"), 8,  1, .ages = TRUE, .show = show_seen, .compare = by_seen },
  { N_("Next call"),  8,  1, .yields = 9, .show = show_next, .compare = by_next },
  { N_("Signal"),     7,  1, .yields = 5, .show = show_signal, .compare = by_signal },
  { N_("Supply"),     10, 0, .share = 1, .yields = 6, .show = show_supply, .compare = by_battery },
  { N_("Settings"),   10, 0, .share = 1, .yields = 2, .show = show_settings, .make = make_badge, .compare = by_settings },
  { N_("Schedule"),   10, 0, .share = 1, .yields = 3, .show = show_schedule, .make = make_badge, .compare = by_schedule },
  { N_("Guarantee"),  9,  0, .yields = 4, .show = show_guarantee, .make = make_badge },
  { N_("Sessions"),   9,  1, .yields = 8, .show = show_sessions, .compare = by_sessions },
  { N_("Waiting"),    6,  0, .yields = 7, .show = show_waiting, .make = make_badge, .compare = by_waiting },
  { N_("Key"),        7,  0, .yields = 6, .show = show_proof, .make = make_badge, .compare = by_proof },
  { N_("Clock"),      8,  0, .yields = 10, .show = show_clock, .make = make_badge, .compare = by_clock },
  { N_("Model"),      9,  0, .yields = 11, .show = show_model, .compare = by_model },
  { N_("Firmware"),   6,  0, .yields = 5, .show = show_firmware, .make = make_badge, .compare = by_firmware },
};
const guint ui_n_field_columns = G_N_ELEMENTS (ui_field_columns);

/* ---- strangers --------------------------------------------------------------------------- */

static void
show_caller (GtkWidget *cell, gpointer item, UiSession *session)
{
  const char *name = ui_stranger_name (item);

  ui_cell_set (cell, *name != '\0' ? name : _("said nothing"), *name != '\0' ? "heading" : "dim-label");
}

static void
show_sent (GtkWidget *cell, gpointer item, UiSession *session)
{
  ui_cell_set_long (cell, ui_stranger_get (item)->text, NULL);
}

static void
show_address (GtkWidget *cell, gpointer item, UiSession *session)
{
  ui_cell_set (cell, ui_stranger_get (item)->address, NULL);
}

static void
show_first (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_when_text (ui_stranger_get (item)->first, ui_session_now (session), NULL);

  ui_cell_set (cell, text, "number");
}

static void
show_last (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_when_text (ui_stranger_get (item)->last, ui_session_now (session), NULL);

  ui_cell_set (cell, text, "number");
}

static void
show_count (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, ui_stranger_get (item)->count);

  ui_cell_set (cell, text, "number");
}

/* What the session server says, comms/session.c; behind a colon it may add what it knows of the case. */
static const char *const reasons[] = {
  N_("unknown serial"), N_("unknown registration"), N_("wrong proof of the key"), N_("this serial must authenticate"),
  N_("not identified in time"), N_("no registration in time"), N_("another unit with this serial"), N_("too many calls at once"),
  N_("more sessions from this address than allowed"), N_("MAC missing or wrong"),
  N_("no key for this serial"),
};

static void
show_why (GtkWidget *cell, gpointer item, UiSession *session)
{
  const char *why = ui_stranger_get (item)->why != NULL ? ui_stranger_get (item)->why : "";
  g_autofree char *said = ui_link_why_text (why);

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_has_prefix (why, reasons[i])) {
      g_free (said);
      said = g_strconcat (_(reasons[i]), why + strlen (reasons[i]), NULL);
    }
  ui_cell_set_long (cell, said, NULL);
}

const UiColumn ui_stranger_columns[] = {
  { N_("Caller"),     14, 0, .share = 1, .show = show_caller },
  { N_("What it sent"), 14, 0, .share = 2, .yields = 2, .show = show_sent },
  { N_("Address"),    12, 0, .show = show_address },
  { N_("First call"), 9,  1, .yields = 3, .show = show_first },
  { N_("Last call"),  9,  1, .show = show_last },
  { N_("Times"),      4,  1, .show = show_count },
  { N_("Why"),        14, 0, .share = 2, .show = show_why },
};
const guint ui_n_stranger_columns = G_N_ELEMENTS (ui_stranger_columns);
