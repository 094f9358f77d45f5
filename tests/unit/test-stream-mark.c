/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdp/stream-mark.h"

static void
test_merge_keeps_the_furthest (void)
{
  const GdpStreamMark given[] = { { 2, 1, 9, 1 }, { 1, 1, 1, 7 }, { 1, 1, 2, 1 }, { 1, 1, 1, 9 }, { 1, 0, 1, 1 }, { 2, 1, 8, 5 } };
  const GdpStreamMark left[] = { { 1, 0, 1, 1 }, { 1, 1, 2, 1 }, { 2, 1, 9, 1 } };
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (GdpStreamMark));
  gdp_stream_marks_merge (marks);
  g_assert_cmpuint (marks->len, ==, 0);
  g_array_append_vals (marks, given, G_N_ELEMENTS (given));
  gdp_stream_marks_merge (marks);
  g_assert_cmpuint (marks->len, ==, G_N_ELEMENTS (left));
  for (guint i = 0; i < marks->len; i++) {
    const GdpStreamMark *mark = &g_array_index (marks, GdpStreamMark, i);
    g_assert_cmpint (mark->link, ==, left[i].link);
    g_assert_cmpuint (mark->stream, ==, left[i].stream);
    g_assert_cmpint (gdp_stream_mark_compare (mark, &left[i]), ==, 0);
  }
}

static void
test_compare_counts_boots_first (void)
{
  GdpStreamMark old = { 1, 1, 1, G_MAXUINT32 }, new = { 1, 1, 2, 1 };
  g_assert_cmpint (gdp_stream_mark_compare (&old, &new), <, 0);
  g_assert_cmpint (gdp_stream_mark_compare (&new, &old), >, 0);
  g_assert_cmpint (gdp_stream_mark_compare (&new, &new), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-mark/merge-keeps-the-furthest-of-each-stream", test_merge_keeps_the_furthest);
  g_test_add_func ("/stream-mark/a-later-boot-is-further", test_compare_counts_boots_first);
  return g_test_run ();
}
