/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One list of rates: what a passport or a configuration may say is what a serial line can be set to. */
#include "gdp/baud.h"

#include <string.h>
#include <termios.h>

#include "comms/serial.h"
#include "data/json.h"

#define RATE(rate) rate,
static const guint rates[] = { GDP_BAUD_RATES (RATE) };

static void
test_speeds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_assert_true (gdp_baud_exists (rates[i]));
    g_assert_cmpuint (comms_serial_speed (rates[i]), !=, B0);
  }
  g_assert_cmpuint (comms_serial_speed (19200), ==, B19200);
  g_assert_cmpuint (comms_serial_speed (1000000), ==, B1000000);
}

static void
test_others (void)
{
  static const guint others[] = { 0, 299, 14400, 19201, 4000000, G_MAXUINT };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_assert_false (gdp_baud_exists (others[i]));
    g_assert_cmpuint (comms_serial_speed (others[i]), ==, B0);
  }
}

static void
test_schema (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DataJson) schema = data_json_load (GDP_SOURCE_CATALOGUE "/passport.schema.json", NULL, &error);

  g_assert_no_error (error);
  DataJsonNode *list = data_json_find (data_json_root (schema), "/definitions/link/properties/baud/enum");
  g_assert_nonnull (list);
  g_assert_null (data_json_item (list, G_N_ELEMENTS (rates)));
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    g_assert_cmpfloat (data_json_item (list, i)->number, ==, rates[i]);
}

static void
test_example (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_file_get_contents (GDP_SOURCE_CATALOGUE "/../desktop/server.conf.example", &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "\n# One of" GDP_BAUD_WORDS ".\n#baud="));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/baud/each-is-a-speed-of-serial-ports", test_speeds);
  g_test_add_func ("/baud/others-are-none", test_others);
  g_test_add_func ("/baud/the-passport-schema-lists-the-same", test_schema);
  g_test_add_func ("/baud/the-example-configuration-lists-the-same", test_example);
  return g_test_run ();
}
