/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "deadlines.h"

static CommsDeadline *
at_place (const CommsDeadlines *deadlines, guint place)
{
  return g_ptr_array_index (deadlines->heap, place - 1);
}

static void
put (CommsDeadlines *deadlines, CommsDeadline *deadline, guint place)
{
  deadlines->heap->pdata[place - 1] = deadline;
  deadline->place = place;
}

static void
rise (CommsDeadlines *deadlines, CommsDeadline *deadline, guint place)
{
  for (; place > 1 && at_place (deadlines, place / 2)->at > deadline->at; place /= 2)
    put (deadlines, at_place (deadlines, place / 2), place);
  put (deadlines, deadline, place);
}

static void
sink (CommsDeadlines *deadlines, CommsDeadline *deadline, guint place)
{
  guint n = deadlines->heap->len;

  for (guint child; (child = 2 * place) <= n; place = child) {
    if (child < n && at_place (deadlines, child + 1)->at < at_place (deadlines, child)->at)
      child++;
    if (at_place (deadlines, child)->at >= deadline->at)
      break;
    put (deadlines, at_place (deadlines, child), place);
  }
  put (deadlines, deadline, place);
}

void
comms_deadlines_init (CommsDeadlines *deadlines)
{
  deadlines->heap = g_ptr_array_new ();
}

void
comms_deadlines_clear (CommsDeadlines *deadlines)
{
  g_clear_pointer (&deadlines->heap, g_ptr_array_unref);
}

void
comms_deadlines_set (CommsDeadlines *deadlines, CommsDeadline *deadline, gint64 at)
{
  if (deadline->place == 0) {
    g_ptr_array_add (deadlines->heap, deadline);
    deadline->place = deadlines->heap->len;
  }
  deadline->at = at;
  rise (deadlines, deadline, deadline->place);
  sink (deadlines, deadline, deadline->place);
}

void
comms_deadlines_remove (CommsDeadlines *deadlines, CommsDeadline *deadline)
{
  guint place = deadline->place;

  if (place == 0)
    return;
  CommsDeadline *last = g_ptr_array_remove_index (deadlines->heap, deadlines->heap->len - 1);
  deadline->place = 0;
  if (last == deadline)
    return;
  rise (deadlines, last, place);
  sink (deadlines, last, last->place);
}

CommsDeadline *
comms_deadlines_first (const CommsDeadlines *deadlines)
{
  return deadlines->heap->len > 0 ? at_place (deadlines, 1) : NULL;
}
