/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flash.h"

#define HALF_PERIOD 250000       /* µs: 2 Hz */

static GPtrArray *flashing;      /* borrowed widgets; they leave when unmapped */
static guint timer;

gboolean
ui_flash_is_bright (void)
{
  return g_get_monotonic_time () / HALF_PERIOD % 2 == 0;
}

gboolean
ui_flash_is_steady (void)
{
  gint64 phase = g_get_monotonic_time () % (2 * HALF_PERIOD);

  return phase > HALF_PERIOD / 4 && phase < HALF_PERIOD * 3 / 4;   /* drawn, and not about to change */
}

static gboolean visible_bounds (GtkWidget *widget, GtkWidget *ancestor, graphene_rect_t *bounds);

/* A list keeps 200 rows and draws them all: those beyond its edges are left as they are. */
static gboolean
on_flash (gpointer data)
{
  graphene_rect_t bounds;

  for (guint i = 0; i < flashing->len; i++)
    if (visible_bounds (flashing->pdata[i], GTK_WIDGET (gtk_widget_get_root (flashing->pdata[i])), &bounds))
      gtk_widget_queue_draw (flashing->pdata[i]);
  timer = g_timeout_add ((HALF_PERIOD - g_get_monotonic_time () % HALF_PERIOD) / 1000 + 1, on_flash, NULL);
  return G_SOURCE_REMOVE;
}

void
ui_flash_join (GtkWidget *widget)
{
  if (flashing == NULL)
    flashing = g_ptr_array_new ();
  g_ptr_array_add (flashing, widget);
  if (timer == 0)
    on_flash (NULL);
}

void
ui_flash_leave (GtkWidget *widget)
{
  g_ptr_array_remove_fast (flashing, widget);
  if (flashing->len == 0)
    g_clear_handle_id (&timer, g_source_remove);
}

/* ---- where it flashes -------------------------------------------------------------------- */

static double
area (const graphene_rect_t *rect)
{
  return rect->size.width * rect->size.height;
}

static double
waste (const graphene_rect_t *a, const graphene_rect_t *b)
{
  graphene_rect_t both;

  graphene_rect_union (a, b, &both);
  return area (&both) - area (a) - area (b);
}

guint
ui_flash_merge (graphene_rect_t *rects, guint n, guint most)
{
  while (n > most) {
    guint first = 0, second = 1;
    double least = G_MAXDOUBLE;

    for (guint i = 0; i < n; i++)
      for (guint j = i + 1; j < n; j++)
        if (waste (&rects[i], &rects[j]) < least) {
          least = waste (&rects[i], &rects[j]);
          first = i;
          second = j;
        }
    graphene_rect_union (&rects[first], &rects[second], &rects[first]);
    rects[second] = rects[--n];
  }
  return n;
}

/* What can be seen of @widget in @ancestor: lists keep rows beyond their edges. */
static gboolean
visible_bounds (GtkWidget *widget, GtkWidget *ancestor, graphene_rect_t *bounds)
{
  GtkWidget *list = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t frame;

  if (!gtk_widget_compute_bounds (widget, ancestor, bounds))
    return FALSE;
  return list == NULL || (gtk_widget_compute_bounds (list, ancestor, &frame)
                          && graphene_rect_intersection (bounds, &frame, bounds));
}

void
ui_flash_snapshot (GtkWidget *ancestor, GtkSnapshot *snapshot, guint most)
{
  guint n = 0, all = flashing != NULL ? flashing->len : 0;
  g_autofree graphene_rect_t *rects = g_new (graphene_rect_t, MAX (all, 1));
  /* Two colours that nobody can see, and that are different. */
  const GdkRGBA phase = { ui_flash_is_bright (), 0, 0, 0 };

  for (guint i = 0; i < all; i++)
    if (gtk_widget_is_ancestor (flashing->pdata[i], ancestor)
        && visible_bounds (flashing->pdata[i], ancestor, &rects[n]))
      n++;
  n = ui_flash_merge (rects, n, most);
  for (guint i = 0; i < n; i++)
    gtk_snapshot_append_color (snapshot, &phase, &rects[i]);
}
