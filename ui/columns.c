/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "columns.h"

#include "column-fit.h"
#include "tip.h"

#include <glib/gi18n.h>

#define PREPARED_AFTER 3     /* s: what was not looked at until then is made ready */
#define AT_ONCE 60           /* rows: more than any screen shows */
#define STEP 20              /* rows that are made in one turn beyond them */
#define MADE 240             /* a list makes not more, however many there are */
#define SLICE 5000           /* µs of a turn for cells that are not seen */

typedef struct {
  const UiColumn *column;
  GtkWidget      *cell;
  GObject        *item;
  gulong          changed;
  gboolean        due;      /* something else is to be shown */
} Bound;

typedef struct {
  GtkColumnView  *view;       /* borrowed: it owns the table */
  UiSession      *session;
  const UiColumn *columns;
  guint           n_columns;
  GHashTable     *bound;      /* GtkListItem → Bound */
  int             width;      /* px, the columns fill it */
  int            *longest;    /* of each column: px of the longest text that was ever shown */
  glong          *letters;    /* of each column: of that text */
  guint           fitting;    /* source */
  guint           showing;    /* source */
  GtkSelectionModel *model;   /* that the view has not got yet; NULL = it has */
  GtkSliceListModel *head;    /* the rows of it that the view makes */
  guint           ticks, attaching;   /* until it gets them; source */
} Table;

typedef struct {
  Table          *table;
  const UiColumn *column;
} Factory;

static gboolean fit (gpointer data);

static void
refit (Table *table)
{
  if (table->fitting == 0 && table->width > 0)
    table->fitting = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit, table, NULL);
}

/* Columns only grow, so that nothing jumps back and forth. */
static void
notice_width (Table *table, guint position, GtkWidget *cell)
{
  int natural;

  gtk_widget_measure (cell, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  if (natural > table->longest[position]) {
    table->longest[position] = natural;
    refit (table);
  }
}

/* Texts with fewer letters are not measured. */
static void
notice_length (Table *table, guint position, GtkWidget *cell)
{
  glong letters = g_utf8_strlen (gtk_label_get_label (GTK_LABEL (cell)), -1);

  if (letters < table->letters[position] || letters == 0)
    return;
  table->letters[position] = letters;
  notice_width (table, position, cell);
}

static void
show (Table *table, Bound *bound)
{
  bound->column->show (bound->cell, bound->item, table->session);
  if (GTK_IS_LABEL (bound->cell))
    notice_length (table, bound->column - table->columns, bound->cell);
  else if (GTK_IS_BOX (bound->cell) || GTK_IS_BUTTON (bound->cell))   /* whose label, or number, depends on the row */
    notice_width (table, bound->column - table->columns, bound->cell);
}

/* ---- whose turn it is -------------------------------------------------------------------- */

/* A list keeps 200 rows of cells, on a page that is turned away, too; and every label that changes there has the
 * whole window laid out again. Rows are of one height, so that where the list stands tells which are seen. */
static gboolean
is_near (Table *table, guint position)
{
  GtkAdjustment *down = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (table->view));
  GtkSelectionModel *model = gtk_column_view_get_model (table->view);
  double upper = down != NULL ? gtk_adjustment_get_upper (down) : 0;
  double rows = model != NULL && upper > 0 ? g_list_model_get_n_items (G_LIST_MODEL (model)) / upper : 0;
  double first = down != NULL ? gtk_adjustment_get_value (down) * rows : 0;
  double seen = down != NULL ? gtk_adjustment_get_page_size (down) * rows : 0;

  return seen < 1 ? position < AT_ONCE : position + 3 > first && position < first + seen + 3;
}

static void
show_bound (Table *table, Bound *bound)
{
  bound->due = FALSE;
  show (table, bound);
}

/* What is seen. TRUE: something else waits. */
static gboolean
show_near (Table *table)
{
  GHashTableIter iter;
  gpointer row, value;
  gboolean more = FALSE;

  g_hash_table_iter_init (&iter, table->bound);
  while (g_hash_table_iter_next (&iter, &row, &value)) {
    Bound *bound = value;

    if (bound->due && is_near (table, gtk_list_item_get_position (row)))
      show_bound (table, bound);
    more |= bound->due;
  }
  return more;
}

static gboolean
show_rest (gpointer data)
{
  Table *table = data;
  gint64 until = g_get_monotonic_time () + SLICE;
  GHashTableIter iter;
  gpointer bound;

  g_hash_table_iter_init (&iter, table->bound);
  while (gtk_widget_get_mapped (GTK_WIDGET (table->view)) && g_hash_table_iter_next (&iter, NULL, &bound)) {
    if (((Bound *) bound)->due)
      show_bound (table, bound);
    if (g_get_monotonic_time () > until)
      return G_SOURCE_CONTINUE;
  }
  table->showing = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
show_due (gpointer data)
{
  Table *table = data;

  table->showing = show_near (table) ? g_idle_add_full (G_PRIORITY_LOW, show_rest, table, NULL) : 0;
  return G_SOURCE_REMOVE;
}

/* Before the next frame, once, however often it changes until then; where the view is turned away, when it comes. */
static void
show_soon (Table *table)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (table->view)))
    return;
  g_clear_handle_id (&table->showing, g_source_remove);
  table->showing = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 17, show_due, table, NULL);
}

