/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "deadlines.h"

#define AT(i) (g_array_index (deadlines, GdpDeadline, (i)))

GArray *
gdp_deadlines_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (GdpDeadline));
}

/* Equal times are ordered by object, so that the order never depends on history. */
static gboolean
earlier (GdpDeadline a, GdpDeadline b)
{
  return a.due != b.due ? a.due < b.due : (gsize) a.object < (gsize) b.object;
}

void
gdp_deadlines_push (GArray *deadlines, gint64 due, gpointer object)
{
  GdpDeadline added = { due, object };
  guint i = deadlines->len;

  g_array_append_val (deadlines, added);
  for (; i > 0 && earlier (added, AT ((i - 1) / 2)); i = (i - 1) / 2)
    AT (i) = AT ((i - 1) / 2);
  AT (i) = added;
}

gboolean
gdp_deadlines_pop (GArray *deadlines, gint64 now, GdpDeadline *deadline)
{
  if (gdp_deadlines_first (deadlines) > now)
    return FALSE;
  *deadline = AT (0);

  guint n = deadlines->len - 1, i = 0, child;
  GdpDeadline last = AT (n);
  g_array_set_size (deadlines, n);
  if (n == 0)
    return TRUE;
  for (; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && earlier (AT (child + 1), AT (child)))
      child++;
    if (!earlier (AT (child), last))
      break;
    AT (i) = AT (child);
  }
  AT (i) = last;
  return TRUE;
}

gint64
gdp_deadlines_first (const GArray *deadlines)
{
  return deadlines->len > 0 ? AT (0).due : G_MAXINT64;
}
