/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures as files: CSV for programs, xlsx for people, as libxlsxwriter makes it. */
#include "alarm-report.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <xlsxwriter.h>

/* ---- CSV: section, name, value, unit, reference, verdict ----------------------------------- */

/* RFC 4180. */
static void
put_cell (GString *text, const char *cell, const char *end)
{
  g_autoptr (GString) quoted = g_string_new (cell != NULL ? cell : "");

  if (strpbrk (quoted->str, ",\"\r\n") != NULL) {
    g_string_replace (quoted, "\"", "\"\"", 0);
    g_string_prepend_c (quoted, '"');
    g_string_append_c (quoted, '"');
  }
  g_string_append_printf (text, "%s%s", quoted->str, end);
}

static void
put_line (GString *text, const char *section, const char *name, double value, const char *unit, const char *reference,
          const char *verdict)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  put_cell (text, section, ",");
  put_cell (text, name, ",");
  put_cell (text, isnan (value) ? "" : g_ascii_formatd (number, sizeof number, "%.9g", value), ",");
  put_cell (text, unit, ",");
  put_cell (text, reference, ",");
  put_cell (text, verdict, "\r\n");
}

static char *
rfc3339 (gint64 time)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (time / GDP_SECOND);

  return g_date_time_format (moment, "%Y-%m-%dT%H:%M:%SZ");
}

static gboolean
write_csv (const DataAlarmReport *report, const GdpNetwork *network, const char *path, GError **error)
{
  const GdpAlarmFigures *figures = &report->figures;
  g_autoptr (GString) text = g_string_new ("section,name,value,unit,reference,verdict\r\n");
  g_autofree char *since = rfc3339 (figures->since), *until = rfc3339 (figures->until);
  gsize n;
  const guint *periods = gdp_figure_counter_periods (report->counter, &n);

  put_line (text, "span", since, (double) (figures->until - figures->since) / GDP_SECOND, "s", until, NULL);
  for (guint i = 0; i < gdp_n_figures; i++) {
    const GdpFigure *figure = &gdp_figures[i];
    put_line (text, "figure", figure->word, figure->value (figures), gdp_figure_form_unit (figure->form),
              figure->reference != NULL ? _(figure->reference) : "",
              gdp_verdict_word (gdp_figure_judge (figure, figures)));
  }
  for (guint i = 0; i < figures->n_top; i++) {
    g_autofree char *name = data_alarm_name (network, figures->top[i].alarm);
    put_line (text, "alarm", figures->top[i].alarm, figures->top[i].count, "", name, NULL);
  }
  for (gsize i = 0; i < n; i++) {
    g_autofree char *begin = rfc3339 (figures->since + (gint64) i * GDP_FIGURES_PERIOD * GDP_SECOND);
    put_line (text, "period", begin, periods[i], "", NULL, NULL);
  }
  return g_file_set_contents (path, text->str, (gssize) text->len, error);
}

/* ---- xlsx --------------------------------------------------------------------------------- */

typedef struct {
  lxw_workbook *book;
  lxw_format   *head, *number, *mean, *share, *length, *moment, *wrapped;
} Book;

static lxw_format *
format_of (lxw_workbook *book, const char *numbers)
{
  lxw_format *format = workbook_add_format (book);

  format_set_num_format (format, numbers);
  return format;
}

static void
dress (Book *book)
{
  book->head = workbook_add_format (book->book);
  format_set_bold (book->head);
  book->number = format_of (book->book, "0");
  book->mean = format_of (book->book, "0.00");
  book->share = format_of (book->book, "0.0%");
  book->length = format_of (book->book, "0\" s\"");
  book->moment = format_of (book->book, "yyyy-mm-dd hh:mm");
}

/* Excel counts days of no zone: the local ones are what a person expects. */
static void
put_moment (lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, gint64 time, lxw_format *format)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / GDP_SECOND);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);

  worksheet_write_datetime (sheet, row, column, &(lxw_datetime) {
    g_date_time_get_year (local), g_date_time_get_month (local), g_date_time_get_day_of_month (local),
    g_date_time_get_hour (local), g_date_time_get_minute (local), g_date_time_get_second (local) }, format);
}

static void
put_head (const Book *book, lxw_worksheet *sheet, lxw_row_t row, const char *const *labels, guint n)
{
  for (guint i = 0; i < n; i++)
    worksheet_write_string (sheet, row, (lxw_col_t) i, _(labels[i]), book->head);
}