static void
show_all (Table *table, gboolean only_ages)
{
  GHashTableIter iter;
  gpointer bound;

  g_hash_table_iter_init (&iter, table->bound);
  while (g_hash_table_iter_next (&iter, NULL, &bound))
    ((Bound *) bound)->due |= !only_ages || ((Bound *) bound)->column->ages;
  show_soon (table);
}

/* ---- rows -------------------------------------------------------------------------------- */

static gboolean
make_more (gpointer data)
{
  Table *table = data;
  guint size = gtk_slice_list_model_get_size (table->head) + STEP;

  gtk_slice_list_model_set_size (table->head, size < MADE ? size : G_MAXUINT);
  if (size < MADE)
    return G_SOURCE_CONTINUE;
  table->attaching = 0;
  return G_SOURCE_REMOVE;
}

/* Its rows are made, 200 of them: a tenth of a second or two, so not all in one turn. */
static void
attach (Table *table, guint rows)
{
  g_autoptr (GListModel) all = NULL;

  g_object_get (table->model, "model", &all, NULL);
  table->head = gtk_slice_list_model_new (g_object_ref (all), 0, rows);
  g_object_set (table->model, "model", table->head, NULL);
  gtk_column_view_set_model (table->view, table->model);
  g_clear_object (&table->model);
  g_clear_handle_id (&table->attaching, g_source_remove);
  table->attaching = g_idle_add_full (G_PRIORITY_LOW, make_more, table, NULL);
}

static gboolean
prepare (gpointer data)
{
  ((Table *) data)->attaching = 0;
  attach (data, STEP);
  return G_SOURCE_REMOVE;
}

static void
on_tick (UiSession *session, Table *table)
{
  if (table->model != NULL && ++table->ticks == PREPARED_AFTER)
    table->attaching = g_idle_add_full (G_PRIORITY_LOW, prepare, table, NULL);
  show_all (table, TRUE);
}

/* What a cell offers may have been given to somebody, or taken. */
static void
on_rights (UiSession *session, Table *table)
{
  show_all (table, FALSE);
}

static void
on_map (GtkWidget *view, Table *table)
{
  if (table->model != NULL)
    attach (table, AT_ONCE);
  g_clear_handle_id (&table->showing, g_source_remove);
  show_due (table);
}

static void
bound_free (gpointer data)
{
  Bound *bound = data;

  g_clear_signal_handler (&bound->changed, bound->item);
  g_object_unref (bound->item);
  g_free (bound);
}

static void
table_free (gpointer data)
{
  Table *table = data;

  g_clear_handle_id (&table->fitting, g_source_remove);
  g_clear_handle_id (&table->attaching, g_source_remove);
  g_clear_handle_id (&table->showing, g_source_remove);
  g_clear_object (&table->model);
  g_clear_object (&table->head);
  g_signal_handlers_disconnect_by_data (table->session, table);
  g_hash_table_unref (table->bound);
  g_object_unref (table->session);
  g_free (table->longest);
  g_free (table->letters);
  g_free (table);
}

static void
on_item_changed (GObject *item, GtkListItem *row)
{
  Table *table = g_object_get_data (G_OBJECT (row), "gdp-table");

  ((Bound *) g_hash_table_lookup (table->bound, row))->due = TRUE;
  show_soon (table);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *row, Factory *data)
{
  const UiColumn *column = data->column;
  GtkWidget *cell;

  if (column->make != NULL)
    cell = column->make ();
  else {
    cell = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (cell), column->xalign);
    gtk_label_set_ellipsize (GTK_LABEL (cell), column->tail ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
    gtk_label_set_single_line_mode (GTK_LABEL (cell), TRUE);
  }
  gtk_list_item_set_child (row, cell);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *row, Factory *data)
{
  Bound *bound = g_new0 (Bound, 1);

  bound->column = data->column;
  bound->cell = gtk_list_item_get_child (row);
  bound->item = g_object_ref (gtk_list_item_get_item (row));
  g_object_set_data (G_OBJECT (row), "gdp-table", data->table);
  g_hash_table_insert (data->table->bound, row, bound);
  if (g_signal_lookup ("changed", G_OBJECT_TYPE (bound->item)) != 0)
    bound->changed = g_signal_connect (bound->item, "changed", G_CALLBACK (on_item_changed), row);
  bound->due = TRUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (data->table->view)) && is_near (data->table, gtk_list_item_get_position (row)))
    show_bound (data->table, bound);
  else
    show_soon (data->table);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *row, Factory *data)
{
  g_hash_table_remove (data->table->bound, row);
}

