/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal-print.h"

#include "event-columns.h"
#include "when.h"

#include <glib/gi18n.h>

#define FONT    "sans 8"
#define BOLD    "sans bold 8"
#define SMALL   "sans 7"
#define MARGIN  12.       /* mm, beside what the printer needs */
#define GAP     4.        /* pt, between columns */
#define AT_ONCE 25        /* rows measured between two looks at the main loop */

typedef struct {
  UiJournalSheet *sheet;
  UiSession      *session;
  GArray         *pages;     /* guint: the first row of each */
  guint           measured;  /* rows */
  double          width, height, head, foot, left;   /* pt: of the paper's part that is used; left for rows on this page */
} Print;

static void
print_free (gpointer data)
{
  Print *self = data;

  ui_journal_sheet_free (self->sheet);
  g_object_unref (self->session);
  g_array_unref (self->pages);
  g_free (self);
}

void
ui_journal_sheet_free (UiJournalSheet *sheet)
{
  g_ptr_array_unref (sheet->events);
  g_free (sheet->what);
  g_free (sheet->person);
  g_clear_pointer (&sheet->network, gdp_network_unref);
  g_free (sheet);
}

/* ---- what stands in a row ------------------------------------------------------------------- */

/* When it was learned; the details say when it had occurred, if that was long before. */
static char *
time_text (const GdpEvent *event, const UiJournalSheet *sheet)
{
  return ui_when_full_text (event->learned, NULL);
}

static char *
priority_text (const GdpEvent *event, const UiJournalSheet *sheet)
{
  return ui_event_priority (event) > 0 ? g_strdup_printf ("%u", ui_event_priority (event)) : g_strdup ("");
}

static char *
site_text (const GdpEvent *event, const UiJournalSheet *sheet)
{
  return g_strdup (event->site != NULL ? event->site : "");
}

static char *
kind_text (const GdpEvent *event, const UiJournalSheet *sheet)
{
  return g_strdup (_(gdp_event_label (event->kind)));
}

static char *
whole_text (const GdpEvent *event, const UiJournalSheet *sheet)
{
  return ui_event_whole_text (event, sheet->network);
}

static char *
who_text (const GdpEvent *event, const UiJournalSheet *sheet)
{
  return g_strdup (event->who != NULL ? event->who : "");
}

static const struct {
  const char *title;
  double      share;   /* of the width */
  char     *(*text) (const GdpEvent *event, const UiJournalSheet *sheet);
} columns[] = {
  { N_("Time"),    0.19, time_text },
  { N_("P"),       0.03, priority_text },
  { N_("Site"),    0.10, site_text },
  { N_("Event"),   0.18, kind_text },
  { N_("Details"), 0.36, whole_text },
  { N_("Who"),     0.14, who_text },
};

/* ---- drawing -------------------------------------------------------------------------------- */

static PangoLayout *
layout_of (GtkPrintContext *context, const char *text, const char *font, double width)
{
  PangoLayout *layout = gtk_print_context_create_pango_layout (context);
  PangoFontDescription *description = pango_font_description_from_string (font);

  pango_layout_set_font_description (layout, description);
  pango_font_description_free (description);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

/* Draws it, unless @cairo is NULL; returns how high it is. */
static double
put_text (GtkPrintContext *context, cairo_t *cairo, const char *text, const char *font, double x, double y, double width,
          PangoAlignment align)
{
  g_autoptr (PangoLayout) layout = layout_of (context, text, font, width);
  int height;

  pango_layout_set_alignment (layout, align);
  pango_layout_get_size (layout, NULL, &height);
  if (cairo != NULL) {
    cairo_move_to (cairo, x, y);
    pango_cairo_show_layout (cairo, layout);
  }
  return (double) height / PANGO_SCALE;
}

static void
put_line (cairo_t *cairo, double y, double width, double grey)
{
  cairo_set_source_rgb (cairo, grey, grey, grey);
  cairo_set_line_width (cairo, 0.5);
  cairo_move_to (cairo, 0, y);
  cairo_line_to (cairo, width, y);
  cairo_stroke (cairo);
  cairo_set_source_rgb (cairo, 0, 0, 0);
}

/* @event: NULL = the columns' titles. Returns how high it is, with the room below. */
static double
put_row (const Print *self, GtkPrintContext *context, cairo_t *cairo, const GdpEvent *event, double y)
{
  double x = 0, most = 0;

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++) {
    double width = columns[i].share * self->width;
    g_autofree char *text = event != NULL ? columns[i].text (event, self->sheet) : g_strdup (_(columns[i].title));
    double height = put_text (context, cairo, text, event != NULL ? FONT : BOLD, x, y, width - GAP, PANGO_ALIGN_LEFT);
    most = MAX (most, height);
    x += width;
  }
  return most + GAP;
}

/* Title, what was filtered, and the columns' titles. */
static double
put_head (const Print *self, GtkPrintContext *context, cairo_t *cairo)
{
  double y = put_text (context, cairo, _("Journal"), "sans bold 13", 0, 0, self->width, PANGO_ALIGN_LEFT) + GAP;

  y += put_text (context, cairo, self->sheet->what, FONT, 0, y, self->width, PANGO_ALIGN_LEFT) + 2 * GAP;
  y += put_row (self, context, cairo, NULL, y);
  if (cairo != NULL)
    put_line (cairo, y - GAP / 2, self->width, 0);
  return y;
}

