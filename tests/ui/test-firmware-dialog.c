/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The firmware of a unit in its dialog, on a real store: sent to it or to all like it, seen, given up. */
#include "../patience.h"
#include "dial-in.h"
#include "field.h"
#include "ui/firmware-dialog.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#define N_UNITS 3

typedef struct {
  Field            *field;
  DataStore        *store;     /* a server's, beside the field's */
  UiSession        *session;
  UiFirmwareDialog *dialog;
  char             *file;
} Desk;

typedef gboolean (*Condition) (Desk *desk, gconstpointer what);

typedef struct { Condition condition; Desk *desk; gconstpointer what; } Wanted;

static gboolean
is_met (gpointer data)
{
  const Wanted *wanted = data;
  return wanted->condition (wanted->desk, wanted->what);
}

static void
wait_for (Desk *desk, Condition condition, gconstpointer what, const char *meaning)
{
  if (!field_run (NULL, is_met, &(Wanted) { condition, desk, what }, PATIENCE))
    g_error ("not in time: %s", meaning);
}

/* What units said of themselves: all are alike, but that the third runs 1.5.0. */
static void
call (Desk *desk, guint32 done)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) gdp_device_free);
  g_autoptr (GdpNetwork) network = data_store_network (desk->store, NULL);
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < N_UNITS; i++) {
    g_autofree char *id = g_strdup_printf ("bbt-%u", i + 1);
    const GdpDevice device = {
      .link = network->links[gdp_network_find_link (network, id)].key, .model = (char *) "BBT-1", .hardware = 2,
      .firmware = (char *) (i < 2 ? "1.4.0" : "1.5.0"), .battery = NAN, .mains = NAN, .signal = NAN, .temperature = NAN,
      .connected = now, .seen = now, .firmware_wanted = (char *) (done > 0 ? "1.5.0" : NULL), .firmware_done = done,
      .firmware_size = done > 0 ? 1000 : 0,
    };
    g_ptr_array_add (devices, gdp_device_copy (&device));
  }
  g_assert_true (data_store_commit (desk->store, &(DataBatch) { .devices = devices, .now = now, .durable = TRUE }, NULL, NULL));
}

static UiFieldUnit *
unit_of (Desk *desk)
{
  GdpNetwork *network = ui_session_get_network (desk->session);
  guint link = network != NULL ? gdp_network_find_link (network, "bbt-1") : G_MAXUINT;

  return link != G_MAXUINT ? ui_session_field_at (desk->session, link) : NULL;
}

static gboolean
has_called (Desk *desk, gconstpointer what)
{
  UiFieldUnit *unit = unit_of (desk);

  return unit != NULL && ui_field_unit_get_device (unit) != NULL;
}

static void
sit_down (Desk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataCatalogue) catalogue = data_catalogue_load (NULL, &error);
  g_autoptr (GdpNetwork) network = dial_in_network (catalogue, N_UNITS);
  const char image[1000] = { 0 };

  desk->field = field_new (1);
  desk->store = data_store_open (field_uri (desk->field), DATA_ACCESS_SERVE, &error);
  g_assert_no_error (error);
  g_assert_true (data_store_import (desk->store, network, "test", g_get_real_time (), &error));
  desk->file = g_strconcat (field_path (desk->field), "-bbt_v1.5.0.bin", NULL);
  g_assert_true (g_file_set_contents (desk->file, image, sizeof image, NULL));
  desk->session = ui_session_new (field_uri (desk->field), "Tester");
  call (desk, 0);
  wait_for (desk, has_called, NULL, "the unit is known");
  desk->dialog = UI_FIRMWARE_DIALOG (ui_firmware_dialog_new (NULL, desk->session, unit_of (desk)));
  gtk_window_present (GTK_WINDOW (desk->dialog));
}

static void
stand_up (Desk *desk)
{
  gtk_window_destroy (GTK_WINDOW (desk->dialog));
  ui_session_close (desk->session);
  g_clear_object (&desk->session);
  g_clear_pointer (&desk->store, data_store_close);
  g_unlink (desk->file);
  g_clear_pointer (&desk->file, g_free);
  g_clear_pointer (&desk->field, field_free);
}

/* ---- what is on the screen ----------------------------------------------------------------- */

static GtkWidget *
find (GtkWidget *widget, GType type, const char *text)
{
  g_autofree char *label = NULL;

  if (!gtk_widget_get_visible (widget))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (widget), type)) {
    g_object_get (widget, "label", &label, NULL);
    if (label != NULL && strstr (label, text) != NULL)
      return widget;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type, text);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
says (Desk *desk, gconstpointer text)
{
  return find (GTK_WIDGET (desk->dialog), GTK_TYPE_LABEL, text) != NULL;
}

static GtkWidget *
button (Desk *desk, const char *label)
{
  GtkWidget *found = find (GTK_WIDGET (desk->dialog), GTK_TYPE_BUTTON, label);

  g_assert_nonnull (found);
  return found;
}

static gboolean
can_press (Desk *desk, gconstpointer label)
{
  GtkWidget *found = find (GTK_WIDGET (desk->dialog), GTK_TYPE_BUTTON, label);

  return found != NULL && gtk_widget_get_sensitive (found);
}

