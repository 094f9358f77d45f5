/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stream-mark.h"

int
gdp_stream_mark_compare (const GdpStreamMark *a, const GdpStreamMark *b)
{
  return a->boot != b->boot ? (a->boot > b->boot) - (a->boot < b->boot)
                            : (a->through > b->through) - (a->through < b->through);
}

static gboolean
is_same_stream (const GdpStreamMark *a, const GdpStreamMark *b)
{
  return a->link == b->link && a->stream == b->stream;
}

static int
by_stream (gconstpointer left, gconstpointer right)
{
  const GdpStreamMark *a = left, *b = right;

  if (a->link != b->link)
    return a->link < b->link ? -1 : 1;
  return a->stream != b->stream ? a->stream - b->stream : gdp_stream_mark_compare (a, b);
}

void
gdp_stream_marks_merge (GArray *marks)
{
  GdpStreamMark *all = (GdpStreamMark *) (gpointer) marks->data;
  guint n = 0;

  g_array_sort (marks, by_stream);
  for (guint i = 0; i < marks->len; i++) {
    if (n > 0 && is_same_stream (&all[n - 1], &all[i]))
      n--;
    all[n++] = all[i];
  }
  g_array_set_size (marks, n);
}
