/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "untold-popover.h"

#include "columns.h"
#include "decision-menu.h"
#include "permit.h"
#include "untold.h"
#include "when.h"

#include <glib/gi18n.h>

/* Hangs on the popover. */
typedef struct {
  UiSession  *session;   /* owned */
  GListStore *rows;      /* UiUntold */
  GtkWidget  *title, *stack, *said;  /* borrowed: in the popover */
} List;

static void
show_site (GtkWidget *cell, gpointer item, UiSession *session)
{
  UiSite *site = ui_untold_get_site (item);
  g_autofree char *text = site != NULL ? g_strdup_printf ("%s  %s", ui_site_get_id (site), ui_site_get_name (site))
                                       : g_strdup ("");

  ui_cell_set_long (cell, text, NULL);
}

static void
show_name (GtkWidget *cell, gpointer item, UiSession *session)
{
  ui_cell_set_long (cell, ui_untold_get_name (item), NULL);
}

static void
show_kind (GtkWidget *cell, gpointer item, UiSession *session)
{
  ui_cell_set_long (cell, ui_untold_get_kind (item), NULL);
}

static void
show_reason (GtkWidget *cell, gpointer item, UiSession *session)
{
  const char *reason = ui_untold_get_reason (item);

  ui_cell_set_long (cell, reason != NULL ? reason : "", NULL);
}

static void
show_by (GtkWidget *cell, gpointer item, UiSession *session)
{
  const char *by = ui_untold_get_by (item);

  ui_cell_set_long (cell, by != NULL ? by : "", NULL);
}

static void
show_until (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_when_minute_text (ui_untold_get_until (item), ui_session_now (session), NULL);

  ui_cell_set_long (cell, text, NULL);
}

static void
show_since (GtkWidget *cell, gpointer item, UiSession *session)
{
  g_autofree char *text = ui_when_text (ui_untold_get_since (item), ui_session_now (session), NULL);

  ui_cell_set_long (cell, text, "dim-label");
}

/* ---- ending it right there ----------------------------------------------------------------- */

typedef struct { GtkWidget *popover; UiDecision decision; } Call;

/* In the popover, which is where the person looks. */
static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Call *call = data;
  g_autoptr (GtkWidget) popover = call->popover;
  List *list = g_object_get_data (G_OBJECT (popover), "gdp-list");
  g_autofree char *failure = ui_decision_finish (call->decision, result);

  if (failure != NULL)   /* of a visit at several units another one may have ended */
    ui_cell_set (list->said, failure, "heading");
}

static void
on_end (GtkWidget *button)
{
  GtkWidget *popover = gtk_widget_get_ancestor (button, GTK_TYPE_POPOVER);
  UiUntold *row = g_object_get_data (G_OBJECT (button), "gdp-row");
  List *list = popover != NULL ? g_object_get_data (G_OBJECT (popover), "gdp-list") : NULL;
  UiDecision decision;
  const char *alarm = row != NULL ? ui_untold_get_end (row, &decision) : NULL;
  g_autoptr (GPtrArray) seen = alarm != NULL && list != NULL ? ui_decision_look (decision, list->session, alarm) : NULL;

  if (list != NULL)
    ui_cell_set (list->said, "", NULL);
  for (guint i = 0; seen != NULL && i < seen->len; i++) {
    Call call = { g_object_ref (popover), decision };
    ui_decision_post (decision, list->session, seen->pdata[i], 0, NULL, NULL, on_ended, g_memdup2 (&call, sizeof call));
  }
}

static GtkWidget *
make_end (void)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "row");
  gtk_widget_set_focusable (button, FALSE);   /* by keys it is the row's menu */
  g_signal_connect (button, "clicked", G_CALLBACK (on_end), NULL);
  return button;
}

static void
show_end (GtkWidget *cell, gpointer item, UiSession *session)
{
  UiDecision decision = UI_DECISION_UNSHELVE;
  gboolean can = ui_untold_get_end (item, &decision) != NULL;
  const UiDecisionInfo *info = ui_decision_info (decision);

  g_object_set_data_full (G_OBJECT (cell), "gdp-row", g_object_ref (item), g_object_unref);
  gtk_button_set_label (GTK_BUTTON (cell), _(info->label));
  gtk_widget_set_visible (cell, can);
  ui_permit (cell, session, info->act, ui_session_is_live (session), NULL);
}

static void
fill_menu (GtkWidget *box, gpointer item, UiSession *session)
{
  UiDecision decision;
  const char *alarm = ui_untold_get_end (item, &decision);

  if (alarm != NULL)
    ui_decision_menu_fill (box, alarm, session);
}

