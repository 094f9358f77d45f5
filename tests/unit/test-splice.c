/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists that become other lists: what is said of the change, and the navigator's regions that live on it. */
#include "ui/region.h"
#include "ui/splice.h"

typedef struct { guint calls, position, removed, added; } Heard;

static void
on_changed (GListModel *model, guint position, guint removed, guint added, Heard *heard)
{
  *heard = (Heard) { heard->calls + 1, position, removed, added };
}

static GPtrArray *
sites_new (guint n)
{
  GPtrArray *sites = g_ptr_array_new_with_free_func (g_object_unref);
  GdpNetworkBuilder *builder = gdp_network_builder_new ();
  g_autoptr (GdpNetwork) network = NULL;

  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("S%u", i);   /* in order as people count: S9 before S10 */
    gdp_network_builder_add_site (builder, &(GdpSite) { .id = id }, NULL);
  }
  network = gdp_network_builder_finish (builder);
  for (guint i = 0; i < n; i++) {
    g_ptr_array_add (sites, ui_site_new (network->sites[i].id));
    g_assert_true (ui_site_configure (sites->pdata[i], network, i));
    g_assert_false (ui_site_configure (sites->pdata[i], network, i));   /* the same again */
  }
  return sites;
}

static void
become (GListStore *store, GPtrArray *all, const guint *which, guint n, gboolean differs, Heard *heard)
{
  g_autofree gpointer *items = g_new (gpointer, n + 1);

  *heard = (Heard) { 0 };
  for (guint i = 0; i < n; i++)
    items[i] = all->pdata[which[i]];
  g_assert_true (ui_splice (store, items, n) == differs);
  g_assert_cmpuint (heard->calls, ==, differs);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (store)), ==, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) at = g_list_model_get_item (G_LIST_MODEL (store), i);
    g_assert_true (at == items[i]);
  }
}

#define BECOME(differs, ...) become (store, all, (const guint[]) { __VA_ARGS__ }, \
                                     G_N_ELEMENTS (((const guint[]) { __VA_ARGS__ })), differs, &heard)

static void
test_only_what_differs_is_said (void)
{
  g_autoptr (GListStore) store = g_list_store_new (UI_TYPE_SITE);
  g_autoptr (GPtrArray) all = sites_new (8);
  Heard heard = { 0 };

  g_signal_connect (store, "items-changed", G_CALLBACK (on_changed), &heard);
  BECOME (TRUE, 0, 1, 2, 4, 5);
  BECOME (FALSE, 0, 1, 2, 4, 5);
  BECOME (TRUE, 0, 1, 2, 3, 4, 5);   /* one comes */
  g_assert_true (heard.position == 3 && heard.removed == 0 && heard.added == 1);
  BECOME (TRUE, 0, 2, 3, 4, 5);      /* one goes */
  g_assert_true (heard.position == 1 && heard.removed == 1 && heard.added == 0);
  BECOME (TRUE, 0, 2, 6, 4, 5);      /* one is another */
  g_assert_true (heard.position == 2 && heard.removed == 1 && heard.added == 1);
  BECOME (TRUE, 0, 2, 6, 4, 5, 7);   /* at the end */
  g_assert_true (heard.position == 5 && heard.removed == 0 && heard.added == 1);
  BECOME (TRUE, 7, 6, 5, 4, 2, 0);
  become (store, all, NULL, 0, TRUE, &heard);
  become (store, all, NULL, 0, FALSE, &heard);
}

/* Random lists out of few items: whatever the overlap, what comes out is what was asked for. */
static void
test_any_list_becomes_any_other (void)
{
  g_autoptr (GListStore) store = g_list_store_new (UI_TYPE_SITE);
  g_autoptr (GPtrArray) all = sites_new (4);
  Heard heard = { 0 };

  g_signal_connect (store, "items-changed", G_CALLBACK (on_changed), &heard);
  for (guint round = 0; round < 2000; round++) {
    guint which[6], n = (guint) g_test_rand_int_range (0, 7);
    gboolean same = n == g_list_model_get_n_items (G_LIST_MODEL (store));

    for (guint i = 0; i < n; i++) {
      which[i] = (guint) g_test_rand_int_range (0, 4);
      g_autoptr (GObject) at = g_list_model_get_item (G_LIST_MODEL (store), i);
      same = same && at == all->pdata[which[i]];
    }
    become (store, all, which, n, !same, &heard);
  }
}

static gboolean
is_even (gpointer site, gpointer data)
{
  return ui_site_get_index (site) % 2 == 0;
}

static void
test_region_finds_what_the_search_leaves (void)
{
  g_autoptr (GtkFilter) filter = GTK_FILTER (gtk_custom_filter_new (is_even, NULL, NULL));
  g_autoptr (UiRegion) region = ui_region_new ("North", filter);
  g_autoptr (GPtrArray) all = sites_new (30);

  ui_region_set (region, all->pdata, 29);
  for (guint i = 0; i < all->len; i++)
    g_assert_cmpuint (ui_region_find (region, all->pdata[i]), ==, i % 2 == 0 ? i / 2 : G_MAXUINT);
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  guint x = GPOINTER_TO_UINT (*(gconstpointer *) a), y = GPOINTER_TO_UINT (*(gconstpointer *) b);

  return x < y ? -1 : x > y;
}

static void
test_put_in_order (void)
{
  static const guint lists[][4] = { { 1, 2, 3, 4 }, { 1, 2, 4, 3 }, { 4, 3, 2, 1 }, { 2, 2, 1, 2 }, { 1, 1, 1, 1 } };

  for (guint l = 0; l < G_N_ELEMENTS (lists); l++) {
    g_autoptr (GPtrArray) items = g_ptr_array_new ();
    for (guint i = 0; i < G_N_ELEMENTS (lists[l]); i++)
      g_ptr_array_add (items, GUINT_TO_POINTER (lists[l][i]));
    ui_put_in_order (items, by_number);
    for (guint i = 1; i < items->len; i++)
      g_assert_cmpint (by_number (&items->pdata[i - 1], &items->pdata[i]), <=, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/splice/only-what-differs-is-said", test_only_what_differs_is_said);
  g_test_add_func ("/splice/any-list-becomes-any-other", test_any_list_becomes_any_other);
  g_test_add_func ("/splice/region-finds-what-the-search-leaves", test_region_finds_what_the_search_leaves);
  g_test_add_func ("/splice/what-is-in-order-stays-what-is-not-is-put-in-order", test_put_in_order);
  return g_test_run ();
}