static double
put_foot (const Print *self, GtkPrintContext *context, cairo_t *cairo, guint page, guint n_pages)
{
  const UiJournalSheet *sheet = self->sheet;
  double top = self->height - self->foot, y = top + GAP;
  g_autofree char *when = ui_when_full_text (sheet->now, NULL);
  g_autofree char *printed = g_strdup_printf (_("Printed %s by %s"), when, sheet->person);
  g_autofree char *number = g_strdup_printf (_("Page %u of %u"), page, n_pages);
  g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, sheet->head.count);
  g_autofree char *chain = g_strdup_printf (_("Records in the journal: %s; hash of the last: %s"), count, sheet->head.hash);

  if (cairo != NULL)
    put_line (cairo, top, self->width, 0);
  put_text (context, cairo, number, SMALL, self->width * 0.7, y, self->width * 0.3, PANGO_ALIGN_RIGHT);
  y += put_text (context, cairo, printed, SMALL, 0, y, self->width * 0.7, PANGO_ALIGN_LEFT);
  y += put_text (context, cairo, chain, SMALL, 0, y, self->width, PANGO_ALIGN_LEFT);
  return y - top;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static void
begin_page (Print *self, guint row)
{
  g_array_append_val (self->pages, row);
  self->left = self->height - self->head - self->foot;
}

static void
on_begin (GtkPrintOperation *operation, GtkPrintContext *context, Print *self)
{
  self->width = gtk_print_context_get_width (context);
  self->height = gtk_print_context_get_height (context);
  self->head = put_head (self, context, NULL);
  self->foot = put_foot (self, context, NULL, 9999, 9999);
  self->measured = 0;
  g_array_set_size (self->pages, 0);
  begin_page (self, 0);
}

/* A row that is higher than a page has one of its own and is cut there. */
static gboolean
on_paginate (GtkPrintOperation *operation, GtkPrintContext *context, Print *self)
{
  const GPtrArray *events = self->sheet->events;
  guint end = MIN (self->measured + AT_ONCE, events->len);

  for (; self->measured < end; self->measured++) {
    double height = put_row (self, context, NULL, events->pdata[self->measured], 0);
    if (height > self->left && self->measured > g_array_index (self->pages, guint, self->pages->len - 1))
      begin_page (self, self->measured);
    self->left -= height;
  }
  if (self->measured < events->len)
    return FALSE;
  gtk_print_operation_set_n_pages (operation, (int) self->pages->len);
  return TRUE;
}

static void
on_draw (GtkPrintOperation *operation, GtkPrintContext *context, int page, Print *self)
{
  const GPtrArray *events = self->sheet->events;
  cairo_t *cairo = gtk_print_context_get_cairo_context (context);
  guint from = g_array_index (self->pages, guint, page);
  guint to = (guint) page + 1 < self->pages->len ? g_array_index (self->pages, guint, page + 1) : events->len;
  double y = put_head (self, context, cairo);

  put_foot (self, context, cairo, (guint) page + 1, self->pages->len);
  cairo_rectangle (cairo, 0, 0, self->width, self->height - self->foot - 1);
  cairo_clip (cairo);
  for (guint i = from; i < to; i++) {
    y += put_row (self, context, cairo, events->pdata[i], y);
    put_line (cairo, y - GAP / 2, self->width, 0.8);
  }
}

static void
on_done (GtkPrintOperation *operation, GtkPrintOperationResult result, Print *self)
{
  g_autoptr (GError) error = NULL;

  if (result == GTK_PRINT_OPERATION_RESULT_ERROR) {
    gtk_print_operation_get_error (operation, &error);
    g_autofree char *text = g_strdup_printf (_("Not printed: %s"), error != NULL ? error->message : "?");
    g_signal_emit_by_name (self->session, "notice", text, TRUE);
  } else if (result == GTK_PRINT_OPERATION_RESULT_APPLY)
    g_signal_emit_by_name (self->session, "notice", _("The journal is printed"), FALSE);
}

static GtkPageSetup *
page_setup (void)
{
  GtkPageSetup *setup = gtk_page_setup_new ();
  g_autoptr (GtkPaperSize) paper = gtk_paper_size_new (GTK_PAPER_NAME_A4);

  gtk_page_setup_set_paper_size (setup, paper);
  gtk_page_setup_set_left_margin (setup, 2 * MARGIN, GTK_UNIT_MM);   /* holes for a folder */
  gtk_page_setup_set_right_margin (setup, MARGIN, GTK_UNIT_MM);
  gtk_page_setup_set_top_margin (setup, MARGIN, GTK_UNIT_MM);
  gtk_page_setup_set_bottom_margin (setup, MARGIN, GTK_UNIT_MM);
  return setup;
}

void
ui_journal_print (UiJournalSheet *sheet, GtkWindow *window, UiSession *session, const char *path)
{
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr (GtkPageSetup) setup = page_setup ();
  Print *self = g_new0 (Print, 1);

  self->sheet = sheet;
  self->session = g_object_ref (session);
  self->pages = g_array_new (FALSE, FALSE, sizeof (guint));
  g_object_set_data_full (G_OBJECT (operation), "gdp-print", self, print_free);
  gtk_print_operation_set_job_name (operation, _("Journal"));
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_signal_connect (operation, "begin-print", G_CALLBACK (on_begin), self);
  g_signal_connect (operation, "paginate", G_CALLBACK (on_paginate), self);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw), self);
  g_signal_connect (operation, "done", G_CALLBACK (on_done), self);
  if (path != NULL)
    gtk_print_operation_set_export_filename (operation, path);
  gtk_print_operation_run (operation, path != NULL ? GTK_PRINT_OPERATION_ACTION_EXPORT : GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
                           window, NULL);   /* what fails is told by "done" */
}