static const UiColumn columns[] = {
  { N_("Site"),   14, 0, .share = 3, .show = show_site },
  { N_("Point"),  14, 0, .share = 3, .show = show_name },
  { N_("State"),  12, 0, .share = 2, .show = show_kind },
  { N_("Reason"), 12, 0, .share = 3, .show = show_reason },
  { N_("By"),     8,  0, .share = 1, .show = show_by },
  { N_("Until"),  5,  0, .show = show_until },
  { N_("Since"),  8,  0, .show = show_since },
  { .width = 14, .show = show_end, .make = make_end },
};

/* ---- the list --------------------------------------------------------------------------------- */

static gboolean
is_same (List *list, GPtrArray *found)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list->rows));

  if (n != found->len)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    g_autoptr (UiUntold) row = g_list_model_get_item (G_LIST_MODEL (list->rows), i);

    if (!ui_untold_equal (row, found->pdata[i]))
      return FALSE;
  }
  return TRUE;
}

/* Only while it is open; and rows that stay the same stay where they are. */
static void
fill (GtkWidget *popover)
{
  List *list = g_object_get_data (G_OBJECT (popover), "gdp-list");
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *title = NULL;

  if (!gtk_widget_get_visible (popover) || ui_session_get_network (list->session) == NULL)
    return;
  found = ui_untold_collect (list->session);
  title = g_strdup_printf (_("Not being told: %u"), found->len);
  ui_cell_set (list->title, title, "heading");
  gtk_stack_set_visible_child_name (GTK_STACK (list->stack), found->len > 0 ? "list" : "none");
  if (!is_same (list, found))
    g_list_store_splice (list->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (list->rows)), found->pdata, found->len);
}

static void
on_activated (GtkColumnView *view, guint position, GtkWidget *popover)
{
  List *list = g_object_get_data (G_OBJECT (popover), "gdp-list");
  g_autoptr (UiUntold) row = g_list_model_get_item (G_LIST_MODEL (list->rows), position);
  UiSite *site = row != NULL ? ui_untold_get_site (row) : NULL;

  if (site == NULL)
    return;
  gtk_popover_popdown (GTK_POPOVER (popover));
  gtk_widget_activate_action (popover, "win.site", "s", ui_site_get_id (site));
}

static void
list_free (gpointer data)
{
  List *list = data;

  g_object_unref (list->session);
  g_object_unref (list->rows);
  g_free (list);
}

static GtkWidget *
build_table (GtkWidget *popover, List *list)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (), *view = gtk_column_view_new (NULL);
  g_autoptr (GtkSingleSelection) model = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (list->rows)));

  gtk_single_selection_set_autoselect (model, FALSE);
  gtk_single_selection_set_can_unselect (model, TRUE);
  gtk_column_view_set_single_click_activate (GTK_COLUMN_VIEW (view), TRUE);
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (view), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Not being told"), -1);
  ui_columns_add (GTK_COLUMN_VIEW (view), list->session, columns, G_N_ELEMENTS (columns));
  gtk_column_view_set_model (GTK_COLUMN_VIEW (view), GTK_SELECTION_MODEL (model));
  g_signal_connect (view, "activate", G_CALLBACK (on_activated), popover);
  ui_row_menu_add (GTK_COLUMN_VIEW (view), list->session, fill_menu);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_size_request (scrolled, 1040, 400);
  return scrolled;
}

GtkWidget *
ui_untold_popover_new (UiSession *session)
{
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *none;
  List *list = g_new0 (List, 1);

  list->session = g_object_ref (session);
  list->rows = g_list_store_new (UI_TYPE_UNTOLD);
  list->title = gtk_label_new (NULL);
  list->stack = gtk_stack_new ();
  g_object_set_data_full (G_OBJECT (popover), "gdp-list", list, list_free);
  list->said = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (list->title), 0);
  gtk_label_set_xalign (GTK_LABEL (list->said), 0);
  gtk_label_set_wrap (GTK_LABEL (list->said), TRUE);
  none = gtk_label_new (_("Every point is measured just now, no alarm is suppressed"));
  gtk_widget_add_css_class (none, "placeholder");
  gtk_label_set_wrap (GTK_LABEL (none), TRUE);
  gtk_stack_add_named (GTK_STACK (list->stack), none, "none");
  gtk_stack_add_named (GTK_STACK (list->stack), build_table (popover, list), "list");
  gtk_box_append (GTK_BOX (box), list->title);
  gtk_box_append (GTK_BOX (box), list->stack);
  gtk_box_append (GTK_BOX (box), list->said);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  g_signal_connect (popover, "show", G_CALLBACK (fill), NULL);
  g_signal_connect_object (session, "tick", G_CALLBACK (fill), popover, G_CONNECT_SWAPPED);
  return popover;
}
