/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/firmware.h"

static void
test_version (void)
{
  static const char *const wrong[] = { "", "1", "1.2.3.4", "1.256", "1.-2", "v1.2", "1..2", "1.2 " };
  guint8 version[3];

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (gdp_version_parse (wrong[i], version));
  g_assert_true (gdp_version_parse ("1.5", version));
  g_autofree char *text = gdp_version_text (version);
  g_assert_cmpstr (text, ==, "1.5.0");
  g_assert_true (gdp_version_parse ("0.10.255", version));
  g_assert_cmpuint (version[2], ==, 255);
}

static void
test_progress (void)
{
  GdpWish wish = { .state = GDP_WISH_WANTED, .version = (char *) "1.5.0", .size = 1000 };
  GdpDevice device = { .firmware = (char *) "1.4.0", .firmware_wanted = (char *) "1.5.0", .firmware_done = 370,
                       .firmware_size = 1000, .connected = 5 };

  g_assert_cmpint (gdp_wish_shown (&wish, NULL), ==, GDP_WISH_WANTED);
  g_assert_cmpuint (gdp_wish_bytes (&wish, NULL), ==, 0);
  g_assert_cmpint (gdp_wish_shown (&wish, &device), ==, GDP_WISH_SENDING);
  g_assert_cmpfloat (gdp_wish_percent (&wish, &device), ==, 37.0);
  device.connected = 0;   /* it hung up in the middle: what it has stays */
  g_assert_cmpint (gdp_wish_shown (&wish, &device), ==, GDP_WISH_WANTED);
  g_assert_cmpuint (gdp_wish_bytes (&wish, &device), ==, 370);
  device.firmware_wanted = (char *) "1.3.0";   /* told of an earlier one */
  g_assert_cmpuint (gdp_wish_bytes (&wish, &device), ==, 0);
  wish.state = GDP_WISH_INSTALLING;
  g_assert_cmpfloat (gdp_wish_percent (&wish, &device), ==, 100.0);
}

static void
test_fit (void)
{
  const GdpDevice device = { .firmware = (char *) "1.4.0", .model = (char *) "BBT-1", .hardware = 2 };

  g_assert_cmpint (gdp_firmware_fit (NULL, "1.5.0", NULL, -1), ==, GDP_FIT_UNKNOWN);
  g_assert_cmpint (gdp_firmware_fit (&device, "1.5.0", NULL, -1), ==, GDP_FIT_GOOD);
  g_assert_cmpint (gdp_firmware_fit (&device, "1.5.0", "BBT-1", 2), ==, GDP_FIT_GOOD);
  g_assert_cmpint (gdp_firmware_fit (&device, "1.5.0", "BBT-2", 2), ==, GDP_FIT_OTHER_MODEL);
  g_assert_cmpint (gdp_firmware_fit (&device, "1.5.0", "BBT-1", 3), ==, GDP_FIT_OTHER_HARDWARE);
  g_assert_cmpint (gdp_firmware_fit (&device, "1.4.0", NULL, -1), ==, GDP_FIT_THERE);
}

static void
test_reasons (void)
{
  g_assert_cmpstr (gdp_wish_reason ("the unit says: digest wrong (8)"), ==, "the unit says: digest wrong");
  g_assert_cmpstr (gdp_wish_reason ("the unit says: something new (77)"), ==, "the unit says");
  g_assert_null (gdp_wish_reason ("anything else"));
  g_assert_null (gdp_wish_reason (NULL));
}

static void
test_words (void)
{
  for (GdpWishState i = 0; i < GDP_N_WISH_STATES; i++) {
    GdpWishState parsed;
    g_assert_true (gdp_wish_parse (gdp_wish_word (i), &parsed));
    g_assert_cmpint (parsed, ==, i);
    g_assert_cmpint (gdp_wish_open (i), ==, i < GDP_WISH_DONE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/firmware/version-is-two-or-three-numbers", test_version);
  g_test_add_func ("/firmware/progress-is-of-this-image-only", test_progress);
  g_test_add_func ("/firmware/fits-model-hardware-and-a-new-version", test_fit);
  g_test_add_func ("/firmware/a-reason-is-known-by-its-beginning", test_reasons);
  g_test_add_func ("/firmware/states-have-words", test_words);
  return g_test_run ();
}