static const int cell_padding = 13;   /* px, by the style sheet */

static int
digit_width (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int width = pango_font_metrics_get_approximate_digit_width (metrics) / PANGO_SCALE;

  pango_font_metrics_unref (metrics);
  return width;
}

static int
pixels (GtkColumnView *view, const UiColumn *column)
{
  const int glyph = 34;

  return column->width == 0 ? glyph : (int) column->width * MAX (digit_width (GTK_WIDGET (view)), 8) + cell_padding;
}

/* The widget of a column's heading. */
static GtkWidget *
heading (GtkColumnView *view, guint position)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;

  while (position-- > 0 && title != NULL)
    title = gtk_widget_get_next_sibling (title);
  return title;
}

/* A heading stands over its column as the cells do; GTK 4.8 has no property for that, so the title's
 * box is told. Without a title found nothing is lost but the alignment. */
static void
align_heading (GtkColumnView *view, guint position, float xalign)
{
  GtkWidget *title = heading (view, position);

  if (title != NULL && gtk_widget_get_first_child (title) != NULL)
    gtk_widget_set_halign (gtk_widget_get_first_child (title),
                           xalign > 0.5f ? GTK_ALIGN_END : GTK_ALIGN_START);
}

/* ---- widths ------------------------------------------------------------------------------ */

/* What the column's heading takes, in whatever language it is. */
static int
heading_pixels (GtkColumnView *view, guint position)
{
  GtkWidget *title = heading (view, position), *box = title != NULL ? gtk_widget_get_first_child (title) : NULL;
  int natural = 0;

  if (box != NULL)
    gtk_widget_measure (box, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural > 0 ? natural + cell_padding : 0;
}

static void
apply_width (Table *table, guint position, int width)
{
  GListModel *columns = gtk_column_view_get_columns (table->view);
  g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, position);

  gtk_column_view_column_set_visible (column, width > 0);
  gtk_column_view_column_set_fixed_width (column, width);   /* GTK 4.8 counts a hidden column's width, too */
}

/* Words may be cut where there is no room, numbers (what has no share) never. */
static UiColumnFit
wish (Table *table, guint position)
{
  const UiColumn *column = &table->columns[position];
  int least = MAX (pixels (table->view, column), heading_pixels (table->view, position));
  int content = table->longest[position] > 0 ? table->longest[position] + cell_padding : 0;

  return (UiColumnFit) { .need = column->share > 0 ? least : MAX (least, content), .want = content,
                         .share = column->share, .yields = column->yields };
}

static gboolean
fit (gpointer data)
{
  Table *table = data;
  g_autofree UiColumnFit *columns = g_new0 (UiColumnFit, table->n_columns);

  table->fitting = 0;
  for (guint i = 0; i < table->n_columns; i++)
    columns[i] = wish (table, i);
  ui_column_fit (columns, table->n_columns, table->width);
  for (guint i = 0; i < table->n_columns; i++)
    apply_width (table, i, columns[i].width);
  return G_SOURCE_REMOVE;
}

/* Outside the allocation, where columns may come and go. */
static void
on_width (GtkAdjustment *across, Table *table)
{
  int width = gtk_adjustment_get_page_size (across);

  if (width == table->width || width <= 0)
    return;
  table->width = width;
  refit (table);
}

static void
on_width_changed (GtkAdjustment *across, GtkColumnView *view)
{
  on_width (across, g_object_get_data (G_OBJECT (view), "gdp-table"));
}

static void
on_adjustment (GtkColumnView *view, GParamSpec *pspec, Table *table)
{
  GtkAdjustment *across = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));

  if (across == NULL)
    return;
  g_signal_connect_object (across, "changed", G_CALLBACK (on_width_changed), view, 0);
  on_width (across, table);
}

