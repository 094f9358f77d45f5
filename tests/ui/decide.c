/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "decide.h"

#include "ui/alarms-page.h"
#include "ui/decision-dialog.h"

void
decide_sit_down (Desk *desk, guint n_sites)
{
  g_autoptr (GError) error = NULL;

  desk->field = field_new (n_sites);
  field_serve (desk->field);
  field_turn (desk->field);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  desk_sit (desk, field_uri (desk->field), 1280, 720);
  desk_wait (desk, desk_is_live, NULL);
}

GtkWidget *
decide_page (Desk *desk)
{
  return screen_find_named (GTK_WIDGET (desk->window), "alarmspage");
}

gboolean
decide_list_says (Desk *desk, gconstpointer text)
{
  return screen_says (decide_page (desk), text);
}

void
decide_open_door (Desk *desk)
{
  desk_act (desk, "page", "alarms");
  field_set (desk->field, "GDP-001/door1", 1);
  desk_wait (desk, desk_has_alarm, DOOR);
  desk_wait (desk, decide_list_says, "Door");
  ui_alarms_page_select (UI_ALARMS_PAGE (decide_page (desk)), DOOR);
}

GtkWidget *
decide_dialog (void)
{
  return screen_window (UI_TYPE_DECISION_DIALOG);
}

gboolean
decide_has_dialog (Desk *desk, gconstpointer nothing)
{
  return decide_dialog () != NULL;
}

gboolean
decide_has_no_dialog (Desk *desk, gconstpointer nothing)
{
  return decide_dialog () == NULL;
}

gboolean
decide_dialog_says (Desk *desk, gconstpointer text)
{
  return screen_says (decide_dialog (), text);
}

/* A picture that is not live for a moment, on a busy machine, decides nothing. */
static gboolean
opens_dialog (Desk *desk, gconstpointer word)
{
  if (decide_dialog () == NULL)
    desk_act (desk, "decide-selected", word);
  return decide_dialog () != NULL;
}

void
decide_open_dialog (Desk *desk, const char *word)
{
  desk_wait (desk, opens_dialog, word);
}

void
decide_write_reason (const char *reason)
{
  gtk_editable_set_text (GTK_EDITABLE (screen_find_type (decide_dialog (), GTK_TYPE_ENTRY)), reason);
}

gboolean
decide_try_press (Desk *desk, const char *where, const char *label)
{
  GtkWidget *below = where != NULL ? screen_find_named (GTK_WIDGET (desk->window), where) : decide_dialog ();
  GtkWidget *button = screen_find_button (below, label);

  if (button == NULL || !gtk_widget_is_sensitive (button))
    return FALSE;
  g_signal_emit_by_name (button, "clicked");
  return TRUE;
}

typedef struct { const char *where, *label; } Button;

static gboolean
is_pressed (Desk *desk, gconstpointer which)
{
  const Button *it = which;

  return decide_try_press (desk, it->where, it->label);
}

void
decide_press (Desk *desk, const char *where, const char *label)
{
  desk_wait_with (desk->field, desk, is_pressed, &(Button) { where, label }, label);
}

void
decide_selected (Desk *desk, const char *word, const char *label, const char *reason)
{
  decide_open_dialog (desk, word);
  decide_write_reason (reason);
  decide_press (desk, NULL, label);
  desk_wait (desk, decide_has_no_dialog, NULL);
}

gboolean
decide_door_is (Desk *desk, gconstpointer suppression)
{
  UiAlarm *row = ui_alarm_list_find (ui_session_get_alarms (desk->session), DOOR);

  return row != NULL && g_str_equal (gdp_suppression_word (ui_alarm_get (row)->suppression), suppression);
}

static gboolean
has_role (Desk *desk, gconstpointer role)
{
  return ui_session_get_role (desk->session) == *(const GdpRole *) role;
}

void
decide_appoint (Desk *desk, GdpRole role)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (data_store_appoint (desk->store, "Boss", GDP_ROLE_ADMINISTRATOR, "Boss", g_get_real_time (), &error));
  g_assert_true (data_store_appoint (desk->store, "Tester", role, "Boss", g_get_real_time (), &error));
  desk_wait (desk, has_role, &role);
}

GtkWidget *
decide_points (Desk *desk)
{
  return screen_find_type (screen_find_named (GTK_WIDGET (desk->window), "sitepage"), GTK_TYPE_COLUMN_VIEW);
}

gboolean
decide_has_points (Desk *desk, gconstpointer nothing)
{
  return decide_points (desk) != NULL && screen_says (decide_points (desk), "Outlet pressure");
}

void
decide_select_point (Desk *desk, const char *id)
{
  GtkSelectionModel *model = gtk_column_view_get_model (GTK_COLUMN_VIEW (decide_points (desk)));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++) {
    g_autoptr (UiPoint) point = g_list_model_get_item (G_LIST_MODEL (model), i);
    if (g_str_equal (ui_session_get_network (desk->session)->points[ui_point_get_index (point)].id, id))
      gtk_selection_model_select_item (model, i, TRUE);
  }
}
