/* SPDX-License-Identifier: GPL-3.0-or-later */
/* English sentences of the programs in another language: here one of capital letters, which turns two parts round. */
#include "gdp/saying.h"

static const char *
shout (const char *english)
{
  static const struct { const char *english, *ours; } words[] = {
    { "%s has the role %s and may not %s; it takes the role %s", "TO %3$s IT TAKES %4$s, %1$s IS %2$s" },
    { "viewer", "VIEWER" }, { "engineer", "ENGINEER" }, { "switch outputs", "SWITCH" },
    { "%s has selected it, for %d s more", "SELECTED BY %s, %d S" },
    { "no answer (%s); whether it was done is not known", "NOTHING (%s)" },
    { "%u records of its stream \"%s\" are lost: their numbers were jumped over", "OF %2$s %1$u LOST" },
    { "archive", "ARCHIVE" }, { "the clock was set, or this machine slept: %+.1f s", "CLOCK %s" },
    { "too late", "TOO LATE" }, { "the modem hung up", "HUNG UP" }, { "", "the catalogue's header" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].english, english))
      return words[i].ours;
  return english;
}

static void
assert_said (const char *english, const char *wanted)
{
  g_autofree char *said = gdp_saying_text (english, shout);

  g_assert_cmpstr (said, ==, wanted);
}

static void
test_parts (void)
{
  assert_said ("Иванова has the role viewer and may not switch outputs; it takes the role engineer",
               "TO SWITCH IT TAKES ENGINEER, Иванова IS VIEWER");
  assert_said ("Petrov has selected it, for 12 s more", "SELECTED BY Petrov, 12 S");
}

static void
test_notes (void)
{
  assert_said ("3 records of its stream \"archive\" are lost: their numbers were jumped over", "OF ARCHIVE 3 LOST");
  assert_said ("the clock was set, or this machine slept: +12.5 s", "CLOCK +12.5");
}

static void
test_part_is_a_saying (void)
{
  assert_said ("no answer (too late); whether it was done is not known", "NOTHING (TOO LATE)");
}

static void
test_words (void)
{
  assert_said ("too late", "TOO LATE");
  assert_said ("the modem hung up", "HUNG UP");   /* another table's */
}

/* Whom it is about, what it is, what to do, in whose words. */
static void
test_known_parts (void)
{
  assert_said ("10.1.2.3:40112: the modem hung up", "10.1.2.3:40112: HUNG UP");
  assert_said ("/var/lib/gdp/store.db: too late (disk full)", "/var/lib/gdp/store.db: TOO LATE (disk full)");
  assert_said ("link 7: too late; viewer", "link 7: TOO LATE; VIEWER");
}

static void
test_unknown (void)
{
  assert_said ("it broke: 12 % of it", "it broke: 12 % of it");
  assert_said ("Petrov has selected it, for 12 s mor", "Petrov has selected it, for 12 s mor");
  assert_said (" has selected it, for 12 s more", " has selected it, for 12 s more");   /* nobody has */
  assert_said ("%s %d %2$s", "%s %d %2$s");
  assert_said ("", "");
  assert_said (NULL, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/saying/its-parts-stand-where-the-language-puts-them", test_parts);
  g_test_add_func ("/saying/notes-of-units-and-of-the-server", test_notes);
  g_test_add_func ("/saying/a-part-is-a-saying-itself", test_part_is_a_saying);
  g_test_add_func ("/saying/words-are-translated", test_words);
  g_test_add_func ("/saying/parts-that-are-known-are-said", test_known_parts);
  g_test_add_func ("/saying/what-is-not-known-stays-as-it-is", test_unknown);
  return g_test_run ();
}