static void
put_figures (const Book *book, const GdpAlarmFigures *figures)
{
  static const char *const labels[] = { N_("Figure"), N_("Value"), N_("Reference"), N_("Verdict") };
  lxw_format *formats[] = { [GDP_FIGURE_COUNT] = book->number, [GDP_FIGURE_MEAN] = book->mean,
                            [GDP_FIGURE_SHARE] = book->share, [GDP_FIGURE_LENGTH] = book->length };
  lxw_worksheet *sheet = workbook_add_worksheet (book->book, _("Figures"));

  worksheet_set_column (sheet, 0, 0, 44, NULL);
  worksheet_set_column (sheet, 1, 1, 18, NULL);
  worksheet_set_column (sheet, 2, 3, 34, NULL);
  worksheet_write_string (sheet, 0, 0, _("From"), book->head);
  put_moment (sheet, 0, 1, figures->since, book->moment);
  worksheet_write_string (sheet, 1, 0, _("Until"), book->head);
  put_moment (sheet, 1, 1, figures->until, book->moment);
  if (!figures->sufficient)
    worksheet_write_string (sheet, 1, 2, _("insufficient data"), book->head);
  put_head (book, sheet, 3, labels, G_N_ELEMENTS (labels));
  for (guint i = 0; i < gdp_n_figures; i++) {
    const GdpFigure *figure = &gdp_figures[i];
    lxw_row_t row = 4 + i;
    double value = figure->value (figures);
    const char *verdict = gdp_verdict_label (gdp_figure_judge (figure, figures));
    worksheet_write_string (sheet, row, 0, _(figure->label), NULL);
    if (!isnan (value))
      worksheet_write_number (sheet, row, 1, value, formats[figure->form]);
    if (figure->reference != NULL)
      worksheet_write_string (sheet, row, 2, _(figure->reference), NULL);
    if (*verdict != '\0')
      worksheet_write_string (sheet, row, 3, _(verdict), NULL);
  }
}

static void
put_alarms (const Book *book, const GdpAlarmFigures *figures, const GdpNetwork *network)
{
  static const char *const labels[] = { N_("Alarm"), N_("Site"), N_("Name"), N_("Times"), N_("Share") };
  lxw_worksheet *sheet = workbook_add_worksheet (book->book, _("Most frequent"));

  worksheet_set_column (sheet, 0, 0, 30, NULL);
  worksheet_set_column (sheet, 1, 1, 14, NULL);
  worksheet_set_column (sheet, 2, 2, 44, NULL);
  put_head (book, sheet, 0, labels, G_N_ELEMENTS (labels));
  for (guint i = 0; i < figures->n_top; i++) {
    const GdpAlarmCount *alarm = &figures->top[i];
    g_autofree char *site = data_alarm_site (alarm->alarm), *name = data_alarm_name (network, alarm->alarm);
    worksheet_write_string (sheet, 1 + i, 0, alarm->alarm, NULL);
    worksheet_write_string (sheet, 1 + i, 1, site != NULL ? site : "", NULL);
    worksheet_write_string (sheet, 1 + i, 2, name, NULL);
    worksheet_write_number (sheet, 1 + i, 3, alarm->count, book->number);
    worksheet_write_number (sheet, 1 + i, 4, (double) alarm->count / figures->n, book->share);
  }
}

#define MOST_ROWS (LXW_ROW_MAX - 1)   /* 19 years of periods */

static void
put_periods (const Book *book, const DataAlarmReport *report)
{
  static const char *const labels[] = { N_("10 minutes from"), N_("Alarms") };
  lxw_worksheet *sheet = workbook_add_worksheet (book->book, _("Periods"));
  lxw_chart *chart = workbook_add_chart (book->book, LXW_CHART_COLUMN);
  gsize n;
  const guint *periods = gdp_figure_counter_periods (report->counter, &n);
  lxw_row_t rows = (lxw_row_t) MIN (n, MOST_ROWS);

  worksheet_set_column (sheet, 0, 0, 18, NULL);
  put_head (book, sheet, 0, labels, G_N_ELEMENTS (labels));
  for (lxw_row_t i = 0; i < rows; i++) {
    put_moment (sheet, 1 + i, 0, report->figures.since + (gint64) i * GDP_FIGURES_PERIOD * GDP_SECOND, book->moment);
    worksheet_write_number (sheet, 1 + i, 1, periods[i], book->number);
  }
  lxw_chart_series *series = chart_add_series (chart, NULL, NULL);
  chart_series_set_categories (series, _("Periods"), 1, 0, rows, 0);
  chart_series_set_values (series, _("Periods"), 1, 1, rows, 1);
  chart_title_set_name (chart, _("Alarms in each 10 minutes"));
  chart_legend_set_position (chart, LXW_CHART_LEGEND_NONE);
  worksheet_insert_chart_opt (sheet, 1, 3, chart, &(lxw_chart_options) { .x_scale = 2 });
}

static gboolean
no_file (const char *path, int why, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (why), "%s: %s", path, g_strerror (why));
  return FALSE;
}

/* libxlsxwriter writes to a name: one beside the file's, which takes its place when all is in it. It is made before, as the
 * library tells nobody but the terminal why it could not. */
static gboolean
write_xlsx (const DataAlarmReport *report, const GdpNetwork *network, const char *path, GError **error)
{
  g_autofree char *beside = g_strconcat (path, ".part", NULL);
  int file = g_creat (beside, 0666);

  if (file < 0)
    return no_file (path, errno, error);
  g_close (file, NULL);
  Book book = { workbook_new (beside) };
  dress (&book);
  put_figures (&book, &report->figures);
  put_alarms (&book, &report->figures, network);
  put_periods (&book, report);
  errno = 0;
  if (workbook_close (book.book) == LXW_NO_ERROR && g_rename (beside, path) == 0)
    return TRUE;
  no_file (path, errno != 0 ? errno : EIO, error);
  g_unlink (beside);
  return FALSE;
}

gboolean
data_alarm_report_export (const DataAlarmReport *report, const GdpNetwork *network, const char *path, GError **error)
{
  if (g_str_has_suffix (path, ".csv"))
    return write_csv (report, network, path, error);
  if (g_str_has_suffix (path, ".xlsx"))
    return write_xlsx (report, network, path, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("%s: the name must end with .csv or .xlsx"), path);
  return FALSE;
}