void
ui_columns_add (GtkColumnView *view, UiSession *session, const UiColumn *columns, guint n_columns)
{
  Table *table = g_new0 (Table, 1);

  table->view = view;
  table->session = g_object_ref (session);
  table->columns = columns;
  table->n_columns = n_columns;
  table->longest = g_new0 (int, n_columns);
  table->letters = g_new0 (glong, n_columns);
  table->bound = g_hash_table_new_full (NULL, NULL, NULL, bound_free);
  g_object_set_data_full (G_OBJECT (view), "gdp-table", table, table_free);
  g_signal_connect (session, "tick", G_CALLBACK (on_tick), table);
  g_signal_connect (session, "rights", G_CALLBACK (on_rights), table);
  for (guint i = 0; i < n_columns; i++) {
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
    Factory *data = g_new (Factory, 1);
    g_autoptr (GtkColumnViewColumn) column = NULL;

    *data = (Factory) { table, &columns[i] };
    g_object_set_data_full (G_OBJECT (factory), "gdp-column", data, g_free);
    g_signal_connect (factory, "setup", G_CALLBACK (on_setup), data);
    g_signal_connect (factory, "bind", G_CALLBACK (on_bind), data);
    g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), data);
    column = gtk_column_view_column_new (columns[i].title != NULL ? _(columns[i].title) : "", factory);
    gtk_column_view_column_set_fixed_width (column, pixels (view, &columns[i]));
    gtk_column_view_column_set_resizable (column, columns[i].width != 0);
    if (columns[i].compare != NULL) {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (columns[i].compare, session, NULL));
      gtk_column_view_column_set_sorter (column, sorter);
    }
    gtk_column_view_append_column (view, column);
    align_heading (view, i, columns[i].xalign);
  }
  g_signal_connect (view, "map", G_CALLBACK (on_map), table);
  g_signal_connect (view, "notify::hadjustment", G_CALLBACK (on_adjustment), table);
  on_adjustment (view, NULL, table);
}

void
ui_columns_set_model (GtkColumnView *view, GtkSelectionModel *model)
{
  Table *table = g_object_get_data (G_OBJECT (view), "gdp-table");

  g_set_object (&table->model, model);
  if (gtk_widget_get_mapped (GTK_WIDGET (view)))
    attach (table, AT_ONCE);
}

void
ui_columns_complete (GtkColumnView *view)
{
  Table *table = g_object_get_data (G_OBJECT (view), "gdp-table");

  if (table->head != NULL)
    gtk_slice_list_model_set_size (table->head, G_MAXUINT);
}

/* The list inside a column view: the ancestor whose height is what can be seen. */
static gboolean
is_seen (GtkWidget *cell)
{
  GtkWidget *list = cell;
  graphene_rect_t bounds;

  while (list != NULL && !GTK_IS_SCROLLABLE (list))
    list = gtk_widget_get_parent (list);
  if (list == NULL || !gtk_widget_get_mapped (cell) || !gtk_widget_compute_bounds (cell, list, &bounds))
    return FALSE;
  if (bounds.size.height < 8)  /* not laid out yet: nobody has seen it */
    return FALSE;
  return bounds.origin.y + bounds.size.height / 2 >= 0
         && bounds.origin.y + bounds.size.height / 2 <= gtk_widget_get_height (list);
}

gboolean
ui_columns_shows (GtkColumnView *view, gpointer item)
{
  Table *table = g_object_get_data (G_OBJECT (view), "gdp-table");
  GHashTableIter iter;
  gpointer bound;

  g_hash_table_iter_init (&iter, table->bound);
  while (g_hash_table_iter_next (&iter, NULL, &bound))
    if (((Bound *) bound)->item == item && is_seen (((Bound *) bound)->cell))
      return TRUE;
  return FALSE;
}

gpointer
ui_columns_at (GtkColumnView *view, double x, double y)
{
  Table *table = g_object_get_data (G_OBJECT (view), "gdp-table");
  GtkWidget *row = gtk_widget_pick (GTK_WIDGET (view), x, y, GTK_PICK_DEFAULT);
  GHashTableIter iter;
  gpointer bound;

  while (row != NULL && !g_str_equal (gtk_widget_get_css_name (row), "row"))
    row = gtk_widget_get_parent (row);
  g_hash_table_iter_init (&iter, table->bound);
  while (row != NULL && g_hash_table_iter_next (&iter, NULL, &bound))
    if (gtk_widget_is_ancestor (((Bound *) bound)->cell, row))
      return ((Bound *) bound)->item;
  return NULL;
}

void
ui_columns_scroll_to (GtkColumnView *view, guint position)
{
  GtkWidget *list = gtk_widget_get_first_child (GTK_WIDGET (view));

  while (list != NULL && !GTK_IS_SCROLLABLE (list))
    list = gtk_widget_get_next_sibling (list);
  if (list != NULL)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", position);
}

void
ui_cell_set (GtkWidget *cell, const char *text, const char *class)
{
  const char *old = g_object_get_data (G_OBJECT (cell), "gdp-class");

  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (cell)), text) != 0)
    gtk_label_set_label (GTK_LABEL (cell), text);
  if (g_strcmp0 (old, class) == 0)
    return;
  if (old != NULL)
    gtk_widget_remove_css_class (cell, old);
  if (class != NULL)
    gtk_widget_add_css_class (cell, class);
  g_object_set_data (G_OBJECT (cell), "gdp-class", (gpointer) g_intern_string (class));
}

void
ui_cell_set_long (GtkWidget *cell, const char *text, const char *class)
{
  ui_cell_set (cell, text, class);
  ui_tip_set (cell, *text != '\0' ? text : NULL);
}