static gboolean
wishes_are (Desk *desk, gconstpointer n)
{
  g_autoptr (GPtrArray) wishes = data_store_wishes (desk->store, 0, NULL);

  return wishes->len == GPOINTER_TO_UINT (n);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void
test_sent_seen_given_up (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  g_assert_true (says (&desk, "Choose the file of the image"));
  g_assert_false (can_press (&desk, "Send"));
  ui_firmware_dialog_set_file (desk.dialog, desk.file);   /* its name says the version */
  g_assert_true (can_press (&desk, "Send"));
  g_signal_emit_by_name (button (&desk, "Send"), "clicked");
  wait_for (&desk, wishes_are, GUINT_TO_POINTER (1), "the store has the wish");
  wait_for (&desk, says, "1.4.0 → 1.5.0: waits for the unit", "it is said");
  call (&desk, 370);
  wait_for (&desk, says, "1.4.0 → 1.5.0: is being sent, 37 %", "how far it is");
  wait_for (&desk, can_press, "Give up", "it can be given up");
  g_signal_emit_by_name (button (&desk, "Give up"), "clicked");
  wait_for (&desk, says, "given up, the unit is told at its next call", "it is given up");
  stand_up (&desk);
}

static void
test_all_of_a_model (void)
{
  Desk desk = { 0 };

  sit_down (&desk);
  ui_firmware_dialog_set_file (desk.dialog, desk.file);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find (GTK_WIDGET (desk.dialog), GTK_TYPE_CHECK_BUTTON,
                                                       "all units of this model without it: 2")), TRUE);
  g_signal_emit_by_name (button (&desk, "Send"), "clicked");
  wait_for (&desk, wishes_are, GUINT_TO_POINTER (2), "both that do not have it");
  stand_up (&desk);
}

static void
test_what_is_wrong_is_said (void)
{
  Desk desk = { 0 };
  g_autofree char *gone = NULL;

  sit_down (&desk);
  gone = g_strconcat (desk.file, ".gone", NULL);
  ui_firmware_dialog_set_file (desk.dialog, gone);
  g_assert_true (says (&desk, "There is no such file"));
  g_assert_false (can_press (&desk, "Send"));
  g_assert_true (g_file_set_contents (gone, "image", 5, NULL));
  ui_firmware_dialog_set_file (desk.dialog, "");
  ui_firmware_dialog_set_file (desk.dialog, gone);
  g_assert_true (can_press (&desk, "Send"));
  g_unlink (gone);
  g_signal_emit_by_name (button (&desk, "Send"), "clicked");
  wait_for (&desk, says, "No such file", "the file is not there");
  g_assert_true (data_store_appoint (desk.store, "Chief", GDP_ROLE_ADMINISTRATOR, "Chief", 1, NULL));
  ui_firmware_dialog_set_file (desk.dialog, desk.file);
  g_signal_emit_by_name (button (&desk, "Send"), "clicked");
  wait_for (&desk, says, "Tester is not among the operators", "the person may not");
  g_assert_true (wishes_are (&desk, GUINT_TO_POINTER (0)));
  stand_up (&desk);
}

/* The chooser that GTK shows where there is no portal. */
static gboolean
choose (Desk *desk, gconstpointer file)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next) {
    g_autoptr (GFile) wanted = g_file_new_for_path (file), has = NULL;
    if (!GTK_IS_FILE_CHOOSER_DIALOG (at->data) || !gtk_widget_get_mapped (at->data))
      continue;
    has = gtk_file_chooser_get_file (at->data);
    if (has != NULL && g_file_equal (has, wanted)) {
      gtk_dialog_response (at->data, GTK_RESPONSE_ACCEPT);
      return TRUE;
    }
    if (g_object_get_data (at->data, "asked") == NULL)
      gtk_file_chooser_set_file (at->data, wanted, NULL);   /* it reads the folder first */
    g_object_set_data (at->data, "asked", at->data);
  }
  return FALSE;
}

/* There under AddressSanitizer only. */
void __lsan_disable (void) __attribute__ ((weak));
void __lsan_enable (void) __attribute__ ((weak));

/* The chooser's list of places (libcloudproviders) leaks what it asks the bus for cloud storage with. */
static void
look_at_leaks (gboolean look)
{
  if (look && __lsan_enable != NULL)
    __lsan_enable ();
  else if (!look && __lsan_disable != NULL)
    __lsan_disable ();
}

static void
test_chosen_or_typed (void)
{
  Desk desk = { 0 };
  GtkWidget *entry;

  sit_down (&desk);
  look_at_leaks (FALSE);
  g_signal_emit_by_name (button (&desk, "Choose…"), "clicked");
  wait_for (&desk, choose, desk.file, "the chooser has the file");
  look_at_leaks (TRUE);
  wait_for (&desk, can_press, "Send", "it is taken, with the version of its name");
  entry = gtk_widget_get_prev_sibling (button (&desk, "Choose…"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, desk.file);
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  g_assert_true (says (&desk, "Choose the file of the image"));
  gtk_editable_set_text (GTK_EDITABLE (entry), desk.file);   /* typed */
  g_assert_true (can_press (&desk, "Send"));
  stand_up (&desk);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/firmware-dialog/sent-seen-and-given-up", test_sent_seen_given_up);
  g_test_add_func ("/firmware-dialog/all-of-a-model-that-do-not-have-it", test_all_of_a_model);
  g_test_add_func ("/firmware-dialog/what-is-wrong-is-said", test_what_is_wrong_is_said);
  g_test_add_func ("/firmware-dialog/the-file-is-chosen-or-typed", test_chosen_or_typed);
  return g_test_run ();
}
