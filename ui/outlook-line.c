/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outlook-line.h"

#include "value.h"
#include "when.h"

#include <glib/gi18n.h>

#define EVERY 300   /* s; an hour's mean changes no faster than hours pass */
#define HOUR (3600 * GDP_SECOND)

struct _UiOutlookLine {
  GtkWidget     parent_instance;

  /* in the widget, borrowed */
  GtkWidget    *label;

  /* owned */
  UiSession    *session;
  guint         site;
  GCancellable *reading;      /* under way, else NULL */
  guint         timer;        /* source; runs only while mapped */
};

G_DEFINE_FINAL_TYPE (UiOutlookLine, ui_outlook_line, GTK_TYPE_WIDGET)

/* ---- words ------------------------------------------------------------------------------- */

/* Whole hours, from two days on whole days: the last digit of a projection is a guess. */
static char *
span_text (gint64 span)
{
  gint64 hours = MAX ((span + HOUR / 2) / HOUR, 1);

  return hours < 48 ? g_strdup_printf (_("%d h"), (int) hours) : g_strdup_printf (_("%d d"), (int) ((hours + 12) / 24));
}

/* To the hour. */
static char *
end_text (gint64 time, gint64 now)
{
  return ui_when_minute_text ((time + HOUR / 2) / HOUR * HOUR, now, NULL);
}

/* Of a battery on which its site runs: also that nothing can be told of it. */
static char *
battery_text (const GdpPoint *point, const DataOutlook *outlook, gint64 now)
{
  const GdpProjection *projection = &outlook->projection;
  g_autofree char *since = outlook->since != 0 ? ui_when_minute_text (outlook->since, now, NULL) : NULL;
  g_autofree char *head = since != NULL ? g_strdup_printf (_("On the battery since %s"), since)
                                        : g_strdup (_("On the battery for more than a month"));
  g_autofree char *limit = ui_point_number_text (point, outlook->limit), *end = end_text (projection->at, now);
  g_autofree char *left = span_text (projection->at - now), *earliest = span_text (projection->earliest - now);
  g_autofree char *latest = span_text (projection->latest - now);

  switch (projection->kind) {
  case GDP_PROJECTION_AHEAD:
    /* Translators: "On the battery since 12.11 09:00", then a time */
    return projection->at <= now ? g_strdup_printf (_("%s. By how it ran down it has been empty since %s"), head, end)
           /* Translators: "On the battery since 12.11 09:00", then "17 h", a time, "14 h", "21 h" */
           : g_strdup_printf (_("%s. It lasts about %s more, until %s (%s to %s)"), head, left, end, earliest, latest);
  case GDP_PROJECTION_REACHED:
    /* Translators: "On the battery since 12.11 09:00", then "LL", "22.80 V" */
    return g_strdup_printf (_("%s. It is at %s %s and may end at any moment"), head, gdp_level_word (outlook->level), limit);
  case GDP_PROJECTION_FLAT:
    return g_strdup_printf (_("%s. How long it lasts cannot be told: a battery of its kind shows nothing at this voltage"), head);
  case GDP_PROJECTION_STEADY:
    return g_strdup_printf (_("%s. How long it lasts cannot be told: its voltage does not fall clearly"), head);
  default:
    return g_strdup_printf (_("%s. How long it lasts cannot be told yet"), head);
  }
}

char *
ui_outlook_text (const GdpPoint *point, const DataOutlook *outlook, gint64 now)
{
  if (outlook->on_battery)
    return battery_text (point, outlook, now);
  const GdpProjection *projection = &outlook->projection;
  g_autofree char *limit = ui_point_number_text (point, outlook->limit), *at = span_text (projection->at - now);
  g_autofree char *earliest = span_text (projection->earliest - now), *head = NULL;
  g_autofree char *latest = projection->latest != G_MAXINT64 ? span_text (projection->latest - now) : NULL;

  head = g_strdup_printf ("%s: %s %s", ui_point_name (point), gdp_level_word (outlook->level), limit);
  if (latest == NULL)
    /* Translators: "Battery: L 22.00 V" and two spans of time */
    return g_strdup_printf (_("%s in about %s if it goes on like this (%s at the earliest, perhaps never)"), head, at, earliest);
  if (g_str_equal (earliest, latest))
    return g_strdup_printf (_("%s in about %s if it goes on like this"), head, at);
  /* Translators: "Battery: L 22.00 V" and three spans of time */
  return g_strdup_printf (_("%s in about %s if it goes on like this (%s to %s)"), head, at, earliest, latest);
}

/* ---- reading ----------------------------------------------------------------------------- */

static void
say (UiOutlookLine *self, const char *text)
{
  gtk_label_set_label (GTK_LABEL (self->label), text);
  gtk_widget_set_visible (self->label, *text != '\0');
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiOutlookLine) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) found = ui_session_outlook_finish (result, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->reading);
  if (found == NULL)
    g_info ("outlook: %s", error->message);   /* that the store is away is said elsewhere */
  for (guint i = 0; found != NULL && i < found->len; i++) {
    const DataOutlook *outlook = &g_array_index (found, DataOutlook, i);
    g_autofree char *one = ui_outlook_text (&ui_session_get_network (self->session)->points[outlook->point], outlook,
                                            ui_session_now (self->session));
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", one);
  }
  say (self, text->str);
}

static void
stop_reading (UiOutlookLine *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
}

static void
read_ahead (UiOutlookLine *self)
{
  if (self->reading != NULL || self->site == G_MAXUINT || self->session == NULL
      || ui_session_get_network (self->session) == NULL)
    return;
  self->reading = g_cancellable_new ();
  ui_session_outlook_async (self->session, self->site, self->reading, on_read, g_object_ref (self));
}

static gboolean
on_timer (gpointer data)
{
  read_ahead (data);
  return G_SOURCE_CONTINUE;
}

void
ui_outlook_line_show (UiOutlookLine *self, guint site)
{
  stop_reading (self);
  say (self, "");
  self->site = site;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_ahead (self);
}

void
ui_outlook_line_set_session (UiOutlookLine *self, UiSession *session)
{
  self->session = g_object_ref (session);
}

/* ---- the widget -------------------------------------------------------------------------- */

static void
ui_outlook_line_map (GtkWidget *widget)
{
  UiOutlookLine *self = UI_OUTLOOK_LINE (widget);

  GTK_WIDGET_CLASS (ui_outlook_line_parent_class)->map (widget);
  read_ahead (self);
  self->timer = g_timeout_add_seconds (EVERY, on_timer, self);
}

static void
ui_outlook_line_unmap (GtkWidget *widget)
{
  UiOutlookLine *self = UI_OUTLOOK_LINE (widget);

  g_clear_handle_id (&self->timer, g_source_remove);
  stop_reading (self);
  GTK_WIDGET_CLASS (ui_outlook_line_parent_class)->unmap (widget);
}

static void
ui_outlook_line_dispose (GObject *object)
{
  UiOutlookLine *self = UI_OUTLOOK_LINE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  stop_reading (self);
  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (ui_outlook_line_parent_class)->dispose (object);
}

static void
ui_outlook_line_class_init (UiOutlookLineClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = ui_outlook_line_dispose;
  widget_class->map = ui_outlook_line_map;
  widget_class->unmap = ui_outlook_line_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "outlook");
}

static void
ui_outlook_line_init (UiOutlookLine *self)
{
  self->site = G_MAXUINT;
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_visible (self->label, FALSE);
}
